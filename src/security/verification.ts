/**
 * Time goes on: asks for the retained copies again when that is due, draws the conclusions when they have come, mends
 * what the broker has lost of the zones that are ours, and ends what has waited for its time.
 */

import { isQueueEmpty } from './freshness.js';
import { seeUp } from './link.js';
import { refresh } from './refresh.js';
import { passClosed, passDueAt, passSent, passStep, type Passes } from './schedule.js';
import { WAIT_MS, beginTrouble, beliefOf, note, stateTopics, type Security, type Step } from './security.js';
import { WHY, endPass, isAnswered, verify, type Tracker } from './tracker.js';
import type { Zone } from './zone.js';

/** When `wake` wants to be called, monotonic ms; undefined = when something happens. */
export function nextWake(security: Security): number | undefined {
  const { link, passes, waiting } = security;
  const times: number[] = [];
  if (passes !== undefined) times.push(passDueAt(passes));
  if (link.up && waiting.size > 0) times.push(link.upMono + WAIT_MS);
  for (const zone of security.zones.values()) {
    if (zone.delayUntilMono === undefined) continue;
    // the end of an entry delay waits for the broker
    if (zone.truth?.state === 'pending' && beliefOf(security, zone).state === undefined) continue;
    times.push(zone.delayUntilMono);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Time has come to `now`: verifications, ends of delays, motion that has waited long enough. Never too often. */
export function wake(step: Step): void {
  const { security, now } = step;
  const { link, passes, zones } = security;
  seeUp(link, now);
  if (passes !== undefined) {
    for (;;) {
      const isEveryTopicHeard = [...zones.values()].every(
        ({ tracker }) => tracker === undefined || isAnswered(tracker),
      );
      const due = passStep(passes, now.mono, isEveryTopicHeard);
      if (due === 'none') break;
      if (due === 'verify') sendVerification(step, passes);
      else closeVerification(step, passes);
    }
  }
  refresh(step);
}

function sendVerification({ security, now, emit }: Step, passes: Passes): void {
  const topics = stateTopics(security);
  const isQuiet = passSent(passes, now.mono);
  for (const zone of security.zones.values()) {
    zone.ownWord = undefined;
    if (zone.tracker !== undefined) verify(zone.tracker, isQuiet);
  }
  if (topics.length > 0) emit({ kind: 'subscribe', topics });
}

function closeVerification(step: Step, passes: Passes): void {
  const { security, now } = step;
  const { link, zones } = security;
  let missing = false;
  let ambiguous = false;
  if (isQueueEmpty(passes.freshness, now.mono)) link.draining = false;
  for (const zone of zones.values()) {
    const { tracker } = zone;
    if (tracker === undefined) continue;
    const result = endPass(tracker);
    if (zone.settings.kind === 'owned') {
      repair(step, zone);
      if (zone.truth !== undefined) continue;
    }
    missing ||= result === 'missing' || result === 'lost';
    ambiguous ||= result === 'ambiguous';
    if (zone.settings.kind === 'external' && tracker.state === undefined) {
      // what was queued says more than nothing, though not how the zone is now
      zone.whileAway = [...tracker.history];
      noteUnknown(step, zone, tracker);
    }
  }
  // a queue that is still coming wants another pass as soon as it pauses
  passClosed(passes, now.mono, missing, ambiguous || link.draining);
}

function noteUnknown(step: Step, zone: Zone, { refused, why, topic, history }: Tracker): void {
  if (refused || !beginTrouble(zone, `unknown ${why}`)) return;
  const fields = { zone: zone.settings.zone, topic, queued: history };
  note(step, 'warn', `zone unknown: ${WHY[why]} (${topic})`, fields);
}

/** Publishes the truth of an owned zone again when the broker has something else. */
export function repair(step: Step, zone: Zone): void {
  const { truth, tracker, ownWord } = zone;
  if (truth === undefined || tracker === undefined || step.security.link.draining) return;
  if (ownWord === truth.state) {
    zone.troubles.delete('repair');
    return;
  }
  zone.published.delete('state');
  const level = beginTrouble(zone, 'repair') ? 'info' : 'debug';
  note(step, level, 'the retained state is not what is stored here: published again', {
    zone: zone.settings.zone,
    topic: tracker.topic,
    stored: truth.state,
    broker: ownWord ?? null,
  });
}
