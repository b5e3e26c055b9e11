/**
 * Where the trials are made: topics and client ids that nobody else has, and everything that has to be cleaned up
 * afterwards, whatever happens. No trial touches a topic of anybody else.
 */

import type { Clock } from '../../ports.js';
import type { BrokerOptions } from '../broker/options.js';
import type { BrokerUrl } from '../broker/url.js';
import { enter, type Guest } from './guest.js';

type Protocol = '3.1.1' | '5';

export type LabOptions = {
  readonly urls: readonly BrokerUrl[];
  readonly credentials: Pick<BrokerOptions, 'username' | 'password' | 'ca' | 'cert' | 'key'>;
  readonly clock: Clock;
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

/** A guest that also knows how to send what must be taken. */
export type LabGuest = Guest & {
  /** Publishes; rejects when the broker does not take it. */
  readonly send: (...message: Parameters<Guest['publish']>) => Promise<void>;
};

export type Lab = {
  readonly urls: readonly BrokerUrl[];
  /** The version that trials use if they do not say otherwise. */
  readonly protocol: Protocol;
  /** Nothing more is expected after so much silence, ms. By the round trip to the broker. */
  readonly quietMs: number;
  /** What is expected is waited for so long, ms. */
  readonly patienceMs: number;
  readonly topic: (name: string) => string;
  /** A client id of its own. */
  readonly newId: () => string;
  /** Without a session. */
  readonly visit: (way?: Way & { readonly clientId?: string }) => Promise<LabGuest>;
  /** With a session that is kept. */
  readonly stay: (clientId: string, way?: Way & { readonly expiryS?: number }) => Promise<LabGuest>;
  /** The same with these. */
  readonly with: (changes: Partial<Pick<Lab, 'protocol' | 'quietMs' | 'urls'>>) => Lab;
  /** Takes everything back; resolves with what could not be taken back, in words. */
  readonly cleanUp: () => Promise<readonly string[]>;
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

type Kept = {
  /** Retained topics, with the places at which they were published. */
  readonly retained: Map<string, Map<BrokerUrl, Protocol>>;
  readonly sessions: Map<string, { readonly place: BrokerUrl; readonly protocol: Protocol }>;
  readonly open: Set<Guest>;
  lastId: number;
};

/** Opens it; nothing is sent yet. */
export function openLab(options: LabOptions): Lab {
  const kept: Kept = { retained: new Map(), sessions: new Map(), open: new Set(), lastId: 0 };
  options.signal.addEventListener('abort', () => {
    for (const guest of kept.open) guest.cut();
  });
  return labOf(options, kept, { protocol: '3.1.1', quietMs: QUIET_MS, urls: options.urls });
}

function labOf(
  options: LabOptions,
  kept: Kept,
  state: Pick<Lab, 'protocol' | 'quietMs' | 'urls'>,
  isCleaning = false,
): Lab {
  const { signal, clock, root, idRoot } = options;

  const go = async (
    { url = 0, protocol = state.protocol }: Way,
    clientId: string,
    clean: boolean,
    expiryS = EXPIRY_S,
  ): Promise<LabGuest> => {
    const place = state.urls[url];
    if (place === undefined || (signal.aborted && !isCleaning)) throw new Error('called off');
    // what a url says of the user counts more than the configuration
    const credentials =
      place.username === undefined
        ? options.credentials
        : { ...options.credentials, username: place.username, password: place.password };
    const guest = await enter({
      url: place,
      credentials,
      clock,
      protocol,
      clientId,
      clean,
      patienceMs: ENTER_MS,
      sessionExpiryS: expiryS,
    });
    kept.open.add(guest);
    if (signal.aborted && !isCleaning) guest.cut();
    const publish: Guest['publish'] = (topic, payload, how = {}) => {
      if (how.retain === true && payload !== '') {
        const places = kept.retained.get(topic) ?? new Map<BrokerUrl, Protocol>();
        kept.retained.set(topic, places.set(place, protocol));
      }
      return guest.publish(topic, payload, how);
    };
    return {
      ...guest,
      publish,
      send: async (...message) => {
        const answer = await publish(...message);
        if (answer === 'taken') return;
        throw new Error(guest.closed() ?? `a publish to ${message[0]} was not taken (${answer})`);
      },
      leave: () => {
        kept.open.delete(guest);
        return guest.leave();
      },
      cut: () => {
        kept.open.delete(guest);
        guest.cut();
      },
    };
  };

  const newId = (): string => {
    kept.lastId += 1;
    return `${idRoot}-${kept.lastId}`;
  };

  const lab: Lab = {
    ...state,
    patienceMs: Math.max(PATIENCE_MS, state.quietMs * 4),
    topic: (name) => `${root}/${name}`,
    newId,
    visit: ({ clientId = newId(), ...way } = {}) => go(way, clientId, true),
    stay: (clientId, { expiryS, ...way } = {}) => {
      const { url = 0, protocol = state.protocol } = way;
      const place = state.urls[url];
      if (place !== undefined) kept.sessions.set(clientId, { place, protocol });
      return go(way, clientId, false, expiryS);
    },
    with: (changes) => labOf(options, kept, { ...state, ...changes }),
    cleanUp: async () => {
      for (const guest of kept.open) guest.cut();
      kept.open.clear();
      return cleanUp(labOf(options, kept, state, true), kept);
    },
  };
  return lab;
}

async function cleanUp(lab: Lab, kept: Kept): Promise<readonly string[]> {
  const left: string[] = [];
  for (const [url, place] of lab.urls.entries()) {
    const topics = [...kept.retained].flatMap(([topic, places]) => (places.has(place) ? [topic] : []));
    const [protocol] = topics.flatMap((topic) => kept.retained.get(topic)?.get(place) ?? []);
    if (protocol !== undefined) left.push(...(await clearTopics(lab, { url, protocol }, topics)));
  }
  const sessions = [...kept.sessions];
  for (let from = 0; from < sessions.length; from += AT_ONCE) {
    const some = sessions.slice(from, from + AT_ONCE);
    const done = await Promise.allSettled(
      some.map(async ([clientId, { place, protocol }]) => {
        const guest = await lab.visit({ url: lab.urls.indexOf(place), protocol, clientId });
        await guest.leave();
      }),
    );
    done.forEach(({ status }, index) => {
      if (status === 'rejected') left.push(`the session of ${some[index]?.[0] ?? ''}`);
    });
    // a broker that answers none of them is gone
    if (done.every(({ status }) => status === 'rejected')) {
      left.push(...sessions.slice(from + AT_ONCE).map(([clientId]) => `the session of ${clientId}`));
      break;
    }
  }
  return left;
}

/** Deletes retained messages; those that it could not, in words. */
async function clearTopics(lab: Lab, way: Way, topics: readonly string[]): Promise<readonly string[]> {
  try {
    const guest = await lab.visit(way);
    const answers = await Promise.all(topics.map((topic) => guest.publish(topic, '', { retain: true })));
    await guest.leave();
    return topics.filter((_, index) => answers[index] !== 'taken').map((topic) => `the retained ${topic}`);
  } catch {
    return topics.map((topic) => `the retained ${topic}`);
  }
}
