/**
 * What the doorbell must watch so that no change goes unnoticed: the open files themselves, by descriptor, which
 * needs no re-arming however they are renamed or deleted, and the directories in which the name may appear.
 */
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { WatchTarget } from './doorbell.js';
import { newestFile, openFiles, type Following } from './following.js';
import type { TailedFile } from './tailed-file.js';

const DESCRIPTORS = '/proc/self/fd';
/** Symbolic links that lead to symbolic links are followed this far, as the system does. */
const MOST_LINKS = 40;

/** Everything to be watched now. */
export function watchTargets(following: Following): WatchTarget[] {
  const hasDescriptors = existsSync(DESCRIPTORS);
  const files = openFiles(following).filter(({ source }) => source.fd !== undefined);
  const newest = newestFile(following);
  const isFollowing = following.status?.kind === 'following';
  return [
    ...(hasDescriptors ? files.map(byDescriptor) : []),
    ...(hasDescriptors || newest === undefined ? [] : [byPath(following.path, newest)]),
    ...directoriesOf(following.path, !isFollowing),
  ];
}

function byDescriptor({ source }: TailedFile): WatchTarget {
  return { path: `${DESCRIPTORS}/${source.fd ?? ''}`, identity: `${source.device}:${source.inode}` };
}

function byPath(path: string, { source }: TailedFile): WatchTarget {
  return { path, identity: `${source.device}:${source.inode}` };
}

/**
 * The directories of symbolic links, because a link that is changed tells nobody else; and, while the log is
 * `wanting`, the directory in which it may appear, or the nearest one there is.
 */
function directoriesOf(path: string, wanting: boolean): WatchTarget[] {
  const targets: WatchTarget[] = [];
  let name = resolve(path);
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const leadsTo = linkAt(name);
    if (leadsTo === undefined && !wanting) return targets;
    targets.push(nearestDirectory(name));
    if (leadsTo === undefined) return targets;
    name = resolve(dirname(name), leadsTo);
  }
  return targets;
}

function nearestDirectory(name: string): WatchTarget {
  let entry = name;
  while (!existsSync(dirname(entry)) && dirname(entry) !== entry) entry = dirname(entry);
  return { path: dirname(entry), entry: basename(entry), identity: 'directory' };
}

function linkAt(name: string): string | undefined {
  try {
    return lstatSync(name).isSymbolicLink() ? readlinkSync(name) : undefined;
  } catch {
    return undefined;
  }
}
