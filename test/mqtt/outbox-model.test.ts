/**
 * The outbox against a broker that acknowledges in any order and loses the link at any time. The model knows only
 * what was put and what the broker received; it must never find anything lost, reordered, too early or too much.
 */

import { expect, test } from 'vitest';
import { Outbox } from '../../src/mqtt/outbox.js';
import type { EventMessage, Outgoing, RetainedMessage, Sending } from '../../src/mqtt/outbox.js';
import { fc, runs } from '../support/property.js';

const WINDOW = 3;
const MAX_AGE_MS = 50;

type Step =
  | { readonly kind: 'put'; readonly message: RetainedMessage }
  | { readonly kind: 'event'; readonly topic: string; readonly late: boolean; readonly gated: boolean }
  | { readonly kind: 'send'; readonly times: number }
  | { readonly kind: 'acknowledge'; readonly which: number }
  | { readonly kind: 'lose'; readonly received: number }
  | { readonly kind: 'refuse'; readonly which: number }
  | { readonly kind: 'save' | 'republish' | 'expire' | 'unpark' }
  | { readonly kind: 'pass'; readonly ms: number };

const topic = fc.constantFrom('a', 'a', 'b', 'c');
const retainedKind = fc.constantFrom('availability' as const, 'discovery' as const, 'state' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      message: fc.record({
        kind: retainedKind,
        topic,
        payload: fc.constantFrom('ON', 'OFF', 'ON', 'OFF', ''),
        force: fc.constantFrom(false, false, false, true),
        afterSave: fc.constantFrom(0, 0, 0, 1),
      }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      topic: fc.constantFrom('e', 'f'),
      late: fc.boolean(),
      gated: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('send' as const), times: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), which: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose' as const), received: fc.nat(WINDOW) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('save' as const, 'republish', 'expire') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(30) }) },
);
const refusal: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('refuse' as const), which: fc.nat(4) }),
  fc.record({ kind: fc.constant('unpark' as const) }),
);

/** Runs the steps, checks after each, and at the end lets everything through. */
function run(steps: readonly Step[]): void {
  const outbox = new Outbox({ inFlight: WINDOW, maxAgeMs: MAX_AGE_MS, events: 5, eventsResume: 3 });
  let now = 1_000;
  let saves = 0;
  const events: EventMessage[] = [];
  const put = new Map<number, Outgoing>();
  const flying: Sending[] = [];
  const arrived = new Set<Sending>();
  const broker = new Map<string, string>();
  const seenEvents: { topic: string; id: number; payload: string }[] = [];
  const sentPayloads = new Map<string, string>();
  const latest = new Map<string, string>();
  const refusedEver = new Set<string>();

  /** A broker receives in the order of sending, in any order of its answers. */
  const arrive = (count: number): void => {
    for (const sending of flying.slice(0, count)) {
      if (!arrived.has(sending)) receive(sending);
      arrived.add(sending);
    }
  };

  const receive = (sending: Sending): void => {
    if (sending.retain) broker.set(sending.topic, sending.payload);
    else seenEvents.push({ topic: sending.topic, id: parseInt(sending.payload), payload: sending.payload });
  };

  const send = (): boolean => {
    const sending = outbox.next(now);
    if (sending === undefined) return false;
    expect(flying.some(({ sequence }) => sequence === sending.sequence)).toBe(false);
    if (sending.retain) expect(flying.some((other) => other.topic === sending.topic)).toBe(false);
    const message = put.get(sending.sequence);
    expect(message?.afterSave ?? 0).toBeLessThanOrEqual(saves);
    if (message?.kind === 'event') {
      expect(now - message.at).toBeLessThanOrEqual(MAX_AGE_MS);
      const isLate = message.lateAfter !== undefined && now > message.lateAfter;
      const expected = sentPayloads.get(message.id) ?? (isLate ? message.latePayload : message.payload);
      expect(sending.payload).toBe(expected);
      sentPayloads.set(message.id, sending.payload);
    } else {
      expect(sending.payload).toBe(latest.get(sending.topic));
    }
    flying.push(sending);
    expect(flying.length).toBeLessThanOrEqual(WINDOW);
    return true;
  };

  const acknowledge = (which: number): void => {
    const index = which % Math.max(flying.length, 1);
    arrive(index + 1);
    const [sending] = flying.splice(index, 1);
    if (sending === undefined) return;
    outbox.acknowledged(sending.sequence);
  };

  const take = (one: Step): void => {
    switch (one.kind) {
      case 'put': {
        const afterSave = one.message.afterSave === 1 ? saves + 1 : 0;
        const message = { ...one.message, afterSave };
        put.set(outbox.put(message), message);
        latest.set(message.topic, message.payload);
        break;
      }
      case 'event': {
        const id = `${events.length + 1}`;
        const message: EventMessage = {
          kind: 'event',
          topic: one.topic,
          payload: `${id} live`,
          id,
          at: now,
          ...(one.late && { lateAfter: now + 10, latePayload: `${id} late` }),
          ...(one.gated && { afterSave: saves + 1 }),
        };
        put.set(outbox.put(message), message);
        events.push(message);
        break;
      }
      case 'send':
        for (let times = 0; times < one.times && send(); times += 1);
        break;
      case 'acknowledge':
        acknowledge(one.which);
        break;
      case 'refuse': {
        const index = one.which % Math.max(flying.length, 1);
        arrive(index);
        const [sending] = flying.splice(index, 1);
        if (sending === undefined) break;
        refusedEver.add(sending.topic);
        if (!sending.retain) sentPayloads.delete(`${parseInt(sending.payload)}`);
        outbox.failed(sending.sequence, 'refused');
        break;
      }
      case 'lose':
        arrive(one.received);
        flying.length = 0;
        outbox.linkLost();
        break;
      case 'save':
        saves += 1;
        outbox.saved(saves);
        break;
      case 'republish':
        outbox.republishAll();
        break;
      case 'expire':
        outbox.expire(now);
        break;
      case 'unpark':
        outbox.unpark();
        break;
      case 'pass':
        now += one.ms;
        break;
    }
    check();
  };

  const check = (): void => {
    const counts = outbox.counts();
    expect(counts.inFlight).toBe(flying.length);
    expect(outbox.isFull()).toBe(counts.events >= 5);
    expect(outbox.hasRoom()).toBe(counts.events < 3);
    const oldest = outbox.oldestUnsettled();
    for (const { sequence } of flying) expect(sequence).toBeGreaterThanOrEqual(oldest);
    for (const [sequence, message] of put) {
      if (sequence >= oldest || message.kind !== 'event' || refusedEver.has(message.topic)) continue;
      const isSeen = seenEvents.some(({ payload }) => payload.startsWith(`${message.id} `));
      expect(isSeen || now - message.at > MAX_AGE_MS).toBe(true);
    }
  };

  for (const one of steps) take(one);
  take({ kind: 'save' });
  take({ kind: 'unpark' });
  for (let more = true; more;) {
    more = send() || flying.length > 0;
    while (flying.length > 0) acknowledge(0);
  }

  expect(outbox.counts()).toMatchObject({ waiting: 0, inFlight: 0, events: 0 });
  expect(outbox.isSettledUpTo(Math.max(0, ...put.keys()))).toBe(true);
  for (const [of, payload] of latest) expect([of, broker.get(of)]).toEqual([of, payload]);
  for (const message of put.values()) {
    if (message.kind !== 'event' || now - message.at > MAX_AGE_MS) continue;
    expect(seenEvents.some(({ payload }) => payload.startsWith(`${message.id} `))).toBe(true);
  }
  expect(new Set(outbox.retainedTopics())).toEqual(
    new Set([...latest].filter(([, payload]) => payload !== '').map(([of]) => of)),
  );
  if (refusedEver.size > 0) return;
  for (const of of ['e', 'f']) {
    const first = [...new Set(seenEvents.filter((event) => event.topic === of).map(({ id }) => id))];
    expect(first).toEqual(first.toSorted((one, other) => one - other));
  }
}

test('nothing is lost, reordered, sent too early or too often, whatever the broker does', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), run), { numRuns: runs(400) });
});

test('nor when topics are refused in between', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 6, arbitrary: step }, refusal), { maxLength: 80 }), run),
    {
      numRuns: runs(200),
    },
  );
});
