/** What commands that need the service's configuration share. */

import { Option } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration, type Loaded } from '../config/load.js';
import { formatProblem, formatProblems } from '../config/problem.js';
import { CommandError, EXIT } from './terminal.js';

/** Where the Debian package and `init` put it. */
export const DEFAULT_CONFIG = '/etc/heyu2mqtt/config.yaml';

/** `--config`, the same in all commands. */
export const configOption = (): Option =>
  new Option('--config <file>', `configuration file (default: ${DEFAULT_CONFIG}, if there is one)`);

/** The file to read: the one asked for, else that of HEYU2MQTT_CONFIG, else the default one if it is there, else none (defaults only). */
export function configFileOf(asked: string | undefined): string | undefined {
  const { HEYU2MQTT_CONFIG: named = '' } = process.env;
  if (asked !== undefined || named !== '') return asked ?? named;
  return existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined;
}

/** A configuration without problems; else a `CommandError` with all of them and exit code 78. Warnings are printed. */
export function loadOrFail(
  asked: string | undefined,
  warn: (warning: string) => void,
): Extract<Loaded, { ok: true }> {
  const loaded = loadConfiguration({
    configFile: configFileOf(asked),
    env: process.env,
    version: ownVersion(),
  });
  if (!loaded.ok)
    throw new CommandError(
      `the configuration has faults\n${formatProblems(loaded.problems)}`,
      EXIT.configuration,
    );
  for (const setting of loaded.ignored) warn(`ignored: ${formatProblem(setting)}`);
  for (const warning of loaded.configuration.warnings) warn(formatProblem(warning));
  return loaded;
}

/** The folder of this program: it holds dist/, config/ and systemd/. */
export const PROGRAM_FOLDER = join(import.meta.dirname, '../..');

/** Our own version, from package.json. */
export function ownVersion(): string {
  const text = readFileSync(join(PROGRAM_FOLDER, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
