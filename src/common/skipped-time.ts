/** Wall time that did not pass here: the clock was set forward, or the machine was suspended, which looks the same. */

type Span = { readonly from: number; readonly to: number };

/** So many are remembered. */
const MOST = 100;

/** What a clock that is set forward does to the age of what was before: nothing. Instants are epoch ms. */
export class SkippedTime {
  #spans: readonly Span[];

  /** `stored`: what `remembered` was in an earlier life; what is damaged of it is left out. */
  constructor(stored?: unknown) {
    this.#spans = Array.isArray(stored) ? stored.filter(isSpan) : [];
  }

  get remembered(): readonly Span[] {
    return this.#spans;
  }

  /** The clock was set by so much, and is at `now` since. */
  clockSet(byMs: number, now: number): void {
    this.#spans =
      byMs > 0
        ? [...this.#spans, { from: now - byMs, to: now }].slice(-MOST)
        : this.#spans.map(({ from, to }) => ({ from: from + byMs, to: to + byMs }));
  }

  /** How long ago `at` is, ms: without what was skipped since. */
  readonly ageMs = (at: number, now: number): number =>
    this.#spans.reduce(
      (age, { from, to }) => age - Math.max(0, Math.min(now, to) - Math.max(at, from)),
      now - at,
    );

  /** When the last time so long that was skipped since `at` came to its end; else `at`. */
  endAfter(at: number, atLeastMs: number): number {
    return this.#spans.findLast(({ from, to }) => to - from >= atLeastMs && from >= at)?.to ?? at;
  }
}

function isSpan(value: unknown): value is Span {
  const { from, to } = (value ?? {}) as Partial<Record<keyof Span, unknown>>;
  return Number.isFinite(from) && Number.isFinite(to);
}
