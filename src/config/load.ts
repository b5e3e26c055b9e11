/**
 * Loads the configuration: the house and the secrets, every fault of all of them at once. Reads files; never throws
 * for what it finds in them.
 */
import { dirname, resolve } from 'node:path';
import { assemble } from './assemble.js';
import type { ConfigValues } from './config-keys.js';
import type { Configuration } from './configuration.js';
import { exposedSecrets, placeOf, readCredentials } from './credentials.js';
import { ENVIRONMENT, sortProblems, type Problem } from './problem.js';
import { deepFreeze } from './freeze.js';
import { readHouse, type House, type HouseRequest } from './house.js';
import type { Origins } from './origins.js';
import { notingReader } from './text-file.js';
import type { ZoneRead } from './zones.js';

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
