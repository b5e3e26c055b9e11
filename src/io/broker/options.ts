/** What the connection to the broker needs, and urls taken apart, so that secrets are never shown. */

import { orElse } from '../../common/error.js';
import { HOUR, MINUTE } from '../../common/duration.js';
import type { Clock, Message } from '../../ports.js';

/** Address, credentials and limits of a connection. */
export type BrokerOptions = {
  /** One or more; each attempt takes the next. mqtt, mqtts, tcp, ssl, ws, wss; may hold user and password. */
  readonly urls: readonly string[];
  /** Come before those of a url. Never logged, never part of a reason. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** PEM: the authority that signed the broker's certificate, instead of the system's. */
  readonly ca?: Buffer | undefined;
  /** PEM: our own certificate and its key. */
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  /** Fixed forever: the session belongs to it. No other program may use it. */
  readonly clientId: string;
  /** true = no session is kept. */
  readonly clean: boolean;
  /** Seconds, 1..65535. A dead link is noticed after one and a half times that. Default 15. */
  readonly keepaliveS?: number;
  /** From the first packet to CONNACK, and from SUBSCRIBE to SUBACK. Default 10,000 ms. */
  readonly connectTimeoutMs?: number;
  readonly protocol: '3.1.1' | '5';
  /** What the broker publishes for us when the link dies, QoS 1. Undefined: nothing (a command, not the service). */
  readonly will: Message | undefined;
  readonly clock: Clock;
  readonly timings?: Partial<BrokerTimings>;
  /** 0 <= n < 1; for the jitter of the waits. */
  readonly random?: () => number;
};

/** How long the connection waits for what, and when it tries again. All in milliseconds. */
export const DEFAULT_TIMINGS = {
  /** The first wait before another attempt; doubles with each round through the list of urls. */
  firstRetryMs: 1_000,
  longestRetryMs: 30_000,
  /** The longest wait while another program uses our client id. */
  longestRetryInTakeoverMs: MINUTE,
  /** A connection that stood this long counts: the waits begin again, and so does the list of urls. */
  stoodMs: 30_000,
  /**
   * A connection that is closed without a word before this may be a takeover. Several times the first wait of
   * usual clients (1 s), which is how long the other side lets us live.
   */
  shortMs: 5_000,
  /**
   * A takeover loop is over when a connection stood this long. More than the longest wait of the other side,
   * which may be a bridge like this one: else the two would find it over and beginning again forever.
   */
  takeoverOverMs: 120_000,
  /** A close this soon after a publish may be its error. */
  blameMs: 3_000,
  /** A topic whose SUBSCRIBE makes the broker hang up is left alone for so long. */
  avoidMs: HOUR,
};

/** All of them, as they are or as a test wants them. */
export type BrokerTimings = Readonly<typeof DEFAULT_TIMINGS>;

/** Topics in one SUBSCRIBE: some brokers limit the size. */
export const TOPICS_PER_PACKET = 50;

/** The credentials for the broker. Secrets: not to be logged. */
export type Credentials = Pick<BrokerOptions, 'username' | 'password' | 'ca' | 'cert' | 'key'>;

// --- Urls.

/** `mqtt` and `ws` are plain, `mqtts` and `wss` use TLS. */
type BrokerProtocol = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export type BrokerUrl = {
  readonly protocol: BrokerProtocol;
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** For web sockets: path and query. */
  readonly path: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** For people: without user and password. */
  readonly shown: string;
};

const PROTOCOLS: Readonly<Record<string, { readonly protocol: BrokerProtocol; readonly port: number }>> = {
  'mqtt:': { protocol: 'mqtt', port: 1883 },
  'tcp:': { protocol: 'mqtt', port: 1883 },
  'mqtts:': { protocol: 'mqtts', port: 8883 },
  'ssl:': { protocol: 'mqtts', port: 8883 },
  'tls:': { protocol: 'mqtts', port: 8883 },
  'ws:': { protocol: 'ws', port: 80 },
  'wss:': { protocol: 'wss', port: 443 },
};

/** Takes a broker url apart; undefined when it is none. */
export function parseBrokerUrl(text: string): BrokerUrl | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const known = PROTOCOLS[url.protocol];
  if (known === undefined || url.hostname === '') return undefined;
  const { protocol } = known;
  const port = url.port === '' ? known.port : Number(url.port);
  if (port === 0) return undefined;
  const isWebSocket = protocol === 'ws' || protocol === 'wss';
  const path = isWebSocket ? `${url.pathname}${url.search}` : '';
  return {
    protocol,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    path,
    username: url.username === '' ? undefined : decoded(url.username),
    password: url.password === '' ? undefined : decoded(url.password),
    // a query may carry a token
    shown: `${protocol}://${url.hostname}:${port}${isWebSocket ? url.pathname : ''}`,
  };
}

const decoded = (text: string): string => orElse(() => decodeURIComponent(text), text);
