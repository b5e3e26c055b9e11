/**
 * The paths of the page: what each answers, and to which clients (src/web/protocol.ts). Loaded only if the page is on.
 */

import { MINUTE, SECOND } from '../../common/duration.js';
import { errorCode, errorText } from '../../common/error.js';
import { textIn } from '../../common/json.js';
import { timeZone } from '../../heyu/time-zone.js';
import { why } from '../../history/why.js';
import { whyWords } from '../../history/why-words.js';
import type { WhyAnswer } from '../../web/protocol.js';
import { metricsFormat, METRICS_TYPES } from '../../web/metrics.js';
import { TooManyQuestions } from '../history/past-reader.js';
import { currentMetrics } from '../metrics.js';
import { accessOf, hostName, hostOfUrl } from '../../web/access.js';
import { readAssets } from './assets.js';
import { Guard } from './guard.js';
import type { PageHost } from './host.js';
import {
  PageServer,
  refusal,
  tooOften,
  type Answer,
  type Asked,
  type Routes,
  type ServerSettings,
} from './server.js';
import { RecentDrawings } from './recent-drawings.js';
import { Streams } from './streams.js';
import { Watch } from './watch.js';

/** What is told when the page is opened. */
export type PageSettings = ServerSettings & {
  /** Where the built page lies. */
  readonly assets: string;
  /** The file of tokens. */
  readonly tokens: string;
  /** The owner has configured an address; otherwise a port in use is not a problem. */
  readonly isChosen: boolean;
};

/** A page that is being served, or tried to be. */
export type OpenPage = {
  /** Where it is served; undefined = it could not listen. */
  readonly at: string | undefined;
  readonly changed: () => void;
  readonly stop: () => void;
};

/** A port that is in use is tried again so often. */
const AGAIN_MS = MINUTE;

/** The event loop and the reading of the log count as alive for this long. */
const ALIVE_MS = 30 * SECOND;

/** A week at the most is drawn beyond now, and no more than 20 years at once. */
const LONGEST_WINDOW_MS = 20 * 366 * 24 * 60 * MINUTE;
const MOST_PX = 4000;

/** Serves the page; never rejects. */
export async function openPage(settings: PageSettings, host: PageHost): Promise<OpenPage> {
  const monotonicMs = (): number => performance.now();
  const guard = new Guard(settings.tokens, monotonicMs);
  const streams = new Streams({ ping: () => watch.ping(), emptied: () => watch.attend(), monotonicMs });
  const watch: Watch = new Watch(
    host,
    (text) => streams.send(text),
    () => streams.stop(),
  );
  const drawings = new RecentDrawings(host.timeline);
  let server: PageServer | undefined;
  const parts: Parts = { settings, host, guard, streams, watch, drawings, errors: () => server?.errors ?? 0 };
  const assets = readAssets(settings.assets);
  let again: NodeJS.Timeout | undefined;
  const listen = async (): Promise<string | undefined> => {
    const next = new PageServer(settings, { guard, assets, routes: routesOf(parts), log: host.log });
    try {
      const at = shownAt(settings, await next.listen());
      server = next;
      host.service.concerned('page', undefined);
      host.log.info({ at }, 'the page is served');
      return at;
    } catch (error) {
      next.stop();
      sayNotServed(parts, error);
      if (settings.isChosen) again = setTimeout(() => void listen(), AGAIN_MS).unref();
      return undefined;
    }
  };
  const at = await listen();
  return {
    at,
    changed: () => watch.changed(),
    stop: () => {
      clearTimeout(again);
      streams.stop();
      watch.stop();
      drawings.clear();
      server?.stop();
      host.service.concerned('page', undefined);
    },
  };
}

type Parts = {
  readonly settings: PageSettings;
  readonly host: PageHost;
  readonly guard: Guard;
  readonly streams: Streams;
  readonly watch: Watch;
  readonly drawings: RecentDrawings;
  /** Answers that have failed. */
  readonly errors: () => number;
};

function shownAt({ listen }: ServerSettings, port: number): string {
  if (listen.kind === 'socket') return listen.path;
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return `http://${host}:${port}/`;
}

function sayNotServed({ settings, host }: Parts, error: unknown): void {
  const { listen, isChosen } = settings;
  const isTaken = errorCode(error) === 'EADDRINUSE';
  const at = listen.kind === 'socket' ? listen.path : `${listen.host}:${listen.port}`;
  const reason = isTaken ? `${at} is in use` : errorText(error);
  if (!isChosen) {
    host.log.info({ reason }, 'the page is off: set web.listen to another port to have it');
    return;
  }
  host.log.warn({ reason }, 'the page cannot be served');
  host.service.concerned('page', reason);
}

function routesOf(parts: Parts): Routes {
  const { host, watch } = parts;
  return {
    '/api/state': { method: 'GET', needs: 'reading', answer: (asked) => state(parts, asked) },
    '/api/events': { method: 'GET', needs: 'reading', answer: (asked) => events(parts, asked) },
    '/api/lines': {
      method: 'GET',
      needs: 'reading',
      answer: async () => {
        watch.attend();
        return { status: 200, text: await watch.lines() };
      },
    },
    '/api/timeline': { method: 'GET', needs: 'reading', answer: (asked) => orLater(timeline(parts, asked)) },
    '/api/why': { method: 'GET', needs: 'reading', answer: (asked) => orLater(whyAt(parts, asked)) },
    '/api/login': { method: 'POST', needs: 'nothing', answer: (asked) => logIn(parts, asked) },
    '/api/logout': { method: 'POST', needs: 'nothing', answer: (asked) => logOut(parts, asked) },
    '/api/names': {
      method: 'POST',
      needs: 'writing',
      answer: ({ body }) => {
        const names = host.propose(body);
        if ('problem' in names) return refusal(422, names.problem, names.hint);
        watch.changed();
        return { status: 200, json: names };
      },
    },
    '/metrics': { method: 'GET', needs: 'reading', answer: (asked) => metrics(parts, asked) },
    '/healthz': {
      method: 'GET',
      needs: 'nothing',
      answer: () => {
        const isAlive = host.service.sinceLastPassMs() < ALIVE_MS;
        return { status: isAlive ? 200 : 503, text: isAlive ? 'ok\n' : 'stuck\n', type: 'text/plain' };
      },
    },
  };
}

function state({ watch, streams }: Parts, { query, access }: Asked): Answer {
  const since = query.get('since');
  if (since === null) return { status: 200, json: watch.state(access) };
  if (streams.size === 0) watch.attend();
  return { status: 200, json: watch.polled(since, access) };
}

function events(
  { watch, streams }: Parts,
  { query, headers, access, isStillLoggedIn, response }: Asked,
): Answer {
  // it waits behind another answer on its connection: it is not read, and Node does not tell when the client has gone
  if (response.socket === null) return refusal(400, 'a stream wants a connection of its own');
  if (!streams.hasRoom())
    return {
      ...refusal(503, 'too many browsers look at the page', 'close one'),
      headers: { 'Retry-After': '60' },
    };
  watch.attend();
  watch.keepOn();
  const id = headers['last-event-id'];
  const since = typeof id === 'string' ? id : (query.get('since') ?? undefined);
  streams.add(response, watch.streamStart(since, access), isStillLoggedIn);
  return 'stream';
}

/** An answer about the past; who asks while many others do is to ask again. */
async function orLater(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof TooManyQuestions)) throw error;
    return {
      ...refusal(503, error.message, 'try again in a few seconds'),
      headers: { 'Retry-After': '5' },
    };
  }
}

async function timeline({ drawings }: Parts, { query }: Asked): Promise<Answer> {
  const [from, to, px] = ['from', 'to', 'px'].map((name) => numberIn(query, name));
  if (from === undefined || to === undefined || px === undefined || to <= from || px < 1)
    return refusal(
      400,
      'a window is from, to (ms) and px, such as ?from=1764028800000&to=1764115200000&px=800',
    );
  if (to - from > LONGEST_WINDOW_MS || px > MOST_PX) return refusal(400, 'this window is too large');
  return { status: 200, json: await drawings.timeline({ from, to, px }, Date.now()) };
}

function metrics({ host, streams, errors }: Parts, { headers }: Asked): Answer {
  const format = metricsFormat(headers.accept);
  const page = { streams: streams.size, dropped: streams.dropped, errors: errors() };
  return { status: 200, text: currentMetrics(host.service, page, format), type: METRICS_TYPES[format] };
}

/** heyu's stamps are whole seconds. */
async function whyAt({ host }: Parts, { query }: Asked): Promise<Answer> {
  const name = query.get('name');
  const at = numberIn(query, 'at');
  if (name === null || at === undefined)
    return refusal(
      400,
      'what is asked for is an alias or a zone, and an instant (ms), such as ?name=hall&at=1764028800000',
    );
  const { core } = host.service.settings;
  const { sensors, zones } = core;
  if (!sensors.some(({ alias }) => alias === name) && !zones.some(({ zone }) => zone === name))
    return refusal(404, 'there is no such alias or zone');
  const from = at - (at % SECOND);
  const asked = { name, when: { kind: 'at', from, until: from + SECOND }, now: Date.now() } as const;
  const answer = await why(asked, core, (request) => host.past(request));
  const { found, today } = answer;
  const json: WhyAnswer = { found, today, words: whyWords(answer, timeZone(core.stamp.timeZone)) };
  return { status: 200, json };
}

/** A whole number that an instant can be. */
function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function logIn({ guard, settings }: Parts, { body, peer, stranger, headers }: Asked): Answer {
  const token = textIn(body, 'token') ?? '';
  const shown = guard.token(token, peer);
  if (shown === undefined)
    return refusal(401, 'this is not a valid token', 'sudo heyu2mqtt web token add NAME makes a new one');
  if ('waitMs' in shown) return tooOften(shown.waitMs);
  const { secret, seconds } = guard.open(token);
  const json = accessOf(stranger, shown.user);
  return { status: 200, json, headers: cookie(settings, headers.host, secret, seconds) };
}

function logOut({ guard, settings }: Parts, { session, stranger, headers }: Asked): Answer {
  if (session !== undefined) guard.close(session);
  return { status: 200, json: accessOf(stranger, undefined), headers: cookie(settings, headers.host, '', 0) };
}

/** Without `Path` it is sent to where the log-in was: to the page's `api/`, below any prefix. */
function cookie(
  { cookie: name, url }: ServerSettings,
  host: string | undefined,
  value: string,
  seconds: number,
): Readonly<Record<string, string>> {
  const isSecure = url?.startsWith('https://') === true && hostName(host ?? '') === hostOfUrl(url);
  const secure = isSecure ? '; Secure' : '';
  return { 'Set-Cookie': `${name}=${value}; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}` };
}
