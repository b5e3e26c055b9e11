/**
 * The server of the page, in the service's process. No client can disturb the bridge: connections, sizes and times are
 * bounded, and an exception in an answer is a 500 and a counter.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { errorCode, errorText, orElse } from '../../common/error.js';
import { isObject, parseJson, type JsonObject } from '../../common/json.js';
import { SECOND } from '../../common/duration.js';
import type { Log } from '../../ports.js';
import {
  accessOf,
  admit,
  contentSecurityPolicy,
  isLoopback,
  type AccessSettings,
  type Listen,
  type Stranger,
} from '../../web/access.js';
import type { Access, Refused } from '../../web/protocol.js';
import type { Asset } from './assets.js';
import type { Guard } from './guard.js';

/** What the server is told. */
export type ServerSettings = AccessSettings & {
  readonly listen: Listen;
  /** Who may show the page in a frame, beside itself. */
  readonly frameAncestors: readonly string[];
  /** Makes the cookie ours: two services on one machine have the same host. */
  readonly cookie: string;
  /** The head of a request has so long to arrive; ms. */
  readonly patienceMs?: number;
};

/** A request that may be answered. */
export type Asked = {
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Of a POST; else an empty object. */
  readonly body: JsonObject;
  readonly peer: string;
  readonly access: Access;
  /** The same without what was shown to log in. */
  readonly stranger: Stranger;
  /** Of the session's cookie. */
  readonly session: string | undefined;
  /** For what lasts: false once the token was taken away by which it was asked, or the session is over. */
  readonly isStillLoggedIn: () => boolean;
  /** For streams, which take it over. */
  readonly response: ServerResponse;
};

/** An answer; `stream`: the response was taken over. */
export type Answer =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'stream';

/** The answer at a path, and who may have it. */
type Route = {
  readonly method: 'GET' | 'POST';
  readonly needs: 'nothing' | 'reading' | 'writing';
  readonly answer: (asked: Asked) => Answer | Promise<Answer>;
};

/** By path. */
export type Routes = Readonly<Record<string, Route>>;

const MOST_CONNECTIONS = 64;
const LONGEST_URL = 2048;
const LARGEST_HEADERS = 8 * 1024;
const LARGEST_BODY = 16 * 1024;
/** Head of a request, the whole of it, and a connection on which nothing moves: once, three times and six times as long. */
const PATIENCE_MS = 10 * SECOND;
const KEEP_ALIVE_MS = 5 * SECOND;

/** For every answer. Nothing here is for other sites. */
const HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'geolocation=(), camera=(), microphone=()',
};

/** Refuses with words for people. */
export function refusal(status: number, error: string, hint?: string): Exclude<Answer, 'stream'> {
  const json: Refused = { error, ...(hint === undefined ? {} : { hint }) };
  return { status, json };
}

const NOT_FOUND = refusal(404, 'there is nothing here');
const LOG_IN = refusal(401, 'log in first', 'sudo heyu2mqtt web token add NAME makes a token');

/** Serves the page. */
export class PageServer {
  readonly #settings: ServerSettings;
  readonly #guard: Guard;
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #routes: Routes;
  readonly #log: Log;
  readonly #server: Server;
  readonly #policy: string;
  #errors = 0;

  constructor(
    settings: ServerSettings,
    {
      guard,
      assets,
      routes,
      log,
    }: { guard: Guard; assets: ReadonlyMap<string, Asset>; routes: Routes; log: Log },
  ) {
    this.#settings = settings;
    this.#guard = guard;
    this.#assets = assets;
    this.#routes = routes;
    this.#log = log;
    this.#policy = contentSecurityPolicy(settings.frameAncestors);
    const { patienceMs = PATIENCE_MS } = settings;
    this.#server = createServer(
      { maxHeaderSize: LARGEST_HEADERS, connectionsCheckingInterval: patienceMs / 5 },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.headersTimeout = patienceMs;
    this.#server.requestTimeout = 3 * patienceMs;
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.#server.setTimeout(6 * patienceMs, (socket) => socket.destroy());
    // a request that is not HTTP gets no answer, and no line in the log
    this.#server.on('clientError', (_, socket) => socket.destroy());
    this.#server.on('upgrade', (_, socket) => socket.destroy());
    this.#server.on('connect', (_, socket) => socket.destroy());
    this.#server.on('checkContinue', (_, response) => response.writeHead(417, { Connection: 'close' }).end());
  }

  /** Answers that have failed, since the start. */
  get errors(): number {
    return this.#errors;
  }

  /** Resolves with the port (0 = a unix socket) when it listens; rejects when it cannot. */
  listen(): Promise<number> {
    const { listen } = this.#settings;
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.once('listening', () => {
        server.off('error', reject);
        server.on('error', (error) => this.#log.warn({ reason: errorText(error) }, 'the page has an error'));
        const address = server.address();
        if (listen.kind === 'socket') orElse(() => chmodSync(listen.path, 0o660), undefined);
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
      if (listen.kind === 'port') server.listen({ host: listen.host, port: listen.port });
      else {
        // one that was left behind, and no other file: then it is in use
        const isSocket = orElse(() => lstatSync(listen.path).isSocket(), false);
        if (isSocket) orElse(() => rmSync(listen.path), undefined);
        server.listen(listen.path);
      }
    });
  }

  /** Ends it at once, streams included. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => request.destroy());
    response.on('error', () => response.destroy());
    let answer: Answer;
    try {
      answer = await this.#answer(request, response);
    } catch (error) {
      // the client has gone while it was read
      if (request.destroyed && !request.complete) return;
      this.#errors += 1;
      this.#log.error({ reason: errorText(error), code: errorCode(error) }, 'the page could not answer');
      answer = refusal(500, 'the service could not answer', 'journalctl -u heyu2mqtt shows why');
    }
    if (answer !== 'stream' && !response.headersSent) this.#send(request, response, answer);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const { method = '', url = '', rawHeaders } = request;
    const peer = request.socket.remoteAddress ?? '';
    if (url.length > LONGEST_URL) return refusal(414, 'this address is too long');
    // also `http://other/...`, which is for proxies, and `*`
    if (!url.startsWith('/') || url.startsWith('//')) return refusal(400, 'this is not a valid request');
    const admitted = admit(
      { method, headers: rawHeaders, peer, isLoopback: this.#isLoopback(request) },
      this.#settings,
    );
    if ('status' in admitted) return refusal(admitted.status, admitted.error, admitted.hint);
    const [path = '', ...rest] = url.split('?');
    const asset = this.#assets.get(path);
    if (asset !== undefined) return this.#sendAsset(request, response, asset);
    const route = Object.hasOwn(this.#routes, path) ? this.#routes[path] : undefined;
    if (route === undefined) return NOT_FOUND;
    const isHead = method === 'HEAD' && route.method === 'GET' && path !== '/api/events';
    if (method !== route.method && !isHead) return { ...notAllowed(route.method) };
    const waitMs = this.#guard.waitMs(peer);
    if (waitMs > 0) return tooOften(waitMs);
    const who = this.#whoIs(request, admitted, peer);
    if ('status' in who) return who;
    const { access } = who;
    if (route.needs === 'reading' && !access.mayRead) return LOG_IN;
    if (route.needs === 'writing' && !access.mayWrite) return LOG_IN;
    const read = method === 'POST' ? await bodyOf(request) : { body: {} };
    if ('refused' in read) return read.refused;
    const query = new URLSearchParams(rest.join('?'));
    return route.answer({
      query,
      headers: request.headers,
      body: read.body,
      peer,
      ...who,
      stranger: admitted,
      response,
    });
  }

  /** Whether it came in where only this machine can reach it. */
  #isLoopback({ socket, httpVersion }: IncomingMessage): boolean {
    const { localAddress = '' } = socket;
    const { listen } = this.#settings;
    // no browser speaks HTTP/1.0, but nginx does where nothing else is set, and it adds no header of a proxy then
    if (httpVersion !== '1.1') return false;
    return isLoopback(listen) && /^(::ffff:)?127\.|^::1$/.test(localAddress);
  }

  #whoIs(
    request: IncomingMessage,
    stranger: Stranger,
    peer: string,
  ): Pick<Asked, 'access' | 'session' | 'isStillLoggedIn'> | Exclude<Answer, 'stream'> {
    const { authorization, cookie = '', origin } = request.headers;
    if (authorization !== undefined) {
      const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
      const shown = this.#guard.token(token, peer);
      if (shown === undefined) return { ...refusal(401, 'this is not a valid token'), headers: BEARER };
      if ('waitMs' in shown) return tooOften(shown.waitMs);
      const isStillLoggedIn = (): boolean => this.#guard.owner(token) !== undefined;
      return { access: accessOf(stranger, shown.user), session: undefined, isStillLoggedIn };
    }
    const name = `${this.#settings.cookie}=`;
    const session = cookie
      .split(/; */)
      .find((each) => each.startsWith(name))
      ?.slice(name.length);
    // browsers send their cookies for pages of every site: what changes something has to say where it comes from
    const isBelieved = session !== undefined && (request.method !== 'POST' || origin !== undefined);
    const user = isBelieved ? this.#guard.session(session) : undefined;
    const isStillLoggedIn = (): boolean => user === undefined || this.#guard.session(session) !== undefined;
    return { access: accessOf(stranger, user), session, isStillLoggedIn };
  }

  #sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset): Answer {
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed('GET');
    const isGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const body = isGzip ? asset.gzip : asset.body;
    response.writeHead(200, {
      ...HEADERS,
      'Content-Security-Policy': this.#policy,
      'Content-Type': asset.type,
      'Content-Length': body.length,
      'Cache-Control': asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-store',
      Vary: 'Accept-Encoding',
      ...(isGzip ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return 'stream';
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Exclude<Answer, 'stream'>): void {
    const { status, json, text, type = 'application/json', headers } = answer;
    const body = Buffer.from(text ?? (json === undefined ? '' : JSON.stringify(json)));
    // what was not read of the request is not waited for
    const isUnread = !request.complete;
    response.writeHead(status, {
      ...HEADERS,
      'Content-Security-Policy': this.#policy,
      ...(body.length === 0 ? {} : { 'Content-Type': type }),
      'Content-Length': body.length,
      'Cache-Control': 'no-store',
      ...(isUnread ? { Connection: 'close' } : {}),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    if (isUnread) response.once('finish', () => request.destroy());
  }
}

const BEARER = { 'WWW-Authenticate': 'Bearer' };

const notAllowed = (method: 'GET' | 'POST'): Exclude<Answer, 'stream'> => ({
  ...refusal(405, `only ${method} is answered here`),
  headers: { Allow: method === 'GET' ? 'GET, HEAD' : method },
});

/** The answer to too many tries, with the time to wait. */
export const tooOften = (waitMs: number): Exclude<Answer, 'stream'> => ({
  ...refusal(429, 'too many tries', `wait ${Math.ceil(waitMs / SECOND)} s`),
  headers: { 'Retry-After': String(Math.ceil(waitMs / SECOND)) },
});

/** The object in the body, or why there is none. */
async function bodyOf(
  request: IncomingMessage,
): Promise<{ readonly body: JsonObject } | { readonly refused: Exclude<Answer, 'stream'> }> {
  // a form of another site cannot send this type without asking first, and that question is never answered
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json')
    return { refused: refusal(415, 'the body has to be JSON', 'content-type: application/json') };
  const tooLarge = { refused: refusal(413, `the body has more than ${LARGEST_BODY} bytes`) };
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) return tooLarge;
    chunks.push(chunk);
  }
  const body = parseJson(Buffer.concat(chunks).toString('utf8'));
  return isObject(body) ? { body } : { refused: refusal(400, 'the body has to be an object of JSON') };
}
