import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const SETUP = new URL('../../scripts/setup.sh', import.meta.url).pathname;

/** A clone in which nothing was installed. */
function clone(): {
  readonly path: (name: string) => string;
  readonly check: () => { code: number | null; err: string };
} {
  const folder = mkdtempSync(join(tmpdir(), 'clone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'scripts'));
  cpSync(SETUP, join(folder, 'scripts/setup.sh'));
  return {
    path: (name) => join(folder, name),
    check: () => {
      const { status, stderr } = spawnSync(join(folder, 'scripts/setup.sh'), ['--check'], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
      });
      return { code: status, err: stderr };
    },
  };
}

test('npm test without npm run setup ends with one message', () => {
  expect(clone().check()).toEqual({
    code: 1,
    err: 'error: the tests need what is not here: node_modules\n  hint: npm run setup\n',
  });
});

test('npm test after npm run setup goes on without a word', () => {
  const { path, check } = clone();
  mkdirSync(path('node_modules/.bin'), { recursive: true });
  writeFileSync(path('node_modules/.bin/vitest'), '', { mode: 0o755 });
  expect(check()).toEqual({ code: 0, err: '' });
});
