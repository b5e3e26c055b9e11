/** What a block of tests has built is taken away after its last test. */

import { afterAll } from 'vitest';

/** Something to be done; a promise is waited for. */
type Step = () => unknown;

/** The steps after the block that calls this, the last one first; more are pushed as more is built. */
export function cleanUpAfter(...steps: Step[]): Step[] {
  afterAll(async () => {
    for (const step of steps.toReversed()) await step();
  });
  return steps;
}
