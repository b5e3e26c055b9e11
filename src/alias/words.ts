/**
 * What the words of a heyu label say: `hall_motion` is the motion sensor of the hall, `hall_dark` its dusk unit.
 * Labels are free text of their owner, so every conclusion here is a proposal.
 */

import type { SensorType } from '../sensor/types.js';
import { MODELS } from '../x10/models.js';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const MOTION = set('motion motions pir movement mov move presence occupancy msensor');
/** Said of nothing but darkness and daylight. */
const DUSK = set(
  'dark darkness dusk dawn daylight twilight sunset sunrise photo photocell photosensor lightsensor lightlevel lux ldr ' +
    'illuminance brightness duskdawn dawndusk',
);
/** Said of lamps, rooms and times of day as well: they count only beside the same place's motion sensor. */
const PERHAPS_DUSK = set('light lights lite ls night day bright sun ambient evening');
const EMPTY_WORDS = set('sensor detector det ms');

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
  const parted = label
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Za-z]{2,})(\d+)$/, (word, letters: string, number: string) =>
      isModel(word) ? word : `${letters} ${number}`,
    );
  return parted.split(/[ ._-]+/).filter((word) => word !== '');
}

/** True for `ds90` and `UR81` (which is UR81A), not for `rain8` and `remote2`, which are words that are counted. */
const isModel = (word: string): boolean =>
  /^[a-z]{2}\d{2,}[a-z]?$/i.test(word) && MODELS.some(({ name }) => name.startsWith(word.toUpperCase()));

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
 * counts only where both labels name the same place, `hall_light` beside `hall_motion`, or where it is what
 * distinguishes them, `hall_motion_light`.
 */
export function saysDuskOf(label: string, motionLabel: string): boolean {
  if (saysDusk(label)) return true;
  const isDusk = (word: string): boolean => DUSK.has(word) || PERHAPS_DUSK.has(word);
  if (wordsBeside(label, motionLabel).some(isDusk)) return true;
  const words = wordsOf(label);
  if (saysMotion(label) || !words.some((word) => PERHAPS_DUSK.has(word))) return false;
  const place = words.filter((word) => !PERHAPS_DUSK.has(word)).join(' ');
  const motionPlace = wordsOf(motionLabel)
    .filter((word) => !MOTION.has(word) && !EMPTY_WORDS.has(word))
    .join(' ');
  return place === motionPlace;
}

/** What a label says beside another one that it contains; nothing when it does not. */
function wordsBeside(label: string, other: string): readonly string[] {
  if (label.toLowerCase().startsWith(other.toLowerCase())) return wordsOf(label.slice(other.length));
  const known = wordsOf(other);
  const words = wordsOf(label);
  return known.every((word) => words.includes(word)) ? words.filter((word) => !known.includes(word)) : [];
}

/**
 * The type of sensor that a label speaks of, among `types`; undefined when it speaks of none. The word after a
 * place decides, and a garage is a place too: `garage_house_door` is a door, only `garage_door` and `garage` alone
 * are the garage's own. Who speaks of motion is a motion sensor.
 */
export function typeIn(label: string, types: readonly SensorType[]): SensorType | undefined {
  const words = wordsOf(label);
  const isThing = (type: SensorType | undefined): boolean => type !== undefined && type !== 'garage';
  const found = words.flatMap((word, index): readonly SensorType[] => {
    const type = typeOf(word, types);
    if (type === 'door' && typeOf(words[index - 1] ?? '', types) === 'garage') return ['garage'];
    const isPlace = type === 'garage' && words.some((other) => isThing(typeOf(other, types)));
    return type === undefined || isPlace ? [] : [type];
  });
  return found.includes('motion') ? 'motion' : found.at(-1);
}

function typeOf(word: string, types: readonly SensorType[]): SensorType | undefined {
  return TYPES.find(([type, names]) => types.includes(type) && names.has(word))?.[0];
}

/**
 * A name for people: `hall_motion` -> "Hall", `GARAGE_DOOR` -> "Garage door". Words that say only that it is a
 * motion sensor are left out when something else remains; with `whole` they stay.
 */
export function nameFor(label: string, whole = false): string {
  const shouting = label === label.toUpperCase();
  const words = split(label).map((word) =>
    isModel(word) ? word.toUpperCase() : shouting ? word.toLowerCase() : word,
  );
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
