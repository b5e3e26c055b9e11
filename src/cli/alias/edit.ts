/** `heyu2mqtt alias add, set, rename, remove`: edits of the alias file, one entry at a time. */

import { Command, Option } from 'commander';
import { hintLine } from '../../common/error.js';
import { neverAlerting } from '../../alias/doubts.js';
import { idOf, topicOf } from '../../alias/entry.js';
import { moveTo } from '../../alias/merge.js';
import { ALIAS_KEYS, type KeyTable } from '../../config/keys.js';
import type { AliasEdit, AliasKey } from '../../config/edit.js';
import { addresses as addressForm, aliasProblem, type Plain } from '../../config/forms.js';
import { parseAddresses, writeAddresses } from '../../heyu/x10config.js';
import { askOnTerminal } from '../ask.js';
import { CommandError, EXIT, processTerminal } from '../terminal.js';
import {
  type AliasFile,
  aliasNamed,
  editAliasFile,
  findPlace,
  type PlaceOptions,
  readAliasFile,
  withPlaceOptions,
} from './file.js';

const KEYS: KeyTable = ALIAS_KEYS;

/** Every key of an alias, in the order of the reference. */
export const ALIAS_KEY_NAMES = Object.keys(ALIAS_KEYS) as readonly AliasKey[];

/** Values of keys as they stand in the file. */
export type KeyValues = Partial<Record<AliasKey, Plain>>;

/** `min_on` is the option --min-on. */
export function optionName(key: AliasKey): string {
  return key.replaceAll('_', '-');
}

const property = (key: AliasKey): string => new Option(`--${optionName(key)} <value>`).attributeName();

/** Adds an option for each of the keys. */
export function withKeyOptions(command: Command, keys: readonly AliasKey[]): Command {
  for (const key of keys) {
    const { doc = '', example = '' } = KEYS[key] ?? {};
    const [sentence = ''] = doc.replaceAll('`', '').split(/(?<=\.) /);
    const words = `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
    // a list without the brackets and blanks that it has in the file: a shell would take it apart there
    const typed = example.replace(/^\[(.*)\]$/, (_, items: string) => items.replaceAll(', ', ','));
    command.option(`--${optionName(key)} <value>`, `${words} (such as ${typed})`);
  }
  return command;
}

/** The keys that were given, as they will stand in the file. A value that its form does not take is an error. */
export function givenKeys(options: Readonly<Record<string, unknown>>, keys: readonly AliasKey[]): KeyValues {
  const values: KeyValues = {};
  for (const key of keys) {
    const given = options[property(key)];
    const form = KEYS[key]?.form;
    if (typeof given !== 'string' || form === undefined) continue;
    const reading = form.read(given);
    if (!reading.ok)
      throw new CommandError(`--${optionName(key)}: ${reading.problem}`, EXIT.usage, reading.hint);
    values[key] = form.write(reading.value);
  }
  return values;
}

const NEW_KEYS = ALIAS_KEY_NAMES.filter((key) => key !== 'address');

/** The command `alias add`. */
export function aliasAddCommand(): Command {
  const command = new Command('add')
    .description('name a unit')
    .argument('<alias>', "heyu's alias, or a new name")
    .argument('<address>', 'house code and unit, such as A3; of a remote several: F1-3')
    .action(addAlias);
  return withPlaceOptions(withKeyOptions(command, NEW_KEYS));
}

function addAlias(alias: string, given: string, options: PlaceOptions & Record<string, unknown>): void {
  requireAlias(alias);
  const reading = addressForm.read(given);
  if (!reading.ok) throw new CommandError(reading.problem, EXIT.usage, reading.hint);
  const address = writeAddresses(reading.value);
  const keys = { address, ...givenKeys(options, NEW_KEYS) };
  const { place, aliases, notes } = editAliasFile(findPlace(options), () => [{ kind: 'add', alias, keys }]);
  const terminal = processTerminal();
  terminal.print(`added: ${alias} (${address}) in ${place.path}`);
  for (const note of notes) terminal.print(note);
  const added = aliases.flatMap(({ settings }) => (settings.alias === alias ? [settings] : []));
  for (const { problem, hint } of neverAlerting(added, place.zones.length > 0))
    terminal.complain(`${alias} ${problem}${hintLine(hint)}`);
}

/** Ends with an error when heyu would not take such a label. */
export function requireAlias(alias: string): void {
  const fault = aliasProblem(alias);
  if (fault !== undefined)
    throw new CommandError(`"${alias}" ${fault}`, EXIT.usage, 'use letters, digits, . _ and -, at most 32');
}

type SetOptions = PlaceOptions & Record<string, unknown> & { readonly unset?: readonly string[] };

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The command `alias set`. */
export function aliasSetCommand(): Command {
  const command = new Command('set')
    .description('change keys of an alias; its history in Home Assistant stays')
    .argument('<alias>', 'which')
    .option('--unset <key>', 'back to the default of this key (repeatable)', several)
    .action(setKeys);
  return withPlaceOptions(withKeyOptions(command, ALIAS_KEY_NAMES));
}

function setKeys(alias: string, options: SetOptions): void {
  const values = givenKeys(options, ALIAS_KEY_NAMES);
  const unset = (options.unset ?? []).map(keyNamed);
  if (unset.includes('address')) throw new CommandError('an alias needs an address', EXIT.usage);
  if (Object.keys(values).length + unset.length === 0)
    throw new CommandError(
      'there is nothing to set',
      EXIT.usage,
      'heyu2mqtt alias set --help shows the keys',
    );
  const terminal = processTerminal();
  let edits: readonly AliasEdit[] = [];
  const { place } = editAliasFile(
    findPlace(options),
    (file) => (edits = editsFor(file, alias, values, unset)),
  );
  for (const edit of edits) {
    if (edit.kind === 'set')
      terminal.print(
        edit.value === undefined
          ? `${alias}: ${edit.key} is the default again`
          : `${alias}: ${edit.key}: ${JSON.stringify(edit.value)}`,
      );
  }
  terminal.print(`written: ${place.path}`);
}

function editsFor(
  file: AliasFile,
  alias: string,
  values: KeyValues,
  unset: readonly AliasKey[],
): readonly AliasEdit[] {
  const { settings, lines } = aliasNamed(file, alias);
  const entry = file.entries.find((each) => each.alias === settings.alias);
  const address = typeof values.address === 'string' ? parseAddresses(values.address) : undefined;
  // What a new address means for id and dusk unit counts unless it is said otherwise.
  const moved = entry === undefined || address === undefined ? [] : moveTo(entry, address);
  const consequences = moved.filter(({ key }) => values[key] === undefined && !unset.includes(key));
  const removed = unset.filter((key) => lines.has(key));
  return [
    ...ALIAS_KEY_NAMES.filter((key) => values[key] !== undefined).map((key): AliasEdit => ({
      kind: 'set',
      alias,
      key,
      value: values[key],
    })),
    ...consequences.map(({ key, to }): AliasEdit => ({ kind: 'set', alias, key, value: to })),
    ...removed.map((key): AliasEdit => ({ kind: 'set', alias, key, value: undefined })),
  ];
}

function keyNamed(name: string): AliasKey {
  const key = ALIAS_KEY_NAMES.find((each) => each === name || optionName(each) === name);
  if (key === undefined)
    throw new CommandError(
      `--unset: there is no key "${name}"`,
      EXIT.usage,
      `there are ${ALIAS_KEY_NAMES.join(', ')}`,
    );
  return key;
}

type RenameOptions = PlaceOptions & { readonly moveTopic?: boolean };

/** The command `alias rename`. */
export function aliasRenameCommand(): Command {
  return withPlaceOptions(new Command('rename'))
    .description('give an alias another name; topics and history stay')
    .argument('<from>', 'the alias')
    .argument('<to>', 'its new name')
    .option('--move-topic', 'let its topics follow the new name')
    .action(renameAlias);
}

function renameAlias(from: string, to: string, options: RenameOptions): void {
  requireAlias(to);
  const place = findPlace(options);
  editAliasFile(place, (file) => {
    aliasNamed(file, from);
    if (file.entries.some(({ alias }) => alias === to && alias !== from))
      throw new CommandError(`there is an alias "${to}" already`);
    const entry = file.entries.find(({ alias }) => alias === from);
    if (entry === undefined || from === to) return [];
    const keeps: AliasEdit[] = [];
    if (entry.topic === undefined && options.moveTopic !== true)
      keeps.push({ kind: 'set', alias: from, key: 'topic', value: topicOf(entry) });
    if (entry.id === undefined) keeps.push({ kind: 'set', alias: from, key: 'id', value: idOf(entry) });
    return [...keeps, { kind: 'rename', alias: from, to }];
  });
  processTerminal().print(`renamed: ${from} is ${to} in ${place.path}`);
}

type RemoveOptions = PlaceOptions & { readonly yes?: boolean };

/** The command `alias remove`. */
export function aliasRemoveCommand(): Command {
  return withPlaceOptions(new Command('remove'))
    .description('forget aliases; their entities in Home Assistant go, too')
    .argument('<alias...>', 'which')
    .option('--yes', 'do not ask')
    .action(removeAliases);
}

async function removeAliases(given: readonly string[], options: RemoveOptions): Promise<void> {
  const terminal = processTerminal();
  const place = findPlace(options);
  const aliases = [...new Set(given)];
  const file = readAliasFile(place);
  const found = aliases.map((alias) => aliasNamed(file, alias).settings);
  if (terminal.isInteractive && options.yes !== true) {
    const names = found.map(({ alias, address }) => `${alias} (${address})`).join(', ');
    if (!(await askOnTerminal.yesOrNo(`Remove ${names}?`, false)))
      throw new CommandError('called off, nothing was written');
  }
  editAliasFile(place, (now) =>
    aliases.map((alias) => ({ kind: 'remove', alias: aliasNamed(now, alias).settings.alias })),
  );
  terminal.print(`removed: ${aliases.join(', ')} from ${place.path}`);
}
