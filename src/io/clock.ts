import type { Clock } from '../ports.js';

/** setTimeout fires at once beyond 2^31-1 ms (24.8 days): longer waits are cut up. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, wake) => {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const partMs = Math.min(leftMs, LONGEST_MS);
      timer = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : wake()), partMs);
    };
    wait(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
