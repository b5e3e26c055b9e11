/**
 * The bytes of one file, by descriptor. A descriptor stays with its file whatever happens to the name, so the
 * identity of a source is what fstat says of it, never what stat says of a path.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../common/error.js';

/** How much is read at a time. */
export const BLOCK_BYTES = 64 * 1024;

/** One open file. Reading throws what the file system says (`NodeJS.ErrnoException`). */
export type ByteSource = {
  readonly device: number;
  readonly inode: number;
  /** What a doorbell can watch; undefined where nobody will write any more, and once it is closed. */
  readonly fd: number | undefined;
  /** Makes ready what `read` is going to be asked for. Only there where this takes time; never rejects. */
  readonly prepare?: (position: number, length: number) => Promise<void>;
  /** Copies up to `length` bytes from `position` into the beginning of `into`; fewer than asked = the end. */
  readonly read: (into: Buffer, length: number, position: number) => number;
  readonly close: () => void;
  /** Only of packed files: what comes after the end that was seen cannot be read. */
  readonly isDamaged?: () => boolean;
};

/** Why there is no source: an error code of the system, or what stands there instead of a file. */
export type OpenFailure = {
  readonly failure: string;
};

/**
 * Opens an ordinary file. Without waiting: a FIFO must not hang the process until somebody writes to it.
 * A directory, a FIFO or a device is a failure (`EISDIR`, `FIFO`, `DEVICE`).
 */
export function openSource(path: string): ByteSource | OpenFailure {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { failure: errorCode(error) };
  }
  try {
    const stats = fstatSync(fd);
    if (stats.isFile()) return sourceOf(fd, stats.dev, stats.ino);
    closeQuietly(fd);
    return { failure: stats.isDirectory() ? 'EISDIR' : stats.isFIFO() ? 'FIFO' : 'DEVICE' };
  } catch (error) {
    closeQuietly(fd);
    return { failure: errorCode(error) };
  }
}

/** The size of an open file; 0 for a packed one and for one that cannot be asked any more. */
export function sizeOf(source: ByteSource): number {
  return statsOf(source)?.size ?? 0;
}

/** What the system says of an open file; undefined for a packed one and for one that cannot be asked any more. */
export function statsOf(source: ByteSource): Stats | undefined {
  if (source.fd === undefined) return undefined;
  try {
    return fstatSync(source.fd);
  } catch {
    return undefined;
  }
}

function sourceOf(fd: number, device: number, inode: number): ByteSource {
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
      return readSync(fd, into, 0, length, position);
    },
    close: () => {
      if (isOpen) closeQuietly(fd);
      isOpen = false;
    },
  };
}

/** A descriptor that cannot be closed properly (a network file system that went away) is gone all the same. */
function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    return;
  }
}

/**
 * Opens a gzip file for reading its content, as if it were not compressed. It is read forwards, block by block: of the
 * unpacked text only a window is held, whatever the size of the file. Reading before it starts from the beginning.
 */
export function openGzipSource(path: string): ByteSource | OpenFailure {
  const packed = openSource(path);
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
        unpacking = unpack(packed);
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
    close: () => {
      unpacking?.destroy();
      packed.close();
    },
    isDamaged: () => isDamaged,
  };
}

/** Errors show where the blocks are taken; the callback only keeps them from being thrown at the process. */
function unpack(packed: ByteSource): Readable {
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
