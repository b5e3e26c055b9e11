/** What the connection to the broker needs to know. */

import { HOUR, MINUTE } from '../../common/duration.js';
import type { Clock, Message } from '../../ports.js';

/** Where, as whom and how to connect. */
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
  /** Fixed for ever: the session belongs to it. No other program may use it. */
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
export type BrokerTimings = {
  /** The first wait before another attempt; doubles with each round through the list of urls. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** The longest wait while another program uses our client id. */
  readonly longestRetryInTakeoverMs: number;
  /** A connection that stood this long counts: the waits begin anew, and so does the list of urls. */
  readonly stoodMs: number;
  /**
   * A connection that is closed without a word before this may be a takeover. Several times the first wait of
   * usual clients (1 s), which is how long the other side lets us live.
   */
  readonly shortMs: number;
  /**
   * A takeover loop is over when a connection stood this long. More than the longest wait of the other side,
   * which may be a bridge like this one: else the two would find it over and beginning again for ever.
   */
  readonly takeoverOverMs: number;
  /** A close this soon after a publish may be its fault. */
  readonly blameMs: number;
  /** A topic whose SUBSCRIBE makes the broker hang up is left alone for so long. */
  readonly avoidMs: number;
};

export const DEFAULT_TIMINGS: BrokerTimings = {
  firstRetryMs: 1_000,
  longestRetryMs: 30_000,
  longestRetryInTakeoverMs: MINUTE,
  stoodMs: 30_000,
  shortMs: 5_000,
  takeoverOverMs: 120_000,
  blameMs: 3_000,
  avoidMs: HOUR,
};

/** Topics in one SUBSCRIBE: some brokers limit the size. */
export const TOPICS_PER_PACKET = 50;

/** Who we are to the broker. Secrets: not to be logged. */
export type Credentials = Pick<BrokerOptions, 'username' | 'password' | 'ca' | 'cert' | 'key'>;
