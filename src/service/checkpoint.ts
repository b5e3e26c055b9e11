/**
 * What is on disk. The document says how far the log has been dealt with, and what was known at that very line. The log
 * is the queue: after a crash everything from there on is read again and gives the same ids. Beside it stand the ids of
 * acknowledged events.
 *
 * Position and memory belong together, so they are captured at one moment and only count once everything that was put
 * into the outbox before it is settled (acknowledged, superseded or expired). One write runs at a time, of the newest. A
 * disk that cannot be written to is reported once and tried again; messages that waited for it go out then, because an
 * alarm that is not on disk is better than none.
 */

import { errorText } from '../common/error.js';
import { isObject } from '../common/json.js';
import type { Clock, FilePosition, IdFile, Log, LogPosition, Now, StateStore } from '../ports.js';
import type { CoreMemory } from '../bridge/core.js';
import { readCoreMemory } from '../bridge/remembered.js';
import type { Outbox } from '../mqtt/outbox.js';
import type { StoredAlerts } from '../security/stored.js';

/** Written with every document; one of a later version is set aside. */
export const CHECKPOINT_VERSION = 1;

/** What is stored. */
export type Checkpoint = {
  readonly version: typeof CHECKPOINT_VERSION;
  /** The line up to which everything is settled, and the core's memory there. */
  readonly settled: Captured | null;
  /** Files begun since, so that their lines keep their ids. */
  readonly generations: readonly FilePosition[];
  /** The security part: always as of now. */
  readonly security: unknown;
  /** Every topic that may hold a retained copy of ours. */
  readonly retained: readonly string[];
  /** What Home Assistant was told (announcing). */
  readonly discovery: unknown;
  /** What of that is gone and may not have been heard to be (homeassistant/removal). */
  readonly takenBack?: unknown;
  /** Addresses of what an alarm has switched on and that may be on. */
  readonly sirens?: unknown;
  /** By what the clock was set forward (common/skipped-time). */
  readonly skipped?: unknown;
};

/** Position and memory of one moment. */
export type Captured = {
  /** Which one, epoch ms; version 0.1 did not say so. */
  readonly at?: number;
  readonly log: LogPosition;
  /** The name of that log. */
  readonly logPath: string;
  /** `Bridge.setBacks`; missing = none. */
  readonly setBacks?: readonly number[];
  readonly core: CoreMemory;
  /** The last alerts: signals that are read again must not fall into the cool-down that they began themselves. */
  readonly alerts: StoredAlerts;
};

/** Up to which number of the outbox everything was settled at a moment, and whether the log had been read to its end. */
export type Extent = { readonly sequence: number; readonly wasReadToEnd: boolean };

/** What progress asks for. */
export type ProgressHooks = {
  /** Position and memory of now. */
  readonly captured: () => Captured;
  /** The log has been read to its end since the start. */
  readonly wasReadToEnd: () => boolean;
  /** The broker has this alert, which need not be remembered any more. */
  readonly delivered: (alert: string) => void;
  /** Asks for a write and gives its number. */
  readonly save: () => number;
};

/** A moment is captured so long after something has happened. */
const CAPTURE_MS = 5000;

/**
 * How far the log has been dealt with: which moment counts after a crash, what has to be on disk before an event
 * may go out, and which alerts are still on their way (docs/design.md, "The log is the queue").
 */
export class Progress {
  /** Something has happened that the moment captured last does not know. */
  isChanged = false;
  readonly #outbox: Outbox;
  readonly #hooks: ProgressHooks;
  #settled: Captured | null;
  /** How far `#settled` goes; nothing in this life as long as it is the stored one. */
  #extent: Extent = { sequence: 0, wasReadToEnd: false };
  /** Counts as soon as what was put before it is settled. */
  #candidate: { readonly captured: Captured; readonly extent: Extent } | undefined;
  #generations: readonly FilePosition[];
  #gate = 0;
  #captureDue = Infinity;
  /** Alerts on their way, with their numbers in the outbox. */
  readonly #alerts: { readonly id: string; readonly sequence: number }[] = [];

  /** Goes on from what was stored. */
  constructor({ settled, generations }: Checkpoint, outbox: Outbox, hooks: ProgressHooks) {
    this.#settled = settled;
    this.#generations = generations;
    this.#outbox = outbox;
    this.#hooks = hooks;
  }

  /** The save that events have to wait for: the generation of a file is part of their ids. 0 = none. */
  get gate(): number {
    return this.#gate;
  }

  /** What is written to disk. */
  get document(): Pick<Checkpoint, 'settled' | 'generations'> {
    return { settled: this.#settled, generations: this.#generations };
  }

  /** How far that document goes in this life. */
  get extent(): Extent {
    return this.#extent;
  }

  /** A file was begun: events wait until that is on disk. One that is read again after a crash keeps its place. */
  begun(file: FilePosition): void {
    const at = this.#generations.findIndex(({ generation }) => generation === file.generation);
    this.#generations = at < 0 ? [...this.#generations, file] : this.#generations.with(at, file);
    this.#gate = this.#hooks.save();
  }

  /** Everything up to this number is on disk. */
  saved(number: number): void {
    if (number >= this.#gate) this.#gate = 0;
  }

  /** This alert was just put into the outbox. */
  alerted(id: string): void {
    this.#alerts.push({ id, sequence: this.#outbox.lastNumber });
  }

  /** When `tick` is to be called, monotonic ms. */
  due({ mono }: Now): number {
    if (this.isChanged && this.#captureDue === Infinity) this.#captureDue = mono + CAPTURE_MS;
    return this.#captureDue;
  }

  /** Captures this moment, or later while an earlier one is still waited for. */
  tick(): void {
    this.#captureDue = Infinity;
    this.check();
    if (this.isChanged && this.#candidate === undefined) {
      this.isChanged = false;
      const extent = { sequence: this.#outbox.lastNumber, wasReadToEnd: this.#hooks.wasReadToEnd() };
      this.#candidate = { captured: this.#hooks.captured(), extent };
    }
    this.check();
  }

  /** Captures the place where reading begins at the first start of all: nothing has been read before it. */
  captureFirst(): void {
    if (this.#settled !== null) return;
    this.#settled = this.#hooks.captured();
    this.#hooks.save();
  }

  /** Something in the outbox was settled. */
  check(): void {
    this.#checkAlerts();
    if (this.#candidate === undefined || !this.#outbox.isSettledUpTo(this.#candidate.extent.sequence)) return;
    this.#settled = this.#candidate.captured;
    this.#extent = this.#candidate.extent;
    this.#candidate = undefined;
    this.#generations = begunSince(this.#generations, this.#settled.log);
    this.#hooks.save();
  }

  #checkAlerts(): void {
    const waiting = this.#alerts.findIndex(({ sequence }) => !this.#outbox.isSettledUpTo(sequence));
    const settled = this.#alerts.splice(0, waiting < 0 ? this.#alerts.length : waiting);
    for (const { id } of settled) this.#hooks.delivered(id);
    if (settled.length > 0) this.#hooks.save();
  }
}

/**
 * The generations that have to be remembered beside a settled moment: those begun after its newest file. What is
 * older is either in it or dealt with.
 */
function begunSince(generations: readonly FilePosition[], settled: LogPosition): readonly FilePosition[] {
  const known = new Set(settled.files.map(({ generation }) => generation));
  return generations.slice(generations.findLastIndex(({ generation }) => known.has(generation)) + 1);
}

function isCaptured(value: unknown): value is Captured {
  if (!isObject(value) || !isObject(value['log']) || !isObject(value['core'])) return false;
  const { logPath, log, setBacks = [] } = value;
  const { files, older = [] } = log;
  return (
    isFiles(files) &&
    areNumbers(older, ['device', 'inode', 'createdAt', 'modifiedAt']) &&
    typeof logPath === 'string' &&
    Array.isArray(setBacks) &&
    setBacks.every((backMs) => Number.isFinite(backMs))
  );
}

/** A list of objects that have these numbers. */
function areNumbers(value: unknown, keys: readonly string[]): boolean {
  const isGood = (one: unknown): boolean => isObject(one) && keys.every((key) => Number.isFinite(one[key]));
  return Array.isArray(value) && value.every(isGood);
}

function isFiles(value: unknown): value is readonly FilePosition[] {
  return (
    Array.isArray(value) &&
    value.every(
      (file) => isObject(file) && typeof file['generation'] === 'string' && typeof file['mark'] === 'string',
    ) &&
    areNumbers(value, ['device', 'inode', 'offset', 'endSeenAt'])
  );
}

/** Reads what was stored; parts that are not as they should be are named in `damaged` and left out. */
export function readCheckpoint(document: unknown): { checkpoint: Checkpoint; damaged: readonly string[] } {
  const damaged: string[] = [];
  const stored = isObject(document) ? document : {};
  if (document !== undefined && !isObject(document)) damaged.push('document');
  const part = <T>(name: string, isGood: (value: unknown) => value is T, missing: T): T => {
    const value = stored[name];
    if (value === undefined || value === null) return missing;
    if (isGood(value)) return value;
    damaged.push(name);
    return missing;
  };
  const isTexts = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.every((text) => typeof text === 'string');
  const captured = part<Captured | null>('settled', isCaptured, null);
  const core = captured === null ? undefined : readCoreMemory(captured.core);
  damaged.push(...(core?.damaged ?? []).map((name) => `settled.core.${name}`));
  return {
    checkpoint: {
      version: CHECKPOINT_VERSION,
      settled: captured && core ? { ...captured, core: core.memory } : null,
      generations: part('generations', isFiles, []),
      security: stored['security'],
      retained: part('retained', isTexts, []),
      discovery: stored['discovery'],
      takenBack: stored['takenBack'],
      sirens: stored['sirens'],
      skipped: stored['skipped'],
    },
    damaged,
  };
}

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
 * Which events the broker has acknowledged since the moment that counts on disk: after a crash
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
   * A moment is on disk in which everything up to this number was settled. `wasReadToEnd`: the log had been read to its
   * end by then, so that nothing from earlier lives comes again.
   */
  forget(sequence: number, wasReadToEnd: boolean): void {
    const before = this.#earlier.size + this.#since.size;
    for (const [id, settled] of this.#since) if (settled <= sequence) this.#since.delete(id);
    if (wasReadToEnd) this.#earlier.clear();
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
