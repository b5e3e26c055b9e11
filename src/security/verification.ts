/**
 * Carrying out the passes: asks for the retained copies again when they are due, draws the conclusions when they
 * have come, and mends what the broker has lost of the zones that are ours.
 */

import type { Now } from '../ports.js';
import type { Emit } from './effect.js';
import { beginTrouble, stateTopics, type Security } from './house.js';
import { seeUp } from './link.js';
import { isQueueEmpty } from './freshness.js';
import { passClosed, passSent, passStep, type Passes } from './passes.js';
import { WHY } from './publication.js';
import { refresh } from './refresh.js';
import { endPass, isAnswered, verify, type Tracker } from './tracker.js';
import type { Zone } from './zone.js';

/** Publishes the truth of an owned zone again when the broker has something else. */
export function repair(security: Security, zone: Zone, emit: Emit): void {
  const { truth, tracker } = zone;
  if (truth === undefined || tracker === undefined || security.link.draining) return;
  if (zone.ownWord === truth.state) {
    zone.troubles.delete('repair');
    return;
  }
  zone.published.delete(tracker.topic);
  emit({
    kind: 'note',
    level: beginTrouble(zone, 'repair') ? 'info' : 'debug',
    fields: {
      zone: zone.settings.zone,
      topic: tracker.topic,
      stored: truth.state,
      broker: zone.ownWord ?? null,
    },
    message: 'the retained state is not what is stored here: published again',
  });
}

/** Sends and closes verification passes as far as they are due, then brings everything up to date. */
export function advance(security: Security, now: Now, emit: Emit): void {
  const { link, passes } = security;
  seeUp(link, now);
  if (passes !== undefined) {
    for (;;) {
      const step = passStep(passes, now.mono, everyTopicAnswered(security));
      if (step.kind === 'none') break;
      if (step.kind === 'verify') sendPass(security, passes, now, emit);
      else closePass(security, passes, now, emit);
    }
  }
  refresh(security, now, emit);
}

function everyTopicAnswered(security: Security): boolean {
  return [...security.zones.values()].every(({ tracker }) => tracker === undefined || isAnswered(tracker));
}

function sendPass(security: Security, passes: Passes, now: Now, emit: Emit): void {
  const topics = stateTopics(security);
  const quiet = passSent(passes, now.mono);
  for (const zone of security.zones.values()) {
    zone.ownWord = undefined;
    if (zone.tracker !== undefined) verify(zone.tracker, quiet);
  }
  if (topics.length > 0) emit({ kind: 'subscribe', topics });
}

function closePass(security: Security, passes: Passes, now: Now, emit: Emit): void {
  let missing = false;
  let ambiguous = false;
  const { link } = security;
  if (isQueueEmpty(passes.freshness, now.mono)) link.draining = false;
  for (const zone of security.zones.values()) {
    const { tracker } = zone;
    if (tracker === undefined) continue;
    const result = endPass(tracker);
    if (zone.settings.kind === 'owned') {
      repair(security, zone, emit);
      if (zone.truth !== undefined) continue;
    }
    missing ||= result === 'missing' || result === 'lost';
    ambiguous ||= result === 'ambiguous';
    if (zone.settings.kind === 'external' && tracker.state === undefined) {
      // what was queued says more than nothing, though not how the zone is now
      zone.whileAway = [...tracker.history];
      tellUnknown(zone, tracker, emit);
    }
  }
  // a queue that is still coming wants another pass as soon as it pauses
  passClosed(passes, now.mono, missing, ambiguous || link.draining);
}

function tellUnknown(zone: Zone, tracker: Tracker, emit: Emit): void {
  if (tracker.refused || !beginTrouble(zone, `unknown ${tracker.why}`)) return;
  emit({
    kind: 'note',
    level: 'warn',
    fields: { zone: zone.settings.zone, topic: tracker.topic, queued: tracker.history },
    message: `zone unknown: ${WHY[tracker.why]} (${tracker.topic})`,
  });
}
