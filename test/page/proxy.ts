/** What stands between a browser and the page in some houses: a reverse proxy, or Home Assistant's ingress. */

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDeflate } from 'node:zlib';
import { onTestFinished } from '../support/test-end.js';

export type ProxyOptions = {
  /** The page is below this path; with a slash at both ends. */
  readonly prefix?: string;
  /**
   * Compresses streams as Home Assistant's ingress did until 2026.1 (home-assistant/core #160704): what is compressed
   * comes when there is enough of it, so in practice never.
   */
  readonly compressesStreams?: boolean;
  /** Says whom it asks for, as nginx is told to by most of its examples. */
  readonly says?: Readonly<Record<string, string>>;
};

/** Starts one in front of `target`; it is gone after the test. Returns where the page is now. */
export async function startProxy(
  target: string,
  { prefix = '/', compressesStreams = false, says = {} }: ProxyOptions,
): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    if (!url.startsWith(prefix)) return void outgoing.writeHead(404).end();
    const asked = request(new URL(url.slice(prefix.length), target), {
      method,
      headers: { ...headers, 'accept-encoding': 'identity', ...says },
    });
    asked.on('response', (answer) => {
      const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
      const isCompressed = isStream && compressesStreams;
      outgoing.writeHead(answer.statusCode ?? 502, {
        ...answer.headers,
        ...(isCompressed ? { 'content-encoding': 'deflate' } : {}),
      });
      outgoing.flushHeaders();
      if (isCompressed) answer.pipe(createDeflate()).pipe(outgoing);
      else answer.pipe(outgoing);
    });
    asked.on('error', () => outgoing.destroy());
    outgoing.on('close', () => asked.destroy());
    incoming.pipe(asked);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}${prefix}`;
}
