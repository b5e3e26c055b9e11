/** Faults of time: the machine sleeps, and its clock is set or corrected. heyu's stamps follow the wall clock. */

import type { Kind, Stage } from './stage.js';

/** The most that a clock is set by at once, ms. */
const MOST_SET_MS = 6 * 3_600_000;

/** Less is a correction, ms. */
const LEAST_SET_BACK_MS = 2500;
/** A bridge that stood still or slept has noticed, ms. */
const NOTICED_MS = 2500;
/** What was written before the clock was set back is settled within this time, if the computer does not sleep, ms. */
const DATED_MS = 600_000;

/** What was written before the clock was set back is settled: the stamp of what is read again, or late, may fit both clocks. */
const untilDated = async ({ bridge, computer }: Stage): Promise<void> => {
  const last = computer.setBacks.at(-1);
  if (last === undefined) return;
  await new Promise<void>((resolve) => {
    bridge.onSettled(last.from, resolve);
  });
};

/** The kinds. */
export const CLOCKS = {
  'machine sleeps': {
    part: 'process',
    weight: 2,
    act: async (stage, { ms, count }, wait) => {
      const { bridge, broker, computer, timeline, untilQuiet } = stage;
      await untilDated(stage);
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
    act: async (stage, { ms, count }) => {
      const { bridge, computer, untilQuiet } = stage;
      await untilDated(stage);
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
    act: async (stage, { ms, count }, wait) => {
      const { bridge, computer, untilQuiet, note } = stage;
      // a sleep and a step at once are one of less
      await wait(NOTICED_MS);
      await untilQuiet();
      if (!bridge.isUp) return;
      const byMs = Math.min(MOST_SET_MS, LEAST_SET_BACK_MS + ms * count);
      computer.setBack(byMs);
      note(`the clock is set back: ${computer.backMs} ms in all`);
      // a process that dies before the disk knows of it cannot tell by how much
      await new Promise<void>((resolve) => {
        bridge.onStepKnown(resolve);
      });
      if (byMs < DATED_MS) await untilDated(stage);
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
