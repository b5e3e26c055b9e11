/** `heyu2mqtt init`: sets everything up for an existing heyu. It shows what it writes before it writes. */

import { type Command, Option } from 'commander';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { modelOf, proposeSensors } from '../alias/propose.js';
import { HOUR, MINUTE, SECOND } from '../common/duration.js';
import { errorCode, orElse } from '../common/error.js';
import { brokerUrl, duration, type Form, ownTopic } from '../config/forms.js';
import type { Configuration } from '../config/load.js';
import { formatProblems } from '../config/problem.js';
import { readTextFile, rewriteFile } from '../config/text-file.js';
import { adviseHeyu } from '../heyu/x10config-advice.js';
import { heyuLogPath, type X10Config } from '../heyu/x10config.js';
import { makeDirectory } from '../io/files.js';
import { heyuLock, interfaceOf } from '../io/heyu-locks.js';
import { hasArmKeys } from '../sensor/channels.js';
import { findPlace } from './alias/alias-file.js';
import { importInto } from './alias/import.js';
import { askOnTerminal, CANCELLED } from './ask.js';
import { DEFAULT_CONFIG, type Given, load, mayRead } from './configured.js';
import {
  ENGINE_DIED_HINT,
  engineDied,
  findX10Config,
  isDirectory,
  readX10ConfigFile,
  x10configPlaces,
  x10configsInHomes,
} from './heyu-install.js';
import { DEFAULT_TOPIC, DEFAULT_URL, INIT_ZONE, type InitAnswers, initConfigText } from './init-config.js';
import {
  handOverPassword,
  installService,
  isOfService,
  joinGroup,
  keepPassword,
  openHeyu,
  shareWithService,
  showHouse,
  startService,
  type Talk,
} from './init-service.js';
import { documentFile, programFile } from './program-files.js';
import { CommandError, EXIT, processTerminal, type Remark, remark, type Terminal } from './terminal.js';
import { tryLogin, visitBroker } from './visit-broker.js';

/** Options of `init`; what is not given is asked for, or has a default. */
type InitOptions = Pick<Given, 'x10config' | 'yes'> & {
  readonly config: string;
  readonly allHomes?: boolean;
  readonly log?: string;
  readonly broker?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly baseTopic?: string;
  readonly alarm?: InitAnswers['alarm'];
  /** False for --no-keyfobs. */
  readonly keyfobs: boolean;
  /** False for --no-start. */
  readonly start: boolean;
  readonly wait?: number;
};

/** The command `init`. */
export function initCommand(command: Command): void {
  command
    .option('--config <file>', 'where to write it; the alias file is written beside it', DEFAULT_CONFIG)
    .option('--x10config <file>', "heyu's configuration (default: where heyu looks for it)", absolute)
    .option('--all-homes', "look for heyu's configuration in the home directories of all users, too")
    .option('--log <file>', "heyu's log, if there is no configuration of heyu", logFile)
    .option(
      '--broker <url>',
      'the MQTT broker, such as mqtt://localhost:1883',
      written('--broker', brokerUrl),
    )
    .option('--username <name>', 'user name at the broker')
    .option('--password-file <file>', 'its first line is the password at the broker; - is standard input')
    .option('--base-topic <topic>', 'all topics are below it', written('--base-topic', ownTopic))
    .addOption(
      new Option('--alarm <kind>', 'who keeps the state of the alarm: bridge, alarmo or none').argParser(
        alarmKind,
      ),
    )
    .option('--no-keyfobs', 'no keyfob arms and disarms the alarm of the bridge')
    .option('--no-start', 'do not start the service')
    .option(
      '--wait <duration>',
      'how long to wait for the first signal (default: 2m at a terminal, else 10s)',
      (text) => readOf('--wait', WAIT, text),
    )
    .option('--yes', 'ask nothing; an existing configuration is kept')
    .action(init);
}

const WAIT = duration(0, HOUR, 'zero_allowed');

const absolute = (path: string): string => resolve(path);

function logFile(path: string): string {
  if (isDirectory(path))
    throw new CommandError(
      `--log: ${path} is a directory`,
      'give the path of the log file in it',
      EXIT.usage,
    );
  return absolute(path);
}

/** Reads an option in the form of its key. An invalid value is refused before anything is written. */
function written(option: string, form: Form<unknown>): (text: string) => string {
  return (text) => {
    readOf(option, form, text);
    return text;
  };
}

function readOf<Value>(option: string, form: Form<Value>, text: string): Value {
  const reading = form.read(text);
  if (reading.ok) return reading.value;
  throw new CommandError(`${option}: ${reading.problem}`, reading.hint, EXIT.usage);
}

function alarmKind(text: string): InitAnswers['alarm'] {
  if (text === 'bridge' || text === 'alarmo' || text === 'none') return text;
  throw new CommandError(`--alarm: "${text}" is not one of bridge, alarmo, none`, undefined, EXIT.usage);
}

async function init(options: InitOptions): Promise<void> {
  const terminal = processTerminal();
  const asks = terminal.isInteractive && options.yes !== true;
  if (!asks && options.yes !== true)
    throw new CommandError('there is no terminal to ask on', 'add --yes to take the defaults', EXIT.usage);
  const talk: Talk = { terminal, ask: asks ? askOnTerminal : undefined };
  const path = resolve(options.config);
  const isService = isOfService(path);
  const x10config = options.x10config ?? (await foundX10Config(talk, options));
  const heyu = readX10ConfigFile(x10config);
  reportHeyu(terminal, x10config, heyu, options.log);

  const keeps =
    existsSync(path) && !(asks && (await askOnTerminal.yesOrNo(`${path} exists. Replace it?`, false)));
  let zone: string | undefined;
  if (keeps) terminal.print(`${path} is kept as it is`);
  else {
    const { password, ...answers } = await answersOf(options, path, x10config, heyu, talk);
    if (isService) await installService(talk);
    await writeConfig(talk, path, answers);
    if (isService) shareWithService(path);
    if (password !== undefined) keepPassword(terminal, join(dirname(path), PASSWORD_FILE), password);
    zone = answers.alarm === 'none' ? undefined : INIT_ZONE;
  }

  if (x10config !== undefined) {
    terminal.print();
    await importInto(findPlace({ config: path }), x10config, { yes: !asks, zone });
  }
  await finish(talk, path, options, isService);
}

/** Where heyu looks, for the user who asks; then, if wanted, in all home directories. Undefined only with --log. */
async function foundX10Config({ ask }: Talk, options: InitOptions): Promise<string | undefined> {
  const found = findX10Config();
  if (found !== undefined || options.log !== undefined) return found;
  const places = x10configPlaces(process.env);
  const looksInHomes =
    options.allHomes ??
    (await ask?.yesOrNo(
      `heyu's configuration is not in ${places.join(' or ')}. Look in the home directories of all users?`,
      true,
    )) ??
    false;
  const [first, ...others] = looksInHomes ? x10configsInHomes() : [];
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined && ask !== undefined)
    return ask.choice(
      'Which one is it?',
      [first, ...others].map((value) => ({ value, label: value })),
      first,
    );
  if (first !== undefined)
    throw new CommandError(
      `there are several configurations of heyu: ${[first, ...others].join(', ')}`,
      'name one with --x10config FILE',
      EXIT.usage,
    );
  const where = [...places, ...(looksInHomes ? ['.heyu/x10config of every user'] : [])].join(', ');
  throw new CommandError(`no configuration of heyu was found in ${where}`, noHeyu(), EXIT.noInput);
}

const noHeyu =
  (): string => `is heyu installed? Then name its file with --x10config FILE, or look in all homes with --all-homes;
  of a heyu on another machine, name the log with --log FILE.
  No heyu yet: there is no package of it in Debian and Ubuntu. It needs
    - the program, built from https://github.com/HeyuX10Automation/heyu
    - a user who may use the serial port: sudo usermod -aG dialout USER
    - a directory for its log, and its name in x10config: LOG_DIR /var/log/heyu, START_ENGINE AUTO
  ${documentFile('heyu.md')}, "From nothing", has each command; then run this again`;

/** What heyu's side is like, and what has to be fixed there. */
function reportHeyu(
  terminal: Terminal,
  x10config: string | undefined,
  heyu: X10Config | undefined,
  givenLog: string | undefined,
): void {
  const log = givenLog ?? (heyu === undefined ? undefined : heyuLogPath(heyu));
  const hasLog = log !== undefined && existsSync(log);
  if (x10config !== undefined && heyu !== undefined)
    terminal.print(`heyu: ${x10config}, ${heyu.aliases.length} aliases`);
  if (log !== undefined) terminal.print(`log:  ${log}${hasLog ? '' : ' (not there yet)'}`);
  const remarks: Remark[] = heyu === undefined ? [] : [...adviseHeyu(heyu, isDirectory)];
  if (hasLog) remarks.push(...logRemarks(log));
  const lock = heyuLock('engine', interfaceOf(heyu?.tty ?? '/dev/ttyS0'));
  if (lock !== undefined && !lock.isAlive)
    remarks.push({ problem: `heyu's ${engineDied(lock)}`, hint: ENGINE_DIED_HINT });
  for (const each of remarks) remark(terminal, each);
}

/** Of the configuration of the service the rights are looked at when it is written. */
function logRemarks(log: string): readonly Remark[] {
  if (mayRead(log)) return [];
  const hint = 'HEYU_UMASK 0022 in x10config, then: heyu restart';
  return [{ problem: `${log} may not be read by this user`, hint }];
}

/** Shows config.yaml, asks, and writes it. */
async function writeConfig({ terminal, ask }: Talk, path: string, answers: InitAnswers): Promise<void> {
  const example = readFileSync(programFile('config/config.yaml'), 'utf8');
  const text = initConfigText(example, answers, programFile('config/config.schema.json'));
  terminal.print();
  for (const line of text.trimEnd().split('\n')) terminal.print(terminal.style('dim', `  ${line}`));
  terminal.print();
  if (ask !== undefined && !(await ask.yesOrNo(`Write ${path}?`, true))) throw new CommandError(CANCELLED);
  const before = readTextFile(path, path, { lenient: true });
  makeFolder(dirname(path));
  const written = rewriteFile(path, before.ok ? before.file.hash : undefined, text);
  if (!written.ok) throw new CommandError(written.problem, written.hint);
  terminal.print(`written: ${path}`);
}

function makeFolder(folder: string): void {
  try {
    // independent of root's umask: the service has to enter it
    if (makeDirectory(folder, 0o755)) chmodSync(folder, 0o755);
  } catch (error) {
    const code = errorCode(error);
    const hint = code === 'EACCES' ? 'run it with sudo, or choose another place with --config' : undefined;
    throw new CommandError(`${folder} cannot be made (${code})`, hint);
  }
}

/** Reads the result as the service will, tries the broker, starts the service, and shows the house. */
async function finish(talk: Talk, path: string, options: InitOptions, isService: boolean): Promise<void> {
  const { terminal } = talk;
  const loaded = load(path);
  if (!loaded.ok) throw new CommandError(formatProblems(loaded.problems), undefined, EXIT.configuration);
  const { configuration } = loaded;
  terminal.print();
  terminal.print(`the configuration has no errors: ${configuration.core.sensors.length} aliases`);
  const unreached = await brokerProblem(terminal, configuration);
  if (isService) {
    const { x10config, password } = configuration.files;
    if (password === join(dirname(path), PASSWORD_FILE)) handOverPassword(terminal, password);
    await openHeyu(talk, [...(x10config === undefined ? [] : [x10config]), configuration.heyu.log]);
    await joinGroup(talk);
    const since = Date.now();
    if (options.start && (await startService(talk))) {
      const waitMs = options.wait ?? (talk.ask === undefined ? 10 * SECOND : 2 * MINUTE);
      const isReached = await showHouse(talk, configuration, { since, waitMs });
      terminal.print('\nsudo heyu2mqtt alias learn names what has no name yet');
      if (!isReached)
        throw (
          unreached ??
          new CommandError('the service is not connected to the broker', 'sudo heyu2mqtt check shows why')
        );
      return;
    }
  }
  const config = path === DEFAULT_CONFIG ? '' : ` --config ${path}`;
  terminal.print(`
next:
  heyu2mqtt alias learn${config}   walk past the sensors, name what has no name yet
  ${isService ? 'sudo systemctl enable --now heyu2mqtt   start it' : `heyu2mqtt run${config}   try it`}`);
  // the last word is what is wrong
  if (unreached !== undefined) throw unreached;
}

/** Tries it: why it cannot be used, which is said, too. */
async function brokerProblem(
  terminal: Terminal,
  configuration: Configuration,
): Promise<CommandError | undefined> {
  try {
    await (await visitBroker(configuration)).leave();
    terminal.print(`connected to the broker: ${configuration.mqtt.urls[0] ?? ''}`);
    return undefined;
  } catch (error) {
    return sayWhy(terminal, error);
  }
}

/** What is wrong with an answer of this form. */
function problemOf(form: typeof brokerUrl): (answer: string) => string | undefined {
  return (answer) => {
    const reading = form.read(answer);
    return reading.ok ? undefined : reading.problem;
  };
}

/** Beside config.yaml. */
const PASSWORD_FILE = 'mqtt-password';

/** What was not given as an option is asked for, or has its default without a terminal. */
async function answersOf(
  options: InitOptions,
  path: string,
  x10config: string | undefined,
  heyu: X10Config | undefined,
  talk: Talk,
): Promise<InitAnswers & { readonly password: string | undefined }> {
  const { ask } = talk;
  const login = await brokerAnswers(options, dirname(path), talk);
  const baseTopic = options.baseTopic ?? (await ask?.text('Base topic?', DEFAULT_TOPIC, problemOf(ownTopic)));
  const alarm =
    options.alarm ??
    (await ask?.choice<InitAnswers['alarm']>(
      'Who arms and disarms the alarm?',
      [
        { value: 'bridge', label: 'heyu2mqtt: an alarm panel in Home Assistant' },
        { value: 'alarmo', label: 'Alarmo' },
        { value: 'none', label: 'Nobody (no alarm)' },
      ],
      'bridge',
    )) ??
    'bridge';
  const hasLog = heyu !== undefined && heyuLogPath(heyu) !== undefined;
  return {
    ...login,
    x10config,
    // What heyu's configuration says need not stand twice; without one there must be something.
    log: options.log ?? (hasLog ? undefined : '/var/log/heyu/heyu.log.ttyS0'),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    baseTopic: baseTopic ?? DEFAULT_TOPIC,
    alarm,
    keyfobs: alarm === 'bridge' && options.keyfobs ? await keyfobsOf(heyu, ask) : [],
    // A configuration of one's own has its state beside it, where its owner may write.
    stateDir: path === DEFAULT_CONFIG ? undefined : 'state',
  };
}

/** The broker and the credentials for it; asked again, if wanted, when the connection is refused. */
async function brokerAnswers(options: InitOptions, folder: string, { terminal, ask }: Talk): Promise<Login> {
  for (;;) {
    const url =
      options.broker ?? (await ask?.text('Where is the MQTT broker?', DEFAULT_URL, problemOf(brokerUrl)));
    const login = await loginOf(options, url ?? DEFAULT_URL, folder, ask);
    const isAsked = options.broker === undefined || options.username === undefined;
    // a password that is kept already is read with the configuration
    const isKept = login.passwordFile !== undefined && login.password === undefined;
    if (ask === undefined || !isAsked || isKept) return login;
    try {
      await tryLogin(login.url, login.username, login.password);
      return login;
    } catch (error) {
      sayWhy(terminal, error);
      if (!(await ask.yesOrNo('Answer again?', true))) return login;
    }
  }
}

/** Says why a command does not work that another one continues without. */
function sayWhy(terminal: Terminal, error: unknown): CommandError {
  if (!(error instanceof CommandError)) throw error;
  terminal.complain(`  ! ${error.message}`);
  if (error.hint !== undefined) terminal.complain(`    ${error.hint}`);
  return error;
}

type Login = Pick<InitAnswers, 'url' | 'username' | 'passwordFile'> & {
  readonly password: string | undefined;
};

/** The credentials for the broker. A user and a password in the url are moved out of it: config.yaml has no secret. */
async function loginOf(
  options: InitOptions,
  written: string,
  folder: string,
  ask: Talk['ask'],
): Promise<Login> {
  const url = new URL(written);
  const decoded = (part: string): string => orElse(() => decodeURIComponent(part), part);
  const inUrl = { username: decoded(url.username), password: decoded(url.password) };
  if (url.username + url.password !== '') {
    url.username = '';
    url.password = '';
  }
  const bare = inUrl.username === '' ? written : url.href;
  const username =
    options.username ??
    (inUrl.username === ''
      ? await ask?.text('User name at the broker? (empty = none)', '')
      : inUrl.username) ??
    '';
  if (username === '' && options.passwordFile !== undefined)
    throw new CommandError('--password-file: whose password is it?', '--username NAME', EXIT.usage);
  if (username === '')
    return { url: bare, username: undefined, passwordFile: undefined, password: undefined };
  const given = options.passwordFile === undefined ? inUrl.password : firstLine(options.passwordFile);
  const isKept = existsSync(join(folder, PASSWORD_FILE));
  const password = given === '' ? ((await ask?.secret('Password at the broker?')) ?? '') : given;
  if (password === '' && ask === undefined && !isKept)
    throw new CommandError(
      `there is no password for ${username}`,
      '--password-file FILE, or - for standard input',
      EXIT.usage,
    );
  const passwordFile = password === '' && !isKept ? undefined : PASSWORD_FILE;
  return { url: bare, username, passwordFile, password: password === '' ? undefined : password };
}

function firstLine(file: string): string {
  try {
    const [line = ''] = readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/, 1);
    if (line !== '') return line;
  } catch (error) {
    throw new CommandError(
      `--password-file: ${file} cannot be read (${errorCode(error)})`,
      undefined,
      EXIT.noInput,
    );
  }
  throw new CommandError(`--password-file: ${file} is empty`, 'write the password into it', EXIT.noInput);
}

/** The keyfobs of heyu that may arm and disarm. */
async function keyfobsOf(heyu: X10Config | undefined, ask: Talk['ask']): Promise<readonly string[]> {
  const found = heyu === undefined ? [] : proposeSensors(heyu).entries.map(({ entry }) => entry);
  const keyfobs: string[] = [];
  for (const entry of found.filter((each) => hasArmKeys(modelOf(each), each)))
    if (ask === undefined || (await ask.yesOrNo(`May the keyfob ${entry.alias} arm and disarm?`, true)))
      keyfobs.push(entry.alias);
  return keyfobs;
}
