/** A broker in the test's own process: aedes, which speaks MQTT 3.1.1 only and hangs up on a denied publish. */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Aedes, type AedesOptions } from 'aedes';

export type TestAedes = {
  readonly port: number;
  readonly url: string;
  readonly broker: Aedes;
  /** Closes every connection, without taking the broker away. */
  readonly dropAll: () => void;
  readonly remove: () => Promise<void>;
};

/** Starts an aedes; `options` are its own, such as `authenticate` and `authorizePublish`. */
export async function startAedes(options: AedesOptions = {}): Promise<TestAedes> {
  const broker = await Aedes.createBroker(options);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    broker.handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    broker,
    dropAll,
    remove: async () => {
      server.close();
      await new Promise<void>((resolve) => broker.close(resolve));
      dropAll();
    },
  };
}
