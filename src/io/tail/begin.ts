/**
 * Beginning a file: normally at once and at its first byte. Only where it may be an edited copy of what was read
 * before is it looked into first, and an editor that is still writing is waited for.
 */
import { sizeOf } from './byte-source.js';
import type { Following } from './following.js';
import { beginGeneration } from './generations.js';
import { bytesAt } from './content.js';
import { bytesSeenBefore } from './seen-before.js';
import type { Work } from './slices.js';
import { MARK_BYTES, markBefore, setMark, type Former, type TailedFile } from './tailed-file.js';

/** Editors and shells write at least this much at a time, unless it is all they have. */
const EDITOR_BLOCK_BYTES = 4096;
/** An editor that has written nothing for this long is done. */
const EDITOR_QUIET_MS = 100;
/** heyu in a flood is never quiet: no waiting beyond this. */
const LONGEST_WAIT_MS = 1000;

/** `empty` = nothing in it yet, `later` = it is still being written by an editor. */
export type BeginOutcome = 'begun' | 'empty' | 'later';

/** Begins `file` if it can be begun: gives it a generation, finds its first unread byte, tells the listener. */
export function* begin(following: Following, file: TailedFile): Work<BeginOutcome> {
  const former = file.mayBeEdited ? formerOf(following) : undefined;
  let seen = 0;
  if (former !== undefined) {
    const size = sizeOf(file.source);
    if (size === 0 && following.next.length === 0) {
      file.endSeenAt = following.clock.wallMs();
      return 'empty';
    }
    if (isBeingWritten(following, file, size)) return 'later';
    seen = yield* bytesSeenBefore(file.source, size, former);
    const before = Math.min(MARK_BYTES, seen);
    file.offset = seen;
    setMark(file, yield* bytesAt(file.source, seen - before, before));
  }
  tell(following, file, seen);
  yield* beginGeneration(following, file);
  return 'begun';
}

/** An incident per file, at the moment it is begun. */
function tell(following: Following, file: TailedFile, seen: number): void {
  const { listener, path } = following;
  if (file.arrival === 'rotation' || (file.arrival === 'replacement' && seen === 0)) {
    listener.incident({ kind: 'rotated', path });
  } else if (file.arrival === 'replacement') {
    listener.incident({ kind: 'rewritten', path, offset: seen });
  }
  if (file.loss !== undefined && seen === 0) listener.incident({ kind: 'lost', path, ...file.loss });
}

function formerOf({ lastBegun, former }: Following): Former | undefined {
  return lastBegun === undefined
    ? former
    : { mark: Buffer.from(markBefore(lastBegun)), head: lastBegun.head };
}

function isBeingWritten(following: Following, file: TailedFile, size: number): boolean {
  if (size < EDITOR_BLOCK_BYTES || (file.arrival !== 'rewrite' && file.arrival !== 'replacement'))
    return false;
  const now = following.clock.monotonicMs();
  file.postponedAt ??= now;
  if (size !== file.sizeSeen) {
    file.sizeSeen = size;
    file.sizeChangedAt = now;
  }
  if (now - file.sizeChangedAt >= EDITOR_QUIET_MS || now - file.postponedAt >= LONGEST_WAIT_MS) return false;
  following.lookAgainMs = EDITOR_QUIET_MS;
  return true;
}
