/** The machine under `heyu2mqtt service`: looks at it and carries out the steps of `service-steps.ts`. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SERVICE_USER, type Step } from './service-steps.js';

/** The folder of this program: it holds dist/, config/ and systemd/. */
export const PROGRAM_FOLDER = join(import.meta.dirname, '../..');

/** The version of the systemd that runs this machine's services, or undefined when there is none. */
export function systemdVersion(): number | undefined {
  const { status, stdout } = spawnSync('systemctl', ['--version'], { encoding: 'utf8' });
  const version = status === 0 ? /^systemd (\d+)/.exec(stdout)?.[1] : undefined;
  return version === undefined ? undefined : Number(version);
}

/** Whether the name service of this machine knows a user or a group. */
export function isKnown(database: 'passwd' | 'group', name: string): boolean {
  return spawnSync('getent', [database, name]).status === 0;
}

/** The packaged unit. */
export function packagedUnit(): string {
  return readFileSync(join(PROGRAM_FOLDER, 'systemd/heyu2mqtt.service'), 'utf8');
}

/** The example files of config.yaml and aliases.yaml that are missing in `folder`. */
export function missingConfig(folder: string): { readonly path: string; readonly text: string }[] {
  return ['config.yaml', 'aliases.yaml']
    .map((name) => ({ path: join(folder, name), example: join(PROGRAM_FOLDER, 'config', name) }))
    .filter(({ path }) => !existsSync(path))
    .map(({ path, example }) => ({
      path,
      // the schema stays with the program
      text: readFileSync(example, 'utf8').replace('$schema=', `$schema=${PROGRAM_FOLDER}/config/`),
    }));
}

/** Why a step could not be taken, in words for people. */
export type StepFailure = { readonly step: Step; readonly reason: string };

/** Takes the steps in order, up to the first that fails. */
export function carryOut(steps: readonly Step[]): StepFailure | undefined {
  for (const step of steps) {
    try {
      take(step);
    } catch (error) {
      if (step.kind === 'run' && step.mayFail === true) continue;
      return { step, reason: reasonOf(error) };
    }
  }
  return undefined;
}

function take(step: Step): void {
  if (step.kind === 'remove') rmSync(step.path, { recursive: true, force: true });
  else if (step.kind === 'write') write(step);
  else {
    const [program, ...args] = step.command;
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  }
}

/** Replaces the file in one go; at no moment can anyone read it who may not. */
function write({ path, text, mode, group }: Step & { kind: 'write' }): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { mode: 0o600, flag: 'wx', flush: true });
  if (group === 'service') execFileSync('chgrp', [SERVICE_USER, fresh], { stdio: 'pipe' });
  execFileSync('chmod', [mode.toString(8), fresh], { stdio: 'pipe' });
  renameSync(fresh, path);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr === '' ? error.message : stderr;
}
