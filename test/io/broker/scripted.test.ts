/** What real brokers do rarely or only under load, played by a script: bytes as of MQTT 3.1.1 and 5. */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import { startAedes } from '../../support/aedes.js';
import { listen } from './listening.js';

type Answer = (id: readonly [number, number], socket: Socket) => readonly number[];
type Script = {
  readonly connect: Answer;
  readonly subscribe?: Answer;
  readonly publish?: Answer;
};

const nothing: Answer = () => [];
const accepted = [0x20, 2, 0, 0];
const resumed = [0x20, 2, 1, 0];
const acceptedV5 = [0x20, 3, 0, 0, 0];
/** PUBLISH of "on" to "z" at QoS 1, id 9. */
const queued = [0x32, 7, 0, 1, 0x7a, 0, 9, 0x6f, 0x6e];
const retained = [0x33, 7, 0, 1, 0x7a, 0, 10, 0x6f, 0x66];

/** A server that answers each CONNECT, SUBSCRIBE and PUBLISH by the script. */
async function play({ connect, subscribe = nothing, publish = nothing }: Script): Promise<string> {
  const sockets = new Set<Socket>();
  const answer = (socket: Socket, packet: Buffer): void => {
    const type = packet.readUInt8(0) >> 4;
    if (type === 1) socket.write(Buffer.from(connect([0, 0], socket)));
    if (type === 8) socket.write(Buffer.from(subscribe([packet.readUInt8(2), packet.readUInt8(3)], socket)));
    if (type === 3) {
      const at = 4 + packet.readUInt16BE(2);
      socket.write(Buffer.from(publish([packet.readUInt8(at), packet.readUInt8(at + 1)], socket)));
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      // what is sent here is shorter than 128 bytes each
      for (let at = 0; at < chunk.length; at += 2 + chunk.readUInt8(at + 1))
        answer(socket, chunk.subarray(at));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('packets that come in one piece are told in their order: connected, queue, answer, retained copy', async () => {
  const url = await play({
    connect: () => [...resumed, ...queued, ...queued],
    subscribe: (id) => [0x90, 3, ...id, 1, ...retained, ...queued],
  });
  const tested = listen({ urls: [url] }, ['z']);
  await tested.until(() => tested.told.length === 6);
  expect(tested.told).toEqual([
    ['connected', true],
    ['received', 'z', 'on', false],
    ['received', 'z', 'on', false],
    ['subscribed', ['z'], []],
    ['received', 'z', 'of', true],
    ['received', 'z', 'on', false],
  ]);
});

describe('a subscription', () => {
  test('refused with codes of MQTT 5 is told topic by topic', async () => {
    const url = await play({
      connect: () => acceptedV5,
      subscribe: (id) => [0x90, 6, ...id, 0, 0, 0x87, 0x8f],
    });
    const tested = listen({ urls: [url], protocol: '5' }, ['a', 'b', 'c']);
    await tested.until(() => tested.of('subscribed').length === 1);
    expect(tested.of('subscribed')).toEqual([['subscribed', ['a', 'b', 'c'], ['b', 'c']]]);
    expect(tested.broker.isConnected()).toBe(true);
  });

  test('refused by a real broker leaves the others in force', async () => {
    const aedes = await startAedes({
      authorizeSubscribe: (_client, subscription, callback) =>
        callback(null, subscription.topic.startsWith('denied/') ? null : subscription),
    });
    onTestFinished(aedes.remove);
    const tested = listen({ urls: [aedes.url] }, ['denied/a', 'b']);
    await tested.until(() => tested.of('subscribed').length === 1);
    expect(tested.of('subscribed')).toEqual([['subscribed', ['denied/a', 'b'], ['denied/a']]]);
    expect(await tested.publish('b', '1')).toBeUndefined();
    await tested.until(() => tested.of('received').length === 1);
  });

  test('that makes the broker hang up each time is given up, and not taken for another program', async () => {
    const hangUp: Answer = (_, socket) => {
      socket.end();
      return [];
    };
    const url = await play({ connect: () => accepted, subscribe: hangUp });
    const tested = listen({ urls: [url] }, ['a']);
    await tested.until(() => tested.of('subscribed').length > 0);
    expect(tested.of('takeover')).toEqual([]);
    expect(tested.of('closed')).toHaveLength(3);
    expect(tested.of('subscribed')).toEqual([['subscribed', ['a'], ['a']]]);
    expect(tested.broker.isConnected()).toBe(true);
  });

  test('that is not answered in time is told as such', async () => {
    const url = await play({ connect: () => accepted, subscribe: () => [] });
    const tested = listen({ urls: [url], connectTimeoutMs: 50 }, ['a', 'b']);
    await tested.until(() => tested.of('unanswered').length > 0);
    expect(tested.of('unanswered')).toEqual([['unanswered', ['a', 'b']]]);
    expect(tested.of('subscribed')).toEqual([]);
  });

  test('answered for fewer topics than asked is none', async () => {
    const url = await play({ connect: () => accepted, subscribe: (id) => [0x90, 3, ...id, 1] });
    const tested = listen({ urls: [url] }, ['a', 'b']);
    await tested.until(() => tested.of('subscribed').length > 0);
    expect(tested.of('subscribed')[0]).toEqual(['subscribed', ['a', 'b'], ['b']]);
  });
});

describe('MQTT 5', () => {
  test('a broker that shuts down says so', async () => {
    const url = await play({
      connect: () => acceptedV5,
      publish: (_, socket) => {
        socket.end(Buffer.from([0xe0, 2, 0x8b, 0]));
        return [];
      },
    });
    const tested = listen({ urls: [url], protocol: '5' });
    await tested.untilConnected();
    expect(await tested.publish('a', '1')).toMatchObject({ kind: 'lost' });
    expect(tested.of('closed')).toEqual([
      ['closed', `${url}: the broker ended the connection: the broker is shutting down`],
    ]);
  });

  test.each([
    [0x97, 'a quota is exceeded'],
    [0x87, "not authorised. hint: allow it in the broker's access control list"],
  ])('PUBACK with code %i is a refusal', async (code, words) => {
    const url = await play({ connect: () => acceptedV5, publish: (id) => [0x40, 3, ...id, code] });
    const tested = listen({ urls: [url], protocol: '5' });
    await tested.untilConnected();
    const error = await tested.publish('a', '1');
    expect(error).toMatchObject({ kind: 'refused', message: `${url}: a publish to a was refused: ${words}` });
    expect(tested.broker.isConnected()).toBe(true);
  });

  test('nobody listening is no error (PUBACK 0x10)', async () => {
    const url = await play({ connect: () => acceptedV5, publish: (id) => [0x40, 3, ...id, 0x10] });
    const tested = listen({ urls: [url], protocol: '5' });
    await tested.untilConnected();
    expect(await tested.publish('a', '1')).toBeUndefined();
  });
});

test('another program that is back at once is recognised although much is on its way at each end', async () => {
  const published = new Map<Socket, number>();
  const url = await play({
    connect: () => accepted,
    publish: (id, socket) => {
      const count = (published.get(socket) ?? 0) + 1;
      published.set(socket, count);
      // each time another topic is without an answer
      if (count > 2 * published.size) socket.destroy();
      return count > 2 * published.size ? [] : [0x40, 2, ...id];
    },
  });
  const tested = listen({ urls: [url] });
  let connects = 0;
  await tested.until(() => {
    if (tested.of('connected').length > connects) {
      connects = tested.of('connected').length;
      for (let i = 0; i < 60; i += 1)
        tested.broker.publish({ topic: `t/${i}`, payload: '', retain: false }, () => undefined);
    }
    return tested.of('takeover').length > 0;
  });
  expect(tested.of('takeover')).toEqual([['takeover', true]]);
  expect(connects).toBeLessThan(9);
});

test('garbage ends a connection, loses no call, and another is made', async () => {
  const url = await play({ connect: () => accepted, publish: () => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] });
  const tested = listen({ urls: [url] });
  await tested.untilConnected();
  expect(await tested.publish('a', '1')).toMatchObject({ kind: 'lost' });
  await tested.untilConnected(2);
});

test('a connection that is closed in the very moment of its acceptance is told in order', async () => {
  const url = await play({
    connect: (_, socket) => {
      socket.end(Buffer.from(accepted));
      return [];
    },
  });
  const tested = listen({ urls: [url] });
  await tested.until(() => tested.told.length >= 6);
  const kinds = tested.told.map(([kind]) => kind).filter((kind) => kind !== 'takeover');
  expect(kinds.slice(0, 4)).toEqual(['connected', 'closed', 'connected', 'closed']);
});
