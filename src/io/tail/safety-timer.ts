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

/** Watches over the doorbell. */
export type SafetyTimer = {
  /** `isTrusted` = the doorbell need not prove itself first. */
  readonly start: (isTrusted: boolean) => void;
  /** The doorbell rang. */
  readonly rang: () => void;
  /** A look found new lines, and this is why it was taken. */
  readonly grew: (cause: Cause) => void;
  /** How often the doorbell has missed something. */
  readonly missed: () => number;
  readonly stop: () => void;
};

/** Calls `look` every `pollMs`, every `slowPollMs` while the doorbell works, and `overslept` when it does not. */
export function safetyTimer(parts: {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly slowPollMs: number;
  readonly look: () => void;
  readonly overslept: () => void;
}): SafetyTimer {
  const { clock, pollMs, slowPollMs, look, overslept } = parts;
  let isProved = false;
  let missed = 0;
  let isRunning = false;
  let callOff = (): void => undefined;
  let callOffDoubt: (() => void) | undefined;

  const arm = (): void => {
    callOff = clock.after(isProved ? slowPollMs : pollMs, () => {
      arm();
      setImmediate(() => {
        if (isRunning) look();
      });
    });
  };

  const settleDoubt = (): void => {
    callOffDoubt?.();
    callOffDoubt = undefined;
  };

  return {
    start: (isTrusted) => {
      isProved = isTrusted;
      isRunning = true;
      arm();
    },
    rang: settleDoubt,
    grew: (cause) => {
      if (cause === 'bell') isProved = true;
      if (cause !== 'timer') return;
      callOffDoubt ??= clock.after(GRACE_MS, () => {
        callOffDoubt = undefined;
        missed += 1;
        isProved = false;
        callOff();
        arm();
        overslept();
      });
    },
    missed: () => missed,
    stop: () => {
      isRunning = false;
      callOff();
      settleDoubt();
    },
  };
}
