/**
 * What the follower of the log and the store need of a file system: the calls of node:fs that they use. It is passed to
 * them, so that the simulation can give them a disk that tears writes, delays and forgets.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { appendFile, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What is asked of a file; the names are those of `fs.Stats`. */
export type FileStats = {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  /** 0 where the file system does not know. */
  readonly birthtimeMs: number;
  readonly isFile: () => boolean;
  readonly isDirectory: () => boolean;
  readonly isFIFO: () => boolean;
};

/** An entry of a directory. */
export type DirectoryEntry = { readonly name: string; readonly isDirectory: () => boolean };

/** For following a log: synchronous, because a line must reach its reader without a hop through the event loop. */
export type LogFileSystem = {
  readonly openSync: (path: string, flags: number) => number;
  readonly closeSync: (fd: number) => void;
  readonly fstatSync: (fd: number) => FileStats;
  readonly readSync: (fd: number, into: Buffer, offset: number, length: number, position: number) => number;
  readonly statSync: (path: string, options: { readonly throwIfNoEntry: false }) => FileStats | undefined;
  readonly readdirSync: (
    path: string,
    options: { readonly withFileTypes: true },
  ) => readonly DirectoryEntry[];
  readonly realpathSync: (path: string) => string;
  readonly readlinkSync: (path: string) => string;
  readonly existsSync: (path: string) => boolean;
  readonly createGunzip: () => Duplex;
};

/** For the state directory: asynchronous, because the service must not wait for a disk. */
export type StateFileSystem = {
  readonly readFile: (path: string, encoding: 'utf8') => Promise<string>;
  readonly writeFile: (
    path: string,
    text: string,
    options: { readonly mode: number; readonly flag?: string; readonly flush?: boolean },
  ) => Promise<void>;
  readonly appendFile: (path: string, text: string, options: { readonly mode: number }) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly rm: (path: string, options: { readonly force: true }) => Promise<void>;
  /** For the fsync of a directory. */
  readonly open: (
    path: string,
    flags: 'r',
  ) => Promise<{ readonly sync: () => Promise<void>; readonly close: () => Promise<void> }>;
};

/** The machine's own file system, for following a log. */
export const logFileSystem: LogFileSystem = {
  openSync,
  closeSync,
  fstatSync,
  readSync,
  statSync,
  readdirSync,
  realpathSync,
  readlinkSync,
  existsSync,
  createGunzip,
};

/** The same, for the state directory. */
export const stateFileSystem: StateFileSystem = { readFile, writeFile, appendFile, rename, rm, open };
