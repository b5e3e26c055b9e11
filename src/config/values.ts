/**
 * The values of config.yaml's keys, laid over each other: defaults, systemd, heyu's own configuration, the file, the
 * environment; and the source of each value.
 */
import convict from 'convict';
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { didYouMean, nearest, readable } from '../common/text.js';
import { heyuLogPath, readX10Config, type Scales } from '../heyu/x10config.js';
import { adviseLogDir } from '../heyu/x10config-advice.js';
import { ZONE_DEFAULTS, type ZoneSettings } from '../security/zone.js';
import { type Form, idPart, path as pathForm, slug } from './forms.js';
import {
  CONFIG_KEY_NAMES,
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigValues,
  environmentName,
  keysIn,
  KEYS_OF_KIND,
  ZONE_KEYS,
  type ZoneKey,
  type ZoneValues,
} from './keys-and-defaults.js';
import { ENVIRONMENT, type Place, type Report } from './problem.js';
import type { FileReading } from './text-file.js';
import { systemTimeZone } from './time-zone.js';
import {
  dotted,
  type Entry,
  entriesOf,
  type KeysRead,
  readKeys,
  readWritten,
  reportUnknown,
  type Written,
} from './yaml.js';

/** Values of some keys. */
export type Layer = Partial<ConfigValues>;

/** Where a value comes from. `derived` names in words what it was worked out from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'derived'; readonly from: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string };

/** The origin of every key. */
export type Origins = ReadonlyMap<ConfigKey, Origin>;

/** How much an origin counts: the greater wins. */
export function rankOf(origin: Origin | undefined): number {
  return ['default', 'derived', 'file', 'environment'].indexOf(origin?.kind ?? 'default');
}

/** For people: `default`, `config.yaml:12`, `environment HEYU2MQTT_MQTT_URL`, `x10config /etc/heyu/x10.conf`. */
export function formatOrigin(origin: Origin): string {
  if (origin.kind === 'file') return `${origin.file.slice(origin.file.lastIndexOf('/') + 1)}:${origin.line}`;
  if (origin.kind === 'derived') return origin.from;
  return origin.kind === 'default' ? 'default' : `environment ${origin.variable}`;
}

/** A value's place in problems. */
export type PlaceOf = (key: ConfigKey) => Place;

/** The place of a value in problems: its line, its variable, or else the configuration file as a whole. */
export function placeOf(origins: Origins, configFile: string | undefined): PlaceOf {
  return (key) => {
    const origin = origins.get(key);
    if (origin?.kind === 'environment')
      return { file: ENVIRONMENT, line: undefined, key: environmentName(key) };
    if (origin?.kind === 'file') return { file: origin.file, line: origin.line, key };
    return { file: configFile ?? ENVIRONMENT, line: undefined, key };
  };
}

// --- The file.

/** What a configuration file says. */
export type ConfigRead = {
  readonly values: Layer;
  /** Line of every known key that is there, good or not. */
  readonly lines: ReadonlyMap<ConfigKey, number>;
  readonly zones: Entry | undefined;
};

/** Reads the document of a configuration file. */
export function readConfig(written: Written, file: string, report: Report): ConfigRead {
  const values: Record<string, unknown> = {};
  const lines = new Map<ConfigKey, number>();
  let zones: Entry | undefined;

  const readEntry = (entry: Entry, section: string): void => {
    const { key, line, value } = entry;
    const name = section === '' ? key : `${section}.${key}`;
    const at = { file, line, key: name };
    if (isConfigKey(name)) {
      lines.set(name, line);
      const form: Form<unknown> = CONFIG_KEYS[name].form;
      const reading = readWritten(form, value);
      if (reading.ok) values[name] = reading.value;
      else report.problem(at, reading.problem, reading.hint);
    } else if (name === 'zones') zones = entry;
    else if (section === '' && key !== '' && keysIn(key).length > 0) {
      const hint = `write ${key}: and below it, indented, ${keysIn(key)[0] ?? ''}: ...`;
      for (const inner of entriesOf(entry, { ...at, key: dotted(key) }, hint, report)?.values() ?? [])
        readEntry(inner, key);
    } else {
      const known = keysIn(section);
      const hint = nearest(key, known) === undefined ? elsewhere(key) : undefined;
      reportUnknown(report, entry, { file, key: section }, known, hint);
    }
  };
  const hint = 'write key: value, as in the example config.yaml';
  const entries = entriesOf({ value: written }, { file, line: written.line }, hint, report);
  for (const entry of entries?.values() ?? []) readEntry(entry, '');
  return { values, lines, zones };
}

function isConfigKey(name: string): name is ConfigKey {
  return Object.hasOwn(CONFIG_KEYS, name);
}

/** Where a key that stands in the wrong section belongs. */
function elsewhere(key: string): string | undefined {
  const there = CONFIG_KEY_NAMES.find((name) => name === key || name.endsWith(`.${key}`));
  if (there === undefined) return undefined;
  const [section = ''] = there.split('.', 1);
  return `it belongs ${there.includes('.') ? `into the section ${section}` : 'to the top level'}: ${there}`;
}

// --- The environment.

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'HEYU2MQTT_';

/** Our variables that are not keys of the configuration: the path of the configuration itself. */
const OTHERS = ['HEYU2MQTT_CONFIG'];

/**
 * Reads our variables: `HEYU2MQTT_MQTT_URL` for `mqtt.url`, and so on. An empty one counts as not set, as in unit files
 * and compose files that pass it on. An unknown one is a warning: container engines invent variables with the service's
 * name.
 */
export function readEnvironment(env: Environment, report: Report): Layer {
  const values: Record<string, unknown> = {};
  const known = new Map(CONFIG_KEY_NAMES.map((name) => [environmentName(name), name]));
  for (const [variable, name] of known) {
    const text = env[variable] ?? '';
    if (text === '') continue;
    const form: Form<unknown> = CONFIG_KEYS[name].form;
    const reading = form.read(text);
    if (reading.ok) values[name] = reading.value;
    else report.problem({ file: ENVIRONMENT, key: variable }, reading.problem, reading.hint);
  }
  for (const key of Object.keys(env).sort()) {
    if (!key.startsWith(PREFIX) || known.has(key) || OTHERS.includes(key)) continue;
    const at = { file: ENVIRONMENT, key };
    const names = [...known.keys()].map((name) => name.slice(PREFIX.length));
    const near = nearest(key.slice(PREFIX.length), names);
    if (key === `${PREFIX}ZONES`) report.warn(at, 'is not read', 'zones can only be configured in the file');
    else report.warn(at, 'is not a variable of heyu2mqtt', near && `did you mean "${PREFIX}${near}"?`);
  }
  return values;
}

// --- Values that are derived when they are not set: a layer above the defaults and below the file and the environment.

/** Derived values and what each was worked out from. */
export type Derived = {
  readonly values: Layer;
  readonly from: ReadonlyMap<ConfigKey, string>;
  /** heyu's configuration says HIDE_UNCHANGED YES. */
  readonly hidesUnchanged: boolean;
  /** The scales of heyu's configuration. */
  readonly scales: Scales;
};

/** Of so many refused lines we tell: the first tells the user to ask heyu for the others. */
const X10_PROBLEMS_SHOWN = 3;

/** Collects values with their sources. */
type Collector = <K extends ConfigKey>(name: K, value: Layer[K], from: string) => void;

/** heyu's configuration: its absolute path and what is in it. */
export type X10ConfigReading = { readonly path: string; readonly reading: FileReading };

/** Works out what can be, with heyu's configuration if one is given. `given` = the values of file and environment. */
export function derive(
  given: Layer,
  x10config: X10ConfigReading | undefined,
  env: Environment,
  report: Report,
): Derived {
  const values: Record<string, unknown> = {};
  const from = new Map<ConfigKey, string>();
  const add: Collector = (name, value, source) => {
    values[name] = value;
    from.set(name, source);
  };
  const ofHeyu = x10config && fromX10Config(x10config, add, given['heyu.log'] !== undefined, report);
  fromSystemd(env, add);

  const baseTopic = given['mqtt.base_topic'] ?? CONFIG_KEYS['mqtt.base_topic'].default;
  const bridgeId = given.bridge_id ?? slug(baseTopic) ?? 'x10';
  if (given.bridge_id === undefined) add('bridge_id', bridgeId, 'from mqtt.base_topic');
  add('mqtt.client_id', `heyu2mqtt-${bridgeId}`, 'from bridge_id');
  if (given['heyu.timezone'] === undefined) add('heyu.timezone', systemTimeZone(), 'system');
  return { values, from, ...(ofHeyu ?? { hidesUnchanged: false, scales: {} }) };
}

/** Takes what it can of heyu's configuration. */
function fromX10Config(
  { path, reading }: X10ConfigReading,
  add: Collector,
  hasLog: boolean,
  report: Report,
): Pick<Derived, 'hidesUnchanged' | 'scales'> | undefined {
  if (!reading.ok) {
    const { hint = 'correct heyu.x10config or remove it' } = reading.problem;
    report.problems.push({ ...reading.problem, hint });
    return undefined;
  }
  const config = readX10Config(reading.file.text);
  for (const { line, problem } of config.problems.slice(0, X10_PROBLEMS_SHOWN))
    report.warn(
      { file: path, line: line === 0 ? undefined : line },
      `heyu refuses the file: ${problem.replace(/\.$/, '')}`,
      'heyu keeps its old configuration until this is fixed',
    );
  add('heyu.date_format', config.dateFormat.order, `x10config ${path}`);
  const log = heyuLogPath(config);
  const named = log === undefined ? undefined : pathForm.read(log);
  const at = { file: path, line: config.logDirLine?.line };
  if (named?.ok === true) add('heyu.log', named.value, `x10config ${path}`);
  else if (!hasLog && named !== undefined) report.problem(at, `LOG_DIR: ${named.problem}`, named.hint);
  else if (!hasLog) for (const { problem, hint } of adviseLogDir(config)) report.problem(at, problem, hint);
  return { hidesUnchanged: config.hideUnchanged, scales: config.scales };
}

/** systemd.exec(5): StateDirectory= and LoadCredential= arrive as environment variables. */
function fromSystemd(env: Environment, add: Collector): void {
  const [stateDirectory = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (stateDirectory !== '') add('state_dir', resolve(stateDirectory), 'environment STATE_DIRECTORY');
  const credentials = env['CREDENTIALS_DIRECTORY'] ?? '';
  const password = join(credentials, 'mqtt-password');
  if (credentials !== '' && existsSync(password))
    add('mqtt.password_file', password, 'environment CREDENTIALS_DIRECTORY');
  const codes = join(credentials, 'codes');
  if (credentials !== '' && existsSync(codes)) add('codes_file', codes, 'environment CREDENTIALS_DIRECTORY');
}

// --- The layers together, laid over each other by convict.

/**
 * convict takes a dot for a path, therefore its keys are the names of the variables. It knows null for "no value", and
 * leaves the values as our forms have read them.
 */
const SCHEMA = Object.fromEntries(
  CONFIG_KEY_NAMES.map((name) => [
    environmentName(name),
    { default: CONFIG_KEYS[name].default ?? null, format: '*', nullable: true as const },
  ]),
);

/** The effective values: each later layer wins over the earlier ones. */
export function layered(layers: readonly Layer[]): ConfigValues {
  const config = convict<Record<string, unknown>>(SCHEMA, { args: [], env: {} });
  for (const layer of layers)
    config.load(
      Object.fromEntries(
        Object.entries(layer).map(([name, value]) => [environmentName(name as ConfigKey), value]),
      ),
    );
  return Object.fromEntries(
    CONFIG_KEY_NAMES.map((name) => [name, config.get(environmentName(name)) ?? undefined]),
  ) as ConfigValues;
}

/** Where the values of these layers come from. */
export function originsOf(config: ConfigRead, environment: Layer, derived: Derived, file: string): Origins {
  return new Map(
    CONFIG_KEY_NAMES.map((name): [ConfigKey, Origin] => {
      const from = derived.from.get(name);
      const line = config.lines.get(name);
      if (environment[name] !== undefined)
        return [name, { kind: 'environment', variable: environmentName(name) }];
      if (line !== undefined) return [name, { kind: 'file', file, line }];
      return [name, from === undefined ? { kind: 'default' } : { kind: 'derived', from }];
    }),
  );
}

// --- What relative paths are relative to: the file that they stand in, else where we were started.

/** Where the configuration lies. `cwd` is absolute. */
export type Base = { readonly configFile: string | undefined; readonly cwd: string };

/**
 * A path of the configuration as a person would write it: relative to where we were started if the configuration file
 * was named so. A value of the file, and the default alias file, lie beside the configuration file.
 */
export function pathFrom(path: string, kind: Origin['kind'], { configFile }: Base): string {
  const beside = kind === 'file' || kind === 'default';
  return isAbsolute(path) || !beside || configFile === undefined ? path : join(dirname(configFile), path);
}

/** The values with every path made absolute. */
export function withAbsolutePaths(values: ConfigValues, origins: Origins, base: Base): ConfigValues {
  const absolute = CONFIG_KEY_NAMES.flatMap((name) => {
    const path = CONFIG_KEYS[name].form === pathForm ? values[name] : undefined;
    const kind = origins.get(name)?.kind ?? 'default';
    return typeof path === 'string' ? [[name, resolve(base.cwd, pathFrom(path, kind, base))]] : [];
  });
  return { ...values, ...(Object.fromEntries(absolute) as Layer) };
}

// --- The zones, checked and with their defaults filled in.

/** A zone, its values as they are written, and where its keys stand. */
export type ZoneRead = KeysRead<typeof ZONE_KEYS> & { readonly settings: ZoneSettings };

/** Why a key has no meaning for a kind of zone. */
const KIND: Readonly<Record<ZoneSettings['kind'], string>> = {
  external: 'a zone with a state_topic, which belongs to another program',
  owned: 'a zone without a state_topic, which belongs to the bridge',
  master: 'a zone with members',
};

/** Reads the entry `zones`. Zones with problems are read as far as they go, so that aliases may refer to them. */
export function readZones(zones: Entry | undefined, file: string, report: Report): readonly ZoneRead[] {
  if (zones === undefined) return [];
  const at = { file, line: zones.line, key: 'zones' };
  const entries = entriesOf(zones, at, 'write the name of each zone below it, indented', report);
  const read = [...(entries?.values() ?? [])].map((entry) => readZone(entry, file, report));
  checkMembers(read, report);
  return read;
}

function readZone(entry: Entry, file: string, report: Report): ZoneRead {
  const { key: zone, line } = entry;
  const own = { file, line, key: dotted('zones', zone) };
  const name = idPart.read(zone);
  if (!name.ok) report.problem(own, name.problem, name.hint);
  const read = readKeys(ZONE_KEYS, entriesOf(entry, own, 'write { name: ... }', report), own, report);
  const { values, lines, at } = read;

  const kind = lines.has('state_topic') ? 'external' : lines.has('members') ? 'master' : 'owned';
  const known: readonly string[] = [...KEYS_OF_KIND[kind], 'state_topic', 'members'];
  const either = 'a zone is either the sum of others or kept by another program';
  if (kind === 'external' && lines.has('members'))
    report.problem(at('members'), 'cannot be set together with state_topic', either);
  if (kind === 'external' && typeof values.entry_delay === 'object')
    report.problem(
      at('entry_delay'),
      'is one duration for a zone with a state_topic, or auto',
      'write it as 30s: the source has its own ways of being armed',
    );
  for (const key of lines.keys())
    if (!known.includes(key)) report.problem(at(key), `has no meaning for ${KIND[kind]}`, 'remove it');
  for (const key of ['command_area', 'modes'] as const)
    if (kind === 'external' && lines.has(key) && !lines.has('command_topic'))
      report.problem(
        at(key),
        'has no meaning without command_topic',
        'name the topic of its commands, or remove it',
      );
  return { ...read, settings: settingsOf(zone, kind, values) };
}

/**
 * Alarmo's area: it has the level before the last of its state topic to itself (`alarmo/attic/state`), and all areas have one
 * command topic (`alarmo/command`; custom_components/alarmo/mqtt.py).
 */
function areaIn(stateTopic: string, commandTopic: string): string | undefined {
  const [above, area] = /^(.+)\/([a-z0-9_]+)\/[^/]*$/.exec(stateTopic)?.slice(1) ?? [];
  return above !== undefined && commandTopic.replace(/\/[^/]*$/, '') === above ? area : undefined;
}

/** Where the panel of an external zone sends commands. */
function commandsOf(values: Partial<ZoneValues>): ZoneSettings['commands'] {
  const { state_topic: stateTopic, command_topic: topic, command_area: area } = values;
  if (stateTopic === undefined || topic === undefined) return undefined;
  return { topic, area: area ?? areaIn(stateTopic, topic) };
}

function settingsOf(zone: string, kind: ZoneSettings['kind'], values: Partial<ZoneValues>): ZoneSettings {
  const valueOf = <K extends ZoneKey>(key: K): ZoneValues[K] =>
    values[key] ?? (ZONE_KEYS[key].default as ZoneValues[K]);
  const entryDelay = valueOf('entry_delay');
  const entryDelayMs = entryDelay === 'auto' ? undefined : entryDelay;
  return {
    zone,
    name: valueOf('name') ?? readable(zone),
    kind,
    stateTopic: kind === 'external' ? valueOf('state_topic') : undefined,
    commands: commandsOf(values),
    pointer: valueOf('pointer'),
    armedValues: valueOf('armed_values'),
    disarmedValues: valueOf('disarmed_values'),
    members: valueOf('members') ?? [],
    panel: valueOf('panel'),
    modes: valueOf('modes'),
    hasCodes: false,
    area: valueOf('area'),
    onUnknown: valueOf('on_unknown'),
    exitDelayMs: valueOf('exit_delay'),
    entryDelayMs: entryDelayMs ?? ZONE_DEFAULTS.entryDelayMs,
    sourceDelayMs: entryDelayMs,
    alertOn: valueOf('alert_on'),
    openAtArming: valueOf('open_at_arming'),
    commandMaxAgeMs: valueOf('command_max_age'),
    alertCooldownMs: valueOf('alert_cooldown'),
    followHeyu: valueOf('follow_heyu'),
    keyfobs: valueOf('keyfobs'),
    onAlarm: valueOf('on_alarm'),
  };
}

function checkMembers(read: readonly ZoneRead[], report: Report): void {
  const zones = new Map(read.map(({ settings }) => [settings.zone, settings]));
  for (const { settings, at } of read)
    settings.members.forEach((member, index) => {
      const other = zones.get(member);
      const wrong = (problem: string, hint: string | undefined): void => {
        report.problem(at('members'), problem, hint);
      };
      if (other === undefined) wrong(`there is no zone "${member}"`, didYouMean(member, [...zones.keys()]));
      else if (other.kind === 'master')
        wrong(`"${member}" is a zone with members itself`, 'name the members of that zone instead');
      else if (settings.members.indexOf(member) < index)
        wrong(`names "${member}" twice`, 'remove one of them');
    });
}
