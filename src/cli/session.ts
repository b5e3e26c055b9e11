/**
 * `heyu2mqtt session`: what the broker keeps for the service while it is away. `show` asks the broker as any client
 * may, and does not disturb the service; `--look` and `clear` connect with its client id, only while it does not run,
 * because a broker closes the older one of two connections with the same id (MQTT 3.1.1, section 3.1.4).
 */

import type { Command } from 'commander';
import { counted } from '../common/text.js';
import type { Configuration } from '../config/load.js';
import { bridgeTopic } from '../mqtt/topics.js';
import { namedCommand } from '../security/vocabulary.js';
import { mustAsk } from './ask.js';
import { OPTIONS, loadOrFail } from './configured.js';
import { objectIn, objectOf, textIn } from '../common/json.js';
import { CommandError, processTerminal, type Terminal, writtenWhen } from './terminal.js';
import { readBack, visitBroker } from './visit-broker.js';

type ShowOptions = { readonly config?: string; readonly look?: boolean; readonly json?: boolean };

/** So many waiting messages are shown. */
const SHOWN = 20;

const HELD_BACK =
  'warning: the broker sends what was shown again only after a while (NATS after 30 s)\n' +
  '  hint: do not start the service within the next minute, it would mistake old messages for new ones';

/** The command `session show`. */
export function sessionShowCommand(command: Command): void {
  command
    .addOption(OPTIONS.config)
    .option(
      '--look',
      'only while the service is stopped: see what waits now; messages of QoS 1 keep waiting, those of QoS 0 (kept by RabbitMQ) do not',
    )
    .addOption(OPTIONS.json)
    .action(show);
}

async function show({ config, look = false, json = false }: ShowOptions): Promise<void> {
  const terminal = processTerminal();
  const { configuration } = loadOrFail(config);
  const state = await askForSession(configuration);
  if (look && state.service === 'running')
    throw new CommandError(
      'the service is running: a second client with its id would disconnect it',
      'without --look it shows what waited at its last connect; or stop it first',
    );
  const looked = look ? await lookIntoSession(configuration) : undefined;
  if (json) terminal.printJson(asJson(configuration.mqtt, state, looked));
  else print(terminal, configuration, state, looked);
  if (looked?.isHeldBack === true) terminal.complain(HELD_BACK);
}

/** Members may be added, none will change. */
function asJson(
  mqtt: Configuration['mqtt'],
  { service, lastConnect }: SessionState,
  looked: Looked | undefined,
): object {
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

const messageCount = (count: number): string => (count === 0 ? 'no messages' : counted(count, 'message'));

function print(
  terminal: Terminal,
  { mqtt, core }: Configuration,
  state: SessionState,
  looked: Looked | undefined,
): void {
  const line = (title: string, words: string): void => terminal.print(`${title.padEnd(14)}${words}`);
  const { service, lastConnect } = state;
  line('client id', mqtt.clientId);
  line('mqtt.session', mqtt.session === 'persistent' ? 'persistent' : 'clean: the broker keeps nothing');
  line('service', service === 'never seen' ? `${service}: it has never run here` : service);
  if (lastConnect === undefined) line('last connect', 'not known');
  else {
    const { since, present, queued, queued_topics: topics } = lastConnect;
    const session = present ? 'the broker had kept the session' : 'the broker had kept no session';
    line(
      'last connect',
      `${writtenWhen(since, core.stamp.timeZone)}: ${session}${present ? `, ${messageCount(queued)} waited in it` : ''}`,
    );
    for (const [topic, count] of Object.entries(topics)) line('', `${String(count).padStart(5)}  ${topic}`);
  }
  if (looked !== undefined) printLooked(line, looked);
  else if (service !== 'running')
    line(
      'now',
      'what waits now is known only to a client that connects in place of the service: --look does this, and removes nothing',
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
  line('now', `a session is stored, ${isPart ? 'at least ' : ''}${messageCount(messages.length)} wait in it`);
  for (const { topic, payload, qos } of messages.slice(0, SHOWN))
    line('', `${topic} ${JSON.stringify(payload.slice(0, 60))}, QoS ${qos}`);
  if (messages.length > SHOWN) line('', `and ${messages.length - SHOWN} more`);
}

type ClearOptions = { readonly config?: string; readonly yes?: boolean; readonly force?: boolean };

/** The command `session clear`. */
export function sessionClearCommand(command: Command): void {
  command
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.yes)
    .option(
      '--force',
      'also when the broker says that the service is running, as it may after a crash of the broker',
    )
    .action(clear);
}

async function clear({ config, yes = false, force = false }: ClearOptions): Promise<void> {
  const terminal = processTerminal();
  const { configuration } = loadOrFail(config);
  const { clientId, urls } = configuration.mqtt;
  const { service } = await askForSession(configuration);
  if (service === 'running' && !force)
    throw new CommandError(
      'the service is running: a second client with its id would disconnect it',
      'sudo systemctl stop heyu2mqtt; if it does not run and the broker is wrong: --force',
    );
  const question = `Reset the session of ${clientId}? What waits in it is lost.`;
  if (!yes && !(await mustAsk(question, 'add --yes to reset the session'))) return;
  const refusals: unknown[] = [];
  for (const url of urls) {
    try {
      await resetSession(configuration, url);
      terminal.print(`${url}: the session of ${clientId} is reset`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      refusals.push(error);
      terminal.complain(error.message);
    }
  }
  if (refusals.length > 0)
    throw new CommandError(
      `${refusals.length} of ${urls.length} brokers could not be reached`,
      'nodes of one cluster share the session, others keep their own',
    );
}

/** The last connect of the service. */
type LastConnect = {
  /** ISO 8601. */
  readonly since: string;
  /** The broker had kept the session. */
  readonly present: boolean;
  /** Messages that waited in it, and on which topics. */
  readonly queued: number;
  readonly queued_topics: Readonly<Record<string, number>>;
};

/** What was found at the broker. */
type SessionState = {
  /** By the bridge's own state topic, which the broker sets to offline when the service dies. */
  readonly service: 'running' | 'stopped' | 'never seen';
  /** Undefined when the service says nothing of it. */
  readonly lastConnect: LastConnect | undefined;
};

/** Asks for it. */
async function askForSession(configuration: Configuration): Promise<SessionState> {
  const { baseTopic } = configuration.core;
  const [status, info] = [bridgeTopic(baseTopic, 'status'), bridgeTopic(baseTopic, 'info')];
  const { retained } = await readBack(configuration, [status, info]);
  const state = retained.get(status);
  return {
    service: state === undefined ? 'never seen' : state === 'online' ? 'running' : 'stopped',
    lastConnect: lastConnectIn(retained.get(info)),
  };
}

/** Payloads of others may be anything, and those of older versions lack members. */
function lastConnectIn(payload: string | undefined): LastConnect | undefined {
  const session = objectOf(objectIn(payload), 'session');
  const since = textIn(session, 'since');
  if (since === undefined) return undefined;
  const { queued, present } = session;
  const counts = Object.entries(objectOf(session, 'queued_topics'));
  return {
    since,
    present: present === true,
    queued: typeof queued === 'number' ? queued : 0,
    queued_topics: Object.fromEntries(
      counts.filter((each): each is [string, number] => typeof each[1] === 'number'),
    ),
  };
}

/** A message that waits. */
type WaitingMessage = { readonly topic: string; readonly payload: string; readonly qos: 0 | 1 | 2 };

/** What a look into the session showed. */
type Looked = {
  readonly stored: boolean;
  readonly messages: readonly WaitingMessage[];
  /** There may be more: a broker sends only so many that are not acknowledged. */
  readonly isPart: boolean;
  /**
   * A second look did not find them: the broker waits for the acknowledgement before it sends them again (NATS for
   * 30 s). A service that starts meanwhile would be given them late, when it takes them for new.
   */
  readonly isHeldBack: boolean;
};

/** Nothing more comes after such a silence, ms. */
const QUIET_MS = 600;
const LOOK_MS = 5_000;
/** The fewest messages that a broker sends unacknowledged: RabbitMQ 10, mosquitto 20. */
const WINDOW = 10;

/** Looks into the stored session and acknowledges nothing: messages that wait at QoS 1 continue to wait. */
async function lookIntoSession(configuration: Configuration): Promise<Looked> {
  const { stored, messages } = await look(configuration);
  // there was none, so that none shall be left
  if (!stored) await resetSession(configuration);
  const again = messages.length > 0 ? await look(configuration) : { messages };
  return {
    stored,
    messages,
    isPart: messages.length >= WINDOW,
    isHeldBack: again.messages.length < messages.length,
  };
}

async function look(configuration: Configuration): Promise<Pick<Looked, 'stored' | 'messages'>> {
  const { clientId } = configuration.mqtt;
  const visit = await visitBroker(configuration, { clientId, clean: false, takesNothing: true });
  await visit.quiet(QUIET_MS, LOOK_MS);
  await visit.leave();
  const messages = visit.arrivals.flatMap((each): WaitingMessage[] =>
    each.kind === 'message' ? [{ topic: each.topic, payload: shownPayload(each), qos: each.qos }] : [],
  );
  return { stored: visit.sessionPresent, messages };
}

/** The payload of a message; of a command what it is, because it may contain a code. */
function shownPayload({ topic, payload }: { readonly topic: string; readonly payload: string }): string {
  if (!topic.endsWith('/set')) return payload;
  const bytes = new TextEncoder().encode(payload);
  return /\/zone\/[^/]+\/set$/.test(topic) ? namedCommand(bytes) : counted(bytes.length, 'byte');
}

/** Resets the session at one broker: a clean connect with the same id (MQTT 3.1.1, section 3.1.2.4). */
async function resetSession(configuration: Configuration, url?: string): Promise<void> {
  const { clientId } = configuration.mqtt;
  const where = url === undefined ? {} : { url };
  await (await visitBroker(configuration, { clientId, ...where })).leave();
}
