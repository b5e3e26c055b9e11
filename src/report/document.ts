/** A report as it is shown: sections of parts, the same on a terminal and as a page. All words are here. */

import { formatDuration } from '../common/duration.js';
import { counted } from '../common/text.js';
import { dateWords, lengthWords, percent } from './advice.js';
import type { Bin, Pauses } from './hold.js';
import type { Week } from './local-time.js';
import { ENOUGH, type Quartiles, type Sample } from './numbers.js';
import type { Report } from './report.js';
import type { Dusk, Heartbeats, Part as Share, SensorReport, TimeSpan } from './sensor.js';
import type { SenderReport, ZoneReport } from './statistics.js';

/** A number with its name; `mark`: what is told apart from the others. */
export type Bar = { readonly label: string; readonly value: number; readonly mark?: boolean };

/** What a section is made of. */
export type Part =
  /** Something to look at, and what to do. */
  | {
      readonly kind: 'advice';
      readonly about: string;
      readonly problem: string;
      readonly hint: string | null;
    }
  | { readonly kind: 'words'; readonly words: string }
  /** Names and what is said of each. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, words: string])[] }
  | {
      readonly kind: 'table';
      readonly titles: readonly string[];
      readonly rows: readonly (readonly string[])[];
      readonly right: readonly string[];
    }
  | { readonly kind: 'bars'; readonly title: string; readonly bars: readonly Bar[] }
  /** By hour of the day, 0 to 23, and by day of the week, from Monday on. */
  | { readonly kind: 'week'; readonly title: string; readonly week: Week };

/** `folds`: of detail, not to be read by everybody. */
type Section = { readonly title: string; readonly parts: readonly Part[]; readonly folds: boolean };

/** A report. */
export type Document = {
  readonly title: string;
  readonly about: string;
  readonly sections: readonly Section[];
};

/** Puts it into words. */
export function documentOf(report: Report): Document {
  const { from, until, known_days: known, log } = report;
  return {
    title: 'heyu2mqtt report',
    about: `${dateWords(from)} to ${dateWords(until)} (${report.time_zone}), ${known} days of it known, ${counted(log.lines, 'line')}`,
    sections: [
      section('What to look at', adviceParts(report)),
      section('Sensors', [sensorTable(report.sensors)]),
      ...report.sensors.filter(({ signals }) => signals > 0).map((each) => sensorSection(each)),
      section('Zones', zoneParts(report.zones)),
      section('Senders without an alias', senderParts(report.unknown_senders)),
      section('The log', logParts(report)),
    ],
  };
}

const section = (title: string, parts: readonly Part[], folds = false): Section => ({ title, parts, folds });
const words = (text: string): Part => ({ kind: 'words', words: text });

function adviceParts({ advice, log }: Report): readonly Part[] {
  if (log.lines === 0) return [words('the log has no lines')];
  if (advice.length === 0) return [words('nothing, as far as there is enough data')];
  return advice.map(({ about, problem, hint }) => ({ kind: 'advice', about, problem, hint }));
}

/** What a statistic says; how many cases there are where they are too few. */
function told<T>({ cases, value }: Sample<T>, say: (value: T) => string): string {
  return value === null ? `not enough data (${cases} of ${ENOUGH})` : say(value);
}

/** The median, and between what half of all cases are, if that is a range. */
function range({ low, median, high }: Quartiles, say: (value: number) => string, what = ''): string {
  const [least, middle, most] = [say(low), `${say(median)}${what}`, say(high)];
  return least === most ? middle : `${middle} (half of them ${least} to ${most})`;
}
const whole = (value: number): string => `${Math.round(value)}`;
const clock = (value: number): string => formatDuration(Math.round(value) * 1000);

function sensorTable(sensors: readonly SensorReport[]): Part {
  if (sensors.length === 0) return words('none is configured');
  const titles = ['alias', 'model', 'signals', 'a day', 'hold', 'suggested', 'last heard'];
  const rows = sensors.map((each) => [
    each.alias,
    each.model,
    `${each.signals}`,
    each.events_per_day.value === null ? '-' : whole(each.events_per_day.value.median),
    each.type === 'motion' ? clock(each.hold) : '-',
    each.pauses?.value?.suggested_hold == null ? '-' : clock(each.pauses.value.suggested_hold),
    each.last_heard === null ? 'never' : dateWords(each.last_heard),
  ]);
  return { kind: 'table', titles, rows, right: ['signals', 'a day', 'hold', 'suggested'] };
}

function sensorSection(sensor: SensorReport): Section {
  const { alias, name, address, model, week, pauses, zone } = sensor;
  const title = name === alias ? alias : `${alias}: ${name}`;
  const place = [
    address,
    model,
    ...(zone === null ? [] : [`zone ${zone}`]),
    ...(sensor.ignored ? ['ignored'] : []),
  ];
  const histogram = pauses?.value;
  return section(
    `${title} (${place.join(', ')})`,
    [
      { kind: 'facts', rows: factsOf(sensor) },
      ...(week.value === null ? [] : [weekPart(`begins by hour (${week.cases})`, week.value)]),
      ...(histogram == null ? [] : [pausesPart(histogram, pauses?.cases ?? 0)]),
    ],
    true,
  );
}

const weekPart = (title: string, week: Week): Part => ({ kind: 'week', title, week });

type Fact = readonly [name: string, words: string];

/** What is printed for a sensor; null = does not apply to it. */
const SENSOR_FACTS: Readonly<Record<string, (sensor: SensorReport) => string | null>> = {
  signals: ({ signals, last_heard: last }) =>
    last === null ? `${signals}` : `${signals}, last at ${dateWords(last)}`,
  'a day': (sensor) => {
    const { events_per_day: each } = sensor;
    const what = sensor.type === 'motion' ? 'motions' : 'times on';
    return isCounted(sensor)
      ? told(each, (value) => `${range(value, whole, ` ${what}`)}, ${counted(each.cases, 'day')}`)
      : null;
  },
  length: (sensor) => {
    const { length } = sensor;
    return isCounted(sensor)
      ? told(length, (value) => `${range(value, lengthWords)}, ${counted(length.cases, 'case')}`)
      : null;
  },
  pauses: ({ type, pauses }) => (type === 'motion' ? pausesWords(pauses) : null),
  'Off missed': ({ missed_offs: missed }) => partWords(missed, 'motion'),
  way: ({ paths }) => (paths === null ? null : told(paths, (value) => waysWords(value, paths.cases))),
  neighbours: ({ neighbours }) =>
    neighbours.length === 0
      ? null
      : neighbours
          .map((each) => `${each.alias} ${percent(each.share)} after ${lengthWords(each.lag)}`)
          .join(', '),
  'alone at night': ({ alone_at_night: alone }) => partWords(alone, 'motion'),
  'heartbeats missed': ({ heartbeats }) =>
    heartbeats === null ? null : told(heartbeats, (value) => heartbeatWords(value, heartbeats.cases)),
  battery: ({ low_battery_since: since }) => (since === null ? null : `LoBat since ${dateWords(since)}`),
  dusk: ({ dusk }) => (dusk === null ? null : duskWords(dusk)),
  'longest silence': ({ longest_silence: silence }) => (silence === null ? null : spanWords(silence)),
  'silent now': ({ silent_at_end: silent }) =>
    silent === null || silent < DAY_S ? null : lengthWords(silent),
  stuck: ({ stuck }) => (stuck.length === 0 ? null : stuck.slice(0, MOST_STUCK).map(spanWords).join('; ')),
};

const MOST_STUCK = 3;

const isCounted = ({ type }: SensorReport): boolean => type !== 'remote' && type !== 'reading';

function factsOf(sensor: SensorReport): readonly Fact[] {
  return Object.entries(SENSOR_FACTS).flatMap(([name, say]): Fact[] => {
    const said = say(sensor);
    return said === null ? [] : [[name, said]];
  });
}

const partWords = (part: Sample<Share> | null, what: string): string | null =>
  part === null ? null : told(part, ({ share }) => `${percent(share)} of ${counted(part.cases, what)}`);

const spanWords = ({ seconds, from }: TimeSpan): string =>
  `${lengthWords(seconds)}, from ${dateWords(from)} on`;

const WEEKS_SHOWN = 8;

function heartbeatWords({ missed, interval, missed_by_week: weeks }: Heartbeats, cases: number): string {
  const trend = weeks.slice(-WEEKS_SHOWN).map((week) => (week === null ? '?' : percent(week)));
  return `${percent(missed.share)} of ${cases} (every ${lengthWords(interval)}); last weeks: ${trend.join(', ')}`;
}

/** Shorter silence is not printed. */
const DAY_S = 86_400;

function pausesWords(pauses: Sample<Pauses> | null): string {
  if (pauses === null) return 'heyu does not log repeats (HIDE_UNCHANGED)';
  return told(pauses, ({ cut, within, suggested_hold: suggested, early_ends: early }) => {
    if (cut === null || within === null) return `${pauses.cases}; no hold time follows from them`;
    const most = `${within.count} of ${pauses.cases} within a stay (below ${lengthWords(cut)}): median ${lengthWords(within.median)}, 99 % below ${lengthWords(within.p99)}`;
    const hold = suggested === null ? '' : `; suggested hold ${clock(suggested)}`;
    return `${most}${hold}; ${counted(early, 'motion')} ended early`;
  });
}

function waysWords(
  {
    both,
    radio,
    power_line: line,
  }: { readonly both: number; readonly radio: number; readonly power_line: number },
  cases: number,
): string {
  const part = (count: number): string => percent(count / cases);
  return `radio and power line ${part(both)}, radio alone ${part(radio)}, power line alone ${part(line)} of ${counted(cases, 'signal')}`;
}

function duskWords({
  after_sunset: evening,
  after_sunrise: morning,
  days_with_bounces: bounces,
}: Dusk): string {
  const minutes = (value: number): string => `${Math.round(value)} min`;
  const of = (each: Sample<Quartiles>): string => told(each, (value) => range(value, minutes));
  const again = bounces === 0 ? '' : `; dark more than once on ${counted(bounces, 'day')}`;
  return `dark after sunset: ${of(evening)}; light after sunrise: ${of(morning)}${again}`;
}

function pausesPart({ histogram, cut }: Pauses, cases: number): Part {
  const filled = histogram.filter(({ count }) => count > 0);
  const [first, last] = [filled[0], filled.at(-1)];
  const shown = histogram.filter(
    ({ from }) => first !== undefined && last !== undefined && from >= first.from && from <= last.from,
  );
  const bar = ({ from, to, count }: Bin): Bar => ({
    label: `< ${lengthWords(Math.round(to))}`,
    value: count,
    mark: cut !== null && from < cut,
  });
  return { kind: 'bars', title: `pauses between signs (${cases})`, bars: shown.map(bar) };
}

function zoneParts(zones: readonly ZoneReport[] | null): readonly Part[] {
  if (zones === null)
    return [words('not known: the log has nothing about zones, and there is no journal of the service')];
  if (zones.length === 0) return [words('none is configured')];
  const rows = zones.map((each) => [
    each.zone,
    `${each.known_hours} h`,
    `${each.armed_hours} h`,
    `${each.alerts}`,
    told(each.alerts_per_armed_hour, (value) => value.toFixed(3)),
    `${each.alerts_disarmed_at_once}`,
  ]);
  const titles = ['zone', 'known', 'armed', 'alerts', 'an armed hour', 'disarmed within 30 s'];
  return [{ kind: 'table', titles, rows, right: ['known', 'armed', 'alerts'] }];
}

/** Neighbours have many remotes. */
const MOST_SENDERS = 40;

function senderParts(senders: readonly SenderReport[]): readonly Part[] {
  if (senders.length === 0) return [words('none was heard')];
  const rows = senders
    .slice(0, MOST_SENDERS)
    .map((each) => [
      each.sender,
      each.label ?? '-',
      `${each.signals}`,
      `${each.own_commands}`,
      each.week.value === null ? '-' : busiest(each.week.value),
      dateWords(each.last_heard),
    ]);
  const more = senders.length - rows.length;
  const titles = ['sender', 'in heyu', 'signals', 'by heyu', 'most at', 'last heard'];
  return [
    { kind: 'table', titles, rows, right: ['signals', 'by heyu'] },
    ...(more > 0 ? [words(`and ${more} more`)] : []),
  ];
}

/** How often by hour of the day, on all days of the week together. */
export function hoursOf(week: Week): readonly number[] {
  return Array.from({ length: 24 }, (_, hour) => week.reduce((sum, row) => sum + (row[hour] ?? 0), 0));
}

function busiest(week: Week): string {
  const hours = hoursOf(week);
  const hour = hours.indexOf(Math.max(...hours));
  return `${hour} to ${hour + 1} h`;
}

/** What gaps and counters are, in words. */
const GAPS: Readonly<Record<Report['log']['gaps'][number]['reason'], string>> = {
  no_log: 'there is no log',
  heyu_started: 'heyu was started at its end',
  quiet: 'nothing was written',
  rf_flood: 'the receiver was flooded',
  rf_jamming: 'the receiver was jammed',
  interface_lockup: 'the interface was locked up',
  lines_lost: 'lines were lost',
  log_unreadable: 'the log could not be read',
  log_missing: 'the log was missing',
  heartbeats_missing: 'all sensors with heartbeats were silent',
};

const COUNTERS: Readonly<Record<keyof Report['log']['counters'], string>> = {
  unrecognised: 'lines that were not understood',
  noise: 'radio noise',
  orphans: 'functions without an address',
  copies: 'copies over the power line',
  outOfStep: 'lines that are not X10',
  expiredAddresses: 'addresses without a function',
  stampMismatches: 'stamps out of order',
  engineStarts: 'starts of heyu',
  powerFailures: 'power failures of the interface',
  lockups: 'lock-ups of the interface',
  rfFloods: 'floods of the receiver',
  rfJammings: 'jammings of the receiver',
};

const MOST_GAPS = 20;

function logParts({
  log,
  known_days: known,
  hides_unchanged: hides,
  has_location: hasLocation,
}: Report): readonly Part[] {
  const counters = Object.entries(log.counters) as [keyof typeof COUNTERS, number][];
  const rows: Fact[] = [
    ['lines', `${log.lines}, ${known} days`],
    ...counters.filter(([, count]) => count > 0).map(([name, count]): Fact => [COUNTERS[name], `${count}`]),
  ];
  const longest = [...log.gaps].sort((one, other) => other.seconds - one.seconds).slice(0, MOST_GAPS);
  const gaps = longest.map(({ from, seconds, reason }) => [
    dateWords(from),
    lengthWords(seconds),
    GAPS[reason],
  ]);
  return [
    { kind: 'facts', rows },
    ...(gaps.length > 0
      ? [{ kind: 'table' as const, titles: ['not known from', 'for', 'because'], rows: gaps, right: [] }]
      : []),
    ...(log.gaps.length > gaps.length ? [words(`and ${log.gaps.length - gaps.length} shorter gaps`)] : []),
    ...log.missing.map((each) => words(each)),
    ...(hides ? [words('heyu hides what security sensors repeat (HIDE_UNCHANGED)')] : []),
    ...(hasLocation ? [] : [words('dusk is not compared with the sun: location is not set')]),
  ];
}
