/**
 * Why was there an alert, or none? What is known of a moment or a span: what was heard and what was not, how the zone
 * stood, what the service decided then (by its journal) or would decide (by the core, with the settings of today). Facts
 * as data, for programs; history/why-words puts them into sentences. Instants are epoch ms.
 */

import { DAY, HOUR, SECOND } from '../common/duration.js';
import type { CoreSettings } from '../core-settings.js';
import type { VerdictKind } from '../security/security.js';
import type { SecurityState } from '../security/vocabulary.js';
import { GOES_ON } from '../sensor/motion.js';
import type { SensorSettings } from '../sensor/settings.js';
import { mainChannelOf, type SensorType } from '../sensor/types.js';
import { firstFrom, type GapReason, type SensorHistory, type SignalKind } from './history.js';
import {
  absences,
  problemSpans,
  settingsAt,
  zoneSpans,
  type VerdictEntry,
  type ZoneSource,
  type ZoneSpan,
} from './journal.js';
import type { Past, PastRequest } from './past.js';
import type { When } from './when.js';

/** What a signal said. */
type Said = Pick<SignalKind, 'source' | 'address' | 'says'>;

/** One thing that is known. `to` and `since` are null where nobody knows, or where it is not over. */
export type Fact =
  /** A motion, an open door, smoke: what it was heard by, and how often then. */
  | {
      readonly kind: 'on';
      readonly alias: string;
      readonly type: SensorType;
      readonly at: number;
      readonly to: number | null;
      readonly said: Said | null;
      readonly repeats: number;
      readonly lastAt: number;
    }
  /** Signals without such a state, or of which nothing came, and why (`kept`). */
  | {
      readonly kind: 'heard';
      readonly alias: string;
      readonly at: number;
      readonly lastAt: number;
      readonly count: number;
      readonly said: Said;
      readonly kept: string | null;
    }
  /** Not heard from `at` to `to`; before, every so many ms. What was before `lookedFrom` was not read. */
  | {
      readonly kind: 'silence';
      readonly alias: string;
      readonly at: number | null;
      readonly lookedFrom: number;
      readonly to: number | null;
      readonly everyMs: number | null;
    }
  /** Nobody knows what happened. */
  | { readonly kind: 'gap'; readonly at: number; readonly to: number | null; readonly reason: GapReason }
  /** How a zone stood; `state` is null where nobody wrote it down. */
  | {
      readonly kind: 'zone';
      readonly zone: string;
      readonly at: number;
      readonly state: SecurityState | 'unknown' | null;
      readonly since: number | null;
      readonly source: ZoneSource | null;
      readonly by: string | null;
      readonly reason: string | null;
      readonly was: SecurityState | null;
    }
  | { readonly kind: 'no_zone'; readonly alias: string }
  /** What came of a signal; `today`: worked out with the settings of today. `afterMs`: after the last alert. */
  | {
      readonly kind: 'verdict';
      readonly at: number;
      readonly alias: string;
      readonly zone: string | null;
      readonly verdict: VerdictKind;
      readonly reason: string;
      readonly afterMs: number | null;
      readonly today: boolean;
    }
  /** The service did not run. */
  | { readonly kind: 'away'; readonly at: number; readonly to: number | null }
  | { readonly kind: 'problem'; readonly at: number; readonly to: number | null; readonly words: string }
  /** Settings of the sensor were others then: which, and how. */
  | { readonly kind: 'settings'; readonly alias: string; readonly then: Readonly<Record<string, string>> }
  /** How many alerts; null = not known. `today`: as far as it was worked out with the settings of today. */
  | { readonly kind: 'conclusion'; readonly alerts: number | null; readonly today: boolean };

/** The answer. */
export type Why = {
  readonly name: string;
  readonly about: 'sensor' | 'zone';
  readonly from: number;
  readonly until: number;
  /** Something is known. */
  readonly found: boolean;
  /** A longer window may know more. */
  readonly isPart: boolean;
  /** Something was worked out with the settings of today. */
  readonly today: boolean;
  readonly facts: readonly Fact[];
  /** What is missing, in words: damaged files, damaged lines of the journal. */
  readonly missing: readonly string[];
};

/** Windows that may have the answer, the small one first. */
function windowsFor(when: When, now: number): readonly [PastRequest, PastRequest?] {
  const window = (from: number, until: number): PastRequest => ({
    from,
    until: Math.min(Math.max(until, from + 1), now + 1),
    signals: true,
  });
  const MONTH = 31 * DAY;
  if (when.kind === 'last') return [window(now - DAY, now + 1), window(now - MONTH, now + 1)];
  const { kind, from, until } = when;
  if (kind === 'span') return [window(from - 6 * HOUR, until + HOUR)];
  return [window(from - DAY / 2, until + DAY / 2), window(from - MONTH, until + MONTH)];
}

/** What is asked of. */
export type WhyAsked = { readonly name: string; readonly when: When; readonly now: number };

/** Facts are no more than these; of what is left out only alerts are told. */
const MOST_FACTS = 60;

/** Answers by a small window of the past or, where that does not tell enough, by a large one. */
export async function why(
  asked: WhyAsked,
  settings: CoreSettings,
  read: (request: PastRequest) => Promise<Past>,
): Promise<Why> {
  const [small, large] = windowsFor(asked.when, asked.now);
  const answer = answerBy(await read(small), settings, asked);
  return answer.isPart && large !== undefined ? answerBy(await read(large), settings, asked) : answer;
}

function answerBy(past: Past, settings: CoreSettings, { name, when, now }: WhyAsked): Why {
  const own = settings.sensors.find(({ alias }) => alias === name);
  const sensors = own === undefined ? settings.sensors.filter(({ zone }) => zone === name) : [own];
  const about = own === undefined ? 'zone' : 'sensor';
  const scene: Scene = {
    past,
    sensors,
    zone: own === undefined ? name : undefined,
    spans: zoneSpans(past.journal),
  };
  const range =
    when.kind === 'last' ? lastOf(scene, now) : { from: when.from, until: Math.min(when.until, now + 1) };
  const facts = range === undefined ? [] : factsOf(scene, range, when.kind);
  const { damaged } = past.journal;
  const missing = [...past.missing, ...(damaged === 0 ? [] : [`damaged lines of the journal: ${damaged}`])];
  const isZoneKnown = facts.some((fact) => fact.kind === 'zone' && fact.state !== null);
  const found =
    range !== undefined &&
    (isZoneKnown ||
      facts.some(({ kind }) => kind === 'on' || kind === 'heard' || kind === 'verdict') ||
      (about === 'sensor' && past.history.lines > 0));
  const isPart = !found || facts.some((fact) => fact.kind === 'silence' && fact.at === null);
  const today = facts.some((fact) => (fact.kind === 'verdict' && fact.today) || fact.kind === 'settings');
  const { from, until } = range ?? past.history;
  return { name, about, from, until, found, isPart, today, facts, missing };
}

/** What the facts are taken from. */
type Scene = {
  readonly past: Past;
  /** The sensor that is asked for, or all of the zone. */
  readonly sensors: readonly SensorSettings[];
  /** Undefined where a sensor is asked for. */
  readonly zone: string | undefined;
  readonly spans: readonly ZoneSpan[];
};

type Range = { readonly from: number; readonly until: number };

const historyOf = ({ past }: Scene, alias: string): SensorHistory | undefined =>
  past.history.sensors.find((sensor) => sensor.alias === alias);

const verdictsOf = ({ past }: Scene): readonly VerdictEntry[] =>
  past.journal.entries.filter((entry) => entry.kind === 'verdict');

/** When something happened last: of a zone its last alert or else its last change, of a sensor its last ON or signal. */
function lastOf(scene: Scene, now: number): Range | undefined {
  const { zone, sensors, spans } = scene;
  const at = (instant: number | undefined): Range | undefined =>
    instant === undefined || instant < scene.past.history.from
      ? undefined
      : { from: instant, until: instant + SECOND };
  if (zone !== undefined) {
    const isAlert = (entry: VerdictEntry): boolean => entry.zone === zone && entry.verdict === 'alert';
    const alert = verdictsOf(scene).findLast(isAlert)?.signalAt;
    return at(alert) ?? at(spans.findLast(({ entry }) => entry.zone === zone)?.entry.at);
  }
  const [sensor] = sensors;
  if (sensor === undefined) return undefined;
  const history = historyOf(scene, sensor.alias);
  const main = mainChannelOf(sensor.type);
  const intervals = main === undefined ? undefined : history?.channels[main];
  const last = intervals?.from.at(-1);
  // of what was heard of no more than a minute ago and led to nothing, nothing else is meant
  const heard = history?.signals.at.at(-1);
  return (
    at(last) ??
    at(heard) ??
    (heard === undefined && history === undefined ? undefined : { from: now - 1, until: now })
  );
}

function factsOf(scene: Scene, range: Range, kind: When['kind']): readonly Fact[] {
  const ons = scene.sensors.flatMap((sensor) => onFacts(scene, sensor, range));
  const others =
    scene.zone !== undefined || ons.length > 0
      ? []
      : scene.sensors.flatMap((sensor) => heardFacts(scene, sensor, range));
  const shownOns = ons.slice(0, MOST_FACTS);
  const verdicts = [...ons, ...others.filter((fact) => fact.kind === 'heard')].flatMap(
    (fact) => verdictFact(scene, fact, range) ?? [],
  );
  const aloneVerdicts = zoneVerdicts(scene, range, verdicts);
  const wide = {
    from: Math.min(range.from, ...shownOns.map(({ at }) => at)),
    until: range.until,
  };
  const zones = zoneFacts(scene, kind === 'span' ? range : wide);
  const away = [...gapFacts(scene, range), ...awayFacts(scene, range), ...problemFacts(scene, range)];
  const then = scene.zone === undefined ? settingsFacts(scene, range) : [];
  const shownVerdicts = [...verdicts, ...aloneVerdicts].filter(
    (fact, index) => index < MOST_FACTS || fact.verdict === 'alert',
  );
  const told = [...shownOns, ...others, ...zones, ...shownVerdicts];
  // a span is told as it went
  if (kind === 'span') told.sort((one, other) => instantOf(one) - instantOf(other));
  return [...away, ...told, ...then, conclusion(scene, ons, [...verdicts, ...aloneVerdicts])];
}

const instantOf = (fact: Fact): number => ('at' in fact ? (fact.at ?? -Infinity) : -Infinity);

const orNull = (at: number): number | null => (at === Infinity ? null : at);

type OnFact = Extract<Fact, { readonly kind: 'on' }>;
type HeardFact = Extract<Fact, { readonly kind: 'heard' }>;
type VerdictFact = Extract<Fact, { readonly kind: 'verdict' }>;
type ZoneFact = Extract<Fact, { readonly kind: 'zone' }>;

/** When the main channel of a sensor was ON in the range. */
function onFacts(scene: Scene, { alias, type }: SensorSettings, { from, until }: Range): readonly OnFact[] {
  const main = mainChannelOf(type);
  const history = historyOf(scene, alias);
  const intervals = main === undefined ? undefined : history?.channels[main];
  if (history === undefined || intervals === undefined) return [];
  const facts: OnFact[] = [];
  const { signals } = history;
  for (let index = firstFrom(intervals.to, from); index < intervals.from.length; index += 1) {
    const [at = 0, to = Infinity] = [intervals.from[index], intervals.to[index]];
    if (at >= until) break;
    // an interval that ends where the range begins is not in it
    if (to === from) continue;
    const first = firstFrom(signals.at, at);
    // heyu's own command, or a copy, may stand in the same second
    let by = first;
    while (signals.at[by + 1] === at && signalAt(scene, history, by)?.kept !== null) by += 1;
    const heard = signalAt(scene, history, by);
    let [repeats, lastAt] = [0, at];
    for (
      let next = first + 1;
      (signals.at[next] ?? Infinity) <= Math.min(to, signals.at.at(-1) ?? 0);
      next += 1
    ) {
      if (signalAt(scene, history, next)?.kept !== GOES_ON) continue;
      repeats += 1;
      lastAt = signals.at[next] ?? lastAt;
    }
    const said = signals.at[first] === at && heard !== undefined ? saidOf(heard) : null;
    facts.push({ kind: 'on', alias, type, at, to: orNull(to), said, repeats, lastAt });
  }
  return facts;
}

const saidOf = ({ source, address, says }: SignalKind): Said => ({ source, address, says });

function signalAt({ past }: Scene, { signals }: SensorHistory, index: number): SignalKind | undefined {
  const kind = signals.kind[index];
  return kind === undefined ? undefined : past.history.kinds[kind];
}

/** Signals of the range that led to no ON, those of one kind together; or that there was none. */
function heardFacts(scene: Scene, { alias }: SensorSettings, range: Range): readonly Fact[] {
  const history = historyOf(scene, alias);
  if (history === undefined) return [];
  const { at } = history.signals;
  const [first, end] = [firstFrom(at, range.from), firstFrom(at, range.until)];
  if (first === end) return [silenceFact(alias, at, first, scene.past.history.from)];
  const byKind = new Map<string, HeardFact>();
  for (let index = first; index < end; index += 1) {
    const signal = signalAt(scene, history, index);
    const instant = at[index] ?? 0;
    if (signal === undefined) continue;
    const { kept } = signal;
    const said = saidOf(signal);
    const key = JSON.stringify([said, kept]);
    const before = byKind.get(key);
    byKind.set(key, {
      kind: 'heard',
      alias,
      at: before?.at ?? instant,
      lastAt: instant,
      count: (before?.count ?? 0) + 1,
      said,
      kept,
    });
  }
  return [...byKind.values()];
}

/** Fewer pauses do not make a habit. */
const LEAST_PAUSES = 5;
const MOST_PAUSES = 20;

/** `next`: the first signal after the range. */
function silenceFact(alias: string, at: Float64Array, next: number, lookedFrom: number): Fact {
  const before = at.subarray(Math.max(0, next - MOST_PAUSES - 1), next);
  // a copy on the power line is no habit
  const pauses = [...before].flatMap((instant, index) => {
    const pause = instant - (before[index - 1] ?? NaN);
    return pause > 2 * SECOND ? [pause] : [];
  });
  const middle = pauses.sort((one, other) => one - other)[pauses.length >> 1];
  return {
    kind: 'silence',
    alias,
    at: at[next - 1] ?? null,
    lookedFrom,
    to: at[next] ?? null,
    everyMs: pauses.length >= LEAST_PAUSES ? (middle ?? null) : null,
  };
}

/** The zone of a sensor at an instant: by the settings of that time, if they were written down. */
function zoneAt({ past }: Scene, { alias, zone }: SensorSettings, at: number): string | undefined {
  const then = settingsAt(past.journal, at);
  return then === undefined ? zone : then[alias]?.zone;
}

/** What came of a signal: as it was written down, else as the core says it today. */
function verdictFact(scene: Scene, fact: OnFact | HeardFact, range: Range): VerdictFact | undefined {
  const { alias, at } = fact;
  const end = Math.max(fact.lastAt, at) + SECOND;
  const own = verdictsOf(scene).filter((entry) => entry.alias === alias);
  const within = own.filter(({ signalAt: when }) => when > at - SECOND && when < end);
  const chosen = within.find(({ verdict }) => verdict === 'alert') ?? within.at(-1);
  const inForce = chosen ?? standingVerdict(scene, own, at);
  if (inForce !== undefined) {
    const { zone, verdict, reason } = inForce;
    const judgedAt = chosen?.signalAt ?? at;
    const last = own.findLast((entry) => entry.verdict === 'alert' && entry.signalAt < judgedAt);
    const afterMs = verdict === 'cooldown' && last !== undefined ? judgedAt - last.signalAt : null;
    return { kind: 'verdict', at: judgedAt, alias, zone, verdict, reason, afterMs, today: false };
  }
  const sensor = scene.sensors.find((each) => each.alias === alias);
  const zone = sensor === undefined ? undefined : zoneAt(scene, sensor, at);
  const state = spanAt(scene, zone, at)?.entry.state;
  if (state === 'disarmed' || state === undefined || isAway(scene, at)) return undefined;
  const said = replayedVerdict(scene, alias, at, Math.min(end, range.until));
  if (said === undefined) return undefined;
  return { kind: 'verdict', at, alias, zone: zone ?? null, ...said, afterMs: null, today: true };
}

/** A verdict is written down when it is another one than before: it stands until its zone stands otherwise. */
function standingVerdict(scene: Scene, own: readonly VerdictEntry[], at: number): VerdictEntry | undefined {
  const last = own.findLast(({ signalAt: when }) => when <= at);
  if (last === undefined || last.verdict === 'alert' || last.verdict === 'waiting') return undefined;
  const span = spanAt(scene, last.zone ?? undefined, at);
  return span !== undefined && span.entry.at <= last.at ? last : undefined;
}

/** What the core says of the first judged signal in a span of time, an alert before others. */
function replayedVerdict(
  scene: Scene,
  alias: string,
  from: number,
  until: number,
): Pick<VerdictFact, 'verdict' | 'reason'> | undefined {
  const history = historyOf(scene, alias);
  if (history === undefined) return undefined;
  const { at } = history.signals;
  let found: Pick<VerdictFact, 'verdict' | 'reason'> | undefined;
  for (let index = firstFrom(at, from); (at[index] ?? Infinity) < until; index += 1) {
    const { verdict = null, reason = null } = signalAt(scene, history, index) ?? {};
    if (verdict === null || reason === null) continue;
    if (verdict === 'alert') return { verdict, reason };
    found ??= { verdict, reason };
  }
  return found;
}

/** Verdicts of a zone that belong to no ON that is told already: tampering, panic, what time has brought. */
function zoneVerdicts(
  scene: Scene,
  { from, until }: Range,
  told: readonly VerdictFact[],
): readonly VerdictFact[] {
  return verdictsOf(scene).flatMap((entry): VerdictFact[] => {
    const { alias, signalAt: at, zone, verdict, reason } = entry;
    const isOwn = scene.zone === undefined ? scene.sensors[0]?.alias === alias : zone === scene.zone;
    if (!isOwn || at < from - SECOND || at >= until) return [];
    const isTold = told.some(
      (fact) => fact.alias === alias && fact.verdict === verdict && Math.abs(fact.at - at) < 60 * SECOND,
    );
    return isTold ? [] : [{ kind: 'verdict', at, alias, zone, verdict, reason, afterMs: null, today: false }];
  });
}

const isAway = ({ past }: Scene, at: number): boolean =>
  absences(past.journal).some(({ from, to }) => from <= at && at < to);

/** How a zone stood at an instant. What is stored of a zone does not change while the service does not run. */
function spanAt(scene: Scene, zone: string | undefined, at: number): ZoneSpan | undefined {
  const { spans } = scene;
  const known = spanSeen(scene, zone, at);
  if (known !== undefined || !isAway(scene, at)) return known;
  const before = spans.findLast(({ entry }) => entry.zone === zone && entry.at <= at);
  const after = spans.find(({ entry }) => entry.zone === zone && entry.at > at);
  const isSame = after?.entry.source === 'stored' && after.entry.state === before?.entry.state;
  return isSame ? before : undefined;
}

/** Stamps are whole seconds: what stands at the end of the second counts, but for what a signal itself has led to. */
function spanSeen({ spans }: Scene, zone: string | undefined, at: number): ZoneSpan | undefined {
  return spans.findLast(
    ({ entry, to }) =>
      entry.zone === zone && at < to && entry.at <= (entry.source === 'signal' ? at : at + SECOND),
  );
}

/** How the zones of the range stood at its beginning, and what they became in it. */
function zoneFacts(scene: Scene, { from, until }: Range): readonly Fact[] {
  const { zone, sensors } = scene;
  const [sensor] = sensors;
  const name = zone ?? (sensor === undefined ? undefined : zoneAt(scene, sensor, from));
  if (name === undefined) return sensor === undefined ? [] : [{ kind: 'no_zone', alias: sensor.alias }];
  const first = spanAt(scene, name, from);
  const own = scene.spans.filter(({ entry }) => entry.zone === name && entry.at < until);
  const later =
    first === undefined ? own.filter(({ entry }) => entry.at > from) : own.slice(own.indexOf(first) + 1);
  return [
    zoneFact(scene, name, from, first),
    ...later.map((span) => zoneFact(scene, name, span.entry.at, span)),
  ];
}

function zoneFact({ spans }: Scene, zone: string, at: number, span: ZoneSpan | undefined): ZoneFact {
  const nothing = { state: null, since: null, source: null, by: null, reason: null, was: null };
  if (span === undefined) return { kind: 'zone', zone, at, ...nothing };
  const own = spans.filter(({ entry }) => entry.zone === zone);
  let first = own.indexOf(span);
  // a restart of the service does not change how its zones stand
  while (
    first > 0 &&
    own[first]?.entry.source === 'stored' &&
    own[first - 1]?.entry.state === span.entry.state
  )
    first -= 1;
  const { at: since, state, source, by = null } = own[first]?.entry ?? span.entry;
  const { reason = null, was = null } = span.entry;
  return { kind: 'zone', zone, at, state, since, source, by, reason, was };
}

const overlaps = (at: number, to: number, { from, until }: Range): boolean => at < until && to > from;

function gapFacts({ past }: Scene, range: Range): readonly Fact[] {
  return past.history.gaps
    .filter(({ from, to }) => overlaps(from, to, range))
    .map(({ from, to, reason }) => ({ kind: 'gap', at: from, to: orNull(to), reason }));
}

function awayFacts({ past }: Scene, range: Range): readonly Fact[] {
  return absences(past.journal)
    .filter(({ from, to }) => overlaps(from, to, range))
    .map(({ from, to }) => ({ kind: 'away', at: from, to: orNull(to) }));
}

/** Told as gaps already. */
const GAPS: readonly string[] = ['log_unreadable', 'log_missing', 'heartbeats_missing', 'lines_lost'];

function problemFacts({ past }: Scene, range: Range): readonly Fact[] {
  return problemSpans(past.journal)
    .filter(({ what, from, to }) => !GAPS.includes(what) && overlaps(from, to, range))
    .map(({ words, from, to }) => ({ kind: 'problem', at: from, to: orNull(to), words }));
}

/** What was set otherwise then. */
function settingsFacts({ past, sensors }: Scene, { from }: Range): readonly Fact[] {
  const then = settingsAt(past.journal, from);
  return sensors.flatMap((sensor): Fact[] => {
    const { alias, address, moreUnits, zone, modes, guard, entry, holdMs } = sensor;
    const before = then?.[alias];
    if (before === undefined) return [];
    const units = [address, ...moreUnits].join(' ');
    const pairs: readonly (readonly [string, string, string])[] = [
      ['address', before.address, units],
      ['zone', before.zone ?? 'none', zone ?? 'none'],
      ['modes', before.modes?.join(', ') ?? 'all', modes?.join(', ') ?? 'all'],
      ['guard', before.guard ?? 'default', guard ?? 'default'],
      ['entry', before.entry, entry],
      ['hold', `${before.hold} s`, `${holdMs / SECOND} s`],
    ];
    const others = pairs.filter(([, was, is]) => was !== is);
    if (others.length === 0) return [];
    return [{ kind: 'settings', alias, then: Object.fromEntries(others.map(([key, was]) => [key, was])) }];
  });
}

/** What may still become an alert. */
export const UNDECIDED: ReadonlySet<VerdictKind> = new Set(['waiting', 'entry']);

/** How many alerts there were; null where that cannot be told: an ON in a zone of which nobody knows how it stood. */
function conclusion(scene: Scene, ons: readonly OnFact[], verdicts: readonly VerdictFact[]): Fact {
  const alerts = verdicts.filter(({ verdict }) => verdict === 'alert').length;
  const isKnown = ons.every(({ alias, at }) => {
    const sensor = scene.sensors.find((each) => each.alias === alias);
    const zone = sensor === undefined ? undefined : zoneAt(scene, sensor, at);
    if (zone === undefined && sensor?.guard !== 'always') return true;
    const isJudged = verdicts.some(
      (fact) => fact.alias === alias && fact.at >= at - SECOND && !UNDECIDED.has(fact.verdict),
    );
    return isJudged || isAway(scene, at) || spanAt(scene, zone, at)?.entry.state === 'disarmed';
  });
  const today = verdicts.some((fact) => fact.today);
  return { kind: 'conclusion', alerts: alerts > 0 || isKnown ? alerts : null, today };
}
