/** Values in heyu's configuration: the rules by which it takes or refuses them, times and security IDs. */

/** What heyu says against the words behind a directive; undefined when it takes them. */
export type ValueRule = (name: string, values: readonly string[]) => string | undefined;

/** Every value will do. */
export const ANYTHING: ValueRule = () => undefined;

/** What a rule says: `%` stands for the directive. */
const say = (text: string, name: string): string => text.replaceAll('%', name);

/** No value will do. */
export function never(text: string): ValueRule {
  return (name) => say(text, name);
}

/** One of these words, in any case; with `*` at its end a word may go on as it likes. */
export function oneOf(words: string, text: string): ValueRule {
  const known = words.split(' ');
  return (name, [value = '']) =>
    known.some((word) => fits(value.toUpperCase(), word)) ? undefined : say(text, name);
}

/** Any number of words, each one of these. `text` is followed by the first that is none. */
export function eachOf(words: string, text: string): ValueRule {
  const known = words.split(' ');
  return (_, values) => {
    const foreign = values.find((value) => !known.some((word) => fits(value.toUpperCase(), word)));
    return foreign === undefined ? undefined : `${text} ${foreign}`;
  };
}

function fits(value: string, word: string): boolean {
  return word.endsWith('*') ? value.startsWith(word.slice(0, -1)) : value === word;
}

/** A whole number, both limits included. */
export function integer(least: number, most: number, text: string): ValueRule {
  return (name, [value = '']) => {
    const number = /^[+-]?\d+$/.test(value) ? Number(value) : NaN;
    return number >= least && number <= most ? undefined : say(text, name);
  };
}

/** A decimal number, both limits included. */
export function decimal(least: number, most: number, text: string): ValueRule {
  return (name, [value = '']) => {
    const number = readDecimal(value);
    return number !== undefined && number >= least && number <= most ? undefined : say(text, name);
  };
}

/** The number that a text is as C's strtod reads it; undefined when it is none. */
export function readDecimal(text: string): number | undefined {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** `hh:mm` of a day in minutes; what follows the minutes does not count. */
export function readClock(text: string): number | undefined {
  const match = /^([+-]?\d+):([+-]?\d+)/.exec(text);
  const minutes = match ? 60 * Number(match[1]) + Number(match[2]) : NaN;
  return minutes >= 0 && minutes < 24 * 60 ? minutes : undefined;
}

/** `hh:mm:ss`, `mm:ss` or seconds, in milliseconds; undefined when it is none (config.c, `parse_hhmmss`). */
export function readTimeout(text: string): number | undefined {
  if (text.length > 31 || !/^:?[+-]?\d+(:[+-]?\d+){0,2}$/.test(text)) return undefined;
  const seconds = text
    .replace(/^:/, '')
    .split(':')
    .reduce((sum, part) => 60 * sum + Number(part), 0);
  return seconds < 0 ? undefined : seconds * 1000;
}

/** `h:mm:ss`, as `heyu show alias` prints a time in milliseconds. */
export function writeTimeout(timeoutMs: number): string {
  const two = (number: number): string => `${Math.floor(number) % 60}`.padStart(2, '0');
  const seconds = timeoutMs / 1000;
  return `${Math.floor(seconds / 3600)}:${two(seconds / 60)}:${two(seconds)}`;
}

/** A hexadecimal ID with or without 0x; undefined when it is none, or higher than `highest`. */
export function readId(text: string, highest: number): number | undefined {
  const digits = /^\+?(?:0x)?([0-9a-f]+)$/i.exec(text)?.[1];
  const id = digits === undefined ? NaN : Number.parseInt(digits, 16);
  return id <= highest ? id : undefined;
}

/**
 * The ID of a DS90's other channel: with the bits of each byte reversed, the auxiliary ID is the main one plus 1
 * (modules.c, `comp_ds90_id`). `step` is 1 for main -> auxiliary, -1 for the way back; `wide` = the ID has two
 * bytes.
 */
export function ds90Companion(id: number, step: 1 | -1, wide = id > 0xff): number {
  const next = (byte: number): number => reversed((reversed(byte) + step) & 0xff);
  return wide ? (next(id >> 8) << 8) | next(id & 0xff) : next(id);
}

function reversed(byte: number): number {
  let bits = 0;
  for (let bit = 0; bit < 8; bit += 1) bits |= ((byte >> bit) & 1) << (7 - bit);
  return bits;
}
