/**
 * The rotated files of the log, opened at one moment. Another process may rename them at any time, between two names
 * of a directory that is being read and between a name and its opening; what is open cannot be taken away any more.
 */
import { statSync } from 'node:fs';
import { openSource, type ByteSource, type OpenFailure } from './byte-source.js';
import { openGzipSource } from './gzip-source.js';
import { rotatedSiblings, siblingKey, type Sibling } from './siblings.js';
import { isSameFile } from './tailed-file.js';

/** A rotated file that is held open, until somebody takes it or all are let go. */
export type HeldSibling = Sibling & { readonly source: ByteSource; isTaken: boolean };

/** All rotated files of that moment and those that are held of them, both oldest first. */
export type HeldSiblings = { readonly all: readonly Sibling[]; readonly held: readonly HeldSibling[] };

/** A rotation renames all files within a millisecond or so; nobody rotates for longer than these attempts take. */
const MOST_ATTEMPTS = 50;

const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Opens the rotated files of the log at `path` that `isWanted`. What may not be read is left out. */
export function holdSiblings(
  path: string,
  isWanted: (sibling: Sibling, index: number, all: readonly Sibling[]) => boolean,
): HeldSiblings {
  for (let attempt = 1; ; attempt += 1) {
    const all = rotatedSiblings(path);
    const opened = all.filter(isWanted).map(open);
    const held = opened.filter((one) => typeof one === 'object');
    const isAtOneMoment = !opened.includes('moved') && isSameList(all, rotatedSiblings(path));
    if (isAtOneMoment || attempt === MOST_ATTEMPTS) return { all, held };
    letGo(held);
  }
}

/**
 * The file that has the name of the log, and the rotated ones that `isWanted`, all at one moment: a file that loses
 * the name between two of these steps would be in neither place, or in the wrong order.
 */
export function holdLog(
  path: string,
  isWanted: (sibling: Sibling) => boolean,
): HeldSiblings & { readonly current: ByteSource | OpenFailure } {
  for (let attempt = 1; ; attempt += 1) {
    const current = openSource(path);
    const siblings = holdSiblings(path, isWanted);
    if (attempt === MOST_ATTEMPTS || isStill(path, current)) return { ...siblings, current };
    if (!('failure' in current)) current.close();
    letGo(siblings.held);
  }
}

function isStill(path: string, current: ByteSource | OpenFailure): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if ('failure' in current) return (stats === undefined) === MISSING.has(current.failure);
    return stats !== undefined && isSameFile(current, { device: stats.dev, inode: stats.ino });
  } catch {
    return 'failure' in current;
  }
}

/** The source of a held file, for whoever closes it from now on. */
export function take(held: HeldSibling): ByteSource {
  held.isTaken = true;
  return held.source;
}

/** Closes what nobody has taken. */
export function letGo(held: readonly HeldSibling[]): void {
  for (const { source, isTaken } of held) if (!isTaken) source.close();
}

function open(sibling: Sibling): HeldSibling | 'moved' | 'unreadable' {
  const source = sibling.isPacked ? openGzipSource(sibling.path) : openSource(sibling.path);
  if ('failure' in source) return source.failure === 'ENOENT' ? 'moved' : 'unreadable';
  if (isSameFile(source, sibling)) return { ...sibling, source, isTaken: false };
  source.close();
  return 'moved';
}

function isSameList(one: readonly Sibling[], other: readonly Sibling[]): boolean {
  return (
    one.length === other.length &&
    one.every((sibling, index) => {
      const same = other[index];
      return sibling.path === same?.path && siblingKey(sibling) === siblingKey(same);
    })
  );
}
