/**
 * Where to begin: at the end of the log when nothing is known, otherwise where the earlier run stopped, wherever
 * that file is by now (renamed, copied, compressed), and then every file since.
 */
import { statSync, type Stats } from 'node:fs';
import type { FilePosition } from '../../ports.js';
import { sizeOf, type ByteSource, type OpenFailure } from './byte-source.js';
import { seekLastLine } from './content.js';
import type { Following } from './following.js';
import { beginGeneration } from './generations.js';
import { isMissing, reportFailure } from './name.js';
import { reopenOldFiles, resumeFrom } from './resume.js';
import { holdLog, letGo } from './hold-siblings.js';
import { isBornSince, siblingKey, type Sibling } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile } from './tailed-file.js';

/** What stands there holds no lines: a log that comes in its place is new. */
const NO_LOG: ReadonlySet<string> = new Set(['EISDIR', 'FIFO', 'DEVICE', 'ELOOP']);

/** Looks for the place to begin. False as long as it cannot be told because the log is missing or unreadable. */
export function* findStart(following: Following): Work<boolean> {
  const { seek, path } = following;
  if (seek === undefined) return true;
  const { current, all, held } = holdLog(path, () => seek.from === 'position');
  const source = 'failure' in current ? undefined : current;
  const last = seek.from === 'position' ? seek.position.files.at(-1) : undefined;
  following.history = new Set(all.filter((sibling) => isHistory(sibling, last)).map(siblingKey));
  let isFound = true;
  if (seek.from === 'end') {
    isFound = yield* startAtEnd(following, current);
  } else if (last === undefined) {
    source?.close();
  } else {
    yield* reopenOldFiles(following, seek.position.files.slice(0, -1), held);
    isFound = yield* resumeFrom(following, last, source, held);
  }
  letGo(held);
  if (isFound) following.seek = undefined;
  // what is left of it is read first: who hears that the log is gone does not wait for its lines any more
  else if ('failure' in current) reportFailure(following, current.failure);
  following.isWatchStale = true;
  return isFound;
}

/** A log that was empty when it was seen last may have been filled, copied and truncated since. */
function isHistory(sibling: Sibling, last: FilePosition | undefined): boolean {
  return last?.offset !== 0 || sibling.createdAt === 0 || !isBornSince(sibling, last.endSeenAt);
}

/** Without a position: what is in the log already is history, except a line that is not complete yet. */
function* startAtEnd(following: Following, current: ByteSource | OpenFailure): Work<boolean> {
  if ('failure' in current) {
    if (isMissing(current.failure) || NO_LOG.has(current.failure)) return true;
    rememberSize(following);
    return false;
  }
  const file = freshFile(current, { arrival: 'first', isLive: true, endSeenAt: following.clock.wallMs() });
  yield* seekLastLine(file, sizeOf(current));
  following.reading = file;
  yield* beginGeneration(following, file);
  return true;
}

/** A log that cannot be read yet: what is in it now will be history then, what comes meanwhile will not. */
function rememberSize(following: Following): void {
  const stats = statsOf(following.path);
  if (stats?.isFile() !== true) return;
  const { dev: device, ino: inode, size: offset } = stats;
  const endSeenAt = following.clock.wallMs();
  const files = [{ generation: '', device, inode, offset, mark: '', endSeenAt }];
  following.seek = { from: 'position', position: { files } };
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
