/** Reads config.yaml as it is written: every scalar key by its table, the zones left for zones.ts. */
import convict from 'convict';
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type Form, givenAs, slug } from './forms.js';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, type ConfigKey, type ConfigValues, environmentName } from './keys.js';
import { ENVIRONMENT, type Problem, problemAt } from './problem.js';
import { nearest } from './suggest.js';
import { type FileReading, type ReadFile, readTextFile } from './text-file.js';
import { dotted, type Entry, isEmpty, readDocument, readWritten, unknownKey, type Written } from './yaml.js';
import { adviseLogDir } from '../heyu/x10config-advice.js';
import { heyuLogPath, readX10Config, type Scales } from '../heyu/x10config.js';

/** What a configuration file says. */
export type ConfigRead = {
  readonly values: Layer;
  /** Line of every known key that is there, good or not. */
  readonly lines: ReadonlyMap<ConfigKey, number>;
  readonly zones: Entry | undefined;
};

/** Sections of the file and their keys: `mqtt` -> `url`, `username` ...; the top level is ''. */
const SECTIONS: ReadonlyMap<string, readonly string[]> = sectionsOf(CONFIG_KEY_NAMES);

function sectionsOf(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>([['', ['zones']]]);
  for (const name of names) {
    const [first = '', second] = name.split('.');
    const top = sections.get('') ?? [];
    if (!top.includes(first)) top.push(first);
    if (second === undefined) continue;
    const section = sections.get(first);
    if (section === undefined) sections.set(first, [second]);
    else section.push(second);
  }
  return sections;
}

/** Reads the document of a configuration file. Faults are added to `problems`. */
export function readConfig(written: Written, file: string, problems: Problem[]): ConfigRead {
  const values: Record<string, unknown> = {};
  const lines = new Map<ConfigKey, number>();
  let zones: Entry | undefined;

  const readEntry = (entry: Entry, section: string): void => {
    const name = section === '' ? entry.key : `${section}.${entry.key}`;
    if (isConfigKey(name)) {
      lines.set(name, entry.line);
      const form: Form<unknown> = CONFIG_KEYS[name].form;
      const reading = readWritten(form, entry.value);
      if (reading.ok) values[name] = reading.value;
      else problems.push(problemAt({ file, line: entry.line, key: name }, reading.problem, reading.hint));
    } else if (section === '' && entry.key === 'zones') {
      zones = entry;
    } else if (section === '' && entry.key !== '' && SECTIONS.has(entry.key)) {
      readSection(entry);
    } else {
      problems.push(
        unknownKey(
          entry,
          { file, path: section },
          SECTIONS.get(section) ?? [],
          elsewhere(entry.key, section),
        ),
      );
    }
  };
  const readSection = ({ key, value, line }: Entry): void => {
    if (value.kind === 'section') for (const entry of value.entries.values()) readEntry(entry, key);
    else if (!isEmpty(value)) {
      const example = `${key}:\n    ${SECTIONS.get(key)?.[0] ?? ''}: ...`;
      problems.push(
        problemAt(
          { file, line, key: dotted(key) },
          'must be a section',
          `write ${example.replace(/\n\s+/, ' and below it, indented, ')}`,
        ),
      );
    }
  };

  if (written.kind === 'section') for (const entry of written.entries.values()) readEntry(entry, '');
  else if (!isEmpty(written)) {
    problems.push(
      problemAt(
        { file, line: written.line },
        'holds no keys',
        'write key: value, as in the example config.yaml',
      ),
    );
  }
  return { values: values, lines, zones };
}

function isConfigKey(name: string): name is ConfigKey {
  return Object.hasOwn(CONFIG_KEYS, name);
}

/** Where a key that stands in the wrong section belongs, if its own section has nothing like it. */
function elsewhere(key: string, section: string): string | undefined {
  if (nearest(key, SECTIONS.get(section) ?? []) !== undefined) return undefined;
  const there = CONFIG_KEY_NAMES.find((name) => name === key || name.endsWith(`.${key}`));
  if (there === undefined) return undefined;
  return `it belongs ${there.includes('.') ? `into the section ${there.split('.', 1)[0] ?? ''}` : 'to the top level'}: ${there}`;
}

/** What stands in the file, and its permission bits; `written` is undefined when it cannot be read at all. */
export type ConfigFile = {
  readonly written: Written | undefined;
  readonly text: string;
  readonly mode: number;
  readonly warnings: readonly Problem[];
};

/** Reads it. `path` is shown as it is given and relative to `cwd`. Faults are added to `problems`. */
export function readConfigFile(
  path: string,
  cwd: string,
  problems: Problem[],
  read: ReadFile = readTextFile,
): ConfigFile {
  const reading = read(resolve(cwd, path), path);
  if (!reading.ok) {
    const { problem, missing } = reading;
    problems.push(
      missing ? { ...problem, hint: 'heyu2mqtt init writes one; --config names another' } : problem,
    );
    return { written: undefined, text: '', mode: 0, warnings: [] };
  }
  const document = readDocument(reading.file.text, path);
  problems.push(...document.problems);
  const { text, mode } = reading.file;
  return { written: document.written, text, mode, warnings: document.warnings };
}

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about the configuration. */
export type EnvironmentRead = {
  /** The texts of good variables, by variable. */
  readonly variables: Readonly<Record<string, string>>;
  /** What they stand for. */
  readonly values: Layer;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
};

const PREFIX = 'HEYU2MQTT_';

/** Our variables that are no key of the configuration: the path of the configuration itself. */
const OTHERS = ['HEYU2MQTT_CONFIG'];

/**
 * Reads our variables. An empty one counts as not set, as in unit files and compose files that pass it on. An unknown
 * one is a warning, not a fault: container engines invent variables with the service's name.
 */
export function readEnvironment(env: Environment): EnvironmentRead {
  const variables: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const known = new Map(CONFIG_KEY_NAMES.map((name) => [environmentName(name), name]));
  for (const [variable, name] of known) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const form: Form<unknown> = CONFIG_KEYS[name].form;
    const reading = form.read(text);
    if (reading.ok) {
      variables[variable] = text;
      values[name] = reading.value;
    } else {
      problems.push(problemAt({ file: ENVIRONMENT, key: variable }, reading.problem, reading.hint));
    }
  }
  const warnings = Object.keys(env)
    .filter((variable) => variable.startsWith(PREFIX) && !known.has(variable) && !OTHERS.includes(variable))
    .sort()
    .map((variable) => unknownVariable(variable, [...known.keys()]));
  return { variables, values, problems, warnings };
}

function unknownVariable(variable: string, known: readonly string[]): Problem {
  if (variable === `${PREFIX}ZONES`) {
    return problemAt({ file: ENVIRONMENT, key: variable }, 'is not read', 'zones can only stand in the file');
  }
  const near = nearest(
    variable.slice(PREFIX.length),
    known.map((name) => name.slice(PREFIX.length)),
  );
  return problemAt(
    { file: ENVIRONMENT, key: variable },
    'is no variable of ours',
    near === undefined ? undefined : `did you mean "${PREFIX}${near}"?`,
  );
}

/** A layer of derived values and what each was worked out from. */
export type Derived = {
  readonly values: Layer;
  readonly from: ReadonlyMap<ConfigKey, string>;
  /** heyu's configuration says HIDE_UNCHANGED YES. */
  readonly hidesUnchanged: boolean;
  /** The scales of heyu's configuration. */
  readonly scales: Scales;
};

/** What a key is without derived values: the environment's, else the file's, else the default. */
export type Given = <K extends ConfigKey>(name: K) => Layer[K];

/** How deep into problems of heyu's configuration we go: the first tells the user to ask heyu for the others. */
const X10_PROBLEMS_SHOWN = 3;

/** Collects values with their sources. */
type Collector = <K extends ConfigKey>(name: K, value: Layer[K], from: string) => void;

/** heyu's configuration: its absolute path and what is in it. */
export type X10ConfigReading = { readonly path: string; readonly reading: FileReading };

/** Works out what can be, with heyu's configuration if one is given. */
export function derive(
  given: Given,
  x10config: X10ConfigReading | undefined,
  env: Environment,
  problems: Problem[],
  warnings: Problem[],
): Derived {
  const values: Record<string, unknown> = {};
  const from = new Map<ConfigKey, string>();
  const add: Collector = (name, value, source) => {
    values[name] = value;
    from.set(name, source);
  };
  const { hidesUnchanged, scales } =
    x10config === undefined
      ? SILENT
      : fromX10Config(x10config, add, given('heyu.log') !== undefined, problems, warnings);
  fromSystemd(env, add);

  const baseTopic = given('mqtt.base_topic') ?? CONFIG_KEYS['mqtt.base_topic'].default;
  const bridgeId = given('bridge_id') ?? slug(baseTopic) ?? 'x10';
  if (given('bridge_id') === undefined) add('bridge_id', bridgeId, 'from mqtt.base_topic');
  add('mqtt.client_id', `heyu2mqtt-${bridgeId}`, 'from bridge_id');
  add('heyu.timezone', Intl.DateTimeFormat().resolvedOptions().timeZone, 'system');
  return { values: values, from, hidesUnchanged, scales };
}

/** What is taken from heyu's configuration without being a key of ours. */
type OfHeyu = Pick<Derived, 'hidesUnchanged' | 'scales'>;

/** A configuration that is not there, or cannot be read. */
const SILENT: OfHeyu = { hidesUnchanged: false, scales: {} };

/** Takes what it can of heyu's configuration. */
function fromX10Config(
  { path, reading }: X10ConfigReading,
  add: Collector,
  hasLog: boolean,
  problems: Problem[],
  warnings: Problem[],
): OfHeyu {
  if (!reading.ok) {
    problems.push({
      ...reading.problem,
      hint: reading.problem.hint ?? 'correct heyu.x10config or remove it',
    });
    return SILENT;
  }
  const config = readX10Config(reading.file.text);
  for (const { line, problem } of config.problems.slice(0, X10_PROBLEMS_SHOWN)) {
    warnings.push(
      problemAt(
        { file: path, line: line === 0 ? undefined : line },
        `heyu refuses the file: ${problem.replace(/\.$/, '')}`,
        'heyu keeps its old configuration until this is mended',
      ),
    );
  }
  add('heyu.date_format', config.dateFormat.order, `x10config ${path}`);
  const log = heyuLogPath(config);
  if (log !== undefined) add('heyu.log', log, `x10config ${path}`);
  else if (!hasLog) {
    const { line } = config.logDirLine ?? {};
    for (const { problem, hint } of adviseLogDir(config))
      problems.push(problemAt({ file: path, line }, problem, hint));
  }
  return { hidesUnchanged: config.hideUnchanged, scales: config.scales };
}

/** systemd.exec(5): StateDirectory= and LoadCredential= arrive as environment variables. */
function fromSystemd(env: Environment, add: Collector): void {
  const [stateDirectory = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (stateDirectory !== '') add('state_dir', resolve(stateDirectory), 'environment STATE_DIRECTORY');
  const credentials = env['CREDENTIALS_DIRECTORY'] ?? '';
  if (credentials === '') return;
  const password = join(credentials, 'mqtt-password');
  if (existsSync(password)) add('mqtt.password_file', password, 'environment CREDENTIALS_DIRECTORY');
}

/** Values of some keys. */
export type Layer = Partial<ConfigValues>;

/** A property of a convict schema. convict knows `null` for "no value", we know undefined. */
type Property = {
  readonly default: unknown;
  readonly doc: string;
  readonly env: string;
  readonly format: string;
  readonly sensitive: boolean;
  readonly nullable: true;
};
type Tree<Leaf> = { [name: string]: Leaf | Tree<Leaf> };

const formOf = (name: ConfigKey): Form<unknown> => CONFIG_KEYS[name].form;

// One format per key: a format of convict takes no parameters, our forms do (ranges, words). Formats are global to
// convict's module, therefore they are registered once, here, under names of our own.
const formatOf = (name: ConfigKey): string => `heyu2mqtt ${name}`;
for (const name of CONFIG_KEY_NAMES) {
  convict.addFormat({
    name: formatOf(name),
    // convict calls it for texts only, that is for environment variables and for values that are texts themselves.
    coerce: (text: string): unknown => {
      const reading = formOf(name).read(text);
      return reading.ok ? reading.value : text;
    },
    validate: (value: unknown): void => {
      const reading = formOf(name).read(givenAs(formOf(name).write(value)));
      if (!reading.ok) throw new Error(reading.problem);
    },
  });
}

/** Sets a dotted path in a tree, building its branches. */
function plant<Leaf>(tree: Tree<Leaf>, name: string, leaf: Leaf): void {
  const parts = name.split('.');
  const last = parts.pop() ?? name;
  let branch: Tree<Leaf> = tree;
  for (const part of parts) {
    const next: Tree<Leaf> = {};
    branch = branch[part] ??= next;
  }
  branch[last] = leaf;
}

function convictSchema(): Tree<Property> {
  const tree: Tree<Property> = {};
  for (const name of CONFIG_KEY_NAMES) {
    const { default: standard, doc, isSecret } = { isSecret: false, ...CONFIG_KEYS[name] };
    plant<Property>(tree, name, {
      default: standard ?? null,
      doc,
      env: environmentName(name),
      format: formatOf(name),
      sensitive: isSecret,
      nullable: true,
    });
  }
  return tree;
}

/**
 * The effective values: each later layer wins over the earlier ones, the environment over all. The values of the
 * layers and of `env` must have been checked; the exception for one that was not is a bug of ours.
 */
export function layered(layers: readonly Layer[], env: Readonly<Record<string, string>>): ConfigValues {
  const config = convict<Tree<unknown>>(convictSchema(), { args: [], env: { ...env } });
  for (const layer of layers) {
    const tree: Tree<unknown> = {};
    for (const [name, value] of Object.entries(layer)) plant(tree, name, value);
    config.load(tree);
  }
  config.validate({ allowed: 'strict' });
  const values: Record<string, unknown> = {};
  for (const name of CONFIG_KEY_NAMES) {
    const value: unknown = config.get(name);
    values[name] = value ?? undefined;
  }
  return values as ConfigValues;
}

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
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'derived':
      return origin.from;
    case 'file':
      return `${origin.file.slice(origin.file.lastIndexOf('/') + 1)}:${origin.line}`;
    case 'environment':
      return `environment ${origin.variable}`;
  }
}

/** Keys that hold paths. */
const PATH_KEYS = [
  'heyu.log',
  'heyu.x10config',
  'mqtt.password_file',
  'mqtt.ca_file',
  'mqtt.cert_file',
  'mqtt.key_file',
  'aliases',
  'state_dir',
] as const satisfies readonly ConfigKey[];

/** Where the configuration lies. `cwd` is absolute. */
export type Base = { readonly configFile: string | undefined; readonly cwd: string };

/**
 * A path of the configuration as a person would write it: relative to where we were started if the configuration file
 * was named so. A value of the file, and the default alias file, lie beside the configuration file.
 */
export function pathFrom(path: string, origin: Origin | undefined, { configFile }: Base): string {
  const beside = origin?.kind === 'file' || (origin?.kind ?? 'default') === 'default';
  return isAbsolute(path) || !beside || configFile === undefined ? path : join(dirname(configFile), path);
}

/** The values with every path made absolute. */
export function withAbsolutePaths(values: ConfigValues, origins: Origins, base: Base): ConfigValues {
  const absolute: Partial<Record<ConfigKey, string>> = {};
  for (const name of PATH_KEYS) {
    const path = values[name];
    if (path !== undefined) absolute[name] = resolve(base.cwd, pathFrom(path, origins.get(name), base));
  }
  return { ...values, ...absolute } as ConfigValues;
}
