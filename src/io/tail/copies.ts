/**
 * Copies that copytruncate has made of a file: they take their place in the order of reading before the file that
 * was truncated after them.
 */
import { statSync } from 'node:fs';
import { statsOf, type ByteSource } from './byte-source.js';
import { seeHead } from './content.js';
import { isOpen, type Following } from './following.js';
import { holdSiblings, take, type HeldSibling } from './hold-siblings.js';
import { isKnownContent, remember } from './known-content.js';
import { TICK_MS, isBornSince, siblingKey, type Sibling } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile, isSameFile, positionOf, resumedFile, type TailedFile } from './tailed-file.js';

/** Takes what rotation has named, oldest first. To copies and packed files nobody writes any more. */
export function takeInOrder(
  siblings: readonly HeldSibling[],
  kind: 'copies' | 'renamed',
  endSeenAt: number,
): TailedFile[] {
  const files: TailedFile[] = [];
  for (const sibling of siblings) {
    if (!sibling.isCounted) continue;
    const isLive = kind === 'renamed' && !sibling.isPacked;
    files.push(freshFile(take(sibling), { arrival: 'rotation', isLive, endSeenAt }));
  }
  return files;
}

/** Replaces `file`, which is being read or is to be, by others of which it may be one. */
export function putInPlaceOf(following: Following, file: TailedFile, files: readonly TailedFile[]): void {
  following.isWatchStale = true;
  const at = following.next.indexOf(file);
  if (at >= 0) {
    following.next.splice(at, 1, ...files);
    return;
  }
  following.reading = undefined;
  following.next.unshift(...files);
}

/**
 * A file that was empty and was written to since may have had a content that was copied and truncated while nobody
 * looked: nothing in the file itself can tell. True when there are such copies; they are put before it.
 */
export function* insertCopies(following: Following, file: TailedFile): Work<boolean> {
  if (file.offset > 0 || file.head.length > 0 || !file.isLive) return false;
  const stats = statsOf(file.source);
  if (stats === undefined || stats.mtimeMs < file.endSeenAt - TICK_MS) return false;
  yield* seeHead(file);
  const { path, history } = following;
  const { all, held } = holdSiblings(
    path,
    (sibling, index, siblings) =>
      sibling.isCounted &&
      isBornSince(sibling, file.endSeenAt) &&
      !history.has(siblingKey(sibling)) &&
      !isOpen(following, sibling) &&
      index < countBefore(path, file.source, siblings),
  );
  const copies: TailedFile[] = [];
  for (const copy of takeInOrder(held, 'copies', file.endSeenAt)) {
    if (yield* isKnownContent(following, copy.source)) copy.source.close();
    else copies.push(copy);
  }
  following.history = new Set(all.slice(0, countBefore(path, file.source, all)).map(siblingKey));
  const [oldest, ...younger] = copies;
  if (oldest === undefined) return false;
  putInPlaceOf(following, file, [
    ...inherit(following, oldest, file),
    ...younger,
    freshFile(file.source, file),
  ]);
  return true;
}

/**
 * How many of the rotated files are older than this one: all, while it has the name of the log, otherwise those
 * before it. None of a file that has no name any more.
 */
export function countBefore(path: string, source: ByteSource, siblings: readonly Sibling[]): number {
  const at = siblings.findIndex((sibling) => isSameFile(sibling, source));
  if (at >= 0) return at;
  return hasName(path, source) ? siblings.length : 0;
}

function hasName(path: string, { device, inode }: ByteSource): boolean {
  try {
    const { dev, ino } = statSync(path);
    return dev === device && ino === inode;
  } catch {
    return false;
  }
}

/** What had been begun when it was empty goes on in the oldest copy. */
function inherit(following: Following, oldest: TailedFile, file: TailedFile): TailedFile[] {
  if (!file.isBegun) return [oldest];
  const heir = resumedFile(oldest.source, positionOf(file), false);
  heir.head = oldest.head;
  remember(following, heir);
  return [heir];
}
