/** Security senders that heyu does not map: which module one may be, and the ALIAS line that would map it. */

import type { X10Config } from '../heyu/x10config.js';
import { nextUnit } from '../x10/address.js';
import type { Address } from '../x10/address.js';
import { modelNamed } from '../x10/model.js';

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
  for (const { house, units, model } of config?.aliases ?? []) {
    busy.add(house);
    const known = model === undefined ? undefined : modelNamed(model);
    for (const unit of units) {
      taken.add(`${house}${unit}`);
      if (known?.dusk === 'next_unit') taken.add(nextUnit(`${house}${unit}`));
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
export function aliasLine(label: string, address: Address, model: string, id: string): string {
  return `ALIAS ${label} ${address} ${model} ${id}`;
}
