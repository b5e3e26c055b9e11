/**
 * A short visit at the broker for commands: with a client id and a session of its own, so that the running service
 * is not disturbed, and without a will.
 */

import { randomBytes } from 'node:crypto';
import type { Configuration } from '../config/configuration.js';
import { connectBroker } from '../io/broker.js';
import { systemClock } from '../io/clock.js';
import type { Message, Received } from '../ports.js';
import { CommandError, EXIT } from './terminal.js';

/** A visit at the broker. */
export type Visitor = {
  /** Subscribes to exact topics; resolves to those that the broker refuses. */
  readonly subscribe: (topics: readonly string[]) => Promise<readonly string[]>;
  /** Resolves when the broker has acknowledged it. */
  readonly publish: (message: Message) => Promise<void>;
  readonly leave: () => Promise<void>;
};

/** What a visitor hears. */
export type VisitorListener = {
  readonly received: (topic: string, payload: string, message: Received) => void;
  /** The link broke; the topics are subscribed anew when it is back, without being told. */
  readonly closed?: (reason: string) => void;
  readonly back?: () => void;
};

const pem = (text: string | undefined): Buffer | undefined =>
  text === undefined ? undefined : Buffer.from(text);

/** How long to wait for the clean end. */
const LEAVE_MS = 1000;

/**
 * Connects; rejects with the reason when the broker does not let us in at the first attempt, or within this time
 * (milliseconds; without one the connection's own limits count).
 */
export function visitBroker(
  { mqtt }: Configuration,
  listener: VisitorListener,
  withinMs?: number,
): Promise<Visitor> {
  const broker = connectBroker({
    urls: mqtt.urls,
    username: mqtt.username,
    password: mqtt.password,
    ca: pem(mqtt.ca),
    cert: pem(mqtt.cert),
    key: pem(mqtt.key),
    clientId: `heyu2mqtt-cli-${randomBytes(4).toString('hex')}`,
    clean: true,
    keepaliveS: Math.round(mqtt.keepaliveMs / 1000),
    protocol: mqtt.protocol,
    will: undefined,
    clock: systemClock,
  });
  const subscribed = new Set<string>();
  let waiting: { readonly topics: Set<string>; readonly refused: string[]; readonly resolve: () => void }[] =
    [];

  return new Promise((resolve, reject) => {
    let isIn = false;
    const visitor: Visitor = {
      subscribe: (topics) =>
        new Promise((done) => {
          if (topics.length === 0) {
            done([]);
            return;
          }
          for (const topic of topics) subscribed.add(topic);
          const refused: string[] = [];
          waiting.push({ topics: new Set(topics), refused, resolve: () => done(refused) });
          broker.subscribe(topics);
        }),
      publish: (message) =>
        new Promise((done, failed) => {
          broker.publish(message, (error) => {
            if (error === undefined) done();
            else failed(new CommandError(`${message.topic} could not be published: ${error.message}`));
          });
        }),
      leave: () => broker.stop([], LEAVE_MS),
    };
    const timer =
      withinMs === undefined
        ? undefined
        : setTimeout(() => {
            if (isIn) return;
            isIn = true;
            void broker.stop([], LEAVE_MS);
            reject(new CommandError(`the broker cannot be reached: no answer within ${withinMs} ms`));
          }, withinMs);
    broker.start({
      connected: () => {
        clearTimeout(timer);
        if (isIn) {
          if (subscribed.size > 0) broker.subscribe([...subscribed]);
          listener.back?.();
          return;
        }
        isIn = true;
        resolve(visitor);
      },
      received: (message) => {
        const payload = new TextDecoder().decode(message.payload);
        listener.received(message.topic, payload, message);
      },
      subscribed: (topics, refused) => {
        for (const wait of waiting) {
          for (const topic of topics) wait.topics.delete(topic);
          wait.refused.push(...refused.filter((topic) => topics.includes(topic)));
          if (wait.topics.size === 0) wait.resolve();
        }
        waiting = waiting.filter(({ topics: left }) => left.size > 0);
      },
      closed: (reason) => listener.closed?.(reason),
      refused: (reason) => {
        clearTimeout(timer);
        if (isIn) return;
        isIn = true;
        void broker.stop([], LEAVE_MS);
        const [problem = '', hint] = reason.split(/\.? hint: /);
        reject(new CommandError(`the broker cannot be reached: ${problem}`, EXIT.failed, hint));
      },
      takeover: () => undefined,
    });
  });
}
