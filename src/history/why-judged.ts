/** How zones stood in a range of time, and what came of signals there: by the journal, else by the core of today. */

import { SECOND } from '../common/duration.js';
import type { SensorSettings } from '../sensor/settings.js';
import { firstFrom } from './history.js';
import { absences, settingsAt, type VerdictEntry, type ZoneSpan } from './journal.js';
import type { Fact, HeardFact, OnFact, VerdictFact, ZoneFact } from './why-facts.js';
import { historyOf, signalAt, type Range, type Scene } from './why-heard.js';

/** The verdicts that were written down. */
export const verdictsOf = ({ past }: Scene): readonly VerdictEntry[] =>
  past.journal.entries.filter((entry) => entry.kind === 'verdict');

/** The zone of a sensor at an instant: by the settings of that time, if they were written down. */
export function zoneAt({ past }: Scene, { alias, zone }: SensorSettings, at: number): string | undefined {
  const then = settingsAt(past.journal, at);
  return then === undefined ? zone : then[alias]?.zone;
}

/** What came of a signal: as it was written down, else as the core says it today. */
export function verdictFact(scene: Scene, fact: OnFact | HeardFact, range: Range): VerdictFact | undefined {
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
export function zoneVerdicts(
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

/** The service did not run. */
export const isAway = ({ past }: Scene, at: number): boolean =>
  absences(past.journal).some(({ from, to }) => from <= at && at < to);

/** How a zone stood at an instant. What is stored of a zone does not change while the service does not run. */
export function spanAt(scene: Scene, zone: string | undefined, at: number): ZoneSpan | undefined {
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
export function zoneFacts(scene: Scene, { from, until }: Range): readonly Fact[] {
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
