/**
 * Reading and editing the alias file for the commands. An edit is worked out anew when the file was changed
 * meanwhile, and is refused when it would make a fault that was not there before.
 */

import { join } from 'node:path';
import type { AliasEntry } from '../alias/entry.js';
import type { AliasRead } from '../config/aliases.js';
import { editAliases, type AliasEdit } from '../config/edit.js';
import { formatFaults, newFaults, type Fault } from '../config/faults.js';
import { readHouse } from '../config/house.js';
import { rewriteFile } from '../config/rewrite.js';
import { readTextFile } from '../config/text-file.js';
import type { AliasPlace } from './alias-place.js';
import { withEditLock } from './edit-lock.js';
import { CommandError, EXIT } from './exit-code.js';
import { PROGRAM_FOLDER } from './service-machine.js';

/** The alias file as it was read. */
export type AliasFile = {
  readonly place: AliasPlace;
  readonly text: string;
  /** Undefined: there is no such file yet. */
  readonly hash: string | undefined;
  readonly aliases: readonly AliasRead[];
  readonly entries: readonly AliasEntry[];
  /** What is wrong with the aliases: what the service does not start with, and settings without effect. */
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
};

/** So often an edit is worked out anew when someone else keeps changing the file. */
const ATTEMPTS = 5;

/** Reads the alias file; one that does not exist is empty. */
export function readAliasFile(place: AliasPlace): AliasFile {
  const reading = readTextFile(place.path);
  if (!reading.ok) {
    if (!reading.missing) throw new CommandError(formatFaults([reading.fault]), EXIT.noInput);
    return { place, text: newAliasText(), hash: undefined, ...judge(place, newAliasText()) };
  }
  const { text, hash } = reading.file;
  return { place, text, hash, ...judge(place, text) };
}

/** The one alias of that name, or an error that names what it may be. */
export function aliasNamed(file: AliasFile, alias: string): AliasRead {
  const found = file.aliases.find(({ settings }) => settings.alias === alias);
  if (found) return found;
  const near = file.aliases.find(({ settings }) => settings.alias.toLowerCase() === alias.toLowerCase());
  throw new CommandError(
    `there is no alias "${alias}" in ${file.place.path}`,
    EXIT.failed,
    near === undefined ? 'heyu2mqtt alias list shows them' : `did you mean "${near.settings.alias}"?`,
  );
}

/**
 * Edits the file: `edits` says what is to be done to it as it is now, and is asked again when the file has changed
 * under it. Nothing is written when there is nothing to do.
 */
export function editAliasFile(
  place: AliasPlace,
  edits: (file: AliasFile) => readonly AliasEdit[],
): AliasFile {
  for (let attempt = 1; ; attempt += 1) {
    const edited = withEditLock(place.path, () => editOnce(place, edits));
    if ('place' in edited) return edited;
    if (!edited.isChanged || attempt >= ATTEMPTS)
      throw new CommandError(edited.problem, EXIT.failed, edited.hint);
  }
}

/** Why an edit was not written; `isChanged` = the file is another one by now. */
type NotWritten = {
  readonly problem: string;
  readonly hint: string | undefined;
  readonly isChanged: boolean;
};

function editOnce(
  place: AliasPlace,
  edits: (file: AliasFile) => readonly AliasEdit[],
): AliasFile | NotWritten {
  const before = readAliasFile(place);
  const wanted = edits(before);
  if (wanted.length === 0) return before;
  const edited = editAliases(before.text, wanted);
  if (!edited.ok) throw new CommandError(`${place.path}: ${edited.problem}`, EXIT.failed, edited.hint);
  const after = judge(place, edited.text);
  const made = newFaults(before.faults, after.faults);
  if (made.length > 0) throw new CommandError(`nothing was written:\n${formatFaults(made)}`, EXIT.failed);
  const written = rewriteFile(place.path, before.hash, edited.text);
  if (written.ok) return { place, text: edited.text, hash: written.hash, ...after };
  const { problem, hint } = written;
  return { problem, hint, isChanged: readHash(place.path) !== before.hash };
}

/** An empty alias file as `init` and the first `import` write it. */
export function newAliasText(): string {
  const schema = join(PROGRAM_FOLDER, 'config', 'aliases.schema.json');
  return [
    `# yaml-language-server: $schema=${schema}`,
    '#',
    "# The sensors, lamps and remotes, by heyu's alias. heyu2mqtt alias import makes this file of your x10config,",
    '# heyu2mqtt alias learn finds what is heard and not yet named. All keys: docs/configuration.md.',
    '',
    'aliases:',
    '',
  ].join('\n');
}

function readHash(path: string): string | undefined {
  const reading = readTextFile(path, path, { lenient: true });
  return reading.ok ? reading.file.hash : undefined;
}

/** Reads the file as the service will, or `planned` as if it stood there. */
function judge(
  { path, request }: AliasPlace,
  planned?: string,
): Pick<AliasFile, 'aliases' | 'entries' | 'faults' | 'warnings'> {
  const house = readHouse(planned === undefined ? request : { ...request, plannedAliases: planned });
  const isOurs = ({ file, about }: Fault): boolean => file === path || about !== undefined;
  const { aliases } = house.aliases;
  return {
    aliases,
    entries: aliases.map(entryOf),
    faults: [...house.faults, ...house.ignored].filter(isOurs),
    warnings: house.warnings.filter(isOurs),
  };
}

/** What is written down of an alias; defaults do not count. */
function entryOf({ settings, lines }: AliasRead): AliasEntry {
  const written = <Value>(key: string, value: Value): Value | undefined =>
    lines.has(key) ? value : undefined;
  return {
    alias: settings.alias,
    address: settings.address,
    model: written('model', settings.model.name),
    type: written('type', settings.type),
    name: written('name', settings.name),
    dusk: settings.dusk,
    topic: written('topic', settings.topic),
    id: written('id', settings.id),
    ignore: settings.ignore,
  };
}
