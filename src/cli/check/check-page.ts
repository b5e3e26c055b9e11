/** Checks the page: whether it is served at its address, and whether a log-in is possible. */

import { request, type RequestOptions } from 'node:http';
import { SECOND } from '../../common/duration.js';
import { errorCode } from '../../common/error.js';
import type { Configuration } from '../../config/load.js';
import { readTextFile } from '../../config/text-file.js';
import { isLoopback, type Listen } from '../../web/access.js';
import { parseTokens } from '../../web/tokens.js';
import type { Tell } from '../terminal.js';

const PATIENCE_MS = 3 * SECOND;

/** Checks the page. `isRunning`: the service runs on this machine. */
export async function checkPage({ web }: Configuration, isRunning: boolean, tell: Tell): Promise<void> {
  const { listen } = web;
  if (listen === 'off') {
    tell('note', 'it is off (web.listen)');
    return;
  }
  const at = shownAt(listen);
  const answer = await healthOf(listen);
  if (answer === 'ok' && isRunning) tell('ok', `it is served at ${at}`);
  else if (answer === 'stuck')
    tell('error', `it is served at ${at}, but the log is not being read`, 'see log above');
  else if (answer === 'other')
    tell(
      web.isChosen && isRunning ? 'error' : 'note',
      `another program answers at ${at}`,
      'end it, or set web.listen to another port, or to off',
    );
  else if (answer === 'EACCES') tell('note', `${at} may not be opened by this user`);
  else if (isRunning)
    tell(
      web.isChosen ? 'error' : 'note',
      `no answer at ${at} (${answer})`,
      'journalctl -u heyu2mqtt shows why; has the service been restarted since an upgrade?',
    );
  else tell('note', `it is served at ${at} while the service runs`);
  checkLogIn(web, listen, tell);
}

function checkLogIn({ openReading, tokens }: Configuration['web'], listen: Listen, tell: Tell): void {
  if (isLoopback(listen)) return;
  if (openReading) tell('note', 'everyone who can reach it can read it without a log-in (web.open_reading)');
  const reading = readTextFile(tokens);
  // who may not read it cannot know
  if (!reading.ok && !reading.missing) return;
  const count = reading.ok ? parseTokens(reading.file.text).length : 0;
  if (count > 0) return;
  const what = openReading ? 'give names there' : 'read it from another machine';
  tell('warning', `nobody can ${what}: there is no token`, 'sudo heyu2mqtt web token add NAME');
}

function shownAt(listen: Listen): string {
  if (listen.kind === 'socket') return listen.path;
  return `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}/`;
}

/** What a page of ours says of the bridge, `other` for any other page, or why there is no answer. */
function healthOf(listen: Listen): Promise<string> {
  const to: RequestOptions =
    listen.kind === 'socket'
      ? { socketPath: listen.path }
      : { host: reachable(listen.host), port: listen.port };
  return new Promise((resolve) => {
    const asked = request(
      { ...to, path: '/healthz', headers: { Host: 'localhost' }, timeout: PATIENCE_MS },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > 100) answer.destroy();
        });
        answer.on('close', () => resolve({ 'ok\n': 'ok', 'stuck\n': 'stuck' }[text] ?? 'other'));
      },
    );
    asked.on('timeout', () => {
      resolve('other');
      asked.destroy();
    });
    asked.on('error', (error) => resolve(errorCode(error).startsWith('HPE_') ? 'other' : errorCode(error)));
    asked.end();
  });
}

/** All addresses of this machine have a loopback one among them. */
function reachable(host: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
}
