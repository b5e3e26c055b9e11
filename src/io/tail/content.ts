/**
 * Looking at the content of a file without reading its lines: is it still what it was, is it what a position
 * speaks of, where does its last line begin.
 */
import type { FilePosition } from '../../ports.js';
import type { ByteSource } from './byte-source.js';
import type { Work } from './slices.js';

/** How many bytes before the offset are kept: four or five lines of heyu. */
export const MARK_BYTES = 256;

/** Is it the same file, as far as a stat or a position speaks of it? */
export function isSameFile(
  one: { readonly device: number; readonly inode: number },
  other: { readonly device: number; readonly inode: number },
): boolean {
  return one.device === other.device && one.inode === other.inode;
}

/** The mark of a position; empty when it has none or a damaged one. */
export function markOf(position: FilePosition): Buffer {
  const mark = Buffer.from(position.mark, 'base64');
  return mark.length > Math.min(MARK_BYTES, position.offset) ? Buffer.alloc(0) : mark;
}

/** What was read before, for telling an edited copy of it from a fresh log. */
export type Former = {
  /** The bytes before the place where reading had stopped. */
  readonly mark: Buffer;
  /** The first bytes of the file; empty where nobody knows. */
  readonly head: Buffer;
};

/** A mark shorter than this could be anybody's; files of another inode are not recognised by it. */
const LEAST_TELLING_BYTES = 16;
const LINE_FEED = 0x0a;
const STEP_BYTES = 64 * 1024;

/** The bytes between `position` and `position + length`, fewer at the end; none when they cannot be read. */
export function* bytesAt(source: ByteSource, position: number, length: number): Work<Buffer> {
  if (source.prepare !== undefined) yield source.prepare(position, length);
  const into = Buffer.allocUnsafe(length);
  try {
    return into.subarray(0, source.read(into, length, position));
  } catch {
    return into.subarray(0, 0);
  }
}

/** What recognises a content: some bytes and where they are. */
export type Fingerprint = { readonly at: number; readonly bytes: Buffer };

/** The bytes before the offset of a position. */
export function fingerprintOfPosition(position: FilePosition): Fingerprint {
  const bytes = markOf(position);
  return { at: position.offset - bytes.length, bytes };
}

/** Can the fingerprint recognise a file of another inode? */
export function isTelling(fingerprint: Fingerprint): boolean {
  return fingerprint.bytes.length >= LEAST_TELLING_BYTES;
}

/** Are these bytes there? (Always, when there are none to compare: then only the inode speaks.) */
export function* hasContent(source: ByteSource, fingerprint: Fingerprint): Work<boolean> {
  const { at, bytes } = fingerprint;
  if (bytes.length === 0) return true;
  return bytes.equals(yield* bytesAt(source, at, bytes.length));
}

/**
 * Where the last line before `size` begins that has no line feed yet: `size` itself when everything is complete.
 * A line of more than 1 MiB is not looked for: `size` as well.
 */
export function* lastLineStart(source: ByteSource, size: number): Work<number> {
  for (let steps = 1; steps <= 16; steps += 1) {
    const from = Math.max(0, size - steps * STEP_BYTES);
    const bytes = yield* bytesAt(source, from, Math.min(STEP_BYTES, size - from));
    const lineFeed = bytes.lastIndexOf(LINE_FEED);
    if (lineFeed >= 0) return from + lineFeed + 1;
    if (from === 0) return 0;
  }
  return size;
}

/** Beginnings shorter than this are alike by chance. */
const LEAST_HEAD_BYTES = 32;

/**
 * How many bytes at the beginning of the file had been read before, 0 for a fresh log. An edited log is not a fresh one:
 * heyu's manual says "manually delete or trim it" (x10config.5), and what is left of lines that were read before must
 * not be read as new motion. So a file that came in the place of another, or that was truncated without a copy, is
 * searched for the place where reading had stopped.
 */
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
