import { describe, expect, test } from 'vitest';
import type { Condition } from '../../src/service/condition.js';
import { Refusals } from '../../src/service/sending.js';
import { Outbox } from '../../src/mqtt/outbox.js';

const TOPIC = 'x10/hall/motion';

type Scene = {
  readonly outbox: Outbox;
  readonly condition: Condition;
  readonly said: string[];
  /** The topics that were asked for again. */
  readonly asked: string[][];
  readonly refused: Refusals;
  /** What is sent now; refused ones are refused again in this way. */
  readonly send: (taken: boolean, why?: 'refused' | 'poison') => string[];
  readonly at: (mono: number) => void;
};

function scene(): Scene {
  const outbox = new Outbox();
  const condition: Condition = new Map();
  const said: string[] = [];
  const asked: string[][] = [];
  let mono = 0;
  const note = (_: object, message: string): void => void said.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const now = (): { at: number; mono: number } => ({ at: 0, mono });
  const refused = new Refusals(outbox, condition, log, now, (topics) => void asked.push([...topics]));
  return {
    outbox,
    condition,
    said,
    asked,
    refused,
    send: (taken, why = 'refused') => {
      const sent: string[] = [];
      for (let one = outbox.next(0); one !== undefined; one = outbox.next(0)) {
        sent.push(one.topic);
        if (taken) outbox.acknowledged(one.sequence);
        else {
          outbox.failed(one.sequence, why);
          refused.refused(one.topic, 'not authorised', why);
        }
      }
      return sent;
    },
    at: (next) => {
      mono = next;
      if (mono >= refused.due()) refused.tick(now());
    },
  };
}

describe('a topic that the broker answers with a refusal', () => {
  test('is said once, tried again every half a minute, and forgotten when it is taken', () => {
    const { outbox, condition, said, refused, send, at } = scene();
    expect(refused.due()).toBe(Infinity);
    outbox.put({ kind: 'state', topic: TOPIC, payload: 'ON' });
    send(false);
    expect([...condition]).toEqual([['refused_topics', TOPIC]]);
    at(29_999);
    expect(send(false)).toEqual([]);
    at(30_000);
    expect(send(false)).toEqual([TOPIC]);
    at(35_000);
    expect(condition.size).toBe(1);
    at(60_000);
    expect(send(true)).toEqual([TOPIC]);
    expect(condition.size).toBe(1);
    at(65_000);
    expect(condition.size).toBe(0);
    expect(said).toEqual(['the broker refuses a topic', 'the broker accepts all topics of the bridge again']);
    expect(refused.due()).toBe(Infinity);
  });

  test('is tried at a new connection as well', () => {
    const { outbox, refused, send } = scene();
    outbox.put({ kind: 'event', topic: TOPIC, payload: '{}', id: '1', at: 0 });
    send(false);
    refused.connected({ at: 0, mono: 1_000 });
    expect(send(true)).toEqual([TOPIC]);
    refused.tick({ at: 0, mono: 6_000 });
    expect(outbox.parkedTopics()).toEqual([]);
  });

  test('is not called taken before the broker has answered', () => {
    const { outbox, condition, refused, send, at } = scene();
    outbox.put({ kind: 'event', topic: TOPIC, payload: '{}', id: '1', at: 0 });
    send(false);
    refused.connected({ at: 0, mono: 1_000 });
    at(6_000);
    expect(condition.size).toBe(1);
    expect(refused.due()).toBeGreaterThan(6_000);
    send(true);
    at(refused.due());
    expect(condition.size).toBe(0);
  });
});

describe('a topic that the broker does not let the bridge read', () => {
  test('is asked for again until it is granted', () => {
    const { condition, said, asked, refused, at } = scene();
    refused.answered(['ha/status', TOPIC], [TOPIC]);
    expect(said).toEqual(['the broker does not let the bridge read a topic']);
    at(30_000);
    expect(asked).toEqual([[TOPIC]]);
    refused.answered([TOPIC], [TOPIC]);
    at(35_000);
    expect([...condition]).toEqual([['refused_topics', TOPIC]]);
    at(60_000);
    refused.answered([TOPIC], []);
    at(65_000);
    expect(asked).toHaveLength(2);
    expect(condition.size).toBe(0);
    expect(said.at(-1)).toBe('the broker accepts all topics of the bridge again');
  });

  test('is asked for at each connect anyway', () => {
    const { condition, asked, refused, at } = scene();
    refused.answered([TOPIC], [TOPIC]);
    refused.connected({ at: 0, mono: 1_000 });
    at(6_000);
    expect(asked).toEqual([]);
    expect(condition.size).toBe(0);
  });

  test('is not called readable when the connection is gone before the answer', () => {
    const { condition, refused, at } = scene();
    refused.answered([TOPIC], [TOPIC]);
    refused.connected({ at: 0, mono: 1_000 });
    refused.closed();
    at(6_000);
    expect(condition.size).toBe(1);
    refused.connected({ at: 0, mono: 7_000 });
    at(12_000);
    expect(condition.size).toBe(0);
  });
});

test('a topic that the broker hangs up on is left alone at a new connection, and tried again after an hour', () => {
  const { outbox, condition, refused, send, at } = scene();
  outbox.put({ kind: 'state', topic: TOPIC, payload: 'ON' });
  send(false, 'poison');
  refused.connected({ at: 0, mono: 1_000 });
  at(6_000);
  at(3_599_999);
  expect(send(true)).toEqual([]);
  expect(condition.size).toBe(1);
  at(3_600_000);
  expect(send(true)).toEqual([TOPIC]);
  at(3_605_000);
  expect(condition.size).toBe(0);
});
