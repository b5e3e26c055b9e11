/** What was heard of a sensor in a range of time, and what was not. */

import { SECOND } from '../common/duration.js';
import { GOES_ON } from '../sensor/motion.js';
import type { SensorSettings } from '../sensor/settings.js';
import { mainChannelOf } from '../sensor/types.js';
import { firstFrom, type History, type SensorHistory, type SignalKind } from './history.js';
import type { Absence, Journal, VerdictEntry, ZoneSpan } from './journal.js';
import type { Past } from './past.js';
import type { Fact, HeardFact, OnFact, Said } from './why-facts.js';

/** What the facts are taken from. */
export type Scene = {
  readonly past: Past;
  /** The sensor that is asked for, or all of the zone. */
  readonly sensors: readonly SensorSettings[];
  /** Undefined where a sensor is asked for. */
  readonly zone: string | undefined;
  readonly spans: readonly ZoneSpan[];
  /** The verdicts that were written down, and those of each sensor: a month has thousands, and as many motions. */
  readonly verdicts: readonly VerdictEntry[];
  readonly verdictsOf: ReadonlyMap<string, readonly VerdictEntry[]>;
  /** What the journal says of settings alone. */
  readonly settings: Journal;
  readonly absences: readonly Absence[];
};

/** From one instant up to another. */
export type Range = { readonly from: number; readonly until: number };

/** What is known of a sensor. */
export const historyOf = ({ past }: Scene, alias: string): SensorHistory | undefined =>
  past.history.sensors.find((sensor) => sensor.alias === alias);

/** An end as it is told: null where it has not come. */
export const orNull = (at: number): number | null => (at === Infinity ? null : at);

/** When the main channel of a sensor was ON in the range. */
export function onFacts(
  scene: Scene,
  { alias, type }: SensorSettings,
  { from, until }: Range,
): readonly OnFact[] {
  const main = mainChannelOf(type);
  const history = historyOf(scene, alias);
  const intervals = main === undefined ? undefined : history?.channels[main];
  if (history === undefined || intervals === undefined) return [];
  const facts: OnFact[] = [];
  const { signals } = history;
  for (let index = firstFrom(intervals.to, from); index < intervals.from.length; index += 1) {
    const [at = 0, to = Infinity] = [intervals.from[index], intervals.to[index]];
    if (at >= until) break;
    // an interval that ends where the range begins is not in it
    if (to === from) continue;
    const first = firstFrom(signals.at, at);
    // a copy, the dusk unit, or the Off of the motion before may stand in the same second
    let by = first;
    while (signals.at[by + 1] === at && signalAt(scene, history, by)?.begins !== true) by += 1;
    const heard = signalAt(scene, history, by);
    let [repeats, lastAt] = [0, at];
    for (
      let next = first + 1;
      (signals.at[next] ?? Infinity) <= Math.min(to, signals.at.at(-1) ?? 0);
      next += 1
    ) {
      if (signalAt(scene, history, next)?.kept !== GOES_ON) continue;
      repeats += 1;
      lastAt = signals.at[next] ?? lastAt;
    }
    const said = signals.at[first] === at && heard !== undefined ? saidOf(heard) : null;
    facts.push({ kind: 'on', alias, type, at, to: orNull(to), said, repeats, lastAt });
  }
  return facts;
}

const saidOf = ({ source, address, says }: SignalKind): Said => ({ source, address, says });

/** A signal by its place. */
export function signalAt({ past }: Scene, { signals }: SensorHistory, index: number): SignalKind | undefined {
  const kind = signals.kind[index];
  return kind === undefined ? undefined : past.history.kinds[kind];
}

/** The log has no line of the time that was read. */
export function isUnread({ from, until, gaps }: History): boolean {
  return gaps.some((gap) => gap.reason === 'no_log' && gap.from === from && gap.to === until);
}

/** Signals of the range that led to no ON, those of one kind together; or that there was none. */
export function heardFacts(scene: Scene, { alias }: SensorSettings, range: Range): readonly Fact[] {
  const history = historyOf(scene, alias);
  if (history === undefined) return [];
  const { at } = history.signals;
  const [first, end] = [firstFrom(at, range.from), firstFrom(at, range.until)];
  if (first === end)
    return isUnread(scene.past.history) ? [] : [silenceFact(alias, at, first, scene.past.history)];
  const byKind = new Map<string, HeardFact>();
  for (let index = first; index < end; index += 1) {
    const signal = signalAt(scene, history, index);
    const instant = at[index] ?? 0;
    if (signal === undefined) continue;
    const { kept } = signal;
    const said = saidOf(signal);
    const key = JSON.stringify([said, kept]);
    const before = byKind.get(key);
    byKind.set(key, {
      kind: 'heard',
      alias,
      at: before?.at ?? instant,
      lastAt: instant,
      count: (before?.count ?? 0) + 1,
      said,
      kept,
    });
  }
  return [...byKind.values()];
}

/** Fewer pauses do not make a habit. */
const LEAST_PAUSES = 5;
const MOST_PAUSES = 20;

/** `next`: the first signal after the range. */
function silenceFact(
  alias: string,
  at: Float64Array,
  next: number,
  { from, until, gaps }: Pick<History, 'from' | 'until' | 'gaps'>,
): Fact {
  const begin = gaps.find((gap) => gap.reason === 'no_log' && gap.from === from && gap.to < until);
  const before = at.subarray(Math.max(0, next - MOST_PAUSES - 1), next);
  // a copy on the power line does not count for the usual interval
  const pauses = [...before].flatMap((instant, index) => {
    const pause = instant - (before[index - 1] ?? NaN);
    return pause > 2 * SECOND ? [pause] : [];
  });
  const middle = pauses.sort((one, other) => one - other)[pauses.length >> 1];
  return {
    kind: 'silence',
    alias,
    at: at[next - 1] ?? null,
    lookedFrom: begin?.to ?? from,
    logBegins: begin !== undefined,
    to: at[next] ?? null,
    everyMs: pauses.length >= LEAST_PAUSES ? (middle ?? null) : null,
  };
}
