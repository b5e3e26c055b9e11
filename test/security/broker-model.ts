/**
 * A broker as wicked as the measured ones, on one topic: it may mark queued copies as retained, queue QoS 0
 * messages, deliver queue, SUBACK and retained copies in any order, hand out an old retained copy after a newer
 * live one, let QoS 0 overtake QoS 1, lose an update that races with a SUBSCRIBE, and forget sessions and
 * retained messages. What it does not do: pause for 600 ms within a queue.
 */

import { closed, connected, received, subscribed } from '../../src/security/connection.js';
import { bytes, pass, state, type Bench } from './bench.js';

export type Brand = {
  readonly marksQueued: boolean;
  readonly queuesQos0: boolean;
  /** A SUBSCRIBE that races with a change may be answered by the value before it. */
  readonly oldReplay: boolean;
  /** A change that races with a SUBSCRIBE may not be delivered at all. */
  readonly losesRacing: boolean;
  readonly qos0Overtakes: boolean;
};

export type Change = { readonly payload: string; readonly qos: 0 | 1 };

type Packet =
  | { readonly kind: 'message'; readonly payload: string; readonly retain: boolean; readonly qos: 0 | 1 }
  | { readonly kind: 'suback' };

export type Model = {
  readonly test: Bench;
  readonly topic: string;
  readonly brand: Brand;
  /** The next choice of the adversary, 0 .. 2^31. */
  readonly choose: () => number;
  kept: string | undefined;
  before: string | undefined;
  session: boolean;
  link: boolean;
  queue: Packet[];
  replies: Packet[];
  subscribesSeen: number;
};

export function model(test: Bench, topic: string, brand: Brand, choices: readonly number[]): Model {
  let chosen = 0;
  return {
    test,
    topic,
    brand,
    choose: () => choices[chosen++ % choices.length] ?? 0,
    kept: undefined,
    before: undefined,
    session: false,
    link: false,
    queue: [],
    replies: [],
    subscribesSeen: 0,
  };
}

/** Somebody publishes retained, an empty payload deletes. */
export function publish(broker: Model, { payload, qos }: Change): void {
  const { brand, choose } = broker;
  broker.before = broker.kept;
  broker.kept = payload === '' ? undefined : payload;
  if (!broker.session) return;
  if (!broker.link) {
    if (qos === 1 || brand.queuesQos0) {
      broker.queue.push({ kind: 'message', payload, retain: brand.marksQueued, qos });
    }
    return;
  }
  if (brand.losesRacing && broker.replies.length > 0 && choose() % 2 === 0) return;
  const live: Packet = { kind: 'message', payload, retain: false, qos };
  if (brand.qos0Overtakes && qos === 0 && choose() % 2 === 0) broker.queue.unshift(live);
  else broker.queue.push(live);
}

/** Answers the SUBSCRIBEs that have gone out since. `racing`: a change has happened in the same instant. */
export function serve(broker: Model, racing: boolean): void {
  const { test, brand, choose, topic } = broker;
  const all = test.effects.filter((effect) => effect.kind === 'subscribe');
  for (const { topics } of all.slice(broker.subscribesSeen)) {
    if (!topics.includes(topic)) continue;
    broker.session = true;
    const payload = racing && brand.oldReplay && choose() % 2 === 0 ? broker.before : broker.kept;
    const copies: Packet[] =
      payload === undefined ? [] : [{ kind: 'message', payload, retain: true, qos: 1 }];
    const suback: Packet = { kind: 'suback' };
    broker.replies.push(...(choose() % 2 === 0 ? [suback, ...copies] : [...copies, suback]));
  }
  broker.subscribesSeen = all.length;
}

/** Delivers one packet, of whichever stream the adversary likes. False when there is none. */
export function deliver(broker: Model): boolean {
  const { test, queue, replies, choose, topic } = broker;
  const stream = queue.length === 0 || (replies.length > 0 && choose() % 2 === 0) ? replies : queue;
  const packet = stream.shift();
  if (packet === undefined) return false;
  if (packet.kind === 'suback') subscribed(test, [topic], []);
  else {
    const { payload, retain } = packet;
    received(test, { topic, payload: bytes(payload), retain, duplicate: false, id: undefined });
  }
  return true;
}

/** The link comes up; true when a session was stored. */
export function connect(broker: Model): boolean {
  const sessionPresent = broker.session;
  if (!sessionPresent) broker.queue = [];
  broker.link = true;
  connected(broker.test, sessionPresent);
  serve(broker, false);
  return sessionPresent;
}

/** The link goes: unanswered SUBSCRIBEs are gone, undelivered QoS 1 messages stay queued. */
export function cut(broker: Model): void {
  broker.link = false;
  broker.replies = [];
  broker.queue = broker.queue.flatMap((packet) =>
    packet.kind === 'message' && (packet.qos === 1 || broker.brand.queuesQos0)
      ? [{ ...packet, retain: broker.brand.marksQueued }]
      : [],
  );
  closed(broker.test);
}

/** Lets time pass in small steps, answering whatever is asked, until nothing is under way. */
export function calm(broker: Model, ms: number, check: () => void): void {
  const end = broker.test.now.mono + ms;
  while (broker.test.now.mono < end) {
    while (deliver(broker)) check();
    pass(broker.test, 100);
    serve(broker, false);
    check();
  }
  while (deliver(broker)) check();
}

/** What the retained copy means; unknown when there is none. */
export function truth(broker: Model): string {
  return broker.kept === undefined ? 'unknown' : broker.kept === 'ON' ? 'armed_away' : 'disarmed';
}

/** Neither the truth nor unknown. */
export function isWrong(broker: Model): boolean {
  const believed = state(broker.test);
  return believed !== 'unknown' && believed !== truth(broker);
}
