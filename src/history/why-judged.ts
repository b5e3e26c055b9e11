/**
 * The states of zones in a range of time, and the verdicts over signals: from the journal, else from the core with
 * today's settings.
 */

import { MINUTE, SECOND } from '../common/duration.js';
import type { SensorSettings } from '../sensor/settings.js';
import { firstFrom } from './history.js';
import { settingsAt, type VerdictEntry, type ZoneSource, type ZoneSpan } from './journal.js';
import type { Fact, HeardFact, OnFact, VerdictFact, ZoneFact } from './why-facts.js';
import { historyOf, signalAt, type Range, type Scene } from './why-heard.js';

/** By what each is about, in the same order. */
export function groupBy<Each>(all: readonly Each[], keyOf: (each: Each) => string): Map<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group === undefined) groups.set(keyOf(each), [each]);
    else group.push(each);
  }
  return groups;
}

/** The zone of a sensor at an instant: by the settings of that time, if they were written down. */
export function zoneAt({ settings }: Scene, { alias, zone }: SensorSettings, at: number): string | undefined {
  const then = settingsAt(settings, at);
  return then === undefined ? zone : then[alias]?.zone;
}

/** What came of a signal: as it was written down, else as the core says it today. */
export function verdictFact(scene: Scene, fact: OnFact | HeardFact, range: Range): VerdictFact | undefined {
  const { alias, at } = fact;
  const end = Math.max(fact.lastAt, at) + SECOND;
  const own = scene.verdictsOf.get(alias) ?? [];
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
export function zoneVerdicts(
  scene: Scene,
  { from, until }: Range,
  told: readonly VerdictFact[],
): readonly VerdictFact[] {
  const toldOf = groupBy(told, ({ alias, verdict }) => `${alias} ${verdict}`);
  return scene.verdicts.flatMap((entry): VerdictFact[] => {
    const { alias, signalAt: at, zone, verdict, reason } = entry;
    const isOwn = scene.zone === undefined ? scene.sensors[0]?.alias === alias : zone === scene.zone;
    if (!isOwn || at < from - SECOND || at >= until) return [];
    const same = toldOf.get(`${alias} ${verdict}`) ?? [];
    const isTold = same.some((fact) => Math.abs(fact.at - at) < 60 * SECOND);
    return isTold ? [] : [{ kind: 'verdict', at, alias, zone, verdict, reason, afterMs: null, today: false }];
  });
}

/** What the bridge itself had of its zones. */
const OWN: ReadonlySet<ZoneSource> = new Set(['stored', 'new']);

/** The service did not run. */
export const isAway = ({ absences }: Scene, at: number): boolean =>
  absences.some(({ from, to }) => from <= at && at < to);

/** How a zone stood at an instant. What is stored of a zone does not change while the service does not run. */
export function spanAt(scene: Scene, zone: string | undefined, at: number): ZoneSpan | undefined {
  const { spans } = scene;
  const known = spanSeen(scene, zone, at);
  if (known !== undefined || !isAway(scene, at)) return known;
  const before = spans.findLast(({ entry }) => entry.zone === zone && entry.at <= at);
  const after = spans.find(({ entry }) => entry.zone === zone && entry.at > at);
  const isSame = OWN.has(after?.entry.source ?? 'none') && after?.entry.state === before?.entry.state;
  return isSame ? before : undefined;
}

/** Stamps are whole seconds: what stands at the end of the second counts, but for what a signal itself has led to. */
function spanSeen({ spans }: Scene, zone: string | undefined, at: number): ZoneSpan | undefined {
  // they are in the order of time, and a month has thousands: the first that begins too late is found by halves
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.entry.at ?? Infinity) <= at + SECOND) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; index >= 0; index -= 1) {
    const span = spans[index];
    if (span?.entry.zone !== zone || (span?.entry.source === 'signal' && span.entry.at > at)) continue;
    if (span !== undefined && at < span.to) return span;
    // those before it ended when it began, or earlier
    if (span !== undefined && span.entry.at <= at) return undefined;
  }
  return undefined;
}

/** How the zones of the range stood at its beginning, and what they became in it. */
export function zoneFacts(scene: Scene, { from, until }: Range): readonly Fact[] {
  const { zone, sensors } = scene;
  const [sensor] = sensors;
  const name = zone ?? (sensor === undefined ? undefined : zoneAt(scene, sensor, from));
  if (name === undefined) return sensor === undefined ? [] : [{ kind: 'no_zone', alias: sensor.alias }];
  const first = spanAt(scene, name, from);
  const own = lasting(scene, name);
  const later = own.filter((span) => span.entry.at > (first?.entry.at ?? from) && span.entry.at < until);
  const facts = [
    zoneFact(own, name, from, first),
    ...later.map((span) => zoneFact(own, name, span.entry.at, span)),
  ];
  // what goes on after a restart is told once
  return facts.filter(
    ({ state, since }, index) =>
      state === null ||
      since === null ||
      facts.findIndex((each) => each.state === state && each.since === since) === index,
  );
}

/** A service that was started again connects so soon after it. */
const RECONNECT_MS = MINUTE;

/** The spans of a zone, but for those in which it was unknown only because the service was just started again. */
function lasting({ spans, past }: Scene, zone: string): readonly ZoneSpan[] {
  const starts = past.journal.entries.filter(({ kind }) => kind === 'start');
  const isBrief = ({ entry: { state, at }, to }: ZoneSpan): boolean =>
    state === 'unknown' &&
    to - at < RECONNECT_MS &&
    starts.some((start) => start.at <= at && at < start.at + RECONNECT_MS);
  return spans.filter((span) => span.entry.zone === zone && !isBrief(span));
}

/** Where the state is from that a zone already had. */
const KEPT: ReadonlySet<ZoneSource> = new Set([...OWN, 'retained', 'members']);

function zoneFact(own: readonly ZoneSpan[], zone: string, at: number, span: ZoneSpan | undefined): ZoneFact {
  const nothing = { state: null, since: null, source: null, by: null, reason: null, was: null };
  if (span === undefined) return { kind: 'zone', zone, at, ...nothing };
  let first = own.indexOf(span);
  // a restart of the service does not change how its zones stand
  while (
    first > 0 &&
    KEPT.has(own[first]?.entry.source ?? 'none') &&
    own[first - 1]?.entry.state === span.entry.state
  )
    first -= 1;
  const { at: since, state, source, by = null } = own[first]?.entry ?? span.entry;
  const { reason = null, was = null } = span.entry;
  return { kind: 'zone', zone, at, state, since, source, by, reason, was };
}
