/** A network path for tests: a TCP proxy on a port of its own that can be cut, frozen, slowed down and closed. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type TestLink = {
  readonly port: number;
  /** Open connections through it. */
  readonly connections: () => number;
  /** How many it has ever taken. */
  readonly accepted: () => number;
  /** Breaks every open connection on both sides at once; new ones are taken. */
  readonly cut: () => void;
  /** Nothing passes any more in either direction, and nobody is told: a pulled cable. New connections hang. */
  readonly freeze: () => void;
  /** What was held back by `freeze` passes now. */
  readonly thaw: () => void;
  /** Every byte in either direction is this much later. 0 = at once. */
  readonly delay: (delayMs: number) => void;
  /** From now on connections go to another port. */
  readonly target: (port: number) => void;
  readonly remove: () => Promise<void>;
};

/** Reads along on one connection: what each side has sent, in the order in which it is passed on. */
export type Wire = {
  readonly toBroker: (bytes: Buffer) => void;
  readonly toClient: (bytes: Buffer) => void;
};

/** Opens a path to a port of 127.0.0.1. `tap` is asked for a reader for each connection. */
export async function startLink(targetPort: number, tap?: () => Wire): Promise<TestLink> {
  const sockets = new Set<Socket>();
  let to = targetPort;
  let frozen = false;
  let delayMs = 0;
  let accepted = 0;
  let waiting: (() => void)[] = [];

  const passNow = (step: () => void): void => {
    if (frozen) waiting.push(step);
    else step();
  };
  const pass = (step: () => void): void => {
    if (delayMs > 0) setTimeout(() => passNow(step), delayMs);
    else passNow(step);
  };

  const pipe = (from: Socket, into: Socket, read: ((bytes: Buffer) => void) | undefined): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) =>
      pass(() => {
        // what comes after a cut reaches nobody
        if (into.destroyed) return;
        read?.(chunk);
        into.write(chunk);
      }),
    );
    from.on('end', () => pass(() => void into.end()));
    // what comes after the end of a connection is lost, as it would be
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      pass(() => {
        into.destroy();
      });
    });
  };

  const server = createServer({ allowHalfOpen: true }, (inside) => {
    accepted += 1;
    const outside = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    const wire = tap?.();
    pipe(inside, outside, wire?.toBroker);
    pipe(outside, inside, wire?.toClient);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const thaw = (): void => {
    frozen = false;
    const steps = waiting;
    waiting = [];
    for (const step of steps) step();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.size / 2,
    accepted: () => accepted,
    cut,
    freeze: () => {
      frozen = true;
    },
    thaw,
    delay: (ms) => {
      delayMs = ms;
    },
    target: (port) => {
      to = port;
    },
    remove: async () => {
      thaw();
      server.close();
      cut();
      await Promise.resolve();
    },
  };
}
