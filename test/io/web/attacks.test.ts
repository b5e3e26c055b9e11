/** What strangers try: nothing gets through, and the service continues. */

import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, expect, it, test } from 'vitest';
import { TooManyQuestions } from '../../../src/io/history/past-reader.js';
import { newToken } from '../../../src/io/web/guard.js';
import { until } from '../../support/until.js';
import { bearer, JSON_TYPE, servedPage } from './scene.js';

const NAME = JSON.stringify({ alias: 'hall', address: 'A3' });

describe('a page of another site', () => {
  it('reads nothing under a name of its own that points here (DNS rebinding)', async () => {
    const { ask, port, token } = await servedPage();
    const host = [`Host: evil.example:${port}`];
    for (const path of ['/', '/app-ABCDEF12.js', '/api/state', '/api/events', '/healthz'])
      expect((await ask(`GET ${path}`, host)).status).toBe(421);
    expect((await ask('GET /api/state', [...host, bearer(token)])).status).toBe(421);
    const refused = await ask('GET /', host);
    expect(JSON.parse(refused.body)).toEqual({
      error: 'the page is not called "evil.example"',
      hint: 'if that is a name of this machine, write into config.yaml: web: { hosts: [evil.example] }',
    });
  });

  it('changes nothing, with the cookie of the owner neither', async () => {
    const { ask, port, token, host } = await servedPage({}, { propose: () => [] });
    const login = await ask('POST /api/login', [JSON_TYPE], JSON.stringify({ token }));
    const cookie = `Cookie: ${login.headers.get('set-cookie')?.split(';')[0] ?? ''}`;
    const own = `Origin: http://localhost:${port}`;
    const post = async (headers: readonly string[]): Promise<number> =>
      (await ask('POST /api/names', headers, NAME)).status;
    expect(await post([JSON_TYPE, cookie, own])).toBe(200);
    expect(await post([JSON_TYPE, cookie, 'Origin: http://evil.example'])).toBe(403);
    expect(await post([JSON_TYPE, cookie, 'Origin: null'])).toBe(403);
    expect(await post([JSON_TYPE, cookie, own, 'Sec-Fetch-Site: cross-site'])).toBe(403);
    // a request without Origin is none of a browser's page, and cookies are a browser's
    expect(await post([JSON_TYPE, cookie])).toBe(401);
    // what a form can send
    expect(await post(['Content-Type: text/plain', cookie, own])).toBe(415);
    expect(await post(['Content-Type: application/x-www-form-urlencoded', cookie, own])).toBe(415);
    expect(await post([cookie, own])).toBe(415);
    expect(host.proposed()).toEqual([]);
  });

  it('is never told that it may ask', async () => {
    const { ask, port } = await servedPage();
    const preflight = ['Origin: http://evil.example', 'Access-Control-Request-Method: POST'];
    expect((await ask('OPTIONS /api/names', preflight)).status).toBe(403);
    const { status, headers } = await ask('OPTIONS /api/names', [`Origin: http://localhost:${port}`]);
    expect(status).toBe(405);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('somebody without a token', () => {
  it('reads on this machine, and changes nothing', async () => {
    const { ask } = await servedPage();
    expect((await ask('GET /api/state')).status).toBe(200);
    expect((await ask('POST /api/names', [JSON_TYPE], NAME)).status).toBe(401);
  });

  it('reads nothing behind a proxy', async () => {
    const { ask } = await servedPage();
    for (const header of [
      'X-Forwarded-For: 127.0.0.1',
      'Forwarded: for=127.0.0.1',
      'Via: 1.1 proxy',
      'X-Forwarded-Host: x',
    ])
      for (const path of ['state', 'events', 'lines', 'timeline?from=1&to=2&px=3', 'why?name=hall&at=1'])
        expect([header, path, (await ask(`GET /api/${path}`, [header])).status]).toEqual([header, path, 401]);
  });

  it('reads nothing behind a proxy that says nothing (nginx with proxy_pass alone speaks HTTP/1.0)', async () => {
    const { open, received, port } = await servedPage();
    const status = async (version: string): Promise<string | undefined> => {
      const socket = await open();
      const text = received(socket);
      socket.write(`GET /api/state HTTP/${version}\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
      await until(() => socket.destroyed || socket.readableEnded);
      return text().split(' ')[1];
    };
    expect(await status('1.0')).toBe('401');
    expect(await status('1.1')).toBe('200');
  });

  it('is not taken for Home Assistant', async () => {
    const { ask, said } = await servedPage({ ingress: true });
    const { status } = await ask('GET /api/state', [
      'X-Ingress-Path: /api/hassio_ingress/x',
      'X-Remote-User-Id: 1',
    ]);
    expect(status).toBe(401);
    expect(said).toEqual([]);
  });

  it('may guess five times a minute', async () => {
    const { ask, token } = await servedPage();
    const guess = async (guessed: string): Promise<number> =>
      (await ask('POST /api/login', [JSON_TYPE], JSON.stringify({ token: guessed }))).status;
    for (let tries = 0; tries < 5; tries += 1) expect(await guess(newToken())).toBe(401);
    expect(await guess(newToken())).toBe(429);
    // not with the right one, nor in another way
    expect(await guess(token)).toBe(429);
    const { status, headers } = await ask('GET /api/state', [bearer(newToken())]);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
  });

  test.each(['', 'Bearer', 'Bearer ', 'Basic cGhvbmU6eA==', `Bearer ${'A'.repeat(43)}`, 'Bearer null'])(
    'is nobody with the header "%s"',
    async (value) => {
      const { ask } = await servedPage();
      expect((await ask('POST /api/names', [JSON_TYPE, `Authorization: ${value}`], NAME)).status).toBe(401);
    },
  );

  it('has none as soon as it was taken away: no session, no request, no stream that is open', async () => {
    const { ask, open, received, port, token, tokens } = await servedPage();
    const login = await ask('POST /api/login', [JSON_TYPE], JSON.stringify({ token }));
    const cookie = `Cookie: ${login.headers.get('set-cookie')?.split(';')[0] ?? ''}`;
    const origin = `Origin: http://localhost:${port}`;
    const post = async (...headers: readonly string[]): Promise<number> =>
      (await ask('POST /api/names', [JSON_TYPE, ...headers], NAME)).status;
    expect([await post(cookie, origin), await post(bearer(token))]).toEqual([200, 200]);
    const stream = async (...headers: readonly string[]): Promise<() => boolean> => {
      const socket = await open();
      const text = received(socket);
      socket.write(['GET /api/events HTTP/1.1', `Host: localhost:${port}`, ...headers, '', ''].join('\r\n'));
      await until(() => text().includes('event: snapshot'));
      return () => text().endsWith('\r\n0\r\n\r\n');
    };
    const [free, ...theirs] = [await stream(), await stream(cookie), await stream(bearer(token))];
    writeFileSync(tokens, '');
    expect([await post(cookie, origin), await post(bearer(token))]).toEqual([401, 401]);
    await until(() => theirs.every((hasEnded) => hasEnded()), 'the end of their streams');
    // who needs none continues
    expect(free()).toBe(false);
  });
});

test.each([
  ['GET /../../etc/passwd', 404],
  ['GET /%2e%2e/%2e%2e/etc/passwd', 404],
  ['GET /secret.key', 404],
  ['GET /web/../secret.key', 404],
  ['GET //evil.example/', 400],
  ['GET /index.html', 404],
  ['GET /\\..\\secret.key', 404],
  ['GET /api', 404],
  ['GET /api/', 404],
  ['GET /api/state/', 404],
  ['GET /API/state', 404],
  ['GET /__proto__', 404],
  ['GET /constructor', 404],
  ['GET /api/state%00', 404],
  ['GET http://evil.example/api/state', 400],
  ['GET *', 400],
  ['OPTIONS *', 400],
  [`GET /?${'a'.repeat(2100)}`, 414],
  ['DELETE /api/state', 405],
  ['PUT /api/names', 405],
  ['GET /api/names', 405],
  ['POST /', 405],
  ['TRACE /', 405],
  ['HEAD /', 200],
  ['HEAD /api/state', 200],
  ['HEAD /api/events', 405],
])('%s is answered with %i', async (request, status) => {
  const { ask } = await servedPage();
  const answer = await ask(request);
  expect(answer.status).toBe(status);
  expect(answer.body).not.toContain('nobody');
  if (request.startsWith('HEAD')) expect(answer.body).toBe('');
});

test.each([
  ['two Hosts', ['Host: localhost', 'Host: evil.example'], 400],
  ['two Origins', ['Origin: http://localhost', 'Origin: http://evil.example'], 400],
  ['both lengths', ['Content-Length: 4', 'Transfer-Encoding: chunked'], 0],
  ['a header of 9 KB', [`X-Long: ${'a'.repeat(9000)}`], 0],
  ['a name of 9 KB', [`Host: ${'a'.repeat(9000)}`], 0],
  ['a bare carriage return', ['X-Odd: a\rHost: evil.example'], 0],
])('headers with %s are refused', async (_, headers, status) => {
  const { ask } = await servedPage();
  // 0: the connection is closed without an answer
  expect((await ask('GET /api/state', headers)).status).toBe(status);
});

describe('much of it', () => {
  it('takes no large body', async () => {
    const { ask, token } = await servedPage();
    const large = JSON.stringify({ alias: 'a'.repeat(20_000) });
    const headers = [JSON_TYPE, bearer(token)];
    expect((await ask('POST /api/names', headers, large)).status).toBe(413);
    for (const body of ['[]', '"text"', '{', 'null'])
      expect((await ask('POST /api/names', headers, body)).status).toBe(400);
  });

  it('takes no large body in pieces either', async () => {
    const { open, received, port, token } = await servedPage();
    const socket = await open();
    const text = received(socket);
    const head = ['POST /api/names HTTP/1.1', `Host: localhost:${port}`, JSON_TYPE, bearer(token)];
    socket.write([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
    for (let count = 0; count < 20; count += 1) socket.write(`400\r\n${'a'.repeat(1024)}\r\n`);
    await until(() => text().includes('HTTP/1.1 413'));
    await until(() => socket.destroyed || socket.readableEnded);
  });

  it('waits for no slow request', async () => {
    const { open, received, port } = await servedPage({ patienceMs: 100 });
    const beginnings = ['', 'GET /api/sta', `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX-Slow: `];
    const body = `POST /api/login HTTP/1.1\r\nHost: localhost:${port}\r\n${JSON_TYPE}\r\nContent-Length: 50\r\n\r\n{`;
    for (const beginning of [...beginnings, body]) {
      const socket = await open();
      const text = received(socket);
      socket.write(beginning);
      await until(() => socket.destroyed || socket.readableEnded, `the end of "${beginning}"`);
      expect(text()).not.toContain('200 OK');
    }
  });

  it('keeps 64 connections and closes all others', async () => {
    const { open, ask, port, received } = await servedPage();
    const sockets: Socket[] = [];
    for (let count = 0; count < 300; count += 1) sockets.push(await open());
    await until(
      () => sockets.filter(({ destroyed, readableEnded }) => destroyed || readableEnded).length >= 236,
    );
    expect(
      sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length,
    ).toBeLessThanOrEqual(64);
    // one that is there continues, and as soon as there is room others get in
    const last = sockets.find(({ destroyed, readableEnded }) => !destroyed && !readableEnded);
    const text = last === undefined ? () => '' : received(last);
    last?.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await until(() => text().includes('ok\n'));
    for (const socket of sockets) socket.destroy();
    await until(async () => (await ask('GET /healthz')).status === 200);
  });

  it('keeps 16 streams', async () => {
    const { open, port, ask, received } = await servedPage();
    for (let count = 0; count < 16; count += 1) {
      const socket = await open();
      const text = received(socket);
      socket.write(`GET /api/events HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      await until(() => text().includes('event: snapshot'));
    }
    expect((await ask('GET /api/events')).status).toBe(503);
    expect((await ask('GET /api/state')).status).toBe(200);
  });

  it('gives no stream to who asks for many at once, and takes no place of others for it', async () => {
    const { open, port, received, ask } = await servedPage();
    for (let count = 0; count < 2; count += 1) {
      const socket = await open();
      const text = received(socket);
      socket.write(`GET /api/events HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`.repeat(16));
      await until(() => text().includes('event: snapshot'));
      socket.destroy();
    }
    await until(async () => (await ask('GET /metrics')).body.includes('heyu2mqtt_page_streams 0'));
  });

  it('answers nobody who asks all the time', async () => {
    const { open, port, received } = await servedPage();
    const socket = await open();
    const text = received(socket);
    socket.write(`GET /api/why?name=x&at=1 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`.repeat(200));
    await until(() => text().includes('HTTP/1.1 429'));
  });
});

it('answers an exception with 500, says it in the log alone, and goes on', async () => {
  const { ask, said } = await servedPage();
  const { status, body } = await ask('GET /api/timeline?from=1&to=2&px=100');
  expect(status).toBe(500);
  expect(body).not.toContain('broken');
  expect(said).toEqual(['the page could not answer']);
  expect((await ask('GET /api/state')).status).toBe(200);
});

test.each(['timeline?from=1&to=2&px=100', 'why?name=hall&at=1'])(
  'puts %s off while others ask too much of the past, and fails not',
  async (path) => {
    const busy = (): Promise<never> => Promise.reject(new TooManyQuestions());
    const { ask, said } = await servedPage({}, { past: busy, timeline: busy });
    const { status, headers, body } = await ask(`GET /api/${path}`);
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(JSON.parse(body)).toEqual({
      error: 'too many questions about the past at once',
      hint: 'try again in a few seconds',
    });
    expect(said).toEqual([]);
    expect((await ask('GET /metrics')).body).toContain('heyu2mqtt_page_errors_total 0\n');
  },
);

test.each([
  'from=1',
  'from=2&to=1&px=10',
  'from=0&to=9999999999999&px=10',
  'from=1&to=2&px=99999',
  'from=-1&to=2&px=1',
])('draws no window %s', async (query) => {
  const { ask } = await servedPage();
  expect((await ask(`GET /api/timeline?${query}`)).status).toBe(400);
});
