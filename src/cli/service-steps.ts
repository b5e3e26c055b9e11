/**
 * What `heyu2mqtt service` does to a machine, as a list of steps: planned here without touching anything, shown
 * by `--print`, carried out by `src/cli/service.ts`.
 */

import { CREDENTIALS_SINCE, passwordDropIn } from './service-unit.js';

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
      /** The next steps are taken even if this one fails. */
      readonly mayFail?: boolean;
    };

/** The user and group of the service. */
export const SERVICE_USER = 'heyu2mqtt';

/** Where things are on a machine. */
export const PATHS = {
  unit: '/etc/systemd/system/heyu2mqtt.service',
  /** The unit of the Debian package. */
  packagedUnit: '/usr/lib/systemd/system/heyu2mqtt.service',
  dropIns: '/etc/systemd/system/heyu2mqtt.service.d',
  passwordDropIn: '/etc/systemd/system/heyu2mqtt.service.d/mqtt-password.conf',
  config: '/etc/heyu2mqtt',
  password: '/etc/heyu2mqtt/mqtt-password',
  state: '/var/lib/heyu2mqtt',
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

/** Creates the user, writes the unit and, where there is none, an example configuration. Starts nothing. */
export function installSteps(facts: InstallFacts): readonly Step[] {
  const user: Step = {
    kind: 'run',
    command: [
      ...(['useradd', '--system', '--user-group', '--no-create-home'] as const),
      ...['--home-dir', PATHS.state, '--shell', '/usr/sbin/nologin', '--comment', 'heyu2mqtt service'],
      SERVICE_USER,
    ],
  };
  const adm: Step = { kind: 'run', command: ['usermod', '--append', '--groups', 'adm', SERVICE_USER] };
  return [
    ...(facts.hasUser ? [] : [user, ...(facts.hasAdm ? [adm] : [])]),
    { kind: 'write', path: PATHS.unit, text: facts.unit, mode: 0o644, group: 'root' },
    ...facts.missingConfig.map(({ path, text }): Step => {
      return { kind: 'write', path, text, mode: 0o640, group: 'service' };
    }),
    { kind: 'run', command: ['systemctl', 'daemon-reload'] },
  ];
}

/** Stops the service and removes the unit; with `purge` also configuration, state and user. */
export function uninstallSteps(purge: boolean): readonly Step[] {
  const all: readonly Step[] = [
    { kind: 'remove', path: PATHS.config },
    { kind: 'remove', path: PATHS.state },
    { kind: 'run', command: ['userdel', SERVICE_USER], mayFail: true },
  ];
  return [
    { kind: 'run', command: ['systemctl', 'disable', '--now', 'heyu2mqtt.service'], mayFail: true },
    { kind: 'remove', path: PATHS.unit },
    { kind: 'remove', path: PATHS.dropIns },
    ...(purge ? all : []),
    { kind: 'run', command: ['systemctl', 'daemon-reload'] },
    { kind: 'run', command: ['systemctl', 'reset-failed', 'heyu2mqtt.service'], mayFail: true },
  ];
}

/**
 * Writes the password where the service finds it. With credentials (systemd 247) only root can read the file and
 * a drop-in hands it to the service; before, the file belongs to the group of the service.
 */
export function passwordSteps(password: string, version: number): readonly Step[] {
  const hasCredentials = version >= CREDENTIALS_SINCE;
  const file: Step = {
    kind: 'write',
    path: PATHS.password,
    text: `${password}\n`,
    mode: hasCredentials ? 0o600 : 0o640,
    group: hasCredentials ? 'root' : 'service',
  };
  const dropIn: Step = {
    kind: 'write',
    path: PATHS.passwordDropIn,
    text: passwordDropIn(PATHS.password),
    mode: 0o644,
    group: 'root',
  };
  return [
    file,
    ...(hasCredentials ? [dropIn, { kind: 'run', command: ['systemctl', 'daemon-reload'] } as const] : []),
  ];
}

/** Takes the password away again, the drop-in first: without its file it would keep the service from starting. */
export function forgetPasswordSteps(): readonly Step[] {
  return [
    { kind: 'remove', path: PATHS.passwordDropIn },
    { kind: 'run', command: ['systemctl', 'daemon-reload'] },
    { kind: 'remove', path: PATHS.password },
  ];
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
