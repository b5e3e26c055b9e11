/**
 * What one follower knows at any time: the files of the log in order of time, what was said of the log last, and
 * what it works with. Everything in src/io/tail that reads or rearranges files does so on this.
 */
import type { Clock, FilePosition, LineListener, LogPosition, LogStatus } from '../../ports.js';
import { TICK_MS } from './siblings.js';
import { MARK_BYTES, isSameFile, positionOf, type Former, type TailedFile } from './tailed-file.js';

/** Lines longer than this many bytes are skipped; heyu's own reach 4096. */
export const MAX_LINE_BYTES = 16 * 1024;

/** How much is read at a time. */
export const BLOCK_BYTES = 64 * 1024;

/** Where to begin, as long as it has not been found: at the end of the file, or where an earlier run stopped. */
export type Seek = { readonly from: 'end' } | { readonly from: 'position'; readonly position: LogPosition };

/** The state of a follower. The files of the log are `old`, then `reading`, then `next`, in order of time. */
export type Following = {
  readonly path: string;
  readonly clock: Clock;
  readonly randomGeneration: () => string;
  readonly lingerMs: number;
  readonly settleMs: number;
  /** How long nobody may have looked before a truncation counts as a loss, milliseconds. */
  readonly blindMs: number;
  readonly listener: LineListener;
  /** Room for a mark, a block and a line feed that ends every search. */
  readonly block: Buffer;
  seek: Seek | undefined;
  /** Read to their end once, still open: late lines are written to them. */
  old: TailedFile[];
  reading: TailedFile | undefined;
  /** Known and open, not begun; the last one is what the name stands for. */
  next: TailedFile[];
  /** The file whose position is the end of the checkpoint: `reading`, or the one before it until that is begun. */
  lastBegun: TailedFile | undefined;
  /** The files that were begun last, open or not, to recognise copies of them. */
  readonly past: TailedFile[];
  /** What had been read before, as long as `lastBegun` does not know: from the position that was started from. */
  former: Former | undefined;
  /** The rotated files that are history (`siblingKey`): not to be taken for newer ones, whatever is written there. */
  history: Set<string>;
  /** Where files were left that are closed, until a later look at the end tells their copies from younger files. */
  left: FilePosition[];
  /** Files begun after the position that was started from; each can be met once. */
  knownGenerations: FilePosition[];
  status: LogStatus | undefined;
  existedBefore: boolean;
  /** When the name was first found to stand for nothing, monotonic milliseconds. */
  missingSince: number | undefined;
  /** The last time the name was looked at and showed no newer file, epoch milliseconds. */
  aloneAt: number;
  /** When the name was looked at last, monotonic milliseconds. */
  lookedAt: number;
  /** Bytes were read in this pass. */
  hasGrown: boolean;
  /** The set of open files or the state of the name has changed: the doorbell must be told. */
  isWatchStale: boolean;
  /** Another look is wanted after this many milliseconds. */
  lookAgainMs: number | undefined;
  isPaused: boolean;
  isStopped: boolean;
};

/** What a follower is made of. */
export type FollowingParts = Pick<
  Following,
  'path' | 'clock' | 'randomGeneration' | 'lingerMs' | 'settleMs' | 'blindMs' | 'listener'
>;

/** A follower that has not looked at anything yet. */
export function newFollowing(
  parts: FollowingParts,
  position: LogPosition | undefined,
  generations: readonly FilePosition[],
): Following {
  return {
    ...parts,
    block: Buffer.allocUnsafeSlow(MARK_BYTES + BLOCK_BYTES + 1),
    seek: position === undefined ? { from: 'end' } : { from: 'position', position },
    old: [],
    reading: undefined,
    next: [],
    lastBegun: undefined,
    past: [],
    former: undefined,
    history: new Set(),
    left: [],
    knownGenerations: [...generations],
    status: undefined,
    missingSince: undefined,
    existedBefore: (position?.files.length ?? 0) > 0,
    aloneAt: parts.clock.wallMs(),
    lookedAt: parts.clock.monotonicMs(),
    hasGrown: false,
    isWatchStale: true,
    lookAgainMs: undefined,
    isPaused: false,
    isStopped: false,
  };
}

/** No line may be handed over now. */
export function isHalted(following: Following): boolean {
  return following.isPaused || following.isStopped;
}

/** All open files, in order of time. */
export function openFiles(following: Following): TailedFile[] {
  const { old, reading, next } = following;
  return [...old, ...(reading === undefined ? [] : [reading]), ...next];
}

/** Is this file open already? */
export function isOpen(
  following: Following,
  file: { readonly device: number; readonly inode: number },
): boolean {
  return openFiles(following).some((known) => isSameFile(known.source, file));
}

/** The newest file known, normally what the name stands for. */
export function newestFile(following: Following): TailedFile | undefined {
  return following.next.at(-1) ?? following.reading;
}

/** Where the next line begins. */
export function logPosition(following: Following): LogPosition {
  if (following.seek?.from === 'position') return following.seek.position;
  const { old, lastBegun, left } = following;
  const files = old.filter((file) => file !== lastBegun).map(positionOf);
  if (lastBegun === undefined) return { files };
  const recent = left.filter(({ endSeenAt }) => lastBegun.endSeenAt < endSeenAt + TICK_MS);
  // the end of a file that has lost its name may be seen long after younger ones were begun
  const younger = openFiles(following).filter(({ isBegun }) => !isBegun);
  const bounds = younger.map((file) => file.endSeenAt);
  const endSeenAt = Math.min(lastBegun.endSeenAt, following.aloneAt, ...bounds);
  return { files: [...files, ...recent, { ...positionOf(lastBegun), endSeenAt }] };
}

/** Says what can be said of the log, once per transition. */
export function setStatus(following: Following, status: LogStatus): void {
  const { status: before } = following;
  if (status.kind === 'following') {
    following.existedBefore = true;
    following.missingSince = undefined;
  }
  const isSame =
    before?.kind === status.kind &&
    (before.kind !== 'unreadable' || status.kind !== 'unreadable' || before.code === status.code);
  if (isSame) return;
  following.status = status;
  following.isWatchStale = true;
  following.listener.status(status);
}
