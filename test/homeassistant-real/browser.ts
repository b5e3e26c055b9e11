/** A headless Chromium that takes pictures of Home Assistant's pages (Chrome DevTools Protocol). */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { until } from '../support/until.js';
import type { HomeAssistant } from './driver.js';

export type Browser = {
  /** Opens a page, waits until it shows all of `words` and has come to rest, and gives its picture as PNG. */
  readonly picture: (path: string, words: readonly string[], height?: number) => Promise<Buffer>;
  readonly stop: () => Promise<void>;
};

const WIDTH = 1180;
const HEIGHT = 860;

/** Between two looks at a page, which costs it time. */
const LOOK_EVERY_MS = 400;

/**
 * All that the page shows, also within shadow roots, of which Home Assistant's frontend is made. What pulses without end,
 * as the icon of an alarm does, is stopped: the page would never come to rest.
 */
const VISIBLE_TEXT = `(() => {
  const parts = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) parts.push(node.textContent.trim());
    for (const animation of node.getAnimations?.() ?? [])
      if (animation.effect.getTiming().iterations === Infinity) animation.cancel();
    if (node.shadowRoot) walk(node.shadowRoot);
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return parts.filter(Boolean).join(' | ');
})()`;

const OPTIONS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--remote-debugging-port=0',
  `--window-size=${WIDTH},${HEIGHT}`,
];

/** Sends a command of the DevTools protocol. */
type Send = (method: string, params?: object) => Promise<unknown>;

/** Starts it, logged in to `homeAssistant`. Fails with a hint when there is no Chromium. */
export async function startBrowser(homeAssistant: HomeAssistant): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const child = spawn('chromium', [...OPTIONS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: 'ignore',
  });
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  const portFile = join(profile, 'DevToolsActivePort');
  await until(
    () => failure !== undefined || (existsSync(portFile) && readFileSync(portFile, 'utf8').includes('\n')),
    'Chromium to start',
  );
  if (failure !== undefined) throw new Error(`${failure.message}. hint: apt-get install chromium`);
  const [port = ''] = readFileSync(portFile, 'utf8').split('\n');
  const { send, close } = await openPage(port);
  await send('Page.enable');
  await send('Page.addScriptToEvaluateOnNewDocument', { source: logIn(homeAssistant) });
  return {
    picture: async (path, words, height = HEIGHT) => {
      await send('Emulation.setDeviceMetricsOverride', {
        width: WIDTH,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
      await send('Page.navigate', { url: `${homeAssistant.url}${path}` });
      return settledPicture(send, `${words.join()} at ${path}`, words);
    },
    stop: async () => {
      close();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What the frontend keeps of a login (home-assistant-js-websocket, AuthData). */
function logIn({ url, accessToken }: HomeAssistant): string {
  const tokens = JSON.stringify({
    access_token: accessToken(),
    token_type: 'Bearer',
    expires_in: 1800,
    expires: Date.now() + 1_800_000,
    hassUrl: url,
    clientId: `${url}/`,
    refresh_token: '',
  });
  return `try { localStorage.setItem('hassTokens', ${JSON.stringify(tokens)}) } catch {}`;
}

/** The first page of the browser whose DevTools listen on `port`. */
async function openPage(port: string): Promise<{ readonly send: Send; readonly close: () => void }> {
  const targets = await until(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const all = (await response.json()) as { type: string; webSocketDebuggerUrl: string }[];
    return all.filter(({ type }) => type === 'page');
  }, 'a page of Chromium');
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '', { maxPayload: 64 << 20 });
  await once(socket, 'open');
  type Frame = { readonly id?: number; readonly result?: unknown; readonly error?: { message: string } };
  const waiting = new Map<number, (frame: Frame) => void>();
  socket.on('message', (text: Buffer) => {
    const frame = JSON.parse(text.toString('utf8')) as Frame;
    if (frame.id !== undefined) waiting.get(frame.id)?.(frame);
  });
  let lastId = 0;
  return {
    send: async (method, params = {}) => {
      lastId += 1;
      const id = lastId;
      const answer = new Promise<Frame>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      const { result, error } = await answer;
      waiting.delete(id);
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result;
    },
    close: () => socket.terminate(),
  };
}

/** Icons and animations come without a word: two equal pictures in a row say that the page has come to rest. */
async function settledPicture(send: Send, what: string, words: readonly string[]): Promise<Buffer> {
  let shown = '';
  let last = '';
  await until(
    async () => {
      await delay(LOOK_EVERY_MS);
      const { result } = (await send('Runtime.evaluate', {
        expression: VISIBLE_TEXT,
        returnByValue: true,
      })) as { readonly result: { readonly value?: unknown } };
      shown = typeof result.value === 'string' ? result.value : '';
      if (!words.every((word) => shown.includes(word))) return false;
      const before = last;
      ({ data: last } = (await send('Page.captureScreenshot', { format: 'png' })) as { data: string });
      return last === before;
    },
    () => `${what}; it shows ${shown.slice(0, 2000)}`,
    60_000,
  );
  return Buffer.from(last, 'base64');
}
