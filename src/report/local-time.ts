/** Days and hours of a place, as its clocks show them. */

import { DAY, HOUR } from '../common/duration.js';
import { instantsOf, type TimeZone } from '../heyu/time-zone.js';

/** The number of the day at an instant (epoch ms), from that of 1 January 1970 on, which is 0. */
export function dayOf(at: number, zone: TimeZone): number {
  return Math.floor((at + zone.offsetMs(at)) / DAY);
}

/** When a day begins, epoch ms. */
export function beginOfDay(day: number, zone: TimeZone): number {
  return instantsOf(day * DAY, zone)[0] ?? day * DAY;
}

/** The hour of the day, 0 to 23. */
export function hourOf(at: number, zone: TimeZone): number {
  return Math.floor(((((at + zone.offsetMs(at)) % DAY) + DAY) % DAY) / HOUR);
}

/** Counts by day of the week, from Monday on, and hour of the day. */
export type Week = readonly (readonly number[])[];

/** Counts instants so. */
export function weekOf(instants: Iterable<number>, zone: TimeZone): Week {
  const week = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  for (const at of instants) {
    // 1 January 1970 was a Thursday
    const row = week[(((dayOf(at, zone) + 3) % 7) + 7) % 7];
    const hour = hourOf(at, zone);
    if (row !== undefined) row[hour] = (row[hour] ?? 0) + 1;
  }
  return week;
}
