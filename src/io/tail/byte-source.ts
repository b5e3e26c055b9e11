/**
 * The bytes of one file, by descriptor. A descriptor stays with its file whatever happens to the name, so the
 * identity of a source is what fstat says of it, never what stat says of a path.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { errorCode } from '../../common/error.js';

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
