/**
 * How long the pauses between signals of one stay are, and which hold time follows from them. Pauses have two peaks:
 * those while someone is there, and those until someone comes again. The valley between them separates the two.
 */

import { firstFrom, type Intervals } from '../history/history.js';
import { type KnownTime, quantile, type Sample, sample } from './numbers.js';

/** So many pauses have a length from `from` to below `to`, seconds. */
export type Bin = { readonly from: number; readonly to: number; readonly count: number };

/** The pauses between signs of motion, seconds. */
export type Pauses = {
  readonly histogram: readonly Bin[];
  /** Shorter ones are of one stay; null where the pauses have no two humps. */
  readonly cut: number | null;
  /** Of the pauses of one stay; null without a cut. */
  readonly within: {
    readonly count: number;
    readonly median: number;
    readonly p95: number;
    readonly p99: number;
  } | null;
  /** The hold time that covers 99 % of the pauses of one stay; null without a cut. */
  readonly suggested_hold: number | null;
  /** Ends of motion after which the same stay continued, and how many of them the suggested hold time would have covered. */
  readonly early_ends: number;
  readonly early_ends_covered: number;
};

/** Two bins to each doubling, from 1 s to 36 h. */
const BINS = 35;
const bottomOf = (bin: number): number => (bin === 0 ? 0 : 2 ** (bin / 2));

/** Somebody who is there is noticed more often than once in 30 min, and no two signs within 12 s tell of two stays. */
const LEAST_CUT_BIN = 7;
const MOST_CUT_BIN = 22;

/** The valley is at most half as high as the lower hump, and a hump has so many pauses. */
const DEPTH = 0.5;
const LEAST_HUMP = 2;
/** A hump is at least this part of all pauses. */
const SMALL = 0.01;

/** Hold times that people write, seconds. */
const HOLD_TIMES = [10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 420, 600, 900, 1200, 1800];

/** Signs (epoch ms, sorted) and motions of a sensor. Pauses in which the log was away do not count. */
export function pausesOf(signs: Float64Array, motions: Intervals, known: KnownTime): Sample<Pauses> {
  const pauses: number[] = [];
  for (let index = 1; index < signs.length; index += 1) {
    const [from = 0, to = 0] = [signs[index - 1], signs[index]];
    if (to > from && known.isWhole(from, to)) pauses.push((to - from) / 1000);
  }
  return sample(pauses.length, () => {
    const counts = binned(pauses);
    const cut = cutOf(counts);
    const within = Float64Array.from(pauses.filter((pause) => cut !== null && pause < cut)).sort();
    const p99 = quantile(within, 0.99);
    // stamps are whole seconds
    const suggested = cut === null ? null : (HOLD_TIMES.find((hold) => hold > p99) ?? null);
    const early = cut === null ? [] : earlyEnds(signs, motions, cut);
    return {
      histogram: counts.map((count, bin) => ({ from: bottomOf(bin), to: bottomOf(bin + 1), count })),
      cut,
      within:
        cut === null
          ? null
          : { count: within.length, median: quantile(within, 0.5), p95: quantile(within, 0.95), p99 },
      suggested_hold: suggested,
      early_ends: early.length,
      early_ends_covered: early.filter((pause) => suggested !== null && pause < suggested).length,
    };
  });
}

function binned(pauses: readonly number[]): readonly number[] {
  const counts = Array.from({ length: BINS }, () => 0);
  for (const pause of pauses) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(2 * Math.log2(pause))));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Signals come every 5 or 10 s: multiples of that are not peaks of their own. */
function smoothed(counts: readonly number[]): readonly number[] {
  const at = (bin: number): number => counts[Math.min(counts.length - 1, Math.max(0, bin))] ?? 0;
  return counts.map((_, bin) => (at(bin - 1) + 2 * at(bin) + at(bin + 1)) / 4);
}

/** The middle of the widest and deepest valley between two humps, seconds. */
function cutOf(counts: readonly number[]): number | null {
  const heights = smoothed(smoothed(counts));
  const leastHump = Math.max(LEAST_HUMP, SMALL * heights.reduce((sum, height) => sum + height, 0));
  /** 1 where there is nothing between the humps, 0 where there is no valley. */
  const depths = heights.map((height, bin) => {
    if (bin < LEAST_CUT_BIN || bin > MOST_CUT_BIN) return 0;
    const hump = Math.min(Math.max(...heights.slice(0, bin)), Math.max(...heights.slice(bin + 1)));
    return hump < leastHump || height > DEPTH * hump ? 0 : 1 - height / hump;
  });
  let best = { sum: 0, middle: 0 };
  let sum = 0;
  let moment = 0;
  depths.forEach((depth, bin) => {
    [sum, moment] = depth === 0 ? [0, 0] : [sum + depth, moment + depth * (bin + 0.5)];
    if (sum > best.sum) best = { sum, middle: moment / sum };
  });
  return best.sum === 0 ? null : Math.round(2 ** (best.middle / 2));
}

/** The pauses (s) of one stay in which a motion ended. */
function earlyEnds(signs: Float64Array, { from, to }: Intervals, cut: number): readonly number[] {
  const pauses: number[] = [];
  for (let index = 0; index + 1 < from.length; index += 1) {
    const next = firstFrom(signs, from[index + 1] ?? Infinity);
    const before = firstFrom(signs, (to[index] ?? Infinity) + 1) - 1;
    const [last, again] = [signs[before], signs[next]];
    if (last === undefined || again === undefined || again <= last) continue;
    const pause = (again - last) / 1000;
    if (pause < cut) pauses.push(pause);
  }
  return pauses;
}
