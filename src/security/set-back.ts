/** The wall clock was set back: nothing that is remembered can have been later than now. */

import type { Now } from '../ports.js';
import type { Motion } from './alert.js';
import type { Security } from './house.js';
import type { Memory } from './memory.js';

/**
 * Brings every remembered instant up to now at the latest. Otherwise a zone would have been armed "since" a time
 * to come, and neither late alerts nor cool-downs would be judged rightly until then.
 */
export function setBack(security: Security, { at }: Now): void {
  const { alertedAt, link, waiting, zones } = security;
  for (const zone of zones.values()) {
    if (zone.orderedAt !== undefined) zone.orderedAt = Math.min(zone.orderedAt, at);
    if (zone.memory !== undefined) zone.memory = notAfter(zone.memory, at);
    if (zone.truth === undefined) continue;
    const { entry } = zone.truth;
    const stepped = notAfter(zone.truth, at);
    const truth =
      entry === undefined || entry.at <= at ? stepped : { ...stepped, entry: setBackMotion(entry, at) };
    if (zone.announced === zone.truth) zone.announced = truth;
    zone.truth = truth;
  }
  for (const [alias, alerted] of alertedAt) {
    if (alerted.at > at) alertedAt.set(alias, { ...alerted, at });
  }
  for (const [key, { motion, kind, readAt }] of waiting) {
    waiting.set(key, { motion: setBackMotion(motion, at), kind, readAt: Math.min(readAt, at) });
  }
  // not upAt: how long the link was down is then not known, which is the truth
  link.unseenUntil = Math.min(link.unseenUntil, at);
}

function setBackMotion(motion: Motion, at: number): Motion {
  return { ...motion, at: Math.min(motion.at, at), earliestAt: Math.min(motion.earliestAt, at) };
}

function notAfter<M extends Memory>(memory: M, at: number): M {
  const { since, armedSince } = memory;
  if (since <= at && (armedSince === undefined || armedSince <= at)) return memory;
  return {
    ...memory,
    since: Math.min(since, at),
    armedSince: armedSince === undefined ? undefined : Math.min(armedSince, at),
  };
}
