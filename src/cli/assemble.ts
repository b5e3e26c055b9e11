/** Joins a configuration and the ports of this machine: the same for `run` and `demo`. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { errorCode } from '../common/error.js';
import type { Configuration } from '../config/load.js';
import { formatProblem, type Problem } from '../config/problem.js';
import { BrokerConnection } from '../io/broker/connection.js';
import { parseBrokerUrl, type BrokerOptions, type Credentials } from '../io/broker/options.js';
import { systemClock } from '../io/clock.js';
import { openJournal } from '../io/journal-file.js';
import { PastReader } from '../io/history/past-reader.js';
import { makeDirectory } from '../io/files.js';
import { openStore } from '../io/store.js';
import type { Service } from '../service/service.js';
import { LogFollower } from '../io/tail/log-follower.js';
import { bridgeTopic } from '../mqtt/topics.js';
import type { Broker, LineSource, Log, StateStore } from '../ports.js';
import type { ServiceSettings } from '../core-settings.js';
import type { ServicePorts } from '../service/parts.js';
import { programFile } from './program-files.js';
import { CommandError } from './terminal.js';

/** What the service is told. `ignored`: settings that have no effect. */
export function serviceSettings(
  { core, heyu, mqtt, homeassistant }: Configuration,
  ignored: readonly Problem[] = [],
): ServiceSettings {
  return {
    core,
    ignored: ignored.map((setting) => formatProblem({ ...setting, hint: undefined })),
    logPath: heyu.log,
    sessionKind: mqtt.session,
    sessionName: sessionNameOf(mqtt),
    birthTopic: homeassistant.birthTopic,
    birthPayload: homeassistant.birthPayload,
  };
}

/** Several urls are one broker: the nodes of a cluster share the session. */
function sessionNameOf({ clientId, urls }: Configuration['mqtt']): string {
  const nodes = urls.map((url) => parseBrokerUrl(url)?.shown ?? '');
  return [clientId, ...nodes.sort()].join(' ');
}

/** The follower of the configured log. */
export function sourceOf({ heyu }: Configuration): LineSource {
  return new LogFollower({
    path: heyu.log,
    clock: systemClock,
    randomGeneration: () => randomBytes(4).toString('hex'),
    pollMs: heyu.pollIntervalMs,
    usePolling: heyu.polling,
    lingerMs: heyu.lingerMs,
  });
}

const pem = (text: string | undefined): Buffer | undefined =>
  text === undefined ? undefined : Buffer.from(text);

/** The credentials for the broker. Secrets: not to be logged. */
export function credentialsOf({ mqtt }: Configuration): Credentials {
  const { username, password, ca, cert, key } = mqtt;
  return { username, password, ca: pem(ca), cert: pem(cert), key: pem(key) };
}

/** The service's connection to the configured broker. */
export function brokerOf(configuration: Configuration): Broker {
  const { core, mqtt } = configuration;
  return new BrokerConnection({
    ...connectionOf(configuration),
    clientId: mqtt.clientId,
    clean: mqtt.session === 'clean',
    will: { topic: bridgeTopic(core.baseTopic, 'status'), payload: 'offline', retain: true },
  });
}

/** A client id that no other program has. */
export const commandClientId = (): string => `heyu2mqtt-cli-${randomBytes(4).toString('hex')}`;

function connectionOf(configuration: Configuration): Omit<BrokerOptions, 'clientId' | 'clean' | 'will'> {
  const { urls, keepaliveMs, protocol } = configuration.mqtt;
  const keepaliveS = Math.round(keepaliveMs / 1000);
  return { ...credentialsOf(configuration), urls, keepaliveS, protocol, clock: systemClock };
}

/** What the service stands on here. The state directory is made if it is missing. */
export function portsOf(configuration: Configuration, log: Log): Omit<ServicePorts, 'status'> {
  return {
    clock: systemClock,
    log,
    store: storeOf(configuration, log),
    journal: openJournal(configuration.stateDir),
    source: sourceOf(configuration),
    broker: brokerOf(configuration),
    random: Math.random,
  };
}

/** The document in the state directory, which is made if it is missing. */
function storeOf({ stateDir }: Configuration, log: Log): StateStore {
  try {
    makeDirectory(stateDir, 0o700);
  } catch (error) {
    const code = errorCode(error);
    const remedy =
      code === 'EEXIST' ? 'move the file of that name away' : 'give it to the user of the service';
    throw new CommandError(
      `the state directory ${stateDir} cannot be made (${code})`,
      `${remedy}, or set state_dir to another one`,
    );
  }
  return openStore(join(stateDir, 'state.json'), {
    onSetAside: (path, reason) =>
      log.warn({ path, reason }, 'the saved state cannot be used and was set aside'),
  });
}

/** Reads what was, by the settings that are in force then. */
export function pastOf(service: Service, { stateDir }: Configuration): PastReader {
  const program = process.argv[1] ?? programFile('dist/main.js');
  return new PastReader(() => {
    const { core, logPath } = service.settings;
    return { core, logPath, stateDir };
  }, program);
}
