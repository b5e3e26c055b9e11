/**
 * The steps of `init` for the systemd service: install it, give it read access, start it, and wait until it hears
 * something.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SECOND } from '../common/duration.js';
import type { Configuration } from '../config/load.js';
import { replaceFile } from '../io/files.js';
import type { HouseStatus } from '../service/status.js';
import type { Ask } from './ask.js';
import { type Identity, identityOf, isCredential, isRoot } from './check/check-service.js';
import { DEFAULT_CONFIG } from './configured.js';
import { accessSteps, groupSteps, isRefused } from './heyu-access.js';
import { askingUser, homesOf } from './heyu-install.js';
import { documentFile } from './program-files.js';
import {
  complete,
  describeStep,
  isKnown,
  missingServiceSteps,
  PATHS,
  passwordSteps,
  SERVICE_USER,
  type Step,
  systemdVersion,
} from './service-install.js';
import { runningHouse, statusLines } from './status.js';
import { CommandError, progressOnTerminal, remark, type Terminal } from './terminal.js';

/** Where `init` prints, and where it asks; undefined: the defaults are used. */
export type Talk = { readonly terminal: Terminal; readonly ask: Ask | undefined };

/** Whether this configuration is that of the system's service, which only root can set up. */
export function isOfService(path: string): boolean {
  if (path !== DEFAULT_CONFIG) return false;
  if (!isRoot())
    throw new CommandError(
      `${dirname(path)} is root's`,
      'run it with sudo, or choose another place with --config',
    );
  return true;
}

/** systemd may be installed where something else runs, as in a container. */
const isBooted = (): boolean => existsSync('/run/systemd/system');

/** Shows what would be done, asks, and does it. False when it was declined. */
async function doSteps(
  { terminal, ask }: Talk,
  why: string,
  steps: readonly Step[],
  question: string,
): Promise<boolean> {
  if (steps.length === 0) return true;
  terminal.print();
  terminal.print(why);
  for (const step of steps) terminal.print(terminal.style('dim', `  ${describeStep(step)}`));
  if (ask !== undefined && !(await ask.yesOrNo(question, true))) return false;
  complete(steps);
  return true;
}

/** Makes the user and the unit, where no package has done so. */
export async function installService(talk: Talk): Promise<void> {
  const version = isBooted() ? systemdVersion() : undefined;
  if (version === undefined) return;
  const steps = missingServiceSteps(DEFAULT_CONFIG, version);
  await doSteps(talk, 'heyu2mqtt is not a service yet; this makes it one:', steps, 'Make it a service?');
}

/** Lets only the service read the configuration. */
export function shareWithService(path: string): void {
  if (!isKnown('group', SERVICE_USER)) return;
  complete([
    { kind: 'run', command: ['chgrp', SERVICE_USER, path] },
    { kind: 'run', command: ['chmod', '0640', path] },
  ]);
}

/** Keeps the password in this file, so that only the service can read it. */
export function keepPassword({ print }: Terminal, file: string, password: string): void {
  if (file === PATHS.password && isKnown('group', SERVICE_USER)) {
    complete(passwordSteps(password, isBooted() ? (systemdVersion() ?? 0) : 0));
    print(`written: ${file}, readable by root and by the service`);
  } else {
    replaceFile(file, `${password}\n`, 0o600, () => undefined);
    print(`written: ${file}, readable by its owner only`);
  }
}

/** A password that an earlier `init` has left where only root can read it. */
export function handOverPassword(terminal: Terminal, file: string): void {
  const user = identityOf(SERVICE_USER);
  if (user === undefined || isCredential(file) || !isRefused(file, user)) return;
  const [password = ''] = readFileSync(file, 'utf8').split(/\r?\n/, 1);
  keepPassword(terminal, file, password);
}

/** Lets the service read heyu's files: by access control lists, and where there are none as a member of a group. */
export async function openHeyu(talk: Talk, files: readonly string[]): Promise<void> {
  const refusedTo = (user: Identity | undefined): readonly string[] =>
    user === undefined ? [] : files.filter((file) => isRefused(file, user));
  const hasLists = spawnSync('setfacl', ['--version']).status === 0;
  const ways: readonly Way[] = [
    ...(hasLists ? [{ steps: accessSteps, what: 'this allows it for the service alone' }] : []),
    {
      steps: groupSteps,
      what: 'there are no access control lists here; this allows it for members of the group',
    },
  ];
  let isDeclined = false;
  for (const { steps, what } of ways) {
    const user = identityOf(SERVICE_USER);
    const refused = refusedTo(user);
    if (user === undefined || refused.length === 0) return;
    const why = `the service may not read ${refused.join(' and ')} yet; ${what}:`;
    try {
      isDeclined ||= !(await doSteps(talk, why, steps(files, user, homesOf()), 'Let it read them?'));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      talk.terminal.complain(`  ! ${error.message}`);
    }
    if (isDeclined) break;
  }
  const refused = refusedTo(identityOf(SERVICE_USER));
  const others = `${documentFile('install.md')}, "Permission to read heyu's log", has other ways`;
  if (refused.length > 0)
    remark(talk.terminal, {
      problem: `the service may not read ${refused.join(' and ')}`,
      hint: hasLists ? others : `sudo apt install acl, then: sudo heyu2mqtt init; ${others}`,
    });
}

/** One way to let it read them. */
type Way = { readonly steps: typeof accessSteps; readonly what: string };

/** Lets the user who asks look at the service without sudo. */
export async function joinGroup(talk: Talk): Promise<void> {
  const name = askingUser();
  const service = identityOf(SERVICE_USER);
  const user = name === undefined ? undefined : identityOf(name);
  if (service === undefined || user === undefined || user.groups.includes(service.gid)) return;
  const did = await doSteps(
    talk,
    `this lets ${user.name} look at the service without sudo:`,
    [{ kind: 'run', command: ['usermod', '-aG', SERVICE_USER, user.name] }],
    `Add ${user.name} to the group ${SERVICE_USER}?`,
  );
  if (did) talk.terminal.print(`valid from the next log-in of ${user.name}`);
}

const START: readonly Step[] = [
  { kind: 'run', command: ['systemctl', 'enable', '--quiet', 'heyu2mqtt.service'] },
  // it may run already, without what it may read now
  { kind: 'run', command: ['systemctl', 'restart', 'heyu2mqtt.service'] },
];

/** Starts the service, now and at every boot. False when it was declined, or there is none. */
export async function startService(talk: Talk): Promise<boolean> {
  if (!isBooted() || ![PATHS.unit, PATHS.packagedUnit].some((path) => existsSync(path))) return false;
  try {
    return await doSteps(talk, 'the service is started, now and at every boot:', START, 'Start it?');
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.message, 'sudo heyu2mqtt check, and journalctl -u heyu2mqtt, show why');
  }
}

/** It reaches the broker and knows its zones within this time, ms, or something is wrong. */
const READY_MS = 20 * SECOND;
const LOOK_MS = SECOND / 2;

/**
 * Waits until the service reaches the broker, and then at most `waitMs` for a line of heyu from `since` on or Ctrl-C;
 * shows the house. False when the broker is not reached.
 */
export async function showHouse(
  { terminal }: Talk,
  { stateDir }: Configuration,
  { since, waitMs }: { readonly since: number; readonly waitMs: number },
): Promise<boolean> {
  const progress = progressOnTerminal(process.stderr);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.once('SIGINT', end);
  const look = async (
    until: (house: HouseStatus) => boolean,
    patienceMs: number,
  ): Promise<HouseStatus | undefined> => {
    for (const from = performance.now(); ;) {
      const house = await runningHouse(stateDir);
      const isLate = performance.now() - from >= patienceMs || ended.signal.aborted;
      if (isLate || (house !== undefined && until(house))) return house;
      await wait(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  progress.tell('waiting for the service');
  const isReady = ({ broker, zones }: HouseStatus): boolean =>
    broker.connected && zones.every(({ state }) => state !== 'unknown');
  let house = await look(isReady, READY_MS);
  progress.tell('walk past a sensor; waiting for its signal, Ctrl-C continues without it');
  // heyu's stamps have whole seconds
  const isNew = ({ log }: HouseStatus): boolean => Date.parse(log.last_line ?? '') > since - SECOND;
  if (house?.broker.connected === true) house = await look(isNew, waitMs);
  progress.end();
  process.off('SIGINT', end);
  if (house === undefined)
    throw new CommandError('the service has ended', 'journalctl -u heyu2mqtt shows why');
  terminal.print();
  for (const line of statusLines(house, terminal)) terminal.print(line);
  if (!isNew(house)) terminal.print('\nno signal yet: walk past a sensor, then: heyu2mqtt status');
  return house.broker.connected;
}
