/**
 * Looks at what the name of the log stands for. When it has moved on, the new file and those between the old and
 * the new one (rotations in quick succession) are opened at once, so that nothing can take them away any more.
 */
import { statSync, type Stats } from 'node:fs';
import { openSource, statsOf, type ByteSource } from './byte-source.js';
import { fingerprintOf, hasContent, isTelling, isUnchanged } from './content.js';
import { errorCode } from './error-code.js';
import { openSibling } from './find-holder.js';
import { isOpen, newestFile, setStatus, type Following } from './following.js';
import { replaceRewritten } from './rewritten.js';
import { rotatedSiblings, siblingKey, type Sibling } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile, isSameFile, type TailedFile } from './tailed-file.js';
import { unreadable } from './unreadable.js';

/** One look: brings `next` and the status up to date. */
export function* lookAtName(following: Following): Work {
  const { path, clock } = following;
  const at = clock.wallMs();
  const stats = lookUp(path);
  const newest = newestFile(following);
  if (typeof stats === 'object' && newest !== undefined && isSame(newest.source, stats)) {
    following.aloneAt = at;
    yield* checkNewest(following, newest, stats.size);
    setStatus(following, { kind: 'following', path });
  } else if (typeof stats === 'string' && isMissing(stats)) {
    following.aloneAt = at;
    reportFailure(following, stats);
  } else {
    yield* adopt(following, newest);
  }
  following.lookedAt = clock.monotonicMs();
}

/** Says that the log cannot be opened: missing, or unreadable. */
export function reportFailure(following: Following, code: string): void {
  const { path, existedBefore } = following;
  following.isWatchStale ||= isMissing(code);
  setStatus(following, isMissing(code) ? { kind: 'missing', path, existedBefore } : unreadable(path, code));
}

/** The codes of a name that stands for nothing. */
export function isMissing(code: string): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function lookUp(path: string): Stats | string {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? 'ENOENT';
  } catch (error) {
    return errorCode(error);
  }
}

function isSame(source: ByteSource, stats: Stats): boolean {
  return source.inode === stats.ino && source.device === stats.dev;
}

/** A file that is not being read now may be truncated before its turn comes. */
function* checkNewest(following: Following, newest: TailedFile, size: number): Work {
  if (newest === following.reading && !following.isPaused) return;
  if (size < newest.sizeSeen || !(yield* isUnchanged(newest))) {
    yield* replaceRewritten(following, newest);
  } else {
    newest.sizeSeen = size;
  }
}

/** Opens what the name stands for now, after the files between. */
function* adopt(following: Following, newest: TailedFile | undefined): Work {
  const { path, old, aloneAt } = following;
  const source = openSource(path);
  if ('failure' in source) {
    reportFailure(following, source.failure);
    return;
  }
  const returned = old.find((file) => isSameFile(file.source, source));
  if (returned !== undefined) {
    source.close();
    following.old = old.filter((file) => file !== returned);
    following.next.push(returned);
  } else if (isOpen(following, source)) {
    source.close();
    return;
  } else {
    const siblings = rotatedSiblings(path);
    const isRotated = siblings.some((sibling) => newest !== undefined && isSameFile(newest.source, sibling));
    if (newest !== undefined)
      following.next.push(...(yield* filesBetween(following, newest, source, siblings)));
    const arrival = newest === undefined ? 'first' : isRotated ? 'rotation' : 'replacement';
    const mayBeEdited = arrival === 'replacement';
    following.next.push(freshFile(source, { arrival, isLive: true, endSeenAt: aloneAt, mayBeEdited }));
    following.history = new Set(siblings.map(siblingKey));
  }
  following.isWatchStale = true;
  setStatus(following, { kind: 'following', path });
}

/** The files that had the name after `newest` and before the one that has it now. */
function* filesBetween(
  following: Following,
  newest: TailedFile,
  current: ByteSource,
  siblings: readonly Sibling[],
): Work<TailedFile[]> {
  const at = siblings.findIndex((sibling) => isSameFile(sibling, newest.source));
  const after = at < 0 ? modifiedAt(newest) : -Infinity;
  const files: TailedFile[] = [];
  for (const sibling of siblings.slice(at + 1)) {
    const isCandidate =
      sibling.isCounted &&
      sibling.modifiedAt >= after &&
      !following.history.has(siblingKey(sibling)) &&
      !isSameFile(sibling, current) &&
      !isOpen(following, sibling);
    if (!isCandidate) continue;
    const source = openSibling(sibling);
    if ('failure' in source) continue;
    if (yield* isCopyOf(source, newest)) {
      source.close();
      continue;
    }
    const isLive = !sibling.isPacked;
    files.push(freshFile(source, { arrival: 'rotation', isLive, endSeenAt: following.aloneAt }));
  }
  return files;
}

/** A copy of the log, made by a compression or by hand, is no file of its own. */
export function* isCopyOf(source: ByteSource, file: TailedFile): Work<boolean> {
  const head = { at: 0, bytes: file.head };
  if (isTelling(head) && (yield* hasContent(source, head))) return true;
  const fingerprint = fingerprintOf(file);
  return isTelling(fingerprint) && (yield* hasContent(source, fingerprint));
}

function modifiedAt(file: TailedFile): number {
  return statsOf(file.source)?.mtimeMs ?? file.endSeenAt;
}
