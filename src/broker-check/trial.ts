/**
 * What every trial needs: topics and client ids that no other program has, the clean-up at the end in every case (no
 * trial touches a topic of another program), and the form of its result.
 */

import type { BrokerUrl, Credentials } from '../io/broker/options.js';
import { visit, type Destination, type Visit } from '../io/broker/visit.js';

/** Versions of MQTT. */
export const PROTOCOLS = ['3.1.1', '5'] as const satisfies readonly Destination['protocol'][];
export type Protocol = (typeof PROTOCOLS)[number];

export type ScratchOptions = {
  readonly urls: readonly BrokerUrl[];
  readonly credentials: Credentials;
  /** All topics of the trials lie below it; random, so that no other program has it. */
  readonly root: string;
  /** Beginning of all client ids; random. Brokers need not take more than 23 characters (MQTT 3.1.1, 3.1.3.1). */
  readonly idRoot: string;
  /** Calls everything off. */
  readonly signal: AbortSignal;
};

/** How to go in. */
type Way = {
  /** Number of the url; default the first. */
  readonly url?: number;
  /** Default: the one that the trials use. */
  readonly protocol?: Protocol;
  /** Default: one of its own. */
  readonly clientId?: string;
  /** MQTT 5: how long the broker keeps a session, s. */
  readonly expiryS?: number;
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
    this.#left = left ?? { retained: new Map(), sessions: new Map(), open: new Set(), lastId: 0 };
    if (left === undefined) options.signal.addEventListener('abort', () => this.#cutAll());
  }

  /** The same with these. */
  with(habits: Partial<Habits>): Scratch {
    const { urls, protocol, quietMs } = this;
    return new Scratch(this.#options, { urls, protocol, quietMs, ...habits }, this.#left);
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
  visit(way: Way = {}): Promise<Visit> {
    return this.#enter(way, true);
  }

  /** With a session that is kept. */
  stay(clientId: string, way: Way = {}): Promise<Visit> {
    const place = this.urls[way.url ?? 0];
    const { protocol = this.protocol } = way;
    if (place !== undefined) this.#left.sessions.set(clientId, { place, protocol });
    return this.#enter({ ...way, clientId }, false);
  }

  /** Leaves a session that is subscribed to the topic; resolves with its client id. */
  async leaveSession(topic: string, way: Way = {}): Promise<string> {
    const clientId = this.newId();
    const client = await this.stay(clientId, way);
    await client.subscribe([topic]);
    await client.leave();
    return clientId;
  }

  /** Resets a session, by a clean connect with its client id (MQTT 3.1.1, section 3.1.2.4). */
  async reset(clientId: string, way: Way = {}): Promise<void> {
    await (await this.visit({ ...way, clientId })).leave();
  }

  async #enter(
    { url = 0, protocol = this.protocol, clientId = this.newId(), expiryS = EXPIRY_S }: Way,
    clean: boolean,
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
      clientId,
      clean,
      ...(!clean && { sessionExpiryS: expiryS }),
      patienceMs: ENTER_MS,
      retains: (topic) => {
        const places = this.#left.retained.get(topic) ?? new Map<BrokerUrl, Protocol>();
        this.#left.retained.set(topic, places.set(place, protocol));
      },
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
        some.map(([clientId, { place, protocol }]) =>
          this.reset(clientId, { url: this.urls.indexOf(place), protocol }),
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

/** In flight at once; mosquitto's own limit in MQTT 5 (Receive Maximum). */
const IN_FLIGHT = 20;

/** Sends them all, in their order, as retained messages of one topic. */
export async function sendAll(publisher: Visit, topic: string, payloads: readonly string[]): Promise<void> {
  const left = payloads.values();
  const worker = async (): Promise<void> => {
    for (const payload of left) await publisher.send(topic, payload, { retain: true });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

/** What the trials are about, in the order of the page. */
export const TITLES = {
  protocol: 'the protocol',
  access: 'access control',
  'five tests': 'the five tests',
  retained: 'retained messages',
  order: 'the order after an absence',
  session: 'the session',
  queue: 'the queue',
  fence: 'a message to ourselves',
  'several urls': 'several urls',
  restart: 'the restart',
} as const;

export type Area = keyof typeof TITLES;

/**
 * `note`: worth knowing, and the bridge copes; `setting`: it would be right with that setting; `error`: the bridge
 * cannot do its work there; `unknown`: it could not be told.
 */
type Result = 'ok' | 'note' | 'setting' | 'error' | 'unknown';

/** A row of the page. */
export type TrialResult = {
  readonly area: Area;
  /** What was tried. */
  readonly trial: string;
  readonly expected: string;
  readonly actual: string;
  readonly result: Result;
  /** With `setting` and `error`: what follows of it for the bridge, one sentence without a full stop. */
  readonly reason?: string;
  /** What to set, and where: `mosquitto.conf: persistence true`. */
  readonly settings?: readonly string[];
  /** With the five tests: which of them. */
  readonly test?: FiveTestName;
};

/** What a judge says of it; of which area it is, is known (broker-check/trials). */
export type Row = Omit<TrialResult, 'area'>;

/** One of the five tests, in one of their forms. */
export type FiveTestName = {
  readonly number: 1 | 2 | 3 | 4 | 5;
  readonly protocol: Protocol;
  readonly cleanSession: boolean;
  readonly publishQos: 0 | 1;
  readonly subscribeQos: 0 | 1;
  readonly retained: boolean;
};

/** What a trial brought: what was seen, or why it came to no end. */
export type Tried<Seen> =
  | { readonly done: true; readonly seen: Seen }
  /** `gone`: it was not even begun, because the broker could not be reached any more. */
  | { readonly done: false; readonly why: string; readonly gone?: boolean };

/** What the bridge needs, by its configuration. */
export type Need = {
  readonly session: 'persistent' | 'clean';
  readonly protocol: Protocol;
};

/** What would help, and where it is set. */
export const SETTINGS = {
  clean: 'config.yaml: mqtt: { session: clean }',
  protocol5: "config.yaml: mqtt: { protocol: '5' }",
  protocol4: "config.yaml: mqtt: { protocol: '3.1.1' }",
  persistence: 'mosquitto.conf: persistence true',
  autosave: 'mosquitto.conf: autosave_interval 60',
  queue: 'mosquitto.conf: max_queued_messages 10000',
  expiration: 'mosquitto.conf: persistent_client_expiration 2m',
} as const;

/** What a result means for the bridge. */
export type Meaning = Pick<TrialResult, 'result' | 'reason' | 'settings'>;

/** As expected. */
export const OK: Meaning = { result: 'ok' };
/** Worth knowing, and the bridge copes. */
export const NOTE: Meaning = { result: 'note' };
/** The bridge cannot do its work there: what follows of it, one sentence without a full stop. */
export const error = (reason: string): Meaning => ({ result: 'error', reason });
/** It would be right with these settings. */
export const setting = (reason: string, ...settings: readonly string[]): Meaning => ({
  result: 'setting',
  reason,
  settings,
});
