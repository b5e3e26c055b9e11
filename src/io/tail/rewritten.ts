/**
 * A file whose bytes are not what they were: truncated (copytruncate, `> heyu.log`), or written anew in place. If a
 * copy was made of it, what had not been read yet is read from there first.
 */
import { fingerprintOf, seeHead } from './content.js';
import { countBefore, putInPlaceOf, takeInOrder } from './copies.js';
import { findHolder } from './find-holder.js';
import { isOpen, type Following } from './following.js';
import { holdSiblings, letGo, take } from './hold-siblings.js';
import { isKnownContent, remember } from './known-content.js';
import { siblingKey } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile, positionOf, resumedFile, type Loss, type TailedFile } from './tailed-file.js';

/** Puts in the place of `file` what has to be read now: the rest of its copy, younger copies, itself from 0. */
export function* replaceRewritten(following: Following, file: TailedFile): Work {
  const { listener, path } = following;
  const { all, held } = holdSiblings(
    path,
    (sibling, index, siblings) =>
      !isOpen(following, sibling) && index < countBefore(path, file.source, siblings),
  );
  const { device, inode } = file.source;
  const fingerprint = fingerprintOf(file);
  const { offset, endSeenAt: knownAt } = file;
  const holder = yield* findHolder(held, { device, inode, fingerprint, offset, knownAt });
  const files: TailedFile[] = [];
  if (holder !== undefined) {
    const copy = file.isBegun
      ? resumedFile(take(holder), positionOf(file), false)
      : freshFile(take(holder), { ...file, isLive: false });
    copy.head = file.head;
    if (copy.isBegun) remember(following, copy);
    files.push(copy);
    for (const between of takeInOrder(held.slice(held.indexOf(holder) + 1), 'copies', file.endSeenAt)) {
      if (yield* isKnownContent(following, between.source)) between.source.close();
      else files.push(between);
    }
    if (following.lastBegun === file) following.lastBegun = copy;
  }
  const { isLive, endSeenAt } = file;
  const mayBeEdited = holder === undefined;
  const loss = mayBeEdited ? lossOf(following, file) : undefined;
  const fresh = freshFile(file.source, { arrival: 'rewrite', isLive, endSeenAt, mayBeEdited, loss });
  yield* seeHead(fresh);
  files.push(fresh);
  letGo(held);
  following.history = new Set(all.slice(0, countBefore(path, file.source, all)).map(siblingKey));
  listener.incident({ kind: 'rewritten', path, offset: file.offset });
  putInPlaceOf(following, file, files);
}

/** Lines are known to be gone when some had been seen unread, or when nobody had looked for long. */
function lossOf(following: Following, file: TailedFile): Loss | undefined {
  const { clock, lookedAt, blindMs } = following;
  const isKnown = file.sizeSeen > file.offset || clock.monotonicMs() - lookedAt > blindMs;
  return isKnown ? { from: file.endSeenAt, to: clock.wallMs() } : undefined;
}
