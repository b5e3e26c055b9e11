/**
 * Loads the configuration: the house and the secrets, every fault of all of them at once. Reads files; never throws
 * for what it finds in them.
 */
import { resolve } from 'node:path';
import { assemble } from './assemble.js';
import type { ConfigValues } from './config-keys.js';
import type { Configuration } from './configuration.js';
import { exposedSecrets, placeOf, readCredentials } from './credentials.js';
import { ENVIRONMENT, sortFaults, type Fault } from './faults.js';
import { deepFreeze } from './freeze.js';
import { readHouse, type HouseRequest } from './house.js';
import type { Origins } from './origins.js';
import type { ZoneRead } from './zones.js';

/** What to load. */
export type Request = HouseRequest & {
  /** Our own version. */
  readonly version: string;
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
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      readonly resolved: Resolved;
      /** Settings that have no effect: left aside and to be reported (docs/design.md, decision 14). */
      readonly ignored: readonly Fault[];
    }
  | {
      readonly ok: false;
      readonly faults: readonly Fault[];
      readonly warnings: readonly Fault[];
      /** Absolute path of heyu's own configuration, if one is named. */
      readonly x10config: string | undefined;
    };

/**
 * Loads a configuration. The result is frozen. Settings without effect stand in `ignored` and are no faults: what an
 * earlier version accepted starts.
 */
export function loadConfiguration(request: Request): Loaded {
  const { configFile, version, cwd = process.cwd() } = request;
  const house = readHouse(request);
  const { values, absolute, origins, zones, aliases, aliasFile } = house;
  const faults = [...house.faults];
  const warnings = [...house.warnings];
  const failed = (all: readonly Fault[]): Loaded => ({
    ok: false,
    faults: sortFaults(faults),
    warnings: sortFaults(all),
    x10config: absolute['heyu.x10config'],
  });
  if (house.isBroken) return failed(warnings);

  const place = placeOf(origins, configFile);
  const credentials = readCredentials(absolute, origins, place, faults, warnings);
  if ((house.mode & 0o007) !== 0) warnings.push(...exposedSecrets(values, place, configFile ?? ENVIRONMENT));
  if (faults.length > 0) return failed([...warnings, ...house.ignored]);

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
    warnings: sortFaults(warnings),
  });
  const resolved = { values, origins, zones, configFile };
  return deepFreeze({ ok: true, configuration, resolved, ignored: sortFaults(house.ignored) });
}
