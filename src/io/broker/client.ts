/**
 * A client of mqtt.js for one connection. It does nothing by itself: no reconnecting, no queueing, no subscribing again.
 * Only this file, `link.ts` and `visit.ts` know mqtt.js.
 */

import { Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient, type Packet } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import type { BrokerOptions, BrokerUrl, Credentials } from './options.js';
import { errorText } from '../../common/error.js';
import * as reasons from './reasons.js';

// mqtt.js would keep a buffer for each of the 65,536 numbers that a packet may have: 7 MB, made at the first connection
writeToStream.cacheNumbers = false;

/** The credentials, and how long to try. */
export type ClientSettings = Credentials &
  Pick<BrokerOptions, 'clientId' | 'clean' | 'protocol'> &
  Partial<Pick<BrokerOptions, 'will'>> & {
    readonly keepaliveS: number;
    readonly connectTimeoutMs: number;
    /** MQTT 5: how long the broker keeps the session, s. Default: forever. */
    readonly sessionExpiryS?: number | undefined;
  };

/** Never expires, as in MQTT 3.1.1 (MQTT 5, section 3.1.2.11.2). */
const FOR_EVER = 0xffff_ffff;

const usesTls = ({ protocol }: BrokerUrl): boolean => protocol === 'mqtts' || protocol === 'wss';

function clientOptions(url: BrokerUrl, settings: ClientSettings): IClientOptions {
  const { protocol, host, port, path } = url;
  const { username = url.username, password = url.password, ca, cert, key } = settings;
  const { clientId, clean, will, sessionExpiryS = FOR_EVER } = settings;
  const isV5 = settings.protocol === '5';
  const isWebSocket = protocol === 'ws' || protocol === 'wss';
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
    ...(usesTls(url) && tls),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    clientId,
    clean,
    protocolVersion: isV5 ? 5 : 4,
    ...(isV5 && !clean && { properties: { sessionExpiryInterval: sessionExpiryS } }),
    keepalive: settings.keepaliveS,
    connectTimeout: settings.connectTimeoutMs,
    ...(will !== undefined && {
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain },
    }),
    manualConnect: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
  };
}

/** Begins to connect. What cannot even begin, as with a certificate that is none, has failed a tick later. */
export function openClient(
  url: BrokerUrl,
  settings: ClientSettings,
  on: {
    readonly packet: (packet: Packet) => void;
    readonly failed: (error: unknown) => void;
    readonly closed: () => void;
  },
): MqttClient | undefined {
  try {
    const client = mqtt.connect(clientOptions(url, settings));
    client.on('packetreceive', on.packet);
    client.on('error', on.failed);
    client.on('close', on.closed);
    client.connect();
    const { stream } = client;
    // mqtt.js keeps errors without a code to itself, such as those of a web socket's handshake
    stream.on('error', on.failed);
    if (stream instanceof Socket) stream.once('connect', () => stream.setNoDelay(true));
    return client;
  } catch (error) {
    process.nextTick(on.failed, error);
    return undefined;
  }
}

/** What the words for people need to know. */
export function attemptOf(url: BrokerUrl, settings: ClientSettings): reasons.Attempt {
  const { username = url.username, protocol, clientId, connectTimeoutMs, keepaliveS } = settings;
  return {
    shown: url.shown,
    usesTls: usesTls(url),
    protocol,
    clientId,
    hasUsername: username !== undefined,
    connectTimeoutMs,
    keepaliveS,
  };
}

/** Why a connection failed, in words. `connackCode`: that of a refusing CONNACK. */
export function failureInWords(
  error: unknown,
  connackCode: number | undefined,
  accepted: boolean,
  attempt: reasons.Attempt,
): string {
  if (connackCode !== undefined) return reasons.connackInWords(connackCode, attempt);
  const text = errorText(error);
  if (text === 'connack timeout') return reasons.connectTimeoutInWords(attempt);
  if (text === 'Keepalive timeout') return reasons.keepaliveInWords(attempt);
  return reasons.errorInWords(error, accepted, attempt);
}

/** The code with which the broker refused something; undefined when the connection failed instead. */
export function reasonCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
