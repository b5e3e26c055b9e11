/** `heyu2mqtt alias import [X10CONFIG]`: takes the aliases of heyu over into the alias file. */

import type { Command } from 'commander';
import { disturbedSensors } from '../../alias/doubts.js';
import {
  type AliasEntry,
  type Proposals,
  proposeSensors,
  raisesAlarm,
  takeDusk,
  takeType,
} from '../../alias/propose.js';
import { mergeAliases, merged, type MergeStep } from '../../alias/merge.js';
import { hintLine } from '../../common/error.js';
import type { AliasEdit, AliasKey } from '../../config/edit.js';
import type { Plain } from '../../config/forms.js';
import { formatProblem, formatProblems, problemAt } from '../../config/problem.js';
import { writeAddresses, type X10Config } from '../../heyu/x10config.js';
import { unitsOf } from '../../x10/address.js';
import { type Ask, askOnTerminal, CANCELLED } from '../ask.js';
import type { Given } from '../configured.js';
import { findX10Config, readX10ConfigFile, x10configPlaces } from '../heyu-install.js';
import { CommandError, EXIT, processTerminal, remark, type Terminal } from '../terminal.js';
import {
  type AliasFile,
  type AliasPlace,
  type AliasPlan,
  editAliasFile,
  findPlace,
  neverAlertingIn,
  planEdits,
  readAliasFile,
  withAliasFile,
} from './alias-file.js';

/** How to import. */
export type ImportOptions = {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly yes?: boolean;
  readonly zone?: string | undefined;
};

/** The command `alias import`. */
export function aliasImportCommand(command: Command): void {
  withAliasFile(command)
    .argument('[x10config]', "heyu's configuration (default: where heyu looks for it)")
    .option('--dry-run', 'only show what would change')
    .option('--prune', 'remove aliases that heyu does not know')
    .option('--zone <zone>', 'zone of new sensors that can raise an alarm')
    .option('--yes', 'ask nothing and write')
    .action(importAliases);
}

async function importAliases(given: string | undefined, options: Given & ImportOptions): Promise<void> {
  const place = findPlace(options);
  const source = given ?? place.house.absolute['heyu.x10config'] ?? findX10Config();
  if (source === undefined)
    throw new CommandError(
      `there is no configuration of heyu in ${x10configPlaces(process.env).join(' or ')}`,
      'give its path: heyu2mqtt alias import PATH',
      EXIT.noInput,
    );
  await importInto(place, source, options);
}

/** Imports `source` into the alias file. New sensors that can raise an alarm get the `zone`. */
export async function importInto(
  place: AliasPlace,
  source: string,
  { dryRun = false, prune = false, yes = false, zone }: ImportOptions,
): Promise<void> {
  const terminal = processTerminal();
  const config = readX10ConfigFile(source);
  if (config === undefined) return;
  showProblems(terminal, source, config);
  if (prune) refuseToPruneBy(source, config);
  const asks = terminal.isInteractive && !yes && !dryRun;
  const before = readAliasFile(place);
  const proposed = proposeSensors(config);
  const proposals = asks ? await answered(proposed, before.entries, askOnTerminal) : proposed;
  const merge = mergeAliases(before.entries, proposals, prune);
  const steps = merge.map((step) => formOf(step, terminal, zone));
  for (const line of steps.flatMap(({ lines }) => lines)) terminal.print(line);
  const entries = merged(before.entries, merge);
  showSkipped(terminal, config, proposals, entries);
  for (const { alias = '', problem, hint } of disturbedSensors(entries))
    remark(terminal, { problem: `${alias}: ${problem}`, hint });

  const planned = steps.flatMap(({ edits }) => edits);
  if (planned.length === 0) {
    terminal.print(`${place.path} is up to date`);
    return;
  }
  if (dryRun) {
    report(terminal, planEdits(before, planned, true));
    return;
  }
  if (!terminal.isInteractive && !yes)
    throw new CommandError('nothing was written', 'add --yes to write, or --dry-run to look only');
  if (asks && !(await askOnTerminal.yesOrNo(`Write ${place.path}?`, true))) throw new CommandError(CANCELLED);
  const edits = (file: AliasFile): readonly AliasEdit[] =>
    mergeAliases(file.entries, proposals, prune).flatMap((step) => formOf(step, terminal, zone).edits);
  const after = editAliasFile(place, edits, true);
  report(terminal, after);
  const known = new Set(before.entries.map(({ alias }) => alias));
  const silent = neverAlertingIn(after, (alias) => !known.has(alias)).map(({ alias }) => alias);
  const hint = 'heyu2mqtt alias set NAME --zone ZONE; if it is not meant to alert: --guard off';
  if (silent.length > 0)
    terminal.complain(`without a zone, and so never an alert: ${silent.join(', ')}${hintLine(hint)}`);
  terminal.print(`written: ${place.path}, ${after.aliases.length} aliases`);
}

/** Why aliases of heyu are not entries. The file may know better than a proposal who is whose dusk unit. */
function showSkipped(
  { print, style }: Terminal,
  { aliases }: X10Config,
  { entries: proposed, skipped }: Proposals,
  entries: readonly AliasEntry[],
): void {
  for (const { label, line, reason } of skipped) {
    const alias = aliases.find((each) => each.label === label);
    const unit =
      alias &&
      proposed.find(({ entry }) => entry.dusk === `${alias.house}${alias.units[0] ?? 0}`)?.entry.dusk;
    const owner = entries.find((entry) => unitsOf(entry).some((each) => each === unit));
    let why = reason;
    if (owner !== undefined) why = `${unit ?? ''} is ${owner.alias} here`;
    else if (unit !== undefined && !entries.some(({ dusk }) => dusk === unit))
      why = `not the dusk unit of an alias here: heyu2mqtt alias add ${label} ${unit} --type light_sensor adds it`;
    print(style('dim', `  - ${label} (line ${line}): ${why}`));
  }
}

/** What was done otherwise than shown. */
function report(terminal: Terminal, { notes, leftOut }: AliasPlan): void {
  for (const note of notes) terminal.print(`  ${note}`);
  if (leftOut.length === 0) return;
  terminal.complain(`left out, because the service would not start with it:\n${formatProblems(leftOut)}`);
  process.exitCode = EXIT.failed;
}

/** What is misread, or not heyu's configuration at all, says of no alias that it is gone. */
function refuseToPruneBy(source: string, { problems, aliases }: X10Config): void {
  if (problems.length === 0 && aliases.length > 0) return;
  const why = aliases.length === 0 ? 'it names no alias' : 'heyu refuses it';
  throw new CommandError(
    `nothing is pruned by ${source}: ${why}`,
    'fix it first, or: heyu2mqtt alias remove NAME',
  );
}

/** Of more problems than these only the number is shown. */
const PROBLEMS_SHOWN = 10;

function showProblems(terminal: Terminal, source: string, { problems, aliases }: X10Config): void {
  for (const { line, problem } of problems.slice(0, PROBLEMS_SHOWN))
    terminal.complain(
      formatProblem(
        problemAt({ file: source, line: line === 0 ? undefined : line }, `heyu refuses this: ${problem}`),
      ),
    );
  if (problems.length > PROBLEMS_SHOWN) terminal.complain(`and ${problems.length - PROBLEMS_SHOWN} more`);
  if (problems.length > PROBLEMS_SHOWN && aliases.length === 0)
    terminal.complain(`  hint: is ${source} heyu's configuration?`);
  else if (problems.length > 0)
    terminal.complain('  hint: until it is fixed, heyu start fails and heyu restart keeps what it had');
}

/** Asks what only the owner can say; questions about aliases that the file has already are settled. */
async function answered(proposed: Proposals, current: readonly AliasEntry[], ask: Ask): Promise<Proposals> {
  const known = new Set(current.flatMap(unitsOf));
  let proposals = proposed;
  for (const question of proposed.questions) {
    const { entries } = proposals;
    if (question.kind === 'type') {
      if (known.has(question.address) || !entries.some(({ entry }) => entry.alias === question.alias))
        continue;
      const what = `What is ${question.alias} (${question.address})? heyu does not say`;
      const choices = [{ value: 'motion', label: 'a motion sensor' }, ...KINDS] as const;
      const type = await ask.choice<(typeof choices)[number]['value']>(what, choices, 'appliance');
      proposals = takeType(proposals, question, type);
    } else if (!question.proposed && !known.has(question.unit)) {
      const { motion, candidate, unit } = question;
      const isDusk = await ask.yesOrNo(`Is ${candidate} (${unit}) the dusk sensor of ${motion}?`, false);
      if (isDusk) proposals = takeDusk(proposals, question);
    }
  }
  return proposals;
}

/** What an owner may say that a sender is. */
export const KINDS = [
  { value: 'door', label: 'a door contact' },
  { value: 'window', label: 'a window contact' },
  { value: 'smoke', label: 'a smoke detector' },
  { value: 'glass', label: 'a glass break detector' },
  { value: 'water', label: 'a water detector' },
  { value: 'light', label: 'a lamp' },
  { value: 'appliance', label: 'an appliance' },
  { value: 'remote', label: 'a remote control' },
] as const;

/** What a step of the merge is for people, and the edits that make it so. */
type StepForm = { readonly lines: readonly string[]; readonly edits: readonly AliasEdit[] };

function formOf(step: MergeStep, { style }: Terminal, zone?: string): StepForm {
  const told = (line: string): StepForm => ({ lines: [style('dim', `  ${line}`)], edits: [] });
  switch (step.kind) {
    case 'added': {
      const { entry, comments } = step;
      const { alias, model, type, name, dusk } = entry;
      const what = [writeAddresses(entry), model, type, dusk && `dusk ${dusk}`, name && `"${name}"`];
      const line = style('green', `+ ${alias}: ${what.filter((part) => part !== undefined).join(', ')}`);
      return {
        lines: [line, ...comments.map((comment) => style('dim', `    # ${comment}`))],
        edits: [{ kind: 'add', alias, keys: keysOf(entry, zone), comments }],
      };
    }
    case 'changed': {
      const { alias, changes } = step;
      return {
        lines: changes.map(({ key, from, to }) =>
          style('yellow', `~ ${alias}: ${key} ${from ?? '(none)'} -> ${to}`),
        ),
        edits: changes.map(({ key, to }) => ({ kind: 'set', alias, key, value: to })),
      };
    }
    case 'gone': {
      const { alias, address, removed } = step;
      if (!removed) return told(`${alias}: heyu does not know it (${address}); --prune removes it`);
      const line = style('red', `- ${alias}: removed, heyu does not know it (${address})`);
      return { lines: [line], edits: [{ kind: 'remove', alias }] };
    }
    case 'other_name':
      return told(`${step.alias}: heyu calls it ${step.label} (${step.address})`);
    case 'same':
      return { lines: [], edits: [] };
  }
}

function keysOf(entry: AliasEntry, zone: string | undefined): Readonly<Partial<Record<AliasKey, Plain>>> {
  const { model, type, name, dusk, topic, id } = entry;
  const address = writeAddresses(entry);
  const given = { address, model, type, name, zone: raisesAlarm(entry) ? zone : undefined, dusk, topic, id };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
