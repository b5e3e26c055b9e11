/**
 * Which alias file a command is about, and what surrounds it: heyu's configuration, its log, our topics. Read from
 * config.yaml as far as it goes: an alias can be named while the broker's password is still missing.
 */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ConfigValues } from '../config/config-keys.js';
import { formatProblems } from '../config/problem.js';
import { readHouse, type House, type HouseRequest } from '../config/house.js';
import { readTextFile } from '../config/text-file.js';
import type { ZoneRead } from '../config/zones.js';
import { readX10Config, type X10Config } from '../heyu/x10config.js';
import { configFileOf, configOption } from './configured.js';
import { CommandError, EXIT } from './exit-code.js';

/** Options of every command that reads or edits aliases. */
export type PlaceOptions = { readonly config?: string; readonly aliases?: string };

/** The alias file and its surroundings. Paths are absolute. */
export type AliasPlace = {
  readonly path: string;
  /** How to read the house that the file belongs to. */
  readonly request: HouseRequest;
  /** heyu's configuration as config.yaml names it. */
  readonly x10config: string | undefined;
  readonly values: ConfigValues;
  /** heyu's configuration says HIDE_UNCHANGED YES. */
  readonly hidesUnchanged: boolean;
  readonly zones: readonly ZoneRead[];
};

/** Adds the options that say which alias file is meant. */
export function withPlaceOptions(command: Command): Command {
  return command
    .addOption(configOption())
    .option('--aliases <file>', 'alias file (default: the one that the configuration names)');
}

/** Finds the alias file. Without configuration and without `--aliases` there is none: an error. */
export function findPlace(options: PlaceOptions, env: NodeJS.ProcessEnv = process.env): AliasPlace {
  const named = configFileOf(options.config);
  const request: HouseRequest = {
    configFile: named === undefined ? undefined : resolve(named),
    env,
    // without a configuration any zone will do
    anyZone: named === undefined,
    aliasFile: options.aliases === undefined ? undefined : resolve(options.aliases),
  };
  const house = readHouse(request);
  if (house.isBroken) throw brokenConfiguration(house, request);
  const { aliasFile, absolute, derived, zones } = house;
  if (aliasFile === undefined)
    throw new CommandError(
      'there is no configuration yet',
      EXIT.noInput,
      'heyu2mqtt init writes one; --config FILE or --aliases FILE name another',
    );
  const path = resolve(aliasFile);
  return {
    path,
    request: { ...request, aliasFile: path },
    x10config: absolute['heyu.x10config'],
    values: absolute,
    hidesUnchanged: derived.hidesUnchanged,
    zones,
  };
}

function brokenConfiguration({ problems }: House, { configFile }: HouseRequest): CommandError {
  return new CommandError(
    formatProblems(problems.filter(({ file }) => file === configFile)),
    EXIT.configuration,
  );
}

/** Reads heyu's configuration, of whatever encoding; undefined when none is named. */
export function readX10ConfigFile(path: string | undefined): X10Config | undefined {
  if (path === undefined) return undefined;
  const reading = readTextFile(path, path, { lenient: true });
  if (!reading.ok) throw new CommandError(formatProblems([reading.problem]), EXIT.noInput);
  return readX10Config(reading.file.text);
}
