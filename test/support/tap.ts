/**
 * What a bridge really says to its broker, read off the wire: every PUBLISH it has sent, and which of them the
 * broker has acknowledged. A subscriber cannot tell that: it misses what is published while it is away itself.
 * Knows as much of MQTT 3.1.1 as that takes (sections 2.2, 3.3 and 3.4).
 */

import type { Wire } from './link.js';

/** One PUBLISH. Instants are epoch ms. */
export type Published = {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  /** On which connection it was sent: they are counted from 1. */
  readonly connection: number;
  readonly sentAt: number;
  /** When its PUBACK came back; undefined as long as it has not. */
  acknowledgedAt: number | undefined;
};

/** Everything that was published through a tapped link, over all connections. */
export type Tap = {
  readonly published: readonly Published[];
  /** For `startLink`. */
  readonly wire: () => Wire;
  /** Forgets what has been published so far. */
  readonly clear: () => void;
};

const PUBLISH = 3;
const PUBACK = 4;

/** `heard` is told of each PUBLISH as it passes, `acknowledged` of each PUBACK. */
export function openTap(
  heard: (published: Published) => void = () => undefined,
  acknowledged: (published: Published) => void = () => undefined,
): Tap {
  const published: Published[] = [];
  let connections = 0;
  return {
    published,
    clear: () => void published.splice(0),
    wire: () => {
      const inFlight = new Map<number, Published>();
      let connection: number | undefined;
      return {
        toBroker: packets((type, flags, body) => {
          connection ??= connections += 1;
          if (type !== PUBLISH) return;
          const { packetId, ...said } = readPublish(flags, body);
          const one: Published = { ...said, connection, sentAt: Date.now(), acknowledgedAt: undefined };
          published.push(one);
          if (packetId !== undefined) inFlight.set(packetId, one);
          heard(one);
        }),
        toClient: packets((type, _flags, body) => {
          if (type !== PUBACK) return;
          const packetId = body.readUInt16BE(0);
          const one = inFlight.get(packetId);
          inFlight.delete(packetId);
          if (one === undefined) return;
          one.acknowledgedAt = Date.now();
          acknowledged(one);
        }),
      };
    },
  };
}

type Packet = (type: number, flags: number, body: Buffer) => void;

/** Cuts a stream of bytes into control packets: a byte of type and flags, the length of the rest, the rest. */
function packets(take: Packet): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (;;) {
      const length = remainingLength(rest);
      if (length === undefined || rest.length < length.bodyAt + length.bytes) return;
      const first = rest.readUInt8(0);
      const end = length.bodyAt + length.bytes;
      take(first >> 4, first & 15, rest.subarray(length.bodyAt, end));
      rest = rest.subarray(end);
    }
  };
}

function remainingLength(bytes: Buffer): { bodyAt: number; bytes: number } | undefined {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at += 1) {
    const byte = bytes.readUInt8(at);
    length += (byte & 127) * 128 ** (at - 1);
    if (byte < 128) return { bodyAt: at + 1, bytes: length };
  }
  return undefined;
}

function readPublish(
  flags: number,
  body: Buffer,
): { topic: string; payload: string; retain: boolean; packetId: number | undefined } {
  const topicEnd = 2 + body.readUInt16BE(0);
  const topic = body.toString('utf8', 2, topicEnd);
  const hasId = (flags & 6) !== 0;
  const packetId = hasId ? body.readUInt16BE(topicEnd) : undefined;
  const payload = body.toString('utf8', topicEnd + (hasId ? 2 : 0));
  return { topic, payload, retain: (flags & 1) === 1, packetId };
}
