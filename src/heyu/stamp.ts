/**
 * The stamp at the beginning of a line, in every form that heyu can be configured to write (x10state.c
 * `gendate`, `datstrf`): with or without a year, in three orders, with three separators, or as Unix time.
 */

import { DAY, HOUR } from '../common/duration.js';
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

const SPACE = 32;
const COLON = 58;
const digit = (text: string, at: number): number => text.charCodeAt(at) - 48;
const isDigit = (value: number): boolean => value >= 0 && value <= 9;
const pair = (text: string, at: number): number => {
  const tens = digit(text, at);
  const ones = digit(text, at + 1);
  return isDigit(tens) && isDigit(ones) ? tens * 10 + ones : -1;
};
const isSeparator = (code: number): boolean => code >= 45 && code <= 47; // - . /

/** heyu's text begins after a blank, a sub-directory digit with a blank (COMMON, `heyu -3`), and up to two more. */
function bodyStart(text: string, stampEnd: number): number {
  if (text.charCodeAt(stampEnd) !== SPACE) return -1;
  let at = stampEnd + 1;
  if (isDigit(digit(text, at)) && text.charCodeAt(at + 1) === SPACE) at += 2;
  let blanks = 0;
  while (blanks < 2 && text.charCodeAt(at) === SPACE) {
    at += 1;
    blanks += 1;
  }
  return at < text.length && text.charCodeAt(at) !== SPACE ? at : -1;
}

/**
 * Which engine wrote a line: the digit between stamp and text (`heyu -3`, log of LOG_DIR with COMMON); 0 = none.
 * `start` is where its text begins.
 */
export function engineOf(text: string, start: number): number {
  if (text.charCodeAt(start - 1) !== SPACE || text.charCodeAt(start - 3) !== SPACE) return 0;
  const engine = digit(text, start - 2);
  return isDigit(engine) ? engine : 0;
}

function timeOfDay(text: string, at: number): number {
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return -1;
  const hour = pair(text, at);
  const minute = pair(text, at + 3);
  const second = pair(text, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

const UNIX = /^(\d{10,12})\.(\d{3}) /;

/**
 * Reads the stamp of a line, or undefined when it has none (output of scripts, shell errors). Where day and
 * month make no date in the configured order but do in the other, the other is taken: DATE_FORMAT was not told.
 */
export function readStamp(text: string, order: StampForm['order']): Stamp | undefined {
  let year = 0;
  let at = 0;
  const second = text.charCodeAt(2);
  if (isSeparator(text.charCodeAt(4)) && pair(text, 0) >= 0 && pair(text, 2) >= 0) {
    year = pair(text, 0) * 100 + pair(text, 2);
    at = 5;
  } else if (!isSeparator(second)) {
    const unix = UNIX.exec(text);
    if (unix === null) return undefined;
    const start = bodyStart(text, unix[0].length - 1);
    if (start < 0) return undefined;
    const unixMs = Number(unix[1]) * 1000 + Number(unix[2]);
    return { bodyStart: start, unixMs, year: 0, month: 0, day: 0, timeOfDayMs: 0 };
  }
  const first = pair(text, at);
  const other = pair(text, at + 3);
  if (first < 0 || other < 0 || !isSeparator(text.charCodeAt(at + 2))) return undefined;
  at += 5;
  if (year === 0 && isSeparator(text.charCodeAt(at)) && pair(text, at + 1) >= 0 && pair(text, at + 3) >= 0) {
    year = pair(text, at + 1) * 100 + pair(text, at + 3);
    at += 5;
  }
  if (text.charCodeAt(at) !== SPACE) return undefined;
  const timeOfDayMs = timeOfDay(text, at + 1);
  const start = bodyStart(text, at + 9);
  if (timeOfDayMs < 0 || start < 0) return undefined;
  let month = order === 'DMY' ? other : first;
  let day = order === 'DMY' ? first : other;
  if (month > 12 && day <= 12) [month, day] = [day, month];
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return { bodyStart: start, unixMs: undefined, year, month, day, timeOfDayMs };
}

/** How well a stamp fits into the time in which its line must have been written. */
type Fit = 'fits' | 'mismatch';

/** An instant, and whether the stamp fitted the bounds (see `instantWithin`). */
export type Instant = { readonly at: number; readonly fit: Fit };

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

/** When a line can have been written, epoch ms. */
export type Bounds = {
  /** No line is older than this: the last time its file was seen to end before it. */
  readonly notBefore: number;
  readonly readAt: number;
  /** The instant of the line before. */
  readonly after: number;
};

/** The first whole second in which a line can have been written. */
function firstSecond({ notBefore, readAt }: Omit<Bounds, 'after'>): number {
  return Math.min(Math.floor(notBefore / 1000) * 1000, readAt);
}

/** The instant of a stamp by itself, epoch ms, that lies within the bounds if one does. */
export function stampWithin(stamp: Stamp, zone: TimeZone, bounds: Bounds): number {
  const { readAt, after } = bounds;
  const from = firstSecond(bounds);
  return nearest(stamp, zone, readAt, (candidate) => {
    if (candidate < from) return from - candidate;
    if (candidate > readAt) return candidate - readAt;
    return candidate < after - STAMP_TOLERANCE_MS ? 0 : -1;
  });
}

/** The instant of a line whose stamp is of this instant. */
export function clamped(at: number, bounds: Omit<Bounds, 'after'>): Instant {
  const { readAt } = bounds;
  const from = firstSecond(bounds);
  return at < from - STAMP_TOLERANCE_MS || at > readAt + STAMP_TOLERANCE_MS
    ? { at: readAt, fit: 'mismatch' }
    : { at: Math.min(Math.max(at, from), readAt), fit: 'fits' };
}

/** The instant nearest to `near` (epoch ms); of two an hour apart the later when the earlier lies in the past. */
export function instantNear(stamp: Stamp, zone: TimeZone, near: number): number {
  return nearest(stamp, zone, near, (candidate) =>
    candidate < near ? (near - candidate) * 4 : candidate - near,
  );
}

/** The instant of a stamp in a year of which it is known (a stamp with a year keeps its own). */
export function instantInYear(stamp: Stamp, zone: TimeZone, year: number): number {
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

const ZERO = 48;

/** What stands before the seconds in heyu's default stamp: "11/22 15:29:". */
const MINUTE_LENGTH = 12;
/** Where the text begins behind heyu's default stamp: "11/22 15:29:27  ". */
const SHORT_STAMP_LENGTH = 16;

/** `readStamp` that remembers the last second in which a line had heyu's default stamp. */
function stampReader(order: StampForm['order']): StampClock['read'] {
  let minute = '';
  let minuteStamp: Stamp | undefined;
  let second = -1;
  let secondStamp: Stamp | undefined;

  /** The first line of another second or minute, and every line with another stamp. */
  const readAnew = (text: string, beginning: string, seconds: number): Stamp | undefined => {
    if (beginning === minute && minuteStamp !== undefined && seconds >= 0 && seconds <= 59) {
      second = seconds;
      secondStamp = { ...minuteStamp, timeOfDayMs: minuteStamp.timeOfDayMs + seconds * 1000 };
      return secondStamp;
    }
    const stamp = readStamp(text, order);
    if (stamp?.bodyStart !== SHORT_STAMP_LENGTH || seconds < 0 || seconds > 59) return stamp;
    minute = beginning;
    minuteStamp = { ...stamp, timeOfDayMs: stamp.timeOfDayMs - seconds * 1000 };
    second = seconds;
    secondStamp = stamp;
    return stamp;
  };

  return (text) => {
    const tens = text.charCodeAt(MINUTE_LENGTH) - ZERO;
    const ones = text.charCodeAt(MINUTE_LENGTH + 1) - ZERO;
    const isShort =
      tens >= 0 &&
      ones >= 0 &&
      ones <= 9 &&
      text.charCodeAt(14) === SPACE &&
      text.charCodeAt(15) === SPACE &&
      text.charCodeAt(SHORT_STAMP_LENGTH) > SPACE;
    const seconds = isShort ? tens * 10 + ones : -1;
    // V8 copies so short a piece: comparing it is twice as quick as comparing characters of a line, which is itself
    // a piece of a block
    const beginning = text.slice(0, MINUTE_LENGTH);
    // address and function share a second: the same stamp is made once
    return seconds === second && beginning === minute ? secondStamp : readAnew(text, beginning, seconds);
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

  /** Remembers the hour of a stamp, unless the clocks change near it: such hours are resolved anew each time. */
  const remember = (stamp: Stamp, at: number): void => {
    if (stamp.unixMs !== undefined) return;
    const hour = Math.floor(stamp.timeOfDayMs / HOUR);
    const hourAt = at - (stamp.timeOfDayMs - hour * HOUR);
    if (zone.offsetMs(hourAt - HOUR) !== zone.offsetMs(hourAt + 2 * HOUR)) return;
    lastDay = dayOf(stamp);
    lastHour = hour;
    lastHourAt = hourAt;
  };

  return {
    zone,
    read: stampReader(order),
    instantWithin: (stamp, notBefore, readAt, after) => {
      const known = stamp === lastStamp ? last.at : remembered(stamp);
      if (known <= readAt && known >= Math.floor(notBefore / 1000) * 1000) {
        if (stamp !== lastStamp) last = { at: known, fit: 'fits' };
        lastStamp = stamp;
        return last;
      }
      const bounds = { notBefore, readAt, after };
      const at = stampWithin(stamp, zone, bounds);
      const instant = clamped(at, bounds);
      if (instant.fit === 'fits') remember(stamp, at);
      return instant;
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
