/**
 * A door in front of a broker that lets one version of MQTT in, as `accept_protocol_versions` of newer mosquittos
 * does: any other CONNECT is answered with "unacceptable protocol version" (MQTT 3.1.1, section 3.1.2.2).
 */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const LEVEL = { '3.1.1': 4, '5': 5 } as const;

/** Opens the door on a port of 127.0.0.1. */
export async function startVersionGate(
  brokerPort: number,
  spoken: keyof typeof LEVEL,
): Promise<{ readonly port: number; readonly remove: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((inside) => {
    sockets.add(inside);
    inside.on('error', () => undefined);
    inside.once('data', (first) => {
      if (levelOf(first) !== LEVEL[spoken]) {
        inside.end(Buffer.from([0x20, 2, 0, 1]));
        return;
      }
      const outside = connect({ port: brokerPort, host: '127.0.0.1' });
      sockets.add(outside);
      outside.on('error', () => inside.destroy());
      outside.write(first);
      inside.pipe(outside).pipe(inside);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    remove: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The protocol level of a CONNECT: after type, remaining length and the name "MQTT" with its length. */
function levelOf(packet: Buffer): number | undefined {
  return packet[packet.indexOf('MQTT') + 4];
}
