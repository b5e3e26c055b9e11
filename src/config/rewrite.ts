/** Replaces a file that people edit, too: whole or not at all, with mode and owner kept, and never over their changes. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hashOf, readTextFile } from './text-file.js';

/** Done, or why not. */
export type Rewriting =
  | { readonly ok: true; readonly hash: string }
  | { readonly ok: false; readonly problem: string; readonly hint: string | undefined };

const refused = (problem: string, hint?: string): Rewriting => ({ ok: false, problem, hint });

/** Mode of a file that did not exist before: it may hold no secret, but it is nobody else's business to change it. */
const NEW_MODE = 0o644;

/**
 * Writes `text` to `path` if its content still has `expectedHash` (`TextFile.hash`; undefined = it did not exist).
 * The new content is on the disk when this returns. A symbolic link stays one. Never throws.
 */
export function rewriteFile(path: string, expectedHash: string | undefined, text: string): Rewriting {
  let target: string;
  let before: { readonly mode: number; readonly uid: number; readonly gid: number } | undefined;
  try {
    target = expectedHash === undefined ? path : realpathSync(path);
    before = expectedHash === undefined ? undefined : statSync(target);
  } catch {
    return changed(path);
  }
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    writeWhole(temporary, text, before === undefined ? NEW_MODE : before.mode & 0o7777);
    if (before !== undefined && !keepOwner(temporary, before)) {
      return refused(
        `${path} belongs to another user, whom the new file would not belong to`,
        'run it with sudo',
      );
    }
    // As late as possible: what is changed after this very moment is the editor's own race.
    if (hashNow(target) !== expectedHash) return changed(path);
    renameSync(temporary, target);
    syncDirectory(dirname(target));
    return { ok: true, hash: hashOf(text) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    return refused(
      `${path} cannot be written (${code})`,
      denied ? `its directory must be writable: ls -ld ${dirname(target)}` : undefined,
    );
  } finally {
    removeIfThere(temporary);
  }
}

function changed(path: string): Rewriting {
  return refused(
    `${path} was changed by someone else meanwhile; nothing was written`,
    'run the command again',
  );
}

function hashNow(path: string): string | undefined {
  const reading = readTextFile(path, path, { lenient: true });
  if (reading.ok) return reading.file.hash;
  return reading.missing ? undefined : '';
}

function writeWhole(path: string, text: string, mode: number): void {
  // Nobody but us until owner and mode are those of the file that it replaces.
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(path, mode);
}

/** False when the owner cannot be kept. chown clears set-user-id bits, therefore the mode is set again. */
function keepOwner(
  path: string,
  before: { readonly mode: number; readonly uid: number; readonly gid: number },
): boolean {
  const { uid, gid } = statSync(path);
  if (uid === before.uid && gid === before.gid) return true;
  try {
    chownSync(path, before.uid, before.gid);
    chmodSync(path, before.mode & 0o7777);
    return true;
  } catch {
    return false;
  }
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was renamed, or never made.
  }
}
