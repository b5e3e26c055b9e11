/**
 * Which units a function means. X10 addresses units first and then sends one function for all of them; heyu's own rules
 * are in x10state.c (`x10state_update_addr` 2254, `_func` 2430ff). Addresses of one source and house code belong
 * together; lines of another source in between do not change them.
 */

import { indexOf, type AddressIndex } from '../x10/address.js';
import type { Signal } from './signal.js';
import { HOUSE_SOURCES, SOURCES, type Source } from './sources.js';

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
  /** heyu is out of step with its spool: the signal is not X10, and so many addresses were dropped. */
  readonly outOfStep?: number;
};

/** How many house codes there are. */
const HOUSES = 16;

/** No unit is meant. */
export const NO_UNITS: Selected = { units: [], reusedAfterMs: 0, expired: 0 };
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
  return addAddressed(selection, addressed, expiryMs);
}

/** One more unit for the next function. A function of its own, as `unexpired`: V8 makes room for closures at each call. */
function addAddressed(selection: Selection, addressed: Addressed, expiryMs: number): number {
  const { unit, at } = addressed;
  // a repetition counts once, in its first place, and is fresh again
  const kept = selection.units.filter((other) => at - other.at <= expiryMs || other.unit === unit);
  const forgotten = selection.units.length - kept.length;
  const place = kept.findIndex((other) => other.unit === unit);
  if (place < 0) kept.push(addressed);
  else kept[place] = addressed;
  selection.units = kept;
  return forgotten;
}

/** Those that have not waited for a function too long. */
function unexpired(units: readonly Addressed[], at: number, expiryMs: number): Addressed[] {
  return units.filter((unit) => at - unit.at <= expiryMs);
}

/** The units that a function line means. AllOff leaves no unit addressed. */
export function selectUnits(
  selections: Selections,
  { source, house, name }: Extract<Signal, { kind: 'function' }>,
  at: number,
  expiryMs: number,
): Selected {
  const key = keyOf(source, house);
  const selection = selections[key];
  if (selection === undefined) return NO_UNITS;
  const { completedAt } = selection;
  let expired = 0;
  if (completedAt === undefined) {
    const before = selection.units.length;
    const oldest = selection.units[0];
    if (oldest !== undefined && (at - oldest.at > expiryMs || before > 1)) {
      selection.units = unexpired(selection.units, at, expiryMs);
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

/** The units of a KAKU function. No unit is addressed after it. */
export function takeKaku(selections: Selections, now: number): readonly Addressed[] {
  const units = selections[KAKU]?.units ?? [];
  Reflect.deleteProperty(selections, KAKU);
  return units.filter(({ at }) => now - at <= KAKU_WITHIN_MS);
}

/**
 * A Preset names no house code: it is for the units that this source addressed last (x10state.c, `lasthc`), and ends
 * any other unit that waits for a function from it.
 */
export function selectForPreset(
  selections: Selections,
  source: Source,
  at: number,
  expiryMs: number,
): readonly Addressed[] {
  let selected: readonly Addressed[] = [];
  for (let house = 0; house < HOUSES; house += 1) {
    const selection = selections[keyOf(source, house)];
    if (selection === undefined || selection.completedAt !== undefined) continue;
    selection.completedAt = at;
    const units = unexpired(selection.units, at, expiryMs);
    if ((units.at(-1)?.at ?? 0) >= (selected.at(-1)?.at ?? 0)) selected = units;
  }
  return selected;
}

/** What waits for a function from this source means nothing. Returns how many addresses that were. */
function dropWaiting(selections: Selections, source: Source): number {
  let dropped = 0;
  for (let house = 0; house < HOUSES; house += 1) {
    const key = keyOf(source, house);
    const selection = selections[key];
    if (selection === undefined || selection.completedAt !== undefined) continue;
    dropped += selection.units.length;
    Reflect.deleteProperty(selections, key);
  }
  return dropped;
}

/** heyu's engine was started again, or lines are missing: what was addressed before means nothing any more. */
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

// --- heyu out of step with its own spool file. The relay, heyu_aux and heyu's commands write to it at the same time,
// each message in several pieces; when pieces get between each other, heyu takes the bytes of its own messages for an
// upload of the interface, and prints each as an address (poll.c `check4poll`, "an address byte was received"). So
// come dozens of addresses within a second, and now and then a function, and none of it is X10.

/** What was addressed of late by one engine from one source. */
type SpoolWatch = {
  /** By house code: how many address lines have come within a second of one another since the last function, and when the last. */
  addresses: Record<number, { count: number; at: number }>;
  /** How often the byte was heard last, and without another between, that begins heyu's messages. */
  heads: number;
  /** The instant of the last address of any house code. */
  at: number;
  /** What is heard until then is not X10. */
  until: number;
};

/** By engine and source. Plain data: it goes into the checkpoint. */
export type SpoolWatches = Record<string, SpoolWatch>;

/** A house code has so many units. */
const MOST_ADDRESSES = 16;
/** heyu's messages in its spool begin with three bytes 0xFF; as an address this is J10. */
const HEAD_UNIT = indexOf('J10');
const HEAD_BYTES = 3;
/** The pieces are one message, and printed within a second; stamps are whole seconds. */
const OVER_AFTER_MS = 1000;

/**
 * How many addresses are dropped with this signal because heyu is out of step, its own included; undefined = it is
 * X10. What waits for a function in `selections` is dropped with the first sign.
 */
export function droppedOutOfStep(
  spool: SpoolWatches,
  engine: number,
  selections: Selections,
  signal: Extract<Signal, { kind: 'address' | 'function' | 'extended' | 'preset' }>,
  at: number,
): number | undefined {
  const { source } = signal;
  const name = engine === 0 ? source : `${source}/${engine}`;
  let watch = spool[name];
  if (watch === undefined) {
    if (!HOUSE_SOURCES.includes(source)) return undefined;
    watch = spool[name] = { addresses: {}, heads: 0, at: 0, until: 0 };
  }
  // a clock that was set back ends it as well
  const wasOut = watch.until > 0 && at <= watch.until && watch.until - at <= OVER_AFTER_MS;
  if (signal.kind !== 'address') {
    const addressed = signal.kind === 'function' ? watch.addresses[signal.house] : undefined;
    if (addressed !== undefined) addressed.count = 0;
    watch.heads = 0;
    return wasOut ? 0 : undefined;
  }
  const { unit } = signal;
  // an address without a function now and then, a neighbour's, is X10
  const addressed = (watch.addresses[unit >> 4] ??= { count: 0, at });
  addressed.count = Math.abs(at - addressed.at) > OVER_AFTER_MS ? 1 : addressed.count + 1;
  addressed.at = at;
  if (Math.abs(at - watch.at) > OVER_AFTER_MS) watch.heads = 0;
  watch.at = at;
  watch.heads = unit === HEAD_UNIT && source === 'rcvi' ? watch.heads + 1 : 0;
  if (addressed.count > MOST_ADDRESSES || watch.heads >= HEAD_BYTES) {
    watch.until = at + OVER_AFTER_MS;
    return dropWaiting(selections, source) + 1;
  }
  return wasOut ? 1 : undefined;
}
