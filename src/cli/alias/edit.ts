/** `heyu2mqtt alias add, set, rename, remove`: edits of the alias file, one entry at a time. */

import { type Command, Option } from 'commander';
import { moveTo } from '../../alias/merge.js';
import { hintLine } from '../../common/error.js';
import type { AliasEdit, AliasKey } from '../../config/edit.js';
import { addresses as addressForm, aliasProblem, type Plain } from '../../config/forms.js';
import { ALIAS_KEYS, type KeyTable } from '../../config/keys-and-defaults.js';
import { parseAddresses, writeAddresses } from '../../heyu/x10config.js';
import { askOnTerminal, CANCELLED } from '../ask.js';
import { type Given, OPTIONS, several } from '../configured.js';
import { CommandError, EXIT, processTerminal } from '../terminal.js';
import {
  type AliasFile,
  aliasNamed,
  editAliasFile,
  entryOf,
  findPlace,
  neverAlertingIn,
  readAliasFile,
  withAliasFile,
} from './alias-file.js';

const KEYS: KeyTable = ALIAS_KEYS;

/** Every key of an alias, in the order of the reference. */
export const KEY_NAMES = Object.keys(ALIAS_KEYS) as readonly AliasKey[];

/** Options of a command as they were given, keys of an alias among them. */
type GivenKeys = Given & Readonly<Record<string, unknown>>;

/** Values of keys as they will stand in the file; undefined = it shall not stand there. */
type KeyValues = Readonly<Partial<Record<AliasKey, Plain | undefined>>>;

/** `min_on` is the option --min-on. */
export function optionName(key: AliasKey): string {
  return key.replaceAll('_', '-');
}

/** Adds an option for each of the keys, and those of every command on the alias file. */
function withKeyOptions(command: Command, keys: readonly AliasKey[]): void {
  for (const key of keys) {
    const { doc = '', example = '' } = KEYS[key] ?? {};
    const [sentence = ''] = doc.replaceAll('`', '').split(/(?<=\.) /);
    const words = `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
    // a list without the brackets and blanks that it has in the file: a shell would take it apart there
    const typed = example.replace(/^\[(.*)\]$/, (_, items: string) => items.replaceAll(', ', ','));
    command.option(`--${optionName(key)} <value>`, `${words} (such as ${typed})`);
  }
  withAliasFile(command);
}

/** The keys that were given, as they will stand in the file. A value that its form does not take is an error. */
function givenKeys(options: GivenKeys, keys: readonly AliasKey[]): Partial<Record<AliasKey, Plain>> {
  const values: Partial<Record<AliasKey, Plain>> = {};
  for (const key of keys) {
    const given = options[new Option(`--${optionName(key)}`).attributeName()];
    const form = KEYS[key]?.form;
    if (typeof given !== 'string' || form === undefined) continue;
    const reading = form.read(given);
    if (!reading.ok)
      throw new CommandError(`--${optionName(key)}: ${reading.problem}`, reading.hint, EXIT.usage);
    values[key] = form.write(reading.value);
  }
  return values;
}

const NEW_KEYS = KEY_NAMES.filter((key) => key !== 'address');

/** The command `alias add`. */
export function aliasAddCommand(command: Command): void {
  command
    .argument('<alias>', "heyu's alias, or a new name")
    .argument('<address>', 'house code and unit, such as A3; of a remote several: F1-3')
    .showHelpAfterError('  hint: keys are options: heyu2mqtt alias add hall A3 --dusk A4')
    .action(addAlias);
  withKeyOptions(command, NEW_KEYS);
}

function addAlias(alias: string, given: string, options: GivenKeys): void {
  requireAlias(alias);
  const reading = addressForm.read(given);
  if (!reading.ok) throw new CommandError(reading.problem, reading.hint, EXIT.usage);
  const address = writeAddresses(reading.value);
  const keys = { address, ...givenKeys(options, NEW_KEYS) };
  const edited = editAliasFile(findPlace(options), () => [{ kind: 'add', alias, keys }]);
  const { print } = processTerminal();
  print(`added: ${alias} (${address}) in ${edited.place.path}`);
  for (const note of edited.notes) print(note);
  complainOfNeverAlerting(edited, alias);
}

function complainOfNeverAlerting(edited: AliasFile, alias: string): void {
  for (const { problem, hint } of neverAlertingIn(edited, (each) => each === alias))
    processTerminal().complain(`${alias} ${problem}${hintLine(hint)}`);
}

/** Ends with an error when heyu would not take such a label. */
function requireAlias(alias: string): void {
  const problem = aliasProblem(alias);
  if (problem !== undefined)
    throw new CommandError(`"${alias}" ${problem}`, 'use letters, digits, . _ and -, at most 32', EXIT.usage);
}

/** The command `alias set`. */
export function aliasSetCommand(command: Command): void {
  command
    .argument('<alias>', 'which')
    .showHelpAfterError('  hint: keys are options: heyu2mqtt alias set hall --dusk A4')
    .option('--unset <key>', 'back to the default of this key (repeatable)', several)
    .action(setKeys);
  withKeyOptions(command, KEY_NAMES);
}

function setKeys(alias: string, options: GivenKeys & { readonly unset?: readonly string[] }): void {
  const unset = (options.unset ?? []).map((name) => [keyNamed(name), undefined] as const);
  const values: KeyValues = { ...givenKeys(options, KEY_NAMES), ...Object.fromEntries(unset) };
  if ('address' in values && values.address === undefined)
    throw new CommandError('an alias needs an address', undefined, EXIT.usage);
  if (Object.keys(values).length === 0)
    throw new CommandError(
      'there is nothing to set',
      'heyu2mqtt alias set --help shows the keys',
      EXIT.usage,
    );
  const { print } = processTerminal();
  let edits: readonly KeyEdit[] = [];
  const edited = editAliasFile(findPlace(options), (file) => (edits = editsFor(file, alias, values)));
  for (const { key, value } of edits)
    print(`${alias}: ${key}${value === undefined ? ' is the default again' : `: ${JSON.stringify(value)}`}`);
  print(`written: ${edited.place.path}`);
  complainOfNeverAlerting(edited, alias);
}

type KeyEdit = AliasEdit & { readonly kind: 'set' };

/** Undefined values are taken out. What a new address means for id and dusk unit counts unless it is said otherwise. */
function editsFor(file: AliasFile, alias: string, values: KeyValues): readonly KeyEdit[] {
  const read = aliasNamed(file, alias);
  const address = typeof values.address === 'string' ? parseAddresses(values.address) : undefined;
  const moved = address === undefined ? [] : moveTo(entryOf(read), address);
  const set = (key: AliasKey, value: Plain | undefined): KeyEdit => ({ kind: 'set', alias, key, value });
  const keys = KEY_NAMES.filter((key) => key in values);
  return [
    ...keys.filter((key) => values[key] !== undefined).map((key) => set(key, values[key])),
    ...moved.filter(({ key }) => !(key in values)).map(({ key, to }) => set(key, to)),
    ...keys
      .filter((key) => values[key] === undefined && read.lines.has(key))
      .map((key) => set(key, undefined)),
  ];
}

function keyNamed(name: string): AliasKey {
  const key = KEY_NAMES.find((each) => each === name || optionName(each) === name);
  if (key !== undefined) return key;
  const hint = `there are ${KEY_NAMES.join(', ')}`;
  throw new CommandError(`--unset: there is no key "${name}"`, hint, EXIT.usage);
}

/** The command `alias rename`. */
export function aliasRenameCommand(command: Command): void {
  withAliasFile(command)
    .argument('<from>', 'the alias')
    .argument('<to>', 'its new name')
    .option('--move-topic', 'let its topics follow the new name')
    .action(renameAlias);
}

function renameAlias(from: string, to: string, options: Given & { readonly moveTopic?: boolean }): void {
  requireAlias(to);
  const place = findPlace(options);
  editAliasFile(place, (file) => {
    const { settings, lines } = aliasNamed(file, from);
    if (file.entries.some(({ alias }) => alias === to && alias !== from))
      throw new CommandError(`there is an alias "${to}" already`);
    if (from === to) return [];
    const kept = options.moveTopic === true ? (['id'] as const) : (['topic', 'id'] as const);
    const keeps = kept
      .filter((key) => !lines.has(key))
      .map((key): AliasEdit => ({ kind: 'set', alias: from, key, value: settings[key] }));
    return [...keeps, { kind: 'rename', alias: from, to }];
  });
  processTerminal().print(`renamed: ${from} is ${to} in ${place.path}`);
}

/** The command `alias remove`. */
export function aliasRemoveCommand(command: Command): void {
  withAliasFile(command).argument('<alias...>', 'which').addOption(OPTIONS.yes).action(removeAliases);
}

async function removeAliases(named: readonly string[], given: Given): Promise<void> {
  const terminal = processTerminal();
  const place = findPlace(given);
  const aliases = [...new Set(named)];
  const file = readAliasFile(place);
  const found = aliases.map((alias) => aliasNamed(file, alias).settings);
  if (given.yes !== true) {
    const names = found.map(({ alias, address }) => `${alias} (${address})`).join(', ');
    if (!terminal.isInteractive)
      throw new CommandError('nothing was written', `add --yes to remove ${names}`);
    if (!(await askOnTerminal.yesOrNo(`Remove ${names}?`, false))) throw new CommandError(CANCELLED);
  }
  editAliasFile(place, (file) =>
    aliases.map((alias) => ({ kind: 'remove', alias: aliasNamed(file, alias).settings.alias })),
  );
  terminal.print(`removed: ${aliases.join(', ')} from ${place.path}`);
}
