/**
 * What the words of a heyu label say: `hall_motion` is the motion sensor of the hall, `hall_dark` its dusk unit.
 * Labels are free text of their owner, so every conclusion here is a proposal.
 */

import type { SensorType } from '../sensor/settings.js';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const MOTION = set('motion motions pir movement mov move presence occupancy msensor');
/** Said of nothing but darkness and daylight. */
const DUSK = set('dark darkness dusk dawn daylight twilight photo photocell lux ldr duskdawn dawndusk');
/** Said of lamps, rooms and times of day as well: they count only beside the same place's motion sensor. */
const PERHAPS_DUSK = set('light night day bright');
const EMPTY_WORDS = set('sensor detector det');

const TYPES: readonly (readonly [SensorType, ReadonlySet<string>])[] = [
  ['motion', MOTION],
  ['window', set('window win windows')],
  ['garage', set('garage carport')],
  ['door', set('door doors gate hatch')],
  ['smoke', set('smoke fire')],
  ['water', set('water leak flood')],
  ['light', set('lamp lamps light lights bulb chandelier spot spots lantern')],
  ['remote', set('remote keypad palmpad keyfob keychain button')],
];

/** The words of a label in lower case: `Hall_Motion-2` and `hallMotion2` are hall, motion, 2. */
export function wordsOf(label: string): readonly string[] {
  return split(label).map((word) => word.toLowerCase());
}

function split(label: string): readonly string[] {
  const parted = label.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/([A-Za-z]{2})(\d+)$/, '$1 $2');
  return parted.split(/[ ._-]+/).filter((word) => word !== '');
}

/** True when the label speaks of motion. */
export function saysMotion(label: string): boolean {
  return wordsOf(label).some((word) => MOTION.has(word));
}

/** True when the label by itself speaks of darkness or daylight, and not of motion. */
export function saysDusk(label: string): boolean {
  const words = wordsOf(label);
  return words.some((word) => DUSK.has(word)) && !words.some((word) => MOTION.has(word));
}

/**
 * True when the label names the dusk unit of the motion sensor beside it. A word that lamps carry too (`light`)
 * counts only where both labels name the same place: `hall_light` beside `hall_motion`.
 */
export function saysDuskOf(label: string, motionLabel: string): boolean {
  if (saysDusk(label)) return true;
  const words = wordsOf(label);
  if (saysMotion(label) || !words.some((word) => PERHAPS_DUSK.has(word))) return false;
  const place = words.filter((word) => !PERHAPS_DUSK.has(word)).join(' ');
  const motionPlace = wordsOf(motionLabel)
    .filter((word) => !MOTION.has(word) && !EMPTY_WORDS.has(word))
    .join(' ');
  return place === motionPlace;
}

/** The type of sensor that a label speaks of, among `types`; undefined when it speaks of none. */
export function typeIn(label: string, types: readonly SensorType[]): SensorType | undefined {
  const words = wordsOf(label);
  return TYPES.find(([type, names]) => types.includes(type) && words.some((word) => names.has(word)))?.[0];
}

/**
 * A name for people: `hall_motion` -> "Hall", `GARAGE_DOOR` -> "Garage door". Words that say only that it is a
 * motion sensor are left out when something else remains; with `whole` they stay.
 */
export function nameFor(label: string, whole = false): string {
  const shouting = label === label.toUpperCase();
  const words = split(label).map((word) => (shouting ? word.toLowerCase() : word));
  const rest = words.filter(
    (word) => !MOTION.has(word.toLowerCase()) && !EMPTY_WORDS.has(word.toLowerCase()),
  );
  const telling = !whole && rest.some((word) => /[A-Za-z]{2}/.test(word)) ? rest : words;
  const name = telling.map((word, index) =>
    index > 0 && /^[A-Z][a-z]+$/.test(word) ? word.toLowerCase() : word,
  );
  const text = name.join(' ');
  return text === '' ? label : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
