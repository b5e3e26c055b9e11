/**
 * Lines that are glued together: when heyu's disk is full, a line breaks off without a line feed, and what heyu
 * writes when there is room again stands right behind the piece.
 */

import { SOURCES } from './source.js';

/** A stamp in any form, the blanks and the digit behind it, and a signal: what heyu begins a line with. */
const BEGINNING = new RegExp(
  `(?:\\d{10,12}\\.\\d{3}|(?:\\d{4}[/.-])?\\d\\d[/.-]\\d\\d(?:[/.-]\\d{4})? \\d\\d:\\d\\d:\\d\\d) {1,3}(?:\\d )?` +
    `(?:${SOURCES.join('|')}) +(?:addr|func) `,
  'g',
);

/** Shorter than this no stamp with a signal can be. */
const SHORTEST = 30;

/** Where in the text of a line another line of heyu begins, at `from` or later: the last one; -1 = nowhere. */
export function gluedAt(text: string, from: number): number {
  if (text.length - from < SHORTEST) return -1;
  let found = -1;
  for (const { index } of text.slice(from).matchAll(BEGINNING)) found = from + index;
  return found;
}

/** The piece of a stamp that may stand before a glued line. */
const TORN_STAMP = /^[\d/.: -]*$/;

/** As `gluedAt` for a line without a stamp: only a piece of one may stand before, else it is output of a script. */
export function gluedToTornStamp(text: string): number {
  if (!(text.charCodeAt(0) >= 48 && text.charCodeAt(0) <= 57)) return -1;
  const at = gluedAt(text, 1);
  return at > 0 && TORN_STAMP.test(text.slice(0, at)) ? at : -1;
}

/** True when the text of a line (from `from` on) begins with a piece of a source tag and then a stamp. */
export function isTornSource(text: string, from: number): boolean {
  let end = from;
  while (end < from + 5 && !(text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57)) end += 1;
  const piece = text.slice(from, end);
  return piece !== '' && SOURCES.some((source) => source.startsWith(piece));
}
