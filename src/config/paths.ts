/** What relative paths of the configuration are relative to: the file that they stand in, else where we were started. */
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ConfigKey, ConfigValues } from './config-keys.js';
import type { Origin, Origins } from './origins.js';

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
