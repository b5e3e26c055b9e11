/**
 * What the bridge knows and remembers, in one object, and the steps that depend only on time. No clock, no I/O: a test
 * or `explain` replays a day in microseconds with the code of the service.
 */

import { MINUTE } from '../common/duration.js';
import type { Message } from '../heyu/messages.js';
import { forgetAddressed, lineReader, type LineReader, type ReaderMemory } from '../heyu/reader.js';
import { shiftSelections } from '../heyu/selection.js';
import type { SecurityFlag } from '../heyu/signal.js';
import type { Source } from '../heyu/sources.js';
import type { Outgoing } from '../mqtt/outbox.js';
import type { Now } from '../ports.js';
import type { Security, SecurityEffect, ZoneAttributes } from '../security/security.js';
import {
  newSensorState,
  newTally,
  type Sensor,
  type SensorEffect,
  type SensorState,
} from '../sensor/heard.js';
import { hideMotion } from '../sensor/motion.js';
import { deadlineOf, expire } from '../sensor/sensor.js';
import type { SensorSettings } from '../sensor/settings.js';
import type { CoreSettings } from '../core-settings.js';
import { ADDRESS_COUNT, indexOf, unitsOf, type Address, type HouseCode } from '../x10/address.js';
import { responseOf } from '../x10/response.js';
import {
  interrupt,
  rememberedHealth,
  setTrouble,
  SHORTEST_LIMIT_MS,
  silentFrom,
  type Health,
  type Trouble,
  type Watched,
} from './health.js';

/** A unit that was heard, by whom, and our map's alias or heyu's own. */
type HeardUnit = { readonly address: Address; readonly source: Source; readonly alias: string | null };

/** A function of a whole house code, or one that names no unit. In lower case. */
type HeardHouse = { readonly house: HouseCode; readonly function: string; readonly source: Source };

/**
 * What the bridge finds in a line and makes of it: the trace that `explain` prints, the demo shows and the service
 * writes at level debug. Instants are epoch ms. `function`, `flags` and `args` are as heyu writes them, if nothing else
 * is said.
 */
export type Finding =
  /** A unit was addressed and waits for its function, or was heard no more. */
  | ({ readonly kind: 'address' | 'inactive' } & HeardUnit)
  /** A function reached a unit. `function` in lower case. */
  | ({ readonly kind: 'unit'; readonly function: string; readonly note?: string } & HeardUnit)
  | ({ readonly kind: 'house'; readonly args: string } & HeardHouse)
  /** On or Off with nothing addressed. */
  | ({ readonly kind: 'orphan' } & HeardHouse)
  | { readonly kind: 'preset'; readonly level: number; readonly source: Source }
  /** An extended code or virtual function, or a measured value. */
  | ({ readonly kind: 'extended' | 'reading'; readonly function: string; readonly args: string } & HeardUnit)
  /** Security RF. */
  | ({
      readonly kind: 'security';
      readonly function: string;
      readonly flags: readonly SecurityFlag[];
    } & HeardUnit)
  /** RF of a transmitter that heyu does not map. */
  | { readonly kind: 'unmapped'; readonly type: string; readonly id: string; readonly args: string }
  | { readonly kind: 'message'; readonly message: Message; readonly text: string }
  | { readonly kind: 'noise'; readonly text: string }
  | { readonly kind: 'unrecognised'; readonly text: string; readonly reason: string }
  /** A retained channel of a sensor has a new value. */
  | {
      readonly kind: 'change';
      readonly alias: string;
      readonly channel: string;
      readonly value: string;
      readonly reason: string;
      readonly changedAt: number;
    }
  /** Nothing is published for a sensor, and why. */
  | { readonly kind: 'kept'; readonly alias: string | null; readonly reason: string }
  /** The security state of a zone was asked. */
  | Judged
  /** A message for the broker. */
  | { readonly kind: 'publish'; readonly topic: string; readonly payload: string; readonly retain: boolean };

/** The security state of a zone was asked, and what came of it. */
export type Judged = Extract<SecurityEffect, { readonly kind: 'judged' }>;

/** What an alert says of its zone and its sensor, for people and for programs. */
export type AlertBody = Readonly<Record<string, string | number | boolean | null>>;

/** What the bridge needs from its caller. */
export type BridgeSinks = {
  /** Takes a message; missing where they are not wanted (to measure the bridge). */
  readonly put?: (message: Outgoing) => void;
  readonly subscribe: (topics: readonly string[]) => void;
  readonly unsubscribe: (topics: readonly string[]) => void;
  /** The security part's memory should be on disk; returns the number under which `put` may wait for it. */
  readonly persist: () => number;
  /** Something that the owner should read in the log. */
  readonly note: (level: 'debug' | 'info' | 'warn', fields: object, message: string) => void;
  readonly trouble: (trouble: Trouble, begins: boolean) => void;
  /** Whether the broker has taken the event of this id in an earlier life. */
  readonly isDelivered?: (id: string) => boolean;
  /** How long ago an instant is, ms; missing: as the wall clock has it. */
  readonly ageMs?: (at: number, now: number) => number;
  /** A code is to be checked (security/security, `check_code`). */
  readonly checkCode?: (asked: Extract<SecurityEffect, { kind: 'check_code' }>) => void;
  /** An alert was just put: it has to be told when it is settled (security/security, `undelivered`). */
  readonly alerted?: (id: string) => void;
  /** An alert, or that a guard is blind, which was not reported before: as `last_alert` has it. */
  readonly raised?: (alert: AlertBody) => void;
  /** How a zone stands and why, when something of it is new. */
  readonly zoneStands?: (zone: string, attributes: ZoneAttributes) => void;
  /** A signal was judged. */
  readonly judged?: (judged: Judged) => void;
  /** The trace, only while someone looks at it: it costs time. */
  readonly find?: ((finding: Finding) => void) | undefined;
};

/** What was heard that no alias covers: one address ("A7"), or a security id that heyu does not map ("Sec 0x22"). */
type UnmappedEntry = {
  /** heyu's own alias, null when it has none. */
  label: string | null;
  count: number;
  /** First and last time, epoch ms. */
  first: number;
  last: number;
  /** The last function. */
  function: string;
  source: string;
};

/** By address or id, ready to be adopted. Plain data: it goes into the checkpoint. */
export type Unmapped = Record<string, UnmappedEntry>;

/** What the bridge remembers of the log over restarts. Plain JSON. */
export type CoreMemory = ReaderMemory & {
  /** By the sensor's id, which outlives renames and changes of address. */
  readonly sensors: Readonly<Record<string, SensorState>>;
  /** Last RF On and Off by address: [on, off], epoch ms. */
  readonly rf: Readonly<Record<number, readonly [number, number]>>;
  readonly unmapped: Unmapped;
  readonly health: Health;
  /** Instant of the last line. */
  readonly lineAt: number;
};

/** log2 of how many sensors are in a group. */
const GROUP_BITS = 5;

/**
 * When each sensor wants to be looked after: the ends of hold times and of silences. A sensor that is heard moves its
 * deadline on and on, so that is written down and nothing is sorted; the sensors stand in groups, of which only those
 * are searched in which one may be due. Instants are epoch ms.
 */
export class Deadlines {
  /** Each stands at the place of its number. */
  readonly #sensors: readonly Sensor[];
  /** The deadline of each sensor; Infinity = none. */
  readonly #at: Float64Array;
  /** No sensor of a group has an earlier one. */
  readonly #earliest: Float64Array;

  /** Of these sensors, of which none has a deadline. */
  constructor(sensors: readonly Sensor[]) {
    this.#sensors = sensors;
    this.#at = new Float64Array(sensors.length).fill(Infinity);
    this.#earliest = new Float64Array(1 + (sensors.length >> GROUP_BITS)).fill(Infinity);
  }

  /** The sensor is due at `at`; this replaces its last time. */
  set({ number }: Sensor, at: number): void {
    const group = number >> GROUP_BITS;
    this.#at[number] = at;
    if (at < (this.#earliest[group] ?? Infinity)) this.#earliest[group] = at;
  }

  /** Every sensor is looked after at the next opportunity. */
  setAll(): void {
    this.#at.fill(-Infinity);
    this.#earliest.fill(-Infinity);
  }

  /**
   * Looks after the sensors that wanted it up to `until`, in their order. What they wanted is forgotten before: they may
   * want something new. Returns an instant behind `until` before which nothing is due; Infinity when nothing ever is.
   */
  lookAfter(until: number, look: (sensor: Sensor) => void): number {
    const earliest = this.#earliest;
    let first = Infinity;
    for (let group = 0; group < earliest.length; group += 1) {
      let at = earliest[group] ?? Infinity;
      if (at <= until) {
        at = this.#lookAfterGroup(group, until, look);
        earliest[group] = at;
      }
      if (at < first) first = at;
    }
    return first;
  }

  /** Returns the earliest deadline of the group then. */
  #lookAfterGroup(group: number, until: number, look: (sensor: Sensor) => void): number {
    const deadlines = this.#at;
    const end = Math.min(deadlines.length, (group + 1) << GROUP_BITS);
    let first = Infinity;
    for (let number = group << GROUP_BITS; number < end; number += 1) {
      if ((deadlines[number] ?? Infinity) <= until) {
        deadlines[number] = Infinity;
        const sensor = this.#sensors[number];
        if (sensor !== undefined) look(sensor);
      }
      first = Math.min(first, deadlines[number] ?? Infinity);
    }
    return first;
  }
}

/** The log's side of the bridge: made from settings and memory, and made again for new settings. */
export type Core = Watched & {
  readonly settings: CoreSettings;
  readonly reader: LineReader;
  readonly sensors: readonly Sensor[];
  /** By address; undefined where no alias is. */
  readonly byUnit: readonly (Sensor | undefined)[];
  /** By the address that says dark and light. */
  readonly byDusk: readonly (Sensor | undefined)[];
  /** Modules of which only one of a group is on, by address. */
  readonly exclusive: readonly Sensor[];
  readonly rf: Record<number, [number, number]>;
  readonly unmapped: Unmapped;
  /** Instant of the last line, epoch ms. */
  lineAt: number;
  readonly deadlines: Deadlines;
  /** The earliest of them, epoch ms; Infinity when there is none. */
  wakeAt: number;
  /** Addresses and ids that were heard without an alias have changed since the shell last asked. */
  unmappedChanged: boolean;
  /** Stamps in a row that did not fit. */
  mismatchesInARow: number;
  /** When this core was made, epoch ms. */
  startedAt: number;
  readonly sinks: BridgeSinks;
};

/** What the parts of the bridge want done: `act` (bridge/messages) does it. */
export type Effect =
  | SensorEffect
  | SecurityEffect
  /** The sensor gave a sign of life at this instant. */
  | { readonly kind: 'seen'; readonly sensor: Sensor; readonly at: number };

/** The bridge's state: one object, changed in place by the functions of this folder. */
export type Bridge = {
  /** Sensors and what the log says. */
  core: Core;
  readonly security: Security;
  readonly sinks: BridgeSinks;
  readonly emit: (effect: Effect) => void;
  readonly alarm: Sensor['alarm'];
  /** The moment of the step in hand. */
  now: Now;
  /** Reading has not come to the end of the log since the start: no line is heard live. */
  isBehind: boolean;
  /**
   * By how much each clock since the end of the log was seen was ahead of that of now, ms, the last one first: the wall
   * clock was set back, and lines may have the stamps of before.
   */
  setBacks: readonly number[];
  /** The last number that `BridgeSinks.persist` gave. */
  saveNumber: number;
};

/** A core with what was remembered; without memory everything is new at `at`. */
export function createCore(
  settings: CoreSettings,
  memory: CoreMemory | undefined,
  at: number,
  { emit, alarm, sinks }: Pick<Bridge, 'emit' | 'alarm' | 'sinks'>,
): Core {
  const sensors = settings.sensors.map((sensor, number) => ({
    number,
    settings: sensor,
    state: memory?.sensors[sensor.id] ?? newSensorState(at),
    tally: newTally(),
    emit,
    alarm,
  }));
  const byAddress = (units: (sensor: SensorSettings) => readonly Address[]): (Sensor | undefined)[] => {
    const table = new Array<Sensor | undefined>(ADDRESS_COUNT).fill(undefined);
    for (const sensor of sensors) for (const unit of units(sensor.settings)) table[indexOf(unit)] = sensor;
    return table;
  };
  const byUnit = byAddress(unitsOf);
  const rf: Record<number, [number, number]> = {};
  for (const [unit, [on, off]] of Object.entries(memory?.rf ?? {})) rf[Number(unit)] = [on, off];
  const deadlines = new Deadlines(sensors);
  // the first `advance` finds those of what was remembered
  deadlines.setAll();
  return {
    settings,
    reader: lineReader(settings.stamp, settings.addressExpiryMs, memory),
    sensors,
    byUnit,
    byDusk: byAddress(({ dusk }) => (dusk === undefined ? [] : [dusk])),
    exclusive: byUnit.filter((sensor): sensor is Sensor => {
      const { model, type } = sensor?.settings ?? {};
      if (model === undefined || (type !== 'light' && type !== 'appliance')) return false;
      return responseOf(model, type === 'light').exclusive > 0;
    }),
    rf,
    unmapped: memory?.unmapped ?? {},
    health: rememberedHealth(memory?.health),
    lineAt: memory?.lineAt ?? 0,
    deadlines,
    wakeAt: -Infinity,
    unmappedChanged: true,
    mismatchesInARow: 0,
    garbage: { count: 0, since: 0, at: 0 },
    powerFailedAt: -Infinity,
    startedAt: at,
    sinks,
  };
}

/** What goes into the checkpoint. Shares its parts with the bridge: write it out before the next step. */
export function memoryOf(core: Core): CoreMemory {
  const sensors: Record<string, SensorState> = {};
  for (const { settings, state } of core.sensors) sensors[settings.id] = state;
  const { rf, unmapped, health, lineAt } = core;
  const { selections, otherSelections, spool } = core.reader;
  return { sensors, selections, otherSelections, spool, rf, unmapped, health, lineAt };
}

/** The sensor was heard, or looked after: it may have another deadline. */
export function noteDeadline(core: Core, sensor: Sensor): void {
  const at = deadlineOf(sensor);
  core.deadlines.set(sensor, at);
  if (at < core.wakeAt) core.wakeAt = at;
}

/**
 * Looks after every deadline up to `at`: ends of hold times, silences. Cheap while none is due. `isLive`: everything
 * that heyu has written until then was heard.
 */
export function advance(core: Core, at: number, isLive = false): void {
  if (at >= core.wakeAt) lookAfterSensors(core, at, isLive);
}

function lookAfterSensors(core: Core, at: number, isLive: boolean): void {
  const earliest = core.deadlines.lookAfter(at, (sensor) => {
    if (sensor.settings.ignore) return;
    expire(sensor, at);
    core.deadlines.set(sensor, deadlineOf(sensor));
  });
  core.wakeAt = Math.min(earliest, watchHeartbeats(core, at, isLive));
}

/** After a boot heyu may be started so much later than we are. */
const HEYU_STARTS_MS = 5 * MINUTE;

/** Reports that no sensor gives a sign of life any more; returns when that may be. What is long over is not reported. */
function watchHeartbeats(core: Core, at: number, isLive: boolean): number {
  const { health, sensors, settings } = core;
  const silentAt = settings.quietAfterMs === 0 ? undefined : silentFrom(health.heartbeats, sensors);
  const from = silentAt && Math.max(silentAt, core.startedAt + HEYU_STARTS_MS);
  if (from !== undefined && (from > at || !isLive)) return from;
  setTrouble(core, from === undefined ? 'ends' : 'begins', 'heartbeats_missing', from ?? at);
  return Infinity;
}

/** heyu was started, or this machine woke up: signs of life are missed from now on. */
export function interruptHeartbeats(core: Core, at: number): void {
  interrupt(core.health.heartbeats, at);
  core.wakeAt = Math.min(core.wakeAt, at + SHORTEST_LIMIT_MS);
}

/** Lines are missing: what was addressed before them means nothing any more, and a Clear may be among them. */
export function linesLost({ reader, sensors }: Core): void {
  forgetAddressed(reader);
  for (const { state } of sensors) state.motion.alertsSince = 0;
}

/**
 * The log cannot be read on for now, and time has come to `at`: motion that is over by what has been read is not
 * shown any more. What is still to be read decides what it really was.
 */
export function hideOverdue(core: Core, at: number): void {
  for (const sensor of core.sensors) {
    if (sensor.settings.type === 'motion' && !sensor.settings.ignore) hideMotion(sensor, at);
  }
}

/**
 * The wall clock was set by `byMs` against the time that really passed. Set back, every deadline moves with it:
 * otherwise motion would stay ON for as long as the clock was set back.
 */
export function shiftDeadlines(core: Core, byMs: number): void {
  const moved = (at: number): number => (at === 0 ? 0 : at + byMs);
  for (const { state } of core.sensors) {
    const { motion } = state;
    for (const key of ['since', 'until', 'endedAt', 'alertsSince'] as const) motion[key] = moved(motion[key]);
    for (const key of ['clearsAt', 'watchedSince', 'seenAt'] as const) state[key] = moved(state[key]);
    if (state.lowBatteryAt !== undefined) state.lowBatteryAt = moved(state.lowBatteryAt);
    if (motion.doubted !== undefined) motion.doubted = { ...motion.doubted, at: moved(motion.doubted.at) };
    for (const said of Object.values(state.said ?? {})) said.at = moved(said.at);
    if (state.pressed !== undefined) state.pressed.at = moved(state.pressed.at);
  }
  for (const times of Object.values(core.rf)) {
    times[0] = moved(times[0]);
    times[1] = moved(times[1]);
  }
  const { heartbeats } = core.health;
  if (heartbeats !== undefined) {
    heartbeats.since = moved(heartbeats.since);
    heartbeats.at = moved(heartbeats.at);
  }
  const { selections, otherSelections } = core.reader;
  for (const one of [selections, ...Object.values(otherSelections)]) shiftSelections(one, byMs);
  core.startedAt = moved(core.startedAt);
  core.lineAt = moved(core.lineAt);
  // instants have changed: the next `advance` asks every sensor for its deadline again
  core.deadlines.setAll();
  core.wakeAt = -Infinity;
}

/** The wall clock was set forward, or the machine was suspended: no sensor was silent in that time. */
export function skipSilence(core: Core, byMs: number): void {
  for (const { state } of core.sensors) state.watchedSince += byMs;
  core.deadlines.setAll();
  core.wakeAt = -Infinity;
}

/** How many are remembered; the one heard longest ago makes room. */
export const UNMAPPED_LIMIT = 200;

/** Longest text of an entry: what heyu writes is shorter, what a script writes may be anything. */
const MOST_TEXT = 80;

/** Counts one. Returns true when it is heard for the first time. */
export function noteUnmapped(
  unmapped: Unmapped,
  key: string,
  heard: {
    readonly label: string | null;
    readonly function: string;
    readonly source: string;
    readonly at: number;
  },
): boolean {
  const said = heard.function.slice(0, MOST_TEXT);
  const entry = unmapped[key];
  if (entry !== undefined) {
    entry.count += 1;
    entry.last = heard.at;
    entry.function = said;
    entry.source = heard.source;
    entry.label = heard.label ?? entry.label;
    return false;
  }
  const keys = Object.keys(unmapped);
  if (keys.length >= UNMAPPED_LIMIT) {
    const oldest = keys.reduce((a, b) => ((unmapped[a]?.last ?? 0) <= (unmapped[b]?.last ?? 0) ? a : b));
    Reflect.deleteProperty(unmapped, oldest);
  }
  unmapped[key] = {
    label: heard.label,
    count: 1,
    first: heard.at,
    last: heard.at,
    function: said,
    source: heard.source,
  };
  return true;
}
