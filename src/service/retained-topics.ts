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
