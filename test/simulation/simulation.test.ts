/** The short form of `npm run simulate`: the same histories each time. */

import { expect, test } from 'vitest';
import { brokenText } from '../soak/mutants.js';
import { MUTANTS } from './mutants.js';
import type { Fault } from './faults.js';
import { simulate } from './world.js';

test.each([1, 2, 3, 4, 5, 6])(
  'nothing is lost and nothing invented in simulated history %i',
  async (seed) => {
    const { faults, starts } = await simulate({ seed, lengthMs: 60_000 });
    expect(faults, `npm run simulate -- --seed ${seed} tells the whole history`).toEqual([]);
    expect(starts).toBeGreaterThan(100);
  },
);

const damaged = (at: number): Fault => ({ at, kind: 'checkpoint damaged', ms: 136, count: 196 });
const resent = (at: number, count: number): Fault => ({
  at,
  kind: 'a command comes again after a keyfob',
  ms: 600,
  count,
});
const moved = (at: number, count: number): Fault => ({
  at,
  kind: 'somebody moves in an owned zone',
  ms: 0,
  count,
});

/** Of a zone whose bridge has lost its checkpoint. */
const FORGOTTEN: readonly {
  readonly what: string;
  readonly seed: number;
  readonly lengthMs: number;
  readonly faults: readonly Fault[];
}[] = [
  {
    what: 'a command is too old for a bridge that does not know any more when the link was clear',
    seed: 1395,
    lengthMs: 25_000,
    faults: [damaged(20_000), resent(20_535, 207), moved(23_535, 3)],
  },
  {
    what: 'a command that was obeyed before the zone was on disk is not obeyed again',
    seed: 1395,
    lengthMs: 25_000,
    faults: [damaged(20_000), resent(20_535, 202), moved(23_535, 0)],
  },
  {
    what: 'the code of a command is being checked while the zone begins',
    seed: 8,
    lengthMs: 6000,
    faults: [damaged(1000), { at: 1780, kind: 'owned zone is commanded', ms: 4, count: 13 }],
  },
];

test.each(FORGOTTEN)('without a checkpoint: $what', async ({ seed, lengthMs, faults: planned }) => {
  const { faults } = await simulate({ seed, lengthMs, pauses: 6, faults: planned });
  expect(faults).toEqual([]);
});

test.each(MUTANTS)('the built program can be broken: $name', (mutant) => {
  expect(brokenText(mutant)).toContain(mutant.instead);
});

test('a history happens again in the same way', async () => {
  const tell = async (): Promise<readonly string[]> =>
    (await simulate({ seed: 7, lengthMs: 20_000, isTold: true })).history;
  const first = await tell();
  expect(await tell()).toEqual(first);
  expect(first.length).toBeGreaterThan(100);
});
