/**
 * Gives the service access to heyu's files: the fewest rights that are enough, by access control lists, or else by a
 * group.
 */

import { realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { orElse } from '../common/error.js';
import { type Identity, ownGroupOf, refusalFor } from './check/check-service.js';
import type { Step } from './service-install.js';

/** Directories of many; what is right for one of heyu's files is not right for other files there. */
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

/**
 * The same where there are no access control lists (the package `acl` is missing, or the file system has none): the user
 * joins the group of the files' owner. Nothing where a file has another group than its owner's own: that would let in
 * all who are members.
 */
export function groupSteps(files: readonly string[], user: Identity): readonly Step[] {
  const closed = files
    .filter((file) => isRefused(file, user))
    .flatMap((file) => [file, ...orElse(() => [realpathSync(file)], [])])
    .flatMap((file) => waysTo(file))
    .flatMap(({ path, bits }) => {
      const stats = statOf(path);
      return stats === undefined || grants(stats, user, bits) ? [] : [{ path, bits, stats }];
    })
    .map((each) => ({ ...each, group: ownGroupOf(each.stats) }));
  const groups = new Set(closed.map(({ group }) => group));
  if (groups.has(undefined)) return [];
  const commands: readonly [string, ...string[]][] = [
    ...[...groups].map((group): [string, ...string[]] => ['usermod', '-aG', group ?? '', user.name]),
    ...closed
      .filter(({ stats, bits }) => ((stats.mode >> 3) & bits) !== bits)
      .map(({ path, bits }): [string, ...string[]] => ['chmod', `g+${LETTERS[bits] ?? ''}`, path]),
  ];
  const unlike = new Map(commands.map((command) => [command.join(' '), command]));
  return [...unlike.values()].map((command) => ({ kind: 'run', command }));
}

/** What has to be open on the way to a file, and how far. */
function waysTo(file: string): readonly { readonly path: string; readonly bits: number }[] {
  const folder = dirname(file);
  return [
    ...above(folder).map((path) => ({ path, bits: EXECUTE })),
    { path: folder, bits: READ | EXECUTE },
    { path: file, bits: READ },
  ];
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
const LETTERS: Readonly<Record<number, string>> = { 1: 'x', 4: 'r', 5: 'rx' };

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
