/** Reads a small text file whole, and says for people why it cannot be read. */
import {
  chownSync,
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, orElse, type Refusal, refused } from '../common/error.js';
import { digestOf, replaceFile } from '../io/files.js';
import { type Place, type Problem, problemAt } from './problem.js';

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
const LARGEST_FILE = 1024 * 1024;

const unreadable = (at: Place, problem: string, hint?: string): FileReading => ({
  ok: false,
  missing: false,
  problem: problemAt(at, problem, hint),
});

/** A text that is to be written, judged as if it had been read: what is too large would never be read again. */
export function plannedFile(text: string, shownAs: string): FileReading {
  return Buffer.byteLength(text) > LARGEST_FILE
    ? unreadable({ file: shownAs }, tooLarge(LARGEST_FILE))
    : { ok: true, file: { text, hash: digestOf(text), mode: 0 } };
}

/** The hint for a file that a person has written. */
export const SAVE_AS_UTF8 = 'save it as UTF-8';

const tooLarge = (mostBytes: number): string => `is larger than ${mostBytes.toLocaleString('en-US')} bytes`;

/** Reads `path`; problems name it `shownAs`. Bytes that are not UTF-8 are a problem unless `lenient`. Never throws. */
export function readTextFile(
  path: string,
  shownAs: string = path,
  { mostBytes = LARGEST_FILE, lenient = false } = {},
): FileReading {
  const at = { file: shownAs };
  let bytes: Uint8Array;
  let mode: number;
  try {
    const descriptor = openSync(path, 'r');
    try {
      const status = fstatSync(descriptor);
      if (status.isDirectory()) return unreadable(at, 'is a directory, not a file', 'name the file in it');
      mode = status.mode & 0o7777;
      bytes = readUpTo(descriptor, mostBytes + 1);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return failure(error, shownAs);
  }
  if (bytes.length > mostBytes) return unreadable(at, tooLarge(mostBytes));
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return unreadable(at, 'is written in UTF-16', SAVE_AS_UTF8);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: !lenient }).decode(bytes);
  } catch {
    const before = new TextDecoder().decode(bytes).split('\ufffd', 1)[0] ?? '';
    const line = before.split('\n').length;
    return unreadable({ ...at, line }, 'contains bytes that are not valid UTF-8', SAVE_AS_UTF8);
  }
  return { ok: true, file: { text, hash: digestOf(bytes), mode } };
}

/** Reads files and notes their texts by path; those in `kept` are taken from there. */
export function notingReader(texts: Map<string, string>, kept?: ReadonlyMap<string, string>): ReadFile {
  return (path, shownAs, options) => {
    const text = kept?.get(path);
    const reading: FileReading =
      text === undefined
        ? readTextFile(path, shownAs, options)
        : { ok: true, file: { text, hash: digestOf(text), mode: 0o600 } };
    if (reading.ok) texts.set(path, reading.file.text);
    return reading;
  };
}

function readUpTo(descriptor: number, most: number): Buffer {
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

/** The problem of a file to which this user has no right; a user of another name may have it. */
export const NOT_READABLE = 'may not be read by this user';

function failure(error: unknown, file: string): FileReading {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { ok: false, missing: true, problem: problemAt({ file }, 'does not exist') };
  const hint = `give the user of the service the right to read it: ls -l ${file}`;
  return code === 'EACCES' || code === 'EPERM'
    ? unreadable({ file }, NOT_READABLE, hint)
    : unreadable({ file }, `cannot be read (${code})`);
}

/** Done, or why not. */
export type Rewriting = { readonly ok: true; readonly hash: string } | Refusal;

/** Mode of a file that did not exist before and holds no secret: only its owner may change it. */
const NEW_MODE = 0o644;

/**
 * Writes `text` to `path` if its content still has `expectedHash` (`TextFile.hash`; undefined = it did not exist, and gets
 * `newMode`).
 * The new content is on the disk when this returns. A symbolic link stays one, and so does a byte order mark, which
 * reading takes off. Never throws.
 */
export function rewriteFile(
  path: string,
  expectedHash: string | undefined,
  text: string,
  newMode = NEW_MODE,
): Rewriting {
  let target = path;
  let content = text;
  let before: Stats | undefined;
  if (expectedHash !== undefined) {
    try {
      target = realpathSync(path);
      before = statSync(target);
      // Some editors put a byte order mark at the beginning of every file.
      if (readFileSync(target, 'utf8').startsWith('\ufeff')) content = `\ufeff${text}`;
    } catch {
      return changed(path);
    }
  }
  try {
    const mode = before === undefined ? newMode : before.mode & 0o7777;
    const refusal = replaceFile(target, content, mode, (fresh) => {
      const foreign = `${path} belongs to another user, whom the new file would not belong to`;
      if (before !== undefined && !keepOwner(fresh, before)) return refused(foreign, 'run it with sudo');
      // As late as possible: what is changed after this very moment is the editor's own race.
      return hashNow(target) === expectedHash ? undefined : changed(path);
    });
    return refusal ?? { ok: true, hash: digestOf(content) };
  } catch (error) {
    const code = errorCode(error);
    return refused(`${path} cannot be written (${code})`, writeHint(code, dirname(target)));
  }
}

/** What to do where nothing can be written into this directory, by the error code of the system. */
function writeHint(code: string, directory: string): string | undefined {
  if (code === 'EACCES' || code === 'EPERM') return 'run it with sudo';
  if (code === 'ENOENT') return `make its directory: mkdir -p ${directory}`;
  return code === 'EROFS' ? `its directory must be writable: ls -ld ${directory}` : undefined;
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

/** False when the owner cannot be kept. */
function keepOwner(path: string, before: Stats): boolean {
  const { uid, gid } = statSync(path);
  const give = (): boolean => {
    chownSync(path, before.uid, before.gid);
    return true;
  };
  return (uid === before.uid && gid === before.gid) || orElse(give, false);
}
