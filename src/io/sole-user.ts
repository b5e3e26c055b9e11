/**
 * One service per state directory: two would count every motion twice and overwrite each other's place in the log.
 * A file there names the process that uses it. One that was left behind (a crash, a power failure) is recognised,
 * because a process is its number and its start together.
 */

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Says whose the directory is: `release` gives it back, `holder` is the number of the process that has it. */
export type Claim = { readonly release: () => void } | { readonly holder: number };

/** The file that names who uses a directory. */
const IN_USE = 'in-use';

/** The number of the living process that uses the directory. */
export function userOf(directory: string): number | undefined {
  return holderOf(join(directory, IN_USE));
}

/** Claims the directory. Where no file can be written there is nothing to be protected: the claim is granted. */
export function claimDirectory(directory: string): Claim {
  const file = join(directory, IN_USE);
  const nothing = { release: () => undefined };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (write(file)) return { release: () => rmSync(file, { force: true }) };
    const holder = holderOf(file);
    if (holder !== undefined) return { holder };
    try {
      rmSync(file, { force: true });
    } catch {
      return nothing;
    }
  }
  return nothing;
}

/** False when somebody was first, or nothing can be written here. */
function write(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, `${process.pid} ${startOf(process.pid) ?? ''}\n`);
    closeSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

/** The living process that the file names. */
function holderOf(file: string): number | undefined {
  try {
    const [pid = '', start = ''] = readFileSync(file, 'utf8').trim().split(' ');
    const isAlive = start !== '' && startOf(Number(pid)) === start && Number(pid) !== process.pid;
    return isAlive ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** When a process was started, in ticks since the boot (proc(5), the 22nd field); undefined when there is none. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the second field is a name in parentheses that may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // a zombie uses nothing
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
