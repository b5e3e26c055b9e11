/** `heyu2mqtt alias adopt`: takes the names that were given on the page over into the alias file. */

import type { Command } from 'commander';
import { rmSync } from 'node:fs';
import type { AliasEdit, AliasKey } from '../../config/edit.js';
import { formatProblems } from '../../config/problem.js';
import type { ProposedName } from '../../web/protocol.js';
import { unitsOf } from '../../x10/address.js';
import { askOnTerminal, CANCELLED } from '../ask.js';
import { type Given, OPTIONS } from '../configured.js';
import { namesIn, proposedPath, proposedText } from '../proposed-names.js';
import { CommandError, EXIT, processTerminal, remark, type Terminal } from '../terminal.js';
import { type AliasFile, editAliasFile, findPlace, readAliasFile, withAliasFile } from './alias-file.js';

/** The command `alias adopt`. */
export function aliasAdoptCommand(command: Command): void {
  withAliasFile(command)
    .option('--dry-run', 'only show what would be done')
    .addOption(OPTIONS.yes)
    .action(adopt);
}

/** What becomes of a name. */
type Step = {
  readonly name: ProposedName;
  readonly edits: readonly AliasEdit[];
  /** Why it cannot be taken over. */
  readonly problem?: string;
  /** It is in the file already. */
  readonly isDone?: true;
};

async function adopt(given: Given & { readonly dryRun?: boolean }): Promise<void> {
  const terminal = processTerminal();
  const place = findPlace(given);
  const path = proposedPath(place.house.absolute.state_dir);
  const text = proposedText(path);
  const names = namesIn(text);
  if (names.length === 0) {
    terminal.print('no name waits: they are given on the page, in its walk test');
    return;
  }
  const steps = stepsFor(readAliasFile(place), names);
  for (const step of steps) show(terminal, step);
  if (given.dryRun === true) return;
  const isChange = steps.some(({ edits }) => edits.length > 0);
  if (isChange && given.yes !== true) {
    if (!terminal.isInteractive)
      throw new CommandError('nothing was written', 'add --yes to write, or --dry-run to look only');
    if (!(await askOnTerminal.yesOrNo(`Write ${place.path}?`, true))) throw new CommandError(CANCELLED);
  }
  let isOpen = isChange;
  if (isChange) {
    const edits = (file: AliasFile): readonly AliasEdit[] =>
      stepsFor(file, names).flatMap((step) => step.edits);
    const after = editAliasFile(place, edits, true);
    for (const note of after.notes) terminal.print(`  ${note}`);
    if (after.leftOut.length > 0) {
      terminal.complain(
        `left out, because the service would not start with it:\n${formatProblems(after.leftOut)}`,
      );
      process.exitCode = EXIT.failed;
    } else isOpen = false;
    terminal.print(`written: ${place.path}, ${after.aliases.length} aliases`);
  }
  // a name that was given meanwhile still waits; those that are in the file are not taken twice
  if (!isOpen && proposedText(path) === text) rmSync(path, { force: true });
}

/** A name that is there already gets what is new of it; an address that has another name keeps it. */
function stepsFor({ aliases }: AliasFile, names: readonly ProposedName[]): readonly Step[] {
  return names.map((name): Step => {
    const { alias, ...keys } = name;
    const same = aliases.find(({ settings }) => settings.alias === alias)?.settings;
    const owner = aliases.find(({ settings }) =>
      unitsOf(settings).some((unit) => unit === name.address),
    )?.settings;
    if (owner !== undefined && owner.alias !== alias)
      return { name, edits: [], problem: `${name.address} is ${owner.alias} already` };
    if (same === undefined) return { name, edits: [{ kind: 'add', alias, keys }] };
    if (owner === undefined)
      return { name, edits: [], problem: `there is an alias ${alias} already (${same.address})` };
    const { name: words, area, zone, type, model } = same;
    const known: Readonly<Record<string, string | undefined>> = {
      name: words,
      area,
      zone,
      type,
      model: model.name,
    };
    const changes = Object.entries(keys).filter(([key, value]) => key !== 'address' && known[key] !== value);
    const edits = changes.map(([key, value]): AliasEdit => ({
      kind: 'set',
      alias,
      key: key as AliasKey,
      value,
    }));
    return edits.length === 0 ? { name, edits, isDone: true } : { name, edits };
  });
}

function show(terminal: Terminal, { name, edits, problem, isDone }: Step): void {
  const { print, style } = terminal;
  const { alias, address } = name;
  if (problem !== undefined)
    return remark(terminal, { problem: `${alias} (${address}): ${problem}`, hint: undefined });
  if (isDone === true) return print(style('dim', `  = ${alias} (${address})`));
  for (const edit of edits) {
    if (edit.kind === 'add') {
      const keys = Object.entries(edit.keys).map(
        ([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      print(style('green', `  + ${alias}: { ${keys.join(', ')} }`));
    } else if (edit.kind === 'set')
      print(style('yellow', `  ~ ${alias}: ${edit.key}: ${JSON.stringify(edit.value)}`));
  }
}
