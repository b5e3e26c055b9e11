/**
 * What sensors and zones want done, done: every topic and payload that the bridge publishes of them is made here
 * (topics: mqtt/topics; rules: docs/design.md, decision 10).
 */

import { isoAt } from '../heyu/time-zone.js';
import type { EventMessage, RetainedMessage } from '../mqtt/outbox.js';
import type { Alert, ZoneAttributes, ZoneChannel, ZoneValue } from '../security/security.js';
import { WHY } from '../security/tracker.js';
import type { Sensor, SensorEvent } from '../sensor/heard.js';
import { HOLD_OVER } from '../sensor/motion.js';
import type { Channel } from '../sensor/types.js';
import { bridgeTopic, sensorTopic, zoneTopic } from '../mqtt/topics.js';
import type { Message } from '../ports.js';
import type { Bridge, Core, Effect } from './core.js';

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

function attributesText(attributes: ZoneAttributes): string {
  const { since, verified, source, lastKnown, why, reported, whileAway, latch, refusedCommand } = attributes;
  return JSON.stringify({
    since: iso(since),
    verified,
    source,
    last_known: lastKnown?.state ?? null,
    last_known_since: iso(lastKnown?.since),
    reason: why === undefined ? null : WHY[why],
    reported: reported ?? null,
    while_away: whileAway,
    alarm_since: iso(latch?.at),
    alarm_sensor: latch?.alias ?? null,
    last_refused_command:
      refusedCommand === undefined ? null : { ...refusedCommand, at: iso(refusedCommand.at) },
  });
}

function textOf(said: ZoneValue): string {
  switch (said.channel) {
    case 'state':
      return said.value;
    case 'security':
      return said.value ?? 'None';
    case 'alarm':
      return said.value ? 'ON' : 'OFF';
    case 'security_attributes':
      return attributesText(said.value);
  }
}

/** A retained value of a zone. */
export function zoneMessage(baseTopic: string, zone: string, said: ZoneValue): RetainedMessage {
  return { kind: 'state', topic: zoneTopic(baseTopic, zone, said.channel), payload: textOf(said) };
}

/** Deletes the retained value of a zone. */
export function clearedZone(baseTopic: string, zone: string, channel: ZoneChannel): RetainedMessage {
  return { kind: 'state', topic: zoneTopic(baseTopic, zone, channel), payload: '' };
}

/** An alert, which stays one however late it is delivered: it says `at` itself. */
export function alertMessage(baseTopic: string, alert: Alert): EventMessage {
  const { id, at, zone } = alert;
  const payload = JSON.stringify({ event_type: 'alert', ...alert, at: iso(at) });
  return { kind: 'event', topic: zoneTopic(baseTopic, zone, 'alert'), id, at, payload };
}

/** The last word to a broker: what is retained there is not kept up to date any more. */
export function farewell(baseTopic: string): Message {
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
      if (channel === 'motion' && value === 'OFF' && why === HOLD_OVER) core.health.counters.missedOffs += 1;
      sinks.put?.(channelMessage(core, sensor, channel, value));
      return;
    }
    case 'sensor_event': {
      const { sensor, event } = effect;
      if (event.type === 'motion') core.health.counters.motions += 1;
      else if (event.type === 'motion_missed') core.health.counters.missed += 1;
      sinks.put?.(eventMessage(core, sensor, event));
      return;
    }
    case 'seen': {
      if (sinks.put === undefined) return;
      const seen = lastSeen(core, effect.sensor, effect.at);
      sinks.put(seen);
      sinks.put({ ...seen, topic: bridgeTopic(core.settings.baseTopic, 'last_event') });
      return;
    }
    case 'kept':
      sinks.find?.({ kind: 'kept', alias: effect.sensor.settings.alias, reason: effect.why });
      return;
    case 'zone': {
      const message = zoneMessage(core.settings.baseTopic, effect.zone, effect.said);
      sinks.put?.(effect.persistFirst ? { ...message, afterSave: bridge.saveNumber } : message);
      return;
    }
    case 'zone_gone':
      for (const channel of effect.channels)
        sinks.put?.(clearedZone(core.settings.baseTopic, effect.zone, channel));
      return;
    case 'alert': {
      const { zone, alias, security, id } = effect.alert;
      core.health.counters.alerts += 1;
      sinks.put?.(alertMessage(core.settings.baseTopic, effect.alert));
      sinks.note('info', { zone, alias, security }, 'alert');
      sinks.alerted?.(id);
      return;
    }
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
      return sinks.find?.(effect);
  }
}
