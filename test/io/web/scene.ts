/** A page in front of a service on fake ports, and clients that speak to it over raw sockets. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hashToken, newToken } from '../../../src/io/web/guard.js';
import type { PageHost } from '../../../src/io/web/host.js';
import { openPage, type PageSettings } from '../../../src/io/web/page.js';
import { writeTokens } from '../../../src/web/tokens.js';
import { beginLives, type Lives } from '../../service/lives.js';
import { coreSettings, sensorSettings, zoneSettings } from '../../support/settings.js';
import { until } from '../../support/until.js';

const CORE = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { alias: 'hall', zone: 'ground', name: 'Hall', dusk: 'A2' }),
    sensorSettings('C1', 'DS10A', { alias: 'door', type: 'door', zone: 'ground' }),
  ],
  zones: [zoneSettings('ground', { name: 'Ground floor' })],
});

/** What was answered. */
type Answered = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** A page and what stands around it. */
export type Scene = {
  readonly port: number;
  readonly lives: Lives;
  readonly host: PageHost;
  /** Of somebody called `phone`. */
  readonly token: string;
  readonly tokens: string;
  /** Lines of the log of the program, at level warn and above. */
  readonly said: string[];
  /** Sends a request as it is written here; `Host` is added unless it is in it. */
  readonly ask: (request: string, headers?: readonly string[], body?: string) => Promise<Answered>;
  /** A connection of its own. */
  readonly open: () => Promise<Socket>;
  /** What a socket has received so far. */
  readonly received: (socket: Socket) => () => string;
};

/** Serves a page on a free port of this machine, until the test is over. */
export async function servedPage(
  settings: Partial<PageSettings> = {},
  changes: Partial<PageHost> = {},
): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const assets = join(folder, 'web');
  mkdirSync(assets);
  writeFileSync(join(assets, 'index.html'), '<!doctype html><title>heyu2mqtt</title>');
  writeFileSync(join(assets, 'app-ABCDEF12.js'), `export {};${' '.repeat(2000)}`);
  writeFileSync(join(assets, 'secret.key'), 'nobody');
  const tokens = join(folder, 'web-tokens');
  const token = newToken();
  writeFileSync(tokens, writeTokens([{ hash: hashToken(token), date: '2026-11-26', name: 'phone' }]));
  const lives = await beginLives(CORE);
  await lives.settle();
  const said: string[] = [];
  const say = (_: object, message: string): void => void said.push(message);
  const nothing = (): void => undefined;
  const host: PageHost = {
    service: lives.service(),
    log: { debug: nothing, info: nothing, warn: say, error: say },
    errors: () => [],
    x10config: () => undefined,
    proposed: () => [],
    propose: () => [],
    past: () => Promise.reject(new Error('it is broken')),
    timeline: () => Promise.reject(new Error('it is broken')),
    earlierLines: () => Promise.reject(new Error('it is broken')),
    ...changes,
  };
  const page = await openPage(
    {
      listen: { kind: 'port', host: '127.0.0.1', port: 0 },
      isChosen: true,
      url: undefined,
      hosts: [],
      ingress: false,
      openReading: false,
      machine: 'pi',
      frameAncestors: [],
      cookie: 'heyu2mqtt_x10',
      assets,
      tokens,
      ...settings,
    },
    host,
  );
  onTestFinished(() => page.stop());
  const port = Number(/:(\d+)\/$/.exec(page.at ?? '')?.[1] ?? 0);
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', nothing);
    await new Promise((resolve) => void socket.once('connect', resolve));
    return socket;
  };
  const ask: Scene['ask'] = async (request, headers = [], body = '') => {
    const socket = await open();
    const text = received(socket);
    const hasHost = headers.some((each) => /^host:/i.test(each));
    const all = [`${request} HTTP/1.1`, ...(hasHost ? [] : [`Host: localhost:${port}`]), ...headers];
    const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    socket.write([...all, ...length, 'Connection: close', '', body].join('\r\n'));
    await until(() => socket.destroyed || socket.readableEnded, `an answer to ${request}`);
    return parsed(text());
  };
  return { port, lives, host, token, tokens, said, ask, open, received };
}

function received(socket: Socket): () => string {
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('utf8')));
  return () => text;
}

function parsed(text: string): Answered {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ');
    return [name.toLowerCase(), value.join(': ')];
  });
  return { status: Number(first.split(' ')[1] ?? 0), headers: new Map(headers), body: rest.join('\r\n\r\n') };
}

/** The header that shows a token. */
export const bearer = (token: string): string => `Authorization: Bearer ${token}`;

export const JSON_TYPE = 'Content-Type: application/json';
