/** `heyu2mqtt session show`: is a session stored, and what waited in it? Reading a queue empties it, so nobody does. */

import { Command } from 'commander';
import type { MqttSettings } from '../config/configuration.js';
import { configOption, loadOrFail } from './configured.js';
import { askForSession, type Told } from './session/told.js';
import { type Looked, lookIntoSession } from './session/visit-as-service.js';
import { CommandError, processTerminal, type Terminal } from './terminal.js';

type Options = { readonly config?: string; readonly look?: boolean; readonly json?: boolean };

/** So many waiting messages are shown. */
const SHOWN = 20;

const HELD_BACK =
  'warning: the broker sends what was shown again only after a while (NATS after 30 s)\n' +
  '  hint: do not start the service within the next minute, it would take old messages for new ones';

/** The command `session show`. */
export function sessionShowCommand(): Command {
  return new Command('show')
    .description('is a session stored, and what waited in it at the last connect of the service?')
    .addOption(configOption())
    .option(
      '--look',
      'only while the service is stopped: see what waits now; messages of QoS 1 go on waiting, those of QoS 0 (kept by RabbitMQ) do not',
    )
    .option('--json', 'as JSON')
    .action(show);
}

async function show({ config, look = false, json = false }: Options): Promise<void> {
  const terminal = processTerminal();
  const { configuration } = loadOrFail(config, (warning) => terminal.complain(warning));
  const { mqtt } = configuration;
  const told = await askForSession(configuration);
  if (look && told.service === 'running')
    throw new CommandError(
      'the service is running: a second client with its id would throw it out',
      undefined,
      'without --look it says what waited at its last connect; or stop it first',
    );
  const looked = look ? await lookIntoSession(configuration) : undefined;
  if (json) terminal.print(JSON.stringify(asJson(mqtt, told, looked), null, 2));
  else print(terminal, mqtt, told, looked);
  if (looked?.isHeldBack === true) terminal.complain(HELD_BACK);
}

/** Members may be added, none will change. */
function asJson(mqtt: MqttSettings, { service, lastConnect }: Told, looked: Looked | undefined): object {
  return {
    client_id: mqtt.clientId,
    kind: mqtt.session,
    service,
    last_connect: lastConnect ?? null,
    now:
      looked === undefined
        ? null
        : {
            stored: looked.stored,
            waiting: looked.messages.length,
            at_least: looked.isPart,
            held_back: looked.isHeldBack,
            messages: looked.messages,
          },
  };
}

const counted = (count: number): string => `${count === 0 ? 'no' : count} message${count === 1 ? '' : 's'}`;

function print(terminal: Terminal, mqtt: MqttSettings, told: Told, looked: Looked | undefined): void {
  const line = (title: string, words: string): void => terminal.print(`${title.padEnd(14)}${words}`);
  const { service, lastConnect } = told;
  line('client id', mqtt.clientId);
  line('mqtt.session', mqtt.session === 'persistent' ? 'persistent' : 'clean: the broker keeps nothing');
  line('service', service === 'never seen' ? `${service}: it has never run here` : service);
  if (lastConnect === undefined) line('last connect', 'nothing is known of it');
  else {
    const { since, present, queued, queued_topics: topics } = lastConnect;
    const session = present ? 'the broker had kept the session' : 'the broker had kept no session';
    line('last connect', `${since}: ${session}${present ? `, ${counted(queued)} waited in it` : ''}`);
    for (const [topic, count] of Object.entries(topics)) line('', `${String(count).padStart(5)}  ${topic}`);
  }
  if (looked !== undefined) printLooked(line, looked);
  else if (service !== 'running')
    line(
      'now',
      'what waits now cannot be told without connecting as the service: --look does, and takes nothing out',
    );
}

function printLooked(
  line: (title: string, words: string) => void,
  { stored, messages, isPart }: Looked,
): void {
  if (!stored) {
    line('now', 'no session is stored');
    return;
  }
  line('now', `a session is stored, ${isPart ? 'at least ' : ''}${counted(messages.length)} wait in it`);
  for (const { topic, payload, qos } of messages.slice(0, SHOWN))
    line('', `${topic} ${JSON.stringify(payload.slice(0, 60))}, QoS ${qos}`);
  if (messages.length > SHOWN) line('', `and ${messages.length - SHOWN} more`);
}
