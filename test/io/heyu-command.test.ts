/** How the heyu program is called, and what becomes of one that does not end. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { heyuCommands } from '../../src/io/heyu-command.js';

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A stand-in for heyu that writes down how it was called. */
function standIn(then = ''): { heyu: string; calls: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'heyu-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const heyu = join(folder, 'heyu');
  const calls = join(folder, 'calls');
  writeFileSync(heyu, `#!/bin/sh\necho "$@" >> ${calls}\n${then}`, { mode: 0o755 });
  return { heyu, calls: () => readFileSync(calls, 'utf8') };
}

test.each([
  ['/etc/x10 of mine/x10.conf', '-c /etc/x10 of mine/x10.conf on D1\n'],
  [undefined, 'on D1\n'],
])('heyu is called with the configuration that the bridge reads: %s', async (x10config, called) => {
  const { heyu, calls } = standIn();
  const failure = await new Promise((done) => heyuCommands(heyu, x10config, SILENT).run(['on', 'D1'], done));
  expect(failure).toBeUndefined();
  expect(calls()).toBe(called);
});

test('a heyu that ignores SIGTERM is killed, and the next command runs', async () => {
  const { heyu, calls } = standIn('[ "$2" != D1 ] || { trap "" TERM; while :; do read -r line; done; }\n');
  const commands = heyuCommands(heyu, undefined, SILENT, { termMs: 300, killMs: 600 });
  const failures = await Promise.all(
    ['D1', 'D2'].map((unit) => new Promise((done) => commands.run(['on', unit], done))),
  );
  expect(failures).toEqual(['no answer within 0.3 s', undefined]);
  expect(calls()).toBe('on D1\non D2\n');
});
