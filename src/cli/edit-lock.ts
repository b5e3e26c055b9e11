/**
 * One command at a time edits a file: between comparing it and replacing it nobody else of us may replace it. An
 * editor does not know this lock; what it has saved before is noticed by the comparison.
 */

import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** An edit takes milliseconds: a lock that is older was left behind. */
const STALE_MS = 10_000;
const WAIT_MS = 5_000;
const PAUSE_MS = 10;

/** Does `work` while holding the lock of `path`. Goes on without one where none can be made. */
export function withEditLock<Result>(path: string, work: () => Result): Result {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  const isHeld = take(lock);
  try {
    return work();
  } finally {
    if (isHeld) rmSync(lock, { force: true });
  }
}

/** False when the lock cannot be had; then writing will say why, or the comparison must do. */
function take(lock: string): boolean {
  for (let waitedMs = 0; waitedMs < WAIT_MS; waitedMs += PAUSE_MS) {
    try {
      const descriptor = openSync(lock, 'wx', 0o600);
      writeSync(descriptor, `${process.pid}\n`);
      closeSync(descriptor);
      return true;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'EEXIST') return false;
    }
    if (isLeftBehind(lock)) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  return false;
}

function isLeftBehind(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (Number.isInteger(pid) && pid > 0 && pid !== process.pid) process.kill(pid, 0);
    return Date.now() - statSync(lock).mtimeMs > STALE_MS;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ESRCH';
  }
}
