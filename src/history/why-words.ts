/** An answer (history/why) in sentences for people, and as JSON for programs. */

import { HOUR, MINUTE, SECOND } from '../common/duration.js';
import type { JsonObject } from '../common/json.js';
import { counted } from '../common/text.js';
import { isoAt, type TimeZone } from '../heyu/time-zone.js';
import { STATE_WORDS } from '../sensor/words.js';
import type { GapReason } from './history.js';
import type { ZoneSource } from './journal.js';
import { UNDECIDED, type Fact, type Why } from './why-facts.js';

/** What stands behind what was worked out afterwards. */
const TODAY = " (with today's settings)";

const GAPS: Readonly<Record<GapReason, string>> = {
  no_log: "heyu's log does not cover that time",
  heyu_started: 'heyu was started then; it is not known when it had stopped',
  quiet: 'heyu wrote nothing',
  rf_flood: 'the RF receiver was flooded',
  rf_jamming: 'the RF receiver was jammed',
  interface_lockup: 'the power line interface was locked up',
  lines_lost: 'lines of the heyu log are lost',
  log_unreadable: 'the heyu log could not be read',
  log_missing: 'the heyu log was missing',
  heartbeats_missing: 'no sensor gave a sign of life',
};

/** Behind "since 22:40:02"; `by` is a topic, an alias or whose code. */
const SOURCES: Readonly<Record<ZoneSource, (by: string) => string>> = {
  retained: (by) => `by the retained message on ${by}`,
  message: (by) => `by a message on ${by}`,
  command: (by) => `by a command on ${by}`,
  keyfob: (by) => `by the keyfob ${by}`,
  heyu: () => "by heyu's own armed state",
  this_machine: () => 'by a command on this machine',
  code: (by) => `by the code of ${by}`,
  signal: (by) => `by a signal of ${by}`,
  stored: (by) => `as it was stored${by === '' ? '' : `, by ${by}`}`,
  new: () => 'as a new zone',
  members: () => 'as the sum of its zones',
  none: () => '',
};

/** Writes instants: the time alone where the day is that of the question. */
class Clock {
  readonly #zone: TimeZone;
  readonly #day: string;

  constructor(zone: TimeZone, at: number) {
    this.#zone = zone;
    this.#day = isoAt(at, zone).slice(0, 10);
  }

  at(at: number): string {
    const text = isoAt(at, this.#zone);
    const time = text.slice(11, 19);
    return text.startsWith(this.#day) ? time : `${text.slice(5, 10)} ${time}`;
  }

  /** `between A and B`, `since A`, or `before B`; where both are open, `at all`. */
  span(from: number | null, to: number | null): string {
    if (from === null) return to === null ? 'at all' : `before ${this.at(to)}`;
    return to === null ? `since ${this.at(from)}` : `between ${this.at(from)} and ${this.at(to)}`;
  }
}

function durationWords(ms: number): string {
  if (ms < 2 * MINUTE) return `${Math.round(ms / SECOND)} s`;
  return ms < 2 * HOUR ? `${Math.round(ms / MINUTE)} min` : `${Math.round(ms / HOUR)} h`;
}

/** The sentences, in the order of the facts. */
export function whyWords({ name, about, from, facts, missing }: Why, zone: TimeZone): readonly string[] {
  const clock = new Clock(zone, from);
  const day = isoAt(from, zone).slice(0, 10);
  const head = `${about === 'zone' ? `zone ${name}` : name}, ${day}:`;
  const isAlone = about === 'sensor';
  const words = facts.map((fact) => factWords(fact, clock, isAlone));
  return [head, ...words, ...missing.map((each) => `not read: ${each}`)];
}

function factWords(fact: Fact, clock: Clock, isAlone: boolean): string {
  const of = 'alias' in fact && !isAlone ? `${fact.alias}: ` : '';
  switch (fact.kind) {
    case 'on':
      return `${of}${onWords(fact, clock)}`;
    case 'heard':
      return `${of}${heardWords(fact, clock)}`;
    case 'silence':
      return `${of}${silenceWords(fact, clock)}`;
    case 'gap':
      return `not known what happened ${clock.span(fact.at, fact.to)}: ${GAPS[fact.reason]}`;
    case 'zone':
      return zoneWords(fact, clock);
    case 'no_zone':
      return `${fact.alias} has no zone`;
    case 'verdict':
      return `${of}${verdictWords(fact, clock)}`;
    case 'away':
      return `the service did not run ${clock.span(fact.at, fact.to)}`;
    case 'problem':
      return `problem ${clock.span(fact.at, fact.to)}: ${fact.words}`;
    case 'settings': {
      const then = Object.entries(fact.then).map(([key, value]) => `${key}: ${value}`);
      return `judged with today's settings; at that time it had ${then.join(', ')}`;
    }
    case 'conclusion':
      return conclusionWords(fact.alerts) + (fact.today ? TODAY : '');
  }
}

function onWords(
  { type, at, to, said, repeats, lastAt }: Extract<Fact, { kind: 'on' }>,
  clock: Clock,
): string {
  const what = STATE_WORDS[type]?.on ?? 'on';
  const again = repeats === 0 ? '' : `, then ${counted(repeats, 'repeat')} until ${clock.at(lastAt)}`;
  const by = said === null ? '' : ` (${saidWords(said)}${again})`;
  return `${what} at ${clock.at(at)}${by}${to === null ? ', and has not ended' : `, until ${clock.at(to)}`}`;
}

/** That the log begins, or was not read further, is no fact about the sensor. */
function silenceWords(
  { at, lookedFrom, logBegins, to, everyMs }: Extract<Fact, { kind: 'silence' }>,
  clock: Clock,
): string {
  const habit = everyMs === null ? '' : `; before, every ${durationWords(everyMs)}`;
  const begin = clock.at(lookedFrom);
  const log = logBegins ? `; the log begins at ${begin}` : `; the log was read from ${begin} on`;
  return `not heard ${clock.span(at, to)}${at === null ? log : habit}`;
}

const saidWords = ({ source, address, says }: { source: string; address: string; says: string }): string =>
  `${source} ${address} ${says}`;

function heardWords(
  { at, lastAt, count, said, kept }: Extract<Fact, { kind: 'heard' }>,
  clock: Clock,
): string {
  const times =
    count === 1 ? `at ${clock.at(at)}` : `${count} times from ${clock.at(at)} to ${clock.at(lastAt)}`;
  const heard = `heard ${times} (${saidWords(said)})`;
  return kept === null ? heard : `${heard}, without effect: ${kept}`;
}

function zoneWords(
  { zone, at, state, since, source, by, reason, was }: Extract<Fact, { kind: 'zone' }>,
  clock: Clock,
): string {
  if (state === null) return `zone ${zone}: its state at ${clock.at(at)} was not recorded`;
  const from = source === null ? '' : ` ${SOURCES[source](by ?? '')}`.trimEnd();
  const before = was === null ? '' : `; it was ${was.replaceAll('_', ' ')}`;
  const unsure = state === 'unknown' ? '' : 'not verified: ';
  const why = reason === null ? '' : ` (${unsure}${reason}${before})`;
  return `zone ${zone}: ${state.replaceAll('_', ' ')} since ${clock.at(since ?? at)}${from}${why}`;
}

function verdictWords(
  { at, verdict, reason, afterMs, today }: Extract<Fact, { kind: 'verdict' }>,
  clock: Clock,
): string {
  const mark = today ? TODAY : '';
  if (verdict === 'alert') return `alert for the signal at ${clock.at(at)}: ${reason}${mark}`;
  if (UNDECIDED.has(verdict)) return `no alert yet for the signal at ${clock.at(at)}: ${reason}${mark}`;
  const after = afterMs === null ? '' : `heard ${durationWords(afterMs)} after an alert: `;
  return `no alert for the signal at ${clock.at(at)}: ${after}${reason}${mark}`;
}

function conclusionWords(alerts: number | null): string {
  if (alerts === null) return 'therefore: whether there was an alert is not known';
  return `therefore: ${alerts === 0 ? 'no alert' : alerts === 1 ? 'an alert' : `${alerts} alerts`}`;
}

/** Members of facts that are instants. */
const INSTANTS: ReadonlySet<string> = new Set(['at', 'to', 'lastAt', 'lookedFrom', 'since', 'from', 'until']);

/** The answer as JSON: instants as ISO 8601 with offset, and the sentences as `words`. */
export function whyJson(why: Why, zone: TimeZone): JsonObject {
  const written = (object: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]: readonly [string, unknown]) => [
        snake(key),
        INSTANTS.has(key) && typeof value === 'number' ? isoAt(Math.round(value), zone) : value,
      ]),
    );
  const { facts, ...rest } = why;
  return { ...written(rest), facts: facts.map(written), words: whyWords(why, zone) };
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
