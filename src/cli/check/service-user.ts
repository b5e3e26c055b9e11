/**
 * The user of the service, and what it may read. Asked by root, to whom everything is open: the files are opened with
 * the rights of that user, so that groups and access control lists count as they do for the service.
 */

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../io/tail/error-code.js';
import { PATHS, SERVICE_USER } from '../service-steps.js';

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

/**
 * Why this user may not open the file, as the system says it (`EACCES`); undefined when it may. `look` is called with
 * the rights of the user when it may not, e.g. to find out what is in the way.
 */
export function refusalFor<T>(path: string, user: Identity, look: (code: string) => T): T | undefined {
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
    // some containers do not let root be somebody else
    return undefined;
  } finally {
    process.seteuid?.(0);
    process.setegid?.(gid);
    process.setgroups?.(groups);
  }
}

/** Whether we may act as somebody else. */
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
    .flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((line) => (line.startsWith(`${directive}=`) ? line.slice(directive.length + 1).trim() : [])),
    )
    .flatMap((value) => value.split(/\s+/))
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
