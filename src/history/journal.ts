/**
 * The journal: what heyu's log does not contain, recorded by the service as it happens, one entry per line of JSON.
 * States of zones with their reasons, verdicts over signals, problems, and when the service ran with which settings.
 * This file defines the entries, writes them, and reads a journal in which any line may be damaged. Instants are epoch
 * ms here and ISO 8601 (UTC) on disk, where people read them.
 */

import { SECOND } from '../common/duration.js';
import { isObject, parseJson, type JsonObject } from '../common/json.js';
import type { VerdictKind } from '../security/security.js';
import type { ZoneScene } from '../security/setup.js';
import { isArmedMode, isSecurityState, type ArmedMode, type SecurityState } from '../security/vocabulary.js';
import type { Gap, GapReason } from './history.js';

/** Where the state of a zone was from. */
const ZONE_SOURCES = [
  /** The retained message of its topic, or one that came live. */
  'retained',
  'message',
  /** A message on the topic for commands, a keyfob, heyu's own armed state, root on this machine, a person's code. */
  'command',
  'keyfob',
  'heyu',
  'this_machine',
  'code',
  /** A signal of a sensor: the entry delay or the alarm. */
  'signal',
  /** What was on disk at the start, or in the retained message of a zone of ours. */
  'stored',
  /** The zone is new, and was never armed. */
  'new',
  /** The zones that it sums up. */
  'members',
  /** It is unknown. */
  'none',
] as const;

/** One of them. */
export type ZoneSource = (typeof ZONE_SOURCES)[number];

/** What decides of a sensor. `hold` in seconds. */
type DecidingSettings = {
  readonly address: string;
  readonly zone?: string | undefined;
  readonly modes?: readonly string[] | undefined;
  readonly guard?: string | undefined;
  readonly entry: string;
  readonly hold: number;
  readonly ignore?: boolean | undefined;
};

/** By alias. */
export type AllDecidingSettings = Readonly<Record<string, DecidingSettings>>;

/** From `at` on a zone stands so. */
export type ZoneEntry = {
  readonly kind: 'zone';
  readonly at: number;
  readonly zone: string;
  readonly state: SecurityState | 'unknown';
  /** How it is, or will be, armed. */
  readonly mode?: ArmedMode | undefined;
  readonly source: ZoneSource;
  /** Topic, alias or whose code. */
  readonly by?: string | undefined;
  /** Certain: not only remembered. */
  readonly verified: boolean;
  /** Why it is unknown, or not verified, in words. */
  readonly reason?: string | undefined;
  /** What an unknown zone was last. */
  readonly was?: SecurityState | undefined;
};

/** A signal was judged, otherwise than the sensor's signal before. */
export type VerdictEntry = {
  readonly kind: 'verdict';
  readonly at: number;
  /** Null without one. */
  readonly zone: string | null;
  readonly alias: string;
  readonly signalAt: number;
  readonly verdict: VerdictKind;
  readonly reason: string;
};

/** A problem began, has other details, or is over. */
export type ProblemEntry = {
  readonly kind: 'problem';
  readonly at: number;
  /** Which one: a name for programs. */
  readonly what: string;
  readonly isOver: boolean;
  /** In words; empty where it is over. */
  readonly words: string;
};

/** The service began, ended or took new settings. */
type LifeEntry = {
  readonly kind: 'start' | 'stop' | 'reload';
  readonly at: number;
  readonly version: string;
};

/** These settings are in force: behind a start or a reload that has brought others, and at the beginning of each file. */
type SettingsEntry = {
  readonly kind: 'settings';
  readonly at: number;
  readonly settings: AllDecidingSettings;
};

/** One line of the journal. */
export type JournalEntry = ZoneEntry | VerdictEntry | ProblemEntry | LifeEntry | SettingsEntry;

const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isInstant = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const optional =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || check(value);

type Form = Readonly<Record<string, (value: unknown) => boolean>>;

const LIFE: Form = { version: isText };

/** What each kind has beside `at`. What is not as it should be makes the line a damaged one. */
const FORMS: Readonly<Record<JournalEntry['kind'], Form>> = {
  zone: {
    zone: isText,
    state: (value) => value === 'unknown' || isSecurityState(value),
    mode: optional(isArmedMode),
    source: (value) => ZONE_SOURCES.some((source) => source === value),
    by: optional(isText),
    verified: isFlag,
    reason: optional(isText),
    was: optional(isSecurityState),
  },
  verdict: {
    zone: (value) => value === null || isText(value),
    alias: isText,
    signalAt: isInstant,
    verdict: isText,
    reason: isText,
  },
  problem: { what: isText, isOver: isFlag, words: isText },
  start: LIFE,
  stop: LIFE,
  reload: LIFE,
  settings: { settings: isSettings },
};

function isSettings(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.values(value).every(
    (each) => isObject(each) && isText(each['address']) && isInstant(each['hold']),
  );
}

/** The members that are instants. */
const INSTANTS = ['at', 'signalAt'] as const;

/** An entry as a line, with its line feed. */
export function journalLine(entry: JournalEntry): string {
  const { at, ...rest } = entry;
  const written: Record<string, unknown> = { at: isoOf(at), ...rest };
  if ('signalAt' in rest) written['signalAt'] = isoOf(rest.signalAt);
  return `${JSON.stringify(written)}\n`;
}

const isoOf = (at: number): string => new Date(at).toISOString();

/** The entry in a line; undefined where it is damaged. */
export function entryIn(line: string): JournalEntry | undefined {
  const value = parseJson(line);
  if (!isObject(value)) return undefined;
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(FORMS, kind)) return undefined;
  const form = FORMS[kind as JournalEntry['kind']];
  const read: Record<string, unknown> = { kind };
  for (const key of ['at', ...Object.keys(form)]) if (value[key] !== undefined) read[key] = value[key];
  for (const key of INSTANTS) if (typeof read[key] === 'string') read[key] = Date.parse(read[key]);
  const isGood = isInstant(read['at']) && Object.entries(form).every(([key, check]) => check(read[key]));
  return isGood ? (read as JsonObject as JournalEntry) : undefined;
}

/** What was read of a journal: of a window of time, and what lasted at its beginning. */
export type Journal = {
  /** In the order of time. Of before the window the last of each zone, sensor and problem, and the last of the service. */
  readonly entries: readonly JournalEntry[];
  /** Lines that are damaged and left out. */
  readonly damaged: number;
};

/** Reads a journal line by line. */
export class JournalReader {
  readonly #from: number;
  readonly #until: number;
  /** Of before the window, by what it is about. */
  readonly #last = new Map<string, JournalEntry>();
  readonly #entries: JournalEntry[] = [];
  #damaged = 0;

  /** Of `from` to `until`, epoch ms. */
  constructor(from: number, until: number) {
    this.#from = from;
    this.#until = until;
  }

  line(text: string): void {
    if (text === '') return;
    const entry = entryIn(text);
    if (entry === undefined) this.#damaged += 1;
    else if (entry.at < this.#from) this.#keep(entry);
    else if (entry.at < this.#until) this.#entries.push(entry);
  }

  #keep(entry: JournalEntry): void {
    // of the same thing in the order of its last entry
    const about = subjectOf(entry);
    this.#last.delete(about);
    this.#last.set(about, entry);
  }

  get journal(): Journal {
    const entries = [...new Set([...this.#last.values(), ...this.#entries])];
    // clocks are set back: the order is that of time
    return { entries: entries.sort((one, other) => one.at - other.at), damaged: this.#damaged };
  }
}

function subjectOf(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'zone':
      return `zone ${entry.zone}`;
    case 'verdict':
      return `verdict ${entry.zone ?? ''} ${entry.alias}`;
    case 'problem':
      return `problem ${entry.what}`;
    case 'settings':
      return entry.kind;
    default:
      return 'life';
  }
}

/**
 * How the zones stood, for a log that is read again (bridge/explain). What is the sum of others follows from them. What a
 * signal has led to is set a second later: stamps are whole seconds, and the signal has to be read before.
 */
export function zoneScenes({ entries }: Journal): readonly ZoneScene[] {
  const zones = entries.filter(
    (entry): entry is ZoneEntry => entry.kind === 'zone' && entry.source !== 'members',
  );
  const scenes = zones.flatMap((entry, index): ZoneScene[] => {
    const { zone, at, state, mode, source } = entry;
    const later = source === 'signal' ? SECOND : 0;
    const isOver = (until: number): boolean => {
      const next = zones.find((other, place) => place > index && other.zone === zone);
      return next !== undefined && next.at <= until;
    };
    if (later > 0 && isOver(at + later)) return [];
    return [{ zone, at: at + later, state: state === 'unknown' ? undefined : state, mode }];
  });
  return scenes.sort((one, other) => one.at - other.at);
}

/** A zone stood so from `at` of its entry to `to`; Infinity = it still does. */
export type ZoneSpan = { readonly entry: ZoneEntry; readonly to: number };

/** How the zones stood, in the order of time. While the service was away it is not known. */
export function zoneSpans({ entries }: Journal): readonly ZoneSpan[] {
  const spans: { entry: ZoneEntry; to: number }[] = [];
  const open = new Map<string, { entry: ZoneEntry; to: number }>();
  for (const entry of entries) {
    if (entry.kind === 'stop') {
      for (const span of open.values()) span.to = entry.at;
      open.clear();
    }
    if (entry.kind !== 'zone') continue;
    const before = open.get(entry.zone);
    if (before !== undefined) before.to = entry.at;
    const span = { entry, to: Infinity };
    open.set(entry.zone, span);
    spans.push(span);
  }
  return spans;
}

/** A time from a stop of the service to its next start; `to` is Infinity where it was not started again. */
export type Absence = { readonly from: number; readonly to: number };

/** When the service did not run. A crash leaves no trace but the start after it. */
export function absences({ entries }: Journal): readonly Absence[] {
  const lives = entries.filter((entry) => entry.kind === 'stop' || entry.kind === 'start');
  return lives.flatMap(({ kind, at }, index) =>
    kind === 'stop' ? [{ from: at, to: lives[index + 1]?.at ?? Infinity }] : [],
  );
}

/** A problem from its beginning to its end; `to` is Infinity where it is not over. */
export type ProblemSpan = {
  readonly what: string;
  readonly words: string;
  readonly from: number;
  readonly to: number;
};

/** What was wrong, in the order of time. Each life of the service begins without problems. */
export function problemSpans({ entries }: Journal): readonly ProblemSpan[] {
  const spans: { what: string; words: string; from: number; to: number }[] = [];
  const open = new Map<string, { to: number }>();
  for (const entry of entries) {
    const { at } = entry;
    if (entry.kind === 'start' || entry.kind === 'stop') {
      for (const span of open.values()) span.to = at;
      open.clear();
    }
    if (entry.kind !== 'problem') continue;
    const before = open.get(entry.what);
    if (before !== undefined) before.to = at;
    open.delete(entry.what);
    if (entry.isOver) continue;
    const span = { what: entry.what, words: entry.words, from: at, to: Infinity };
    open.set(entry.what, span);
    spans.push(span);
  }
  return spans;
}

/** Problems during which it is unknown what happened. */
const UNHEARD: readonly GapReason[] = ['log_unreadable', 'log_missing', 'heartbeats_missing'];

const LOST = /between (\S+) and (\S+?)\)?$/;

/** Where the journal says that the log says nothing. */
export function journalGaps(journal: Journal): readonly Gap[] {
  return problemSpans(journal).flatMap(({ what, words, from, to }): Gap[] => {
    const reason = UNHEARD.find((each) => each === what);
    if (reason !== undefined) return [{ from, to, reason }];
    if (what !== 'lines_lost') return [];
    const [first = NaN, last = NaN] = (LOST.exec(words) ?? []).slice(1).map((text) => Date.parse(text));
    return first < last ? [{ from: first, to: last, reason: 'lines_lost' }] : [];
  });
}

/**
 * The settings that were in force at a stamp; undefined where they are not recorded. Stamps are whole seconds: where none
 * are older, those that came into force within the second are meant.
 */
export function settingsAt({ entries }: Journal, at: number): AllDecidingSettings | undefined {
  let found: AllDecidingSettings | undefined;
  for (const entry of entries) {
    if (entry.kind !== 'settings') continue;
    if (entry.at > at && (found !== undefined || entry.at >= at + SECOND)) break;
    found = entry.settings;
  }
  return found;
}
