/**
 * Lines (heyu/line) with a memory: a house says the same few hundred things for years. The strings that are kept are as
 * V8 likes them: what they say is the same, how quickly they are compared is not.
 */

import { readSignal } from './line.js';
import type { Signal } from './signal.js';

/** `readSignal` with a memory. The signals that it gives are shared: they are never changed. */
export type SignalReader = (text: string, start: number) => Signal;

/** Places of the memory, 2^12. Two texts that share a place take turns. */
const PLACES = 4096;

/** A place for a text, from what differs between lines: length, source, function, house, unit, end. */
function placeOf(text: string, start: number): number {
  const end = text.length;
  // kept to 32 bits, which also makes a 0 of what lies behind the end
  let hash = end - start;
  hash = Math.imul(hash, 31) + (text.charCodeAt(start + 3) | 0);
  hash = Math.imul(hash, 31) + (text.charCodeAt(start + 5) | 0);
  hash = Math.imul(hash, 31) + (text.charCodeAt(start + 20) | 0);
  hash = Math.imul(hash, 31) + (text.charCodeAt(start + 21) | 0);
  hash = Math.imul(hash, 31) + (text.charCodeAt(start + 28) | 0);
  hash = Math.imul(hash, 31) + (text.charCodeAt(end - 2) | 0);
  hash = Math.imul(hash, 31) + (text.charCodeAt(end - 1) | 0);
  return Math.imul(hash, 0x9e3779b1) >>> 20;
}

/** Makes a reader that has read nothing yet. */
export function signalReader(): SignalReader {
  const texts = new Array<string>(PLACES).fill('');
  const signals = new Array<Signal | undefined>(PLACES).fill(undefined);
  return (text, start) => {
    const place = placeOf(text, start);
    // endsWith is several times as fast in V8 as startsWith at a position
    const known = signals[place];
    const said = texts[place] ?? '';
    if (known !== undefined && said.length === text.length - start && text.endsWith(said)) {
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
