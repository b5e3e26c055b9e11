/**
 * `heyu2mqtt service`: makes the program a systemd service for those who did not come by the Debian package, and
 * keeps the MQTT password where only the service can read it.
 */

import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { CommandError, EXIT } from './exit-code.js';
import {
  carryOut,
  isKnown,
  missingConfig,
  packagedUnit,
  PROGRAM_FOLDER,
  systemdVersion,
} from './service-machine.js';
import {
  describeStep,
  forgetPasswordSteps,
  installSteps,
  passwordSteps,
  PATHS,
  SERVICE_USER,
  uninstallSteps,
  type Step,
} from './service-steps.js';
import { NOTIFY_SINCE, unitText } from './service-unit.js';
import { processTerminal } from './terminal.js';

type UnitOptions = { readonly config: string; readonly systemd?: string; readonly print?: boolean };

/** The newest systemd whose unit we know; for `--print` on a machine that has none. */
const NEWEST_SYSTEMD = 257;

/** The command with its subcommands. */
export function serviceCommand(): Command {
  const command = new Command('service').description('run heyu2mqtt as a systemd service');
  const withUnitOptions = (sub: Command): Command =>
    sub
      .option('--config <file>', 'configuration file of the service', join(PATHS.config, 'config.yaml'))
      .option('--systemd <version>', 'write the unit for this version of systemd (default: the one found)');
  withUnitOptions(command.command('install'))
    .description('write the unit and create the user; starts nothing')
    .option('--print', 'only show the unit, and what else would be done')
    .action((options: UnitOptions) => (options.print === true ? print(options) : install(options)));
  withUnitOptions(command.command('print'))
    .description('show the unit, and what install would do besides')
    .action((options: UnitOptions) => print(options));
  command
    .command('uninstall')
    .description('stop the service and remove its unit')
    .option('--purge', 'also remove configuration, state and user')
    .action((options: { readonly purge?: boolean }) => uninstall(options.purge === true));
  command
    .command('password')
    .description('keep the MQTT password for the service, read from the terminal or from standard input')
    .option('--remove', 'forget it')
    .action((options: { readonly remove?: boolean }) => password(options.remove === true));
  return command;
}

function install(options: UnitOptions): void {
  const version = unitVersion(options);
  if (version === undefined) throw noSystemd('heyu2mqtt run --config FILE runs it without');
  if (existsSync(PATHS.packagedUnit) && version >= NOTIFY_SINCE) {
    throw refusal(
      'the Debian package has installed the service already',
      'sudo systemctl enable --now heyu2mqtt',
    );
  }
  for (const path of [PROGRAM_FOLDER, process.execPath]) {
    if (/^\/(home|root)\//.test(path)) {
      throw refusal(
        `the service has no access to ${path}`,
        'install Node and heyu2mqtt for the whole system, not in a home directory (docs/install.md)',
      );
    }
  }
  complete(planInstall(options, version));
  say(
    `written: ${PATHS.unit}`,
    `next: edit ${options.config}, see whether it would work with "sudo heyu2mqtt check",`,
    'then: sudo systemctl enable --now heyu2mqtt',
  );
}

function print(options: UnitOptions): void {
  const version = unitVersion(options) ?? NEWEST_SYSTEMD;
  const steps = planInstall(options, version);
  const unit = steps.find((step) => step.kind === 'write' && step.path === PATHS.unit);
  say(
    `# For systemd ${version}. "heyu2mqtt service install" would:`,
    ...steps.map((step) => `#   ${describeStep(step)}`),
    ...(version < NOTIFY_SINCE
      ? [`# The MQTT password: sudo heyu2mqtt service password, and mqtt.password_file: ${PATHS.password}`]
      : []),
    '',
    unit?.kind === 'write' ? unit.text.trimEnd() : '',
  );
}

function planInstall(options: UnitOptions, version: number): readonly Step[] {
  const config = resolve(options.config);
  return installSteps({
    unit: unitText(
      packagedUnit(),
      { node: process.execPath, program: join(PROGRAM_FOLDER, 'dist/main.js'), config },
      version,
    ),
    hasUser: isKnown('passwd', SERVICE_USER),
    hasAdm: isKnown('group', 'adm'),
    missingConfig: config === join(PATHS.config, 'config.yaml') ? missingConfig(PATHS.config) : [],
  });
}

function uninstall(purge: boolean): void {
  if (existsSync(PATHS.packagedUnit)) {
    throw refusal(
      'the service belongs to the Debian package',
      `sudo apt ${purge ? 'purge' : 'remove'} heyu2mqtt`,
    );
  }
  complete(uninstallSteps(purge));
  say(
    purge ? 'removed, with configuration, state and user' : `removed; kept: ${PATHS.config}, ${PATHS.state}`,
  );
}

function password(remove: boolean): void {
  const version = systemdVersion();
  if (version === undefined) throw noSystemd('name a file of your own in mqtt.password_file');
  if (remove) {
    complete(forgetPasswordSteps());
    say('forgotten; the service goes without it from its next start');
    return;
  }
  if (!isKnown('group', SERVICE_USER)) {
    throw refusal('the service is not installed', 'sudo heyu2mqtt service install');
  }
  const secret = readSecret();
  if (secret === '') throw refusal('no password was given', 'type it, or pipe it into standard input');
  complete(passwordSteps(secret, version));
  say(
    `written: ${PATHS.password}`,
    `next: mqtt.username, and mqtt.password_file: ${PATHS.password}, in ${PATHS.config}/config.yaml`,
    'then: sudo systemctl restart heyu2mqtt',
  );
}

/** One line from standard input; at a terminal it is asked for and not shown. Empty when there is none. */
function readSecret(): string {
  return (process.stdin.isTTY ? askSecret() : readFileSync(0, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
}

function askSecret(): string {
  const { status, stdout } = spawnSync('systemd-ask-password', ['MQTT password:'], {
    encoding: 'utf8',
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  return status === 0 ? stdout : '';
}

function unitVersion({ systemd }: UnitOptions): number | undefined {
  if (systemd === undefined) return systemdVersion();
  if (!/^\d{3}$/.test(systemd)) {
    throw new CommandError(`--systemd: "${systemd}" is no version of systemd`, EXIT.usage, 'such as 245');
  }
  return Number(systemd);
}

/** Takes the steps, or throws what a person should read. */
function complete(steps: readonly Step[]): void {
  if (process.getuid?.() !== 0) {
    throw refusal('this changes the system and needs root', 'put sudo before the command');
  }
  const failure = carryOut(steps);
  if (failure !== undefined) throw refusal(`${describeStep(failure.step)}: ${failure.reason}`);
}

function refusal(problem: string, hint?: string): CommandError {
  return new CommandError(problem, EXIT.failed, hint);
}

function noSystemd(hint: string): CommandError {
  return refusal('there is no systemd on this machine', hint);
}

function say(...lines: readonly string[]): void {
  const { print: printLine } = processTerminal();
  for (const line of lines) printLine(line);
}
