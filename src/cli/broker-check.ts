/** `heyu2mqtt broker-check`: tests on the broker itself whether it is fit for the bridge, with topics of its own. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Command } from 'commander';
import type { Reading, Writing } from '../broker-check/access-control.js';
import { PROTOCOLS, Scratch, type Need, type TrialResult } from '../broker-check/trial.js';
import { judgeBroker, makeTrials, type Fitness, type Tested, type Verdict } from '../broker-check/trials.js';
import type { Configuration } from '../config/load.js';
import { bridgeObjectId } from '../homeassistant/device.js';
import { deviceTopic, entityTopic } from '../homeassistant/discovery.js';
import { parseBrokerUrl, type BrokerUrl } from '../io/broker/options.js';
import { bridgeTopic, zoneTopic } from '../mqtt/topics.js';
import { commandTopics } from '../service/broker-side.js';
import type { CoreSettings } from '../core-settings.js';
import { credentialsOf } from './assemble.js';
import { loadOrFail, OPTIONS } from './configured.js';
import {
  CommandError,
  EXIT,
  FINDING_STYLES,
  printFinding,
  processTerminal,
  progressOnTerminal,
  table,
  type Style,
  type Terminal,
} from './terminal.js';
import { noBroker } from './visit-broker.js';

type Options = {
  readonly config?: string;
  readonly url?: readonly string[];
  readonly restartCmd?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
};

/** The command `broker-check`: ends with 0 when the broker is fit, 1 with settings, 2 when it is not fit. */
export function brokerCheckCommand(command: Command): void {
  command
    .addOption(OPTIONS.config)
    .option('--url <url...>', 'brokers to try instead of mqtt.url; several must be one cluster')
    .option(
      '--restart-cmd <command>',
      "also test that a restart loses nothing; the command is run by the shell: 'sudo systemctl restart mosquitto'",
    )
    .option('--verbose', 'also show each trial: what was expected, and what was received')
    .addOption(OPTIONS.json)
    .action(checkBroker);
}

async function checkBroker(options: Options): Promise<void> {
  const terminal = processTerminal();
  const { configuration } = loadOrFail(options.config);
  const urls = (options.url ?? configuration.mqtt.urls).map(broker);
  const { session, protocol } = configuration.mqtt;
  const need: Need = { session, protocol };
  const calledOff = new AbortController();
  const startedAt = performance.now();
  const scratch = scratchAt(configuration, urls, calledOff.signal);
  const progress = progressOnTerminal(process.stderr);
  const tested = await cleanly(scratch, calledOff, progress.end, terminal.complain, () =>
    makeTrials(scratch, {
      need,
      readings: readingsOf(configuration),
      writings: writingsBeside(configuration.core, 'broker-check'),
      restart:
        options.restartCmd === undefined
          ? undefined
          : { command: options.restartCmd, run: runInShell(options.restartCmd, calledOff.signal) },
      progress: progress.tell,
    }),
  );
  const fitness = judgeBroker(tested, need);
  const about = {
    broker: tested.brokerName ?? null,
    urls: urls.map(({ shown }) => shown),
    protocols: PROTOCOLS.filter((each) => tested.protocols[each].done),
  };
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (options.json === true) terminal.printJson({ ...fitness, ...about });
  else printFitness(terminal, fitness, { ...about, need, seconds }, options.verbose === true);
  process.exitCode = { fit: EXIT.ok, 'fit-with-settings': EXIT.failed, 'not-fit': EXIT.errors }[
    fitness.verdict
  ];
}

function broker(url: string): BrokerUrl {
  const parsed = parseBrokerUrl(url);
  if (parsed !== undefined) return parsed;
  throw new CommandError(`${url} is not a valid broker url`, 'write it as mqtt://host:1883', EXIT.usage);
}

function scratchAt(configuration: Configuration, urls: readonly BrokerUrl[], signal: AbortSignal): Scratch {
  return new Scratch({
    urls,
    credentials: credentialsOf(configuration),
    // below the bridge's own level: no alias can be there
    root: `${configuration.core.baseTopic}/bridge/broker-check/${randomBytes(6).toString('hex')}`,
    idRoot: `h2m-check-${randomBytes(3).toString('hex')}`,
    signal,
  });
}

/** Removes everything afterwards in every case; Ctrl-C cancels the trials, a second one ends at once. */
async function cleanly(
  scratch: Scratch,
  calledOff: AbortController,
  endProgress: () => void,
  complain: (line: string) => void,
  trials: () => Promise<Tested>,
): Promise<Tested> {
  const callOff = (): void => {
    if (calledOff.signal.aborted) process.exit(EXIT.interrupted);
    calledOff.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, callOff);
  try {
    const tested = await trials().catch((error: unknown) => {
      if (calledOff.signal.aborted) return undefined;
      throw noBroker(error);
    });
    if (tested !== undefined && !calledOff.signal.aborted) return tested;
    throw new CommandError(
      'cancelled, the topics and sessions of the trials are removed',
      undefined,
      EXIT.interrupted,
    );
  } finally {
    const left = await scratch.cleanUp();
    endProgress();
    for (const signal of signals) process.off(signal, callOff);
    for (const each of left) complain(`not removed, because the broker could not be reached: ${each}`);
  }
}

/**
 * Runs it as a shell would: it is the owner's, who may use quotes, pipes and sudo. What it says goes to standard
 * error, what it asks comes from the terminal. Rejects when it does not end well.
 */
function runInShell(command: string, signal: AbortSignal): () => Promise<void> {
  return async () => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['inherit', 2, 2], signal });
    const [code, killed] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code !== 0)
      throw new Error(`the command ended with ${killed ?? `exit code ${String(code)}`}: ${command}`);
  };
}

/** Everything that the service subscribes to. */
function readingsOf({ core, homeassistant }: Configuration): readonly Reading[] {
  const { baseTopic, zones } = core;
  const reading = (topic: string, use: string, isState = false): Reading => ({ topic, use, isState });
  return [
    ...zones.flatMap(({ zone, kind, stateTopic }) => {
      const set = reading(zoneTopic(baseTopic, zone, 'set'), `commands to the zone ${zone}`);
      if (stateTopic !== undefined) return [set, reading(stateTopic, `the state of the zone ${zone}`, true)];
      return kind === 'master'
        ? set
        : [set, reading(zoneTopic(baseTopic, zone, 'state'), `the zone ${zone}`)];
    }),
    ...[...commandTopics(core)].map(([topic, { alias }]) => reading(topic, `commands to ${alias}`)),
    reading(homeassistant.birthTopic, "Home Assistant's birth"),
    reading(bridgeTopic(core.baseTopic, 'set'), 'commands to the bridge'),
  ];
}

/**
 * One message beside the topics of the bridge, of each zone and of each sensor (below `level`), and one to discovery.
 * No program listens there: for Home Assistant an empty discovery message of an unknown device removes nothing.
 */
export function writingsBeside(core: CoreSettings, level: string): readonly Writing[] {
  const chance = randomBytes(6).toString('hex');
  const { baseTopic, sensors, zones } = core;
  const beside = (place: string, use: string): Writing => ({
    topic: `${baseTopic}/${place}/${level}`,
    use,
    payload: chance,
  });
  const { discovery, prefix } = core.homeassistant;
  const id = bridgeObjectId(core);
  const announcement = {
    off: [],
    device: [deviceTopic(prefix, `${id}_check_${chance}`)],
    entity: [entityTopic(prefix, 'binary_sensor', id, `check_${chance}`)],
  }[discovery];
  return [
    beside('bridge', 'the bridge'),
    ...zones.map(({ zone }) => beside(`zone/${zone}`, `the zone ${zone}`)),
    ...sensors.filter(({ ignore }) => !ignore).map(({ topic, alias }) => beside(topic, alias)),
    ...announcement.map((topic) => ({ topic, use: 'discovery', payload: '' })),
  ];
}

/** What is said around the rows. */
type About = {
  readonly broker: string | null;
  readonly urls: readonly string[];
  readonly protocols: readonly string[];
  readonly need: Need;
  readonly seconds: number;
};

const VERDICTS: Readonly<Record<Verdict, readonly [Style, string]>> = {
  fit: ['green', 'fit'],
  'fit-with-settings': ['yellow', 'fit with these settings'],
  'not-fit': ['red', 'not fit'],
};

/** Prints the verdict, and on request what it rests on. */
function printFitness(terminal: Terminal, fitness: Fitness, about: About, isVerbose: boolean): void {
  const { broker, urls, protocols, need, seconds } = about;
  const { print } = terminal;
  const speaks = [
    broker ?? 'a broker that does not report its name',
    ...protocols.map((each) => `MQTT ${each}`),
  ];
  print(`${urls.join(', ')}: ${speaks.join(', ')}`);
  printVerdict(terminal, fitness);
  const tried = `tried in ${seconds} s for mqtt.session: ${need.session}, mqtt.protocol: ${need.protocol}`;
  print(terminal.style('dim', `${tried}${isVerbose ? '' : '; --verbose shows each trial'}`));
  if (!isVerbose) return;
  printFiveTests(terminal, fitness.rows);
  print();
  printRows(terminal, fitness.rows);
}

/** As the table of the five tests is known. */
function printFiveTests({ print, style }: Terminal, rows: readonly TrialResult[]): void {
  const titles = [
    'MQTT',
    'test',
    'clean session',
    'publish',
    'subscribe',
    'retained',
    'expected',
    '',
    'actual',
  ];
  const cells = rows.flatMap(({ test, expected, actual, result }) => {
    if (test === undefined) return [];
    const { protocol, number, cleanSession, publishQos, subscribeQos, retained } = test;
    const how = [String(cleanSession), `QoS ${publishQos}`, `QoS ${subscribeQos}`, retained ? 'yes' : 'no'];
    return [[protocol, String(number), ...how, expected, style(FINDING_STYLES[result], result), actual]];
  });
  if (cells.length === 0) return;
  print();
  print(
    'M1 is published while the subscriber is away: what is it given when it is back, and when it subscribes again?',
  );
  print();
  for (const line of table(titles, cells)) print(line);
}

function printRows(terminal: Terminal, all: readonly TrialResult[]): void {
  const rows = all.filter(({ test }) => test === undefined);
  const width = Math.max(...rows.map(({ area }) => area.length), 0);
  for (const [index, { area, trial, expected, actual, result }] of rows.entries()) {
    const column = `${(area === rows[index - 1]?.area ? '' : area).padEnd(width)}  `;
    const told = `${trial}\nexpected: ${expected}\nactual:   ${actual}`;
    const finding = result === 'ok' ? { text: trial, hint: actual } : { text: told };
    printFinding(terminal, { verdict: result, ...finding }, column);
  }
}

function printVerdict({ print, style }: Terminal, { verdict, reasons, settings, rows }: Fitness): void {
  const [colour, words] = VERDICTS[verdict];
  const untold = rows.filter(({ result }) => result === 'unknown');
  const isBare = reasons.length === 0 && settings.length === 0;
  const end = isBare ? (untold.length === 0 ? ' for the bridge' : ', as far as could be told') : ':';
  print(`${style(colour, words)}${end}`);
  for (const setting of settings) print(`  ${style('bold', setting)}`);
  for (const reason of reasons) print(`  because ${reason}`);
  if (untold.length === 0) return;
  print('what could not be told:');
  for (const { trial, actual } of untold) print(`  ${trial}: ${actual}`);
}
