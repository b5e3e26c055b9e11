import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { openStore, storeTrouble, type SetAsideReason } from '../../src/io/store.js';
import { asNobody } from '../support/as-nobody.js';
import { fc, runs } from '../support/property.js';

function ownPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'heyu-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'state.json');
}

/** What `save` would write. */
async function textOf(document: unknown): Promise<string> {
  const path = ownPath();
  await openStore(path).save(document);
  return readFileSync(path, 'utf8');
}

describe('a store', () => {
  it('gives back what was saved, to itself and to the next one', async () => {
    const path = ownPath();
    const store = openStore(path);
    expect(await store.load()).toBeUndefined();
    await store.save({ a: [1, 'ö', null] });
    expect(await store.load()).toEqual({ a: [1, 'ö', null] });
    expect(await openStore(path).load()).toEqual({ a: [1, 'ö', null] });
  });

  it('gives back any JSON value', async () => {
    const store = openStore(ownPath());
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (document) => {
        await store.save(document);
        expect(await store.load()).toEqual(JSON.parse(JSON.stringify(document)));
      }),
      { numRuns: runs(20) },
    );
  });

  it('writes a part anew when it is another one', async () => {
    const path = ownPath();
    const store = openStore(path);
    const part = { a: ['ö', null] };
    for (const document of [
      { part, other: [1] },
      { part, other: [2] },
      { other: [2], part },
      { other: undefined, part },
      { part: [part], 'a "name"': null },
      {},
    ]) {
      await store.save(document);
      expect(readFileSync(path, 'utf8')).toBe(await textOf(document));
      expect(await store.load()).toEqual(JSON.parse(JSON.stringify(document)));
    }
  });

  it('asks a part that is the same as before only once for its JSON', async () => {
    const store = openStore(ownPath());
    const toJSON = vi.fn(() => 'ö');
    const part = { toJSON };
    await store.save({ part });
    await store.save({ part, more: 1 });
    expect(toJSON).toHaveBeenCalledTimes(1);
    expect(await store.load()).toEqual({ part: 'ö', more: 1 });
  });

  it('keeps the last of many saves that were asked for at once, and nothing else in the directory', async () => {
    const path = ownPath();
    const store = openStore(path);
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.save(index)));
    expect(await store.load()).toBe(19);
    expect(readdirSync(join(path, '..'))).toEqual(['state.json']);
  });

  it('is readable by its owner alone', async () => {
    const path = ownPath();
    await openStore(path).save('secret');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each<{ name: string; text: string; reason: SetAsideReason }>([
    { name: 'empty', text: '', reason: 'damaged' },
    { name: 'cut off', text: '{"version":1,"docum', reason: 'damaged' },
    { name: 'not an object', text: '7', reason: 'damaged' },
    { name: 'null', text: 'null', reason: 'damaged' },
    { name: 'without a version', text: '{"document":1}', reason: 'damaged' },
    { name: 'of a version in words', text: '{"version":"1","document":1}', reason: 'damaged' },
    { name: 'of no version', text: '{"version":0,"document":1}', reason: 'damaged' },
    { name: 'without a document', text: '{"version":1}', reason: 'damaged' },
    { name: 'without a digest', text: '{"version":1,"document":1}', reason: 'damaged' },
    {
      name: 'with the digest of another',
      text: '{"version":1,"digest":"0","document":1}',
      reason: 'damaged',
    },
    { name: 'of NUL bytes', text: '\0'.repeat(100), reason: 'damaged' },
    { name: 'of a later version', text: '{"version":2,"document":1}', reason: 'future' },
  ])('sets aside a document that is $name, and says so', async ({ text, reason }) => {
    const path = ownPath();
    writeFileSync(path, text);
    const aside: [string, SetAsideReason][] = [];
    const store = openStore(path, {
      onSetAside: (where, why) => aside.push([where, why]),
      wallMs: () => Date.UTC(2026, 10, 22, 15, 38, 42, 7),
    });
    expect(await store.load()).toBeUndefined();
    const expected = `${path}.${reason}-20261122T153842Z`;
    expect(aside).toEqual([[expected, reason]]);
    expect(readFileSync(expected, 'utf8')).toBe(text);
    expect(existsSync(path)).toBe(false);
    await store.save('new');
    expect(await store.load()).toBe('new');
    expect(aside).toHaveLength(1);
  });

  it('never fails on a document that was cut off or changed anywhere', async () => {
    const path = ownPath();
    const store = openStore(path);
    await store.save({ files: ['a', 'b'], at: 1 });
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        writeFileSync(path, changed);
        expect(await store.load()).toEqual(byte === whole[at] ? { files: ['a', 'b'], at: 1 } : undefined);
        writeFileSync(path, whole);
        truncateSync(path, at);
        expect(await store.load()).toBeUndefined();
      }),
      { numRuns: runs(30) },
    );
  });

  it('takes the temporary file when only that survived', async () => {
    const path = ownPath();
    writeFileSync(`${path}.new`, await textOf('survivor'));
    expect(await openStore(path).load()).toBe('survivor');
    expect(await openStore(path).load()).toBe('survivor');
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('takes the temporary file when the other one is damaged', async () => {
    const path = ownPath();
    writeFileSync(path, '{');
    writeFileSync(`${path}.new`, await textOf('survivor'));
    expect(await openStore(path).load()).toBe('survivor');
  });

  it('prefers the finished file to a temporary one, and ignores half of a temporary one', async () => {
    const path = ownPath();
    const store = openStore(path);
    writeFileSync(`${path}.new`, '{"version":1,"docu');
    expect(await store.load()).toBeUndefined();
    await store.save('finished');
    writeFileSync(`${path}.new`, await textOf('not yet'));
    expect(await store.load()).toBe('finished');
    await store.save('next');
    expect(await store.load()).toBe('next');
  });

  it('says what to do when the directory does not exist, and works as soon as it does', async () => {
    const path = join(ownPath(), 'deeper', 'state.json');
    const store = openStore(path);
    expect(await store.load()).toBeUndefined();
    await expect(store.save(1)).rejects.toThrow(
      /^cannot write .*: the directory .*deeper does not exist; create it$/,
    );
    mkdirSync(join(path, '..'), { recursive: true });
    await store.save(2);
    expect(await store.load()).toBe(2);
  });

  it('says what to do when it may not write, and keeps what is there', async () => {
    const path = ownPath();
    const directory = join(path, '..');
    const store = openStore(path);
    await store.save('kept');
    chmodSync(path, 0o644);
    chmodSync(directory, 0o555);
    await asNobody(async () => {
      await expect(store.save('lost')).rejects.toThrow(/^cannot write .*: permission denied; let the user/);
      expect(await store.load()).toBe('kept');
    });
    chmodSync(directory, 0o755);
    await store.save('again');
    expect(await store.load()).toBe('again');
  });

  it('says so when a directory stands in its place', async () => {
    const path = ownPath();
    mkdirSync(path);
    await expect(openStore(path).load()).rejects.toThrow(/^cannot read .*: this is a directory; remove it$/);
    await expect(openStore(path).save(1)).rejects.toThrow(
      /^cannot write .*: this is a directory; remove it$/,
    );
  });

  it('uses what it finds in a directory where it may not write', async () => {
    const path = ownPath();
    const directory = join(path, '..');
    const aside: string[] = [];
    const store = openStore(path, { onSetAside: (where) => aside.push(where) });
    writeFileSync(`${path}.new`, await textOf('survivor'));
    chmodSync(directory, 0o555);
    await asNobody(async () => {
      expect(await store.load()).toBe('survivor');
    });
    chmodSync(directory, 0o755);
    rmSync(`${path}.new`);
    writeFileSync(path, '{');
    chmodSync(directory, 0o555);
    await asNobody(async () => {
      expect(await store.load()).toBeUndefined();
    });
    chmodSync(directory, 0o755);
    expect(aside).toEqual([path]);
  });

  it.each([
    ['ENOSPC', 'the disk is full; make room'],
    ['EDQUOT', 'the disk is full; make room'],
    ['EROFS', 'the file system is read-only; mount it writable or set state_dir to a directory elsewhere'],
    ['EPERM', 'permission denied; let the user of the service write to /var/lib/heyu2mqtt'],
    ['EIO', undefined],
  ])('has words for %s', (code, words) => {
    expect(storeTrouble(code, '/var/lib/heyu2mqtt')).toBe(words);
  });
});
