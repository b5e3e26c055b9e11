/**
 * The device of the bridge itself: what a person looks at when no motion comes. It names no `via_device` (a
 * device that is its own is an error since 2026.9) and has no availability as a whole, because "Connection" must
 * be able to say that the bridge is gone.
 */
import { bridgeTopic, type BridgeTopic } from '../mqtt/topics.js';
import type { CoreSettings } from '../core-settings.js';
import {
  bridgeObjectId,
  entity,
  slug,
  statusTopic,
  type Component,
  type DiscoveryDevice,
  type Json,
  type Platform,
} from './device.js';

/** One entity of the bridge: its state topic and the keys that go with it. */
type BridgeEntity = {
  readonly platform: Platform;
  readonly topic: BridgeTopic;
  readonly keys: Readonly<Record<string, Json>>;
  /** Says something also when the bridge is gone: has no availability. */
  readonly always?: true;
};

/** A number within the JSON of `bridge/info`; unknown while that does not hold it. */
const counter = (name: string): string =>
  `{{ (value_json.counters | default({})).${name} | default('None') }}`;

/** A trouble that `bridge/info` lists while it lasts. */
const trouble = (name: string): string =>
  `{{ 'ON' if '${name}' in (value_json.troubles | default({})) else 'OFF' }}`;

const troubleEntity = (key: string, name: string): Readonly<Record<string, BridgeEntity>> => ({
  [key]: {
    platform: 'binary_sensor',
    topic: 'info',
    keys: { name, device_class: 'problem', value_template: trouble(key) },
  },
});

/** By component key. Counters are off by default: each is a line in the history that few will read. */
const ENTITIES: Readonly<Record<string, BridgeEntity>> = {
  connection: {
    platform: 'binary_sensor',
    topic: 'status',
    always: true,
    keys: {
      name: 'Connection',
      device_class: 'connectivity',
      payload_on: 'online',
      payload_off: 'offline',
    },
  },
  source: {
    platform: 'binary_sensor',
    topic: 'source',
    keys: {
      name: 'Heyu log readable',
      device_class: 'connectivity',
      payload_on: 'online',
      payload_off: 'offline',
    },
  },
  log_problem: {
    platform: 'binary_sensor',
    topic: 'problem',
    keys: { name: 'Heyu log', device_class: 'problem' },
  },
  takeover: {
    platform: 'binary_sensor',
    topic: 'takeover',
    keys: { name: 'Second bridge with the same client id', device_class: 'problem' },
  },
  reason: {
    platform: 'sensor',
    topic: 'info',
    keys: {
      name: 'Problem',
      icon: 'mdi:alert-circle-outline',
      // A state of Home Assistant holds 255 characters.
      value_template:
        "{{ 'None' if value_json.problem is not defined else (value_json.problem or 'none')[:255] }}",
    },
  },
  ...troubleEntity('interface_lockup', 'Power line interface locked up'),
  ...troubleEntity('interface_garbage', 'Garbage from the power line interface'),
  ...troubleEntity('rf_flood', 'RF flood'),
  ...troubleEntity('rf_jamming', 'RF jamming'),
  ...troubleEntity('clock_mismatch', 'Clock of the heyu log'),
  last_event: {
    platform: 'sensor',
    topic: 'last_event',
    keys: { name: 'Last event', device_class: 'timestamp', enabled_by_default: false },
  },
  unmapped: {
    platform: 'sensor',
    topic: 'unmapped',
    keys: {
      name: 'Unmapped addresses',
      icon: 'mdi:help-network',
      value_template: '{{ value_json | count }}',
    },
  },
  unrecognised_lines: {
    platform: 'sensor',
    topic: 'info',
    keys: {
      name: 'Unrecognised lines',
      icon: 'mdi:text-box-remove',
      enabled_by_default: false,
      value_template: counter('unrecognised'),
    },
  },
  orphan_functions: {
    platform: 'sensor',
    topic: 'info',
    keys: {
      name: 'Functions without an address',
      icon: 'mdi:link-off',
      enabled_by_default: false,
      value_template: counter('orphans'),
    },
  },
};

/** The bridge as Home Assistant's device. */
export function bridgeDevice(core: CoreSettings): DiscoveryDevice {
  const objectId = bridgeObjectId(core);
  const house = slug(core.bridgeId);
  const owner = { objectId, name: `${house === '' ? 'x10' : house}_bridge`, fallback: objectId };
  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: house === 'x10' || house === '' ? 'X10 bridge' : `X10 bridge ${core.bridgeId}`,
      manufacturer: 'heyu2mqtt',
      model: 'Bridge from the heyu log',
      sw_version: core.version,
    },
    newerDeviceKeys: {},
    availabilityTopics: [],
    components: Object.fromEntries(
      Object.entries(ENTITIES).map(([key, { platform, topic, keys, always }]): [string, Component] => [
        key,
        entity(owner, platform, key, key, {
          entity_category: 'diagnostic',
          ...keys,
          state_topic: bridgeTopic(core.baseTopic, topic),
          ...(always ? {} : { availability: [{ topic: statusTopic(core) }] }),
        }),
      ]),
    ),
  };
}
