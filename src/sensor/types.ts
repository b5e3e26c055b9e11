/**
 * The words of a sensor: its channels, types and events. Data only: machines, discovery and configuration read the same
 * tables, so that no entity waits for a topic that is never published, and Home Assistant drops no event whose type its
 * event entity does not offer.
 */

import type { ModelKind } from '../x10/models.js';

/** What the values of a channel are. A number is in this unit, independent of heyu's scale; without one it has no unit. */
type ChannelForm = {
  /** `on_off`: ON or OFF, or `None` when it is unknown, which Home Assistant shows as unknown. */
  readonly says: 'on_off' | 'number' | 'count' | 'level' | 'json' | 'instant' | 'event' | 'command';
  readonly unit?: string;
};

const ON_OFF = { says: 'on_off' } as const;

/** What is published for a sensor, one topic each: `<base>/<sensor topic>/<channel>`; `set` is subscribed to. */
export const CHANNELS = {
  motion: ON_OFF,
  light: ON_OFF,
  contact: ON_OFF,
  smoke: ON_OFF,
  glass: ON_OFF,
  water: ON_OFF,
  battery: ON_OFF,
  tamper: ON_OFF,
  silent: ON_OFF,
  /** Heartbeats in a row that were not heard, until it is silent. */
  missed_heartbeats: { says: 'count' },
  /** Of a lamp or an appliance; of a thermostat its demand for heat. */
  state: ON_OFF,
  temperature: { says: 'number', unit: '°C' },
  temperature_2: { says: 'number', unit: '°C' },
  setpoint: { says: 'number', unit: '°C' },
  humidity: { says: 'number', unit: '%' },
  pressure: { says: 'number', unit: 'hPa' },
  voltage: { says: 'number', unit: 'V' },
  voltage_supply: { says: 'number', unit: 'V' },
  potentiometer: { says: 'number', unit: '%' },
  counter: { says: 'number' },
  power: { says: 'number', unit: 'W' },
  energy: { says: 'number', unit: 'kWh' },
  current: { says: 'number', unit: 'A' },
  weight: { says: 'number', unit: 'kg' },
  wind_speed: { says: 'number', unit: 'm/s' },
  wind_gust: { says: 'number', unit: 'm/s' },
  wind_direction: { says: 'number', unit: '°' },
  rain_rate: { says: 'number', unit: 'mm/h' },
  rain_total: { says: 'number', unit: 'mm' },
  uv: { says: 'number', unit: 'UV index' },
  brightness: { says: 'level' },
  attributes: { says: 'json' },
  last_seen: { says: 'instant' },
  event: { says: 'event' },
  set: { says: 'command' },
} as const satisfies Readonly<Record<string, ChannelForm>>;

/** One of them. */
export type Channel = keyof typeof CHANNELS;

/** The channels that carry what is measured: a number or, for `state`, a thermostat's demand for heat. */
export type ReadingChannel =
  'state' | { [Name in Channel]: (typeof CHANNELS)[Name]['says'] extends 'number' ? Name : never }[Channel];

/** What the values of a channel are. */
export function formOf(channel: Channel): ChannelForm {
  return CHANNELS[channel];
}

/** Start and end of a motion, and a start that was read too late to be live (docs/design.md, decision 4). */
const MOTION_EVENTS = ['motion', 'clear', 'motion_missed', 'test'] as const;
const CONTACT_EVENTS = ['opened', 'closed', 'opened_missed', 'test'] as const;
const ALARM_EVENTS = ['alarm', 'clear', 'alarm_missed', 'test'] as const;
/** Keys of standard X10 remotes, one unit of a house code: On, Off, Dim, Bright and the house functions. */
export const REMOTE_EVENTS = ['on', 'off', 'dim', 'bright', 'all_off', 'lights_on', 'lights_off'] as const;
/** On and Off of one unit of a remote on several: `key_2_on`. The other keys are those of the whole remote. */
type UnitKeyEvent = `key_${string}_${'on' | 'off'}`;
const SECURITY_KEYS = ['arm', 'disarm', 'panic'] as const;
/** Keys of security remotes: Arm, Disarm, Panic, sLightsOn, sLightsOff. */
export const KEYFOB_EVENTS = [...SECURITY_KEYS, 'lights_on', 'lights_off'] as const;
/** A KR18 sends AkeyOn, AkeyOff, BkeyOn, BkeyOff in place of the two light keys. */
export const FOUR_KEY_EVENTS = [...SECURITY_KEYS, 'a_key_on', 'a_key_off', 'b_key_on', 'b_key_off'] as const;
/** Entertainment remotes, SVDATA and keys that heyu does not know: vData with the byte as an attribute. */
export const BYTE_EVENTS = ['vdata'] as const;

/** Every `event_type` that is ever published on a sensor's `event` topic. */
export type EventType =
  | (typeof MOTION_EVENTS)[number]
  | (typeof CONTACT_EVENTS)[number]
  | (typeof ALARM_EVENTS)[number]
  | (typeof REMOTE_EVENTS)[number]
  | UnitKeyEvent
  | (typeof KEYFOB_EVENTS)[number]
  | (typeof FOUR_KEY_EVENTS)[number]
  | (typeof BYTE_EVENTS)[number];

/** What a sensor is for: its main channel and its events. */
type TypeForm = {
  /** Missing for remotes (events only) and readings (several channels). */
  readonly main?: Channel;
  /** The events of a remote depend on its model. */
  readonly events: readonly EventType[];
};

const OPENING = { main: 'contact', events: CONTACT_EVENTS } as const;

const TYPES = {
  motion: { main: 'motion', events: MOTION_EVENTS },
  door: OPENING,
  window: OPENING,
  garage: OPENING,
  opening: OPENING,
  smoke: { main: 'smoke', events: ALARM_EVENTS },
  glass: { main: 'glass', events: ALARM_EVENTS },
  water: { main: 'water', events: ALARM_EVENTS },
  light_sensor: { main: 'light', events: [] },
  remote: { events: [] },
  light: { main: 'state', events: [] },
  appliance: { main: 'state', events: [] },
  reading: { events: [] },
} as const satisfies Readonly<Record<string, TypeForm>>;

/** What a sensor is to Home Assistant. The model gives the default, the alias file may say otherwise. */
export type SensorType = keyof typeof TYPES;

/** Every type of sensor, in a fixed order. */
export const SENSOR_TYPES = Object.keys(TYPES) as readonly SensorType[];

/** The type of sensor that a model's kind stands for. `other` says nothing: a reading is never an alarm. */
export const TYPE_OF_KIND: Readonly<Record<ModelKind, SensorType>> = {
  motion: 'motion',
  contact: 'door',
  smoke: 'smoke',
  glass: 'glass',
  water: 'water',
  light: 'light_sensor',
  remote: 'remote',
  lamp: 'light',
  appliance: 'appliance',
  reading: 'reading',
  other: 'reading',
};

/** What a sensor of this type is for. */
export function typeForm(type: SensorType): TypeForm {
  return TYPES[type];
}

/** The channel that a sensor of this type is for; undefined for remotes (events only) and readings (several). */
export function mainChannelOf(type: SensorType): Channel | undefined {
  return typeForm(type).main;
}

/** The types of which what they are for can be an alarm: those with events of their own. */
export type AlarmType = {
  [Type in SensorType]: (typeof TYPES)[Type]['events'] extends readonly [] ? never : Type;
}[SensorType];

/** Whether what a sensor of this type is for can be an alarm. */
export function isAlarmType(type: SensorType): type is AlarmType {
  return typeForm(type).events.length > 0;
}
