/**
 * Every `event_type` that is ever published on a sensor's `event` topic. Home Assistant drops an event whose type
 * its event entity does not offer, with a warning, so the machines and the discovery read the same table.
 */
import { unitsOf } from '../x10/address.js';
import type { SensorSettings, SensorType } from './settings.js';

/** Start and end of a motion, and a start that was read too late to be live (docs/design.md, decision 4). */
export const MOTION_EVENTS = ['motion', 'clear', 'motion_missed', 'test'] as const;
/** A door or window. */
export const CONTACT_EVENTS = ['opened', 'closed', 'opened_missed', 'test'] as const;
/** Smoke, broken glass, water. */
export const ALARM_EVENTS = ['alarm', 'clear', 'alarm_missed', 'test'] as const;
/** Keys of standard X10 remotes, one unit of a house code: On, Off, Dim, Bright and the house functions. */
export const REMOTE_EVENTS = ['on', 'off', 'dim', 'bright', 'all_off', 'lights_on', 'lights_off'] as const;
/** On and Off of one unit of a remote on several: `key_2_on`. The other keys are those of the whole remote. */
type UnitKeyEvent = `key_${string}_${'on' | 'off'}`;
/** Keys of security remotes: Arm, Disarm, Panic, sLightsOn, sLightsOff. */
export const KEYFOB_EVENTS = ['arm', 'disarm', 'panic', 'lights_on', 'lights_off'] as const;
/** A KR18 sends AkeyOn, AkeyOff, BkeyOn, BkeyOff in place of the two light keys. */
export const FOUR_KEY_EVENTS = [
  'arm',
  'disarm',
  'panic',
  'a_key_on',
  'a_key_off',
  'b_key_on',
  'b_key_off',
] as const;
/** Entertainment remotes, SVDATA and keys that heyu does not know: vData with the byte as an attribute. */
export const BYTE_EVENTS = ['vdata'] as const;

/** Any of them. */
export type EventType =
  | (typeof MOTION_EVENTS)[number]
  | (typeof CONTACT_EVENTS)[number]
  | (typeof ALARM_EVENTS)[number]
  | (typeof REMOTE_EVENTS)[number]
  | UnitKeyEvent
  | (typeof KEYFOB_EVENTS)[number]
  | (typeof FOUR_KEY_EVENTS)[number]
  | (typeof BYTE_EVENTS)[number];

const FOUR_KEYS = new Set(['KR18', 'KR18E']);
const PANIC_ONLY = new Set(['KR15A']);
const BYTES_ONLY = new Set('SVDATA SSVDATA VISGEN VDATA UR81A UR51A UX17A UX23A GURU'.split(' '));

/** The event of the key that sends On or Off of this unit (`F2`). */
export function unitKey(unit: string, key: 'on' | 'off'): UnitKeyEvent {
  return `key_${unit.slice(1)}_${key}`;
}

function remoteEvents({ model, ...addresses }: SensorSettings): readonly EventType[] {
  if (BYTES_ONLY.has(model.name)) return BYTE_EVENTS;
  if (model.protocol !== 'security') {
    if (addresses.moreUnits.length === 0) return REMOTE_EVENTS;
    const keys = unitsOf(addresses).flatMap((unit) => [unitKey(unit, 'on'), unitKey(unit, 'off')]);
    return [...keys, ...REMOTE_EVENTS.filter((key) => key !== 'on' && key !== 'off')];
  }
  if (PANIC_ONLY.has(model.name)) return ['panic', ...BYTE_EVENTS];
  return [...(FOUR_KEYS.has(model.name) ? FOUR_KEY_EVENTS : KEYFOB_EVENTS), ...BYTE_EVENTS];
}

const BY_TYPE: Readonly<Record<Exclude<SensorType, 'remote'>, readonly EventType[]>> = {
  motion: MOTION_EVENTS,
  door: CONTACT_EVENTS,
  window: CONTACT_EVENTS,
  garage: CONTACT_EVENTS,
  opening: CONTACT_EVENTS,
  smoke: ALARM_EVENTS,
  glass: ALARM_EVENTS,
  water: ALARM_EVENTS,
  light_sensor: [],
  light: [],
  appliance: [],
  reading: [],
};

/** The types of events that this sensor can publish, in a fixed order; empty for one without an event topic. */
export function eventTypesOf(sensor: SensorSettings): readonly EventType[] {
  return sensor.type === 'remote' ? remoteEvents(sensor) : BY_TYPE[sensor.type];
}
