/** What every broker's trial has to end with. */

import { expect } from 'vitest';
import type { Tally } from './trial.js';

/** Nothing wrong, nothing stale, all the checks that were asked for, and hardly ever an "unknown". */
export function expectTruth(tally: Tally, checks: number): void {
  const { wrong, stale } = tally;
  expect(wrong).toEqual([]);
  expect(stale).toEqual([]);
  expect(tally.checks).toBeGreaterThanOrEqual(checks);
  expect(tally.looks).toBeGreaterThan(checks);
  expect(tally.unknown).toBeLessThanOrEqual(tally.checks / 100);
  expect(tally.brokerWrong).toBe(0);
}
