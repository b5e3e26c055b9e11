/** What the connection to the broker needs to know. */

import type { Clock, Message } from '../../ports.js';
import type { BrokerTimings } from './timings.js';

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
