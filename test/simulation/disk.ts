/**
 * A disk that is held in the hands: files have inodes that are used again, times that lag behind the clock, and content
 * that is gone after a power cut unless it was synced. What is asked of it is what heyu, the follower and the store ask.
 */

import { dirname, basename } from 'node:path';
import type { FileStats } from '../../src/io/file-system.js';
import type { Random } from '../soak/random.js';
import type { HeyuFiles } from '../soak/heyu.js';

type Inode = {
  number: number;
  readonly isDirectory: boolean;
  /** Those before `size` never change in place: who has been given them keeps them as they were. */
  bytes: Buffer;
  size: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  readonly birthtimeMs: number;
  /** What a power cut leaves of it; undefined = nobody has synced it. */
  synced: Buffer | undefined;
  names: number;
};

type Stats = FileStats & { readonly atimeMs: number };

/** Times of files are those of the kernel's last tick, ms. */
const TICK_MS = 4;
const DEVICE = 2049;

/** The error that a call of the system ends with. Without a stack: many are expected, and nobody reads where they come from. */
export function systemError(code: string, path = ''): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: ${path}`), { code });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/** One file system. */
export class Disk implements HeyuFiles {
  readonly #wallMs: () => number;
  readonly #random: Random;
  #names = new Map<string, Inode>();
  /** The names as a power cut leaves them. */
  #syncedNames = new Map<string, Inode>();
  readonly #open = new Map<number, Inode>();
  readonly #freeNumbers: number[] = [];
  #numbers = 100;
  #descriptors = 10;
  /** Told of each change below a directory. */
  onChange: (path: string) => void = () => undefined;

  constructor(wallMs: () => number, random: Random, directories: readonly string[]) {
    this.#wallMs = wallMs;
    this.#random = random;
    for (const path of directories) this.#names.set(path, this.#create(true));
    this.#syncedNames = new Map(this.#names);
  }

  // --- What heyu and the programs that rotate call.

  readonly openSync = (path: string, flags: 'a' | 'r'): number => {
    let inode = this.#names.get(path);
    if (inode === undefined) {
      if (flags === 'r') throw systemError('ENOENT', path);
      inode = this.#create(false);
      this.#link(path, inode);
    }
    const fd = (this.#descriptors += 1);
    this.#open.set(fd, inode);
    inode.names += 1;
    return fd;
  };

  readonly closeSync = (fd: number): void => {
    const inode = this.#opened(fd);
    this.#open.delete(fd);
    this.#release(inode);
  };

  readonly fstatSync = (fd: number): FileStats => statsOf(this.#opened(fd));

  readonly statSync = (path: string): Stats => statsOf(this.#find(path));

  readonly writeSync = (fd: number, bytes: Buffer): number => {
    const inode = this.#opened(fd);
    this.#append(inode, bytes);
    this.#changed(inode);
    return bytes.length;
  };

  readonly readSync = (
    fd: number,
    into: Buffer,
    offset: number,
    length: number,
    position: number,
  ): number => {
    const { bytes, size } = this.#opened(fd);
    return position >= size ? 0 : bytes.copy(into, offset, position, Math.min(size, position + length));
  };

  readonly existsSync = (path: string): boolean => this.#names.has(path);

  readonly readdirSync = (directory: string): readonly string[] =>
    [...this.#names.keys()].filter((path) => dirname(path) === directory).map((path) => basename(path));

  readonly isDirectory = (path: string): boolean => this.#names.get(path)?.isDirectory === true;

  readonly renameSync = (from: string, to: string): void => {
    const inode = this.#find(from);
    this.#names.delete(from);
    this.#unlink(to);
    this.#names.set(to, inode);
    inode.ctimeMs = this.#tick();
    this.onChange(from);
    this.onChange(to);
  };

  readonly copyFileSync = (from: string, to: string): void => {
    this.writeFileSync(to, this.readFileSync(from));
  };

  readonly truncateSync = (path: string, size: number): void => {
    const inode = this.#find(path);
    inode.size = Math.min(inode.size, size);
    inode.bytes = inode.bytes.subarray(0, inode.size);
    this.#touch(inode);
    this.onChange(path);
  };

  readonly unlinkSync = (path: string): void => {
    this.#find(path);
    this.#unlink(path);
    this.onChange(path);
  };

  readonly utimesSync = (path: string, atime: number, mtime: number): void => {
    const inode = this.#find(path);
    inode.atimeMs = atime * 1000;
    inode.mtimeMs = mtime * 1000;
    inode.ctimeMs = this.#tick();
  };

  readonly readFileSync = (path: string): Buffer => {
    const { bytes, size } = this.#find(path);
    return bytes.subarray(0, size);
  };

  readonly writeFileSync = (path: string, content: string | Buffer): void => {
    let inode = this.#names.get(path);
    if (inode === undefined) {
      inode = this.#create(false);
      this.#link(path, inode);
    }
    inode.bytes = typeof content === 'string' ? Buffer.from(content) : content;
    inode.size = inode.bytes.length;
    this.#touch(inode);
    this.onChange(path);
  };

  readonly appendFileSync = (path: string, content: string): void => {
    const fd = this.openSync(path, 'a');
    this.writeSync(fd, Buffer.from(content));
    this.closeSync(fd);
  };

  /** Some bytes of a file change; nothing happens to a file that is not there. */
  readonly spoil = (path: string, bytes: number): void => {
    const inode = this.#names.get(path);
    if (inode === undefined || inode.size === 0) return;
    inode.bytes = Buffer.from(inode.bytes);
    for (let i = 0; i < bytes; i += 1)
      inode.bytes[this.#random.whole(0, inode.size - 1)] = this.#random.whole(0, 255);
  };

  // --- What outlives a power cut.

  readonly sync = (path: string): void => {
    const inode = this.#find(path);
    if (!inode.isDirectory) {
      inode.synced = this.readFileSync(path);
      return;
    }
    for (const name of this.#syncedNames.keys()) if (dirname(name) === path) this.#syncedNames.delete(name);
    for (const [name, file] of this.#names) if (dirname(name) === path) this.#syncedNames.set(name, file);
  };

  /** The power fails: names and contents below `directory` are what was synced, or what happened to get there. */
  readonly cutPower = (directory: string): void => {
    const names = this.#random.chance(0.5) ? this.#names : this.#syncedNames;
    const kept = [...names].filter(([path]) => dirname(path) === directory);
    for (const path of [...this.#names.keys()]) if (dirname(path) === directory) this.#names.delete(path);
    for (const [path, inode] of kept) {
      const whole = inode.bytes.subarray(0, inode.size);
      const left = inode.synced ?? this.#unsynced(whole);
      inode.bytes = Buffer.from(this.#random.chance(0.5) ? left : inode.synced === undefined ? left : whole);
      inode.size = inode.bytes.length;
      inode.synced = Buffer.from(inode.bytes);
      this.#names.set(path, inode);
      // it was removed, and is there again; another file may have its number by now
      const freed = this.#freeNumbers.indexOf(inode.number);
      if (freed >= 0) this.#freeNumbers.splice(freed, 1);
      else if (inode.names === 0) inode.number = this.#numbers += 1;
      inode.names = 1;
    }
    this.#syncedNames = new Map(this.#names);
  };

  /** Of what was not synced: all, nothing, a part, or as many zeros. */
  #unsynced(whole: Buffer): Buffer {
    switch (this.#random.whole(0, 3)) {
      case 0:
        return whole;
      case 1:
        return Buffer.alloc(0);
      case 2:
        return whole.subarray(0, this.#random.whole(0, whole.length));
      default:
        return Buffer.alloc(whole.length);
    }
  }

  #tick(): number {
    return Math.floor(this.#wallMs() / TICK_MS) * TICK_MS;
  }

  #create(isDirectory: boolean): Inode {
    const at = this.#tick();
    // as ext4 does, more often than not
    const used = this.#random.chance(0.7) ? this.#freeNumbers.pop() : undefined;
    return {
      number: used ?? (this.#numbers += 1),
      isDirectory,
      bytes: Buffer.alloc(0),
      size: 0,
      atimeMs: at,
      mtimeMs: at,
      ctimeMs: at,
      birthtimeMs: at,
      synced: undefined,
      names: 0,
    };
  }

  #link(path: string, inode: Inode): void {
    this.#names.set(path, inode);
    inode.names += 1;
    this.onChange(path);
  }

  #unlink(path: string): void {
    const inode = this.#names.get(path);
    if (inode === undefined) return;
    this.#names.delete(path);
    inode.ctimeMs = this.#tick();
    this.#release(inode);
  }

  #release(inode: Inode): void {
    inode.names -= 1;
    if (inode.names === 0) this.#freeNumbers.push(inode.number);
  }

  #append(inode: Inode, bytes: Buffer): void {
    const size = inode.size + bytes.length;
    if (size > inode.bytes.length) {
      const grown = Buffer.alloc(Math.max(1024, 2 * size));
      inode.bytes.copy(grown, 0, 0, inode.size);
      inode.bytes = grown;
    }
    bytes.copy(inode.bytes, inode.size);
    inode.size = size;
    this.#touch(inode);
  }

  #touch(inode: Inode): void {
    inode.mtimeMs = this.#tick();
    inode.ctimeMs = inode.mtimeMs;
  }

  /** Whatever its name is. */
  #changed(inode: Inode): void {
    for (const [path, one] of this.#names) {
      if (one === inode) {
        this.onChange(path);
        return;
      }
    }
    this.onChange('');
  }

  #find(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError('ENOENT', path);
    return inode;
  }

  #opened(fd: number): Inode {
    const inode = this.#open.get(fd);
    if (inode === undefined) throw systemError('EBADF');
    return inode;
  }
}

function statsOf(inode: Inode): Stats {
  const { number, size, atimeMs, mtimeMs, ctimeMs, birthtimeMs, isDirectory } = inode;
  return {
    dev: DEVICE,
    ino: number,
    size,
    atimeMs,
    mtimeMs,
    ctimeMs,
    birthtimeMs,
    isFile: () => !isDirectory,
    isDirectory: () => isDirectory,
    isFIFO: () => false,
  };
}
