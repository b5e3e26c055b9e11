/** `heyu2mqtt alias add NAME ADDRESS`: a new entry of the alias file. */

import { Command } from 'commander';
import { neverAlerting } from '../alias/check.js';
import { address as addressForm, aliasProblem } from '../config/form-x10.js';
import { editAliasFile } from './alias-file.js';
import { ALIAS_KEY_NAMES, givenKeys, withKeyOptions } from './alias-key-options.js';
import { findPlace, withPlaceOptions, type PlaceOptions } from './alias-place.js';
import { CommandError, EXIT } from './exit-code.js';
import { processTerminal } from './terminal.js';

const KEYS = ALIAS_KEY_NAMES.filter((key) => key !== 'address');

/** The command `alias add`. */
export function aliasAddCommand(): Command {
  const command = new Command('add')
    .description('name a unit')
    .argument('<alias>', "heyu's alias, or a new name")
    .argument('<address>', 'house code and unit, such as A3')
    .action(addAlias);
  return withPlaceOptions(withKeyOptions(command, KEYS));
}

function addAlias(alias: string, given: string, options: PlaceOptions & Record<string, unknown>): void {
  requireAlias(alias);
  const reading = addressForm.read(given);
  if (!reading.ok) throw new CommandError(reading.problem, EXIT.usage, reading.hint);
  const address = reading.value;
  const keys = { address, ...givenKeys(options, KEYS) };
  const { place, aliases, notes } = editAliasFile(findPlace(options), () => [{ kind: 'add', alias, keys }]);
  const terminal = processTerminal();
  terminal.print(`added: ${alias} (${address}) in ${place.path}`);
  for (const note of notes) terminal.print(note);
  const added = aliases.flatMap(({ settings }) => (settings.alias === alias ? [settings] : []));
  for (const { problem, hint } of neverAlerting(added, place.zones.length > 0))
    terminal.complain(`${alias} ${problem}${hint === undefined ? '' : `\n  hint: ${hint}`}`);
}

/** Ends with an error when heyu would not take such a label. */
export function requireAlias(alias: string): void {
  const fault = aliasProblem(alias);
  if (fault !== undefined)
    throw new CommandError(`"${alias}" ${fault}`, EXIT.usage, 'use letters, digits, . _ and -, at most 32');
}
