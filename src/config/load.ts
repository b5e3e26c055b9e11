/**
 * Loads the configuration: both files, the environment, heyu's own configuration and the secrets, every fault of all
 * of them at once. Reads files; never throws for what it finds in them.
 */
import { resolve } from 'node:path';
import { loadAliasFile } from './alias-file.js';
import { assemble } from './assemble.js';
import { readConfig, type ConfigRead } from './config-file.js';
import { CONFIG_KEY_NAMES, environmentName, type ConfigKey, type ConfigValues } from './config-keys.js';
import type { Configuration } from './configuration.js';
import { exposedSecrets, placeOf, readCredentials } from './credentials.js';
import { derive, type Derived } from './derived.js';
import { readConfigFile } from './config-reading.js';
import { readEnvironment, type Environment, type EnvironmentRead } from './environment.js';
import { ENVIRONMENT, sortFaults, type Fault } from './faults.js';
import { deepFreeze } from './freeze.js';
import { keyfobFaults } from './keyfobs.js';
import type { Origin, Origins } from './origins.js';
import { pathFrom, withAbsolutePaths, type Base } from './paths.js';
import { layered } from './schema.js';
import { withHints } from './syntax-hints.js';
import { topicConflicts } from './topic-conflicts.js';
import { readZones, type ZoneRead } from './zones.js';

/** What to load. */
export type Request = {
  /** Path of config.yaml as the user gave it; undefined = defaults and environment only. */
  readonly configFile: string | undefined;
  /** As `process.env`. */
  readonly env: Environment;
  /** Our own version. */
  readonly version: string;
  /** What relative paths on the command line and in the environment are relative to. */
  readonly cwd?: string;
  /** Aliases may name zones that the configuration does not (`explain` with an alias file alone). */
  readonly anyZone?: boolean;
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
export type Loaded =
  | { readonly ok: true; readonly configuration: Configuration; readonly resolved: Resolved }
  | { readonly ok: false; readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };

/** Loads a configuration. The result is frozen. */
export function loadConfiguration({
  configFile,
  env,
  version,
  cwd = process.cwd(),
  anyZone = false,
}: Request): Loaded {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const base: Base = { configFile, cwd };
  const environment = readEnvironment(env);
  const file = configFile === undefined ? undefined : readConfigFile(configFile, cwd, faults);
  const written = file?.written;
  // Without a readable file every further remark would be about defaults that nobody asked for.
  const isBroken = configFile !== undefined && written === undefined;
  const shown = configFile ?? ENVIRONMENT;
  const config: ConfigRead =
    written === undefined
      ? { values: {}, lines: new Map(), zones: undefined }
      : readConfig(written, shown, faults);
  const zones = readZones(config.zones, shown, faults);
  if (file !== undefined) {
    warnings.push(...file.warnings);
    faults.splice(0, Infinity, ...withHints(faults, file.text));
  }

  const derived = derivedFrom(config, environment, env, base, faults, warnings);
  const values = layered([derived.values, config.values], environment.variables);
  const origins = originsOf(config, environment, derived, shown);
  const absolute = withAbsolutePaths(values, origins, base);

  const knownZones = isBroken || anyZone ? undefined : new Set(zones.map(({ settings }) => settings.zone));
  const aliasFile = aliasFileOf(values, origins, base);
  const read = loadAliasFile(aliasFile, cwd, {
    defaults: values,
    zones: knownZones,
    hidesUnchanged: derived.hidesUnchanged,
  });
  faults.push(...read.faults);
  warnings.push(...read.warnings);
  const { aliases } = read;
  const place = placeOf(origins, configFile);
  if (isBroken) return failed([...faults, ...environment.faults], [...warnings, ...environment.warnings]);

  faults.push(...topicConflicts(values, zones, aliases, place, shown));
  if (read.isComplete) faults.push(...keyfobFaults(zones, aliases, shown));
  const credentials = readCredentials(absolute, origins, place, faults, warnings);
  if (file !== undefined && (file.mode & 0o007) !== 0) warnings.push(...exposedSecrets(values, place, shown));
  faults.push(...environment.faults);
  warnings.push(...environment.warnings);
  if (faults.length > 0) return failed(faults, warnings);

  const configuration = assemble({
    values: absolute,
    zones,
    aliases,
    credentials,
    scales: derived.scales,
    configFile: configFile === undefined ? undefined : resolve(cwd, configFile),
    aliasFile: aliasFile === undefined ? undefined : resolve(cwd, aliasFile),
    aliasFileFound: read.found,
    version,
    warnings: sortFaults(warnings),
  });
  return deepFreeze({ ok: true, configuration, resolved: { values, origins, zones, configFile } });
}

function failed(faults: readonly Fault[], warnings: readonly Fault[]): Loaded {
  return { ok: false, faults: sortFaults(faults), warnings: sortFaults(warnings) };
}

function derivedFrom(
  config: ConfigRead,
  environment: EnvironmentRead,
  env: Environment,
  base: Base,
  faults: Fault[],
  warnings: Fault[],
): Derived {
  const inEnvironment = environment.values['heyu.x10config'];
  const inFile = config.values['heyu.x10config'];
  const fromFile: Origin = { kind: 'file', file: base.configFile ?? '', line: 0 };
  const x10config = inEnvironment ?? (inFile === undefined ? undefined : pathFrom(inFile, fromFile, base));
  return derive(
    (name) => environment.values[name] ?? config.values[name],
    x10config === undefined ? undefined : resolve(base.cwd, x10config),
    env,
    faults,
    warnings,
  );
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
