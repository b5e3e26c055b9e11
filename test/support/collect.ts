/** A subscriber (and publisher) for tests: writes down every message and lets the test wait for one. */

import mqtt, { type IClientOptions } from 'mqtt';
import { until } from './until.js';

/** One message as it was received. */
type Collected = {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly qos: 0 | 1 | 2;
  readonly duplicate: boolean;
  /** `performance.now()` of its arrival. */
  readonly at: number;
};

export type Collector = {
  /** Everything received, in order. */
  readonly messages: readonly Collected[];
  /** The payloads received on one topic, in order. */
  readonly payloads: (topic: string) => string[];
  /** The last message of a topic. */
  readonly last: (topic: string) => Collected | undefined;
  /** Waits for a condition, and shows what was received when it does not come true. */
  readonly until: (condition: () => boolean, what?: string) => Promise<void>;
  /** Waits until the last payload of a topic is this one. */
  readonly untilLast: (topic: string, payload: string) => Promise<void>;
  /** Publishes and waits for the acknowledgement. Default QoS 1, not retained. */
  readonly publish: (
    topic: string,
    payload: string,
    options?: { readonly qos?: 0 | 1; readonly retain?: boolean },
  ) => Promise<void>;
  readonly clear: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Connects to a broker (a port of 127.0.0.1 or a url), subscribes to `topics` at QoS 1 and resolves when the
 * broker has granted them. It comes back by itself when the broker is restarted.
 */
export async function collect(
  broker: number | string,
  topics: readonly string[],
  options: IClientOptions = {},
  patienceMs?: number,
): Promise<Collector> {
  const url = typeof broker === 'number' ? `mqtt://127.0.0.1:${broker}` : broker;
  const messages: Collected[] = [];
  const client = mqtt.connect(url, { reconnectPeriod: 50, manualConnect: true, ...options });
  let failure = 'no answer';
  let subscribed = topics.length === 0;
  client.on('error', (error) => (failure = error.message));
  client.on('message', (topic, payload, packet) => {
    messages.push({
      topic,
      payload: payload.toString('utf8'),
      retain: packet.retain,
      qos: packet.qos,
      duplicate: packet.dup,
      at: performance.now(),
    });
  });
  client.once('connect', () => {
    if (topics.length === 0) return;
    client.subscribe([...topics], { qos: 1 }, (error, granted) => {
      if (error !== null) failure = error.message;
      else subscribed = granted?.every((grant) => grant.qos < 128) ?? false;
    });
  });
  client.connect();
  try {
    await until(
      () => client.connected && subscribed,
      () => `a subscription to ${topics.join(', ')} at ${url}: ${failure}`,
      patienceMs,
    );
  } catch (error) {
    client.end(true);
    throw error;
  }

  const payloads = (topic: string): string[] =>
    messages.filter((message) => message.topic === topic).map((message) => message.payload);
  const last = (topic: string): Collected | undefined =>
    messages.findLast((message) => message.topic === topic);
  const wait = async (condition: () => boolean, what = 'the messages'): Promise<void> => {
    await until(condition, () => `${what}; received so far:\n${messages.map(show).join('\n')}`);
  };
  return {
    messages,
    payloads,
    last,
    until: wait,
    untilLast: (topic, payload) => wait(() => last(topic)?.payload === payload, `${topic} ${payload}`),
    publish: async (topic, payload, { qos = 1, retain = false } = {}) => {
      await client.publishAsync(topic, payload, { qos, retain });
    },
    clear: () => void messages.splice(0),
    stop: async () => {
      await client.endAsync(true);
    },
  };
}

function show({ topic, payload, retain, qos }: Collected): string {
  return `${topic} ${payload}${retain ? ' (retained)' : ''} qos ${qos}`;
}
