/**
 * One line of the heyu log without its stamp, as a signal (printf formats: poll.c:1025, poll.c:1069,
 * x10state.c `translate_virtual`). A line that is not understood is a value, never an error. Columns are
 * heyu's, but the number of blanks does not matter: `%12s` and `%-2d` overflow.
 */

import { indexNamed } from '../x10/address.js';
import { inactiveUnit, messageOf, type Message } from './messages.js';
import { flagsIn, isBytes, isReading, KAKU_FUNCTIONS, SECURITY_FUNCTIONS, type Signal } from './signal.js';
import { SOURCES, type Source } from './sources.js';

const SPACE = 32;
const SOURCE_OF: ReadonlyMap<string, Source> = new Map(SOURCES.map((source) => [source, source]));

const NO_ALIAS = '_no_alias_';
const labelOf = (label: string): string | null => (label === NO_ALIAS ? null : label);

/** A..P as 0..15, anything else -1. */
function houseOf(text: string, at: number): number {
  const house = text.charCodeAt(at) - 65;
  return house >= 0 && house <= 15 ? house : -1;
}

const ADDRESS = /^addr\s+unit\s+\d+\s*:\s*hu\s+([A-P])(\d{1,2})\s*\(([A-Za-z0-9._-]{1,32})\)\s*$/;

/** `addr unit       3 : hu A3  (hall_motion)`; `start` is where "addr" begins. */
function addressLine(text: string, start: number, source: Source): Signal | undefined {
  const [, letter = '', digits = '', label = ''] = ADDRESS.exec(text.slice(start)) ?? [];
  const unit = indexNamed(letter, digits);
  return unit === undefined ? undefined : { kind: 'address', source, unit, label: labelOf(label) };
}

const UNIT_BODY = /^hu\s+([A-P])(\d{1,2})\s+(.*?)\s*\(([A-Za-z0-9._-]{1,32})\)([^()]*)$/;
const GREEDY_UNIT_BODY = /^hu\s+([A-P])(\d{1,2})\s+(.*\S)\s*\(([A-Za-z0-9._-]{1,32})\)([^()]*)$/;
/** Behind the label stand an interval and what has changed; a second line glued on (a full disk) is none of it. */
const GLUED = /\s(?:addr|func)\s/;
const UNCHANGED = /\bUnChg\b/;

/** `hu C1  LoBat  (sec_motion) Intv 0:00:01  UnChg` after the function's name. */
function unitFunction(name: string, body: string, source: Source): Signal | undefined {
  // arguments may hold parentheses themselves: "group(s) 0,1 (porch_motion)"
  const match = UNIT_BODY.exec(body) ?? GREEDY_UNIT_BODY.exec(body);
  if (match === null) return undefined;
  const [, letter = 'A', digits = '0', args = '', word = NO_ALIAS, tail = ''] = match;
  const unit = indexNamed(letter, digits);
  if (unit === undefined || GLUED.test(tail)) return undefined;
  const ofUnit = { source, unit, label: labelOf(word) };
  if (name === 'Inactive') return { kind: 'inactive', ...ofUnit };
  if (SECURITY_FUNCTIONS.has(name) || (isBytes(name) && source === 'rcva')) {
    const unchanged = UNCHANGED.test(tail);
    return { kind: 'security', ...ofUnit, name, flags: flagsIn(args), args, unchanged };
  }
  return { kind: isReading(name) ? 'reading' : 'extended', ...ofUnit, name, args };
}

/** `key 3`, `grp A`, `key 4 level 9`: a KAKU function names no unit. */
const KAKU_BODY = /^(?:key \d{1,2}|grp [A-P])(?: level \d{1,2})?\s*$/;

/** Raw bytes of the receiver, and an extended code that broke off. */
const NOISE = new Set(['RFnoise', 'RFrawdata', 'RFunknown', 'ExtCode']);

/** RFXMETER_SETUP_INLINE: the meaning of a meter's set-up code, where its label would stand. */
const SET_UP = /^hu ([A-P])(\d{1,2})\s+(Code: 0x[0-9A-F]{2} .*\S)\s*$/;

function setUpOfMeter(name: string, body: string, source: Source): Signal | undefined {
  const [, letter = '', digits = '', args = ''] = SET_UP.exec(body) ?? [];
  const unit = indexNamed(letter, digits);
  return unit === undefined ? undefined : { kind: 'reading', source, unit, label: null, name, args };
}

/**
 * Type and ID become keys: a line that heyu has not written must not make them long. Between them stands the channel
 * of an Oregon sensor, which its ALIAS does not need.
 */
const UNMAPPED = /^Type\s+(\S{1,32})\s+(?:Ch\s\S{1,2}\s+)?ID\s+(\S{1,32})(?:\s+(.*))?$/;

/** heyu's function names are one word, or `xFunc 5a`: anything else is a piece of another line. */
const TWO_WORDS = /^x[A-Za-z]+ [0-9a-fA-F]{1,2}$/;

/** What follows "func": a name in 12 columns (`xFunc 5a` holds a blank), a colon, a body. */
function functionLine(text: string, start: number, source: Source): Signal | undefined {
  const colon = text.indexOf(' : ', start);
  if (colon < 0) return undefined;
  let from = start + 4;
  while (text.charCodeAt(from) === SPACE) from += 1;
  if (from >= colon) return undefined;
  const name = text.slice(from, colon);
  if (name.includes(' ') && !TWO_WORDS.test(name)) return undefined;
  const body = colon + 3;
  if (text.startsWith('hc ', body)) {
    const house = houseOf(text, body + 3);
    if (house < 0) return undefined;
    const rest = body + 4;
    if (rest === text.length) return { kind: 'function', source, house, name, args: '' };
    if (text.charCodeAt(rest) !== SPACE || text.startsWith('unit ', rest + 1)) return undefined;
    return { kind: 'function', source, house, name, args: text.slice(rest + 1).trim() };
  }
  if (text.startsWith('hu ', body)) {
    const said = text.slice(body);
    return (
      unitFunction(name, said, source) ?? (isReading(name) ? setUpOfMeter(name, said, source) : undefined)
    );
  }
  if (name === 'Preset' && text.startsWith('level ', body)) {
    const level = Number(text.slice(body + 6));
    return Number.isInteger(level) && level >= 1 && level <= 32
      ? { kind: 'preset', source, level }
      : undefined;
  }
  if (KAKU_FUNCTIONS.has(name) && KAKU_BODY.test(text.slice(body))) {
    return { kind: 'kaku', source, name, args: text.slice(body).trim() };
  }
  if (name === 'RFdata') {
    const match = UNMAPPED.exec(text.slice(body));
    if (match === null) return { kind: 'noise', source, text: text.slice(from) };
    return { kind: 'unmapped', source, type: match[1] ?? '', id: match[2] ?? '', args: match[3] ?? '' };
  }
  if (NOISE.has(name)) {
    return { kind: 'noise', source, text: text.slice(from) };
  }
  return undefined;
}

/** KlikAanKlikUit: each unit that is meant has a line of its own, without the word `addr`. */
const KAKU_UNIT = /^kAddress\s+: hu ([A-P])(\d{1,2})\s+\(([A-Za-z0-9._-]{1,32})\)$/;

/** What heyu writes of receivers and transmitters without the word `func`: one word, a colon, text. */
const OTHER = /^(?:[A-Za-z][A-Za-z0-9]{3,} +: |Unknown KAKU$)/;

/** What the receiver says of itself, and what it says when that is over. */
const RECEIVER: readonly (readonly [string, Message, Message])[] = [
  ['RF Flood : ', 'rf_flood', 'rf_flood_over'],
  ['RF Jamming : ', 'rf_jamming', 'rf_jamming_over'],
  ['Undetermined trigger', 'undetermined_trigger', 'undetermined_trigger'],
];

/** `rcva            RF Flood : Started`, `rcva RFXSensorXmitter : ...`, `rcvt Undetermined trigger`, `xmtf RF ...` */
function otherLine(text: string, start: number, source: Source): Signal | undefined {
  const said = text.slice(start).trim();
  const message = RECEIVER.find(([beginning]) => said.startsWith(beginning))?.[
    said.includes('Ended') ? 2 : 1
  ];
  if (message !== undefined) return { kind: 'message', message, text: said };
  const [, letter = '', digits = '', label = ''] = KAKU_UNIT.exec(said) ?? [];
  const unit = indexNamed(letter, digits);
  if (unit !== undefined) return { kind: 'kaku_unit', source, unit, label: labelOf(label) };
  if (source === 'xmtf' || OTHER.test(said)) return { kind: 'noise', source, text: said };
  return undefined;
}

/** Forms of old releases of heyu, and which release has changed them (heyu's release notes). */
const OLD_FORMS: readonly (readonly [RegExp, string])[] = [
  [/^(?:address|function)\s/, '2.3'], // `address A8`, `function On : housecode A`
  [/^addr\s.* : hc [A-P]\b/, '2.5'], // `addr unit 8 : hc A unit 8 (hall)`
  [/^func\s.* : hc [A-P] unit \d/, '2.5'], // `func Alert : hc C unit 3 swMin (back_door)`
];

/** What follows a source's tag in a form that heyu does not write, or does not write any more. */
function unrecognised(text: string, start: number, word: number): Signal {
  const said = text.slice(word);
  const before = OLD_FORMS.find(([form]) => form.test(said))?.[1] ?? null;
  return { kind: 'unrecognised', text: text.slice(start), before };
}

/** What a line says; `start` is where its text begins behind the stamp (see heyu/stamp). */
export function readSignal(text: string, start: number): Signal {
  const endsThere = text.charCodeAt(start + 4) === SPACE || text.length === start + 4;
  const source = endsThere ? SOURCE_OF.get(text.slice(start, start + 4)) : undefined;
  if (source === undefined) {
    const said = text.slice(start);
    const inactive = inactiveUnit(said);
    if (inactive !== undefined) {
      const { unit, label } = inactive;
      return { kind: 'inactive', source: 'syst', unit, label: labelOf(label) };
    }
    return { kind: 'message', message: messageOf(said), text: said };
  }
  const word = start + 5;
  const signal = text.startsWith('addr ', word)
    ? addressLine(text, word, source)
    : text.startsWith('func ', word)
      ? functionLine(text, word, source)
      : otherLine(text, word, source);
  return signal ?? unrecognised(text, start, word);
}

// --- The same with a memory: a house says the same few hundred things for years. The strings that are kept are as V8 likes
// them: what they say is the same, how quickly they are compared is not.

/** `readSignal` with a memory. The signals that it gives are shared: they are never changed. */
export type SignalReader = (text: string, start: number) => Signal;

/** Places of the memory, 2^12. Two texts that share a place take turns. */
const PLACES = 4096;

/** A place for a text, from what differs between lines: length, source, function, house, unit, end. */
function placeOf(text: string, start: number): number {
  const end = text.length;
  // one product (by a power of 31) beside the other, which a processor reckons at once; behind the end it is 0
  const hash =
    Math.imul(end - start, 0x67e12cdf) +
    Math.imul(text.charCodeAt(start + 3), 0x34e63b41) +
    Math.imul(text.charCodeAt(start + 5), 0x1b4d89f) +
    Math.imul(text.charCodeAt(start + 20), 0xe1781) +
    Math.imul(text.charCodeAt(start + 21), 0x745f) +
    Math.imul(text.charCodeAt(start + 28), 0x3c1) +
    Math.imul(text.charCodeAt(end - 2), 31) +
    text.charCodeAt(end - 1);
  return Math.imul(hash, 0x9e3779b1) >>> 20;
}

/** Makes a reader that has read nothing yet. */
export function signalReader(): SignalReader {
  const texts = new Array<string>(PLACES).fill('');
  const signals = new Array<Signal | undefined>(PLACES).fill(undefined);
  return (text, start) => {
    const place = placeOf(text, start);
    const known = signals[place];
    const said = texts[place] ?? '';
    // V8 is three times as quick here with indexOf as with startsWith, and in Node 24 as with endsWith
    if (known !== undefined && said.length === text.length - start && text.indexOf(said, start) === start) {
      return known;
    }
    const flat = flatSlice(text, start);
    const read = readSignal(flat, 0);
    const signal = 'name' in read ? { ...read, name: interned(read.name) } : read;
    texts[place] = flat;
    signals[place] = signal;
    return signal;
  };
}

/**
 * A copy of a part of a text that stands by itself. What `slice` gives refers to the whole text: it keeps a
 * buffer of 64 KiB alive for one line, and comparing with it takes V8 several times as long.
 */
function flatSlice(text: string, start: number, end = text.length): string {
  const codes = new Array<number>(Math.max(0, end - start));
  for (let index = start; index < end; index += 1) codes[index - start] = text.charCodeAt(index);
  let flat = '';
  // as arguments of one call there may not be too many
  for (let from = 0; from < codes.length; from += 1024)
    flat += String.fromCharCode(...codes.slice(from, from + 1024));
  return flat;
}

/**
 * The same text as V8 keeps it for names of properties: whether it equals a literal is then a comparison of two
 * pointers, not of characters. Worth it for a text that is kept and compared often.
 */
function interned(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}
