import { describe, expect, test } from 'vitest';
import { growthOf } from '../support/growth.js';
import { Outbox, type EventMessage, type RetainedMessage } from '../../src/mqtt/outbox.js';

const state = (topic: string, payload: string, more: Partial<RetainedMessage> = {}): RetainedMessage => ({
  kind: 'state',
  topic,
  payload,
  ...more,
});
const event = (topic: string, id: string, more: Partial<EventMessage> = {}): EventMessage => ({
  kind: 'event',
  topic,
  payload: id,
  id,
  at: 0,
  ...more,
});

/** Takes everything that may be sent now, as "topic=payload". */
function sendAll(outbox: Outbox, now = 0): { sent: string[]; numbers: number[] } {
  const sent: string[] = [];
  const numbers: number[] = [];
  for (let one = outbox.next(now); one !== undefined; one = outbox.next(now)) {
    sent.push(`${one.topic}=${one.payload}${one.retain ? ' R' : ''}`);
    numbers.push(one.sequence);
  }
  return { sent, numbers };
}

/** Sends and acknowledges until nothing waits. */
function drain(outbox: Outbox, now = 0): string[] {
  const all: string[] = [];
  for (let round = sendAll(outbox, now); round.sent.length > 0; round = sendAll(outbox, now)) {
    all.push(...round.sent);
    for (const number of round.numbers) outbox.acknowledged(number);
  }
  return all;
}

describe('retained values', () => {
  test('leave in the order in which they came', () => {
    const outbox = new Outbox();
    for (const topic of ['a', 'b', 'c']) outbox.put(state(topic, 'ON'));
    expect(sendAll(outbox).sent).toEqual(['a=ON R', 'b=ON R', 'c=ON R']);
  });

  test('a newer value removes the older unsent one and stands at the end', () => {
    const outbox = new Outbox();
    const older = outbox.put(state('a', 'ON'));
    outbox.put(state('b', 'ON'));
    outbox.put(state('a', 'OFF'));
    expect(outbox.isSettledUpTo(older)).toBe(true);
    expect(sendAll(outbox).sent).toEqual(['b=ON R', 'a=OFF R']);
  });

  test('a value equal to the acknowledged one is not sent again, unless forced', () => {
    const outbox = new Outbox();
    outbox.put(state('a', 'ON'));
    drain(outbox);
    const same = outbox.put(state('a', 'ON'));
    expect(outbox.isSettledUpTo(same)).toBe(true);
    expect(drain(outbox)).toEqual([]);
    outbox.put(state('a', 'ON', { force: true }));
    expect(drain(outbox)).toEqual(['a=ON R']);
  });

  test('a change that is taken back before it was sent leaves nothing to send', () => {
    const outbox = new Outbox();
    outbox.put(state('a', 'OFF'));
    drain(outbox);
    outbox.put(state('a', 'ON'));
    outbox.put(state('a', 'OFF'));
    expect(drain(outbox)).toEqual([]);
    expect(outbox.oldestUnsettled()).toBe(4);
  });

  test('a forced value stays forced when an unforced one takes its place', () => {
    const outbox = new Outbox();
    outbox.put(state('a', 'OFF'));
    drain(outbox);
    outbox.put(state('a', 'OFF', { force: true }));
    outbox.put(state('a', 'OFF'));
    expect(drain(outbox)).toEqual(['a=OFF R']);
  });

  test('a newer value waits for the acknowledgement of the older one, others do not', () => {
    const outbox = new Outbox();
    const older = outbox.put(state('a', 'ON'));
    sendAll(outbox);
    outbox.put(state('a', 'OFF'));
    outbox.put(state('b', 'ON'));
    expect(sendAll(outbox).sent).toEqual(['b=ON R']);
    outbox.acknowledged(older);
    expect(sendAll(outbox).sent).toEqual(['a=OFF R']);
  });

  test('a newer value equal to the one in flight is settled by its acknowledgement', () => {
    const outbox = new Outbox();
    const first = outbox.put(state('a', 'ON'));
    sendAll(outbox);
    const second = outbox.put(state('a', 'ON'));
    expect(outbox.isSettledUpTo(second)).toBe(false);
    outbox.acknowledged(first);
    expect(outbox.isSettledUpTo(second)).toBe(true);
    expect(drain(outbox)).toEqual([]);
  });

  test.each(['before', 'after'])(
    'going back to the acknowledged value %s the link was lost is sent: the broker may hold the other one',
    (moment) => {
      const outbox = new Outbox();
      outbox.put(state('a', 'OFF'));
      drain(outbox);
      outbox.put(state('a', 'ON'));
      sendAll(outbox);
      if (moment === 'after') outbox.linkLost();
      outbox.put(state('a', 'OFF'));
      outbox.linkLost();
      expect(drain(outbox)).toEqual(['a=OFF R']);
    },
  );

  test('an empty payload deletes the topic once it is acknowledged', () => {
    const outbox = new Outbox({}, ['old']);
    outbox.put(state('a', 'ON'));
    expect(outbox.retainedTopics()).toEqual(['old', 'a']);
    outbox.put(state('old', ''));
    expect(outbox.retainedTopics()).toEqual(['old', 'a']);
    expect(drain(outbox)).toEqual(['a=ON R', 'old= R']);
    expect(outbox.retainedTopics()).toEqual(['a']);
  });
});

describe('events', () => {
  test('are all sent, in order, also when they are equal', () => {
    const outbox = new Outbox();
    for (const id of ['1', '2', '2']) outbox.put(event('e', id));
    expect(drain(outbox)).toEqual(['e=1', 'e=2', 'e=2']);
  });

  test('fill the outbox at the limit, and it has room again well below', () => {
    const outbox = new Outbox({ events: 10, eventsResume: 8 });
    for (let id = 0; id < 9; id += 1) outbox.put(event('e', `${id}`));
    expect([outbox.isFull(), outbox.hasRoom()]).toEqual([false, false]);
    outbox.put(event('e', '9'));
    expect(outbox.isFull()).toBe(true);
    for (const number of sendAll(outbox).numbers.slice(0, 2)) outbox.acknowledged(number);
    expect([outbox.isFull(), outbox.hasRoom()]).toEqual([false, false]);
    outbox.acknowledged(3);
    expect(outbox.hasRoom()).toBe(true);
  });

  test('states do not count as events', () => {
    const outbox = new Outbox({ events: 1 });
    outbox.put(state('a', 'ON'));
    expect(outbox.isFull()).toBe(false);
  });

  test.each([
    ['exactly at the limit', 100, ['e=1', 'e=2'], 0],
    ['one beyond it', 101, ['e=2'], 1],
  ])('older than the limit are dropped and counted: %s', (_, now, sent, expired) => {
    const outbox = new Outbox({ maxAgeMs: 100 });
    const first = outbox.put(event('e', '1', { at: 0 }));
    outbox.put(event('e', '2', { at: 1 }));
    expect(sendAll(outbox, now).sent).toEqual(sent);
    expect(outbox.counts().expired).toBe(expired);
    expect(outbox.isSettledUpTo(first)).toBe(expired === 1);
  });

  test('expire without a link too, and make room', () => {
    const outbox = new Outbox({ maxAgeMs: 100, events: 2, eventsResume: 2 });
    outbox.put(event('e', '1', { at: 0 }));
    outbox.put(event('e', '2', { at: 0, afterSave: 1 }));
    outbox.put(event('e', '3', { at: 50 }));
    outbox.put(state('a', 'ON'));
    outbox.expire(101);
    expect(outbox.hasRoom()).toBe(true);
    outbox.saved(1);
    expect(drain(outbox, 101)).toEqual(['e=3', 'a=ON R']);
  });

  test.each([
    ['in time', 100, 'e=live'],
    ['too late', 101, 'e=missed'],
  ])('sent %s say so', (_, now, sent) => {
    const outbox = new Outbox();
    outbox.put(event('e', 'live', { lateAfter: 100, latePayload: 'missed' }));
    expect(sendAll(outbox, now).sent).toEqual([sent]);
  });

  test('are dropped and settled when they are worth nothing late', () => {
    const outbox = new Outbox();
    const clear = outbox.put(event('e', 'clear', { lateAfter: 100, latePayload: null }));
    expect(sendAll(outbox, 101).sent).toEqual([]);
    expect(outbox.isSettledUpTo(clear)).toBe(true);
    expect(outbox.counts().expired).toBe(0);
  });

  test('keep the payload of their first sending when they are repeated later', () => {
    const outbox = new Outbox();
    outbox.put(event('e', 'live', { lateAfter: 100, latePayload: 'missed' }));
    sendAll(outbox, 100);
    outbox.linkLost();
    expect(sendAll(outbox, 1_000).sent).toEqual(['e=live']);
  });
});

describe('in flight', () => {
  test('is never more than the window', () => {
    const outbox = new Outbox({ inFlight: 2 });
    for (const id of ['1', '2', '3']) outbox.put(event('e', id));
    expect(sendAll(outbox).sent).toEqual(['e=1', 'e=2']);
    outbox.acknowledged(1);
    outbox.acknowledged(1);
    outbox.acknowledged(77);
    expect(sendAll(outbox).sent).toEqual(['e=3']);
  });

  test('stands in front again in its order after the link was lost', () => {
    const outbox = new Outbox({ inFlight: 3 });
    for (const id of ['1', '2', '3', '4']) outbox.put(event('e', id));
    sendAll(outbox);
    outbox.acknowledged(2);
    outbox.failed(3, 'lost');
    outbox.linkLost();
    expect(outbox.counts()).toMatchObject({ inFlight: 0, waiting: 3 });
    expect(drain(outbox)).toEqual(['e=1', 'e=3', 'e=4']);
  });

  test('an acknowledgement that comes after the link was lost does not count', () => {
    const outbox = new Outbox();
    const number = outbox.put(event('e', '1'));
    sendAll(outbox);
    outbox.linkLost();
    outbox.acknowledged(number);
    expect(outbox.isSettledUpTo(number)).toBe(false);
    expect(drain(outbox)).toEqual(['e=1']);
  });
});

describe('what waits for the disk', () => {
  test('is not sent before it is saved, and does not hold up others', () => {
    const outbox = new Outbox();
    outbox.put(state('zone', 'armed', { afterSave: 2 }));
    outbox.put(event('e', '1', { afterSave: 1 }));
    outbox.put(state('motion', 'ON'));
    expect(sendAll(outbox).sent).toEqual(['motion=ON R']);
    outbox.saved(1);
    expect(sendAll(outbox).sent).toEqual(['e=1']);
    outbox.saved(2);
    expect(sendAll(outbox).sent).toEqual(['zone=armed R']);
  });

  test('later events of the same topic do not overtake it', () => {
    const outbox = new Outbox();
    outbox.put(event('e', '1', { afterSave: 5 }));
    outbox.put(event('e', '2'));
    outbox.put(event('f', '3'));
    expect(sendAll(outbox).sent).toEqual(['f=3']);
    outbox.saved(5);
    expect(sendAll(outbox).sent).toEqual(['e=1', 'e=2']);
    outbox.put(event('e', '4'));
    expect(sendAll(outbox).sent).toEqual(['e=4']);
  });

  test('a save of the past needs no waiting', () => {
    const outbox = new Outbox();
    outbox.saved(5);
    outbox.put(state('zone', 'armed', { afterSave: 5 }));
    expect(sendAll(outbox).sent).toEqual(['zone=armed R']);
  });

  test('a saved value still waits for the older one in flight', () => {
    const outbox = new Outbox();
    outbox.put(state('zone', 'armed'));
    sendAll(outbox);
    outbox.put(state('zone', 'disarmed', { afterSave: 1 }));
    outbox.saved(1);
    expect(sendAll(outbox).sent).toEqual([]);
    outbox.acknowledged(1);
    expect(sendAll(outbox).sent).toEqual(['zone=disarmed R']);
  });

  test('an unsaved value is not sent when the older one comes through', () => {
    const outbox = new Outbox();
    outbox.put(state('zone', 'armed'));
    sendAll(outbox);
    outbox.put(state('zone', 'disarmed', { afterSave: 1 }));
    outbox.acknowledged(1);
    expect(sendAll(outbox).sent).toEqual([]);
    outbox.saved(1);
    expect(sendAll(outbox).sent).toEqual(['zone=disarmed R']);
  });
});

describe('publishing all again', () => {
  test('goes kind by kind, after what waits, each topic once', () => {
    const outbox = new Outbox({}, ['of an earlier run']);
    outbox.put(state('s', 'ON'));
    outbox.put({ kind: 'discovery', topic: 'd', payload: '{}' });
    outbox.put({ kind: 'availability', topic: 'v', payload: 'online' });
    outbox.put(state('t', 'ON'));
    drain(outbox);
    outbox.put(state('t', 'OFF'));
    outbox.put(event('e', '1'));
    outbox.republishAll();
    expect(drain(outbox)).toEqual(['t=OFF R', 'e=1', 'v=online R', 'd={} R', 's=ON R']);
    expect(drain(outbox)).toEqual([]);
    outbox.republishAll(['discovery']);
    expect(drain(outbox)).toEqual(['d={} R']);
  });

  test('sends the value that is the latest by then, and leaves the live one first', () => {
    const outbox = new Outbox({ inFlight: 1 });
    for (const topic of ['a', 'b', 'c']) outbox.put(state(topic, 'OFF'));
    drain(outbox);
    outbox.republishAll();
    expect(sendAll(outbox).sent).toEqual(['a=OFF R']);
    outbox.put(state('c', 'ON'));
    outbox.acknowledged(4);
    expect(drain(outbox)).toEqual(['c=ON R', 'b=OFF R']);
  });

  test('a link lost in the middle loses none of it', () => {
    const outbox = new Outbox({ inFlight: 2 });
    for (const topic of ['a', 'b', 'c']) outbox.put(state(topic, 'OFF'));
    drain(outbox);
    outbox.republishAll();
    sendAll(outbox);
    outbox.linkLost();
    expect(drain(outbox)).toEqual(['a=OFF R', 'b=OFF R', 'c=OFF R']);
  });
});

describe('refused topics', () => {
  test.each(['refused', 'poison'] as const)('a %s message does not block the others', (why) => {
    const outbox = new Outbox({ inFlight: 1 });
    outbox.put(event('bad', '1'));
    outbox.put(event('bad', '2'));
    outbox.put(event('good', '3'));
    outbox.failed(sendAll(outbox).numbers[0] ?? 0, why);
    outbox.put(event('bad', '4'));
    expect(drain(outbox)).toEqual(['good=3']);
    expect(outbox.parkedTopics()).toEqual(['bad']);
    expect(outbox.counts()).toMatchObject({ parked: 3, parkedTopics: 1, events: 0, waiting: 0 });
    expect(outbox.isSettledUpTo(4)).toBe(true);
  });

  test('get their events and their latest value when they are given another chance', () => {
    const outbox = new Outbox({ parkedEvents: 2 });
    outbox.put(state('a', 'ON'));
    outbox.put(event('e', '1'));
    for (const number of sendAll(outbox).numbers) outbox.failed(number, 'refused');
    outbox.put(state('a', 'OFF'));
    for (const id of ['2', '3', '4', '5', '6']) outbox.put(event('e', id));
    outbox.republishAll();
    expect(drain(outbox)).toEqual([]);
    outbox.unpark();
    expect(drain(outbox)).toEqual(['e=5', 'e=6', 'a=OFF R']);
  });

  test.each([
    // the link goes before the second is sent, so that it was never refused itself
    ['is still in the line', { inFlight: 1 }, 'linkLost'],
    // or before the second is answered
    ['was in flight', { inFlight: 2 }, 'linkLost'],
    ['has come since', { inFlight: 1 }, 'sendAll'],
  ] as const)('an event that %s does not overtake an earlier one that was set aside', (_, limits, then) => {
    const outbox = new Outbox(limits);
    for (const id of ['motion', 'clear']) outbox.put(event('e', id));
    const [first = 0] = sendAll(outbox).numbers;
    outbox.failed(first, 'refused');
    if (then === 'linkLost') outbox.linkLost();
    else expect(sendAll(outbox).sent).toEqual([]);
    outbox.put(event('e', 'motion again'));
    outbox.unpark();
    expect(drain(outbox)).toEqual(['e=motion', 'e=clear', 'e=motion again']);
    expect(outbox.counts()).toMatchObject({ events: 0, waiting: 0, inFlight: 0 });
  });

  test('the last events are kept, not those that were set aside last', () => {
    const outbox = new Outbox({ inFlight: 1, parkedEvents: 2 });
    for (const id of ['1', '2', '3', '4']) outbox.put(event('e', id));
    outbox.failed(sendAll(outbox).numbers[0] ?? 0, 'refused');
    // it is set aside at once, and those of before when their turn comes
    outbox.put(event('e', '5'));
    expect(sendAll(outbox).sent).toEqual([]);
    outbox.unpark();
    expect(drain(outbox)).toEqual(['e=4', 'e=5']);
  });

  test('a newer value that waits for a refused one goes with it', () => {
    const outbox = new Outbox();
    outbox.put(state('a', 'ON'));
    sendAll(outbox);
    outbox.put(state('a', 'OFF'));
    outbox.failed(1, 'refused');
    expect(drain(outbox)).toEqual([]);
    expect(outbox.oldestUnsettled()).toBe(3);
  });
});

test('a hundred thousand changes of state without a link cost no memory, and each as little as the first', async () => {
  const outbox = new Outbox();
  outbox.put(event('e', '1'));
  const change = (times: number): void => {
    for (let turn = 0; turn < times; turn += 1) outbox.put(state(`s${turn % 50}`, `${turn}`));
  };
  expect(await growthOf([10_000, 100_000], change)).toBeLessThan(30);
  expect(outbox.counts().waiting).toBe(51);
  expect(outbox.oldestUnsettled()).toBe(1);
});
