/** Builds the environments before the first test (environment.sh) and tells the tests where they are. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** The releases that are tested: the newest, and the last one on Python 3.11, which needs entity discovery. */
export const RELEASES = ['current', '2024.3'] as const;
export type Release = (typeof RELEASES)[number];

/** Exit code of environment.sh: it cannot be built on this machine (sysexits.h, EX_TEMPFAIL). */
const NOT_HERE = 75;

declare module 'vitest' {
  // the name is vitest's
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  export interface ProvidedContext {
    /** By release: the Python interpreter, or undefined when the environment cannot be built here. */
    readonly pythons: Readonly<Partial<Record<Release, string>>>;
  }
}

function python(release: Release): string | undefined {
  const script = join(import.meta.dirname, 'environment.sh');
  const { status, stdout } = spawnSync(script, [release], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === NOT_HERE) return undefined;
  if (status !== 0) throw new Error(`environment.sh ${release} failed (${status})`);
  return join(stdout.trim(), 'venv', 'bin', 'python');
}

/** Called by vitest. */
export function setup(project: TestProject): void {
  project.provide('pythons', Object.fromEntries(RELEASES.map((release) => [release, python(release)])));
}
