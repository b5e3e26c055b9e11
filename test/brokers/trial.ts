/**
 * The trial of one broker: zones change at random while the bridge is away and while it comes back, by every kind
 * of trouble; after each round the bridge must say the truth or "unknown", and at no moment a state that was over
 * before it connected.
 */

import mqtt from 'mqtt';
import { startLink, type TestLink } from '../support/link.js';
import { until } from '../support/until.js';
import { retainedOf, startPublishers, STATES, type Publishers } from './publishers.js';
import { memoryStore, startWatched, type WatchedOptions, type WatchedService } from './watched-service.js';

/** A broker as the trial needs it. */
export type TriedBroker = {
  readonly port: number;
  /** Restarts it with what it stored; undefined where that takes everything away. */
  readonly restart: ((signal: 'SIGTERM' | 'SIGKILL') => Promise<void>) | undefined;
};

/** What the bridge has to go through before it is asked again. */
export type Trouble =
  'cut' | 'short cut' | 'pulled cable' | 'takeover' | 'bridge restart' | 'broker restart' | 'broker crash';

/** The QoS of the publishers: on every topic the same, by chance each time, or one half of the topics each. */
export type Mixture = 0 | 1 | 'mixed' | 'by topic';

export type Round = {
  readonly trouble: Trouble;
  readonly qos: Mixture;
  readonly offline: number;
  readonly racing: number;
};

export type Tally = {
  /** Zones asked after a round. */
  checks: number;
  /** Of these: "unknown" though the broker has a state. */
  unknown: number;
  /** Of these: neither true nor unknown. Must stay empty. */
  readonly wrong: string[];
  /** Of these: the broker itself hands out an older state; what it hands out counts as the truth. */
  brokerWrong: number;
  /** A state that was over before the connect, believed at any moment. Must stay empty. */
  readonly stale: string[];
  /** Looks at a zone at any moment. */
  looks: number;
  /** Connections, and how many of them found a stored session. */
  connects: number;
  resumed: number;
};

export type TrialOptions = Pick<WatchedOptions, 'session' | 'protocol'> & {
  readonly zones: number;
  readonly rounds: readonly Round[];
  readonly random: () => number;
};

let trials = 0;

/** Runs all rounds and counts. */
export async function tryBroker(broker: TriedBroker, options: TrialOptions): Promise<Tally> {
  trials += 1;
  const { random } = options;
  const name = `trial${process.pid}-${trials}`;
  const topics = Array.from({ length: options.zones }, (_, index) => `${name}-house/z${index}`);
  const zones = new Map(topics.map((topic, index) => [`z${index}`, topic]));
  const tally: Tally = {
    checks: 0,
    unknown: 0,
    wrong: [],
    brokerWrong: 0,
    stale: [],
    looks: 0,
    connects: 0,
    resumed: 0,
  };
  const link = await startLink(broker.port);
  const publishers = await startPublishers(broker.port, topics);
  const store = memoryStore();
  const believed = new Map<string, string>();

  const changed = (service: WatchedService): void => {
    const since = service.connectedAt();
    for (const [zone, state] of service.beliefs()) {
      if (believed.get(zone) === state) continue;
      believed.set(zone, state);
      tally.looks += 1;
      if (state === 'unknown' || since === undefined) continue;
      if (!publishers.wasTrueSince(zones.get(zone) ?? '', state, since)) {
        tally.stale.push(`round ${round}, ${zone}: believed ${state}, over before the connect`);
      }
    }
  };
  const services: WatchedService[] = [];
  const start = async (): Promise<WatchedService> => {
    const started = await startWatched({
      urls: [`mqtt://127.0.0.1:${link.port}`],
      clientId: name,
      session: options.session,
      ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
      zones,
      store,
      changed,
    });
    services.push(started);
    return started;
  };

  let round = 0;
  for (const topic of topics) await publishers.publish(topic, pick(STATES, random), 1);
  let service = await start();
  try {
    await until(() => service.connectedAt() !== undefined, 'the bridge to connect');
    for (const one of options.rounds) {
      round += 1;
      const toggle = (count: number): Promise<void> => toggles(publishers, topics, count, one.qos, random);
      service = await undergo(one, { broker, link, service, publishers, toggle, start, name });
      await publishers.flush();
      const isTrue = (zone: string): boolean =>
        service.beliefs().get(zone) === publishers.truth(zones.get(zone) ?? '');
      await until(() => [...zones.keys()].every(isTrue)).catch(() => undefined);
      const beliefs = service.beliefs();
      const handedOut = [...zones.keys()].every(isTrue)
        ? new Map<string, string>()
        : await retainedOf(broker.port, topics);
      for (const [zone, topic] of zones) {
        tally.checks += 1;
        const state = beliefs.get(zone) ?? 'missing';
        const truth = publishers.truth(topic);
        if (state === truth) continue;
        if (state === 'unknown') tally.unknown += 1;
        else if (state === handedOut.get(topic)) tally.brokerWrong += 1;
        else {
          const what = `round ${round} (${JSON.stringify(one)}), ${zone}: believed ${state}, true ${truth}`;
          const log = service.logged().filter((line) => line.includes(`"${zone}"`) || !line.includes('zone'));
          tally.wrong.push([what, ...log.slice(-12)].join('\n'));
        }
      }
      believed.clear();
    }
    for (const { connects } of services) {
      tally.connects += connects().all;
      tally.resumed += connects().resumed;
    }
    return tally;
  } finally {
    await service.stop();
    await publishers.stop();
    await link.remove();
  }
}

type Scene = {
  readonly broker: TriedBroker;
  readonly link: TestLink;
  readonly service: WatchedService;
  readonly publishers: Publishers;
  readonly toggle: (count: number) => Promise<void>;
  readonly start: () => Promise<WatchedService>;
  readonly name: string;
};

/** The trouble of a round; gives the service that continues. */
async function undergo(round: Round, scene: Scene): Promise<WatchedService> {
  const { broker, link, service, publishers, toggle, start, name } = scene;
  const connects = service.connects().all;
  const again = async (): Promise<void> => {
    await until(
      () => service.connects().all > connects && service.connectedAt() !== undefined,
      'a connection',
    );
  };
  switch (round.trouble) {
    case 'cut':
      link.target(1);
      link.cut();
      await until(() => service.connectedAt() === undefined, 'the cut');
      await toggle(round.offline);
      await publishers.flush();
      link.target(broker.port);
      await Promise.all([again(), toggle(round.racing)]);
      await toggle(round.racing);
      return service;
    case 'short cut': {
      const toggling = toggle(round.racing);
      link.cut();
      await Promise.all([toggling, again()]);
      return service;
    }
    case 'pulled cable':
      link.freeze();
      await toggle(round.offline);
      await until(() => service.connectedAt() === undefined, 'the keep-alive to notice');
      link.thaw();
      link.cut();
      await again();
      return service;
    case 'takeover': {
      const thief = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
        clientId: name,
        clean: round.racing % 2 === 0,
        reconnectPeriod: 0,
      });
      thief.on('error', () => undefined);
      await until(
        () => service.connectedAt() === undefined || service.connects().all > connects,
        'the takeover',
      );
      const toggling = toggle(round.racing);
      await until(() => service.connects().all > connects, 'the bridge to come back');
      thief.end(true);
      await toggling;
      await until(() => service.connectedAt() !== undefined, 'the bridge to stay');
      return service;
    }
    case 'bridge restart': {
      await service.stop();
      await toggle(round.offline);
      await publishers.flush();
      const next = await start();
      await Promise.all([
        until(() => next.connectedAt() !== undefined, 'the bridge to connect'),
        toggle(round.racing),
      ]);
      return next;
    }
    case 'broker restart':
    case 'broker crash': {
      const signal = round.trouble === 'broker crash' ? 'SIGKILL' : 'SIGTERM';
      await toggle(round.offline);
      await publishers.flush();
      await broker.restart?.(signal);
      if (signal === 'SIGKILL') await publishers.believeBroker();
      await again();
      return service;
    }
  }
}

async function toggles(
  publishers: Publishers,
  topics: readonly string[],
  count: number,
  qos: Mixture,
  random: () => number,
): Promise<void> {
  const sent: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const topic = pick(topics, random);
    const chance = qos === 'by topic' ? topics.indexOf(topic) / topics.length : random();
    const level = typeof qos === 'number' ? qos : chance < 0.5 ? 0 : 1;
    sent.push(publishers.publish(topic, pick(STATES, random), level));
    // bursts, with pauses in between
    if (random() < 0.05) await Promise.all(sent.splice(0));
  }
  await Promise.all(sent);
}

function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** A generator of chances 0 <= n < 1 that gives the same ones for the same seed (mulberry32). */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
