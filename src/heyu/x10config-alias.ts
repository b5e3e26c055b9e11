/**
 * ALIAS lines of heyu's configuration, read exactly as heyu reads them: the same lines are taken, the same are
 * refused, for the same reason (docs/heyu.md). heyu's own words are kept, so that its user recognises them.
 */

import type { HouseCode } from '../x10/address.js';
import { modelNamed } from '../x10/model.js';
import { optionFamily } from './x10config-families.js';
import { NO_OPTIONS, readOptions } from './x10config-options.js';
import type { ModuleOptions } from './x10config-options.js';
import { readUnits, writeUnits } from './x10config-units.js';

/** One alias of heyu's configuration, as heyu understands it. */
export type X10Alias = ModuleOptions & {
  /** Line of the file, counted from 1. */
  readonly line: number;
  /** Case-sensitive and unique in the file. */
  readonly label: string;
  readonly house: HouseCode;
  /** Ascending, each once; empty when the alias names no unit (heyu shows `A0`). */
  readonly units: readonly number[];
  /** heyu's spelling of the module name; undefined when none is given. */
  readonly model: string | undefined;
};

/** An alias, or heyu's reason to refuse it, and with it the whole file. */
export type AliasReading =
  | { readonly kind: 'alias'; readonly alias: X10Alias }
  | { readonly kind: 'problem'; readonly problem: string };

/** What the aliases before a line have taken: labels, and the module of each unit with the line that named it. */
export type AliasesBefore = {
  readonly labels: Set<string>;
  readonly models: Map<string, { readonly model: string; readonly line: number }>;
};

/** No alias has been read yet. */
export function noAliases(): AliasesBefore {
  return { labels: new Set(), models: new Map() };
}

/** Longest label, in characters (heyu's NAME_LEN). */
const LABEL_LENGTH = 32;

const problem = (text: string): AliasReading => ({ kind: 'problem', problem: text });

/** What heyu has against a label; undefined when it takes it. */
export function labelProblem(label: string): string | undefined {
  const foreign = /[^A-Za-z0-9._-]/u.exec(label);
  if (foreign) return `Invalid character '${foreign[0]}' in alias label.`;
  if (label === 'macro') return 'An alias label may not be the word "macro".';
  if (/^[_-]/.test(label)) return "Alias labels may not begin with '_' or '-'";
  if (label.length > LABEL_LENGTH)
    return `Alias label '${label}' too long - maximum ${LABEL_LENGTH} characters`;
  return undefined;
}

/**
 * Reads the words behind ALIAS (label, house code with units, module, options) against the aliases before it,
 * which it joins when it is taken. The checks come in heyu's order, because it prints only the first complaint
 * (config.c, `case Alias`).
 */
export function readAlias(line: number, words: readonly string[], before: AliasesBefore): AliasReading {
  const [label = '', place = '', modelWord, ...optionWords] = words;
  const model = modelWord === undefined ? undefined : modelNamed(modelWord)?.name;
  const fault = labelProblem(label);
  if (fault !== undefined) return problem(fault);
  if (modelWord !== undefined && model === undefined) return problem(`Invalid module model '${modelWord}'`);
  if (before.labels.has(label)) return problem(`Duplicate alias label '${label}'`);

  const [letter = ''] = place;
  const house = letter.toUpperCase();
  if (!isHouseCode(house)) return problem(`Alias '${label}': Housecode '${house}' outside range A-P`);
  const read = readUnits(place.slice(letter.length));
  if (read.kind === 'problem') return problem(`Alias '${label}': ${read.problem}`);
  const conflict = modelConflict(house, read.units, model, before);
  if (conflict !== undefined) return problem(conflict);

  const options = model === undefined ? undefined : readOptions(model, optionWords, read.units.length);
  if (options?.kind === 'problem') return problem(options.problem);
  before.labels.add(label);
  if (model !== undefined) {
    for (const unit of read.units) {
      const address = `${house}${unit}`;
      if (!before.models.has(address)) before.models.set(address, { model, line });
    }
  }
  return {
    kind: 'alias',
    alias: { line, label, house, units: read.units, model, ...(options?.options ?? NO_OPTIONS) },
  };
}

/**
 * Senders that stand in two aliases, or twice in one: heyu refuses such a file as a whole (x10aux.c,
 * `verify_unique_ids`). It compares as many bits of an ID as its receiver gives it.
 */
export function sharedIds(
  aliases: readonly X10Alias[],
  bits: { readonly securityIdBits: number; readonly oregonIdBits: number },
): readonly { readonly line: number; readonly text: string }[] {
  const owners = new Map<string, X10Alias>();
  return aliases.flatMap((alias) => {
    const space = alias.model === undefined ? undefined : optionFamily(alias.model).space;
    if (space === undefined) return [];
    const width = space === 'security' ? bits.securityIdBits : space === 'oregon' ? bits.oregonIdBits : 16;
    return alias.ids.flatMap((id) => {
      const key = `${space} ${id & (2 ** width - 1)}`;
      const owner = owners.get(key);
      owners.set(key, owner ?? alias);
      return owner === undefined
        ? []
        : [{ line: alias.line, text: `The same ID appears in ALIASes: (${owner.label} ${alias.label})` }];
    });
  });
}

/** How `heyu show alias` prints it: label, house code and units, module, options. */
export function writeAlias(alias: X10Alias): string {
  const place = `${alias.house}${writeUnits(alias.units)}`;
  return [alias.label, place, ...(alias.model === undefined ? [] : [alias.model]), ...alias.options].join(
    ' ',
  );
}

/** True for one letter A..P. */
export function isHouseCode(text: string): text is HouseCode {
  return /^[A-P]$/.test(text);
}

/** A unit must not have two different modules; the same twice is fine. The earliest conflicting line is named. */
function modelConflict(
  house: HouseCode,
  units: readonly number[],
  model: string | undefined,
  before: AliasesBefore,
): string | undefined {
  if (model === undefined) return undefined;
  const others = units.flatMap((unit) => {
    const other = before.models.get(`${house}${unit}`);
    return other && other.model !== model ? [{ unit, line: other.line }] : [];
  });
  if (others.length === 0) return undefined;
  const line = Math.min(...others.map((other) => other.line));
  const shared = others.filter((other) => other.line === line).map(({ unit }) => unit);
  return `Module type conflicts with that defined for ${house}${writeUnits(shared)} on Line ${line}`;
}
