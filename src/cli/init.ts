/** `heyu2mqtt init`: from an existing heyu set-up to config.yaml and aliases.yaml, shown before they are written. */

import type { Command } from 'commander';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import { errorCode } from '../common/error.js';
import { brokerUrl, ownTopic, slug } from '../config/forms.js';
import { formatProblems } from '../config/problem.js';
import { readTextFile, rewriteFile } from '../config/text-file.js';
import { adviseHeyu } from '../heyu/x10config-advice.js';
import { heyuLogPath, type X10Config } from '../heyu/x10config.js';
import { findPlace } from './alias/alias-file.js';
import { importInto } from './alias/import.js';
import { type Ask, askOnTerminal, CALLED_OFF } from './ask.js';
import { isRoot, refusalFor, serviceUser } from './check/check-service.js';
import { DEFAULT_CONFIG, type Given, load, mayRead } from './configured.js';
import {
  ENGINE_DIED_HINT,
  engineDied,
  engineLock,
  findX10Config,
  interfaceOf,
  isDirectory,
  readX10ConfigFile,
} from './heyu-install.js';
import { programFile } from './program-files.js';
import { CommandError, EXIT, processTerminal, type Remark, remark, type Terminal } from './terminal.js';
import { visitBroker } from './visit-broker.js';

/** Options of `init`; what is not given is asked for, or has a default. */
type InitOptions = Pick<Given, 'x10config' | 'yes'> & {
  readonly config: string;
  readonly log?: string;
  readonly broker?: string;
  readonly username?: string;
  readonly baseTopic?: string;
  readonly alarm?: InitAnswers['alarm'];
};

/** The command `init`. */
export function initCommand(command: Command): void {
  command
    .option('--config <file>', 'where to write it; the alias file goes beside it', DEFAULT_CONFIG)
    .option('--x10config <file>', "heyu's configuration (default: where heyu looks for it)", absolute)
    .option('--log <file>', "heyu's log, if there is no configuration of heyu", absolute)
    .option(
      '--broker <url>',
      'the MQTT broker, such as mqtt://localhost:1883',
      written('--broker', brokerUrl),
    )
    .option('--username <name>', 'our name at the broker')
    .option('--base-topic <topic>', 'all topics lie below it', written('--base-topic', ownTopic))
    .option('--alarm <kind>', 'who keeps the state of the alarm: bridge, alarmo or none', alarmKind)
    .option('--yes', 'ask nothing; an existing configuration is kept')
    .action(init);
}

const absolute = (path: string): string => resolve(path);

/** Takes an option as it is written. What would make a configuration with faults is refused before anything is written. */
function written(option: string, form: typeof brokerUrl): (text: string) => string {
  return (text) => {
    const reading = form.read(text);
    if (reading.ok) return text;
    throw new CommandError(`${option}: ${reading.problem}`, reading.hint, EXIT.usage);
  };
}

function alarmKind(text: string): InitAnswers['alarm'] {
  if (text === 'bridge' || text === 'alarmo' || text === 'none') return text;
  throw new CommandError(`--alarm: "${text}" is none of bridge, alarmo, none`, undefined, EXIT.usage);
}

async function init(options: InitOptions): Promise<void> {
  const terminal = processTerminal();
  const asks = terminal.isInteractive && options.yes !== true;
  if (!asks && options.yes !== true)
    throw new CommandError('there is no terminal to ask on', 'add --yes to take the defaults', EXIT.usage);
  const path = resolve(options.config);
  const x10config = options.x10config ?? findX10Config();
  const heyu = readX10ConfigFile(x10config);
  reportHeyu(terminal, x10config, heyu, options.log);

  const keeps =
    existsSync(path) && !(asks && (await askOnTerminal.yesOrNo(`${path} is there. Replace it?`, false)));
  let zone: string | undefined;
  if (keeps) terminal.print(`${path} is kept as it is`);
  else {
    const ask = asks ? askOnTerminal : undefined;
    const answers = await answersOf(options, path, x10config, heyu, ask);
    await writeConfig(terminal, path, answers, ask);
    zone = answers.alarm === 'none' ? undefined : INIT_ZONE;
  }

  if (x10config !== undefined) {
    terminal.print();
    await importInto(findPlace({ config: path }), x10config, { yes: !asks, zone });
  }
  await reportResult(terminal, path);
}

/** What heyu's side is like, and what has to be mended there. */
function reportHeyu(
  terminal: Terminal,
  x10config: string | undefined,
  heyu: X10Config | undefined,
  givenLog: string | undefined,
): void {
  const log = givenLog ?? (heyu === undefined ? undefined : heyuLogPath(heyu));
  const hasLog = log !== undefined && existsSync(log);
  if (x10config === undefined || heyu === undefined) terminal.complain('no configuration of heyu was found');
  else terminal.print(`heyu: ${x10config}, ${heyu.aliases.length} aliases`);
  if (log !== undefined) terminal.print(`log:  ${log}${hasLog ? '' : ' (not there yet)'}`);
  const remarks: Remark[] = heyu === undefined ? [] : [...adviseHeyu(heyu, isDirectory)];
  if (hasLog) remarks.push(...logRemarks(log));
  const lock = engineLock(interfaceOf(heyu?.tty ?? '/dev/ttyS0'));
  if (lock !== undefined && !lock.isAlive)
    remarks.push({ problem: `heyu's ${engineDied(lock)}`, hint: ENGINE_DIED_HINT });
  for (const each of remarks) remark(terminal, each);
}

function logRemarks(log: string): readonly Remark[] {
  if (!mayRead(log)) {
    const hint = 'HEYU_UMASK 0022 in x10config, then: heyu restart';
    return [{ problem: `${log} may not be read by this user`, hint }];
  }
  const user = isRoot() ? serviceUser(undefined) : undefined;
  const isOpen =
    user === undefined
      ? (statSync(log).mode & 0o004) !== 0
      : refusalFor(log, user, (code) => code) === undefined;
  if (isOpen) return [];
  const hint = `add the service to the group of the log: sudo usermod -aG GROUP heyu2mqtt (ls -l ${log} shows it)`;
  return [{ problem: `${log} is not readable by everybody, so perhaps not by the service`, hint }];
}

/** Shows config.yaml, asks, and writes it. A password goes into a file of its own. */
async function writeConfig(
  terminal: Terminal,
  path: string,
  answers: InitAnswers,
  ask: Ask | undefined,
): Promise<void> {
  const example = readFileSync(programFile('config/config.yaml'), 'utf8');
  const text = initConfigText(example, answers, programFile('config/config.schema.json'));
  terminal.print();
  for (const line of text.trimEnd().split('\n')) terminal.print(terminal.style('dim', `  ${line}`));
  terminal.print();
  if (ask !== undefined && !(await ask.yesOrNo(`Write ${path}?`, true))) throw new CommandError(CALLED_OFF);
  const password =
    ask === undefined || answers.username === undefined ? '' : await ask.secret('Password at the broker?');
  const before = readTextFile(path, path, { lenient: true });
  makeFolder(dirname(path));
  const written = rewriteFile(path, before.ok ? before.file.hash : undefined, text);
  if (!written.ok) throw new CommandError(written.problem, written.hint);
  terminal.print(`written: ${path}`);
  if (password === '') return;
  const file = resolve(dirname(path), PASSWORD_FILE);
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  terminal.print(`written: ${file}, readable by its owner only`);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const code = errorCode(error);
    const hint = code === 'EACCES' ? 'run it with sudo, or choose another place with --config' : undefined;
    throw new CommandError(`${folder} cannot be made (${code})`, hint);
  }
}

/** Reads the result as the service will, tries the broker, and says what comes next. */
async function reportResult(terminal: Terminal, path: string): Promise<void> {
  const loaded = load(path);
  if (!loaded.ok) throw new CommandError(formatProblems(loaded.problems), undefined, EXIT.configuration);
  const { configuration } = loaded;
  terminal.print();
  terminal.print(`the configuration is good: ${configuration.core.sensors.length} aliases`);
  try {
    await (await visitBroker(configuration)).leave();
    terminal.print(`the broker lets us in: ${configuration.mqtt.urls[0] ?? ''}`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.complain(`  ! ${error.message}`);
    if (error.hint !== undefined) terminal.complain(`    ${error.hint}`);
  }
  const config = path === DEFAULT_CONFIG ? '' : ` --config ${path}`;
  terminal.print(`
next:
  heyu2mqtt alias learn${config}   walk past the sensors, name what has no name yet
  heyu2mqtt run${config}           try it
  sudo heyu2mqtt service install   make it a service (the Debian package has done so already)`);
}

/** What is wrong with an answer of this form. */
function problemOf(form: typeof brokerUrl): (answer: string) => string | undefined {
  return (answer) => {
    const reading = form.read(answer);
    return reading.ok ? undefined : reading.problem;
  };
}

/** What was not given as an option is asked for, or has its default where nobody is asked. */
async function answersOf(
  options: InitOptions,
  path: string,
  x10config: string | undefined,
  heyu: X10Config | undefined,
  ask: Ask | undefined,
): Promise<InitAnswers> {
  const url =
    options.broker ?? (await ask?.text('Where is the MQTT broker?', DEFAULT_URL, problemOf(brokerUrl)));
  const username = options.username ?? (await ask?.text('User name at the broker? (empty = none)', ''));
  const baseTopic =
    options.baseTopic ?? (await ask?.text('Topics below?', DEFAULT_TOPIC, problemOf(ownTopic)));
  const alarm =
    options.alarm ??
    (await ask?.choice<InitAnswers['alarm']>(
      'Who says whether the alarm is armed?',
      [
        { value: 'none', label: 'nobody: no alarm' },
        { value: 'bridge', label: 'heyu2mqtt: an alarm panel in Home Assistant' },
        { value: 'alarmo', label: 'Alarmo' },
      ],
      'none',
    ));
  const hasLog = heyu !== undefined && heyuLogPath(heyu) !== undefined;
  return {
    x10config,
    // What heyu's configuration says need not stand twice; without one there must be something.
    log: options.log ?? (hasLog ? undefined : '/var/log/heyu/heyu.log.ttyS0'),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    url: url ?? DEFAULT_URL,
    username: username === '' ? undefined : username,
    baseTopic: baseTopic ?? DEFAULT_TOPIC,
    alarm: alarm ?? 'none',
    // A configuration of one's own has its state beside it, where its owner may write.
    stateDir: path === DEFAULT_CONFIG ? undefined : 'state',
  };
}

const DEFAULT_URL = 'mqtt://localhost:1883';
const DEFAULT_TOPIC = 'x10';
/** Beside config.yaml, where there is a user name. */
const PASSWORD_FILE = 'mqtt-password';

/** What the owner has answered. */
export type InitAnswers = {
  /** heyu's configuration; undefined = none was found. */
  readonly x10config: string | undefined;
  /** The log, where it does not follow from heyu's configuration. */
  readonly log: string | undefined;
  readonly timeZone: string;
  readonly url: string;
  readonly username: string | undefined;
  readonly baseTopic: string;
  /** `bridge`: a zone of our own; `alarmo`: Alarmo's; `none`: no alarm. */
  readonly alarm: 'bridge' | 'alarmo' | 'none';
  readonly stateDir: string | undefined;
};

/** The zone that `init` makes. */
const INIT_ZONE = 'house';

/** `key: value` in place of the example's line for that key, whether that is commented out or not. */
function put(text: string, key: string, answer: string | undefined): string {
  const line = new RegExp(`^( *)(?:# )?${key}: .*$`, 'm');
  return text.replace(line, (whole: string, indent: string) => {
    const plain = whole.replace(/^( *)# /, '$1').trimStart();
    if (answer === undefined) return `${indent}# ${plain}`;
    return `${indent}${key}: ${stringify(answer, { lineWidth: 0 }).trimEnd()}`;
  });
}

/** The zones of the example, as they were asked for. */
function putZones(text: string, alarm: InitAnswers['alarm']): string {
  if (alarm === 'bridge') return text;
  const [before = '', rest = ''] = text.split(/^zones:\n/m);
  const end = rest.search(/^(?=\S)/m);
  const after = rest.slice(end < 0 ? rest.length : end);
  const zones =
    alarm === 'alarmo'
      ? `zones:
  # Kept by Alarmo; the bridge reads its retained topic.
  ${INIT_ZONE}: { name: House, state_topic: alarmo/state, on_unknown: last_known }
`
      : `# zones:
#   # Kept by the bridge, armed and disarmed in Home Assistant.
#   ${INIT_ZONE}: { name: House, panel: alarm_control_panel, exit_delay: 60s, entry_delay: 30s }
#   # Kept by another program, here Alarmo; the bridge reads its retained topic.
#   # ground: { name: Ground floor, state_topic: alarmo/state, on_unknown: last_known }
`;
  return `${before}${zones}\n${after}`;
}

/** Puts the answers into the example. `schema` is the path of config.schema.json. */
export function initConfigText(example: string, answers: InitAnswers, schema: string): string {
  let text = example.replace(/\$schema=\S+/, () => `$schema=${schema}`);
  const { stateDir } = answers;
  for (const [key, answer] of [
    ['x10config', answers.x10config],
    ['log', answers.log],
    ['timezone', answers.timeZone],
    ['url', answers.url],
    ['username', answers.username],
    ['password_file', answers.username === undefined ? undefined : PASSWORD_FILE],
    ['base_topic', answers.baseTopic],
    ['bridge_id', slug(answers.baseTopic) ?? DEFAULT_TOPIC],
  ] as const)
    text = put(text, key, answer);
  return putZones(stateDir === undefined ? text : put(text, 'state_dir', stateDir), answers.alarm);
}
