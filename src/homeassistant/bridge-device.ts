/**
 * The device of the bridge itself, for the case that no motion arrives. It has no `via_device` (a device that names
 * itself is an error since 2026.9) and no availability as a whole, because "Connection" must be able to show that the
 * bridge is gone.
 */
import { BRIDGE_COMMAND, bridgeTopic, type BridgeTopic } from '../mqtt/topics.js';
import type { CoreSettings } from '../core-settings.js';
import { eventTypesOf } from '../sensor/channels.js';
import { guardOf } from '../sensor/guard.js';
import type { SensorSettings } from '../sensor/settings.js';
import { isAlarmType } from '../sensor/types.js';
import {
  bridgeObjectId,
  pageLink,
  entity,
  slug,
  statusTopic,
  type Component,
  type DiscoveryDevice,
  type Keys,
  type Platform,
} from './device.js';
import { alertEntities } from './zone-device.js';

/** One entity of the bridge: its state topic and the keys that go with it. */
type BridgeEntity = {
  readonly platform: Exclude<Platform, 'button'>;
  readonly topic: BridgeTopic;
  readonly keys: Keys;
  /** Says something also when the bridge is gone: has no availability. */
  readonly always?: true;
};

/** Three lines tell whether all is well. The others are for details and automations. */
const HIDDEN = { enabled_by_default: false };

const binary = (topic: BridgeTopic, name: string, deviceClass: string, more: Keys = {}): BridgeEntity => ({
  platform: 'binary_sensor',
  topic,
  keys: { name, device_class: deviceClass, ...more },
});

const sensor = (topic: BridgeTopic, name: string, keys: Keys): BridgeEntity => ({
  platform: 'sensor',
  topic,
  keys: { name, ...keys },
});

const ONLINE = { payload_on: 'online', payload_off: 'offline' };

/** A trouble that `bridge/info` lists while it lasts. */
const trouble = (key: string, name: string): Readonly<Record<string, BridgeEntity>> => ({
  [key]: binary('info', name, 'problem', {
    ...HIDDEN,
    value_template: `{{ 'ON' if '${key}' in (value_json.troubles | default({})) else 'OFF' }}`,
  }),
});

/** A number within the JSON of `bridge/info`; unknown while that does not hold it. */
const counter = (key: string, name: string, icon: string): BridgeEntity =>
  sensor('info', name, {
    icon,
    ...HIDDEN,
    value_template: `{{ (value_json.counters | default({})).${key} | default('None') }}`,
  });

/** By component key. */
const ENTITIES: Readonly<Record<string, BridgeEntity>> = {
  connection: { ...binary('status', 'Connection', 'connectivity', ONLINE), always: true },
  source: binary('source', 'Log', 'connectivity', ONLINE),
  log_problem: binary('problem', 'Any problem', 'problem', HIDDEN),
  takeover: binary('takeover', 'Second bridge with the same client id', 'problem', HIDDEN),
  reason: sensor('info', 'Problem', {
    icon: 'mdi:alert-circle-outline',
    // A state of Home Assistant holds 255 characters.
    value_template:
      "{{ 'None' if value_json.problem is not defined else (value_json.problem or 'none')[:255] }}",
  }),
  ...trouble('interface_lockup', 'Power line interface locked up'),
  ...trouble('interface_garbage', 'Garbage from the power line interface'),
  ...trouble('rf_flood', 'RF flood'),
  ...trouble('rf_jamming', 'RF jamming'),
  ...trouble('clock_mismatch', 'Clock of the heyu log'),
  last_event: sensor('last_event', 'Last event', { device_class: 'timestamp', ...HIDDEN }),
  unmapped: sensor('unmapped', 'Unmapped addresses', {
    ...HIDDEN,
    icon: 'mdi:help-network',
    value_template: '{{ value_json | count }}',
  }),
  unrecognised_lines: counter('unrecognised', 'Unrecognised lines', 'mdi:text-box-remove'),
  orphan_functions: counter('orphans', 'Functions without an address', 'mdi:link-off'),
};

/** Whether it raises alerts that no zone has: smoke, water or a panic key without one. */
function isZonelessGuard({ zones }: CoreSettings, sensor: SensorSettings): boolean {
  const { alias, zone, ignore, type } = sensor;
  if (zones.some(({ keyfobs }) => keyfobs.includes(alias))) return false;
  const kind = isAlarmType(type) ? type : eventTypesOf(sensor).includes('panic') ? 'panic' : undefined;
  return !ignore && zone === undefined && kind !== undefined && guardOf(sensor, kind) === 'always';
}

/** The bridge as Home Assistant's device. */
export function bridgeDevice(core: CoreSettings): DiscoveryDevice {
  const objectId = bridgeObjectId(core);
  const house = slug(core.bridgeId);
  const topic = (name: BridgeTopic | 'set'): string => bridgeTopic(core.baseTopic, name);
  const availability = [{ topic: statusTopic(core) }];
  const owner = { objectId, name: `${house === '' ? 'x10' : house}_bridge`, fallback: objectId };
  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: house === 'x10' || house === '' ? 'X10 bridge' : `X10 bridge ${core.bridgeId}`,
      manufacturer: 'heyu2mqtt',
      model: 'Bridge from the heyu log',
      sw_version: core.version,
      ...pageLink(core, 'now'),
    },
    newerDeviceKeys: {},
    availabilityTopics: [],
    components: Object.fromEntries([
      ...Object.entries(ENTITIES).map(
        ([key, { platform, topic: name, keys, always }]): [string, Component] => [
          key,
          entity(owner, platform, key, key, {
            entity_category: 'diagnostic',
            ...keys,
            state_topic: topic(name),
            // which addresses these are
            ...(key === 'unmapped' ? { json_attributes_topic: topic(name) } : {}),
            ...(always ? {} : { availability }),
          }),
        ],
      ),
      [
        'send_discovery',
        entity(owner, 'button', 'send_discovery', 'send_discovery', {
          name: 'Send discovery again',
          icon: 'mdi:refresh',
          entity_category: 'config',
          command_topic: topic('set'),
          payload_press: BRIDGE_COMMAND,
          availability,
        }),
      ],
      ...(core.sensors.some((sensor) => isZonelessGuard(core, sensor))
        ? Object.entries(alertEntities(owner, topic('last_alert'), topic('alert'))).map(
            ([key, component]) => [key, { ...component, availability }] as const,
          )
        : []),
    ]),
  };
}
