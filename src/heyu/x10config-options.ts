/**
 * The options behind a module name in an ALIAS line: what heyu understands and what it has against them, in its
 * own words and order (modules.c, functions `opt_...`).
 */

import { optionFamily } from './x10config-families.js';
import type { OptionFamily } from './x10config-families.js';
import { ds90Companion, readDecimal, readId, readTimeout, writeTimeout } from './x10config-values.js';

/** What heyu does with the RF of a standard X10 unit. */
export type RfOption = 'TRANSCEIVE' | 'RFFORWARD' | 'RFIGNORE';

/** The options of one alias. */
export type ModuleOptions = {
  /** As `heyu show alias` prints them: `RFFORWARD`, `0x41`, `IATO 1:00:00`. */
  readonly options: readonly string[];
  /** IDs of the sender; for a DS90 its second channel too where heyu derives it. */
  readonly ids: readonly number[];
  /** Undefined when none or more than one is given. */
  readonly rfOption: RfOption | undefined;
  /** Option IATO: after this silence heyu writes `Inactive`. 0 .. 24 h. */
  readonly inactiveTimeoutMs: number | undefined;
  /** What heyu says while it accepts them. */
  readonly warnings: readonly string[];
};

/** The options, or heyu's reason to refuse the alias. */
export type OptionsReading =
  | { readonly kind: 'options'; readonly options: ModuleOptions }
  | { readonly kind: 'problem'; readonly problem: string };

/** No options at all. */
export const NO_OPTIONS: ModuleOptions = {
  options: [],
  ids: [],
  rfOption: undefined,
  inactiveTimeoutMs: undefined,
  warnings: [],
};

const RF_OPTIONS: readonly RfOption[] = ['TRANSCEIVE', 'RFFORWARD', 'RFIGNORE'];

/** Longest IATO. */
const LONGEST_TIMEOUT_MS = 24 * 3_600_000;

/** The order in which heyu prints option words; SWMIN and SWAWAY are defaults and not printed. */
const PRINTED = ['MAIN', 'AUX', 'RFIGNORE', 'REVERSE', 'DUMMY', 'SWHOME', 'SWMAX'];

/** The words behind a module name, sorted out. */
type Sorted = {
  readonly ids: readonly string[];
  readonly words: ReadonlySet<string>;
  /** Names of limits and their values, in turn. */
  readonly limits: readonly string[];
  readonly inactiveTimeoutMs: number | undefined;
};

const problem = (text: string): OptionsReading => ({ kind: 'problem', problem: text });
const taken = (options: Partial<ModuleOptions>): OptionsReading => ({
  kind: 'options',
  options: { ...NO_OPTIONS, ...options },
});

/** Reads the words behind a module name. `model` is heyu's spelling, `unitCount` how many units the alias names. */
export function readOptions(model: string, words: readonly string[], unitCount: number): OptionsReading {
  const family = optionFamily(model);
  switch (family.kind) {
    case 'bare':
      return words.length === 0 ? taken({ ids: family.ownIds }) : problem(family.bare);
    case 'motion':
    case 'remote':
      return readRfOptions(words, family.kind === 'remote');
    case 'words':
      return readWords(words, family);
    case 'level':
      return readLevel(words, family);
    case 'kaku':
      return readKaku(words, unitCount);
    case 'digimax': {
      // The ID comes first; what else stands there is passed over.
      const sorted = sortWords(words, family);
      if (typeof sorted === 'string') return problem(sorted);
      return readIds(model, family, { ...sorted, ids: words.slice(0, 1) }, unitCount);
    }
    case 'rfxsensor':
      return readRfxSensor(words, family, unitCount);
    case 'plc':
    case 'sensor':
    case 'single':
    case 'keyfob':
    case 'oregon':
    case 'ids': {
      const sorted = sortWords(words, family);
      return family.kind === 'plc' && typeof sorted !== 'string'
        ? taken(written([], sorted))
        : readIds(model, family, sorted, unitCount);
    }
  }
}

function readWords(words: readonly string[], family: OptionFamily): OptionsReading {
  const upper = words.map((word) => word.toUpperCase());
  const foreign = upper.find((word) => !family.words.includes(word));
  return foreign === undefined
    ? taken({ options: family.words.filter((word) => upper.includes(word)) })
    : problem(`Invalid module option '${foreign}'`);
}

/** `ONLEVEL 20`, `ONLEVEL RESUME`; the last one counts (`opt_onlevel`). */
function readLevel(words: readonly string[], { highestLevel }: OptionFamily): OptionsReading {
  let options: readonly string[] = [];
  for (let index = 0; index < words.length; index += 2) {
    const [word = '', value] = words.slice(index).map((each) => each.toUpperCase());
    if (word !== 'ONLEVEL') return problem('Module option not recognized');
    if (value === undefined) return problem('Missing ONLEVEL parameter');
    const level = /^\+?\d+$/.test(value) ? Number(value) : NaN;
    if (value === 'RESUME' || value === '0') options = ['ONLEVEL RESUME'];
    else if (level > 0 && level <= highestLevel) options = [`ONLEVEL ${level}`];
    else return problem('Invalid ONLEVEL parameter');
  }
  return taken({ options });
}

/** Pairs of a transmitter's ID and one of its keys (1..16), groups (A..P) or both (`opt_kaku`). */
function readKaku(words: readonly string[], unitCount: number): OptionsReading {
  if (words.length < 2) return problem('Too few parameters');
  if (words.length > 12) return problem('Too many parameters');
  if (words.length % 2 === 1) return problem('Parameter syntax: <ID> <Key|Grp> [<ID> <Key|Grp> [...]]');
  if (unitCount > 1) return problem(MANY_UNITS);
  const ids: number[] = [];
  const options: string[] = [];
  for (let index = 0; index < words.length; index += 2) {
    const [word = '', key = ''] = words.slice(index);
    const id = readId(word, Number.MAX_SAFE_INTEGER);
    if (id === undefined) return problem('Invalid hexadecimal KAKU ID parameter');
    const [, digits = '', group = ''] = /^(\d*)(.*)$/u.exec(key) ?? [];
    if (digits !== '' && (Number(digits) < 1 || Number(digits) > 16))
      return problem('Invalid KAKU key parameter');
    if ((digits === '' || group !== '') && !/^[a-p]$/i.test(group))
      return problem('Invalid KAKU group parameter');
    ids.push(id);
    options.push(`0x${id.toString(16).padStart(7, '0')}`, `${Number(digits) || ''}${group.toUpperCase()}`);
  }
  return taken({ ids, options });
}

/** The base address stands for three IDs (`opt_rfxsensor`); words behind its function are passed over. */
function readRfxSensor(words: readonly string[], family: OptionFamily, unitCount: number): OptionsReading {
  const sorted = sortWords(words, family);
  if (typeof sorted === 'string') return problem(sorted);
  const [base, kind] = sorted.ids;
  if (base === undefined || kind === undefined) return problem(family.noId);
  if (unitCount > 1) return problem(MANY_UNITS);
  const id = readId(base, family.highestId);
  if (id === undefined) return problem(family.badId);
  if (id % 4 !== 0) return problem('RFXSensor base address must be a multiple of 0x04');
  if (!/^T[HBVPT]?$/i.test(kind)) return problem('Invalid RFXSensor function.');
  const { options = [], ...more } = written([id], sorted);
  const [first = '', ...rest] = options;
  return taken({ ...more, ids: [id, id + 1, id + 2], options: [first, kind.toUpperCase(), ...rest] });
}

/** Standard RF modules: exactly one RF option; for motion sensors a complaint only warns (`opt_x10std`). */
function readRfOptions(words: readonly string[], refuses: boolean): OptionsReading {
  const upper = words.map((word) => word.toUpperCase());
  const unknown = upper.findIndex((word) => !RF_OPTIONS.some((option) => option === word));
  const read = unknown < 0 ? upper : upper.slice(0, unknown);
  const found = RF_OPTIONS.filter((option) => read.includes(option));
  const said =
    unknown >= 0
      ? 'Unknown RF option parameter.'
      : words.length === 0
        ? 'RF option TRANSCEIVE, RFFORWARD, or RFIGNORE required.'
        : words.length > 1
          ? 'Conflicting RF options.'
          : undefined;
  if (said !== undefined && refuses) return problem(said);
  return taken({
    options: found,
    rfOption: found.length === 1 ? found[0] : undefined,
    warnings: said === undefined ? [] : [said],
  });
}

const MANY_UNITS = 'Multiple unit alias is invalid for sensors.';

/** Limits of an Oregon sensor: name, the units that its value may have, lowest and highest value. */
const LIMITS: readonly (readonly [RegExp, RegExp, number, number])[] = [
  [/^T(MIN|MAX)$/, /[CFKR]?$/i, -200, 200],
  [/^RH(MIN|MAX)$/, /%?$/, 0, 100],
  // Their value may have whatever unit ORE_BPSCALE names, and heyu converts before it compares.
  [/^BP(MIN|MAX)L?$/, /[^\d.]*$/, 0, 1500],
];

function sortWords(given: readonly string[], family: OptionFamily): Sorted | string {
  const ids: string[] = [];
  const words = new Set<string>();
  const limits: string[] = [];
  let inactiveTimeoutMs: number | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? '';
    const upper = word.toUpperCase();
    const limit = family.kind === 'oregon' ? LIMITS.find(([name]) => name.test(upper)) : undefined;
    if (family.words.includes(upper)) words.add(upper);
    else if (family.iato && upper === 'IATO') {
      index += 1;
      const time = given[index];
      if (time === undefined) return 'Missing IATO hh:mm:ss value.';
      inactiveTimeoutMs = readTimeout(time);
      if (inactiveTimeoutMs === undefined || inactiveTimeoutMs > LONGEST_TIMEOUT_MS)
        return `Invalid IATO timeout '${time}'.`;
    } else if (limit && family.iato) {
      index += 1;
      const value = given[index];
      if (value === undefined) return `Missing ${upper} value.`;
      const fault = limitProblem(upper, value, limit);
      if (fault !== undefined) return fault;
      limits.push(upper, value);
    } else ids.push(word);
  }
  return { ids, words, limits, inactiveTimeoutMs };
}

function limitProblem(
  name: string,
  value: string,
  [, unit, least, most]: (typeof LIMITS)[number],
): string | undefined {
  const [suffix = ''] = unit.exec(value) ?? [];
  const number = readDecimal(value.slice(0, value.length - suffix.length));
  if (number === undefined) return `Invalid ${name} value${name.startsWith('T') ? ' or scale' : ''}.`;
  const isNative = suffix === '' || suffix === '%' || suffix.toUpperCase() === 'C';
  return isNative && (number < least || number > most) ? `${name} value is out of range.` : undefined;
}

function readIds(
  model: string,
  family: OptionFamily,
  sorted: Sorted | string,
  unitCount: number,
): OptionsReading {
  if (typeof sorted === 'string') return problem(sorted);
  const { words } = sorted;
  const conflict = switchConflict(words);
  if (conflict !== undefined) return problem(conflict);
  const manyUnits = family.oneUnit && unitCount > 1;
  if (family.kind === 'oregon' && sorted.ids.length !== family.mostIds) return problem('Unknown parameters');
  if (manyUnits && (family.kind === 'single' || family.kind === 'oregon')) return problem(MANY_UNITS);
  if (sorted.ids.length === 0 && family.mostIds > 0) return problem(family.noId);
  if (manyUnits && family.kind === 'digimax') return problem(MANY_UNITS);
  if (family.space === 'rfxmeter' && sorted.ids.length > 1)
    return problem('This module accepts only one ID parameter.');
  const ids: number[] = [];
  for (const word of sorted.ids) {
    const id = readId(word, family.highestId);
    // Those of entertainment remotes have this bit set.
    const isForeign = family.space === 'entertainment' && ((id ?? 0) & 2) === 0;
    if (id === undefined || isForeign) return problem(family.badId);
    ids.push(id);
  }
  if (manyUnits) return problem(model === 'SD90' ? 'Multiple unit alias is invalid.' : MANY_UNITS);
  if (ids.length > family.mostIds)
    return problem(
      family.mostIds === 1 ? 'Only one security ID is supported' : `Too many security IDs for ${model}`,
    );
  const channels = words.has('MAIN') || words.has('AUX');
  if (model === 'SD90' && !isSd90(ids)) return problem('Invalid ID value for the SD90');
  if (model === 'SD90' && (channels || words.has('REVERSE'))) return problem('Unsupported module option');
  if (family.kind === 'sensor' && family.mostIds === 1 && channels)
    return problem('Unsupported module option MAIN or AUX');
  if (model === 'SSVDATA' && words.has('REVERSE')) return problem('Unsupported module option REVERSE');
  if (family.kind !== 'sensor' || family.mostIds !== 2 || model === 'SD90')
    return taken(written(ids, sorted));
  const both = ds90Ids(ids, words);
  return both === undefined ? problem('DS90 security IDs are incompatible') : taken(written(both, sorted));
}

function switchConflict(words: ReadonlySet<string>): string | undefined {
  if (words.has('MAIN') && words.has('AUX')) return 'Module options MAIN and AUX are incompatible';
  const switches = ['SWHOME', 'SWAWAY', 'SWMAX', 'SWMIN'].some((word) => words.has(word));
  if (switches && words.has('DUMMY')) return 'Parameter DUMMY incompatible with SWxxx parameters.';
  if (words.has('SWHOME') && words.has('SWAWAY')) return 'Conflicting parameters SWHOME, SWAWAY.';
  if (words.has('SWMAX') && words.has('SWMIN')) return 'Conflicting parameters SWMAX, SWMIN.';
  return undefined;
}

/** An SD90 has an emergency ID 0xC. and a sensor ID 0xD. (`opt_sd90`). */
function isSd90(ids: readonly number[]): boolean {
  const kinds = ids.map((id) => id & 0xf0);
  return kinds.every((kind) => kind === 0xc0 || kind === 0xd0) && new Set(kinds).size === kinds.length;
}

/**
 * Of a DS90 with MAIN or AUX heyu derives the other channel's ID (`comp_ds90_id`); the main one comes first.
 * Undefined when two IDs are not those of one DS90.
 */
function ds90Ids(ids: readonly number[], words: ReadonlySet<string>): readonly number[] | undefined {
  const [id = 0, other] = ids;
  if (other !== undefined) {
    // A short ID beside a long one is compared as a long one (`check_ds90_ids`).
    const step = (main: number): number => ds90Companion(main, 1, Math.max(id, other) > 0xff);
    if (step(id) === other) return ids;
    return step(other) === id ? [other, id] : undefined;
  }
  if (words.has('MAIN')) return [id, ds90Companion(id, 1)];
  if (words.has('AUX')) return [ds90Companion(id, -1), id];
  return ids;
}

function written(
  ids: readonly number[],
  { words, limits, inactiveTimeoutMs }: Sorted,
): Partial<ModuleOptions> {
  return {
    options: [
      ...ids.map((id) => `0x${id.toString(16).padStart(2, '0')}`),
      ...PRINTED.filter((word) => words.has(word)),
      ...limits,
      ...(inactiveTimeoutMs === undefined ? [] : [`IATO ${writeTimeout(inactiveTimeoutMs)}`]),
    ],
    ids,
    inactiveTimeoutMs,
  };
}
