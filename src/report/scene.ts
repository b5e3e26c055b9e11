/** The data that all statistics of a report use. */

import type { Location } from '../core-settings.js';
import type { History } from '../history/history.js';
import type { TimeZone } from '../heyu/time-zone.js';
import { beginOfDay, dayOf } from './local-time.js';
import type { KnownTime } from './numbers.js';

/** The same for all sensors. */
export type ReportScene = {
  readonly known: KnownTime;
  readonly zone: TimeZone;
  readonly kinds: History['kinds'];
  /** The days of which everything is known, by number since 1970. */
  readonly days: readonly number[];
  readonly hidesUnchanged: boolean;
  readonly location: Location | undefined;
};

/** The days of which the whole log is there, by number since 1970. */
export function wholeDays({ known, zone }: Pick<ReportScene, 'known' | 'zone'>): readonly number[] {
  const days: number[] = [];
  if (known.until <= known.from) return days;
  for (let day = dayOf(known.from, zone); day <= dayOf(known.until, zone); day += 1)
    if (known.isWhole(beginOfDay(day, zone), beginOfDay(day + 1, zone))) days.push(day);
  return days;
}
