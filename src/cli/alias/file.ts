/**
 * Which alias file a command is about, and what surrounds it: heyu's configuration, its log, our topics. Read from
 * config.yaml as far as it goes: an alias can be named while the broker's password is still missing.
 */

import type { Command } from 'commander';
import { basename, dirname, join, resolve } from 'node:path';
import { claim } from '../../io/files.js';
import type { AliasEntry } from '../../alias/entry.js';
import type { AliasRead } from '../../config/aliases.js';
import type { ConfigValues } from '../../config/keys.js';
import { type AliasEdit, editAliases } from '../../config/edit.js';
import { type House, type HouseRequest, readHouse } from '../../config/load.js';
import { formatProblems, newProblems, type Problem } from '../../config/problem.js';
import { readTextFile, rewriteFile } from '../../config/text-file.js';
import type { ZoneRead } from '../../config/zones.js';
import { parseAddresses, readX10Config, type X10Config } from '../../heyu/x10config.js';
import { configFileOf, configOption, PROGRAM_FOLDER } from '../configured.js';
import { CommandError, EXIT } from '../terminal.js';

/** Options of every command that reads or edits aliases. */
export type PlaceOptions = { readonly config?: string; readonly aliases?: string };

/** The alias file and its surroundings. Paths are absolute. */
export type AliasPlace = {
  readonly path: string;
  /** How to read the house that the file belongs to. */
  readonly request: HouseRequest;
  /** heyu's configuration as config.yaml names it. */
  readonly x10config: string | undefined;
  readonly values: ConfigValues;
  /** heyu's configuration says HIDE_UNCHANGED YES. */
  readonly hidesUnchanged: boolean;
  readonly zones: readonly ZoneRead[];
};

/** Adds the options that say which alias file is meant. */
export function withPlaceOptions(command: Command): Command {
  return command
    .addOption(configOption())
    .option('--aliases <file>', 'alias file (default: the one that the configuration names)');
}

/** Finds the alias file. Without configuration and without `--aliases` there is none: an error. */
export function findPlace(options: PlaceOptions, env: NodeJS.ProcessEnv = process.env): AliasPlace {
  const named = configFileOf(options.config);
  const request: HouseRequest = {
    configFile: named === undefined ? undefined : resolve(named),
    env,
    // without a configuration any zone will do
    anyZone: named === undefined,
    aliasFile: options.aliases === undefined ? undefined : resolve(options.aliases),
  };
  const house = readHouse(request);
  if (house.isBroken) throw brokenConfiguration(house, request);
  const { aliasFile, absolute, derived, zones } = house;
  if (aliasFile === undefined)
    throw new CommandError(
      'there is no configuration yet',
      EXIT.noInput,
      'heyu2mqtt init writes one; --config FILE or --aliases FILE name another',
    );
  const path = resolve(aliasFile);
  return {
    path,
    request: { ...request, aliasFile: path },
    x10config: absolute['heyu.x10config'],
    values: absolute,
    hidesUnchanged: derived.hidesUnchanged,
    zones,
  };
}

function brokenConfiguration({ problems }: House, { configFile }: HouseRequest): CommandError {
  return new CommandError(
    formatProblems(problems.filter(({ file }) => file === configFile)),
    EXIT.configuration,
  );
}

/** Reads heyu's configuration, of whatever encoding; undefined when none is named. */
export function readX10ConfigFile(path: string | undefined): X10Config | undefined {
  if (path === undefined) return undefined;
  const reading = readTextFile(path, path, { lenient: true });
  if (!reading.ok) throw new CommandError(formatProblems([reading.problem]), EXIT.noInput);
  return readX10Config(reading.file.text);
}

// --- Reading and editing the alias file for the commands. An edit is worked out anew when the file was changed meanwhile.

/** The alias file as it was read. */
export type AliasFile = {
  readonly place: AliasPlace;
  readonly text: string;
  /** Undefined: there is no such file yet. */
  readonly hash: string | undefined;
  readonly aliases: readonly AliasRead[];
  readonly entries: readonly AliasEntry[];
  /** What is wrong with the aliases: what the service does not start with, and settings without effect. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
};

/** So often an edit is worked out anew when someone else keeps changing the file. */
const ATTEMPTS = 5;

/** Reads the alias file; one that does not exist is empty. */
export function readAliasFile(place: AliasPlace): AliasFile {
  const reading = readTextFile(place.path);
  if (!reading.ok) {
    if (!reading.missing) throw new CommandError(formatProblems([reading.problem]), EXIT.noInput);
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

/** What is to be done to the file as it is now. */
type Edits = (file: AliasFile) => readonly AliasEdit[];

/** A file that was edited. */
export type EditedFile = AliasFile & Pick<AliasPlan, 'notes' | 'leftOut'>;

/**
 * Edits the file: `edits` is asked again when the file has changed under it. Nothing is written when there is nothing
 * to do. `partly`: see `planEdits`.
 */
export function editAliasFile(place: AliasPlace, edits: Edits, partly = false): EditedFile {
  for (let attempt = 1; ; attempt += 1) {
    const edited = withEditLock(place.path, () => editOnce(place, edits, partly));
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

function editOnce(place: AliasPlace, edits: Edits, partly: boolean): EditedFile | NotWritten {
  const before = readAliasFile(place);
  const { after, notes, leftOut } = planEdits(before, edits(before), partly);
  if (after.text === before.text) return { ...before, notes, leftOut };
  const written = rewriteFile(place.path, before.hash, after.text);
  if (written.ok) return { ...after, hash: written.hash, notes, leftOut };
  const { problem, hint } = written;
  return { problem, hint, isChanged: readHash(place.path) !== before.hash };
}

/** What edits would make of the file. */
export type AliasPlan = {
  readonly after: AliasFile;
  /** What new aliases were given of their own, because the default is another one's: lines for people. */
  readonly notes: readonly string[];
  /** Why aliases were left out. */
  readonly leftOut: readonly Problem[];
};

/**
 * Works out edits that make no fault which was not there before. A new alias whose id is another's gets one of its own:
 * the other has kept it when it moved away from the address. `partly`: so with its topic, and an alias that cannot be
 * edited without a fault is left out, with the reason. Else a fault is an error, and nothing is done.
 */
export function planEdits(before: AliasFile, wanted: readonly AliasEdit[], partly: boolean): AliasPlan {
  const leftOut: Problem[] = [];
  let edits = wanted;
  let own: readonly OwnKey[] = [];
  for (;;) {
    const edited = editAliases(
      before.text,
      edits.map((edit) => withOwnKeys(edit, own)),
    );
    if (!edited.ok)
      throw new CommandError(`${before.place.path}: ${edited.problem}`, EXIT.failed, edited.hint);
    const after =
      edits.length === 0 ? before : { ...before, text: edited.text, ...judge(before.place, edited.text) };
    const made = newProblems(before.problems, after.problems);
    if (made.length === 0) {
      const notes = own.map(({ alias, key, value, why }) => `${alias}: ${key} ${value}, because ${why}`);
      return { after, notes, leftOut };
    }
    const nextOwn = ownKeysFor(made, edits, own, partly);
    const rest = partly ? withoutCulprits(made, edits) : edits;
    if (nextOwn === own && rest === edits)
      throw new CommandError(`nothing was written:\n${formatProblems(made)}`, EXIT.failed);
    if (nextOwn !== own) own = nextOwn;
    else {
      leftOut.push(...made);
      edits = rest;
      own = own.filter(({ alias }) => rest.some((edit) => edit.alias === alias));
    }
  }
}

/** A key that a new alias is given because its default is another's. */
type OwnKey = {
  readonly alias: string;
  readonly key: 'id' | 'topic';
  readonly value: string;
  /** How often it was tried before. */
  readonly tries: number;
  readonly why: string;
};

function withOwnKeys(edit: AliasEdit, own: readonly OwnKey[]): AliasEdit {
  if (edit.kind !== 'add') return edit;
  const keys = { ...edit.keys };
  for (const { alias, key, value } of own) if (alias === edit.alias) keys[key] = value;
  return { ...edit, keys };
}

/** The same list when none of the problems can be mended so. */
function ownKeysFor(
  made: readonly Problem[],
  edits: readonly AliasEdit[],
  before: readonly OwnKey[],
  partly: boolean,
): readonly OwnKey[] {
  let own = before;
  for (const { about, problem } of made) {
    const key = about?.key;
    if (about === undefined || (key !== 'id' && !(key === 'topic' && partly))) continue;
    const edit = edits.find(
      (each) => each.kind === 'add' && each.keys[key] === undefined && about.aliases.includes(each.alias),
    );
    if (edit?.kind !== 'add') continue;
    const tries = (before.find((each) => each.alias === edit.alias && each.key === key)?.tries ?? 0) + 1;
    const { address } = edit.keys;
    const standard =
      key === 'id' && typeof address === 'string'
        ? (parseAddresses(address)?.address ?? address).toLowerCase()
        : edit.alias;
    own = [
      ...own.filter((each) => each.alias !== edit.alias || each.key !== key),
      { alias: edit.alias, key, value: `${standard}_${tries + 1}`, tries, why: problem },
    ];
  }
  return own;
}

/** The edits without those of an alias of each fault; the same list when the problems are nobody's of them. */
function withoutCulprits(made: readonly Problem[], edits: readonly AliasEdit[]): readonly AliasEdit[] {
  const edited = new Set(edits.map(({ alias }) => alias));
  const culprits = new Set(made.map(({ about }) => about?.aliases.find((alias) => edited.has(alias))));
  return culprits.has(undefined) ? edits : edits.filter(({ alias }) => !culprits.has(alias));
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
): Pick<AliasFile, 'aliases' | 'entries' | 'problems' | 'warnings'> {
  const house = readHouse(planned === undefined ? request : { ...request, plannedAliases: planned });
  const isOurs = ({ file, about }: Problem): boolean => file === path || about !== undefined;
  const { aliases } = house.aliases;
  return {
    aliases,
    entries: aliases.map(entryOf),
    problems: [...house.problems, ...house.ignored].filter(isOurs),
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
    moreUnits: settings.moreUnits,
    model: written('model', settings.model.name),
    type: written('type', settings.type),
    name: written('name', settings.name),
    dusk: settings.dusk,
    topic: written('topic', settings.topic),
    id: written('id', settings.id),
    ignore: settings.ignore,
  };
}

// --- One command at a time edits a file: between comparing it and replacing it nobody else of us may replace it. An editor does not know this lock; what it has saved before is noticed by the comparison.

/** An edit takes milliseconds: whoever holds the lock for longer has been stopped. */
const WAIT_MS = 5_000;
const PAUSE_MS = 10;

/** Does `work` while holding the lock of `path`. Goes on without one where none can be had: the comparison must do. */
export function withEditLock<Result>(path: string, work: () => Result): Result {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  let claimed = claim(lock);
  for (let waitedMs = 0; 'holder' in claimed && waitedMs < WAIT_MS; waitedMs += PAUSE_MS) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    claimed = claim(lock);
  }
  try {
    return work();
  } finally {
    if ('release' in claimed) claimed.release();
  }
}
