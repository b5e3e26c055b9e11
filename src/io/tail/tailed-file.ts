/**
 * One file of the log while it is read: its bytes, how far it has been read, and how its content is recognised
 * again. A name says nothing about content and neither does an inode (it is used again after a deletion), so the
 * at most 256 bytes before the place where reading goes on are kept and compared.
 */
import type { FilePosition } from '../../ports.js';
import type { ByteSource } from './byte-source.js';

/** How many bytes before the offset are kept: four or five lines of heyu. */
export const MARK_BYTES = 256;

/** Why a file is about to be begun. */
export type Arrival =
  /** Nothing was being followed before. */
  | 'first'
  /** The file before it lives on under a rotated name. */
  | 'rotation'
  /** The file before it is gone or has some other name: it may have been edited rather than rotated. */
  | 'replacement'
  /** Truncated, or written anew in place. */
  | 'rewrite';

/** What was read before, for telling an edited copy of it from a fresh log. */
export type Former = {
  /** The bytes before the place where reading had stopped. */
  readonly mark: Buffer;
  /** The first bytes of the file; empty where nobody knows. */
  readonly head: Buffer;
};

/** Between these instants lines were written that nobody can read any more. Epoch milliseconds. */
export type Loss = { readonly from: number; readonly to: number };

/** A file that is read, is going to be, or was and may still grow. Owned and changed by one follower. */
export type TailedFile = {
  readonly source: ByteSource;
  /** heyu or its scripts may still write to it: not so for copies and packed files. */
  readonly isLive: boolean;
  readonly arrival: Arrival;
  /** It may be an edited copy of the file before it, so what is in it may have been read before. */
  readonly mayBeEdited: boolean;
  /** What is gone for good before this file (epoch milliseconds), unless it turns out to be an edited one. */
  readonly loss: Loss | undefined;
  /** It was looked into and is read from its offset on. */
  isBegun: boolean;
  /** 8 hex digits, empty until its first line is there. */
  generation: string;
  /** Bytes of completed lines. */
  offset: number;
  /** Bytes after `offset` that belong to a line too long to be read. */
  skipped: number;
  /** The bytes before `offset + skipped`, at the beginning of a buffer of MARK_BYTES. */
  readonly mark: Buffer;
  markLength: number;
  /** The bytes before `offset`, while `skipped` is not 0. */
  lineMark: Buffer | undefined;
  /** While lines of a block are handed over: the block, and where in it `offset` is. */
  block: Buffer | undefined;
  blockAt: number;
  /** The first bytes of the file, at most MARK_BYTES, as far as they are known. */
  head: Buffer;
  /** When its end was last seen, epoch milliseconds. */
  endSeenAt: number;
  /** The greatest size seen. */
  sizeSeen: number;
  /** When it was found to have lost its name, as long as it is read all the same. Monotonic milliseconds. */
  lostNameAt: number | undefined;
  /** Since when nothing was written to it, monotonic milliseconds. Kept for old files only. */
  quietSince: number;
  /** Beginning is put off as long as an editor may still be writing it. Monotonic milliseconds. */
  postponedAt: number | undefined;
  /** When its size had changed last, as long as beginning is put off. Monotonic milliseconds. */
  sizeChangedAt: number;
};

/** What is known of a file when it is opened. */
export type Beginning = {
  readonly arrival: Arrival;
  readonly isLive: boolean;
  readonly endSeenAt: number;
  readonly mayBeEdited?: boolean;
  readonly loss?: Loss | undefined;
};

/** A file of which nothing has been read. */
export function freshFile(source: ByteSource, beginning: Beginning): TailedFile {
  return {
    source,
    isLive: beginning.isLive,
    arrival: beginning.arrival,
    mayBeEdited: beginning.mayBeEdited ?? false,
    loss: beginning.loss,
    isBegun: false,
    generation: '',
    offset: 0,
    skipped: 0,
    mark: Buffer.alloc(MARK_BYTES),
    markLength: 0,
    lineMark: undefined,
    block: undefined,
    blockAt: 0,
    head: Buffer.alloc(0),
    endSeenAt: beginning.endSeenAt,
    sizeSeen: 0,
    lostNameAt: undefined,
    quietSince: 0,
    postponedAt: undefined,
    sizeChangedAt: 0,
  };
}

/** A file of which everything before `position` has been read already. */
export function resumedFile(source: ByteSource, position: FilePosition, isLive: boolean): TailedFile {
  const file = freshFile(source, { arrival: 'first', isLive, endSeenAt: position.endSeenAt });
  file.isBegun = true;
  file.generation = position.generation;
  file.offset = position.offset;
  file.sizeSeen = position.offset;
  setMark(file, markOf(position));
  return file;
}

/** Remembers the bytes before the place where reading goes on. */
export function setMark(file: TailedFile, before: Buffer): void {
  file.markLength = before.copy(file.mark, 0, Math.max(0, before.length - MARK_BYTES));
}

/** The mark of a position; empty when it has none or a damaged one. */
export function markOf(position: FilePosition): Buffer {
  const mark = Buffer.from(position.mark, 'base64');
  return mark.length > Math.min(MARK_BYTES, position.offset) ? Buffer.alloc(0) : mark;
}

/** Is `file` the one that stat or a position speaks of? */
export function isSameFile(
  one: { readonly device: number; readonly inode: number },
  other: { readonly device: number; readonly inode: number },
): boolean {
  return one.device === other.device && one.inode === other.inode;
}

/** The bytes before `offset`: exact at every line boundary, also while lines are handed over. */
export function markBefore(file: TailedFile): Buffer {
  if (file.skipped > 0 && file.lineMark !== undefined) return file.lineMark;
  if (file.block === undefined) return file.mark.subarray(0, file.markLength);
  return file.block.subarray(file.blockAt - Math.min(MARK_BYTES, file.offset, file.blockAt), file.blockAt);
}

/** Where reading of `file` goes on, for the checkpoint. */
export function positionOf(file: TailedFile): FilePosition {
  return {
    generation: file.generation,
    device: file.source.device,
    inode: file.source.inode,
    offset: file.offset,
    mark: markBefore(file).toString('base64'),
    endSeenAt: file.endSeenAt,
  };
}
