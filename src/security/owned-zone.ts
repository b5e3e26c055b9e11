/**
 * Owned zones: how a command changes the truth, with exit and entry delay. The truth is what is on disk; everything
 * here is a function from one truth to the next, and returns the same object when nothing changes. Instants are epoch
 * ms. docs/design.md, decision 9.
 */

import { armedMode, isArmed, type ArmedMode, type Command, type SecurityState } from './vocabulary.js';
import { delayIn, type SensorSignal, type Truth, type ZoneSettings } from './zone.js';

function change(truth: Truth | undefined, state: SecurityState, at: number, more: Partial<Truth>): Truth {
  return {
    state,
    since: at,
    mode: undefined,
    armedSince: undefined,
    sequence: (truth?.sequence ?? 0) + 1,
    until: undefined,
    entry: undefined,
    by: undefined,
    ...more,
  };
}

function arm(
  truth: Truth | undefined,
  mode: ArmedMode,
  { exitDelayMs }: Pick<ZoneSettings, 'exitDelayMs'>,
  at: number,
  immediate: boolean,
): Truth {
  if (truth !== undefined && (truth.state === 'pending' || truth.state === 'triggered')) {
    // an alarm in progress ends by disarming only; the new mode counts for sensors from now on
    return truth.mode === mode
      ? truth
      : change(truth, truth.state, truth.since, { ...truthKept(truth), mode });
  }
  if (truth?.state === `armed_${mode}`) return truth;
  const delayMs = delayIn(exitDelayMs, mode);
  // none from one way of being armed to another: an armed zone never stands unguarded before somebody disarms it
  if (delayMs > 0 && !immediate && truth?.armedSince === undefined) {
    if (truth?.state === 'arming' && truth.mode === mode) return truth;
    return change(truth, 'arming', at, { mode, until: at + delayMs });
  }
  return change(truth, `armed_${mode}`, at, { mode, armedSince: truth?.armedSince ?? at });
}

function truthKept(truth: Truth): Partial<Truth> {
  return { armedSince: truth.armedSince, until: truth.until, entry: truth.entry, by: truth.by };
}

/**
 * The truth after a command. `immediate`: without exit delay (heyu has waited already, or the remote's delay
 * switch says so).
 */
export function obey(
  truth: Truth | undefined,
  command: Command,
  delays: Pick<ZoneSettings, 'exitDelayMs'>,
  at: number,
  immediate = false,
): Truth {
  switch (command.kind) {
    case 'arm':
      return arm(truth, command.mode, delays, at, immediate);
    case 'disarm':
      return truth?.state === 'disarmed' ? truth : change(truth, 'disarmed', at, {});
    case 'trigger':
      return trigger(truth, at);
  }
}

/** An alarm: `triggered` until disarmed. */
export function trigger(truth: Truth | undefined, at: number): Truth {
  if (truth?.state === 'triggered') return truth;
  return change(truth, 'triggered', at, { mode: truth?.mode, armedSince: truth?.armedSince ?? at });
}

/** A signal in an armed zone with an entry delay: `pending`, until it is disarmed or `delayMs` are over. */
export function enter(truth: Truth, signal: SensorSignal, at: number, delayMs: number): Truth {
  const until = at + delayMs;
  return change(truth, 'pending', at, { ...truthKept(truth), mode: truth.mode, until, entry: signal });
}

/** The exit delay is over, which may be noticed late. */
export function finishArming(truth: Truth, now: number): Truth {
  const mode = truth.mode ?? 'away';
  const at = Math.min(now, truth.until ?? now);
  return change(truth, `armed_${mode}`, at, { mode, armedSince: at, by: truth.by });
}

/**
 * Somebody wanted to disarm and was not obeyed because it was too long ago: the zone stays armed, but a signal
 * from before `at` is not an alarm any more.
 */
export function doubt(truth: Truth, at: number): Truth {
  if (truth.armedSince === undefined) return truth;
  const mode = truth.mode ?? 'away';
  return truth.state === 'pending'
    ? change(truth, `armed_${mode}`, at, { mode, armedSince: at })
    : { ...truth, armedSince: at, sequence: truth.sequence + 1 };
}

/** The truth as it was written down to be from `at` on; no delay ends by itself of which only that is known. */
export function recordedTruth(
  truth: Truth | undefined,
  state: SecurityState,
  mode: ArmedMode | undefined,
  at: number,
): Truth {
  // a delay that runs continues
  if (truth?.state === state) return mode === undefined || mode === truth.mode ? truth : { ...truth, mode };
  const isDisarmed = state === 'disarmed';
  return change(truth, state, at, {
    mode: isDisarmed ? undefined : (armedMode(state) ?? mode ?? truth?.mode ?? 'away'),
    armedSince: isArmed(state) ? (truth?.armedSince ?? at) : undefined,
  });
}

/** The first truth of a zone: what the broker still had, or disarmed. Delays that were running are over. */
export function firstTruth(state: SecurityState, at: number): Truth {
  if (state === 'disarmed') return change(undefined, 'disarmed', at, {});
  const mode = armedMode(state) ?? 'away';
  const found = state === 'triggered' ? state : (`armed_${mode}` as const);
  return change(undefined, found, at, { mode, armedSince: at });
}
