/**
 * The content of one file: its bytes, by descriptor, and what recognises them. A descriptor stays with its file whatever
 * happens to the name, so the identity of a source is what fstat says of it, never what stat says of a path.
 */
import { constants } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { errorCode, orElse } from '../../common/error.js';
import type { FilePosition } from '../../ports.js';
import type { FileStats, LogFileSystem } from '../file-system.js';

/**
 * Work that gives way: a generator runs synchronously, so that a line reaches its reader without any hop through the
 * event loop, and can be interrupted, so that a long backlog does not stall the others. A bare `yield` says "here may be
 * a pause", a yielded promise says "wait for this"; such a promise never rejects.
 */
export type Work<Result = void> = Generator<Promise<void> | undefined, Result, void>;

/** How much is read at a time. */
export const BLOCK_BYTES = 64 * 1024;

/** One open file. Reading throws what the file system says (`NodeJS.ErrnoException`). */
export type ByteSource = {
  readonly device: number;
  readonly inode: number;
  /** What a doorbell can watch; undefined for a file that is no longer written to, and once it is closed. */
  readonly fd: number | undefined;
  /** Makes ready what `read` is going to be asked for. Only there where this takes time; never rejects. */
  readonly prepare?: (position: number, length: number) => Promise<void>;
  /** Copies up to `length` bytes from `position` into the beginning of `into`; fewer than asked = the end. */
  readonly read: (into: Buffer, length: number, position: number) => number;
  /** What the system says of it; undefined for a packed one and for one that cannot be asked any more. */
  readonly stats: () => FileStats | undefined;
  readonly close: () => void;
  /** Only of packed files: what comes after the end that was seen cannot be read. */
  readonly isDamaged?: () => boolean;
};

/** Why there is no source: an error code of the system, or what stands there instead of a file. */
export type OpenFailure = {
  readonly failure: string;
};

/**
 * Opens an ordinary file. Without waiting: a FIFO must not hang the process until it is written to.
 * A directory, a FIFO or a device is a failure (`EISDIR`, `FIFO`, `DEVICE`).
 */
export function openSource(files: LogFileSystem, path: string): ByteSource | OpenFailure {
  let fd: number | undefined;
  try {
    fd = files.openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = files.fstatSync(fd);
    if (stats.isFile()) return sourceOf(files, fd, stats);
    closeQuietly(files, fd);
    return { failure: stats.isDirectory() ? 'EISDIR' : stats.isFIFO() ? 'FIFO' : 'DEVICE' };
  } catch (error) {
    if (fd !== undefined) closeQuietly(files, fd);
    return { failure: errorCode(error) };
  }
}

/** Can what has the name be opened and read? */
export function isReadable(log: { readonly path: string; readonly files: LogFileSystem }): boolean {
  const source = openSource(log.files, log.path);
  if ('failure' in source) return false;
  const first = orElse(() => source.read(Buffer.alloc(1), 1, 0), undefined);
  source.close();
  return first !== undefined;
}

/** The size of an open file; 0 for a packed one and for one that cannot be asked any more. */
export function sizeOf(source: ByteSource): number {
  return source.stats()?.size ?? 0;
}

function sourceOf(files: LogFileSystem, fd: number, { dev: device, ino: inode }: FileStats): ByteSource {
  let isOpen = true;
  return {
    device,
    inode,
    // the system gives the number of a closed descriptor to the next file that is opened
    get fd() {
      return isOpen ? fd : undefined;
    },
    read: (into, length, position) => {
      if (!isOpen) throw Object.assign(new Error('the file is closed'), { code: 'EBADF' });
      return files.readSync(fd, into, 0, length, position);
    },
    stats: () => (isOpen ? orElse(() => files.fstatSync(fd), undefined) : undefined),
    close: () => {
      if (isOpen) closeQuietly(files, fd);
      isOpen = false;
    },
  };
}

/** A descriptor that cannot be closed properly (a network file system that went away) is gone all the same. */
function closeQuietly(files: LogFileSystem, fd: number): void {
  orElse(() => files.closeSync(fd), undefined);
}

/**
 * Opens a gzip file for reading its content, as if it were not compressed. It is read forwards, block by block: of the
 * unpacked text only a window is held, for a file of any size. Reading before it starts from the beginning.
 */
export function openGzipSource(files: LogFileSystem, path: string): ByteSource | OpenFailure {
  const packed = openSource(files, path);
  if ('failure' in packed) return packed;
  // nothing is unpacked before it is asked for: many are opened only to be held
  let unpacking: Readable | undefined;
  let blocks: AsyncIterator<unknown> | undefined;
  let held: Buffer = Buffer.alloc(0);
  let heldFrom = 0;
  let isAtEnd = false;
  let isDamaged = false;

  const restart = (): void => {
    unpacking?.destroy();
    blocks = undefined;
    held = Buffer.alloc(0);
    heldFrom = 0;
    isAtEnd = false;
  };

  const takeBlock = async (): Promise<void> => {
    try {
      if (blocks === undefined) {
        unpacking = unpack(packed, files);
        blocks = unpacking[Symbol.asyncIterator]();
      }
      const block = await blocks.next();
      if (block.done === true) isAtEnd = true;
      else held = Buffer.concat([held, block.value as Buffer]);
    } catch {
      isAtEnd = true;
      isDamaged = true;
    }
  };

  const dropBefore = (position: number): void => {
    const surplus = Math.min(position - heldFrom, held.length);
    if (surplus <= 0) return;
    held = held.subarray(surplus);
    heldFrom += surplus;
  };

  return {
    device: packed.device,
    inode: packed.inode,
    fd: undefined,
    prepare: async (position, length) => {
      if (position < heldFrom) restart();
      dropBefore(position);
      while (!isAtEnd && heldFrom + held.length < position + length) {
        await takeBlock();
        dropBefore(position);
      }
    },
    read: (into, length, position) => {
      const start = position - heldFrom;
      if (start < 0 || start >= held.length) return 0;
      return held.copy(into, 0, start, Math.min(held.length, start + length));
    },
    stats: () => undefined,
    close: () => {
      unpacking?.destroy();
      packed.close();
    },
    isDamaged: () => isDamaged,
  };
}

/** Errors show where the blocks are taken; the callback only keeps them from being thrown at the process. */
function unpack(packed: ByteSource, { createGunzip }: LogFileSystem): Readable {
  const gunzip = createGunzip();
  pipeline(Readable.from(packedBlocks(packed)), gunzip, () => undefined);
  return gunzip;
}

function* packedBlocks(packed: ByteSource): Generator<Buffer, void, void> {
  for (let position = 0; ;) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    const length = packed.read(block, BLOCK_BYTES, position);
    if (length === 0) return;
    position += length;
    yield block.subarray(0, length);
  }
}

// --- Looking at it without reading its lines: is it still what it was, is it what a position speaks of, where does its
// --- last line begin.

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
  /** The first bytes of the file; empty if unknown. */
  readonly head: Buffer;
};

/** A mark shorter than this could be anybody's; files of another inode are not recognised by it. */
const LEAST_TELLING_BYTES = 16;
/** Ends a line of the log. */
export const LINE_FEED = 0x0a;

/** A file that cannot be read now says nothing about what is in it. */
export class Unreadable extends Error {
  readonly code: string;

  /** `code`: what the system said. */
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The bytes between `position` and `position + length`, fewer at the end; throws `Unreadable`. A closed file has none. */
export function* bytesAt(source: ByteSource, position: number, length: number): Work<Buffer> {
  if (source.prepare !== undefined) yield source.prepare(position, length);
  const into = Buffer.allocUnsafe(length);
  if (source.fd === undefined && source.prepare === undefined) return into.subarray(0, 0);
  try {
    return into.subarray(0, source.read(into, length, position));
  } catch (error) {
    throw new Unreadable(errorCode(error));
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
export function isDistinctive(fingerprint: Fingerprint): boolean {
  return fingerprint.bytes.length >= LEAST_TELLING_BYTES;
}

/** Does a line begin in it? If not, it is the end of one long line, which two logs may have at the same place. */
export function hasLineStart({ at, bytes }: Fingerprint): boolean {
  return at === 0 || bytes.subarray(0, -1).includes(LINE_FEED);
}

/** The outcome of looking into a file that nothing depends on; undefined = it cannot be read now. */
export function* ifReadable<Result>(work: Work<Result>): Work<Result | undefined> {
  try {
    return yield* work;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
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
    const from = Math.max(0, size - steps * BLOCK_BYTES);
    const bytes = yield* bytesAt(source, from, Math.min(BLOCK_BYTES, size - from));
    const lineFeed = bytes.lastIndexOf(LINE_FEED);
    if (lineFeed >= 0) return from + lineFeed + 1;
    if (from === 0) return 0;
  }
  return size;
}

/** Are both the same as far as the shorter one goes, and is that `least` bytes at least? */
export function isSameStart(one: Buffer, other: Buffer, least: number): boolean {
  const length = Math.min(one.length, other.length);
  return length >= least && one.subarray(0, length).equals(other.subarray(0, length));
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
  return isSameStart(beginning, former.head, LEAST_HEAD_BYTES) ? yield* lastLineStart(source, size) : 0;
}

/** Trimmed at the beginning: where the last copy of the mark ends, 0 when there is none. */
function* endOfLast(source: ByteSource, mark: Buffer): Work<number> {
  if (mark.indexOf(LINE_FEED) < 0 || mark.indexOf(LINE_FEED) === mark.length - 1) return 0;
  let end = 0;
  for (let from = 0; ; from += BLOCK_BYTES) {
    const bytes = yield* bytesAt(source, from, BLOCK_BYTES + mark.length - 1);
    const found = bytes.lastIndexOf(mark);
    if (found >= 0) end = from + found + mark.length;
    if (bytes.length < BLOCK_BYTES + mark.length - 1) return end;
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
