/** `heyu2mqtt explain LOG...`: the service's own core over a log, without a broker. */

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { createExplainer, type Explainer } from '../bridge/explain.js';
import { loadConfiguration } from '../config/load.js';
import { ENVIRONMENT, formatFaults, type Fault } from '../config/faults.js';
import { timeZone } from '../heyu/time-zone.js';
import { ownedZone } from '../security/settings.js';
import type { CoreSettings } from '../settings.js';
import { readX10ConfigFile } from './alias-place.js';
import { CommandError, EXIT } from './exit-code.js';
import { linesOf, yearOf } from './explain-input.js';
import { jsonRow, tablePrinter } from './explain-rows.js';
import { processTerminal } from './terminal.js';
import { ownVersion } from './version.js';

type Options = {
  readonly config?: string;
  readonly aliases?: string;
  readonly x10config?: string;
  readonly dateFormat?: string;
  readonly timezone?: string;
  readonly year?: string;
  readonly armed?: readonly string[];
  readonly disarmed?: readonly string[];
  readonly json?: boolean;
};

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The command `explain`. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('show what each line of a heyu log is, and what would be published')
    .argument('<log...>', 'heyu logs, rotated ones first, also as .gz; - reads standard input')
    .option('--config <file>', 'take everything from the configuration of the service')
    .option('--aliases <file>', 'alias file; without one nothing is mapped')
    .option('--x10config <file>', "heyu's own configuration, for the form of its stamps")
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
    .option('--json', 'one JSON object per finding')
    .action(explain);
}

async function explain(logs: readonly string[], options: Options): Promise<void> {
  const settings = settingsFor(options);
  const terminal = processTerminal();
  const zone = timeZone(settings.stamp.timeZone);
  const { json = false, armed = [], disarmed = [] } = options;
  const print = tablePrinter(terminal, zone);
  const year = options.year === undefined ? await yearOf(logs, settings.stamp) : yearFrom(options.year);
  const scene = { year, armed, disarmed };
  const explainer = createExplainer(settings, scene, (row) => {
    if (json) terminal.print(jsonRow(row, zone, logs.length > 1));
    else print(row);
  });
  let lines = 0;
  for (const log of logs) lines += await explainFile(log, explainer);
  explainer.end();
  if (lines === 0) terminal.complain(`${logs.join(', ')}: holds not a single line`);
}

function yearFrom(text: string): number {
  const year = Number(text);
  if (!Number.isInteger(year) || year < 1970 || year > 9999) {
    throw new CommandError(`--year: "${text}" is no year`, EXIT.usage);
  }
  return year;
}

/** The settings of the scene: a whole configuration, or defaults with an alias file. */
function settingsFor(options: Options): CoreSettings {
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
  const loaded = loadConfiguration({
    configFile: options.config,
    env,
    version: ownVersion(),
    anyZone: options.config === undefined,
  });
  if (!loaded.ok) throw faultsError(loaded.faults);
  const { core, aliasFileFound } = loaded.configuration;
  if (options.aliases !== undefined && !aliasFileFound) {
    throw new CommandError(
      `${options.aliases}: does not exist`,
      EXIT.noInput,
      'give the path of aliases.yaml',
    );
  }
  for (const zone of options.config === undefined
    ? [...(options.armed ?? []), ...(options.disarmed ?? [])]
    : [])
    if (!core.sensors.some((sensor) => sensor.zone === zone))
      processTerminal().complain(
        `no alias is in the zone "${zone}": whether it is armed makes no difference`,
      );
  const known = new Set(core.zones.map(({ zone }) => zone));
  const named = [
    ...core.sensors.map(({ zone }) => zone),
    ...(options.armed ?? []),
    ...(options.disarmed ?? []),
  ];
  const missing = [...new Set(named)].filter(
    (zone): zone is string => zone !== undefined && !known.has(zone),
  );
  if (options.config !== undefined && missing.length > 0) {
    throw new CommandError(`there is no zone "${missing[0] ?? ''}" in ${options.config}`, EXIT.usage);
  }
  return { ...core, zones: [...core.zones, ...missing.map(ownedZone)] };
}

/** The variables that options are handed on in. */
const OPTION_OF: Readonly<Record<string, string>> = {
  HEYU2MQTT_ALIASES: '--aliases',
  HEYU2MQTT_HEYU_X10CONFIG: '--x10config',
  HEYU2MQTT_HEYU_TIMEZONE: '--timezone',
};

/** Faults of options are named after the option, and are faults of the command line if there are no others. */
function faultsError(faults: readonly Fault[]): CommandError {
  const named = faults.map((fault): Fault => {
    const option = fault.file === ENVIRONMENT ? OPTION_OF[fault.key] : undefined;
    return option === undefined ? fault : { ...fault, file: option, key: '' };
  });
  const isUsage = named.every(({ file }) => file.startsWith('--'));
  return new CommandError(formatFaults(named), isUsage ? EXIT.usage : EXIT.configuration);
}

/** The text of a line, without the carriage returns at its end. */
function textOf(line: string): string {
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  return Buffer.from(line, 'latin1').toString('utf8').replace(/\r+$/, '');
}

/** Explains all lines of a log, and returns how many there were. */
async function explainFile(log: string, explainer: Explainer): Promise<number> {
  let number = 0;
  let offset = 0;
  for await (const line of linesOf(log)) {
    number += 1;
    const text = textOf(line);
    explainer.line(text, log, number, offset);
    offset += line.length + 1;
  }
  return number;
}
