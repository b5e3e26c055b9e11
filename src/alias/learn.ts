/**
 * What the lines heard so far suggest: who is still without a name, whose batteries may have been changed, which
 * unit tells of darkness, who belongs to the neighbours. Proposals only; the owner decides.
 */

import type { X10Config } from '../heyu/x10config.js';
import { aliasInLog } from '../heyu/x10config.js';
import type { Address } from '../x10/address.js';
import type { AliasEntry } from './entry.js';
import type { HeardUnit, History } from './heard.js';
import type { About } from './guess.js';
import { duskOf, modelAt, movedTo } from './guess.js';
import { eachKey } from './propose.js';
import { aliasLine, freeUnits, moduleSending } from './senders.js';
import { nameFor } from './words.js';

/** What could be done about something heard. Instants are epoch milliseconds. */
export type Suggestion =
  /** An address without an entry. `label` and `model` are heyu's, when it has one. */
  | {
      readonly kind: 'unmapped';
      readonly address: Address;
      readonly label: string | undefined;
      readonly model: string | undefined;
      readonly name: string | undefined;
      readonly count: number;
      readonly firstAt: number;
      readonly lastAt: number;
    }
  /** A security sender that heyu does not map: this line belongs into x10config, then `heyu restart`. */
  | {
      readonly kind: 'unmapped_id';
      readonly securityId: string;
      readonly model: string | undefined;
      readonly line: string | undefined;
      readonly count: number;
      readonly firstAt: number;
      readonly lastAt: number;
    }
  /** `alias` fell silent and this sender is new since: batteries changed? `line` = for x10config (security). */
  | {
      readonly kind: 'moved';
      readonly alias: string;
      readonly from: Address;
      readonly to: Address | undefined;
      readonly securityId: string | undefined;
      readonly line: string | undefined;
      readonly silentSinceAt: number;
      readonly newSinceAt: number;
    }
  /** The unit after a motion sensor says On and Off in turn: its dusk unit? */
  | { readonly kind: 'dusk'; readonly alias: string; readonly unit: Address; readonly likely: boolean }
  /** Nothing of ours uses this house code: a neighbour's sensor, to be ignored? */
  | { readonly kind: 'neighbour'; readonly address: Address; readonly count: number };

/** A neighbour is heard again and again; once is noise. */
const NEIGHBOUR_COUNT = 3;

/** What was heard, the senders without an entry first, the busiest of them on top. */
export function heardRows(
  history: History,
  entries: readonly AliasEntry[],
): readonly { readonly unit: HeardUnit; readonly entry: AliasEntry | undefined }[] {
  const owners = ownersOf(entries);
  return [...history.units.values()]
    .map((unit) => ({ unit, entry: unit.address === undefined ? undefined : owners.get(unit.address) }))
    .sort(
      (one, other) =>
        Number(one.entry !== undefined) - Number(other.entry !== undefined) ||
        other.unit.count - one.unit.count ||
        one.unit.firstAt - other.unit.firstAt,
    );
}

/** What to ask or tell the owner, in the order in which it should be shown. `now` = epoch milliseconds. */
export function learn(
  history: History,
  entries: readonly AliasEntry[],
  config: X10Config | undefined,
  now: number,
): readonly Suggestion[] {
  const owners = ownersOf(entries);
  const unmapped = [...history.units.values()]
    .filter(({ address }) => address === undefined || !owners.has(address))
    .sort((one, other) => other.count - one.count || one.firstAt - other.firstAt);
  const used = new Set([...owners.keys(), ...unmapped.flatMap(({ address }) => address ?? [])]);
  const free = freeUnits(config, used).values();

  const explained = new Set<HeardUnit>();
  const moves = oneEach(unmapped.flatMap((unit) => movedTo(unit, history, entries, config, now) ?? []));
  for (const { unit } of moves) explained.add(unit);
  const dusks = unmapped.flatMap((unit) =>
    explained.has(unit) ? [] : (duskOf(unit, entries, config) ?? []),
  );
  for (const { unit } of dusks) explained.add(unit);

  const rest = unmapped.filter((unit) => !explained.has(unit));
  const ours = new Set([
    ...entries.map(({ address }) => address.charAt(0)),
    ...(config?.aliases ?? []).map(({ house }) => house),
  ]);
  const strangers = rest.filter(
    ({ address, count }) =>
      address !== undefined && count >= NEIGHBOUR_COUNT && ours.size > 0 && !ours.has(address.charAt(0)),
  );
  const named = rest.filter((unit) => !strangers.includes(unit));
  return [
    ...named.flatMap((unit) => withoutName(unit, config, free)),
    ...moves.map(({ suggestion }) => suggestion),
    ...dusks.map(({ suggestion }) => suggestion),
    ...strangers.flatMap(({ address, count }): Suggestion[] =>
      address === undefined ? [] : [{ kind: 'neighbour', address, count }],
    ),
  ];
}

/** Whose an address is: the entry's own, or that of the entry whose dusk unit it is. */
function ownersOf(entries: readonly AliasEntry[]): ReadonlyMap<Address, AliasEntry> {
  const owners = new Map<Address, AliasEntry>();
  for (const entry of entries) if (entry.dusk !== undefined) owners.set(entry.dusk, entry);
  for (const entry of entries) owners.set(entry.address, entry);
  return owners;
}

/** A silent sensor can have become only one new sender: the one that came first after it. */
function oneEach(moves: readonly About<'moved'>[]): readonly About<'moved'>[] {
  const earliest = new Map<string, About<'moved'>>();
  for (const move of moves) {
    const other = earliest.get(move.suggestion.alias);
    if (!other || move.unit.firstAt < other.unit.firstAt) earliest.set(move.suggestion.alias, move);
  }
  return [...earliest.values()];
}

/** What an import calls the key of a remote that is on several units in heyu. */
function keyOf(config: X10Config, address: Address): string | undefined {
  const keys = config.aliases.filter(({ units }) => units.length > 1).flatMap(eachKey);
  return keys.find(({ house, units }) => units.length === 1 && `${house}${units[0] ?? 0}` === address)?.label;
}

function withoutName(
  unit: HeardUnit,
  config: X10Config | undefined,
  units: Iterator<Address, undefined>,
): readonly Suggestion[] {
  const { address, securityId, count, firstAt, lastAt } = unit;
  if (address !== undefined) {
    const label =
      (config && (aliasInLog(config, address) ?? keyOf(config, address))) ?? unit.label ?? undefined;
    const model = modelAt(config, address);
    const name = label === undefined ? undefined : nameFor(label);
    return [{ kind: 'unmapped', address, label, model, name, count, firstAt, lastAt }];
  }
  if (securityId === undefined) return [];
  const model = moduleSending(unit.data);
  const free = units.next().value;
  const line =
    free === undefined ? undefined : aliasLine(`new_${securityId}`, free, model ?? 'SVDATA', securityId);
  return [{ kind: 'unmapped_id', securityId, model, line, count, firstAt, lastAt }];
}
