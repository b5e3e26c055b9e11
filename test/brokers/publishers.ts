/** Those who arm and disarm: they publish retained states, and it is written down what was true when. */

import mqtt, { type MqttClient } from 'mqtt';
import { until } from '../support/until.js';

export const STATES = ['disarmed', 'armed_home', 'armed_away', 'armed_night', 'armed_vacation'] as const;

/** A state and when it can have been the truth, monotonic ms. */
type Span = { readonly state: string; readonly from: number; to: number };

export type Publishers = {
  /** Publishes a state and writes it down; resolves when the broker has it (QoS 0: when it was sent). */
  readonly publish: (topic: string, state: string, qos: 0 | 1) => Promise<void>;
  /** Resolves when the broker has everything that was published before. */
  readonly flush: () => Promise<void>;
  /** What is retained now, if the broker is right. */
  readonly truth: (topic: string) => string;
  /** Whether the topic can have been in this state at some time since `from` (monotonic). */
  readonly wasTrueSince: (topic: string, state: string, from: number) => boolean;
  /** The broker was killed: what it hands out now is the truth from now on. */
  readonly believeBroker: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Two clients, each the only one for its half of the topics, so that the order of one topic's states is certain. */
export async function startPublishers(port: number, topics: readonly string[]): Promise<Publishers> {
  const clients = [await connected(port), await connected(port)] as const;
  const spans = new Map<string, Span[]>(topics.map((topic) => [topic, []]));
  const open = new Set<Span>();
  const clientOf = (topic: string): MqttClient => clients[topics.indexOf(topic) % 2 === 0 ? 0 : 1];
  const of = (topic: string): Span[] => spans.get(topic) ?? [];

  const publish = async (topic: string, state: string, qos: 0 | 1): Promise<void> => {
    const before = of(topic).at(-1);
    const span = { state, from: performance.now(), to: Infinity };
    of(topic).push(span);
    await clientOf(topic).publishAsync(topic, state, { qos, retain: true });
    if (before === undefined) return;
    // without an acknowledgement the end of the state before is only certain after a flush
    if (qos === 1) before.to = Math.min(before.to, performance.now());
    else open.add(before);
  };
  const flush = async (): Promise<void> => {
    const ending = [...open];
    await Promise.all(clients.map((client, index) => client.publishAsync(`flush/${index}`, '', { qos: 1 })));
    for (const span of ending) {
      span.to = Math.min(span.to, performance.now());
      open.delete(span);
    }
  };
  return {
    publish,
    flush,
    truth: (topic) => of(topic).at(-1)?.state ?? 'unknown',
    wasTrueSince: (topic, state, from) => of(topic).some((span) => span.state === state && span.to >= from),
    believeBroker: async () => {
      const kept = await retainedOf(port, topics);
      for (const topic of topics) {
        const state = kept.get(topic) ?? 'unknown';
        const last = of(topic).at(-1);
        if (last?.state === state) continue;
        const now = performance.now();
        for (const span of of(topic)) span.to = Math.min(span.to, now);
        of(topic).push({ state, from: 0, to: Infinity });
      }
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.endAsync(true)));
    },
  };
}

async function connected(port: number): Promise<MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50, connectTimeout: 3_000 });
  client.on('error', () => undefined);
  await until(() => client.connected, `a publisher at port ${port}`);
  return client;
}

/** What a fresh reader is handed out, topic by topic. */
export async function retainedOf(
  port: number,
  topics: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50, connectTimeout: 3_000 });
  client.on('error', () => undefined);
  let lastAt = performance.now();
  client.on('message', (topic, payload) => {
    kept.set(topic, payload.toString());
    lastAt = performance.now();
  });
  await until(() => client.connected, `a reader at port ${port}`);
  await client.subscribeAsync([...topics], { qos: 1 });
  lastAt = performance.now();
  await until(() => kept.size === topics.length || performance.now() - lastAt > 1_000, 'the retained states');
  await client.endAsync(true);
  return kept;
}
