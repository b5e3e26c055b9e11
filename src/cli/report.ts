/** `heyu2mqtt report`: evaluates months of the log, for the terminal, as JSON, or as a page. */

import type { Command } from 'commander';
import { zoneScenes } from '../history/journal.js';
import { pastOf } from '../history/past.js';
import { Replay } from '../history/replay.js';
import { replaceFile } from '../io/files.js';
import { textOf } from '../io/history/lines.js';
import { wholeReport } from '../io/history/whole-report.js';
import { errorCode } from '../common/error.js';
import { documentOf } from '../report/document.js';
import { reportPage } from '../report/page.js';
import { type Report, reportOf } from '../report/report.js';
import { terminalLines } from '../report/terminal-lines.js';
import { anonymousTerminal } from './anonymous-output.js';
import { askRunning, stateDirOf } from './ask-service.js';
import { loadOrFail, OPTIONS } from './configured.js';
import {
  anonymizerFor,
  journalOf,
  linesOf,
  type LogOptions,
  settingsFor,
  withLogOptions,
  yearFor,
} from './named-logs.js';
import { ownVersion } from './program-files.js';
import { CommandError, EXIT, processTerminal, progressOnTerminal, table, type Terminal } from './terminal.js';

type Options = LogOptions & {
  readonly json?: boolean;
  readonly html?: string;
  readonly anonymous?: boolean;
};

/** The command `report`. */
export function reportCommand(command: Command): void {
  withLogOptions(
    command.argument(
      '[log...]',
      'heyu logs, rotated ones first, also as .gz (default: the log of the service with all rotated files)',
    ),
  )
    .option('--html <file>', 'write it as one self-contained HTML file; - is standard output')
    .addOption(OPTIONS.json)
    .addOption(OPTIONS.anonymous)
    .action(report);
}

async function report(logs: readonly string[], options: Options): Promise<void> {
  const hide = options.anonymous === true ? anonymizerFor(options) : undefined;
  const terminal = anonymousTerminal(processTerminal(), hide);
  const progress = progressOnTerminal(process.stderr);
  const told = (lines: number): void => progress.tell(`${lines} lines are read`);
  const read =
    logs.length === 0
      ? await ownReport(options, terminal, told)
      : await namedReport(logs, options, terminal, told);
  progress.end();
  const made = hide?.json(read) ?? read;
  if (options.html !== undefined) writePage(options.html, reportPage(documentOf(made)));
  if (options.json === true) terminal.printJson(made);
  else if (options.html === undefined) show(documentOf(made), terminal);
  if (made.log.lines === 0) process.exitCode = EXIT.failed;
}

/** Told how many lines are read. */
type Told = (lines: number) => void;

/** Of the log that the service follows, and its journal: asked of the service if it runs. */
async function ownReport({ config, ...others }: Options, terminal: Terminal, told: Told): Promise<Report> {
  const file = ofOneMachine(config, others);
  const answers = await askRunning(stateDirOf(file), 'control', { ask: 'report' }, ({ lines }) => {
    if (typeof lines === 'number' && lines > 0) told(lines);
  });
  const answer = answers?.at(-1);
  // it is made by this very program, or another one
  if (answer?.['version'] === ownVersion()) return answer['report'] as Report;
  if (answer !== undefined)
    throw new CommandError('the service runs with another version', 'sudo systemctl restart heyu2mqtt');
  const { core, heyu, stateDir } = loadOrFail(file, undefined, terminal).configuration;
  return wholeReport({ core, logPath: heyu.log, stateDir }, Date.now(), told);
}

function ofOneMachine(config: Options['config'], { aliases, x10config }: Options): string | undefined {
  if (config === false || aliases !== undefined || x10config !== undefined)
    throw new CommandError(
      'a log is missing',
      "name the logs; without one, those of this machine's configuration are read",
      EXIT.usage,
    );
  return config;
}

/** Of logs of anywhere; with the journal if they are the service's. */
async function namedReport(
  logs: readonly string[],
  options: Options,
  terminal: Terminal,
  told: Told,
): Promise<Report> {
  const core = settingsFor(options, terminal);
  const journal = await journalOf(logs, options, terminal);
  const request = { from: 0, until: Infinity, zones: zoneScenes(journal), signals: true };
  const replay = new Replay(core, { ...request, year: await yearFor(logs, options, core.stamp) });
  let count = 0;
  for (const log of logs)
    for await (const lines of linesOf(log)) {
      for (const line of lines) replay.line(textOf(line));
      count += lines.length;
      told(count);
    }
  return reportOf(core, pastOf(replay.end(), journal, [], core.sensors));
}

/** The report shows when nobody is at home. */
const PRIVATE = 0o600;

/** As a file that is there as a whole or not at all. */
function writePage(file: string, page: string): void {
  if (file === '-') {
    process.stdout.write(page);
    return;
  }
  try {
    replaceFile(file, page, PRIVATE, () => undefined);
  } catch (error) {
    throw new CommandError(
      `${file}: cannot be written (${errorCode(error)})`,
      'name another place with --html',
    );
  }
}

function show(document: ReturnType<typeof documentOf>, { print, style, columns }: Terminal): void {
  const hasBlocks = /utf-?8/i.test(LOCALE.map((name) => process.env[name]).find((value) => value) ?? '');
  const look = { columns, hasBlocks, style, table };
  for (const { text, indent } of terminalLines(document, look)) print(text, indent);
}

/** Which characters a terminal shows (locale(7)): the first that is set. */
const LOCALE = ['LC_ALL', 'LC_CTYPE', 'LANG'];
