/**
 * The alias file of a command, with heyu's configuration, its log and our topics. It is read as far as possible: an
 * alias can be named while the broker's password is still missing. Edits lose nothing.
 */

import type { Command } from 'commander';
import { dirname, join, resolve } from 'node:path';
import { type Doubt, neverAlerting } from '../../alias/doubts.js';
import type { AliasEntry } from '../../alias/propose.js';
import type { History } from '../../alias/history.js';
import type { AliasRead } from '../../config/aliases.js';
import { type AliasEdit, editAliases } from '../../config/edit.js';
import { type House, type HouseRequest, readHouse } from '../../config/load.js';
import { nearestHint } from '../../common/text.js';
import { formatProblems, newProblems, type Problem } from '../../config/problem.js';
import { NOT_READABLE, readTextFile, rewriteFile } from '../../config/text-file.js';
import { parseAddresses } from '../../heyu/x10config.js';
import { withEditLock } from '../../io/files.js';
import { configFileOf, type Given, OPTIONS, withSudo } from '../configured.js';
import { programFile } from '../program-files.js';
import { CommandError, EXIT, processTerminal } from '../terminal.js';

/** The options of a command that needs no more than the alias file. */
export function withAliasFile(command: Command): Command {
  return command.addOption(OPTIONS.config).addOption(OPTIONS.aliases);
}

/** The alias file and its surroundings. */
export type AliasPlace = {
  /** Absolute. */
  readonly path: string;
  /** How to read the house that the file belongs to. */
  readonly request: HouseRequest;
  readonly house: Omit<House, 'aliases' | 'problems' | 'ignored' | 'warnings'>;
};

/** Finds the alias file. Without configuration and without `--aliases` there is none: an error. */
export function findPlace({ config, aliases }: Given): AliasPlace {
  return placeOf(configFileOf(config), aliases);
}

/**
 * The same to look at names and addresses alone: where this user may not read the configuration, which may hold a
 * password, what stands in the `aliases.yaml` beside it.
 */
export function findPlaceToLook(given: Given): AliasPlace {
  const named = configFileOf(given.config);
  const reading = named === undefined ? undefined : readTextFile(named);
  const isDenied = reading?.ok === false && reading.problem.problem === NOT_READABLE;
  const beside = join(dirname(named ?? ''), 'aliases.yaml');
  if (!isDenied || given.aliases !== undefined || !readTextFile(beside).ok) return findPlace(given);
  processTerminal().complain(`${named ?? ''} ${NOT_READABLE}: shown without it`);
  return placeOf(undefined, beside);
}

function placeOf(named: string | undefined, aliases: string | undefined): AliasPlace {
  const configFile = named === undefined ? undefined : resolve(named);
  const request: HouseRequest = {
    configFile,
    env: process.env,
    // without a configuration any zone will do
    anyZone: named === undefined,
    aliasFile: aliases === undefined ? undefined : resolve(aliases),
  };
  // the aliases themselves are read with `readAliasFile`
  const house = readHouse({ ...request, plannedAliases: '' });
  if (house.isBroken) {
    const ofFile = house.problems.filter(({ file }) => file === configFile);
    throw new CommandError(
      formatProblems(ofFile.map((each) => withSudo(each))),
      undefined,
      EXIT.configuration,
    );
  }
  if (house.aliasFile === undefined)
    throw new CommandError(
      'there is no configuration yet',
      'sudo heyu2mqtt init writes one; --config FILE names another',
      EXIT.noInput,
    );
  const path = resolve(house.aliasFile);
  return { path, request: { ...request, aliasFile: path }, house };
}

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

/** Reads the alias file; one that does not exist is empty. */
export function readAliasFile(place: AliasPlace): AliasFile {
  const reading = readTextFile(place.path);
  if (reading.ok) return judged(place, reading.file.text, reading.file.hash);
  if (reading.missing) return judged(place, newAliasText(), undefined);
  throw new CommandError(formatProblems([reading.problem]), undefined, EXIT.noInput);
}

/** The file as the service would read it if this text stood there. */
function judged(place: AliasPlace, text: string, hash: string | undefined): AliasFile {
  const house = readHouse({ ...place.request, plannedAliases: text });
  const isOurs = ({ file, about }: Problem): boolean => file === place.path || about !== undefined;
  const { aliases } = house.aliases;
  return {
    place,
    text,
    hash,
    aliases,
    entries: aliases.map(entryOf),
    problems: [...house.problems, ...house.ignored].filter(isOurs),
    warnings: house.warnings.filter(isOurs),
  };
}

/** What is written down of an alias; defaults do not count. */
export function entryOf({ settings, lines }: AliasRead): AliasEntry {
  const { alias, address, moreUnits, dusk, ignore, model, type, name, topic, id } = settings;
  const written = Object.entries({ model: model.name, type, name, topic, id }).filter(([key]) =>
    lines.has(key),
  );
  return { alias, address, moreUnits, dusk, ignore, ...Object.fromEntries(written) };
}

/** Sensors among those with such an alias that can never raise an alert in this house. */
export function neverAlertingIn(
  { aliases, place }: AliasFile,
  isMeant: (alias: string) => boolean,
  history?: History,
): readonly Doubt[] {
  const meant = aliases.map(({ settings }) => settings).filter(({ alias }) => isMeant(alias));
  return neverAlerting(meant, place.house.zones.length > 0, history);
}

/** The one alias of that name, or an error that names what it may be. */
export function aliasNamed(file: AliasFile, alias: string): AliasRead {
  const found = file.aliases.find(({ settings }) => settings.alias === alias);
  if (found) return found;
  const known = file.aliases.map(({ settings }) => settings);
  throw noAlias(alias, known, ` in ${file.place.path}`);
}

/** The error of an alias that is not among the known ones; `where` they are. */
export function noAlias(
  alias: string,
  known: readonly { readonly alias: string }[],
  where = '',
): CommandError {
  const hint = nearestHint(
    alias,
    known.map((each) => each.alias),
  );
  return new CommandError(`there is no alias "${alias}"${where}`, hint ?? 'heyu2mqtt alias list shows them');
}

/** How often an edit is repeated if someone else keeps changing the file. */
const ATTEMPTS = 5;

/**
 * Edits the file: `edits` is asked again when the file has changed under it. Nothing is written when there is nothing
 * to do. `partly`: see `planEdits`.
 */
export function editAliasFile(
  place: AliasPlace,
  edits: (file: AliasFile) => readonly AliasEdit[],
  partly = false,
): AliasPlan {
  for (let attempt = 1; ; attempt += 1) {
    const edited = withEditLock(place.path, (): AliasPlan | undefined => {
      const before = readAliasFile(place);
      const planned = planEdits(before, edits(before), partly);
      if (planned.text === before.text) return planned;
      const written = rewriteFile(place.path, before.hash, planned.text);
      if (written.ok) return planned;
      if (attempt >= ATTEMPTS || hashOf(place.path) === before.hash)
        throw new CommandError(written.problem, written.hint);
      return undefined;
    });
    if (edited !== undefined) return edited;
  }
}

function hashOf(path: string): string | undefined {
  const reading = readTextFile(path, path, { lenient: true });
  return reading.ok ? reading.file.hash : undefined;
}

/** What edits make of the file. */
export type AliasPlan = AliasFile & {
  /** What new aliases were given of their own, because the default is another one's: lines for people. */
  readonly notes: readonly string[];
  /** Why aliases were left out. */
  readonly leftOut: readonly Problem[];
};

/**
 * Works out edits that make no error which was not there before. A new alias whose id is another's gets one of its own:
 * the other has kept it when it moved away from the address. `partly`: so with its topic, and an alias that cannot be
 * edited without an error is left out, with the reason. Else an error is an error, and nothing is done.
 */
export function planEdits(before: AliasFile, wanted: readonly AliasEdit[], partly: boolean): AliasPlan {
  const leftOut: Problem[] = [];
  let edits = wanted;
  let own: readonly OwnKey[] = [];
  for (;;) {
    const whole = edits.map((edit) => withOwnKeys(edit, own));
    const edited = editAliases(before.text, whole);
    if (!edited.ok) throw new CommandError(`${before.place.path}: ${edited.problem}`, edited.hint);
    const after = edits.length === 0 ? before : judged(before.place, edited.text, before.hash);
    const made = newProblems(before.problems, after.problems);
    if (made.length === 0) {
      const notes = own.map(({ alias, key, value, why }) => `${alias}: ${key} ${value}, because ${why}`);
      return { ...after, notes, leftOut };
    }
    const more = made.flatMap((problem) => ownKeyFor(problem, edits, own, partly) ?? []);
    for (const key of more) own = [...own.filter((each) => !isSameKey(each, key)), key];
    if (more.length > 0) continue;
    const rest = partly ? withoutCulprits(made, edits) : edits;
    if (rest === edits) throw new CommandError(`nothing was written:\n${formatProblems(made)}`);
    leftOut.push(...made);
    edits = rest;
    own = own.filter(({ alias }) => rest.some((edit) => edit.alias === alias));
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

const isSameKey = (one: Pick<OwnKey, 'alias' | 'key'>, other: Pick<OwnKey, 'alias' | 'key'>): boolean =>
  one.alias === other.alias && one.key === other.key;

function withOwnKeys(edit: AliasEdit, own: readonly OwnKey[]): AliasEdit {
  if (edit.kind !== 'add') return edit;
  const given = own
    .filter(({ alias }) => alias === edit.alias)
    .map(({ key, value }) => [key, value] as const);
  return { ...edit, keys: { ...edit.keys, ...Object.fromEntries(given) } };
}

/** The key of its own that solves the problem; undefined when none does. */
function ownKeyFor(
  { about, problem }: Problem,
  edits: readonly AliasEdit[],
  before: readonly OwnKey[],
  partly: boolean,
): OwnKey | undefined {
  const key = about?.key;
  if (about === undefined || (key !== 'id' && !(key === 'topic' && partly))) return undefined;
  const edit = edits.find(
    (each) => each.kind === 'add' && each.keys[key] === undefined && about.aliases.includes(each.alias),
  );
  if (edit?.kind !== 'add') return undefined;
  const { alias } = edit;
  const tries = (before.find((each) => isSameKey(each, { alias, key }))?.tries ?? 0) + 1;
  const { address } = edit.keys;
  const standard =
    key === 'id' && typeof address === 'string'
      ? (parseAddresses(address)?.address ?? address).toLowerCase()
      : alias;
  return { alias, key, value: `${standard}_${tries + 1}`, tries, why: problem };
}

/** The edits without those of an alias of each error; the same list when the problems belong to none of them. */
function withoutCulprits(made: readonly Problem[], edits: readonly AliasEdit[]): readonly AliasEdit[] {
  const edited = new Set(edits.map(({ alias }) => alias));
  const culprits = new Set(made.map(({ about }) => about?.aliases.find((alias) => edited.has(alias))));
  return culprits.has(undefined) ? edits : edits.filter(({ alias }) => !culprits.has(alias));
}

/** An empty alias file as `init` and the first `import` write it. */
function newAliasText(): string {
  const schema = programFile('config/aliases.schema.json');
  return [
    `# yaml-language-server: $schema=${schema}`,
    '#',
    "# The sensors, lamps and remotes, by heyu's alias. heyu2mqtt alias import makes this file from your x10config,",
    '# heyu2mqtt alias learn finds senders without a name. All keys: docs/configuration.md.',
    '',
    'aliases:',
    '',
  ].join('\n');
}
