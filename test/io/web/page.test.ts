import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, test } from 'vitest';
import { newToken } from '../../../src/io/web/guard.js';
import type { ExplainedLine, PageState, Polled } from '../../../src/web/protocol.js';
import { pair } from '../../support/house.js';
import { until } from '../../support/until.js';
import { bearer, JSON_TYPE, servedPage, type Scene } from './scene.js';

type Streamed = { readonly id: string; readonly event: string; readonly data: unknown };

/** A stream of events, and what it has brought. */
async function stream(
  scene: Scene,
  path = '/api/events',
  headers: readonly string[] = [],
): Promise<{
  readonly socket: Socket;
  readonly events: () => readonly Streamed[];
  readonly text: () => string;
}> {
  const socket = await scene.open();
  const text = scene.received(socket);
  socket.write([`GET ${path} HTTP/1.1`, `Host: localhost:${scene.port}`, ...headers, '', ''].join('\r\n'));
  const events = (): readonly Streamed[] =>
    [...text().matchAll(/id: (\S+)\nevent: (\S+)\ndata: (.*)\n\n/g)].map(
      ([, id = '', event = '', data = '']) => ({
        id,
        event,
        data: JSON.parse(data) as unknown,
      }),
    );
  await until(() => events().length > 0, text);
  return { socket, events, text };
}

const named = (events: readonly Streamed[], event: string): readonly unknown[] =>
  events.filter((each) => each.event === event).map(({ data }) => data);

it('shows the house, and then what changes and what heyu writes', async () => {
  const scene = await servedPage();
  const { events, text } = await stream(scene);
  expect(text()).toContain('Content-Type: text/event-stream; charset=utf-8');
  expect(text()).toContain('retry: 2000\n\n');
  const [first] = named(events(), 'snapshot') as readonly PageState[];
  expect(first?.house.sensors.map(({ alias, state }) => [alias, state])).toEqual([
    ['hall', null],
    ['door', null],
  ]);
  expect(first?.access).toEqual({ by: 'open', user: null, mayRead: true, mayWrite: false });
  await scene.lives.hear(...pair('rcvi', 'A1', 'On'));
  await until(() => named(events(), 'change').length > 0);
  expect(named(events(), 'change')[0]).toMatchObject({ sensors: [{ alias: 'hall', state: 'motion' }] });
  const lines = named(events(), 'line') as readonly ExplainedLine[];
  expect(lines.map(({ text: line }) => line?.slice(16))).toEqual(pair('rcvi', 'A1', 'On'));
  expect(lines[1]?.heard).toEqual([{ alias: 'hall', sender: 'A1', function: 'on' }]);
  expect(lines[1]?.rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['unit', 'change']));
});

it('goes on where a browser has been cut off', async () => {
  const scene = await servedPage();
  const first = await stream(scene);
  await scene.lives.hear(...pair('rcvi', 'A1', 'On'));
  await until(() => named(first.events(), 'change').length > 0);
  const seen = first.events().at(-1)?.id ?? '';
  first.socket.destroy();
  await scene.lives.hear(...pair('rcvi', 'A1', 'Off'));
  for (const [path, headers] of [
    ['/api/events', [`Last-Event-ID: ${seen}`]],
    [`/api/events?since=${seen}`, []],
  ] as const) {
    const second = await stream(scene, path, headers);
    await until(() => second.events().some(({ event }) => event === 'ping'));
    expect(named(second.events(), 'snapshot')).toEqual([]);
    expect(named(second.events(), 'line')).toHaveLength(2);
  }
  const other = await stream(scene, '/api/events?since=00000000-1');
  expect(named(other.events(), 'snapshot')).toHaveLength(1);
});

it('can be asked again and again where streams do not get through', async () => {
  const scene = await servedPage();
  const poll = async (since: string): Promise<Polled> =>
    JSON.parse((await scene.ask(`GET /api/state?since=${since}`)).body) as Polled;
  const whole = await poll('unknown');
  expect(whole.events.map(({ event }) => event)).toEqual(['snapshot']);
  expect((await poll(whole.id)).events).toEqual([]);
  await scene.lives.hear(...pair('rcvi', 'A1', 'On'));
  const { id, events } = await until(async () => {
    const polled = await poll(whole.id);
    return polled.events.some(({ event }) => event === 'change') && polled;
  });
  expect(events.filter(({ event }) => event === 'line')).toHaveLength(2);
  expect((await poll(id)).events).toEqual([]);
});

it('keeps the lines that came since somebody looks', async () => {
  const scene = await servedPage();
  await scene.ask('GET /api/lines');
  await scene.lives.hear(...pair('rcvi', 'A1', 'On'));
  const lines = JSON.parse((await scene.ask('GET /api/lines')).body) as readonly ExplainedLine[];
  expect(lines.map(({ text }) => text?.slice(16))).toEqual(pair('rcvi', 'A1', 'On'));
});

it('shows 500 lines at most, those that were there before it was opened first', async () => {
  const before = Array.from({ length: 500 }, (_, index) =>
    JSON.stringify({ number: index + 1, at: null, text: `before, "${index}"`, rows: [], heard: [] }),
  );
  const scene = await servedPage({}, { earlierLines: () => Promise.resolve(before) });
  const lines = async (): Promise<readonly (string | null)[]> =>
    (JSON.parse((await scene.ask('GET /api/lines')).body) as readonly ExplainedLine[]).map(
      ({ text }) => text,
    );
  expect(await lines()).toEqual(before.map((_, index) => `before, "${index}"`));
  await scene.lives.hear(...pair('rcvi', 'A1', 'On'));
  const later = await lines();
  expect([later.length, later[0]]).toEqual([500, 'before, "2"']);
  expect(later.slice(-2).map((text) => text?.slice(16))).toEqual(pair('rcvi', 'A1', 'On'));
});

it('logs in with a token, and out again', async () => {
  const scene = await servedPage();
  const { ask, port, token } = scene;
  const proxy = 'X-Forwarded-For: 192.168.1.7';
  const own = `Origin: http://localhost:${port}`;
  expect((await ask('GET /api/state', [proxy])).status).toBe(401);
  const login = await ask('POST /api/login', [JSON_TYPE, proxy, own], JSON.stringify({ token }));
  expect(JSON.parse(login.body)).toEqual({ by: 'token', user: 'phone', mayRead: true, mayWrite: true });
  const set = login.headers.get('set-cookie') ?? '';
  expect(set).toMatch(/^heyu2mqtt_x10=[\w-]{43}; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
  expect(set).not.toContain(token);
  const cookie = `Cookie: other=1; ${set.split(';')[0] ?? ''}`;
  const { status, body } = await ask('GET /api/state', [proxy, cookie]);
  expect([status, (JSON.parse(body) as PageState).access.user]).toEqual([200, 'phone']);
  const logout = await ask('POST /api/logout', [JSON_TYPE, proxy, own, cookie], '{}');
  expect(logout.headers.get('set-cookie')).toContain('Max-Age=0');
  expect((await ask('GET /api/state', [proxy, cookie])).status).toBe(401);
  // a program shows its token each time
  expect((await ask('GET /api/state', [proxy, bearer(token)])).status).toBe(200);
  expect((await ask('GET /api/state', [proxy, bearer(newToken())])).status).toBe(401);
});

it('serves its files, and lets browsers keep those whose names change', async () => {
  const { ask } = await servedPage();
  const page = await ask('GET /');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const script = await ask('GET /app-ABCDEF12.js');
  expect(script.headers.get('cache-control')).toContain('immutable');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  const packed = await ask('GET /app-ABCDEF12.js', ['Accept-Encoding: gzip, br']);
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(Number(packed.headers.get('content-length'))).toBeLessThan(script.body.length);
});

it('says that the bridge lives', async () => {
  const { ask } = await servedPage();
  expect(await ask('GET /healthz')).toMatchObject({ status: 200, body: 'ok\n' });
});

test.each([
  [true, ['the page cannot be served']],
  [false, []],
])('is a problem where its port is in use and was chosen (%s), never the end', async (isChosen, said) => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const scene = await servedPage({ listen: { kind: 'port', host: '127.0.0.1', port }, isChosen });
  expect(scene.said).toEqual(said);
  const { problems } = scene.lives.service().status();
  const expected = `the page cannot be served (127.0.0.1:${port} is in use)`;
  expect(problems.map(({ problem }) => problem)).toEqual(isChosen ? [expected] : []);
});

it('takes no file away where its socket is to be, but a socket that was left behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-socket-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'web.sock');
  writeFileSync(path, 'precious');
  const { lives } = await servedPage({ listen: { kind: 'socket', path } });
  expect(readFileSync(path, 'utf8')).toBe('precious');
  const [{ problem } = { problem: '' }] = lives.service().status().problems;
  expect(problem).toContain(`${path} is in use`);
  rmSync(path);
  const left = createServer().listen(path);
  await once(left, 'listening');
  onTestFinished(() => void left.close());
  const again = await servedPage({ listen: { kind: 'socket', path } });
  expect(again.lives.service().status().problems).toEqual([]);
});
