/**
 * A broker in our own process, for the demonstration: aedes on 127.0.0.1. It keeps everything in memory and
 * speaks MQTT 3.1.1; a house wants Mosquitto.
 */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** A message that went through it. */
export type Passed = { readonly topic: string; readonly payload: string; readonly retain: boolean };

/** The broker at work. */
export type EmbeddedBroker = {
  readonly port: number;
  /** Publishes from within, as any client would. */
  readonly publish: (topic: string, payload: string) => void;
  readonly stop: () => Promise<void>;
};

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  // rejects when the server says 'error' first
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Starts it on `port`, or on a free port if that is taken. `passed` is called with each message of a client. */
export async function startEmbeddedBroker(
  port: number,
  passed: (message: Passed) => void,
): Promise<EmbeddedBroker> {
  // loaded when needed: the service itself never does
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle.bind(aedes));
  const listening = await listen(server, port).catch(() => listen(server, 0));
  aedes.on('publish', ({ topic, payload, retain }) => {
    if (!topic.startsWith('$SYS/')) passed({ topic, payload: payload.toString(), retain });
  });
  return {
    port: listening,
    publish: (topic, payload) => {
      aedes.publish(
        { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: false, dup: false },
        () => undefined,
      );
    },
    stop: async () => {
      server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}
