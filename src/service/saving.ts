/**
 * What is written into the state directory: the document, one write at a time and the newest each time, and beside it
 * the ids of acknowledged events. A disk that cannot be written to is reported once and tried again; messages that
 * waited for it go out then, because an alarm that is not on disk is better than none.
 */

import { errorText } from '../common/error.js';
import type { Clock, IdFile, Log, StateStore } from '../ports.js';

/** Waits before the next attempt after a failure. */
const RETRY_MS = 10_000;

/** Writes documents. */
export class Saving {
  readonly #store: Pick<StateStore, 'save'>;
  readonly #document: () => unknown;
  readonly #done: (number: number) => void;
  readonly #clock: Clock;
  readonly #log: Log;
  #requested = 0;
  #dealtWith = 0;
  #running: Promise<void> | undefined;
  #isFailing = false;
  #callOffRetry = (): void => undefined;

  /** `document` builds what is to be written at that moment; `done` gets the highest number dealt with. */
  constructor(
    store: Pick<StateStore, 'save'>,
    document: () => unknown,
    done: (number: number) => void,
    clock: Clock,
    log: Log,
  ) {
    this.#store = store;
    this.#document = document;
    this.#done = done;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Asks for a write; the number under which its success (or failure) is reported. What happens in the same step is
   * written as well, and first sent.
   */
  readonly request = (): number => {
    this.#requested += 1;
    this.#running ??= Promise.resolve().then(() => this.#write());
    return this.#requested;
  };

  /** True while the last write failed. */
  isFailing(): boolean {
    return this.#isFailing;
  }

  /** Resolves when everything requested before is written, or has failed. */
  async flush(): Promise<void> {
    await this.#running;
  }

  async #write(): Promise<void> {
    while (this.#dealtWith < this.#requested) {
      const number = this.#requested;
      this.#callOffRetry();
      try {
        await this.#store.save(this.#document());
        if (this.#isFailing) this.#log.info({}, 'the state can be saved again');
        this.#isFailing = false;
      } catch (error) {
        const reason = errorText(error);
        if (!this.#isFailing)
          this.#log.warn({ reason }, 'the state cannot be saved: a restart may repeat or forget events');
        this.#isFailing = true;
        this.#callOffRetry = this.#clock.after(RETRY_MS, () => void this.request());
      }
      this.#dealtWith = number;
      this.#done(number);
    }
    this.#running = undefined;
  }
}

/** So many acknowledged events are remembered; more come together only while one event is not acknowledged for long. */
const MOST = 5000;

/**
 * Which events the broker has acknowledged since the moment that counts on disk (service/checkpoint): after a crash
 * the log is read again from there, and they need not be sent a second time. They stand in a file of their own, to
 * which each acknowledgement adds a line at once; a saved moment empties it of what happened before. What the disk
 * does not take is sent again, under the same id: nothing waits for it.
 */
export class Acknowledged {
  readonly #file: IdFile;
  readonly #earlier: Set<string>;
  readonly #since = new Map<string, number>();
  #unwritten: string[] = [];
  #isOutdated = false;
  #running: Promise<void> | undefined;

  /** Goes on from what an earlier life has left. */
  constructor(file: IdFile, left: readonly string[]) {
    this.#file = file;
    this.#earlier = new Set(left.slice(-MOST));
  }

  /** Whether an event was acknowledged already, and need not be sent again. */
  has(id: string): boolean {
    return this.#earlier.has(id) || this.#since.has(id);
  }

  /** The broker has it. `sequence`: its number in the outbox. */
  add(id: string, sequence: number): void {
    const isWritten = this.#earlier.delete(id) || this.#since.has(id);
    if (this.#since.size >= MOST) return;
    this.#since.set(id, sequence);
    if (isWritten) return;
    this.#unwritten.push(id);
    this.#running ??= this.#write();
  }

  /**
   * A moment is on disk in which everything up to this number was settled. `isCaughtUp`: the log had been read to its
   * end by then, so that nothing from earlier lives comes again.
   */
  forget(sequence: number, isCaughtUp: boolean): void {
    const before = this.#earlier.size + this.#since.size;
    for (const [id, settled] of this.#since) if (settled <= sequence) this.#since.delete(id);
    if (isCaughtUp) this.#earlier.clear();
    if (this.#earlier.size + this.#since.size === before) return;
    this.#isOutdated = true;
    this.#running ??= this.#write();
  }

  /** Resolves when everything is written, or has failed. */
  async flush(): Promise<void> {
    await this.#running;
  }

  async #write(): Promise<void> {
    while (this.#isOutdated || this.#unwritten.length > 0) await this.#writeOnce().catch(() => undefined);
    this.#running = undefined;
  }

  async #writeOnce(): Promise<void> {
    const ids = this.#unwritten;
    this.#unwritten = [];
    if (!this.#isOutdated) return this.#file.append(ids);
    this.#isOutdated = false;
    return this.#file.replace([...this.#earlier, ...this.#since.keys()]).catch(() => this.#file.append(ids));
  }
}
