/** Acting on a judgement: the alert, the latched alarm, the entry delay, and motion that has to wait. */

import type { Now } from '../ports.js';
import { zoneTopic } from '../mqtt/topics.js';
import { instantOf, judge, type Judgement, type Motion } from './alert.js';
import { iso, type AlertEffect, type Emit, type VerdictKind } from './effect.js';
import {
  MOST_UNDELIVERED,
  beliefOf,
  mayBecomeKnown,
  waitingKey,
  type Security,
  type Waiting,
} from './house.js';
import { enter, trigger, type Truth } from './owned-zone.js';
import type { Belief, Zone } from './zone.js';

/** Stamps are whole seconds. */
const SECOND_MS = 1000;

/** Sets the truth of an owned zone and the deadline of its delay. */
export function setTruth(security: Security, zone: Zone, truth: Truth, now: Now): void {
  if (zone.truth === truth) return;
  zone.truth = truth;
  zone.delayUntilMono = truth.until === undefined ? undefined : now.mono + (truth.until - now.at);
  security.changed = true;
}

/** What an alert says of its cause. */
export type Cause = Pick<Motion, 'id' | 'at' | 'source'> & {
  readonly alias: string | null;
  readonly address: string | null;
};

/** The cause of an alert that no sensor has raised; its id is made of the sequence of the truth. */
export function causeOf(zone: Zone, truth: Truth, now: Now, source: string): Cause {
  return { id: `${zone.settings.zone}.${truth.sequence}`, at: now.at, source, alias: null, address: null };
}

function alertIdOf({ id }: Pick<Motion, 'id'>): string {
  return `${id}.alert`;
}

/** Sends an alert and latches the alarm; an owned zone is `triggered` from now on. */
export function raise(
  security: Security,
  zone: Zone,
  cause: Cause,
  grounds: { readonly security: string; readonly verified: boolean; readonly late: boolean },
  now: Now,
  emit: Emit,
): string {
  const id = alertIdOf(cause);
  const { alias, at, address, source } = cause;
  const alert: AlertEffect = {
    kind: 'event',
    topic: zoneTopic(security.baseTopic, zone.settings.zone, 'alert'),
    id,
    at,
    event: {
      event_type: 'alert',
      id,
      at: iso(at),
      zone: zone.settings.zone,
      alias,
      address,
      source,
      security: grounds.security,
      verified: grounds.verified,
      late: grounds.late,
    },
  };
  emit(alert);
  keepUntilDelivered(security, alert);
  if (alias !== null) security.alertedAt.set(alias, { zone: zone.settings.zone, at });
  zone.latch ??= { id, at, alias };
  if (zone.truth !== undefined) setTruth(security, zone, trigger(zone.truth, now.at), now);
  security.changed = true;
  return id;
}

function keepUntilDelivered({ undelivered }: Security, alert: AlertEffect): void {
  undelivered.set(alert.id, alert);
  if (undelivered.size <= MOST_UNDELIVERED) return;
  for (const oldest of undelivered.keys()) {
    undelivered.delete(oldest);
    return;
  }
}

/** The zone is disarmed: no alarm any more, and no cool-down either. */
export function clearAlarm(security: Security, zone: Zone): void {
  if (zone.latch !== undefined) {
    zone.latch = undefined;
    security.changed = true;
  }
  for (const [alias, { zone: name }] of security.alertedAt) {
    if (name === zone.settings.zone) {
      security.alertedAt.delete(alias);
      security.changed = true;
    }
  }
}

function tell(
  motion: Motion,
  verdict: VerdictKind,
  reason: string,
  alertId: string | undefined,
  emit: Emit,
): void {
  const { zone, alias, id } = motion;
  emit({ kind: 'judged', zone, alias, id, verdict, reason, alertId });
}

function act(
  security: Security,
  zone: Zone,
  motion: Motion,
  judgement: Judgement,
  late: boolean,
  now: Now,
  emit: Emit,
): void {
  if (judgement.verdict !== 'alert') {
    tell(motion, judgement.verdict, judgement.reason, undefined, emit);
    return;
  }
  const { truth, settings } = zone;
  if (truth !== undefined && judgement.verified && truth.state !== 'triggered') {
    // who came in while nobody could tell has what is left of the delay
    const leftMs = motion.at + settings.entryDelayMs - now.at;
    if (truth.state === 'pending') {
      tell(motion, 'entry', 'the entry delay is running', undefined, emit);
      return;
    }
    if (leftMs > 0) {
      setTruth(security, zone, enter(truth, motion, now.at, leftMs), now);
      tell(motion, 'entry', `entry delay, ${Math.round(leftMs / 1000)} s left`, undefined, emit);
      return;
    }
  }
  const id = raise(security, zone, motion, { ...judgement, late }, now, emit);
  tell(motion, 'alert', judgement.reason, id, emit);
}

/** It was not armed yet at this motion: whatever becomes known, it is no alert. */
function isBeforeArming(motion: Motion, { armedSince }: Belief): boolean {
  return armedSince !== undefined && motion.earliestAt < armedSince;
}

/**
 * The last alert of a sensor in its zone, unless that was armed anew since: what it was before a crash may be older.
 */
function lastAlertAt(
  security: Security,
  { alias, zone }: Motion,
  { armedSince }: Belief,
): number | undefined {
  const last = security.alertedAt.get(alias);
  const at = last?.zone === zone ? last.at : undefined;
  return at !== undefined && armedSince !== undefined && at + SECOND_MS <= armedSince ? undefined : at;
}

/**
 * It was read late, or it was before the zones were asked for last: what has happened in the zone between has not been
 * seen live.
 */
export function isAfterwards({ at, late }: Motion, { link }: Security, now: Now): boolean {
  return late || (link.up && at + SECOND_MS <= now.at - (now.mono - link.upMono));
}

/** Keeps a motion until the state of its zone is known. */
function keepWaiting(
  security: Security,
  motion: Motion,
  belief: Belief,
  afterwards: boolean,
  now: Now,
  emit: Emit,
): void {
  const { alias, zone, at } = motion;
  if (security.isDelivered(alertIdOf(motion))) {
    // what comes after it must not wait behind it for an alert that is not sent again
    security.alertedAt.set(alias, { zone, at });
    tell(motion, 'alert', 'its alert was delivered before', undefined, emit);
    return;
  }
  const first = afterwards || !security.link.up ? 'gap' : 'first';
  const waits = security.waiting.get(waitingKey(alias, first))?.motion;
  const isFirst =
    waits === undefined || isBeforeArming(waits, belief) || security.isDelivered(alertIdOf(waits));
  if (!isFirst && first === 'gap') {
    tell(motion, 'waiting', 'motion of this sensor is already waiting', undefined, emit);
    return;
  }
  const kind = isFirst ? first : 'last';
  security.waiting.set(waitingKey(alias, kind), { motion, kind, readAt: now.at });
  security.changed = true;
  tell(motion, 'waiting', 'the zone is not known yet', undefined, emit);
}

/** Judges a motion now, or keeps it until the state of its zone is known. `waited`: it has waited for that. */
export function judgeMotion(
  security: Security,
  zone: Zone,
  motion: Motion,
  waited: Waiting | undefined,
  now: Now,
  emit: Emit,
): void {
  const belief = beliefOf(security, zone);
  const afterwards = waited?.kind === 'gap' || isAfterwards(motion, security, now);
  if (belief.state === undefined && mayBecomeKnown(security, now)) {
    keepWaiting(security, motion, belief, afterwards, now, emit);
    return;
  }
  const { settings } = zone;
  const instant = instantOf(motion, afterwards, waited?.readAt ?? now.at);
  const judgement = judge(motion, belief, {
    onUnknown: settings.onUnknown,
    alertCooldownMs: settings.alertCooldownMs,
    lastAlertAt: lastAlertAt(security, motion, belief),
    waited: waited !== undefined,
    afterwards,
    instant,
    seen: settings.kind === 'owned' || instant >= security.link.unseenUntil,
  });
  act(security, zone, motion, judgement, afterwards, now, emit);
}

/** Judges what has been waiting, as far as it can be judged now. */
export function judgeWaiting(security: Security, now: Now, emit: Emit): void {
  for (const [key, waited] of security.waiting) {
    const { motion } = waited;
    const zone = security.zones.get(motion.zone);
    if (zone !== undefined && beliefOf(security, zone).state === undefined && mayBecomeKnown(security, now)) {
      continue;
    }
    security.waiting.delete(key);
    security.changed = true;
    if (zone !== undefined) judgeMotion(security, zone, motion, waited, now, emit);
  }
}

/** The entry delay is over and nobody has disarmed. */
export function finishEntry(security: Security, zone: Zone, truth: Truth, now: Now, emit: Emit): void {
  const { entry } = truth;
  const word = truth.mode === undefined ? truth.state : `armed_${truth.mode}`;
  const grounds = { security: word, verified: true, late: false };
  if (entry === undefined) {
    // what is stored of the motion was damaged, the alarm is not lost with it
    raise(security, zone, causeOf(zone, truth, now, 'entry delay'), grounds, now, emit);
    return;
  }
  const id = raise(security, zone, entry, grounds, now, emit);
  tell(entry, 'alert', 'the entry delay is over and nobody has disarmed', id, emit);
}
