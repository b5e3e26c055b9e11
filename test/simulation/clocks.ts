/** Faults of time: the machine sleeps, and its clock is set or corrected. heyu's stamps follow the wall clock. */

import type { Kind } from './stage.js';

/** The most that a clock is set by at once, ms. */
const MOST_SET_MS = 6 * 3_600_000;

/** Less is a correction, ms. */
const LEAST_SET_BACK_MS = 2500;
/** A bridge that stood still or slept has noticed, ms. */
const NOTICED_MS = 2500;

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
  'clock set back': {
    part: 'clock',
    weight: 1,
    act: async ({ bridge, computer, untilQuiet, note }, { ms, count }, wait) => {
      // a sleep and a step at once are one of less
      await wait(NOTICED_MS);
      await untilQuiet();
      if (!bridge.isUp) return;
      computer.setBack(Math.min(MOST_SET_MS, LEAST_SET_BACK_MS + ms * count));
      note(`the clock is set back: ${computer.backMs} ms in all`);
      // a process that dies before the disk knows of it cannot tell by how much
      await new Promise<void>((resolve) => {
        bridge.onStepKnown(resolve);
      });
      // nor could one that begins with what was stored before
      bridge.forgetCopies();
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
