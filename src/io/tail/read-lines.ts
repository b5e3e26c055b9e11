/**
 * Reads one file to its end and hands over its complete lines. What is behind the last line feed stays in the file
 * and is read again when more has come, so that nothing is carried from one look to the next but an offset.
 */
import type { LogLine } from '../../ports.js';
import { seeHead } from './content.js';
import { errorCode } from '../../common/error.js';
import { BLOCK_BYTES, MAX_LINE_BYTES, isHalted, type Following } from './following.js';
import { announce } from './generations.js';
import { isAsciiBetween, lineText } from './line-text.js';
import type { Work } from './slices.js';
import { MARK_BYTES, markBefore, setMark, type TailedFile } from './tailed-file.js';

/** How reading ended; `code` is the error code of the system, `more` = ask again after a look at the name. */
export type ReadOutcome = 'end' | 'more' | 'halted' | 'rewritten' | { readonly code: string };

/** After this many blocks of a backlog (1 MiB) somebody should look whether the name has moved on. */
const BLOCKS_BETWEEN_LOOKS = 16;
const LINES_BETWEEN_PAUSES = 128;
const LINE_FEED = 0x0a;

/** Hands over what is complete in `file`, from its offset to its end. */
export function* readLines(following: Following, file: TailedFile, role: LogLine['file']): Work<ReadOutcome> {
  const { block, clock } = following;
  for (let blocks = 0; blocks < BLOCKS_BETWEEN_LOOKS; blocks += 1) {
    if (isHalted(following)) return 'halted';
    const start = file.offset + file.skipped - file.markLength;
    const wanted = file.markLength + BLOCK_BYTES;
    if (file.source.prepare !== undefined) yield file.source.prepare(start, wanted);
    const lookedAt = clock.wallMs();
    let length: number;
    try {
      length = file.source.read(block, wanted, start);
    } catch (error) {
      return { code: errorCode(error) };
    }
    if (!isIntact(file, block, length)) return 'rewritten';
    if (length > file.markLength) {
      yield* handOver(following, file, role, length);
      if (isHalted(following)) return 'halted';
    }
    if (length < wanted) {
      file.endSeenAt = lookedAt;
      if (file.head.length < MARK_BYTES && file.sizeSeen > file.head.length && file.isLive)
        yield* seeHead(file);
      return 'end';
    }
    yield undefined;
  }
  return 'more';
}

/** Does the block begin as the file did when it was read last? */
function isIntact(file: TailedFile, block: Buffer, length: number): boolean {
  if (length < file.markLength) return false;
  if (file.markLength > 0) return block.compare(file.mark, 0, file.markLength, 0, file.markLength) === 0;
  if (file.offset > 0) return true;
  const { head } = file;
  if (length < head.length || block.compare(head, 0, head.length, 0, head.length) !== 0) return false;
  if (head.length < MARK_BYTES && length > head.length) {
    file.head = Buffer.from(block.subarray(0, Math.min(length, MARK_BYTES)));
  }
  return true;
}

/** Hands over the complete lines of the block that was just read, up to a pause. */
function* handOver(following: Following, file: TailedFile, role: LogLine['file'], length: number): Work {
  const { block, listener, path } = following;
  const isAscii = isAsciiBetween(block, file.markLength, length);
  const notBefore = file.endSeenAt;
  const readAt = following.clock.wallMs();
  const firstByte = file.offset + file.skipped - file.markLength;
  let at = file.markLength;
  let lines = 0;
  file.sizeSeen = Math.max(file.sizeSeen, firstByte + length);
  block[length] = LINE_FEED;
  file.block = block;
  file.blockAt = at;
  for (;;) {
    if (file.skipped === 0) at = skipNuls(file, block, at, length);
    const end = block.indexOf(LINE_FEED, at);
    if (end === length) break;
    if (file.generation === '') yield* announce(following, file);
    const bytes = file.skipped + end + 1 - at;
    const offset = file.offset;
    file.offset += bytes;
    file.skipped = 0;
    file.blockAt = end + 1;
    following.hasGrown = true;
    if (bytes > MAX_LINE_BYTES) {
      listener.incident({ kind: 'line_too_long', path, bytes });
    } else {
      const text = lineText(block, at, end, isAscii);
      listener.line({ text, generation: file.generation, offset, file: role, notBefore, readAt });
    }
    at = end + 1;
    lines += 1;
    if (lines % LINES_BETWEEN_PAUSES === 0) yield undefined;
    if (isHalted(following)) {
      settle(file, block, at);
      return;
    }
  }
  if (file.skipped > 0 || length - at > MAX_LINE_BYTES) {
    file.blockAt = at;
    if (file.skipped === 0) file.lineMark = Buffer.from(markBefore(file));
    file.skipped += length - at;
    at = length;
  }
  settle(file, block, at);
}

/** A file that is not written in append mode gets a hole of NUL bytes when it is truncated: no part of a line. */
function skipNuls(file: TailedFile, block: Buffer, from: number, length: number): number {
  let at = from;
  while (at < length && block[at] === 0) at += 1;
  file.offset += at - from;
  return at;
}

/** Lets go of the block: the mark is what lies before `at`. */
function settle(file: TailedFile, block: Buffer, at: number): void {
  setMark(file, block.subarray(0, at));
  file.block = undefined;
  if (file.skipped === 0) file.lineMark = undefined;
}

/**
 * Hands over what is behind the last line feed of a file to which nobody writes any more. False when that was
 * interrupted by a pause: ask again.
 */
export function* readRemainder(following: Following, file: TailedFile, role: LogLine['file']): Work<boolean> {
  const { block, listener, path } = following;
  if (file.skipped > 0) {
    listener.incident({ kind: 'line_too_long', path, bytes: file.skipped });
    return true;
  }
  const start = file.offset - file.markLength;
  const wanted = file.markLength + MAX_LINE_BYTES;
  if (file.source.prepare !== undefined) yield file.source.prepare(start, wanted);
  if (isHalted(following)) return false;
  let length: number;
  try {
    length = file.source.read(block, wanted, start);
  } catch {
    return true;
  }
  if (length <= file.markLength) return true;
  yield* announce(following, file);
  const { offset, markLength, generation, endSeenAt } = file;
  const text = lineText(block, markLength, length, isAsciiBetween(block, markLength, length));
  file.offset += length - markLength;
  setMark(file, block.subarray(0, length));
  listener.line({
    text,
    generation,
    offset,
    file: role,
    notBefore: endSeenAt,
    readAt: following.clock.wallMs(),
  });
  return true;
}
