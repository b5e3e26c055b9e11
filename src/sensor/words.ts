/** The types and states of a sensor in words for people. */

import type { Model } from '../x10/models.js';
import type { SensorType } from './types.js';

/** Of the main channel of a type: what it is when it is ON and OFF, and what has happened when it becomes so. */
type Words = {
  readonly on: string;
  readonly off: string;
  readonly turnsOn?: string;
  readonly turnsOff?: string;
};

const opening = (what: string): Words => ({
  on: 'open',
  off: 'closed',
  turnsOn: `${what}opened`,
  turnsOff: `${what}closed`,
});

/** Undefined where the main channel is none: remotes and readings. */
export const STATE_WORDS: Readonly<Record<SensorType, Words | undefined>> = {
  motion: { on: 'motion', off: 'no motion' },
  door: opening('door '),
  window: opening('window '),
  garage: opening('garage door '),
  opening: opening(''),
  smoke: { on: 'smoke', off: 'no smoke' },
  glass: { on: 'glass broken', off: 'glass quiet' },
  water: { on: 'water', off: 'dry' },
  light_sensor: { on: 'light', off: 'dark' },
  light: { on: 'on', off: 'off' },
  appliance: { on: 'on', off: 'off' },
  remote: undefined,
  reading: undefined,
};

/**
 * What to know about a low battery, undefined = nothing. Measured by an owner: a DS10A keeps its flag, and drops it
 * together with its security id (forums.x10.com, topic 25465).
 */
export function batteryHint({ latchesBattery }: Pick<Model, 'latchesBattery'>): string | undefined {
  if (!latchesBattery) return undefined;
  return (
    'it continues to report this with new batteries: leave the old ones out for some minutes, put the new ones in and press TEST. ' +
    'Then it has a new security id, which heyu must be told; heyu2mqtt alias learn finds it'
  );
}

/** Words of heyu that say the same of every sensor. Standard X10 dusk units say On when it is dark. */
const DUSK: Readonly<Record<string, string>> = { sDusk: 'dark', sDawn: 'light' };

/** A function as heyu writes it (On, Alert, sDusk), of a sensor of this type, or of its dusk unit. */
export function functionWords(name: string, type: SensorType | 'dusk' | undefined): string {
  const isOn = name === 'On' || name === 'Alert';
  if (!isOn && name !== 'Off' && name !== 'Clear') return DUSK[name] ?? name;
  if (type === 'dusk') return isOn ? 'dark' : 'light';
  const words = type === undefined ? undefined : STATE_WORDS[type];
  if (words === undefined) return name;
  const { on, off, turnsOn = on, turnsOff = off } = words;
  return isOn ? turnsOn : turnsOff;
}
