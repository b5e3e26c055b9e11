/**
 * How far the log has been dealt with: which moment counts after a crash, what has to be on disk before an event
 * may go out, and which alerts are still on their way (docs/design.md, "The log is the queue").
 */

import type { FilePosition, LogPosition } from '../ports.js';
import type { Outbox } from '../mqtt/outbox.js';
import type { Outgoing } from '../mqtt/outgoing.js';
import { delivered } from '../security/security.js';
import { alertsOf } from '../security/stored.js';
import type { Bridge } from '../bridge/bridge.js';
import { begunSince, settling, type Captured, type Checkpoint, type Extent } from './checkpoint.js';
import { memoryOf } from '../bridge/core.js';

/** The progress of a service. */
export type Progress = {
  /** Something has happened that the moment captured last does not know. */
  readonly changed: () => void;
  /** There is something to be captured. */
  readonly isChanged: () => boolean;
  /** A file was begun: events wait until its generation is on disk, because it is part of their ids. */
  readonly begun: (file: FilePosition) => void;
  /** The message with what it has to wait for. */
  readonly held: (message: Outgoing) => Outgoing;
  /** Everything up to this number is on disk. */
  readonly saved: (number: number) => void;
  /** This alert was just put into the outbox. */
  readonly alerted: (id: string) => void;
  /** Captures this moment, or later while an earlier one is still waited for. */
  readonly capture: () => void;
  /** Captures the place where reading begins at the first start of all, before anything is read. */
  readonly captureFirst: () => void;
  /** Something in the outbox was settled. */
  readonly check: () => void;
  /** What goes on disk. */
  readonly document: () => Pick<Checkpoint, 'settled' | 'generations'>;
  /** How far that document goes in this life. */
  readonly extent: () => Extent;
};

/** What progress is made of. `save` asks for a write and gives its number. */
export type ProgressParts = {
  readonly outbox: Outbox;
  readonly lastSequence: () => number;
  readonly position: () => LogPosition;
  readonly logPath: () => string;
  readonly bridge: () => Bridge;
  readonly save: () => number;
};

/** Goes on from what was stored. */
export function progress(stored: Checkpoint, parts: ProgressParts): Progress {
  const { outbox, lastSequence, position, logPath, bridge, save } = parts;
  const log = settling(stored.settled);
  let { generations } = stored;
  /** The save that a generation waits for; 0 = none. */
  let gate = 0;
  let isChanged = false;
  /** Alerts on their way, with their numbers in the outbox. */
  const alerts: { readonly id: string; readonly sequence: number }[] = [];

  const thisMoment = (): Captured => {
    const { core, security } = bridge();
    return {
      log: position(),
      logPath: logPath(),
      core: structuredClone(memoryOf(core)),
      alerts: alertsOf(security),
    };
  };

  const thisExtent = (): Extent => ({ sequence: lastSequence(), isCaughtUp: !bridge().isBehind });

  /** Alerts that the broker has need not be remembered any more. */
  const checkAlerts = (): void => {
    const waiting = alerts.findIndex(({ sequence }) => !outbox.isSettledUpTo(sequence));
    const settled = alerts.splice(0, waiting < 0 ? alerts.length : waiting);
    for (const { id } of settled) delivered(bridge().security, id);
    if (settled.length > 0) save();
  };

  const check = (): void => {
    checkAlerts();
    if (!log.advance((sequence) => outbox.isSettledUpTo(sequence))) return;
    const settled = log.settled();
    if (settled !== null) generations = begunSince(generations, settled.log);
    save();
  };

  return {
    changed: () => {
      isChanged = true;
    },
    isChanged: () => isChanged,
    begun: (file) => {
      generations = [...generations.filter(({ generation }) => generation !== file.generation), file];
      gate = save();
    },
    held: (message) =>
      message.kind === 'event' && gate > (message.afterSave ?? 0) ? { ...message, afterSave: gate } : message,
    saved: (number) => {
      if (number >= gate) gate = 0;
    },
    alerted: (id) => void alerts.push({ id, sequence: lastSequence() }),
    capture: () => {
      check();
      if (isChanged) isChanged = !log.offer(thisMoment, thisExtent());
      check();
    },
    captureFirst: () => {
      if (log.settled() !== null || bridge().core.health.counters.lines > 0) return;
      log.begin(thisMoment());
      save();
    },
    check,
    document: () => ({ settled: log.settled(), generations }),
    extent: log.extent,
  };
}
