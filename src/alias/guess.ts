/**
 * Guesses about a sender without an entry: that it is an old sensor with new batteries, or the dusk unit of the
 * motion sensor before it.
 */

import { SECURITY_FUNCTIONS } from '../heyu/functions.js';
import { aliasInLog } from '../heyu/x10config.js';
import type { X10Config } from '../heyu/x10config.js';
import { nextUnit } from '../x10/address.js';
import type { Address } from '../x10/address.js';
import { isMotion, modelOf } from './entry.js';
import type { AliasEntry } from './entry.js';
import type { HeardUnit, History } from './heard.js';
import type { Suggestion } from './learn.js';
import { aliasLine } from './senders.js';

/** A guess and the sender that it explains. */
export type About<Kind extends Suggestion['kind']> = {
  readonly unit: HeardUnit;
  readonly suggestion: Suggestion & { readonly kind: Kind };
};

const MINUTE = 60_000;

/** A sensor counts as fallen silent after a day, or three times its longest pause. */
const SILENT_MS = 24 * 60 * MINUTE;
/** Heard so often before, a sensor can be said to have fallen silent. */
const KNOWN_COUNT = 5;
/** Dusk and dawn are hours apart; clouds and headlights come more often, but not by the minute. */
const SLOW_MS = 10 * MINUTE;

/** heyu's module at an address. */
export function modelAt(config: X10Config | undefined, address: Address): string | undefined {
  return config?.aliases.find(
    ({ house, units, model }) => model !== undefined && units.some((unit) => `${house}${unit}` === address),
  )?.model;
}

/**
 * The sensor that may have become this sender: of the same protocol, well known before, silent for long, and
 * not heard since the new one came. Batteries that run low or are changed reset an MS14A to A1 and give an MS10A
 * another ID.
 */
export function movedTo(
  unit: HeardUnit,
  history: History,
  entries: readonly AliasEntry[],
  config: X10Config | undefined,
  now: number,
): About<'moved'> | undefined {
  // A unit that heyu has a name for is a sensor that its owner knows.
  if (unit.label !== null || (unit.address !== undefined && config && aliasInLog(config, unit.address)))
    return undefined;
  const isSecurity =
    unit.address === undefined || [...unit.functions.keys()].some((name) => SECURITY_FUNCTIONS.has(name));
  const candidates = entries.flatMap((entry) => {
    const old = history.units.get(entry.address);
    if (!old || entry.ignore || (modelOf(entry).protocol === 'security') !== isSecurity) return [];
    const silentMs = now - old.lastAt;
    const longest = Math.max(SILENT_MS, 3 * (old.longestMs ?? 0));
    const isSilent = old.count >= KNOWN_COUNT && silentMs > longest && unit.firstAt >= old.lastAt;
    return isSilent && unit.lastAt > old.lastAt ? [{ entry, old }] : [];
  });
  const best = candidates.sort((one, other) => other.old.lastAt - one.old.lastAt)[0];
  if (!best) return undefined;
  const { entry, old } = best;
  const model = entry.model ?? modelAt(config, entry.address) ?? 'MS10A';
  const suggestion = {
    kind: 'moved' as const,
    alias: entry.alias,
    from: entry.address,
    to: unit.address,
    securityId: unit.securityId,
    line:
      unit.securityId === undefined
        ? undefined
        : aliasLine(entry.alias, entry.address, model, unit.securityId),
    silentSinceAt: old.lastAt,
    newSinceAt: unit.firstAt,
  };
  return { unit, suggestion };
}

/**
 * The motion sensor whose dusk unit this may be. Likely when On and Off alternate, hours apart: a motion sensor
 * repeats On within seconds.
 */
export function duskOf(
  unit: HeardUnit,
  entries: readonly AliasEntry[],
  config: X10Config | undefined,
): About<'dusk'> | undefined {
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
  const slow = unit.shortestMs === undefined || unit.shortestMs >= SLOW_MS;
  if (!alternates && !slow) return undefined;
  const likely = unit.count >= 2 && alternates && slow;
  return { unit, suggestion: { kind: 'dusk', alias: owner.alias, unit: address, likely } };
}
