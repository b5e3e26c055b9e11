/**
 * The files of the log in order of time, and what a look at them does: everything new is handed over, the name is
 * checked, and where it has moved on the next file follows.
 *
 * heyu opens the log by name at every message, so it is rotated, truncated, edited and deleted under its hands. Rejected:
 * - to believe in names (`tail -F`): what was written before a rotation and was not read yet would be lost;
 * - to believe in inodes alone: they are used again after a deletion, and a compressed file has another one;
 * - a checksum of the beginning (vector's file-watcher): logs begin alike, and a file that is cut off keeps it. So what
 *   recognises a file are the bytes before the place where reading goes on, and its first ones as long as there are none.
 */
import { MINUTE } from '../../common/duration.js';
import type { FilePosition, LogPosition, LogStatus } from '../../ports.js';
import {
  BLOCK_BYTES,
  bytesAt,
  bytesSeenBefore,
  fingerprintOfPosition,
  hasContent,
  isSameFile,
  isSameStart,
  isTelling,
  MARK_BYTES,
  markOf,
  openSource,
  sizeOf,
  Unreadable,
  type ByteSource,
  type Former,
  type OpenFailure,
  type Work,
} from './content.js';
import {
  findHolder,
  holdLog,
  holdSiblings,
  isBornSince,
  isMissing,
  isOf,
  letGo,
  lookUp,
  placeByContent,
  placeByName,
  siblingKey,
  take,
  TICK_MS,
  type HeldSibling,
  type HeldSiblings,
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
/** So many files that were begun are remembered. */
const MOST_PAST_FILES = 32;
/** Logs may begin alike (a script that prints the same every night), but not for longer than this. */
const LEAST_HEAD_BYTES = 64;
/** A rotation takes the name away for a moment: that is no warning. */
const ROTATION_MS = 1000;
/** So much older (ms) than its appearance must a log be to be old: clocks of file servers differ. */
const OLD_MS = MINUTE;
/** What stands there holds no lines: a log that comes in its place is new. */
const NO_LOG: ReadonlySet<string> = new Set(['EISDIR', 'FIFO', 'DEVICE', 'ELOOP']);

/**
 * The only owner of the order of the files: those that are `old`, then the one that is being read, then the `next` ones.
 * One `pass` is in hand at a time, and only what it calls changes anything; `position` and `open` are for anybody at any
 * time, also from within the listener.
 */
export class LogFiles {
  /** The set of open files or the state of the name has changed: what is watched must follow. Cleared by the follower. */
  isWatchStale = true;
  /** Another look is wanted after this many milliseconds. */
  lookAgainMs: number | undefined;
  readonly #reader: Reader;
  readonly #patience: Patience;
  /** Where to begin, as long as it has not been found: at the end of the file, or where an earlier run stopped. */
  #seek: 'end' | LogPosition | undefined;
  /** Read to their end once, still open: late lines are written to them. */
  #old: TailedFile[] = [];
  #reading: TailedFile | undefined;
  /** Known and open, not begun; the last one is what the name stands for. */
  #next: TailedFile[] = [];
  /** The file whose position is the end of the checkpoint: the one that is read, or the one before it until that is begun. */
  #lastBegun: TailedFile | undefined;
  /** The files that were begun last, open or not, to recognise copies of them. */
  readonly #past: TailedFile[] = [];
  /** Where an earlier run stopped in a file that is gone: that is where it still stands until another one is begun. */
  #gone: FilePosition | undefined;
  /** The rotated files that are history (`siblingKey`): not to be taken for newer ones, also if they are written to. */
  #history: ReadonlySet<string> = new Set();
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
    this.#seek = position ?? 'end';
    this.#existedBefore = (position?.files.length ?? 0) > 0;
    this.#aloneAt = reader.clock.wallMs();
    this.#lookedAt = reader.clock.monotonicMs();
  }

  /** All open files, in order of time. */
  open(): TailedFile[] {
    return [...this.#old, ...(this.#reading === undefined ? [] : [this.#reading]), ...this.#next];
  }

  /** The newest file known, normally what the name stands for. */
  newest(): TailedFile | undefined {
    return this.#next.at(-1) ?? this.#reading;
  }

  /** Whether the name stood for a log that can be read, at the last look. */
  isFollowing(): boolean {
    return this.#status?.kind === 'following';
  }

  /** Where the next line begins. */
  position(): LogPosition {
    if (typeof this.#seek === 'object') return this.#seek;
    const last = this.#lastBegun;
    const files = this.#old.filter((file) => file !== last).map((file) => file.position());
    if (last === undefined) return { files: this.#gone === undefined ? files : [...files, this.#gone] };
    // the end of a file that has lost its name may be seen long after younger ones were begun
    const younger = this.open().filter(({ isBegun }) => !isBegun);
    const bounds = younger.map((file) => file.endSeenAt);
    const endSeenAt = Math.min(last.endSeenAt, this.#aloneAt, ...bounds);
    const recent = this.#left.filter((left) => endSeenAt <= left.endSeenAt + TICK_MS);
    return { files: [...files, ...recent, { ...last.position(), endSeenAt }] };
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
      if (this.#next.length === 0) return true;
      if (this.#reading === undefined) continue;
      const drained = yield* this.#readOn();
      // only now is it certain that its end was read after it had lost its name
      if (drained !== 'end' || this.#next.length === 0) continue;
      const waitMs = this.#reading.settlesInMs(this.#reader.clock, this.#patience.settleMs);
      if (waitMs > 0) {
        this.#lookAgainIn(waitMs);
        return this.#next.every(({ source }) => sizeOf(source) === 0);
      }
      if (!(yield* this.#leaveReading())) return false;
    }
  }

  /** Reads on in the file that is being read, or begins the next one. */
  *#readOn(): Work<ReadOutcome | 'later'> {
    for (;;) {
      if (this.#reader.isHalted) return 'halted';
      const file = this.#reading ?? this.#readNext();
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

  #readNext(): TailedFile | undefined {
    this.#reading = this.#next.shift();
    if (this.#reading?.isBegun === true) this.#lastBegun = this.#reading;
    return this.#reading;
  }

  #lookAgainIn(ms: number): void {
    this.lookAgainMs = Math.min(this.lookAgainMs ?? Infinity, ms);
  }

  /** A descriptor that cannot be read any more (a disk or a network file system fails): start again from here. */
  #giveUp(code: string): void {
    this.#seek ??= this.position();
    for (const { source } of this.open()) source.close();
    this.#old = [];
    this.#reading = undefined;
    this.#next = [];
    this.#lastBegun = undefined;
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
      if (size === 0 && this.#next.length === 0 && file.isLive) {
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
    yield* this.#beginGeneration(file);
    return 'begun';
  }

  #formerContent(): Former | undefined {
    const last = this.#lastBegun;
    if (last !== undefined) return { mark: Buffer.from(last.markBefore()), head: last.head };
    return this.#gone === undefined ? undefined : { mark: markOf(this.#gone), head: Buffer.alloc(0) };
  }

  /** An incident per file, at the moment it is begun. */
  #tellOf({ beginning: { arrival, loss }, offset }: TailedFile): void {
    const { listener, path } = this.#reader;
    if (arrival === 'rotation' || (arrival === 'replacement' && offset === 0))
      listener.incident({ kind: 'rotated', path });
    else if (arrival === 'replacement') listener.incident({ kind: 'rewritten', path, offset });
    if (loss !== undefined && offset === 0) listener.incident({ kind: 'lost', path, ...loss });
  }

  /** It gets its generation at once if it is begun after its first byte, otherwise when its first line is there. */
  *#beginGeneration(file: TailedFile): Work {
    file.isBegun = true;
    this.#lastBegun = file;
    this.#remember(file);
    if (file.offset > 0) yield* file.announce(this.#reader);
  }

  /** Leaves the file that was read to its end for the next one. False when a pause came in between: ask again. */
  *#leaveReading(): Work<boolean> {
    const left = this.#reading;
    if (left !== undefined && !left.isLive && !(yield* left.readRemainder(this.#reader, 'current')))
      return false;
    const next = this.#readNext();
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
    this.#old.push(left);
    const [oldest] = this.#old;
    if (this.#old.length > MOST_OLD_FILES && oldest !== undefined) yield* this.#abandon(oldest);
    return true;
  }

  /**
   * Hands over the late lines of all old files and lets go of those that have been quiet for long enough. heyu goes on
   * writing there what no message causes (`Inactive`, timers) until its next message, scripts that it has launched even
   * longer. False when a pause came in between.
   */
  *#readOldFiles(): Work<boolean> {
    for (const file of [...this.#old]) {
      const before = file.sizeSeen;
      const outcome = yield* file.readLines(this.#reader, 'old');
      if (outcome === 'halted') return false;
      const now = this.#reader.clock.monotonicMs();
      if (file.sizeSeen > before) file.quietSince = now;
      if (outcome === 'more') this.lookAgainMs = 0;
      else if (outcome !== 'end') this.#drop(file);
      else if (now - file.quietSince >= this.#patience.lingerMs) yield* this.#abandon(file);
    }
    return !this.#reader.isHalted;
  }

  /** The last, unfinished line counts as a line now: it will not be finished. */
  *#abandon(file: TailedFile): Work {
    if (yield* file.readRemainder(this.#reader, 'old')) this.#drop(file);
  }

  #drop(file: TailedFile): void {
    this.#old = this.#old.filter((other) => other !== file);
    this.#close(file);
  }

  /** Closes the file, unless another part of it is still to be read through the same descriptor. */
  #close(file: TailedFile): void {
    const { listener, path, clock } = this.#reader;
    if (file.source.isDamaged?.() === true)
      listener.incident({ kind: 'lost', path, from: file.endSeenAt, to: clock.wallMs() });
    this.isWatchStale = true;
    if (!this.open().some(({ source }) => source === file.source)) file.source.close();
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
    const newest = this.newest();
    if (typeof stats === 'object' && newest !== undefined && isOf(stats, newest.source)) {
      this.#aloneAt = at;
      yield* this.#checkNewest(newest, stats.size, at);
      this.#setStatus({ kind: 'following', path });
    } else if (typeof stats === 'string' && isMissing(stats)) {
      if (newest !== undefined) yield* this.#queueBetween(newest, undefined);
      this.#aloneAt = at;
      if (isAtEnd && this.#next.length === 0) this.#reportFailure(stats);
    } else {
      const failure = yield* this.#adopt(newest);
      if (failure !== undefined && isAtEnd && this.#next.length === 0) this.#reportFailure(failure);
    }
    this.#lookedAt = clock.monotonicMs();
  }

  /** A file that is not being read now may be truncated before its turn comes. */
  *#checkNewest(newest: TailedFile, size: number, at: number): Work {
    if (newest === this.#reading && !this.#reader.isHalted) return;
    if (yield* this.#insertCopies(newest)) return;
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
    if (this.#isOpen(source)) {
      source.close();
      const returned = this.#old.find((file) => isSameFile(file.source, source));
      if (returned === undefined) return undefined;
      this.#old = this.#old.filter((file) => file !== returned);
      this.#next.push(returned);
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
    const file = new TailedFile(source, { arrival, isLive: true, endSeenAt, mayBeEdited });
    if (newest === undefined && this.#isOldLog()) yield* file.seekLastLine(sizeOf(source));
    yield* file.seeHead();
    this.#next.push(file);
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

  #isOpen(file: { readonly device: number; readonly inode: number }): boolean {
    return this.open().some((known) => isSameFile(known.source, file));
  }

  #isNew(sibling: Sibling): boolean {
    return sibling.isCounted && !this.#history.has(siblingKey(sibling)) && !this.#isOpen(sibling);
  }

  /** What is history stays so as long as it is there: `older`, of `all`, is as well from now on. */
  #addHistory(all: readonly Sibling[], older: readonly Sibling[]): void {
    const known = all.map(siblingKey).filter((key) => this.#history.has(key));
    this.#history = new Set([...known, ...older.map(siblingKey)]);
  }

  /**
   * Opens the `candidates` among the rotated files that stand beside `file` as `isPlaced` says: `place` is how many of
   * them are older than it, by its name or, when it has none any more, by its packed copy; undefined = not known.
   */
  *#holdAround(
    { source }: TailedFile,
    isCandidate: (sibling: Sibling) => boolean,
    isPlaced: (index: number, place: number | undefined, sibling: Sibling) => boolean,
  ): Work<HeldSiblings & { readonly place: number | undefined }> {
    let place: number | undefined;
    const choose = (siblings: readonly Sibling[]): Sibling[] =>
      siblings.filter((sibling, index) => isCandidate(sibling) && isPlaced(index, place, sibling));
    const { all, held, barred } = holdSiblings(this.#reader, (siblings) => {
      place = placeByName(this.#reader, source, siblings);
      if (place !== undefined) return choose(siblings);
      // any of them may be its copy
      return siblings.some(isCandidate) ? siblings : [];
    });
    try {
      place ??= yield* placeByContent(source, { all, held });
    } catch (error) {
      letGo(held);
      throw error;
    }
    const wanted = new Set(choose(all).map(({ path }) => path));
    letGo(held.filter(({ path }) => !wanted.has(path)));
    const isWanted = ({ path }: Sibling): boolean => wanted.has(path);
    return { all, held: held.filter(isWanted), barred: barred.filter(isWanted), place };
  }

  /** Remembers a file that is being read from now on. */
  #remember(file: TailedFile): void {
    this.#past.push(file);
    if (this.#past.length > MOST_PAST_FILES) this.#past.shift();
  }

  /**
   * Has this content been read before, under any name and inode: is what was read last in it, or does it begin in the
   * same way? Compressions and manual copies make new files of old lines; read as logs of their own they would report
   * every motion in them again.
   */
  *#isKnown(source: ByteSource): Work<boolean> {
    const beginning = yield* bytesAt(source, 0, MARK_BYTES);
    for (const file of new Set([...this.#past, ...this.open()])) {
      const isUnread = file.offset === 0 && file !== this.#reading;
      if (isUnread && !(yield* file.isUnchanged())) continue;
      const fingerprint = file.fingerprint();
      if (file.offset > 0 && isTelling(fingerprint)) {
        const there = yield* bytesAt(source, fingerprint.at, fingerprint.bytes.length);
        if (there.equals(fingerprint.bytes)) return true;
        // a copy that was made before the last lines were written is shorter
        if (there.length === fingerprint.bytes.length) continue;
      }
      if (!isSameStart(file.head, beginning, LEAST_HEAD_BYTES)) continue;
      // rubbish may make two logs alike for longer than a head
      const [block, other] = [
        yield* bytesAt(source, 0, BLOCK_BYTES),
        yield* bytesAt(file.source, 0, BLOCK_BYTES),
      ];
      if (isSameStart(block, other, 0)) return true;
    }
    return false;
  }

  /**
   * Takes what is counted by rotation and unknown, oldest first, at the end of `into`. Copies (all that does not go
   * to `next` at once) and packed files are not written to any more.
   */
  *#takeUnknown(siblings: readonly HeldSibling[], endSeenAt: number, into: TailedFile[]): Work {
    for (const sibling of siblings.filter(({ isCounted }) => isCounted)) {
      if (yield* this.#isKnown(sibling.source)) continue;
      const source = take(sibling);
      const isLive = into === this.#next && !sibling.isPacked;
      into.push(new TailedFile(source, { arrival: 'rotation', isLive, endSeenAt }));
      this.isWatchStale = true;
    }
  }

  /** Rotated files that may not be read are lost: their content is not known, not even whether it was read before. */
  #tellOfBarred(barred: readonly Sibling[], from: number): void {
    const { listener, path, clock } = this.#reader;
    if (barred.some(({ isCounted }) => isCounted))
      listener.incident({ kind: 'lost', path, from, to: clock.wallMs() });
  }

  /**
   * Opens and queues the files that had the name after `newest` and lost it again to `current`, between two looks or
   * while reading was paused. True when `newest` is one of the rotated files.
   */
  *#queueBetween(newest: TailedFile, current: ByteSource | undefined): Work<boolean> {
    const isReplaced = yield* this.#insertCopies(newest);
    if (!isReplaced && newest.isLive && !(yield* newest.isUnchanged())) yield* this.#replaceRewritten(newest);
    const endSeenAt = this.#aloneAt;
    const lastAlone = Math.min(endSeenAt, newest.endSeenAt) - TICK_MS;
    // a file that has taken the name away from `current` meanwhile is found by the next look
    const isCurrent = (sibling: Sibling): boolean => current !== undefined && isSameFile(sibling, current);
    const { all, held, barred, place } = yield* this.#holdAround(
      newest,
      (sibling) => this.#isNew(sibling) && !isCurrent(sibling),
      (index, at, { modifiedAt }) => (at === undefined ? modifiedAt >= lastAlone : index > at),
    );
    const end = all.findIndex(isCurrent);
    const older = end < 0 ? all : all.slice(0, end);
    const isOlder = (one: Sibling): boolean => older.some(({ path }) => path === one.path);
    const between = held.filter(isOlder);
    this.#tellOfBarred(barred.filter(isOlder), endSeenAt);
    try {
      yield* this.#takeUnknown(between, endSeenAt, this.#next);
    } finally {
      letGo(held);
    }
    this.#addHistory(all, older);
    return place !== undefined && place < all.length;
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
    const { all, held, place } = yield* this.#holdAround(
      file,
      (sibling) => isBornSince(sibling, file.endSeenAt) && this.#isNew(sibling),
      (index, at) => at !== undefined && index < at,
    );
    const copies: TailedFile[] = [];
    try {
      yield* this.#takeUnknown(held, file.endSeenAt, copies);
    } catch (error) {
      for (const { source } of copies) source.close();
      throw error;
    } finally {
      letGo(held);
    }
    const [oldest, ...younger] = copies;
    if (place !== undefined) this.#addHistory(all, all.slice(0, place));
    if (oldest === undefined) return false;
    let first = oldest;
    if (file.isBegun) {
      // what had been begun when it was empty goes on in the oldest copy
      first = TailedFile.resumed(oldest.source, file.position(), false);
      first.head = oldest.head;
      this.#remember(first);
    }
    this.#putInPlaceOf(file, [first, ...younger, file.again(file.source, {})]);
    return true;
  }

  /** Replaces `file`, which is being read or is to be, by others of which it may be one. */
  #putInPlaceOf(file: TailedFile, files: readonly TailedFile[]): void {
    this.isWatchStale = true;
    const at = this.#next.indexOf(file);
    if (at >= 0) {
      this.#next.splice(at, 1, ...files);
      return;
    }
    this.#reading = undefined;
    this.#next.unshift(...files);
  }

  /**
   * A file whose bytes are not what they were: truncated (copytruncate, `> heyu.log`), or written anew in place. Puts in
   * its place what has to be read now: the rest of its copy if one was made, younger copies, itself from 0.
   */
  *#replaceRewritten(file: TailedFile): Work {
    const { listener, path } = this.#reader;
    const { isLive, endSeenAt, offset } = file;
    const { all, held, place } = yield* this.#holdAround(
      file,
      (sibling) => !this.#isOpen(sibling),
      (index, at) => at === undefined || index < at,
    );
    const files: TailedFile[] = [];
    try {
      yield* this.#takeCopies(file, { held, place }, files);
      const mayBeEdited = files.length === 0;
      const loss = mayBeEdited ? this.#lossOf(file) : undefined;
      const fresh = new TailedFile(file.source, { arrival: 'rewrite', isLive, endSeenAt, mayBeEdited, loss });
      yield* fresh.seeHead();
      files.push(fresh);
    } catch (error) {
      for (const { source } of files) source.close();
      throw error;
    } finally {
      letGo(held);
    }
    if (place !== undefined) this.#addHistory(all, all.slice(0, place));
    listener.incident({ kind: 'rewritten', path, offset });
    this.#putInPlaceOf(file, files);
  }

  /** Into `files`: the copy that a file was found rewritten after, if there is one, and what is younger than that. */
  *#takeCopies(
    file: TailedFile,
    { held, place }: { readonly held: readonly HeldSibling[]; readonly place: number | undefined },
    files: TailedFile[],
  ): Work {
    const holder = yield* findHolder(held, file.position(), file.fingerprint());
    if (holder !== undefined) {
      const copy = file.isBegun
        ? TailedFile.resumed(take(holder), file.position(), false)
        : file.again(take(holder), { isLive: false });
      copy.head = file.head;
      if (copy.isBegun) this.#remember(copy);
      files.push(copy);
      // what is younger than a file whose place is not known is found by the next look at the name
      const younger = place === undefined ? [] : held.slice(held.indexOf(holder) + 1);
      yield* this.#takeUnknown(younger, file.endSeenAt, files);
      if (this.#lastBegun === file) this.#lastBegun = copy;
    }
  }

  /** Lines are known to be gone when some had been seen unread, or when the last look was long ago. */
  #lossOf(file: TailedFile): Loss | undefined {
    const { clock } = this.#reader;
    const isLost =
      file.sizeSeen > file.offset || clock.monotonicMs() - this.#lookedAt > this.#patience.blindMs;
    return isLost ? { from: file.endSeenAt, to: clock.wallMs() } : undefined;
  }

  // --- Where to begin: at the end of the log when nothing is known, otherwise where the earlier run stopped, wherever
  // --- that file is by now (renamed, copied, compressed), and then every file since.

  /** Looks for the place to begin. False as long as it cannot be told because the log is missing or unreadable. */
  *#findStart(): Work<boolean> {
    const seek = this.#seek;
    if (seek === undefined) return true;
    const { current, all, held, barred } = holdLog(this.#reader, (siblings) =>
      seek === 'end' ? [] : siblings,
    );
    const source = 'failure' in current ? undefined : current;
    const last = seek === 'end' ? undefined : seek.files.at(-1);
    // all that is there is older, or taken up now
    this.#history = new Set(all.map(siblingKey));
    let isFound = true;
    try {
      if (seek === 'end') {
        isFound = yield* this.#startAtEnd(current);
      } else if (last === undefined) {
        source?.close();
      } else {
        isFound = yield* this.#resumeFrom(last, seek.files.slice(0, -1), source, held);
      }
    } catch (error) {
      source?.close();
      throw error;
    } finally {
      letGo(held);
    }
    if (isFound) {
      this.#seek = undefined;
      if (last !== undefined)
        this.#tellOfBarred(
          barred.filter((sibling) => isBornSince(sibling, last.endSeenAt)),
          last.endSeenAt,
        );
    } else if ('failure' in current) this.#reportFailure(current.failure);
    this.isWatchStale = true;
    return isFound;
  }

  /** Without a position: what is in the log already is history, except a line that is not complete yet. */
  *#startAtEnd(current: ByteSource | OpenFailure): Work<boolean> {
    if ('failure' in current) {
      if (isMissing(current.failure) || NO_LOG.has(current.failure)) return true;
      this.#rememberSize();
      return false;
    }
    const endSeenAt = this.#reader.clock.wallMs();
    const file = new TailedFile(current, { arrival: 'first', isLive: true, endSeenAt });
    yield* file.seekLastLine(sizeOf(current));
    this.#reading = file;
    yield* this.#beginGeneration(file);
    return true;
  }

  /** A log that cannot be read yet: what is in it now will be history then, what comes meanwhile will not. */
  #rememberSize(): void {
    const stats = lookUp(this.#reader);
    if (typeof stats === 'string' || !stats.isFile()) return;
    const { dev: device, ino: inode, size: offset } = stats;
    const endSeenAt = this.#reader.clock.wallMs();
    this.#seek = { files: [{ generation: '', device, inode, offset, mark: '', endSeenAt }] };
  }

  /**
   * Late lines may have been written to files that were old already. Gives the siblings that are younger than these.
   * Youngest first: what was read of a file may be how a younger one begins.
   */
  *#reopenOldFiles(
    positions: readonly FilePosition[],
    siblings: readonly HeldSibling[],
  ): Work<readonly HeldSibling[]> {
    let younger = siblings;
    for (const position of [...positions].reverse()) {
      const holder = yield* findHolder(siblings, position);
      if (holder === undefined || this.#isOpen(holder)) continue;
      if (younger.includes(holder)) younger = younger.slice(younger.indexOf(holder) + 1);
      const file = TailedFile.resumed(take(holder), position, true);
      file.quietSince = this.#reader.clock.monotonicMs();
      this.#old.unshift(file);
      this.#past.unshift(file);
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
    held: readonly HeldSibling[],
  ): Work<boolean> {
    const isCurrent = current !== undefined && (yield* isFileOf(last, current));
    const holder = isCurrent ? undefined : yield* findHolder(held, last);
    const others = held.filter((sibling) => sibling !== holder);
    const younger = (yield* this.#reopenOldFiles(old, others)).filter((sibling) =>
      isBornSince(sibling, last.endSeenAt),
    );
    if (isCurrent) {
      yield* this.#resumeIn(current, last, true);
      this.#expectCopies(last, younger);
      return true;
    }
    if (holder === undefined && current === undefined && younger.length === 0) {
      for (const { source } of this.#old.splice(0)) source.close();
      return false;
    }
    let since: readonly HeldSibling[];
    if (holder === undefined) {
      this.#gone = last;
      since = younger;
    } else {
      yield* this.#resumeIn(take(holder), last, !holder.isPacked);
      since = held.slice(held.indexOf(holder) + 1);
      this.#expectCopies(
        last,
        younger.filter((sibling) => !since.includes(sibling)),
      );
    }
    yield* this.#queueSince(last, current, since);
    if (holder === undefined) this.#mayHaveLost(last, since);
    return true;
  }

  /** A log that was empty when it was seen last may have been filled, copied and truncated since: no history then. */
  #expectCopies({ offset }: FilePosition, copies: readonly Sibling[]): void {
    if (offset > 0) return;
    const known = copies.filter(({ createdAt }) => createdAt > 0).map(siblingKey);
    this.#history = new Set([...this.#history].filter((key) => !known.includes(key)));
  }

  *#resumeIn(source: ByteSource, last: FilePosition, isLive: boolean): Work {
    const file = TailedFile.resumed(source, last, isLive);
    this.#reading = file;
    if (last.generation === '') {
      yield* file.seekLastLine(last.offset);
      yield* this.#beginGeneration(file);
      return;
    }
    this.#lastBegun = file;
    this.#remember(file);
    if (source.prepare === undefined && last.offset > 0) yield* file.seeHead();
  }

  /** What has to be read after, or instead of, the file of the position. */
  *#queueSince(last: FilePosition, current: ByteSource | undefined, since: readonly HeldSibling[]): Work {
    const { listener, path } = this.#reader;
    const { endSeenAt, offset } = last;
    const isUnknown = (sibling: HeldSibling): boolean =>
      !this.#isOpen(sibling) && (current === undefined || !isSameFile(sibling, current));
    yield* this.#takeUnknown(since.filter(isUnknown), endSeenAt, this.#next);
    if (current === undefined) return;
    const isTruncated = isSameFile(current, last);
    if (isTruncated) listener.incident({ kind: 'rewritten', path, offset });
    const arrival = isTruncated ? 'first' : 'rotation';
    this.#next.push(new TailedFile(current, { arrival, isLive: true, endSeenAt }));
  }

  /** The file of the position is gone: what is there may be an edited copy of it, and lines may be lost before it. */
  #mayHaveLost(last: FilePosition, since: readonly HeldSibling[]): void {
    this.#next = this.#next.map((file, index) => {
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

/** Is this the file of the position, by inode or by a content that nothing else can have? */
function* isFileOf(position: FilePosition, source: ByteSource): Work<boolean> {
  const fingerprint = fingerprintOfPosition(position);
  const isSameInode = isSameFile(source, position);
  if (!isSameInode && !isTelling(fingerprint)) return false;
  const born = source.stats()?.birthtimeMs ?? 0;
  if (isSameInode && fingerprint.bytes.length === 0 && Math.floor(born) > position.endSeenAt) return false;
  return sizeOf(source) >= position.offset && (yield* hasContent(source, fingerprint));
}
