/**
 * What happened, from heyu's log: for each sensor when its channels were ON and each signal that was heard, and where
 * the log has gaps. Arrays of numbers, because a year has a million of them and they go from one process to another.
 * Instants are epoch ms.
 */

import type { Counters } from '../bridge/health.js';
import type { VerdictKind } from '../security/security.js';
import type { Channel } from '../sensor/types.js';

/**
 * When a channel was ON, in the order of time; `to` is Infinity where it still is. Of the motion channel each `from` is
 * the start of a motion, with the event `motion`.
 */
export type Intervals = { readonly from: Float64Array; readonly to: Float64Array };

/** Signals in the order of time; `kind` is an index into `History.kinds`. */
export type Signals = { readonly at: Float64Array; readonly kind: Uint16Array };

/** What a signal said and what came of it. */
export type SignalKind = {
  /** heyu's tag: `rcvi`, `rcva`, `sndc` ... */
  readonly source: string;
  /** Of the unit; of a transmitter without one its id. */
  readonly address: string;
  /** The function with its flags: `on`, `Alert swMin LoBat`. */
  readonly says: string;
  /** Why nothing came of it, in words; null = something did. */
  readonly kept: string | null;
  /** It turned what the sensor is for ON: it began a motion, or opened a door. */
  readonly begins: boolean;
  /** The last verdict over it against its zone, and its reason; null without one. */
  readonly verdict: VerdictKind | null;
  readonly reason: string | null;
};

/** What is known of one sensor. */
export type SensorHistory = {
  readonly alias: string;
  /** Of the channels that are ON or OFF those that ever were ON. */
  readonly channels: Readonly<Partial<Record<Channel, Intervals>>>;
  /** Empty where signals were not asked for. */
  readonly signals: Signals;
};

/** A sender that no alias covers: an address, or what heyu calls a transmitter that it does not map. */
export type SenderHistory = {
  readonly sender: string;
  /** heyu's own alias of it. */
  readonly label: string | null;
  readonly signals: Signals;
};

/** Why nothing is known of a time. */
export type GapReason =
  /** The log begins later, or ends earlier. */
  | 'no_log'
  /** heyu was started at its end; the time of its stop is not recorded. */
  | 'heyu_started'
  /** Nothing was written for longer than `heyu.quiet_after`. */
  | 'quiet'
  /** heyu said that radio or interface did not work. */
  | 'rf_flood'
  | 'rf_jamming'
  | 'interface_lockup'
  /** By the journal: lines were lost, the log could not be read. */
  | 'lines_lost'
  | 'log_unreadable'
  | 'log_missing'
  | 'heartbeats_missing';

/** A time of which it is not known what happened. `to` is Infinity where it is not over. */
export type Gap = { readonly from: number; readonly to: number; readonly reason: GapReason };

/** An alert that the core raises when the log is read again. */
export type ReplayedAlert = {
  /** When it is raised, and when the signal was. */
  readonly at: number;
  readonly signalAt: number;
  readonly zone: string | null;
  readonly alias: string;
  readonly reason: string;
};

/** What a log shows for a span of time. */
export type History = {
  readonly from: number;
  readonly until: number;
  /** In the order of the configuration; those that are ignored, too. */
  readonly sensors: readonly SensorHistory[];
  readonly senders: readonly SenderHistory[];
  readonly kinds: readonly SignalKind[];
  /** In the order of time. */
  readonly gaps: readonly Gap[];
  readonly alerts: readonly ReplayedAlert[];
  /** Lines that were read, those of before `from` among them. */
  readonly lines: number;
  /** Of all lines that were read. */
  readonly counters: Counters;
};

/** The index of the first element that is at least `value`; the length where none is. */
export function firstFrom(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
