/**
 * Is motion an alert? Judged at each signal of a sensor, not at the start of a motion (docs/design.md,
 * decision 5), against what is believed about its zone. Pure judgement: src/security/alarm.ts acts on it.
 */

import type { VerdictKind } from './effect.js';
import type { OnUnknown } from './settings.js';
import type { Memory } from './memory.js';
import { isArmed, type ArmedMode, type SecurityState } from './vocabulary.js';
import type { Belief } from './zone.js';

/** A signal of a sensor that would be an alert in an armed zone. */
export type Motion = {
  readonly alias: string;
  readonly zone: string;
  /** Id of the signal: the alert's id is made of it. */
  readonly id: string;
  /** The instant of the line, epoch ms. */
  readonly at: number;
  /** It was not before this instant; `at` unless nobody knows when it was. */
  readonly earliestAt: number;
  /** It was read after its hold time was over. */
  readonly late: boolean;
  /** Ways of being armed in which this sensor raises an alert; undefined = all. */
  readonly modes: readonly ArmedMode[] | undefined;
  /** X10 address or security id, for the alert. */
  readonly address: string;
  /** heyu's source tag (`rcvi`, `rcva` ...), for the alert. */
  readonly source: string;
};

/** What else decides. */
export type Circumstances = {
  readonly onUnknown: OnUnknown;
  readonly alertCooldownMs: number;
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

/** Stamps are whole seconds. */
const SECOND_MS = 1000;

/**
 * The instant at which a zone has to have been armed for this motion. What was heard as it happened was at the end of
 * the second of its stamp at the latest, and not after it was read (`readAt`); of what was heard late the earliest
 * instant counts.
 */
export function instantOf({ at, earliestAt }: Motion, late: boolean, readAt: number): number {
  return late ? earliestAt : Math.min(at + SECOND_MS, Math.max(at, readAt));
}

/** A verdict; `security` is the word for the alert. */
export type Judgement =
  | {
      readonly verdict: 'alert';
      readonly security: string;
      readonly verified: boolean;
      readonly reason: string;
    }
  | { readonly verdict: Exclude<VerdictKind, 'alert' | 'entry' | 'waiting'>; readonly reason: string };

function judgeArmed(
  motion: Motion,
  circumstances: Circumstances,
  security: string,
  mode: ArmedMode | undefined,
  verified: boolean,
  reason: string,
): Judgement {
  if (motion.modes !== undefined && mode !== undefined && !motion.modes.includes(mode)) {
    return {
      verdict: 'mode',
      reason: `armed ${mode}, this sensor counts only for ${motion.modes.join(', ')}`,
    };
  }
  const { lastAlertAt, alertCooldownMs } = circumstances;
  if (lastAlertAt !== undefined && Math.abs(motion.at - lastAlertAt) < alertCooldownMs) {
    return {
      verdict: 'cooldown',
      reason: `cool-down of ${Math.round(alertCooldownMs / 1000)} s after an alert`,
    };
  }
  return { verdict: 'alert', security, verified, reason };
}

function judgeUnknown(
  motion: Motion,
  lastKnown: Memory | undefined,
  circumstances: Circumstances,
): Judgement {
  const last = lastKnown !== undefined && isArmed(lastKnown.state) ? lastKnown : undefined;
  switch (circumstances.onUnknown) {
    case 'annotate':
      return {
        verdict: 'unknown',
        reason: 'the zone is unknown, which is only noted (on_unknown: annotate)',
      };
    case 'alert': {
      const reason = 'the zone is unknown (on_unknown: alert)';
      return judgeArmed(motion, circumstances, last?.state ?? 'unknown', last?.mode, false, reason);
    }
    case 'last_known': {
      if (last === undefined) return { verdict: 'unknown', reason: 'the zone is unknown and was not armed' };
      if (circumstances.afterwards) {
        return { verdict: 'late', reason: 'judged late and the zone is unknown now' };
      }
      const reason = 'the zone is unknown and was armed when last known';
      return judgeArmed(motion, circumstances, last.state, last.mode, false, reason);
    }
  }
}

/**
 * Judges a motion by what is believed about its zone now. A state that was not there yet at the motion's own instant
 * says nothing about it, however soon afterwards it was read.
 */
export function judge(motion: Motion, belief: Belief, circumstances: Circumstances): Judgement {
  const { state, armedSince } = belief;
  const { waited, afterwards, instant, seen } = circumstances;
  if (state === undefined) return judgeUnknown(motion, belief.lastKnown, circumstances);
  if (state === 'disarmed') return { verdict: 'disarmed', reason: 'zone disarmed' };
  if (state === 'arming') return { verdict: 'arming', reason: 'exit delay: not armed yet' };
  if (armedSince === undefined || armedSince > instant) {
    // how the zone was then is not known, and not armed as far as it was known before
    if (waited && !afterwards) return judgeUnknown(motion, undefined, circumstances);
    return { verdict: 'late', reason: 'judged late and the zone was not armed all the time since' };
  }
  const reason = afterwards ? `judged late, zone ${state} before and now` : `zone ${state}`;
  return judgeArmed(motion, circumstances, state, belief.mode, seen, reason);
}

/** What a motion event may say of the zone: only what has been so since the motion's own instant. */
export function securityAt(
  belief: Belief,
  instant: number,
): { readonly security: SecurityState | 'unknown'; readonly verified: boolean } {
  const { state } = belief;
  if (state === undefined) return { security: 'unknown', verified: false };
  const since = isArmed(state) ? belief.armedSince : belief.since;
  if (since === undefined || since > instant) return { security: 'unknown', verified: false };
  return { security: state, verified: true };
}
