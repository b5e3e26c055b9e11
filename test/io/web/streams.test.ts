import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Streams } from '../../../src/io/web/streams.js';
import { until } from '../../support/until.js';

/** Of an answer in chunks. */
const LAST_CHUNK = '\r\n0\r\n\r\n';

/** Has each request answered so; what comes makes a client. */
async function serving(answer: (response: ServerResponse) => void): Promise<() => Promise<Socket>> {
  const server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return async () => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    return socket;
  };
}

it('drops a client that does not read, and no other one', async () => {
  let emptied = 0;
  const streams = new Streams({
    ping: () => 'ping',
    emptied: () => (emptied += 1),
    monotonicMs: () => performance.now(),
  });
  const client = await serving((response) => streams.add(response, 'first\n\n', () => true));
  const [reads, stalls] = [await client(), await client()];
  let length = 0;
  reads.on('data', (chunk: Buffer) => (length += chunk.length));
  stalls.pause();
  const text = 'x'.repeat(64 * 1024);
  let sent = 0;
  await until(() => {
    streams.send(text);
    sent += 1;
    return streams.size === 1;
  }, 'the stalled client to be dropped');
  expect(streams.dropped).toBe(1);
  await until(() => length >= sent * text.length, 'the other one to get everything');
  expect(emptied).toBe(0);
  reads.destroy();
  await until(() => emptied === 1);
});

it('ends each stream after half an hour, because a proxy reads on for a browser that has gone', async () => {
  let now = 0;
  const streams = new Streams({ ping: () => 'ping\n\n', emptied: () => undefined, monotonicMs: () => now });
  const client = await serving((response) => streams.add(response, 'first\n\n', () => true));
  const early = await client();
  now += 29 * 60_000;
  const late = await client();
  const texts = [early, late].map((socket) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return () => text;
  });
  await until(() => texts.every((text) => text().includes('ping')), 'a sign of life for both');
  expect(streams.size).toBe(2);
  now += 60_000;
  await until(() => streams.size === 1, 'the end of the first');
  await until(() => texts[0]?.().endsWith(LAST_CHUNK) === true);
  expect(texts[1]?.()).not.toContain(LAST_CHUNK);
});
