/**
 * Looks at what the name of the log stands for. When it has moved on, the new file and those between the old and
 * the new one (rotations in quick succession) are opened at once, so that nothing can take them away any more.
 */
import { statSync, type Stats } from 'node:fs';
import { MINUTE } from '../../common/duration.js';
import { queueBetween } from './between.js';
import { openSource, sizeOf, type ByteSource } from './byte-source.js';
import { isUnchanged, seeHead, seekLastLine } from './content.js';
import { insertCopies } from './copies.js';
import { errorCode } from '../../common/error.js';
import { isOpen, newestFile, setStatus, type Following } from './following.js';
import { replaceRewritten } from './rewritten.js';
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
    yield* checkNewest(following, newest, stats.size, at);
    setStatus(following, { kind: 'following', path });
  } else if (typeof stats === 'string' && isMissing(stats)) {
    if (newest !== undefined) {
      yield* insertCopies(following, newest);
      yield* queueBetween(following, newest, undefined);
    }
    following.aloneAt = at;
    reportFailure(following, stats);
  } else {
    yield* adopt(following, newest);
  }
  following.lookedAt = clock.monotonicMs();
}

/** A rotation takes the name away for a moment: nobody needs to be warned of it. */
const ROTATION_MS = 1000;

/** Says that the log cannot be opened: missing (for longer than a rotation takes), or unreadable. */
export function reportFailure(following: Following, code: string): void {
  const { path, existedBefore, status, clock } = following;
  following.isWatchStale ||= isMissing(code);
  if (isMissing(code) && status?.kind === 'following') {
    const now = clock.monotonicMs();
    following.missingSince ??= now;
    const leftMs = following.missingSince + ROTATION_MS - now;
    if (leftMs > 0) {
      following.lookAgainMs = Math.min(following.lookAgainMs ?? Infinity, leftMs);
      return;
    }
  }
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
function* checkNewest(following: Following, newest: TailedFile, size: number, at: number): Work {
  if (newest === following.reading && !following.isPaused) return;
  if (yield* insertCopies(following, newest)) return;
  if (size === 0 && newest.sizeSeen === 0) newest.endSeenAt = at;
  if (size < newest.sizeSeen || !(yield* isUnchanged(newest))) {
    yield* replaceRewritten(following, newest);
  } else {
    newest.sizeSeen = size;
  }
}

/** So much older (ms) than its appearance must a log be to be old: clocks of file servers differ. */
const OLD_MS = MINUTE;

/**
 * A log that nobody knew and that appears with what was written before it was looked for has been moved or mounted
 * here. What is in it is history, as in one that is there at the first start: never a motion of now.
 */
function isHistory({ path, existedBefore, aloneAt }: Following): boolean {
  if (existedBefore) return false;
  const stats = lookUp(path);
  return typeof stats === 'object' && stats.mtimeMs < aloneAt - OLD_MS;
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
    let isRotated = false;
    if (newest !== undefined) {
      yield* insertCopies(following, newest);
      isRotated = yield* queueBetween(following, newest, source);
    }
    const arrival = newest === undefined ? 'first' : isRotated ? 'rotation' : 'replacement';
    const mayBeEdited = arrival === 'replacement';
    const file = freshFile(source, { arrival, isLive: true, endSeenAt: aloneAt, mayBeEdited });
    if (newest === undefined && isHistory(following)) yield* seekLastLine(file, sizeOf(source));
    yield* seeHead(file);
    following.next.push(file);
  }
  following.isWatchStale = true;
  setStatus(following, { kind: 'following', path });
}
