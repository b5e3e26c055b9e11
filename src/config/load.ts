/**
 * Loads the configuration: the house and the secrets, every fault of all of them at once. Reads files; never throws
 * for what it finds in them.
 */
import { dirname, resolve } from 'node:path';
import { deepFreeze } from '../common/freeze.js';
import { type AliasFile, type AliasRead, loadAliasFile } from './aliases.js';
import {
  type Base,
  type ConfigRead,
  derive,
  type Derived,
  type Environment,
  type EnvironmentRead,
  layered,
  type Origin,
  type Origins,
  pathFrom,
  readConfig,
  readConfigFile,
  readEnvironment,
  withAbsolutePaths,
} from './values.js';
import type { Configuration } from './configuration.js';
import { type Credentials, exposedSecrets, placeOf, readCredentials } from './credentials.js';
import { judge, waitingValues } from './judge.js';
import { CONFIG_KEY_NAMES, type ConfigKey, type ConfigValues, environmentName } from './keys.js';
import { ENVIRONMENT, type Problem, sortProblems } from './problem.js';
import { withHints } from './syntax-hints.js';
import { notingReader, plannedFile, type ReadFile, readTextFile } from './text-file.js';
import { readZones, type ZoneRead } from './zones.js';
import type { Scales } from '../heyu/x10config.js';

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

/** Effective values with their origins, for `effectiveValues`. */
export type Resolved = {
  /** As they are written: relative paths stay relative. */
  readonly values: ConfigValues;
  readonly origins: Origins;
  readonly zones: readonly ZoneRead[];
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
 * Loads a configuration. The result is frozen. Settings without effect stand in `ignored` and are no problems: what an
 * earlier version accepted starts.
 */
export function loadConfiguration(request: Request): Loaded {
  const { configFile, version, cwd = process.cwd(), kept } = request;
  const texts = new Map<string, string>();
  const house = readHouse({ ...request, readFile: notingReader(texts, kept) });
  const { values, absolute, origins, zones, aliases, aliasFile } = house;
  const problems = [...house.problems];
  const warnings = [...house.warnings];
  const failed = (all: readonly Problem[], stateDir: string): Loaded => ({
    ok: false,
    problems: sortProblems(problems),
    warnings: sortProblems(all),
    texts,
    x10config: absolute['heyu.x10config'],
    stateDir,
  });
  if (house.isBroken) return failed(warnings, stateDirOf(house, texts, resolve(cwd, configFile ?? '')));

  const place = placeOf(origins, configFile);
  const credentials = readCredentials(absolute, origins, place, problems, warnings);
  if ((house.mode & 0o007) !== 0) warnings.push(...exposedSecrets(values, place, configFile ?? ENVIRONMENT));
  if (kept !== undefined) warnings.push(...problems);
  else if (problems.length > 0) return failed([...warnings, ...house.ignored], absolute.state_dir);

  const configuration = assemble({
    values: absolute,
    zones,
    aliases: aliases.aliases,
    credentials,
    configFile: configFile === undefined ? undefined : resolve(cwd, configFile),
    aliasFile: aliasFile === undefined ? undefined : resolve(cwd, aliasFile),
    aliasFileFound: aliases.found,
    version,
    scales: house.derived.scales,
    warnings: sortProblems(warnings),
  });
  const resolved = { values, origins, zones, configFile };
  return deepFreeze({ ok: true, configuration, resolved, ignored: sortProblems(house.ignored), texts });
}

/** The state directory of a configuration that is no YAML: its line may still be a good one. */
function stateDirOf({ absolute, origins }: House, texts: ReadonlyMap<string, string>, file: string): string {
  const line = /^state_dir:\s+["']?([^"'#\s][^"'#\n]*?)["']?\s*(?:#.*)?$/m;
  const [, written] = line.exec(texts.get(file) ?? '') ?? [];
  return written === undefined || origins.get('state_dir')?.kind === 'environment'
    ? absolute.state_dir
    : resolve(dirname(file), written);
}

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

/** What has been read, and everything that is wrong with it, in the order of the files. */
export type House = {
  /** As they are written: relative paths stay relative. */
  readonly values: ConfigValues;
  /** With every path made absolute. */
  readonly absolute: ConfigValues;
  readonly origins: Origins;
  readonly zones: readonly ZoneRead[];
  /** Path of the alias file as it is shown; undefined without a configuration that it could lie beside. */
  readonly aliasFile: string | undefined;
  readonly aliases: AliasFile;
  /** config.yaml cannot be read at all: what is read beside it says little. */
  readonly isBroken: boolean;
  /** Permission bits of config.yaml; 0 without one. */
  readonly mode: number;
  readonly derived: Derived;
  readonly problems: readonly Problem[];
  /** Settings that have no effect and are left aside: whoever edits them must not make one. */
  readonly ignored: readonly Problem[];
  readonly warnings: readonly Problem[];
};

/** Reads a house. */
export function readHouse(request: HouseRequest): House {
  const { configFile, env, cwd = process.cwd(), anyZone = false, readFile = readTextFile } = request;
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const base: Base = { configFile, cwd };
  const environment = readEnvironment(env);
  const file = configFile === undefined ? undefined : readConfigFile(configFile, cwd, problems, readFile);
  const written = file?.written;
  // Without a readable file every further remark would be about defaults that nobody asked for.
  const isBroken = configFile !== undefined && written === undefined;
  const shown = configFile ?? ENVIRONMENT;
  const config: ConfigRead =
    written === undefined
      ? { values: {}, lines: new Map(), zones: undefined }
      : readConfig(written, shown, problems);
  const zones = readZones(config.zones, shown, problems);
  if (file !== undefined) {
    warnings.push(...file.warnings);
    problems.splice(0, Infinity, ...withHints(problems, file.text));
  }

  const x10config = x10configOf(config, environment, base);
  const derived = derive(
    (name) => environment.values[name] ?? config.values[name],
    x10config === undefined
      ? undefined
      : { path: x10config, reading: readFile(x10config, x10config, { lenient: true }) },
    env,
    problems,
    warnings,
  );
  const values = layered([derived.values, config.values], environment.variables);
  const origins = originsOf(config, environment, derived, shown);

  const aliasFile = request.aliasFile ?? aliasFileOf(values, origins, base);
  const { plannedAliases } = request;
  const aliases = loadAliasFile(
    aliasFile,
    cwd,
    {
      defaults: values,
      zones: isBroken || anyZone ? undefined : new Set(zones.map(({ settings }) => settings.zone)),
      hidesUnchanged: derived.hidesUnchanged,
    },
    plannedAliases === undefined ? readFile : (_, shownAs = '') => plannedFile(plannedAliases, shownAs),
  );
  const place = placeOf(origins, configFile);
  if (!isBroken) warnings.push(...waitingValues(values, origins, place));
  const judged = judge({ values, zones, aliases, aliasFile: aliasFile ?? '', place, configFile: shown });
  return {
    values,
    absolute: withAbsolutePaths(values, origins, base),
    origins,
    zones,
    aliasFile,
    aliases,
    isBroken,
    mode: file?.mode ?? 0,
    derived,
    problems: [...problems, ...aliases.problems, ...judged.problems, ...environment.problems],
    ignored: [...aliases.ignored, ...judged.ignored],
    warnings: [...warnings, ...aliases.warnings, ...environment.warnings],
  };
}

/** Absolute path of heyu's configuration, if one is given. */
function x10configOf(config: ConfigRead, environment: EnvironmentRead, base: Base): string | undefined {
  const inEnvironment = environment.values['heyu.x10config'];
  const inFile = config.values['heyu.x10config'];
  const fromFile: Origin = { kind: 'file', file: base.configFile ?? '', line: 0 };
  const path = inEnvironment ?? (inFile === undefined ? undefined : pathFrom(inFile, fromFile, base));
  return path === undefined ? undefined : resolve(base.cwd, path);
}

function originsOf(
  config: ConfigRead,
  environment: EnvironmentRead,
  derived: Derived,
  file: string,
): Origins {
  const origins = new Map<ConfigKey, Origin>();
  for (const name of CONFIG_KEY_NAMES) {
    const from = derived.from.get(name);
    const line = config.lines.get(name);
    if (environment.values[name] !== undefined) {
      origins.set(name, { kind: 'environment', variable: environmentName(name) });
    } else if (line !== undefined) origins.set(name, { kind: 'file', file, line });
    else if (from !== undefined) origins.set(name, { kind: 'derived', from });
    else origins.set(name, { kind: 'default' });
  }
  return origins;
}

/** Path of the alias file as it is shown; undefined without a configuration that it could lie beside. */
function aliasFileOf(values: ConfigValues, origins: Origins, base: Base): string | undefined {
  const origin = origins.get('aliases');
  if (base.configFile === undefined && origin?.kind !== 'environment') return undefined;
  return pathFrom(values.aliases, origin, base);
}

/** Everything that has been read. Paths in `values` are absolute. */
export type Parts = {
  readonly values: ConfigValues;
  readonly zones: readonly ZoneRead[];
  readonly aliases: readonly AliasRead[];
  readonly credentials: Credentials;
  readonly scales: Scales;
  /** Absolute path. */
  readonly configFile: string | undefined;
  /** Absolute path; undefined when there is no alias file to be looked for. */
  readonly aliasFile: string | undefined;
  readonly aliasFileFound: boolean;
  readonly version: string;
  readonly warnings: readonly Problem[];
};

/** The configuration made of its parts. */
export function assemble(parts: Parts): Configuration {
  const { values, credentials } = parts;
  const bridgeId = values.bridge_id ?? 'x10';
  const schedule = (expression: string): string | undefined =>
    expression === 'off' ? undefined : expression;
  return {
    core: {
      baseTopic: values['mqtt.base_topic'],
      bridgeId,
      sensors: parts.aliases.map(({ settings }) => settings),
      zones: parts.zones.map(({ settings }) => settings),
      homeassistant: {
        discovery: values['homeassistant.discovery'],
        prefix: values['homeassistant.prefix'],
      },
      stamp: { order: values['heyu.date_format'], timeZone: values['heyu.timezone'] ?? 'UTC' },
      scales: parts.scales,
      replayMaxAgeMs: values['replay.max_age'],
      addressExpiryMs: values['selection.address_expiry'],
      quietAfterMs: values['heyu.quiet_after'],
      control: values['heyu.control'],
      version: parts.version,
    },
    heyu: {
      log: values['heyu.log'],
      polling: values['heyu.polling'],
      pollIntervalMs: values['heyu.poll_interval'],
      lingerMs: values['heyu.linger'],
      command: values['heyu.command'],
    },
    mqtt: {
      ...credentials,
      clientId: values['mqtt.client_id'] ?? `heyu2mqtt-${bridgeId}`,
      keepaliveMs: values['mqtt.keepalive'],
      protocol: values['mqtt.protocol'],
      session: values['mqtt.session'],
    },
    homeassistant: {
      birthTopic: values['homeassistant.birth_topic'],
      birthPayload: values['homeassistant.birth_payload'],
    },
    cron: { discovery: schedule(values['cron.discovery']), summary: schedule(values['cron.summary']) },
    stateDir: values.state_dir,
    log: { level: values['log.level'], format: values['log.format'] },
    files: {
      config: parts.configFile,
      aliases: parts.aliasFile,
      x10config: values['heyu.x10config'],
      password: values['mqtt.password_file'],
      ca: values['mqtt.ca_file'],
      cert: values['mqtt.cert_file'],
      key: values['mqtt.key_file'],
    },
    aliasFileFound: parts.aliasFileFound,
    warnings: parts.warnings,
  };
}
