import { describe, expect, it } from 'vitest';
import { Acknowledged } from '../../src/service/saving.js';
import type { IdFile } from '../../src/ports.js';

/** A file in memory, and a disk that may be full. */
function memory(): { file: IdFile; ids: string[]; disk: { isFull: boolean }; writes: () => number } {
  const ids: string[] = [];
  const disk = { isFull: false };
  let writes = 0;
  const act = (change: () => unknown): Promise<void> => {
    writes += 1;
    if (disk.isFull) return Promise.reject(new Error('the disk is full'));
    change();
    return Promise.resolve();
  };
  const file: IdFile = {
    load: () => Promise.resolve([...ids]),
    append: (more) => act(() => ids.push(...more)),
    replace: (all) => act(() => ids.splice(0, Infinity, ...all)),
  };
  return { file, ids, disk, writes: () => writes };
}

describe('acknowledged events', () => {
  it('are on file at once, until a moment after them is saved', async () => {
    const { file, ids } = memory();
    const taken = new Acknowledged(file, []);
    taken.add('a-1', 4);
    taken.add('a-2', 7);
    await taken.flush();
    expect(ids).toEqual(['a-1', 'a-2']);
    taken.forget(3, true);
    await taken.flush();
    expect(ids).toEqual(['a-1', 'a-2']);
    taken.forget(4, true);
    await taken.flush();
    expect(ids).toEqual(['a-2']);
    taken.forget(7, true);
    await taken.flush();
    expect(ids).toEqual([]);
  });

  it('of an earlier life stay on file until they came again, or the log was read to its end', async () => {
    const { file, ids } = memory();
    ids.push('a-1', 'a-2', 'a-3');
    const taken = new Acknowledged(file, await file.load());
    expect(['a-1', 'a-2', 'a-3', 'a-4'].map((id) => taken.has(id))).toEqual([true, true, true, false]);
    taken.add('a-1', 1);
    taken.add('a-2', 5);
    taken.forget(1, false);
    await taken.flush();
    expect(ids.toSorted()).toEqual(['a-2', 'a-3']);
    expect(taken.has('a-3')).toBe(true);
    taken.forget(1, true);
    await taken.flush();
    expect(ids).toEqual(['a-2']);
    expect(taken.has('a-3')).toBe(false);
  });

  it('are written together while a write is under way', async () => {
    const { file, ids, writes } = memory();
    const taken = new Acknowledged(file, []);
    for (let i = 0; i < 100; i += 1) taken.add(`a-${i}`, i);
    await taken.flush();
    expect(ids).toHaveLength(100);
    expect(writes()).toBeLessThanOrEqual(2);
  });

  it('that the disk does not take stop nothing, and those after them are written', async () => {
    const { file, ids, disk } = memory();
    const taken = new Acknowledged(file, []);
    disk.isFull = true;
    taken.add('a-1', 1);
    taken.forget(0, true);
    await taken.flush();
    disk.isFull = false;
    taken.add('a-2', 2);
    await taken.flush();
    expect(ids).toEqual(['a-2']);
    // an emptying that fails leaves what was there
    disk.isFull = true;
    taken.forget(1, true);
    await taken.flush();
    expect(ids).toEqual(['a-2']);
  });

  it('are not remembered without bounds', async () => {
    const { file, ids } = memory();
    const taken = new Acknowledged(file, []);
    for (let i = 0; i < 20_000; i += 1) taken.add(`a-${i}`, i);
    await taken.flush();
    expect(ids.length).toBeLessThanOrEqual(5000);
    taken.forget(20_000, true);
    taken.add('a-last', 20_001);
    await taken.flush();
    expect(ids).toEqual(['a-last']);
  });
});
