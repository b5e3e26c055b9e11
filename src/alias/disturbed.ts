/**
 * Sensors on the unit after a motion sensor's: an MS13A and its like send dusk and dawn there, as On and Off, and the
 * log cannot tell that from the sensor's own.
 */

import { nextUnit } from '../x10/address.js';
import type { Finding } from './check.js';
import { modelOf, raisesAlarm } from './entry.js';
import type { AliasEntry } from './entry.js';

/** A warning for each sensor that another one's dusk and dawn would set off. */
export function disturbedSensors(entries: readonly AliasEntry[]): readonly Finding[] {
  return entries.flatMap((entry): readonly Finding[] => {
    if (entry.ignore || !raisesAlarm(entry) || modelOf(entry).protocol !== 'standard') return [];
    const before = entries.find(
      (other) =>
        nextUnit(other.address) === entry.address &&
        !other.ignore &&
        other.dusk === undefined &&
        modelOf(other).dusk === 'next_unit',
    );
    if (before === undefined) return [];
    const { alias, address } = entry;
    return [
      {
        level: 'warning',
        alias,
        problem: `${address} is the dusk unit of ${before.alias}: its dusk and dawn look like the sensor's own On and Off`,
        hint: `move one of the two, so that every other unit stays free, or switch dusk off in ${before.alias}; if ${address} is its dusk sensor: heyu2mqtt alias remove ${alias}, then alias set ${before.alias} --dusk ${address}`,
      },
    ];
  });
}
