/** Moves messages from the outbox to the broker, and holds the reader back while too many events wait. */

import type { Broker, Clock, LineSource, Log } from '../ports.js';
import type { Outbox } from '../mqtt/outbox.js';
import type { Outgoing } from '../mqtt/outgoing.js';
import { failureKind } from '../mqtt/outgoing.js';
import type { Acknowledged } from './acknowledged.js';
import type { Refusals } from './refusals.js';

/** The way out. */
export type Sending = {
  /** Puts a message into the outbox; `pump` sends it. */
  readonly put: (message: Outgoing) => void;
  /** Sends what may be sent now. */
  readonly pump: () => void;
  /** The last number that the outbox gave. */
  readonly lastSequence: () => number;
  /** Drops what is too old, and lets the reader go on if that made room. */
  readonly expire: () => void;
  readonly isHoldingReader: () => boolean;
  /** Resolves when everything was dealt with, or after so many ms, or when nobody is there to take it. */
  readonly settleAll: (mostMs: number) => Promise<void>;
};

/** How often `settleAll` looks. */
const LOOK_MS = 10;

/** `taken` knows the events that need not be sent again; `refused` is told of each topic that the broker does not take. */
export function sending(
  outbox: Outbox,
  ports: {
    readonly broker: () => Broker;
    readonly source: () => LineSource;
    readonly clock: Clock;
    readonly log: Log;
  },
  taken: Acknowledged,
  settled: () => void,
  refused: Refusals['refused'],
): Sending {
  let lastSequence = 0;
  let isHolding = false;
  let isPumping = false;

  const letReaderGoOn = (): void => {
    if (!isHolding || !outbox.hasRoom()) return;
    isHolding = false;
    ports.source().resume();
  };

  const pump = (): void => {
    if (isPumping) return;
    isPumping = true;
    const broker = ports.broker();
    while (broker.isConnected()) {
      const message = outbox.next(ports.clock.wallMs());
      if (message === undefined) break;
      const { sequence, topic, id } = message;
      broker.publish(message, (error) => {
        if (error === undefined) {
          outbox.acknowledged(sequence);
          if (id !== undefined) taken.add(id, sequence);
        } else {
          const kind = failureKind(error);
          outbox.failed(sequence, kind);
          if (kind !== 'lost') refused(topic, error.message, kind);
        }
        letReaderGoOn();
        settled();
        pump();
      });
    }
    isPumping = false;
  };

  return {
    put: (message) => {
      if (message.kind === 'event' && taken.has(message.id)) {
        lastSequence = outbox.skip();
        taken.add(message.id, lastSequence);
        return;
      }
      lastSequence = outbox.put(message);
      if (message.kind === 'event' && !isHolding && outbox.isFull()) {
        isHolding = true;
        ports.source().pause();
        ports.log.info({ events: outbox.counts().events }, 'the broker does not take events: reading pauses');
      }
    },
    pump,
    lastSequence: () => lastSequence,
    expire: () => {
      outbox.expire(ports.clock.wallMs());
      letReaderGoOn();
    },
    isHoldingReader: () => isHolding,
    settleAll: async (mostMs) => {
      const { broker, clock } = ports;
      const until = clock.monotonicMs() + mostMs;
      pump();
      while (broker().isConnected() && !outbox.isSettledUpTo(lastSequence) && clock.monotonicMs() < until) {
        await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
        pump();
      }
    },
  };
}
