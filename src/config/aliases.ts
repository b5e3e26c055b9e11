/** Reads aliases.yaml into sensors, checked and with their defaults. A missing file is not an error. */
import { resolve } from 'node:path';
import { didYouMean, readable } from '../common/text.js';
import { HOUSE_SOURCES, SOURCES, type Source } from '../heyu/sources.js';
import { writeAddresses } from '../heyu/x10config.js';
import { canBe } from '../sensor/channels.js';
import type { SensorSettings } from '../sensor/settings.js';
import { type SensorType, TYPE_OF_KIND } from '../sensor/types.js';
import { type Address, type Addresses, nextUnit } from '../x10/address.js';
import { DUSK_SILENT_MS, type Model, UNNAMED_MODEL } from '../x10/models.js';
import { aliasProblem } from './forms.js';
import { ALIAS_KEYS, type AliasValues, type ConfigValues } from './keys-and-defaults.js';
import { Report } from './problem.js';
import { type ReadFile, readTextFile } from './text-file.js';
import {
  dotted,
  type Entry,
  entriesOf,
  type KeysRead,
  readKeys,
  readYaml,
  reportUnknown,
  type Written,
} from './yaml.js';

/** What the alias file is read against. */
export type AliasContext = {
  /** Name of the file in problems. */
  readonly file: string;
  /** What config.yaml sets for all sensors. */
  readonly defaults: ConfigValues;
  /** The zones there are; undefined when they are not known (then any will do). */
  readonly zones: ReadonlySet<string> | undefined;
  /** heyu does not log unchanged signs of life (HIDE_UNCHANGED YES): silence says nothing of a sensor. */
  readonly hidesUnchanged: boolean;
};

/** An alias and where its keys stand. */
export type AliasRead = Pick<KeysRead<typeof ALIAS_KEYS>, 'lines' | 'at'> & {
  readonly settings: SensorSettings;
  readonly line: number;
  /** The `type` that is written and left aside, because the model is never heard as one. */
  readonly ignoredType: SensorType | undefined;
};

/** What an alias file says. With problems, the aliases that are good as far as they go. */
export type AliasFile = {
  readonly aliases: readonly AliasRead[];
  readonly report: Report;
  readonly found: boolean;
};

const IMPORT = 'heyu2mqtt alias import makes the alias file from your x10config';

/** Reads it. `path` is shown as it is given and relative to `cwd`; undefined = there is none to be looked for. */
export function readAliasFile(
  path: string | undefined,
  cwd: string,
  context: Omit<AliasContext, 'file'>,
  readFile: ReadFile = readTextFile,
): AliasFile {
  const report = new Report();
  if (path === undefined) return { aliases: [], report, found: false };
  const reading = readFile(resolve(cwd, path), path);
  if (!reading.ok) {
    if (reading.missing) report.warn({ file: path }, 'does not exist: there are no sensors yet', IMPORT);
    else report.problems.push(reading.problem);
    return { aliases: [], report, found: false };
  }
  const aliases =
    readYaml(reading.file.text, path, report, (written) =>
      readAliases(written, { ...context, file: path }, report),
    ) ?? [];
  if (aliases.length === 0 && report.problems.length === 0)
    report.warn({ file: path }, 'names no alias: there are no sensors yet', IMPORT);
  return { aliases, report, found: true };
}

function readAliases(written: Written, context: AliasContext, report: Report): readonly AliasRead[] {
  const { file } = context;
  const top = entriesOf(
    { value: written },
    { file, line: written.line },
    'write aliases: and below it, indented, each alias',
    report,
  );
  let aliases: Entry | undefined;
  for (const entry of top?.values() ?? []) {
    if (entry.key === 'aliases') aliases = entry;
    else {
      const isAlias = entry.value.kind === 'section' && entry.value.entries.has('address');
      const hint = isAlias ? 'write aliases below aliases:, indented' : undefined;
      reportUnknown(report, entry, { file }, ['aliases'], hint);
    }
  }
  if (aliases === undefined) return [];
  const at = { file, line: aliases.line, key: 'aliases' };
  const entries = entriesOf(aliases, at, 'write each alias below it, indented', report);
  return [...(entries?.values() ?? [])].flatMap((entry) => readAlias(entry, context, report) ?? []);
}

function readAlias(
  { key: alias, line, value }: Entry,
  { file, defaults, zones, hidesUnchanged }: AliasContext,
  report: Report,
): AliasRead | undefined {
  const own = { file, line, key: dotted('aliases', alias) };
  const why = aliasProblem(alias);
  if (why !== undefined) report.problem(own, why, 'use letters, digits, . _ and -, at most 32');
  if (value.kind !== 'section') {
    report.problem(own, 'must be a section', 'write at least { address: A3 }');
    return undefined;
  }
  const { values, lines, at } = readKeys(ALIAS_KEYS, value.entries, own, report);
  const warn = (key: string, problem: string, hint: string): void => {
    report.warn(at(key), problem, hint);
  };
  const { zone, address: place, type, dusk } = values;
  if (!lines.has('address')) report.problem(own, 'has no address', 'add one such as address: A3');
  if (zone !== undefined && zones?.has(zone) === false) {
    const hint = didYouMean(zone, [...zones]) ?? 'add it to zones in the configuration';
    report.problem(at('zone'), `there is no zone "${zone}"`, hint);
  }
  if (place === undefined) return undefined;
  const model = values.model ?? UNNAMED_MODEL;
  const ignoredType = type === undefined || canBe(type, model) ? undefined : type;
  if (ignoredType !== undefined) {
    const problem = `a ${model.name} is never heard as ${ignoredType}`;
    report.ignore(at('type'), problem, 'remove it, or correct the model', { aliases: [alias], key: 'type' });
  }
  const next = nextUnit(place.address);
  if (dusk !== undefined && values.model !== undefined && model.dusk !== 'next_unit')
    warn('dusk', `a ${model.name} has no dusk unit`, 'remove it, or correct the model');
  else if (dusk !== undefined && dusk !== place.address && dusk !== next)
    warn('dusk', 'is not the unit after its own', `sensors send it there: ${next}`);
  if (model.kind === 'other' && type === undefined && values.ignore !== true)
    warn('model', `a ${model.name} may be anything; it is treated as a reading`, 'say what it is with type');
  const heeded = { ...values, type: ignoredType === undefined ? type : undefined };
  const settings = settingsOf(alias, { ...heeded, place, model }, defaults, hidesUnchanged);
  const tooMany = severalUnits(settings);
  if (tooMany === undefined) return { settings, line, lines, at, ignoredType };
  report.problem(
    at('address'),
    `${writeAddresses(settings)} is several units, and ${tooMany} has one`,
    'give each unit an alias; a remote with several keys has a model such as PALMPAD, or type: remote',
  );
  return undefined;
}

/** What has one unit only and was given several: only a standard remote has a key on each. */
function severalUnits({ type, model, moreUnits }: SensorSettings): string | undefined {
  if (moreUnits.length === 0 || (type === 'remote' && model.protocol === 'standard')) return undefined;
  const said = model.kind === 'remote' && type !== 'remote' ? ` of type ${type}` : '';
  return model === UNNAMED_MODEL ? `a sensor of type ${type}` : `a ${model.name}${said}`;
}

/** Everything that switches a lamp counts for its state: heyu's own commands, too, but no copy of what it transmits. */
const SWITCHING_SOURCES: readonly Source[] = SOURCES.filter(
  (source) => source !== 'xmtf' && source !== 'syst',
);

/** `heyu ore_emu` at the prompt, in a script that heyu launched, in one for power failures. */
const EMULATED_SOURCES: readonly Source[] = ['sndc', 'snds', 'sndp'];

function settingsOf(
  alias: string,
  values: Partial<{ readonly [Key in keyof AliasValues]: AliasValues[Key] | undefined }> & {
    readonly place: Addresses;
    readonly model: Model;
  },
  defaults: ConfigValues,
  hidesUnchanged: boolean,
): SensorSettings {
  const { model } = values;
  const { address, moreUnits } = values.place;
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
    guard: values.guard,
    entry: values.entry ?? ALIAS_KEYS.entry.default,
    silentMs: silence ?? silentMsOf(model, values.dusk, hidesUnchanged),
    countsHeartbeats: model.heartbeatMs > 0 && !hidesUnchanged && silence !== 0,
    heedsInactive: model.isWatchedByHeyu && silence !== 0,
    ignore: values.ignore ?? false,
  };
}

/** Signs of life of a security sensor may be hidden in the log; that it is dark or light every day never is. */
function silentMsOf(
  { silentMs, dusk: way }: Model,
  dusk: Address | undefined,
  hidesUnchanged: boolean,
): number {
  if (way === 'next_unit' && dusk !== undefined) return DUSK_SILENT_MS;
  return hidesUnchanged ? 0 : silentMs;
}

function defaultSources(type: SensorType, model: Model, defaults: ConfigValues): readonly Source[] {
  if (type === 'light' || type === 'appliance') return SWITCHING_SOURCES;
  const sources = defaults['sensors.sources'] ?? HOUSE_SOURCES;
  return model.isEmulated ? [...sources, ...EMULATED_SOURCES] : sources;
}
