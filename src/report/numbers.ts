/** Numbers of many cases: how many are needed, and how they are summarised. */

import type { History } from '../history/history.js';

/** Fewer cases say nothing. */
export const ENOUGH = 30;

/** A statistic over so many cases; `value` is null where they are fewer than `ENOUGH`. */
export type Sample<T> = { readonly cases: number; readonly value: T | null };

/** A statistic, worked out if there are enough cases. */
export function sample<T>(cases: number, value: () => T): Sample<T> {
  return { cases, value: cases < ENOUGH ? null : value() };
}

/** The middle of a distribution, and the limits of its lowest and highest quarter. */
export type Quartiles = { readonly low: number; readonly median: number; readonly high: number };

/** They of values in any order. */
export function quartiles(values: Iterable<number>): Quartiles {
  const sorted = Float64Array.from(values).sort();
  return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
}

/** The value below which a share (0 to 1) of sorted values lies; NaN where there is none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1));
  return sorted[index] ?? NaN;
}

/** Part of a whole, to three digits behind the point; 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 1000;
}

type Span = { readonly from: number; readonly to: number };

/** The time of which a history knows what happened: all of it but its gaps. Instants are epoch ms. */
export class KnownTime {
  /** When the log begins, and the end of what is looked at. */
  readonly from: number;
  readonly until: number;
  /** In the order of time, apart from each other. */
  readonly #gaps: readonly Span[];

  constructor({ from, until, gaps }: Pick<History, 'from' | 'until' | 'gaps'>) {
    const before = gaps.find((gap) => gap.reason === 'no_log' && gap.from <= from);
    this.from = before?.to ?? from;
    this.until = until;
    const merged: { from: number; to: number }[] = [];
    for (const gap of gaps) {
      const last = merged.at(-1);
      if (last !== undefined && gap.from <= last.to) last.to = Math.max(last.to, gap.to);
      else merged.push({ from: gap.from, to: gap.to });
    }
    this.#gaps = merged;
  }

  /** Whether everything of a time is known. */
  isWhole(from: number, to: number): boolean {
    if (from < this.from || to > this.until) return false;
    return !this.#gaps.some((gap) => gap.from < to && gap.to > from);
  }

  /** How much of a time is known, ms. */
  lengthMs(from = this.from, to = this.until): number {
    const [begin, end] = [Math.max(from, this.from), Math.min(to, this.until)];
    let length = Math.max(0, end - begin);
    for (const gap of this.#gaps) length -= Math.max(0, Math.min(gap.to, end) - Math.max(gap.from, begin));
    return Math.max(0, length);
  }
}
