/** Reads aliases.yaml as it is written into sensors, checked and with their defaults filled in. */
import { resolve } from 'node:path';
import { readable } from '../common/text.js';
import { aliasProblem } from './forms.js';
import { ALIAS_KEYS, type AliasValues, type ConfigValues, TYPE_OF_KIND } from './keys.js';
import { type Problem, problemAt } from './problem.js';
import { didYouMean } from './suggest.js';
import { withHints } from './syntax-hints.js';
import { type ReadFile, readTextFile } from './text-file.js';
import { dotted, type Entry, isEmpty, readDocument, readKeys, unknownKey, type Written } from './yaml.js';
import { HOUSE_SOURCES, type Source, SOURCES } from '../heyu/source.js';
import { canBe } from '../sensor/channels.js';
import type { SensorSettings, SensorType } from '../sensor/settings.js';
import { writeAddresses } from '../heyu/x10config.js';
import { type Address, type Addresses, nextUnit } from '../x10/address.js';
import { type Model, UNNAMED_MODEL } from '../x10/model.js';

/** What is set for all sensors in config.yaml. */
export type SensorDefaults = Pick<
  ConfigValues,
  | 'sensors.hold'
  | 'sensors.off'
  | 'sensors.cooldown'
  | 'sensors.min_on'
  | 'sensors.silent_after'
  | 'sensors.sources'
>;

/** What the alias file is read against. */
export type AliasContext = {
  /** Name of the file in problems. */
  readonly file: string;
  readonly defaults: SensorDefaults;
  /** The zones there are; undefined when they are not known (then any will do). */
  readonly zones: ReadonlySet<string> | undefined;
  /** heyu does not log unchanged signs of life (HIDE_UNCHANGED YES): silence says nothing of a sensor. */
  readonly hidesUnchanged: boolean;
};

/** An alias and where its keys stand. */
export type AliasRead = {
  readonly settings: SensorSettings;
  readonly line: number;
  readonly lines: ReadonlyMap<string, number>;
  /** The `type` that is written and left aside, because the model is never heard as one. */
  readonly ignoredType: SensorType | undefined;
};

/** What an alias file says. With problems, the aliases that are good as far as they go. */
export type AliasesRead = {
  readonly aliases: readonly AliasRead[];
  readonly problems: readonly Problem[];
  /** Settings that have no effect and are left aside. */
  readonly ignored: readonly Problem[];
  readonly warnings: readonly Problem[];
};

/** Whatever switches a lamp counts for its state: heyu's own commands, too, but no copy of what it transmits. */
const SWITCHING_SOURCES: readonly Source[] = SOURCES.filter(
  (source) => source !== 'xmtf' && source !== 'syst',
);

/** `heyu ore_emu` at the prompt, in a script that heyu launched, in one for power failures. */
const EMULATED_SOURCES: readonly Source[] = ['sndc', 'snds', 'sndp'];

/** Reads the document of an alias file. */
export function readAliases(written: Written, context: AliasContext): AliasesRead {
  const problems: Problem[] = [];
  const ignored: Problem[] = [];
  const warnings: Problem[] = [];
  const aliases: AliasRead[] = [];
  for (const entry of entriesOf(written, context.file, problems)) {
    const alias = readAlias(entry, context, problems, ignored, warnings);
    if (alias !== undefined) aliases.push(alias);
  }
  return { aliases, problems, ignored, warnings };
}

function entriesOf(written: Written, file: string, problems: Problem[]): Iterable<Entry> {
  if (isEmpty(written)) return [];
  if (written.kind !== 'section') {
    problems.push(
      problemAt(
        { file, line: written.line },
        'holds no keys',
        'write aliases: and below it, indented, each alias',
      ),
    );
    return [];
  }
  let aliases: Entry | undefined;
  for (const entry of written.entries.values()) {
    if (entry.key === 'aliases') aliases = entry;
    else if (entry.value.kind === 'section' && entry.value.entries.has('address')) {
      const path = dotted(entry.key);
      problems.push(
        problemAt(
          { file, line: entry.line, key: path },
          'unknown key',
          'aliases stand below aliases:, indented',
        ),
      );
    } else problems.push(unknownKey(entry, { file, path: '' }, ['aliases']));
  }
  if (aliases === undefined || isEmpty(aliases.value)) return [];
  if (aliases.value.kind === 'section') return aliases.value.entries.values();
  problems.push(
    problemAt(
      { file, line: aliases.line, key: 'aliases' },
      'must be a section',
      'write each alias below it, indented',
    ),
  );
  return [];
}

function readAlias(
  { key: alias, line, value }: Entry,
  { file, defaults, zones, hidesUnchanged }: AliasContext,
  problems: Problem[],
  ignored: Problem[],
  warnings: Problem[],
): AliasRead | undefined {
  const path = dotted('aliases', alias);
  const nameProblem = aliasProblem(alias);
  if (nameProblem !== undefined) {
    problems.push(
      problemAt({ file, line, key: path }, nameProblem, 'use letters, digits, . _ and -, at most 32'),
    );
  }
  if (value.kind !== 'section') {
    problems.push(
      problemAt({ file, line, key: path }, 'must be a section', 'write at least { address: A3 }'),
    );
    return undefined;
  }
  const { values, lines } = readKeys(ALIAS_KEYS, value.entries, { file, path }, problems);
  if (!lines.has('address'))
    problems.push(problemAt({ file, line, key: path }, 'has no address', 'add one such as address: A3'));
  if (values.zone !== undefined && zones?.has(values.zone) === false) {
    problems.push(
      problemAt(
        { file, line: lines.get('zone'), key: dotted(path, 'zone') },
        `there is no zone "${values.zone}"`,
        didYouMean(values.zone, [...zones]) ?? 'add it to zones in the configuration',
      ),
    );
  }
  if (values.address === undefined) return undefined;
  const model = values.model ?? UNNAMED_MODEL;
  const ignoredType = values.type === undefined || canBe(values.type, model) ? undefined : values.type;
  if (ignoredType !== undefined) {
    ignored.push({
      ...problemAt(
        { file, line: lines.get('type'), key: dotted(path, 'type') },
        `a ${model.name} is never heard as ${ignoredType}`,
        'remove it, or correct the model',
      ),
      about: { aliases: [alias], key: 'type' },
    });
  }
  const doubtful = (key: string, problem: string, hint: string): void => {
    warnings.push(problemAt({ file, line: lines.get(key), key: dotted(path, key) }, problem, hint));
  };
  if (values.dusk !== undefined && values.model !== undefined && model.dusk !== 'next_unit') {
    doubtful('dusk', `a ${model.name} has no dusk unit`, 'remove it, or correct the model');
  } else if (values.dusk !== undefined && !isNear(values.dusk, values.address.address)) {
    const next = nextUnit(values.address.address);
    doubtful('dusk', 'is not the unit after its own', `sensors send it there: ${next}`);
  }
  if (model.kind === 'other' && values.type === undefined && !(values.ignore ?? false)) {
    doubtful(
      'model',
      `a ${model.name} may be anything; it is taken for a reading`,
      'say what it is with type',
    );
  }
  const heeded = { ...values, type: ignoredType === undefined ? values.type : undefined };
  const settings = settingsOf(alias, values.address, model, heeded, defaults, hidesUnchanged);
  const tooMany = severalUnits(settings, { file, line: lines.get('address'), key: dotted(path, 'address') });
  if (tooMany !== undefined) {
    problems.push(tooMany);
    return undefined;
  }
  return {
    settings,
    line,
    lines,
    ignoredType,
  };
}

/** What is wrong with several units: only a standard remote has a key on each. */
function severalUnits(settings: SensorSettings, place: Parameters<typeof problemAt>[0]): Problem | undefined {
  const { type, model, moreUnits } = settings;
  if (moreUnits.length === 0 || (type === 'remote' && model.protocol === 'standard')) return undefined;
  const said = model.kind === 'remote' && type !== 'remote' ? ` of type ${type}` : '';
  const what = model === UNNAMED_MODEL ? `a sensor of type ${type}` : `a ${model.name}${said}`;
  return problemAt(
    place,
    `${writeAddresses(settings)} is several units, and ${what} has one`,
    'give each unit an alias; a remote with several keys has a model such as PALMPAD, or type: remote',
  );
}

/** The unit after its own; that it is its own address is a fault, which is told elsewhere. */
function isNear(dusk: Address, address: Address): boolean {
  return dusk === address || dusk === nextUnit(address);
}

function settingsOf(
  alias: string,
  { address, moreUnits }: Addresses,
  model: Model,
  values: { readonly [Key in keyof AliasValues]?: AliasValues[Key] | undefined },
  defaults: SensorDefaults,
  hidesUnchanged: boolean,
): SensorSettings {
  const silence = values.silent_after ?? defaults['sensors.silent_after'];
  const type = values.type ?? TYPE_OF_KIND[model.kind];
  return {
    alias,
    id: values.id ?? address.toLowerCase(),
    address,
    moreUnits,
    dusk: values.dusk,
    model,
    type,
    name: values.name ?? readable(alias),
    area: values.area,
    topic: values.topic ?? alias,
    zone: values.zone,
    holdMs: values.hold ?? defaults['sensors.hold'] ?? model.holdMs,
    off: values.off ?? defaults['sensors.off'] ?? model.off,
    cooldownMs: values.cooldown ?? defaults['sensors.cooldown'],
    minOnMs: values.min_on ?? defaults['sensors.min_on'],
    sources: new Set(values.sources ?? defaultSources(type, model, defaults)),
    modes: values.modes,
    silentMs: silence ?? (hidesUnchanged ? 0 : model.silentMs),
    heedsInactive: model.isWatchedByHeyu && silence !== 0,
    ignore: values.ignore ?? false,
  };
}

function defaultSources(type: SensorType, model: Model, defaults: SensorDefaults): readonly Source[] {
  if (type === 'light' || type === 'appliance') return SWITCHING_SOURCES;
  const sources = defaults['sensors.sources'] ?? HOUSE_SOURCES;
  return model.isEmulated ? [...sources, ...EMULATED_SOURCES] : sources;
}

/** What the alias file says. */
export type AliasFile = AliasesRead & {
  /** Every alias could be read: none is missing from `aliases`. */
  readonly isComplete: boolean;
  readonly found: boolean;
  /** For `editAliases` and `rewriteFile`: the text and its hash; undefined when it could not be read. */
  readonly text: string | undefined;
  readonly hash: string | undefined;
};

const IMPORT = 'heyu2mqtt alias import makes the alias file of your x10config';

/**
 * Reads it. `path` is shown as it is given and relative to `cwd`; undefined = there is none to be looked for.
 */
export function loadAliasFile(
  path: string | undefined,
  cwd: string,
  context: Omit<AliasContext, 'file'>,
  readFile: ReadFile = readTextFile,
): AliasFile {
  const none = {
    aliases: [],
    problems: [],
    ignored: [],
    warnings: [],
    text: undefined,
    hash: undefined,
    found: false,
  };
  if (path === undefined) return { ...none, isComplete: true };
  const reading = readFile(resolve(cwd, path), path);
  if (!reading.ok) {
    if (!reading.missing) return { ...none, problems: [reading.problem], isComplete: false };
    const warnings = [problemAt({ file: path }, 'does not exist: there are no sensors yet', IMPORT)];
    return { ...none, warnings, isComplete: true };
  }
  const { text, hash } = reading.file;
  const document = readDocument(text, path);
  if (document.written === undefined) {
    return { ...none, problems: document.problems, isComplete: false, found: true, text, hash };
  }
  const read = readAliases(document.written, { ...context, file: path });
  const problems = withHints([...document.problems, ...read.problems], text);
  const warnings = [...document.warnings, ...read.warnings];
  if (read.aliases.length === 0 && problems.length === 0) {
    warnings.push(problemAt({ file: path }, 'names no alias: there are no sensors yet', IMPORT));
  }
  return {
    ...read,
    problems,
    warnings,
    isComplete: problems.length === 0,
    found: true,
    text,
    hash,
  };
}
