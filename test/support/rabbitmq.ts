/**
 * RabbitMQ with its MQTT plugin for tests: one node or a cluster, on private ports, with an epmd (the register of
 * Erlang's nodes) and a cookie of their own, so that no other Erlang of the machine is touched.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { serverProcess, type ServerProcess } from './server-process.js';

export type RabbitNode = {
  readonly name: string;
  /** Of its MQTT plugin. */
  readonly port: number;
  readonly url: string;
  readonly log: () => string;
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Starts it again on the same ports, with what it had stored. */
  readonly start: () => Promise<void>;
  readonly restart: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
};

export type RabbitCluster = {
  readonly nodes: readonly RabbitNode[];
  readonly remove: () => Promise<void>;
};

/** Beside the scripts in /usr/sbin, which only root and the user rabbitmq may run. */
export const RABBIT_PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A busy machine takes its time to start an Erlang. */
const PATIENCE_MS = 90_000;

const DEFINITIONS = 'definitions.json';

/**
 * Starts nodes that form a cluster when there are several; resolves when all accept connections. `definitions`: users
 * and rights as RabbitMQ imports them; without any everybody may do everything.
 */
export async function startRabbit(size = 1, definitions?: object): Promise<RabbitCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'rabbitmq-'));
  const epmdPort = await freePort();
  const epmd = serverProcess(() => ({
    program: 'epmd',
    args: ['-d', '-port', String(epmdPort), '-address', '127.0.0.1'],
    ready: /epmd running/,
    debianPackage: 'rabbitmq-server',
  }));
  writeFileSync(join(directory, 'plugins'), '[rabbitmq_mqtt].\n');
  // not every machine knows the host of the nodes' names
  writeFileSync(
    join(directory, 'inetrc'),
    '{host, {127,0,0,1}, ["localhost"]}.\n{lookup, [file, native]}.\n',
  );
  if (definitions !== undefined)
    writeFileSync(join(directory, DEFINITIONS), JSON.stringify(definitions), { mode: 0o600 });
  const more = definitions === undefined ? [] : [`load_definitions = ${join(directory, DEFINITIONS)}`];
  const names = Array.from({ length: size }, (_, index) => `rabbit${index + 1}@localhost`);
  const nodes: RabbitNode[] = [];
  for (const name of names) nodes.push(await makeNode(name, names, directory, epmdPort, more));
  const remove = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
    await epmd.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await epmd.start();
    // the first makes the cluster, the others join it
    const [first, ...others] = nodes;
    await first?.start();
    await Promise.all(others.map((node) => node.start()));
  } catch (error) {
    await remove();
    throw error;
  }
  return { nodes, remove };
}

async function makeNode(
  name: string,
  names: readonly string[],
  directory: string,
  epmdPort: number,
  config: readonly string[],
): Promise<RabbitNode> {
  const port = await freePort();
  const distributionPort = await freePort();
  const own = join(directory, name);
  writeFileSync(
    `${own}.conf`,
    [
      'listeners.tcp = none',
      `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
      'mqtt.allow_anonymous = true',
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      ...config,
      ...(names.length > 1 ? ['cluster_formation.peer_discovery_backend = classic_config'] : []),
      ...(names.length > 1
        ? names.map((node, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${node}`)
        : []),
    ].join('\n') + '\n',
  );
  const server: ServerProcess = serverProcess(() => ({
    program: RABBIT_PROGRAM,
    args: [],
    env: {
      HOME: directory,
      ERL_INETRC: join(directory, 'inetrc'),
      ERL_CRASH_DUMP: join(directory, 'crash'),
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_NODENAME: name,
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_CONFIG_FILE: `${own}.conf`,
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
      RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_PID_FILE: `${own}.pid`,
    },
    ready: /Server startup complete/,
    debianPackage: 'rabbitmq-server',
    group: true,
    patienceMs: PATIENCE_MS,
  }));
  return {
    name,
    port,
    url: `mqtt://127.0.0.1:${port}`,
    log: server.output,
    stop: server.stop,
    start: server.start,
    restart: async (signal) => {
      await server.stop(signal);
      await server.start();
    },
  };
}
