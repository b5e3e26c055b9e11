/**
 * Which of the rotated files are to be read: those that are neither history nor copies of what was read before.
 */
import {
  BLOCK_BYTES,
  bytesAt,
  hasContent,
  hasLineStart,
  ifReadable,
  isSameStart,
  isDistinctive,
  LINE_FEED,
  MARK_BYTES,
  sizeOf,
  type ByteSource,
  type Work,
} from './content.js';
import type { RotatedFile } from '../../ports.js';
import type { FileOrder } from './file-order.js';
import {
  holdSiblings,
  isAmong,
  isCreatedSince,
  letGo,
  placeByContent,
  placeByName,
  siblingKey,
  take,
  youngerThan,
  type Held,
  type HeldSibling,
  type HeldSiblings,
  type Sibling,
} from './siblings.js';
import { TailedFile, type Reader } from './tailed-file.js';

/** Logs may begin alike (a script that prints the same every night), but not for longer than this. */
const LEAST_HEAD_BYTES = 64;

/** The rotated files of one log. */
export class RotatedFiles {
  /** They may not be read, and a copy of them may come to be: until what comes after them is taken up. */
  barred: readonly RotatedFile[] = [];
  readonly #reader: Reader;
  readonly #order: FileOrder;
  /** Those that are history: not to be taken for newer ones, also if they are written to. */
  #history: readonly Sibling[] = [];

  constructor(reader: Reader, order: FileOrder) {
    this.#reader = reader;
    this.#order = order;
  }

  /** Exactly these are history. */
  setHistory(older: readonly Sibling[]): void {
    this.#history = older;
  }

  /** These are not. */
  takeFromHistory(younger: readonly Sibling[]): void {
    const keys = new Set(younger.map(siblingKey));
    this.#history = this.#history.filter((sibling) => !keys.has(siblingKey(sibling)));
  }

  /** May it, one of `all`, hold what was not read yet? */
  isNew(sibling: Sibling, all: readonly Sibling[]): boolean {
    return sibling.isCounted && !isAmong(sibling, this.#history, all) && !this.#order.isOpen(sibling);
  }

  /** What is history stays so as long as it is there: `older`, of `all`, is as well from now on. */
  addHistory(all: readonly Sibling[], older: readonly Sibling[]): void {
    this.#history = all.filter((sibling) => older.includes(sibling) || isAmong(sibling, this.#history, all));
  }

  /** What is history and not open, although it says that it was made since `at`. */
  seeminglySince(at: number): readonly RotatedFile[] {
    const isSeemingly = (sibling: Sibling): boolean =>
      sibling.createdAt > 0 && isCreatedSince(sibling, at) && !this.#order.isOpen(sibling);
    return this.#history
      .filter(isSeemingly)
      .map(({ device, inode, createdAt, modifiedAt }) => ({ device, inode, createdAt, modifiedAt }));
  }

  /**
   * Opens the `candidates` among the rotated files that stand beside `file` as `isPlaced` says: `place` is how many of
   * them are older than it, by its name or, when it has none any more, by its packed copy; undefined = not known.
   */
  *holdAround(
    { source }: TailedFile,
    isCandidate: (sibling: Sibling, all: readonly Sibling[]) => boolean,
    isPlaced: (index: number, place: number | undefined, sibling: Sibling) => boolean,
  ): Work<HeldSiblings & { readonly place: number | undefined }> {
    let place: number | undefined;
    const choose = (siblings: readonly Sibling[]): Sibling[] =>
      siblings.filter((sibling, index) => isCandidate(sibling, siblings) && isPlaced(index, place, sibling));
    const { all, held, barred } = holdSiblings(this.#reader, (siblings) => {
      place = placeByName(this.#reader, source, siblings);
      if (place !== undefined) return choose(siblings);
      // any of them may be its copy
      return siblings.some((sibling) => isCandidate(sibling, siblings)) ? siblings : [];
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

  /**
   * The copy, among `held` of `all` (oldest first), of a file that was rewritten and of which too little had been seen
   * for any copy to be recognised by it: the oldest that was made since, begins in the same way and holds nothing that
   * was read.
   */
  *copyOfFaint(file: TailedFile, { all, held }: Held): Work<HeldSibling | undefined> {
    const fingerprint = file.fingerprint();
    if (isDistinctive(fingerprint)) return undefined;
    for (const sibling of held) {
      if (!isCreatedSince(sibling, file.endSeenAt) || !this.isNew(sibling, all)) continue;
      const isAlike = (yield* ifReadable(hasContent(sibling.source, fingerprint))) === true;
      if (isAlike && !(yield* this.#isKnown(sibling.source))) return sibling;
    }
    return undefined;
  }

  /**
   * Takes what is counted by rotation and unknown of `held`, oldest first, at the end of `into`. Copies (all that does
   * not go to `next` at once) and packed files are not written to any more.
   */
  *takeUnknown({ all, held }: Held, endSeenAt: number, into: TailedFile[]): Work {
    for (const sibling of held.filter(({ isCounted }) => isCounted)) {
      if (yield* this.#isKnown(sibling.source)) continue;
      const barred = this.passBarred(youngerThan(sibling, all));
      const source = take(sibling);
      const isLive = into === this.#order.next && !sibling.isPacked;
      into.push(new TailedFile(source, { arrival: 'rotation', isLive, endSeenAt, barred }));
    }
  }

  /** Those of `barred` that are not among these, which are younger than what is taken up now; they are forgotten. */
  passBarred(younger: readonly Sibling[]): readonly RotatedFile[] {
    const isYounger = (one: RotatedFile): boolean =>
      younger.some((sibling) => isAmong(sibling, [one], younger));
    const passed = this.barred.filter((one) => !isYounger(one));
    this.barred = this.barred.filter(isYounger);
    return passed;
  }

  /** Rotated files that may not be read are lost: their content is not known, not even whether it was read before. */
  tellOfBarred(barred: readonly Sibling[], from: number): void {
    const { listener, path, clock } = this.#reader;
    const lost = barred.filter(({ isCounted }) => isCounted);
    if (lost.length === 0) return;
    this.barred = [...this.barred, ...lost];
    listener.incident({ kind: 'lost', path, from, to: clock.wallMs(), isAhead: true });
  }

  /**
   * Has this content been read before, under any name and inode: is what was read last in it, or does it begin in the
   * same way? Compressions and manual copies make new files of old lines; read as logs of their own they would report
   * every motion in them again.
   */
  *#isKnown(source: ByteSource): Work<boolean> {
    const beginning = yield* bytesAt(source, 0, MARK_BYTES);
    for (const file of new Set([...this.#order.past, ...this.#order.open()])) {
      const isUnread = file.offset === 0 && file !== this.#order.reading;
      if (isUnread && !(yield* file.isUnchanged())) continue;
      const fingerprint = file.fingerprint();
      if (file.offset > 0 && isDistinctive(fingerprint)) {
        const there = yield* bytesAt(source, fingerprint.at, fingerprint.bytes.length);
        if (there.equals(fingerprint.bytes)) {
          if (yield* isLonger(source, file)) continue;
          if (hasLineStart(fingerprint)) return true;
          if (file.head.length === 0) yield* file.seeHead();
          if (file.head.length === 0 || isSameStart(file.head, beginning, LEAST_HEAD_BYTES)) return true;
        }
        // a copy that was made before the last lines were written is shorter
        if (there.length === fingerprint.bytes.length) continue;
      }
      // of a file that waits for its turn, however short it is, a copy (a compressed one) may have come to be
      const isWhole = isUnread && beginning.equals(file.head) && isDistinctive({ at: 0, bytes: beginning });
      if (!isWhole && !isSameStart(file.head, beginning, LEAST_HEAD_BYTES)) continue;
      // rubbish may make two logs alike for longer than a head
      const [block, other] = [
        yield* bytesAt(source, 0, BLOCK_BYTES),
        yield* bytesAt(file.source, 0, BLOCK_BYTES),
      ];
      // a copy is never longer; of a closed file only its head can be compared, and a part of one long line tells nothing
      const isStart = block.equals(other.subarray(0, block.length));
      if (other.length > 0 ? isStart : beginning.includes(LINE_FEED)) return true;
    }
    return false;
  }
}

/** Has `source` more in it than this file? How much there is in a packed one shows only in what comes next. */
function* isLonger(source: ByteSource, file: TailedFile): Work<boolean> {
  if (file.source.prepare !== undefined) {
    const there = yield* bytesAt(source, file.offset, MARK_BYTES);
    const known = yield* bytesAt(file.source, file.offset, MARK_BYTES);
    return !there.equals(known.subarray(0, there.length));
  }
  if (file.isLive && (file.source.fd === undefined || !(yield* file.isUnchanged()))) return false;
  const size = file.isLive ? sizeOf(file.source) : file.sizeSeen;
  return (yield* bytesAt(source, size, 1)).length > 0;
}
