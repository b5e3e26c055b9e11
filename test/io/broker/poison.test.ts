import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import { failureKind, Outbox } from '../../../src/mqtt/outbox.js';
import { startAedes, type TestAedes } from '../../support/aedes.js';
import { until } from '../../support/until.js';
import { listen } from './listening.js';

/** An aedes that hangs up on publishes below `denied/`, as it does without MQTT 5. */
async function strict(): Promise<TestAedes> {
  const aedes = await startAedes({
    authorizePublish: (_client, { topic }, callback) =>
      callback(topic.startsWith('denied/') ? new Error('denied') : null),
  });
  onTestFinished(aedes.remove);
  return aedes;
}

describe('a broker that hangs up on a publish', () => {
  test('is found out by the third time, and the words say by which topic', async () => {
    const { url } = await strict();
    const tested = listen({ urls: [url] });
    const errors: string[] = [];
    for (let times = 1; times <= 3; times += 1) {
      await tested.untilConnected(times);
      const error = await tested.publish('denied/a', '1');
      errors.push(error === undefined ? 'done' : failureKind(error));
    }
    expect(errors).toEqual(['lost', 'lost', 'poison']);
    expect(tested.of('closed')[2]?.[1]).toBe(
      `${url}: the broker closed the connection, several times right after a publish to denied/a. hint: may this user publish there?`,
    );
    await tested.untilConnected(4);
    expect(await tested.publish('allowed/a', '1')).toBeUndefined();
    expect(tested.of('takeover')).toEqual([]);
  });

  test('gets everything else through the outbox, in order, and only the bad topics are parked', async () => {
    const { url, broker } = await strict();
    const arrived: string[] = [];
    broker.on('publish', ({ topic, payload }) => {
      if (topic === 'allowed/a' && !arrived.includes(payload.toString())) arrived.push(payload.toString());
    });
    const tested = listen({ urls: [url], timings: { firstRetryMs: 10, longestRetryMs: 20 } });
    const outbox = new Outbox();
    const put = (topic: string, id: string): number =>
      outbox.put({ kind: 'event', topic, payload: id, id, at: 0 });
    for (let number = 0; number < 40; number += 1) put('allowed/a', `${number}`);
    put('denied/a', 'bad');
    put('denied/b', 'worse');
    for (let number = 40; number < 80; number += 1) put('allowed/a', `${number}`);

    await tested.until(() => {
      for (let one = tested.broker.isConnected() ? outbox.next(0) : undefined; one !== undefined;) {
        const { sequence } = one;
        tested.broker.publish(one, (error) => {
          if (error === undefined) outbox.acknowledged(sequence);
          else outbox.failed(sequence, failureKind(error));
        });
        one = tested.broker.isConnected() ? outbox.next(0) : undefined;
      }
      return outbox.counts().waiting === 0 && outbox.counts().inFlight === 0;
    });
    expect(arrived).toEqual(Array.from({ length: 80 }, (_, number) => `${number}`));
    expect(outbox.parkedTopics()).toEqual(['denied/a', 'denied/b']);
    expect(tested.of('takeover')).toEqual([]);
  });
});

describe('a broker that hangs up on a subscription', () => {
  async function secretive(): Promise<TestAedes> {
    const aedes = await startAedes({
      authorizeSubscribe: (_client, subscription, callback) =>
        callback(subscription.topic === 'secret' ? new Error('denied') : null, subscription),
    });
    onTestFinished(aedes.remove);
    return aedes;
  }
  const quick = { firstRetryMs: 10, longestRetryMs: 20 };

  test('is left alone with that topic, and gets all others, whatever is published meanwhile', async () => {
    const { url } = await secretive();
    const topics = ['a', 'secret', 'b'];
    const tested = listen({ urls: [url], clean: true, timings: quick }, topics);
    const lost: string[] = [];
    const sent = new Set<number>();
    await tested.until(() => {
      const times = tested.of('connected').length;
      if (tested.broker.isConnected() && !sent.has(times)) {
        sent.add(times);
        void tested.publish('innocent', '1').then((error) => {
          if (error !== undefined) lost.push(failureKind(error));
        });
      }
      return tested.of('subscribed').some(([, , refused]) => refused.includes('secret'));
    });
    await tested.until(() =>
      ['a', 'b'].every((topic) =>
        tested.of('subscribed').some(([, all, no]) => all.includes(topic) && !no.includes(topic)),
      ),
    );
    expect(tested.of('closed').at(-1)?.[1]).toBe(
      `${url}: the broker closed the connection, several times right after a subscription to secret. hint: may this user read there?`,
    );
    expect(new Set(lost)).toEqual(new Set(lost.length > 0 ? ['lost'] : []));
    expect(tested.of('connected').length).toBe(4);
    expect(await tested.publish('innocent', '2')).toBeUndefined();
    expect(tested.of('takeover')).toEqual([]);
  });

  test('is asked again after a while', async () => {
    const { url } = await secretive();
    const tested = listen({ urls: [url], clean: true, timings: { ...quick, avoidMs: 100 } }, ['secret']);
    const refusals = (): number =>
      tested.of('subscribed').filter(([, , refused]) => refused.length > 0).length;
    await tested.until(() => refusals() === 1);
    const before = tested.of('closed').length;
    const over = performance.now() + 150;
    await until(() => performance.now() > over);
    tested.broker.subscribe(['secret']);
    await tested.until(() => tested.of('closed').length > before);
  });
});
