/**
 * Files that had the name of the log and lost it again while nobody looked, or while reading was paused: two
 * rotations in quick succession must not make anybody skip the file in the middle.
 */
import { statsOf, type ByteSource } from './byte-source.js';
import { openSibling } from './find-holder.js';
import { isOpen, type Following } from './following.js';
import { isKnownContent } from './known-content.js';
import { siblingKey, type Sibling } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile, isSameFile, type TailedFile } from './tailed-file.js';

/** Opens and queues the files that came after `newest` and before `current`, which has the name now. */
export function* queueBetween(
  following: Following,
  newest: TailedFile,
  siblings: readonly Sibling[],
  current: ByteSource | undefined,
): Work {
  const { history, aloneAt: endSeenAt } = following;
  const at = siblings.findIndex((sibling) => isSameFile(sibling, newest.source));
  const after = at < 0 ? modifiedAt(newest) : -Infinity;
  for (const sibling of siblings.slice(at + 1)) {
    const isCandidate =
      sibling.isCounted &&
      sibling.modifiedAt >= after &&
      !history.has(siblingKey(sibling)) &&
      !isOpen(following, sibling) &&
      !(current !== undefined && isSameFile(sibling, current));
    if (!isCandidate) continue;
    const source = openSibling(sibling);
    if ('failure' in source) continue;
    if (yield* isKnownContent(following, source)) {
      source.close();
      continue;
    }
    following.next.push(freshFile(source, { arrival: 'rotation', isLive: !sibling.isPacked, endSeenAt }));
    following.isWatchStale = true;
  }
  following.history = new Set(siblings.map(siblingKey));
}

function modifiedAt(file: TailedFile): number {
  return statsOf(file.source)?.mtimeMs ?? file.endSeenAt;
}
