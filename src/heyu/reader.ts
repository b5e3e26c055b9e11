/**
 * Reads the lines of a log in their order: the content of each (heyu/line), and the units that its function means
 * (heyu/selection). The caller gives the instant of a line, because it knows when the line can have been written.
 */

import { signalReader, type SignalReader } from './line.js';
import {
  addressKaku,
  addressUnit,
  droppedOutOfStep,
  forgetSelections,
  NO_UNITS,
  noSelections,
  selectForPreset,
  selectionsOf,
  selectUnits,
  takeKaku,
  type OtherSelections,
  type Selected,
  type Selections,
  type SpoolWatches,
} from './selection.js';
import type { Signal } from './signal.js';
import { SOURCES } from './sources.js';
import { engineOf, STAMP_PATTERN, stampClock, type StampClock, type StampForm } from './stamp.js';

/** What is remembered of the lines before. Plain data: it goes into the checkpoint. */
export type ReaderMemory = {
  readonly selections: Selections;
  /** What others than the first engine have addressed; version 0.1 did not tell them apart. */
  readonly otherSelections?: OtherSelections;
  /** Whether an engine is out of step with its spool. */
  readonly spool?: SpoolWatches;
};

/** A reader of one log. Its selections and watches are changed in place by `select`. */
export type LineReader = Required<ReaderMemory> & {
  readonly stamps: StampClock;
  readonly signals: SignalReader;
  /** An address that got no function within this time is forgotten, ms. */
  readonly expiryMs: number;
};

/** A reader with what was remembered; without memory nothing is addressed. */
export function lineReader(form: StampForm, expiryMs: number, memory?: ReaderMemory): LineReader {
  return {
    stamps: stampClock(form),
    signals: signalReader(),
    expiryMs,
    selections: memory?.selections ?? noSelections(),
    otherSelections: memory?.otherSelections ?? {},
    spool: memory?.spool ?? {},
  };
}

/** What has to be known of a line beside its text. */
export type WrittenLine = {
  readonly text: string;
  readonly generation: string;
  readonly file: 'current' | 'old';
};

/**
 * The units that a signal means; none for a signal that names its unit itself. Addresses, presets and starts of the engine are
 * remembered. `start` is where the text of the line begins behind its stamp.
 */
export function select(
  reader: LineReader,
  signal: Signal,
  line: WrittenLine,
  start: number,
  at: number,
): Selected {
  const { kind } = signal;
  switch (kind) {
    case 'security':
    case 'reading':
    case 'inactive':
    case 'unmapped':
    case 'noise':
    case 'unrecognised':
      return NO_UNITS;
    case 'message':
      if (signal.message !== 'engine_started') return NO_UNITS;
      break;
    default:
  }
  const engine = engineOf(line.text, start);
  // addresses belong to their engine; and a file that has had another one after it for long has its own
  const selections =
    engine === 0 && line.file === 'current'
      ? reader.selections
      : selectionsOf(reader.selections, reader.otherSelections, writerOf(line, engine));
  if (kind === 'address' || kind === 'function' || kind === 'extended' || kind === 'preset') {
    const outOfStep = droppedOutOfStep(reader.spool, engine, selections, signal, at);
    if (outOfStep !== undefined) return { ...NO_UNITS, outOfStep };
  }
  switch (kind) {
    case 'address': {
      const expired = addressUnit(selections, signal, at, reader.expiryMs);
      return expired === 0 ? NO_UNITS : { ...NO_UNITS, expired };
    }
    case 'function':
      return selectUnits(selections, signal, at, reader.expiryMs);
    case 'preset':
      return { ...NO_UNITS, units: selectForPreset(selections, signal.source, at, reader.expiryMs) };
    case 'kaku_unit':
      addressKaku(selections, signal, at);
      return NO_UNITS;
    case 'kaku':
      return { ...NO_UNITS, units: takeKaku(selections, at) };
    case 'message':
      // GRAMMAR, "Restart": what was addressed in the previous run of this engine means nothing any more
      forgetSelections(selections);
      return NO_UNITS;
    case 'extended':
      return NO_UNITS;
  }
}

/** Lines are missing: what was addressed before them means nothing after them. */
export function forgetAddressed({ selections, otherSelections }: LineReader): void {
  for (const each of [selections, ...Object.values(otherSelections)]) forgetSelections(each);
}

function writerOf({ file, generation }: WrittenLine, engine: number): string {
  const name = file === 'old' ? generation : '';
  return engine === 0 ? name : `${name}/${engine}`;
}

// When heyu's disk is full a line breaks off without a line feed, and what heyu writes next stands behind the piece.

/** What heyu begins a line with: a stamp and a signal. */
const BEGINNING = new RegExp(`${STAMP_PATTERN}(?:${SOURCES.join('|')}) +(?:addr|func) `, 'g');

/** Shorter than this no stamp with a signal can be. */
const SHORTEST = 30;

/** Where in the text of a line another line of heyu begins, at `from` or later: the last one; -1 = nowhere. */
function lastBeginning(text: string, from: number): number {
  if (text.length - from < SHORTEST) return -1;
  let found = -1;
  for (const { index } of text.slice(from).matchAll(BEGINNING)) found = from + index;
  return found;
}

/** The piece of a stamp that may stand before a second line. */
const TORN_STAMP = /^[\d/.: -]*$/;

/** As `secondLine` for a line without a stamp: only a piece of one may stand before, else it is output of a script. */
export function lineAfterTornStamp(text: string): number {
  if (!(text.charCodeAt(0) >= 48 && text.charCodeAt(0) <= 57)) return -1;
  const at = lastBeginning(text, 1);
  return at > 0 && TORN_STAMP.test(text.slice(0, at)) ? at : -1;
}

/** True when the text of a line (from `from` on) begins with a piece of a source tag and then a stamp. */
function isTornSource(text: string, from: number): boolean {
  let end = from;
  while (end < from + 5 && !(text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57)) end += 1;
  const piece = text.slice(from, end);
  return piece !== '' && SOURCES.some((source) => source.startsWith(piece));
}

/** Longer than every signal of heyu but those with a very long label: worth a second look. */
const LONG = 90;

/**
 * Where a second line begins in this one (heyu's disk was full); -1 = nowhere. `signal` is what the whole says, and
 * heyu's messages may quote what they like.
 */
export function secondLine(signal: Signal, text: string, start: number): number {
  if (signal.kind === 'message')
    return signal.message === 'text' && isTornSource(text, start) ? lastBeginning(text, start) : -1;
  return signal.kind === 'unrecognised' || text.length > LONG ? lastBeginning(text, start) : -1;
}

/** One thing that a line says. */
export type Said = { readonly signal: Signal; readonly selected: Selected };

/**
 * Everything that a line says, in order: mostly one thing, several where lines are one (heyu's disk was full), none of what has
 * no stamp. What heyu writes out of step with its spool has `selected.outOfStep`, and is not X10.
 */
export function readLine(reader: LineReader, line: WrittenLine, at: number): readonly Said[] {
  const { text } = line;
  const stamp = reader.stamps.read(text);
  const start = stamp?.bodyStart ?? 0;
  const whole = stamp === undefined ? undefined : reader.signals(text, start);
  const second = whole === undefined ? lineAfterTornStamp(text) : secondLine(whole, text, start);
  if (second > 0) {
    const piece = whole === undefined ? [] : readLine(reader, { ...line, text: text.slice(0, second) }, at);
    return [...piece, ...readLine(reader, { ...line, text: text.slice(second) }, at)];
  }
  return whole === undefined ? [] : [{ signal: whole, selected: select(reader, whole, line, start, at) }];
}
