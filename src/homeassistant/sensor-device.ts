/** The device of one sensor: an entity for each of its channels, and the keys of a remote as device triggers. */
import { writeAddresses } from '../heyu/x10config.js';
import { sensorTopic } from '../mqtt/topics.js';
import { channelsOf, eventTypesOf, isSwitchable, isUncertain } from '../sensor/channels.js';
import type { SensorSettings } from '../sensor/settings.js';
import { mainChannelOf } from '../sensor/types.js';
import type { CoreSettings } from '../core-settings.js';
import {
  CHANNEL_CLASSES,
  CONTROL_CLASSES,
  TYPE_CLASSES,
  type EntityChannel,
  type EntityClass,
} from './discovery-keys.js';
import {
  bridgeObjectId,
  entity,
  makerOf,
  sensorObjectId,
  type Component,
  type DiscoveryDevice,
  type Json,
} from './device.js';
import { sensorAvailability } from './availability.js';

type Keys = Readonly<Record<string, Json>>;

/** Channels whose word would add nothing to the name of their device: `binary_sensor.front_door`, `light.porch`. */
const UNNAMED: ReadonlySet<EntityChannel> = new Set<EntityChannel>(['contact', 'state', 'event']);

/** The channel whose entity carries the name of the device itself (`"name": null`). */
function nameChannelOf(sensor: SensorSettings): EntityChannel | undefined {
  if (sensor.type === 'remote') return 'event';
  return mainChannelOf(sensor.type) as EntityChannel | undefined;
}

/** Whether Home Assistant may switch it. */
const isControlled = (core: CoreSettings, sensor: SensorSettings): boolean =>
  core.control && isSwitchable(sensor);

function classOf(core: CoreSettings, sensor: SensorSettings, channel: EntityChannel): EntityClass {
  if (channel === 'state' && isControlled(core, sensor)) {
    return CONTROL_CLASSES[sensor.type === 'light' ? 'light' : 'appliance'];
  }
  return { ...CHANNEL_CLASSES[channel], ...TYPE_CLASSES[sensor.type]?.[channel] };
}

/** Keys that depend on what else the sensor has. */
function furtherKeys(core: CoreSettings, sensor: SensorSettings, channel: EntityChannel): Keys {
  const topic = (name: Parameters<typeof sensorTopic>[2]): string =>
    sensorTopic(core.baseTopic, sensor.topic, name);
  if (channel === 'event') return { event_types: eventTypesOf(sensor) };
  if (channel === 'contact' && channelsOf(sensor).includes('attributes')) {
    return { json_attributes_topic: topic('attributes') };
  }
  if (channel === 'state' && classOf(core, sensor, channel).platform === 'switch') {
    return { command_topic: topic('set') };
  }
  if (channel === 'state' && classOf(core, sensor, channel).platform === 'light') {
    const dimmable = channelsOf(sensor).includes('brightness');
    return {
      command_topic: topic('set'),
      ...(dimmable
        ? {
            brightness_command_topic: topic('set'),
            brightness_state_topic: topic('brightness'),
            brightness_scale: 100,
            // One command for one action: X10 is slow, and On before a level would flash the lamp.
            on_command_type: 'brightness',
          }
        : {}),
    };
  }
  return {};
}

function entityOf(core: CoreSettings, sensor: SensorSettings, channel: EntityChannel): Component {
  const { platform, name, ...keys } = classOf(core, sensor, channel);
  const isMain = channel === nameChannelOf(sensor);
  const owner = {
    objectId: sensorObjectId(core, sensor),
    name: sensor.topic,
    fallback: `${core.bridgeId}_${sensor.id}`,
  };
  return entity(owner, platform, channel, isMain && UNNAMED.has(channel) ? '' : channel, {
    name: isMain ? null : name,
    ...keys,
    ...(isUncertain(sensor, channel) ? { enabled_by_default: false } : {}),
    state_topic: sensorTopic(core.baseTopic, sensor.topic, channel),
    ...furtherKeys(core, sensor, channel),
  });
}

/**
 * The key of a component in its device. What may be switched has a key of its own: a key that changed its
 * platform could not be told from the old one when it has to be removed.
 */
function keyed(channel: EntityChannel, component: Component): readonly [string, Component] {
  const isControl = component.platform === 'light' || component.platform === 'switch';
  return [isControl ? `${channel}_control` : channel, component];
}

/** A device trigger for each key of a remote that has a name: what automations are usually made of. */
function triggersOf(core: CoreSettings, sensor: SensorSettings): Readonly<Record<string, Component>> {
  if (sensor.type !== 'remote') return {};
  return Object.fromEntries(
    eventTypesOf(sensor)
      .filter((type) => type !== 'vdata')
      .map((type) => [
        `trigger_${type}`,
        {
          platform: 'device_automation',
          automation_type: 'trigger',
          type: 'button_short_press',
          // Home Assistant has words of its own for these two.
          subtype: type === 'on' ? 'turn_on' : type === 'off' ? 'turn_off' : type,
          topic: sensorTopic(core.baseTopic, sensor.topic, 'event'),
          value_template: '{{ value_json.event_type }}',
          payload: type,
        } satisfies Component,
      ]),
  );
}

/** Whether a channel is an entity by itself: with a light entity the brightness is part of that one. */
function isEntity(core: CoreSettings, sensor: SensorSettings) {
  return (channel: string): channel is EntityChannel => {
    if (channel === 'attributes' || channel === 'set') return false;
    return !(channel === 'brightness' && isControlled(core, sensor));
  };
}

/** A sensor as Home Assistant's device. Undefined for an ignored one. */
export function sensorDevice(core: CoreSettings, sensor: SensorSettings): DiscoveryDevice | undefined {
  const channels = channelsOf(sensor);
  if (channels.length === 0) return undefined;
  const objectId = sensorObjectId(core, sensor);
  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: sensor.name,
      manufacturer: makerOf(sensor.model.name),
      model: sensor.model.name,
      via_device: bridgeObjectId(core),
      ...(sensor.area === undefined ? {} : { suggested_area: sensor.area }),
    },
    newerDeviceKeys: { serial_number: writeAddresses(sensor) },
    availabilityTopics: sensorAvailability(core),
    components: {
      ...Object.fromEntries(
        channels
          .filter(isEntity(core, sensor))
          .map((channel) => keyed(channel, entityOf(core, sensor, channel))),
      ),
      ...triggersOf(core, sensor),
    },
  };
}
