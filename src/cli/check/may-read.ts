/**
 * May another user read a file? Asked by root, to whom everything is open, for the user of the service. By owner,
 * group and mode; access control lists are not looked at.
 */

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A user with all groups. */
export type Identity = { readonly uid: number; readonly gids: readonly number[] };

/** The user of that name, undefined when there is none. */
export function identityOf(user: string): Identity | undefined {
  const [uid] = idsOf('-u', user);
  return uid === undefined ? undefined : { uid, gids: idsOf('-G', user) };
}

/** The file, or the first directory on the way to it, that keeps this user out; undefined when none does. */
export function barrierFor(path: string, identity: Identity): string | undefined {
  if (identity.uid === 0) return undefined;
  const way: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    way.unshift(at);
    if (at === dirname(at)) break;
  }
  return (
    way.find((directory) => !isAllowed(directory, identity, 1)) ??
    (isAllowed(path, identity, 4) ? undefined : path)
  );
}

function isAllowed(path: string, { uid, gids }: Identity, bit: 1 | 4): boolean {
  const { uid: owner, gid, mode } = statSync(path);
  const shift = owner === uid ? 6 : gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & bit) !== 0;
}

function idsOf(option: '-u' | '-G', user: string): readonly number[] {
  const { status, stdout } = spawnSync('id', [option, user], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split(/\s+/).map(Number) : [];
}
