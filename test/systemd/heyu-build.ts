/**
 * A real heyu. Neither Debian nor another registry has one: it is built of its sources, which lie in
 * `~/.cache/heyu2mqtt-test/heyu-source`, or come from GitHub.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './base-tree.js';
import { runHere } from './host.js';

const REPOSITORY = 'https://github.com/HeyuX10Automation/heyu';
const SOURCE = join(CACHE, 'heyu-source');

/** The program, or why there is none. */
export type HeyuBuild = { readonly program: string } | { readonly reason: string };

/** Builds it once. What it is linked with comes along, so that it runs in any Debian. */
export function heyuBuild(): HeyuBuild {
  const program = join(SOURCE, 'heyu');
  if (existsSync(program)) return { program };
  if (!existsSync(join(SOURCE, 'Configure.sh'))) {
    const fresh = `${SOURCE}.new`;
    rmSync(fresh, { recursive: true, force: true });
    const clone = ['clone', '--quiet', '--depth=1', REPOSITORY, fresh];
    const { status } = spawnSync('git', clone, { timeout: 60_000 });
    if (status !== 0) return { reason: `put its sources there: git clone ${REPOSITORY} ${SOURCE}` };
    runHere('mv', [fresh, SOURCE]);
  }
  try {
    runHere('sh', ['./Configure.sh', 'linux'], { cwd: SOURCE });
    runHere('make', ['LDFLAGS=-static'], { cwd: SOURCE });
    return { program };
  } catch (error) {
    return { reason: `it cannot be built: ${String(error).slice(-500)}` };
  }
}
