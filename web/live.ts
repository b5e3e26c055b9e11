/**
 * Keeps the model up to date: by server-sent events, by polling where a proxy holds these back, not at all while no one
 * looks. One stream per page, because browsers open six connections to a server at most.
 */

import type { Access, ExplainedLine, PageEvent, PageState, Polled } from '../src/web/protocol.js';
import { ask } from './api.js';
import { EMPTY, withEvent, withLines, withState, type Link, type Model } from './model.js';

/** A stream that says nothing for so long at its beginning does not get through. */
const MUTE_MS = 4000;
/** The service says something every 15 s. */
const DEAD_MS = 40_000;
const POLL_MS = 2000;
const HIDDEN_MS = 30_000;
/** Before another try; twice as long after each, up to the last. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10_000;

export class Live {
  #model = EMPTY;
  readonly #changed: (model: Model) => void;
  /** Raised by each beginning and end: what an older one still brings does not count. */
  #turn = 0;
  #stream: EventSource | undefined;
  #timer = 0;
  #hiding = 0;
  #retryMs = RETRY_MS;
  /** True: continues while the page is hidden (the walk test in a pocket). */
  stayAwake = false;

  constructor(changed: (model: Model) => void) {
    this.#changed = changed;
    document.addEventListener('visibilitychange', () => this.#look());
    addEventListener('pagehide', () => this.#stop());
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.start();
    });
  }

  get model(): Model {
    return this.#model;
  }

  /** Begins, or begins again, with what has happened meanwhile. */
  start(): void {
    const turn = this.#stop();
    void this.#catchUp(turn).then((trouble) => {
      if (turn !== this.#turn) return;
      if (trouble === undefined) this.#listen(turn);
      else this.#set({ ...this.#model, link: trouble });
      if (trouble === 'away') this.#retry();
    });
  }

  /** A log-in or log-out. */
  as(access: Access): void {
    const { state } = this.#model;
    if (state !== undefined) this.#set({ ...this.#model, state: { ...state, access } });
    this.start();
  }

  #set(model: Model): void {
    this.#model = model;
    this.#changed(model);
  }

  #stop(): number {
    this.#stream?.close();
    this.#stream = undefined;
    clearTimeout(this.#timer);
    this.#turn += 1;
    return this.#turn;
  }

  #look(): void {
    clearTimeout(this.#hiding);
    if (document.hidden) {
      this.#hiding = setTimeout(() => {
        if (!this.stayAwake) this.#stop();
      }, HIDDEN_MS);
    } else if (this.#stream === undefined) this.start();
  }

  #retry(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
  }

  /** Asks for what has happened since the last event; undefined = it has come. */
  async #catchUp(turn: number): Promise<Link | undefined> {
    const { state } = this.#model;
    if (state === undefined) {
      const answer = await ask<PageState>('state');
      if (turn !== this.#turn) return undefined;
      if (!answer.ok) return linkAfter(answer.status);
      this.#set(withState(this.#model, answer.value));
      await this.#fetchLines();
    } else {
      const answer = await ask<Polled>('state', { since: state.id });
      if (turn !== this.#turn) return undefined;
      if (!answer.ok) return linkAfter(answer.status);
      answer.value.events.forEach((event) => this.#take(event));
    }
    this.#retryMs = RETRY_MS;
    return undefined;
  }

  #take(event: PageEvent): void {
    this.#set(withEvent(this.#model, event));
    if (event.event === 'snapshot') void this.#fetchLines();
  }

  async #fetchLines(): Promise<void> {
    const answer = await ask<readonly ExplainedLine[]>('lines');
    if (answer.ok) this.#set(withLines(this.#model, answer.value));
  }

  #listen(turn: number): void {
    const since = encodeURIComponent(this.#model.state?.id ?? '');
    const stream = new EventSource(`./api/events?since=${since}`);
    this.#stream = stream;
    const wait = (ms: number, then: () => void): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => turn === this.#turn && then(), ms);
    };
    wait(MUTE_MS, () => {
      stream.close();
      this.#poll(turn);
    });
    for (const event of ['snapshot', 'change', 'line', 'ping'] as const) {
      stream.addEventListener(event, ({ data, lastEventId: id }: MessageEvent<string>) => {
        if (turn !== this.#turn) return;
        wait(DEAD_MS, () => this.start());
        if (this.#model.link !== 'stream') this.#set({ ...this.#model, link: 'stream' });
        const said: unknown = JSON.parse(data);
        this.#take({ id, event, data: said } as PageEvent);
      });
    }
    stream.onerror = () => {
      if (turn !== this.#turn) return;
      this.#stop();
      this.#retry();
    };
  }

  /** For proxies that compress a stream and send it when it is over. */
  #poll(turn: number): void {
    this.#set({ ...this.#model, link: 'polling' });
    const again = async (): Promise<void> => {
      const trouble = await this.#catchUp(turn);
      if (turn !== this.#turn) return;
      if (trouble === undefined) this.#timer = setTimeout(() => void again(), POLL_MS);
      else this.start();
    };
    void again();
  }
}

const linkAfter = (status: number): Link => (status === 401 ? 'login' : 'away');
