import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../systemd/version.sh');

/** A project with `version` in its package.json, on which git and systemd/version.sh can be run. */
function project(version: string): {
  readonly folder: string;
  readonly git: (...args: readonly string[]) => string;
  readonly commit: (date: string) => string;
  readonly built: () => string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-version-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'systemd'));
  copyFileSync(SCRIPT, join(folder, 'systemd/version.sh'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }));
  const run = (program: string, args: readonly string[], env = {}): string => {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir(), ...env },
    });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const git = (...args: readonly string[]): string => run('git', args);
  return {
    folder,
    git,
    commit: (date) => {
      const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
      run('git', [...who, 'commit', '--quiet', '--allow-empty', '--message=change'], {
        GIT_COMMITTER_DATE: date,
        GIT_AUTHOR_DATE: date,
      });
      return git('rev-parse', '--short=7', 'HEAD');
    },
    built: () => run('systemd/version.sh', []),
  };
}

test('without git it is the version of package.json', () => {
  expect(project('1.2.0').built()).toBe('1.2.0');
});

test('a commit with its tag is the version, all others come before the next one, in the order of their time', () => {
  const { git, commit, built } = project('1.2.0');
  git('init', '--quiet');
  const versions: string[] = [];
  const note = (expected: string): void => {
    expect(built()).toBe(expected);
    // as systemd/build-deb.sh writes it for Debian
    versions.push(expected.replace('-', '~').replace('+', '.'));
  };
  note(`1.2.0-20261101100000+${commit('2026-11-01T11:00:00+01:00')}`);
  note(`1.2.0-20261101100001+${commit('2026-11-01T10:00:01Z')}`);
  git('tag', 'v1.1.0');
  note(`1.2.0-20261101100001+${git('rev-parse', '--short=7', 'HEAD')}`);
  commit('2026-11-02T10:00:00Z');
  git('tag', 'v1.2.0');
  note('1.2.0');
  note(`1.2.1-20261103100000+${commit('2026-11-03T10:00:00Z')}`);

  const sorted = spawnSync('sort', ['--version-sort', '--unique'], {
    input: versions.join('\n'),
    encoding: 'utf8',
  });
  expect(sorted.stdout.trim().split('\n')).toEqual([...new Set(versions)]);
});
