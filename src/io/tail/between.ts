/**
 * Files that had the name of the log and lost it again while nobody looked, or while reading was paused: two
 * rotations in quick succession must not make anybody skip the file in the middle.
 */
import { statsOf, type ByteSource } from './byte-source.js';
import { isOpen, type Following } from './following.js';
import { holdSiblings, take } from './hold-siblings.js';
import { isKnownContent } from './known-content.js';
import { siblingKey, type Sibling } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile, isSameFile, type TailedFile } from './tailed-file.js';

/**
 * Opens and queues the files that came after `newest` and before `current`, which has the name now. True when
 * `newest` is one of the rotated files.
 */
export function* queueBetween(
  following: Following,
  newest: TailedFile,
  current: ByteSource | undefined,
): Work<boolean> {
  const { path, history, aloneAt: endSeenAt } = following;
  const placeOf = (siblings: readonly Sibling[]): number =>
    siblings.findIndex((sibling) => isSameFile(sibling, newest.source));
  // whoever has taken the name away from `current` meanwhile will be found by the next look
  const endOf = (siblings: readonly Sibling[]): number => {
    const at = siblings.findIndex((sibling) => current !== undefined && isSameFile(sibling, current));
    return at < 0 ? siblings.length : at;
  };
  const { all, held } = holdSiblings(path, (sibling, index, siblings) => {
    const at = placeOf(siblings);
    return (
      index > at &&
      index < endOf(siblings) &&
      sibling.isCounted &&
      (at >= 0 || sibling.modifiedAt >= modifiedAt(newest)) &&
      !history.has(siblingKey(sibling)) &&
      !isOpen(following, sibling)
    );
  });
  for (const sibling of held) {
    const source = take(sibling);
    if (yield* isKnownContent(following, source)) {
      source.close();
      continue;
    }
    following.next.push(freshFile(source, { arrival: 'rotation', isLive: !sibling.isPacked, endSeenAt }));
    following.isWatchStale = true;
  }
  following.history = new Set(all.slice(0, endOf(all)).map(siblingKey));
  return placeOf(all) >= 0;
}

function modifiedAt(file: TailedFile): number {
  return statsOf(file.source)?.mtimeMs ?? file.endSeenAt;
}
