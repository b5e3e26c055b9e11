import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Streams } from '../../../src/io/web/streams.js';
import { until } from '../../support/until.js';

it('drops a client that does not read, and no other one', async () => {
  let emptied = 0;
  const streams = new Streams(
    () => 'ping',
    () => (emptied += 1),
  );
  const server = createServer((_, response) => streams.add(response, 'first\n\n', () => true)).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = async (): Promise<ReturnType<typeof connect>> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    return socket;
  };
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
