/**
 * The service's time: moments whose wall time is checked against monotonic time, a beat that notices when the process
 * stood still, and ONE timer for the earliest deadline of all parts.
 */

import { SkippedTime } from '../common/skipped-time.js';
import type { Clock, Now } from '../ports.js';

/** Smaller differences between the clocks are NTP at work. */
const STEP_MS = 2000;

const BEAT_MS = 2000;

/** How much later than expected a beat may be; a busy machine is not a stopped one. */
const LATE_MS = 2000;

/** What time tells, before it hands out the next moment. */
export type TimeListener = {
  /** The wall clock was set by so much against the monotonic one. A suspended machine looks like a step forward. */
  readonly stepped: (byMs: number, now: Now) => void;
  /**
   * The process was stopped (SIGSTOP), or starved on a machine that was out of memory, for so long at most. Neither
   * clock shows that, only a beat that failed to come.
   */
  readonly stoodStill: (forMs: number, now: Now) => void;
};

/** Nothing is noticed before `start`, and nothing rings before the first `wakeAt`. */
export class Time {
  /** What the wall clock was set forward by, so that nothing looks older than it is. */
  readonly skipped: SkippedTime;
  readonly #clock: Clock;
  readonly #listener: TimeListener;
  #skewMs: number;
  #beatMono: number;
  #callOffBeat = (): void => undefined;
  #wakeMono = Infinity;
  #callOffWake = (): void => undefined;

  /** `skipped`: what an earlier life has noticed of that. */
  constructor(clock: Clock, listener: TimeListener, skipped?: unknown) {
    this.skipped = new SkippedTime(skipped);
    this.#clock = clock;
    this.#listener = listener;
    const { at, mono } = this.moment();
    this.#skewMs = at - mono;
    this.#beatMono = mono;
  }

  /** What the clocks show, unchecked. */
  moment(): Now {
    return { at: this.#clock.wallMs(), mono: this.#clock.monotonicMs() };
  }

  /** The moment of something that happens now; the listener is told before it is handed out. */
  now(): Now {
    const now = { at: this.#clock.wallMs(), mono: this.#clock.monotonicMs() };
    const byMs = now.at - now.mono - this.#skewMs;
    // small ones are followed
    this.#skewMs += byMs;
    if (Math.abs(byMs) > STEP_MS) {
      this.skipped.clockSet(byMs, now.at);
      this.#listener.stepped(byMs, now);
    }
    const sinceMs = now.mono - this.#beatMono;
    this.#beatMono = Math.max(this.#beatMono, now.mono - BEAT_MS);
    if (sinceMs > BEAT_MS + LATE_MS) this.#listener.stoodStill(sinceMs, now);
    return now;
  }

  /** Begins to notice standstills. */
  start(): void {
    this.#beatMono = this.now().mono;
    this.#callOffBeat = this.#clock.after(BEAT_MS, () => this.start());
  }

  /** Calls `wake` at this moment (monotonic ms), unless it is called earlier anyway. */
  wakeAt(mono: number, wake: () => void): void {
    if (mono >= this.#wakeMono) return;
    this.#callOffWake();
    this.#wakeMono = mono;
    this.#callOffWake = this.#clock.after(Math.max(0, mono - this.#clock.monotonicMs()), () => {
      this.#wakeMono = Infinity;
      wake();
    });
  }

  stop(): void {
    this.#callOffBeat();
    this.#callOffWake();
  }
}
