/**
 * The core: everything that is known and remembered, in one object, and the steps that change it. Lines, time,
 * messages of the broker go in; what is to be published comes out through `CoreOutput`. No clock, no I/O: a
 * test or `explain` replays a day in microseconds with the code of the service.
 */

import type { Address } from '../x10/address.js';
import { ADDRESS_COUNT, indexOf, unitsOf } from '../x10/address.js';
import { signalReader, type SignalReader } from '../heyu/line.js';
import { noSelections, shiftSelections, type OtherSelections, type Selections } from '../heyu/selection.js';
import type { SpoolWatches } from '../heyu/spool.js';
import { stampClock, type StampClock } from '../heyu/stamp.js';
import type { Hearing, Report, Sensor, SensorEvent, Standing } from '../sensor/hearing.js';
import { HOLD_OVER, hideMotion } from '../sensor/motion.js';
import type { SensorSettings } from '../sensor/settings.js';
import { newSensorState, type SensorState } from '../sensor/state.js';
import { expire } from '../sensor/sensor.js';
import type { Source } from '../heyu/source.js';
import type { ChannelTopic } from '../mqtt/topics.js';
import type { CoreSettings } from '../settings.js';
import { createDeadlines, type Deadlines } from './deadlines.js';
import type { Finding } from './finding.js';
import { rememberedHealth, setTrouble, type Health, type Trouble } from './health.js';
import { interrupt, SHORTEST_LIMIT_MS, silentFrom } from './heartbeats.js';
import type { Unmapped } from './unmapped.js';

/** What the core wants. The shell turns it into messages, `explain` into rows. */
export type CoreOutput = {
  /** A retained channel of a sensor has a new value. */
  readonly channel: (sensor: Sensor, channel: ChannelTopic, value: string) => void;
  /** The sensor gave a sign at this instant (its last_seen). */
  readonly seen: (sensor: Sensor, at: number) => void;
  readonly event: (sensor: Sensor, event: SensorEvent, source: Source | undefined) => void;
  /** A sign of an intruder: asks the security state of its zone. */
  readonly alarm: (sensor: Sensor, hearing: Hearing, late: boolean) => Standing | undefined;
  /** heyu's own armed state, and Arm or Disarm of a keyfob: not said before `at`. */
  readonly heyuArmed: (state: 'armed_home' | 'armed_away' | 'disarmed', at: number) => void;
  /** `isImmediate`: its delay switch stands at minimum. */
  readonly keyfob: (
    alias: string,
    action: 'arm' | 'disarm',
    mode: 'home' | 'away',
    at: number,
    isImmediate: boolean,
  ) => void;
  readonly trouble: (trouble: Trouble, begins: boolean) => void;
  /** Something that the owner should read in the log. */
  readonly note: (level: 'debug' | 'info' | 'warn', fields: object, message: string) => void;
  /** Only where someone looks: the trace costs time. */
  readonly find?: (finding: Finding) => void;
};

/** What the core remembers over restarts. Plain JSON. */
export type CoreMemory = {
  /** By the sensor's id, which outlives renames and changes of address. */
  readonly sensors: Readonly<Record<string, SensorState>>;
  readonly selections: Selections;
  /** What others than the first engine have addressed; version 0.1 did not tell them apart. */
  readonly otherSelections?: OtherSelections;
  /** Whether an engine is out of step with its spool. */
  readonly spool?: SpoolWatches;
  /** Last RF On and Off by address: [on, off], epoch ms. */
  readonly rf: Readonly<Record<number, readonly [number, number]>>;
  readonly unmapped: Unmapped;
  readonly health: Health;
  /** Instant of the last line. */
  readonly lineAt: number;
};

/** The core's state. Owned by the functions of this folder. */
export type Core = {
  readonly settings: CoreSettings;
  readonly stamps: StampClock;
  readonly signals: SignalReader;
  readonly sensors: readonly Sensor[];
  /** By address; undefined where no alias is. */
  readonly byUnit: readonly (Sensor | undefined)[];
  /** By the address that says dark and light. */
  readonly byDusk: readonly (Sensor | undefined)[];
  readonly selections: Selections;
  readonly otherSelections: OtherSelections;
  readonly spool: SpoolWatches;
  readonly rf: Record<number, [number, number]>;
  readonly unmapped: Unmapped;
  readonly health: Health;
  /** Instant of the last line, epoch ms. */
  lineAt: number;
  readonly deadlines: Deadlines;
  /** The earliest of them, epoch ms; Infinity when there is none. */
  wakeAt: number;
  /** Addresses and ids that were heard without an alias have changed since the shell last asked. */
  unmappedChanged: boolean;
  /** Stamps in a row that did not fit. */
  mismatchesInARow: number;
  /** Unknown values from the interface since it last spoke X10: how many, the first and the last (epoch ms). */
  readonly garbage: { count: number; since: number; at: number };
  /** When this core was made, epoch ms. */
  startedAt: number;
  /** When the interface last told of a power failure, epoch ms. */
  powerFailedAt: number;
  readonly output: CoreOutput;
  readonly report: Report;
};

/** A core with what was remembered; without memory everything is new at `at`. */
export function createCore(
  settings: CoreSettings,
  memory: CoreMemory | undefined,
  at: number,
  output: CoreOutput,
): Core {
  const sensors = settings.sensors.map((sensor, number) => ({
    number,
    settings: sensor,
    state: memory?.sensors[sensor.id] ?? newSensorState(at),
  }));
  const at256 = (units: (sensor: SensorSettings) => readonly Address[]): (Sensor | undefined)[] => {
    const table = new Array<Sensor | undefined>(ADDRESS_COUNT).fill(undefined);
    for (const sensor of sensors) for (const unit of units(sensor.settings)) table[indexOf(unit)] = sensor;
    return table;
  };
  const rf: Record<number, [number, number]> = {};
  for (const [unit, [on, off]] of Object.entries(memory?.rf ?? {})) rf[Number(unit)] = [on, off];
  const core: Core = {
    settings,
    stamps: stampClock(settings.stamp),
    signals: signalReader(),
    sensors,
    byUnit: at256(unitsOf),
    byDusk: at256(({ dusk }) => (dusk === undefined ? [] : [dusk])),
    selections: memory?.selections ?? noSelections(),
    otherSelections: memory?.otherSelections ?? {},
    spool: memory?.spool ?? {},
    rf,
    unmapped: memory?.unmapped ?? {},
    health: rememberedHealth(memory?.health),
    lineAt: memory?.lineAt ?? 0,
    deadlines: createDeadlines(sensors),
    wakeAt: Infinity,
    unmappedChanged: true,
    mismatchesInARow: 0,
    garbage: { count: 0, since: 0, at: 0 },
    startedAt: at,
    powerFailedAt: -Infinity,
    output,
    report: reportTo(() => core),
  };
  forgetDeadlines(core); // the first `advance` finds those of what was remembered
  return core;
}

/** The answers of the machines, with what the core adds to each. */
function reportTo(of: () => Core): Report {
  return {
    change: (sensor, channel, value, at, why) => {
      const { output, health } = of();
      const { alias } = sensor.settings;
      output.find?.({ kind: 'change', alias, channel, value, reason: why, changedAt: at });
      if (channel === 'motion' && value === 'OFF' && why === HOLD_OVER) health.counters.missedOffs += 1;
      output.channel(sensor, channel, value);
    },
    event: (sensor, event, source) => {
      const { output, health } = of();
      if (event.type === 'motion') health.counters.motions += 1;
      else if (event.type === 'motion_missed') health.counters.missed += 1;
      output.event(sensor, event, source);
    },
    alarm: (sensor, hearing, late) => of().output.alarm(sensor, hearing, late),
    kept: (sensor, why) => of().output.find?.({ kind: 'kept', alias: sensor.settings.alias, reason: why }),
    wakeAt: (sensor, at) => {
      const core = of();
      core.deadlines.wish(sensor, at);
      if (at < core.wakeAt) core.wakeAt = at;
    },
  };
}

/**
 * Looks after every deadline up to `at`: ends of hold times, silences. Cheap while none is due. `isLive`: everything
 * that heyu has written until then was heard.
 */
export function advance(core: Core, at: number, isLive = false): void {
  if (at < core.wakeAt) return;
  const earliest = core.deadlines.lookAfter(at, (sensor) => {
    if (!sensor.settings.ignore) expire(sensor, at, core.report);
  });
  core.wakeAt = Math.min(earliest, watchHeartbeats(core, at, isLive));
}

/** After a boot heyu may be started so much later than we are. */
const HEYU_STARTS_MS = 5 * 60_000;

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

/** Instants have changed: the next `advance` asks every sensor for its deadline anew. */
function forgetDeadlines(core: Core): void {
  core.deadlines.wishAll();
  core.wakeAt = -Infinity;
}

/**
 * The log cannot be read on for now, and time has come to `at`: motion that is over by what has been read is not
 * shown any more. What is still to be read decides what it really was.
 */
export function hideOverdue(core: Core, at: number): void {
  for (const sensor of core.sensors) {
    if (sensor.settings.type === 'motion' && !sensor.settings.ignore) hideMotion(sensor, at, core.report);
  }
}

/** What goes into the checkpoint. Shares its parts with the core: write it out before the next step. */
export function memoryOf(core: Core): CoreMemory {
  const sensors: Record<string, SensorState> = {};
  for (const { settings, state } of core.sensors) sensors[settings.id] = state;
  const { selections, otherSelections, spool, rf, unmapped, health, lineAt } = core;
  return { sensors, selections, otherSelections, spool, rf, unmapped, health, lineAt };
}

/** A core with new settings that remembers what the old one did (reload). */
export function reconfigured(core: Core, settings: CoreSettings, at: number): Core {
  return createCore(settings, memoryOf(core), at, core.output);
}

/**
 * The wall clock was set by `byMs` against the time that really passed. Set back, every deadline moves with it:
 * otherwise motion would stay ON for as long as the clock was set back.
 */
export function shiftDeadlines(core: Core, byMs: number): void {
  const moved = (at: number): number => (at === 0 ? 0 : at + byMs);
  for (const { state } of core.sensors) {
    const { motion } = state;
    motion.since = moved(motion.since);
    motion.until = moved(motion.until);
    motion.endedAt = moved(motion.endedAt);
    motion.alertAt = moved(motion.alertAt);
    motion.alertsSince = moved(motion.alertsSince);
    state.clearsAt = moved(state.clearsAt);
    state.watchedSince = moved(state.watchedSince);
    state.seenAt = moved(state.seenAt);
    if (state.lowBatteryAt !== undefined) state.lowBatteryAt = moved(state.lowBatteryAt);
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
  for (const selections of [core.selections, ...Object.values(core.otherSelections)]) {
    shiftSelections(selections, byMs);
  }
  core.startedAt = moved(core.startedAt);
  core.lineAt = moved(core.lineAt);
  forgetDeadlines(core);
}
