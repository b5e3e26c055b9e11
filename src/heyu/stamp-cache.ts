/** Stamps of one log (heyu/stamp), with what was asked before remembered: lines come in bursts. */

import { DAY, HOUR } from '../common/duration.js';
import {
  clamped,
  instantInYear,
  instantNear,
  readStamp,
  stampWithin,
  type Instant,
  type Stamp,
  type StampForm,
} from './stamp.js';
import { timeZone, type TimeZone } from './time-zone.js';

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

const SPACE = 32;
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
