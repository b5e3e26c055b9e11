/** Keeps what was read last of the past for a while, because an open page asks for nearly the same again and again. */

import { DAY, HOUR, MINUTE, SECOND } from '../../common/duration.js';
import type { CoreSettings } from '../../core-settings.js';
import type { Past } from '../../history/past.js';
import type { Timeline } from '../../web/protocol.js';
import { timelineOf, type Window } from '../../web/timeline.js';
import type { PageHost } from './host.js';

/** Windows up to this length are read with their signals, and drawn here; of longer ones only the drawing is kept. */
const LONGEST_DAY_MS = DAY + HOUR;

/** What was read of up to now is new enough for so long. */
const FRESH_MS = 5 * SECOND;

/** Then it is forgotten. */
const KEPT_MS = 5 * MINUTE;

/** What was read. `newUntil`: up to then (monotonic ms) nothing later is read; what ended before now is never new. */
type Day = {
  readonly from: number;
  readonly until: number;
  readonly newUntil: number;
  readonly past: Promise<Past>;
};
type Drawn = { readonly window: Window; readonly timeline: Promise<Timeline> };

/** The page shows one window, and asks why in another; two browsers look at others. */
const MOST_DAYS = 2;
const MOST_DRAWN = 4;

/** Reads by its host, and keeps it. */
export class RecentPast {
  readonly #host: Pick<PageHost, 'past' | 'timeline'>;
  #days: readonly Day[] = [];
  #drawn: readonly Drawn[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(host: Pick<PageHost, 'past' | 'timeline'>) {
    this.#host = host;
  }

  /** The drawing of a window; what comes is not known yet. `now` in epoch ms. */
  async timeline(core: CoreSettings, window: Window, now: number): Promise<Timeline> {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), KEPT_MS).unref();
    if (window.to - window.from > LONGEST_DAY_MS) return this.#longTime(window, now);
    return timelineOf(core, await this.#day(window, now), window);
  }

  /** Forgets everything. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#days = [];
    this.#drawn = [];
  }

  #longTime(window: Window, now: number): Promise<Timeline> {
    const known = this.#drawn.find((each) => isSamePicture(each.window, window));
    if (known !== undefined) return known.timeline;
    const timeline = this.#host.timeline(window, Math.min(window.to, now));
    const drawn = { window, timeline };
    this.#drawn = [drawn, ...this.#drawn].slice(0, MOST_DRAWN);
    timeline.catch(() => (this.#drawn = this.#drawn.filter((each) => each !== drawn)));
    return timeline;
  }

  #day({ from, to }: Window, now: number): Promise<Past> {
    const until = Math.min(to, now);
    const mono = performance.now();
    const isNew = (each: Day): boolean => each.until >= until || mono < each.newUntil;
    const known = this.#days.find((each) => each.from <= from && each.until >= from && isNew(each));
    if (known !== undefined) return known.past;
    const past = this.#host.past({ from, until: Math.max(until, from + 1), signals: true });
    const day = { from, until, newUntil: to < now ? mono : mono + FRESH_MS, past };
    this.#days = [day, ...this.#days].slice(0, MOST_DAYS);
    past.catch(() => (this.#days = this.#days.filter((each) => each !== day)));
    return past;
  }
}

/** Less than a pixel apart. */
function isSamePicture(one: Window, other: Window): boolean {
  const half = (one.to - one.from) / one.px / 2;
  return one.px === other.px && Math.abs(one.from - other.from) < half && Math.abs(one.to - other.to) < half;
}
