/**
 * Has this content been read before, whatever its name and inode? Compressions and copies by hand make new files
 * of old lines; read as logs of their own they would report every motion in them again.
 */
import type { ByteSource } from './byte-source.js';
import { fingerprintOf, hasContent, isTelling, isUnchanged } from './content.js';
import { openFiles, type Following } from './following.js';
import type { Work } from './slices.js';
import type { TailedFile } from './tailed-file.js';

/** So many files that were begun are remembered. */
const MOST_PAST_FILES = 32;
/** Logs may begin alike (a script that prints the same every night), but not for longer than this. */
const LEAST_HEAD_BYTES = 64;

/** Remembers a file that is being read from now on. */
export function remember(following: Following, file: TailedFile): void {
  following.past.push(file);
  if (following.past.length > MOST_PAST_FILES) following.past.shift();
}

/** Is it a copy of a file that is, was or will be read: what was read last is in it, or it begins in the same way? */
export function* isKnownContent(following: Following, source: ByteSource): Work<boolean> {
  for (const file of new Set([...following.past, ...openFiles(following)])) {
    const isUnread = file.offset === 0 && file !== following.reading;
    if (isUnread && !(yield* isUnchanged(file))) continue;
    const fingerprint = fingerprintOf(file);
    if (file.offset > 0 && isTelling(fingerprint) && (yield* hasContent(source, fingerprint))) return true;
    const { head } = file;
    if (head.length >= LEAST_HEAD_BYTES && (yield* hasContent(source, { at: 0, bytes: head }))) return true;
  }
  return false;
}
