/** Which of heyu's daemons run on this machine: heyu has a lock file for each. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, orElse } from '../common/error.js';
import { readX10Config } from '../heyu/x10config.js';

/** Reads the log's bytes off the interface (relay), and writes the log (engine). */
type Daemon = 'engine' | 'relay';

/** A lock of a daemon. */
export type HeyuLock = { readonly path: string; readonly pid: number; readonly isAlive: boolean };

/** Where builds of heyu keep their locks (LOCKDIR, as `heyu list` prints it). */
const DIRECTORIES = ['/var/lock', '/run/lock', '/usr/local/var/lock', '/var/tmp', '/tmp'];

/**
 * The lock of the daemon for this interface (`ttyS0`), or undefined when there is none that can be understood. It stays
 * after a crash, and then heyu believes that its engine runs while the log is not written (heyu only looks whether the
 * file exists).
 */
export function heyuLock(
  daemon: Daemon,
  suffix: string,
  directories: readonly string[] = DIRECTORIES,
): HeyuLock | undefined {
  for (const directory of directories) {
    for (const name of namesIn(directory)) {
      if (!new RegExp(`heyu[._]${daemon}`).test(name) || !name.endsWith(`.${suffix}`)) continue;
      const path = join(directory, name);
      const pid = Number(/^\s*(\d{1,9})\s*$/.exec(textIn(path))?.[1] ?? 0);
      if (pid !== 0) return { path, pid, isAlive: isAlive(pid) };
    }
  }
  return undefined;
}

/** The name of an interface in those of locks and logs: `ttyS0` of /dev/ttyS0. */
export function interfaceOf(tty: string): string {
  return tty.split('/').at(-1) ?? '';
}

/** A process that goes by this name: heyu's daemons give themselves one (relay.c:233, x10state.c:11885). */
export function processNamed(name: `heyu_${Daemon}`): number | undefined {
  return namesIn('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) => textIn(`/proc/${pid}/cmdline`).startsWith(name));
}

/**
 * Whether the relay runs for the interface of heyu's configuration. Where it does not, each command of heyu starts it
 * (relay.c:186).
 */
export function isRelayUp(x10config: string): boolean {
  const tty = readX10Config(textIn(x10config)).tty ?? '/dev/ttyS0';
  return heyuLock('relay', interfaceOf(tty))?.isAlive ?? processNamed('heyu_relay') !== undefined;
}

/** The text of a file; none where it cannot be read. */
const textIn = (path: string): string => orElse(() => readFileSync(path, 'utf8'), '');

const namesIn = (directory: string): readonly string[] => orElse(() => readdirSync(directory), []);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // somebody else's process is one, too
    return errorCode(error) === 'EPERM';
  }
}
