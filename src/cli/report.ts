/** `heyu2mqtt report`: what months of the log say of the house, on the terminal, as JSON, or as a page. */

import type { Command } from 'commander';
import type { CoreSettings } from '../core-settings.js';
import { zoneScenes } from '../history/journal.js';
import { type Past, pastOf } from '../history/past.js';
import { Replay } from '../history/replay.js';
import { replaceFile } from '../io/files.js';
import { textOf } from '../io/history/lines.js';
import { readPast } from '../io/history/read-past.js';
import { errorCode } from '../common/error.js';
import { anonymous } from '../report/anonymous.js';
import { documentOf } from '../report/document.js';
import { reportPage } from '../report/page.js';
import { reportOf } from '../report/report.js';
import { terminalLines } from '../report/terminal-lines.js';
import { loadOrFail, OPTIONS } from './configured.js';
import { journalOf, linesOf, type LogOptions, settingsFor, withLogOptions, yearFor } from './named-logs.js';
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
    .option('--html <file>', 'write it as one HTML file, which needs nothing else; - is standard output')
    .option('--anonymous', 'without names of sensors and zones, to be shown to others')
    .addOption(OPTIONS.json)
    .action(report);
}

async function report(logs: readonly string[], options: Options): Promise<void> {
  const terminal = processTerminal();
  const progress = progressOnTerminal(process.stderr);
  let count = 0;
  const read = (lines: number): void => {
    const before = count;
    count += lines;
    if (Math.floor(count / TOLD_EVERY) > Math.floor(before / TOLD_EVERY))
      progress.tell(`${count} lines are read`);
  };
  const { core, past } =
    logs.length === 0 ? await ownPast(options, read) : await namedPast(logs, options, terminal, read);
  progress.end();
  const shown = options.anonymous === true ? anonymous(core, past) : { core, past };
  const made = reportOf(shown.core, shown.past);
  if (options.html !== undefined) writePage(options.html, reportPage(documentOf(made)));
  if (options.json === true) terminal.printJson(made);
  else if (options.html === undefined) show(documentOf(made), terminal);
  if (past.history.lines === 0) process.exitCode = EXIT.failed;
}

const TOLD_EVERY = 20_000;

type Told = { readonly core: CoreSettings; readonly past: Past };
type Read = (lines: number) => void;

/** The log that the service follows, and its journal. */
async function ownPast({ config, ...others }: Options, read: Read): Promise<Told> {
  const { configuration } = loadOrFail(ofOneMachine(config, others));
  const { core, heyu, stateDir } = configuration;
  const request = { from: 0, until: Date.now(), signals: true };
  const past = await readPast({ core, logPath: heyu.log, stateDir }, request, () => {
    read(LINES_BETWEEN_LOOKS);
    return undefined;
  });
  return { core, past };
}

/** readPast looks up so often. */
const LINES_BETWEEN_LOOKS = 64;

function ofOneMachine(config: Options['config'], { aliases, x10config }: Options): string | undefined {
  if (config === false || aliases !== undefined || x10config !== undefined)
    throw new CommandError(
      'a log is missing',
      "name the logs; without one, those of this machine's configuration are read",
      EXIT.usage,
    );
  return config;
}

/** Logs of anywhere; with the journal if they are the service's. */
async function namedPast(
  logs: readonly string[],
  options: Options,
  terminal: Terminal,
  read: Read,
): Promise<Told> {
  const core = settingsFor(options, terminal);
  const journal = await journalOf(logs, options, terminal);
  const request = { from: 0, until: Infinity, zones: zoneScenes(journal), signals: true };
  const replay = new Replay(core, { ...request, year: await yearFor(logs, options, core.stamp) });
  for (const log of logs)
    for await (const lines of linesOf(log)) {
      for (const line of lines) replay.line(textOf(line));
      read(lines.length);
    }
  return { core, past: pastOf(replay.end(), journal, []) };
}

/** It tells when nobody is at home. */
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
