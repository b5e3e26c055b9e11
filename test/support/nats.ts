/** NATS with JetStream and its MQTT gate (MQTT 3.1.1), for tests: on private ports, one node or a cluster of them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { serverProcess } from './server-process.js';

export type NatsNode = {
  readonly name: string;
  /** Of its MQTT gate. */
  readonly port: number;
  readonly url: string;
  readonly log: () => string;
  readonly pid: () => number | undefined;
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Starts it again on the same ports, with what it had stored. */
  readonly start: () => Promise<void>;
  readonly restart: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  readonly remove: () => Promise<void>;
};

type Place = { readonly client: number; readonly mqtt: number; readonly route: number };

/** Starts a single server; resolves when it accepts connections. */
export async function startNats(): Promise<NatsNode> {
  const node = makeNode('solo', await place(), []);
  await node.start();
  return node;
}

/** Starts a cluster of `size` servers; resolves when each of them accepts connections. */
export async function startNatsCluster(size: number): Promise<readonly NatsNode[]> {
  const places: Place[] = [];
  for (let index = 0; index < size; index += 1) places.push(await place());
  const routes = places.map(({ route }) => route);
  const nodes = places.map((own, index) => makeNode(`node${index + 1}`, own, routes));
  await Promise.all(nodes.map((node) => node.start()));
  return nodes;
}

async function place(): Promise<Place> {
  return { client: await freePort(), mqtt: await freePort(), route: await freePort() };
}

function makeNode(name: string, { client, mqtt, route }: Place, routes: readonly number[]): NatsNode {
  const directory = mkdtempSync(join(tmpdir(), `nats-${name}-`));
  const file = join(directory, 'nats.conf');
  const lines = [
    `server_name: ${name}`,
    'host: 127.0.0.1',
    `port: ${client}`,
    `jetstream { store_dir: "${directory}/store", max_file_store: 256MB, max_memory_store: 64MB }`,
    `mqtt { host: 127.0.0.1, port: ${mqtt} }`,
  ];
  if (routes.length > 0) {
    const urls = routes.map((port) => `"nats-route://127.0.0.1:${port}"`).join(', ');
    lines.push(`cluster { name: house, host: 127.0.0.1, port: ${route}, routes: [${urls}] }`);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  const server = serverProcess(() => ({
    program: 'nats-server',
    args: ['-c', file],
    ready: /Server is ready/,
    debianPackage: 'nats-server',
  }));
  return {
    name,
    port: mqtt,
    url: `mqtt://127.0.0.1:${mqtt}`,
    log: server.output,
    pid: server.pid,
    stop: server.stop,
    start: server.start,
    restart: async (signal) => {
      await server.stop(signal);
      await server.start();
    },
    remove: async () => {
      await server.stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
