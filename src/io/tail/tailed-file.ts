/**
 * One file of the log while it is read: its bytes, how far it has been read, and how its content is recognised
 * again. A name says nothing about content and neither does an inode (it is used again after a deletion), so the
 * at most 256 bytes before the place where reading continues are kept and compared.
 *
 * What is behind the last line feed stays in the file and is read again when more has come, so that nothing is carried
 * from one look to the next but an offset. Rejected: keeping the beginning of a line in memory (vector's file-watcher
 * does) would need a second copy of it in the checkpoint, and a file that was rewritten under it would give a line that
 * nobody has written.
 */
import { isAscii } from 'node:buffer';
import { errorCode } from '../../common/error.js';
import type { Clock, FilePosition, LineListener, LogLine, RotatedFile } from '../../ports.js';
import type { LogFileSystem } from '../file-system.js';
import {
  BLOCK_BYTES,
  bytesAt,
  fingerprintOfPosition,
  hasContent,
  isSameFile,
  isDistinctive,
  lastLineStart,
  LINE_FEED,
  MARK_BYTES,
  markOf,
  sizeOf,
  Unreadable,
  type ByteSource,
  type Fingerprint,
  type Work,
} from './content.js';

/** Lines longer than this many bytes are skipped; heyu's own reach 4096. */
const MAX_LINE_BYTES = 16 * 1024;
/** After this many blocks of a backlog (1 MiB) the follower looks whether the name has moved on. */
const BLOCKS_BETWEEN_LOOKS = 16;
const LINES_BETWEEN_PAUSES = 128;
const CARRIAGE_RETURN = 0x0d;

/** Editors and shells write at least this much at a time, unless it is all they have. */
const EDITOR_BLOCK_BYTES = 4096;
/** An editor that has written nothing for this long (ms) is done. */
export const EDITOR_QUIET_MS = 100;
/** heyu in a flood is never quiet: no waiting beyond this, ms. */
const LONGEST_WAIT_MS = 1000;

/** A file may be written to without end: no waiting beyond this many times the time to settle. */
const PATIENCE = 3;

/** Why a file is about to be begun. */
type Arrival =
  /** Nothing was being followed before. */
  | 'first'
  /** The file before it lives on under a rotated name. */
  | 'rotation'
  /** The file before it is gone or has some other name: it may have been edited rather than rotated. */
  | 'replacement'
  /** Truncated, or written anew in place. */
  | 'rewrite';

/** Between these instants lines were written that can no longer be read. Epoch milliseconds. */
export type Loss = { readonly from: number; readonly to: number };

/** What is known of a file when it is opened. */
export type Beginning = {
  readonly arrival: Arrival;
  /** heyu or its scripts may still write to it: not so for copies and packed files. */
  readonly isLive: boolean;
  /** When its end was last seen, epoch milliseconds. */
  readonly endSeenAt: number;
  /** It may be an edited copy of the file before it, so what is in it may have been read before. */
  readonly mayBeEdited?: boolean;
  /** What is gone for good before this file, unless it turns out to be an edited one. */
  readonly loss?: Loss | undefined;
  /** Rotated files that may not be read and came just before it. */
  readonly barred?: readonly RotatedFile[];
};

/** What all files of one follower are read with. */
export type Reader = {
  readonly path: string;
  readonly files: LogFileSystem;
  readonly clock: Clock;
  readonly listener: LineListener;
  readonly randomGeneration: () => string;
  /** Room for a mark, a block and a line feed that ends every search. */
  readonly block: Buffer;
  /** Files begun after the position that was started from; each can be met once. */
  readonly knownGenerations: FilePosition[];
  /** No line may be handed over now. */
  isHalted: boolean;
  /** Bytes were read in this look. */
  hasGrown: boolean;
};

/** How reading ended; `code` is the error code of the system, `more` = ask again after a look at the name. */
export type ReadOutcome = 'end' | 'more' | 'halted' | 'rewritten' | { readonly code: string };

/**
 * A file that is read, is going to be, or was and may still grow. The methods that are `Work` are for the look in hand,
 * one at a time; `position` is for anybody at any time, also from within `LineListener.line`.
 */
export class TailedFile {
  readonly source: ByteSource;
  readonly beginning: Beginning;
  endSeenAt: number;
  /** It was looked into and is read from its offset on. */
  isBegun = false;
  /** The greatest size seen. */
  sizeSeen = 0;
  /** The first bytes, at most MARK_BYTES, as far as they are known. */
  head: Buffer = Buffer.alloc(0);
  /** Since when nothing was written to it, monotonic milliseconds. Kept for old files only. */
  quietSince = 0;
  /** It, or a packed copy of it, was found among the rotated files since it had the name of the log last. */
  isRotated = false;
  /** When it was found to have lost its name, as long as it is read all the same. Monotonic milliseconds. */
  #lostNameAt: number | undefined;
  /** 8 hex digits, empty until its first line is there. */
  #generation = '';
  /** It was told with too little content to be recognised by, and is told again when there is more. */
  #isFaint = false;
  /** Bytes of completed lines. */
  #offset = 0;
  /** Bytes after the offset that belong to a line too long to be read. */
  #skipped = 0;
  /** The bytes before `offset + skipped`, at the beginning of a buffer of MARK_BYTES. */
  readonly #mark = Buffer.alloc(MARK_BYTES);
  #markLength = 0;
  /** The bytes before the offset, while `skipped` is not 0. */
  #lineMark: Buffer | undefined;
  /** While lines of a block are handed over: the block, and where in it the offset is. */
  #block: Buffer | undefined;
  #blockAt = 0;
  /** Beginning is put off as long as an editor may still be writing it: since when, and since when the size is the same. */
  #postponedAt: number | undefined;
  #sizeChangedAt = 0;

  /** A file of which nothing has been read. */
  constructor(source: ByteSource, beginning: Beginning) {
    this.source = source;
    this.beginning = beginning;
    this.endSeenAt = beginning.endSeenAt;
    // it does not grow
    if (!beginning.isLive) this.sizeSeen = sizeOf(source);
  }

  get isLive(): boolean {
    return this.beginning.isLive;
  }

  /** A file of which everything before `position` has been read already. */
  static resumed(source: ByteSource, position: FilePosition, isLive: boolean): TailedFile {
    const file = new TailedFile(source, { arrival: 'first', isLive, endSeenAt: position.endSeenAt });
    file.isBegun = true;
    file.#generation = position.generation;
    file.#offset = position.offset;
    file.sizeSeen = Math.max(file.sizeSeen, position.offset);
    file.#setMark(markOf(position));
    const { at, bytes } = fingerprintOfPosition(position);
    file.#isFaint = at === 0 && bytes.length > 0 && !isDistinctive({ at, bytes });
    return file;
  }

  /** Itself, or a copy of it in `source`, with nothing read of it and `changes` in what is known. */
  again(source: ByteSource, changes: Partial<Beginning>): TailedFile {
    return new TailedFile(source, { ...this.beginning, endSeenAt: this.endSeenAt, ...changes });
  }

  get offset(): number {
    return this.#offset;
  }

  /** Where reading continues, for the checkpoint: exact at every line boundary. */
  position(): FilePosition {
    const { device, inode } = this.source;
    const born = this.#markLength > 0 ? undefined : this.source.stats()?.birthtimeMs;
    return {
      generation: this.#generation,
      device,
      inode,
      offset: this.#offset,
      mark: this.markBefore().toString('base64'),
      endSeenAt: this.endSeenAt,
      ...(born === undefined ? {} : { born }),
    };
  }

  /** The bytes before the offset, also while lines are handed over. A view: to be copied if it is kept. */
  markBefore(): Buffer {
    if (this.#skipped > 0 && this.#lineMark !== undefined) return this.#lineMark;
    const at = this.#blockAt;
    if (this.#block !== undefined)
      return this.#block.subarray(at - Math.min(MARK_BYTES, this.#offset, at), at);
    return this.#mark.subarray(0, this.#markLength);
  }

  /** What recognises it: the bytes before the offset or, if nothing was read of it, its first ones. */
  fingerprint(): Fingerprint {
    if (this.#markLength === 0) return { at: 0, bytes: this.head };
    const bytes = Buffer.from(this.#mark.subarray(0, this.#markLength));
    return { at: this.#offset + this.#skipped - bytes.length, bytes };
  }

  /** Is it still the one that was read? Takes note of its first bytes while nothing has been read of it. */
  *isUnchanged(): Work<boolean> {
    if (!(yield* hasContent(this.source, this.fingerprint()))) return false;
    if (this.#offset === 0) yield* this.seeHead();
    return true;
  }

  /** Takes note of its first bytes, as many as there are. */
  *seeHead(): Work {
    if (this.head.length < MARK_BYTES) this.head = Buffer.from(yield* bytesAt(this.source, 0, MARK_BYTES));
    this.sizeSeen = Math.max(this.sizeSeen, this.head.length);
  }

  /** Makes reading begin at `offset`. Before anything was read of it. */
  *seek(offset: number): Work {
    const before = Math.min(MARK_BYTES, offset);
    const mark = yield* bytesAt(this.source, offset - before, before);
    this.#offset = offset;
    this.#setMark(mark);
  }

  /** Makes reading begin at the last line before `size` that is not complete yet. */
  *seekLastLine(size: number): Work {
    yield* this.seek(yield* lastLineStart(this.source, size));
    this.sizeSeen = size;
  }

  /** May an editor still be writing it? Asked before it is begun; `now` is monotonic. */
  isBeingWritten(size: number, now: number): boolean {
    const { arrival } = this.beginning;
    if (size < EDITOR_BLOCK_BYTES || (arrival !== 'rewrite' && arrival !== 'replacement')) return false;
    this.#postponedAt ??= now;
    if (size !== this.sizeSeen) {
      this.sizeSeen = size;
      this.#sizeChangedAt = now;
    }
    return now - this.#sizeChangedAt < EDITOR_QUIET_MS && now - this.#postponedAt < LONGEST_WAIT_MS;
  }

  /**
   * How long (ms) to wait before the next file is begun; 0 when nothing that began in this one can be missing any
   * more. heyu opens the log by name at the beginning of a message and writes at its end (poll.c `check4poll`), so a
   * message may come to a file that has just lost its name, when the next one is there already and even written to.
   */
  settlesInMs(clock: Clock, settleMs: number): number {
    const stats = this.isLive ? this.source.stats() : undefined;
    if (stats === undefined) return 0;
    const now = clock.monotonicMs();
    this.#lostNameAt ??= now;
    const patienceMs = Math.max(0, this.#lostNameAt + PATIENCE * settleMs - now);
    // its last write or its renaming, whichever was later: a rotation long ago needs no wait
    const silentMs = clock.wallMs() - stats.ctimeMs;
    const isRead = stats.size <= this.sizeSeen;
    return Math.min(patienceMs, isRead ? Math.max(0, settleMs - Math.max(0, silentMs)) : 1);
  }

  /** The next file is being read from now on. */
  becomesOld(now: number): void {
    this.#lostNameAt = undefined;
    this.quietSince = now;
  }

  /** Hands over what is complete, from the offset to the end of the file. */
  *readLines(reader: Reader, role: LogLine['file']): Work<ReadOutcome> {
    const { block, listener, path, clock } = reader;
    for (let blocks = 0; blocks < BLOCKS_BETWEEN_LOOKS; blocks += 1) {
      const lookedAt = clock.wallMs();
      const kept = this.#markLength;
      const length = yield* this.#readBlock(reader);
      if (typeof length !== 'number') return length;
      const notBefore = this.endSeenAt;
      const readAt = clock.wallMs();
      let at = kept;
      let skipped = this.#skipped;
      // heyu's own lines are ASCII: asked once per block, it makes every line cheap
      const encoding = isAscii(block.subarray(at, length)) ? 'latin1' : 'utf8';
      this.#block = block;
      this.#blockAt = at;
      try {
        for (let lines = 1; !reader.isHalted; lines += 1) {
          // a file that is not written in append mode gets a hole of NUL bytes when it is truncated: no part of a line
          const from = at;
          while (skipped === 0 && at < length && block[at] === 0) at += 1;
          const offset = this.#offset + at - from;
          const end = block.indexOf(LINE_FEED, at);
          this.#offset = offset;
          if (end === length) {
            at = this.#skipOverlong(at, length);
            break;
          }
          if (this.#generation === '' || this.#isFaint) yield* this.announce(reader);
          const bytes = skipped + end + 1 - at;
          this.#offset = offset + bytes;
          skipped = 0;
          this.#skipped = 0;
          this.#blockAt = end + 1;
          reader.hasGrown = true;
          if (bytes > MAX_LINE_BYTES) listener.incident({ kind: 'line_too_long', path, bytes });
          else {
            let last = end;
            while (last > at && block[last - 1] === CARRIAGE_RETURN) last -= 1;
            const text = block.toString(encoding, at, last);
            listener.line({ text, generation: this.#generation, offset, file: role, notBefore, readAt });
          }
          at = end + 1;
          if (lines % LINES_BETWEEN_PAUSES === 0) yield undefined;
        }
      } finally {
        this.#setMark(block.subarray(0, at));
        this.#block = undefined;
      }
      if (this.#skipped === 0) this.#lineMark = undefined;
      if (reader.isHalted) return 'halted';
      if (length < kept + BLOCK_BYTES) {
        // the clock may have been set back while the lines were handed over
        this.endSeenAt = Math.min(lookedAt, clock.wallMs());
        if (this.isLive && this.head.length < Math.min(MARK_BYTES, this.sizeSeen)) yield* this.seeHead();
        return 'end';
      }
      yield undefined;
    }
    return 'more';
  }

  /** Reads the mark and what comes after it. Gives how many bytes, with a line feed behind them that ends every search. */
  *#readBlock({ block, isHalted }: Reader): Work<number | ReadOutcome> {
    if (isHalted) return 'halted';
    const kept = this.#markLength;
    const start = this.#offset + this.#skipped - kept;
    const wanted = kept + BLOCK_BYTES;
    if (this.source.prepare !== undefined) yield this.source.prepare(start, wanted);
    let length: number;
    try {
      length = this.source.read(block, wanted, start);
    } catch (error) {
      return { code: errorCode(error) };
    }
    // the block begins as the file did when it was read last
    const isIntact =
      kept === 0
        ? this.#offset > 0 || this.#hasSameHead(block, length)
        : length >= kept && block.compare(this.#mark, 0, kept, 0, kept) === 0;
    if (!isIntact) return 'rewritten';
    this.sizeSeen = Math.max(this.sizeSeen, start + length);
    block[length] = LINE_FEED;
    return length;
  }

  #hasSameHead(block: Buffer, length: number): boolean {
    const { head } = this;
    if (length < head.length || block.compare(head, 0, head.length, 0, head.length) !== 0) return false;
    if (head.length < MARK_BYTES && length > head.length)
      this.head = Buffer.from(block.subarray(0, Math.min(length, MARK_BYTES)));
    return true;
  }

  /** What is behind the last line feed of a block. Returns where reading continues in it: behind it if it is too long. */
  #skipOverlong(at: number, length: number): number {
    if (this.#skipped === 0 && length - at <= MAX_LINE_BYTES) return at;
    this.#blockAt = at;
    if (this.#skipped === 0) this.#lineMark = Buffer.from(this.markBefore());
    this.#skipped += length - at;
    return length;
  }

  /**
   * Hands over what is behind the last line feed, once the file is no longer written to. False when that was
   * interrupted by a pause: ask again.
   */
  *readRemainder(reader: Reader, role: LogLine['file']): Work<boolean> {
    const { block, listener, path } = reader;
    if (this.#skipped > 0) {
      listener.incident({ kind: 'line_too_long', path, bytes: this.#skipped });
      return true;
    }
    const kept = this.#markLength;
    const start = this.#offset - kept;
    const wanted = kept + MAX_LINE_BYTES;
    if (this.source.prepare !== undefined) yield this.source.prepare(start, wanted);
    if (reader.isHalted) return false;
    let length: number;
    try {
      length = this.source.read(block, wanted, start);
    } catch (error) {
      throw new Unreadable(errorCode(error));
    }
    if (length <= kept) return true;
    yield* this.announce(reader);
    let last = length;
    while (last > kept && block[last - 1] === CARRIAGE_RETURN) last -= 1;
    const offset = this.#offset;
    this.#offset += length - kept;
    this.#setMark(block.subarray(0, length));
    listener.line({
      text: block.toString('utf8', kept, last),
      generation: this.#generation,
      offset,
      file: role,
      notBefore: this.endSeenAt,
      readAt: reader.clock.wallMs(),
    });
    return true;
  }

  /**
   * Gives the file its generation and tells the listener, before any line of it is handed over: 8 hex digits that name its
   * content. With the offset it is the id of every event, so a content that is met again, after a crash and with any
   * name, keeps it. Until its first line is there nothing can recognise a content. A file may begin with lines
   * that are too short for that, and for an event: it is told again then, before the first that could be one.
   */
  *announce(reader: Reader): Work {
    if (this.#generation !== '' && !this.#isFaint) return;
    yield* this.seeHead();
    const position = this.position();
    const { head } = this;
    const complete = head.subarray(0, head.lastIndexOf(LINE_FEED) + 1 || head.length);
    const isFromStart = this.#offset === 0 || this.#isFaint;
    const isFaint = isFromStart && !isDistinctive({ at: 0, bytes: complete });
    if (isFaint && this.#isFaint) return;
    const given = (yield* this.#takeKnown(reader)) ?? (this.#generation || reader.randomGeneration());
    this.#generation = given;
    this.#isFaint = isFaint;
    const atBeginning = { offset: complete.length, mark: complete.toString('base64') };
    reader.listener.generation({
      ...position,
      generation: given,
      ...(isFromStart ? atBeginning : {}),
    });
  }

  /** The generation that an earlier run gave to this content. */
  *#takeKnown({ knownGenerations }: Reader): Work<string | undefined> {
    const isItself = (known: FilePosition): boolean => isSameFile(known, this.source);
    const newestFirst = [...knownGenerations].reverse();
    // two files may begin alike: what was told of this very one comes first, and others are met in the order they were begun
    const others = knownGenerations.filter((known) => !isItself(known));
    for (const known of [...newestFirst.filter(isItself), ...others]) {
      const fingerprint = fingerprintOfPosition(known);
      if (!isItself(known) && !isDistinctive(fingerprint)) continue;
      if (fingerprint.bytes.length === 0 || !(yield* hasContent(this.source, fingerprint))) continue;
      knownGenerations.splice(knownGenerations.indexOf(known), 1);
      return known.generation;
    }
    return undefined;
  }

  /** Remembers the bytes before the place where reading continues. */
  #setMark(before: Buffer): void {
    this.#markLength = before.copy(this.#mark, 0, Math.max(0, before.length - MARK_BYTES));
  }
}
