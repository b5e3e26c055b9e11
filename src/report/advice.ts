/**
 * Conclusions from the statistics: one sentence for each thing to look at, and what to do about it. Rules are a table.
 */

import { DAY, SECOND, formatDuration } from '../common/duration.js';
import { counted } from '../common/text.js';
import type { Part, SensorReport } from './sensor.js';
import type { SenderReport, Statistics, ZoneReport } from './statistics.js';

/** A piece of advice. */
export type Advice = {
  /** Alias, zone, sender, or `log`. */
  readonly about: string;
  /** Which rule gave it: a name for programs. */
  readonly rule: string;
  readonly problem: string;
  readonly hint: string | null;
};

type Said = { readonly problem: string; readonly hint?: string };
type Rules<Of> = Readonly<Record<string, (of: Of) => Said | undefined>>;

const seconds = (value: number): string => formatDuration(Math.round(value) * SECOND);
const days = (value: number): string => counted(Math.round((value * SECOND) / DAY), 'day');
/** `38 %`. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
const partWords = ({ count, share }: Part, cases: number, what: string): string =>
  `${count} of ${counted(cases, what)} (${percent(share)})`;

/** So much longer than ever before is not the holiday of somebody. */
const SILENT_TIMES = 3;
const SILENT_LEAST_S = (3 * DAY) / SECOND;

/** More of its Offs, or of its copies, are not to be lost. */
const MANY_LOST = 0.2;

/** More early ends than this are worth a change. */
const LEAST_EARLY = 10;
const MANY_EARLY = 0.05;

const MANY_MISSED_HEARTBEATS = 0.3;
const RISING = 2;
const LEAST_RISING = 0.1;

const OF_SENSORS: Rules<SensorReport> = {
  silent({ silent_at_end: silent, longest_silence: longest, signals }) {
    const before = longest?.seconds ?? 0;
    if (silent === null || signals < 2 || silent < Math.max(SILENT_LEAST_S, SILENT_TIMES * before)) return;
    return {
      problem: `not heard for ${days(silent)}; the longest silence before was ${lengthWords(before)}`,
      hint: 'look at its battery, or whether it is still where it was',
    };
  },
  stuck({ stuck }) {
    const [first] = stuck;
    if (first === undefined) return;
    const times = stuck.length === 1 ? '' : `, and ${stuck.length - 1} more times`;
    return {
      problem: `motion for ${lengthWords(first.seconds)} from ${dateWords(first.from)} on${times}`,
      hint: 'something moves there all the time, or its Off was lost and another sender uses its address',
    };
  },
  low_battery({ low_battery_since: since }) {
    if (since === null) return;
    return { problem: `reports LoBat since ${dateWords(since)}`, hint: 'change its battery' };
  },
  missed_heartbeats({ heartbeats }) {
    if (heartbeats?.value == null) return;
    const { missed, missed_by_week: all } = heartbeats.value;
    const weeks = all.filter((week) => week !== null);
    const half = Math.floor(weeks.length / 2);
    const [early, late] = [mean(weeks.slice(0, half)), mean(weeks.slice(-half))];
    const isRising = half > 0 && late > RISING * early && late > LEAST_RISING;
    if (!isRising && missed.share <= MANY_MISSED_HEARTBEATS) return;
    const trend = isRising ? `, from ${percent(early)} to ${percent(late)} in the later half` : '';
    return {
      problem: `missed ${partWords(missed, heartbeats.cases, 'heartbeat')}${trend}`,
      hint: 'its battery gets weak, or its radio does not reach the receiver',
    };
  },
  missed_offs({ missed_offs: missed }) {
    if (missed?.value == null || missed.value.share <= MANY_LOST) return;
    return {
      problem: `no Off was heard for ${partWords(missed.value, missed.cases, 'motion')}`,
      hint: 'signals collide, or the radio is weak: move the receiver or transceiver, or shorten hold',
    };
  },
  hold_too_short(sensor) {
    const pauses = sensor.pauses?.value;
    if (pauses?.suggested_hold == null) return;
    const { early_ends: early, early_ends_covered: covered, suggested_hold: suggested } = pauses;
    if (early < LEAST_EARLY || early < MANY_EARLY * sensor.events || covered * 2 < early) return;
    const off = sensor.ends_with === 'sensor' ? ' --off hold' : '';
    return {
      problem: `${counted(early, 'motion')} ended while somebody was there; hold ${seconds(suggested)} would have covered ${covered} of them (now ${nowWords(sensor)})`,
      hint: `heyu2mqtt alias set ${sensor.alias} --hold ${seconds(suggested)}${off}`,
    };
  },
  hold_too_long(sensor) {
    const { alias, hold, pauses, ends_with: end, missed_offs: missed } = sensor;
    const suggested = pauses?.value?.suggested_hold;
    if (suggested == null || suggested * 2 > hold) return;
    // the hold time matters little while each Off arrives
    if (end === 'sensor' && (missed?.value?.share ?? 0) <= MANY_LOST) return;
    return {
      problem: `hold ${seconds(suggested)} covers 99 % of the pauses (now ${nowWords(sensor)}): motion would end sooner`,
      hint: `heyu2mqtt alias set ${alias} --hold ${seconds(suggested)}`,
    };
  },
  weak_power_line({ paths }) {
    if (paths?.value == null || paths.value.both === 0) return;
    const share = paths.value.radio / paths.cases;
    if (share <= MANY_LOST) return;
    return {
      problem: `${percent(share)} of ${counted(paths.cases, 'signal')} arrived by radio alone`,
      hint: 'the power line to heyu is weak: another socket for the transceiver, or a phase coupler',
    };
  },
  weak_radio({ paths }) {
    if (paths?.value == null || paths.value.both === 0) return;
    const share = paths.value.power_line / paths.cases;
    if (share <= MANY_LOST) return;
    return {
      problem: `${percent(share)} of ${counted(paths.cases, 'signal')} arrived over the power line alone`,
      hint: "the radio to heyu's receiver is weak: move the receiver or its antenna",
    };
  },
  alone_at_night({ alone_at_night: alone }) {
    if (alone?.value == null || alone.value.share < 0.8) return;
    return {
      problem: `${partWords(alone.value, alone.cases, 'motion')} between 0 and 5 o'clock came while no other sensor saw anything`,
      hint: 'heating, a pet, or sun and wind at a window: turn it away, or leave it out of the alarm at night (modes)',
    };
  },
  dusk_varies({ dusk }) {
    const evening = dusk?.after_sunset.value;
    if (evening == null || evening.high - evening.low <= 60) return;
    return {
      problem: `on half of the days it reports dark between ${Math.round(evening.low)} and ${Math.round(evening.high)} min after sunset`,
      hint: 'a lamp or a shadow decides, not the sun',
    };
  },
  dusk_bounces({ dusk }) {
    if (dusk === null || dusk.days_with_bounces < 10) return;
    return {
      problem: `it got dark more than once on ${counted(dusk.days_with_bounces, 'day')}`,
      hint: 'a lamp shines on it; or its dusk unit is the address of another motion sensor',
    };
  },
};

const OF_ZONES: Rules<ZoneReport> = {
  disarmed_at_once({ alerts, alerts_disarmed_at_once: atOnce }) {
    if (atOnce < 3 || atOnce * 2 < alerts) return;
    return {
      problem: `${atOnce} of ${counted(alerts, 'alert')} ended with a disarm within 30 s: a resident came in`,
      hint: 'a longer entry_delay, or entry: delayed for the sensors on the way to the panel',
    };
  },
};

/** What is heard now and then is a neighbour's, and needs no name. */
const LEAST_HEARD = 30;

const OF_SENDERS: Rules<SenderReport> = {
  unknown({ signals, own_commands: own, last_heard: last }) {
    if (signals - own < LEAST_HEARD) return;
    return {
      problem: `has no alias, and was heard ${signals - own} times, last at ${dateWords(last)}`,
      hint: "a neighbour's, a forgotten remote, or a sensor of yours: heyu2mqtt alias learn",
    };
  },
};

const MANY_GAPS = 0.05;
/** Less is not worth a look, and `known_days` is rounded. */
const LEAST_GAPS_DAYS = 0.1;
const MANY_MISFITS = 20;

const OF_LOG: Rules<Statistics> = {
  hides_unchanged({ hides_unchanged: hides }) {
    if (!hides) return;
    return {
      problem: 'heyu does not log what security sensors repeat: pauses and heartbeats are not known',
      hint: 'write HIDE_UNCHANGED NO into its configuration',
    };
  },
  gaps({ known_days: known, from, until }) {
    const all = (Date.parse(until) - Date.parse(from)) / DAY;
    const missing = all - known;
    if (missing < LEAST_GAPS_DAYS || missing <= MANY_GAPS * all) return;
    return {
      problem: `nothing is known of ${missing.toFixed(1)} of ${all.toFixed(all < 10 ? 1 : 0)} days`,
      hint: 'the gaps below give the reasons',
    };
  },
  stamps({ log: { counters } }) {
    if (counters.stampMismatches < MANY_MISFITS) return;
    return {
      problem: `${counters.stampMismatches} stamps do not fit their order`,
      hint: 'look at heyu.timezone and heyu.date_format',
    };
  },
};

/** All advice, in the order of the report. */
export function adviceOf(statistics: Statistics): readonly Advice[] {
  const { sensors, zones, unknown_senders: senders } = statistics;
  return [
    ...sensors.filter(({ ignored }) => !ignored).flatMap((each) => applied(OF_SENSORS, each, each.alias)),
    ...(zones ?? []).flatMap((each) => applied(OF_ZONES, each, each.zone)),
    ...senders.flatMap((each) => applied(OF_SENDERS, each, each.label ?? each.sender)),
    ...applied(OF_LOG, statistics, 'log'),
  ];
}

function applied<Of>(rules: Rules<Of>, of: Of, about: string): readonly Advice[] {
  return Object.entries(rules).flatMap(([rule, say]): Advice[] => {
    const said = say(of);
    return said === undefined ? [] : [{ about, rule, problem: said.problem, hint: said.hint ?? null }];
  });
}

const nowWords = ({ hold, ends_with: end }: SensorReport): string =>
  `${seconds(hold)}${end === 'sensor' ? ', or its Off' : ''}`;

/** `26 h`, `4 days`. */
export function lengthWords(length: number): string {
  if (length < 120) return `${Math.round(length * 10) / 10} s`;
  if (length < 7200) return `${Math.round(length / 60)} min`;
  return length < 172_800 ? `${Math.round(length / 3600)} h` : days(length);
}

/** `2026-11-22 15:04` of an ISO time. */
export const dateWords = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
