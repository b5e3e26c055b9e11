/**
 * The files of the log that are open, in order of time: those that are `old`, then the one that is being read, then the
 * `next` ones. Changed by the look in hand alone (`LogFiles.pass`); asked by anybody at any time.
 */
import type { FilePosition } from '../../ports.js';
import { isSameFile, type Work } from './content.js';
import type { Reader, TailedFile } from './tailed-file.js';

/** So many files that were begun are remembered. */
const MOST_PAST_FILES = 32;

/** The open files of one log, and those that were begun last. */
export class FileOrder {
  /** Read to their end once, still open: late lines are written to them. */
  old: TailedFile[] = [];
  reading: TailedFile | undefined;
  /** Known and open, not begun; the last one is what the name stands for. */
  next: TailedFile[] = [];
  /** The file whose position is the end of the checkpoint: the one that is read, or the one before it until that is begun. */
  lastBegun: TailedFile | undefined;
  /** The files that were begun last, open or not, to recognise copies of them. */
  readonly past: TailedFile[] = [];
  /** Where an earlier run stopped in a file that is gone: that is where it still stands until another one is begun. */
  gone: FilePosition | undefined;

  /** All open files, in order of time. */
  open(): TailedFile[] {
    return [...this.old, ...(this.reading === undefined ? [] : [this.reading]), ...this.next];
  }

  /** The newest file known, normally what the name stands for. */
  newest(): TailedFile | undefined {
    return this.next.at(-1) ?? this.reading;
  }

  /** Is this file open, under any name? */
  isOpen(file: { readonly device: number; readonly inode: number }): boolean {
    return this.open().some((known) => isSameFile(known.source, file));
  }

  /** Takes up the next file; it is begun when there is something in it. */
  readNext(): TailedFile | undefined {
    this.reading = this.next.shift();
    if (this.reading?.isBegun === true) this.lastBegun = this.reading;
    return this.reading;
  }

  /** The file gets its generation at once if it is begun after its first byte, otherwise when its first line is there. */
  *begin(file: TailedFile, reader: Reader): Work {
    file.isBegun = true;
    this.lastBegun = file;
    this.remember(file);
    if (file.offset > 0) yield* file.announce(reader);
  }

  /** Remembers a file that is being read from now on, in place of the `former` of which it is the copy. */
  remember(file: TailedFile, former?: TailedFile): void {
    const at = former === undefined ? -1 : this.past.indexOf(former);
    if (at >= 0) this.past.splice(at, 1, file);
    else this.past.push(file);
    if (this.past.length > MOST_PAST_FILES) this.past.shift();
  }

  /** Replaces `file`, which is being read or is to be, by others of which it may be one. */
  putInPlaceOf(file: TailedFile, files: readonly TailedFile[]): void {
    const at = this.next.indexOf(file);
    if (at >= 0) {
      this.next.splice(at, 1, ...files);
      return;
    }
    this.reading = undefined;
    this.next.unshift(...files);
  }

  /** Closes all files. What was begun last stays remembered. */
  clear(): void {
    for (const { source } of this.open()) source.close();
    this.old = [];
    this.reading = undefined;
    this.next = [];
    this.lastBegun = undefined;
  }
}
