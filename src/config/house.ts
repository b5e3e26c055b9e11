/**
 * Reads the house: both files, the environment and heyu's own configuration, as far as they go, and judges them
 * together. The one way for the service, which ends with faults, and for the commands that edit the alias file, which
 * may make none. Secrets are not looked at. Reads files; never throws for what it finds in them.
 */
import { resolve } from 'node:path';
import { loadAliasFile, type AliasFile } from './alias-file.js';
import { readConfig, type ConfigRead } from './config-file.js';
import { CONFIG_KEY_NAMES, environmentName, type ConfigKey, type ConfigValues } from './config-keys.js';
import { placeOf } from './credentials.js';
import { derive, type Derived } from './derived.js';
import { readConfigFile } from './config-reading.js';
import { readEnvironment, type Environment, type EnvironmentRead } from './environment.js';
import { ENVIRONMENT, type Problem } from './problem.js';
import { judge } from './judge.js';
import { waitingValues } from './no-effect.js';
import type { Origin, Origins } from './origins.js';
import { pathFrom, withAbsolutePaths, type Base } from './paths.js';
import { layered } from './schema.js';
import { withHints } from './syntax-hints.js';
import { plannedFile, readTextFile, type ReadFile } from './text-file.js';
import { readZones, type ZoneRead } from './zones.js';

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
