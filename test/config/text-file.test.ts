import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTextFile, rewriteFile } from '../../src/config/text-file.js';
import { digestOf } from '../../src/io/files.js';
import { asNobody } from '../support/as-nobody.js';
import { scene } from './scene.js';

const hashOfFile = (path: string): string => {
  const reading = readTextFile(path);
  if (!reading.ok) throw new Error(reading.problem.problem);
  return reading.file.hash;
};

describe('a file is replaced', () => {
  test('whole, with its mode, and nothing is left beside it', () => {
    const { path, directory } = scene({ 'aliases.yaml': 'old\n' });
    chmodSync(path('aliases.yaml'), 0o664);
    const inode = statSync(path('aliases.yaml')).ino;
    const result = rewriteFile(path('aliases.yaml'), digestOf('old\n'), 'néw\n');
    expect(result).toEqual({ ok: true, hash: digestOf('néw\n') });
    expect(readFileSync(path('aliases.yaml'), 'utf8')).toBe('néw\n');
    expect(statSync(path('aliases.yaml')).mode & 0o7777).toBe(0o664);
    expect(statSync(path('aliases.yaml')).ino).not.toBe(inode);
    expect(readdirSync(directory)).toEqual(['aliases.yaml']);
  });

  test('with its owner, if we may', () => {
    if (process.geteuid?.() !== 0) return;
    const { path } = scene({ 'aliases.yaml': 'old\n' });
    chownSync(path('aliases.yaml'), 1_234, 4_321);
    expect(rewriteFile(path('aliases.yaml'), digestOf('old\n'), 'new\n').ok).toBe(true);
    const { uid, gid } = statSync(path('aliases.yaml'));
    expect([uid, gid]).toEqual([1_234, 4_321]);
  });

  test('through a symbolic link, which stays one', () => {
    const { path } = scene({ 'real.yaml': 'old\n' });
    symlinkSync('real.yaml', path('aliases.yaml'));
    expect(rewriteFile(path('aliases.yaml'), digestOf('old\n'), 'new\n').ok).toBe(true);
    expect(lstatSync(path('aliases.yaml')).isSymbolicLink()).toBe(true);
    expect(readFileSync(path('real.yaml'), 'utf8')).toBe('new\n');
  });

  test('again and again with the hash that the last time gave', () => {
    const { path } = scene({ 'aliases.yaml': '0' });
    let hash = hashOfFile(path('aliases.yaml'));
    for (const text of ['1', '2', '', '3']) {
      const result = rewriteFile(path('aliases.yaml'), hash, text);
      expect(result.ok).toBe(true);
      if (result.ok) ({ hash } = result);
    }
    expect(hash).toBe(hashOfFile(path('aliases.yaml')));
  });

  test('with the byte order mark that an editor gave it', () => {
    const { path } = scene({ 'aliases.yaml': '\ufeffold\n' });
    const result = rewriteFile(path('aliases.yaml'), hashOfFile(path('aliases.yaml')), 'new\n');
    expect(result).toEqual({ ok: true, hash: hashOfFile(path('aliases.yaml')) });
    expect(readFileSync(path('aliases.yaml'), 'utf8')).toBe('\ufeffnew\n');
    const reading = readTextFile(path('aliases.yaml'));
    expect(reading.ok && reading.file.text).toBe('new\n');
  });

  test('or made, when it was not there', () => {
    const { path } = scene({});
    expect(rewriteFile(path('new.yaml'), undefined, 'x\n').ok).toBe(true);
    expect(readFileSync(path('new.yaml'), 'utf8')).toBe('x\n');
    expect(statSync(path('new.yaml')).mode & 0o777).toBe(0o644);
  });
});

describe('a file is left alone', () => {
  const hint = 'run the command again';

  test('when someone changed it meanwhile', () => {
    const { path, directory } = scene({ 'aliases.yaml': 'old\n' });
    const hash = hashOfFile(path('aliases.yaml'));
    writeFileSync(path('aliases.yaml'), 'theirs\n');
    expect(rewriteFile(path('aliases.yaml'), hash, 'ours\n')).toEqual({
      ok: false,
      problem: `${path('aliases.yaml')} was changed by someone else meanwhile; nothing was written`,
      hint,
    });
    expect(readFileSync(path('aliases.yaml'), 'utf8')).toBe('theirs\n');
    expect(readdirSync(directory)).toEqual(['aliases.yaml']);
  });

  test('when someone removed it, or made it before us', () => {
    const { path } = scene({ 'aliases.yaml': 'old\n', 'new.yaml': 'theirs\n' });
    unlinkSync(path('aliases.yaml'));
    expect(rewriteFile(path('aliases.yaml'), digestOf('old\n'), 'ours\n')).toMatchObject({ ok: false, hint });
    expect(rewriteFile(path('new.yaml'), undefined, 'ours\n')).toMatchObject({ ok: false, hint });
    expect(readFileSync(path('new.yaml'), 'utf8')).toBe('theirs\n');
  });

  test('when its directory cannot be written, and the reason is told', async () => {
    const { path, directory } = scene({});
    expect(rewriteFile(path('no/such/directory.yaml'), undefined, 'x')).toEqual({
      ok: false,
      problem: `${path('no/such/directory.yaml')} cannot be written (ENOENT)`,
      hint: `make its directory: mkdir -p ${path('no/such')}`,
    });
    mkdirSync(path('locked'));
    writeFileSync(path('locked/aliases.yaml'), 'old\n');
    chmodSync(path('locked'), 0o555);
    chmodSync(directory, 0o755);
    await asNobody(() => {
      expect(rewriteFile(path('locked/aliases.yaml'), digestOf('old\n'), 'x')).toEqual({
        ok: false,
        problem: `${path('locked/aliases.yaml')} cannot be written (EACCES)`,
        hint: 'run it with sudo',
      });
    });
    chmodSync(path('locked'), 0o755);
    expect(readdirSync(path('locked'))).toEqual(['aliases.yaml']);
  });

  // only root has files of others
  test.runIf(process.geteuid?.() === 0)('when its owner could not be kept', async () => {
    const { path, directory } = scene({ 'aliases.yaml': 'old\n' });
    chmodSync(directory, 0o777);
    chmodSync(path('aliases.yaml'), 0o644);
    await asNobody(() => {
      expect(rewriteFile(path('aliases.yaml'), digestOf('old\n'), 'x')).toEqual({
        ok: false,
        problem: `${path('aliases.yaml')} belongs to another user, whom the new file would not belong to`,
        hint: 'run it with sudo',
      });
    });
    expect(readdirSync(directory)).toEqual(['aliases.yaml']);
    expect(readFileSync(path('aliases.yaml'), 'utf8')).toBe('old\n');
  });
});
