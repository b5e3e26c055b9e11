/** The topics of the bridge that a broker has to let it read and write. */

import { commandTopics } from '../../service/lamp-commands.js';
import type { Configuration } from '../../config/configuration.js';
import { bridgeObjectId } from '../../homeassistant/device.js';
import { deviceTopic, entityTopic } from '../../homeassistant/discovery.js';
import type { Reading, Writing } from '../../io/broker-check/access.js';
import { zoneTopic } from '../../mqtt/topics.js';

/** Everything that the service subscribes to. */
export function readingsOf({ core, homeassistant }: Configuration): readonly Reading[] {
  const { baseTopic, zones } = core;
  return [
    ...zones.flatMap(({ zone, kind, stateTopic }): Reading[] => {
      const set = {
        topic: zoneTopic(baseTopic, zone, 'set'),
        use: `commands to the zone ${zone}`,
        isState: false,
      };
      if (kind === 'master') return [set];
      if (kind === 'owned')
        return [set, { topic: zoneTopic(baseTopic, zone, 'state'), use: `the zone ${zone}`, isState: false }];
      return stateTopic === undefined
        ? []
        : [{ topic: stateTopic, use: `the state of the zone ${zone}`, isState: true }];
    }),
    ...[...commandTopics(core)].map(([topic, { alias }]) => ({
      topic,
      use: `commands to ${alias}`,
      isState: false,
    })),
    { topic: homeassistant.birthTopic, use: "Home Assistant's birth", isState: false },
  ];
}

/**
 * One message beside the topics of the bridge, of each zone and of each sensor, and one to discovery. Nobody listens
 * there: Home Assistant takes an empty discovery message of an unknown device for a removal of nothing.
 */
export function writingsOf({ core }: Configuration, chance: string): readonly Writing[] {
  const { baseTopic, sensors, zones } = core;
  const beside = (level: string, use: string): Writing => ({
    topic: `${baseTopic}/${level}/broker-check`,
    use,
    payload: chance,
  });
  const { discovery, prefix } = core.homeassistant;
  const id = bridgeObjectId(core);
  const announcement = {
    off: [],
    device: [deviceTopic(prefix, `${id}_check_${chance}`)],
    entity: [entityTopic(prefix, 'binary_sensor', id, `check_${chance}`)],
  }[discovery];
  return [
    beside('bridge', 'the bridge'),
    ...zones.map(({ zone }) => beside(`zone/${zone}`, `the zone ${zone}`)),
    ...sensors.filter(({ ignore }) => !ignore).map(({ topic, alias }) => beside(topic, alias)),
    ...announcement.map((topic) => ({ topic, use: 'discovery', payload: '' })),
  ];
}
