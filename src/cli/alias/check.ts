/** `heyu2mqtt alias check`: the alias file in itself, against heyu's configuration and against its log. */

import { Command } from 'commander';
import { accessSync, constants } from 'node:fs';
import { checkAliases, type Finding, neverAlerting } from '../../alias/doubts.js';
import type { History } from '../../alias/heard.js';
import { formatProblem } from '../../config/problem.js';
import { findX10Config } from '../heyu-install.js';
import { EXIT, processTerminal, type Style } from '../terminal.js';
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

const STYLE: Readonly<Record<Finding['level'], Style>> = { fault: 'red', warning: 'yellow', note: 'dim' };

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
  const rows = [
    ...problemRows(file),
    ...neverAlerting(
      file.aliases.map(({ settings }) => settings),
      place.zones.length > 0,
      history,
    ),
    ...checkAliases(file.entries, config, history),
  ];
  const worst = rows.some(({ level }) => level === 'fault')
    ? EXIT.faults
    : rows.some(({ level }) => level === 'warning')
      ? EXIT.failed
      : EXIT.ok;
  if (options.json === true) terminal.print(JSON.stringify(rows, null, 2));
  else {
    for (const { level, alias, problem, hint } of rows) {
      const subject = alias === undefined ? '' : `${alias}: `;
      terminal.print(`${terminal.style(STYLE[level], level.padEnd(7))}  ${subject}${problem}`);
      if (hint !== undefined) terminal.print(terminal.style('dim', `         ${hint}`));
    }
    const against = x10config === undefined ? 'without the configuration of heyu' : `against ${x10config}`;
    if (worst === EXIT.ok) terminal.print(`${file.aliases.length} aliases, checked ${against}: all is well`);
  }
  process.exitCode = worst;
}

function problemRows({ problems, warnings }: AliasFile): readonly Finding[] {
  const row =
    (level: 'fault' | 'warning') =>
    (fault: AliasFile['problems'][number]): Finding => {
      return {
        level,
        alias: undefined,
        problem: formatProblem({ ...fault, hint: undefined }),
        hint: fault.hint,
      };
    };
  return [...problems.map(row('fault')), ...warnings.map(row('warning'))];
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
