/**
 * What may be lost when the checkpoint is damaged, and what not. The bridge sets it aside, says so and begins at the
 * end of the log like one that was never there before:
 *
 * - what heyu has logged until then and the broker has not acknowledged is lost, and never reported later;
 * - motion that continues is a new one (its memory is lost), with an id of its own;
 * - values are unknown until they are heard again, never others than the true ones;
 * - nothing is reported twice under two ids, and from then on nothing is lost.
 */

import type { Sign } from './truth.js';

/** The checkpoint was damaged; epoch ms. `to` is when the bridge had one again: Infinity as long as it has not. */
export type Damage = { readonly from: number; to: number };

/** A time in which the world takes something away, epoch ms. Nothing is lost but what is said here. */
export type Permitted = {
  readonly from: number;
  to: number;
  /**
   * `lines`: what heyu wrote then may never be read (a rotated file that may not be opened). `ids`: files that were begun
   * then may have got other ids (a disk that took nothing, and a death). `events`: what happened then need not be told (it
   * was too old before it could be). `alerts`: of motion of then nobody may know how its zone was (a checkpoint of before
   * was restored). `zones`: what the bridge knows of a zone may be what it was told before (the broker does not say more).
   * `refused`: what was said then counts as dealt with, and is lost with the process (the broker refuses it).
   */
  readonly what: 'lines' | 'ids' | 'events' | 'alerts' | 'zones' | 'refused';
  /** What is permitted for these topics alone; for all unless it is said. */
  readonly isOf?: (topic: string) => boolean;
};

/** Is it permitted at this instant, for this topic? */
export function isPermittedFor(
  permitted: readonly Permitted[],
  at: number,
  topic: string,
  ...whats: readonly Permitted['what'][]
): boolean {
  return permitted.some(
    (one) => whats.includes(one.what) && isAround(one, at) && one.isOf?.(topic) !== false,
  );
}

/** Is it permitted at this instant, for whatever topic? */
export function isPermitted(
  permitted: readonly Permitted[],
  at: number,
  ...whats: readonly Permitted['what'][]
): boolean {
  return permitted.some((one) => whats.includes(one.what) && isAround(one, at) && one.isOf === undefined);
}

const isAround = ({ from, to }: Permitted, at: number): boolean =>
  from - AROUND_MS <= at && at <= to + AROUND_MS;

/** What was written so long before may still have waited for a broker that was away, or for the state of its zone. */
export const WAITING_MS = 40_000;
/** Stamps are whole seconds, and an address may have been written a second before its function. */
const AROUND_MS = 2000;

/**
 * Since when the bridge has had `ms` to work in until `until`, epoch ms: what waits does so over
 * every pause.
 */
export function workedSince(
  pauses: readonly { readonly from: number; readonly to: number }[],
  until: number,
  ms: number,
): number {
  let at = until;
  let leftMs = ms;
  for (const { from, to } of pauses.toReversed()) {
    const workedMs = Math.max(0, at - to);
    if (workedMs >= leftMs) break;
    leftMs -= workedMs;
    at = Math.min(at, from);
  }
  return at - leftMs;
}

/** May this start be missing? */
export function mayBeLost(damages: readonly Damage[], sign: Sign): boolean {
  return damages.some(({ from, to }) => from - WAITING_MS <= sign.at && sign.at <= to + AROUND_MS);
}

/** May this sign, which begins nothing, have been taken for a beginning? */
export function mayBeTakenForStart(damages: readonly Damage[], sign: Sign): boolean {
  return damages.some(({ from, to }) => sign.motionAt <= to + AROUND_MS && sign.at >= from - WAITING_MS);
}

/** May what was decided or heard at this instant have been forgotten? */
export function mayBeForgotten(damages: readonly Damage[], at: number): boolean {
  return damages.some(({ to }) => at <= to + AROUND_MS);
}
