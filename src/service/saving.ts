/**
 * Keeps the document on disk up to date: one write at a time, the newest document each time. A disk that cannot
 * be written to is reported once and tried again; messages that waited for it go out then, because an alarm
 * that is not on disk is better than none.
 */

import { errorText } from '../common/error.js';
import type { Clock, Log, StateStore } from '../ports.js';

/** Writes documents. */
export type Saving = {
  /** Asks for a write; the number under which its success (or failure) is reported. */
  readonly request: () => number;
  /** True while the last write failed. */
  readonly isFailing: () => boolean;
  /** Resolves when everything requested before is written, or has failed. */
  readonly flush: () => Promise<void>;
};

/** Waits before the next attempt after a failure. */
const RETRY_MS = 10_000;

/** `document` builds what is to be written at that moment; `done` gets the highest number dealt with. */
export function saving(
  store: Pick<StateStore, 'save'>,
  document: () => unknown,
  done: (number: number) => void,
  failingChanged: (isFailing: boolean) => void,
  clock: Clock,
  log: Log,
): Saving {
  let requested = 0;
  let dealtWith = 0;
  let running: Promise<void> | undefined;
  let failing = false;
  let callOffRetry = (): void => undefined;

  const write = async (): Promise<void> => {
    while (dealtWith < requested) {
      const number = requested;
      callOffRetry();
      try {
        await store.save(document());
        if (failing) {
          failing = false;
          log.info({}, 'the state can be saved again');
          failingChanged(false);
        }
      } catch (error) {
        const reason = errorText(error);
        if (!failing) {
          failing = true;
          log.warn({ reason }, 'the state cannot be saved: a restart may repeat or forget events');
          failingChanged(true);
        }
        callOffRetry = clock.after(RETRY_MS, () => void request());
      }
      dealtWith = number;
      done(number);
    }
    running = undefined;
  };

  const request = (): number => {
    requested += 1;
    running ??= write();
    return requested;
  };

  return {
    request,
    isFailing: () => failing,
    flush: async () => {
      await running;
    },
  };
}
