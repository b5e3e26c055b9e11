/**
 * Is motion an alert? Judged at each signal of a sensor, not at the start of a motion (docs/design.md,
 * decision 5), against what is believed about its zone. Pure judgement: src/security/alarm.ts acts on it.
 */

import type { VerdictKind } from './effect.js';
import type { OnUnknown } from './settings.js';
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
  /** The motion happened before the state was known: while the link was down, or before it was read. */
  readonly afterwards: boolean;
  /** What happened in the zone between the motion and now was seen without a gap. */
  readonly seen: boolean;
};

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

function judgeUnknown(motion: Motion, belief: Belief, circumstances: Circumstances): Judgement {
  const { lastKnown } = belief;
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
      if (afterwards(motion, circumstances)) {
        return { verdict: 'late', reason: 'judged late and the zone is unknown now' };
      }
      const reason = 'the zone is unknown and was armed when last known';
      return judgeArmed(motion, circumstances, last.state, last.mode, false, reason);
    }
  }
}

function afterwards(motion: Motion, circumstances: Circumstances): boolean {
  return motion.late || circumstances.afterwards;
}

/** Judges a motion by what is believed about its zone now. */
export function judge(motion: Motion, belief: Belief, circumstances: Circumstances): Judgement {
  const { state } = belief;
  if (state === undefined) return judgeUnknown(motion, belief, circumstances);
  if (state === 'disarmed') return { verdict: 'disarmed', reason: 'zone disarmed' };
  if (state === 'arming') return { verdict: 'arming', reason: 'exit delay: not armed yet' };
  if (!afterwards(motion, circumstances)) {
    return judgeArmed(motion, circumstances, state, belief.mode, true, `zone ${state}`);
  }
  if (belief.armedSince === undefined || belief.armedSince > motion.earliestAt) {
    return { verdict: 'late', reason: 'judged late and the zone was not armed all the time since' };
  }
  const reason = `judged late, zone ${state} before and now`;
  return judgeArmed(motion, circumstances, state, belief.mode, circumstances.seen, reason);
}

/** What a motion event may say of the zone: for old motion only what was so all the time since. */
export function securityAt(
  belief: Belief,
  at: number,
  late: boolean,
): { readonly security: SecurityState | 'unknown'; readonly verified: boolean } {
  const { state } = belief;
  if (state === undefined) return { security: 'unknown', verified: false };
  const since = isArmed(state) ? belief.armedSince : belief.since;
  if (late && (since === undefined || since > at)) return { security: 'unknown', verified: false };
  return { security: state, verified: true };
}
