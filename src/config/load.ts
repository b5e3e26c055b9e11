/**
 * Loads the configuration: both files, the environment and heyu's own configuration, as far as they can be read, judged
 * together. The service, which ends with problems, and the commands that edit the alias file, which must not cause any,
 * use the same function. Reads files; never throws because of their content.
 */
import type { ZoneSettings } from '../security/zone.js';
import type { Codes } from '../ports.js';
import { readCodes } from './codes.js';
import { dirname, resolve } from 'node:path';
import { type AliasFile, readAliasFile } from './aliases.js';
import type { CoreSettings, Location } from '../core-settings.js';
import { type Credentials, exposedSecrets, readCredentials } from './credentials.js';
import { judge } from './judge.js';
import type { ConfigValues } from './keys-and-defaults.js';
import { ENVIRONMENT, type Problem, Report, sortProblems } from './problem.js';
import { notingReader, plannedFile, type ReadFile, readTextFile } from './text-file.js';
import {
  type Base,
  type ConfigRead,
  derive,
  type Derived,
  type Environment,
  layered,
  originsOf,
  type Origins,
  pathFrom,
  placeOf,
  readConfig,
  readEnvironment,
  readZones,
  withAbsolutePaths,
  type X10ConfigReading,
  type ZoneRead,
} from './values.js';
import { isEmpty, readYaml } from './yaml.js';

/** What to read. */
export type HouseRequest = {
  /** Path of config.yaml as the user gave it; undefined = defaults and environment only. */
  readonly configFile: string | undefined;
  /** As `process.env`. */
  readonly env: Environment;
  /** What relative paths on the command line and in the environment are relative to. */
  readonly cwd?: string;
  /** Aliases may name zones that the configuration does not (`explain` with an alias file alone). */
  readonly anyZone?: boolean;
  /** The alias file, in place of the one that the configuration names. */
  readonly aliasFile?: string | undefined;
  /** Text of the alias file that is to be judged as if it stood there. */
  readonly plannedAliases?: string;
  /** Reads the three files: from the disk, if nothing else is said. */
  readonly readFile?: ReadFile;
};

/** What has been read, and everything that is wrong with it, in the order of the files. Secrets are not looked at. */
export type House = {
  /** As they are written: relative paths stay relative. */
  readonly values: ConfigValues;
  /** With every path made absolute. */
  readonly absolute: ConfigValues;
  readonly origins: Origins;
  readonly zones: readonly ZoneRead[];
  /** Path of the alias file as it is shown; undefined without a configuration that it could lie beside. */
  readonly aliasFile: string | undefined;
  readonly aliases: Pick<AliasFile, 'aliases' | 'found'>;
  /** config.yaml cannot be read at all: what is read beside it says little. */
  readonly isBroken: boolean;
  /** Permission bits of config.yaml; 0 without one. */
  readonly mode: number;
  readonly derived: Derived;
} & Pick<Readonly<Report>, 'problems' | 'ignored' | 'warnings'>;

/** Reads a house. */
export function readHouse(request: HouseRequest): House {
  const { configFile, env, cwd = process.cwd(), anyZone = false, readFile = readTextFile } = request;
  const report = new Report();
  const ofEnvironment = new Report();
  const base: Base = { configFile, cwd };
  const shown = configFile ?? ENVIRONMENT;
  const environment = readEnvironment(env, ofEnvironment);
  const { config, zones, mode, isEmptyFile } = readConfigFile(base, readFile, report);
  // Without a readable file every further message would be about defaults.
  const isBroken = configFile !== undefined && config === undefined;

  const read: ConfigRead = config ?? { values: {}, lines: new Map(), zones: undefined };
  const given = { ...read.values, ...environment };
  const named = given['heyu.x10config'];
  const kind = environment['heyu.x10config'] === undefined ? 'file' : 'environment';
  const x10config = named === undefined ? undefined : resolve(cwd, pathFrom(named, kind, base));
  const readX10 = (path: string): X10ConfigReading => ({
    path,
    reading: readFile(path, path, { lenient: true }),
  });
  const derived = derive(given, x10config === undefined ? undefined : readX10(x10config), env, report);
  const values = layered([derived.values, read.values, environment]);
  const origins = originsOf(read, environment, derived, shown);

  const origin = origins.get('aliases')?.kind ?? 'default';
  const hasPlace = configFile !== undefined || origin === 'environment';
  const aliasFile = request.aliasFile ?? (hasPlace ? pathFrom(values.aliases, origin, base) : undefined);
  const { plannedAliases } = request;
  const context = {
    defaults: values,
    zones:
      isBroken || isEmptyFile || anyZone ? undefined : new Set(zones.map(({ settings }) => settings.zone)),
    hidesUnchanged: derived.hidesUnchanged,
  };
  const ofAliases = readAliasFile(
    aliasFile,
    cwd,
    context,
    plannedAliases === undefined ? readFile : (_, shownAs = '') => plannedFile(plannedAliases, shownAs),
  );
  const { aliases, found } = ofAliases;
  if (isEmptyFile && !anyZone && aliases.some(({ settings }) => settings.zone !== undefined))
    report.problem({ file: shown }, 'is empty, but aliases have zones', EMPTY_HINT);
  const place = placeOf(origins, configFile);
  // a keyfob that is missing may be one that could not be read
  const isComplete = ofAliases.report.problems.length === 0;
  const judged = judge({ values, origins, zones, aliases, isComplete, place });
  if (!isBroken) report.warnings.push(...judged.warnings);
  report.add(ofAliases.report);
  report.add({ problems: judged.problems, ignored: judged.ignored, warnings: [] });
  report.add(ofEnvironment);
  return {
    values,
    absolute: withAbsolutePaths(values, origins, base),
    origins,
    zones,
    aliasFile,
    aliases: { aliases, found },
    isBroken,
    mode,
    derived,
    problems: report.problems,
    ignored: report.ignored,
    warnings: report.warnings,
  };
}

const EMPTY_HINT = 'restore it from a copy, or remove it: heyu2mqtt init writes a new one';

/** What stands in config.yaml; `config` is undefined when there is none, or it cannot be read at all. */
type ConfigFile = {
  readonly config: ConfigRead | undefined;
  readonly zones: readonly ZoneRead[];
  readonly mode: number;
  readonly isEmptyFile: boolean;
};

function readConfigFile({ configFile, cwd }: Base, readFile: ReadFile, report: Report): ConfigFile {
  const none: ConfigFile = { config: undefined, zones: [], mode: 0, isEmptyFile: false };
  if (configFile === undefined) return none;
  const reading = readFile(resolve(cwd, configFile), configFile);
  if (!reading.ok) {
    const { problem, missing } = reading;
    const hint = missing ? 'heyu2mqtt init writes one; --config names another' : problem.hint;
    report.problems.push({ ...problem, hint });
    return none;
  }
  const { text, mode } = reading.file;
  const read = readYaml(text, configFile, report, (written) => {
    const config = readConfig(written, configFile, report);
    const isEmptyFile = isEmpty(written);
    if (written.kind !== 'section' && !isEmptyFile) return { ...none, mode };
    return { config, zones: readZones(config.zones, configFile, report), mode, isEmptyFile };
  });
  return read ?? { ...none, mode };
}

/** What to load. */
export type Request = HouseRequest & {
  /** Our own version. */
  readonly version: string;
  /**
   * Texts that were good once, by absolute path: they are read instead of the files. What is wrong beside them (the
   * environment, a password file) is a warning then.
   */
  readonly kept?: ReadonlyMap<string, string>;
};

/** What the configuration is made of, with the origins of its values. */
export type Resolved = Pick<House, 'absolute' | 'origins' | 'zones' | 'aliases'> & {
  readonly configFile: string | undefined;
};

/** A configuration, or everything that is wrong with it, sorted. */
export type Loaded = {
  /** What was read of the configuration, the alias file and heyu's configuration, by absolute path. */
  readonly texts: ReadonlyMap<string, string>;
} & (
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      readonly resolved: Resolved;
      /** Settings that have no effect: left aside and to be reported (docs/design.md, decision 14). */
      readonly ignored: readonly Problem[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      readonly warnings: readonly Problem[];
      /** Absolute path of heyu's own configuration, if one is named. */
      readonly x10config: string | undefined;
      /** The state directory as far as it can be told, absolute. */
      readonly stateDir: string;
    }
);

/**
 * Loads a configuration. The result is frozen. Settings without effect are in `ignored` and are not errors: a file that
 * an earlier version accepted must start.
 */
export function loadConfiguration(request: Request): Loaded {
  const { configFile, cwd = process.cwd(), kept } = request;
  const texts = new Map<string, string>();
  const house = readHouse({ ...request, readFile: notingReader(texts, kept) });
  const { values, absolute, origins, zones } = house;
  const report = new Report();
  report.add(house);
  const failed = (warnings: readonly Problem[], stateDir: string): Loaded => ({
    ok: false,
    problems: sortProblems(report.problems),
    warnings: sortProblems(warnings),
    texts,
    x10config: absolute['heyu.x10config'],
    stateDir,
  });
  if (house.isBroken)
    return failed(report.warnings, stateDirOf(house, texts, resolve(cwd, configFile ?? '')));

  const place = placeOf(origins, configFile);
  const credentials = readCredentials(absolute, origins, place, report);
  if ((house.mode & 0o007) !== 0) exposedSecrets(values, place, configFile ?? ENVIRONMENT, report);
  if (kept !== undefined) report.warnings.push(...report.problems);
  else if (report.problems.length > 0)
    return failed([...report.warnings, ...house.ignored], absolute.state_dir);

  const codes = readCodes(absolute.codes_file, place('codes_file'), report);
  const configuration = assemble(house, { credentials, codes }, request, sortProblems(report.warnings));
  const resolved = { absolute, origins, zones, aliases: house.aliases, configFile };
  return deepFreeze({ ok: true, configuration, resolved, ignored: sortProblems(house.ignored), texts });
}

/** The state directory of a configuration that is not YAML: its line may still be a good one. */
function stateDirOf({ absolute, origins }: House, texts: ReadonlyMap<string, string>, file: string): string {
  const line = /^state_dir:\s+["']?([^"'#\s][^"'#\n]*?)["']?\s*(?:#.*)?$/m;
  const [, written] = line.exec(texts.get(file) ?? '') ?? [];
  return written === undefined || origins.get('state_dir')?.kind === 'environment'
    ? absolute.state_dir
    : resolve(dirname(file), written);
}

/** A place needs both of its numbers (config/judge). */
function locationOf(values: ConfigValues): Location | undefined {
  const { 'location.latitude': latitude, 'location.longitude': longitude } = values;
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

/** The zones as they ask for a code: one of the bridge if it has a code, zones together if one of them does. */
export function withCodes(zones: readonly ZoneSettings[], codes: Codes): readonly ZoneSettings[] {
  const asking = zones
    .filter(({ kind, zone }) => kind === 'owned' && (codes === 'damaged' || Object.hasOwn(codes, zone)))
    .map(({ zone }) => zone);
  return zones.map((each) => ({
    ...each,
    hasCodes: [each.zone, ...each.members].some((zone) => asking.includes(zone)),
  }));
}

/** What the loader hands over: the settings of the core and of the shell, plain and frozen. Times are milliseconds. */
export type Configuration = ReturnType<typeof assemble>;

function assemble(
  { absolute: values, origins, zones, aliases, aliasFile, derived }: House,
  { credentials, codes }: { readonly credentials: Credentials; readonly codes: Codes },
  { configFile, version, cwd = process.cwd() }: Request,
  warnings: readonly Problem[],
) {
  const bridgeId = values.bridge_id ?? 'x10';
  const schedule = (expression: string): string | undefined =>
    expression === 'off' ? undefined : expression;
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(cwd, path);
  const core: CoreSettings = {
    baseTopic: values['mqtt.base_topic'],
    bridgeId,
    sensors: aliases.aliases.map(({ settings }) => settings),
    zones: withCodes(
      zones.map(({ settings }) => settings),
      codes,
    ),
    homeassistant: {
      discovery: values['homeassistant.discovery'],
      prefix: values['homeassistant.prefix'],
      release: values['homeassistant.release'],
      pageUrl: values['web.url'],
    },
    stamp: { order: values['heyu.date_format'], timeZone: values['heyu.timezone'] ?? 'UTC' },
    scales: derived.scales,
    replayMaxAgeMs: values['replay.max_age'],
    addressExpiryMs: values['selection.address_expiry'],
    quietAfterMs: values['heyu.quiet_after'],
    control: values['heyu.control'],
    location: locationOf(values),
    version,
  };
  return {
    core,
    /** The log of heyu and the heyu program. Paths are absolute. */
    heyu: {
      log: values['heyu.log'],
      /** Look for changes at intervals instead of waiting for notices of the file system. */
      polling: values['heyu.polling'],
      pollIntervalMs: values['heyu.poll_interval'],
      /** How long a rotated log is read beside the new one. */
      lingerMs: values['heyu.linger'],
      /** The heyu program: a path, or a name to be found in PATH. */
      command: values['heyu.command'],
    },
    /** How to reach the broker. Secrets are resolved: nothing of this may be logged as a whole. */
    mqtt: {
      ...credentials,
      clientId: values['mqtt.client_id'] ?? `heyu2mqtt-${bridgeId}`,
      keepaliveMs: values['mqtt.keepalive'],
      protocol: values['mqtt.protocol'],
      session: values['mqtt.session'],
    },
    /** The owner's program for alerts. */
    onAlert: {
      /** Absolute path; undefined = none. */
      program: values['on_alert.command'],
      timeoutMs: values['on_alert.timeout'],
    },
    /** Where figures for Prometheus are written; undefined = nowhere. */
    metricsFile: values['metrics.file'],
    web: webOf({ values, origins, configFile, cwd }),
    homeassistant: {
      birthTopic: values['homeassistant.birth_topic'],
      birthPayload: values['homeassistant.birth_payload'],
    },
    /** Cron expressions; undefined = off. */
    cron: { discovery: schedule(values['cron.discovery']), summary: schedule(values['cron.summary']) },
    /** Of the zones. Secrets. */
    codes,
    /** Absolute path. */
    stateDir: values.state_dir,
    log: { level: values['log.level'], format: values['log.format'] },
    /** Files that it was read from: a change of any of them asks for a reload. Absolute paths. */
    files: {
      config: absolute(configFile),
      aliases: absolute(aliasFile),
      x10config: values['heyu.x10config'],
      password: values['mqtt.password_file'],
      codes: values.codes_file,
      ca: values['mqtt.ca_file'],
      cert: values['mqtt.cert_file'],
      key: values['mqtt.key_file'],
    },
    /** False when the alias file did not exist: a reload should rather wait than drop all sensors. */
    aliasFileFound: aliases.found,
    warnings,
  } as const;
}

/** The page. */
function webOf({
  values,
  origins,
  configFile = '/etc/heyu2mqtt/config.yaml',
  cwd,
}: {
  readonly values: ConfigValues;
  readonly origins: Origins;
} & Base) {
  return {
    listen: values['web.listen'],
    /** The owner has said so. */
    isChosen: origins.get('web.listen')?.kind !== 'default',
    url: values['web.url'],
    hosts: values['web.hosts'],
    openReading: values['web.open_reading'],
    ingress: values['web.ingress'],
    frameAncestors: values['web.frame_ancestors'],
    /** The file of tokens, absolute. */
    tokens: resolve(cwd, dirname(configFile), 'web-tokens'),
  } as const;
}

/** Freezes plain objects and arrays to any depth and returns the value. The contents of sets and maps stay as they are. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
