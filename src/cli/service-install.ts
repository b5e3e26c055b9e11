/**
 * `heyu2mqtt service`: makes the program a systemd service after an installation without the Debian package, and stores
 * the MQTT password where only the service can read it.
 */

import type { Command } from 'commander';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory, replaceFile } from '../io/files.js';
import { documentFile, PROGRAM_FOLDER, programFile } from './program-files.js';
import { CommandError, EXIT, processTerminal } from './terminal.js';

type UnitOptions = { readonly config: string; readonly systemd?: string; readonly print?: boolean };

/** The newest systemd whose unit we know; for `--print` on a machine that has none. */
const NEWEST_SYSTEMD = 257;

function withUnitOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file of the service', join(PATHS.config, 'config.yaml'))
    .option('--systemd <version>', 'write the unit for this version of systemd (default: the one found)');
}

/** The command `service install`. */
export function serviceInstallCommand(command: Command): void {
  withUnitOptions(command)
    .option('--print', 'only show the unit, and what else would be done')
    .action((options: UnitOptions) => (options.print === true ? print(options) : install(options)));
}

/** The command `service print`. */
export function servicePrintCommand(command: Command): void {
  withUnitOptions(command).action((options: UnitOptions) => print(options));
}

/** The command `service uninstall`. */
export function serviceUninstallCommand(command: Command): void {
  command
    .option('--purge', 'also remove configuration, state and user')
    .action((options: { readonly purge?: boolean }) => uninstall(options.purge === true));
}

/** The command `service password`. */
export function servicePasswordCommand(command: Command): void {
  command
    .option('--remove', 'delete it')
    .action((options: { readonly remove?: boolean }) => password(options.remove === true));
}

function install(options: UnitOptions): void {
  const version = unitVersion(options);
  if (version === undefined) throw noSystemd('heyu2mqtt run --config FILE runs it without');
  if (existsSync(PATHS.packagedUnit) && version >= NOTIFY_SINCE) {
    throw new CommandError(
      'the Debian package has installed the service already',
      'sudo systemctl enable --now heyu2mqtt',
    );
  }
  refuseInHome();
  complete(planInstall(options, version));
  say(
    `written: ${PATHS.unit}`,
    `next: edit ${options.config}, see whether it would work with "sudo heyu2mqtt check",`,
    'then: sudo systemctl enable --now heyu2mqtt',
  );
}

/** The service cannot run what lies in a home directory. */
function refuseInHome(): void {
  for (const path of [PROGRAM_FOLDER, process.execPath]) {
    if (/^\/(home|root)\//.test(path)) {
      throw new CommandError(
        `the service has no access to ${path}`,
        `install Node and heyu2mqtt for the whole system, not in a home directory (${documentFile('install.md')})`,
      );
    }
  }
}

function print(options: UnitOptions): void {
  const version = unitVersion(options) ?? NEWEST_SYSTEMD;
  const steps = planInstall(options, version);
  const unit = steps.find((step) => step.kind === 'write');
  say(
    `# For systemd ${version}. "heyu2mqtt service install" would:`,
    ...steps.map((step) => `#   ${describeStep(step)}`),
    ...(version < NOTIFY_SINCE
      ? [`# The MQTT password: sudo heyu2mqtt service password, and mqtt.password_file: ${PATHS.password}`]
      : []),
    '',
    unit?.text.trimEnd() ?? '',
  );
}

/** The steps to the service where there is no unit yet, without an example configuration; none where there is one. */
export function missingServiceSteps(config: string, version: number): readonly Step[] {
  if ([PATHS.unit, PATHS.packagedUnit].some((path) => existsSync(path))) return [];
  refuseInHome();
  return planInstall({ config }, version).filter((step) => step.kind !== 'write' || step.path === PATHS.unit);
}

function planInstall(options: UnitOptions, version: number): readonly Step[] {
  const config = resolve(options.config);
  return installSteps({
    unit: unitText(
      readFileSync(programFile('systemd/heyu2mqtt.service'), 'utf8'),
      {
        command: existsSync(PATHS.packagedUnit)
          ? [PATHS.packagedCommand]
          : [process.execPath, programFile('dist/main.js')],
        config,
      },
      version,
    ),
    hasUser: isKnown('passwd', SERVICE_USER),
    hasAdm: isKnown('group', 'adm'),
    missingConfig: config === join(PATHS.config, 'config.yaml') ? missingConfig(PATHS.config) : [],
  });
}

function uninstall(purge: boolean): void {
  if (existsSync(PATHS.packagedUnit)) {
    throw new CommandError(
      'the service belongs to the Debian package',
      `sudo apt ${purge ? 'purge' : 'remove'} heyu2mqtt`,
    );
  }
  complete(uninstallSteps(purge));
  say(
    purge
      ? 'removed, with configuration, state and user'
      : `removed; kept: ${[PATHS.config, PATHS.dropIns, PATHS.state].join(', ')}`,
  );
}

function password(remove: boolean): void {
  const version = systemdVersion();
  if (version === undefined) throw noSystemd('name a file of your own in mqtt.password_file');
  if (remove) {
    complete(forgetPasswordSteps());
    say('deleted; the service has none from its next start on');
    return;
  }
  if (!isKnown('group', SERVICE_USER)) {
    throw new CommandError('the service is not installed', 'sudo heyu2mqtt service install');
  }
  const secret = readSecret();
  if (secret === '')
    throw new CommandError('no password was given', 'type it, or pipe it into standard input');
  complete(passwordSteps(secret, version));
  say(
    `written: ${PATHS.password}`,
    `next: mqtt.username, and mqtt.password_file: ${PATHS.password}, in ${PATHS.config}/config.yaml`,
    'then: sudo systemctl restart heyu2mqtt',
  );
}

/** One line from standard input; at a terminal it is asked for and not shown. Empty when there is none. */
function readSecret(): string {
  const { status, stdout } = process.stdin.isTTY
    ? spawnSync('systemd-ask-password', ['MQTT password:'], {
        encoding: 'utf8',
        stdio: ['inherit', 'pipe', 'inherit'],
      })
    : { status: 0, stdout: readFileSync(0, 'utf8') };
  return status === 0 ? (stdout.split(/\r?\n/, 1)[0] ?? '') : '';
}

function unitVersion({ systemd }: UnitOptions): number | undefined {
  if (systemd === undefined) return systemdVersion();
  if (!/^\d{3}$/.test(systemd)) {
    throw new CommandError(
      `--systemd: "${systemd}" is not a valid version of systemd`,
      'such as 245',
      EXIT.usage,
    );
  }
  return Number(systemd);
}

function noSystemd(hint: string): CommandError {
  return new CommandError('there is no systemd on this machine', hint);
}

function say(...lines: readonly string[]): void {
  processTerminal().print(lines.join('\n'));
}

/*
 * What is done to a machine is a list of steps: planned without touching anything, shown by `--print`, carried out
 * below.
 */

/** One change to the machine. */
export type Step =
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly text: string;
      readonly mode: number;
      /** Belongs to root, and to the group of the service if this is `service`. */
      readonly group: 'root' | 'service';
    }
  | { readonly kind: 'remove'; readonly path: string }
  | {
      readonly kind: 'run';
      readonly command: readonly [string, ...string[]];
      readonly mayFail?: boolean;
    };

/** The user and group of the service. */
export const SERVICE_USER = 'heyu2mqtt';

/** Where things are on a machine. */
export const PATHS = {
  unit: '/etc/systemd/system/heyu2mqtt.service',
  /** The unit of the Debian package. */
  packagedUnit: '/usr/lib/systemd/system/heyu2mqtt.service',
  /** The command of the Debian package: it finds the Node of heyu2mqtt-node, or the system's. */
  packagedCommand: '/usr/bin/heyu2mqtt',
  dropIns: '/etc/systemd/system/heyu2mqtt.service.d',
  passwordDropIn: '/etc/systemd/system/heyu2mqtt.service.d/mqtt-password.conf',
  config: '/etc/heyu2mqtt',
  password: '/etc/heyu2mqtt/mqtt-password',
  codes: '/etc/heyu2mqtt/codes',
  codesDropIn: '/etc/systemd/system/heyu2mqtt.service.d/codes.conf',
  state: '/var/lib/heyu2mqtt',
  cache: '/var/cache/heyu2mqtt',
} as const;

/** What `install` needs to know of the machine. */
export type InstallFacts = {
  readonly unit: string;
  readonly hasUser: boolean;
  /** Whether there is a group adm, to which logs belong on Debian and Ubuntu. */
  readonly hasAdm: boolean;
  /** The example files that are not there yet: absolute path and text. */
  readonly missingConfig: readonly { readonly path: string; readonly text: string }[];
};

const run = (...command: readonly [string, ...string[]]): Step => ({ kind: 'run', command });
/** The next steps are taken even if this one fails. */
const tryTo = (...command: readonly [string, ...string[]]): Step => ({ kind: 'run', command, mayFail: true });
const remove = (path: string): Step => ({ kind: 'remove', path });
const RELOAD = run('systemctl', 'daemon-reload');

/** Creates the user, writes the unit and, where there is none, an example configuration. Starts nothing. */
export function installSteps(facts: InstallFacts): readonly Step[] {
  const home = ['--no-create-home', '--home-dir', PATHS.state, '--shell', '/usr/sbin/nologin'];
  const comment = ['--comment', 'heyu2mqtt service'];
  const user = run('useradd', '--system', '--user-group', ...home, ...comment, SERVICE_USER);
  const adm = run('usermod', '--append', '--groups', 'adm', SERVICE_USER);
  return [
    ...(facts.hasUser ? [] : [user, ...(facts.hasAdm ? [adm] : [])]),
    { kind: 'write', path: PATHS.unit, text: facts.unit, mode: 0o644, group: 'root' },
    ...facts.missingConfig.map(({ path, text }): Step => {
      return { kind: 'write', path, text, mode: 0o640, group: 'service' };
    }),
    RELOAD,
  ];
}

/**
 * Stops the service and removes the unit; with `purge` also configuration, state and user. Drop-ins are configuration:
 * without the one that names the codes, the zones of a service that is installed again would ask for none.
 */
export function uninstallSteps(purge: boolean): readonly Step[] {
  return [
    tryTo('systemctl', 'disable', '--now', 'heyu2mqtt.service'),
    remove(PATHS.unit),
    remove(PATHS.cache),
    ...(purge ? [PATHS.config, PATHS.state, PATHS.dropIns].map(remove) : []),
    ...(purge ? [tryTo('userdel', SERVICE_USER)] : []),
    RELOAD,
    tryTo('systemctl', 'reset-failed', 'heyu2mqtt.service'),
  ];
}

/**
 * Writes the password where the service finds it. With credentials (systemd 247) only root can read the file and
 * a drop-in hands it to the service; before, the file belongs to the group of the service.
 */
export function passwordSteps(password: string, version: number): readonly Step[] {
  const { password: path, passwordDropIn: dropIn } = PATHS;
  const text = `${password}\n`;
  if (version < CREDENTIALS_SINCE) return [{ kind: 'write', path, text, mode: 0o640, group: 'service' }];
  return [
    { kind: 'write', path, text, mode: 0o600, group: 'root' },
    { kind: 'write', path: dropIn, text: passwordDropIn(path), mode: 0o644, group: 'root' },
    RELOAD,
  ];
}

/** Writes the codes of the zones where the service finds them, in the same way. */
export function codesSteps(text: string, version: number): readonly Step[] {
  const { codes: path, codesDropIn: dropIn } = PATHS;
  const isCredential = version >= CREDENTIALS_SINCE;
  return [
    {
      kind: 'write',
      path,
      text,
      ...(isCredential ? { mode: 0o600, group: 'root' } : { mode: 0o640, group: 'service' }),
    },
    { kind: 'write', path: dropIn, text: codesDropIn(path, isCredential), mode: 0o644, group: 'root' },
    RELOAD,
  ];
}

/** Takes the password away again, the drop-in first: without its file it would keep the service from starting. */
export function forgetPasswordSteps(): readonly Step[] {
  return [remove(PATHS.passwordDropIn), RELOAD, remove(PATHS.password)];
}

/** A step in one line, as a person would type it. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'run':
      return step.command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
    case 'remove':
      return `rm -rf ${step.path}`;
    case 'write':
      return `write ${step.path} (mode ${step.mode.toString(8).padStart(4, '0')}, root:${step.group === 'root' ? 'root' : SERVICE_USER})`;
  }
}

/** The version of the systemd that runs this machine's services, or undefined when there is none. */
export function systemdVersion(): number | undefined {
  const { status, stdout } = spawnSync('systemctl', ['--version'], { encoding: 'utf8' });
  const version = status === 0 ? /^systemd (\d+)/.exec(stdout)?.[1] : undefined;
  return version === undefined ? undefined : Number(version);
}

/** Whether the name service of this machine knows a user or a group. */
export function isKnown(database: 'passwd' | 'group', name: string): boolean {
  return spawnSync('getent', [database, name]).status === 0;
}

/** The example files of config.yaml and aliases.yaml that are missing in `folder`. */
function missingConfig(folder: string): { readonly path: string; readonly text: string }[] {
  return ['config.yaml', 'aliases.yaml']
    .map((name) => ({ path: join(folder, name), example: programFile(`config/${name}`) }))
    .filter(({ path }) => !existsSync(path))
    .map(({ path, example }) => ({
      path,
      // the schema stays with the program
      text: readFileSync(example, 'utf8').replace('$schema=', `$schema=${programFile('config')}/`),
    }));
}

/** Takes the steps in order; the first that fails is an error. */
export function complete(steps: readonly Step[]): void {
  if (process.geteuid?.() !== 0) {
    throw new CommandError('this changes the system and needs root', 'run it with sudo');
  }
  for (const step of steps) {
    try {
      take(step);
    } catch (error) {
      if (step.kind === 'run' && step.mayFail === true) continue;
      throw new CommandError(`${describeStep(step)}: ${reasonOf(error)}`);
    }
  }
}

function take(step: Step): void {
  if (step.kind === 'remove') rmSync(step.path, { recursive: true, force: true });
  else if (step.kind === 'write') write(step);
  else {
    const [program, ...args] = step.command;
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  }
}

/** Replaces the file in one go; at no moment can anyone read it who may not. */
function write({ path, text, mode, group }: Step & { kind: 'write' }): void {
  makeDirectory(dirname(path), 0o755);
  replaceFile(path, text, mode, (fresh) => {
    if (group === 'service') execFileSync('chgrp', [SERVICE_USER, fresh], { stdio: 'pipe' });
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr === '' ? error.message : stderr;
}

/*
 * The systemd unit as a text: the packaged file systemd/heyu2mqtt.service, fitted to where this program lies and to the
 * systemd of this machine.
 */

/** Where the parts of the service are. */
export type UnitPlace = {
  /** What starts this program: absolute paths. */
  readonly command: readonly string[];
  /** Absolute path of config.yaml. */
  readonly config: string;
};

/**
 * The first systemd whose manager waits for `systemd-notify` (the barrier): before it, a message of a child that
 * has already ended is not attributed to the service, and the start would time out (systemd NEWS, version 246).
 */
const NOTIFY_SINCE = 246;

/** The first systemd that has LoadCredential= (systemd NEWS, version 247). */
const CREDENTIALS_SINCE = 247;

/** Directives of the unit that older versions of systemd do not know and would warn about (systemd NEWS). */
const SINCE: Readonly<Record<string, number>> = {
  ProtectHostname: 242,
  RestrictSUIDSGID: 242,
  ProtectKernelLogs: 244,
  ProtectClock: 245,
  ProtectProc: 247,
  ProcSubset: 247,
  PrivateIPC: 248,
};

/**
 * Fits the packaged unit to `place` and to systemd `version`. Below 246 it is of Type=exec, without status text
 * and watchdog, because such a systemd loses the messages of systemd-notify.
 */
export function unitText(packaged: string, place: UnitPlace, version: number): string {
  const canNotify = version >= NOTIFY_SINCE;
  const unit = paragraphs(packaged).flatMap((paragraph) => {
    const [, name = ''] = /^([A-Za-z]+)=/m.exec(paragraph) ?? [];
    if ((SINCE[name] ?? 0) > version) return [];
    if (name === 'ExecStart')
      return [paragraph.replace(/^ExecStart=.*/m, () => `ExecStart=${commandLine(place)}`)];
    if (canNotify) return [paragraph];
    if (name === 'Type') return [EXEC_REASON, 'Type=exec'];
    return name === 'NotifyAccess' || name === 'WatchdogSec' ? [] : [paragraph];
  });
  return unit.join('\n');
}

const EXEC_REASON =
  '# systemd before 246 loses the messages of systemd-notify: no READY, no status text, no watchdog.';

/** The lines of the unit, each with the comment lines right above it. */
function paragraphs(text: string): readonly string[] {
  return text.split(/(?<=^(?!#).*)\n/m);
}

/** The ExecStart= line: words quoted, `%` and `$` doubled (systemd.service(5), "Command lines"). */
function commandLine({ command, config }: UnitPlace): string {
  return [...command, 'run', '--config', config].map(quoted).join(' ');
}

function quoted(word: string): string {
  const literal = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(literal)
    ? literal
    : `"${literal.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`;
}

/** The drop-in that hands the codes to the service; it is written only together with their file. */
function codesDropIn(path: string, isCredential: boolean): string {
  // without SetCredential= a missing file would keep the service from starting; its content is not a valid code
  const how = isCredential
    ? `LoadCredential=codes:${path}\nSetCredential=codes:missing`
    : `Environment=HEYU2MQTT_CODES_FILE=${path}`;
  return `# Written by "heyu2mqtt zone code" together with ${path}: without the file no code is right.
[Service]
${how}
`;
}

/**
 * The drop-in that hands the password file to the service; it is written only together with that file. %n is the name of the
 * unit: a second service takes a copy of it.
 */
export function passwordDropIn(passwordFile: string): string {
  return `# Written by "heyu2mqtt service password" together with ${passwordFile}.
# systemd reads the file as root and shows it to the service alone. Without the file the service would not start.
[Service]
LoadCredential=mqtt-password:${passwordFile}
Environment=HEYU2MQTT_MQTT_PASSWORD_FILE=/run/credentials/%n/mqtt-password
`;
}
