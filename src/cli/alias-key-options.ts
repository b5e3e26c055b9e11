/** The keys of an alias as options of a command, made of their table so that none is forgotten. */

import { Option, type Command } from 'commander';
import { ALIAS_KEYS } from '../config/alias-keys.js';
import type { AliasKey } from '../config/edit.js';
import type { Plain } from '../config/form.js';
import type { KeyTable } from '../config/key.js';
import { CommandError, EXIT } from './exit-code.js';

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
