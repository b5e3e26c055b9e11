/**
 * An edited log is not a fresh one. heyu's manual says "manually delete or trim it" (x10config.5): what is left of
 * lines that were read before must not be read as new motion. So a file that came in the place of another, or that
 * was truncated without a copy, is searched for the place where reading had stopped.
 */
import type { ByteSource } from './byte-source.js';
import { bytesAt, lastLineStart } from './content.js';
import type { Work } from './slices.js';
import type { Former } from './tailed-file.js';

const LINE_FEED = 0x0a;
const STEP_BYTES = 64 * 1024;
/** Beginnings shorter than this are alike by chance. */
const LEAST_HEAD_BYTES = 32;

/** How many bytes at the beginning of the file had been read before, 0 for a fresh log. */
export function* bytesSeenBefore(source: ByteSource, size: number, former: Former): Work<number> {
  const afterMark = yield* endOfLast(source, former.mark);
  if (afterMark > 0) return afterMark;
  const beginning = yield* bytesAt(source, 0, Math.max(former.mark.length, former.head.length));
  const kept = linesOfMarkAtBeginning(beginning, former.mark);
  if (kept > 0) return kept;
  const common = Math.min(beginning.length, former.head.length);
  const isSameBeginning =
    common >= LEAST_HEAD_BYTES && beginning.subarray(0, common).equals(former.head.subarray(0, common));
  return isSameBeginning ? yield* lastLineStart(source, size) : 0;
}

/** Trimmed at the beginning: where the last copy of the mark ends, 0 when there is none. */
function* endOfLast(source: ByteSource, mark: Buffer): Work<number> {
  if (mark.indexOf(LINE_FEED) < 0 || mark.indexOf(LINE_FEED) === mark.length - 1) return 0;
  let end = 0;
  for (let from = 0; ; from += STEP_BYTES) {
    const bytes = yield* bytesAt(source, from, STEP_BYTES + mark.length - 1);
    const found = bytes.lastIndexOf(mark);
    if (found >= 0) end = from + found + mark.length;
    if (bytes.length < STEP_BYTES + mark.length - 1) return end;
    yield undefined;
  }
}

/** Trimmed to its very last lines: how many bytes of the beginning are the end of the mark, in whole lines. */
function linesOfMarkAtBeginning(beginning: Buffer, mark: Buffer): number {
  for (let at = mark.indexOf(LINE_FEED) + 1; at > 0 && at < mark.length;) {
    const lines = mark.subarray(at);
    if (beginning.subarray(0, lines.length).equals(lines)) return lines.length;
    at = mark.indexOf(LINE_FEED, at) + 1;
  }
  return 0;
}
