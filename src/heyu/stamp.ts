/**
 * The stamp at the beginning of a line, in every form that heyu can be configured to write (x10state.c
 * `gendate`, `datstrf`): with or without a year, in three orders, with three separators, or as Unix time.
 */

import { DAY, HOUR, MINUTE, SECOND } from '../common/duration.js';
import { instantsOf, timeZone, type TimeZone } from './time-zone.js';

/** How heyu writes the stamps of its log (directive DATE_FORMAT) and where it lives. */
export type StampForm = {
  /** Order of day and month; a four-digit year is recognised by itself. Default in heyu: YMD. */
  readonly order: 'YMD' | 'DMY' | 'MDY';
  /** IANA name of the time zone in which the engine runs, e.g. "Europe/Berlin". */
  readonly timeZone: string;
};

/** A stamp as written: local time without an instant yet. */
export type Stamp = {
  /** Where the text of the line begins. */
  readonly bodyStart: number;
  /** Unix time in milliseconds (LOGDATE_UNIX); the fields below are 0 then. */
  readonly unixMs: number | undefined;
  /** 0 when the stamp has no year, which is heyu's default. */
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  /** 1..31 */
  readonly day: number;
  /** Milliseconds since local midnight. */
  readonly timeOfDayMs: number;
};

/**
 * A stamp in any form, and what stands before the text: a blank, a sub-directory digit with a blank (COMMON, `heyu -3`), and
 * up to two more blanks.
 */
export const STAMP_PATTERN =
  String.raw`(?:(\d{10,12}\.\d{3})|(?:(\d{4})[/.-])?(\d\d)[/.-](\d\d)(?:[/.-](\d{4}))? ` +
  String.raw`([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)) (?:\d |(?!\d )) {0,2}(?=[^ ])`;

const STAMP = new RegExp(`^${STAMP_PATTERN}`);

/**
 * Reads the stamp of a line, or undefined when it has none (output of scripts, shell errors). Where day and
 * month make no date in the configured order but do in the other, the other is taken: DATE_FORMAT was not told.
 */
export function readStamp(text: string, order: StampForm['order']): Stamp | undefined {
  const match = STAMP.exec(text);
  if (match === null) return undefined;
  const bodyStart = match[0].length;
  const field = (group: number): number => Number(match[group] ?? 0);
  const unix = match[1]?.replace('.', '');
  if (unix !== undefined)
    return { bodyStart, unixMs: Number(unix), year: 0, month: 0, day: 0, timeOfDayMs: 0 };
  const [first, other] = [field(3), field(4)];
  let month = order === 'DMY' ? other : first;
  let day = order === 'DMY' ? first : other;
  if (month > 12 && day <= 12) [month, day] = [day, month];
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const timeOfDayMs = field(6) * HOUR + field(7) * MINUTE + field(8) * SECOND;
  return { bodyStart, unixMs: undefined, year: field(2) || field(5), month, day, timeOfDayMs };
}

const SPACE = 32;
const ZERO = 48;
const COLON = 58;

/**
 * Which engine wrote a line: the digit between stamp and text (`heyu -3`, log of LOG_DIR with COMMON); 0 = none.
 * `start` is where its text begins.
 */
export function engineOf(text: string, start: number): number {
  // the last digit of a stamp stands there, mostly
  if (text.charCodeAt(start - 3) !== SPACE || text.charCodeAt(start - 1) !== SPACE) return 0;
  const engine = text.charCodeAt(start - 2) - ZERO;
  return engine >= 0 && engine <= 9 ? engine : 0;
}

/** How well a stamp fits into the time in which its line must have been written. */
type Fit = 'fits' | 'mismatch';

/** An instant, and whether the stamp fitted the bounds (see `instantWithin`). */
type Instant = { readonly at: number; readonly fit: Fit };

/** A stamp may be this far outside its bounds before it counts as a clock or time zone mismatch. */
const STAMP_TOLERANCE_MS = 2000;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Every instant that a stamp may mean near `around` (epoch ms). */
function candidates(stamp: Stamp, zone: TimeZone, around: number): readonly number[] {
  if (stamp.unixMs !== undefined) return [stamp.unixMs];
  const now = new Date(around + zone.offsetMs(around)).getUTCFullYear();
  let years = stamp.year === 0 ? [now - 1, now, now + 1] : [stamp.year];
  if (stamp.year === 0 && stamp.month === 2 && stamp.day === 29) {
    years = [];
    for (let year = now - 8; year <= now + 8; year += 1) if (isLeap(year)) years.push(year);
  }
  return years.flatMap((year) =>
    instantsOf(Date.UTC(year, stamp.month - 1, stamp.day) + stamp.timeOfDayMs, zone),
  );
}

/** Of the instants that a stamp may mean near `near` the one with the least distance, the first of several. */
function nearest(stamp: Stamp, zone: TimeZone, near: number, distance: (at: number) => number): number {
  let best = NaN;
  for (const at of candidates(stamp, zone, near)) {
    if (Number.isNaN(best) || distance(at) < distance(best)) best = at;
  }
  return best;
}

/** The instant nearest to `near` (epoch ms); of two an hour apart the later when the earlier lies in the past. */
function instantNear(stamp: Stamp, zone: TimeZone, near: number): number {
  return nearest(stamp, zone, near, (candidate) =>
    candidate < near ? (near - candidate) * 4 : candidate - near,
  );
}

/** The instant of a stamp in a year of which it is known (a stamp with a year keeps its own). */
function instantInYear(stamp: Stamp, zone: TimeZone, year: number): number {
  return candidates({ ...stamp, year: stamp.year === 0 ? year : stamp.year }, zone, 0)[0] ?? NaN;
}

// --- Stamps of one log, with what was asked before remembered: lines come in bursts.

/** Reads stamps and resolves them to instants. */
export type StampClock = {
  readonly zone: TimeZone;
  /** `readStamp` in the order of this log. Stamps that it gives are shared: they are never changed. */
  readonly read: (text: string) => Stamp | undefined;
  /**
   * A line's instant (docs/design.md, "A line's instant"): its stamp, clamped into [notBefore, readAt]. Of the
   * years and of the two passes of a repeated hour the one is taken that lies within; where several do, the
   * first that is not before `after` (the instant of the line before). A stamp that is outside by more than
   * 2 s is a mismatch and gives `readAt`. Stamps are whole seconds, hence so is the lower bound.
   */
  readonly instantWithin: (stamp: Stamp, notBefore: number, readAt: number, after: number) => Instant;
  readonly instantNear: (stamp: Stamp, near: number) => number;
  readonly instantInYear: (stamp: Stamp, year: number) => number;
};

/** Two digits that minutes or seconds may have, as a number; else -1. */
function sixtiethAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** `readStamp` that remembers the last minute (of Unix time the tenth of a second), and the last stamp itself. */
function stampReader(order: StampForm['order']): StampClock['read'] {
  /** What stands before the last two digits, the second character behind them, and where the text begins. */
  let minute = '';
  let engine = SPACE;
  let bodyStart = 0;
  /** The stamp with 00 as its last digits. */
  let minuteStamp: Stamp | undefined;
  let lastCount = -1;
  let lastStamp: Stamp | undefined;

  // its fields by name: V8 copies an object by a spread several times as slowly
  const later = ({ bodyStart, unixMs, year, month, day, timeOfDayMs }: Stamp, count: number): Stamp =>
    unixMs === undefined
      ? { bodyStart, unixMs, year, month, day, timeOfDayMs: timeOfDayMs + count * SECOND }
      : { bodyStart, unixMs: unixMs + count, year, month, day, timeOfDayMs };

  const readAnew = (text: string): Stamp | undefined => {
    const stamp = readStamp(text, order);
    if (stamp === undefined) return undefined;
    const at =
      stamp.unixMs === undefined ? text.lastIndexOf(':', stamp.bodyStart) + 1 : text.indexOf('.') + 2;
    // behind a single blank another line may have the digit of its engine
    const gap = stamp.bodyStart - at - 2;
    if (gap < 2 || gap > 3) return stamp;
    minute = text.slice(0, at);
    engine = text.charCodeAt(at + 3);
    ({ bodyStart } = stamp);
    lastCount = Number(text.slice(at, at + 2));
    lastStamp = stamp;
    minuteStamp = later(stamp, -lastCount);
    return stamp;
  };

  /** Goes to the minute of a line if it is another one of the same hour. */
  const isOfSameHour = (text: string): boolean => {
    const at = minute.length - 3;
    const minutes = sixtiethAt(text, at);
    if (minuteStamp?.unixMs !== undefined || minutes < 0 || text.charCodeAt(at + 2) !== COLON) return false;
    if (text.slice(0, at) !== minute.slice(0, at)) return false;
    minuteStamp = minuteStamp && later(minuteStamp, (minutes - sixtiethAt(minute, at)) * 60);
    minute = text.slice(0, minute.length);
    lastCount = -1;
    return true;
  };

  return (text) => {
    const at = minute.length;
    const count = sixtiethAt(text, at);
    const isKnown =
      count >= 0 &&
      text.charCodeAt(at + 3) === engine &&
      text.charCodeAt(at + 2) === SPACE &&
      (bodyStart === at + 4 || text.charCodeAt(at + 4) === SPACE) &&
      text.charCodeAt(bodyStart) > SPACE &&
      // V8 copies so short a piece: comparing it is twice as quick as comparing characters of a line, which is itself
      // a piece of a block
      (text.slice(0, at) === minute || isOfSameHour(text));
    if (!isKnown || minuteStamp === undefined) return readAnew(text);
    // address and function share a second: the same stamp is made once
    if (count !== lastCount) {
      lastCount = count;
      lastStamp = later(minuteStamp, count);
    }
    return lastStamp;
  };
}

/** Makes the resolver of a log's stamps. */
export function stampClock({ timeZone: zoneName, order }: StampForm): StampClock {
  const zone = timeZone(zoneName);
  // the last hour that began at one instant only
  let lastDay = -1;
  let lastHour = -1;
  let lastHourAt = 0;
  // the last stamp in it
  let lastStamp: Stamp | undefined;
  let last: Instant = { at: NaN, fit: 'fits' };

  const dayOf = (stamp: Stamp): number => (stamp.year * 16 + stamp.month) * 32 + stamp.day;

  /** The instant by the hour remembered; NaN when it is another one. */
  const remembered = (stamp: Stamp): number => {
    const inHour = stamp.timeOfDayMs - lastHour * HOUR;
    return inHour >= 0 && inHour < HOUR && stamp.unixMs === undefined && dayOf(stamp) === lastDay
      ? lastHourAt + inHour
      : NaN;
  };

  /** Remembers the hour of a stamp, unless the clocks change near it: such hours are resolved again each time. */
  const remember = (stamp: Stamp, at: number): void => {
    if (stamp.unixMs !== undefined) return;
    const hour = Math.floor(stamp.timeOfDayMs / HOUR);
    const hourAt = at - (stamp.timeOfDayMs - hour * HOUR);
    if (zone.offsetMs(hourAt - HOUR) !== zone.offsetMs(hourAt + 2 * HOUR)) return;
    lastDay = dayOf(stamp);
    lastHour = hour;
    lastHourAt = hourAt;
  };

  /** A function of its own: V8 makes room for what a closure needs at each call, also where it is not made. */
  const anew = (stamp: Stamp, from: number, readAt: number, after: number): Instant => {
    const at = nearest(stamp, zone, readAt, (candidate) => {
      if (candidate < from) return from - candidate;
      if (candidate > readAt) return candidate - readAt;
      return candidate < after - STAMP_TOLERANCE_MS ? 0 : -1;
    });
    if (at < from - STAMP_TOLERANCE_MS || at > readAt + STAMP_TOLERANCE_MS)
      return { at: readAt, fit: 'mismatch' };
    remember(stamp, at);
    return { at: Math.min(Math.max(at, from), readAt), fit: 'fits' };
  };

  return {
    zone,
    read: stampReader(order),
    instantWithin: (stamp, notBefore, readAt, after) => {
      const from = Math.floor(notBefore / SECOND) * SECOND;
      const known = stamp === lastStamp ? last.at : remembered(stamp);
      if (known <= readAt && known >= from) {
        if (stamp !== lastStamp) last = { at: known, fit: 'fits' };
        lastStamp = stamp;
        return last;
      }
      return anew(stamp, Math.min(from, readAt), readAt, after);
    },
    instantNear: (stamp, near) => {
      const known = remembered(stamp);
      if (Math.abs(known - near) < DAY) return known;
      const at = instantNear(stamp, zone, near);
      remember(stamp, at);
      return at;
    },
    instantInYear: (stamp, year) => instantInYear(stamp, zone, year),
  };
}
