/**
 * The safety timer: looks now and then whether the doorbell is asleep (a full inotify queue, a network file system,
 * no watch left). Slow where the doorbell can be relied on from the start, or once it has proved itself; quick again as
 * soon as it has missed something.
 */
import type { Clock } from '../../ports.js';

/** Growth that the timer finds was missed by the doorbell unless that rings within this time, milliseconds. */
const GRACE_MS = 250;

/** Why a look was taken: the doorbell rang, the timer went off, or somebody asked for it. */
export type Cause = 'bell' | 'timer' | 'request';

type Parts = {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly slowPollMs: number;
  readonly look: () => void;
  readonly overslept: () => void;
};

/** Calls `look` every `pollMs`, every `slowPollMs` while the doorbell works, and `overslept` when it does not. */
export class SafetyTimer {
  /** How often the doorbell has missed something. */
  missed = 0;
  readonly #parts: Parts;
  /** The doorbell is relied on. */
  #isProved = false;
  #isRunning = false;
  #callOff = (): void => undefined;
  #callOffDoubt: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Once. `isTrusted` = the doorbell need not prove itself first. */
  start(isTrusted: boolean): void {
    this.#isProved = isTrusted;
    this.#isRunning = true;
    this.#arm();
  }

  /** The doorbell rang. */
  rang(): void {
    this.#callOffDoubt?.();
    this.#callOffDoubt = undefined;
  }

  /** After a look that found new lines; this is why it was taken. */
  grew(cause: Cause): void {
    if (cause === 'bell') this.#isProved = true;
    if (cause !== 'timer') return;
    this.#callOffDoubt ??= this.#parts.clock.after(GRACE_MS, () => {
      this.#callOffDoubt = undefined;
      this.missed += 1;
      this.#isProved = false;
      this.#callOff();
      this.#arm();
      this.#parts.overslept();
    });
  }

  stop(): void {
    this.#isRunning = false;
    this.#callOff();
    this.rang();
  }

  #arm(): void {
    const { clock, pollMs, slowPollMs, look } = this.#parts;
    this.#callOff = clock.after(this.#isProved ? slowPollMs : pollMs, () => {
      this.#arm();
      setImmediate(() => {
        if (this.#isRunning) look();
      });
    });
  }
}
