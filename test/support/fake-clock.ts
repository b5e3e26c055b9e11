/** Time that passes when the test says so. */

import type { Clock } from '../../src/ports.js';

export type FakeClock = Clock & {
  /** Time passes; what was to be woken is, in its order. */
  readonly pass: (ms: number) => void;
  /** The process is stopped (SIGSTOP) for so long: time passes, nobody is woken. */
  readonly freeze: (ms: number) => void;
  /** Somebody sets the wall clock by this much; no time passes. */
  readonly set: (byMs: number) => void;
  /** How many wait to be woken. */
  readonly sleepers: () => number;
};

/** Begins at this wall time; the monotonic clock begins at 1000. */
export function fakeClock(wallMs = Date.UTC(2026, 10, 22, 12)): FakeClock {
  let wall = wallMs;
  let mono = 1000;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    wallMs: () => wall,
    monotonicMs: () => mono,
    after: (delayMs, wake) => {
      const sleeper = { at: mono + Math.max(0, delayMs), wake };
      sleepers.add(sleeper);
      return () => void sleepers.delete(sleeper);
    },
    pass: (ms) => {
      const until = mono + ms;
      for (;;) {
        const due = [...sleepers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
        if (due === undefined) break;
        sleepers.delete(due);
        wall += Math.max(0, due.at - mono);
        mono = Math.max(mono, due.at);
        due.wake();
      }
      wall += until - mono;
      mono = until;
    },
    freeze: (ms) => {
      wall += ms;
      mono += ms;
    },
    set: (byMs) => {
      wall += byMs;
    },
    sleepers: () => sleepers.size,
  };
}
