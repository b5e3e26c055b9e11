/**
 * One connection to one broker, from the first packet to the last. Each has an mqtt.js client of its own, so that
 * nothing of a lost connection is ever left to that library's queues and stores, which lose messages: what was
 * not acknowledged is handed back when the link ends. Only this file and `client-options.ts` know mqtt.js,
 * beside `visit.ts`.
 */

import { Socket } from 'node:net';
import mqtt, { type MqttClient, type Packet } from 'mqtt';
import { errorCode } from '../../common/error.js';
import type { Message, Received } from '../../ports.js';
import { publishFailure, type PublishFailure } from '../../mqtt/outgoing.js';
import { clientOptions, reasonCodeOf } from './client-options.js';
import type { BrokerOptions } from './options.js';
import * as reasons from './reasons.js';
import { subscriptions, TOPICS_PER_PACKET } from './subscriptions.js';
import type { Suspects } from './suspects.js';
import type { BrokerUrl } from './url.js';

/** A message that was handed over to be published. */
export type Publishing = {
  readonly message: Message;
  readonly done: (error?: PublishFailure) => void;
  /** Monotonic; undefined while it waits for its turn. */
  writtenAt: number | undefined;
};

/** How a link ended. */
export type LinkEnd = {
  /** CONNACK had been accepted. */
  readonly accepted: boolean;
  /** `silent` = closed by the other side or cut, `told` = closed with a reason, `taken_over` = with that reason. */
  readonly how: 'silent' | 'told' | 'taken_over' | 'fault' | 'stopped';
  readonly reason: string;
  /** What was not acknowledged, in order: the first `inFlight` were written, the others not. */
  readonly unsettled: readonly Publishing[];
  readonly inFlight: number;
  /** The topics of each SUBSCRIBE that had not been answered. */
  readonly subscribing: readonly string[];
};

export type LinkListener = {
  readonly accepted: (sessionPresent: boolean) => void;
  readonly received: (message: Received) => void;
  /** SUBACK, or its absence, for one SUBSCRIBE packet. */
  readonly subscribed: (topics: readonly string[], refused: readonly string[]) => void;
  /** The last call. */
  readonly ended: (end: LinkEnd) => void;
};

export type Link = {
  readonly publish: (message: Message, done: (error?: PublishFailure) => void) => void;
  readonly subscribe: (topics: readonly string[]) => void;
  readonly unsubscribe: (topics: readonly string[]) => void;
  /** Disconnects cleanly as soon as everything is acknowledged. */
  readonly finish: () => void;
  /** Cuts the connection; without a DISCONNECT, so that the broker publishes the will. */
  readonly cut: () => void;
};

/**
 * Opens a link. Publishes wait when more are in flight than the broker takes (MQTT 5, section 3.3.4: Receive Maximum).
 * While `suspects` isolate, one thing at a time is sent, subscriptions first.
 */
export function openLink(
  url: BrokerUrl,
  options: BrokerOptions,
  suspects: Suspects,
  listener: LinkListener,
): Link {
  const { clock, keepaliveS = 15, connectTimeoutMs = 10_000 } = options;
  const attempt: reasons.Attempt = {
    shown: url.shown,
    usesTls: url.protocol === 'mqtts' || url.protocol === 'wss',
    protocol: options.protocol,
    clientId: options.clientId,
    hasUsername: (options.username ?? url.username) !== undefined,
    connectTimeoutMs,
    keepaliveS,
  };
  let client: MqttClient | undefined;
  let accepted = false;
  let over = false;
  let finishing = false;
  /** Code of a refusing CONNACK or of a DISCONNECT. */
  let connackCode: number | undefined;
  let disconnectCode: number | undefined;
  let receiveMaximum = 65_535;
  let hasFlushed = false;
  const inFlight = new Set<Publishing>();
  let held: Publishing[] = [];

  const end = (how: LinkEnd['how'], reason: string): void => {
    if (over) return;
    over = true;
    const subscribing = asking.end();
    const unsettled = [...inFlight, ...held];
    const count = inFlight.size;
    inFlight.clear();
    held = [];
    client?.end(true);
    // a client that is ending already does nothing more
    client?.stream.destroy();
    listener.ended({
      accepted,
      how,
      reason,
      unsettled,
      inFlight: count,
      subscribing,
    });
  };

  const failed = (error: Error): void => {
    if (connackCode !== undefined) end('fault', reasons.connackInWords(connackCode, attempt));
    else if (error.message === 'connack timeout') end('fault', reasons.connectTimeoutInWords(attempt));
    else if (error.message === 'Keepalive timeout') end('fault', reasons.keepaliveInWords(attempt));
    else {
      const code = errorCode(error);
      const isCut = code === 'ECONNRESET' || code === 'EPIPE';
      end(isCut ? 'silent' : 'fault', reasons.errorInWords(error, accepted, attempt));
    }
  };

  const closed = (): void => {
    if (finishing) end('stopped', 'disconnected');
    else if (disconnectCode === undefined) end('silent', reasons.closedInWords(accepted, attempt));
    else {
      end(
        disconnectCode === 0x8e ? 'taken_over' : 'told',
        reasons.disconnectInWords(disconnectCode, attempt),
      );
    }
  };

  const packetReceived = (packet: Packet): void => {
    if (packet.cmd === 'connack') {
      const code = packet.reasonCode ?? packet.returnCode ?? 0;
      if (code !== 0) connackCode = code;
      else {
        receiveMaximum = packet.properties?.receiveMaximum ?? 65_535;
        // mqtt.js can publish once it is through with this packet; it takes the next one only a tick later
        process.nextTick(() => {
          if (over) return;
          accepted = true;
          listener.accepted(packet.sessionPresent);
        });
      }
    } else if (packet.cmd === 'suback') {
      const { granted, messageId = 0 } = packet;
      asking.answered(messageId, (_, index) => !(Number(granted[index]) < 0x80));
    } else if (packet.cmd === 'disconnect') {
      disconnectCode = packet.reasonCode ?? 0;
    }
  };

  const asking = subscriptions(
    { clock, timeoutMs: connectTimeoutMs, suspects },
    (topics) => {
      const before = client?.getLastMessageId();
      client?.subscribe(topics, { qos: 1, rh: 0, rap: false });
      const id = client?.getLastMessageId();
      return id === before ? undefined : id;
    },
    (topics, refused) => {
      listener.subscribed(topics, refused);
      goOn();
    },
  );

  const write = (publishing: Publishing): void => {
    const { topic, payload, retain } = publishing.message;
    inFlight.add(publishing);
    publishing.writtenAt = clock.monotonicMs();
    client?.publish(topic, payload, { qos: 1, retain }, (error) => settled(publishing, error));
    // mqtt.js writes at the end of the tick; the first message of a tick goes at once, the others go together
    if (hasFlushed) return;
    hasFlushed = true;
    client?.stream.uncork();
    process.nextTick(() => (hasFlushed = false));
  };

  const settled = (publishing: Publishing, error: Error | null | undefined): void => {
    const code = reasonCodeOf(error);
    // an error without a reason code is the end of the link, which hands back everything in order
    if ((error instanceof Error && code === undefined) || !inFlight.delete(publishing)) return;
    const { message, done } = publishing;
    suspects.answered({ act: 'publish', topic: message.topic });
    goOn();
    if (code === undefined) done();
    else {
      done(publishFailure('refused', reasons.refusedPublishInWords(code, message.topic, url.shown)));
    }
    if (finishing) finishWhenIdle();
  };

  const isIdle = (): boolean => inFlight.size === 0 && !asking.isAsking();

  const hasRoom = (): boolean =>
    suspects.isIsolating() ? isIdle() && !asking.isWaiting() : inFlight.size < receiveMaximum;

  /** Sends what waits, as far as it may be sent now. */
  const goOn = (): void => {
    while (asking.isWaiting() && !over && (isIdle() || !suspects.isIsolating())) asking.send();
    while (held.length > 0 && hasRoom()) {
      const next = held.shift();
      if (next !== undefined) write(next);
    }
  };

  const finishWhenIdle = (): void => {
    if (inFlight.size === 0 && held.length === 0 && !over) client?.end(false);
  };

  try {
    client = mqtt.connect(clientOptions(url, options, { keepaliveS, connectTimeoutMs }));
    client.on('packetreceive', packetReceived);
    client.on('error', failed);
    client.on('close', closed);
    client.on('message', (topic, payload, packet) => {
      if (!over) listener.received({ topic, payload, retain: packet.retain, duplicate: packet.dup });
    });
    client.connect();
    const { stream } = client;
    // mqtt.js keeps errors without a code to itself, such as those of a web socket's handshake
    stream.on('error', failed);
    if (stream instanceof Socket) stream.once('connect', () => stream.setNoDelay(true));
  } catch (error) {
    // what cannot even begin, such as a certificate that is none
    client = undefined;
    process.nextTick(() => end('fault', reasons.errorInWords(error, false, attempt)));
  }

  return {
    publish: (message, done) => {
      const publishing: Publishing = { message, done, writtenAt: undefined };
      if (held.length === 0 && hasRoom()) write(publishing);
      else held.push(publishing);
    },
    subscribe: (topics) => {
      asking.add(topics);
      goOn();
    },
    unsubscribe: (topics) => {
      for (const chunk of inChunks(topics)) client?.unsubscribe(chunk);
    },
    finish: () => {
      finishing = true;
      finishWhenIdle();
    },
    cut: () => end('stopped', 'disconnected'),
  };
}

function inChunks(topics: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let from = 0; from < topics.length; from += TOPICS_PER_PACKET) {
    chunks.push(topics.slice(from, from + TOPICS_PER_PACKET));
  }
  return chunks;
}
