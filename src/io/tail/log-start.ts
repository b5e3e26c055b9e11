/**
 * Where reading begins: at the end of the log when nothing is known, otherwise where the earlier run stopped, wherever
 * that file is by now (renamed, copied, compressed), and then every file since.
 */
import type { FilePosition, LogPosition, RotatedFile } from '../../ports.js';
import type { FileStats } from '../file-system.js';
import {
  fingerprintOfPosition,
  hasContent,
  isSameFile,
  isDistinctive,
  sizeOf,
  type ByteSource,
  type OpenFailure,
  type Work,
} from './content.js';
import type { FileOrder } from './file-order.js';
import type { RotatedFiles } from './rotated-files.js';
import {
  findHolder,
  findShorterCopy,
  holdLog,
  isAmong,
  isBornAgain,
  isCreatedSince,
  isMissing,
  isWrittenSince,
  letGo,
  lookUp,
  take,
  youngerThan,
  type Held,
  type HeldSibling,
  type HeldSiblings,
  type Sibling,
} from './siblings.js';
import { TailedFile, type Loss, type Reader } from './tailed-file.js';

/** What stands there holds no lines: a log that comes in its place is new. */
const NO_LOG: ReadonlySet<string> = new Set(['EISDIR', 'FIFO', 'DEVICE', 'ELOOP']);

/** The search for the place where reading begins, repeated until it is found. */
export class LogStart {
  readonly #reader: Reader;
  readonly #order: FileOrder;
  readonly #rotated: RotatedFiles;
  /** Where to begin, as long as it has not been found: at the end of the file, or where an earlier run stopped. */
  #seek: 'end' | LogPosition | undefined;
  /** What is older than that, whatever its times say. */
  #older: readonly RotatedFile[];

  constructor(reader: Reader, order: FileOrder, rotated: RotatedFiles, position: LogPosition | undefined) {
    this.#reader = reader;
    this.#order = order;
    this.#rotated = rotated;
    this.#seek = position ?? 'end';
    this.#older = position?.older ?? [];
  }

  get isFound(): boolean {
    return this.#seek === undefined;
  }

  /** Where reading will begin; undefined once it has begun, or when it will at the end of the log. */
  position(): LogPosition | undefined {
    return this.#seek === 'end' ? undefined : this.#seek;
  }

  /** Begins again at `position`, unless the place to begin is still being looked for. */
  again(position: LogPosition): void {
    if (this.#seek !== undefined) return;
    this.#seek = position;
    this.#older = position.older ?? [];
  }

  /**
   * Looks for the place to begin, and takes up the files that are to be read from there. `sought` = it cannot be told
   * yet because the log is missing or unreadable (the code of the error).
   */
  *find(): Work<'found' | { readonly sought: string | undefined }> {
    if (this.#seek === undefined) return 'found';
    const seek = this.#withoutTruncated(this.#seek);
    this.#seek = seek;
    const { current, all, held, barred } = holdLog(this.#reader, (siblings) =>
      seek === 'end' ? [] : siblings,
    );
    const source = 'failure' in current ? undefined : current;
    const last = seek === 'end' ? undefined : seek.files.at(-1);
    // all that is there is older, or taken up now
    this.#rotated.setHistory(all);
    let isFound = true;
    try {
      if (seek === 'end') {
        isFound = yield* this.#startAtEnd(current);
      } else if (last === undefined) {
        source?.close();
      } else {
        isFound = yield* this.#resumeFrom(last, seek.files.slice(0, -1), source, { all, held });
      }
    } catch (error) {
      source?.close();
      throw error;
    } finally {
      letGo(held);
    }
    if (!isFound) return { sought: 'failure' in current ? current.failure : undefined };
    this.#seek = undefined;
    if (last !== undefined)
      this.#tellOfBarred(
        { all, barred: barred.filter((sibling) => this.#isYounger(sibling, last, all)) },
        last.endSeenAt,
      );
    return 'found';
  }

  /** Was it made since the end of the file in which reading stopped was seen? */
  #isYounger(sibling: Sibling, { endSeenAt }: FilePosition, all: readonly Sibling[]): boolean {
    return isCreatedSince(sibling, endSeenAt) && !isAmong(sibling, this.#older, all);
  }

  /** What may not be read stood before one of the files that were taken up. */
  #tellOfBarred({ all, barred }: Omit<HeldSiblings, 'held'>, from: number): void {
    const { listener, path } = this.#reader;
    const { reading, next } = this.#order;
    this.#rotated.tellOfBarred(barred, from);
    if (this.#rotated.barred.length === 0) return;
    const passBefore = ({ source }: TailedFile): readonly RotatedFile[] =>
      this.#rotated.passBarred(youngerThan(source, all));
    const older = reading === undefined ? [] : passBefore(reading);
    this.#order.next = next.map((file) =>
      file.again(file.source, { barred: [...(file.beginning.barred ?? []), ...passBefore(file)] }),
    );
    if (reading?.offset !== 0 || older.length === 0) return;
    listener.incident({ kind: 'gap', path });
    // copies of what was empty may have come between them
    this.#rotated.barred = [...older, ...this.#rotated.barred];
  }

  /** Without a position: what is in the log already is history, except a line that is not complete yet. */
  *#startAtEnd(current: ByteSource | OpenFailure): Work<boolean> {
    if ('failure' in current) {
      if (isMissing(current.failure) || NO_LOG.has(current.failure)) return true;
      this.#seek = this.#endNow(lookUp(this.#reader));
      return false;
    }
    // it may be that it can be opened, and not read
    this.#seek = this.#endNow(current.stats());
    const endSeenAt = this.#reader.clock.wallMs();
    const file = new TailedFile(current, { arrival: 'first', isLive: true, endSeenAt });
    yield* file.seekLastLine(sizeOf(current));
    this.#order.reading = file;
    yield* this.#order.begin(file, this.#reader);
    return true;
  }

  /** Of a log that cannot be read yet: what is in it now will be history then, what comes meanwhile will not. */
  #endNow(stats: FileStats | string | undefined): 'end' | LogPosition {
    if (typeof stats !== 'object' || !stats.isFile()) return 'end';
    const { dev: device, ino: inode, size: offset } = stats;
    const endSeenAt = this.#reader.clock.wallMs();
    return { files: [{ generation: '', device, inode, offset, mark: '', endSeenAt }] };
  }

  /**
   * A log that was truncated while it could not be read is new from its beginning, however long it is when it can be
   * read: the file in which the history ended is gone, and has no inode any more.
   */
  #withoutTruncated(seek: 'end' | LogPosition): 'end' | LogPosition {
    const [last] = seek === 'end' ? [] : seek.files;
    if (last === undefined || !endsHistory(last)) return seek;
    const stats = lookUp(this.#reader);
    const isTruncated =
      typeof stats === 'object' &&
      isSameFile({ device: stats.dev, inode: stats.ino }, last) &&
      stats.size < last.offset;
    return isTruncated ? { files: [{ ...last, inode: NO_INODE }] } : seek;
  }

  /**
   * Late lines may have been written to files that were old already. Gives the siblings that are younger than these, and
   * not `last`, which is what has become of the file that was read after them, if that is a sibling. Youngest first: what
   * was read of a file may be how a younger one begins.
   */
  *#reopenOldFiles(
    positions: readonly FilePosition[],
    siblings: readonly HeldSibling[],
    last: HeldSibling | undefined,
  ): Work<readonly HeldSibling[]> {
    const older = last === undefined ? siblings : siblings.slice(0, siblings.indexOf(last));
    let younger = siblings.filter((sibling) => sibling !== last);
    for (const position of [...positions].reverse()) {
      const holder = yield* findHolder(older, position);
      if (holder === undefined || this.#order.isOpen(holder)) continue;
      if (younger.includes(holder)) younger = younger.slice(younger.indexOf(holder) + 1);
      const file = TailedFile.resumed(take(holder), position, true);
      file.quietSince = this.#reader.clock.monotonicMs();
      this.#order.old.unshift(file);
      this.#order.past.unshift(file);
    }
    return younger;
  }

  /**
   * Goes on after `last`: in the file the name stands for, or in the rotated file it has become, or, if it is gone, in
   * what came after it. False when there is nothing at all: the disk may not be mounted yet, so nothing is given up as
   * long as the log is missing.
   */
  *#resumeFrom(
    last: FilePosition,
    old: readonly FilePosition[],
    current: ByteSource | undefined,
    { all, held }: Held,
  ): Work<boolean> {
    const isCurrent = current !== undefined && (yield* isFileOf(last, current));
    const holder = isCurrent ? undefined : yield* findHolder(held, last);
    const shorter = isCurrent || holder !== undefined ? undefined : yield* findShorterCopy(held, last);
    // the file of the position that is not its holder was truncated, and written to, before it was renamed
    const younger = (yield* this.#reopenOldFiles(old, held, holder ?? shorter)).filter(
      (sibling) =>
        (!endsHistory(last) && this.#isYounger(sibling, last, all)) ||
        (isSameFile(sibling, last) && isWrittenSince(sibling, last.endSeenAt)),
    );
    if (isCurrent) {
      yield* this.#resumeIn(current, last, true);
      this.#expectCopies(last, younger);
      return true;
    }
    if ((holder ?? shorter ?? current) === undefined && younger.length === 0) {
      for (const { source } of this.#order.old.splice(0)) source.close();
      return false;
    }
    let since: readonly HeldSibling[];
    if (holder === undefined) {
      this.#order.gone = last;
      since = shorter === undefined ? younger : held.slice(held.indexOf(shorter) + 1);
    } else {
      yield* this.#resumeIn(take(holder), last, !holder.isPacked);
      since = held.slice(held.indexOf(holder) + 1);
      this.#expectCopies(
        last,
        younger.filter((sibling) => !since.includes(sibling)),
      );
    }
    yield* this.#queueSince(last, current, { all, held: since });
    if ((holder ?? shorter) === undefined) this.#mayHaveLost(last, since);
    return true;
  }

  /** A log that was empty when it was seen last may have been filled, copied and truncated since: no history then. */
  #expectCopies({ offset }: FilePosition, copies: readonly Sibling[]): void {
    if (offset === 0) this.#rotated.takeFromHistory(copies.filter(({ createdAt }) => createdAt > 0));
  }

  *#resumeIn(source: ByteSource, last: FilePosition, isLive: boolean): Work {
    const file = TailedFile.resumed(source, last, isLive);
    this.#order.reading = file;
    if (last.generation === '') {
      yield* file.seekLastLine(last.offset);
      yield* this.#order.begin(file, this.#reader);
      return;
    }
    this.#order.lastBegun = file;
    this.#order.remember(file);
    if (source.prepare === undefined && last.offset > 0) yield* file.seeHead();
  }

  /** What has to be read after, or instead of, the file of the position. */
  *#queueSince(last: FilePosition, current: ByteSource | undefined, { all, held: since }: Held): Work {
    const { listener, path } = this.#reader;
    const { endSeenAt, offset } = last;
    const isUnknown = (sibling: HeldSibling): boolean =>
      !this.#order.isOpen(sibling) && (current === undefined || !isSameFile(sibling, current));
    yield* this.#rotated.takeUnknown({ all, held: since.filter(isUnknown) }, endSeenAt, this.#order.next);
    if (current === undefined) return;
    const isTruncated = isSameFile(current, last);
    if (isTruncated) listener.incident({ kind: 'rewritten', path, offset });
    const arrival = isTruncated ? 'first' : 'rotation';
    this.#order.next.push(new TailedFile(current, { arrival, isLive: true, endSeenAt }));
  }

  /** The file of the position is gone: what is there may be an edited copy of it, and lines may be lost before it. */
  #mayHaveLost(last: FilePosition, since: readonly HeldSibling[]): void {
    this.#order.next = this.#order.next.map((file, index) => {
      const isLoss = index === 0 && (last.offset > 0 || since.length === 0);
      const loss = isLoss ? this.#lossBefore(file, last) : undefined;
      return file.again(file.source, { mayBeEdited: true, loss });
    });
  }

  /** The span of what is gone: up to the birth of the first file there is, or its last write. */
  #lossBefore(file: TailedFile, last: FilePosition): Loss {
    const from = last.endSeenAt;
    const now = this.#reader.clock.wallMs();
    const { birthtimeMs = 0, mtimeMs = 0 } = file.source.stats() ?? {};
    const times = [birthtimeMs, mtimeMs].filter((at) => at > from && at <= now);
    return { from, to: times[0] ?? now };
  }
}

/** No file has this number. */
const NO_INODE = 0;

/**
 * Is what stands before this position history, of which nothing was read? Then only its inode recognises it: a copy of it
 * looks like a younger file and holds last year's motion, which is worse told now than what is behind it is lost.
 */
function endsHistory({ generation, offset }: FilePosition): boolean {
  return generation === '' && offset > 0;
}

/** Is this the file of the position, by inode or by a content that nothing else can have? */
function* isFileOf(position: FilePosition, source: ByteSource): Work<boolean> {
  const fingerprint = fingerprintOfPosition(position);
  const isSameInode = isSameFile(source, position);
  if (!isSameInode && !isDistinctive(fingerprint)) return false;
  const born = source.stats()?.birthtimeMs ?? 0;
  if (isSameInode && fingerprint.bytes.length === 0 && isBornAgain(born, position)) return false;
  return sizeOf(source) >= position.offset && (yield* hasContent(source, fingerprint));
}
