/** `heyu2mqtt alias check`: the alias file in itself, against heyu's configuration and against its log. */

import { Command } from 'commander';
import { accessSync, constants } from 'node:fs';
import { checkAliases, neverAlerting, type Doubt } from '../../alias/doubts.js';
import type { History } from '../../alias/heard.js';
import { formatProblem } from '../../config/problem.js';
import { exitCodeOf, printFinding, type Finding } from '../findings.js';
import { findX10Config } from '../heyu-install.js';
import { EXIT, processTerminal } from '../terminal.js';
import {
  type AliasFile,
  findPlace,
  type PlaceOptions,
  readAliasFile,
  readX10ConfigFile,
  withPlaceOptions,
} from './file.js';
import { historyOf, logFormOf } from './history.js';

type Options = PlaceOptions & {
  readonly json?: boolean;
  readonly x10config?: string;
  /** A path, or false for --no-log. */
  readonly log?: string | false;
};

/** The command `alias check`: ends with 0 when all is well, 1 with warnings, 2 with faults. */
export function aliasCheckCommand(): Command {
  return withPlaceOptions(new Command('check'))
    .description('find what is wrong with the aliases: here, in heyu, in the log')
    .option('--x10config <file>', "heyu's configuration (default: as configured, else where heyu looks)")
    .option('--log <file>', "heyu's log (default: as configured)")
    .option('--no-log', 'do not look into the log')
    .option('--json', 'as JSON')
    .action(check);
}

function check(options: Options): void {
  const terminal = processTerminal();
  const place = findPlace(options);
  const file = readAliasFile(place);
  const x10config = options.x10config ?? place.x10config ?? findX10Config(process.env);
  const config = readX10ConfigFile(x10config);
  const history = historyFor(file, options);
  const doubts = [
    ...ofFile(file),
    ...neverAlerting(
      file.aliases.map(({ settings }) => settings),
      place.zones.length > 0,
      history,
    ),
    ...checkAliases(file.entries, config, history),
  ];
  const findings = doubts.map(findingOf);
  const code = exitCodeOf(findings);
  if (options.json === true) terminal.print(JSON.stringify(doubts, null, 2));
  else {
    for (const finding of findings) printFinding(terminal, finding);
    const against = x10config === undefined ? 'without the configuration of heyu' : `against ${x10config}`;
    if (code === EXIT.ok) terminal.print(`${file.aliases.length} aliases, checked ${against}: all is well`);
  }
  process.exitCode = code;
}

/** The doubt as a finding: it names its alias. */
export function findingOf({ level, alias, problem, hint }: Doubt): Finding {
  return { verdict: level, text: alias === undefined ? problem : `${alias}: ${problem}`, hint };
}

function ofFile({ problems, warnings }: AliasFile): readonly Doubt[] {
  const doubt =
    (level: Doubt['level']) =>
    (problem: AliasFile['problems'][number]): Doubt => ({
      level,
      alias: undefined,
      problem: formatProblem({ ...problem, hint: undefined }),
      hint: problem.hint,
    });
  return [...problems.map(doubt('fault')), ...warnings.map(doubt('warning'))];
}

/** What the log has heard; undefined when there is none to be read and none was asked for. */
function historyFor({ place }: AliasFile, { log }: Options): History | undefined {
  if (log === false) return undefined;
  const path = log ?? place.values['heyu.log'];
  if (log === undefined && !isReadable(path)) return undefined;
  return historyOf([path], logFormOf(place.values));
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
