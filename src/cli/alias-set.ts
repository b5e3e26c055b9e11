/** `heyu2mqtt alias set NAME --key value`: changes keys of an entry. */

import { Command } from 'commander';
import { moveTo } from '../alias/merge.js';
import type { AliasEdit, AliasKey } from '../config/edit.js';
import { parseAddress } from '../x10/address.js';
import { aliasNamed, editAliasFile, type AliasFile } from './alias-file.js';
import {
  ALIAS_KEY_NAMES,
  givenKeys,
  optionName,
  withKeyOptions,
  type KeyValues,
} from './alias-key-options.js';
import { findPlace, withPlaceOptions, type PlaceOptions } from './alias-place.js';
import { CommandError, EXIT } from './exit-code.js';
import { processTerminal } from './terminal.js';

type Options = PlaceOptions & Record<string, unknown> & { readonly unset?: readonly string[] };

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

function setKeys(alias: string, options: Options): void {
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
  const address = typeof values.address === 'string' ? parseAddress(values.address) : undefined;
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
