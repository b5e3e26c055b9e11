/**
 * The words for armed and disarmed that Alarmo, manual alarm panels, statestream, switches and scripts use
 * (Home Assistant's `alarm_control_panel` and its integrations), and what each of them says. Knows nothing of
 * topics, times or connections.
 */

import { COMMAND_KEYS, STATE_KEYS, normalise, readPayload } from './payload.js';

/** Ways of being armed, Home Assistant's words without `armed_`. */
export type ArmedMode = 'away' | 'home' | 'night' | 'vacation' | 'custom_bypass';

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
  /** `pending` and `disarming`: old alarms say pending before *and* after arming, so the state stays as it was. */
  | { readonly kind: 'keep'; readonly word: string }
  /** The source itself does not know (`unavailable` ...), or the retained copy was deleted. */
  | { readonly kind: 'none'; readonly word: string }
  /** Foreign words: the state stays as it was, a person is told once. */
  | { readonly kind: 'not_understood'; readonly text: string };

/** What a payload on a zone's command topic asks for. */
export type Command =
  | { readonly kind: 'arm'; readonly mode: ArmedMode }
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
const TRIGGERED = new Set(['triggered', 'trigger']);
const KEEPS = new Set(['pending', 'disarming']);
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
  return word === 'arming' ? 'arming' : undefined;
}

/** Reads a payload of a state topic. The user's own words go before ours; a plain `armed` is `armed_away`. */
export function readState(payload: Uint8Array, dialect: Dialect = PLAIN): Reading {
  const wording = readPayload(payload, STATE_KEYS, dialect.pointer);
  if (wording.kind === 'cleared') return { kind: 'none', word: 'cleared' };
  if (wording.kind === 'nothing') return { kind: 'none', word: 'empty' };
  if (wording.kind === 'garbage') return { kind: 'not_understood', text: wording.text };
  const { word } = wording;
  const state = stateOf(word, wording.mode, dialect);
  if (state !== undefined) return { kind: 'state', state };
  if (KEEPS.has(word)) return { kind: 'keep', word };
  if (NONE.has(word)) return { kind: 'none', word };
  return { kind: 'not_understood', text: word.slice(0, 120) };
}

/** Reads a payload of a command topic: `ON`, `ARM_HOME`, `DISARM`, `TRIGGER`, `{"command": "arm_away"}` ... */
export function readCommand(payload: Uint8Array, dialect: Dialect = PLAIN): Command | undefined {
  const wording = readPayload(payload, COMMAND_KEYS, undefined);
  if (wording.kind !== 'word') return undefined;
  const state = stateOf(wording.word, wording.mode, dialect);
  if (state === 'disarmed') return { kind: 'disarm' };
  if (state === 'triggered') return { kind: 'trigger' };
  const mode = state === undefined ? undefined : armedMode(state);
  return mode === undefined ? undefined : { kind: 'arm', mode };
}

/** The mode of an armed state; undefined for all others. */
export function armedMode(state: SecurityState): ArmedMode | undefined {
  return state.startsWith('armed_') ? (state.slice('armed_'.length) as ArmedMode) : undefined;
}

/** Armed in the sense that motion is an alarm: `arming` is not yet, `pending` and `triggered` still are. */
export function isArmed(state: SecurityState): boolean {
  return state !== 'disarmed' && state !== 'arming';
}

/** The word for people and logs of a command. */
export function commandWord(command: Command): string {
  return command.kind === 'arm' ? `ARM_${command.mode.toUpperCase()}` : command.kind.toUpperCase();
}

const STATES: ReadonlySet<string> = new Set(SECURITY_STATES);

/** Whether a value read from disk is a security state. */
export function isSecurityState(value: unknown): value is SecurityState {
  return typeof value === 'string' && STATES.has(value);
}
