/**
 * The rotated files of a log: which names logrotate and its like give them, in which order of time they are, and which
 * of them holds what was being read. They are opened at one moment: another process may rename them at any time, between
 * two names of a directory that is being read and between a name and its opening; what is open cannot be taken away.
 */
import { basename, dirname, join } from 'node:path';
import { errorCode, orElse } from '../../common/error.js';
import type { FilePosition, RotatedFile } from '../../ports.js';
import type { DirectoryEntry, FileStats, LogFileSystem } from '../file-system.js';
import {
  bytesAt,
  fingerprintOfPosition,
  hasContent,
  hasLineStart,
  ifReadable,
  isSameFile,
  isDistinctive,
  MARK_BYTES,
  openGzipSource,
  openSource,
  type ByteSource,
  type OpenFailure,
  type Work,
} from './content.js';

/** A log by its name, and where that is. */
export type NamedLog = { readonly path: string; readonly files: LogFileSystem };

/** A file that a rotation has left behind. */
export type Sibling = RotatedFile & {
  readonly path: string;
  readonly size: number;
  readonly isPacked: boolean;
  /** Its name counts or dates it, so it was made by rotation; a `.old` or `.bak` may as well be a copy. */
  readonly isCounted: boolean;
};

/** With what its name adds to that of the log, which tells its place: `1` or `20261122`. */
type Rotated = Sibling & { readonly stem: string };

/**
 * `.1`, `.2.gz` (logrotate), `-20261122`, `-20261122-1530.gz` (dateext), `.2026-11-22`, `.0` (newsyslog), `.old`; and
 * `-2026112215.backup`, which logrotate makes of a log that heyu has created before `create` could
 * (logrotate.c `createOutputFile`).
 */
const ROTATED = /^[-._](\d[-\d._:T]*?(?:\.backup)?|old|bak)(\.gz)?$/;

/** Directories beside the log that are searched too (logrotate's `olddir`); /var/log may hold many others. */
const MOST_DIRECTORIES = 64;

/**
 * The rotated files of a log, oldest first: beside the name, beside the file a symlink leads to, and
 * one directory below. A file that is just being compressed is listed once, unpacked.
 */
export function rotatedSiblings({ path, files }: NamedLog): Sibling[] {
  const found = new Map<string, Rotated>();
  for (const log of new Set([path, orElse(() => files.realpathSync(path), path)])) {
    const directory = dirname(log);
    const entries = entriesOf(directory, files);
    const below = entries.filter((entry) => entry.isDirectory()).slice(0, MOST_DIRECTORIES);
    collect(directory, entries, { path: log, files }, found);
    for (const { name } of below) {
      const deeper = join(directory, name);
      collect(deeper, entriesOf(deeper, files), { path: log, files }, found);
    }
  }
  return [...found.values()].filter((one) => !one.isPacked || !found.has(one.path.slice(0, -3))).sort(byTime);
}

/** Time stamps of files lag behind the clock by up to a tick of the kernel, milliseconds. */
export const TICK_MS = 10;

/** Was it made, and written to, since `at`? An old file to which a script still writes was only written to. */
export function isCreatedSince(sibling: Sibling, at: number): boolean {
  const isYoung = sibling.createdAt === 0 || sibling.createdAt >= at - TICK_MS;
  return isYoung && isWrittenSince(sibling, at);
}

/** Was it written to since `at`? */
export function isWrittenSince({ modifiedAt }: Sibling, at: number): boolean {
  return modifiedAt >= at - TICK_MS;
}

/** Is a file of the same inode, of which no content is known, another one than that of the position? */
export function isBornAgain(createdAt: number, { born, endSeenAt }: FilePosition): boolean {
  // of a position of version 0.1 only the time is known
  return born === undefined ? Math.floor(createdAt) > endSeenAt : createdAt !== born;
}

/** Those of `all` (oldest first) that are younger than this one of them; none when it has the name of the log. */
export function youngerThan(
  file: { readonly device: number; readonly inode: number },
  all: readonly Sibling[],
): readonly Sibling[] {
  const at = all.findIndex((sibling) => isSameFile(sibling, file));
  return at < 0 ? [] : all.slice(at + 1);
}

/** Tells this file from every other one, also from a later one that got its inode. */
export function siblingKey(sibling: RotatedFile): string {
  return `${sibling.device}:${sibling.inode}:${sibling.createdAt}`;
}

/** Is it one of these, or has one of them, which is not there (in `all`) any more, become it when it was packed? */
export function isAmong(
  sibling: Sibling,
  known: readonly RotatedFile[],
  all: readonly RotatedFile[],
): boolean {
  // no keys are built: of a year of rotated files each is compared with each
  const isPackedOf = (one: RotatedFile): boolean =>
    sibling.isPacked &&
    Math.abs(one.modifiedAt - sibling.modifiedAt) < 1 &&
    !all.some((other) => isOne(one, other));
  return known.some((one) => isOne(one, sibling) || isPackedOf(one));
}

/** Are both the same file, whatever has become of its name and its content? */
function isOne(a: RotatedFile, b: RotatedFile): boolean {
  return a.inode === b.inode && a.createdAt === b.createdAt && a.device === b.device;
}

function collect(
  directory: string,
  entries: readonly DirectoryEntry[],
  { path: log, files }: NamedLog,
  found: Map<string, Rotated>,
): void {
  const base = basename(log);
  for (const { name } of entries) {
    const match = name.startsWith(base) ? ROTATED.exec(name.slice(base.length)) : undefined;
    const stem = match?.[1];
    if (stem === undefined) continue;
    const path = join(directory, name);
    const stats = lookUp({ path, files });
    if (typeof stats === 'string' || !stats.isFile()) continue;
    found.set(path, {
      path,
      stem,
      isPacked: match?.[2] !== undefined,
      isCounted: /^\d/.test(stem),
      device: stats.dev,
      inode: stats.ino,
      size: stats.size,
      modifiedAt: stats.mtimeMs,
      createdAt: stats.birthtimeMs,
    });
  }
}

/** Numbers count backwards, dates forwards; where names do not tell, the time of the last write does. */
function byTime(one: Rotated, other: Rotated): number {
  const [a, b] = [one.stem, other.stem];
  if (/^\d{1,4}$/.test(a) && /^\d{1,4}$/.test(b)) return Number(b) - Number(a);
  if (/^\d{6}/.test(a) && a.length === b.length) return a < b ? -1 : a > b ? 1 : 0;
  return one.modifiedAt - other.modifiedAt || one.createdAt - other.createdAt;
}

/** What the system says of a name, or the code of its error. */
export function lookUp({ path, files }: NamedLog): FileStats | string {
  try {
    return files.statSync(path, { throwIfNoEntry: false }) ?? 'ENOENT';
  } catch (error) {
    return errorCode(error);
  }
}

/** Is it this file that the system speaks of? */
export function isOf(stats: FileStats | string, source: ByteSource): boolean {
  return typeof stats === 'object' && isSameFile({ device: stats.dev, inode: stats.ino }, source);
}

function entriesOf(directory: string, files: LogFileSystem): readonly DirectoryEntry[] {
  return orElse(() => files.readdirSync(directory, { withFileTypes: true }), []);
}

/** A rotated file that is held open, until it is used or all are released. */
export type HeldSibling = Sibling & { readonly source: ByteSource; isTaken: boolean };

/** All rotated files of that moment, those that are held of them, and those that could not be opened; oldest first. */
export type HeldSiblings = {
  readonly all: readonly Sibling[];
  readonly held: readonly HeldSibling[];
  readonly barred: readonly Sibling[];
};

/** The same where those that could not be opened do not matter. */
export type Held = Omit<HeldSiblings, 'barred'>;

/** A rotation renames all files within a millisecond or so; no rotation takes longer than these attempts. */
const MOST_ATTEMPTS = 50;

/** Is this the code of a name that stands for nothing? */
export function isMissing(code: string): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Which of the rotated files of one moment (oldest first) are to be opened. Asked once per moment. */
type Choice = (all: readonly Sibling[]) => readonly Sibling[];

/** Opens the rotated files of a log that `choose` gives. */
export function holdSiblings(log: NamedLog, choose: Choice): HeldSiblings {
  for (let attempt = 1; ; attempt += 1) {
    const all = rotatedSiblings(log);
    const chosen = choose(all);
    const opened = chosen.map((sibling) => open(sibling, log.files));
    const held = opened.filter((one) => typeof one === 'object');
    const barred = chosen.filter((_, index) => opened[index] === 'unreadable');
    const isAtOneMoment = !opened.includes('moved') && listOf(all) === listOf(rotatedSiblings(log));
    if (isAtOneMoment || attempt === MOST_ATTEMPTS) return { all, held, barred };
    letGo(held);
  }
}

/**
 * The file that has the name of the log, and the rotated ones that `choose` gives, all at one moment: a file that loses
 * the name between two of these steps would be in neither place, or in the wrong order.
 */
export function holdLog(
  log: NamedLog,
  choose: Choice,
): HeldSiblings & { readonly current: ByteSource | OpenFailure } {
  for (let attempt = 1; ; attempt += 1) {
    const current = openSource(log.files, log.path);
    const siblings = holdSiblings(log, choose);
    if (attempt === MOST_ATTEMPTS || isStill(log, current)) return { ...siblings, current };
    if (!('failure' in current)) current.close();
    letGo(siblings.held);
  }
}

function isStill(log: NamedLog, current: ByteSource | OpenFailure): boolean {
  const stats = lookUp(log);
  if (!('failure' in current)) return isOf(stats, current);
  return (typeof stats === 'string' && isMissing(stats)) === isMissing(current.failure);
}

/** The source of a held file; the caller closes it. */
export function take(held: HeldSibling): ByteSource {
  held.isTaken = true;
  return held.source;
}

/** Closes the files that were not used. */
export function letGo(held: readonly HeldSibling[]): void {
  for (const { source, isTaken } of held) if (!isTaken) source.close();
}

function open(sibling: Sibling, files: LogFileSystem): HeldSibling | 'moved' | 'unreadable' {
  const source = (sibling.isPacked ? openGzipSource : openSource)(files, sibling.path);
  if ('failure' in source) return source.failure === 'ENOENT' ? 'moved' : 'unreadable';
  if (isSameFile(source, sibling)) return { ...sibling, source, isTaken: false };
  source.close();
  return 'moved';
}

/** Names and files: no path holds NUL. */
function listOf(siblings: readonly Sibling[]): string {
  return siblings.map((sibling) => `${sibling.path}\0${siblingKey(sibling)}`).join('\0');
}

/**
 * The file among `siblings` (oldest first) that holds the content of a position: the same inode before any other, newest
 * first. A file of the same inode that is shorter than the offset is another one and so is, without content to compare, one
 * that was made at another time.
 */
export function* findHolder(
  siblings: readonly HeldSibling[],
  position: FilePosition,
  fingerprint = fingerprintOfPosition(position),
): Work<HeldSibling | undefined> {
  const isSameInode = (sibling: HeldSibling): boolean =>
    isSameFile(sibling, position) &&
    (fingerprint.bytes.length > 0 || !isBornAgain(sibling.createdAt, position));
  const newestFirst = siblings.filter(({ isTaken }) => !isTaken).reverse();
  const candidates = [
    ...newestFirst.filter(isSameInode),
    ...(isDistinctive(fingerprint) ? newestFirst.filter((sibling) => !isSameInode(sibling)) : []),
  ];
  for (const sibling of candidates) {
    if (!sibling.isPacked && sibling.size < position.offset) continue;
    const looking = hasContent(sibling.source, fingerprint);
    // of another file the bad disk is its own matter
    if (isSameInode(sibling) ? yield* looking : yield* ifReadable(looking)) return sibling;
  }
  return undefined;
}

/**
 * The packed copy that was made of the file of a position before its last lines were written, which are in no file that
 * has a name: it ends within the bytes before the offset.
 */
export function* findShorterCopy(
  siblings: readonly HeldSibling[],
  position: FilePosition,
): Work<HeldSibling | undefined> {
  const { at, bytes } = fingerprintOfPosition(position);
  for (const sibling of siblings.filter(({ isPacked, isTaken }) => isPacked && !isTaken).reverse()) {
    const there = yield* ifReadable(bytesAt(sibling.source, at, bytes.length));
    if (there?.equals(bytes.subarray(0, there.length)) !== true) continue;
    const found = { at, bytes: there };
    if (isDistinctive(found) && hasLineStart(found)) return sibling;
  }
  return undefined;
}

/**
 * How many of the rotated files are older than this one: all, while it has the name of the log, otherwise those before
 * it. Undefined when it has no name any more: it was packed, or deleted.
 */
export function placeByName(
  log: NamedLog,
  source: ByteSource,
  siblings: readonly Sibling[],
): number | undefined {
  const at = siblings.findIndex((sibling) => isSameFile(sibling, source));
  if (at >= 0) return at;
  return isOf(lookUp(log), source) ? siblings.length : undefined;
}

/**
 * The same of a file that has no name any more: where the packed copy stands that was made of it. What was written to
 * the file since is not in that copy. Undefined when there is none, or none with enough in it.
 */
export function* placeByContent(source: ByteSource, { all, held }: Held): Work<number | undefined> {
  const beginning = yield* bytesAt(source, 0, MARK_BYTES);
  for (const { path, source: copy } of [...held].reverse()) {
    const bytes = yield* ifReadable(bytesAt(copy, 0, MARK_BYTES));
    if (bytes === undefined) continue;
    const isPart = bytes.length > 0 && bytes.equals(beginning.subarray(0, bytes.length));
    if (isPart && isDistinctive({ at: 0, bytes })) return all.findIndex((sibling) => sibling.path === path);
  }
  return undefined;
}
