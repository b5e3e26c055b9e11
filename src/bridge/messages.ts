/**
 * Does what sensors and zones emit: every topic and payload that the bridge publishes for them is made here (topics:
 * mqtt/topics; rules: docs/design.md, decision 10).
 */

import { MINUTE } from '../common/duration.js';
import { isoAt } from '../heyu/time-zone.js';
import type { EventMessage, RetainedMessage } from '../mqtt/outbox.js';
import { emergencySensorsClear } from '../security/emergency.js';
import { refresh } from '../security/refresh.js';
import type { Alert, RaisedAlert, ZoneAttributes, ZoneValue } from '../security/security.js';
import type { ZoneEvent } from '../security/readiness.js';
import { WHY } from '../security/tracker.js';
import type { SecurityState } from '../security/vocabulary.js';
import type { AlertKind, Commander } from '../security/zone.js';
import { tallyMotion, type Sensor, type SensorEvent } from '../sensor/heard.js';
import { HOLD_OVER } from '../sensor/motion.js';
import { mainChannelOf, type Channel } from '../sensor/types.js';
import { bridgeTopic, sensorTopic, zoneTopic } from '../mqtt/topics.js';
import type { Message } from '../ports.js';
import type { CoreSettings } from '../core-settings.js';
import { STANDING_CHANNELS } from './standing.js';
import type { AlertBody, Bridge, Core, Effect } from './core.js';

/** A retained value of a sensor. */
export function channelMessage(
  { settings: { baseTopic } }: Core,
  { settings }: Sensor,
  channel: Channel,
  payload: string,
): RetainedMessage {
  return { kind: 'state', topic: sensorTopic(baseTopic, settings.topic, channel), payload };
}

/** When the sensor was last heard. */
export function lastSeen(core: Core, sensor: Sensor, at: number): RetainedMessage {
  return channelMessage(core, sensor, 'last_seen', isoAt(at, core.reader.stamps.zone));
}

function eventMessage(core: Core, { settings }: Sensor, event: SensorEvent): EventMessage {
  const { id, at, lateAfter, lateType, source, standing, more } = event;
  const payload = (type: string): string =>
    JSON.stringify({
      event_type: type,
      id,
      at: isoAt(at, core.reader.stamps.zone),
      address: settings.address,
      ...(source === undefined ? {} : { source }),
      ...(settings.zone === undefined ? {} : { zone: settings.zone }),
      ...standing,
      ...more,
    });
  return {
    kind: 'event',
    topic: sensorTopic(core.settings.baseTopic, settings.topic, 'event'),
    id,
    at,
    lateAfter,
    payload: payload(event.type),
    latePayload: lateType === null ? null : payload(lateType),
  };
}

/** ISO 8601 in UTC, as Home Assistant wants it; null when there is no instant. */
function iso(at: number | undefined): string | null {
  if (at === undefined || at <= 0) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** What follows when a delay ends without a disarm. */
const NEXT_STATES: Partial<Record<SecurityState, SecurityState>> = { pending: 'triggered' };

function attributesText(told: Told, attributes: ZoneAttributes): string {
  const { state, since, verified, source, lastKnown, why, reported, whileAway, latch, refusedCommand } =
    attributes;
  const { mode, until } = attributes;
  const armMode = mode === undefined ? null : `armed_${mode}`;
  const isDelayed = state === 'arming' || state === 'pending';
  return JSON.stringify({
    state: state ?? null,
    since: iso(since),
    changed_by: nameOf(told, attributes.by),
    arm_mode: state === undefined || state === 'disarmed' ? null : armMode,
    next_state: isDelayed ? (NEXT_STATES[state] ?? armMode) : null,
    until: isDelayed ? iso(until) : null,
    delay:
      isDelayed && until !== undefined && since !== undefined ? Math.round((until - since) / 1000) : null,
    verified,
    source,
    last_known: lastKnown?.state ?? null,
    last_known_since: iso(lastKnown?.since),
    reason: why === undefined ? null : WHY[why],
    ready: attributes.ready,
    open_sensors: attributes.openSensors,
    unknown_sensors: attributes.unknownSensors,
    bypassed_sensors: attributes.bypassedSensors,
    silent_sensors: attributes.silentSensors,
    low_batteries: attributes.lowBatteries,
    reported: reported ?? null,
    while_away: whileAway,
    alarm_since: iso(latch?.at),
    alarm_sensor: latch?.alias ?? null,
    last_refused_command:
      refusedCommand === undefined ? null : { ...refusedCommand, at: iso(refusedCommand.at) },
  });
}

/** What has happened, behind the name of the sensor or, without one, of the zone. */
const ALERT_WORDS: Readonly<Record<AlertKind, string>> = {
  motion: 'motion',
  door: 'opened',
  window: 'opened',
  garage: 'opened',
  opening: 'opened',
  glass: 'glass broken',
  tamper: 'tampered with',
  smoke: 'smoke',
  water: 'water',
  panic: 'panic key',
  manual: 'alarm raised manually',
  trouble: '',
};

/** What the words of a zone are made of. */
type Told = {
  readonly settings: Pick<CoreSettings, 'baseTopic' | 'zones'>;
  readonly sensors: readonly Pick<Sensor, 'settings' | 'state'>[];
};

/** What an alert says of its zone and its sensor, for people and for programs. */
function alertBody({ settings, sensors }: Told, alert: Alert): AlertBody {
  const { id, at, zone, alias, kind, ...more } = alert;
  const sensor = sensors.find((one) => one.settings.alias === alias);
  const zoneName = settings.zones.find((one) => one.zone === zone)?.name ?? zone;
  const name = sensor?.settings.name ?? alias;
  const battery = sensor?.state.values['battery'];
  const words = `${kind === 'trouble' ? alert.source : ALERT_WORDS[kind]}${battery === 'ON' ? ', battery low' : ''}`;
  return {
    id,
    at: iso(at),
    zone,
    zone_name: zoneName,
    alias,
    name,
    area: sensor?.settings.area ?? null,
    kind,
    text: `${name ?? zoneName ?? 'X10'}: ${words}${name === null || zoneName === null ? '' : ` (${zoneName})`}`,
    battery_low: battery === 'ON' || (battery === 'OFF' ? false : null),
    ...more,
  };
}

/** The last alert, and all since the zone was disarmed. */
function lastAlertText(core: Told, alerts: readonly RaisedAlert[]): string {
  const bodies = alerts.map((alert) => alertBody(core, alert));
  return JSON.stringify({ ...bodies.at(-1), recent: bodies });
}

function textOf(core: Told, said: ZoneValue): string {
  switch (said.channel) {
    case 'state':
      return said.value;
    case 'security':
      return said.value ?? 'None';
    case 'alarm':
      return said.value ? 'ON' : 'OFF';
    case 'security_attributes':
      return attributesText(core, said.value);
    case 'last_alert':
      return lastAlertText(core, said.value);
    case 'available':
      return said.value ? 'online' : 'offline';
  }
}

/** A retained value of a zone. */
export function zoneMessage(core: Told, zone: string | null, said: ZoneValue): RetainedMessage {
  const { baseTopic } = core.settings;
  const topic =
    zone === null ? bridgeTopic(baseTopic, 'last_alert') : zoneTopic(baseTopic, zone, said.channel);
  return { kind: 'state', topic, payload: textOf(core, said) };
}

/** An alert, which stays one however late it is delivered: it says `at` itself. */
export function alertMessage(core: Told, alert: Alert): EventMessage {
  const { id, at, zone } = alert;
  const payload = JSON.stringify({ event_type: 'alert', ...alertBody(core, alert) });
  const { baseTopic } = core.settings;
  const topic = zone === null ? bridgeTopic(baseTopic, 'alert') : zoneTopic(baseTopic, zone, 'alert');
  return { kind: 'event', topic, id, at, payload };
}

/** What an event of a zone says. */
const ZONE_EVENT_WORDS: Readonly<Record<ZoneEvent['type'], string>> = {
  exit: 'the exit delay begins',
  armed: 'armed',
  armed_open: 'armed, though open',
  failed_to_arm: 'not armed, because not closed',
  bypassed: 'bypassed until it is disarmed',
  entry: 'the entry delay begins',
  disarmed: 'disarmed',
  trouble: 'sensors may not be heard',
  wrong_code: 'a wrong code was typed',
};

/** Who has commanded a zone, for people: whose code it was, a keyfob by its name, and not the topic of a message. */
export function nameOf({ sensors }: Pick<Told, 'sensors'>, by: Commander | undefined): string | null {
  if (by === undefined) return null;
  if ('code' in by) return by.code;
  const { source } = by;
  if (source.includes('/')) return 'MQTT';
  return sensors.find(({ settings }) => settings.alias === source)?.settings.name ?? source;
}

/** An event of a zone that is not an alert; it is of no use an hour later. */
export function zoneEventMessage(told: Told, zone: string, event: ZoneEvent): EventMessage {
  const { settings } = told;
  const { type, id, at, sensors, mode, until, reason } = event;
  const zoneName = settings.zones.find((one) => one.zone === zone)?.name ?? zone;
  const by = nameOf(told, event.by);
  const names = sensors.map(({ name }) => name).join(', ');
  const more = reason ?? (names === '' ? by : names);
  const payload = JSON.stringify({
    event_type: type,
    id,
    at: iso(at),
    zone,
    zone_name: zoneName,
    arm_mode: mode === undefined ? null : `armed_${mode}`,
    until: iso(until),
    by,
    sensors: sensors.map(({ alias }) => alias),
    text: `${zoneName}: ${ZONE_EVENT_WORDS[type]}${more === null ? '' : ` (${more})`}`,
  });
  const topic = zoneTopic(settings.baseTopic, zone, 'event');
  return { kind: 'event', topic, id, at, payload, lateAfter: at + MINUTE, latePayload: null };
}

/** The last message to a broker: its retained values are not kept up to date any more. */
export function offlineMessage(baseTopic: string): Message {
  return { topic: bridgeTopic(baseTopic, 'status'), payload: 'offline', retain: true };
}

/** Does what a sensor or a zone wants done. */
export function act(bridge: Bridge, effect: Effect): void {
  const { core, sinks } = bridge;
  switch (effect.kind) {
    case 'channel': {
      const { sensor, channel, value, at, why } = effect;
      const { alias } = sensor.settings;
      sinks.find?.({ kind: 'change', alias, channel, value, reason: why, changedAt: at });
      if (channel === 'motion') tallyMotion(sensor.tally, value === 'ON', at);
      if (channel === 'motion' && value === 'OFF' && why === HOLD_OVER) {
        core.health.counters.missedOffs += 1;
        sensor.tally.missedOffs += 1;
      }
      sinks.put?.(channelMessage(core, sensor, channel, value));
      const isEnd = value === 'OFF' && channel === mainChannelOf(sensor.settings.type);
      const isCalmed = isEnd && emergencySensorsClear(bridge.security, (other) => other === alias);
      const isStanding = sensor.settings.zone !== undefined && STANDING_CHANNELS.has(channel);
      if (isStanding) bridge.security.readiness.clear();
      if (isCalmed || isStanding) refresh(bridge);
      return;
    }
    case 'sensor_event': {
      const { sensor, event } = effect;
      if (event.type === 'motion') {
        core.health.counters.motions += 1;
        sensor.tally.motions += 1;
      } else if (event.type === 'motion_missed') core.health.counters.missed += 1;
      sinks.put?.(eventMessage(core, sensor, event));
      return;
    }
    case 'seen': {
      effect.sensor.tally.signals += 1;
      const seen = lastSeen(core, effect.sensor, effect.at);
      sinks.put?.(seen);
      sinks.put?.({ ...seen, topic: bridgeTopic(core.settings.baseTopic, 'last_event') });
      return;
    }
    case 'kept':
      sinks.find?.({ kind: 'kept', alias: effect.sensor.settings.alias, reason: effect.why });
      return;
    case 'zone': {
      const { zone, said } = effect;
      if (zone !== null && said.channel === 'security_attributes') sinks.zoneStands?.(zone, said.value);
      const message = zoneMessage(core, zone, said);
      sinks.put?.(effect.persistFirst ? { ...message, afterSave: bridge.saveNumber } : message);
      return;
    }
    case 'alert': {
      const { zone, alias, security, id } = effect.alert;
      core.health.counters.alerts += 1;
      sinks.put?.(alertMessage(core, effect.alert));
      sinks.note('info', { zone, alias, security }, 'alert');
      sinks.alerted?.(id);
      return;
    }
    case 'raised':
      return sinks.raised?.(alertBody(core, effect.alert));
    case 'zone_event':
      sinks.put?.(zoneEventMessage(core, effect.zone, effect.event));
      return;
    case 'check_code':
      sinks.checkCode?.(effect);
      return;
    case 'subscribe':
      return sinks.subscribe(effect.topics);
    case 'unsubscribe':
      return sinks.unsubscribe(effect.topics);
    case 'persist':
      bridge.saveNumber = sinks.persist();
      return;
    case 'note':
      return sinks.note(effect.level, effect.fields, effect.message);
    case 'judged':
      sinks.judged?.(effect);
      return sinks.find?.(effect);
  }
}
