/**
 * What the lines heard so far suggest: senders without a name, sensors whose batteries may have been changed, dusk
 * units, senders of the neighbours. These are proposals; the owner decides.
 */

import { DAY, MINUTE } from '../common/duration.js';
import { SECURITY_FUNCTIONS } from '../heyu/signal.js';
import { aliasInLog, type X10Alias, type X10Config } from '../heyu/x10config.js';
import { type Address, type Addresses, nextUnit, unitsOf } from '../x10/address.js';
import { modelNamed } from '../x10/models.js';
import { addressesOf, type AliasEntry, isKeypad, isMotion, modelAt, modelOf } from './propose.js';
import type { HeardUnit, History } from './history.js';
import { nameFor } from './words.js';

type Times = Pick<HeardUnit, 'count' | 'firstAt' | 'lastAt'>;

/** What could be done about something heard. Instants are epoch milliseconds. */
export type Suggestion =
  /** An address without an entry. `label` and `model` are heyu's, when it has one; without a model, it is `likely` this. */
  | (Addresses &
      Times & {
        readonly kind: 'unmapped';
        readonly label: string | undefined;
        readonly model: string | undefined;
        readonly likely: Likely | undefined;
        readonly name: string | undefined;
      })
  /** A security sender that heyu does not map: this line belongs into x10config, then `heyu restart`. */
  | (Times & {
      readonly kind: 'unmapped_id';
      readonly securityId: string;
      readonly model: string | undefined;
      readonly line: string | undefined;
    })
  /** One whose line is in x10config already: `heyu restart`. */
  | (Times & { readonly kind: 'not_restarted'; readonly securityId: string; readonly label: string })
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

/**
 * What a security sender can be recognised as, if heyu's configuration does not give its model: for people, and the keys
 * of its alias. A remote needs a model: without one it has the keys of standard X10, On and Off.
 */
export const LIKELY = {
  door: { words: 'a door contact', keys: { type: 'door' } },
  KR10A: { words: 'a security remote (as KR10A)', keys: { model: 'KR10A' } },
  KR18: { words: 'a security remote with the keys A and B (as KR18)', keys: { model: 'KR18' } },
} as const;

/** One of them. */
export type Likely = keyof typeof LIKELY;

/** A guess and the senders that it explains. */
type About<Kind extends Suggestion['kind']> = {
  readonly heard: readonly HeardUnit[];
  readonly suggestion: Suggestion & { readonly kind: Kind };
};

/** A neighbour is heard again and again; once is noise. */
const NEIGHBOUR_COUNT = 3;

/** What was heard, the senders without an entry first, the busiest of them on top. */
export function heardRows(
  history: History,
  entries: readonly AliasEntry[],
): readonly { readonly unit: HeardUnit; readonly entry: AliasEntry | undefined }[] {
  const owners = ownersOf(entries);
  const rows = [...history.units.values()]
    .sort(busiestFirst)
    .map((unit) => ({ unit, entry: unit.address === undefined ? undefined : owners.get(unit.address) }));
  return [...rows.filter(({ entry }) => !entry), ...rows.filter(({ entry }) => entry)];
}

const busiestFirst = (one: HeardUnit, other: HeardUnit): number =>
  other.count - one.count || one.firstAt - other.firstAt;

/** What guesses are made from. */
type Known = {
  readonly history: History;
  readonly entries: readonly AliasEntry[];
  readonly owners: ReturnType<typeof ownersOf>;
  readonly config: X10Config | undefined;
  readonly now: number;
};

/** What to ask or tell the owner: of who was heard last first, who stands beside that sensor. `now` = epoch milliseconds. */
export function learn(
  history: History,
  entries: readonly AliasEntry[],
  config: X10Config | undefined,
  now: number,
): readonly Suggestion[] {
  const owners = ownersOf(entries);
  const known: Known = { history, entries, owners, config, now };
  const unmapped = [...history.units.values()]
    .filter(({ address }) => address === undefined || !owners.has(address))
    .filter((unit) => !isMappedSince(unit, history, config))
    .sort(busiestFirst);
  const used = new Set([...owners.keys(), ...unmapped.flatMap(({ address }) => address ?? [])]);
  const free = freeUnits(config, used).values();

  // each sender is explained once, by the guess that says most
  let rest = unmapped;
  const explaining = (guesses: readonly About<Suggestion['kind']>[]): typeof guesses => {
    const explained = new Set(guesses.flatMap(({ heard }) => heard));
    rest = rest.filter((unit) => !explained.has(unit));
    return guesses;
  };
  const lastAt = ({ heard }: About<Suggestion['kind']>): number =>
    Math.max(...heard.map((unit) => unit.lastAt));
  const waiting = explaining(rest.flatMap((unit) => notRestarted(unit, config) ?? []));
  const moves = explaining(oneEach(rest.flatMap((unit) => movedTo(unit, known) ?? [])));
  const dusks = explaining(rest.flatMap((unit) => duskOf(unit, known) ?? []));
  const pads = explaining(padsHeard(rest, known));
  const ours = new Set(entries.map(({ address }) => address.charAt(0)));
  for (const { house } of config?.aliases ?? []) ours.add(house);
  const strangers = explaining(rest.flatMap((unit) => neighbourOf(unit, ours) ?? []));
  const nameless = rest.flatMap((unit) =>
    withoutName(unit, config, free).map((suggestion) => ({ heard: [unit], suggestion })),
  );
  return [...pads, ...nameless, ...waiting, ...moves, ...dusks, ...strangers]
    .sort((one, other) => lastAt(other) - lastAt(one))
    .map(({ suggestion }) => suggestion);
}

/** The alias in x10config that has the id of a sender. */
function aliasWithId({ securityId }: HeardUnit, config: X10Config | undefined): X10Alias | undefined {
  return securityId === undefined
    ? undefined
    : config?.aliases.find(({ ids }) => ids.includes(Number(securityId)));
}

/** heyu has mapped it since it was heard: its unit was heard later. */
function isMappedSince(unit: HeardUnit, { units }: History, config: X10Config | undefined): boolean {
  const alias = aliasWithId(unit, config);
  return (
    alias !== undefined &&
    addressesOf(alias).some((each) => (units.get(each)?.lastAt ?? -Infinity) > unit.lastAt)
  );
}

/** heyu has not read the line of x10config that maps it. */
function notRestarted(unit: HeardUnit, config: X10Config | undefined): About<'not_restarted'> | undefined {
  const { securityId, count, firstAt, lastAt } = unit;
  const label = aliasWithId(unit, config)?.label;
  if (securityId === undefined || label === undefined) return undefined;
  return { heard: [unit], suggestion: { kind: 'not_restarted', securityId, label, count, firstAt, lastAt } };
}

/** A house code that is not one of ours, heard often from a sender for which heyu has no alias. */
function neighbourOf(unit: HeardUnit, ours: ReadonlySet<string>): About<'neighbour'> | undefined {
  const { address, label, count } = unit;
  if (address === undefined || label !== null || count < NEIGHBOUR_COUNT) return undefined;
  if (ours.size === 0 || ours.has(address.charAt(0))) return undefined;
  return { heard: [unit], suggestion: { kind: 'neighbour', address, count } };
}

/** Whose an address is: the entry's own, or that of the entry whose dusk unit it is. */
function ownersOf(entries: readonly AliasEntry[]): ReadonlyMap<Address, AliasEntry> {
  const owners = new Map<Address, AliasEntry>();
  for (const entry of entries) if (entry.dusk !== undefined) owners.set(entry.dusk, entry);
  for (const entry of entries) for (const unit of unitsOf(entry)) owners.set(unit, entry);
  return owners;
}

/** A silent sensor can have become only one new sender: the one that came first after it. */
function oneEach(moves: readonly About<'moved'>[]): readonly About<'moved'>[] {
  const earliest = new Map<string, About<'moved'>>();
  for (const move of moves) {
    const { alias, newSinceAt } = move.suggestion;
    const other = earliest.get(alias);
    if (!other || newSinceAt < other.suggestion.newSinceAt) earliest.set(alias, move);
  }
  return [...earliest.values()];
}

/** Remotes that are on several units in heyu: one suggestion for all keys that are free here. */
function padsHeard(
  heard: readonly HeardUnit[],
  { entries, owners, config }: Known,
): readonly About<'unmapped'>[] {
  return (config?.aliases ?? []).filter(isKeypad).flatMap((pad) => {
    const { label, model } = pad;
    const isFree = (unit: Address): boolean =>
      !owners.has(unit) && config !== undefined && aliasInLog(config, unit) === undefined;
    const [address, ...moreUnits] = addressesOf(pad).filter(isFree);
    const keys = heard.filter((unit) => [address, ...moreUnits].some((each) => each === unit.address));
    // under its own name already: an import gives it the rest of its units
    if (address === undefined || keys.length === 0 || entries.some(({ alias }) => alias === label)) return [];
    const suggestion = {
      kind: 'unmapped' as const,
      address,
      moreUnits,
      label,
      model,
      likely: undefined,
      name: nameFor(label),
      count: keys.reduce((sum, { count }) => sum + count, 0),
      firstAt: Math.min(...keys.map(({ firstAt }) => firstAt)),
      lastAt: Math.max(...keys.map(({ lastAt }) => lastAt)),
    };
    return [{ heard: keys, suggestion }];
  });
}

function withoutName(
  unit: HeardUnit,
  config: X10Config | undefined,
  units: Iterator<Address, undefined>,
): readonly Suggestion[] {
  const { address, securityId, count, firstAt, lastAt } = unit;
  if (address !== undefined) {
    const label = (config && aliasInLog(config, address)) ?? unit.label ?? undefined;
    const model = modelAt(config, address);
    const likely = model === undefined ? likelyOf(unit) : undefined;
    const name = label === undefined ? undefined : nameFor(label);
    return [{ kind: 'unmapped', address, moreUnits: [], label, model, likely, name, count, firstAt, lastAt }];
  }
  if (securityId === undefined) return [];
  const model = moduleSending(unit.data);
  const free = units.next().value;
  const line =
    free === undefined ? undefined : aliasLine(`new_${securityId}`, free, model ?? 'SVDATA', securityId);
  return [{ kind: 'unmapped_id', securityId, model, line, count, firstAt, lastAt }];
}

/** Functions that only the keys of security remotes send. */
const KEYS: readonly string[] = 'Arm Disarm Panic sLightsOn sLightsOff'.split(' ');
const FOUR_KEYS: readonly string[] = 'AkeyOn AkeyOff BkeyOn BkeyOff'.split(' ');

/** Remotes have keys; of the sensors only contacts have a delay switch (modules.c, functions `fn_...`). */
function likelyOf({ functions, hasDelaySwitch }: HeardUnit): Likely | undefined {
  if (FOUR_KEYS.some((name) => functions.has(name))) return 'KR18';
  if (KEYS.some((name) => functions.has(name))) return 'KR10A';
  return hasDelaySwitch ? 'door' : undefined;
}

/** A sensor counts as fallen silent after a day, or three times its longest pause. */
const SILENT_MS = DAY;
/** Heard so often before, a sensor can be said to have fallen silent. */
const KNOWN_COUNT = 5;
/** Dusk and dawn are hours apart; clouds and headlights come more often, but not by the minute. */
const SLOW_MS = 10 * MINUTE;

/**
 * The sensor that may have become this sender: of the same protocol, well known before, silent for long, and
 * not heard since the new one came. Batteries that run low or are changed reset an MS14A to A1 and give an MS10A
 * another ID.
 */
function movedTo(unit: HeardUnit, { history, entries, config, now }: Known): About<'moved'> | undefined {
  // A unit that heyu has a name for is a sensor that its owner knows.
  if (unit.label !== null || (unit.address !== undefined && config && aliasInLog(config, unit.address)))
    return undefined;
  const isSecurity =
    unit.address === undefined || [...unit.functions.keys()].some((name) => SECURITY_FUNCTIONS.has(name));
  const candidates = entries.flatMap((entry) => {
    const old = history.units.get(entry.address);
    // a remote with several keys is not one sender
    if (!old || entry.ignore || entry.moreUnits.length > 0) return [];
    if ((modelOf(entry).protocol === 'security') !== isSecurity) return [];
    const silentMs = now - old.lastAt;
    const longest = Math.max(SILENT_MS, 3 * old.longestMs);
    const isSilent = old.count >= KNOWN_COUNT && silentMs > longest && unit.firstAt >= old.lastAt;
    return isSilent && unit.lastAt > old.lastAt ? [{ entry, old }] : [];
  });
  const best = candidates.sort((one, other) => other.old.lastAt - one.old.lastAt)[0];
  if (!best) return undefined;
  const { entry, old } = best;
  const { alias, address: from } = entry;
  const { address: to, securityId, firstAt: newSinceAt } = unit;
  const model = entry.model ?? modelAt(config, from) ?? 'MS10A';
  const line = securityId === undefined ? undefined : aliasLine(alias, from, model, securityId);
  const silentSinceAt = old.lastAt;
  const suggestion = { kind: 'moved', alias, from, to, securityId, line, silentSinceAt, newSinceAt } as const;
  return { heard: [unit], suggestion };
}

/**
 * The motion sensor whose dusk unit this may be. Likely when On and Off alternate, hours apart: a motion sensor
 * repeats On within seconds.
 */
function duskOf(unit: HeardUnit, { entries, config }: Known): About<'dusk'> | undefined {
  const { address } = unit;
  if (address === undefined || [...unit.functions.keys()].some((name) => name !== 'On' && name !== 'Off'))
    return undefined;
  const owner = entries.find(
    (entry) =>
      nextUnit(entry.address) === address &&
      entry.dusk === undefined &&
      !entry.ignore &&
      isMotion(entry) &&
      modelOf(entry).protocol === 'standard',
  );
  if (!owner) return undefined;
  const model = modelAt(config, address);
  if (model !== undefined && !model.startsWith('MS1')) return undefined;
  const alternates = unit.repeats === 0;
  const slow = unit.shortestMs >= SLOW_MS;
  if (!alternates && !slow) return undefined;
  const likely = unit.count >= 2 && alternates && slow;
  return { heard: [unit], suggestion: { kind: 'dusk', alias: owner.alias, unit: address, likely } };
}

/** A module's data bytes: all that it sends (modules.c, functions `fn_...`). The first that fits is proposed. */
const MODULES: readonly { readonly model: string; readonly sends: (byte: number) => boolean }[] = [
  { model: 'MS10A', sends: (byte) => (byte & ~0x81) === 0x0c },
  { model: 'MS90', sends: (byte) => (byte & ~0xc1) === 0x0c },
  { model: 'DM10', sends: (byte) => byte === 0xe0 || byte === 0xf0 || byte === 0xf8 },
  { model: 'DS10A', sends: (byte) => (byte & ~0x85) === 0 },
  { model: 'DS90', sends: (byte) => (byte & ~0xc5) === 0 },
  { model: 'KR15A', sends: (byte) => byte === 0x03 },
  { model: 'KR10A', sends: (byte) => (byte & 0x1f) === 0x06 },
  { model: 'KR18', sends: (byte) => [0x26, 0x06, 0x86, 0x42, 0xc2, 0x46, 0xc6].includes(byte) },
  { model: 'SH624', sends: (byte) => (byte & 0x13) === 0x02 },
];

/** The module that sends these data bytes, in heyu's spelling; undefined when they fit none or none was heard. */
export function moduleSending(data: ReadonlySet<number>): string | undefined {
  if (data.size === 0) return undefined;
  return MODULES.find(({ sends }) => [...data].every(sends))?.model;
}

/** Where new sensors are put first: A and B are where owners begin. */
const HOUSES = 'CDEFGHIJKLMNOPBA';

/**
 * The units that no alias of heyu and no entry uses, in the order in which new security senders take them: the house
 * code that has most security modules is filled first, then empty ones, then the others. Never A1, which an MS14A falls
 * back to when its battery is changed, nor the unit to which a motion sensor sends dusk and dawn.
 */
export function freeUnits(config: X10Config | undefined, used: ReadonlySet<Address>): readonly Address[] {
  const taken = new Set<Address>([...used, 'A1']);
  const busy = new Set([...used].map((address) => address.charAt(0)));
  const security = new Map<string, number>();
  for (const alias of config?.aliases ?? []) {
    const { house, model } = alias;
    busy.add(house);
    const known = model === undefined ? undefined : modelNamed(model);
    for (const address of addressesOf(alias)) {
      taken.add(address);
      if (known?.dusk === 'next_unit') taken.add(nextUnit(address));
    }
    if (known?.protocol === 'security') security.set(house, (security.get(house) ?? 0) + 1);
  }
  const rank = (house: string): number => -(security.get(house) ?? (busy.has(house) ? -2 : -1));
  return HOUSES.split('')
    .sort((one, other) => rank(one) - rank(other))
    .flatMap((house) => Array.from({ length: 16 }, (_, index) => `${house}${index + 1}` as Address))
    .filter((address) => !taken.has(address));
}

/** The line for x10config. `label` must be a label of heyu. */
function aliasLine(label: string, address: Address, model: string, id: string): string {
  return `ALIAS ${label} ${address} ${model} ${id}`;
}
