/** What commands that need the service's configuration share. */

import { Option } from 'commander';
import { accessSync, constants, existsSync } from 'node:fs';
import { loadConfiguration, type Loaded, type Request } from '../config/load.js';
import type { ConfigKey } from '../config/keys-and-defaults.js';
import { formatProblem, formatProblems, type Problem } from '../config/problem.js';
import { NOT_READABLE } from '../config/text-file.js';
import { ownVersion } from './program-files.js';
import { CommandError, EXIT, processTerminal } from './terminal.js';

/** Where the Debian package and `init` put it. */
export const DEFAULT_CONFIG = '/etc/heyu2mqtt/config.yaml';

/** What to do on a machine without a configuration. */
export const SET_UP = 'sudo heyu2mqtt init writes one, and starts the service';

/** Options that mean the same in several commands. */
export const OPTIONS = {
  config: new Option('--config <file>', `configuration file (default: ${DEFAULT_CONFIG}, if there is one)`),
  aliases: new Option('--aliases <file>', 'alias file (default: the one that the configuration names)'),
  x10config: new Option(
    '--x10config <file>',
    "heyu's configuration (default: as configured, else where heyu looks)",
  ),
  log: new Option('--log <file>', "heyu's log (default: as configured)"),
  json: new Option('--json', 'as JSON'),
  yes: new Option('--yes', 'do not ask'),
  anonymous: new Option(
    '--anonymous',
    'without the names of sensors, people and hosts, so that others may see it',
  ),
} as const;

/** What is given of them; `log` is false for --no-log. */
export type Given = {
  readonly config?: string;
  readonly aliases?: string;
  readonly x10config?: string;
  readonly log?: string | false;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly anonymous?: boolean;
};

/** Collects the values of an option that may be repeated. */
export const several = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** The file to read: the one asked for, else that of HEYU2MQTT_CONFIG, else the default one if it is there, else none (defaults only). */
export function configFileOf(asked: string | undefined): string | undefined {
  const { HEYU2MQTT_CONFIG: named = '' } = process.env;
  if (asked !== undefined || named !== '') return asked ?? named;
  return existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined;
}

/** Loads a configuration with the environment of this process, unless `more` says otherwise. */
export function load(configFile: string | undefined, more: Partial<Request> = {}): Loaded {
  return loadConfiguration({ configFile, env: process.env, version: ownVersion(), ...more });
}

/** A configuration without problems. */
export type Good = Extract<Loaded, { ok: true }>;

/**
 * A configuration without problems; else a `CommandError` with all of them and exit code 78. Warnings are printed, but
 * for those about the key `own`.
 */
export function loadOrFail(asked: string | undefined, own?: ConfigKey, terminal = processTerminal()): Good {
  const loaded = load(configFileOf(asked));
  if (!loaded.ok) throw configurationError(loaded.problems.map((each) => withSudo(each)));
  const { complain } = terminal;
  for (const setting of loaded.ignored) complain(`ignored: ${formatProblem(setting)}`);
  for (const warning of loaded.configuration.warnings)
    if (own === undefined || warning.key !== own) complain(formatProblem(warning));
  return loaded;
}

/** The error of a configuration that has problems. */
export function configurationError(problems: readonly Problem[]): CommandError {
  const text = `the configuration has errors\n${formatProblems(problems)}`;
  return new CommandError(text, undefined, EXIT.configuration);
}

/** The hint where a file is denied to this user (error code of the system). */
export function sudoFor(code: string): string | undefined {
  return code === 'EACCES' && process.geteuid?.() !== 0 ? RUN_WITH_SUDO : undefined;
}

const RUN_WITH_SUDO = 'run it with sudo';

/** What this user may not read root may, and perhaps the service. */
export function withSudo(problem: Problem, hint = RUN_WITH_SUDO): Problem {
  return problem.problem.endsWith(NOT_READABLE) && process.geteuid?.() !== 0 ? { ...problem, hint } : problem;
}

/** Whether this user may read a file, or list a directory. */
export function mayRead(path: string, mode = constants.R_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
