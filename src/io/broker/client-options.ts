/** What mqtt.js is told for one connection. */

import type { IClientOptions } from 'mqtt';
import type { BrokerOptions } from './options.js';
import type { BrokerUrl } from './url.js';

/** Never expires, as in MQTT 3.1.1 (MQTT 5, section 3.1.2.11.2). */
const FOR_EVER = 0xffff_ffff;

/** The options of a client that does nothing by itself: no reconnecting, no queueing, no subscribing again. */
export function clientOptions(
  url: BrokerUrl,
  {
    username = url.username,
    password = url.password,
    ca,
    cert,
    key,
    clientId,
    clean,
    ...more
  }: BrokerOptions,
  { keepaliveS, connectTimeoutMs }: { readonly keepaliveS: number; readonly connectTimeoutMs: number },
): IClientOptions {
  const { protocol, host, port, path } = url;
  const isV5 = more.protocol === '5';
  const isWebSocket = protocol === 'ws' || protocol === 'wss';
  const { will } = more;
  const tls = {
    ...(ca !== undefined && { ca }),
    // mqtt.js would silently switch to TLS for a plain url
    ...(cert !== undefined && key !== undefined && { cert, key }),
  };
  return {
    protocol,
    // a web socket takes a url, the others an address
    hostname: isWebSocket && host.includes(':') ? `[${host}]` : host,
    port,
    ...(isWebSocket && { path }),
    ...((protocol === 'mqtts' || protocol === 'wss') && tls),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    clientId,
    clean,
    protocolVersion: isV5 ? 5 : 4,
    ...(isV5 && !clean && { properties: { sessionExpiryInterval: FOR_EVER } }),
    keepalive: keepaliveS,
    connectTimeout: connectTimeoutMs,
    ...(will !== undefined && {
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain },
    }),
    manualConnect: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
  };
}

/** The code with which the broker refused something; undefined when the connection failed instead. */
export function reasonCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
