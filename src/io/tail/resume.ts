/**
 * Going on where an earlier run stopped: the file it was reading has kept its name, or was renamed, copied or
 * compressed since; the files that came after it are read in order of time.
 */
import type { FilePosition } from '../../ports.js';
import { sizeOf, statsOf, type ByteSource } from './byte-source.js';
import { fingerprintOfPosition, hasContent, isTelling, seeHead, seekLastLine } from './content.js';
import { findHolder } from './find-holder.js';
import { isOpen, type Following } from './following.js';
import { beginGeneration } from './generations.js';
import { takeInOrder } from './copies.js';
import { take, type HeldSibling } from './hold-siblings.js';
import { isKnownContent, remember } from './known-content.js';
import { isBornSince } from './siblings.js';
import type { Work } from './slices.js';
import { freshFile, isSameFile, markOf, resumedFile, type Loss, type TailedFile } from './tailed-file.js';

/** Late lines may have been written to files that were old already. */
export function* reopenOldFiles(
  following: Following,
  positions: readonly FilePosition[],
  siblings: readonly HeldSibling[],
): Work {
  for (const position of positions) {
    const holder = yield* findHolder(siblings, wantedOf(position));
    if (holder === undefined || isOpen(following, holder)) continue;
    const file = resumedFile(take(holder), position, true);
    file.quietSince = following.clock.monotonicMs();
    following.old.push(file);
    remember(following, file);
  }
}

/**
 * Goes on after `last`: in the file the name stands for, or in the rotated file it has become, or, if it is gone,
 * in what came after it. False when there is nothing at all: the disk may not be mounted yet, so nothing is given up as long as the log is missing.
 */
export function* resumeFrom(
  following: Following,
  last: FilePosition,
  current: ByteSource | undefined,
  siblings: readonly HeldSibling[],
): Work<boolean> {
  if (current !== undefined && (yield* holds(current, last))) {
    yield* resumeIn(following, current, last, true);
    return true;
  }
  const holder = yield* findHolder(siblings, wantedOf(last));
  const younger = siblings.filter((sibling) => isBornSince(sibling, last.endSeenAt));
  if (holder === undefined && current === undefined && younger.length === 0) {
    for (const { source } of following.old.splice(0)) source.close();
    return false;
  }
  let since: readonly HeldSibling[];
  if (holder === undefined) {
    following.former = { mark: markOf(last), head: Buffer.alloc(0) };
    since = younger;
  } else {
    yield* resumeIn(following, take(holder), last, !holder.isPacked);
    since = siblings.slice(siblings.indexOf(holder) + 1);
  }
  yield* queue(following, last, current, since, holder === undefined);
  return true;
}

/** What has to be read after, or instead of, the file of the position. */
function* queue(
  following: Following,
  last: FilePosition,
  current: ByteSource | undefined,
  since: readonly HeldSibling[],
  isGone: boolean,
): Work {
  const { next } = following;
  const { endSeenAt } = last;
  const isUnknown = (sibling: HeldSibling): boolean =>
    !isOpen(following, sibling) && (current === undefined || !isSameFile(sibling, current));
  for (const file of takeInOrder(since.filter(isUnknown), 'renamed', endSeenAt)) {
    if (yield* isKnownContent(following, file.source)) file.source.close();
    else next.push(file);
  }
  if (current !== undefined) {
    const isTruncated = isSameFile(current, last);
    const arrival = isTruncated ? 'first' : 'rotation';
    if (isTruncated) {
      following.listener.incident({ kind: 'rewritten', path: following.path, offset: last.offset });
    }
    next.push(freshFile(current, { arrival, isLive: true, endSeenAt }));
  }
  if (!isGone) return;
  following.next = next.map((file, index) => {
    const isLoss = index === 0 && (last.offset > 0 || since.length === 0);
    const loss = isLoss ? lossBefore(following, file, last) : undefined;
    return freshFile(file.source, { ...file, mayBeEdited: true, loss });
  });
}

function* resumeIn(following: Following, source: ByteSource, last: FilePosition, isLive: boolean): Work {
  const file = resumedFile(source, last, isLive);
  following.reading = file;
  if (last.generation === '') {
    yield* seekLastLine(file, last.offset);
    yield* beginGeneration(following, file);
    return;
  }
  following.lastBegun = file;
  remember(following, file);
  if (source.prepare === undefined && last.offset > 0) yield* seeHead(file);
}

/** Is this the file of the position, by inode or by a content that nothing else can have? */
function* holds(source: ByteSource, position: FilePosition): Work<boolean> {
  const fingerprint = fingerprintOfPosition(position);
  const isSameInode = isSameFile(source, position);
  if (!isSameInode && !isTelling(fingerprint)) return false;
  const born = statsOf(source)?.birthtimeMs ?? 0;
  if (isSameInode && fingerprint.bytes.length === 0 && Math.floor(born) > position.endSeenAt) return false;
  return sizeOf(source) >= position.offset && (yield* hasContent(source, fingerprint));
}

function wantedOf(position: FilePosition): Parameters<typeof findHolder>[1] {
  const { device, inode, offset, endSeenAt: knownAt } = position;
  return { device, inode, offset, knownAt, fingerprint: fingerprintOfPosition(position) };
}

/** The span of what is gone: up to the birth of the first file there is, or its last write. */
function lossBefore(following: Following, file: TailedFile, last: FilePosition): Loss {
  const from = last.endSeenAt;
  const now = following.clock.wallMs();
  const { birthtimeMs = 0, mtimeMs = 0 } = statsOf(file.source) ?? {};
  const times = [birthtimeMs, mtimeMs].filter((at) => at > from && at <= now);
  return { from, to: times[0] ?? now };
}
