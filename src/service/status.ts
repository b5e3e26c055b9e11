/** The house at a glance: what `heyu2mqtt status` shows of zones, sensors, senders without a name, and problems. */

import { parseJson } from '../common/json.js';
import { isoAt } from '../heyu/time-zone.js';
import type { Now } from '../ports.js';
import { WHY } from '../security/tracker.js';
import { valuesOf } from '../security/refresh.js';
import type { Sensor } from '../sensor/heard.js';
import { hasSilence } from '../sensor/channels.js';
import { formOf, mainChannelOf, type Channel, type SensorType } from '../sensor/types.js';
import { STATE_WORDS, batteryHint } from '../sensor/words.js';
import type { Bridge } from '../bridge/core.js';
import { nameOf } from '../bridge/messages.js';
import { problemsOf, type ProblemNow } from './condition.js';
import { indexOf, parseAddress } from '../x10/address.js';
import type { Parts } from './parts.js';

/** A zone. Instants are ISO 8601 with offset, here and below; null = never, or not known. */
export type ZoneStatus = {
  readonly zone: string;
  readonly name: string;
  /** As it is published (`armed_away`), or `unknown`. */
  readonly state: string;
  readonly since: string | null;
  /** Of an unknown zone: why, and what it was. */
  readonly reason: string | null;
  readonly last_known: string | null;
  /** Null: it is not known who has changed it. */
  readonly changed_by: string | null;
  /** Whether it is proven by its source, not only by what was known last. */
  readonly verified: boolean;
  /** End of the delay in which it is (arming, pending). */
  readonly until: string | null;
  /** What stands open in it, and what does not guard this time. */
  readonly open_sensors: readonly string[];
  readonly bypassed: readonly string[];
  /** Whether an alert is not over, and which sensor has raised the first. */
  readonly alarm: boolean;
  readonly alarm_sensor: string | null;
};

/** A sensor, lamp or remote. */
export type SensorStatus = {
  readonly alias: string;
  readonly address: string;
  readonly name: string;
  readonly type: SensorType;
  readonly zone: string | null;
  /** In words: `motion`, `open, tampered`, `21.5 °C`. Null before the first signal. */
  readonly state: string | null;
  /** What is published, by channel. */
  readonly values: Readonly<Record<string, string>>;
  readonly last_seen: string | null;
  /** Null where its model does not report it, or has not yet. */
  readonly battery: 'ok' | 'low' | null;
  /** What to know before the battery is changed, when it is low. */
  readonly battery_hint: string | null;
  /** It should have been heard, and was not. */
  readonly silent: boolean;
};

/** A sender that no alias covers. */
export type UnnamedStatus = {
  /** Address, or security id. */
  readonly sender: string;
  /** heyu's own alias. */
  readonly label: string | null;
  readonly count: number;
  readonly function: string;
  readonly last_seen: string;
};

/** The house. */
export type HouseStatus = {
  readonly version: string;
  readonly at: string;
  /** False: the configuration only, because no service runs. */
  readonly running: boolean;
  readonly log: { readonly path: string; readonly status: string; readonly last_line: string | null };
  readonly broker: { readonly connected: boolean };
  readonly problems: readonly ProblemNow[];
  readonly zones: readonly ZoneStatus[];
  readonly sensors: readonly SensorStatus[];
  readonly unnamed: readonly UnnamedStatus[];
};

/** Writes instants in the time zone of the log; null = never, or not known. */
function isoIn({ reader }: Bridge['core']): (at: number | undefined) => string | null {
  return (at) => (at === undefined || at <= 0 ? null : isoAt(at, reader.stamps.zone));
}

/** What the service knows of the house now. */
export function houseStatus(
  {
    bridge,
    condition,
    links,
    seen,
    settings,
  }: Pick<Parts, 'bridge' | 'condition' | 'links' | 'seen' | 'settings'>,
  now: Now,
): HouseStatus {
  const { core } = bridge;
  const iso = isoIn(core);
  const isConnected = links.broker.isConnected();
  const offline: ProblemNow = {
    problem: 'the broker is not reached: events wait for it',
    hint: 'heyu2mqtt check shows why',
  };
  return {
    version: core.settings.version,
    at: isoAt(now.at, core.reader.stamps.zone),
    running: true,
    log: { path: settings.logPath, status: seen.logStatus, last_line: iso(core.lineAt) },
    broker: { connected: isConnected },
    problems: [...(isConnected ? [] : [offline]), ...problemsOf(condition)],
    zones: zonesOf(bridge, now),
    sensors: core.sensors
      .filter((sensor) => !sensor.settings.ignore)
      .map((sensor) => sensorStatus(sensor, iso(sensor.state.seenAt))),
    unnamed: Object.entries(core.unmapped)
      .filter(([sender]) => !isNamed(core, sender))
      .sort(([, one], [, other]) => other.last - one.last)
      .map(([sender, { label, count, function: said, last }]) => {
        return { sender, label, count, function: said, last_seen: iso(last) ?? '' };
      }),
  };
}

/** It was heard before it had a name. */
function isNamed({ byUnit, byDusk }: Bridge['core'], sender: string): boolean {
  const address = parseAddress(sender);
  return address !== undefined && (byUnit[indexOf(address)] ?? byDusk[indexOf(address)]) !== undefined;
}

/** The zones, as they are published. */
export function zonesOf({ core, security, emit }: Bridge, now: Now): readonly ZoneStatus[] {
  const iso = isoIn(core);
  return core.settings.zones.flatMap(({ zone: key, name }) => {
    const zone = security.zones.get(key);
    if (zone === undefined) return [];
    const values = valuesOf({ security, now, emit }, zone);
    const attributes = values.find((each) => each.channel === 'security_attributes')?.value;
    const { state, since, why, lastKnown, latch, by, until, verified } = attributes ?? {};
    const { openSensors = [], bypassedSensors = [] } = attributes ?? {};
    return {
      zone: key,
      name,
      state: state ?? 'unknown',
      since: iso(since),
      reason: why === undefined ? null : WHY[why],
      last_known: lastKnown?.state ?? null,
      changed_by: nameOf({ sensors: core.sensors }, by),
      verified: verified ?? false,
      until: iso(until),
      open_sensors: openSensors,
      bypassed: bypassedSensors,
      alarm: values.some((each) => each.channel === 'alarm' && each.value),
      alarm_sensor: latch?.alias ?? null,
    };
  });
}

function sensorStatus(sensor: Sensor, lastSeen: string | null): SensorStatus {
  const { alias, address, name, type, zone } = sensor.settings;
  const { values: remembered, motion, seenAt } = sensor.state;
  const values: Record<string, string> = {};
  if (type === 'motion' && seenAt > 0) values['motion'] = motion.on && !motion.missed ? 'ON' : 'OFF';
  for (const [channel, value] of Object.entries(remembered)) if (value !== undefined) values[channel] = value;
  const { battery } = values;
  return {
    alias,
    address,
    name,
    type,
    zone: zone ?? null,
    state: stateWords(sensor, values),
    values,
    last_seen: lastSeen,
    battery: battery === 'ON' ? 'low' : battery === 'OFF' ? 'ok' : null,
    battery_hint: (battery === 'ON' ? batteryHint(sensor.settings.model) : undefined) ?? null,
    silent: hasSilence(sensor.settings) && values['silent'] === 'ON',
  };
}

function stateWords({ settings, state }: Sensor, values: Readonly<Record<string, string>>): string | null {
  const main = mainChannelOf(settings.type);
  const said = STATE_WORDS[settings.type];
  const word = (channel: Channel, whenOn: string, whenOff?: string): readonly (string | undefined)[] =>
    values[channel] === 'ON' ? [whenOn] : values[channel] === 'OFF' ? [whenOff] : [];
  const { brightness } = values;
  const words = [
    ...(main === undefined || said === undefined ? [] : word(main, said.on, said.off)),
    brightness === undefined || values['state'] !== 'ON' ? undefined : `${brightness} %`,
    settings.type === 'remote' ? keyOf(state.pressed?.key) : undefined,
    ...(settings.type === 'reading' ? measured(values) : []),
    ...(main === 'light' ? [] : word('light', 'light', 'dark')),
    ...word('tamper', 'tampered'),
    ...word('silent', 'silent'),
  ].filter((each) => each !== undefined);
  return words.length === 0 ? null : words.join(', ');
}

/** The last key of a remote: `lights_on` as "lights on". */
function keyOf(pressed: string | undefined): string | undefined {
  const [key] = pressed === undefined ? [] : (parseJson(pressed) as readonly [string, unknown]);
  return key?.replaceAll('_', ' ');
}

/** What is measured, with its unit. */
function measured(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([channel, value]) => {
    const form = formOf(channel as Channel);
    if (channel === 'state') return [`heating ${value.toLowerCase()}`];
    return form.says === 'number' ? [[value, 'unit' in form ? form.unit : ''].join(' ').trim()] : [];
  });
}
