/** A set of files that is there as a whole, whatever moment the power fails at. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { keepFiles, keptFiles, type KeptFiles } from '../../src/io/store.js';

const set = (text: string): KeptFiles => ({
  at: 1,
  files: [
    { name: 'config.yaml', path: '/etc/heyu2mqtt/config.yaml', text },
    { name: 'aliases.yaml', path: '/etc/heyu2mqtt/aliases.yaml', text: `${text}: ü\n` },
  ],
  notes: { HEYU2MQTT_MQTT_URL: text },
});

let folder = '';
let directory = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'));
  directory = join(folder, 'last-good');
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true }));
});

describe('kept files', () => {
  test('come back as they were, for their owner alone, and as plain files', async () => {
    expect(keptFiles(directory)).toBeUndefined();
    await keepFiles(directory, set('first'));
    await keepFiles(directory, set('second'));
    expect(keptFiles(directory)).toEqual(set('second'));
    expect(readFileSync(join(directory, 'config.yaml'), 'utf8')).toBe('second');
    expect(readdirSync(folder)).toEqual(['last-good']);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  test.each<[string, () => void, string | undefined]>([
    ['while the new set is written', () => mkdirSync(`${directory}.new`), 'first'],
    [
      'before the index of the new set is written',
      () => {
        mkdirSync(`${directory}.new`);
        writeFileSync(join(`${directory}.new`, 'config.yaml'), 'second');
      },
      'first',
    ],
    ['when the old set has made room', () => renameSync(directory, `${directory}.old`), 'first'],
    [
      'before the old set is removed',
      () => cpSync(directory, `${directory}.old`, { recursive: true }),
      'first',
    ],
    ['and leaves a file empty', () => truncateSync(join(directory, 'aliases.yaml'), 0), undefined],
    ['and leaves the index empty', () => truncateSync(join(directory, 'index.json'), 0), undefined],
    ['and leaves half an index', () => truncateSync(join(directory, 'index.json'), 40), undefined],
    ['and leaves no file', () => rmSync(join(directory, 'aliases.yaml')), undefined],
  ])('survive a power failure %s', async (_, fail, text) => {
    await keepFiles(directory, set('first'));
    fail();
    expect(keptFiles(directory)).toEqual(text === undefined ? undefined : set(text));
    await keepFiles(directory, set('third'));
    expect(keptFiles(directory)).toEqual(set('third'));
    expect(readdirSync(folder)).toEqual(['last-good']);
  });

  test('are one complete set after each kill -9', async () => {
    const module = new URL('../../build/ts/io/store.js', import.meta.url).href;
    const program =
      `import { keepFiles } from ${JSON.stringify(module)};` +
      `for (let i = 0; ; i += 1) { const text = 'x'.repeat(i % 5000); await keepFiles(${JSON.stringify(directory)},` +
      " { at: i, files: ['a', 'b', 'c'].map((name) => ({ name, path: name, text })), notes: { text } });" +
      " if (i === 2) process.stdout.write('going'); }";
    let last = 0;
    for (let kill = 0; kill < 12; kill += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      // a different step of the writing each time
      for (let turn = 0; turn < kill * 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const kept = keptFiles(directory);
      expect(kept?.files.map(({ text }) => text)).toEqual(Array<unknown>(3).fill(kept?.notes['text']));
      last += kept?.at ?? 0;
    }
    expect(last).toBeGreaterThan(12);
  });
});
