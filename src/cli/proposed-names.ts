/** Names that were given on the page: they wait in the state directory, because the service may not write the alias file. */

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { orElse, refused, type Refusal } from '../common/error.js';
import type { JsonObject } from '../common/json.js';
import { didYouMean, quote } from '../common/text.js';
import { editAliases, modelOf } from '../config/edit.js';
import { address, aliasProblem, type Form } from '../config/forms.js';
import { ALIAS_KEYS } from '../config/keys-and-defaults.js';
import { rewriteFile } from '../config/text-file.js';
import { readDocument } from '../config/yaml.js';
import type { CoreSettings } from '../core-settings.js';
import { digestOf } from '../io/files.js';
import type { ProposedName } from '../web/protocol.js';
import { unitsOf } from '../x10/address.js';

/** So many wait; a house has 256 addresses. */
const MOST_NAMES = 256;
const LARGEST_FILE = 256 * 1024;

const HEAD = `# Names that were given on the page of heyu2mqtt. They have no effect until you run: sudo heyu2mqtt alias adopt
aliases:
`;

/** Where they wait. */
export function proposedPath(stateDir: string): string {
  return join(stateDir, 'proposed-aliases.yaml');
}

/**
 * The text of the file; empty without one. Root reads what the service has written: no other file by way of a link, and
 * nothing without an end.
 */
export function proposedText(path: string): string {
  const read = (): string => {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const status = fstatSync(file);
      return status.isFile() && status.size <= LARGEST_FILE ? readFileSync(file, 'utf8') : '';
    } finally {
      closeSync(file);
    }
  };
  return orElse(read, '');
}

/** The keys that can be given on the page. */
const KEYS = ['model', 'name', 'area', 'zone', 'type'] as const;

/** The names in the text of such a file; what cannot be read counts for nothing. */
export function namesIn(text: string): readonly ProposedName[] {
  const { written } = readDocument(text, 'proposed-aliases.yaml');
  const model = written === undefined ? undefined : modelOf(written);
  return [...(model ?? [])].flatMap(([alias, keys]) => {
    const given = Object.fromEntries([...keys].map(([key, value]) => [key, String(value ?? '')]));
    const name = nameFrom({ ...given, alias });
    return 'problem' in name ? [] : [name];
  });
}

/** The names that wait, read again when the file is another one. */
export function watchedNames(stateDir: string): () => readonly ProposedName[] {
  const path = proposedPath(stateDir);
  let readAs = '';
  let names: readonly ProposedName[] = [];
  return () => {
    const status = orElse(() => lstatSync(path), undefined);
    const is = status === undefined ? '' : `${status.ino} ${status.size} ${status.mtimeMs}`;
    if (is !== readAs) names = namesIn(proposedText(path));
    readAs = is;
    return names;
  };
}

/** A given name, checked as the alias file would be; members of no meaning are left out. */
function nameFrom(given: JsonObject): ProposedName | Refusal {
  const alias = given['alias'];
  if (typeof alias !== 'string') return refused('an alias is missing');
  const problem = aliasProblem(alias);
  if (problem !== undefined)
    return refused(`${quote(alias)} ${problem}`, 'use letters, digits, . _ and -, at most 32');
  const unit = valueOf(address, given['address']);
  if (unit === undefined || 'problem' in unit) return unit ?? refused('an address is missing', 'such as A3');
  const keys: Partial<Record<(typeof KEYS)[number], string>> = {};
  for (const key of KEYS) {
    const value = valueOf(ALIAS_KEYS[key].form, given[key]);
    if (value === undefined) continue;
    if ('problem' in value) return refused(`${key}: ${value.problem}`, value.hint);
    keys[key] = value.text;
  }
  return { alias, address: unit.text, ...keys };
}

/** As the alias file would have it; undefined = nothing is given. */
function valueOf(form: Form<unknown>, given: unknown): { readonly text: string } | Refusal | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given !== 'string') return refused('is not a text');
  const reading = form.read(given);
  if (!reading.ok) return reading;
  const plain = form.write(reading.value);
  return { text: typeof plain === 'string' ? plain : JSON.stringify(plain) };
}

/** Takes one more name, in place of an earlier one of the same sender: all that wait then, or why not. */
export function proposeName(
  stateDir: string,
  { sensors, zones }: CoreSettings,
  given: JsonObject,
): readonly ProposedName[] | Refusal {
  const name = nameFrom(given);
  if ('problem' in name) return name;
  const { alias, ...keys } = name;
  const taken = sensors.find((sensor) => sensor.alias === alias);
  if (taken !== undefined) return refused(`there is an alias ${quote(alias)} already`, 'choose another one');
  const owner = sensors.find((sensor) => unitsOf(sensor).some((unit) => unit === keys.address));
  if (owner !== undefined) return refused(`${keys.address} is ${owner.alias} already`);
  if (keys.zone !== undefined && !zones.some(({ zone }) => zone === keys.zone)) {
    const known = zones.map(({ zone }) => zone);
    return refused(`there is no zone ${quote(keys.zone)}`, didYouMean(keys.zone, known));
  }
  const path = proposedPath(stateDir);
  const before = proposedText(path);
  const names = namesIn(before);
  const replaced = names.filter((each) => each.alias === alias || each.address === keys.address);
  if (names.length - replaced.length >= MOST_NAMES)
    return refused('too many names wait', 'sudo heyu2mqtt alias adopt takes them over');
  // a file that cannot be read any more is begun again: it holds no more than what waits
  const isReadable = before !== '' && names.length > 0;
  const edited = editAliases(isReadable ? before : HEAD, [
    ...replaced.map((each) => ({ kind: 'remove' as const, alias: each.alias })),
    { kind: 'add', alias, keys },
  ]);
  if (!edited.ok) return edited;
  const done = rewriteFile(path, before === '' ? undefined : digestOf(before), edited.text, 0o600);
  return done.ok ? namesIn(edited.text) : done;
}
