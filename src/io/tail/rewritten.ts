/**
 * A file whose bytes are not what they were: truncated (copytruncate, `> heyu.log`), or written anew in place. If a
 * copy was made of it, what had not been read yet is read from there first.
 */
import { fingerprintOf } from './content.js';
import { findHolder, openSibling } from './find-holder.js';
import { isOpen, type Following } from './following.js';
import { rotatedSiblings, type Sibling } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile, positionOf, resumedFile, type Loss, type TailedFile } from './tailed-file.js';

/** Puts in the place of `file` what has to be read now: the rest of its copy, younger copies, itself from 0. */
export function* replaceRewritten(following: Following, file: TailedFile): Work {
  const { listener, path } = following;
  const siblings = rotatedSiblings(path).filter((sibling) => !isOpen(following, sibling));
  const { device, inode } = file.source;
  const fingerprint = fingerprintOf(file);
  const holder = yield* findHolder(siblings, { device, inode, fingerprint, offset: file.offset });
  const files: TailedFile[] = [];
  if (holder !== undefined) {
    const copy = file.isBegun
      ? resumedFile(holder.source, positionOf(file), false)
      : freshFile(holder.source, { ...file, isLive: false });
    copy.head = file.head;
    files.push(copy, ...openInOrder(siblings.slice(holder.index + 1), file.endSeenAt));
    if (following.lastBegun === file) following.lastBegun = copy;
  }
  const { isLive, endSeenAt } = file;
  const loss = holder === undefined ? lossOf(following, file) : undefined;
  files.push(
    freshFile(file.source, {
      arrival: 'rewrite',
      isLive,
      endSeenAt,
      mayBeEdited: holder === undefined,
      loss,
    }),
  );
  listener.incident({ kind: 'rewritten', path, offset: file.offset });
  put(following, file, files);
}

/** Opens what can be opened, oldest first; nobody writes to these any more. */
export function openInOrder(siblings: readonly Sibling[], endSeenAt: number): TailedFile[] {
  const files: TailedFile[] = [];
  for (const sibling of siblings) {
    if (!sibling.isCounted) continue;
    const source = openSibling(sibling);
    if ('failure' in source) continue;
    files.push(freshFile(source, { arrival: 'rotation', isLive: false, endSeenAt }));
  }
  return files;
}

/** Lines are known to be gone when some had been seen unread, or when nobody had looked for long. */
function lossOf(following: Following, file: TailedFile): Loss | undefined {
  const { clock, lookedAt, blindMs } = following;
  const isKnown = file.sizeSeen > file.offset || clock.monotonicMs() - lookedAt > blindMs;
  return isKnown ? { from: file.endSeenAt, to: clock.wallMs() } : undefined;
}

function put(following: Following, file: TailedFile, files: TailedFile[]): void {
  following.isWatchStale = true;
  const at = following.next.indexOf(file);
  if (at >= 0) {
    following.next.splice(at, 1, ...files);
    return;
  }
  following.reading = undefined;
  following.next.unshift(...files);
}
