/**
 * Looking at the content of a file without reading its lines: is it still what it was, is it what a position
 * speaks of, where does its last line begin.
 */
import type { FilePosition } from '../../ports.js';
import type { ByteSource } from './byte-source.js';
import type { Work } from './slices.js';
import { MARK_BYTES, markOf, setMark, type TailedFile } from './tailed-file.js';

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

/** The bytes before the offset or, of a file of which nothing was read, its first ones. */
export function fingerprintOf(file: TailedFile): Fingerprint {
  if (file.markLength === 0) return { at: 0, bytes: file.head };
  const bytes = Buffer.from(file.mark.subarray(0, file.markLength));
  return { at: file.offset + file.skipped - bytes.length, bytes };
}

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

/** Is the file still the one that was read? Takes note of its first bytes while nothing has been read of it. */
export function* isUnchanged(file: TailedFile): Work<boolean> {
  if (!(yield* hasContent(file.source, fingerprintOf(file)))) return false;
  if (file.offset === 0) yield* seeHead(file);
  return true;
}

/** Takes note of the first bytes of a file, as many as there are. */
export function* seeHead(file: TailedFile): Work {
  if (file.head.length === MARK_BYTES) return;
  file.head = Buffer.from(yield* bytesAt(file.source, 0, MARK_BYTES));
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

/** Makes reading begin at the last line before `size` that is not complete yet. */
export function* seekLastLine(file: TailedFile, size: number): Work {
  file.offset = yield* lastLineStart(file.source, size);
  file.sizeSeen = size;
  const before = Math.min(MARK_BYTES, file.offset);
  setMark(file, yield* bytesAt(file.source, file.offset - before, before));
}
