/**
 * One connection of a trial: it does one thing at a time and writes down everything that the broker says, in the
 * order of the packets. Like `broker/link.ts` it has an mqtt.js client of its own that never comes back by itself.
 */

import { Socket } from 'node:net';
import mqtt, { type MqttClient, type Packet } from 'mqtt';
import { clientOptions, reasonCodeOf } from '../broker/client-options.js';
import type { BrokerOptions } from '../broker/options.js';
import * as reasons from '../broker/reasons.js';
import type { BrokerUrl } from '../broker/url.js';

/** Where to, and as whom. */
export type Entrance = {
  readonly url: BrokerUrl;
  readonly credentials: Pick<BrokerOptions, 'username' | 'password' | 'ca' | 'cert' | 'key'>;
  readonly clock: BrokerOptions['clock'];
  readonly protocol: '3.1.1' | '5';
  readonly clientId: string;
  readonly clean: boolean;
  /** From the first packet to CONNACK, and for every answer, ms. */
  readonly patienceMs: number;
  /** MQTT 5: how long the broker keeps the session, s. Default: for ever. */
  readonly sessionExpiryS?: number;
  /** Nothing is acknowledged, so that what waits in the session stays there. */
  readonly takesNothing?: boolean;
};

/** What was heard. */
export type Heard =
  | {
      readonly kind: 'message';
      readonly topic: string;
      readonly payload: string;
      readonly retain: boolean;
      readonly qos: 0 | 1 | 2;
    }
  | { readonly kind: 'suback' };

/** What was answered to a publish. `silence`: no PUBACK in time. */
export type Answer = 'taken' | 'refused' | 'closed' | 'silence';

export type Guest = {
  readonly sessionPresent: boolean;
  /** MQTT 5: the broker's own limit for the session (CONNACK, section 3.2.2.3.2), s. */
  readonly expiryS: number | undefined;
  readonly heard: readonly Heard[];
  /** Why the connection ended without us; undefined while it stands. */
  readonly closed: () => string | undefined;
  /** Resolves with the codes of the SUBACK, in the order of the topics. Rejects when none comes. */
  readonly subscribe: (topics: readonly string[], qos?: 0 | 1) => Promise<readonly number[]>;
  readonly publish: (
    topic: string,
    payload: string,
    options?: { readonly qos?: 0 | 1; readonly retain?: boolean },
  ) => Promise<Answer>;
  /** Resolves when nothing was heard for so long, at most after `atMostMs`. */
  readonly quiet: (forMs: number, atMostMs: number) => Promise<void>;
  /** Resolves with whether it came true in time. */
  readonly until: (condition: () => boolean, withinMs: number) => Promise<boolean>;
  /** DISCONNECT. */
  readonly leave: () => Promise<void>;
  /** Without a word. */
  readonly cut: () => void;
};

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** A DISCONNECT that takes longer is a cut. */
const LEAVE_MS = 1000;

/** Connects; rejects with the reason in words. */
export function enter(entrance: Entrance): Promise<Guest> {
  const { url, credentials, clock, protocol, clientId, clean, patienceMs, takesNothing = false } = entrance;
  const { sessionExpiryS } = entrance;
  const attempt: reasons.Attempt = {
    shown: url.shown,
    usesTls: url.protocol === 'mqtts' || url.protocol === 'wss',
    protocol,
    clientId,
    hasUsername: (url.username ?? credentials.username) !== undefined,
    connectTimeoutMs: patienceMs,
    keepaliveS: 15,
  };
  const heard: Heard[] = [];
  const subacks = new Map<number, (codes: readonly number[]) => void>();
  let heardAt = performance.now();
  let connackCode: number | undefined;
  let closed: string | undefined;
  let notify: (() => void)[] = [];

  return new Promise((resolve, reject) => {
    let client: MqttClient;
    let isIn = false;

    const changed = (): void => {
      const all = notify;
      notify = [];
      for (const each of all) each();
    };
    const end = (reason: string): void => {
      if (closed !== undefined) return;
      closed = reason;
      client.end(true);
      client.stream.destroy();
      if (!isIn) reject(new Error(reason));
      changed();
    };
    const failed = (error: Error): void => {
      if (connackCode !== undefined) end(reasons.connackInWords(connackCode, attempt));
      else if (error.message === 'connack timeout') end(reasons.connectTimeoutInWords(attempt));
      else end(reasons.errorInWords(error, isIn, attempt));
    };
    const received = (packet: Packet): void => {
      heardAt = performance.now();
      if (packet.cmd === 'connack') {
        const code = packet.reasonCode ?? packet.returnCode ?? 0;
        if (code !== 0) connackCode = code;
        else {
          isIn = true;
          const expiryS = packet.properties?.sessionExpiryInterval;
          const { sessionPresent } = packet;
          // mqtt.js can publish once it is through with this packet; it takes the next one only a tick later
          process.nextTick(() => resolve({ ...guest, sessionPresent, expiryS }));
        }
      } else if (packet.cmd === 'publish') {
        const { topic, payload, retain, qos } = packet;
        heard.push({ kind: 'message', topic, payload: payload.toString(), retain, qos });
        // for mqtt.js it is a message that wants no PUBACK: the broker keeps it for the next connection
        if (takesNothing) packet.qos = 0;
      } else if (packet.cmd === 'suback') {
        heard.push({ kind: 'suback' });
        subacks.get(packet.messageId ?? 0)?.(packet.granted.map(Number));
      }
      changed();
    };

    const until = async (condition: () => boolean, withinMs: number): Promise<boolean> => {
      const endAt = performance.now() + withinMs;
      while (!condition()) {
        const leftMs = endAt - performance.now();
        if (leftMs <= 0 || closed !== undefined) return false;
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((next) => {
          timer = setTimeout(next, leftMs);
          notify.push(next);
        });
        clearTimeout(timer);
      }
      return true;
    };

    const subscribe = (topics: readonly string[], qos: 0 | 1 = 1): Promise<readonly number[]> =>
      new Promise((granted, refused) => {
        if (closed !== undefined) {
          refused(new Error(closed));
          return;
        }
        const before = client.getLastMessageId();
        client.subscribe([...topics], { qos, rh: 0, rap: false });
        const id = client.getLastMessageId();
        if (id === before) {
          refused(new Error(`${topics.join(', ')} cannot be subscribed to`));
          return;
        }
        let codes: readonly number[] | undefined;
        subacks.set(id, (each) => (codes = each));
        void until(() => codes !== undefined, patienceMs).then(() => {
          subacks.delete(id);
          if (codes !== undefined) granted(codes);
          else refused(new Error(closed ?? `${url.shown}: a SUBSCRIBE was not answered`));
        });
      });

    const publish: Guest['publish'] = async (topic, payload, { qos = 1, retain = false } = {}) => {
      if (closed !== undefined) return 'closed';
      let answer: Answer | undefined;
      client.publish(topic, payload, { qos, retain }, (error) => {
        answer = !(error instanceof Error)
          ? 'taken'
          : reasonCodeOf(error) !== undefined
            ? 'refused'
            : 'closed';
        changed();
      });
      await until(() => answer !== undefined, patienceMs);
      return answer ?? (guest.closed() === undefined ? 'silence' : 'closed');
    };

    const quiet = async (forMs: number, atMostMs: number): Promise<void> => {
      const endAt = performance.now() + atMostMs;
      const from = performance.now();
      for (;;) {
        const now = performance.now();
        const leftMs = Math.min(Math.max(heardAt, from) + forMs, endAt) - now;
        if (leftMs <= 0 || closed !== undefined) return;
        await pause(leftMs);
      }
    };

    const leave = async (): Promise<void> => {
      if (closed !== undefined) return;
      const ended = client.endAsync(false).catch(() => undefined);
      await Promise.race([ended, pause(LEAVE_MS)]);
      end('left');
    };

    const guest = {
      heard,
      closed: () => closed,
      subscribe,
      publish,
      quiet,
      until,
      leave,
      cut: () => end('cut'),
    };

    const options = clientOptions(
      url,
      { ...credentials, urls: [], clientId, clean, protocol, will: undefined, clock },
      { keepaliveS: attempt.keepaliveS, connectTimeoutMs: patienceMs },
    );
    if (protocol === '5' && !clean && sessionExpiryS !== undefined)
      options.properties = { sessionExpiryInterval: sessionExpiryS };
    try {
      client = mqtt.connect(options);
    } catch (error) {
      reject(new Error(reasons.errorInWords(error, false, attempt)));
      return;
    }
    client.on('packetreceive', received);
    client.on('error', failed);
    client.on('close', () => end(reasons.closedInWords(isIn, attempt)));
    try {
      client.connect();
      const { stream } = client;
      stream.on('error', failed);
      if (stream instanceof Socket) stream.once('connect', () => stream.setNoDelay(true));
    } catch (error) {
      end(reasons.errorInWords(error, false, attempt));
    }
  });
}
