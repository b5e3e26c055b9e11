/** How the service is let into heyu's files: the fewest rights that do, by access control lists. */

import { realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { orElse } from '../common/error.js';
import { type Identity, refusalFor } from './check/check-service.js';
import type { Step } from './service-install.js';

/** Directories of many; what is right for one of heyu's files is not for whatever else is made there. */
const SHARED = ['/', '/etc', '/tmp', '/var', '/var/log', '/var/tmp', '/home', '/root'];

/**
 * What gives `user` the right to read those of the files that are closed to it, by root: to enter each directory on the
 * way, to list the last one (a rotated log is found there), and to read the file. A default list on that directory makes
 * what replaces the file readable, too, be it heyu after a rotation or an editor; `homes` and the directories of
 * many get none. Nothing for what is open already.
 */
export function accessSteps(
  files: readonly string[],
  user: Identity,
  homes: readonly string[],
): readonly Step[] {
  const steps = files
    .filter((file) => isRefused(file, user))
    .flatMap((file) => [file, ...orElse(() => [realpathSync(file)], [])])
    .flatMap((file) => stepsFor(file, user, homes));
  const unlike = new Map(steps.map((step) => [step.command.join(' '), step]));
  return [...unlike.values()];
}

/** Whether `user` may not read the file, or not list its directory. */
export function isRefused(file: string, user: Identity): boolean {
  return [file, dirname(file)].some((path) => refusalFor(path, user, () => true) === true);
}

type Run = Step & { readonly kind: 'run' };

function stepsFor(file: string, user: Identity, homes: readonly string[]): readonly Run[] {
  const folder = dirname(file);
  const grant = (path: string, ...lists: readonly string[]): readonly Run[] =>
    lists.length === 0 ? [] : [{ kind: 'run', command: ['setfacl', '-m', lists.join(','), path] }];
  const isClosed = (path: string, bits: number): boolean => {
    const stats = statOf(path);
    return stats !== undefined && !grants(stats, user, bits);
  };
  const entries = above(folder)
    .filter((path) => isClosed(path, EXECUTE))
    .flatMap((path) => grant(path, `u:${user.name}:x`));
  const stats = statOf(file);
  const isFileClosed = stats === undefined ? isClosed(folder, EXECUTE) : !grants(stats, user, READ);
  const isOwn = ![...SHARED, ...homes].includes(folder);
  return [
    ...entries,
    ...grant(
      folder,
      ...(isClosed(folder, READ | EXECUTE) ? [`u:${user.name}:rx`] : []),
      ...(isFileClosed && isOwn ? defaultList(user, stats) : []),
    ),
    ...(stats !== undefined && isFileClosed ? grant(file, `u:${user.name}:r`) : []),
  ];
}

/** For new files: to others no more than the file that is there gives them. */
function defaultList(user: Identity, file: Stats | undefined): readonly string[] {
  const words = (mode: number): string =>
    `${mode & 4 ? 'r' : '-'}${mode & 2 ? 'w' : '-'}${mode & 4 ? 'x' : '-'}`;
  const others = file === undefined ? [] : [`d:g::${words(file.mode >> 3)}`, `d:o::${words(file.mode)}`];
  return [`d:u:${user.name}:r`, ...others];
}

const READ = 4;
const EXECUTE = 1;

/** What the mode grants; of lists that are there already only their mask is seen. */
function grants(stats: Stats, user: Identity, bits: number): boolean {
  const { uid, gid, mode } = stats;
  const shift = uid === user.uid ? 6 : [user.gid, ...user.groups].includes(gid) ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}

/** The directories above one, the outermost first. */
function above(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [...above(parent), parent];
}

function statOf(path: string): Stats | undefined {
  return orElse(() => statSync(path), undefined);
}
