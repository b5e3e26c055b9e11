/** Statistics of a house over months: its sensors, zones, unknown senders, and the log itself. */

import type { Counters } from '../bridge/health.js';
import type { CoreSettings } from '../core-settings.js';
import { DAY, HOUR, SECOND } from '../common/duration.js';
import type { GapReason, History, SenderHistory } from '../history/history.js';
import { type Journal, zoneSpans } from '../history/journal.js';
import type { Past } from '../history/past.js';
import { isoAt, timeZone } from '../heyu/time-zone.js';
import { isArmed } from '../security/vocabulary.js';
import type { SensorSettings } from '../sensor/settings.js';
import { Begins } from './begins.js';
import { type Week, weekOf } from './local-time.js';
import { KnownTime, type Sample, sample } from './numbers.js';
import { type ReportScene, wholeDays } from './scene.js';
import { mainIntervals, sensorReport, type SensorReport, type TimeSpan } from './sensor.js';
import { heardSignals } from './signals.js';

/** What journal and log say of a zone. Null where there is no journal. */
export type ZoneReport = {
  readonly zone: string;
  readonly name: string;
  readonly known_hours: number;
  readonly armed_hours: number;
  readonly alerts: number;
  /** In an armed hour; its cases are armed hours. */
  readonly alerts_per_armed_hour: Sample<number>;
  /** Alerts after which the zone was disarmed within 30 s: somebody of the house, most likely. */
  readonly alerts_disarmed_at_once: number;
};

/** A sender without an alias. */
export type SenderReport = {
  readonly sender: string;
  /** heyu's own alias. */
  readonly label: string | null;
  readonly signals: number;
  /** Those that heyu sent itself. */
  readonly own_commands: number;
  readonly first_heard: string;
  readonly last_heard: string;
  readonly week: Sample<Week>;
};

/** What is wrong with the log itself. */
type LogReport = {
  readonly lines: number;
  readonly gaps: readonly (TimeSpan & { readonly reason: GapReason })[];
  readonly counters: Pick<Counters, (typeof SHOWN_COUNTERS)[number]>;
  /** Files and lines that could not be read, in words. */
  readonly missing: readonly string[];
};

const SHOWN_COUNTERS = [
  'unrecognised',
  'noise',
  'orphans',
  'copies',
  'outOfStep',
  'expiredAddresses',
  'stampMismatches',
  'engineStarts',
  'powerFailures',
  'lockups',
  'rfFloods',
  'rfJammings',
] as const satisfies readonly (keyof Counters)[];

/** All statistics. Members may be added, none will change. */
export type Statistics = {
  /** ISO 8601. */
  readonly from: string;
  readonly until: string;
  readonly time_zone: string;
  /** How much of that time the log covers, in days. */
  readonly known_days: number;
  /** heyu does not log what a security sensor repeats (HIDE_UNCHANGED). */
  readonly hides_unchanged: boolean;
  readonly has_location: boolean;
  readonly sensors: readonly SensorReport[];
  /** Null without a journal. */
  readonly zones: readonly ZoneReport[] | null;
  readonly unknown_senders: readonly SenderReport[];
  readonly log: LogReport;
};

/** Works them out. */
export function statisticsOf(
  settings: Pick<CoreSettings, 'sensors' | 'zones' | 'stamp' | 'location'>,
  { history, journal, missing }: Past,
): Statistics {
  const zone = timeZone(settings.stamp.timeZone);
  const known = new KnownTime(history);
  const byAlias = new Map(history.sensors.map((each) => [each.alias, each]));
  const pairs = settings.sensors.flatMap((each) => {
    const past = byAlias.get(each.alias);
    return past === undefined ? [] : [[each, past] as const];
  });
  const hidesUnchanged = hides(pairs, history);
  const days = wholeDays({ known, zone });
  const { kinds } = history;
  const scene: ReportScene = { known, zone, kinds, days, hidesUnchanged, location: settings.location };
  const begins = new Begins(
    new Map(
      pairs
        .filter(([each]) => each.type === 'motion')
        .map(([each, past]) => [each.alias, mainIntervals(past, each).from]),
    ),
  );
  const sensors = pairs.map(([each, past]) => sensorReport(each, past, begins, scene));
  const zones =
    journal.entries.length === 0 ? null : settings.zones.map((each) => zoneReport(each, journal, known));
  const log: LogReport = {
    lines: history.lines,
    gaps: history.gaps
      .filter(({ from, to }) => to > known.from && from < known.until)
      .map(({ from, to, reason }) => {
        const end = Math.min(to, known.until);
        return { from: isoAt(from, zone), to: isoAt(end, zone), seconds: (end - from) / 1000, reason };
      }),
    counters: Object.fromEntries(
      SHOWN_COUNTERS.map((each) => [each, history.counters[each]]),
    ) as LogReport['counters'],
    missing,
  };
  return {
    from: isoAt(known.from, zone),
    until: isoAt(known.until, zone),
    time_zone: zone.name,
    known_days: Math.round((known.lengthMs() / DAY) * 10) / 10,
    hides_unchanged: hidesUnchanged,
    has_location: settings.location !== undefined,
    sensors,
    zones,
    unknown_senders: history.senders
      .filter(({ signals }) => signals.at.length > 0)
      .map((each) => senderReport(each, scene))
      .sort((one, other) => other.signals - one.signals),
    log,
  };
}

/** Each would repeat its Clear as a sign of life, or while somebody moves. */
const LEAST_WITHOUT_REPEAT = 30;

function hides(
  pairs: readonly (readonly [SensorSettings, History['sensors'][number]])[],
  { kinds }: History,
): boolean {
  let signals = 0;
  for (const [each, past] of pairs) {
    if (each.model.protocol !== 'security' || each.model.heartbeatMs === 0) continue;
    const heard = heardSignals(past, kinds, each);
    if (heard.hasRepeats) return false;
    signals += heard.all.length;
  }
  return signals >= LEAST_WITHOUT_REPEAT;
}

const AT_ONCE_MS = 30 * SECOND;

function zoneReport(
  { zone, name }: { readonly zone: string; readonly name: string },
  journal: Journal,
  { from, until }: KnownTime,
): ZoneReport {
  const own = zoneSpans(journal).filter(({ entry }) => entry.zone === zone);
  const hoursIn = (is: (state: (typeof own)[number]['entry']['state']) => boolean): number =>
    own
      .filter(({ entry }) => is(entry.state))
      .reduce(
        (sum, { entry, to }) => sum + Math.max(0, Math.min(to, until) - Math.max(entry.at, from)) / HOUR,
        0,
      );
  const armedHours = hoursIn((state) => state !== 'unknown' && isArmed(state));
  const alerts = journal.entries.filter(
    (entry) =>
      entry.kind === 'verdict' && entry.verdict === 'alert' && entry.zone === zone && entry.at >= from,
  );
  const atOnce = alerts.filter(({ at }) =>
    own.some(({ entry }) => entry.state === 'disarmed' && entry.at > at && entry.at <= at + AT_ONCE_MS),
  );
  return {
    zone,
    name,
    known_hours: tenths(hoursIn((state) => state !== 'unknown')),
    armed_hours: tenths(armedHours),
    alerts: alerts.length,
    alerts_per_armed_hour: sample(Math.floor(armedHours), () => alerts.length / armedHours),
    alerts_disarmed_at_once: atOnce.length,
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

function senderReport(
  { sender, label, signals: { at, kind } }: SenderHistory,
  scene: ReportScene,
): SenderReport {
  const own = kind.filter((number) => {
    const { source = '' } = scene.kinds[number] ?? {};
    return source.startsWith('snd') && source !== 'snda';
  });
  return {
    sender,
    label,
    signals: at.length,
    own_commands: own.length,
    first_heard: isoAt(at[0] ?? 0, scene.zone),
    last_heard: isoAt(at.at(-1) ?? 0, scene.zone),
    week: sample(at.length, () => weekOf(at, scene.zone)),
  };
}
