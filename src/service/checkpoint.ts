/**
 * The document on disk. It says how far the log has been dealt with, and what was known at that very line. The
 * log is the queue: after a crash everything from there on is read again and gives the same ids.
 *
 * Position and memory belong together, so they are captured at one moment and only count once everything that
 * was put into the outbox before it is settled (acknowledged, superseded or expired).
 */

import { isObject } from '../common/json.js';
import type { FilePosition, LogPosition } from '../ports.js';
import type { StoredAlerts } from '../security/stored.js';
import type { CoreMemory } from '../bridge/core.js';

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
  /** What Home Assistant was told (homeassistant/remembered). */
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

type Candidate = { readonly captured: Captured; readonly extent: Extent };

/** Finds the moments that count. */
export type Settling = {
  /**
   * Captures this moment, if none is being waited for; false otherwise: offer a later one then.
   */
  readonly offer: (capture: () => Captured, extent: Extent) => boolean;
  /** Begins at this moment: nothing has been read before it, so that there is nothing to wait for. */
  readonly begin: (captured: Captured) => void;
  /** Whether a newer moment counts now; asks the outbox. */
  readonly advance: (isSettledUpTo: (sequence: number) => boolean) => boolean;
  /** The last moment that counts. */
  readonly settled: () => Captured | null;
  /** How far that goes; nothing in this life as long as the moment is one that was stored. */
  readonly extent: () => Extent;
};

/** Begins with what was stored. */
export function settling(stored: Captured | null): Settling {
  let settled = stored;
  let extent: Extent = { sequence: 0, isCaughtUp: false };
  let candidate: Candidate | undefined;
  return {
    offer: (capture, offered) => {
      if (candidate !== undefined) return false;
      candidate = { captured: capture(), extent: offered };
      return true;
    },
    begin: (captured) => {
      settled ??= captured;
    },
    advance: (isSettledUpTo) => {
      if (candidate === undefined || !isSettledUpTo(candidate.extent.sequence)) return false;
      settled = candidate.captured;
      ({ extent } = candidate);
      candidate = undefined;
      return true;
    },
    settled: () => settled,
    extent: () => extent,
  };
}

/**
 * The generations that have to be remembered beside a settled moment: those begun after its newest file. What is
 * older is either in it or dealt with.
 */
export function begunSince(
  generations: readonly FilePosition[],
  settled: LogPosition,
): readonly FilePosition[] {
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
