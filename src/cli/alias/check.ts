/** `heyu2mqtt alias check`: the alias file in itself, against heyu's configuration and against its log. */

import { Command } from 'commander';
import { checkAliases, type Doubt, neverAlerting } from '../../alias/doubts.js';
import { formatProblem, type Problem } from '../../config/problem.js';
import { type Given, mayRead, OPTIONS } from '../configured.js';
import { findX10Config, historyOf, logFormOf, readX10ConfigFile } from '../heyu-install.js';
import { EXIT, exitCodeOf, type Finding, printFinding, processTerminal } from '../terminal.js';
import { type AliasFile, findPlace, readAliasFile } from './alias-file.js';

/** The command `alias check`: ends with 0 when all is well, 1 with warnings, 2 with faults. */
export function aliasCheckCommand(): Command {
  return new Command('check')
    .description('find what is wrong with the aliases: here, in heyu, in the log')
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.aliases)
    .addOption(OPTIONS.x10config)
    .addOption(OPTIONS.log)
    .option('--no-log', 'do not look into the log')
    .addOption(OPTIONS.json)
    .action(check);
}

function check(given: Given): void {
  const terminal = processTerminal();
  const place = findPlace(given);
  const { absolute, zones } = place.house;
  const file = readAliasFile(place);
  const x10config = given.x10config ?? absolute['heyu.x10config'] ?? findX10Config();
  const config = readX10ConfigFile(x10config);
  const log = given.log ?? absolute['heyu.log'];
  // a log that was asked for and cannot be read is an error
  const hasLog = log !== false && (given.log !== undefined || mayRead(log));
  const history = hasLog ? historyOf([log], logFormOf(absolute)) : undefined;
  const doubts = [
    ...ofFile(file),
    ...neverAlerting(
      file.aliases.map(({ settings }) => settings),
      zones.length > 0,
      history,
    ),
    ...checkAliases(file.entries, config, history),
  ];
  const findings = doubts.map(findingOf);
  const code = exitCodeOf(findings);
  if (given.json === true) terminal.printJson(doubts);
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
    (problem: Problem): Doubt => ({
      level,
      alias: undefined,
      problem: formatProblem({ ...problem, hint: undefined }),
      hint: problem.hint,
    });
  return [...problems.map(doubt('fault')), ...warnings.map(doubt('warning'))];
}
