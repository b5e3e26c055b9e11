/**
 * A real Home Assistant for tests: headless, in a directory of its own, with the MQTT integration set up for a
 * broker on this machine. To be stopped, killed and started again with what it has stored. Knows nothing of
 * vitest: give `remove` to `onTestFinished`.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { logRecords, type LogRecord } from './log-lines.js';
import { addMqtt, login } from './rest.js';
import { openSocket, type Socket } from './socket.js';

/** The state of an entity; attributes as Home Assistant gives them. */
type State = {
  readonly entity_id: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** What the entity registry keeps of an entity. Names of the keys are Home Assistant's. */
export type RegisteredEntity = {
  readonly entity_id: string;
  readonly unique_id: string;
  readonly platform: string;
  readonly device_id: string | null;
  readonly disabled_by: string | null;
  readonly entity_category: string | null;
  readonly name: string | null;
  readonly original_name: string | null;
};

/** What the device registry keeps of a device. */
type RegisteredDevice = {
  readonly id: string;
  readonly identifiers: readonly (readonly [string, string])[];
  readonly name: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly sw_version: string | null;
  readonly serial_number: string | null;
  readonly via_device_id: string | null;
  readonly area_id: string | null;
};

/** An entity's change of state. `from` is undefined when the entity is new, `to` when it is gone. */
export type Change = {
  readonly entity: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
};

export type HomeAssistant = {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Of its user, for 30 minutes from the last start. */
  readonly accessToken: () => string;
  readonly states: () => Promise<readonly State[]>;
  /** The state of one entity, or undefined when there is no such entity. */
  readonly state: (entity: string) => Promise<string | undefined>;
  /** Waits until an entity has this state; shows what it had instead when that does not come true. */
  readonly untilState: (entity: string, state: string | undefined) => Promise<void>;
  /** Entities of the MQTT integration. */
  readonly entityRegistry: () => Promise<readonly RegisteredEntity[]>;
  /** Devices of the MQTT integration. */
  readonly deviceRegistry: () => Promise<readonly RegisteredDevice[]>;
  readonly callService: (
    domain: string,
    service: string,
    fields: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  /** Any other command of the websocket. */
  readonly command: (type: string, fields?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** Subscribes to something else than states, until it stops. */
  readonly subscribe: Socket['subscribe'];
  /** Every change of a state of an entity since its first start, in order, also over restarts. */
  readonly changes: readonly Change[];
  /** What it has logged, over all its lives. */
  readonly records: () => readonly LogRecord[];
  /** Starts it and waits until it has finished its start. */
  readonly start: () => Promise<void>;
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Ends it for good and deletes its directory. */
  readonly remove: () => Promise<void>;
};

export type HomeAssistantOptions = {
  /** The interpreter in the environment that `environment.sh` has made. */
  readonly python: string;
  readonly mqttPort: number;
  /** More of configuration.yaml, e.g. automations. */
  readonly configuration?: string;
  /** Folders of integrations of others. */
  readonly integrations?: readonly string[];
};

const START_MS = 180_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts it, makes a user and sets up MQTT; resolves when it is ready. */
export async function startHomeAssistant(options: HomeAssistantOptions): Promise<HomeAssistant> {
  const directory = mkdtempSync(join(tmpdir(), 'homeassistant-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  configure(directory, port, options.configuration ?? '');
  for (const folder of options.integrations ?? [])
    cpSync(folder, join(directory, 'custom_components', basename(folder)), { recursive: true });
  const changes: Change[] = [];
  let log = '';
  let child: ChildProcess | undefined;
  let socket: Socket | undefined;
  let knowsMqtt = false;
  let token = '';

  const command: HomeAssistant['command'] = async (type, fields) => {
    if (socket === undefined) throw new Error('Home Assistant is not running');
    return socket.command(type, fields);
  };

  const start = async (): Promise<void> => {
    const started = spawn(options.python, ['-m', 'homeassistant', '-c', directory, '--skip-pip'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: directory,
    });
    child = started;
    running.add(started);
    started.on('exit', () => running.delete(started));
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (log += text));
    }
    const alive = (): void => {
      if (ended(started)) throw new Error(`Home Assistant ended:\n${log.slice(-4000)}`);
    };
    token = await login(url, alive, START_MS);
    socket = await openSocket(url, token);
    await socket.subscribe('subscribe_events', { event_type: 'state_changed' }, (event) =>
      changes.push(changeOf(event)),
    );
    await until(
      async () => ((await command('get_config')) as { readonly state: string }).state === 'RUNNING',
      'Home Assistant to finish its start',
      START_MS,
    );
    if (!knowsMqtt) {
      await keepPort(socket);
      await addMqtt(url, token, options.mqttPort);
    }
    knowsMqtt = true;
  };

  const stop: HomeAssistant['stop'] = async (signal = 'SIGTERM') => {
    socket?.close();
    socket = undefined;
    const ending = child;
    child = undefined;
    if (ending === undefined || ended(ending)) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    await gone;
  };

  const states = async (): Promise<readonly State[]> => (await command('get_states')) as readonly State[];
  const state = async (entity: string): Promise<string | undefined> =>
    (await states()).find(({ entity_id }) => entity_id === entity)?.state;

  const homeAssistant: HomeAssistant = {
    url,
    accessToken: () => token,
    states,
    state,
    untilState: async (entity, wanted) => {
      let seen: string | undefined = 'nothing';
      await until(
        async () => (seen = await state(entity)) === wanted,
        () => `${entity} to be ${wanted}; it is ${seen}`,
      );
    },
    entityRegistry: async () =>
      ((await command('config/entity_registry/list')) as readonly RegisteredEntity[]).filter(
        ({ platform }) => platform === 'mqtt',
      ),
    deviceRegistry: async () =>
      ((await command('config/device_registry/list')) as readonly RegisteredDevice[]).filter(
        ({ identifiers }) => identifiers.some(([domain]) => domain === 'mqtt'),
      ),
    callService: async (domain, service, fields) => {
      const { entity_id, ...service_data } = fields;
      const target = entity_id === undefined ? {} : { target: { entity_id } };
      await command('call_service', { domain, service, service_data, ...target });
    },
    command,
    subscribe: async (type, fields, listener) => {
      if (socket === undefined) throw new Error('Home Assistant is not running');
      await socket.subscribe(type, fields, listener);
    },
    changes,
    records: () => logRecords(log),
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    remove: async () => {
      await stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    await start();
  } catch (error) {
    await homeAssistant.remove();
    throw error;
  }
  return homeAssistant;
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Since 2026.10 or so Home Assistant takes `http:` of configuration.yaml on trial, and goes back to port 8123 at
 * its next start or after five minutes when nobody says that it works. Older releases do not know the command.
 */
async function keepPort(socket: Socket): Promise<void> {
  try {
    await socket.command('http/config/promote');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('unknown_command'))) throw error;
  }
}

/** What Home Assistant sends for `state_changed`. */
type StateChanged = {
  readonly data: {
    readonly entity_id: string;
    readonly old_state: State | null;
    readonly new_state: State | null;
  };
};

function changeOf(event: unknown): Change {
  const { entity_id, old_state, new_state } = (event as StateChanged).data;
  return {
    entity: entity_id,
    from: old_state?.state,
    to: new_state?.state,
    attributes: new_state?.attributes ?? {},
  };
}

/**
 * Without `default_config:`, which would bring Bluetooth, the cloud, a recorder. Onboarding is marked as done but
 * for the user: its other steps would start integrations that use the network.
 */
function configure(directory: string, port: number, more: string): void {
  mkdirSync(join(directory, '.storage'));
  // as if somebody had imported them
  cpSync('docs/blueprints', join(directory, 'blueprints', 'automation', 'heyu2mqtt'), { recursive: true });
  // where Home Assistant keeps what is made in its pages
  writeFileSync(join(directory, 'automations.yaml'), '[]\n');
  writeFileSync(
    join(directory, '.storage', 'onboarding'),
    JSON.stringify({
      version: 4,
      minor_version: 1,
      key: 'onboarding',
      data: { done: ['core_config', 'analytics', 'integration'] },
    }),
  );
  writeFileSync(
    join(directory, 'configuration.yaml'),
    `homeassistant:
  name: Test
  time_zone: Europe/Berlin
  unit_system: metric
  country: DE
  currency: EUR
  latitude: 52.5
  longitude: 13.4
  elevation: 30
http:
  server_host: 127.0.0.1
  server_port: ${port}
api:
config:
websocket_api:
automation made: !include automations.yaml
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: info
${more}`,
  );
}
