/**
 * From the bytes of a line to its text. heyu's own lines are ASCII; messages and the output of scripts hold any
 * bytes, so decoding replaces what is not UTF-8 by U+FFFD and never fails.
 */
import { isAscii } from 'node:buffer';

/** Is everything in `bytes` between `start` and `end` ASCII? Asked once per block, it makes every line cheap. */
export function isAsciiBetween(bytes: Buffer, start: number, end: number): boolean {
  return isAscii(bytes.subarray(start, end));
}

/** The text between `start` and `end` (the line feed is at `end`), without the carriage return before it. */
export function lineText(bytes: Buffer, start: number, end: number, isBlockAscii: boolean): string {
  let last = end;
  while (last > start && bytes[last - 1] === 0x0d) last -= 1;
  return bytes.toString(isBlockAscii ? 'latin1' : 'utf8', start, last);
}
