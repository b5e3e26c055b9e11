/**
 * The service in this process, on a real broker, with zones and nothing else: no sensors, a log that stays silent.
 * What it believes about its zones is looked at after everything that can change it.
 */

import { createService, type Service } from '../../src/service/service.js';
import { BrokerConnection } from '../../src/io/broker/connection.js';
import type { Broker, BrokerListener, Clock, LineSource, Log, StateStore } from '../../src/ports.js';
import { realClock } from '../support/clock.js';
import { coreSettings, zoneSettings } from '../support/settings.js';

export type WatchedService = {
  /** What it believes now, by zone: a state or `unknown`. */
  readonly beliefs: () => ReadonlyMap<string, string>;
  /** When the present connection began, monotonic; undefined while there is none. */
  readonly connectedAt: () => number | undefined;
  /** Connections so far, and how many of them found a stored session. */
  readonly connects: () => { readonly all: number; readonly resumed: number };
  /** What it has logged. */
  readonly logged: () => readonly string[];
  readonly stop: () => Promise<void>;
};

export type WatchedOptions = {
  readonly urls: readonly string[];
  readonly clientId: string;
  readonly session: 'persistent' | 'clean';
  readonly protocol?: '3.1.1' | '5';
  /** The state topic of each zone. */
  readonly zones: ReadonlyMap<string, string>;
  /** Keeps what the service saves, over its restarts. */
  readonly store: StateStore;
  /** Called after everything that can have changed a belief. */
  readonly changed: (service: WatchedService) => void;
};

/** A store in memory. */
export function memoryStore(): StateStore {
  let stored: string | undefined;
  return {
    acknowledged: {
      load: () => Promise.resolve([]),
      append: () => Promise.resolve(),
      replace: () => Promise.resolve(),
    },
    load: () => Promise.resolve(stored === undefined ? undefined : (JSON.parse(stored) as unknown)),
    save: (document) => {
      stored = JSON.stringify(document);
      return Promise.resolve();
    },
  };
}

const silentLog: LineSource = {
  start: (listener) => {
    listener.status({ kind: 'following', path: '/dev/null' });
    listener.end();
  },
  position: () => ({ files: [] }),
  look: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
  lastPassAt: () => performance.now(),
  stop: () => Promise.resolve(),
};

/** Starts it; it connects in its own time and comes back forever. */
export async function startWatched(options: WatchedOptions): Promise<WatchedService> {
  const { urls, clientId, session, protocol = '3.1.1', zones, store } = options;
  let service: Service | undefined;
  let connectedAt: number | undefined;
  const connects = { all: 0, resumed: 0 };
  const logged: string[] = [];
  const look = (): void => {
    if (service !== undefined) options.changed(watched);
  };
  const clock: Clock = {
    ...realClock,
    after: (delayMs, wake) =>
      realClock.after(delayMs, () => {
        wake();
        look();
      }),
  };
  const broker = new BrokerConnection({
    urls,
    username: undefined,
    password: undefined,
    clientId,
    clean: session === 'clean',
    keepaliveS: 4,
    connectTimeoutMs: 3_000,
    protocol,
    will: { topic: `${clientId}/bridge/status`, payload: 'offline', retain: true },
    clock,
    timings: { firstRetryMs: 40, longestRetryMs: 250, longestRetryInTakeoverMs: 250 },
  });
  const spied: Broker = {
    start: (listener) => broker.start(spiedListener(listener)),
    publish: (message, done) => broker.publish(message, done),
    subscribe: (topics) => broker.subscribe(topics),
    unsubscribe: (topics) => broker.unsubscribe(topics),
    isConnected: () => broker.isConnected(),
    stop: (last, timeoutMs) => broker.stop(last, timeoutMs),
  };
  const spiedListener = (listener: BrokerListener): BrokerListener => ({
    connected: (present) => {
      connectedAt = performance.now();
      connects.all += 1;
      if (present) connects.resumed += 1;
      listener.connected(present);
      look();
    },
    received: (message) => {
      listener.received(message);
      look();
    },
    subscribed: (topics, refused, isAnswered) => {
      listener.subscribed(topics, refused, isAnswered);
      look();
    },
    closed: (reason) => {
      connectedAt = undefined;
      listener.closed(reason);
      look();
    },
    refused: (reason) => listener.refused(reason),
    takeover: (happening, id) => listener.takeover(happening, id),
  });
  const note = (fields: object, message: string): void => {
    logged.push(`${(performance.now() / 1000).toFixed(3)} ${message} ${JSON.stringify(fields)}`);
    if (logged.length > 2_000) logged.splice(0, 1_000);
  };
  const log: Log = { debug: () => undefined, info: note, warn: note, error: note };
  const watched: WatchedService = {
    beliefs: () => beliefsIn(service?.statusLine() ?? ''),
    connectedAt: () => connectedAt,
    connects: () => ({ ...connects }),
    logged: () => logged,
    stop: async () => {
      const ending = service;
      service = undefined;
      await ending?.stop();
    },
  };
  service = await createService(
    {
      core: coreSettings({
        baseTopic: clientId,
        bridgeId: clientId,
        zones: [...zones].map(([zone, stateTopic]) => zoneSettings(zone, { kind: 'external', stateTopic })),
        homeassistant: { discovery: 'off', prefix: clientId },
      }),
      logPath: '/dev/null',
      sessionKind: session,
      sessionName: 'cellar',
      birthTopic: `${clientId}/birth`,
      birthPayload: 'online',
    },
    { clock, log, store, source: silentLog, broker: spied, random: Math.random, status: () => undefined },
  );
  await service.start();
  return watched;
}

function beliefsIn(statusLine: string): ReadonlyMap<string, string> {
  return new Map(
    [...statusLine.matchAll(/zone (\S+) (\w+)/g)].map(([, zone = '', state = '']) => [zone, state]),
  );
}
