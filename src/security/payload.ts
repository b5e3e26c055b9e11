/**
 * From the bytes of a payload to the one word in it that tells the security state: UTF-8, plain text, a JSON
 * value, a member of a JSON object, or what a JSON pointer (RFC 6901) leads to. Knows no vocabulary.
 */

import { parseJson } from '../common/json.js';

/** Longer payloads are no security state and are not even parsed. Bytes. */
const LONGEST_PAYLOAD = 65_536;

/** How much of a payload is repeated in a note for people. Characters. */
const EXCERPT_LENGTH = 120;

/** What a payload says: a normalised word, with a second one that gives the mode in `{"armed": true, "mode": "away"}`. */
export type Wording =
  | { readonly kind: 'word'; readonly word: string; readonly mode: string | undefined }
  /** Zero bytes: the retained copy was deleted (MQTT 3.1.1, section 3.3.1.3). */
  | { readonly kind: 'cleared' }
  | { readonly kind: 'nothing' }
  /** `text` shows the payload to a person: shortened, control characters escaped. */
  | { readonly kind: 'garbage'; readonly text: string };

/** Members of a JSON object that may hold the state, the first one present decides. */
export const STATE_KEYS = [
  'state',
  'value',
  'armed',
  'mode',
  'alarm_state',
  'command',
  'cmd',
  'action',
  'payload',
] as const;

/** The same for commands, where the command comes first (Alarmo's order). */
export const COMMAND_KEYS = [
  'command',
  'cmd',
  'action',
  'state',
  'value',
  'armed',
  'mode',
  'payload',
] as const;

/** Trims, drops one pair of double quotes, lower-cases, and writes `-` and space as `_`. */
export function normalise(text: string): string {
  const trimmed = text.trim();
  const bare = /^"(.*)"$/s.exec(trimmed)?.[1] ?? trimmed;
  return bare.trim().toLowerCase().replaceAll(/[\s-]/g, '_');
}

/** A payload for a person: at most 120 characters, control characters and broken UTF-8 made visible. */
export function excerpt(payload: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(payload.subarray(0, 4 * EXCERPT_LENGTH));
  const visible = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return visible.length > EXCERPT_LENGTH || payload.length > 4 * EXCERPT_LENGTH
    ? `${visible.slice(0, EXCERPT_LENGTH)}...`
    : visible;
}

function decode(payload: Uint8Array): string | undefined {
  if (payload.length > LONGEST_PAYLOAD) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return undefined;
  }
}

/** The own member `key` of an object or array, undefined when it has none. */
function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** Follows a JSON pointer (RFC 6901, section 4); undefined when it leads nowhere. */
function follow(value: unknown, pointer: string): unknown {
  if (pointer === '') return value;
  let found = value;
  for (const token of pointer.replace(/^\//, '').split('/')) {
    found = member(found, token.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (found === undefined) return undefined;
  }
  return found;
}

/** A string, number or boolean as a normalised word; null means that nothing is known. */
function scalar(value: unknown): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'string') return normalise(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function fromJson(value: unknown, keys: readonly string[]): Wording | undefined {
  const word = scalar(value);
  if (word !== undefined) return word === '' ? { kind: 'nothing' } : { kind: 'word', word, mode: undefined };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const key = keys.find((name) => member(value, name) !== undefined);
  if (key === undefined) return undefined;
  const said = scalar(member(value, key));
  if (said === undefined) return undefined;
  return said === ''
    ? { kind: 'nothing' }
    : { kind: 'word', word: said, mode: key === 'mode' ? undefined : scalar(member(value, 'mode')) };
}

/**
 * The word that a payload says. `pointer` is followed into JSON when given, and then nothing else counts;
 * otherwise an object is searched for the first of `keys`, and text that is no JSON is the word itself.
 */
export function readPayload(
  payload: Uint8Array,
  keys: readonly string[],
  pointer: string | undefined,
): Wording {
  if (payload.length === 0) return { kind: 'cleared' };
  const text = decode(payload);
  const garbage: Wording = { kind: 'garbage', text: excerpt(payload) };
  if (text === undefined) return garbage;
  if (pointer !== undefined) return fromJson(follow(parseJson(text), pointer), keys) ?? garbage;
  if (/^\s*[[{]/.test(text)) return fromJson(parseJson(text), keys) ?? garbage;
  const word = normalise(text);
  return word === '' ? { kind: 'nothing' } : { kind: 'word', word, mode: undefined };
}
