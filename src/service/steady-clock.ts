/** Time as the bridge uses it: wall time that is checked against monotonic time, so that a step is noticed. */

import type { Clock, Now } from '../ports.js';

/** A clock that notices when the wall clock is set. */
export type SteadyClock = {
  readonly now: () => Now;
};

/** Smaller differences are NTP at work. */
const STEP_MS = 2000;

/**
 * `stepped` is called before the moment after a step is handed out, with how far the wall clock jumped against
 * the monotonic one (negative = it was set back). A suspended machine looks like a step forward.
 */
export function steadyClock(clock: Clock, stepped: (byMs: number, now: Now) => void): SteadyClock {
  let skew = clock.wallMs() - clock.monotonicMs();
  return {
    now: () => {
      const now = { at: clock.wallMs(), mono: clock.monotonicMs() };
      const by = now.at - now.mono - skew;
      if (Math.abs(by) > STEP_MS) {
        skew += by;
        stepped(by, now);
      } else {
        // follow slow corrections
        skew += by;
      }
      return now;
    },
  };
}
