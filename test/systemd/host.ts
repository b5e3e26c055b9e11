/** Programs of this machine that the container tests run. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The folder of the project. */
export const PROJECT = join(import.meta.dirname, '../..');

/** Runs a program and returns what it printed; throws with all that it said when it fails. */
export function runHere(
  program: string,
  args: readonly string[],
  { cwd = PROJECT, env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0) throw new Error(`exit ${status} of ${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
