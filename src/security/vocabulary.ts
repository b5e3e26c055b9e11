/**
 * The words of other programs on a zone's topics: from the bytes of a payload to the one word in it (UTF-8, plain text,
 * a JSON value, a member of a JSON object, or what a JSON pointer leads to), and the meaning of that word. The words
 * are those that Alarmo, manual alarm panels, statestream, switches and scripts use (Home Assistant's
 * `alarm_control_panel` and its integrations). Knows nothing of topics, times or connections.
 */

import { isObject, parseJson } from '../common/json.js';
import { counted } from '../common/text.js';

/** Ways of being armed, Home Assistant's words without `armed_`. */
export const ARMED_MODES = ['away', 'home', 'night', 'vacation', 'custom_bypass'] as const;

/** One of them. */
export type ArmedMode = (typeof ARMED_MODES)[number];

/** Security states, in Home Assistant's words. Unknown is not among them: it is the absence of a state. */
export const SECURITY_STATES = [
  'disarmed',
  'armed_home',
  'armed_away',
  'armed_night',
  'armed_vacation',
  'armed_custom_bypass',
  'arming',
  'pending',
  'triggered',
] as const satisfies readonly (`armed_${ArmedMode}` | 'disarmed' | 'arming' | 'pending' | 'triggered')[];

/** One of them. */
export type SecurityState = (typeof SECURITY_STATES)[number];

/** What a payload on a state topic says. */
export type Reading =
  | { readonly kind: 'state'; readonly state: SecurityState }
  /** `pending`, `disarming` ...: old alarms say pending before *and* after arming, so the state stays as it was. */
  | { readonly kind: 'keep'; readonly word: string }
  | Wordless;

/** What a payload says that has no word of ours. */
type Wordless =
  /**
   * The source itself does not know (`unavailable` ...), or the retained copy was deleted: `cleared`, zero bytes (MQTT
   * 3.1.1, section 3.3.1.3).
   */
  | { readonly kind: 'none'; readonly word: string }
  /**
   * Foreign words: nothing is known of the state any more, and a person is told once. The word of a payload without
   * one shows it: shortened, control characters escaped.
   */
  | { readonly kind: 'not_understood'; readonly word: string };

/** What a payload on a zone's command topic asks for. */
export type Command =
  /** `force`: also with something open where the zone refuses that. */
  | { readonly kind: 'arm'; readonly mode: ArmedMode; readonly force?: boolean }
  | { readonly kind: 'disarm' }
  | { readonly kind: 'trigger' };

/** How one zone's payloads are to be read: the user's own words and the JSON pointer. */
export type Dialect = {
  readonly pointer: string | undefined;
  readonly armedValues: readonly string[];
  readonly disarmedValues: readonly string[];
};

const PLAIN: Dialect = { pointer: undefined, armedValues: [], disarmedValues: [] };

const MODES: Readonly<Record<string, ArmedMode>> = {
  away: 'away',
  home: 'home',
  stay: 'home',
  night: 'night',
  vacation: 'vacation',
  custom: 'custom_bypass',
  custom_bypass: 'custom_bypass',
  // keypads of Zigbee alarm systems
  all_zones: 'away',
  day_zones: 'home',
  night_zones: 'night',
};

/** Armed, without saying how: `mode` beside it may. */
const ARMED = new Set(['armed', 'arm', 'on', 'true', '1', 'yes', 'enable', 'enabled', 'active']);
const DISARMED = new Set([
  'disarmed',
  'disarm',
  'off',
  'false',
  '0',
  'no',
  'disable',
  'disabled',
  'inactive',
]);
const TRIGGERED = new Set(['triggered', 'trigger', 'alarm', 'in_alarm']);
const ARMING = new Set(['arming', 'exit_delay']);
const KEEPS = new Set(['pending', 'entry_delay', 'disarming']);
const NONE = new Set(['unknown', 'unavailable', 'none', 'null']);

/** The mode in `away`, `arm_away`, `armed_away`; undefined when there is none in it. */
function modeOf(word: string): ArmedMode | undefined {
  const bare = word.replace(/^arm(?:ed)?_/, '');
  return Object.hasOwn(MODES, bare) ? MODES[bare] : undefined;
}

function includes(words: readonly string[], word: string): boolean {
  return words.some((own) => normalise(own) === word);
}

function stateOf(word: string, mode: string | undefined, dialect: Dialect): SecurityState | undefined {
  if (includes(dialect.disarmedValues, word)) return 'disarmed';
  const said = modeOf(word);
  if (said !== undefined && !includes(dialect.armedValues, word)) return `armed_${said}`;
  if (includes(dialect.armedValues, word) || ARMED.has(word)) {
    return `armed_${said ?? (mode === undefined ? undefined : modeOf(mode)) ?? 'away'}`;
  }
  if (DISARMED.has(word)) return 'disarmed';
  if (TRIGGERED.has(word)) return 'triggered';
  return ARMING.has(word) ? 'arming' : undefined;
}

/** Reads a payload of a state topic. The user's own words go before ours; a plain `armed` is `armed_away`. */
export function readState(payload: Uint8Array, dialect: Dialect = PLAIN): Reading {
  const wording = readPayload(payload, STATE_KEYS, dialect.pointer);
  if (wording.kind !== 'word') return wording;
  const { word } = wording;
  const state = stateOf(word, wording.mode, dialect);
  if (state !== undefined) return { kind: 'state', state };
  if (KEEPS.has(word)) return { kind: 'keep', word };
  if (NONE.has(word)) return { kind: 'none', word };
  return { kind: 'not_understood', word: word.slice(0, EXCERPT_LENGTH) };
}

/** Reads what the bridge itself has said of one of its zones: its `pending` is an entry delay, so the zone is armed. */
export function readOwnState(payload: Uint8Array): Reading {
  const reading = readState(payload);
  const isEntry = reading.kind === 'keep' && reading.word === 'pending';
  return isEntry ? { kind: 'state', state: 'pending' } : reading;
}

/** Reads a payload of a command topic: `ON`, `ARM_HOME`, `DISARM`, `TRIGGER`, `{"command": "arm_away"}` ... */
export function readCommand(payload: Uint8Array, dialect: Dialect = PLAIN): Command | undefined {
  const wording = readPayload(payload, COMMAND_KEYS, undefined);
  if (wording.kind !== 'word') return undefined;
  const state = stateOf(wording.word, wording.mode, dialect);
  if (state === 'disarmed') return { kind: 'disarm' };
  if (state === 'triggered') return { kind: 'trigger' };
  const mode = state === undefined ? undefined : armedMode(state);
  if (mode === undefined) return undefined;
  return wording.isForced ? { kind: 'arm', mode, force: true } : { kind: 'arm', mode };
}

/** Members of a JSON command that may hold a code (Alarmo's names). */
const CODE_KEYS = ['code', 'pin', 'password', 'pincode'] as const;

/** Longer texts are not codes. */
const LONGEST_CODE = 32;

/** The code in the payload of a command; undefined without one. */
export function readCode(payload: Uint8Array): string | undefined {
  const value = parseJson(decode(payload) ?? '');
  const said = CODE_KEYS.map((key) => member(value, key)).find((one) => one !== undefined && one !== null);
  const code = typeof said === 'number' ? String(said) : said;
  return typeof code === 'string' && code !== '' ? code.slice(0, LONGEST_CODE + 1) : undefined;
}

/** What a payload on a command topic wants of one sensor: `{"command": "bypass", "sensor": "hall"}`, or `unbypass`. */
export function readBypass(
  payload: Uint8Array,
): { readonly alias: string; readonly isOn: boolean } | undefined {
  const value = parseJson(decode(payload) ?? '');
  const [command, alias] = [scalar(member(value, 'command')), member(value, 'sensor')];
  if (typeof alias !== 'string' || (command !== 'bypass' && command !== 'unbypass')) return undefined;
  return { alias, isOn: command === 'bypass' };
}

/** The mode of an armed state; undefined for all others. */
export function armedMode(state: SecurityState): ArmedMode | undefined {
  return state.startsWith('armed_') ? (state.slice('armed_'.length) as ArmedMode) : undefined;
}

/** Whether a word of a source says that its entry delay runs, if the zone was armed before. */
export function isEntryWord(word: string): boolean {
  return word === 'pending' || word === 'entry_delay';
}

/** The command that leads to a state. */
export function commandFor(state: 'armed_away' | 'armed_home' | 'armed_night' | 'disarmed'): Command {
  const mode = armedMode(state);
  return mode === undefined ? { kind: 'disarm' } : { kind: 'arm', mode };
}

/** Armed in the sense that motion is an alarm: `arming` is not yet, `pending` and `triggered` still are. */
export function isArmed(state: SecurityState): boolean {
  return state !== 'disarmed' && state !== 'arming';
}

/** The word for people and logs of a command. */
export function commandWord(command: Command): string {
  return command.kind === 'arm' ? `ARM_${command.mode.toUpperCase()}` : command.kind.toUpperCase();
}

/** What is said of a payload on a command topic instead of its text, which may hold a code that somebody has typed. */
export function namedCommand(payload: Uint8Array, dialect: Dialect = PLAIN): string {
  const command = readCommand(payload, dialect);
  return command === undefined ? `not understood, ${counted(payload.length, 'byte')}` : commandWord(command);
}

/** Whether a text names a command, and repeats no payload. */
export function isCommandName(text: string): boolean {
  return /^(ARM_(AWAY|HOME|NIGHT|VACATION|CUSTOM_BYPASS)|DISARM|TRIGGER|(UN)?BYPASS|not understood, \d+ bytes?)$/.test(
    text,
  );
}

/** Whether a value read from disk is a way of being armed. */
export function isArmedMode(value: unknown): value is ArmedMode {
  return ARMED_MODES.some((mode) => mode === value);
}

/** Whether a value read from disk is a security state. */
export function isSecurityState(value: unknown): value is SecurityState {
  return SECURITY_STATES.some((state) => state === value);
}

/** Longer payloads are not security state and are not even parsed. Bytes. */
const LONGEST_PAYLOAD = 65_536;

/** How much of a payload is repeated in a note for people. Characters. */
const EXCERPT_LENGTH = 120;

/**
 * What a payload says: a normalised word, with a second one that gives the mode in `{"armed": true, "mode": "away"}`.
 * `isForced`: `"force": true` stands beside it.
 */
type Wording =
  | {
      readonly kind: 'word';
      readonly word: string;
      readonly mode: string | undefined;
      readonly isForced: boolean;
    }
  | Wordless;

/** Members of a JSON object that may hold the state, the first one present decides. */
const STATE_KEYS = [
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
const COMMAND_KEYS = ['command', 'cmd', 'action', 'state', 'value', 'armed', 'mode', 'payload'] as const;

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

function wordingOf(value: unknown, keys: readonly string[]): Wording | undefined {
  let [said, mode]: [unknown, string | undefined] = [value, undefined];
  if (isObject(value)) {
    const key = keys.find((name) => member(value, name) !== undefined);
    if (key === undefined) return undefined;
    said = member(value, key);
    if (key !== 'mode') mode = scalar(member(value, 'mode'));
  }
  const word = scalar(said);
  if (word === undefined) return undefined;
  if (word === '') return { kind: 'none', word: 'empty' };
  return { kind: 'word', word, mode, isForced: member(value, 'force') === true };
}

/**
 * The word that a payload says. `pointer` is followed into JSON when given, and then nothing else counts;
 * otherwise an object is searched for the first of `keys`, and text that is not JSON is the word itself.
 */
function readPayload(payload: Uint8Array, keys: readonly string[], pointer: string | undefined): Wording {
  if (payload.length === 0) return { kind: 'none', word: 'cleared' };
  const text = decode(payload);
  let said: Wording | undefined;
  if (text !== undefined) {
    if (pointer !== undefined) said = wordingOf(follow(parseJson(text), pointer), keys);
    else said = wordingOf(/^\s*[[{]/.test(text) ? parseJson(text) : text, keys);
  }
  return said ?? { kind: 'not_understood', word: excerpt(payload) };
}
