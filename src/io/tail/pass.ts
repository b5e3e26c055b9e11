/**
 * One look at the log: everything new is handed over, the name is checked, and where it has moved on the next file
 * follows. A look needs no reason and may be taken at any time.
 */
import { begin } from './begin.js';
import { sizeOf } from './byte-source.js';
import { insertCopies } from './copies.js';
import { isHalted, logPosition, openFiles, setStatus, type Following } from './following.js';
import { lookAtName } from './name.js';
import { leaveReading, readOldFiles, settlesInMs } from './old-files.js';
import { readLines, type ReadOutcome } from './read-lines.js';
import { replaceRewritten } from './rewritten.js';
import type { Work } from './slices.js';
import { findStart } from './start.js';
import { unreadable } from './unreadable.js';

/** Looks once. Ends early when the follower is paused or stopped. */
export function* pass(following: Following): Work {
  following.lookAgainMs = undefined;
  if (!(yield* findStart(following))) return;
  const isAtEnd = yield* readAll(following);
  if (isHalted(following)) return;
  yield* readOldFiles(following);
  if (isAtEnd && !isHalted(following)) following.listener.end();
}

/** Reads file after file, up to the end of the newest one. */
function* readAll(following: Following): Work<boolean> {
  for (;;) {
    const outcome = yield* readOn(following);
    if (typeof outcome === 'object') {
      giveUp(following, outcome.code);
      return false;
    }
    yield* lookAtName(following);
    if (outcome === 'more') continue;
    if (outcome !== 'end') return false;
    if (following.next.length === 0) return true;
    if (following.reading === undefined) continue;
    const drained = yield* readOn(following);
    if (drained !== 'end' || following.next.length === 0) continue;
    const waitMs = settlesInMs(following, following.reading);
    if (waitMs > 0) {
      following.lookAgainMs = Math.min(following.lookAgainMs ?? Infinity, waitMs);
      return following.next.every(({ source }) => sizeOf(source) === 0);
    }
    if (!(yield* leaveReading(following))) return false;
  }
}

/** Reads on in the file that is being read, or begins the next one. */
function* readOn(following: Following): Work<ReadOutcome | 'later'> {
  for (;;) {
    if (isHalted(following)) return 'halted';
    if (following.reading === undefined) {
      following.reading = following.next.shift();
      if (following.reading === undefined) return 'end';
      if (following.reading.isBegun) following.lastBegun = following.reading;
    }
    const file = following.reading;
    if (yield* insertCopies(following, file)) continue;
    if (!file.isBegun) {
      const begun = yield* begin(following, file);
      if (begun !== 'begun') return begun === 'empty' ? 'end' : 'later';
    }
    const outcome = yield* readLines(following, file, 'current');
    if (outcome !== 'rewritten') return outcome;
    yield* replaceRewritten(following, file);
  }
}

/** A descriptor that cannot be read any more (a disk or a network file system fails): start again from here. */
function giveUp(following: Following, code: string): void {
  const position = logPosition(following);
  for (const { source } of openFiles(following)) source.close();
  following.seek = { from: 'position', position };
  following.old = [];
  following.reading = undefined;
  following.next = [];
  following.lastBegun = undefined;
  following.isWatchStale = true;
  setStatus(following, unreadable(following.path, code));
}
