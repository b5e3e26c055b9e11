/**
 * Is motion an alert? Judged at each signal of a sensor, not at the start of a motion (docs/design.md, decision 5),
 * against what is believed about its zone, now or as soon as that is known. Then what follows: the alert, the latched
 * alarm, the entry delay.
 */

import { SECOND } from '../common/duration.js';
import { enter, trigger } from './owned-zone.js';
import {
  mayBecomeKnown,
  waitingKey,
  type Alert,
  type Security,
  type Step,
  type VerdictKind,
  type Waiting,
} from './security.js';
import { isArmed, type ArmedMode, type SecurityState } from './vocabulary.js';
import { believe, type Belief, type Memory, type Motion, type Truth, type Zone } from './zone.js';

/** So many undelivered alerts are remembered; without a broker none are raised. */
const MOST_UNDELIVERED = 200;

/** A motion before the judge, and what decides over it. */
type Case = {
  readonly zone: Zone;
  readonly motion: Motion;
  readonly belief: Belief;
  /** The instant of this sensor's last alert, undefined = none since the zone was last disarmed. */
  readonly lastAlertAt: number | undefined;
  /** It was heard when the zone was not known, and had to wait. */
  readonly waited: boolean;
  /** It is older than what can be told of the zone live: read late, or heard without a link. */
  readonly afterwards: boolean;
  /** When it was, for a comparison with what is known of the zone: see `instantOf`. */
  readonly instant: number;
  /** What happened in the zone between the motion and now was seen without a gap. */
  readonly seen: boolean;
};

/** What an alert says of the zone. */
type Grounds = { readonly security: string; readonly verified: boolean };

/** A verdict and its reason, for people. */
type Judgement =
  | ({ readonly verdict: 'alert'; readonly reason: string } & Grounds)
  | { readonly verdict: Exclude<VerdictKind, 'alert' | 'entry' | 'waiting'>; readonly reason: string };

/** What an alert says of its cause. */
export type Cause = Pick<Motion, 'id' | 'at' | 'source'> & {
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

/** The cause of an alert that no sensor has raised; its id is made of the sequence of the truth. */
export function causeOf(zone: Zone, truth: Truth, at: number, source: string): Cause {
  return { id: `${zone.settings.zone}.${truth.sequence}`, at, source, alias: null, address: null };
}

function alertIdOf({ id }: Pick<Motion, 'id'>): string {
  return `${id}.alert`;
}

/** Sends an alert and latches the alarm; an owned zone is `triggered` from now on. */
export function raise(step: Step, zone: Zone, cause: Cause, grounds: Grounds, late = false): void {
  const { security, now, emit } = step;
  const { undelivered } = security;
  const id = alertIdOf(cause);
  const { alias, at, address, source } = cause;
  const standing = { security: grounds.security, verified: grounds.verified, late };
  const alert: Alert = { id, at, zone: zone.settings.zone, alias, address, source, ...standing };
  emit({ kind: 'alert', alert });
  undelivered.set(alert.id, alert);
  const [oldest] = undelivered.keys();
  if (undelivered.size > MOST_UNDELIVERED && oldest !== undefined) undelivered.delete(oldest);
  if (alias !== null) security.alertedAt.set(alias, { zone: zone.settings.zone, at });
  zone.latch ??= { id, at, alias };
  if (zone.truth !== undefined) setTruth(step, zone, trigger(zone.truth, now.at));
  security.changed = true;
}

/** The zone is disarmed: no alarm any more, and no cool-down either. */
export function clearAlarm(security: Security, zone: Zone): void {
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

/** Tells the verdict over a motion. */
function judged({ emit }: Step, { zone, alias }: Motion, verdict: VerdictKind, reason: string): void {
  emit({ kind: 'judged', zone, alias, verdict, reason });
}

/**
 * The instant at which a zone has to have been armed for this motion. What was heard as it happened was at the end of
 * the second of its stamp at the latest, and not after it was read (`readAt`); of what was heard late the earliest
 * instant counts.
 */
function instantOf({ at, earliestAt }: Motion, late: boolean, readAt: number): number {
  return late ? earliestAt : Math.min(at + SECOND, Math.max(at, readAt));
}

/** Armed, by these grounds: an alert unless the sensor does not care for this mode, or is within its cool-down. */
function judgeArmed(
  { zone, motion, lastAlertAt }: Case,
  mode: ArmedMode | undefined,
  grounds: Grounds & { readonly reason: string },
): Judgement {
  if (motion.modes !== undefined && mode !== undefined && !motion.modes.includes(mode)) {
    const reason = `armed ${mode}, this sensor counts only for ${motion.modes.join(', ')}`;
    return { verdict: 'mode', reason };
  }
  const { alertCooldownMs } = zone.settings;
  if (lastAlertAt !== undefined && Math.abs(motion.at - lastAlertAt) < alertCooldownMs) {
    const reason = `cool-down of ${Math.round(alertCooldownMs / 1000)} s after an alert`;
    return { verdict: 'cooldown', reason };
  }
  return { verdict: 'alert', ...grounds };
}

function judgeUnknown(motion: Case, lastKnown: Memory | undefined): Judgement {
  const last = lastKnown !== undefined && isArmed(lastKnown.state) ? lastKnown : undefined;
  const grounds = { security: last?.state ?? 'unknown', verified: false };
  switch (motion.zone.settings.onUnknown) {
    case 'annotate':
      return {
        verdict: 'unknown',
        reason: 'the zone is unknown, which is only noted (on_unknown: annotate)',
      };
    case 'alert': {
      const reason = 'the zone is unknown (on_unknown: alert)';
      return judgeArmed(motion, last?.mode, { ...grounds, reason });
    }
    case 'last_known': {
      if (last === undefined) return { verdict: 'unknown', reason: 'the zone is unknown and was not armed' };
      if (motion.afterwards) return { verdict: 'late', reason: 'judged late and the zone is unknown now' };
      const reason = 'the zone is unknown and was armed when last known';
      return judgeArmed(motion, last.mode, { ...grounds, reason });
    }
  }
}

/**
 * Judges a motion by what is believed about its zone now. A state that was not there yet at the motion's own instant
 * says nothing about it, however soon afterwards it was read.
 */
function judge(motion: Case): Judgement {
  const { waited, afterwards, instant, seen } = motion;
  const { state, armedSince, mode, lastKnown } = motion.belief;
  if (state === undefined) return judgeUnknown(motion, lastKnown);
  if (state === 'disarmed') return { verdict: 'disarmed', reason: 'zone disarmed' };
  if (state === 'arming') return { verdict: 'arming', reason: 'exit delay: not armed yet' };
  if (armedSince === undefined || armedSince > instant) {
    // how the zone was then is not known, and not armed as far as it was known before
    if (waited && !afterwards) return judgeUnknown(motion, undefined);
    return { verdict: 'late', reason: 'judged late and the zone was not armed all the time since' };
  }
  const reason = afterwards ? `judged late, zone ${state} before and now` : `zone ${state}`;
  return judgeArmed(motion, mode, { security: state, verified: seen, reason });
}

function act(step: Step, zone: Zone, motion: Motion, judgement: Judgement, late: boolean): void {
  if (judgement.verdict !== 'alert') return judged(step, motion, judgement.verdict, judgement.reason);
  const { now } = step;
  const { truth, settings } = zone;
  if (truth !== undefined && judgement.verified && truth.state !== 'triggered') {
    if (truth.state === 'pending') return judged(step, motion, 'entry', 'the entry delay is running');
    // who came in while nobody could tell has what is left of the delay
    const leftMs = motion.at + settings.entryDelayMs - now.at;
    if (leftMs > 0) {
      setTruth(step, zone, enter(truth, motion, now.at, leftMs));
      return judged(step, motion, 'entry', `entry delay, ${Math.round(leftMs / 1000)} s left`);
    }
  }
  raise(step, zone, motion, judgement, late);
  judged(step, motion, 'alert', judgement.reason);
}

/** It was not armed yet at this motion: whatever becomes known, it is no alert. */
function isBeforeArming(motion: Motion, { armedSince }: Belief): boolean {
  return armedSince !== undefined && motion.earliestAt < armedSince;
}

/**
 * The last alert of a sensor in its zone, unless that was armed anew since: what it was before a crash may be older.
 */
function lastAlertAt(
  { alertedAt }: Security,
  { alias, zone }: Motion,
  { armedSince }: Belief,
): number | undefined {
  const last = alertedAt.get(alias);
  const at = last?.zone === zone ? last.at : undefined;
  // stamps of the log are whole seconds
  return at !== undefined && armedSince !== undefined && at + SECOND <= armedSince ? undefined : at;
}

/**
 * It was read late, or it was before the zones were asked for last: what has happened in the zone between has not been
 * seen live.
 */
function isAfterwards({ security: { link }, now }: Step, { at, late }: Motion): boolean {
  return late || (link.up !== undefined && at + SECOND <= now.at - (now.mono - link.up.askedMono));
}

/** Keeps a motion until the state of its zone is known. */
function keepWaiting(step: Step, motion: Motion, belief: Belief, afterwards: boolean): void {
  const { security, now } = step;
  const { alias, zone, at } = motion;
  if (security.isDelivered(alertIdOf(motion))) {
    // what comes after it must not wait behind it for an alert that is not sent again
    security.alertedAt.set(alias, { zone, at });
    return judged(step, motion, 'alert', 'its alert was delivered before');
  }
  const first = afterwards || security.link.up === undefined ? 'gap' : 'first';
  const waits = security.waiting.get(waitingKey(alias, first))?.motion;
  const isFirst =
    waits === undefined || isBeforeArming(waits, belief) || security.isDelivered(alertIdOf(waits));
  if (!isFirst && first === 'gap')
    return judged(step, motion, 'waiting', 'motion of this sensor is already waiting');
  const kind = isFirst ? first : 'last';
  security.waiting.set(waitingKey(alias, kind), { motion, kind, readAt: now.at });
  security.changed = true;
  judged(step, motion, 'waiting', 'the zone is not known yet');
}

/**
 * Judges a motion now, or keeps it until the state of its zone is known. `waited`: it has waited for that.
 */
export function judgeMotion(step: Step, zone: Zone, motion: Motion, waited?: Waiting): void {
  const { security, now } = step;
  const belief = believe(security, zone);
  const afterwards = waited?.kind === 'gap' || isAfterwards(step, motion);
  if (belief.state === undefined && mayBecomeKnown(step))
    return keepWaiting(step, motion, belief, afterwards);
  const instant = instantOf(motion, afterwards, waited?.readAt ?? now.at);
  const judgement = judge({
    zone,
    motion,
    belief,
    lastAlertAt: lastAlertAt(security, motion, belief),
    waited: waited !== undefined,
    afterwards,
    instant,
    seen: zone.settings.kind === 'owned' || instant >= security.link.unseenUntil,
  });
  act(step, zone, motion, judgement, afterwards);
}

/** Judges what has been waiting, as far as it can be judged now. */
export function judgeWaiting(step: Step): void {
  const { security } = step;
  for (const [key, waited] of security.waiting) {
    const { motion } = waited;
    const zone = security.zones.get(motion.zone);
    if (zone !== undefined && believe(security, zone).state === undefined && mayBecomeKnown(step)) continue;
    security.waiting.delete(key);
    security.changed = true;
    if (zone !== undefined) judgeMotion(step, zone, motion, waited);
  }
}

/** The entry delay is over and nobody has disarmed. */
export function finishEntry(step: Step, zone: Zone, truth: Truth): void {
  const { entry, mode, state } = truth;
  const grounds = { security: mode === undefined ? state : `armed_${mode}`, verified: true };
  // what is stored of the motion may have been damaged, the alarm is not lost with it
  raise(step, zone, entry ?? causeOf(zone, truth, step.now.at, 'entry delay'), grounds);
  if (entry !== undefined) judged(step, entry, 'alert', 'the entry delay is over and nobody has disarmed');
}

/** What a motion event may say of a zone: only what has been so since the motion's own instant. */
export function securityAt(
  step: Step,
  zone: Zone,
  motion: Motion,
): { readonly security: SecurityState | 'unknown'; readonly verified: boolean } {
  const { state, armedSince, since } = believe(step.security, zone);
  const begun = state !== undefined && isArmed(state) ? armedSince : since;
  const instant = instantOf(motion, isAfterwards(step, motion), step.now.at);
  if (state === undefined || begun === undefined || begun > instant) {
    return { security: 'unknown', verified: false };
  }
  return { security: state, verified: true };
}
