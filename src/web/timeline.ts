/**
 * What happened in a window of time, for a picture with a given number of pixels: its size does not grow with the
 * motions.
 */

import { DAY } from '../common/duration.js';
import type { CoreSettings, Location } from '../core-settings.js';
import { firstFrom, type History, type Intervals, type SensorHistory } from '../history/history.js';
import { zoneSpans, type Journal } from '../history/journal.js';
import { sunTimes } from '../report/sun.js';
import { GOES_ON } from '../sensor/motion.js';
import type { SensorSettings } from '../sensor/settings.js';
import { mainChannelOf } from '../sensor/types.js';
import type { AlertMark, Lane, Run, Span, Timeline, ZoneLane } from './protocol.js';

/** A window of time that is to be drawn; instants are epoch ms, `px` is its width. */
export type Window = { readonly from: number; readonly to: number; readonly px: number };

/** What is known of it. */
type Known = { readonly history: History; readonly journal: Journal };

/** Draws a window. */
export function timelineOf(
  { sensors, zones, location }: Pick<CoreSettings, 'sensors' | 'zones' | 'location'>,
  { history, journal }: Known,
  window: Window,
): Timeline {
  const known = new Map(history.sensors.map((sensor) => [sensor.alias, sensor]));
  const spans = zoneSpans(journal);
  return {
    ...window,
    begins: beginOf(history, window),
    lanes: sensors
      .filter(({ ignore }) => !ignore)
      .map((sensor) => laneOf(sensor, known.get(sensor.alias), history, window)),
    zones: zones.map(({ zone, name }): ZoneLane => {
      const own = spans.filter(({ entry }) => entry.zone === zone);
      return {
        zone,
        name,
        spans: own.flatMap(({ entry, to }) => {
          const span = within({ from: entry.at, to }, window, history);
          return span === undefined ? [] : [[...span, entry.state] as const];
        }),
      };
    }),
    alerts: alertsOf(history, journal).filter(({ at }) => at >= window.from && at < window.to),
    gaps: history.gaps.flatMap((gap) => {
      const end = Math.min(gap.to, window.to);
      return gap.from < window.to && end > window.from
        ? [[Math.max(gap.from, window.from), end] as const]
        : [];
    }),
    night: location === undefined ? [] : nightsOf(location, window),
  };
}

/** From sunset to sunrise; none where the sun does not rise or set. */
function nightsOf(location: Location, { from, to }: Window): readonly Span[] {
  const nights: Span[] = [];
  for (let day = Math.floor(from / DAY) - 1; day <= Math.floor(to / DAY) + 1; day += 1) {
    const begin = sunTimes(day, location)?.set ?? Infinity;
    const end = sunTimes(day + 1, location)?.rise ?? -Infinity;
    if (begin < end && begin < to && end > from) nights.push([Math.max(begin, from), Math.min(end, to)]);
  }
  return nights;
}

/** Where the log begins, if that is in the window. */
function beginOf({ gaps, lines }: History, { from, to }: Window): number | null {
  if (lines === 0) return null;
  const before = gaps.find((gap) => gap.reason === 'no_log' && gap.from <= from);
  if (before === undefined) return from;
  return before.to < to ? before.to : null;
}

/** The part of a span that is in the window and of which something is known. */
function within(
  span: { readonly from: number; readonly to: number },
  window: Window,
  history: History,
): Span | undefined {
  const from = Math.max(span.from, window.from);
  const to = Math.min(span.to, window.to, history.until);
  return to > from ? [from, to] : undefined;
}

function laneOf(
  { alias, name, zone, type }: SensorSettings,
  known: SensorHistory | undefined,
  history: History,
  window: Window,
): Lane {
  const main = mainChannelOf(type);
  const intervals = main === undefined ? undefined : known?.channels[main];
  const signals =
    known === undefined ? new Float64Array() : countedSignals(known, history, main !== undefined);
  // what is neither ON nor OFF is heard now and then: a remote, a thermometer
  const marks = intervals ?? (main === undefined ? { from: signals, to: signals } : undefined);
  const runs = marks === undefined ? [] : runsOf(marks, signals, history, window);
  return { alias, name, zone: zone ?? null, runs };
}

/** Signals that turn a sensor ON, and their repeats; of what is neither ON nor OFF those of which something came. */
function countedSignals(
  { signals: { at, kind } }: SensorHistory,
  { kinds }: History,
  isOnOff: boolean,
): Float64Array {
  return at.filter((_, index) => {
    const signal = kinds[kind[index] ?? 0];
    return signal?.kept === GOES_ON || (isOnOff ? signal?.begins === true : signal?.kept === null);
  });
}

/** Pieces of a lane; what is nearer than a pixel is one piece. */
function runsOf(
  intervals: Intervals,
  signals: Float64Array,
  history: History,
  window: Window,
): readonly Run[] {
  const scale = window.px / (window.to - window.from);
  const runs: { x: number; end: number; triggers: number; from: number; to: number }[] = [];
  const { from: begins, to: ends } = intervals;
  // one before may reach into the window
  const first = Math.max(0, firstFrom(begins, window.from) - 1);
  for (let index = first; index < begins.length; index += 1) {
    const begin = begins[index] ?? 0;
    if (begin >= window.to) break;
    const from = Math.max(begin, window.from);
    const to = Math.max(begin, Math.min(ends[index] ?? 0, window.to, history.until));
    if (to < window.from) continue;
    const heard = firstFrom(signals, to + 1) - firstFrom(signals, from);
    const triggers = signals.length > 0 ? heard : Number(begin >= window.from);
    const x = Math.min(window.px - 1, Math.floor((from - window.from) * scale));
    const end = Math.max(x + 1, Math.min(window.px, Math.ceil((to - window.from) * scale)));
    const last = runs.at(-1);
    if (last !== undefined && x <= last.end) {
      last.end = Math.max(last.end, end);
      last.to = Math.max(last.to, to);
      last.triggers += triggers;
    } else runs.push({ x, end, triggers, from, to });
  }
  return runs.map(({ x, end, triggers, from, to }) => [
    x,
    end - x,
    triggers,
    Math.round(from),
    Math.round(to),
  ]);
}

/** What was written down of alerts; of the time before, those that reading the log again raises. */
function alertsOf({ alerts }: History, { entries }: Journal): readonly AlertMark[] {
  const written = entries.flatMap((entry): AlertMark[] =>
    entry.kind === 'verdict' && entry.verdict === 'alert'
      ? [{ at: entry.at, zone: entry.zone, alias: entry.alias, kind: entry.reason }]
      : [],
  );
  const begins = entries[0]?.at ?? Infinity;
  const read = alerts
    .filter(({ at }) => at < begins)
    .map(({ at, zone, alias, reason }): AlertMark => ({ at, zone, alias, kind: reason }));
  return [...read, ...written];
}
