/**
 * Time goes on: asks for the retained copies again when that is due, draws the conclusions when they have come, mends
 * what the broker has lost of the zones that are ours, and ends what has waited for its time.
 */

import {
  dueAt,
  dueStep,
  seeUp,
  verificationClosed,
  verificationSent,
  type Connection,
  type Schedule,
} from './broker-link.js';
import { isQueueEmpty } from './freshness.js';
import { refresh } from './refresh.js';
import {
  WAIT_MS,
  asksAgain,
  beginTrouble,
  beliefOf,
  note,
  stateTopics,
  type Security,
  type Step,
} from './security.js';
import { WHY, endOfAnswers, isAnswered, verify, whyUnknown, type WhyUnknown } from './tracker.js';
import type { Zone } from './zone.js';

/** When `wake` wants to be called, monotonic ms; undefined = when something happens. */
export function nextWake(security: Security): number | undefined {
  const { link, waiting } = security;
  const times: number[] = [];
  if (link.up?.schedule !== undefined) times.push(dueAt(link.up.schedule));
  if (link.up !== undefined && waiting.size > 0) times.push(link.up.askedMono + WAIT_MS);
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
  const { link, zones } = security;
  const { up } = link;
  seeUp(link, now);
  while (up?.schedule !== undefined) {
    const trackers = [...zones.values()].flatMap(({ tracker }) => tracker ?? []);
    const isAllHeard =
      trackers.length > 0 ? trackers.every(isAnswered) : up.schedule.freshness.isAcknowledged;
    const due = dueStep(up.schedule, now.mono, isAllHeard);
    if (due === 'none') break;
    if (due === 'verify') sendVerification(step, up.schedule);
    else closeVerification(step, up, up.schedule);
  }
  refresh(step);
}

function sendVerification({ security, now, emit }: Step, schedule: Schedule): void {
  const topics = stateTopics(security);
  const isQuiet = verificationSent(schedule, now.mono);
  for (const zone of security.zones.values()) {
    if (zone.tracker !== undefined) verify(zone.tracker, isQuiet);
  }
  // without zones any topic tells whether the queue is empty
  emit({ kind: 'subscribe', topics: topics.length > 0 ? topics : security.others.slice(0, 1) });
}

function closeVerification(step: Step, up: Connection, schedule: Schedule): void {
  const { security, now } = step;
  const { zones } = security;
  let missing = false;
  let ambiguous = false;
  if (isQueueEmpty(schedule.freshness, now.mono)) up.isDraining = false;
  for (const zone of zones.values()) {
    const { tracker } = zone;
    if (tracker === undefined) continue;
    const result = endOfAnswers(tracker);
    if (zone.settings.kind === 'owned') {
      repair(step, zone);
      if (zone.truth !== undefined) continue;
    }
    missing ||= result === 'missing' || result === 'lost';
    ambiguous ||= result === 'ambiguous';
    const why = whyUnknown(tracker);
    if (zone.settings.kind !== 'external' || why === undefined) continue;
    // what was queued says more than nothing, though not how the zone is now
    zone.whileAway = [...(tracker.queue?.states ?? [])];
    noteUnknown(step, zone, why);
  }
  // a queue that is still coming wants another one as soon as it pauses
  verificationClosed(schedule, now.mono, missing, ambiguous || up.isDraining);
  if (!asksAgain(security, up)) up.schedule = undefined;
}

function noteUnknown(step: Step, zone: Zone, why: WhyUnknown): void {
  const { topic, tracker } = zone;
  if (tracker?.isRefused === true || !beginTrouble(zone, `unknown ${why}`)) return;
  const fields = { zone: zone.settings.zone, topic, queued: zone.whileAway };
  note(step, 'warn', `zone unknown: ${WHY[why]} (${topic})`, fields);
}

/** Publishes the truth of an owned zone again when the broker has something else. */
export function repair(step: Step, zone: Zone): void {
  const { truth, topic } = zone;
  const word = zone.tracker?.word;
  if (truth === undefined || step.security.link.up?.isDraining === true) return;
  if (word === truth.state) {
    zone.troubles.delete('repair');
    return;
  }
  zone.published.delete('state');
  const level = beginTrouble(zone, 'repair') ? 'info' : 'debug';
  note(step, level, 'the retained state is not what is stored here: published again', {
    zone: zone.settings.zone,
    topic,
    stored: truth.state,
    broker: word ?? null,
  });
}
