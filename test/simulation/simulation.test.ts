/** The short form of `npm run simulate`: the same histories each time. */

import { expect, test } from 'vitest';
import { brokenText } from '../soak/mutants.js';
import { MUTANTS } from './mutants.js';
import { simulate } from './world.js';

test.each([1, 2, 3, 4, 5, 6])(
  'nothing is lost and nothing invented in simulated history %i',
  async (seed) => {
    const { faults, starts } = await simulate({ seed, lengthMs: 60_000 });
    expect(faults, `npm run simulate -- --seed ${seed} tells the whole history`).toEqual([]);
    expect(starts).toBeGreaterThan(100);
  },
);

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
