import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { journalPaths, openJournal } from '../../src/io/journal-file.js';

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'heyu-journal-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

it('keeps lines over lives, for its owner alone', async () => {
  const folder = directory();
  const [, path] = journalPaths(folder);
  expect(await openJournal(folder).last()).toEqual([]);
  await openJournal(folder).append('one\n', () => 'head\n');
  await openJournal(folder).append('two\n', () => 'head\n');
  expect((await openJournal(folder).last()).filter((line) => line !== '')).toEqual(['head', 'one', 'two']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('never grows beyond its limit, and begins each file with what has to be known', async () => {
  const folder = directory();
  const [older, path] = journalPaths(folder);
  const journal = openJournal(folder, 100);
  for (let i = 0; i < 100; i += 1) {
    await journal.append(`line ${i}\n`, () => 'head\n');
    expect(statSync(path).size).toBeLessThanOrEqual(100 + 5);
  }
  expect(linesOf(path)[0]).toBe('head');
  expect(linesOf(older)[0]).toBe('head');
  const kept = [...linesOf(older), ...linesOf(path)].filter((line) => line !== 'head');
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => `line ${100 - kept.length + i}`));
});

it('writes on behind half a line, and does not make it a part of another', async () => {
  const folder = directory();
  const [, path] = journalPaths(folder);
  writeFileSync(path, '{"at":"20');
  await openJournal(folder).append('whole\n', () => 'head\n');
  expect(linesOf(path)).toEqual(['{"at":"20', 'whole']);
});

it('says that there is no place for it', async () => {
  await expect(openJournal('/no/such/directory').append('one\n', () => '')).rejects.toThrow('ENOENT');
});
