/** `heyu2mqtt explain LOG...`: the service's own core over a log, without a broker. */

import { type Command, Option } from 'commander';
import {
  createReadStream,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { DAY } from '../common/duration.js';
import { orElse } from '../common/error.js';
import { Explainer, type ExplainRow } from '../bridge/explain.js';
import type { Loaded } from '../config/load.js';
import { ENVIRONMENT, formatProblems, type Problem } from '../config/problem.js';
import { didYouMean } from '../common/text.js';
import { readStamp, type StampForm } from '../heyu/stamp.js';
import { timeZone, type TimeZone } from '../heyu/time-zone.js';
import { instantOn, readWrittenTime } from '../history/when.js';
import type { ZoneScene } from '../security/setup.js';
import { ownedZone } from '../security/zone.js';
import type { CoreSettings } from '../core-settings.js';
import { parseAddress } from '../x10/address.js';
import { zoneScenes } from '../history/journal.js';
import { logFileSystem } from '../io/file-system.js';
import { textOf } from '../io/history/lines.js';
import { readJournal } from '../io/history/read-past.js';
import { rotatedSiblings } from '../io/tail/siblings.js';
import { readX10ConfigFile, unreadableLog } from './heyu-install.js';
import { configFileOf, load, several, type Given, withSudo } from './configured.js';
import { jsonRow, tablePrinter } from './explain-rows.js';
import { CommandError, EXIT, processTerminal, type Terminal } from './terminal.js';

type Options = Pick<Given, 'aliases' | 'x10config' | 'json'> & {
  /** False = not even the one of this machine. */
  readonly config?: string | false;
  readonly dateFormat?: string;
  readonly timezone?: string;
  readonly year?: string;
  readonly armed?: readonly string[];
  readonly disarmed?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly alias?: readonly string[];
  readonly alerts?: boolean;
};

const ORDERS = ['YMD', 'DMY', 'MDY'];

/** The command `explain`. */
export function explainCommand(command: Command): void {
  command
    .argument('<log...>', 'heyu logs, rotated ones first, also as .gz; - reads standard input')
    .option(
      '--config <file>',
      "configuration to take everything from (default: this machine's, if there is one)",
    )
    .option('--no-config', "leave this machine's configuration out")
    .option('--aliases <file>', "alias file alone, without this machine's configuration")
    .option('--x10config <file>', "heyu's own configuration, for the form of its stamps; likewise")
    .addOption(new Option('--date-format <order>', 'order of day and month in the stamps').choices(ORDERS))
    .option('--timezone <name>', "time zone of the stamps, e.g. Europe/Berlin (default: this machine's)")
    .option('--year <year>', "year of the first line, for stamps without one (default: from the file's date)")
    .option('--armed <zone>', 'take this zone for armed (repeatable)', several)
    .option('--disarmed <zone>', 'take this zone for disarmed (repeatable)', several)
    .option('--since <time>', 'show only what is from this time on, e.g. "2026-11-22 15:00" or 11-22')
    .option('--until <time>', 'show only what is up to this time')
    .option('--alias <name>', 'show only this alias or address (repeatable)', several)
    .option('--alerts', 'show only the alerts')
    .option('--json', 'one JSON object per finding')
    .action(explain);
}

/** Rows are written in pieces: a million small writes take longer than all the rest. */
const PIECE = 64 * 1024;

async function explain(logs: readonly string[], options: Options): Promise<void> {
  const terminal = processTerminal();
  const settings = settingsFor(options, terminal);
  const zone = timeZone(settings.stamp.timeZone);
  const { json = false, armed = [], disarmed = [] } = options;
  let piece = '';
  let rows = 0;
  const flush = (): void => {
    if (piece !== '') process.stdout.write(piece);
    piece = '';
  };
  const print = (line: string): void => {
    piece += `${line}\n`;
    rows += 1;
    if (piece.length > PIECE) flush();
  };
  const printRow = json
    ? (row: ExplainRow): void => print(jsonRow(row, zone, logs.length > 1))
    : tablePrinter(terminal, zone, print);
  const isWanted = rowFilter(options, settings, zone);
  const year = options.year === undefined ? await yearOf(logs, settings.stamp) : yearFrom(options.year);
  const isSet = armed.length > 0 || disarmed.length > 0;
  const recorded = isSet ? [] : await recordedZones(logs, options, terminal);
  const scene = { year, armed, disarmed, recorded };
  const explainer = new Explainer(settings, scene, (row) => {
    if (isWanted(row)) printRow(row);
  });
  let lines = 0;
  for (const log of logs) lines += await explainFile(log, explainer, flush);
  explainer.end();
  flush();
  if (lines === 0) terminal.complain(`${logs.join(', ')}: holds not a single line`);
  else if (options.alerts === true && rows === 0 && armed.length === 0 && recorded.length === 0)
    terminal.complain(
      'no alert; an alert needs an armed zone, and a log does not say which were: --armed ZONE',
    );
}

/** How zones stood, by the journal of the service, if these logs are the one that it follows. */
async function recordedZones(
  logs: readonly string[],
  options: Options,
  { complain }: Terminal,
): Promise<readonly ZoneScene[]> {
  const configFile = configFor(options);
  // nothing of the secrets is needed here
  const loaded = configFile === undefined ? undefined : load(configFile, { kept: new Map() });
  if (loaded?.ok !== true || loaded.configuration.core.zones.length === 0) return [];
  const { heyu, stateDir } = loaded.configuration;
  const real = (path: string): string => orElse(() => realpathSync(path), resolve(path));
  const rotated = rotatedSiblings({ path: heyu.log, files: logFileSystem });
  const own = new Set([heyu.log, ...rotated.map(({ path }) => path)].map(real));
  if (!logs.every((log) => log !== '-' && own.has(real(log)))) return [];
  const always = { from: 0, until: Infinity };
  const journal = await readJournal(stateDir, always, (words) =>
    complain(`how the zones stood is not known: ${words}`),
  );
  return zoneScenes(journal);
}

function yearFrom(text: string): number {
  const year = Number(text);
  if (!Number.isInteger(year) || year < 1970 || year > 9999) {
    throw new CommandError(`--year: "${text}" is not a valid year`, undefined, EXIT.usage);
  }
  return year;
}

/** The configuration to take: the one asked for, else this machine's, unless a file of its own is given. */
function configFor({ config, aliases, x10config }: Options): string | undefined {
  if (config === false) return undefined;
  return config ?? (aliases === undefined && x10config === undefined ? configFileOf(undefined) : undefined);
}

/** The settings of the scene: a whole configuration, or defaults with an alias file. */
function settingsFor(options: Options, terminal: Terminal): CoreSettings {
  const { aliases, x10config } = options;
  // a file that cannot be read is the command line's error here, not that of a key
  readX10ConfigFile(x10config);
  const loaded = loadFor(options, terminal, {
    HEYU2MQTT_ALIASES: aliases === undefined ? undefined : resolve(aliases),
    HEYU2MQTT_HEYU_X10CONFIG: x10config === undefined ? undefined : resolve(x10config),
    // the log is named on the command line: where heyu writes its own does not matter
    HEYU2MQTT_HEYU_LOG: '/dev/null',
    HEYU2MQTT_HEYU_DATE_FORMAT: options.dateFormat,
    HEYU2MQTT_HEYU_TIMEZONE: options.timezone,
  });
  if (!loaded.ok) throw problemsError(loaded.problems);
  const { core, aliasFileFound } = loaded.configuration;
  if (aliases !== undefined && !aliasFileFound)
    throw new CommandError(`${aliases}: does not exist`, 'give the path of aliases.yaml', EXIT.noInput);
  const zones = furtherZones(core, options, loaded.resolved.configFile, terminal);
  return { ...core, zones: [...core.zones, ...zones] };
}

/**
 * Loads it. Nobody connects: of the broker's secrets, which another user may not read, nothing is needed. With this
 * machine's configuration, which nobody asked for, whatever can be read of it will do.
 */
function loadFor(options: Options, { complain }: Terminal, env: NodeJS.ProcessEnv): Loaded {
  const configFile = configFor(options);
  const isAsked = configFile === undefined || options.config !== undefined;
  const request = { env, anyZone: configFile === undefined };
  const whole = load(configFile, request);
  const others = whole.ok ? [] : whole.problems.filter(({ key }) => !key.startsWith('mqtt.'));
  if (isAsked)
    return whole.ok || others.length > 0 ? whole : load(configFile, { ...request, kept: new Map() });
  if (whole.ok) {
    complain(`explained with ${configFile}; --no-config leaves it out`);
    return whole;
  }
  if (others.length > 0)
    complain(
      formatProblems(
        others.map((each) => withSudo(each)),
        3,
      ),
    );
  const good = load(configFile, { ...request, kept: new Map() });
  if (good.ok) complain(`explained with what is good of ${configFile}; --no-config leaves it out`);
  else complain('explained without a configuration: no alias and no zone is known');
  return good.ok ? good : load(undefined, { env, anyZone: true });
}

/** Zones that are named and configured nowhere: the bridge's own ones. With a configuration there are none such. */
function furtherZones(
  core: CoreSettings,
  { armed = [], disarmed = [] }: Options,
  configFile: string | undefined,
  terminal: Terminal,
): CoreSettings['zones'] {
  const known = new Set(core.zones.map(({ zone }) => zone));
  const ofSensors = core.sensors.map(({ zone }) => zone);
  for (const zone of configFile === undefined ? [...armed, ...disarmed] : [])
    if (!ofSensors.includes(zone))
      terminal.complain(`no alias is in the zone "${zone}": whether it is armed makes no difference`);
  const missing = [...new Set([...ofSensors, ...armed, ...disarmed])].filter(
    (zone): zone is string => zone !== undefined && !known.has(zone),
  );
  if (configFile !== undefined && missing.length > 0)
    throw new CommandError(`there is no zone "${missing[0] ?? ''}" in ${configFile}`, undefined, EXIT.usage);
  return missing.map(ownedZone);
}

/** The variables that options are handed on in. */
const OPTION_OF: Readonly<Record<string, string>> = {
  HEYU2MQTT_ALIASES: '--aliases',
  HEYU2MQTT_HEYU_X10CONFIG: '--x10config',
  HEYU2MQTT_HEYU_TIMEZONE: '--timezone',
};

/** Errors of options are named after the option, and are problems of the command line if there are no others. */
function problemsError(problems: readonly Problem[]): CommandError {
  const named = problems.map((problem): Problem => {
    const option = problem.file === ENVIRONMENT ? OPTION_OF[problem.key] : undefined;
    return option === undefined ? problem : { ...problem, file: option, key: '' };
  });
  const isUsage = named.every(({ file }) => file.startsWith('--'));
  return new CommandError(formatProblems(named), undefined, isUsage ? EXIT.usage : EXIT.configuration);
}

/** Explains all lines of a log, and returns how many there were. */
async function explainFile(log: string, explainer: Explainer, blockEnds: () => void): Promise<number> {
  let number = 0;
  let offset = 0;
  for await (const lines of linesOf(log)) {
    for (const line of lines) {
      number += 1;
      explainer.line(textOf(line), log, number, offset);
      offset += line.length + 1;
    }
    blockEnds();
  }
  return number;
}

/** A row's instant, or that of the rows before it, has to be in here; `first` is that of the first row. */
type Bound = (first: number) => number;

/**
 * Reads a time in the zone of the log. Without a year it is that of the first line, or the next where that would be half
 * a year before it. `isEnd`: a day, minute or second is meant up to its end.
 */
function boundOf(option: string, text: string, zone: TimeZone, isEnd: boolean): Bound {
  const written = readWrittenTime(text);
  if (written?.date === undefined)
    throw new CommandError(
      `${option}: "${text}" is not a valid time`,
      'write it as "2026-11-22 15:00", 2026-11-22 or "11-22 15:29:27"',
      EXIT.usage,
    );
  const { date, timeOfDayMs, lengthMs } = written;
  const at = (inYear: number): number =>
    instantOn(date, inYear, timeOfDayMs, zone) + (isEnd ? lengthMs - 1 : 0);
  if (date.year !== undefined) {
    const fixed = at(date.year);
    return () => fixed;
  }
  return (first) => {
    const ofFirst = new Date(first + zone.offsetMs(first)).getUTCFullYear();
    return at(ofFirst) < first - 183 * DAY ? at(ofFirst + 1) : at(ofFirst);
  };
}

/** Says of each row, in their order, whether it is wanted. An alias that nobody has is an error. */
function rowFilter(
  { since, until, alias = [], alerts = false }: Options,
  settings: CoreSettings,
  zone: TimeZone,
): (row: ExplainRow) => boolean {
  const from = since === undefined ? undefined : boundOf('--since', since, zone, false);
  const to = until === undefined ? undefined : boundOf('--until', until, zone, true);
  const isOf = alias.length === 0 ? undefined : ofAliases(alias, settings);
  let span: readonly [number, number] | undefined;
  let now = 0;
  return (row) => {
    if (row.at !== undefined) {
      span ??= [from?.(row.at) ?? -Infinity, to?.(row.at) ?? Infinity];
      now = row.at;
    }
    const [begin, end] = span ?? [from === undefined ? -Infinity : Infinity, Infinity];
    if (now < begin || now > end) return false;
    return (isOf?.(row) ?? true) && (!alerts || isAlert(row));
  };
}

function isAlert({ finding }: ExplainRow): boolean {
  if (finding.kind === 'judged') return finding.verdict === 'alert';
  return finding.kind === 'publish' && /\/zone\/[^/]+\/alert$/.test(finding.topic);
}

const LISTED = 'heyu2mqtt alias list shows them; an address such as A3 will do, too';

/** Rows of aliases, or of the addresses of sensors that have none. */
function ofAliases(
  names: readonly string[],
  { sensors, baseTopic }: CoreSettings,
): (row: ExplainRow) => boolean {
  const topics: string[] = [];
  const known = sensors.map((each) => each.alias);
  for (const name of names) {
    const sensor = sensors.find((each) => each.alias === name);
    if (sensor !== undefined) topics.push(`${baseTopic}/${sensor.topic}/`);
    else if (parseAddress(name.toUpperCase()) === undefined)
      throw new CommandError(`there is no alias "${name}"`, didYouMean(name, known) ?? LISTED, EXIT.usage);
  }
  const wanted = new Set(names);
  const addresses = new Set(names.map((name) => name.toUpperCase()));
  return ({ finding }) => {
    if (finding.kind === 'publish') {
      const { topic, payload } = finding;
      return (
        topics.some((own) => topic.startsWith(own)) ||
        names.some((name) => payload.includes(`"alias":${JSON.stringify(name)}`))
      );
    }
    if ('alias' in finding && finding.alias !== null && wanted.has(finding.alias)) return true;
    return 'address' in finding && addresses.has(finding.address);
  };
}

const BLOCK_BYTES = 256 * 1024;

/** What is in a log, unpacked when it is gzip, as logrotate leaves old ones behind. Throws what the file system says. */
function inputOf(log: string): Readable {
  if (log === '-') return process.stdin;
  const fd = openSync(log, 'r');
  const start = Buffer.alloc(2);
  // a pipe can be read once only, and nobody packs one
  const isPacked =
    fstatSync(fd).isFile() && readSync(fd, start, 0, 2, 0) === 2 && start.readUInt16BE() === 0x1f8b;
  if (!isPacked) return createReadStream('', { fd, highWaterMark: BLOCK_BYTES });
  const packed = readFileSync(fd);
  try {
    return Readable.from([gunzipSync(packed)], { objectMode: false });
  } catch {
    throw new CommandError(`${log}: is a damaged gzip file`, undefined, EXIT.noInput);
  }
}

/**
 * The lines of a log as latin1, so that bytes and offsets are the same, without their line feeds: those of each block
 * that is read. Nothing else ends a line, as in the service: scripts write carriage returns. A log that cannot be read
 * is an error.
 */
async function* linesOf(log: string): AsyncGenerator<readonly string[]> {
  let begun = '';
  try {
    const input = inputOf(log);
    input.setEncoding('latin1');
    for await (const block of input as AsyncIterable<string>) {
      const lines = block.split('\n');
      lines[0] = begun + (lines[0] ?? '');
      begun = lines.pop() ?? '';
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw error instanceof CommandError ? error : unreadableLog(log, error);
  }
  if (begun !== '') yield [begun];
}

/**
 * The year of the first line: that of the first file's date, less one for each New Year between the file's
 * first line and its end. Standard input and pipes have no date, and can be read once only: this year.
 */
async function yearOf(logs: readonly string[], form: StampForm): Promise<number> {
  const [first = '-'] = logs;
  // what cannot be looked at is told of when it is read
  const status = first === '-' ? undefined : orElse(() => statSync(first), undefined);
  if (status?.isFile() !== true) return new Date().getFullYear();
  const zone = timeZone(form.timeZone);
  const { mtimeMs } = status;
  let year = new Date(mtimeMs + zone.offsetMs(mtimeMs)).getUTCFullYear();
  let before = 0;
  for await (const lines of linesOf(first)) {
    for (const line of lines) {
      const stamp = readStamp(line, form.order);
      if (stamp === undefined || stamp.unixMs !== undefined || stamp.year !== 0) continue;
      // half a year back is New Year, a little back is a script or a clock that was set
      if (before - stamp.month > 6) year -= 1;
      before = stamp.month;
    }
  }
  return year;
}
