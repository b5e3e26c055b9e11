/**
 * What each channel is in Home Assistant. Data only: the keys are those of a discovery payload. Classes of
 * binary sensors say what ON means, and ON of every channel is what its topic says (docs/topics.md).
 */
import { formOf, type Channel, type ReadingChannel, type SensorType } from '../sensor/types.js';
import type { Json, Platform } from './device.js';

/** The keys of a component that do not depend on the sensor. */
export type EntityClass = {
  readonly platform: Platform;
  /** Short, without the name of the device: Home Assistant puts that in front. */
  readonly name: string;
  readonly [key: string]: Json;
};

/** A channel that is an entity of its own: all but the JSON attributes and the command topic. */
export type EntityChannel = Exclude<Channel, 'attributes' | 'set'>;

/** A number with a unit. `unit_of_measurement` comes from the table of the units in which we publish. */
const reading = (
  topic: ReadingChannel,
  name: string,
  more: Readonly<Record<string, Json>> = {},
): EntityClass => {
  const { unit } = formOf(topic);
  return {
    platform: 'sensor',
    name,
    ...(unit === undefined ? {} : { unit_of_measurement: unit }),
    state_class: 'measurement',
    ...more,
  };
};

const diagnostic = (name: string, deviceClass: string): EntityClass => ({
  platform: 'binary_sensor',
  name,
  device_class: deviceClass,
  entity_category: 'diagnostic',
});

/** By channel. */
export const CHANNEL_CLASSES: Readonly<Record<EntityChannel, EntityClass>> = {
  motion: { platform: 'binary_sensor', name: 'Motion', device_class: 'motion' },
  // ON = light: X10 says On for dark, the channel is turned round before it is published.
  light: { platform: 'binary_sensor', name: 'Daylight', device_class: 'light' },
  contact: { platform: 'binary_sensor', name: 'Contact', device_class: 'opening' },
  smoke: { platform: 'binary_sensor', name: 'Smoke', device_class: 'smoke' },
  // Home Assistant has no class for broken glass. `safety` reads "unsafe" and "safe"; `vibration` or `sound`
  // would promise a sensor of those.
  glass: { platform: 'binary_sensor', name: 'Glass', device_class: 'safety' },
  water: { platform: 'binary_sensor', name: 'Water', device_class: 'moisture' },
  battery: diagnostic('Battery', 'battery'),
  tamper: diagnostic('Tamper', 'tamper'),
  silent: diagnostic('Silent', 'problem'),
  // No class: `light` would read "light detected" and `power` "power detected"; without one it reads on and off.
  state: { platform: 'binary_sensor', name: 'State' },
  brightness: {
    platform: 'sensor',
    name: 'Brightness',
    unit_of_measurement: '%',
    state_class: 'measurement',
    icon: 'mdi:brightness-percent',
  },
  temperature: reading('temperature', 'Temperature', {
    device_class: 'temperature',
    suggested_display_precision: 1,
  }),
  temperature_2: reading('temperature_2', 'Second temperature', {
    device_class: 'temperature',
    suggested_display_precision: 1,
  }),
  setpoint: reading('setpoint', 'Setpoint', {
    device_class: 'temperature',
    suggested_display_precision: 1,
    icon: 'mdi:thermostat',
  }),
  humidity: reading('humidity', 'Humidity', { device_class: 'humidity' }),
  pressure: reading('pressure', 'Air pressure', { device_class: 'atmospheric_pressure' }),
  voltage: reading('voltage', 'Voltage', { device_class: 'voltage', suggested_display_precision: 2 }),
  voltage_supply: reading('voltage_supply', 'Supply voltage', {
    device_class: 'voltage',
    suggested_display_precision: 2,
  }),
  potentiometer: reading('potentiometer', 'Potentiometer', { icon: 'mdi:knob' }),
  counter: reading('counter', 'Counter', { state_class: 'total_increasing', icon: 'mdi:counter' }),
  power: reading('power', 'Power', { device_class: 'power' }),
  energy: reading('energy', 'Energy', { device_class: 'energy', state_class: 'total_increasing' }),
  current: reading('current', 'Current', { device_class: 'current', suggested_display_precision: 1 }),
  weight: reading('weight', 'Weight', { device_class: 'weight', suggested_display_precision: 1 }),
  wind_speed: reading('wind_speed', 'Wind speed', {
    device_class: 'wind_speed',
    suggested_display_precision: 1,
  }),
  wind_gust: reading('wind_gust', 'Wind gust', {
    device_class: 'wind_speed',
    suggested_display_precision: 1,
  }),
  // The class `wind_direction` came in 2025: older releases refuse an entity with a class that they do not know.
  wind_direction: {
    platform: 'sensor',
    name: 'Wind direction',
    unit_of_measurement: '°',
    icon: 'mdi:compass-rose',
  },
  rain_rate: reading('rain_rate', 'Rain rate', { device_class: 'precipitation_intensity' }),
  rain_total: reading('rain_total', 'Rain', {
    device_class: 'precipitation',
    state_class: 'total_increasing',
  }),
  uv: reading('uv', 'UV index', { icon: 'mdi:weather-sunny-alert' }),
  // A timestamp has neither unit nor state class. Off by default: it changes with every signal.
  last_seen: {
    platform: 'sensor',
    name: 'Last seen',
    device_class: 'timestamp',
    entity_category: 'diagnostic',
    enabled_by_default: false,
  },
  event: { platform: 'event', name: 'Event' },
};

/** What differs by the type of the sensor. */
export const TYPE_CLASSES: Readonly<
  Partial<Record<SensorType, Partial<Record<EntityChannel, Readonly<Record<string, Json>>>>>>
> = {
  motion: { event: { name: 'Motion event', device_class: 'motion' } },
  door: { contact: { name: 'Door', device_class: 'door' } },
  window: { contact: { name: 'Window', device_class: 'window' } },
  garage: { contact: { name: 'Garage door', device_class: 'garage_door' } },
  opening: { contact: { name: 'Opening' } },
  // Without the class `button`, which since 2026.8 has types of its own (press_start ...) that no X10 key knows.
  remote: { event: { name: 'Key', icon: 'mdi:remote' } },
  light: { state: { icon: 'mdi:lightbulb' } },
  appliance: { state: { icon: 'mdi:power-socket' } },
  // A Digimax thermostat: ON = it asks for heat.
  reading: { state: { name: 'Heat demand', device_class: 'running', icon: 'mdi:radiator' } },
};

/** What a lamp or appliance is when it may be switched (setting `control`). */
export const CONTROL_CLASSES: Readonly<Record<'light' | 'appliance', EntityClass>> = {
  light: { platform: 'light', name: 'Light' },
  appliance: { platform: 'switch', name: 'Switch' },
};
