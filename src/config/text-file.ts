/** Reads a small text file whole, and says for people why it cannot be read. */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, problemAt } from './problem.js';

/** A file as it was read. */
export type TextFile = {
  readonly text: string;
  /** SHA-256 of its bytes, hexadecimal: whether it is still the same file content. */
  readonly hash: string;
  /** Permission bits, such as 0o640. */
  readonly mode: number;
};

/** A file, or why not: `missing` when it does not exist. */
export type FileReading =
  | { readonly ok: true; readonly file: TextFile }
  | { readonly ok: false; readonly missing: boolean; readonly problem: Problem };

/** Reads a file: the disk, or what was kept of it. */
export type ReadFile = typeof readTextFile;

/** No configuration file is larger: 5,000 aliases take less than 1 MiB. */
export const LARGEST_FILE = 1024 * 1024;

/** SHA-256 of a text in UTF-8, as `TextFile.hash`. */
export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A text that is to be written, judged as if it had been read: what is too large would never be read again. */
export function plannedFile(text: string, shownAs: string): FileReading {
  return Buffer.byteLength(text) > LARGEST_FILE
    ? { ok: false, missing: false, problem: problemAt({ file: shownAs }, tooLarge(LARGEST_FILE)) }
    : { ok: true, file: { text, hash: hashOf(text), mode: 0 } };
}

const tooLarge = (mostBytes: number): string => `is larger than ${mostBytes.toLocaleString('en-US')} bytes`;

/** Reads `path`; problems name it `shownAs`. Bytes that are no UTF-8 are a fault unless `lenient`. Never throws. */
export function readTextFile(
  path: string,
  shownAs: string = path,
  { mostBytes = LARGEST_FILE, lenient = false } = {},
): FileReading {
  const failed = (problem: string, hint?: string, line?: number): FileReading => ({
    ok: false,
    missing: false,
    problem: problemAt({ file: shownAs, line }, problem, hint),
  });
  let bytes: Uint8Array;
  let mode: number;
  try {
    const descriptor = openSync(path, 'r');
    try {
      const status = fstatSync(descriptor);
      if (status.isDirectory()) return failed('is a directory, not a file');
      mode = status.mode & 0o7777;
      bytes = readUpTo(descriptor, mostBytes + 1);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return unreadable(error, shownAs);
  }
  if (bytes.length > mostBytes) return failed(tooLarge(mostBytes));
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return failed('is written in UTF-16', 'save it as UTF-8');
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: !lenient }).decode(bytes);
  } catch {
    const before = new TextDecoder().decode(bytes).split('\ufffd', 1)[0] ?? '';
    return failed('contains bytes that are no UTF-8', 'save it as UTF-8', before.split('\n').length);
  }
  return { ok: true, file: { text, hash: hashOf(bytes), mode } };
}

/** Reads files and notes their texts by path; those in `kept` are taken from there. */
export function notingReader(texts: Map<string, string>, kept?: ReadonlyMap<string, string>): ReadFile {
  return (path, shownAs, options) => {
    const text = kept?.get(path);
    const reading: FileReading =
      text === undefined
        ? readTextFile(path, shownAs, options)
        : { ok: true, file: { text, hash: hashOf(text), mode: 0o600 } };
    if (reading.ok) texts.set(path, reading.file.text);
    return reading;
  };
}

function readUpTo(descriptor: number, most: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < most) {
    const chunk = new Uint8Array(Math.min(65_536, most - length));
    const count = readSync(descriptor, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
  return Buffer.concat(chunks, length);
}

function unreadable(error: unknown, file: string): FileReading {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { ok: false, missing: true, problem: problemAt({ file }, 'does not exist') };
  }
  const denied = code === 'EACCES' || code === 'EPERM';
  return {
    ok: false,
    missing: false,
    problem: denied
      ? problemAt(
          { file },
          'may not be read by this user',
          `give the user of the service the right to read it: ls -l ${file}`,
        )
      : problemAt({ file }, `cannot be read (${code})`),
  };
}

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
