/**
 * One visit to the broker: asks something, records all packets of the broker in their order, and disconnects. Like
 * `link.ts` it has an mqtt.js client of its own that never reconnects.
 */

import { setImmediate as afterReading, setTimeout as pause } from 'node:timers/promises';
import type { MqttClient, Packet } from 'mqtt';
import { attemptOf, failureInWords, openClient, reasonCodeOf, type ClientSettings } from './client.js';
import { TOPICS_PER_PACKET, type BrokerUrl, type Credentials } from './options.js';
import * as reasons from './reasons.js';

/** Address and credentials. */
export type Destination = Pick<ClientSettings, 'protocol' | 'clientId' | 'clean' | 'sessionExpiryS'> & {
  readonly url: BrokerUrl;
  readonly credentials: Credentials;
  /** From the first packet to CONNACK, and for every answer, ms. */
  readonly patienceMs: number;
  /** Told before a message is published that the broker will keep. */
  readonly retains?: (topic: string) => void;
  /** Nothing is acknowledged, so that what waits in the session stays there. */
  readonly takesNothing?: boolean;
};

/** One copy of a message, as it was delivered. */
export type Copy = { readonly payload: string; readonly retain: boolean; readonly qos: 0 | 1 | 2 };

/** What came from the broker. */
export type Arrival =
  ({ readonly kind: 'message'; readonly topic: string } & Copy) | { readonly kind: 'suback' };

/** What was answered to a publish. `silence`: no PUBACK in time. */
export type Answer = 'taken' | 'refused' | 'closed' | 'silence';

/** How to publish. */
type How = { readonly qos?: 0 | 1; readonly retain?: boolean };

/** A DISCONNECT that takes longer is a cut, ms. */
const LEAVE_MS = 1000;
const KEEPALIVE_S = 15;

/** Connects; rejects with the reason in words. */
export function visit(destination: Destination): Promise<Visit> {
  return new Promise((resolve, reject) => {
    new Visit(destination, resolve, reject).connect();
  });
}

/** A connection that stands, or has ended. */
export class Visit {
  readonly arrivals: Arrival[] = [];
  sessionPresent = false;
  /** MQTT 5: the broker's own limit for the session (CONNACK, section 3.2.2.3.2), s. */
  expiryS: number | undefined;
  readonly #destination: Destination;
  readonly #settings: ClientSettings;
  readonly #attempt: reasons.Attempt;
  readonly #entered: (visit: Visit) => void;
  readonly #refused: (error: Error) => void;
  readonly #subacks = new Map<number, readonly number[]>();
  #client: MqttClient | undefined;
  #isIn = false;
  #isLeaving = false;
  #connackCode: number | undefined;
  #closed: string | undefined;
  #heardAt = performance.now();
  #waiting: (() => void)[] = [];

  /** For `visit`. */
  constructor(destination: Destination, entered: (visit: Visit) => void, refused: (error: Error) => void) {
    const { url, credentials, patienceMs, ...more } = destination;
    this.#destination = destination;
    this.#entered = entered;
    this.#refused = refused;
    this.#settings = { ...credentials, ...more, keepaliveS: KEEPALIVE_S, connectTimeoutMs: patienceMs };
    this.#attempt = attemptOf(url, this.#settings);
  }

  /** Why the connection has ended; undefined while it stands. */
  get closed(): string | undefined {
    return this.#closed;
  }

  /** The messages of one topic, from that arrival on. */
  copies(topic: string, from = 0): Copy[] {
    const messages = this.arrivals.slice(from).filter((each) => each.kind === 'message');
    const ofTopic = messages.filter((each) => each.topic === topic);
    return ofTopic.map(({ payload, retain, qos }) => ({ payload, retain, qos }));
  }

  /** What the broker keeps, as far as it came. */
  retained(): ReadonlyMap<string, string> {
    const messages = this.arrivals.filter((each) => each.kind === 'message');
    return new Map(messages.filter(({ retain }) => retain).map(({ topic, payload }) => [topic, payload]));
  }

  /** Resolves with the codes of the SUBACKs, in the order of the topics. Rejects when one does not come. */
  async subscribe(topics: readonly string[], qos: 0 | 1 = 1): Promise<readonly number[]> {
    const codes: number[] = [];
    for (let from = 0; from < topics.length; from += TOPICS_PER_PACKET)
      codes.push(...(await this.#subscribeSome(topics.slice(from, from + TOPICS_PER_PACKET), qos)));
    return codes;
  }

  async #subscribeSome(topics: readonly string[], qos: 0 | 1): Promise<readonly number[]> {
    const { url, patienceMs } = this.#destination;
    const before = this.#client?.getLastMessageId();
    if (this.#closed === undefined) this.#client?.subscribe([...topics], { qos, rh: 0, rap: false });
    const id = this.#client?.getLastMessageId();
    if (this.#closed !== undefined || id === undefined || id === before)
      throw new Error(this.#closed ?? `${topics.join(', ')} cannot be subscribed to`);
    await this.until(() => this.#subacks.has(id), patienceMs);
    const codes = this.#subacks.get(id);
    this.#subacks.delete(id);
    if (codes !== undefined) return codes;
    throw new Error(this.closed ?? `${url.shown}: a SUBSCRIBE was not answered`);
  }

  /** Publishes, at QoS 1 if not said otherwise. */
  async publish(topic: string, payload: string, { qos = 1, retain = false }: How = {}): Promise<Answer> {
    if (retain && payload !== '') this.#destination.retains?.(topic);
    if (this.#closed !== undefined) return 'closed';
    let answer: Answer | undefined;
    this.#client?.publish(topic, payload, { qos, retain }, (error) => {
      answer = !(error instanceof Error) ? 'taken' : reasonCodeOf(error) !== undefined ? 'refused' : 'closed';
      this.#changed();
    });
    await this.until(() => answer !== undefined, this.#destination.patienceMs);
    return answer ?? (this.closed === undefined ? 'silence' : 'closed');
  }

  /** Publishes; rejects when the broker does not take it. */
  async send(topic: string, payload: string, how: How = {}): Promise<void> {
    const answer = await this.publish(topic, payload, how);
    if (answer !== 'taken')
      throw new Error(this.#closed ?? `a publish to ${topic} was not taken (${answer})`);
  }

  /** Resolves when nothing was heard for so long, at most after `atMostMs`. */
  async quiet(forMs: number, atMostMs: number): Promise<void> {
    const from = performance.now();
    for (;;) {
      const endAt = Math.min(Math.max(this.#heardAt, from) + forMs, from + atMostMs);
      const leftMs = endAt - performance.now();
      if (leftMs <= 0 || this.#closed !== undefined) return;
      await pause(leftMs);
      // timers come before what waits in the socket of a process that stood still
      await afterReading();
    }
  }

  /** Resolves with whether it came true in time; an end of the connection is too late. */
  async until(condition: () => boolean, withinMs: number): Promise<boolean> {
    const endAt = performance.now() + withinMs;
    while (!condition()) {
      const leftMs = endAt - performance.now();
      if (leftMs <= 0 || this.#closed !== undefined) return false;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((next) => {
        timer = setTimeout(next, leftMs);
        this.#waiting.push(next);
      });
      clearTimeout(timer);
      if (performance.now() >= endAt) await afterReading();
    }
    return true;
  }

  /** DISCONNECT. */
  async leave(): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#isLeaving = true;
    const ended = this.#client?.endAsync(false).catch(() => undefined);
    await Promise.race([ended, pause(LEAVE_MS, undefined, { ref: false })]);
    this.#end('left');
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#end('cut');
  }

  /** For `visit`. */
  connect(): void {
    this.#client = openClient(this.#destination.url, this.#settings, {
      packet: (packet) => this.#received(packet),
      failed: (error) => this.#end(failureInWords(error, this.#connackCode, this.#isIn, this.#attempt)),
      closed: () => this.#end(reasons.closedInWords(this.#isIn, this.#attempt)),
    });
  }

  #received(packet: Packet): void {
    this.#heardAt = performance.now();
    if (packet.cmd === 'connack') {
      const code = packet.reasonCode ?? packet.returnCode ?? 0;
      if (code !== 0) this.#connackCode = code;
      else {
        this.#isIn = true;
        this.sessionPresent = packet.sessionPresent;
        this.expiryS = packet.properties?.sessionExpiryInterval;
        // mqtt.js can publish once it is through with this packet; it takes the next one only a tick later
        process.nextTick(() => this.#entered(this));
      }
    } else if (packet.cmd === 'publish') {
      const { topic, payload, retain, qos } = packet;
      this.arrivals.push({ kind: 'message', topic, payload: payload.toString(), retain, qos });
      // for mqtt.js it is a message that wants no PUBACK: the broker keeps it for the next connection
      if (this.#destination.takesNothing === true) packet.qos = 0;
    } else if (packet.cmd === 'suback') {
      this.arrivals.push({ kind: 'suback' });
      this.#subacks.set(packet.messageId ?? 0, packet.granted.map(Number));
    }
    this.#changed();
  }

  #end(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = this.#isLeaving ? 'left' : reason;
    this.#client?.end(true);
    this.#client?.stream.destroy();
    if (!this.#isIn) this.#refused(new Error(reason));
    this.#changed();
  }

  #changed(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const each of all) each();
  }
}

/**
 * Subscribes to all topics, in a packet for at most 50. A broker that closes the connection instead of saying no is
 * visited again and asked for one at a time; the last visit is open, and subscribed to all that was granted.
 */
export async function subscribeToAll(
  enter: () => Promise<Visit>,
  topics: readonly string[],
): Promise<{
  readonly codes: ReadonlyMap<string, number>;
  readonly earlier: readonly Visit[];
  readonly current: Visit;
}> {
  const codes = new Map<string, number>();
  let current = await enter();
  const earlier: Visit[] = [];
  const ask = async (some: readonly string[]): Promise<void> => {
    try {
      const granted = await current.subscribe(some);
      some.forEach((topic, index) => codes.set(topic, granted[index] ?? 0x80));
    } catch {
      const isClosed = current.closed !== undefined;
      if (isClosed) {
        earlier.push(current);
        current = await enter();
        await current.subscribe([...codes].flatMap(([topic, code]) => (code < 0x80 ? [topic] : [])));
      }
      if (isClosed && some.length > 1) for (const topic of some) await ask([topic]);
      else for (const topic of some) codes.set(topic, 0x80);
    }
  };
  for (let from = 0; from < topics.length; from += TOPICS_PER_PACKET)
    await ask(topics.slice(from, from + TOPICS_PER_PACKET));
  return { codes, earlier, current };
}
