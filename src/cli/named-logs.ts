/** Logs that are named on the command line: the settings and the year for reading them, and their lines. */

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
import type { Anonymizer } from '../bridge/anonymous.js';
import { orElse } from '../common/error.js';
import type { Loaded } from '../config/load.js';
import { ENVIRONMENT, formatProblems, type Problem } from '../config/problem.js';
import type { CoreSettings } from '../core-settings.js';
import { readStamp, type StampForm } from '../heyu/stamp.js';
import { timeZone } from '../heyu/time-zone.js';
import type { Journal } from '../history/journal.js';
import { logFileSystem } from '../io/file-system.js';
import { readJournal } from '../io/history/read-past.js';
import { rotatedSiblings } from '../io/tail/siblings.js';
import { ownedZone } from '../security/zone.js';
import { anonymizerOf } from './anonymous-output.js';
import { configFileOf, type Given, load, withSudo } from './configured.js';
import { readX10ConfigFile, unreadableLog } from './heyu-install.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

/** How the logs are to be read. */
export type LogOptions = Pick<Given, 'aliases' | 'x10config'> & {
  /** False = not even the one of this machine. */
  readonly config?: string | false;
  readonly dateFormat?: string;
  readonly timezone?: string;
  readonly year?: string;
};

/** How its zones are taken to be, all the time. */
type Stance = { readonly armed?: readonly string[]; readonly disarmed?: readonly string[] };

const ORDERS = ['YMD', 'DMY', 'MDY'];

/** Gives a command these options. */
export function withLogOptions(command: Command): Command {
  return command
    .option(
      '--config <file>',
      "configuration to take everything from (default: this machine's, if there is one)",
    )
    .option('--no-config', "do not use this machine's configuration")
    .option('--aliases <file>', "alias file alone, without this machine's configuration")
    .option('--x10config <file>', "heyu's own configuration, for the form of its stamps; likewise")
    .addOption(new Option('--date-format <order>', 'order of day and month in the stamps').choices(ORDERS))
    .option('--timezone <name>', "time zone of the stamps, e.g. Europe/Berlin (default: this machine's)")
    .option(
      '--year <year>',
      "year of the first line, for stamps without one (default: from the file's date)",
    );
}

const NO_JOURNAL: Journal = { entries: [], damaged: 0 };

/** The journal of the service, if these logs are the one that it follows. */
export async function journalOf(
  logs: readonly string[],
  options: LogOptions,
  { complain }: Terminal,
): Promise<Journal> {
  const configFile = configFor(options);
  // nothing of the secrets is needed here
  const loaded = configFile === undefined ? undefined : load(configFile, { kept: new Map() });
  if (loaded?.ok !== true || loaded.configuration.core.zones.length === 0) return NO_JOURNAL;
  const { heyu, stateDir } = loaded.configuration;
  const real = (path: string): string => orElse(() => realpathSync(path), resolve(path));
  const rotated = rotatedSiblings({ path: heyu.log, files: logFileSystem });
  const own = new Set([heyu.log, ...rotated.map(({ path }) => path)].map(real));
  if (!logs.every((log) => log !== '-' && own.has(real(log)))) return NO_JOURNAL;
  const always = { from: 0, until: Infinity };
  return readJournal(stateDir, always, (words) => complain(`how the zones stood is not known: ${words}`));
}

/** The year of the first line: the one asked for, else by the date of the file. */
export function yearFor(
  logs: readonly string[],
  { year }: LogOptions,
  form: StampForm,
): Promise<number> | number {
  return year === undefined ? yearOf(logs, form) : yearFrom(year);
}

function yearFrom(text: string): number {
  const year = Number(text);
  if (!Number.isInteger(year) || year < 1970 || year > 9999) {
    throw new CommandError(`--year: "${text}" is not a valid year`, undefined, EXIT.usage);
  }
  return year;
}

/** The configuration to take: the one asked for, else this machine's, unless a file of its own is given. */
function configFor({ config, aliases, x10config }: LogOptions): string | undefined {
  if (config === false) return undefined;
  return config ?? (aliases === undefined && x10config === undefined ? configFileOf(undefined) : undefined);
}

/** Hides the names of the configuration to take. */
export function anonymizerFor(options: LogOptions): Anonymizer {
  const configFile = configFor(options);
  return anonymizerOf(configFile === undefined ? undefined : load(configFile));
}

/** The settings of the scene: a whole configuration, or defaults with an alias file. */
export function settingsFor(options: LogOptions & Stance, terminal: Terminal): CoreSettings {
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
 * Loads it. There is no connection: the broker's secrets, which another user may not read, are not needed. With this
 * machine's configuration, which was not asked for, the part that can be read is enough.
 */
function loadFor(options: LogOptions, { complain }: Terminal, env: NodeJS.ProcessEnv): Loaded {
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
  { armed = [], disarmed = [] }: Stance,
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

const BLOCK_BYTES = 256 * 1024;

/** What is in a log, unpacked when it is gzip, as logrotate leaves old ones behind. Throws what the file system says. */
function inputOf(log: string): Readable {
  if (log === '-') return process.stdin;
  const fd = openSync(log, 'r');
  const start = Buffer.alloc(2);
  // a pipe can be read only once, and is never packed
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
export async function* linesOf(log: string): AsyncGenerator<readonly string[]> {
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

const LARGE_BYTES = 4 * 1024 * 1024;

/**
 * The year of the first line: that of the first file's date, less one for each New Year between the file's
 * first line and its end. Standard input and pipes have no date, and can be read once only: this year.
 */
async function yearOf(logs: readonly string[], form: StampForm): Promise<number> {
  const [first = '-'] = logs;
  // a file that cannot be examined is reported when it is read
  const status = first === '-' ? undefined : orElse(() => statSync(first), undefined);
  if (status?.isFile() !== true) return new Date().getFullYear();
  const zone = timeZone(form.timeZone);
  const { mtimeMs } = status;
  let year = new Date(mtimeMs + zone.offsetMs(mtimeMs)).getUTCFullYear();
  // no part of a large log is so quiet that these lines miss half a year
  const step = status.size > LARGE_BYTES ? 50 : 1;
  let before = 0;
  for await (const lines of linesOf(first)) {
    for (let index = 0; index < lines.length; index += step) {
      const stamp = readStamp(lines[index] ?? '', form.order);
      if (stamp === undefined || stamp.unixMs !== undefined || stamp.year !== 0) continue;
      // half a year back is New Year, a little back is a script or a clock that was set
      if (before - stamp.month > 6) year -= 1;
      before = stamp.month;
    }
  }
  return year;
}
