import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { openIdFile } from '../../src/io/store.js';
import { fc } from '../support/property.js';

const IDS = ['6fe333a1-93', '6fe333a1-93.A4', '6fe333a1-93.clear', 'ground.12.alert'];

function ownPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'heyu-ids-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'acknowledged');
}

describe('a file of ids', () => {
  it('gives back what was appended, to the next one as well, and is private', async () => {
    const path = ownPath();
    const file = openIdFile(path);
    expect(await file.load()).toEqual([]);
    await file.append(IDS.slice(0, 1));
    await file.append(IDS.slice(1, 3));
    await openIdFile(path).append(IDS.slice(3));
    expect(await openIdFile(path).load()).toEqual(IDS);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is replaced as a whole, with nothing else left in the directory', async () => {
    const path = ownPath();
    const file = openIdFile(path);
    await file.append(IDS);
    await file.replace(IDS.slice(2));
    await file.append(['6fe333a1-120']);
    expect(await file.load()).toEqual([...IDS.slice(2), '6fe333a1-120']);
    await file.replace([]);
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(readdirSync(join(path, '..'))).toEqual(['acknowledged']);
  });

  it('reads, wherever it was cut off, the whole lines alone, and is written on behind that', async () => {
    const path = ownPath();
    await openIdFile(path).append(IDS);
    const text = readFileSync(path, 'utf8');
    for (let length = 0; length < text.length; length += 1) {
      writeFileSync(path, text.slice(0, length));
      const left = await openIdFile(path).load();
      expect(left).toEqual(IDS.slice(0, left.length));
      await openIdFile(path).append(['6fe333a1-7']);
      expect(await openIdFile(path).load()).toEqual([...left, '6fe333a1-7']);
    }
  });

  it('takes nothing damaged for an id', async () => {
    const path = ownPath();
    await openIdFile(path).append(IDS);
    const bytes = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ by;
        writeFileSync(path, damaged);
        const left = await openIdFile(path).load();
        expect(IDS).toEqual(expect.arrayContaining([...left]));
        expect(left.length).toBeGreaterThanOrEqual(IDS.length - 2);
      }),
    );
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0, 10, 32, 10]));
    expect(await openIdFile(path).load()).toEqual([]);
  });

  it('rejects when it cannot be written, and holds nothing then', async () => {
    const file = openIdFile(join(ownPath(), 'missing', 'acknowledged'));
    await expect(file.append(IDS)).rejects.toThrow('ENOENT');
    await expect(file.replace(IDS)).rejects.toThrow('ENOENT');
    expect(await file.load()).toEqual([]);
  });
});
