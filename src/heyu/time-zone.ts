/**
 * Local time of an IANA time zone. heyu writes local time without a zone, so that around a change of daylight
 * saving time one local time may mean two instants, or none.
 */

import { DAY, HOUR, MINUTE } from '../common/duration.js';

/** Offsets of one time zone, with what was asked before remembered. */
export type TimeZone = {
  readonly name: string;
  /** Local time minus UTC at an instant, in milliseconds. */
  readonly offsetMs: (at: number) => number;
};

const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** Makes a time zone of an IANA name. Throws a RangeError for a name that the JavaScript engine does not know. */
export function timeZone(name: string): TimeZone {
  if (name === 'UTC' || name === 'Etc/UTC') return { name, offsetMs: () => 0 };
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    ...Object.fromEntries(FIELDS.map((field) => [field, 'numeric'])),
  });
  const measure = (at: number): number => {
    const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 0, day, hour, minute, second] = FIELDS.map((field) => part.get(field) ?? 0);
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    return local - Math.floor(at / 1000) * 1000;
  };
  // offsets only ever change on a quarter of an hour
  const QUARTER = HOUR / 4;
  const known = new Map<number, number>();
  return {
    name,
    offsetMs: (at) => {
      const quarter = Math.floor(at / QUARTER);
      let offset = known.get(quarter);
      if (offset === undefined) {
        if (known.size > 10_000) known.clear();
        offset = measure(quarter * QUARTER);
        known.set(quarter, offset);
      }
      return offset;
    },
  };
}

/**
 * The instants that a local time (given as if it were UTC) may mean, in order of time: one, two in the hour
 * that daylight saving time repeats. A local time that was skipped gives the instant that clocks which were
 * not put forward would have shown it at.
 */
export function instantsOf(local: number, zone: TimeZone): readonly number[] {
  const before = local - zone.offsetMs(local - DAY);
  const after = local - zone.offsetMs(local + DAY);
  if (before === after) return [before];
  const valid = [before, after].filter((at) => at + zone.offsetMs(at) === local).sort((a, b) => a - b);
  return valid.length === 0 ? [before] : valid;
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** The last instant that was written, by zone: a line causes several messages of one instant. */
const lastWritten = new WeakMap<TimeZone, { readonly at: number; readonly text: string }>();

/** ISO 8601 with the zone's offset, as Home Assistant wants its time stamps: 2026-11-22T15:04:05+01:00. */
export function isoAt(at: number, zone: TimeZone): string {
  const last = lastWritten.get(zone);
  if (last?.at === at) return last.text;
  const offset = zone.offsetMs(at);
  const local = new Date(at + offset).toISOString();
  const minutes = Math.abs(Math.round(offset / MINUTE));
  const fraction = at % 1000 === 0 ? '' : local.slice(19, 23);
  const text = `${local.slice(0, 19)}${fraction}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  lastWritten.set(zone, { at, text });
  return text;
}
