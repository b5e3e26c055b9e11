/** Where heyu looks for its configuration (process.c:9795ff). */

import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

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
