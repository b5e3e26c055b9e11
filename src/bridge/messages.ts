/** What the core wants, as messages for the broker (topics: mqtt/topics; rules: docs/design.md, decision 10). */

import { isoAt, type TimeZone } from '../heyu/time-zone.js';
import type { Source } from '../heyu/source.js';
import type { EventMessage, RetainedMessage } from '../mqtt/outgoing.js';
import type { Message } from '../ports.js';
import { bridgeTopic, sensorTopic, type ChannelTopic } from '../mqtt/topics.js';
import type { SensorEvent, Sensor } from '../sensor/hearing.js';
import type { SensorSettings } from '../sensor/settings.js';

/** Builds the messages of the sensors below one base topic. */
export type Messages = {
  readonly channel: (sensor: Sensor, channel: ChannelTopic, value: string) => RetainedMessage;
  readonly lastSeen: (sensor: Sensor, at: number) => RetainedMessage;
  readonly lastEvent: (at: number) => RetainedMessage;
  readonly event: (sensor: Sensor, event: SensorEvent, source: Source | undefined) => EventMessage;
};

/** The messages of a configuration. Topics are put together once per sensor and channel. */
export function messagesOf(baseTopic: string, zone: TimeZone): Messages {
  const known = new Map<SensorSettings, Map<ChannelTopic, string>>();
  const topicOf = ({ settings }: Sensor, channel: ChannelTopic): string => {
    let topics = known.get(settings);
    if (topics === undefined) known.set(settings, (topics = new Map<ChannelTopic, string>()));
    let topic = topics.get(channel);
    if (topic === undefined) topics.set(channel, (topic = sensorTopic(baseTopic, settings.topic, channel)));
    return topic;
  };
  const lastEventTopic = bridgeTopic(baseTopic, 'last_event');
  return {
    channel: (sensor, channel, value) => ({
      kind: 'state',
      topic: topicOf(sensor, channel),
      payload: value,
    }),
    lastSeen: (sensor, at) => ({
      kind: 'state',
      topic: topicOf(sensor, 'last_seen'),
      payload: isoAt(at, zone),
    }),
    lastEvent: (at) => ({ kind: 'state', topic: lastEventTopic, payload: isoAt(at, zone) }),
    event: (sensor, event, source) => {
      const { settings } = sensor;
      const payload = (type: string): string =>
        JSON.stringify({
          event_type: type,
          id: event.id,
          at: isoAt(event.at, zone),
          address: settings.address,
          ...(source === undefined ? {} : { source }),
          ...(settings.zone === undefined ? {} : { zone: settings.zone }),
          ...event.standing,
          ...event.more,
        });
      return {
        kind: 'event',
        topic: topicOf(sensor, 'event'),
        id: event.id,
        at: event.at,
        lateAfter: event.lateAfter,
        payload: payload(event.type),
        latePayload: event.lateType === null ? null : payload(event.lateType),
      };
    },
  };
}

/** The last word to a broker: what is retained there is not kept up to date any more. */
export function farewell(baseTopic: string): Message {
  return { topic: bridgeTopic(baseTopic, 'status'), payload: 'offline', retain: true };
}
