/**
 * The options behind a module name in an ALIAS line: what heyu understands and what it has against them, in its
 * own words and order (modules.c, functions `opt_...`).
 */

import { optionFamily } from './x10config-families.js';
import type { OptionFamily } from './x10config-families.js';
import { ds90Companion, readTimeout, writeTimeout } from './x10config-values.js';

/** What heyu does with the RF of a standard X10 unit. */
export type RfOption = 'TRANSCEIVE' | 'RFFORWARD' | 'RFIGNORE';

/** The options of one alias. */
export type ModuleOptions = {
  /** As `heyu show alias` prints them: `RFFORWARD`, `0x41`, `IATO 1:00:00`. */
  readonly options: readonly string[];
  /** IDs of a security module, 0..0xffff each; for a DS90 its second channel too where heyu derives it. */
  readonly securityIds: readonly number[];
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
  securityIds: [],
  rfOption: undefined,
  inactiveTimeoutMs: undefined,
  warnings: [],
};

const RF_OPTIONS: readonly RfOption[] = ['TRANSCEIVE', 'RFFORWARD', 'RFIGNORE'];

/** The order in which heyu prints option words; SWMIN and SWAWAY are defaults and not printed. */
const PRINTED = ['MAIN', 'AUX', 'RFIGNORE', 'REVERSE', 'DUMMY', 'SWHOME', 'SWMAX'];

/** The words behind a module name, sorted out. */
type Sorted = {
  readonly ids: readonly string[];
  readonly words: ReadonlySet<string>;
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
    case 'other':
      return taken({ options: words });
    case 'bare':
      return words.length === 0 ? taken({}) : problem('No parameters are supported for this module type.');
    case 'motion':
    case 'remote':
      return readRfOptions(words, family.kind === 'remote');
    case 'plc':
    case 'sensor':
    case 'single':
    case 'keyfob':
    case 'ids': {
      const sorted = sortWords(words, family);
      if (typeof sorted === 'string') return problem(sorted);
      return family.kind === 'plc' ? taken(written([], sorted)) : readIds(model, family, sorted, unitCount);
    }
  }
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

function sortWords(given: readonly string[], family: OptionFamily): Sorted | string {
  const ids: string[] = [];
  const words = new Set<string>();
  let inactiveTimeoutMs: number | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? '';
    const upper = word.toUpperCase();
    if (family.words.includes(upper)) words.add(upper);
    else if (family.iato && upper === 'IATO') {
      index += 1;
      const time = given[index];
      if (time === undefined) return 'Missing IATO hh:mm:ss value.';
      inactiveTimeoutMs = readTimeout(time);
      if (inactiveTimeoutMs === undefined) return `Invalid IATO timeout '${time}'.`;
    } else ids.push(word);
  }
  return { ids, words, inactiveTimeoutMs };
}

function readIds(model: string, family: OptionFamily, sorted: Sorted, unitCount: number): OptionsReading {
  const { words } = sorted;
  const conflict = switchConflict(words);
  if (conflict !== undefined) return problem(conflict);
  const manyUnits = family.oneUnit && unitCount > 1;
  const MANY_UNITS = `Multiple unit alias is invalid${model === 'SD90' ? '' : ' for sensors'}.`;
  if (manyUnits && family.kind === 'single') return problem(MANY_UNITS);
  if (sorted.ids.length === 0) return problem('Module ID is needed.');
  const ids: number[] = [];
  for (const word of sorted.ids) {
    const id = /^\+?(?:0x)?([0-9a-f]+)$/i.exec(word)?.[1];
    const value = id === undefined ? Infinity : Number.parseInt(id, 16);
    if (value > 0xffff) return problem('Invalid hexadecimal ID parameter');
    ids.push(value);
  }
  if (manyUnits) return problem(MANY_UNITS);
  if (ids.length > family.mostIds)
    return problem(
      family.mostIds === 1 ? 'Only one security ID is supported' : `Too many security IDs for ${model}`,
    );
  const channels = words.has('MAIN') || words.has('AUX');
  if (model === 'SD90' && !isSd90(ids)) return problem('Invalid ID value for the SD90');
  if (model === 'SD90' && (channels || words.has('REVERSE'))) return problem('Unsupported module option');
  if (family.mostIds === 1 && channels) return problem('Unsupported module option MAIN or AUX');
  return taken(written(family.mostIds === 2 && model !== 'SD90' ? ds90Ids(ids, words) : ids, sorted));
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

/** Of a DS90 with MAIN or AUX heyu derives the other channel's ID (`comp_ds90_id`); the main one comes first. */
function ds90Ids(ids: readonly number[], words: ReadonlySet<string>): readonly number[] {
  const [id = 0, other] = ids;
  if (other !== undefined) return ids;
  if (words.has('MAIN')) return [id, ds90Companion(id, 1)];
  if (words.has('AUX')) return [ds90Companion(id, -1), id];
  return ids;
}

function written(ids: readonly number[], { words, inactiveTimeoutMs }: Sorted): Partial<ModuleOptions> {
  return {
    options: [
      ...ids.map((id) => `0x${id.toString(16).padStart(2, '0')}`),
      ...PRINTED.filter((word) => words.has(word)),
      ...(inactiveTimeoutMs === undefined ? [] : [`IATO ${writeTimeout(inactiveTimeoutMs)}`]),
    ],
    securityIds: ids,
    inactiveTimeoutMs,
  };
}
