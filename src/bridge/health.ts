/**
 * What the log tells of heyu's own health: counters, and troubles that last until something shows that they
 * are over. A trouble is reported once when it begins and once when it ends.
 */

import type { Message } from '../heyu/messages.js';
import type { Heartbeats } from './heartbeats.js';

/** Counted since the state directory was new. */
export type Counters = {
  lines: number;
  unrecognised: number;
  unstamped: number;
  noise: number;
  orphans: number;
  copies: number;
  /** Addresses that were none of X10 (heyu/spool); one that is repeated while it waits counts once. */
  outOfStep: number;
  expiredAddresses: number;
  stampMismatches: number;
  engineStarts: number;
  powerFailures: number;
  lockups: number;
  rfFloods: number;
  rfJammings: number;
  unknownTransmissions: number;
  unknownValues: number;
  /** Motion that was reported as missed, and motion too old to be reported at all. */
  missed: number;
  expired: number;
  motions: number;
  alerts: number;
  /** Motions that ended without the sensor's Off. */
  missedOffs: number;
};

/** A trouble that lasts. */
export type Trouble =
  | 'spool_out_of_step'
  | 'rf_flood'
  | 'rf_jamming'
  | 'interface_lockup'
  | 'interface_garbage'
  | 'clock_mismatch'
  | 'old_heyu'
  | 'heartbeats_missing';

/** Health as remembered over restarts. */
export type Health = {
  counters: Counters;
  /** Troubles and since when (epoch ms). */
  troubles: Partial<Record<Trouble, number>>;
  /** Signs of life; undefined before the first. Not in documents of earlier versions. */
  heartbeats?: Heartbeats;
};

/** Nothing has happened yet. */
export function newHealth(): Health {
  return {
    counters: {
      lines: 0,
      unrecognised: 0,
      unstamped: 0,
      noise: 0,
      orphans: 0,
      copies: 0,
      outOfStep: 0,
      expiredAddresses: 0,
      stampMismatches: 0,
      engineStarts: 0,
      powerFailures: 0,
      lockups: 0,
      rfFloods: 0,
      rfJammings: 0,
      unknownTransmissions: 0,
      unknownValues: 0,
      missed: 0,
      expired: 0,
      motions: 0,
      alerts: 0,
      missedOffs: 0,
    },
    troubles: {},
  };
}

/** What was remembered; counters that are newer than it begin at 0. */
export function rememberedHealth(health: Health | undefined): Health {
  const fresh = newHealth();
  return health === undefined ? fresh : { ...health, counters: { ...fresh.counters, ...health.counters } };
}

/** Each trouble in words for people. */
export const TROUBLES: Readonly<Record<Trouble, string>> = {
  rf_flood: 'the RF receiver is flooded',
  rf_jamming: 'the RF receiver is being jammed',
  interface_lockup: 'the power line interface is locked up',
  interface_garbage: 'garbage comes from the power line interface',
  clock_mismatch: 'the stamps of the heyu log do not fit the clock: check heyu.timezone and heyu.date_format',
  spool_out_of_step:
    'heyu was out of step with its spool file, and what it wrote then is no X10: if it comes again, heyu stop; heyu start',
  old_heyu: 'heyu is older than 2.5, and its lines are not understood: update heyu',
  heartbeats_missing:
    'no sensor gives a sign of life any more: heyu or its receiver may hang (heyu stop; heyu start)',
};

/** Begins or ends a trouble, and tells of it when that is news. */
export function setTrouble(
  {
    health: { troubles },
    output,
  }: {
    readonly health: Health;
    readonly output: { readonly trouble: (trouble: Trouble, begins: boolean) => void };
  },
  what: 'begins' | 'ends',
  trouble: Trouble,
  at: number,
): void {
  const begins = what === 'begins';
  if ((troubles[trouble] !== undefined) === begins) return;
  if (begins) troubles[trouble] = at;
  else Reflect.deleteProperty(troubles, trouble);
  output.trouble(trouble, begins);
}

/** Which trouble a message begins or ends. */
export const TROUBLE_OF: Partial<Record<Message, readonly ['begins' | 'ends', Trouble]>> = {
  rf_flood: ['begins', 'rf_flood'],
  rf_flood_over: ['ends', 'rf_flood'],
  rf_jamming: ['begins', 'rf_jamming'],
  rf_jamming_over: ['ends', 'rf_jamming'],
  interface_lockup: ['begins', 'interface_lockup'],
  interface_silent: ['begins', 'interface_lockup'],
};

/** Counts a message of heyu. */
export function countMessage(counters: Counters, message: Message): void {
  switch (message) {
    case 'engine_started':
      counters.engineStarts += 1;
      break;
    case 'power_failure':
      counters.powerFailures += 1;
      break;
    case 'interface_lockup':
    case 'interface_silent':
      counters.lockups += 1;
      break;
    case 'rf_flood':
      counters.rfFloods += 1;
      break;
    case 'rf_jamming':
      counters.rfJammings += 1;
      break;
    case 'unknown_transmission':
      counters.unknownTransmissions += 1;
      break;
    case 'unknown_value':
      counters.unknownValues += 1;
      break;
    default:
  }
}
