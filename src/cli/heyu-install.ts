/** Where heyu looks for its configuration (process.c:9795ff). */

import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../common/error.js';

/** The parts of the environment that heyu looks at. */
export type HeyuEnvironment = Readonly<Record<string, string | undefined>>;

/** The directory of heyu's system-wide configuration as distributions compile it. */
const SYSTEM_DIRECTORY = '/etc/heyu';

/** The places in which heyu looks, the first that counts first. With X10CONFIG set there is only one. */
export function x10configPlaces(env: HeyuEnvironment, system: string = SYSTEM_DIRECTORY): readonly string[] {
  const named = env['X10CONFIG'] ?? '';
  if (named !== '') return [named];
  const sub = env['HEYUSUB'] ?? '';
  const home = env['HOME'] ?? '';
  return [...(home === '' ? [] : [join(home, '.heyu', sub, 'x10config')]), join(system, sub, 'x10.conf')];
}

/** The configuration that heyu would take for this user, or undefined when there is none that can be read. */
export function findX10Config(env: HeyuEnvironment, system?: string): string | undefined {
  return x10configPlaces(env, system).find(isReadable);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** True when there is a directory of that path, as heyu's LOG_DIR must be, or nobody here may know. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return true;
  }
}

// --- Does heyu run? The lock of its engine stays after a crash, and then heyu believes that its engine runs while nobody writes the log (heyu only looks whether the file exists).

/** A lock of the engine. */
export type EngineLock = { readonly path: string; readonly pid: number; readonly isAlive: boolean };

/** Where builds of heyu keep their locks. */
const DIRECTORIES = ['/var/lock', '/run/lock', '/var/tmp', '/tmp'];

/** The lock for this interface (`ttyS0`), or undefined when there is none that can be understood. */
export function engineLock(
  suffix: string,
  directories: readonly string[] = DIRECTORIES,
): EngineLock | undefined {
  for (const directory of directories) {
    for (const name of namesIn(directory)) {
      if (!/heyu[._]engine/.test(name) || !name.endsWith(`.${suffix}`)) continue;
      const path = join(directory, name);
      const pid = pidIn(path);
      if (pid !== undefined) return { path, pid, isAlive: isAlive(pid) };
    }
  }
  return undefined;
}

/** A process that goes by this name: heyu's daemons give themselves one (relay.c:233, x10state.c:11885). */
export function processNamed(name: 'heyu_engine' | 'heyu_relay'): number | undefined {
  return namesIn('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) => commandOf(pid).startsWith(name));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function pidIn(path: string): number | undefined {
  try {
    const text = /^\s*(\d{1,9})\s*$/.exec(readFileSync(path, 'utf8'))?.[1];
    return text === undefined || Number(text) === 0 ? undefined : Number(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return errorCode(error) === 'EPERM';
  }
}
