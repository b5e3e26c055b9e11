/**
 * The document on disk. It says how far the log has been dealt with, and what was known at that very line. The
 * log is the queue: after a crash everything from there on is read again and gives the same ids.
 *
 * Position and memory belong together, so they are captured at one moment and only count once everything that
 * was put into the outbox before it is settled (acknowledged, superseded or expired).
 */

import { isObject } from '../common/json.js';
import type { FilePosition, LogPosition, Now } from '../ports.js';
import type { CoreMemory } from '../bridge/core.js';
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
};

/** Position and memory of one moment. */
export type Captured = {
  readonly log: LogPosition;
  /** The name of that log. */
  readonly logPath: string;
  readonly core: CoreMemory;
  /** The last alerts: signals that are read again must not fall into the cool-down that they began themselves. */
  readonly alerts: StoredAlerts;
};

/** Up to which number of the outbox everything was settled at a moment, and whether the log had been read to its end. */
export type Extent = { readonly sequence: number; readonly isCaughtUp: boolean };

/** What progress asks for. */
export type ProgressHooks = {
  /** Position and memory of now. */
  readonly captured: () => Captured;
  /** The log has been read to its end since the start. */
  readonly isCaughtUp: () => boolean;
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
  #extent: Extent = { sequence: 0, isCaughtUp: false };
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

  /** What goes on disk. */
  get document(): Pick<Checkpoint, 'settled' | 'generations'> {
    return { settled: this.#settled, generations: this.#generations };
  }

  /** How far that document goes in this life. */
  get extent(): Extent {
    return this.#extent;
  }

  /** A file was begun: events wait until that is on disk. */
  begun(file: FilePosition): void {
    const others = this.#generations.filter(({ generation }) => generation !== file.generation);
    this.#generations = [...others, file];
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
      const extent = { sequence: this.#outbox.lastNumber, isCaughtUp: this.#hooks.isCaughtUp() };
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
  const { core } = value;
  const parts = ['sensors', 'selections', 'rf', 'unmapped', 'health'] as const;
  if (!parts.every((part) => isObject(core[part])) || typeof core['lineAt'] !== 'number') return false;
  return isFiles(value['log']['files']) && typeof value['logPath'] === 'string';
}

function isFiles(value: unknown): value is readonly FilePosition[] {
  return (
    Array.isArray(value) &&
    value.every(
      (file) =>
        isObject(file) &&
        typeof file['generation'] === 'string' &&
        typeof file['mark'] === 'string' &&
        ['device', 'inode', 'offset', 'endSeenAt'].every((key) => Number.isFinite(file[key])),
    )
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
  return {
    checkpoint: {
      version: CHECKPOINT_VERSION,
      settled: part<Captured | null>('settled', isCaptured, null),
      generations: part('generations', isFiles, []),
      security: stored['security'],
      retained: part('retained', isTexts, []),
      discovery: stored['discovery'],
    },
    damaged,
  };
}
