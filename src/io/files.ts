/** For every part that keeps files: written completely or not at all, claimed by one process, read at the end. */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode, orElse } from '../common/error.js';
import { stateFileSystem, type StateFileSystem } from './file-system.js';

/** SHA-256 of a content, hexadecimal. */
export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const NEW_FILE = { mode: 0o600, flag: 'wx', flush: true } as const;

/** Writes a new file that only its owner may read, and waits until it is on the disk. */
export async function writeDurably(
  file: string,
  text: string,
  files: StateFileSystem = stateFileSystem,
): Promise<void> {
  await files.writeFile(file, text, NEW_FILE);
}

/** Without this a rename may be forgotten after a power failure. Some file systems cannot do it. */
export async function syncDirectory(
  directory: string,
  files: StateFileSystem = stateFileSystem,
): Promise<void> {
  const handle = await files.open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (errorCode(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Makes a directory and those above it; false = it is there already. Throws what the file system says, also where a
 * directory takes no other one, as /proc: there `recursive` of Node 20 does not return.
 */
export function makeDirectory(path: string, mode: number): boolean {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeDirectory(parent, mode);
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(path).isDirectory()) return false;
    throw error;
  }
}

/**
 * Replaces `path` by a file with this text and mode: after a power failure either the old or the new one is there.
 * `agree` sees the new file beside it, which is its owner's alone until then, and may refuse: then all stays as it was.
 * Throws what the file system says.
 */
export function replaceFile<Refusal>(
  path: string,
  text: string,
  mode: number,
  agree: (fresh: string) => Refusal | undefined,
): Refusal | undefined {
  const fresh = beside(path);
  try {
    writeFileSync(fresh, text, NEW_FILE);
    const refusal = agree(fresh);
    if (refusal !== undefined) return refusal;
    chmodSync(fresh, mode);
    renameSync(fresh, path);
    const directory = openSync(dirname(path), 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
    return undefined;
  } finally {
    removeIfThere(fresh);
  }
}

const beside = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);

/** It may have been renamed, or never made. */
function removeIfThere(path: string): void {
  orElse(() => unlinkSync(path), undefined);
}

/** Says whose a file is: `release` gives it back, `holder` is the number of the living process that has it. */
export type Claim = { readonly release: () => void } | { readonly holder: number };

/**
 * Claims what `lock` stands for: a file that names this process. One that was left behind (a crash, a power failure)
 * is taken over, because a process is its number and its start together. Where no file can be written there is
 * nothing to be protected: the claim is granted.
 */
export function claim(lock: string): Claim {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const failure = makeLock(lock);
    if (failure === undefined) return { release: () => rmSync(lock, { force: true }) };
    if (failure !== 'EEXIST') break;
    const holder = holderOf(lock);
    if (holder !== undefined) return { holder };
    removeIfThere(lock);
  }
  return { release: () => undefined };
}

/** An edit takes milliseconds: who waits longer continues, and the comparison before writing must do. */
const WAIT_MS = 5_000;
const PAUSE_MS = 10;

/**
 * One command at a time edits a file: between comparing it and replacing it no other command may replace it. An
 * editor does not know this lock; what it has saved before is noticed by the comparison.
 */
export function withEditLock<Result>(path: string, work: () => Result): Result {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  let held = claim(lock);
  for (let waitedMs = 0; 'holder' in held && waitedMs < WAIT_MS; waitedMs += PAUSE_MS) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    held = claim(lock);
  }
  try {
    return work();
  } finally {
    if ('release' in held) held.release();
  }
}

/** The living process that the file names, unless it is this one. */
export function holderOf(lock: string): number | undefined {
  const [pid = '', start = ''] = orElse(() => readFileSync(lock, 'utf8'), '')
    .trim()
    .split(' ');
  const isAlive = start !== '' && startOf(Number(pid)) === start && Number(pid) !== process.pid;
  return isAlive ? Number(pid) : undefined;
}

/** The lock is there with its content at once: an empty one would look as if it had been left behind. */
function makeLock(lock: string): string | undefined {
  const fresh = beside(lock);
  try {
    writeFileSync(fresh, `${process.pid} ${startOf(process.pid) ?? ''}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(fresh, lock);
    return undefined;
  } catch (error) {
    return errorCode(error);
  } finally {
    removeIfThere(fresh);
  }
}

/** When a process was started, in ticks since the boot (proc(5), the 22nd field); undefined when there is none. */
function startOf(pid: number): string | undefined {
  const stat = orElse(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '');
  // the second field is a name in parentheses that may hold anything
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // a zombie uses nothing
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** The end of a text file, and when it was last written to, epoch ms. */
export type FileEnd = { readonly lines: readonly string[]; readonly writtenAt: number };

/** The lines in the last `mostBytes` of a file, but for the one that is cut off. Throws what the file system says. */
export function readEnd(path: string, mostBytes: number): FileEnd {
  const descriptor = openSync(path, 'r');
  try {
    const { size, mtimeMs: writtenAt } = fstatSync(descriptor);
    const from = Math.max(0, size - mostBytes);
    const bytes = Buffer.alloc(size - from);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, from + length);
      if (count === 0) break;
      length += count;
    }
    const lines = bytes.toString('utf8', 0, length).split('\n');
    return { lines: from > 0 ? lines.slice(1) : lines, writtenAt };
  } finally {
    closeSync(descriptor);
  }
}
