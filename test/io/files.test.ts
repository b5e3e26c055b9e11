import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { makeDirectory } from '../../src/io/files.js';
import { claimDirectory } from '../../src/io/store.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'files-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

const file = (): string => join(directory, 'in-use');

/** A living process, with what stands in a claim of its own. */
function somebody(): { readonly pid: number; readonly start: string } {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return { pid, start: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '' };
}

describe('a directory', () => {
  test('is made with those above it, once', () => {
    const path = join(directory, 'a', 'b', 'c');
    expect([makeDirectory(path, 0o700), makeDirectory(path, 0o700)]).toEqual([true, false]);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('is refused where none can be made, or a file is there', () => {
    expect(() => makeDirectory('/proc/no/such', 0o700)).toThrow('ENOENT');
    writeFileSync(file(), '');
    expect(() => makeDirectory(file(), 0o700)).toThrow('EEXIST');
    expect(() => makeDirectory(join(file(), 'below'), 0o700)).toThrow('ENOTDIR');
  });
});

describe('the state directory', () => {
  test('is claimed and given back', () => {
    const claim = claimDirectory(directory);
    expect(readFileSync(file(), 'utf8')).toMatch(new RegExp(`^${process.pid} \\d+\n$`));
    if ('release' in claim) claim.release();
    expect(() => readFileSync(file())).toThrow();
  });

  test('is not claimed while another process has it', () => {
    const { pid, start } = somebody();
    writeFileSync(file(), `${pid} ${start}\n`);
    expect(claimDirectory(directory)).toEqual({ holder: pid });
    expect(readFileSync(file(), 'utf8')).toBe(`${pid} ${start}\n`);
  });

  test.each([
    ['a process that is dead', () => '4194305 12345\n'],
    ['a process whose number another has now', () => `${somebody().pid} 1\n`],
    ['ourselves, in an earlier life with the same number', () => `${process.pid} 1\n`],
    ['nobody', () => ''],
    ['nonsense', () => 'x y z\n\u0000'],
  ])('is claimed when it was left behind by %s', (_who, content) => {
    writeFileSync(file(), content());
    expect(claimDirectory(directory)).toHaveProperty('release');
    expect(readFileSync(file(), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  });

  test('is claimed where no file can be written', () => {
    expect(claimDirectory(join(directory, 'not', 'there'))).toHaveProperty('release');
  });
});
