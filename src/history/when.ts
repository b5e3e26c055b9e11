/** Times as people write them: `02:10`, `11-22 23:10:05`, `yesterday 7:30`, `23:00..06:45`, `2026-11-22`, `last`. */

import { DAY, MINUTE, SECOND } from '../common/duration.js';
import { instantsOf, type TimeZone } from '../heyu/time-zone.js';

/** A date and a time of day, as far as they were written. */
export type WrittenTime = {
  /** `year` is undefined where it was left out. */
  readonly date:
    { readonly year: number | undefined; readonly month: number; readonly day: number } | undefined;
  /** Milliseconds since local midnight; 0 without a time of day. */
  readonly timeOfDayMs: number;
  readonly hasTime: boolean;
  /** It names a day, a minute or a second, ms. */
  readonly lengthMs: number;
};

const DATE = /^(?:(\d{4})[-/])?(\d{1,2})[-/](\d{1,2})$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** Reads a date, a time of day, or both; undefined when it is none. */
export function readWrittenTime(text: string): WrittenTime | undefined {
  const [first = '', second, more] = text.trim().split(/[Tt ]+/);
  const [, year, month, day] = DATE.exec(first) ?? [];
  const clockText = month === undefined ? first : second;
  if (more !== undefined || (month === undefined && second !== undefined)) return undefined;
  const [, hour, minute, seconds] = clockText === undefined ? [] : (CLOCK.exec(clockText) ?? []);
  if (clockText !== undefined && hour === undefined) return undefined;
  const [hours, minutes, secs] = [hour, minute, seconds].map((part) => Number(part ?? 0));
  if ((hours ?? 0) > 23 || (minutes ?? 0) > 59 || (secs ?? 0) > 59) return undefined;
  const date = month === undefined ? undefined : dateOf(year, Number(month), Number(day));
  if (month !== undefined && date === undefined) return undefined;
  return {
    date,
    timeOfDayMs: (hours ?? 0) * 60 * MINUTE + (minutes ?? 0) * MINUTE + (secs ?? 0) * SECOND,
    hasTime: hour !== undefined,
    lengthMs: hour === undefined ? DAY : seconds === undefined ? MINUTE : SECOND,
  };
}

/** Undefined where no month has such a day. */
function dateOf(year: string | undefined, month: number, day: number): WrittenTime['date'] {
  const date = new Date(Date.UTC(Number(year ?? 2000), month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return { year: year === undefined ? undefined : Number(year), month, day };
}

/** The instant of a local day and time, epoch ms. */
export function instantOn(
  { month, day }: { readonly month: number; readonly day: number },
  year: number,
  timeOfDayMs: number,
  zone: TimeZone,
): number {
  const local = Date.UTC(year, month - 1, day) + timeOfDayMs;
  return instantsOf(local, zone)[0] ?? local;
}

/** What is asked for: the last time, one moment, or a span; epoch ms, `until` is not part of it. */
export type When =
  { readonly kind: 'last' } | { readonly kind: 'at' | 'span'; readonly from: number; readonly until: number };

const SPAN = /^(.*\S)\s*(?:\.\.+|\s+to\s+|\s+-\s+)\s*(\S.*)$/;

/** Longer than any time that a person writes; the search for a span takes longer, the longer the text is. */
const LONGEST_TEXT = 100;

/** Reads it. Without a date the last such time before `now` is meant, and of a span the first after its beginning. */
export function readWhen(text: string, zone: TimeZone, now: number): When | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const words = text.trim().toLowerCase();
  if (words === '' || words === 'last') return { kind: 'last' };
  const [, beginning, end] = SPAN.exec(words) ?? [];
  if (beginning === undefined || end === undefined) return momentOf(words, zone, now);
  const from = momentOf(beginning, zone, now);
  if (from === undefined) return undefined;
  const written = readWrittenTime(end);
  const isTimeAlone = written !== undefined && written.date === undefined;
  const to = isTimeAlone ? nextAfter(from.from, written, zone) : momentOf(end, zone, now);
  if (to === undefined || to.until <= from.from) return undefined;
  return { kind: 'span', from: from.from, until: to.until };
}

type Moment = Exclude<When, { readonly kind: 'last' }>;

const DAYS_AGO: Readonly<Record<string, number>> = { today: 0, yesterday: 1 };

function momentOf(words: string, zone: TimeZone, now: number): Moment | undefined {
  const [first = '', ...rest] = words.split(' ');
  const ago = Object.hasOwn(DAYS_AGO, first) ? DAYS_AGO[first] : undefined;
  const text = ago === undefined ? words : [dayText(now - ago * DAY, zone), ...rest].join(' ');
  const written = readWrittenTime(text);
  if (written === undefined) return undefined;
  const from = beginningOf(written, zone, now);
  // the day of a change of the clocks has another length
  const until = written.hasTime ? from + written.lengthMs : beginningOf(nextDay(from, zone), zone, Infinity);
  return { kind: written.hasTime ? 'at' : 'span', from, until };
}

function dayText(at: number, zone: TimeZone): string {
  return new Date(at + zone.offsetMs(at)).toISOString().slice(0, 10);
}

function nextDay(from: number, zone: TimeZone): WrittenTime {
  const local = new Date(from + zone.offsetMs(from) + DAY);
  const date = { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
  return { date, timeOfDayMs: 0, hasTime: false, lengthMs: DAY };
}

/** What is left out is so that it is the last one that has begun by `now`. */
function beginningOf({ date, timeOfDayMs }: WrittenTime, zone: TimeZone, now: number): number {
  if (date?.year !== undefined) return instantOn(date, date.year, timeOfDayMs, zone);
  const local = new Date(now + zone.offsetMs(now));
  const year = local.getUTCFullYear();
  if (date !== undefined) {
    const at = instantOn(date, year, timeOfDayMs, zone);
    return at <= now ? at : instantOn(date, year - 1, timeOfDayMs, zone);
  }
  const at = instantOn({ month: local.getUTCMonth() + 1, day: local.getUTCDate() }, year, timeOfDayMs, zone);
  if (at <= now) return at;
  const before = new Date(local.getTime() - DAY);
  const day = { month: before.getUTCMonth() + 1, day: before.getUTCDate() };
  return instantOn(day, before.getUTCFullYear(), timeOfDayMs, zone);
}

/** The first such time of day after an instant. */
function nextAfter(at: number, { timeOfDayMs, lengthMs }: WrittenTime, zone: TimeZone): Moment {
  const local = new Date(at + zone.offsetMs(at));
  const on = (daysLater: number): number => {
    const day = new Date(local.getTime() + daysLater * DAY);
    const date = { month: day.getUTCMonth() + 1, day: day.getUTCDate() };
    return instantOn(date, day.getUTCFullYear(), timeOfDayMs, zone);
  };
  const from = on(0) >= at ? on(0) : on(1);
  return { kind: 'at', from, until: from + lengthMs };
}
