/** What of the past is looked at: the window, the cursor in it, and what the service answers about both. */

import type { Lane, Run, Timeline, WhyAnswer } from '../src/web/protocol.js';
import { ask, type Answer } from './api.js';
import { serviceNow } from './model.js';
import type { Place } from './plot.js';
import { DAY, HOUR, type HouseTime } from './time.js';
import { counted, refusal, type Page } from './view.js';

/** A window that ends now is asked for again when it would have moved by half a pixel, but not more often than this. */
const REFRESH_MS = 15_000;
/** Where there was no answer, or the service was busy. */
const AGAIN_MS = 5000;
/** The hour of the table is asked for by the second. */
const HOUR_PX = 3600;

/** Where a window begins, and how long it is; `from` undefined = it ends now. Epoch ms, ms. */
type Chosen = { readonly span: number; readonly from: number | undefined };

/** Less than an hour of it is known: a whole day would be one empty drawing. */
const isYoung = ({ begins, to }: Timeline): boolean => (begins ?? to) > to - HOUR;

/** What is shown until something else is chosen. */
const OPENS_WITH: Chosen = { span: DAY, from: undefined };

export class Past {
  readonly #page: Page;
  #chosen = OPENS_WITH;
  #width = 0;
  #timeline: Timeline | undefined;
  #hour: Timeline | undefined;
  #trouble = '';
  #cursor: Place | undefined;
  #reading = '';
  #why: { readonly answer: Answer<WhyAnswer> | undefined } | undefined;
  /** What was asked for last, and when. */
  #asked = { key: '', at: 0 };
  #askedHour = '';
  #wanted = '';

  constructor(page: Page) {
    this.#page = page;
  }

  get chosen(): Chosen {
    return this.#chosen;
  }

  /** CSS pixels; 0 = not known yet. */
  get width(): number {
    return this.#width;
  }

  get timeline(): Timeline | undefined {
    return this.#timeline;
  }

  /** The hour of the cursor, or the last one, by the second. */
  get hour(): Timeline | undefined {
    return this.#hour;
  }

  /** Why there is no timeline; empty = there is. */
  get trouble(): string {
    return this.#trouble;
  }

  get cursor(): Place | undefined {
    return this.#cursor;
  }

  /** What is at the cursor, in words. */
  get reading(): string {
    return this.#reading;
  }

  /** Undefined = nothing was asked; an answer that is undefined is on its way. */
  get why(): { readonly answer: Answer<WhyAnswer> | undefined } | undefined {
    return this.#why;
  }

  get #now(): number {
    return serviceNow(this.#page.live.model);
  }

  /** The window, epoch ms. */
  window(): { readonly from: number; readonly to: number } {
    const { span, from = this.#now - span } = this.#chosen;
    return { from, to: from + span };
  }

  /** There is more or less room for the drawing. */
  resize(width: number): void {
    if (width === this.#width) return;
    this.#width = width;
    this.#page.refresh();
  }

  /** Asks for the window, if it is another one or has grown old. */
  load(): void {
    // until the service has told the time, now is that of this device
    if (this.#page.live.model.state === undefined) return;
    const { span, from: chosen } = this.#chosen;
    const key = [span, chosen, this.#width].join();
    const lastsMs = Math.max(REFRESH_MS, span / this.#width / 2);
    const isOld = chosen === undefined && Date.now() - this.#asked.at > lastsMs;
    if (this.#width === 0 || (key === this.#asked.key && !isOld)) return;
    this.#asked = { key, at: Date.now() };
    const { from, to } = this.window();
    const query = { from: Math.round(from), to: Math.round(to), px: this.#width };
    void ask<Timeline>('timeline', query).then((answer) => {
      if (key !== this.#asked.key) return;
      if (answer.ok && this.#chosen === OPENS_WITH && isYoung(answer.value)) return this.go({ span: HOUR });
      this.#trouble = answer.ok ? '' : refusal(answer);
      if (answer.ok) this.#timeline = answer.value;
      else setTimeout(() => this.#askAgain(key), AGAIN_MS);
      this.#loadHour();
      this.#page.refresh();
    });
  }

  #askAgain(key: string): void {
    if (key !== this.#asked.key) return;
    this.#asked = { key: '', at: 0 };
    this.#page.refresh();
  }

  #loadHour(): void {
    if (this.#timeline === undefined) return;
    const last = Math.min(this.#timeline.to, this.#now) - 1;
    const from = Math.floor((this.#cursor?.run[3] ?? last) / HOUR) * HOUR;
    const key = [from, this.#timeline.to].join();
    if (key === this.#askedHour) return;
    this.#askedHour = key;
    void ask<Timeline>('timeline', { from, to: from + HOUR, px: HOUR_PX }).then((answer) => {
      if (answer.ok && key === this.#askedHour) this.#hour = answer.value;
      this.#page.refresh();
    });
  }

  /** Looks at another window. One that reaches into the future ends now. */
  go(change: Partial<Chosen>): void {
    const { span, from } = { ...this.#chosen, ...change };
    this.#chosen = { span, from: from !== undefined && from + span < this.#now ? from : undefined };
    this.#cursor = undefined;
    this.#why = undefined;
    this.#reading = '';
    this.#page.refresh();
  }

  /** Puts the cursor on the last motion of a sensor, once (`#/timeline/hall`). */
  lookAt(alias: string): void {
    if (alias === this.#wanted || this.#timeline === undefined) return;
    this.#wanted = alias;
    const run = this.#laneOf(alias)?.runs.at(-1);
    if (run !== undefined) this.#moveTo({ alias, run });
  }

  /** A key was pressed; returns whether it means something. */
  press(key: string): boolean {
    const cursor = this.#cursor;
    const lanes = this.#timeline?.lanes.filter(({ runs }) => runs.length > 0) ?? [];
    const next = nextPlace(key, lanes, cursor);
    if (next === undefined) {
      if (key !== 'Enter' || cursor === undefined) return false;
      this.askWhyOf(cursor);
    } else if (typeof next === 'string') {
      this.#reading = next;
      this.#page.refresh();
    } else this.#moveTo(next);
    return true;
  }

  #moveTo(place: Place): void {
    this.#cursor = place;
    this.#why = undefined;
    this.#reading = this.#readingOf(place);
    this.#loadHour();
    this.#page.refresh();
  }

  #laneOf(alias: string): Lane | undefined {
    return this.#timeline?.lanes.find((lane) => lane.alias === alias);
  }

  #readingOf({ alias, run }: Place): string {
    const { time } = this.#page.live.model;
    return `${this.#laneOf(alias)?.name ?? alias}, ${spanWords(run, time, this.#now)}, ${counted(run[2], 'trigger')}`;
  }

  /** Puts the cursor on a motion, and asks what came of it; where several are drawn as one, of the one with an alert. */
  askWhyOf(place: Place): void {
    this.#moveTo(place);
    const [, , , from, to] = place.run;
    const alert = this.#timeline?.alerts.find(
      ({ alias, at }) => alias === place.alias && at >= from && at <= to,
    );
    this.askWhy(place.alias, this.#reading, alert?.at ?? from);
  }

  /** Asks why something was so; `reading` = what, in words. */
  askWhy(name: string, reading: string, at: number): void {
    const asked = { answer: undefined };
    this.#why = asked;
    this.#reading = reading;
    this.#page.refresh();
    void ask<WhyAnswer>('why', { name, at: Math.round(at) }).then((answer) => {
      if (this.#why === asked) this.#why = { answer };
      this.#page.refresh();
    });
  }
}

/** From 14:02 to 14:07, or at 14:02 when it was shorter than a minute. */
function spanWords([, , , from, to]: Run, time: HouseTime, now: number): string {
  const [start, end] = [time.minute(from), time.minute(to)];
  const day = time.date(from) === time.date(now) ? '' : `${time.day(from)}, `;
  return start === end ? `${day}${start}` : `${day}${start} to ${end}`;
}

/** Where a key leads, or why not; undefined for other keys. Lanes without a motion are left out. */
function nextPlace(
  key: string,
  lanes: readonly Lane[],
  cursor: Place | undefined,
): Place | string | undefined {
  const [across, along] = [
    { ArrowUp: -1, ArrowDown: 1 }[key],
    { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[key],
  ];
  if (across === undefined && along === undefined) return undefined;
  const index = lanes.findIndex(({ alias }) => alias === cursor?.alias);
  const lane = lanes[cursor === undefined || index < 0 ? 0 : index + (across ?? 0)];
  const last = lane?.runs.at(-1);
  if (lane === undefined || last === undefined)
    return lanes.length === 0 ? 'no motion in this time' : 'no further sensor';
  const { alias, runs } = lane;
  if (cursor === undefined || index < 0) return { alias, run: last };
  const at = cursor.run[3];
  if (across !== undefined) {
    const distance = (run: Run): number => Math.abs(run[3] - at);
    return { alias, run: runs.reduce((best, run) => (distance(run) < distance(best) ? run : best)) };
  }
  // the window may have moved on meanwhile
  const here = runs.findIndex((run) => run[4] >= at);
  const there = (here < 0 ? runs.length : here) + (along ?? 0);
  const run = runs[Math.min(runs.length - 1, Math.max(0, there))] ?? last;
  if (run[3] !== at || Math.abs(along ?? 0) > 1) return { alias, run };
  return along === 1 ? 'no later motion' : 'no earlier motion';
}
