/**
 * Decides whether a signal is an alert. Each signal of a sensor is judged, not only the start of a motion
 * (docs/design.md, decision 5), by the state of its zone, now or as soon as that is known. Then what follows: the
 * alert, the latched alarm, the entry delay.
 */

import { SECOND } from '../common/duration.js';
import { enter, trigger } from './owned-zone.js';
import {
  LINK_WAIT_MS,
  ZONELESS,
  isReadAgain,
  mayBecomeKnown,
  alertSourceOf,
  waitingKey,
  zoneOf,
  type Alert,
  type Security,
  type Step,
  type VerdictKind,
  type Waiting,
} from './security.js';
import { startSiren } from './siren.js';
import { isInEntryDelay, outcomeOf, patienceMs } from './source-entry.js';
import { isArmed, type ArmedMode, type SecurityState } from './vocabulary.js';
import { believe, type Belief } from './belief.js';
import { delayIn, emergencyOf, type AlertKind, type SensorSignal, type Truth, type Zone } from './zone.js';

/** So many undelivered alerts are remembered; without a broker none are raised. */
const MOST_UNDELIVERED = 200;

/** A signal before the judge, and what decides over it. */
type Case = {
  readonly zone: Zone;
  readonly signal: SensorSignal;
  readonly belief: Belief;
  /** The instant of this sensor's last alert, undefined = none since the zone was last disarmed. */
  readonly lastAlertAt: number | undefined;
  /** It was heard when the zone was not known, and had to wait. */
  readonly waited: boolean;
  /** It is older than what is known live about the zone: read late, or heard without a connection. */
  readonly afterwards: boolean;
  /** When it was, for a comparison with what is known of the zone: see `instantOf`. */
  readonly instant: number;
  /** The state is certain, and what happened in the zone between the signal and now was seen without a gap. */
  readonly seen: boolean;
};

/** What an alert says of the zone. */
type Grounds = { readonly security: string; readonly verified: boolean };

/** A verdict and its reason, for people. */
type Judgement =
  | ({ readonly verdict: 'alert'; readonly reason: string } & Grounds)
  | {
      readonly verdict: Exclude<VerdictKind, 'alert' | 'entry' | 'waiting' | 'source'>;
      readonly reason: string;
    };

/** What an alert says of its cause. */
export type Cause = Pick<SensorSignal, 'id' | 'at' | 'source'> & {
  readonly kind: AlertKind;
  readonly alias: string | null;
  readonly address: string | null;
};

/** Sets the truth of an owned zone and the deadline of its delay. */
export function setTruth({ security, now }: Omit<Step, 'emit'>, zone: Zone, truth: Truth): void {
  if (zone.truth === truth) return;
  zone.truth = truth;
  zone.delayUntilMono = truth.until === undefined ? undefined : now.mono + (truth.until - now.at);
  security.changed = true;
}

/** The cause of an alert of which no sensor is known; its id is made of the sequence of the truth. */
export function causeOf(zone: Zone, truth: Truth, at: number, source: string): Cause {
  return {
    kind: 'manual',
    id: `${zone.settings.zone}.${truth.sequence}`,
    at,
    source,
    alias: null,
    address: null,
  };
}

function alertIdOf({ id }: Pick<SensorSignal, 'id'>): string {
  return `${id}.alert`;
}

/** Sends an alert. */
export function tell(
  step: Step,
  zone: string | null,
  cause: Cause,
  grounds: Grounds & { readonly late: boolean },
): Alert {
  const { security, emit } = step;
  const { undelivered } = security;
  const { kind, alias, at, address, source } = cause;
  const standing = { security: grounds.security, verified: grounds.verified, late: grounds.late };
  const alert: Alert = { id: alertIdOf(cause), at, kind, zone, alias, address, source, ...standing };
  emit({ kind: 'alert', alert });
  keepForAbsent(step, alert);
  undelivered.set(alert.id, alert);
  const [oldest] = undelivered.keys();
  if (undelivered.size > MOST_UNDELIVERED && oldest !== undefined) undelivered.delete(oldest);
  security.changed = true;
  return alert;
}

/**
 * Sends an alert and latches the alarm; an owned zone is `triggered` from now on. `heldMs`: for so long it was held
 * back by an entry delay.
 */
export function raise(
  step: Step,
  zone: Zone,
  cause: Cause,
  grounds: Grounds,
  { late = false, heldMs = 0 }: { readonly late?: boolean; readonly heldMs?: number } = {},
): void {
  const { security, now } = step;
  const { kind, alias, at } = cause;
  // who came in before, and has the entry delay no longer, has an alert, too
  if (zone.truth?.entry?.id !== cause.id) endEntry(step, zone, grounds.verified);
  const { id } = tell(step, zone.settings.zone, cause, { ...grounds, late });
  if (alias !== null) beginCooldown(security, { alias, kind, at }, zone.settings.zone);
  zone.latch ??= { id, at, alias, kind };
  startSiren(step, zone, { kind, at }, heldMs);
  if (zone.truth !== undefined) setTruth(step, zone, trigger(zone.truth, now.at));
}

/** An alert begins the cool-down of its sensor in its zone; that of an older signal does not cut short one that runs. */
export function beginCooldown(
  { alertedAt }: Security,
  signal: Pick<SensorSignal, 'alias' | 'kind' | 'at'>,
  zone: string | null,
): void {
  const source = alertSourceOf(signal);
  const last = alertedAt.get(source);
  const at = last?.zone === zone ? Math.max(last.at, signal.at) : signal.at;
  alertedAt.set(source, { zone, at });
}

/** So many alerts are kept for those who were not there. */
export const MOST_RECENT = 20;

/**
 * Keeps an alert beside those since the zone was last disarmed, and says that it is new. One that is raised again after
 * a crash stays as it was.
 */
export function keepForAbsent({ security: { recent }, now, emit }: Step, alert: Alert): void {
  const key = alert.zone ?? ZONELESS;
  const before = recent.get(key);
  if (before?.alerts.some(({ id }) => id === alert.id) === true) return;
  const last = Math.max(...[...recent.values()].map(({ alerts }) => alerts.at(-1)?.raised ?? 0));
  const earlier = before === undefined || before.isOver ? [] : before.alerts;
  const raised = { ...alert, raised: Math.max(now.at, last + 1) };
  recent.set(key, { alerts: [...earlier, raised].slice(-MOST_RECENT), isOver: false });
  emit({ kind: 'raised', alert: raised });
}

/** The zone is disarmed: no alarm any more, and no cool-down either; the next alert begins a new list. */
export function clearAlarm(security: Security, zone: Zone): void {
  const recent = security.recent.get(zone.settings.zone);
  if (recent?.isOver === false && emergencyOf(zone) === undefined) {
    security.recent.set(zone.settings.zone, { ...recent, isOver: true });
    security.changed = true;
  }
  if (zone.latch !== undefined) {
    zone.latch = undefined;
    security.changed = true;
  }
  for (const [alias, { zone: name }] of security.alertedAt) {
    if (name !== zone.settings.zone) continue;
    security.alertedAt.delete(alias);
    security.changed = true;
  }
}

/** Tells the verdict over a signal. */
export function judged(
  { emit }: Step,
  { zone, alias, at: signalAt }: SensorSignal,
  verdict: VerdictKind,
  reason: string,
): void {
  emit({ kind: 'judged', zone, alias, signalAt, verdict, reason });
}

/**
 * The instant at which a zone has to have been armed for this signal. What was heard as it happened was at the end of
 * the second of its stamp at the latest, and not after it was read (`readAt`); of what was heard late the earliest
 * instant counts.
 */
function instantOf({ at, earliestAt }: SensorSignal, late: boolean, readAt: number): number {
  return late ? earliestAt : Math.min(at + SECOND, Math.max(at, readAt));
}

/** Within the cool-down after the last alert of this sensor. */
function isCooling({ settings }: Zone, signal: SensorSignal, lastAlertAt: number | undefined): boolean {
  return lastAlertAt !== undefined && Math.abs(signal.at - lastAlertAt) < settings.alertCooldownMs;
}

/** Armed, by these grounds: an alert unless the sensor does not care for this mode, or is within its cool-down. */
function judgeArmed(
  { zone, signal, lastAlertAt }: Case,
  mode: ArmedMode | undefined,
  grounds: Grounds & { readonly reason: string },
): Judgement {
  if (signal.modes !== undefined && mode !== undefined && !signal.modes.includes(mode)) {
    const reason = `armed ${mode}, this sensor counts only for ${signal.modes.join(', ')}`;
    return { verdict: 'mode', reason };
  }
  if (isCooling(zone, signal, lastAlertAt)) {
    const reason = `cool-down of ${Math.round(zone.settings.alertCooldownMs / 1000)} s after an alert`;
    return { verdict: 'cooldown', reason };
  }
  return { verdict: 'alert', ...grounds };
}

function judgeUnknown(
  asked: Case,
  { lastKnown, isForeign }: Pick<Belief, 'lastKnown' | 'isForeign'>,
): Judgement {
  // after a foreign word it may be armed in any way
  const last = !isForeign && lastKnown !== undefined && isArmed(lastKnown.state) ? lastKnown : undefined;
  const grounds = { security: last?.state ?? 'unknown', verified: false };
  switch (asked.zone.settings.onUnknown) {
    case 'annotate':
      return {
        verdict: 'unknown',
        reason: 'the zone is unknown, which is only noted (on_unknown: annotate)',
      };
    case 'alert': {
      const reason = 'the zone is unknown (on_unknown: alert)';
      return judgeArmed(asked, last?.mode, { ...grounds, reason });
    }
    case 'last_known': {
      if (last === undefined && !isForeign)
        return { verdict: 'unknown', reason: 'the zone is unknown and was not armed' };
      // an entry delay that has begun since shows that it was armed all the time
      const wasArmed =
        isInEntryDelay(asked.zone, { lastKnown: last }) && (last?.armedSince ?? Infinity) <= asked.instant;
      if (asked.afterwards && !wasArmed)
        return { verdict: 'late', reason: 'read late, and the zone is unknown now' };
      const reason = isForeign
        ? 'the zone is unknown because its last word was not understood, which is not evidence of disarmed'
        : 'the zone is unknown and was armed when last known';
      return judgeArmed(asked, last?.mode, { ...grounds, reason });
    }
  }
}

/**
 * Judges a signal by what is believed about its zone now. A state that was not there yet at the signal's own instant
 * says nothing about it, however soon afterwards it was read.
 */
function judge(asked: Case): Judgement {
  const { waited, afterwards, instant, seen } = asked;
  const { state, armedSince, mode } = asked.belief;
  if (state === undefined) return judgeUnknown(asked, asked.belief);
  if (state === 'disarmed') return { verdict: 'disarmed', reason: 'zone disarmed' };
  if (state === 'arming') return { verdict: 'arming', reason: 'exit delay: not armed yet' };
  if (armedSince === undefined || armedSince > instant) {
    // how the zone was then is not known, and not armed as far as it was known before
    if (waited && !afterwards) return judgeUnknown(asked, { lastKnown: undefined, isForeign: false });
    return { verdict: 'late', reason: 'read late, and the zone was not armed all the time since' };
  }
  const reason = afterwards ? `read late, zone ${state} before and now` : `zone ${state}`;
  return judgeArmed(asked, mode, { security: state, verified: seen, reason });
}

/**
 * Whether a signal in a zone whose entry delay runs is an alert: it was before the one that has begun it, and has waited for
 * the link until its own delay was over. One of the same sensor that is within its cool-down has no alert beside it.
 */
function outlivesEntry(step: Step, zone: Zone, truth: Truth, signal: SensorSignal, leftMs: number): boolean {
  const { entry } = truth;
  if (entry === undefined || leftMs > 0 || signal.at >= entry.at) return false;
  const isSame = alertSourceOf(entry) === alertSourceOf(signal);
  if (isSame && entry.at - signal.at < zone.settings.alertCooldownMs) {
    setTruth(step, zone, { ...truth, entry: signal });
    judged(step, entry, 'cooldown', 'an earlier signal of this sensor is an alert');
  }
  return true;
}

function act(step: Step, zone: Zone, signal: SensorSignal, judgement: Judgement, late: boolean): void {
  if (judgement.verdict !== 'alert') return judged(step, signal, judgement.verdict, judgement.reason);
  const { now } = step;
  const { truth, settings } = zone;
  if (truth !== undefined && signal.entry === 'delayed' && truth.state !== 'triggered') {
    // an entry while the state was unknown has what is left of the delay
    const leftMs = delayIn(settings.entryDelayMs, truth.mode) - step.security.ageMs(signal.at, now.at);
    if (truth.state === 'pending' && !outlivesEntry(step, zone, truth, signal, leftMs))
      return judged(step, signal, 'entry', 'the entry delay is running');
    if (leftMs > 0) {
      setTruth(step, zone, enter(truth, signal, now.at, leftMs));
      return judged(step, signal, 'entry', `entry delay, ${Math.round(leftMs / 1000)} s left`);
    }
  }
  if (holdsBack(step, zone, signal, judgement, late)) return;
  raise(step, zone, signal, judgement, { late });
  judged(step, signal, 'alert', judgement.reason);
}

/** Holds a signal back if the source of its zone may have, or has begun, an entry delay. */
function holdsBack(step: Step, zone: Zone, signal: SensorSignal, grounds: Grounds, late: boolean): boolean {
  const { security, now } = step;
  const { held, settings } = zone;
  if (signal.guard !== 'armed' || security.link.isAbsent) return false;
  const isTriggerAwaited = settings.kind === 'external' && settings.alertOn === 'triggered';
  if (signal.entry === 'immediate' && !isTriggerAwaited) return false;
  const belief = believe(security, zone);
  const patience = patienceMs(zone, belief);
  if (patience === 0) {
    if (!isTriggerAwaited || belief.state === 'triggered') return false;
    judged(step, signal, 'source', 'the source cannot report triggered now (alert_on: triggered)');
    return true;
  }
  const last = held.findLast((other) => alertSourceOf(other.signal) === alertSourceOf(signal));
  if (last !== undefined && Math.abs(signal.at - last.signal.at) < settings.alertCooldownMs) {
    judged(step, signal, 'entry', 'a signal of this sensor is held back already');
    return true;
  }
  const { security: said, verified } = grounds;
  zone.held = [...held, { signal, security: said, verified, late, sinceMono: now.mono }];
  security.changed = true;
  judged(
    step,
    signal,
    'entry',
    `held back for ${patience / 1000} s at most: the source may have an entry delay`,
  );
  return true;
}

/** Looks again at the signals that are held back. */
export function settleHeld(step: Step, zone: Zone): void {
  const { security, now } = step;
  if (zone.held.length === 0) return;
  const belief = believe(security, zone);
  const isAsked = isReadAgain(step, belief);
  for (const held of zone.held) {
    const { signal, late, sinceMono } = held;
    const outcome = outcomeOf(held, zone, belief, security.link.up, now.mono);
    if (outcome.verdict === 'waiting' || isAsked) continue;
    zone.held = zone.held.filter((other) => other !== held);
    security.changed = true;
    if (outcome.verdict === 'alert') {
      const grounds = { security: held.security, verified: outcome.verified };
      raise(step, zone, signal, grounds, { late, heldMs: now.mono - sinceMono });
    }
    judged(step, signal, outcome.verdict, outcome.reason);
  }
}

/** It was not armed yet at this signal, so it is never an alert. */
function isBeforeArming(signal: SensorSignal, { armedSince }: Belief): boolean {
  return armedSince !== undefined && signal.earliestAt < armedSince;
}

/**
 * The last alert of a sensor in its zone, unless that was armed again since: what it was before a crash may be older.
 */
function lastAlertAt(
  { alertedAt }: Security,
  signal: SensorSignal,
  { armedSince }: Belief,
): number | undefined {
  const last = alertedAt.get(alertSourceOf(signal));
  const at = last?.zone === signal.zone ? last.at : undefined;
  // stamps of the log are whole seconds
  return at !== undefined && armedSince !== undefined && at + SECOND <= armedSince ? undefined : at;
}

/**
 * It was read late, or it was before the zones were asked for last: what has happened in the zone between has not been
 * seen live.
 */
function isAfterwards({ security: { link }, now }: Step, { at, late }: SensorSignal): boolean {
  return late || (link.up !== undefined && at + SECOND <= now.at - (now.mono - link.up.askedMono));
}

/** Keeps a signal until the state of its zone is known. */
function keepWaiting(
  step: Step,
  zone: Zone,
  signal: SensorSignal,
  belief: Belief,
  afterwards: boolean,
): void {
  const { security, now } = step;
  if (security.isDelivered(alertIdOf(signal))) {
    // what comes after it must not wait behind it for an alert that is not sent again
    beginCooldown(security, signal, signal.zone);
    return judged(step, signal, 'alert', 'its alert was delivered before');
  }
  const first = afterwards || security.link.up === undefined ? 'gap' : 'first';
  const waits = security.waiting.get(waitingKey(signal, first))?.signal;
  const isFirst =
    waits === undefined ||
    isBeforeArming(waits, belief) ||
    isCooling(zone, waits, lastAlertAt(security, waits, belief)) ||
    security.isDelivered(alertIdOf(waits));
  if (!isFirst && first === 'gap')
    return judged(step, signal, 'waiting', 'a signal of this sensor is already waiting');
  const kind = isFirst ? first : 'last';
  const untilMono = now.mono + LINK_WAIT_MS;
  const key = waitingKey(signal, kind);
  // one that takes the place of another comes after those that have waited before it
  security.waiting.delete(key);
  security.waiting.set(key, { signal, kind, readAt: now.at, untilMono });
  security.changed = true;
  judged(step, signal, 'waiting', 'the zone is not known yet');
}

/**
 * Judges a signal now, or keeps it until the state of its zone is known. `waited`: it has waited for that.
 */
export function judgeSignal(step: Step, zone: Zone, signal: SensorSignal, waited?: Waiting): void {
  // who tampers with a sensor that is bypassed tampers all the same
  if (zone.silenced.includes(signal.alias) && signal.kind !== 'tamper')
    return judged(step, signal, 'bypassed', 'it is bypassed until the zone is disarmed');
  const { security, now } = step;
  const belief = believe(security, zone);
  const afterwards = waited?.kind === 'gap' || isAfterwards(step, signal);
  if (mayBecomeKnown(step, belief, afterwards, waited?.untilMono ?? Infinity))
    return keepWaiting(step, zone, signal, belief, afterwards);
  const instant = instantOf(signal, afterwards, waited?.readAt ?? now.at);
  const judgement = judge({
    zone,
    signal,
    belief,
    lastAlertAt: lastAlertAt(security, signal, belief),
    waited: waited !== undefined,
    afterwards,
    instant,
    seen: belief.verified && (zone.settings.kind === 'owned' || instant >= security.link.unseenUntil),
  });
  act(step, zone, signal, judgement, afterwards);
}

/**
 * Judges what has been waiting, as far as it can be judged now, in the order in which it was: the entry delay of a later
 * signal must not swallow an earlier one.
 */
export function judgeWaiting(step: Step): void {
  const { security } = step;
  const inOrder = [...security.waiting].sort(([, one], [, other]) => one.signal.at - other.signal.at);
  for (const [key, waited] of inOrder) {
    const { signal, kind, untilMono } = waited;
    const zone = zoneOf(security, signal);
    if (zone !== undefined && mayBecomeKnown(step, believe(security, zone), kind === 'gap', untilMono))
      continue;
    security.waiting.delete(key);
    security.changed = true;
    if (zone !== undefined) judgeSignal(step, zone, signal, waited);
  }
}

/** An alarm ends the entry delay, if one is running. */
export function endEntry(step: Step, zone: Zone, verified: boolean): void {
  const { truth } = zone;
  if (truth?.state === 'pending' && truth.entry !== undefined) finishEntry(step, zone, truth, verified);
}

/** The entry delay is over without a disarm. */
export function finishEntry(step: Step, zone: Zone, truth: Truth, verified: boolean): void {
  const { entry, mode, state, until } = truth;
  const grounds = { security: mode === undefined ? state : `armed_${mode}`, verified };
  // what is stored of the signal may have been damaged, the alarm is not lost with it
  const cause = entry ?? causeOf(zone, truth, step.now.at, 'entry delay');
  raise(step, zone, cause, grounds, { heldMs: Math.max(0, (until ?? cause.at) - cause.at) });
  if (entry !== undefined) judged(step, entry, 'alert', 'its entry delay has ended without a disarm');
}

/** What a sensor's event may say of a zone: only what has been so since the signal's own instant. */
export function securityAt(
  step: Step,
  zone: Zone,
  signal: SensorSignal,
): { readonly security: SecurityState | 'unknown'; readonly verified: boolean } {
  const { state, verified, armedSince, since } = believe(step.security, zone);
  const begun = state !== undefined && isArmed(state) ? armedSince : since;
  const instant = instantOf(signal, isAfterwards(step, signal), step.now.at);
  if (state === undefined || begun === undefined || begun > instant) {
    return { security: 'unknown', verified: false };
  }
  return { security: state, verified };
}
