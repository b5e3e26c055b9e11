/** What a clock that is set forward does to ages. */

import { expect, test } from 'vitest';
import { SkippedTime } from '../../src/common/skipped-time.js';

const after = (...sets: readonly (readonly [byMs: number, now: number])[]): SkippedTime => {
  const skipped = new SkippedTime();
  for (const [byMs, now] of sets) skipped.clockSet(byMs, now);
  return skipped;
};

test.each([
  ['nothing was skipped', [], 10, 100, 90],
  ['it was before the skip', [[1000, 2000]], 900, 2050, 150],
  ['it was after the skip', [[1000, 2000]], 2010, 2050, 40],
  ['its stamp lies in what was skipped', [[1000, 2000]], 1500, 2050, 50],
  ['it is asked for an instant before the skip', [[1000, 2000]], 900, 950, 50],
  [
    'there were two',
    [
      [1000, 2000],
      [500, 3000],
    ],
    900,
    3010,
    610,
  ],
  [
    'the clock was set back since, and instants with it',
    [
      [1000, 2000],
      [-100, 2000],
    ],
    800,
    2050,
    250,
  ],
] as const)('an age when %s', (_name, sets, at, now, ageMs) => {
  expect(after(...sets).ageMs(at, now)).toBe(ageMs);
});

test.each([
  ['long', 1000, 900, 2000],
  ['short', 1001, 900, 900],
  ['before it', 1000, 1500, 1500],
])('the end of a skip that is %s', (_name, atLeastMs, at, expected) => {
  expect(after([1000, 2000]).endAfter(at, atLeastMs)).toBe(expected);
});

test('goes on in the next life; what is damaged is left out, and the oldest of many', () => {
  const skipped = after(...Array.from({ length: 101 }, (_, index) => [1, index * 10] as const));
  expect(skipped.remembered).toHaveLength(100);
  const stored: unknown = [...skipped.remembered, null, { from: 1 }, 'x', { from: '1', to: 2 }];
  expect(new SkippedTime(stored).remembered).toEqual(skipped.remembered);
  expect(new SkippedTime({}).remembered).toEqual([]);
});
