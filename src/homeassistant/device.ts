/** The device objects and the origin: who is behind an entity and who told Home Assistant of it. */
import { bridgeTopic } from '../mqtt/topics.js';
import type { SensorSettings } from '../sensor/settings.js';
import type { CoreSettings } from '../core-settings.js';
import type { Json } from './component.js';
import { topicId } from './names.js';

/** Where the project lives. Home Assistant refuses a discovery message whose support url is not a URL. */
export const HOMEPAGE = 'https://github.com/heyu2mqtt/heyu2mqtt';

/** Names us in Home Assistant's log; every payload carries it. */
export function originOf(core: CoreSettings): Readonly<Record<string, Json>> {
  return { name: 'heyu2mqtt', sw_version: core.version, support_url: HOMEPAGE };
}

/** The bridge's identifier, which all other devices name in `via_device`. */
export function bridgeObjectId(core: CoreSettings): string {
  return `heyu2mqtt_${topicId(core.bridgeId)}`;
}

/** A sensor's identifier: bridge id and the sensor's own, never a name (docs/design.md, decision 13). */
export function sensorObjectId(core: CoreSettings, sensor: SensorSettings): string {
  return `${topicId(core.bridgeId)}_${topicId(sensor.id)}`;
}

/** A zone's identifier. */
export function zoneObjectId(core: CoreSettings, zone: string): string {
  return `${topicId(core.bridgeId)}_zone_${topicId(zone)}`;
}

/** Makers by the beginning of heyu's module name; all others are X10's own. */
const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/^(ORE_ELS|ELS_)/, 'Electrisave'],
  [/^(ORE_|TH[RGN]|RTG|BTHR|WGR|PCR|BWR)/, 'Oregon Scientific'],
  [/^OWL_/, 'OWL'],
  [/^RFX/, 'RFXCOM'],
  [/^DIGIMAX$/, 'Digimax'],
];

/** Who made a module. */
export function makerOf(modelName: string): string {
  return MAKERS.find(([pattern]) => pattern.test(modelName))?.[1] ?? 'X10';
}

/** Says whether the bridge lives; retained, and the bridge's last will. */
export function statusTopic(core: CoreSettings): string {
  return bridgeTopic(core.baseTopic, 'status');
}

/** A sensor is available while the bridge lives and can read heyu's log. */
export function sensorAvailability(core: CoreSettings): readonly string[] {
  return [statusTopic(core), bridgeTopic(core.baseTopic, 'source')];
}
