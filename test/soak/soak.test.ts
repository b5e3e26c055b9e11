/** The short form of `npm run soak:bridge`: some seconds of traffic and faults, against the built program. */

import { expect, test } from 'vitest';
import { soak } from './soak.js';

test.concurrent.each([
  { seed: 7, damage: false },
  { seed: 12, damage: true },
])('nothing is lost and nothing invented, whatever dies (seed $seed)', async ({ seed, damage }) => {
  const report = await soak({ seed, lengthMs: 15_000, damage });
  expect(report.faults, 'npm run soak:bridge -- --seed tells the whole story').toEqual([]);
  expect(report.starts).toBeGreaterThan(20);
  expect([...report.faultCounts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2);
});
