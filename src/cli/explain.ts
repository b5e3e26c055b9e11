/** `heyu2mqtt explain LOG...`: the service's own core over a log, without a broker. */

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { createExplainer, type Explainer, type ExplainRow } from '../bridge/explain.js';
import { loadConfiguration, type Loaded } from '../config/load.js';
import { ENVIRONMENT, formatProblems, type Problem } from '../config/problem.js';
import { timeZone } from '../heyu/time-zone.js';
import { ownedZone } from '../security/settings.js';
import type { CoreSettings } from '../settings.js';
import { readX10ConfigFile } from './alias-place.js';
import { CommandError, EXIT } from './exit-code.js';
import { configFileOf } from './configured.js';
import { rowFilter } from './explain-filter.js';
import { linesOf, yearOf } from './explain-input.js';
import { jsonRow, tablePrinter } from './explain-rows.js';
import { processTerminal, type Terminal } from './terminal.js';
import { ownVersion } from './version.js';

type Options = {
  /** False = not even the one of this machine. */
  readonly config?: string | false;
  readonly aliases?: string;
  readonly x10config?: string;
  readonly dateFormat?: string;
  readonly timezone?: string;
  readonly year?: string;
  readonly armed?: readonly string[];
  readonly disarmed?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly alias?: readonly string[];
  readonly alerts?: boolean;
  readonly json?: boolean;
};

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The command `explain`. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('show what each line of a heyu log is, and what would be published')
    .argument('<log...>', 'heyu logs, rotated ones first, also as .gz; - reads standard input')
    .option(
      '--config <file>',
      "configuration to take everything from (default: this machine's, if there is one)",
    )
    .option('--no-config', "leave this machine's configuration out")
    .option('--aliases <file>', "alias file alone, without this machine's configuration")
    .option('--x10config <file>', "heyu's own configuration, for the form of its stamps; likewise")
    .addOption(
      new Option('--date-format <order>', 'order of day and month in the stamps').choices([
        'YMD',
        'DMY',
        'MDY',
      ]),
    )
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
  const explainer = createExplainer(settings, { year, armed, disarmed }, (row) => {
    if (isWanted(row)) printRow(row);
  });
  let lines = 0;
  for (const log of logs) lines += await explainFile(log, explainer, flush);
  explainer.end();
  flush();
  if (lines === 0) terminal.complain(`${logs.join(', ')}: holds not a single line`);
  else if (options.alerts === true && rows === 0 && armed.length === 0)
    terminal.complain(
      'no alert; an alert needs an armed zone, and a log does not say which were: --armed ZONE',
    );
}

function yearFrom(text: string): number {
  const year = Number(text);
  if (!Number.isInteger(year) || year < 1970 || year > 9999) {
    throw new CommandError(`--year: "${text}" is no year`, EXIT.usage);
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
  const env: Record<string, string> = {};
  const set = (variable: string, value: string | undefined): void => {
    if (value !== undefined) env[variable] = value;
  };
  set('HEYU2MQTT_ALIASES', options.aliases === undefined ? undefined : resolve(options.aliases));
  set('HEYU2MQTT_HEYU_X10CONFIG', options.x10config === undefined ? undefined : resolve(options.x10config));
  set('HEYU2MQTT_HEYU_DATE_FORMAT', options.dateFormat);
  set('HEYU2MQTT_HEYU_TIMEZONE', options.timezone);
  // a file that cannot be read is the command line's fault here, not that of a key
  readX10ConfigFile(options.x10config);
  const { loaded, configFile } = loadFor(configFor(options), options, env, terminal);
  if (!loaded.ok) throw problemsError(loaded.problems);
  const { core, aliasFileFound } = loaded.configuration;
  if (options.aliases !== undefined && !aliasFileFound) {
    throw new CommandError(
      `${options.aliases}: does not exist`,
      EXIT.noInput,
      'give the path of aliases.yaml',
    );
  }
  return { ...core, zones: [...core.zones, ...furtherZones(core, options, configFile, terminal)] };
}

/**
 * Loads it. Nobody connects: of the broker's secrets, which another user may not read, nothing is needed. With this
 * machine's configuration, which nobody asked for, whatever can be read of it will do.
 */
function loadFor(
  configFile: string | undefined,
  { config }: Options,
  env: Record<string, string>,
  terminal: Terminal,
): { readonly loaded: Loaded; readonly configFile: string | undefined } {
  const request = { configFile, env, version: ownVersion(), anyZone: configFile === undefined };
  let loaded = loadConfiguration(request);
  const isMachines = configFile !== undefined && config === undefined;
  if (loaded.ok || (!isMachines && loaded.problems.some(({ key }) => !key.startsWith('mqtt.')))) {
    if (isMachines) terminal.complain(`explained with ${configFile}; --no-config leaves it out`);
    return { loaded, configFile };
  }
  const { problems } = loaded;
  loaded = loadConfiguration({ ...request, kept: new Map() });
  if (!isMachines) return { loaded, configFile };
  const others = problems.filter(({ key }) => !key.startsWith('mqtt.'));
  if (others.length > 0) terminal.complain(formatProblems(others, 3));
  if (loaded.ok) {
    terminal.complain(`explained with what is good of ${configFile}; --no-config leaves it out`);
    return { loaded, configFile };
  }
  terminal.complain('explained without a configuration: no alias and no zone is known');
  return {
    loaded: loadConfiguration({ ...request, configFile: undefined, anyZone: true }),
    configFile: undefined,
  };
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
    throw new CommandError(`there is no zone "${missing[0] ?? ''}" in ${configFile}`, EXIT.usage);
  return missing.map(ownedZone);
}

/** The variables that options are handed on in. */
const OPTION_OF: Readonly<Record<string, string>> = {
  HEYU2MQTT_ALIASES: '--aliases',
  HEYU2MQTT_HEYU_X10CONFIG: '--x10config',
  HEYU2MQTT_HEYU_TIMEZONE: '--timezone',
};

/** Faults of options are named after the option, and are problems of the command line if there are no others. */
function problemsError(problems: readonly Problem[]): CommandError {
  const named = problems.map((fault): Problem => {
    const option = fault.file === ENVIRONMENT ? OPTION_OF[fault.key] : undefined;
    return option === undefined ? fault : { ...fault, file: option, key: '' };
  });
  const isUsage = named.every(({ file }) => file.startsWith('--'));
  return new CommandError(formatProblems(named), isUsage ? EXIT.usage : EXIT.configuration);
}

/** The text of a line, without the carriage returns at its end. */
function textOf(line: string): string {
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  return Buffer.from(line, 'latin1').toString('utf8').replace(/\r+$/, '');
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
