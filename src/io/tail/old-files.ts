/**
 * Files that were read to their end and do not have the name any more. heyu goes on writing there what no message
 * causes (`Inactive`, timers) until its next message, scripts that it has launched even longer.
 */
import { statsOf } from './byte-source.js';
import { closeFile } from './close-file.js';
import type { Following } from './following.js';
import { readLines, readRemainder } from './read-lines.js';
import { TICK_MS } from './siblings.js';
import type { Work } from './slices.js';
import { positionOf, type TailedFile } from './tailed-file.js';

/** More than this many are not kept open; the oldest goes first. */
const MOST_OLD_FILES = 16;

/** Somebody may write to the file without end: no waiting beyond this many times `settleMs`. */
const PATIENCE = 3;

/**
 * How long (ms) to wait before the next file is begun; 0 when nothing that began in this one can be missing any
 * more. heyu opens the log by name at the beginning of a message and writes at its end (poll.c `check4poll`), so a
 * message may come to a file that has just lost its name, when the next one is there already and even written to.
 */
export function settlesInMs({ clock, settleMs }: Following, file: TailedFile): number {
  const stats = file.isLive ? statsOf(file.source) : undefined;
  if (stats === undefined) return 0;
  const now = clock.monotonicMs();
  file.lostNameAt ??= now;
  const patienceMs = Math.max(0, file.lostNameAt + PATIENCE * settleMs - now);
  // its last write or its renaming, whichever was later: of a rotation long ago nobody need wait
  const silentMs = clock.wallMs() - stats.ctimeMs;
  const isRead = stats.size <= file.sizeSeen;
  return Math.min(patienceMs, isRead ? Math.max(0, settleMs - Math.max(0, silentMs)) : 1);
}

/** Leaves the file that was read to its end for the next one. False when a pause came in between: ask again. */
export function* leaveReading(following: Following): Work<boolean> {
  const { reading, next, clock } = following;
  if (reading !== undefined && !reading.isLive && !(yield* readRemainder(following, reading, 'current'))) {
    return false;
  }
  following.reading = next.shift();
  if (following.reading?.isBegun === true) following.lastBegun = following.reading;
  if (reading === undefined) return true;
  if (!reading.isLive) {
    forgetLeft(following);
    following.left.push(positionOf(reading));
    closeFile(following, reading);
    return true;
  }
  reading.lostNameAt = undefined;
  reading.quietSince = clock.monotonicMs();
  following.old.push(reading);
  const [oldest] = following.old;
  if (following.old.length > MOST_OLD_FILES && oldest !== undefined) yield* abandon(following, oldest);
  return true;
}

/** Keeps of what was left only what the next file may be younger than. */
function forgetLeft(following: Following): void {
  const since = following.reading?.endSeenAt ?? 0;
  following.left = following.left.filter(({ endSeenAt }) => since < endSeenAt + TICK_MS);
}

/** Hands over the late lines of all old files and lets go of those that have been quiet for long enough. */
export function* readOldFiles(following: Following): Work {
  for (const file of [...following.old]) {
    const before = file.sizeSeen;
    const outcome = yield* readLines(following, file, 'old');
    if (outcome === 'halted') return;
    const now = following.clock.monotonicMs();
    if (file.sizeSeen > before) file.quietSince = now;
    if (outcome === 'more') following.lookAgainMs = 0;
    else if (outcome !== 'end') drop(following, file);
    else if (now - file.quietSince >= following.lingerMs) yield* abandon(following, file);
  }
}

/** The last, unfinished line counts as a line now: nobody will finish it. */
function* abandon(following: Following, file: TailedFile): Work {
  if (yield* readRemainder(following, file, 'old')) drop(following, file);
}

function drop(following: Following, file: TailedFile): void {
  following.old = following.old.filter((other) => other !== file);
  closeFile(following, file);
}
