/** The retained topics of this configuration, and the end of those of an earlier one. */

import { placeOf } from '../homeassistant/remembered.js';
import type { Outbox } from '../mqtt/outbox.js';
import type { Outgoing } from '../mqtt/outgoing.js';
import { bridgeTopic, sensorTopic, zoneTopic, type BridgeTopic } from '../mqtt/topics.js';
import { RETAINED_ZONE_TOPICS } from '../security/publication.js';
import { channelsOf } from '../sensor/channels.js';
import type { CoreSettings } from '../settings.js';

const BRIDGE_TOPICS: readonly BridgeTopic[] = [
  'status',
  'source',
  'problem',
  'info',
  'unmapped',
  'summary',
  'last_event',
  'takeover',
];

/** Every retained topic that this configuration may publish, discovery aside: all others of ours are obsolete. */
export function retainedTopicsOf(settings: CoreSettings): ReadonlySet<string> {
  const { baseTopic, zones, sensors } = settings;
  return new Set([
    ...BRIDGE_TOPICS.map((topic) => bridgeTopic(baseTopic, topic)),
    ...zones.flatMap(({ zone }) => RETAINED_ZONE_TOPICS.map((topic) => zoneTopic(baseTopic, zone, topic))),
    ...sensors.flatMap((sensor) =>
      channelsOf(sensor)
        .filter((channel) => channel !== 'event')
        .map((channel) => sensorTopic(baseTopic, sensor.topic, channel)),
    ),
  ]);
}

/** Deletes the retained copies of what this configuration does not publish any more. */
export function clearObsolete(
  outbox: Outbox,
  settings: CoreSettings,
  put: (message: Outgoing) => void,
): void {
  const expected = retainedTopicsOf(settings);
  for (const topic of outbox.retainedTopics()) {
    if (!expected.has(topic) && placeOf(topic) === undefined)
      put({ kind: 'state', topic, payload: '', force: true });
  }
}
