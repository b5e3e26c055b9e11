import { describe, expect, it } from 'vitest';
import { subscribed } from '../../src/security/connection.js';
import { fc, runs } from '../support/property.js';
import { attributes, bench, connect, cut, message, online, pass, state, zone, type Bench } from './bench.js';

const SET = 'x10/zone/ground/set';
const OWN = 'x10/zone/ground/state';
const STEP_MS = 50;
/** The link to the broker gives up a SUBSCRIBE that has no answer. */
const GIVE_UP_MS = 10_000;
/** So many messages the broker sends without a PUBACK; mosquitto has 20 (`max_inflight_messages`). */
const WINDOW = 2;

type Packet = { readonly topic: string; readonly payload: string } | { readonly suback: number };

/** A broker with a queue, and a link that may stand still: packets stay in their order, and none is lost. */
type Way = {
  readonly test: Bench;
  readonly queue: { readonly topic: string; readonly payload: string }[];
  /** To the broker: the number of a SUBSCRIBE, or a PUBACK. */
  readonly there: (number | 'puback')[];
  readonly back: Packet[];
  /** SUBSCRIBEs in their order: when each was sent, and whether it was answered or given up. */
  readonly asked: { readonly topics: readonly string[]; readonly mono: number; isOver: boolean }[];
  unacknowledged: number;
};

function fill(way: Way): void {
  for (; way.unacknowledged < WINDOW; way.unacknowledged += 1) {
    const next = way.queue.shift();
    if (next === undefined) return;
    way.back.push(next);
  }
}

/** One packet arrives on either side. */
function move(way: Way): void {
  const { test, there, back, asked } = way;
  const sent = there.shift();
  if (sent === 'puback') {
    way.unacknowledged -= 1;
    fill(way);
  } else if (sent !== undefined) back.push({ suback: sent });
  const come = back.shift();
  if (come === undefined) return;
  if ('topic' in come) {
    message(test, come.topic, come.payload);
    there.push('puback');
    return;
  }
  const one = asked[come.suback];
  if (one === undefined || one.isOver) return;
  one.isOver = true;
  subscribed(test, one.topics, []);
}

function go(way: Way, ms: number, isFrozen: boolean): void {
  const { test, there, asked } = way;
  for (let left = ms; left > 0; left -= STEP_MS) {
    const all = test.effects.flatMap((effect) => (effect.kind === 'subscribe' ? [effect.topics] : []));
    for (const topics of all.slice(asked.length)) {
      there.push(asked.length);
      asked.push({ topics, mono: test.now.mono, isOver: false });
    }
    if (!isFrozen) move(way);
    for (const one of asked) {
      if (one.isOver || test.now.mono < one.mono + GIVE_UP_MS) continue;
      one.isOver = true;
      subscribed(test, one.topics, one.topics, false);
    }
    pass(test, STEP_MS);
  }
}

/**
 * An owned zone that is armed, and two days later a connect to the queue of that time: the DISARM is in it. The broker
 * answers the SUBSCRIBE of the connect before it begins with the queue, or after that.
 */
function comeBack(length: number, place: number, answersFirst: boolean): Way {
  const test = bench([zone('ground', { kind: 'owned' })]);
  online(test);
  message(test, SET, 'ARM_AWAY');
  pass(test, 5000);
  cut(test);
  pass(test, 2 * 24 * 3_600_000);
  test.effects.length = 0;
  connect(test, true);
  const queue = Array.from({ length }, (_, index) =>
    index === place % length ? { topic: SET, payload: 'DISARM' } : { topic: OWN, payload: 'armed_away' },
  );
  const way: Way = { test, queue, there: [], back: [], asked: [], unacknowledged: 0 };
  if (answersFirst) {
    go(way, STEP_MS, true);
    way.there.shift();
    way.back.push({ suback: 0 });
  }
  fill(way);
  return way;
}

describe('a link that stands still within a queue', () => {
  const steps = fc.array(
    fc.record({
      isFrozen: fc.boolean(),
      ms: fc.constantFrom(50, 100, 150, 300, 700, 1500, 3500, 6500, 12_000, 21_000),
    }),
    { maxLength: 8 },
  );

  it('does not make a command of two days ago one of now, nor keeps one of now waiting', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.nat({ max: 11 }),
        fc.boolean(),
        steps,
        (length, place, first, all) => {
          const way = comeBack(length, place, first);
          const { test } = way;
          for (const { ms, isFrozen } of all) go(way, ms, isFrozen);
          go(way, 20_000, false);
          expect(state(test)).toBe('armed_away');
          expect(attributes(test)['last_refused_command']).toMatchObject({ command: 'DISARM' });
          message(test, SET, 'DISARM');
          expect(state(test)).toBe('disarmed');
        },
      ),
      {
        numRuns: runs(300),
        examples: [
          // the answer to the connect, and then that to the second question, are given up
          [1, 0, false, [{ isFrozen: true, ms: 21_000 }]],
          // answers to earlier questions come within the queue
          [
            3,
            8,
            false,
            [
              { isFrozen: true, ms: 21_000 },
              { isFrozen: false, ms: 700 },
              { isFrozen: true, ms: 12_000 },
            ],
          ],
        ],
      },
    );
  });
});
