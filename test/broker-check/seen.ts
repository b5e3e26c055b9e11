/** Observations of brokers, made up for the tables: a good one, to be spoilt. */

import type { Copy } from '../../src/io/broker/visit.js';
import { FIVE_TESTS, type FiveTest } from '../../src/broker-check/absence.js';
import type { OrderSeen } from '../../src/broker-check/absence.js';
import type { Need } from '../../src/broker-check/trial.js';
import type { Observations } from '../../src/broker-check/trials.js';

export const PERSISTENT: Need = { session: 'persistent', protocol: '3.1.1' };
export const CLEAN: Need = { session: 'clean', protocol: '3.1.1' };

const M1: Copy = { payload: 'M1', retain: false, qos: 1 };
export const M1_RETAINED: Copy = { ...M1, retain: true };

/** All forms of the five tests as mosquitto answers them; `spoil` changes some. */
export function fiveTests(
  spoil: (test: FiveTest) => Partial<FiveTest> = () => ({}),
  protocol: '3.1.1' | '5' = '3.1.1',
): readonly FiveTest[] {
  return FIVE_TESTS.flatMap((test) =>
    [false, true].map((retained): FiveTest => {
      const good: FiveTest = {
        name: { ...test, protocol, retained },
        sessionPresent: !test.cleanSession,
        atOnce: test.number === 4 ? [M1] : [],
        afterSubscribe: retained ? [M1_RETAINED] : [],
      };
      return { ...good, ...spoil(good) };
    }),
  );
}

/** ON and OFF while away; the queue, the SUBACK, the truth. */
export const STORY: OrderSeen = {
  story: 'ON, OFF while away',
  truth: 'OFF',
  heard: [
    { kind: 'message', payload: 'ON', retain: false, qos: 1 },
    { kind: 'message', payload: 'OFF', retain: false, qos: 1 },
    { kind: 'suback' },
    { kind: 'message', payload: 'OFF', retain: true, qos: 1 },
  ],
  secondAnswer: { payload: 'OFF', retain: true, qos: 1 },
};

/** The numbers from `from` to `to`, both included. */
export const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A broker that does everything right. */
export const GOOD: Observations = {
  protocols: { '3.1.1': { done: true, seen: undefined }, '5': { done: true, seen: undefined } },
  privateTopic: 'x10/bridge/broker-check/1/echo',
  isPrivateTopicOurs: { done: true, seen: true },
  access: {
    done: true,
    seen: {
      reads: [
        { topic: 'alarmo/state', use: 'the state of the zone ground', code: 1, held: true, isState: true },
      ],
      writes: [{ topic: 'x10/bridge/broker-check', use: 'the bridge', outcome: 'came back' }],
    },
  },
  fiveTests: [{ protocol: '3.1.1', tests: { done: true, seen: fiveTests() } }],
  retained: { done: true, seen: { visitors: 5, subscribes: 5, deleted: true, byWildcard: true } },
  order: { done: true, seen: [STORY] },
  session: {
    done: true,
    seen: { sessionPresent: true, published: 3, delivered: 3, expiryS: undefined, wasReset: true },
  },
  queue: { done: true, seen: { published: 1500, delivered: numbers(0, 1499), retainedIsRight: true } },
  fence: { done: true, seen: { topics: 20, before: 20, total: 20, came: true } },
  restart: {
    done: true,
    seen: {
      command: 'restart',
      wentAway: true,
      retained: 'kept',
      sessionPresent: true,
      published: 20,
      delivered: 20,
    },
  },
};
