/**
 * The device of one sensor: an entity for each of its channels, and the keys of a remote as device triggers. First the
 * tables of each channel in Home Assistant: their keys are those of a discovery payload. The class of a binary sensor
 * defines what ON means, and ON of every channel means what its topic says (docs/topics.md).
 */
import { writeAddresses } from '../heyu/x10config.js';
import { sensorTopic, zoneTopic } from '../mqtt/topics.js';
import { channelsOf, eventTypesOf, isSwitchable, isUncertain } from '../sensor/channels.js';
import { signalForm } from '../sensor/guard.js';
import type { SensorSettings } from '../sensor/settings.js';
import {
  formOf,
  isAlarmType,
  mainChannelOf,
  type Channel,
  type ReadingChannel,
  type SensorType,
} from '../sensor/types.js';
import { batteryHint } from '../sensor/words.js';
import type { CoreSettings } from '../core-settings.js';
import {
  bridgeObjectId,
  pageLink,
  entity,
  makerOf,
  sensorAvailability,
  sensorObjectId,
  type Component,
  type DiscoveryDevice,
  type Json,
  type Keys,
  type Platform,
} from './device.js';

/** The keys of a component that do not depend on the sensor. */
type EntityClass = {
  readonly platform: Platform;
  /**
   * Short, without the name of the device: Home Assistant puts that in front. Missing where the class has a name, which
   * Home Assistant says in its user's language.
   */
  readonly name?: string;
  readonly [key: string]: Json | undefined;
};

/** A channel that is an entity of its own: all but the JSON attributes and the command topic. */
type EntityChannel = Exclude<Channel, 'attributes' | 'set'>;

/** A number with a unit. `unit_of_measurement` comes from the table of the units in which we publish. */
const reading = (topic: ReadingChannel, more: Keys): EntityClass => {
  const { unit } = formOf(topic);
  return {
    platform: 'sensor',
    ...(unit === undefined ? {} : { unit_of_measurement: unit }),
    state_class: 'measurement',
    ...more,
  };
};

const diagnostic = (deviceClass: string): EntityClass => ({
  platform: 'binary_sensor',
  device_class: deviceClass,
  entity_category: 'diagnostic',
});

const TENTHS = { suggested_display_precision: 1 };
const HUNDREDTHS = { suggested_display_precision: 2 };

/** By channel. */
const CHANNEL_CLASSES: Readonly<Record<EntityChannel, EntityClass>> = {
  motion: { platform: 'binary_sensor', device_class: 'motion' },
  // ON = light: X10 says On for dark, the channel is turned round before it is published.
  light: { platform: 'binary_sensor', name: 'Daylight', device_class: 'light' },
  contact: { platform: 'binary_sensor', name: 'Contact', device_class: 'opening' },
  smoke: { platform: 'binary_sensor', device_class: 'smoke' },
  // Releases without a class for broken glass: `safety` reads "unsafe" and "safe"; `vibration` or `sound` would promise
  // a sensor of those.
  glass: { platform: 'binary_sensor', name: 'Glass', device_class: 'safety' },
  water: { platform: 'binary_sensor', device_class: 'moisture' },
  battery: diagnostic('battery'),
  tamper: diagnostic('tamper'),
  silent: { ...diagnostic('problem'), name: 'Signal' },
  missed_heartbeats: {
    platform: 'sensor',
    name: 'Missed heartbeats',
    entity_category: 'diagnostic',
    state_class: 'measurement',
    icon: 'mdi:heart-off',
    enabled_by_default: false,
  },
  // No class: `light` would read "light detected" and `power` "power detected"; without one it reads on and off.
  state: { platform: 'binary_sensor', name: 'State' },
  brightness: {
    platform: 'sensor',
    name: 'Brightness',
    unit_of_measurement: '%',
    state_class: 'measurement',
    icon: 'mdi:brightness-percent',
  },
  temperature: reading('temperature', { device_class: 'temperature', ...TENTHS }),
  temperature_2: reading('temperature_2', {
    name: 'Second temperature',
    device_class: 'temperature',
    ...TENTHS,
  }),
  setpoint: reading('setpoint', {
    name: 'Setpoint',
    device_class: 'temperature',
    ...TENTHS,
    icon: 'mdi:thermostat',
  }),
  humidity: reading('humidity', { device_class: 'humidity' }),
  pressure: reading('pressure', { device_class: 'atmospheric_pressure' }),
  voltage: reading('voltage', { device_class: 'voltage', ...HUNDREDTHS }),
  voltage_supply: reading('voltage_supply', {
    name: 'Supply voltage',
    device_class: 'voltage',
    ...HUNDREDTHS,
  }),
  potentiometer: reading('potentiometer', { name: 'Potentiometer', icon: 'mdi:knob' }),
  counter: reading('counter', { name: 'Counter', state_class: 'total_increasing', icon: 'mdi:counter' }),
  power: reading('power', { device_class: 'power' }),
  energy: reading('energy', { device_class: 'energy', state_class: 'total_increasing' }),
  current: reading('current', { device_class: 'current', ...TENTHS }),
  weight: reading('weight', { device_class: 'weight', ...TENTHS }),
  wind_speed: reading('wind_speed', { device_class: 'wind_speed', ...TENTHS }),
  wind_gust: reading('wind_gust', { name: 'Wind gust', device_class: 'wind_speed', ...TENTHS }),
  // The class `wind_direction` came in 2025: older releases refuse an entity with a class that they do not know.
  wind_direction: {
    platform: 'sensor',
    name: 'Wind direction',
    unit_of_measurement: '°',
    icon: 'mdi:compass-rose',
  },
  rain_rate: reading('rain_rate', { device_class: 'precipitation_intensity' }),
  rain_total: reading('rain_total', {
    device_class: 'precipitation',
    state_class: 'total_increasing',
  }),
  uv: reading('uv', { name: 'UV index', icon: 'mdi:weather-sunny-alert' }),
  // A timestamp has neither unit nor state class. Off by default: it changes with every signal.
  last_seen: {
    platform: 'sensor',
    name: 'Last seen',
    device_class: 'timestamp',
    entity_category: 'diagnostic',
    enabled_by_default: false,
  },
  // hidden on dashboards that Home Assistant makes by itself: what is wanted there is the state
  event: { platform: 'event', name: 'Event', visible_by_default: false },
};

/** What differs by the type of the sensor. */
const TYPE_CLASSES: Readonly<Partial<Record<SensorType, Partial<Record<EntityChannel, Keys>>>>> = {
  motion: { event: { name: 'Motion event', device_class: 'motion' } },
  door: { contact: { name: 'Door', device_class: 'door' } },
  window: { contact: { name: 'Window', device_class: 'window' } },
  garage: { contact: { name: 'Garage door', device_class: 'garage_door' } },
  opening: { contact: { name: 'Opening' } },
  // Without the class `button`, which since 2026.8 has types of its own (press_start ...) that no X10 key knows.
  remote: { event: { name: 'Key', icon: 'mdi:remote', visible_by_default: true } },
  light: { state: { icon: 'mdi:lightbulb' } },
  appliance: { state: { icon: 'mdi:power-socket' } },
  // A Digimax thermostat: ON = it asks for heat.
  reading: { state: { name: 'Heat demand', device_class: 'running', icon: 'mdi:radiator' } },
};

/** What a lamp or appliance is when it may be switched (setting `control`). */
const CONTROL_CLASSES: Readonly<Record<'light' | 'appliance', EntityClass>> = {
  light: { platform: 'light', name: 'Light' },
  appliance: { platform: 'switch', name: 'Switch' },
};

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

/** Since 2026.10 there is a class for broken glass; a release that does not know it refuses the entity. */
const GLASS_BREAK_SINCE = [2026, 10] as const;

function hasGlassBreak({ homeassistant: { release } }: CoreSettings): boolean {
  const [year, month] = release ?? [0, 0];
  return year > GLASS_BREAK_SINCE[0] || (year === GLASS_BREAK_SINCE[0] && month >= GLASS_BREAK_SINCE[1]);
}

function classOf(core: CoreSettings, sensor: SensorSettings, channel: EntityChannel): EntityClass {
  if (channel === 'state' && isControlled(core, sensor)) {
    return CONTROL_CLASSES[sensor.type === 'light' ? 'light' : 'appliance'];
  }
  const has = hasGlassBreak(core) && channel === 'glass';
  if (has) return { platform: 'binary_sensor', device_class: 'glass_break' };
  return { ...CHANNEL_CLASSES[channel], ...TYPE_CLASSES[sensor.type]?.[channel] };
}

/** Keys that depend on what else the sensor has. */
function furtherKeys(core: CoreSettings, sensor: SensorSettings, channel: EntityChannel): Keys {
  const topic = (name: Parameters<typeof sensorTopic>[2]): string =>
    sensorTopic(core.baseTopic, sensor.topic, name);
  if (channel === 'event') return { event_types: eventTypesOf(sensor) };
  if (channel === 'battery') return batteryKeys(topic('battery'), sensor);
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

/** What to know of a low battery is an attribute while it is low. */
function batteryKeys(topic: string, { model }: SensorSettings): Keys {
  const hint = batteryHint(model);
  if (hint === undefined) return {};
  return {
    json_attributes_topic: topic,
    json_attributes_template: `{{ (${JSON.stringify({ hint })} if value == 'ON' else {}) | to_json }}`,
  };
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
    ...(isMain ? { name: null } : name === undefined ? {} : { name }),
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

/**
 * The switch that bypasses a sensor until its zone is disarmed. What is bypassed stands in the attributes of
 * the zone; the command goes to the zone, too.
 */
function bypassOf(core: CoreSettings, sensor: SensorSettings): Readonly<Record<string, Component>> {
  const zone = core.zones.find((one) => one.zone === sensor.zone)?.zone;
  const { type, alias } = sensor;
  if (zone === undefined || !isAlarmType(type) || signalForm(sensor, type, undefined).guard !== 'armed')
    return {};
  const objectId = sensorObjectId(core, sensor);
  const owner = { objectId, name: sensor.topic, fallback: `${core.bridgeId}_${sensor.id}` };
  const command = (word: 'bypass' | 'unbypass'): string => JSON.stringify({ command: word, sensor: alias });
  const component = entity(owner, 'switch', 'bypass', 'bypass', {
    name: 'Bypass',
    icon: 'mdi:shield-off-outline',
    entity_category: 'config',
    command_topic: zoneTopic(core.baseTopic, zone, 'set'),
    payload_on: command('bypass'),
    payload_off: command('unbypass'),
    state_topic: zoneTopic(core.baseTopic, zone, 'security_attributes'),
    value_template: `{{ 'ON' if ${JSON.stringify(alias)} in value_json.bypassed_sensors else 'OFF' }}`,
    state_on: 'ON',
    state_off: 'OFF',
    retain: false,
  });
  return { bypass: component };
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
      ...pageLink(core, `sensor/${encodeURIComponent(sensor.alias)}`),
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
      ...bypassOf(core, sensor),
    },
  };
}
