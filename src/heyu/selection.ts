/**
 * Which units a function means. X10 addresses units first and then sends one function for all of them; heyu's
 * own rules are in x10state.c (`x10state_update_addr` 2254, `_func` 2430ff). Addresses of one source and house
 * code belong together; what another source says in between does not touch them.
 */

import type { AddressIndex } from '../x10/address.js';
import type { Signal } from './signal.js';
import { SOURCES, type Source } from './sources.js';

/** A unit that was addressed. */
export type Addressed = {
  readonly unit: AddressIndex;
  /** heyu's alias in the address line, null when it has none. */
  readonly label: string | null;
  /** The instant of the address line. */
  readonly at: number;
};

/** The units addressed by one source on one house code. */
type Selection = {
  units: Addressed[];
  /** When a function first used them; undefined while they wait for their first function. */
  completedAt: number | undefined;
};

/** All selections of one writer, by source and house code. Plain data: it goes into the checkpoint. */
export type Selections = Record<number, Selection>;

/**
 * The selections of those who write beside the first engine: the other engines of a COMMON log, and files that
 * have lost their name long ago, each its own.
 */
export type OtherSelections = Record<string, Selections>;

/** Nine engines and as many old files as are kept open, rather more. */
const MOST_WRITERS = 32;

/** What a function applies to. */
export type Selected = {
  readonly units: readonly Addressed[];
  /** The units had their function before, this long ago (ms): 0 for a fresh selection. */
  readonly reusedAfterMs: number;
  /** Addresses that waited for a function too long and were dropped. */
  readonly expired: number;
  /** heyu is out of step with its spool: the signal is no X10, and so many addresses were dropped. */
  readonly outOfStep?: number;
};

/** Nobody is meant. */
export const NOBODY: Selected = { units: [], reusedAfterMs: 0, expired: 0 };
const SOURCE_NUMBER: ReadonlyMap<Source, number> = new Map(SOURCES.map((source, index) => [source, index]));

/** The power line is the first of the sources, and most lines are of it. */
const keyOf = (source: Source, house: number): number =>
  source === 'rcvi' ? house : (SOURCE_NUMBER.get(source) ?? 0) * 16 + house;

/** Nothing is addressed. */
export function noSelections(): Selections {
  return {};
}

/** The selections of a writer, "" = the first engine; who was met first makes room. */
export function selectionsOf(first: Selections, others: OtherSelections, writer: string): Selections {
  if (writer === '') return first;
  const known = others[writer];
  if (known !== undefined) return known;
  const [oldest] = Object.keys(others);
  if (oldest !== undefined && Object.keys(others).length >= MOST_WRITERS) {
    Reflect.deleteProperty(others, oldest);
  }
  return (others[writer] = noSelections());
}

/**
 * An address line. `rcva` replaces what was addressed before: heyu keeps one bitmap of it. Returns how many
 * addresses were forgotten because they waited for a function longer than `expiryMs`.
 */
export function addressUnit(
  selections: Selections,
  { source, unit, label }: Extract<Signal, { kind: 'address' }>,
  at: number,
  expiryMs: number,
): number {
  const addressed = { unit, label, at };
  const key = keyOf(source, unit >> 4);
  const selection = selections[key];
  if (selection === undefined) {
    selections[key] = { units: [addressed], completedAt: undefined };
    return 0;
  }
  if (source === 'rcva' || selection.completedAt !== undefined) {
    selection.units = [addressed];
    selection.completedAt = undefined;
    return 0;
  }
  // a repetition counts once, in its first place, and is fresh again
  const kept = selection.units.filter((other) => at - other.at <= expiryMs || other.unit === unit);
  const forgotten = selection.units.length - kept.length;
  const place = kept.findIndex((other) => other.unit === unit);
  if (place < 0) kept.push(addressed);
  else kept[place] = addressed;
  selection.units = kept;
  return forgotten;
}

/** A function line: whom it means. AllOff leaves nobody addressed. */
export function selectUnits(
  selections: Selections,
  { source, house, name }: Extract<Signal, { kind: 'function' }>,
  at: number,
  expiryMs: number,
): Selected {
  const key = keyOf(source, house);
  const selection = selections[key];
  if (selection === undefined) return NOBODY;
  const { completedAt } = selection;
  let expired = 0;
  if (completedAt === undefined) {
    const before = selection.units.length;
    const oldest = selection.units[0];
    if (oldest !== undefined && (at - oldest.at > expiryMs || before > 1)) {
      selection.units = selection.units.filter((unit) => at - unit.at <= expiryMs);
      expired = before - selection.units.length;
    }
    selection.completedAt = at;
  }
  const { units } = selection;
  // x10state.c: AllOff un-addresses everything on its house code
  if (name === 'AllOff') Reflect.deleteProperty(selections, key);
  return { units, reusedAfterMs: completedAt === undefined ? 0 : Math.max(at - completedAt, 1), expired };
}

/** Units that KlikAanKlikUit means wait here, beside those of every source and house code. */
const KAKU = SOURCES.length * 16;

/** heyu writes the units and the function with one call: older than this (ms), a unit has lost its function. */
const KAKU_WITHIN_MS = 2000;

/** A unit of a KAKU transmission, which may have several. */
export function addressKaku(
  selections: Selections,
  { unit, label }: Extract<Signal, { kind: 'kaku_unit' }>,
  at: number,
): void {
  const before = selections[KAKU]?.units ?? [];
  const units = before.filter((other) => at - other.at <= KAKU_WITHIN_MS);
  selections[KAKU] = { units: [...units, { unit, label, at }], completedAt: undefined };
}

/** The units of a KAKU function. Nobody is addressed after it. */
export function takeKaku(selections: Selections, now: number): readonly Addressed[] {
  const units = selections[KAKU]?.units ?? [];
  Reflect.deleteProperty(selections, KAKU);
  return units.filter(({ at }) => now - at <= KAKU_WITHIN_MS);
}

/**
 * A Preset names no house code: it is for the units that this source addressed last (x10state.c, `lasthc`), and ends
 * whatever else waits for a function from it.
 */
export function selectForPreset(
  selections: Selections,
  source: Source,
  at: number,
  expiryMs: number,
): readonly Addressed[] {
  let selected: readonly Addressed[] = [];
  for (let house = 0; house < 16; house += 1) {
    const selection = selections[keyOf(source, house)];
    if (selection === undefined || selection.completedAt !== undefined) continue;
    selection.completedAt = at;
    const units = selection.units.filter((unit) => at - unit.at <= expiryMs);
    if ((units.at(-1)?.at ?? 0) >= (selected.at(-1)?.at ?? 0)) selected = units;
  }
  return selected;
}

/** What waits for a function from this source means nothing. Returns how many addresses that were. */
export function dropWaiting(selections: Selections, source: Source): number {
  let dropped = 0;
  for (let house = 0; house < 16; house += 1) {
    const key = keyOf(source, house);
    const selection = selections[key];
    if (selection === undefined || selection.completedAt !== undefined) continue;
    dropped += selection.units.length;
    Reflect.deleteProperty(selections, key);
  }
  return dropped;
}

/** heyu's engine was started anew, or lines are missing: what was addressed before means nothing any more. */
export function forgetSelections(selections: Selections): void {
  for (const key of Object.keys(selections)) Reflect.deleteProperty(selections, key);
}

/** The clock was set: instants move with it. */
export function shiftSelections(selections: Selections, byMs: number): void {
  for (const selection of Object.values(selections)) {
    selection.units = selection.units.map((unit) => ({ ...unit, at: unit.at + byMs }));
    if (selection.completedAt !== undefined) selection.completedAt += byMs;
  }
}
