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

/**
 * Packs the files that package.json lists, with the package.json that is shipped; returns the path of the tarball. Not by
 * `npm pack`: the order of its files is that in which they were found.
 */
export function packForNpm(version: string, out: string): string {
  const work = mkdtempSync(join(tmpdir(), 'heyu2mqtt-npm-'));
  const folder = join(work, 'package');
  try {
    const [listed] = JSON.parse(run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])) as {
      readonly files: readonly { readonly path: string }[];
    }[];
    for (const { path } of listed?.files ?? []) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      cpSync(path, join(folder, path));
    }
    writeFileSync(join(folder, 'package.json'), run('node', ['systemd/package-json.mjs', version]));
    const tar = join(work, 'package.tar');
    const owners = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go+rX,go-w'];
    // the date that npm gives to every file
    const form = ['--format=ustar', '--sort=name', '--mtime=1985-10-26 08:15:00 UTC'];
    run('tar', [...owners, ...form, '-C', work, '-cf', tar, 'package']);
    run('gzip', ['-9n', tar]);
    const tarball = join(out, `heyu2mqtt-${version}.tgz`);
    cpSync(`${tar}.gz`, tarball);
    return tarball;
  } finally {
    rmSync(work, { recursive: true });
  }
}
