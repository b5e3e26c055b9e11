/** Keeps what was drawn last of the past for a while, because an open page asks for nearly the same again and again. */

import { MINUTE, SECOND } from '../../common/duration.js';
import type { Timeline } from '../../web/protocol.js';
import type { Window } from '../../web/timeline.js';
import type { PageHost } from './host.js';

/** What was drawn of up to now is new enough for so long, or for half a pixel. */
const FRESH_MS = 5 * SECOND;

/** Then it is forgotten. */
const KEPT_MS = 5 * MINUTE;

/** The page shows one window, and an hour of it as a table; two browsers look at others. */
const MOST_KEPT = 4;

/** A window as it was drawn; what came after `until` is not in it. */
type Drawn = { readonly window: Window; readonly until: number; readonly timeline: Promise<Timeline> };

/** Has its host draw, and keeps it. */
export class RecentDrawings {
  readonly #draw: PageHost['timeline'];
  #kept: readonly Drawn[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(draw: PageHost['timeline']) {
    this.#draw = draw;
  }

  /** The drawing of a window; what comes is not known yet. `now` in epoch ms. */
  timeline(window: Window, now: number): Promise<Timeline> {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), KEPT_MS).unref();
    const until = Math.min(window.to, now);
    const known = this.#kept.find((each) => isSamePicture(each, { window, until }));
    if (known !== undefined) return known.timeline;
    const timeline = this.#draw(window, until);
    const drawn = { window, until, timeline };
    this.#kept = [drawn, ...this.#kept].slice(0, MOST_KEPT);
    timeline.catch(() => (this.#kept = this.#kept.filter((each) => each !== drawn)));
    return timeline;
  }

  /** Forgets everything. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#kept = [];
  }
}

type Drawing = Pick<Drawn, 'window' | 'until'>;

/** Less than half a pixel apart. */
function isSamePicture(one: Drawing, other: Drawing): boolean {
  const { from, to, px } = one.window;
  const half = (to - from) / px / 2;
  const isNear = (a: number, b: number, ms: number): boolean => Math.abs(a - b) < ms;
  return (
    px === other.window.px &&
    isNear(from, other.window.from, half) &&
    isNear(to, other.window.to, half) &&
    isNear(one.until, other.until, Math.max(half, FRESH_MS))
  );
}
