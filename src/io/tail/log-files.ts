/**
 * The files of the log in order of time, and what a look at them does: everything new is handed over, the name is
 * checked, and where it has moved on the next file follows.
 *
 * heyu opens the log by name at every message, so it is rotated, truncated, edited and deleted under its hands. Rejected:
 * - to believe in names (`tail -F`): what was written before a rotation and was not read yet would be lost;
 * - to believe in inodes alone: they are used again after a deletion, and a compressed file has another one;
 * - a checksum of the beginning (vector's file-watcher): logs begin alike, and a file that is cut off keeps it. So what
 *   recognises a file are the bytes before the place where reading continues, and its first ones as long as there are none.
 */
import { MINUTE } from '../../common/duration.js';
import type { FilePosition, LogPosition, LogStatus } from '../../ports.js';
import {
  bytesSeenBefore,
  isReadable,
  isSameFile,
  markOf,
  openSource,
  sizeOf,
  Unreadable,
  type ByteSource,
  type Former,
  type Work,
} from './content.js';
import { FileOrder } from './file-order.js';
import { LogStart } from './log-start.js';
import { RotatedFiles } from './rotated-files.js';
import {
  findHolder,
  isCreatedSince,
  isMissing,
  isOf,
  letGo,
  lookUp,
  take,
  TICK_MS,
  type Held,
  type Sibling,
} from './siblings.js';
import { EDITOR_QUIET_MS, TailedFile, type Loss, type Reader, type ReadOutcome } from './tailed-file.js';
import { unreadable } from './unreadable.js';

/** Times of a follower, milliseconds. */
export type Patience = {
  /** How long a rotated file is read on after it was written to last. */
  readonly lingerMs: number;
  /** How long a file that has lost its name must have been silent before the next one is begun. */
  readonly settleMs: number;
  /** How long the follower may not have looked before a truncation counts as a loss. */
  readonly blindMs: number;
};

/** More old files than this are not kept open; the oldest goes first. */
const MOST_OLD_FILES = 16;
/** A rotation takes the name away for a moment: that is no warning. */
const ROTATION_MS = 1000;
/** So much older (ms) than its appearance must a log be to be old: clocks of file servers differ. */
const OLD_MS = MINUTE;
/**
 * The only owner of the order of the files. One `pass` is in hand at a time, and only what it calls changes anything;
 * `position` and `open` are for anybody at any time, also from within the listener.
 */
export class LogFiles {
  /** The set of open files or the state of the name has changed: what is watched must follow. Cleared by the follower. */
  isWatchStale = true;
  /** Another look is wanted after this many milliseconds. */
  lookAgainMs: number | undefined;
  readonly #reader: Reader;
  readonly #patience: Patience;
  readonly #order = new FileOrder();
  readonly #rotated: RotatedFiles;
  readonly #start: LogStart;
  /** Where files were left that are closed, until a later look at the end tells their copies from younger files. */
  #left: FilePosition[] = [];
  #status: LogStatus | undefined;
  #existedBefore: boolean;
  /** When the name was first found to stand for nothing, monotonic milliseconds. */
  #missingSince: number | undefined;
  /** The last time the name was looked at and showed no newer file, epoch milliseconds. */
  #aloneAt: number;
  /** When the name was looked at last, monotonic milliseconds. */
  #lookedAt: number;

  constructor(reader: Reader, patience: Patience, position: LogPosition | undefined) {
    this.#reader = reader;
    this.#patience = patience;
    this.#rotated = new RotatedFiles(reader, this.#order);
    this.#start = new LogStart(reader, this.#order, this.#rotated, position);
    this.#existedBefore = (position?.files.length ?? 0) > 0;
    this.#aloneAt = reader.clock.wallMs();
    this.#lookedAt = reader.clock.monotonicMs();
  }

  /** All open files, in order of time. */
  open(): readonly TailedFile[] {
    return this.#order.open();
  }

  /** The newest file known, normally what the name stands for. */
  newest(): TailedFile | undefined {
    return this.#order.newest();
  }

  /** Whether the name stood for a log that can be read, at the last look. */
  isFollowing(): boolean {
    return this.#status?.kind === 'following';
  }

  /** Where the next line begins. */
  position(): LogPosition {
    const start = this.#start.position();
    if (start !== undefined) return start;
    const last = this.#order.lastBegun;
    const files = this.#order.old.filter((file) => file !== last).map((file) => file.position());
    if (last === undefined)
      return this.#placed(this.#order.gone === undefined ? files : [...files, this.#order.gone]);
    // the end of a file that has lost its name may be seen long after younger ones were begun
    const younger = this.#order.open().filter(({ isBegun }) => !isBegun);
    const bounds = younger.map((file) => file.endSeenAt);
    const endSeenAt = Math.min(last.endSeenAt, this.#aloneAt, ...bounds);
    const recent = this.#left.filter((left) => endSeenAt <= left.endSeenAt + TICK_MS);
    return this.#placed([...files, ...recent, { ...last.position(), endSeenAt }]);
  }

  #placed(files: readonly FilePosition[]): LogPosition {
    const older = this.#rotated.seeminglySince(files.at(-1)?.endSeenAt ?? Infinity);
    return older.length === 0 ? { files } : { files, older };
  }

  /** Looks once. Ends early when the reader is halted, or something cannot be read that decides what comes next. */
  *pass(): Work {
    try {
      yield* this.#look();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#giveUp(error.code);
    }
  }

  *#look(): Work {
    this.lookAgainMs = undefined;
    if (!(yield* this.#findStart())) return;
    const isAtEnd = yield* this.#readAll();
    if (this.#reader.isHalted) return;
    if ((yield* this.#readOldFiles()) && isAtEnd) this.#reader.listener.end();
  }

  /** False as long as it cannot be told where to begin. */
  *#findStart(): Work<boolean> {
    if (this.#start.isFound) return true;
    const found = yield* this.#start.find();
    this.isWatchStale = true;
    if (found === 'found') return true;
    if (found.sought !== undefined) this.#reportFailure(found.sought);
    return false;
  }

  // --- Reading: from file to file.

  /** Reads file after file, up to the end of the newest one. */
  *#readAll(): Work<boolean> {
    for (;;) {
      const outcome = yield* this.#readOn();
      if (typeof outcome === 'object') {
        this.#giveUp(outcome.code);
        return false;
      }
      yield* this.#lookAtName(outcome === 'end');
      if (outcome === 'more') continue;
      if (outcome !== 'end') return false;
      if (this.#order.next.length === 0) return true;
      if (this.#order.reading === undefined) continue;
      const drained = yield* this.#readOn();
      // only now is it certain that its end was read after it had lost its name
      if (drained !== 'end' || this.#order.next.length === 0) continue;
      const waitMs = this.#order.reading.settlesInMs(this.#reader.clock, this.#patience.settleMs);
      if (waitMs > 0) {
        this.#lookAgainIn(waitMs);
        // the size of a packed file is not known: lines may wait in it
        return this.#order.next.every(({ source }) => source.prepare === undefined && sizeOf(source) === 0);
      }
      if (!(yield* this.#leaveReading())) return false;
    }
  }

  /** Reads on in the file that is being read, or begins the next one. */
  *#readOn(): Work<ReadOutcome | 'later'> {
    for (;;) {
      if (this.#reader.isHalted) return 'halted';
      const file = this.#order.reading ?? this.#order.readNext();
      if (file === undefined) return 'end';
      if (yield* this.#insertCopies(file)) continue;
      if (!file.isBegun) {
        const begun = yield* this.#begin(file);
        if (begun !== 'begun') return begun === 'empty' ? 'end' : 'later';
      }
      const outcome = yield* file.readLines(this.#reader, 'current');
      if (outcome !== 'rewritten') return outcome;
      yield* this.#replaceRewritten(file);
    }
  }

  #lookAgainIn(ms: number): void {
    this.lookAgainMs = Math.min(this.lookAgainMs ?? Infinity, ms);
  }

  /**
   * Something cannot be read. While what has the name cannot be read either, all stays open until the disk or the network
   * works again. Otherwise the descriptors are dead (a network file system was mounted again): start again from here.
   */
  #giveUp(code: string): void {
    if (!this.#start.isFound || isReadable(this.#reader)) {
      this.#start.again(this.position());
      const unread = this.#order.open().filter(({ isBegun }) => !isBegun);
      const passed = unread.flatMap(({ beginning }) => beginning.barred ?? []);
      this.#rotated.barred = [...passed, ...this.#rotated.barred];
      this.#order.clear();
    }
    this.isWatchStale = true;
    this.#setStatus(unreadable(this.#reader.path, code));
  }

  /**
   * Begins `file`: normally at once and at its first byte. Only where it may be an edited copy of what was read before
   * is it looked into first, and an editor that is still writing is waited for. `empty` = nothing in it yet, `later` =
   * an editor is still writing it.
   */
  *#begin(file: TailedFile): Work<'begun' | 'empty' | 'later'> {
    const { clock } = this.#reader;
    const former = file.beginning.mayBeEdited === true ? this.#formerContent() : undefined;
    if (former !== undefined) {
      const size = sizeOf(file.source);
      // a compressed file is no longer written to, and its size is not known
      if (size === 0 && this.#order.next.length === 0 && file.isLive) {
        file.endSeenAt = clock.wallMs();
        return 'empty';
      }
      if (file.isBeingWritten(size, clock.monotonicMs())) {
        this.lookAgainMs = EDITOR_QUIET_MS;
        return 'later';
      }
      yield* file.seek(yield* bytesSeenBefore(file.source, size, former));
    }
    this.#tellOf(file);
    yield* this.#order.begin(file, this.#reader);
    return 'begun';
  }

  #formerContent(): Former | undefined {
    const last = this.#order.lastBegun;
    if (last !== undefined) return { mark: Buffer.from(last.markBefore()), head: last.head };
    return this.#order.gone === undefined
      ? undefined
      : { mark: markOf(this.#order.gone), head: Buffer.alloc(0) };
  }

  /** An incident per file, at the moment it is begun. */
  #tellOf({ beginning: { arrival, loss, barred = [] }, offset }: TailedFile): void {
    const { listener, path } = this.#reader;
    if (arrival === 'rotation' || (arrival === 'replacement' && offset === 0))
      listener.incident({ kind: 'rotated', path });
    else if (arrival === 'replacement') listener.incident({ kind: 'rewritten', path, offset });
    if (loss !== undefined && offset === 0) listener.incident({ kind: 'lost', path, ...loss });
    if (barred.length > 0 && offset === 0) listener.incident({ kind: 'gap', path });
  }

  /** Leaves the file that was read to its end for the next one. False when a pause came in between: ask again. */
  *#leaveReading(): Work<boolean> {
    const left = this.#order.reading;
    if (left !== undefined && !left.isLive && !(yield* left.readRemainder(this.#reader, 'current')))
      return false;
    const next = this.#order.readNext();
    if (left === undefined) return true;
    if (!left.isLive) {
      // of what was left only what the next file may be younger than is kept
      const since = next?.endSeenAt ?? 0;
      this.#left = this.#left.filter(({ endSeenAt }) => since < endSeenAt + TICK_MS);
      this.#left.push(left.position());
      this.#close(left);
      return true;
    }
    left.becomesOld(this.#reader.clock.monotonicMs());
    this.#order.old.push(left);
    const [oldest] = this.#order.old;
    if (this.#order.old.length > MOST_OLD_FILES && oldest !== undefined) yield* this.#abandon(oldest);
    return true;
  }

  /**
   * Hands over the late lines of all old files and lets go of those that have been quiet for long enough. heyu continues
   * writing there what no message causes (`Inactive`, timers) until its next message, scripts that it has launched even
   * longer. False when a pause came in between.
   */
  *#readOldFiles(): Work<boolean> {
    for (const file of [...this.#order.old]) {
      const before = file.sizeSeen;
      const outcome = yield* file.readLines(this.#reader, 'old');
      if (outcome === 'halted') return false;
      const now = this.#reader.clock.monotonicMs();
      if (file.sizeSeen > before) file.quietSince = now;
      if (outcome === 'more') this.lookAgainMs = 0;
      else if (outcome === 'rewritten' || (typeof outcome === 'object' && isReadable(this.#reader)))
        this.#drop(file);
      else if (outcome === 'end' && now - file.quietSince >= this.#patience.lingerMs)
        yield* this.#abandon(file);
    }
    return !this.#reader.isHalted;
  }

  /** The last, unfinished line counts as a line now: it will not be finished. */
  *#abandon(file: TailedFile): Work {
    if (yield* file.readRemainder(this.#reader, 'old')) this.#drop(file);
  }

  #drop(file: TailedFile): void {
    this.#order.old = this.#order.old.filter((other) => other !== file);
    this.#close(file);
  }

  /** Closes the file, unless another part of it is still to be read through the same descriptor. */
  #close(file: TailedFile): void {
    const { listener, path, clock } = this.#reader;
    if (file.source.isDamaged?.() === true)
      listener.incident({ kind: 'lost', path, from: file.endSeenAt, to: clock.wallMs() });
    this.isWatchStale = true;
    if (!this.#order.open().some(({ source }) => source === file.source)) file.source.close();
  }

  // --- The name: what stands there now. When it has moved on, the new file and those between the old and the new one
  // --- (rotations in quick succession) are opened at once, so that nothing can take them away any more.

  /**
   * Brings `next` and the status up to date. `isAtEnd`: what is being read was read to its end. That the log is gone is
   * said once all that is left of it was read: whoever hears of it does not wait for lines any more.
   */
  *#lookAtName(isAtEnd: boolean): Work {
    const { path, clock } = this.#reader;
    const at = clock.wallMs();
    const stats = lookUp(this.#reader);
    const newest = this.#order.newest();
    if (typeof stats === 'object' && newest !== undefined && isOf(stats, newest.source)) {
      this.#aloneAt = at;
      // the clock was set back since: this look is later all the same
      this.#left = this.#left.filter((left) => left.endSeenAt <= at + TICK_MS);
      this.#rotated.barred = [];
      newest.isRotated = false;
      yield* this.#checkNewest(newest, at);
      this.#setStatus({ kind: 'following', path });
    } else if (typeof stats === 'string' && isMissing(stats)) {
      if (newest !== undefined) yield* this.#queueBetween(newest, undefined);
      if (this.#rotated.barred.length === 0) this.#aloneAt = at;
      if (isAtEnd && this.#order.next.length === 0) this.#reportFailure(stats);
    } else {
      const failure = yield* this.#adopt(newest);
      if (failure !== undefined && isAtEnd && this.#order.next.length === 0) this.#reportFailure(failure);
    }
    this.#lookedAt = clock.monotonicMs();
  }

  /** A file that is not being read now may be truncated before its turn comes. */
  *#checkNewest(newest: TailedFile, at: number): Work {
    if (newest === this.#order.reading && !this.#reader.isHalted) return;
    if (yield* this.#insertCopies(newest)) return;
    // what its name said is older than what was seen of it now
    const size = newest.source.stats()?.size;
    if (size === undefined) return;
    if (size === 0 && newest.sizeSeen === 0) newest.endSeenAt = at;
    if (size < newest.sizeSeen || !(yield* newest.isUnchanged())) yield* this.#replaceRewritten(newest);
    else newest.sizeSeen = size;
  }

  /** Opens what the name stands for now, after the files between; answers why that cannot be opened. */
  *#adopt(newest: TailedFile | undefined): Work<string | undefined> {
    const { path, files } = this.#reader;
    const endSeenAt = this.#aloneAt;
    const source = openSource(files, path);
    if ('failure' in source) return source.failure;
    if (this.#order.isOpen(source)) {
      source.close();
      const returned = this.#order.old.find((file) => isSameFile(file.source, source));
      if (returned === undefined) return undefined;
      this.#order.old = this.#order.old.filter((file) => file !== returned);
      this.#order.next.push(returned);
    } else {
      try {
        yield* this.#adoptNew(newest, source, endSeenAt);
      } catch (error) {
        source.close();
        throw error;
      }
    }
    this.isWatchStale = true;
    this.#setStatus({ kind: 'following', path });
    return undefined;
  }

  /** There is a file that was not known; it comes after those between. */
  *#adoptNew(newest: TailedFile | undefined, source: ByteSource, endSeenAt: number): Work {
    const isRotated = newest !== undefined && (yield* this.#queueBetween(newest, source));
    const arrival = newest === undefined ? 'first' : isRotated ? 'rotation' : 'replacement';
    const mayBeEdited = arrival === 'replacement';
    const { barred } = this.#rotated;
    const file = new TailedFile(source, { arrival, isLive: true, endSeenAt, mayBeEdited, barred });
    if (newest === undefined && this.#isOldLog()) yield* file.seekLastLine(sizeOf(source));
    yield* file.seeHead();
    this.#order.next.push(file);
    this.#rotated.barred = [];
  }

  /**
   * An unknown log that appears with what was written before it was looked for has been moved or mounted
   * here. What is in it is history, as in one that is there at the first start: never a motion of now.
   */
  #isOldLog(): boolean {
    if (this.#existedBefore) return false;
    const stats = lookUp(this.#reader);
    return typeof stats === 'object' && stats.mtimeMs < this.#aloneAt - OLD_MS;
  }

  /** Says that the log cannot be opened: missing (for longer than a rotation takes), or unreadable. */
  #reportFailure(code: string): void {
    const { path, clock } = this.#reader;
    if (!isMissing(code)) {
      this.#setStatus(unreadable(path, code));
      return;
    }
    this.isWatchStale = true;
    if (this.isFollowing()) {
      const now = clock.monotonicMs();
      this.#missingSince ??= now;
      const leftMs = this.#missingSince + ROTATION_MS - now;
      if (leftMs > 0) {
        this.#lookAgainIn(leftMs);
        return;
      }
    }
    this.#setStatus({ kind: 'missing', path, existedBefore: this.#existedBefore });
  }

  /** Says what can be said of the log, once per transition. */
  #setStatus(status: LogStatus): void {
    const before = this.#status;
    if (status.kind === 'following') {
      this.#existedBefore = true;
      this.#missingSince = undefined;
    }
    const isOther =
      status.kind === 'unreadable' && before?.kind === 'unreadable' && before.code !== status.code;
    if (before?.kind === status.kind && !isOther) return;
    this.#status = status;
    this.isWatchStale = true;
    this.#reader.listener.status(status);
  }

  // --- Rotated files: which of them are to be read, and where in the order.

  /**
   * Opens and queues the files that had the name after `newest` and lost it again to `current`, between two looks or
   * while reading was paused. True when `newest` is, or was found before to be, one of the rotated files.
   */
  *#queueBetween(newest: TailedFile, current: ByteSource | undefined): Work<boolean> {
    const isReplaced = yield* this.#insertCopies(newest);
    if (!isReplaced && newest.isLive && !(yield* newest.isUnchanged())) yield* this.#replaceRewritten(newest);
    const endSeenAt = this.#aloneAt;
    const lastAlone = Math.min(endSeenAt, newest.endSeenAt) - TICK_MS;
    // a file that has taken the name away from `current` meanwhile is found by the next look
    const isCurrent = (sibling: Sibling): boolean => current !== undefined && isSameFile(sibling, current);
    const { all, held, barred, place } = yield* this.#rotated.holdAround(
      newest,
      (sibling, siblings) => this.#rotated.isNew(sibling, siblings) && !isCurrent(sibling),
      (index, at, { modifiedAt }) => (at === undefined ? modifiedAt >= lastAlone : index > at),
    );
    const end = all.findIndex(isCurrent);
    const older = end < 0 ? all : all.slice(0, end);
    const isOlder = (one: Sibling): boolean => older.some(({ path }) => path === one.path);
    const between = held.filter(isOlder);
    this.#rotated.tellOfBarred(barred.filter(isOlder), endSeenAt);
    try {
      yield* this.#rotated.takeUnknown({ all, held: between }, endSeenAt, this.#order.next);
    } finally {
      letGo(held);
    }
    this.#rotated.addHistory(all, older);
    newest.isRotated ||= place !== undefined && place < all.length;
    return newest.isRotated;
  }

  /**
   * A file that was empty and was written to since may have had a content that was copied and truncated while nobody
   * looked: nothing in the file itself can tell. True when there are such copies; they are put before it.
   */
  *#insertCopies(file: TailedFile): Work<boolean> {
    if (file.offset > 0 || file.head.length > 0 || !file.isLive) return false;
    const stats = file.source.stats();
    if (stats === undefined || stats.mtimeMs < file.endSeenAt - TICK_MS) return false;
    yield* file.seeHead();
    const { all, held, place } = yield* this.#rotated.holdAround(
      file,
      (sibling, siblings) =>
        isCreatedSince(sibling, file.endSeenAt) && this.#rotated.isNew(sibling, siblings),
      (index, at) => at !== undefined && index < at,
    );
    const copies: TailedFile[] = [];
    try {
      yield* this.#rotated.takeUnknown({ all, held }, file.endSeenAt, copies);
    } catch (error) {
      for (const { source } of copies) source.close();
      throw error;
    } finally {
      letGo(held);
    }
    const [oldest, ...younger] = copies;
    if (place !== undefined) this.#rotated.addHistory(all, all.slice(0, place));
    if (oldest === undefined) return false;
    const { barred = [] } = file.beginning;
    let first = oldest.again(oldest.source, { barred: [...barred, ...(oldest.beginning.barred ?? [])] });
    if (file.isBegun) {
      // what had been begun when it was empty continues in the oldest copy
      first = TailedFile.resumed(oldest.source, file.position(), false);
      first.head = oldest.head;
      this.#order.remember(first);
    }
    this.isWatchStale = true;
    const rest = file.again(file.source, { barred: this.#rotated.passBarred(all.slice(place)) });
    this.#order.putInPlaceOf(file, [first, ...younger, rest]);
    return true;
  }

  /**
   * A file whose bytes are not what they were: truncated (copytruncate, `> heyu.log`), or written again in place. Puts in
   * its place what has to be read now: the rest of its copy if one was made, younger copies, itself from 0.
   */
  *#replaceRewritten(file: TailedFile): Work {
    const { listener, path } = this.#reader;
    const { isLive, endSeenAt, offset, isBegun, beginning } = file;
    const { all, held, place } = yield* this.#rotated.holdAround(
      file,
      (sibling) => !this.#order.isOpen(sibling),
      (index, at) => at === undefined || index < at,
    );
    const files: TailedFile[] = [];
    try {
      yield* this.#takeCopies(file, { all, held, place }, files);
      const mayBeEdited = files.length === 0;
      const loss = mayBeEdited ? this.#lossOf(file) : undefined;
      const barred = mayBeEdited && !isBegun ? (beginning.barred ?? []) : [];
      const known = { arrival: 'rewrite', isLive, endSeenAt, mayBeEdited, loss, barred } as const;
      const fresh = new TailedFile(file.source, known);
      yield* fresh.seeHead();
      files.push(fresh);
    } catch (error) {
      for (const { source } of files) source.close();
      throw error;
    } finally {
      letGo(held);
    }
    if (place !== undefined) this.#rotated.addHistory(all, all.slice(0, place));
    listener.incident({ kind: 'rewritten', path, offset });
    this.isWatchStale = true;
    const [oldest] = files;
    if (oldest?.isBegun === true && this.#order.lastBegun === file) this.#order.lastBegun = oldest;
    this.#order.putInPlaceOf(file, files);
  }

  /** Into `files`: the copy that a file was found rewritten after, if there is one, and what is younger than that. */
  *#takeCopies(
    file: TailedFile,
    { all, held, place }: Held & { readonly place: number | undefined },
    files: TailedFile[],
  ): Work {
    const holder =
      (yield* findHolder(held, file.position(), file.fingerprint())) ??
      (yield* this.#rotated.copyOfFaint(file, { all, held }));
    if (holder !== undefined) {
      const copy = file.isBegun
        ? TailedFile.resumed(take(holder), file.position(), false)
        : file.again(take(holder), { isLive: false });
      copy.head = file.head;
      if (copy.isBegun) this.#order.remember(copy, file);
      files.push(copy);
      // what is younger than a file whose place is not known is found by the next look at the name
      const younger = place === undefined ? [] : held.slice(held.indexOf(holder) + 1);
      yield* this.#rotated.takeUnknown({ all, held: younger }, file.endSeenAt, files);
    }
  }

  /** Lines are known to be gone when some had been seen unread, or when the last look was long ago. */
  #lossOf(file: TailedFile): Loss | undefined {
    const { clock } = this.#reader;
    const isLost =
      file.sizeSeen > file.offset || clock.monotonicMs() - this.#lookedAt > this.#patience.blindMs;
    return isLost ? { from: file.endSeenAt, to: clock.wallMs() } : undefined;
  }
}
