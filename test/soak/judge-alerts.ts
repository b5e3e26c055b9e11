/** Compares the alerts that the bridge has raised with those that it had to raise. */

import type { Published } from '../support/tap.js';
import {
  WAITING_MS,
  isPermitted,
  isPermittedFor,
  workedSince,
  type Damage,
  type Permitted,
} from './damage.js';
import { iso } from './judge-states.js';
import { BASE, ZONES, zoneTopicOf, type Zone } from './sensors.js';
import { SAME_MS, bySensor, signOf, type SensorEvent } from './signs.js';
import type { Sign, Truth } from './truth.js';

/** What is known of an alert is not known before all of this has passed: the zone may have changed meanwhile. */
const SETTLED_MS = 20_000;

/** So long the source of a zone may take to say that it has an entry delay, or that somebody has disarmed it. */
const ENTRY_MS = 4000;

type Alert = {
  readonly id: string;
  readonly at: string;
  readonly alias: string;
  /** Was the zone known to be armed? */
  readonly verified: boolean;
};

/** From when to when the bridge reached its broker without anything that held it up; Infinity = still. Epoch ms. */
export type Visit = { readonly from: number; readonly to: number };

/**
 * A process died, and all that its disk knew of the zones is what the bridge was told until `knownAt`; `knewAt` is how old
 * that may have been itself, because a connection begins with asking. Epoch ms.
 */
export type Death = { readonly at: number; readonly knewAt: number; readonly knownAt: number };

/** A broker hears of a death within this time. */
const WAY_MS = 100;

type Heard = {
  readonly truth: Truth;
  readonly published: readonly Published[];
  readonly signs: ReadonlyMap<string, readonly Sign[]>;
  readonly damages: readonly Damage[];
  /** Undefined where nobody knows: then they were frequent. */
  readonly visits: readonly Visit[] | undefined;
  readonly deaths: readonly Death[];
  /** From when to when the bridge did not run or stood still, or its clock was set; epoch ms. */
  readonly pauses: readonly Visit[];
  readonly permitted: readonly Permitted[];
};

/** After a connect the state is still being read, and motion waits for it: 5 s at most, and some more for the way. */
const CLEAR_MS = 8000;

/** What is known of the bridge and of a zone that was armed at a motion. */
type Known = Pick<Heard, 'truth' | 'deaths'> & {
  readonly visits: readonly Visit[];
  readonly zone: Zone;
  readonly armedSince: number;
};

/**
 * Was the bridge told that the zone is armed before this motion, which was told at `toldAt`, and how it is at the first
 * connect after it? Otherwise nobody can know whether it was an alert (security-state.md, "Alerts"): the motion says that
 * the zone was unknown.
 */
function isJudged({ truth, deaths, visits, zone, armedSince }: Known, at: number, toldAt: number): boolean {
  const clearTo = ({ from, to }: Visit): number => (to - from > CLEAR_MS ? to : -Infinity);
  const told = visits.findLast(
    (visit) => visit.from + CLEAR_MS <= at && clearTo(visit) >= armedSince + SAME_MS && visit.from <= at,
  );
  // a process that dies while it asks leaves what waits for the answer, and what it was told before, to the next one
  const isLeft = (visit: Visit): boolean =>
    clearTo(visit) < 0 &&
    deaths.some((death) => Math.abs(death.at - visit.to) <= WAY_MS && death.knewAt >= armedSince + SAME_MS);
  if (told === undefined) return false;
  // one that dies before it has raised the alert, and whose disk takes nothing, leaves nobody who knows; a motion is held back
  // from when it was read, which is late while a rotated file may grow
  const isForgotten = deaths.some(
    (death) =>
      told.from <= death.at &&
      death.at <= Math.max(at, toldAt) + ENTRY_MS &&
      death.knewAt < armedSince + SAME_MS,
  );
  if (isForgotten) return false;
  const later = visits.filter(({ to }) => to > at);
  const next = later.find((visit) => !isLeft(visit));
  if (next === undefined || clearTo(next) <= 0) return false;
  return next === later[0] || truth.isArmedThroughout(zone, at, next.from + CLEAR_MS);
}

/**
 * Was the motion before a connect after which the broker did not say how the zone is? A late alert needs a zone that is known
 * to be armed then (security-state.md, "Alerts").
 */
function isUnknownAfter({ visits = [], permitted }: Heard, zone: Zone, at: number): boolean {
  const next = visits.find(({ to }) => to > at);
  if (next === undefined || next.from <= at) return false;
  return [0, CLEAR_MS].some((ms) => isPermittedFor(permitted, next.from + ms, zoneTopicOf(zone), 'zones'));
}

/**
 * Until when a zone has to be armed for a motion of this instant, or one that was read then, to be an alert. It is held back
 * for the source of its zone; a bridge that stands still meanwhile asks the source when it goes on (security-state.md,
 * "Alerts"), and does not know how long it has been so.
 */
function judgedAt({ visits = [], pauses }: Pick<Heard, 'visits' | 'pauses'>, at: number): number {
  const until = at + ENTRY_MS;
  if (!pauses.some(({ from, to }) => from <= until && at <= to)) return until;
  const answers = visits.map(({ from, to }) => ({ at: Math.max(from, at) + CLEAR_MS, to }));
  return answers.find((answer) => answer.at <= answer.to)?.at ?? Infinity;
}

/**
 * What the bridge believes is as old as its last visit in which it was told how the zone is, or as what was on disk when a
 * process died. In a visit that has just begun it may not have been told yet: then the alert is not verified.
 */
function mayBeArmed(heard: Heard, zone: Zone, at: number, isVerified: boolean): boolean {
  const { truth, visits = [] } = heard;
  const last = visits.findLast(
    ({ from, to }) => from <= at && (isVerified ? to : Math.min(to, at)) - from > CLEAR_MS,
  );
  const since = last === undefined ? at : Math.min(last.to, at);
  return (
    truth.mayBeArmed(zone, at, SAME_MS) ||
    truth.mayBeArmed(zone, since, SAME_MS + (at - since)) ||
    mayBeForgotten(heard, zone, at) ||
    isPermittedFor(heard.permitted, at, zoneTopicOf(zone), 'zones')
  );
}

/**
 * The bridge was told that a zone is disarmed, and died before a slow disk had it. When it is told the next time that the
 * zone is armed, it cannot know that it was not so between: a motion of then is an alert, rather one too many.
 */
function mayBeForgotten({ truth, visits = [], deaths }: Heard, zone: Zone, at: number): boolean {
  return deaths.some((death) => {
    const back = visits.find(({ from }) => from >= death.at)?.from ?? Infinity;
    const [middle, half] = [(death.knewAt + death.knownAt) / 2, (death.knownAt - death.knewAt) / 2];
    const isBetween = death.knownAt <= at + SAME_MS && at <= back + CLEAR_MS;
    return isBetween && truth.mayBeArmed(zone, middle, half + SAME_MS);
  });
}

/** What had to be raised and was not: `missing` as long as it may still come, as in `Verdict`. */
type AlertsVerdict = {
  readonly alerts: number;
  readonly dueAlerts: number;
  readonly faults: readonly string[];
  readonly missing: readonly string[];
};

/**
 * No alert without a sign in a zone that may have been armed; and one for each live motion in one that surely was,
 * at once, and not only when the bridge is started again.
 */
export function judgeAlerts(heard: Heard): AlertsVerdict {
  const { published, signs } = heard;
  const faults: string[] = [];
  const ids = new Set<string>();
  const raised: { readonly alert: Alert; readonly acknowledgedAt: number }[] = [];
  for (const zone of ZONES) {
    for (const { topic, payload, acknowledgedAt } of published) {
      if (topic !== `${BASE}/zone/${zone}/alert`) continue;
      const alert = JSON.parse(payload) as Alert;
      const sensor = bySensor.get(alert.alias);
      const at = Date.parse(alert.at);
      const sign =
        sensor === undefined ? undefined : signOf(signs, sensor, alert.id.replace(/\.alert$/, ''), at);
      if (sign === undefined && isPermitted(heard.permitted, at, 'lines')) continue;
      if (sign === undefined) faults.push(`alert for nothing that happened: ${payload}`);
      else if (!mayBeArmed(heard, zone, at, alert.verified))
        faults.push(`alert in a disarmed zone: ${payload}`);
      ids.add(alert.id);
      if (acknowledgedAt !== undefined) raised.push({ alert, acknowledgedAt });
    }
  }
  faults.push(...passedOver(heard));
  const missing: string[] = [];
  const due = dueAlerts(heard);
  for (const { alias, at, id } of due) {
    // while the zone is not known yet, the motions of a sensor wait together for one alert
    const isRaised = raised.some(
      ({ alert, acknowledgedAt }) =>
        alert.alias === alias &&
        acknowledgedAt >= at &&
        (alert.id === `${id}.alert` || Date.parse(alert.at) <= at),
    );
    if (!isRaised) missing.push(`lost: the alert of ${alias} at ${iso(at)} (${id})`);
  }
  return { alerts: ids.size, dueAlerts: due.length, faults, missing };
}

/** A motion that was told with its zone armed: its alert was put into the same line. */
type Told = { readonly id: string; readonly alias: string; readonly zone: Zone; readonly sign: Sign };

/**
 * The line of messages has an order, and what is put into it in one step stays together: when a later motion's alert
 * comes on the connection on which a motion in the same armed zone was told, that motion's own has to have come.
 */
function passedOver(heard: Heard): readonly string[] {
  const { truth, published, signs } = heard;
  const faults: string[] = [];
  const raised = new Set<string>();
  let told: readonly Told[] = [];
  let connection = 0;
  for (const message of published) {
    if (message.connection !== connection) told = [];
    connection = message.connection;
    const zone = ZONES.find((one) => message.topic === `${BASE}/zone/${one}/alert`);
    if (zone === undefined) {
      const one = toldArmed(message, signs);
      const isDue =
        one !== undefined &&
        !raised.has(one.id) &&
        // its alert waits from when it was read, which is late while a rotated file may grow
        truth.isArmedThroughout(
          one.zone,
          one.sign.at,
          judgedAt(heard, Math.max(one.sign.at, message.sentAt)),
        );
      if (isDue) told = [...told, one];
      continue;
    }
    const alert = JSON.parse(message.payload) as Alert;
    const at = Date.parse(alert.at);
    const id = alert.id.replace(/\.alert$/, '');
    raised.add(id);
    const sensor = bySensor.get(alert.alias);
    const sign = sensor === undefined ? undefined : signOf(signs, sensor, id, at);
    const waiting = told.filter((one) => one.id !== id && !(one.alias === alert.alias && at <= one.sign.at));
    const isPassed = (one: Told): boolean =>
      sign !== undefined && one.zone === zone && isBefore(one.sign, sign);
    for (const one of waiting.filter(isPassed)) {
      faults.push(`the alert of ${one.alias} at ${iso(one.sign.at)} (${one.id}) is not raised before ${id}`);
    }
    told = waiting.filter((one) => !isPassed(one));
  }
  return faults;
}

function toldArmed(
  { topic, payload }: Published,
  signs: ReadonlyMap<string, readonly Sign[]>,
): Told | undefined {
  const [base, alias = '', channel] = topic.split('/');
  const sensor = bySensor.get(alias);
  if (base !== BASE || channel !== 'event' || sensor?.zone === undefined) return undefined;
  const { event_type, security, id, at } = JSON.parse(payload) as SensorEvent;
  if (event_type !== 'motion' || security?.startsWith('armed') !== true) return undefined;
  const sign = signOf(signs, sensor, id, Date.parse(at));
  return sign === undefined ? undefined : { id, alias, zone: sensor.zone, sign };
}

/** A line that heyu has written before another one, in the same file or an earlier one. */
function isBefore(one: Sign, other: Sign): boolean {
  return one.content < other.content || (one.content === other.content && one.offset < other.offset);
}

/** The motions for which there has to be an alert. */
function dueAlerts(
  heard: Heard,
): readonly { readonly alias: string; readonly at: number; readonly id: string }[] {
  const { truth, published, damages, visits, permitted, deaths, pauses } = heard;
  const due = new Map<string, { readonly alias: string; readonly at: number; readonly id: string }>();
  for (const { topic, payload, sentAt } of published) {
    const [base, name = '', channel] = topic.split('/');
    const sensor = bySensor.get(name);
    if (base !== BASE || channel !== 'event' || sensor?.zone === undefined) continue;
    const { event_type, security, id, at: text } = JSON.parse(payload) as SensorEvent;
    const at = Date.parse(text);
    const isKnownArmed = event_type === 'motion_missed' && security?.startsWith('armed') === true;
    if (event_type !== 'motion' && !isKnownArmed) continue;
    // without a memory the bridge knows neither what was last known of a zone nor what waited for its state
    const isForgotten = ({ from, to }: Damage): boolean =>
      workedSince(pauses, from, WAITING_MS) <= at && at <= to + SETTLED_MS;
    if (damages.some(isForgotten)) continue;
    if (isPermitted(permitted, at, 'lines', 'events', 'alerts')) continue;
    if (isPermittedFor(permitted, at, `${BASE}/zone/${sensor.zone}/alert`, 'events')) continue;
    if (isPermittedFor(permitted, at, zoneTopicOf(sensor.zone), 'zones')) continue;
    if (isUnknownAfter(heard, sensor.zone, at)) continue;
    const until = Math.max(at + SETTLED_MS, judgedAt(heard, at));
    if (!truth.isArmedThroughout(sensor.zone, at - SETTLED_MS, until)) continue;
    const armedSince = truth.armedSince(sensor.zone, at);
    // what a restored checkpoint knows of the zones is from before, a damaged one knows nothing; who dies asks again
    const restoredAt = Math.max(
      0,
      ...permitted.map(({ what, to }) => (what === 'alerts' && to <= at ? to : 0)),
      ...damages.map(({ to }) => (to <= at ? to : 0)),
    );
    const told = visits?.filter(({ from }) => from >= restoredAt);
    const soon = deaths.filter((death) => at <= death.at && death.at <= at + SETTLED_MS);
    const asked = [at, ...soon.map((death) => death.at + WAY_MS)];
    if (told?.length === 0) continue;
    const known = told && { truth, deaths, visits: told, zone: sensor.zone, armedSince };
    if (known !== undefined && !asked.every((when) => isJudged(known, when, sentAt))) continue;
    due.set(id, { alias: name, at, id });
  }
  return [...due.values()];
}
