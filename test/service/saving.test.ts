import { describe, expect, test } from 'vitest';
import { Saving } from '../../src/service/saving.js';
import type { Log, StateStore } from '../../src/ports.js';
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
