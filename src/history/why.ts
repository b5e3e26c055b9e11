/**
 * Why there was an alert, or none: what was heard and what was not, the state of the zone, what the service decided
 * (from its journal) or would decide (from the core, with today's settings). Facts as data, for programs;
 * history/why-words makes sentences of them. Instants are epoch ms.
 */

import { DAY, HOUR, MINUTE, SECOND } from '../common/duration.js';
import type { CoreSettings } from '../core-settings.js';
import { mainChannelOf } from '../sensor/types.js';
import { firstFrom, type Gap } from './history.js';
import { absences, problemSpans, settingsAt, zoneSpans, type VerdictEntry } from './journal.js';
import type { Past, PastRequest } from './past.js';
import type { When } from './when.js';
import { UNDECIDED, type Fact, type OnFact, type VerdictFact, type Why } from './why-facts.js';
import { heardFacts, historyOf, isUnread, onFacts, orNull, type Range, type Scene } from './why-heard.js';
import { groupBy, isAway, spanAt, verdictFact, zoneAt, zoneFacts, zoneVerdicts } from './why-judged.js';

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

/** There are at most this many facts; of those that are left out only alerts are counted. */
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
  const { entries } = past.journal;
  const verdicts = entries.filter((entry) => entry.kind === 'verdict');
  const scene: Scene = {
    past,
    sensors,
    zone: own === undefined ? name : undefined,
    spans: zoneSpans(past.journal),
    verdicts,
    verdictsOf: groupBy(verdicts, ({ alias }) => alias),
    settings: { entries: entries.filter(({ kind }) => kind === 'settings'), damaged: 0 },
    absences: absences(past.journal),
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
  const isPart =
    !found || isUnread(past.history) || facts.some((fact) => fact.kind === 'silence' && fact.at === null);
  const today = facts.some((fact) => (fact.kind === 'verdict' && fact.today) || fact.kind === 'settings');
  const { from, until } = range ?? past.history;
  return { name, about, from, until, found, isPart, today, facts, missing };
}

/** When something happened last: of a zone its last alert or else its last change, of a sensor its last ON or signal. */
function lastOf(scene: Scene, now: number): Range | undefined {
  const { zone, sensors, spans } = scene;
  const at = (instant: number | undefined): Range | undefined =>
    instant === undefined || instant < scene.past.history.from
      ? undefined
      : { from: instant, until: instant + SECOND };
  if (zone !== undefined) {
    const isAlert = (entry: VerdictEntry): boolean => entry.zone === zone && entry.verdict === 'alert';
    const alert = scene.verdicts.findLast(isAlert)?.signalAt;
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
  // a motion continues while its zone is armed, disarmed or triggered
  const wide = {
    from: Math.min(range.from, ...shownOns.map(({ at }) => at)),
    until: Math.max(range.until, ...shownOns.map(({ lastAt }) => lastAt + SECOND)),
  };
  const zones = zoneFacts(scene, kind === 'span' ? range : wide);
  const gaps = gapFacts(scene, range);
  const away = [...gaps, ...awayFacts(scene, range), ...problemFacts(scene, range)];
  const isDark = gaps.length > 0 && zones.some((fact) => fact.kind === 'zone' && fact.state === null);
  const then = scene.zone === undefined ? settingsFacts(scene, range) : [];
  const judged = settled([...verdicts, ...aloneVerdicts]);
  const shownVerdicts = judged.filter((fact, index) => index < MOST_FACTS || fact.verdict === 'alert');
  const told = [...away, ...shownOns, ...others, ...zones, ...shownVerdicts];
  // a span is told as it went
  if (kind === 'span') told.sort((one, other) => instantOf(one) - instantOf(other));
  return [...told, ...then, conclusion(scene, ons, judged, isDark)];
}

/** In the order of their signals; what was not decided yet is left out where the same signal led to an alert. */
function settled(verdicts: readonly VerdictFact[]): readonly VerdictFact[] {
  const alerts = verdicts.filter(({ verdict }) => verdict === 'alert');
  return verdicts
    .filter(
      ({ alias, at, verdict }) =>
        !UNDECIDED.has(verdict) || !alerts.some((alert) => alert.alias === alias && alert.at === at),
    )
    .sort((one, other) => one.at - other.at);
}

const instantOf = (fact: Fact): number => ('at' in fact ? (fact.at ?? -Infinity) : -Infinity);

const overlaps = (at: number, to: number, { from, until }: Range): boolean => at < until && to > from;

function gapFacts({ past }: Scene, range: Range): readonly Fact[] {
  const gaps = past.history.gaps.filter(({ from, to }) => from < to && overlaps(from, to, range));
  const isInside = (gap: Gap, other: Gap): boolean =>
    gap !== other && other.from <= gap.from && gap.to <= other.to;
  return gaps
    .filter((gap) => !gaps.some((other) => isInside(gap, other) && !isInside(other, gap)))
    .map(({ from, to, reason }) => ({
      kind: 'gap',
      at: from === past.history.from ? null : from,
      // where no line was read, the end of the gap is that of the reading
      to: reason === 'no_log' && isUnread(past.history) ? null : orNull(to),
      reason,
    }));
}

/** A restart is so short. */
const RESTART_MS = MINUTE;

/** A restart is told where something was heard meanwhile. */
function awayFacts(scene: Scene, range: Range): readonly Fact[] {
  const isHeard = (from: number, to: number): boolean =>
    scene.sensors.some(({ alias }) => {
      const at = historyOf(scene, alias)?.signals.at ?? NOTHING;
      return firstFrom(at, from) < firstFrom(at, to);
    });
  return scene.absences
    .filter(({ from, to }) => overlaps(from, to, range))
    .filter(({ from, to }) => to - from >= RESTART_MS || isHeard(from, to))
    .map(({ from, to }) => ({ kind: 'away', at: from, to: orNull(to) }));
}

const NOTHING = new Float64Array();

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

/**
 * How many alerts there were; null where that is not known: an ON in a zone whose state was not recorded, or neither
 * what was heard nor that state is known (`isDark`).
 */
function conclusion(
  scene: Scene,
  ons: readonly OnFact[],
  verdicts: readonly VerdictFact[],
  isDark: boolean,
): Fact {
  const alerts = verdicts.filter(({ verdict }) => verdict === 'alert').length;
  const decidedAt = new Map<string, number>();
  for (const { alias, verdict, at } of verdicts)
    if (!UNDECIDED.has(verdict)) decidedAt.set(alias, Math.max(at, decidedAt.get(alias) ?? -Infinity));
  const isKnown = ons.every(({ alias, at }) => {
    const sensor = scene.sensors.find((each) => each.alias === alias);
    const zone = sensor === undefined ? undefined : zoneAt(scene, sensor, at);
    if (zone === undefined && sensor?.guard !== 'always') return true;
    const isJudged = (decidedAt.get(alias) ?? -Infinity) >= at - SECOND;
    return isJudged || isAway(scene, at) || spanAt(scene, zone, at)?.entry.state === 'disarmed';
  });
  const today = verdicts.some((fact) => fact.today);
  return { kind: 'conclusion', alerts: alerts > 0 || (isKnown && !isDark) ? alerts : null, today };
}
