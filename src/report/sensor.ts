/** The statistics of one sensor: what its signals show about its hold time, radio, battery, place and health. */

import { DAY, HOUR, MINUTE } from '../common/duration.js';
import { firstFrom, type Intervals, type SensorHistory } from '../history/history.js';
import { isoAt } from '../heyu/time-zone.js';
import { writeAddresses } from '../heyu/x10config.js';
import type { SensorSettings } from '../sensor/settings.js';
import { mainChannelOf, type SensorType } from '../sensor/types.js';
import type { Begins } from './begins.js';
import { pausesOf, type Pauses } from './hold.js';
import { dayOf, hourOf, type Week, weekOf } from './local-time.js';
import { ENOUGH, type Quartiles, quartiles, type Sample, sample, shareOf } from './numbers.js';
import type { ReportScene } from './scene.js';
import { heardSignals, type HeardSignals, type Paths } from './signals.js';
import { sunTimes } from './sun.js';

/** A count, and which part of all cases that is, 0 to 1. */
export type Part = { readonly count: number; readonly share: number };

/** Another sensor that often begins within 30 s after this one. */
type Neighbour = Part & {
  readonly alias: string;
  /** From begin to begin, s; the median. */
  readonly lag: number;
};

/** Signs of life of a security sensor. */
export type Heartbeats = {
  /** What its model has, s. */
  readonly interval: number;
  readonly missed: Part;
  /** By week of the log; null where too little of a week is known. */
  readonly missed_by_week: readonly (number | null)[];
};

/** How long after sunset it says dark, and after sunrise light, min; negative = before. */
export type Dusk = {
  readonly after_sunset: Sample<Quartiles>;
  readonly after_sunrise: Sample<Quartiles>;
  /** Days on which it got dark more than once. */
  readonly days_with_bounces: number;
};

/** A time, ISO 8601. */
export type TimeSpan = { readonly from: string; readonly to: string; readonly seconds: number };

/** What the log says of a sensor. Durations are seconds, shares 0 to 1. */
export type SensorReport = {
  readonly alias: string;
  readonly name: string;
  readonly address: string;
  readonly model: string;
  readonly type: SensorType;
  readonly zone: string | null;
  readonly ignored: boolean;
  /** Without copies, and without what heyu sent itself. */
  readonly signals: number;
  readonly last_heard: string | null;
  /** How often its main channel went ON: motions, openings. */
  readonly events: number;
  /** In a day of which the whole log is there; its cases are days. */
  readonly events_per_day: Sample<Quartiles>;
  readonly length: Sample<Quartiles>;
  readonly week: Sample<Week>;
  /** Null for what is not motion, and where heyu does not log repeats. */
  readonly pauses: Sample<Pauses> | null;
  readonly hold: number;
  readonly ends_with: 'sensor' | 'hold';
  /** Motions whose Off was not heard: the hold time ended them. Null where the hold time ends all. */
  readonly missed_offs: Sample<Part> | null;
  /** Null for security sensors, which are on radio alone. */
  readonly paths: Sample<Paths> | null;
  readonly neighbours: readonly Neighbour[];
  /** Motions between 0 and 5 o'clock with no other sensor within 5 min. */
  readonly alone_at_night: Sample<Part> | null;
  /** Null for a model without heartbeat, and where heyu does not log repeats. */
  readonly heartbeats: Sample<Heartbeats> | null;
  readonly low_battery_since: string | null;
  /** Null without a dusk unit or without `location`. */
  readonly dusk: Dusk | null;
  /** The longest time in which nothing was heard while the log was there, and the one at its end. */
  readonly longest_silence: TimeSpan | null;
  readonly silent_at_end: number | null;
  /** Longer than 12 h ON. */
  readonly stuck: readonly TimeSpan[];
};

const NONE: Intervals = { from: new Float64Array(), to: new Float64Array() };

/** Its main channel: motion, contact. */
export const mainIntervals = ({ channels }: SensorHistory, { type }: SensorSettings): Intervals =>
  channels[mainChannelOf(type) ?? 'motion'] ?? NONE;

/** Works them out. */
export function sensorReport(
  settings: SensorSettings,
  past: SensorHistory,
  begins: Begins,
  scene: ReportScene,
): SensorReport {
  const { alias, name, model, type, zone, ignore, holdMs, off, dusk } = settings;
  const { known, zone: time } = scene;
  const heard = heardSignals(past, scene.kinds, settings);
  const main = mainIntervals(past, settings);
  const whole = wholeIntervals(main, scene);
  const isMotion = type === 'motion';
  const isHidden = scene.hidesUnchanged && model.protocol === 'security';
  const { both, radio, power_line: powerLine } = heard.paths;
  const lastAt = heard.all.at(-1);
  const lowAt = lowBatterySince(heard);
  return {
    alias,
    name,
    address: writeAddresses(settings),
    model: model.name,
    type,
    zone: zone ?? null,
    ignored: ignore,
    signals: heard.all.length,
    last_heard: lastAt === undefined ? null : isoAt(lastAt, time),
    events: main.from.length,
    events_per_day: eventsPerDay(main.from, scene),
    length: sample(whole.length, () => quartiles(whole.map(([from, to]) => (to - from) / 1000))),
    week: sample(main.from.length, () => weekOf(main.from, time)),
    pauses: isMotion && !isHidden ? pausesOf(heard.signs, main, known) : null,
    hold: holdMs / 1000,
    ends_with: off,
    missed_offs: isMotion && off === 'sensor' ? missedOffs(heard, whole) : null,
    paths: model.protocol === 'standard' ? sample(both + radio + powerLine, () => heard.paths) : null,
    neighbours: isMotion ? neighboursOf(alias, begins, scene) : [],
    alone_at_night: isMotion ? aloneAtNight(alias, begins, scene) : null,
    heartbeats: model.heartbeatMs === 0 || isHidden ? null : heartbeatsOf(heard, model.heartbeatMs, scene),
    low_battery_since: lowAt === undefined ? null : isoAt(lowAt, time),
    dusk: dusk === undefined && model.dusk !== 'function' ? null : duskOf(past, scene),
    longest_silence: longestSilence(heard.all, scene),
    silent_at_end:
      lastAt !== undefined && known.isWhole(lastAt, known.until) ? (known.until - lastAt) / 1000 : null,
    stuck: isMotion ? stuckOf(main, scene) : [],
  };
}

const span = (from: number, to: number, { zone }: ReportScene): TimeSpan => ({
  from: isoAt(from, zone),
  to: isoAt(to, zone),
  seconds: (to - from) / 1000,
});

function eventsPerDay(begins: Float64Array, { known, zone, days }: ReportScene): Sample<Quartiles> {
  const counts = new Map(days.map((day) => [day, 0]));
  for (const at of begins) {
    const count = counts.get(dayOf(at, zone));
    if (count !== undefined && at >= known.from) counts.set(dayOf(at, zone), count + 1);
  }
  return sample(counts.size, () => quartiles(counts.values()));
}

/** From when to when it was ON. */
type Interval = readonly [from: number, to: number];

/** What was ON and is over, while the log was there. */
function wholeIntervals({ from, to }: Intervals, { known }: ReportScene): readonly Interval[] {
  return Array.from(from, (begin, index) => [begin, to[index] ?? Infinity] as const).filter(([begin, end]) =>
    known.isWhole(begin, end),
  );
}

/** The last that was heard before the end of a motion is an Off, or it was missed. */
function missedOffs({ signs, ends }: HeardSignals, whole: readonly Interval[]): Sample<Part> {
  const missed = whole.filter(([from, to]) => {
    const sign = signs[firstFrom(signs, to + 1) - 1] ?? 0;
    const end = ends[firstFrom(ends, to + 1) - 1] ?? 0;
    return end < from || end < sign;
  });
  return sample(whole.length, () => partOf(missed.length, whole.length));
}

const partOf = (count: number, whole: number): Part => ({ count, share: shareOf(count, whole) });

const NEAR_MS = 30_000;

/** More often than by chance, and often. */
const LEAST_SHARE = 0.2;
const MORE_THAN_CHANCE = 3;
const MOST_NEIGHBOURS = 3;

function neighboursOf(own: string, begins: Begins, { known }: ReportScene): readonly Neighbour[] {
  const mine = begins.of(own).length;
  if (mine < ENOUGH) return [];
  const found: Neighbour[] = [];
  for (const [alias, lags] of begins.lagsAfter(own, NEAR_MS)) {
    const theirs = begins.of(alias).length;
    if (theirs < ENOUGH) continue;
    const byChance = 1 - Math.exp((-theirs * NEAR_MS) / Math.max(1, known.lengthMs()));
    const part = partOf(lags.length, mine);
    if (part.share >= LEAST_SHARE && part.share >= MORE_THAN_CHANCE * byChance)
      found.push({ alias, ...part, lag: quartiles(lags).median / 1000 });
  }
  return found.sort((one, other) => other.share - one.share).slice(0, MOST_NEIGHBOURS);
}

const NIGHT_ENDS = 5;
const ALONE_MS = 5 * MINUTE;

function aloneAtNight(own: string, begins: Begins, { zone }: ReportScene): Sample<Part> | null {
  if (begins.size < 2) return null;
  const atNight = begins.of(own).filter((at) => hourOf(at, zone) < NIGHT_ENDS);
  return sample(atNight.length, () => {
    const alone = atNight.filter((at) => begins.isAlone(own, at - ALONE_MS, at + ALONE_MS));
    return partOf(alone.length, atNight.length);
  });
}

const WEEK = 7 * DAY;

/** A heartbeat is due one interval after any signal. */
function heartbeatsOf({ all }: HeardSignals, intervalMs: number, { known }: ReportScene): Sample<Heartbeats> {
  const weeks = Array.from({ length: Math.ceil((known.until - known.from) / WEEK) }, () => ({
    due: 0,
    missed: 0,
  }));
  let missed = 0;
  let due = 0;
  for (let index = 0; index < all.length; index += 1) {
    const from = all[index] ?? 0;
    const to = all[index + 1] ?? known.until;
    if (!known.isWhole(from, to)) continue;
    const beats = Math.round((to - from) / intervalMs);
    const isLast = index + 1 === all.length;
    // what ended an interval came; behind the last signal nothing did
    const lost = Math.max(0, isLast ? Math.floor((to - from) / intervalMs) : beats - 1);
    due += lost + (isLast ? 0 : 1);
    missed += lost;
    for (let beat = 1; beat <= lost + (isLast ? 0 : 1); beat += 1) {
      const week = weeks[Math.floor((from + beat * intervalMs - known.from) / WEEK)];
      if (week === undefined) continue;
      week.due += 1;
      if (beat <= lost) week.missed += 1;
    }
  }
  return sample(due, () => ({
    interval: intervalMs / 1000,
    missed: partOf(missed, due),
    missed_by_week: weeks.map((week) => (week.due < ENOUGH ? null : shareOf(week.missed, week.due))),
  }));
}

/** The first of the LoBat after which it was said again and again, to the end. */
function lowBatterySince({ all, lowBattery }: HeardSignals): number | undefined {
  const last = lowBattery.at(-1);
  // it is said with each signal until the battery is new
  if (last === undefined || (all.at(-1) ?? 0) - last > 2 * DAY) return undefined;
  let first = lowBattery.length - 1;
  while (first > 0 && (lowBattery[first] ?? 0) - (lowBattery[first - 1] ?? 0) <= 2 * DAY) first -= 1;
  return lowBattery[first];
}

/** Further from sunset it is not dusk that it tells. */
const MOST_OFFSET_MS = 4 * HOUR;

function duskOf({ channels }: SensorHistory, { known, zone, location }: ReportScene): Dusk | null {
  if (location === undefined) return null;
  const { from: dawns, to: dusks } = channels.light ?? NONE;
  const offsets = (instants: Float64Array, which: 'rise' | 'set', isFirst: boolean): readonly number[] => {
    const byDay = new Map<number, number>();
    for (const at of instants) {
      if (!Number.isFinite(at) || at < known.from) continue;
      const day = dayOf(at, zone);
      const sun = sunTimes(day, location)?.[which];
      if (sun === undefined || Math.abs(at - sun) > MOST_OFFSET_MS) continue;
      if (!isFirst || !byDay.has(day)) byDay.set(day, Math.round((at - sun) / MINUTE));
    }
    return [...byDay.values()];
  };
  const [evenings, mornings] = [offsets(dusks, 'set', true), offsets(dawns, 'rise', false)];
  const perDay = new Map<number, number>();
  for (const at of dusks)
    if (Number.isFinite(at)) perDay.set(dayOf(at, zone), (perDay.get(dayOf(at, zone)) ?? 0) + 1);
  return {
    after_sunset: sample(evenings.length, () => quartiles(evenings)),
    after_sunrise: sample(mornings.length, () => quartiles(mornings)),
    days_with_bounces: [...perDay.values()].filter((count) => count > 1).length,
  };
}

function longestSilence(all: Float64Array, scene: ReportScene): TimeSpan | null {
  let longest: readonly [number, number] | undefined;
  for (let index = 1; index < all.length; index += 1) {
    const [from = 0, to = 0] = [all[index - 1], all[index]];
    if (to - from <= (longest === undefined ? 0 : longest[1] - longest[0])) continue;
    if (scene.known.isWhole(from, to)) longest = [from, to];
  }
  return longest === undefined ? null : span(...longest, scene);
}

const STUCK_MS = 12 * HOUR;

function stuckOf({ from, to }: Intervals, scene: ReportScene): readonly TimeSpan[] {
  return Array.from(
    from,
    (begin, index) => [begin, Math.min(to[index] ?? Infinity, scene.known.until)] as const,
  )
    .filter(([begin, end]) => end - begin > STUCK_MS)
    .map(([begin, end]) => span(begin, end, scene));
}
