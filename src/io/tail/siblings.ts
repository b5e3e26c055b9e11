/**
 * The rotated files of a log: which names logrotate and its like give them, and in which order of time they are.
 */
import { readdirSync, realpathSync, statSync, type Dirent, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file that a rotation has left behind. */
export type Sibling = {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  /** Epoch milliseconds; logrotate keeps it when it compresses. */
  readonly modifiedAt: number;
  /** Epoch milliseconds; 0 where the file system does not know. */
  readonly createdAt: number;
  readonly isPacked: boolean;
  /** Its name counts or dates it, so it was made by rotation; a `.old` or `.bak` may as well be a copy. */
  readonly isCounted: boolean;
};

/**
 * `.1`, `.2.gz` (logrotate), `-20261122`, `-20261122-1530.gz` (dateext), `.2026-11-22`, `.0` (newsyslog), `.old`; and
 * `-2026112215.backup`, which logrotate makes of a log that heyu has created before `create` could
 * (logrotate.c `createOutputFile`).
 */
const ROTATED = /^[-._](\d[-\d._:T]*?(?:\.backup)?|old|bak)(\.gz)?$/;

/** Directories beside the log that are searched too (logrotate's `olddir`); /var/log may hold many others. */
const MOST_DIRECTORIES = 64;

/** What a rotated name adds to the name of the log, undefined when it is not one: `1` or `20261122`. */
export function rotationOf(base: string, name: string): { stem: string; isPacked: boolean } | undefined {
  if (!name.startsWith(base)) return undefined;
  const match = ROTATED.exec(name.slice(base.length));
  return match?.[1] === undefined ? undefined : { stem: match[1], isPacked: match[2] !== undefined };
}

/**
 * The rotated files of the log at `path`, oldest first: beside the name, beside the file a symlink leads to, and
 * one directory below. A file that is just being compressed is listed once, unpacked.
 */
export function rotatedSiblings(path: string): Sibling[] {
  const found = new Map<string, Sibling & { readonly stem: string }>();
  for (const log of new Set([path, realPath(path)])) {
    const directory = dirname(log);
    const entries = entriesOf(directory);
    const below = entries.filter((entry) => entry.isDirectory()).slice(0, MOST_DIRECTORIES);
    collect(directory, entries, basename(log), found);
    for (const { name } of below) {
      const deeper = join(directory, name);
      collect(deeper, entriesOf(deeper), basename(log), found);
    }
  }
  return [...found.values()].filter((one) => !one.isPacked || !found.has(one.path.slice(0, -3))).sort(byTime);
}

/** Time stamps of files lag behind the clock by up to a tick of the kernel, milliseconds. */
export const TICK_MS = 10;

/** Was it made, and written to, since `at`? An old file to which a script still writes was only written to. */
export function isBornSince(sibling: Sibling, at: number): boolean {
  const isYoung = sibling.createdAt === 0 || sibling.createdAt >= at - TICK_MS;
  return isYoung && sibling.modifiedAt >= at - TICK_MS;
}

/** Tells this file from every other one, also from a later one that got its inode. */
export function siblingKey(sibling: Sibling): string {
  return `${sibling.device}:${sibling.inode}:${sibling.createdAt}`;
}

function collect(
  directory: string,
  entries: readonly Dirent[],
  base: string,
  found: Map<string, Sibling & { readonly stem: string }>,
): void {
  for (const { name } of entries) {
    const rotation = rotationOf(base, name);
    if (rotation === undefined) continue;
    const path = join(directory, name);
    const stats = statsOf(path);
    if (stats?.isFile() !== true) continue;
    found.set(path, {
      path,
      ...rotation,
      isCounted: /^\d/.test(rotation.stem),
      device: stats.dev,
      inode: stats.ino,
      size: stats.size,
      modifiedAt: stats.mtimeMs,
      createdAt: stats.birthtimeMs,
    });
  }
}

/** Numbers count backwards, dates forwards; where names do not tell, the time of the last write does. */
function byTime(
  one: Sibling & { readonly stem: string },
  other: Sibling & { readonly stem: string },
): number {
  const [a, b] = [one.stem, other.stem];
  if (/^\d{1,4}$/.test(a) && /^\d{1,4}$/.test(b)) return Number(b) - Number(a);
  if (/^\d{6}/.test(a) && a.length === b.length) return a < b ? -1 : a > b ? 1 : 0;
  return one.modifiedAt - other.modifiedAt || one.createdAt - other.createdAt;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
