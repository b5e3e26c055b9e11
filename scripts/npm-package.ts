/** The tarball for npm, made in the project's folder. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs a program and returns what it printed; what it complains of is seen. Throws when it fails. */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  }).trim();
}

/** Packs the files that package.json lists, with the package.json that is shipped; returns the path of the tarball. */
export function packForNpm(version: string, out: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-npm-'));
  try {
    const [listed] = JSON.parse(run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])) as {
      readonly files: readonly { readonly path: string }[];
    }[];
    for (const { path } of listed?.files ?? []) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      cpSync(path, join(folder, path));
    }
    writeFileSync(join(folder, 'package.json'), run('node', ['systemd/package-json.mjs', version]));
    const options = ['--ignore-scripts', '--loglevel=error', `--pack-destination=${out}`];
    return join(out, run('npm', ['pack', folder, ...options]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
