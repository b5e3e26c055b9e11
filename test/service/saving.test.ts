import { describe, expect, test } from 'vitest';
import { Acknowledged, Saving } from '../../src/service/checkpoint.js';
import type { IdFile, Log, StateStore } from '../../src/ports.js';
import { fakeClock } from '../support/fake-clock.js';

/** A store that fails as long as it is told to, a clock, and what was reported. */
function scene(): {
  clock: ReturnType<typeof fakeClock>;
  saves: Saving;
  attempts: () => number;
  done: number[];
  told: string[];
  isFull: { now: boolean };
  settle: () => Promise<void>;
} {
  const clock = fakeClock();
  const isFull = { now: false };
  let attempts = 0;
  const store: Pick<StateStore, 'save'> = {
    save: () => {
      attempts += 1;
      return isFull.now ? Promise.reject(new Error('the disk is full')) : Promise.resolve();
    },
  };
  const told: string[] = [];
  const tell = (_fields: object, message: string): void => void told.push(message);
  const log: Log = { debug: tell, info: tell, warn: tell, error: tell };
  const done: number[] = [];
  const saves = new Saving(
    store,
    () => ({}),
    (number) => void done.push(number),
    clock,
    log,
  );
  return { clock, saves, attempts: () => attempts, done, told, isFull, settle: () => saves.flush() };
}

describe('saving', () => {
  test('reports each request when it is on disk, several at once when they come together', async () => {
    const { saves, done, attempts, settle } = scene();
    expect(saves.request()).toBe(1);
    expect(saves.request()).toBe(2);
    await settle();
    expect(done.at(-1)).toBe(2);
    expect(attempts()).toBeLessThanOrEqual(2);
  });

  test('says once that the disk is full and once that it is not any more', async () => {
    const { saves, clock, told, isFull, settle } = scene();
    isFull.now = true;
    for (let i = 0; i < 5; i += 1) {
      saves.request();
      await settle();
      clock.pass(10_000);
      await settle();
    }
    isFull.now = false;
    clock.pass(10_000);
    await settle();
    expect(told).toEqual([expect.stringContaining('cannot be saved'), expect.stringContaining('again')]);
    expect(saves.isFailing()).toBe(false);
  });

  test('does not hold back what waits for a disk that is full', async () => {
    const { saves, done, isFull, settle } = scene();
    isFull.now = true;
    const number = saves.request();
    await settle();
    expect(done).toEqual([number]);
  });

  test('tries a full disk again every ten seconds, however often it was asked', async () => {
    const { saves, clock, attempts, isFull, settle } = scene();
    isFull.now = true;
    for (let i = 0; i < 100; i += 1) {
      saves.request();
      await settle();
    }
    const before = attempts();
    for (let second = 0; second < 60; second += 1) {
      clock.pass(1000);
      await settle();
    }
    expect(attempts() - before).toBeLessThanOrEqual(7);
    expect(clock.sleepers()).toBeLessThanOrEqual(1);
  });
});

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
  test('are on file at once, until a moment after them is saved', async () => {
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

  test('of an earlier life stay on file until they came again, or the log was read to its end', async () => {
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

  test('are written together while a write is under way', async () => {
    const { file, ids, writes } = memory();
    const taken = new Acknowledged(file, []);
    for (let i = 0; i < 100; i += 1) taken.add(`a-${i}`, i);
    await taken.flush();
    expect(ids).toHaveLength(100);
    expect(writes()).toBeLessThanOrEqual(2);
  });

  test('that the disk does not take stop nothing, and those after them are written', async () => {
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

  test('are not remembered without bounds', async () => {
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
