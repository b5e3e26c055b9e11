/**
 * Notices that the process stood still: it was stopped (SIGSTOP), or starved on a machine that was out of memory.
 * Neither clock shows that, only a beat that failed to come.
 */

import type { Clock, Now } from '../ports.js';

/** The moments of a process that knows whether it stood still. */
export type Awake = {
  /** The moment of something that happens now; `stoodStill` is told before it is handed out. */
  readonly now: () => Now;
  readonly start: () => void;
  readonly stop: () => void;
};

const BEAT_MS = 2000;

/** How much later than expected a beat may be; a busy machine is not a stopped one. */
const LATE_MS = 2000;

/** `stoodStill` is told for how long, in ms, at most. */
export function awake(clock: Clock, now: () => Now, stoodStill: (forMs: number, now: Now) => void): Awake {
  let beatMono = clock.monotonicMs();
  let callOff = (): void => undefined;

  const awakeNow = (): Now => {
    const moment = now();
    const sinceMs = moment.mono - beatMono;
    beatMono = Math.max(beatMono, moment.mono - BEAT_MS);
    if (sinceMs > BEAT_MS + LATE_MS) stoodStill(sinceMs, moment);
    return moment;
  };

  const beat = (): void => {
    beatMono = awakeNow().mono;
    callOff = clock.after(BEAT_MS, beat);
  };

  return { now: awakeNow, start: beat, stop: () => callOff() };
}
