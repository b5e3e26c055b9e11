/**
 * What was heard so far from each sender: how often, when, and which function. It is made from the lines of a log, live
 * or old; the state is bounded for any input. heyu's own commands count, too: they have another source.
 */

import { readLine, type LineReader, type Said } from '../heyu/reader.js';
import { KAKU_FUNCTIONS, type SecurityFlag } from '../heyu/signal.js';
import type { Source } from '../heyu/sources.js';
import { readStamp, stampClock, type StampForm } from '../heyu/stamp.js';
import { type Address, addressAt } from '../x10/address.js';

/** One thing heard: a unit event, or a security line, or the radio of a sender that heyu does not map. */
export type SenderLine = {
  /** Instant of the line. */
  readonly at: number;
  /** Undefined for a sender that no ALIAS of heyu maps: then it has a `securityId`. */
  readonly address: Address | undefined;
  /** As heyu writes it: `0x22`. */
  readonly securityId?: string;
  /** Data byte of an unmapped sender, 0..255. */
  readonly data?: number;
  /** heyu's label, null for `_no_alias_`. */
  readonly label: string | null;
  /** heyu's name: On, Off, Alert, sDusk ... */
  readonly function: string;
  /** Of a security sensor or remote. */
  readonly flags?: readonly SecurityFlag[];
  readonly source: Source;
};

/** One sender: a unit, or a security ID that heyu does not map. Instants are epoch milliseconds. */
export type HeardUnit = {
  readonly address: Address | undefined;
  readonly securityId: string | undefined;
  /** The label of the last line that had one. */
  label: string | null;
  readonly firstAt: number;
  lastAt: number;
  count: number;
  readonly functions: Map<string, number>;
  readonly sources: Set<Source>;
  /** Data bytes of an unmapped sender. */
  readonly data: Set<number>;
  /** Whether it sends the position of a delay switch. */
  hasDelaySwitch: boolean;
  /** Longest and shortest time between two lines, ms; 0 and Infinity before the second line. */
  longestMs: number;
  shortestMs: number;
  /** The last function (undefined before the first line), and how often two lines in a row had the same one. */
  lastFunction: string | undefined;
  repeats: number;
};

/** Everything heard. */
export type History = {
  /** First and last instant, undefined before anything was heard. */
  fromAt: number | undefined;
  toAt: number | undefined;
  readonly units: Map<string, HeardUnit>;
  /** Lines of further unmapped senders, beyond `MOST_IDS`. */
  beyond: number;
};

/** So many unmapped security senders are told apart; garbage on the air has any number of them. */
export const MOST_IDS = 200;

const MOST_FUNCTIONS = 32;

/** Nothing has been heard. */
export function newHistory(): History {
  return { fromAt: undefined, toAt: undefined, units: new Map(), beyond: 0 };
}

/** Adds one line to what has been heard. Lines come in the order of the log; a clock set back does no harm. */
export function hear(history: History, heard: SenderLine): void {
  const key = heard.address ?? heard.securityId;
  if (key === undefined) return;
  history.fromAt = Math.min(history.fromAt ?? heard.at, heard.at);
  history.toAt = Math.max(history.toAt ?? heard.at, heard.at);
  const unit = history.units.get(key) ?? newUnit(heard);
  const ids = [...history.units.values()].filter(({ address }) => address === undefined);
  if (unit.count === 0 && heard.address === undefined && ids.length >= MOST_IDS) {
    history.beyond += 1;
    return;
  }
  history.units.set(key, unit);
  addTo(unit, heard);
}

/** A sender of which no line has been counted yet. */
function newUnit({ address, securityId, label, at }: SenderLine): HeardUnit {
  return {
    address,
    securityId,
    label,
    firstAt: at,
    lastAt: at,
    count: 0,
    functions: new Map(),
    sources: new Set(),
    data: new Set(),
    hasDelaySwitch: false,
    longestMs: 0,
    shortestMs: Infinity,
    lastFunction: undefined,
    repeats: 0,
  };
}

function addTo(unit: HeardUnit, heard: SenderLine): void {
  if (unit.count > 0) {
    const gapMs = Math.max(heard.at - unit.lastAt, 0);
    unit.longestMs = Math.max(unit.longestMs, gapMs);
    unit.shortestMs = Math.min(unit.shortestMs, gapMs);
  }
  unit.lastAt = Math.max(unit.lastAt, heard.at);
  unit.count += 1;
  unit.label = heard.label ?? unit.label;
  unit.sources.add(heard.source);
  unit.hasDelaySwitch ||= heard.flags?.some((flag) => flag === 'swMin' || flag === 'swMax') ?? false;
  if (heard.data !== undefined) unit.data.add(heard.data & 0xff);
  if (unit.lastFunction === heard.function) unit.repeats += 1;
  unit.lastFunction = heard.function;
  const times = unit.functions.get(heard.function);
  if (times !== undefined || unit.functions.size < MOST_FUNCTIONS)
    unit.functions.set(heard.function, (times ?? 0) + 1);
}

/** What one line says, at the instant `at`; nothing for lines that name no sender. */
export function listen(reader: LineReader, text: string, at: number): readonly SenderLine[] {
  return readLine(reader, { text, generation: '', file: 'current' }, at).flatMap((said) => heardIn(said, at));
}

/**
 * The instants of a log's lines, undefined for lines without a stamp. Stamps mostly have no year: it follows from
 * `endAt`, when the last line was written, going back line by line.
 */
export function instantsBackFrom(
  lines: readonly string[],
  form: StampForm,
  endAt: number,
): readonly (number | undefined)[] {
  const clock = stampClock(form);
  const instants = new Array<number | undefined>(lines.length);
  let near = endAt;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const stamp = readStamp(lines[index] ?? '', form.order);
    if (stamp === undefined) continue;
    const at = clock.instantNear(stamp, near);
    if (Number.isNaN(at)) continue;
    instants[index] = at;
    near = at;
  }
  return instants;
}

function heardIn({ signal, selected: { units, outOfStep } }: Said, at: number): readonly SenderLine[] {
  if (outOfStep !== undefined) return [];
  const each = (name: string, source: Source): readonly SenderLine[] =>
    units.map(({ unit, label }) => ({ at, address: addressAt(unit), label, function: name, source }));
  switch (signal.kind) {
    case 'function':
      // Functions of a whole house code say nothing of single units.
      return ['On', 'Off', 'Dim', 'Bright'].includes(signal.name) ? each(signal.name, signal.source) : [];
    case 'kaku':
      return each(KAKU_FUNCTIONS.get(signal.name) ?? signal.name, signal.source);
    case 'security':
    case 'extended':
    case 'reading': {
      const { unit, label, name, source } = signal;
      const more = signal.kind === 'security' ? { flags: signal.flags } : {};
      return [{ at, address: addressAt(unit), label, function: name, source, ...more }];
    }
    case 'unmapped': {
      if (signal.type !== 'Sec') return [];
      const data = /Data\s+0x([0-9a-f]{1,2})\b/i.exec(signal.args)?.[1];
      const { id: securityId, source } = signal;
      const more = data === undefined ? {} : { data: Number.parseInt(data, 16) };
      return [{ at, address: undefined, securityId, label: null, function: 'RFdata', source, ...more }];
    }
    default:
      return [];
  }
}
