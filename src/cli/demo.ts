/**
 * `heyu2mqtt demo`: the real service on a log that a real heyu wrote, with a broker of its own. It uses only the
 * loopback interface and a temporary folder.
 */

import type { Command } from 'commander';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Finding } from '../bridge/core.js';
import { findingWords } from '../bridge/finding-words.js';
import type { Configuration } from '../config/load.js';
import { systemTimeZone } from '../config/time-zone.js';
import { printable } from '../common/text.js';
import { readStamp } from '../heyu/stamp.js';
import { isoAt, timeZone } from '../heyu/time-zone.js';
import { type Passed, startEmbeddedBroker } from '../io/embedded-broker.js';
import { serveControl } from '../io/control.js';
import { hashToken, newToken } from '../io/web/guard.js';
import { zoneTopic } from '../mqtt/topics.js';
import type { Log } from '../ports.js';
import { createService } from '../service/service.js';
import { writeTokens } from '../web/tokens.js';
import { pastOf, portsOf, serviceSettings } from './assemble.js';
import { configurationError, load } from './configured.js';
import { PageKeeper } from './page.js';
import { programFile } from './program-files.js';
import { questionsFor } from './questions.js';
import { CommandError, EXIT, processTerminal, type Terminal } from './terminal.js';

/** The command `demo`. */
export function demoCommand(command: Command): void {
  command
    .option('--fast', 'play it as fast as it can be read')
    .option('--once', 'end after playing it once')
    .option('--port <port>', 'port of the embedded broker; if it is in use, another one is used', '1883')
    .action((options: { fast?: boolean; once?: boolean; port: string }) =>
      demo(options.fast === true, options.once === true, portFrom(options.port)),
    );
}

function portFrom(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new CommandError(
      `--port: "${text}" is not a valid port`,
      'give a number from 1 to 65535',
      EXIT.usage,
    );
  }
  return port;
}

const FAST_MS = 3;

async function demo(isFast: boolean, isOnce: boolean, port: number): Promise<void> {
  const terminal = processTerminal();
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-demo-'));
  // also when what it prints is piped into head, which ends the process
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const heyuLog = demoLog(folder);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const broker = await startEmbeddedBroker(port, (message) => showMessage(terminal, message));
  try {
    const configuration = configurationFor(folder, heyuLog, broker.port);
    writeFileSync(heyuLog, '');
    const log = quietLog(terminal);
    const service = await createService(serviceSettings(configuration), {
      ...portsOf(configuration, log),
      status: () => undefined,
      find: (finding) => showFinding(terminal, finding),
    });
    const past = pastOf(service, configuration);
    const page = new PageKeeper(service, past, log, configuration);
    const link = await linkOf(page, configuration);
    introduce(terminal, { page: link, port: broker.port, wanted: port, folder });
    await service.start();
    await serveControl(configuration.stateDir, questionsFor(service, past), log);
    await wait(isFast ? 300 : 1500, undefined, { signal: stop.signal });
    const set = zoneTopic(configuration.core.baseTopic, 'ground', 'set');
    do {
      for (const step of demoStory()) {
        await wait(isFast ? FAST_MS : step.waitMs, undefined, { signal: stop.signal });
        play(step, terminal, heyuLog, (command) => broker.publish(set, command));
        // a person is never as fast as a log: let what was said arrive before the next line
        if (step.words !== undefined) await wait(isFast ? 150 : 500, undefined, { signal: stop.signal });
      }
      if (!isOnce) terminal.print(terminal.style('dim', '\nonce more in 10 seconds; Ctrl-C ends it\n'));
      await wait(isOnce ? 300 : 10_000, undefined, { signal: stop.signal });
    } while (!isOnce);
    page.stop();
    await service.stop();
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    terminal.print('\nthe demo is over');
  } finally {
    await broker.stop();
  }
  process.exit(EXIT.ok);
}

const demoLog = (folder: string): string => join(folder, 'heyu.log.demo');

function configurationFor(folder: string, heyuLog: string, port: number): Configuration {
  for (const file of ['config.yaml', 'aliases.yaml'])
    copyFileSync(join(DEMO_FOLDER, file), join(folder, file));
  const loaded = load(join(folder, 'config.yaml'), {
    env: {
      HEYU2MQTT_MQTT_URL: `mqtt://127.0.0.1:${port}`,
      HEYU2MQTT_HEYU_LOG: heyuLog,
    },
  });
  if (!loaded.ok) throw configurationError(loaded.problems);
  return loaded.configuration;
}

/** Serves the page, on another port where the usual one is in use; the link logs in, so that everything can be tried. */
async function linkOf(page: PageKeeper, configuration: Configuration): Promise<string | undefined> {
  const { web } = configuration;
  const token = newToken();
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(web.tokens, writeTokens([{ hash: hashToken(token), date, name: 'demo' }]), { mode: 0o600 });
  await page.use(configuration);
  const other = { ...web, listen: { kind: 'port', host: '127.0.0.1', port: 0 } } as const;
  if (page.url() === undefined && web.listen !== 'off') await page.use({ ...configuration, web: other });
  const url = page.url();
  return url === undefined ? undefined : `${url}#token=${token}`;
}

function introduce(
  { print, style }: Terminal,
  {
    page,
    port,
    wanted,
    folder,
  }: {
    readonly page: string | undefined;
    readonly port: number;
    readonly wanted: number;
    readonly folder: string;
  },
): void {
  // in a clone that is not installed the shell does not find the program
  const command = process.env['npm_lifecycle_event'] === undefined ? 'heyu2mqtt' : 'npx heyu2mqtt';
  const taken = port === wanted || wanted === 0 ? '' : `  (port ${wanted} is taken)`;
  const [heyu, means, mqtt] = [style('bold', 'heyu'), style('cyan', '  ->'), style('green', 'mqtt')];
  print(`${style('bold', 'heyu2mqtt demo: a log that heyu wrote, the bridge, and what comes out')}

  look      ${page === undefined ? 'the page is off' : style('bold', page)}
  broker    mqtt://127.0.0.1:${port}${taken}
  heyu log  ${demoLog(folder)}
  watch it  mosquitto_sub -h 127.0.0.1 -p ${port} -t 'x10/#' -v
  ask it    ${command} status --watch --config ${join(folder, 'config.yaml')}
  end it    Ctrl-C

${heyu}   what heyu writes      ${means}  what it means      ${mqtt}  what is published
`);
}

function play(
  { text, words }: Step,
  terminal: Terminal,
  heyuLog: string,
  command: (text: string) => void,
): void {
  if (words !== undefined) {
    terminal.print(`\n${terminal.style('yellow', `you    ${words}`)}  (${text})`);
    command(text);
    return;
  }
  const line = `${heyuNow()}  ${text}`;
  terminal.print(`\n${terminal.style('bold', 'heyu')}   ${line}`);
  appendFileSync(heyuLog, `${line}\n`);
}

/** This moment as heyu writes it (default DATE_FORMAT, local time). */
function heyuNow(): string {
  return isoAt(Date.now(), timeZone(systemTimeZone())).slice(5, 19).replace('-', '/').replace('T', ' ');
}

function showFinding(terminal: Terminal, finding: Finding): void {
  // the messages are shown as the broker gets them
  if (finding.kind === 'publish' || finding.kind === 'message') return;
  const [lead, text] = findingWords(finding);
  const isKept = lead.trim() === '--';
  terminal.print(
    `  ${isKept ? terminal.style('dim', '--') : terminal.style('cyan', '->')}   ${printable(text)}`,
  );
}

const LONGEST_PAYLOAD = 100;
const LEAST_PAYLOAD = 20;

function showMessage(terminal: Terminal, { topic, payload, retain }: Passed): void {
  const start = `${topic.padEnd(26)}  ${retain ? 'retained' : 'event   '}  `;
  // no line is wrapped on a terminal, but for a payload of which nothing would be left
  const room = process.stdout.isTTY ? terminal.columns - `mqtt   ${start}...`.length : LONGEST_PAYLOAD;
  const longest = Math.max(LEAST_PAYLOAD, Math.min(LONGEST_PAYLOAD, room));
  const shown = payload.length > longest ? `${payload.slice(0, longest)}...` : payload;
  terminal.print(`${terminal.style('green', 'mqtt')}   ${start}${printable(shown)}`);
}

/** The service's own log would only be in the way here, but for what should not happen. */
function quietLog(terminal: Terminal): Log {
  const nothing = (): void => undefined;
  const say = (_fields: object, message: string): void => terminal.complain(message);
  return { debug: nothing, info: nothing, warn: say, error: say };
}

/** One step of the story. */
type Step = {
  /** A line of a log that the real heyu wrote, or the command that a person gives meanwhile. */
  readonly text: string;
  /** What the person does; undefined for a line. */
  readonly words?: string | undefined;
  /** The wait before it. */
  readonly waitMs: number;
};

/** Where the files of the demonstration lie in the package. */
const DEMO_FOLDER = programFile('config/demo');

/** Commands of the person, by the number of the line before them. */
const COMMANDS: ReadonlyMap<number, readonly [string, string]> = new Map([
  [1, ['DISARM', 'someone is at home: the ground floor is disarmed']],
  [17, ['ARM_AWAY', 'someone arms the ground floor and leaves']],
  [37, ['DISARM', 'someone comes home and disarms it']],
]);

/** Longest and shortest wait between two lines. */
const LONGEST_MS = 1500;
const SHORTEST_MS = 400;

/** The story. Its lines keep the distances that heyu's stamps show, within bounds. */
function demoStory(): Step[] {
  const lines = readFileSync(join(DEMO_FOLDER, 'heyu.log'), 'utf8').trimEnd().split('\n');
  let beforeMs: number | undefined;
  return lines.flatMap((line, index) => {
    const { timeOfDayMs = 0, bodyStart = 0 } = readStamp(line, 'YMD') ?? {};
    const gapMs = timeOfDayMs - (beforeMs ?? timeOfDayMs);
    beforeMs = timeOfDayMs;
    const waitMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, gapMs));
    const [command, words] = COMMANDS.get(index + 1) ?? [];
    const step = { text: line.slice(bodyStart), waitMs };
    return command === undefined ? [step] : [step, { text: command, words, waitMs: LONGEST_MS }];
  });
}
