/**
 * Observes the service only while the page is open, because the trace and the comparison cost time. Changes are sent at
 * most four times a second; the last events are kept, so that a browser that was away for a moment gets what it has
 * missed.
 */

import { randomBytes } from 'node:crypto';
import { MINUTE, SECOND } from '../../common/duration.js';
import type { CoreSettings } from '../../core-settings.js';
import type { Observer } from '../../service/parts.js';
import { EventRing, streamText, type Kept } from '../../web/event-ring.js';
import { ExplainedLines, lineSettingOf } from '../../web/explained-lines.js';
import { Guesses } from '../../web/guesses.js';
import { HouseChanges, type Shown } from '../../web/changes.js';
import type { Access, EventId, ExplainedLine, Guess, PageState, Polled } from '../../web/protocol.js';
import type { PageHost } from './host.js';

/** Events and lines that are kept. */
const KEPT = 500;
const CHANGES_MS = 250;
/** When something was last heard is told so often. */
const TIMES_MS = 5 * SECOND;
/** A phone that was in a pocket gets what it has missed within this time. */
const LINGER_MS = 5 * MINUTE;

/** Each look at the log has numbers of its own, and the lines that were there before have the first of them. */
const MOST_NUMBERS = 1e9;
const MOST_EARLIER = 1e6;

/** Of a stream, or of a poll: what came behind an id, or the whole. */
type News = { readonly events: readonly Kept[] } | { readonly state: (access: Access) => PageState };

/** What the page shows. */
export class Watch {
  readonly #host: PageHost;
  readonly #ring = new EventRing(randomBytes(4).toString('hex'), KEPT);
  readonly #changes = new HouseChanges();
  readonly #send: (text: string) => void;
  readonly #restart: () => void;
  #lines: ExplainedLines | undefined;
  /** Each as JSON: as objects they would take three times as much memory. */
  #earlier: Promise<readonly string[]> | undefined;
  #guesses: Guesses | undefined;
  #flush: NodeJS.Timeout | undefined;
  #ends: NodeJS.Timeout | undefined;
  #timesToldAt = 0;
  /** Lines of an earlier look have smaller numbers. */
  #lastNumber = 0;

  /** `send` reaches all streams; `restart` ends them, so that each begins with a snapshot. */
  constructor(host: PageHost, send: (text: string) => void, restart: () => void) {
    this.#host = host;
    this.#send = send;
    this.#restart = restart;
  }

  /** The page is open, at least for the next minutes. */
  attend(): void {
    clearTimeout(this.#ends);
    this.#ends = setTimeout(() => this.stop(), LINGER_MS).unref();
    if (this.#lines !== undefined) return;
    const { service, earlierLines } = this.#host;
    const firstNumber = (this.#lastNumber += MOST_NUMBERS);
    const lines = new ExplainedLines(lineSettingOf(this.#core), KEPT, firstNumber + MOST_EARLIER);
    this.#lines = lines;
    this.#guesses = undefined;
    const { zones } = service.status();
    const position = service.position().files.at(-1);
    this.#earlier = earlierLines({ position, zones, now: Date.now(), limit: KEPT, firstNumber }).catch(
      () => [],
    );
    this.#changes.begin(this.#shown());
    service.observe(this.#observer(lines));
  }

  /** It continues for as long as there are streams. */
  keepOn(): void {
    clearTimeout(this.#ends);
  }

  /** The page is no longer open. */
  stop(): void {
    clearTimeout(this.#ends);
    clearTimeout(this.#flush);
    this.#flush = undefined;
    this.#host.service.observe(undefined);
    this.#ring.forget();
    this.#lines = undefined;
    this.#earlier = undefined;
    this.#guesses = undefined;
  }

  /** The whole house, for a user who may see it. */
  state(access: Access): PageState {
    const { stamp } = this.#core;
    return { id: this.#ring.id, timeZone: stamp.timeZone, ...this.#shown(), access };
  }

  /** What a stream or a poll begins with. */
  news(since: EventId | undefined): News {
    this.#tellLines();
    const events = since === undefined ? undefined : this.#ring.since(since);
    return events === undefined ? { state: (access) => this.state(access) } : { events };
  }

  /** What a client without streams has missed. */
  polled(since: EventId, access: Access): Polled {
    const news = this.news(since);
    const { id } = this.#ring;
    if ('events' in news) return { id, events: news.events.map(({ event }) => event) };
    return { id, events: [{ id, event: 'snapshot', data: news.state(access) }] };
  }

  /** The beginning of a stream; there is always one, so that the page knows that streams get through. */
  streamStart(since: EventId | undefined, access: Access): string {
    const news = this.news(since);
    if ('state' in news) return streamText(this.#ring.id, 'snapshot', news.state(access));
    return news.events.map(({ text }) => text).join('') + this.ping();
  }

  /** A sign of life. */
  ping(): string {
    return streamText(this.#ring.id, 'ping', { at: new Date().toISOString() });
  }

  /** The last lines, the oldest first: the JSON of an array of `ExplainedLine`. */
  async lines(): Promise<string> {
    const earlier = (await this.#earlier) ?? [];
    this.#tellLines();
    const live = (this.#lines?.lines ?? []).map((line) => JSON.stringify(line));
    return `[${[...earlier, ...live].slice(-KEPT).join(',')}]`;
  }

  /** Something may have changed that the service does not know: names, errors of a configuration. */
  changed(): void {
    if (this.#lines !== undefined) this.#flush ??= setTimeout(() => this.#compare(), CHANGES_MS);
  }

  get #core(): CoreSettings {
    return this.#host.service.settings.core;
  }

  #observer(lines: ExplainedLines): Observer {
    return {
      find: (finding) => lines.find(finding),
      // the bridge waits for this: no word and no byte is written here
      heard: ({ text }, at) => lines.line(text, at),
      changed: () => {
        lines.rest(Date.now());
        this.changed();
      },
    };
  }

  #tellLines(): void {
    const explained = this.#lines?.explain() ?? [];
    for (const line of explained) learn(this.#guesses, line);
    if (explained.length > 0) this.#send(explained.map((line) => this.#ring.add('line', line).text).join(''));
  }

  #compare(): void {
    this.#flush = undefined;
    this.#tellLines();
    const shown = this.#shown();
    const now = performance.now();
    const withTimes = now - this.#timesToldAt >= TIMES_MS;
    if (withTimes) this.#timesToldAt = now;
    const change = this.#changes.next(shown, withTimes);
    if (change === 'anew') {
      // other aliases, perhaps another time zone: the page begins again
      this.stop();
      this.#restart();
      return;
    }
    if (change !== undefined) this.#send(this.#ring.add('change', change).text);
    if (!withTimes && this.#changes.hasTimes(shown))
      this.#flush = setTimeout(() => this.#compare(), this.#timesToldAt + TIMES_MS - now);
  }

  /** What is known of senders without a name. In a house without them it takes no memory. */
  #guessesNow(): ReadonlyMap<string, Guess> {
    if (this.#guesses === undefined) {
      const guesses = new Guesses(this.#core, this.#host.x10config());
      this.#guesses = guesses;
      for (const line of this.#lines?.lines ?? []) learn(guesses, line);
      void this.#earlier?.then((earlier) => {
        for (const line of earlier) learn(guesses, JSON.parse(line) as ExplainedLine);
      });
    }
    return this.#guesses.guesses(this.#core.sensors, Date.now());
  }

  #shown(): Shown {
    const { service, errors, proposed } = this.#host;
    const { unnamed, ...house } = service.status();
    const names = new Map(proposed().map(({ address, alias }) => [address, alias]));
    const guesses = unnamed.length === 0 ? undefined : this.#guessesNow();
    const senders = unnamed.map((each) => ({
      ...each,
      guess: guesses?.get(each.sender) ?? null,
      proposed: names.get(each.sender) ?? null,
    }));
    return { house: { ...house, unnamed: senders }, errors: errors() };
  }
}

function learn(guesses: Guesses | undefined, { text, at }: ExplainedLine): void {
  if (text !== null && at !== null) guesses?.line(text, Date.parse(at));
}
