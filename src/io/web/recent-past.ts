/** Keeps what was read last of the past for a while, because an open page asks for nearly the same again and again. */

import { DAY, HOUR, MINUTE, SECOND } from '../../common/duration.js';
import type { Past, PastRequest } from '../../history/past.js';

/** Windows up to this length are read with their signals. */
const WITH_SIGNALS_MS = DAY + HOUR;

/** What was read of up to now is new enough for so long; more than a day takes a second to read. */
const FRESH_MS = { short: 5 * SECOND, long: MINUTE };

/** Then it is forgotten: a year of a busy house takes a megabyte. */
const KEPT_MS = 5 * MINUTE;

/** The end of what is known is not now, but a moment before. */
type Read = {
  readonly from: number;
  readonly until: number;
  readonly signals: boolean;
  /** Monotonic ms. */
  readonly at: number;
  readonly past: Promise<Past>;
};

/** Two windows: the page shows one, and asks why in another. */
const MOST_READ = 2;

/** Reads by `read`, and keeps it. */
export class RecentPast {
  readonly #read: (request: PastRequest) => Promise<Past>;
  #kept: Read[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(read: (request: PastRequest) => Promise<Past>) {
    this.#read = read;
  }

  /** A window, epoch ms; what comes is not known yet. `now` in epoch ms. */
  window(from: number, to: number, now: number): Promise<Past> {
    const until = Math.min(to, now);
    const isShort = to - from <= WITH_SIGNALS_MS;
    const mono = performance.now();
    const known = this.#kept.find(
      (each) =>
        each.from <= from &&
        (each.signals || !isShort) &&
        (each.until >= until || mono - each.at < (isShort ? FRESH_MS.short : FRESH_MS.long)) &&
        each.until >= from,
    );
    this.#forgetLater();
    if (known !== undefined) return known.past;
    const read: Read = {
      from,
      until,
      signals: isShort,
      at: mono,
      past: this.#read({ from, until: Math.max(until, from + 1), signals: isShort }),
    };
    this.#kept = [read, ...this.#kept].slice(0, MOST_READ);
    read.past.catch(() => (this.#kept = this.#kept.filter((each) => each !== read)));
    return read.past;
  }

  /** Forgets everything. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#kept = [];
  }

  #forgetLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), KEPT_MS).unref();
  }
}
