/**
 * When the state topics are subscribed to again. A new SUBSCRIBE makes the broker deliver its retained copies
 * anew (MQTT 3.1.1, section 3.8.4), which is the only way to hear the truth after a queue of old copies, and
 * heals what brokers get wrong when a change races with a SUBSCRIBE. All times are monotonic milliseconds.
 */

import { QUIET_MS, messageCame, probeAcknowledged, probeSent, startFreshness } from './freshness.js';
import type { Freshness } from './freshness.js';

/** A pause is waited for at most this much longer than the earliest moment of a pass: 3 s after the SUBACK. */
const PATIENCE_MS = 2400;
/** Without a SUBACK the first verification goes out this long after the SUBSCRIBE. */
const NO_SUBACK_MS = 3000;
/** How long copies may take after the SUBACK of a verification. */
export const COPIES_MS = 1500;
/** Between verifications when all is well. */
export const INTERVAL_MS = 60_000;
/** After a change, or when something was missing, the next look comes after this. */
export const SOON_MS = 2000;
/** So many looks in a row come soon when something stays missing, then the ordinary interval. */
const EAGER_PASSES = 5;

/** The passes of one connection. */
export type Passes = {
  /** A verification is a probe, too. */
  readonly freshness: Freshness;
  /** No verification before this. */
  nextMono: number;
  /** When copies of the last verification are no longer waited for; undefined = not waiting. */
  copiesUntilMono: number | undefined;
  eager: number;
};

/** The SUBSCRIBE of the connect goes out. */
export function startPasses(mono: number): Passes {
  return {
    freshness: startFreshness(mono),
    nextMono: mono + NO_SUBACK_MS,
    copiesUntilMono: undefined,
    eager: 0,
  };
}

/** A SUBACK came. */
export function passAcknowledged(passes: Passes, mono: number): void {
  probeAcknowledged(passes.freshness);
  if (passes.freshness.probes === 0) passes.nextMono = mono + QUIET_MS;
  else if (passes.copiesUntilMono !== undefined) passes.copiesUntilMono = mono + COPIES_MS;
}

/** A verification goes out; returns whether it does so after a pause without messages. */
export function passSent(passes: Passes, mono: number): boolean {
  probeSent(passes.freshness, mono);
  passes.copiesUntilMono = mono + NO_SUBACK_MS;
  passes.nextMono = mono + INTERVAL_MS;
  return passes.freshness.isQuiet;
}

/** A message on one of our topics came; `retained` as delivered. */
export function passHeard(passes: Passes, mono: number, retained: boolean): void {
  messageCame(passes.freshness, mono, retained);
}

/** Something changed: look again soon. `afresh` = it was a real change, so that patience begins anew. */
export function lookSoon(passes: Passes, mono: number, afresh: boolean): void {
  if (afresh) passes.eager = 0;
  if (passes.freshness.probes === 0 || passes.eager >= EAGER_PASSES) return;
  passes.nextMono = Math.min(passes.nextMono, mono + SOON_MS);
}

/**
 * Copies of the last verification are no longer waited for. `missing`: a topic had none; `ambiguous`: copies
 * of a topic did not agree, which only another SUBSCRIBE can settle.
 */
export function passClosed(passes: Passes, mono: number, missing: boolean, ambiguous: boolean): void {
  passes.copiesUntilMono = undefined;
  if (ambiguous) {
    passes.nextMono = mono + QUIET_MS;
  } else if (missing) {
    lookSoon(passes, mono, false);
    passes.eager += 1;
  } else {
    passes.eager = 0;
  }
}

function verifyAt(passes: Passes): number {
  const quietAt = Math.max(passes.nextMono, passes.freshness.heardMono + QUIET_MS);
  return Math.min(quietAt, passes.nextMono + PATIENCE_MS);
}

/** When `passStep` has something to say, monotonic ms. */
export function passDueAt(passes: Passes): number {
  return passes.copiesUntilMono ?? verifyAt(passes);
}

/** What is to be done at `mono`. `isEveryTopicHeard`: every topic had its copy, so that nothing is waited for. */
export function passStep(
  passes: Passes,
  mono: number,
  isEveryTopicHeard: boolean,
): 'verify' | 'close' | 'none' {
  const { copiesUntilMono } = passes;
  if (copiesUntilMono !== undefined) return isEveryTopicHeard || mono >= copiesUntilMono ? 'close' : 'none';
  return mono < verifyAt(passes) ? 'none' : 'verify';
}
