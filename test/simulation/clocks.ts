/** Faults of time: the machine sleeps, and its clock is set or corrected. heyu's stamps follow the wall clock. */

import type { Kind } from './stage.js';

/** The most that a clock is set by at once, ms. */
const MOST_SET_MS = 6 * 3_600_000;

/** The kinds. */
export const CLOCKS = {
  'machine sleeps': {
    part: 'process',
    weight: 2,
    act: async ({ bridge, broker, computer, timeline, untilQuiet }, { ms, count }, wait) => {
      await untilQuiet();
      const process = bridge.freeze();
      const sleepMs = ms * count;
      computer.heyu.isStill = true;
      computer.sleep(sleepMs);
      if (process !== undefined) broker.giveUp(sleepMs, () => process.isStill);
      await wait(sleepMs);
      timeline.goOn(computer.heyu);
      if (process !== undefined) bridge.thaw(process);
    },
  },
  'clock set forward': {
    part: 'process',
    weight: 1,
    act: async ({ bridge, computer, untilQuiet }, { ms, count }) => {
      await untilQuiet();
      const byMs = Math.min(MOST_SET_MS, ms * count);
      bridge.steps(() => {
        computer.setClock(byMs);
      });
    },
  },
  'clock corrected': {
    part: 'process',
    weight: 1,
    act: ({ computer }, { count }) => {
      computer.setClock(count - 200);
    },
  },
} satisfies Readonly<Record<string, Kind>>;
