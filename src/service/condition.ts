/**
 * The condition of the bridge: the content of `bridge/source`, `bridge/problem` and `bridge/info`, and the one line for
 * systemd and people. Reasons are words; each begins and ends once.
 */

import { TROUBLES, type Trouble } from '../bridge/health.js';
import type { LogStatus } from '../ports.js';

/** What can be wrong, beside heyu's own troubles. */
const CONCERNS = {
  log_missing: 'the heyu log is missing',
  log_unreadable: 'the heyu log cannot be read',
  log_quiet: 'heyu has written nothing for long: is its engine running?',
  lines_lost: 'lines of the heyu log were lost',
  disk: 'the state directory cannot be written to',
  takeover: 'another program uses the same MQTT client id',
  refused_topics: 'the broker refuses some topics of the bridge',
  configuration: 'the configuration has errors: the last good one is in force',
  heyu_control: 'heyu cannot be commanded',
  heyu_command: 'heyu could not switch a lamp or appliance',
  siren: 'heyu could not switch what sounds in an alarm',
  on_alert: 'the program on_alert.command failed',
  page: 'the page cannot be served',
  settings_ignored: 'settings that have no effect are ignored',
} as const;

const WORDS = { ...TROUBLES, ...CONCERNS };

/** All that can be wrong. */
export type Concern = keyof typeof CONCERNS | Trouble;

/** Each of them. */
export const EVERY_CONCERN = Object.keys(WORDS) as readonly Concern[];

/** Detail of `log_missing`: no failure of heyu, but nothing proves that it is set up at all. */
export const NEVER_THERE = 'it was never there';

/** What is wrong at the moment, with details. */
export type Condition = Map<Concern, string>;

/** What was seen of log and broker last. */
export type Seen = {
  /** When the service was started, epoch ms. */
  readonly startedAt: number;
  logStatus: LogStatus['kind'] | 'starting';
  /** Undefined before the first connect. */
  session: SessionSeen | undefined;
  /** When Home Assistant was last heard to start (epoch ms); 0 = never since our own start. */
  bornAt: number;
  /** Connects to the broker, and how often the log became another file, since the start. */
  connects: number;
  fileSwitches: number;
  /** Alerts by zone ('' = none), since the start. */
  readonly alerts: Map<string, number>;
};

/** Before the first look. */
export const NOTHING_SEEN = {
  logStatus: 'starting',
  session: undefined,
  bornAt: 0,
  connects: 0,
  fileSwitches: 0,
} as const;

/**
 * What waited in the session of the last connect. MQTT says neither how many messages there are nor when they were
 * published: they are counted as they come, until the queue is empty (docs/security-state.md).
 */
type SessionSeen = {
  /** The broker had kept it. */
  readonly present: boolean;
  /** Messages that waited in it. */
  readonly queued: number;
  /** How many of them on which topic; the first topics only. */
  readonly topics: Readonly<Record<string, number>>;
  /** When it was connected. */
  readonly since: number;
};

/** Begins a concern or changes its details; false = it is over. Returns whether there was none before. */
export function concern(condition: Condition, what: Concern, details: string | boolean = true): boolean {
  const isNew = !condition.has(what);
  if (details === false) condition.delete(what);
  else condition.set(what, details === true ? '' : details);
  return isNew;
}

/** What keeps sensors from being heard. heyu makes a log that is missing at its next message, if it was there before. */
const BLINDING: readonly Concern[] = [
  'log_unreadable',
  'log_quiet',
  'heartbeats_missing',
  'interface_lockup',
  'rf_jamming',
  'rf_flood',
];

/** Why sensors may not be heard, in words. */
export function blindnessOf(condition: Condition): readonly string[] {
  const isNever = condition.get('log_missing') === NEVER_THERE;
  const blinding = BLINDING.filter((what) => condition.has(what));
  return (isNever ? ['log_missing' as const, ...blinding] : blinding).map((what) => WORDS[what]);
}

/** Settings that have no effect, in words: a concern as long as there is one. */
export function concernIgnored(condition: Condition, [first, ...more]: readonly string[] = []): void {
  concern(
    condition,
    'settings_ignored',
    first !== undefined && (more.length === 0 ? first : `${first}, and ${more.length} more`),
  );
}

/** Something that is wrong, and what to do about it. */
export type ProblemNow = { readonly problem: string; readonly hint: string | null };

const JOURNAL = 'journalctl -u heyu2mqtt shows more';
const RESTART_HEYU = 'heyu stop; heyu start';

/** What to do, where the words of the problem do not say so already. */
const REMEDIES: Readonly<Record<Concern, string | null>> = {
  log_missing:
    'heyu writes it with the next signal: walk past a sensor. If it is still missing then: heyu start; heyu2mqtt check looks where heyu writes its log',
  log_unreadable: null,
  log_quiet: RESTART_HEYU,
  lines_lost: 'motion in that time was not noticed; logrotate may have run twice in a short time',
  disk: 'df -h shows whether it is full; heyu2mqtt check shows more',
  takeover: 'end the second bridge, or give one of them another mqtt.client_id',
  refused_topics: "the broker's access control must allow them: heyu2mqtt check lists them",
  configuration: 'heyu2mqtt check shows every error',
  heyu_control:
    'heyu start; has the unit the drop-in of docs/install.md, "Hardening"? sudo heyu2mqtt check tries it',
  heyu_command: `${JOURNAL}; heyu info shows whether heyu reaches its interface`,
  siren: `${JOURNAL}; heyu info shows whether heyu reaches its interface`,
  on_alert: `${JOURNAL}; docs/on-alert.md describes how to test it`,
  page: 'end the other program, or set web.listen to another port, or to off; heyu2mqtt check looks',
  settings_ignored: 'heyu2mqtt check shows all of them',
  rf_flood: 'find the transmitter that does not stop: remove the batteries of one after the other',
  rf_jamming: 'look for a new radio device near the receiver',
  interface_lockup: 'unplug the interface for a minute, then: heyu restart',
  interface_garbage: 'unplug the interface for a minute, then: heyu restart',
  clock_mismatch: null,
  spool_out_of_step: null,
  old_heyu: null,
  heartbeats_missing: null,
};

/** A problem in words, with its details. */
export function problemWords(what: Concern, details: string): string {
  return details === '' ? WORDS[what] : `${WORDS[what]} (${details})`;
}

/** All that is wrong. */
export function problemsOf(condition: Condition): readonly ProblemNow[] {
  return [...condition].map(([what, details]) => ({
    problem: problemWords(what, details),
    hint: REMEDIES[what],
  }));
}

/** The same as one line; null when nothing is wrong. */
export function problemOf(condition: Condition): string | null {
  return condition.size === 0
    ? null
    : problemsOf(condition)
        .map(({ problem }) => problem)
        .join('; ');
}
