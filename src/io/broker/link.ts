/**
 * One connection to one broker, from the first packet to the last. Each has an mqtt.js client of its own, so that
 * nothing of a lost connection is ever left to that library's queues and stores, which lose messages: what was
 * not acknowledged is handed back when the link ends.
 */

import type { MqttClient, Packet } from 'mqtt';
import { errorCode } from '../../common/error.js';
import { publishFailure, type PublishFailure } from '../../mqtt/outbox.js';
import type { BrokerListener, Clock, Message } from '../../ports.js';
import { attemptOf, failureInWords, openClient, reasonCodeOf, type ClientSettings } from './client.js';
import { TOPICS_PER_PACKET, type BrokerOptions, type BrokerUrl } from './options.js';
import * as reasons from './reasons.js';

/** A message that was handed over to be published. */
export type Publishing = {
  readonly message: Message;
  readonly done: (error?: PublishFailure) => void;
  /** Monotonic; undefined while it waits for its turn. */
  writtenAt: number | undefined;
};

/** How a link ended. */
export type LinkEnd = {
  /** CONNACK had been accepted. */
  readonly accepted: boolean;
  /** `silent` = closed by the other side or cut, `told` = closed with a reason, `taken_over` = with that reason. */
  readonly how: 'silent' | 'told' | 'taken_over' | 'error' | 'stopped';
  readonly reason: string;
  /** What was not acknowledged, in order: the first `inFlight` were written, the others not. */
  readonly unsettled: readonly Publishing[];
  readonly inFlight: number;
  /** The topics of each SUBSCRIBE that had not been answered. */
  readonly subscribing: readonly string[];
};

/** The listener of a link. */
export type LinkListener = {
  readonly accepted: (sessionPresent: boolean) => void;
  /** What the broker sends: messages, and SUBACK, or its absence, for one SUBSCRIBE packet. */
  readonly broker: Pick<BrokerListener, 'received' | 'subscribed'>;
  /** The last call. */
  readonly ended: (end: LinkEnd) => void;
};

/**
 * A link. Publishes wait when more are in flight than the broker takes (MQTT 5, section 3.3.4: Receive Maximum).
 * While `suspects` isolate, one thing at a time is sent, subscriptions first. The public methods are for the connection
 * that made it, all others are called by mqtt.js or the clock.
 */
export class Link {
  readonly #url: BrokerUrl;
  readonly #clock: Clock;
  readonly #settings: ClientSettings;
  readonly #suspects: Suspects;
  readonly #listener: LinkListener;
  readonly #attempt: reasons.Attempt;
  #client: MqttClient | undefined;
  #isAccepted = false;
  #isOver = false;
  #isFinishing = false;
  /** Code of a refusing CONNACK or of a DISCONNECT. */
  #connackCode: number | undefined;
  #disconnectCode: number | undefined;
  #receiveMaximum = 65_535;
  #hasFlushed = false;
  readonly #inFlight = new Set<Publishing>();
  #held: Publishing[] = [];
  /** SUBSCRIBE packets without an answer. */
  readonly #subscribing = new Map<number, { readonly topics: readonly string[]; readonly off: () => void }>();
  /** Topics for the next SUBSCRIBE packets. */
  #toSubscribe: string[] = [];

  constructor(url: BrokerUrl, options: BrokerOptions, suspects: Suspects, listener: LinkListener) {
    this.#url = url;
    this.#clock = options.clock;
    this.#suspects = suspects;
    this.#listener = listener;
    this.#settings = { keepaliveS: 15, connectTimeoutMs: 10_000, ...options };
    this.#attempt = attemptOf(url, this.#settings);
  }

  /** Once, first of all. */
  connect(): void {
    this.#client = openClient(this.#url, this.#settings, {
      packet: (packet) => this.#packetReceived(packet),
      failed: (error) => this.#failed(error),
      closed: () => this.#closed(),
    });
    this.#client?.on('message', (topic, payload, { retain, dup: duplicate, messageId: id }) => {
      if (!this.#isOver) this.#listener.broker.received({ topic, payload, retain, duplicate, id });
    });
  }

  publish(message: Message, done: Publishing['done']): void {
    const publishing: Publishing = { message, done, writtenAt: undefined };
    if (this.#held.length > 0 || !this.#hasRoom()) {
      this.#held.push(publishing);
      return;
    }
    const { topic, payload, retain } = message;
    this.#inFlight.add(publishing);
    publishing.writtenAt = this.#clock.monotonicMs();
    this.#client?.publish(topic, payload, { qos: 1, retain }, (error) => this.#settled(publishing, error));
    // mqtt.js writes at the end of the tick; the first message of a tick goes at once, the others go together
    if (this.#hasFlushed) return;
    this.#hasFlushed = true;
    this.#client?.stream.uncork();
    process.nextTick(() => (this.#hasFlushed = false));
  }

  subscribe(topics: readonly string[]): void {
    this.#toSubscribe.push(...topics);
    this.#goOn();
  }

  unsubscribe(topics: readonly string[]): void {
    for (let from = 0; from < topics.length; from += TOPICS_PER_PACKET)
      this.#client?.unsubscribe(topics.slice(from, from + TOPICS_PER_PACKET));
  }

  /** Disconnects cleanly as soon as everything is acknowledged. */
  finish(): void {
    this.#isFinishing = true;
    this.#finishWhenIdle();
  }

  /** Cuts the connection; without a DISCONNECT, so that the broker publishes the will. */
  cut(): void {
    this.#end('stopped', 'disconnected');
  }

  #settled(publishing: Publishing, error: Error | null | undefined): void {
    const code = reasonCodeOf(error);
    // an error without a reason code is the end of the link, which hands back everything in order
    if ((error instanceof Error && code === undefined) || !this.#inFlight.delete(publishing)) return;
    const { message, done } = publishing;
    const { topic } = message;
    this.#suspects.answered({ act: 'publish', topic });
    this.#goOn();
    if (code === undefined) done();
    else done(publishFailure('refused', reasons.refusedPublishInWords(code, topic, this.#url.shown)));
    if (this.#isFinishing) this.#finishWhenIdle();
  }

  #isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#subscribing.size === 0;
  }

  #hasRoom(): boolean {
    return this.#suspects.isIsolating()
      ? this.#isIdle() && this.#toSubscribe.length === 0
      : this.#inFlight.size < this.#receiveMaximum;
  }

  /** Sends what waits, as far as it may be sent now. */
  #goOn(): void {
    while (this.#toSubscribe.length > 0 && !this.#isOver && (this.#isIdle() || !this.#suspects.isIsolating()))
      this.#sendSubscribe();
    if (this.#held.length === 0 || !this.#hasRoom()) return;
    // those for which there is no room yet are held again, in their order
    const held = this.#held;
    this.#held = [];
    for (const { message, done } of held) this.publish(message, done);
  }

  /** One packet; a suspect topic goes alone. */
  #sendSubscribe(): void {
    const suspect = this.#toSubscribe.findIndex((topic) =>
      this.#suspects.isSuspect({ act: 'subscribe', topic }),
    );
    const size = suspect === 0 ? 1 : Math.min(TOPICS_PER_PACKET, suspect < 0 ? Infinity : suspect);
    const topics = this.#toSubscribe.splice(0, size);
    const before = this.#client?.getLastMessageId();
    this.#client?.subscribe(topics, { qos: 1, rh: 0, rap: false });
    const id = this.#client?.getLastMessageId();
    if (id === undefined || id === before) {
      this.#listener.broker.subscribed(topics, topics, false);
      return;
    }
    const giveUp = (): void => this.#subscribed(id);
    this.#subscribing.set(id, { topics, off: this.#clock.after(this.#attempt.connectTimeoutMs, giveUp) });
  }

  /** SUBACK, or none in time. The listener is told in the packet's own tick: retained copies follow it. */
  #subscribed(id: number, codes?: readonly number[]): void {
    const packet = this.#subscribing.get(id);
    if (packet === undefined) return;
    const { topics, off } = packet;
    this.#subscribing.delete(id);
    off();
    for (const topic of topics) this.#suspects.answered({ act: 'subscribe', topic });
    const refused = topics.filter((_, index) => !((codes?.[index] ?? 0x80) < 0x80));
    this.#listener.broker.subscribed(topics, refused, codes !== undefined);
    this.#goOn();
  }

  #finishWhenIdle(): void {
    if (this.#inFlight.size === 0 && this.#held.length === 0 && !this.#isOver) this.#client?.end(false);
  }

  #packetReceived(packet: Packet): void {
    if (packet.cmd === 'connack') {
      const code = packet.reasonCode ?? packet.returnCode ?? 0;
      if (code !== 0) {
        this.#connackCode = code;
        return;
      }
      this.#receiveMaximum = packet.properties?.receiveMaximum ?? 65_535;
      // mqtt.js can publish once it is through with this packet; it takes the next one only a tick later
      process.nextTick(() => {
        if (this.#isOver) return;
        this.#isAccepted = true;
        this.#listener.accepted(packet.sessionPresent);
      });
    } else if (packet.cmd === 'suback') {
      this.#subscribed(packet.messageId ?? 0, packet.granted.map(Number));
    } else if (packet.cmd === 'disconnect') {
      this.#disconnectCode = packet.reasonCode ?? 0;
    }
  }

  #failed(error: unknown): void {
    const code = errorCode(error);
    const isCut = this.#connackCode === undefined && (code === 'ECONNRESET' || code === 'EPIPE');
    const reason = failureInWords(error, this.#connackCode, this.#isAccepted, this.#attempt);
    this.#end(isCut ? 'silent' : 'error', reason);
  }

  #closed(): void {
    const code = this.#disconnectCode;
    if (this.#isFinishing) this.#end('stopped', 'disconnected');
    else if (code === undefined) this.#end('silent', reasons.closedInWords(this.#isAccepted, this.#attempt));
    else this.#end(code === 0x8e ? 'taken_over' : 'told', reasons.disconnectInWords(code, this.#attempt));
  }

  #end(how: LinkEnd['how'], reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const packets = [...this.#subscribing.values()];
    for (const { off } of packets) off();
    this.#subscribing.clear();
    this.#toSubscribe = [];
    const end: LinkEnd = {
      accepted: this.#isAccepted,
      how,
      reason,
      unsettled: [...this.#inFlight, ...this.#held],
      inFlight: this.#inFlight.size,
      subscribing: packets.flatMap(({ topics }) => topics),
    };
    this.#inFlight.clear();
    this.#held = [];
    this.#client?.end(true);
    // a client that is ending already does nothing more
    this.#client?.stream.destroy();
    this.#listener.ended(end);
  }
}

/** A topic, and what was asked for it. */
export type Suspect = { readonly act: 'publish' | 'subscribe'; readonly topic: string };

/** So many ends right after the same make it guilty. */
const STRIKES = 3;

/**
 * Finds the topic that makes a broker close the connection (aedes, VerneMQ and RabbitMQ do). What had no answer at such
 * an end is suspect; on the next connection everything goes one by one until all suspects are answered, so that the next
 * end shows which it is.
 */
export class Suspects {
  readonly #strikes = new Map<string, number>();

  /** Everything goes one by one now. */
  isIsolating(): boolean {
    return this.#strikes.size > 0;
  }

  isSuspect(one: Suspect): boolean {
    return this.#strikes.has(keyOf(one));
  }

  /** It was answered, in any way. */
  answered(one: Suspect): void {
    if (this.#strikes.size > 0) this.#strikes.delete(keyOf(one));
  }

  /** The broker closed before it answered these. Gives the guilty one, if that is certain now. */
  closedAfter(all: readonly Suspect[]): Suspect | undefined {
    const isCertain = all.length === 1;
    for (const one of all) {
      const count = (this.#strikes.get(keyOf(one)) ?? 0) + 1;
      this.#strikes.set(keyOf(one), isCertain ? count : 1);
      if (isCertain && count >= STRIKES) {
        this.#strikes.delete(keyOf(one));
        return one;
      }
    }
    return undefined;
  }

  /** A connection has stood long enough: nothing in it was the error of a topic. */
  stood(): void {
    this.#strikes.clear();
  }
}

const keyOf = ({ act, topic }: Suspect): string => `${act} ${topic}`;
