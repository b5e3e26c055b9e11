/** How the following of the heyu log stands: what the service knows beside the lines themselves. */

import type { LogStatus } from '../ports.js';

/** What is known of the log. Instants are monotonic ms. */
export type LogState = {
  status: LogStatus['kind'] | 'starting';
  /** A missing log was never there since the state directory is new: nothing proves that heyu is set up at all. */
  wasNeverThere: boolean;
  /** The end of the log has been reached, and no line was read since. */
  isCaughtUp: boolean;
  /** A look at the log was asked for at `lookedMono`; its end has not come yet. */
  isLooking: boolean;
  lookedMono: number;
  lastLineMono: number;
};

/** Before the log was looked at. */
export function newLogState(mono: number): LogState {
  return {
    status: 'starting',
    wasNeverThere: false,
    isCaughtUp: false,
    isLooking: false,
    lookedMono: 0,
    lastLineMono: mono,
  };
}
