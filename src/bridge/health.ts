/**
 * The health of heyu as its log shows it: counters, signs of life, and troubles that last until something shows that
 * they are over. A trouble is reported once when it begins and once when it ends.
 */

import { DAY, HOUR, MINUTE } from '../common/duration.js';
import type { Message } from '../heyu/messages.js';
import type { Sensor } from '../sensor/heard.js';
import type { SensorSettings } from '../sensor/settings.js';

const NO_COUNTS = {
  lines: 0,
  unrecognised: 0,
  unstamped: 0,
  noise: 0,
  orphans: 0,
  copies: 0,
  /** Addresses that were none of X10 (heyu/selection); one that is repeated while it waits counts once. */
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
  /** Signals of senders without an alias. */
  unmapped: 0,
  /** Motion that was reported as missed, and motion too old to be reported at all. */
  missed: 0,
  expired: 0,
  motions: 0,
  alerts: 0,
  /** Motions that ended without the sensor's Off. */
  missedOffs: 0,
};

/** Counted since the state directory was new. */
export type Counters = typeof NO_COUNTS;

/** Each trouble that lasts, in words for people. */
export const TROUBLES = {
  rf_flood: 'the RF receiver is flooded',
  rf_jamming: 'the RF receiver is being jammed',
  interface_lockup: 'the power line interface is locked up',
  interface_garbage: 'garbage comes from the power line interface',
  clock_mismatch: 'the stamps of the heyu log do not fit the clock: check heyu.timezone and heyu.date_format',
  spool_out_of_step:
    'heyu was out of step with its spool file, and its lines of that time are not X10: if this happens again, heyu stop; heyu start',
  old_heyu: 'heyu is older than 2.5, and its lines are not understood: update heyu',
  heartbeats_missing:
    'no sensor gives a sign of life any more: heyu or its receiver may hang (heyu stop; heyu start)',
} as const;

/** A trouble that lasts. */
export type Trouble = keyof typeof TROUBLES;

/** Health as remembered over restarts. */
export type Health = {
  counters: Counters;
  /** Troubles and since when (epoch ms). */
  troubles: Partial<Record<Trouble, number>>;
  /** Signs of life; undefined before the first. Not in documents of earlier versions. */
  heartbeats?: Heartbeats;
};

/** What was remembered; counters that are newer than it begin at 0. Without memory nothing has happened yet. */
export function rememberedHealth(health?: Health): Health {
  return { troubles: {}, ...health, counters: { ...NO_COUNTS, ...health?.counters } };
}

/** The health of a heyu, what is known of its interface since the start, and where changes are reported. */
export type Watched = {
  readonly health: Health;
  /** Unknown values from the interface since it last spoke X10: how many, the first and the last (epoch ms). */
  readonly garbage: { count: number; since: number; at: number };
  /** When the interface last reported a power failure, epoch ms. */
  powerFailedAt: number;
  readonly sinks: { readonly trouble: (trouble: Trouble, begins: boolean) => void };
};

/** Begins or ends a trouble, and reports a change. */
export function setTrouble(
  { health: { troubles }, sinks }: Pick<Watched, 'health' | 'sinks'>,
  what: 'begins' | 'ends',
  trouble: Trouble,
  at: number,
): void {
  const begins = what === 'begins';
  if ((troubles[trouble] !== undefined) === begins) return;
  if (begins) troubles[trouble] = at;
  else Reflect.deleteProperty(troubles, trouble);
  sinks.trouble(trouble, begins);
}

/** What a message of heyu counts as, and which trouble it begins or ends. */
const MESSAGES: Partial<
  Record<Message, { readonly count?: keyof Counters; readonly begins?: Trouble; readonly ends?: Trouble }>
> = {
  engine_started: { count: 'engineStarts' },
  power_failure: { count: 'powerFailures' },
  interface_lockup: { count: 'lockups', begins: 'interface_lockup' },
  interface_silent: { count: 'lockups', begins: 'interface_lockup' },
  rf_flood: { count: 'rfFloods', begins: 'rf_flood' },
  rf_flood_over: { ends: 'rf_flood' },
  rf_jamming: { count: 'rfJammings', begins: 'rf_jamming' },
  rf_jamming_over: { ends: 'rf_jamming' },
  unknown_transmission: { count: 'unknownTransmissions' },
  unknown_value: { count: 'unknownValues' },
};

/** RF that is heard so long after a flood or jamming began, and no end was told: it is over. */
const RF_WORKS_AFTER_MS = MINUTE;

/** The interface reports one power failure once a second until its clock is set. */
const SAME_FAILURE_MS = MINUTE;

/**
 * So many unknown values in a row are a trouble if they come for longer than `GARBAGE_MS`: heyu that was started
 * without a terminal writes 59 at once when it is stopped. After a pause of `GARBAGE_OVER_MS` they are counted again.
 */
const MUCH_GARBAGE = 20;
const GARBAGE_MS = MINUTE;
const GARBAGE_OVER_MS = HOUR;

/** The power line interface speaks X10 (again). */
export function interfaceWorks(watched: Watched, at: number): void {
  const { garbage, health } = watched;
  const { interface_lockup: lockedUpAt, interface_garbage: garbageAt } = health.troubles;
  if (garbage.count === 0 && lockedUpAt === undefined && garbageAt === undefined) return;
  garbage.count = 0;
  setTrouble(watched, 'ends', 'interface_lockup', at);
  setTrouble(watched, 'ends', 'interface_garbage', at);
}

/** The interface wrote what heyu does not know. */
function garbageHeard(watched: Watched, at: number): void {
  const { garbage } = watched;
  if (garbage.count === 0 || at - garbage.at > GARBAGE_OVER_MS) {
    garbage.count = 0;
    garbage.since = at;
  }
  garbage.count += 1;
  garbage.at = at;
  if (garbage.count >= MUCH_GARBAGE && at - garbage.since >= GARBAGE_MS)
    setTrouble(watched, 'begins', 'interface_garbage', at);
}

/** RF is heard: a flood or jamming of which heyu told no end is over, and garbage that has not come for long. */
export function receiverWorks(watched: Watched, at: number): void {
  const { rf_flood: floodAt, rf_jamming: jammingAt, interface_garbage: garbageAt } = watched.health.troubles;
  if (garbageAt !== undefined && at - Math.max(garbageAt, watched.garbage.at) > GARBAGE_OVER_MS)
    setTrouble(watched, 'ends', 'interface_garbage', at);
  if (floodAt !== undefined && at - floodAt > RF_WORKS_AFTER_MS) setTrouble(watched, 'ends', 'rf_flood', at);
  if (jammingAt !== undefined && at - jammingAt > RF_WORKS_AFTER_MS)
    setTrouble(watched, 'ends', 'rf_jamming', at);
}

/** Counts a message of heyu, and takes what it says of heyu's interface and receiver. */
export function noteMessage(watched: Watched, message: Message, at: number): void {
  const { counters } = watched.health;
  const isSameFailure = message === 'power_failure' && at - watched.powerFailedAt < SAME_FAILURE_MS;
  if (message === 'power_failure') watched.powerFailedAt = at;
  const { count, begins, ends } = MESSAGES[message] ?? {};
  if (count !== undefined && !isSameFailure) counters[count] += 1;
  if (begins !== undefined) setTrouble(watched, 'begins', begins, at);
  if (ends !== undefined) setTrouble(watched, 'ends', ends, at);
  if (message === 'unknown_value') garbageHeard(watched, at);
  if (message !== 'engine_started') return;
  setTrouble(watched, 'ends', 'heartbeats_missing', at);
  interfaceWorks(watched, at);
  setTrouble(watched, 'ends', 'rf_flood', at);
  setTrouble(watched, 'ends', 'rf_jamming', at);
}

/**
 * Signs of life of sensors that are heard of themselves, also in an empty house. When all of them fall silent
 * at once, the engine, the relay or the receiver of heyu hangs: none of them says so itself.
 * Plain data: it goes into the checkpoint. Instants are epoch ms.
 */
export type Heartbeats = {
  /** The first one. */
  since: number;
  /** The last one, or a later interruption. */
  at: number;
  /** The sensors could not be heard since the last one: the pause says nothing about them. */
  isInterrupted: boolean;
  /** The longest pause between two of them, ms, by the day on which it ended (days since 1970). */
  gaps: Record<string, number>;
};

/** So much of the log has to be known, and so much of it counts. */
const KNOWN_DAYS = 14;

/** Fewer sensors say nothing of heyu: their batteries may be empty. */
const FEWEST = 3;

/** Silence that is shorter is never too long. */
export const SHORTEST_LIMIT_MS = 15 * MINUTE;

/** It is heard at least every few hours, also in an empty house, and its silence is watched. */
export function hasHeartbeat({ model, silentMs, ignore }: SensorSettings): boolean {
  return model.silentMs > 0 && silentMs > 0 && !ignore;
}

/** The signs of life with one more, at this instant. */
export function withHeartbeat(known: Heartbeats | undefined, at: number): Heartbeats {
  if (known === undefined) return { since: at, at, isInterrupted: false, gaps: {} };
  if (at <= known.at) return known;
  if (!known.isInterrupted) {
    const day = Math.floor(at / DAY);
    known.gaps[day] = Math.max(known.gaps[day] ?? 0, at - known.at);
    for (const past of Object.keys(known.gaps))
      if (Number(past) < day - KNOWN_DAYS) Reflect.deleteProperty(known.gaps, past);
  }
  known.at = at;
  known.isInterrupted = false;
  return known;
}

/** heyu was started, or this machine woke up: that nothing was heard before says nothing of the sensors. */
export function interrupt(known: Heartbeats | undefined, at: number): void {
  if (known === undefined || at < known.at) return;
  known.at = at;
  known.isInterrupted = true;
}

/**
 * From when on (epoch ms) the silence is too long: after twice the longest pause of the last 14 days, at least 15 min.
 * Undefined before 14 days are known, and where fewer than three sensors were heard in them.
 */
export function silentFrom(known: Heartbeats | undefined, sensors: readonly Sensor[]): number | undefined {
  if (known === undefined || known.at - known.since < KNOWN_DAYS * DAY) return undefined;
  const { at, gaps } = known;
  const heard = sensors.filter(
    ({ settings, state }) => hasHeartbeat(settings) && state.seenAt > at - KNOWN_DAYS * DAY,
  );
  const longestMs = Math.max(...Object.values(gaps));
  if (heard.length < FEWEST || longestMs < 0) return undefined;
  return at + Math.max(2 * longestMs, SHORTEST_LIMIT_MS);
}
