import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import { DEFAULT_TIMINGS } from '../../../src/io/broker/options.js';
import { collect, type Collector } from '../../support/collect.js';
import { freePort } from '../../support/free-port.js';
import { startLink, type TestLink } from '../../support/link.js';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../../support/mosquitto.js';
import { until } from '../../support/until.js';
import { listen } from './listening.js';

async function mosquitto(options?: MosquittoOptions): Promise<Mosquitto> {
  const broker = await startMosquitto(options);
  onTestFinished(broker.remove);
  return broker;
}

async function collector(...args: Parameters<typeof collect>): Promise<Collector> {
  const reader = await collect(...args);
  onTestFinished(reader.stop);
  return reader;
}

async function linkTo(port: number): Promise<TestLink> {
  const link = await startLink(port);
  onTestFinished(link.remove);
  return link;
}

describe.each(['3.1.1', '5'] as const)('MQTT %s', (protocol) => {
  test('connects, publishes with the retain flag and is acknowledged', async () => {
    const { port, url } = await mosquitto();
    const reader = await collector(port, ['a/#']);
    const { untilConnected, publish, told } = listen({ urls: [url], protocol });
    await untilConnected();
    expect(await publish('a/state', 'ON', true)).toBeUndefined();
    expect(await publish('a/event', '{}')).toBeUndefined();
    await reader.untilLast('a/event', '{}');
    const late = await collector(port, ['a/#']);
    await late.untilLast('a/state', 'ON');
    expect(late.messages.map(({ topic, retain, qos }) => [topic, retain, qos])).toEqual([
      ['a/state', true, 1],
    ]);
    expect(told).toEqual([['connected', false]]);
  });

  test('a SUBSCRIBE goes out each time: the retained copy comes again, after what was said about the topics', async () => {
    const { port, url } = await mosquitto();
    const other = await collector(port, []);
    await other.publish('zone/state', 'armed', { retain: true });
    const { broker, until: wait, told } = listen({ urls: [url], protocol }, ['zone/state']);
    await wait(() => told.length === 3);
    broker.subscribe(['zone/state']);
    await wait(() => told.length === 5);
    const copy = ['received', 'zone/state', 'armed', true];
    const answer = ['subscribed', ['zone/state'], []];
    expect(told).toEqual([['connected', false], answer, copy, answer, copy]);
  });

  test('messages queued while it was away come after connected and before its new subscription', async () => {
    const { port, url } = await mosquitto({ persistence: true });
    const other = await collector(port, []);
    const id = { urls: [url], protocol, clientId: 'away' };
    const first = listen(id, ['zone/state']);
    await first.until(() => first.of('subscribed').length === 1);
    await first.broker.stop([], 1_000);
    for (const payload of ['armed', 'disarmed']) await other.publish('zone/state', payload, { retain: true });
    const second = listen(id, ['zone/state']);
    await second.until(() => second.told.length === 5);
    expect(second.told).toEqual([
      ['connected', true],
      ['received', 'zone/state', 'armed', false],
      ['received', 'zone/state', 'disarmed', false],
      ['subscribed', ['zone/state'], []],
      ['received', 'zone/state', 'disarmed', true],
    ]);
  });

  test('a clean session keeps nothing', async () => {
    const { port, url } = await mosquitto();
    const other = await collector(port, []);
    const id = { urls: [url], protocol, clientId: 'clean', clean: true };
    const first = listen(id, ['a']);
    await first.until(() => first.of('subscribed').length === 1);
    await first.broker.stop([], 1_000);
    await other.publish('a', 'missed');
    const second = listen(id, ['a']);
    await second.until(() => second.of('subscribed').length === 1);
    await other.publish('a', 'seen');
    await second.until(() => second.of('received').length > 0);
    expect(second.told[0]).toEqual(['connected', false]);
    expect(second.of('received')).toEqual([['received', 'a', 'seen', false]]);
  });

  test('the will is published when it dies, and not when it stops', async () => {
    const { port, url } = await mosquitto();
    const reader = await collector(port, ['x10/#']);
    const link = await linkTo(port);
    const dying = listen({
      urls: [`mqtt://127.0.0.1:${link.port}`],
      protocol,
      timings: { firstRetryMs: 5_000 },
    });
    await dying.untilConnected();
    link.cut();
    await reader.untilLast('x10/bridge/status', 'offline');
    await dying.broker.stop([], 100);
    reader.clear();
    const stopping = listen({ urls: [url], protocol });
    await stopping.untilConnected();
    await stopping.broker.stop([{ topic: 'x10/last', payload: 'bye', retain: false }], 1_000);
    await reader.untilLast('x10/last', 'bye');
    const seen = await collector(port, ['x10/#']);
    await seen.publish('x10/fence', '1');
    await seen.untilLast('x10/fence', '1');
    expect(reader.payloads('x10/bridge/status')).toEqual([]);
  });

  test('a lost link fails each publish in flight once, and it connects again', async () => {
    const { port } = await mosquitto();
    const link = await linkTo(port);
    const tested = listen({ urls: [`mqtt://127.0.0.1:${link.port}`], protocol });
    await tested.untilConnected();
    link.freeze();
    const calls: string[] = [];
    for (let number = 0; number < 30; number += 1) {
      tested.broker.publish({ topic: 'a', payload: `${number}`, retain: false }, (error) =>
        calls.push(`${number} ${error?.message ?? 'done'}`),
      );
    }
    link.thaw();
    link.cut();
    await tested.untilConnected(2);
    expect(calls).toHaveLength(30);
    expect(new Set(calls.map((call) => call.split(' ')[0])).size).toBe(30);
    expect(tested.of('closed')).toHaveLength(1);
    expect(await tested.publish('a', 'again')).toBeUndefined();
    expect(calls).toHaveLength(30);
  });
});

test('more messages than the broker takes at once wait for their turn (MQTT 5, Receive Maximum)', async () => {
  const { port, url, log } = await mosquitto({ config: ['max_inflight_messages 3'] });
  const reader = await collector(port, ['a']);
  const { untilConnected, publish } = listen({ urls: [url], protocol: '5' });
  await untilConnected();
  const numbers = Array.from({ length: 200 }, (_, number) => `${number}`);
  const errors = await Promise.all(numbers.map((number) => publish('a', number)));
  expect(errors.filter((error) => error !== undefined)).toEqual([]);
  await reader.until(() => reader.messages.length === 200);
  expect(reader.payloads('a')).toEqual(numbers);
  expect(log()).not.toMatch(/receive maximum|protocol error/i);
});

test('many topics are subscribed in several packets, each answered', async () => {
  const { port, url } = await mosquitto();
  const topics = Array.from({ length: 120 }, (_, number) => `zone/${number}/state`);
  const other = await collector(port, []);
  const { until: wait, of } = listen({ urls: [url] }, topics);
  await wait(() => of('subscribed').length === 3);
  expect(of('subscribed').flatMap(([, asked]) => asked)).toEqual(topics);
  await other.publish('zone/119/state', 'armed');
  await wait(() => of('received').length === 1);
});

test('topics that are no longer wanted are unsubscribed', async () => {
  const { port, url } = await mosquitto();
  const other = await collector(port, []);
  const { broker, until: wait, of } = listen({ urls: [url] }, ['a', 'b']);
  await wait(() => of('subscribed').length === 1);
  broker.unsubscribe(['a']);
  broker.subscribe(['c']);
  await wait(() => of('subscribed').length === 2);
  for (const topic of ['a', 'b']) await other.publish(topic, '1');
  await wait(() => of('received').length > 0);
  expect(of('received').map(([, topic]) => topic)).toEqual(['b']);
});

describe('a subscription that is not answered or not possible', () => {
  test('counts as not answered after the timeout, once', async () => {
    const { port } = await mosquitto();
    const link = await linkTo(port);
    const url = `mqtt://127.0.0.1:${link.port}`;
    const tested = listen({ urls: [url], connectTimeoutMs: 300, keepaliveS: 60 });
    await tested.untilConnected();
    link.freeze();
    tested.broker.subscribe(['a', 'b']);
    await tested.until(() => tested.of('unanswered').length === 1);
    link.thaw();
    tested.broker.subscribe(['c']);
    await tested.until(() => tested.of('subscribed').length === 1);
    expect(tested.of('unanswered')).toEqual([['unanswered', ['a', 'b']]]);
    expect(tested.of('subscribed')).toEqual([['subscribed', ['c'], []]]);
  });

  test('is not sent later when there was no connection', async () => {
    const port = await freePort();
    const tested = listen({ urls: [`mqtt://127.0.0.1:${port}`] });
    tested.broker.subscribe(['a']);
    tested.broker.unsubscribe(['b']);
    await tested.until(() => tested.of('refused').length > 0);
    expect(tested.of('subscribed')).toEqual([]);
  });
});

describe('publishing', () => {
  test('without a connection fails at once', async () => {
    const tested = listen({ urls: [`mqtt://127.0.0.1:${await freePort()}`] });
    expect(await tested.publish('a', '1')).toMatchObject({ kind: 'lost', message: 'there is no connection' });
  });

  test.each(['', 'a/+', 'a/#', 'a\0b', 'x'.repeat(70_000)])(
    'to no topic fails and leaves the link alone',
    async (topic) => {
      const { url } = await mosquitto();
      const tested = listen({ urls: [url] });
      await tested.untilConnected();
      expect(await tested.publish(topic, '1')).toMatchObject({ kind: 'refused' });
      expect(await tested.publish('a', '1')).toBeUndefined();
      expect(tested.told).toEqual([['connected', false]]);
    },
  );

  test('a refusal in words (MQTT 5, access list)', async () => {
    const { url } = await mosquitto({ acl: 'topic readwrite allowed/#' });
    const tested = listen({
      urls: [url],
      protocol: '5',
      will: { topic: 'allowed/w', payload: '', retain: false },
    });
    await tested.untilConnected();
    const error = await tested.publish('denied/a', '1');
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error?.message).toBe(
      `${url}: a publish to denied/a was refused: not authorised. hint: allow it in the broker's access control list`,
    );
    expect(await tested.publish('allowed/a', '1')).toBeUndefined();
  });

  test('writes at once, before anything else of the same tick', async () => {
    const { url } = await mosquitto();
    const tested = listen({ urls: [url] });
    await tested.untilConnected();
    const acknowledged = tested.publish('a', 'written', true);
    // nothing of our own event loop runs until this program has ended
    const read = execFileSync('mosquitto_sub', ['-L', `${url}/a`, '-C', '1', '-W', '5']);
    expect(read.toString()).toBe('written\n');
    expect(await acknowledged).toBeUndefined();
  });
});

describe('a broker that goes away', () => {
  test('and comes back is found again, with its session', async () => {
    const { url, stop, start } = await mosquitto({ persistence: { autosaveS: 1 } });
    const tested = listen({ urls: [url] }, ['a']);
    await tested.until(() => tested.of('subscribed').length === 1);
    await stop();
    await tested.until(() => tested.of('refused').length >= 2);
    expect(tested.of('closed')).toEqual([['closed', `${url}: the broker closed the connection`]]);
    expect(tested.of('refused')[0]?.[1]).toBe(
      `${url}: connection refused. hint: is the broker running there, and is the port right?`,
    );
    await start();
    await tested.untilConnected(2);
    expect(tested.of('connected')).toEqual([
      ['connected', false],
      ['connected', true],
    ]);
  });

  test('by SIGKILL fails what is in flight and loses no call', async () => {
    const broker = await mosquitto();
    const tested = listen({ urls: [broker.url] });
    await tested.untilConnected();
    let calls = 0;
    let published = 0;
    const flood = setInterval(() => {
      published += 1;
      tested.broker.publish({ topic: 'a', payload: 'x', retain: false }, () => (calls += 1));
    }, 1);
    await until(() => calls > 20);
    await broker.restart('SIGKILL');
    await tested.untilConnected(2);
    clearInterval(flood);
    await until(() => calls === published);
    expect(await tested.publish('a', 'y')).toBeUndefined();
    expect(calls).toBe(published);
  });

  test('by standing still is noticed by the keep-alive', async () => {
    const broker = await mosquitto();
    const tested = listen({ urls: [broker.url], keepaliveS: 1, connectTimeoutMs: 300 });
    await tested.untilConnected();
    broker.freeze();
    const lost = tested.publish('a', '1');
    await tested.until(() => tested.of('refused').length > 0);
    expect(tested.of('closed')).toEqual([['closed', `${broker.url}: the broker has been silent for 1.5 s`]]);
    expect(tested.of('refused')[0]?.[1]).toBe(
      `${broker.url}: no answer within 0.3 s. hint: does a firewall block the port?`,
    );
    expect(await lost).toMatchObject({ kind: 'lost' });
    broker.thaw();
    await tested.untilConnected(2);
  });

  test('lets the next url of the list have its turn, and the first again after a connection that lasted', async () => {
    const first = await mosquitto();
    const second = await mosquitto();
    const link = await linkTo(second.port);
    await first.stop();
    const urls = [first.url, `mqtt://127.0.0.1:${link.port}`];
    const tested = listen({ urls, timings: { stoodMs: 100 } });
    await tested.untilConnected();
    expect(tested.of('refused').map(([, reason]) => reason.includes(first.url))).toEqual([true]);
    await first.start();
    const standing = performance.now() + 150;
    await until(() => performance.now() > standing);
    link.cut();
    await tested.untilConnected(2);
    expect(link.connections()).toBe(0);
  });
});

describe('the same client id used by another program', () => {
  const quick = { firstRetryMs: 30, longestRetryMs: 60, longestRetryInTakeoverMs: 60 };

  test.each(['3.1.1', '5'] as const)(
    'is recognised, slowed down and seen to be over (MQTT %s)',
    async (protocol) => {
      const { port, url } = await mosquitto();
      const timings = { ...quick, shortMs: 2_000, takeoverOverMs: 600 };
      const tested = listen({ urls: [url], protocol, clientId: 'twin', timings });
      await tested.untilConnected();
      expect(tested.of('takeover')).toEqual([]);
      const rival = await collector(port, [], { clientId: 'twin', reconnectPeriod: 40 });
      await tested.until(() => tested.of('takeover').length === 1);
      expect(tested.of('takeover')).toEqual([['takeover', true]]);
      expect(tested.of('closed').length).toBeLessThanOrEqual(4);
      await rival.stop();
      await tested.until(() => tested.of('takeover').length === 2);
      expect(tested.of('takeover')[1]).toEqual(['takeover', false]);
      expect(tested.broker.isConnected()).toBe(true);
    },
  );

  test.each(['3.1.1', '5'] as const)(
    'is recognised by both of two bridges like this one, before they wait for long (MQTT %s)',
    async (protocol) => {
      const { url } = await mosquitto();
      // the usual times, twenty times as fast
      const timings = {
        firstRetryMs: 50,
        longestRetryMs: 1_500,
        longestRetryInTakeoverMs: 3_000,
        shortMs: DEFAULT_TIMINGS.shortMs / 20,
        stoodMs: 1_500,
        takeoverOverMs: 6_000,
      };
      const options = { urls: [url], protocol, clientId: 'twins', timings };
      const first = listen({ ...options, random: () => 1 });
      await first.untilConnected();
      const second = listen({ ...options, random: () => 1 });
      const connects = (): number => first.of('connected').length + second.of('connected').length;
      await first.until(() => first.of('takeover').length + second.of('takeover').length === 2);
      expect(connects()).toBeLessThanOrEqual(12);
      expect([...first.of('takeover'), ...second.of('takeover')]).toEqual([
        ['takeover', true],
        ['takeover', true],
      ]);
      // from now on they are patient with each other
      const before = connects();
      const later = performance.now() + 1_000;
      await until(() => performance.now() > later);
      expect(connects() - before).toBeLessThanOrEqual(10);
      expect(first.of('takeover').length + second.of('takeover').length).toBe(2);
    },
  );

  test('a broker that is restarted again and again is none', async () => {
    const broker = await mosquitto();
    const tested = listen({ urls: [broker.url] });
    for (let times = 1; times <= 4; times += 1) {
      await tested.untilConnected(times);
      await broker.stop();
      const before = tested.of('refused').length;
      await tested.until(() => tested.of('refused').length > before);
      await broker.start();
    }
    await tested.untilConnected(5);
    expect(tested.of('takeover')).toEqual([]);
  });
});

describe('stopping', () => {
  test('publishes the last messages, waits for what is in flight and is told nothing more', async () => {
    const { port, url } = await mosquitto();
    const reader = await collector(port, ['a', 'x10/bridge/status']);
    const tested = listen({ urls: [url] });
    await tested.untilConnected();
    const earlier = Array.from({ length: 100 }, (_, number) => tested.publish('a', `${number}`));
    await tested.broker.stop([{ topic: 'x10/bridge/status', payload: 'offline', retain: true }], 2_000);
    expect((await Promise.all(earlier)).filter((error) => error !== undefined)).toEqual([]);
    await reader.untilLast('x10/bridge/status', 'offline');
    expect(reader.payloads('a')).toHaveLength(100);
    expect(tested.told).toEqual([['connected', false]]);
    expect(tested.broker.isConnected()).toBe(false);
    expect(await tested.publish('a', 'later')).toMatchObject({ kind: 'lost' });
  });

  test.each([
    ['while no broker is there', async () => `mqtt://127.0.0.1:${await freePort()}`],
    ['while the broker does not answer', async () => frozen()],
    ['while there is nothing to connect to', () => Promise.resolve('nonsense')],
  ])('%s takes no time', async (_, place) => {
    const tested = listen({ urls: [await place()] });
    const other = listen({ urls: [`mqtt://127.0.0.1:${await freePort()}`] });
    // to wait for this limit would be to wait forever
    await tested.broker.stop([{ topic: 'a', payload: 'offline', retain: true }], 3_600_000);
    const told = tested.told.length;
    // time enough for two more attempts, if there were any
    const before = other.told.length;
    await other.until(() => other.told.length >= before + 2);
    expect(tested.told.length).toBe(told);
  });

  async function frozen(): Promise<string> {
    const broker = await mosquitto();
    broker.freeze();
    return broker.url;
  }

  test('while the broker has stopped answering ends in time, cuts the line and calls back', async () => {
    const broker = await mosquitto();
    const link = await linkTo(broker.port);
    const tested = listen({ urls: [`mqtt://127.0.0.1:${link.port}`] });
    await tested.untilConnected();
    link.freeze();
    let calls = 0;
    tested.broker.publish({ topic: 'a', payload: '1', retain: false }, () => (calls += 1));
    const last = { topic: 'x10/bridge/status', payload: 'offline', retain: true };
    await Promise.all([tested.broker.stop([last], 300), tested.broker.stop([last], 300)]);
    expect(calls).toBe(1);
    link.thaw();
    // without a DISCONNECT the broker publishes the will
    const reader = await collector(broker.port, [last.topic]);
    await reader.untilLast(last.topic, 'offline');
  });

  test('is no connection any more: who publishes for as long as there is one comes to an end', async () => {
    const { url } = await mosquitto();
    const { broker, untilConnected } = listen({ urls: [url] });
    await untilConnected();
    let published = 0;
    const publishOn = (): void => {
      while (published < 1_000 && broker.isConnected()) {
        published += 1;
        broker.publish({ topic: 'a', payload: '1', retain: false }, publishOn);
        if (published % 20 === 0) return;
      }
    };
    publishOn();
    const stopped = broker.stop([], 1_000);
    expect(broker.isConnected()).toBe(false);
    await stopped;
    expect(published).toBe(20);
  });

  test('before the start is possible', async () => {
    const { broker } = listen({ urls: ['mqtt://127.0.0.1:1'] });
    await broker.stop([], 100);
    await broker.stop([], 100);
  });
});

test('web sockets work as well', async () => {
  const { url } = await mosquitto({ websockets: true });
  const tested = listen({ urls: [url] }, ['a']);
  await tested.until(() => tested.of('subscribed').length === 1);
  expect(await tested.publish('a', '1')).toBeUndefined();
  await tested.until(() => tested.of('received').length === 1);
  await tested.broker.stop([], 1_000);
});

test('a connection does not make mqtt.js remember a buffer for every number there is', async () => {
  const { port, url } = await mosquitto();
  const reader = await collector(port, ['a/#']);
  const { untilConnected, publish } = listen({ urls: [url] });
  await untilConnected();
  await publish('a/state', 'ON');
  await reader.untilLast('a/state', 'ON');
  const ofMqtt = createRequire(createRequire(import.meta.url).resolve('mqtt'));
  const numbers = ofMqtt('mqtt-packet/numbers') as { readonly cache: object };
  expect(Object.keys(numbers.cache)).toEqual([]);
});
