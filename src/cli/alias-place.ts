/**
 * Which alias file a command is about, and what surrounds it: heyu's configuration, its log, our topics. Read from
 * config.yaml as far as it goes: an alias can be named while the broker's password is still missing.
 */

import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config/config-file.js';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, type ConfigKey, type ConfigValues } from '../config/config-keys.js';
import { derive } from '../config/derived.js';
import { readConfigFile } from '../config/config-reading.js';
import { readEnvironment } from '../config/environment.js';
import { formatFaults, type Fault } from '../config/faults.js';
import { readTextFile } from '../config/text-file.js';
import { readZones, type ZoneRead } from '../config/zones.js';
import { readX10Config, type X10Config } from '../heyu/x10config.js';
import { configFileOf, configOption } from './configured.js';
import { CommandError, EXIT } from './exit-code.js';

/** Options of every command that reads or edits aliases. */
export type PlaceOptions = { readonly config?: string; readonly aliases?: string };

/** The alias file and its surroundings. Paths are absolute. */
export type AliasPlace = {
  readonly path: string;
  readonly configFile: string | undefined;
  /** heyu's configuration as config.yaml names it. */
  readonly x10config: string | undefined;
  readonly values: ConfigValues;
  /** heyu's configuration says HIDE_UNCHANGED YES. */
  readonly hidesUnchanged: boolean;
  /** Undefined without a configuration: then any zone will do. */
  readonly zones: readonly ZoneRead[] | undefined;
};

const PATH_KEYS = [
  'aliases',
  'heyu.log',
  'heyu.x10config',
  'mqtt.ca_file',
  'mqtt.cert_file',
  'mqtt.key_file',
  'mqtt.password_file',
] as const satisfies readonly ConfigKey[];

type PathKey = (typeof PATH_KEYS)[number];

/** Adds the options that say which alias file is meant. */
export function withPlaceOptions(command: Command): Command {
  return command
    .addOption(configOption())
    .option('--aliases <file>', 'alias file (default: the one that the configuration names)');
}

/** Finds the alias file. Without configuration and without `--aliases` there is none: an error. */
export function findPlace(options: PlaceOptions, env: NodeJS.ProcessEnv = process.env): AliasPlace {
  const environment = readEnvironment(env);
  const named = configFileOf(options.config);
  const configFile = named === undefined ? undefined : resolve(named);
  const read = configFile === undefined ? undefined : readConfigured(configFile);
  const fromFile = read?.values ?? {};
  const beside = (path: string): string =>
    resolve(configFile === undefined ? '.' : dirname(configFile), path);
  const pathOf = (name: PathKey): string | undefined => {
    const given = environment.values[name];
    if (given !== undefined) return resolve(given);
    const written = fromFile[name];
    return written === undefined ? undefined : beside(written);
  };

  const x10config = pathOf('heyu.x10config');
  const ignored: Fault[] = [];
  const { values: derived, hidesUnchanged } = derive(
    (name) => environment.values[name] ?? fromFile[name],
    x10config,
    env,
    ignored,
    ignored,
  );
  const values: Partial<Record<ConfigKey, unknown>> = {};
  for (const name of CONFIG_KEY_NAMES) {
    values[name] = environment.values[name] ?? fromFile[name] ?? derived[name] ?? CONFIG_KEYS[name].default;
  }
  for (const name of PATH_KEYS) values[name] = pathOf(name) ?? values[name];

  const path =
    options.aliases === undefined
      ? (pathOf('aliases') ?? (configFile === undefined ? undefined : beside(CONFIG_KEYS.aliases.default)))
      : resolve(options.aliases);
  if (path === undefined)
    throw new CommandError(
      'there is no configuration yet',
      EXIT.noInput,
      'heyu2mqtt init writes one; --config FILE or --aliases FILE name another',
    );
  return { path, configFile, x10config, values: values as ConfigValues, hidesUnchanged, zones: read?.zones };
}

/** Reads heyu's configuration, of whatever encoding; undefined when none is named. */
export function readX10ConfigFile(path: string | undefined): X10Config | undefined {
  if (path === undefined) return undefined;
  const reading = readTextFile(path, path, { lenient: true });
  if (!reading.ok) throw new CommandError(formatFaults([reading.fault]), EXIT.noInput);
  return readX10Config(reading.file.text);
}

type ConfigFileRead = {
  readonly values: ReturnType<typeof readConfig>['values'];
  readonly zones: readonly ZoneRead[];
};

/** What config.yaml says as far as it is good; one that cannot be read at all is an error. */
function readConfigured(path: string): ConfigFileRead {
  const faults: Fault[] = [];
  const { written } = readConfigFile(path, '.', faults);
  if (written === undefined) throw new CommandError(formatFaults(faults), EXIT.configuration);
  const { values, zones } = readConfig(written, path, faults);
  return { values, zones: readZones(zones, path, faults) };
}
