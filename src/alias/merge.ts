/**
 * What an import changes in an existing alias file. Addresses and modules come from heyu; everything else belongs to
 * the owner and is kept.
 */

import { parseAddresses, writeAddresses } from '../heyu/x10config.js';
import { type Address, type Addresses, nextUnit, unitsOf } from '../x10/address.js';
import { type AliasEntry, idOf, isMotion, type Proposal, type Proposals } from './propose.js';

/** A key of an entry that gets another value; undefined = not written down. */
export type Change = {
  readonly key: 'address' | 'model' | 'dusk' | 'id';
  readonly from: string | undefined;
  readonly to: string;
};

/** What happens to one alias. */
export type MergeStep =
  | { readonly kind: 'added'; readonly entry: AliasEntry; readonly comments: readonly string[] }
  | { readonly kind: 'changed'; readonly alias: string; readonly changes: readonly Change[] }
  | { readonly kind: 'same'; readonly alias: string }
  /** The file has this address under a name of its own: nothing is done. */
  | { readonly kind: 'other_name'; readonly alias: string; readonly label: string; readonly address: Address }
  /** heyu knows neither the label nor the address. `removed` only when asked for. */
  | { readonly kind: 'gone'; readonly alias: string; readonly address: Address; readonly removed: boolean };

/** The steps: first the entries of the file in their order, then what is added in the order of heyu's file. */
export type Merge = readonly MergeStep[];

/** Compares the entries of a file with what heyu's configuration proposes. `prune`: what heyu does not know goes. */
export function mergeAliases(current: readonly AliasEntry[], proposals: Proposals, prune: boolean): Merge {
  const entries = proposals.entries.map((proposal) => ({
    ...proposal,
    entry: freeUnitsOf(proposal.entry, current),
  }));
  const byAlias = new Map(entries.map((proposal) => [proposal.entry.alias, proposal]));
  const skipped = new Set(proposals.skipped.map(({ label }) => label));
  const aliases = new Set(current.map(({ alias }) => alias));
  const unmatched = new Map<Address, Proposal>();
  for (const proposal of entries) {
    if (!aliases.has(proposal.entry.alias)) unmatched.set(proposal.entry.address, proposal);
  }

  const units = new Set(current.flatMap((entry) => [...unitsOf(entry), entry.dusk]));
  const kept = current.map((entry): MergeStep => {
    const same = byAlias.get(entry.alias);
    if (same) return compare(entry, same.entry, units);
    const renamed = unitsOf(entry)
      .map((unit) => unmatched.get(unit))
      .find((each) => each !== undefined);
    if (renamed) {
      unmatched.delete(renamed.entry.address);
      const dusk = newDusk(entry, renamed.entry, units);
      if (dusk.length > 0) return { kind: 'changed', alias: entry.alias, changes: dusk };
      const label = renamed.entry.alias;
      return { kind: 'other_name', alias: entry.alias, label, address: entry.address };
    }
    if (entry.ignore || skipped.has(entry.alias) || unitsOf(entry).some((unit) => proposals.known.has(unit)))
      return { kind: 'same', alias: entry.alias };
    return { kind: 'gone', alias: entry.alias, address: entry.address, removed: prune };
  });

  const removed = new Set(kept.flatMap((step) => (step.kind === 'gone' && step.removed ? [step.alias] : [])));
  const occupied = new Set(current.filter(({ alias }) => !removed.has(alias)).flatMap(unitsOf));
  const added = [...unmatched.values()].map(({ entry, comments }): MergeStep => {
    // A unit that has an entry of its own is never taken away from it.
    const free = entry.dusk === undefined || !occupied.has(entry.dusk);
    return { kind: 'added', entry: free ? entry : { ...entry, dusk: undefined }, comments };
  });
  return [...kept, ...added];
}

/**
 * What another address means for an entry: the old id is written down, so that its history in Home Assistant
 * stays, and a dusk unit that lay behind the old address moves along.
 */
export function moveTo(entry: AliasEntry, addresses: Addresses): readonly Change[] {
  const [from, to] = [writeAddresses(entry), writeAddresses(addresses)];
  if (from === to) return [];
  const changes: Change[] = [{ key: 'address', from, to }];
  const { address } = addresses;
  if (address === entry.address) return changes;
  if (entry.dusk !== undefined && entry.dusk === nextUnit(entry.address))
    changes.push({ key: 'dusk', from: entry.dusk, to: nextUnit(address) });
  if (entry.id === undefined) changes.push({ key: 'id', from: undefined, to: idOf(entry) });
  return changes;
}

/** The entries as they are after the merge. */
export function merged(current: readonly AliasEntry[], merge: Merge): readonly AliasEntry[] {
  const byAlias = new Map(current.map((entry) => [entry.alias, entry]));
  return merge.flatMap((step): readonly AliasEntry[] => {
    if (step.kind === 'added') return [step.entry];
    const entry = byAlias.get(step.alias);
    if (entry === undefined || (step.kind === 'gone' && step.removed)) return [];
    const changes = step.kind === 'changed' ? step.changes : [];
    return [changes.reduce(changed, entry)];
  });
}

function changed(entry: AliasEntry, { key, to }: Change): AliasEntry {
  return { ...entry, ...(key === 'address' ? parseAddresses(to) : { [key]: to }) };
}

/** A remote on several units leaves alone those that are other entries here, unless all of them are. */
function freeUnitsOf(proposed: AliasEntry, current: readonly AliasEntry[]): AliasEntry {
  const others = new Set(current.filter(({ alias }) => alias !== proposed.alias).flatMap(unitsOf));
  const [address, ...moreUnits] = unitsOf(proposed).filter((unit) => !others.has(unit));
  return address === undefined || proposed.moreUnits.length === 0
    ? proposed
    : { ...proposed, address, moreUnits };
}

/** A motion sensor without dusk unit takes the one that heyu knows, unless that is an entry of its own. */
function newDusk(
  entry: AliasEntry,
  { dusk }: AliasEntry,
  units: ReadonlySet<Address | undefined>,
): readonly Change[] {
  if (dusk === undefined || units.has(dusk)) return [];
  if (entry.dusk !== undefined || entry.ignore || !isMotion(entry)) return [];
  return [{ key: 'dusk', from: undefined, to: dusk }];
}

function compare(
  entry: AliasEntry,
  proposed: AliasEntry,
  units: ReadonlySet<Address | undefined>,
): MergeStep {
  const changes = [...moveTo(entry, proposed), ...newDusk(entry, proposed, units)];
  if (proposed.model !== undefined && entry.model?.toUpperCase() !== proposed.model.toUpperCase())
    changes.push({ key: 'model', from: entry.model, to: proposed.model });
  return changes.length === 0
    ? { kind: 'same', alias: entry.alias }
    : { kind: 'changed', alias: entry.alias, changes };
}
