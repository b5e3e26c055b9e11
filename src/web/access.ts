/**
 * Who may see the page. Every request is judged before anything else is done with it, by its headers, its peer and where
 * it came in. The rules and their reasons: docs/page.md, "Security and access".
 *
 * A page of another site that is open in the owner's browser is the attacker here: it can send requests to any address
 * (with cookies), and its own name can be made to point here (DNS rebinding). A browser copies `Host` from the address
 * bar and never lets a script write `Host` or `Origin`.
 */

import type { Access } from './protocol.js';

/** Where the page is served. */
export type Listen =
  /** `host` is an IP address or `localhost`. */
  | { readonly kind: 'port'; readonly host: string; readonly port: number }
  /** A unix socket, for a proxy on this machine; its absolute path. */
  | { readonly kind: 'socket'; readonly path: string };

/** Whether only this machine gets there. */
export function isLoopback(listen: Listen): boolean {
  return listen.kind === 'port' && /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(listen.host);
}

/** What decides. */
export type AccessSettings = {
  /** Names beside those of the machine under which the page is called, lower case. */
  readonly hosts: readonly string[];
  /** Where the owner calls it, `https://x10.example/house/`; undefined = not known. */
  readonly url: string | undefined;
  /** Home Assistant's ingress is believed. */
  readonly ingress: boolean;
  /** Reading needs no log-in. */
  readonly openReading: boolean;
  /** The machine's name, as the system has it. */
  readonly machine: string;
};

/** A request, as far as it matters here. */
export type Asked = {
  readonly method: string;
  /** Names and values in turn, as they came (`rawHeaders` of Node). */
  readonly headers: readonly string[];
  /** Address of the other end; empty = a unix socket. */
  readonly peer: string;
  /** It came in on an address of this machine that only this machine can reach. */
  readonly isLoopback: boolean;
};

/** Why a request is refused. */
export type Denial = {
  readonly status: 400 | 403 | 421;
  readonly error: string;
  readonly hint?: string;
};

/** Who asks without a log-in. */
export type Stranger = Pick<Access, 'by' | 'user'>;

/** The peer of Home Assistant's ingress (developers.home-assistant.io, "Presenting your app"). */
const INGRESS_PEER = '172.30.32.2';

/** Headers that a proxy adds: behind one, every peer looks like this machine. */
const OF_PROXIES =
  /^(forwarded|via|x-forwarded(-.*)?|x-real-ip|x-client-ip|x-original-.*|x-ingress-path|x-remote-user(-.*)?|x-cluster-client-ip|true-client-ip|cf-.*)$/;

/** One value of a header; undefined = it is not there, null = it is there several times. */
function only(headers: readonly string[], name: string): string | undefined | null {
  const values: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2)
    if (headers[index]?.toLowerCase() === name) values.push(headers[index + 1] ?? '');
  return values.length > 1 ? null : values[0];
}

function hasProxyHeader(headers: readonly string[]): boolean {
  return headers.some((name, index) => index % 2 === 0 && OF_PROXIES.test(name.toLowerCase()));
}

/** `Host` without its port: lower case, no dot at its end; undefined when it is not one. */
export function hostName(host: string): string | undefined {
  const [, name] = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i.exec(host) ?? [];
  return name?.toLowerCase().replace(/\.$/, '');
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/;

/** No name of the public DNS, so that no other site can make it point here (RFC 6761, RFC 6762). */
function isSafeName(name: string, machine: string): boolean {
  const own = machine.toLowerCase();
  if (name.startsWith('[')) return true;
  if (name === 'localhost' || name.endsWith('.localhost') || (IPV4.test(name) && !name.endsWith('.')))
    return true;
  return own !== '' && (name === own || name === `${own.replace(/\.local$/, '')}.local`);
}

/** The host of an address, `x10.example`; undefined without one. */
export function hostOfUrl(url: string | undefined): string | undefined {
  const [, host = ''] = /^https?:\/\/([^/?#]+)/i.exec(url ?? '') ?? [];
  return hostName(host);
}

const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** IPv4 in the form of IPv6 is IPv4. */
export function plainPeer(peer: string): string {
  return peer.replace(/^::ffff:(?=\d+\.)/i, '');
}

function isLoopbackPeer(peer: string): boolean {
  return peer === '::1' || peer.startsWith('127.');
}

/** Whether `Origin` is the site itself, as `host` names it, or where the owner says that it is. */
function isOwnOrigin(origin: string, host: string, url: string | undefined): boolean {
  const [, named] = /^https?:\/\/([^/?#@]+)$/i.exec(origin) ?? [];
  if (named === undefined) return false;
  const [, ofUrl] = /^(https?:\/\/[^/?#@]+)/i.exec(url ?? '') ?? [];
  return named.toLowerCase() === host.toLowerCase() || origin.toLowerCase() === ofUrl?.toLowerCase();
}

/** Judges a request before it is known whether it has a log-in. */
export function admit(asked: Asked, settings: AccessSettings): Stranger | Denial {
  const { headers } = asked;
  const host = only(headers, 'host');
  const origin = only(headers, 'origin');
  if (host === null || origin === null || host === undefined || hostName(host) === undefined)
    return { status: 400, error: 'this is not a valid request' };
  const peer = plainPeer(asked.peer);
  const isIngress = settings.ingress && peer === INGRESS_PEER;
  const name = hostName(host) ?? '';
  const isKnown = settings.hosts.includes(name) || name === hostOfUrl(settings.url);
  if (!isIngress && !isKnown && !isSafeName(name, settings.machine))
    return {
      status: 421,
      error: `the page is not called "${name}"`,
      hint: `if that is a name of this machine, write into config.yaml: web: { hosts: [${name}] }`,
    };
  const ingressHost = isIngress ? (only(headers, 'x-forwarded-host') ?? host) : host;
  if (origin !== undefined && ![host, ingressHost].some((each) => isOwnOrigin(origin, each, settings.url)))
    return { status: 403, error: 'another site has sent this request' };
  // a link from elsewhere may open the page, and nothing else
  const site = only(headers, 'sec-fetch-site');
  const isForeign = site === 'cross-site' || site === 'same-site';
  if (isForeign && (asked.method !== 'GET' || only(headers, 'sec-fetch-mode') !== 'navigate'))
    return { status: 403, error: 'another site has sent this request' };
  if (isIngress) return { by: 'ingress', user: ingressUser(headers) };
  const isLocal =
    asked.isLoopback && isLoopbackPeer(peer) && LOCAL_NAMES.has(name) && !hasProxyHeader(headers);
  return { by: isLocal || settings.openReading ? 'open' : 'nobody', user: null };
}

function ingressUser(headers: readonly string[]): string | null {
  const named = only(headers, 'x-remote-user-display-name') ?? only(headers, 'x-remote-user-name');
  return named?.slice(0, 100) ?? null;
}

/** What a request may do: `user` is the owner of its token, undefined = it has none. */
export function accessOf({ by, user: stranger }: Stranger, user: string | undefined): Access {
  if (user !== undefined) return { by: 'token', user, mayRead: true, mayWrite: true };
  // Home Assistant has asked who it is, but what changes something takes a token of the bridge's own
  if (by === 'ingress') return { by, user: stranger, mayRead: true, mayWrite: false };
  return { by, user: null, mayRead: by === 'open', mayWrite: false };
}

/** Scripts of the page itself, and nothing else; only `frameAncestors` may show it in a frame. */
export function contentSecurityPolicy(frameAncestors: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${["'self'", ...frameAncestors].join(' ')}`,
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ');
}
