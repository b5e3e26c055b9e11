/** One thing that was tried at a broker, and what it means for the bridge. */

import { problemIn } from '../common/error.js';

/** What the trials are about, in the order of the page. */
export const TITLES = {
  protocol: 'the protocol',
  access: 'access control',
  'five tests': 'the five tests',
  retained: 'retained messages',
  order: 'the order after an absence',
  session: 'the session',
  queue: 'the queue',
  fence: 'a message to ourselves',
  'several urls': 'several urls',
  restart: 'the restart',
} as const;

export type Area = keyof typeof TITLES;

/**
 * `note`: worth knowing, and the bridge copes; `setting`: it would be right with that setting; `fault`: the bridge
 * cannot do its work there; `unknown`: it could not be told.
 */
export type Result = 'ok' | 'note' | 'setting' | 'fault' | 'unknown';

/** A row of the page. */
export type TrialResult = {
  readonly area: Area;
  /** What was tried. */
  readonly trial: string;
  readonly expected: string;
  readonly actual: string;
  readonly result: Result;
  /** With `setting` and `fault`: what follows of it for the bridge, one sentence without a full stop. */
  readonly reason?: string;
  /** What to set, and where: `mosquitto.conf: persistence true`. */
  readonly settings?: readonly string[];
  /** With the five tests: which of them. */
  readonly test?: FiveTestName;
};

/** One of the five tests, in one of their forms. */
export type FiveTestName = {
  readonly number: 1 | 2 | 3 | 4 | 5;
  readonly protocol: '3.1.1' | '5';
  readonly cleanSession: boolean;
  readonly publishQos: 0 | 1;
  readonly subscribeQos: 0 | 1;
  readonly retained: boolean;
};

/** What a trial brought: what was seen, or why it came to no end. */
export type Tried<Seen> =
  | { readonly done: true; readonly seen: Seen }
  /** `gone`: it was not even begun, because the broker could not be reached any more. */
  | { readonly done: false; readonly why: string; readonly gone?: boolean };

/** What the bridge needs, by its configuration. */
export type Need = {
  readonly session: 'persistent' | 'clean';
  readonly protocol: '3.1.1' | '5';
};

/** The row of a trial that came to no end: a fault where the bridge relies on it. */
export function unfinished(
  area: Area,
  trial: string,
  { why, gone = false }: { readonly why: string; readonly gone?: boolean },
  isNeeded: boolean,
): TrialResult {
  const row = { area, trial, expected: 'an answer', actual: why };
  if (!isNeeded) return { ...row, result: 'unknown' };
  const { problem } = problemIn(why);
  return {
    ...row,
    result: 'fault',
    reason: gone
      ? `the broker went away while it was tried (${problem})`
      : `${trial}: that could not be tried to its end (${problem})`,
  };
}

/** What would help, and where it is set. */
export const SETTINGS = {
  clean: 'config.yaml: mqtt: { session: clean }',
  protocol5: "config.yaml: mqtt: { protocol: '5' }",
  protocol4: "config.yaml: mqtt: { protocol: '3.1.1' }",
  persistence: 'mosquitto.conf: persistence true',
  autosave: 'mosquitto.conf: autosave_interval 60',
  queue: 'mosquitto.conf: max_queued_messages 10000',
  expiration: 'mosquitto.conf: persistent_client_expiration 2m',
} as const;

/** What a result means for the bridge. */
type Meaning = Pick<TrialResult, 'result' | 'reason' | 'settings'>;

/** As expected. */
export const OK: Meaning = { result: 'ok' };
/** Worth knowing, and the bridge copes. */
export const NOTE: Meaning = { result: 'note' };
/** The bridge cannot do its work there: what follows of it, one sentence without a full stop. */
export const fault = (reason: string): Meaning => ({ result: 'fault', reason });
/** It would be right with these settings. */
export const setting = (reason: string, ...settings: readonly string[]): Meaning => ({
  result: 'setting',
  reason,
  settings,
});
