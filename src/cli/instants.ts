/** Instants for people. */

import type { TimeZone } from '../heyu/time-zone.js';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Writes instants as `Tue 2026-11-17 15:04:05`, in the time zone of heyu. */
export function whenIn(zone: TimeZone): (at: number) => string {
  return (at) => {
    const local = new Date(at + zone.offsetMs(at));
    const [day = '', time = ''] = local.toISOString().split(/[T.]/);
    return `${WEEKDAYS[local.getUTCDay()] ?? ''} ${day} ${time}`;
  };
}
