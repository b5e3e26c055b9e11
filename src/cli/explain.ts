/** `heyu2mqtt explain LOG...`: the service's own core over a log, without a broker. */

import { createReadStream, fstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { createExplainer, type Explainer } from '../bridge/explain.js';
import { loadConfiguration } from '../config/load.js';
import { formatFaults } from '../config/faults.js';
import { readStamp } from '../heyu/stamp.js';
import { timeZone } from '../heyu/time-zone.js';
import { ownedZone } from '../security/settings.js';
import type { CoreSettings } from '../settings.js';
import { CommandError, EXIT } from './exit-code.js';
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
    .argument('<log...>', 'heyu logs, rotated ones first; - reads standard input')
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
  const year = options.year === undefined ? await yearOf(logs, settings) : yearFrom(options.year);
  const scene = { year, armed, disarmed };
  const explainer = createExplainer(settings, scene, (row) => {
    if (json) terminal.print(jsonRow(row, zone, logs.length > 1));
    else print(row);
  });
  for (const log of logs) await explainFile(log, explainer);
  explainer.end();
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
  const loaded = loadConfiguration({
    configFile: options.config,
    env,
    version: ownVersion(),
    anyZone: options.config === undefined,
  });
  if (!loaded.ok) throw new CommandError(formatFaults(loaded.faults), EXIT.configuration);
  const { core, aliasFileFound } = loaded.configuration;
  if (options.aliases !== undefined && !aliasFileFound) {
    throw new CommandError(
      `${options.aliases}: does not exist`,
      EXIT.noInput,
      'give the path of aliases.yaml',
    );
  }
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

/** Opens a log, or says why not. */
function open(log: string): number {
  try {
    const file = openSync(log, 'r');
    if (fstatSync(file).isDirectory()) throw new CommandError(`${log}: is a directory`, EXIT.noInput);
    return file;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read' : code;
    throw new CommandError(`${log}: ${why}`, EXIT.noInput);
  }
}

async function* linesOf(log: string): AsyncGenerator<string> {
  const input = log === '-' ? process.stdin : createReadStream('', { fd: open(log) });
  // latin1 keeps bytes and offsets the same; the text is decoded line by line
  input.setEncoding('latin1');
  const lines = createInterface({ input, crlfDelay: Infinity });
  for await (const line of lines) yield line;
}

async function explainFile(log: string, explainer: Explainer): Promise<void> {
  let number = 0;
  let offset = 0;
  for await (const line of linesOf(log)) {
    number += 1;
    const text = /^[\x20-\x7e]*$/.test(line) ? line : Buffer.from(line, 'latin1').toString('utf8');
    explainer.line(text, log, number, offset);
    offset += line.length + 1;
  }
}

/**
 * The year of the first line: that of the first file's date, less one for each New Year between the file's
 * first line and its end. Standard input has no date: this year.
 */
async function yearOf(logs: readonly string[], settings: CoreSettings): Promise<number> {
  const [first = '-'] = logs;
  if (first === '-') return new Date().getFullYear();
  const zone = timeZone(settings.stamp.timeZone);
  const { mtimeMs } = fstatSync(open(first));
  let year = new Date(mtimeMs + zone.offsetMs(mtimeMs)).getUTCFullYear();
  let before = 0;
  for await (const line of linesOf(first)) {
    const stamp = readStamp(line, settings.stamp.order);
    if (stamp === undefined || stamp.unixMs !== undefined || stamp.year !== 0) continue;
    // half a year back is New Year, a little back is a script or a clock that was set
    if (before - stamp.month > 6) year -= 1;
    before = stamp.month;
  }
  return year;
}
