/** Checks the service: whether it runs, and what it reports. */

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, orElse } from '../../common/error.js';
import { type JsonObject, objectIn, objectOf, textIn } from '../../common/json.js';
import type { Configuration } from '../../config/load.js';
import { userOf } from '../../io/store.js';
import { permissionHint } from '../../io/tail/unreadable.js';
import { bridgeTopic, type BridgeTopic } from '../../mqtt/topics.js';
import { DEFAULT_CONFIG, mayRead } from '../configured.js';
import { documentFile, ownVersion } from '../program-files.js';
import type { Tell } from '../terminal.js';
import { PATHS, SERVICE_USER } from '../service-install.js';
import type { Kept } from '../visit-broker.js';

/** Checks the service. `kept`: what the broker keeps, undefined if it cannot be reached. */
export function checkService(
  { core, heyu, mqtt, files }: Configuration,
  kept: Kept | undefined,
  running: Running,
  tell: Tell,
): void {
  const get = (topic: BridgeTopic): string | undefined =>
    kept?.retained.get(bridgeTopic(core.baseTopic, topic));
  const status = get('status');
  if (status !== 'online') {
    if (files.config === undefined && running.isKnown && running.pid === undefined)
      tell('note', 'it does not run: there is no configuration yet');
    else tellOffline(status, kept !== undefined, running, tell);
    return;
  }
  tell('ok', 'it is online');
  const info = objectIn(get('info'));
  const problem = textIn(info, 'problem');
  if (get('source') === 'offline')
    tell('error', ['it cannot read the heyu log', problem].filter(Boolean).join(': '), 'see log above');
  else if (problem !== undefined || get('problem') === 'ON')
    tell('warning', `it reports: ${problem ?? 'a problem'}`, 'journalctl -u heyu2mqtt shows more');
  if (get('takeover') === 'ON')
    tell(
      'error',
      `another program uses the client id ${mqtt.clientId}`,
      'end the second bridge, or give one of them another mqtt.client_id',
    );

  const version = textIn(info, 'version');
  if (version !== undefined && version !== ownVersion())
    tell('warning', `it is version ${version}, this is ${ownVersion()}`, 'sudo systemctl restart heyu2mqtt');
  const path = textIn(objectOf(info, 'log'), 'path');
  if (path !== undefined && path !== heyu.log)
    tell(
      'warning',
      `it follows ${path}, not ${heyu.log}`,
      'systemctl reload heyu2mqtt; does the service use another configuration?',
    );
  tellSession(objectOf(info, 'session'), tell);
}

function tellOffline(
  status: string | undefined,
  isReached: boolean,
  { pid, isKnown }: Running,
  tell: Tell,
): void {
  const why = 'journalctl -u heyu2mqtt shows why';
  const restart = `is its password or mqtt.url an old one? sudo systemctl restart heyu2mqtt; ${why}`;
  const which = `sudo heyu2mqtt check shows which; ${why}`;
  if (pid !== undefined && isReached)
    tell('error', `it runs (process ${pid}), but is not connected to this broker`, restart);
  else if (pid !== undefined) tell('ok', `it runs (process ${pid})`);
  else if (!isKnown && status !== undefined)
    tell('error', 'it does not run, or does not reach the broker', which);
  else if (status === undefined && isReached)
    tell('warning', 'it has never run here', 'heyu2mqtt run, or sudo systemctl enable --now heyu2mqtt');
  else if (isKnown)
    tell('error', 'it does not run', `heyu2mqtt run, or sudo systemctl start heyu2mqtt; ${why} it ended`);
}

function tellSession(session: JsonObject, tell: Tell): void {
  const since = textIn(session, 'since');
  if (since === undefined) return;
  const kind = session['kind'] === 'clean' ? 'clean' : session['present'] === true ? 'kept' : 'new';
  tell('ok', `its session at the broker: ${kind}, since ${since}`);
}

/** The process of the service, and whether that can be known at all: what the broker says of it may be old. */
export type Running = { readonly pid: number | undefined; readonly isKnown: boolean };

/** The process that uses this state directory. */
export function runningService(stateDir: string): Running {
  const pid = userOf(stateDir) ?? (stateDir === PATHS.state ? mainProcess() : undefined);
  return {
    pid,
    isKnown: pid !== undefined || !existsSync(stateDir) || mayRead(stateDir, constants.R_OK | constants.X_OK),
  };
}

/** What systemd runs: anybody may ask it. */
function mainProcess(): number | undefined {
  const [, pid = ''] = wordsOf('systemctl', ['show', '--property=MainPID', 'heyu2mqtt.service'], '=');
  return /^[1-9]\d*$/.test(pid) ? Number(pid) : undefined;
}

/** A user with all groups. */
export type Identity = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly (number | string)[];
};

/**
 * As whom the service runs: the owner of its process, else the user that its unit names. Undefined when there is no
 * such user.
 */
export function serviceUser(pid: number | undefined): Identity | undefined {
  const owner = pid === undefined ? undefined : ownerOf(pid);
  return identityOf(owner ?? unitValues('User').at(-1) ?? SERVICE_USER, unitValues('SupplementaryGroups'));
}

/** Whether systemd reads this file as root and hands it to the service (`heyu2mqtt service password`). */
export function isCredential(path: string): boolean {
  return unitValues('LoadCredential').some((value) => value.endsWith(`:${path}`));
}

/** The user of that name or number; undefined when there is none. */
export function identityOf(user: string, more: readonly string[] = []): Identity | undefined {
  const [name = '', , uid = '', gid = ''] = wordsOf('getent', ['passwd', user], ':');
  if (gid === '') return undefined;
  const groups = [...wordsOf('id', ['-G', name], ' ').map(Number), ...more];
  return { name, uid: Number(uid), gid: Number(gid), groups };
}

/** The group of a file, if it is its owner's own, as Debian gives one to each user; undefined for any other. */
export function ownGroupOf({ uid, gid }: Stats): string | undefined {
  const owner = identityOf(String(uid));
  const [name, , own] = owner === undefined ? [] : wordsOf('getent', ['group', owner.name], ':');
  return gid !== 0 && own === String(gid) ? name : undefined;
}

/**
 * Why this user may not open the file, as the system says it (`EACCES`); undefined when it may. `look` is called with
 * the rights of the user when it may not, e.g. to find out what is in the way.
 */
export function refusalFor<T>(path: string, user: Identity, look: (code: string) => T): T | undefined {
  if (isRoot() && !mayBecome()) return isRefusedTo(path, user) ? look('EACCES') : undefined;
  return asUser(user, () => {
    try {
      closeSync(openSync(path, 'r'));
      return undefined;
    } catch (error) {
      const code = errorCode(error);
      return code === 'EACCES' || code === 'EPERM' ? look(code) : undefined;
    }
  });
}

/** Whether Node lets root become another user: that of Debian 13 does not, because its libuv may use io_uring. */
function mayBecome(): boolean {
  return orElse(() => {
    process.seteuid?.(0);
    return true;
  }, false);
}

/** The same by a program of util-linux. */
function isRefusedTo(path: string, { uid, gid, groups }: Identity): boolean {
  const folder = dirname(path);
  if (!existsSync(folder)) return false;
  const who = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${[gid, ...groups].join(',')}`];
  const asked = existsSync(path) ? ['-r', path] : ['-x', folder];
  return spawnSync('setpriv', [...who, 'test', ...asked]).status === 1;
}

/** Acts with the rights of another user. Nothing in it may wait: the whole process has them meanwhile. */
function asUser<T>(user: Identity, act: () => T): T | undefined {
  if (!isRoot()) return undefined;
  const groups = process.getgroups?.() ?? [];
  const gid = process.getegid?.() ?? 0;
  try {
    process.setgroups?.([...user.groups]);
    process.setegid?.(user.gid);
    process.seteuid?.(user.uid);
    return act();
  } catch {
    // some containers do not let root become another user
    return undefined;
  } finally {
    process.seteuid?.(0);
    process.setegid?.(gid);
    process.setgroups?.(groups);
  }
}

/** Whether this process may act as another user. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

function ownerOf(pid: number): string | undefined {
  try {
    return String(statSync(`/proc/${pid}`).uid);
  } catch {
    return undefined;
  }
}

/** All values that the unit and its drop-ins give to a directive, the last being the one that counts. */
function unitValues(directive: string): readonly string[] {
  const unit = [PATHS.unit, PATHS.packagedUnit].filter((path) => existsSync(path)).slice(0, 1);
  return [...unit, ...dropIns()]
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) => line.startsWith(`${directive}=`))
    .flatMap((line) => line.slice(directive.length + 1).split(/\s+/))
    .filter((value) => value !== '');
}

function dropIns(): readonly string[] {
  try {
    return readdirSync(PATHS.dropIns)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => join(PATHS.dropIns, name));
  } catch {
    return [];
  }
}

function wordsOf(program: string, args: readonly string[], separator: string): readonly string[] {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split(separator) : [];
}

/**
 * Reports every file, except the log, that the user of the service may not read; nothing if the command runs as that
 * user. Only root can check this: the files are opened with the rights of that user, so that groups and access control
 * lists count as they do for the service.
 */
export function checkAccess(files: Configuration['files'], user: Identity | undefined, tell: Tell): void {
  if (user === undefined || user.uid === process.geteuid?.()) return;
  if (!isRoot()) {
    tell('ok', `not checked what its user ${user.name} may read: sudo heyu2mqtt check does it`);
    return;
  }
  let refused = 0;
  for (const path of Object.values(files)) {
    if (path === undefined || !existsSync(path)) continue;
    // systemd reads it as root
    if (path === files.password && isCredential(path)) continue;
    const hint = refusalFor(path, user, () => hintFor(path, user));
    if (hint === undefined) continue;
    refused += 1;
    const others =
      path === files.password
        ? 'sudo heyu2mqtt service password, or: '
        : path === files.x10config
          ? openedByInit(files)
          : '';
    tell('error', `its user ${user.name} may not read ${path}`, others + hint);
  }
  if (refused === 0) tell('ok', `its user ${user.name} may read its configuration`);
}

/** The first remedy where the service may not read a file of heyu: `init` gives the fewest rights, to the service of the system. */
export function openedByInit({ config }: Configuration['files']): string {
  return config === DEFAULT_CONFIG ? 'sudo heyu2mqtt init lets it, and keeps the configuration; or: ' : '';
}

/** Tells whether a file is in the place of the state directory; one that is missing is made by the service. */
export function checkState({ stateDir }: Pick<Configuration, 'stateDir'>, tell: Tell): void {
  const stats = orElse(() => statSync(stateDir), undefined);
  if (stats?.isDirectory() === false)
    tell(
      'error',
      `the state directory ${stateDir} is a file`,
      'move it away, or name a directory in state_dir',
    );
}

/** Tells whether the user of the service may run the owner's program for alerts, where there is one. */
export function checkOnAlert(
  { program }: Configuration['onAlert'],
  user: Identity | undefined,
  tell: Tell,
): void {
  if (program === undefined) return;
  const what = `the program for alerts, ${program},`;
  const mode = statSync(program, { throwIfNoEntry: false })?.mode;
  // root sees every file; another user may not see this one
  if (mode === undefined && !isRoot()) tell('warning', `${what} is not there, or cannot be seen`);
  else if (mode === undefined)
    tell('error', `${what} is not there`, `${documentFile('on-alert.md')} has two to begin with`);
  else if ((mode & 0o111) === 0) tell('error', `${what} is not executable`, `sudo chmod +x ${program}`);
  else {
    const other = user?.uid === process.geteuid?.() ? undefined : user;
    const hint = other && refusalFor(program, other, () => hintFor(program, other));
    if (hint !== undefined) tell('error', `${what} may not be read by the user ${other?.name}`, hint);
    else tell('ok', `${program} is run for each alert`);
  }
}

/** Called with the rights of that user. What it can look at it only may not read; else a directory is in the way. */
function hintFor(path: string, { name }: Identity): string {
  try {
    statSync(path);
    return `sudo chgrp ${name} ${path}; sudo chmod g+r ${path}`;
  } catch {
    return permissionHint(path);
  }
}
