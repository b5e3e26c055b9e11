/** `heyu2mqtt explain LOG...`: runs the core of the service over a log, without a broker. */

import type { Command } from 'commander';
import { DAY } from '../common/duration.js';
import type { Anonymizer } from '../bridge/anonymous.js';
import { Explainer, type ExplainRow } from '../bridge/explain.js';
import { didYouMean } from '../common/text.js';
import { timeZone, type TimeZone } from '../heyu/time-zone.js';
import { zoneScenes } from '../history/journal.js';
import { instantOn, readWrittenTime } from '../history/when.js';
import { textOf } from '../io/history/lines.js';
import type { CoreSettings } from '../core-settings.js';
import { parseAddress } from '../x10/address.js';
import { anonymousTerminal } from './anonymous-output.js';
import { OPTIONS, several } from './configured.js';
import { jsonRow, tablePrinter } from './explain-rows.js';
import {
  anonymizerFor,
  journalOf,
  linesOf,
  type LogOptions,
  settingsFor,
  withLogOptions,
  yearFor,
} from './named-logs.js';
import { CommandError, EXIT, processTerminal } from './terminal.js';

type Options = LogOptions & {
  readonly json?: boolean;
  readonly armed?: readonly string[];
  readonly disarmed?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly alias?: readonly string[];
  readonly alerts?: boolean;
  readonly anonymous?: boolean;
};

/** The command `explain`. */
export function explainCommand(command: Command): void {
  withLogOptions(
    command.argument('<log...>', 'heyu logs, rotated ones first, also as .gz; - reads standard input'),
  )
    .option('--armed <zone>', 'assume that this zone is armed (repeatable)', several)
    .option('--disarmed <zone>', 'assume that this zone is disarmed (repeatable)', several)
    .option('--since <time>', 'show only what happened from this time on, e.g. "2026-11-22 15:00" or 11-22')
    .option('--until <time>', 'show only what happened up to this time')
    .option('--alias <name>', 'show only this alias or address (repeatable)', several)
    .option('--alerts', 'show only the alerts')
    .option('--json', 'one JSON object per finding')
    .addOption(OPTIONS.anonymous)
    .action(explain);
}

/** Rows are written in pieces: a million small writes take longer than all the rest. */
const PIECE = 64 * 1024;

async function explain(logs: readonly string[], options: Options): Promise<void> {
  const hide = options.anonymous === true ? anonymizerFor(options) : undefined;
  const terminal = anonymousTerminal(processTerminal(), hide);
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
  const shown = hide === undefined ? undefined : hidden(hide.learn(settings), logs);
  const isWanted = rowFilter(options, settings, zone);
  const year = await yearFor(logs, options, settings.stamp);
  const isSet = armed.length > 0 || disarmed.length > 0;
  const recorded = isSet ? [] : zoneScenes(await journalOf(logs, options, terminal));
  const scene = { year, armed, disarmed, recorded };
  const explainer = new Explainer(settings, scene, (row) => {
    if (isWanted(row)) printRow(shown?.(row) ?? row);
  });
  let lines = 0;
  for (const log of logs) lines += await explainFile(log, explainer, flush);
  explainer.end();
  flush();
  if (lines === 0) terminal.complain(`${logs.join(', ')}: has no lines`);
  else if (options.alerts === true && rows === 0 && armed.length === 0 && recorded.length === 0)
    terminal.complain(
      'no alert; an alert needs an armed zone, and a log does not show which were: --armed ZONE',
    );
}

/** Rows without names; the logs are numbered. */
function hidden(hide: Anonymizer, logs: readonly string[]): (row: ExplainRow) => ExplainRow {
  return ({ file, finding, ...row }) => ({
    ...row,
    file: `log${logs.indexOf(file) + 1}`,
    // what others write into the log may say anything
    finding: 'text' in finding ? { ...finding, text: hide.heard(finding.text) } : hide.json(finding),
  });
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

/** Says of each row, in their order, whether it is wanted. An unknown alias is an error. */
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
