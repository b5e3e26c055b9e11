/**
 * Where the trials are made: topics and client ids that nobody else has, and everything that has to be cleaned up
 * afterwards, whatever happens. No trial touches a topic of anybody else.
 */

import type { BrokerUrl } from '../io/broker/url.js';
import type { Credentials } from '../io/broker/options.js';
import { visit, type Destination, type Visit } from '../io/broker/visit.js';

type Protocol = Destination['protocol'];

export type ScratchOptions = {
  readonly urls: readonly BrokerUrl[];
  readonly credentials: Credentials;
  /** All topics of the trials lie below it; random, so that nobody else has it. */
  readonly root: string;
  /** Beginning of all client ids; random. Brokers need not take more than 23 characters (MQTT 3.1.1, 3.1.3.1). */
  readonly idRoot: string;
  /** Calls everything off. */
  readonly signal: AbortSignal;
};

/** How to go in. */
export type Way = {
  /** Number of the url; default the first. */
  readonly url?: number;
  /** Default: the one that the trials use. */
  readonly protocol?: Protocol;
};

/** What trials use if they do not say otherwise; `quietMs`: nothing more is expected after so much silence. */
type Habits = {
  readonly protocol: Protocol;
  readonly quietMs: number;
  readonly urls: readonly BrokerUrl[];
};

/** What has to be taken back. */
type Left = {
  /** Retained topics, with the places at which they were published. */
  readonly retained: Map<string, Map<BrokerUrl, Protocol>>;
  readonly sessions: Map<string, { readonly place: BrokerUrl; readonly protocol: Protocol }>;
  readonly open: Set<Visit>;
  lastId: number;
};

/** What is expected is waited for so long. */
const PATIENCE_MS = 4000;
/** A connection may take longer, where a cluster has to agree first. */
const ENTER_MS = 10_000;
/** Silence on a near broker. */
const QUIET_MS = 300;
/** A session that could not be cleaned up ends after this, s (MQTT 5). */
const EXPIRY_S = 3600;
/** So many sessions are reset at once. */
const AT_ONCE = 20;

/** Made without sending anything. */
export class Scratch implements Habits {
  readonly urls: readonly BrokerUrl[];
  readonly protocol: Protocol;
  readonly quietMs: number;
  /** What is expected is waited for so long, ms. */
  readonly patienceMs: number;
  readonly #options: ScratchOptions;
  readonly #left: Left;
  /** May go in though everything was called off. */
  readonly #isCleaning: boolean;

  constructor(options: ScratchOptions, habits: Partial<Habits> = {}, left?: Left, isCleaning = false) {
    this.urls = habits.urls ?? options.urls;
    this.protocol = habits.protocol ?? '3.1.1';
    this.quietMs = habits.quietMs ?? QUIET_MS;
    this.patienceMs = Math.max(PATIENCE_MS, this.quietMs * 4);
    this.#options = options;
    this.#isCleaning = isCleaning;
    this.#left = left ?? {
      retained: new Map(),
      sessions: new Map(),
      open: new Set(),
      lastId: 0,
    };
    if (left === undefined) options.signal.addEventListener('abort', () => this.#cutAll());
  }

  /** The same with these. */
  with({ urls, protocol, quietMs }: Partial<Habits>): Scratch {
    const habits = {
      urls: urls ?? this.urls,
      protocol: protocol ?? this.protocol,
      quietMs: quietMs ?? this.quietMs,
    };
    return new Scratch(this.#options, habits, this.#left);
  }

  topic(name: string): string {
    return `${this.#options.root}/${name}`;
  }

  /** A client id of its own. */
  newId(): string {
    this.#left.lastId += 1;
    return `${this.#options.idRoot}-${this.#left.lastId}`;
  }

  /** Without a session. */
  visit({ clientId = this.newId(), ...way }: Way & { readonly clientId?: string } = {}): Promise<Visit> {
    return this.#enter(way, { clientId, clean: true });
  }

  /** With a session that is kept. */
  stay(
    clientId: string,
    { expiryS = EXPIRY_S, ...way }: Way & { readonly expiryS?: number } = {},
  ): Promise<Visit> {
    const place = this.urls[way.url ?? 0];
    const { protocol = this.protocol } = way;
    if (place !== undefined) this.#left.sessions.set(clientId, { place, protocol });
    return this.#enter(way, { clientId, clean: false, sessionExpiryS: expiryS });
  }

  async #enter(
    { url = 0, protocol = this.protocol }: Way,
    how: Pick<Destination, 'clientId' | 'clean' | 'sessionExpiryS'>,
  ): Promise<Visit> {
    const { signal, credentials } = this.#options;
    const place = this.urls[url];
    const isOff = (): boolean => signal.aborted && !this.#isCleaning;
    if (place === undefined || isOff()) throw new Error('called off');
    const { username, password } = place;
    const client = await visit({
      url: place,
      // what a url says of the user counts more than the configuration
      credentials: username === undefined ? credentials : { ...credentials, username, password },
      protocol,
      patienceMs: ENTER_MS,
      retains: (topic) => {
        const places = this.#left.retained.get(topic) ?? new Map<BrokerUrl, Protocol>();
        this.#left.retained.set(topic, places.set(place, protocol));
      },
      ...how,
    });
    this.#left.open.add(client);
    if (isOff()) client.cut();
    return client;
  }

  #cutAll(): void {
    for (const client of this.#left.open) client.cut();
    this.#left.open.clear();
  }

  /** Takes everything back; resolves with what could not be taken back, in words. */
  async cleanUp(): Promise<readonly string[]> {
    this.#cutAll();
    return new Scratch(this.#options, this, this.#left, true).#takeBack();
  }

  async #takeBack(): Promise<readonly string[]> {
    const left: string[] = [];
    const retained = [...this.#left.retained];
    for (const [url, place] of this.urls.entries()) {
      const topics = retained.flatMap(([topic, places]) => (places.has(place) ? [topic] : []));
      const [protocol] = retained.flatMap(([, places]) => places.get(place) ?? []);
      if (protocol !== undefined) left.push(...(await this.#clearTopics({ url, protocol }, topics)));
    }
    const sessions = [...this.#left.sessions];
    for (let from = 0; from < sessions.length; from += AT_ONCE) {
      const some = sessions.slice(from, from + AT_ONCE);
      const done = await Promise.allSettled(
        some.map(async ([clientId, { place, protocol }]) =>
          (await this.visit({ url: this.urls.indexOf(place), protocol, clientId })).leave(),
        ),
      );
      // a broker that answers none of them is gone
      const isGone = done.every(({ status }) => status === 'rejected');
      const lost = isGone
        ? sessions.slice(from)
        : some.filter((_, index) => done[index]?.status === 'rejected');
      left.push(...lost.map(([clientId]) => `the session of ${clientId}`));
      if (isGone) break;
    }
    return left;
  }

  /** Deletes retained messages; those that it could not, in words. */
  async #clearTopics(way: Way, topics: readonly string[]): Promise<readonly string[]> {
    const inWords = (some: readonly string[]): string[] => some.map((topic) => `the retained ${topic}`);
    try {
      const client = await this.visit(way);
      const answers = await Promise.all(topics.map((topic) => client.publish(topic, '', { retain: true })));
      await client.leave();
      return inWords(topics.filter((_, index) => answers[index] !== 'taken'));
    } catch {
      return inWords(topics);
    }
  }
}
