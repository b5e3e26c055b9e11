/** Events of the connection for the zones: connects, SUBACKs, messages, cuts, and that the process stood still. */

import type { Received } from '../ports.js';
import { clearAlarm } from './alert.js';
import { endSilence } from './bypass.js';
import { commandReceived } from './commands.js';
import {
  linkConnected,
  linkLost,
  lookSoon,
  messageReceived,
  linkStoodStill,
  startSchedule,
  subscriptionStands,
  subscribeAnswered,
  type Connection,
  type Schedule,
} from './broker-link.js';
import { forgetIdentifiers, freeIdentifier } from './redelivery.js';
import { noteReading, refresh, repair, wake } from './refresh.js';
import {
  asksAgain,
  beginTrouble,
  commandTopic,
  note,
  subscribe,
  topicsOfAll,
  type Step,
} from './security.js';
import { createTracker, readingGranted, hear, refuse, settle, stateOf, type Tracker } from './tracker.js';
import { excerpt, normalise, readOwnState, readState } from './vocabulary.js';
import type { Zone } from './zone.js';

/**
 * CONNACK: the link is up. `sessionPresent`: the broker kept a session, so that history will come. `session` names
 * it: another broker or client id has another one.
 */
export function connected(step: Step, sessionPresent: boolean, session = ''): void {
  if (!sessionPresent || session !== step.security.link.session) forgetIdentifiers(step.security);
  askAnew(step, linkConnected(step.security.link, session, sessionPresent, step.now), sessionPresent);
}

/**
 * The process (or the machine) stood still for `forMs` while the link was up: what it is told now may have waited
 * as long, and there may be more. Every zone is unknown until it has been asked for again, as after a connect.
 */
export function stalled(step: Step, forMs: number): void {
  const { link } = step.security;
  linkStoodStill(link, forMs, step.now);
  if (link.up !== undefined) askAnew(step, link.up, true);
}

function askAnew(step: Step, up: Connection, sessionPresent: boolean): void {
  const { security, now, emit } = step;
  const topics = topicsOfAll(security);
  up.askedMono = now.mono;
  up.isDraining = sessionPresent && topics.length > 0;
  up.schedule = asksAgain(security, up) ? startSchedule(now.mono) : undefined;
  for (const zone of security.zones.values()) {
    zone.tracker = zone.topic === undefined ? undefined : createTracker(sessionPresent);
    zone.whileAway = [];
    // no message tells whether it was disarmed meanwhile
    if (!sessionPresent && zone.memory?.armedSince !== undefined) endSilence(security, zone);
    zone.reported = undefined;
    // our own state is compared with what the broker has, everything else is said again
    for (const channel of zone.published.keys()) {
      if (channel !== 'state') zone.published.delete(channel);
    }
  }
  const obsolete = [...security.subscribed].filter((topic) => !topics.includes(topic));
  if (sessionPresent && obsolete.length > 0) emit({ kind: 'unsubscribe', topics: obsolete });
  security.subscribed = new Set(topics);
  subscribe(step, topics);
  refresh(step);
}

/** The link is gone: every zone is unknown at once. */
export function closed(step: Step): void {
  const { security, now } = step;
  if (security.link.up === undefined) return;
  linkLost(security.link, now);
  for (const zone of security.zones.values()) zone.tracker = undefined;
  security.changed = true;
  refresh(step);
}

/**
 * SUBACK for `topics`, or with `isAnswered` false: none came in time. `refused`: those that the broker does not let the
 * bridge read.
 */
export function subscribed(
  step: Step,
  topics: readonly string[],
  refused: readonly string[],
  isAnswered = true,
): void {
  const { security, now } = step;
  const { link } = security;
  if (link.up === undefined) return;
  subscribeAnswered(link.up, topics.length, now.mono, isAnswered);
  if (link.up.schedule === undefined) return;
  if (!isAnswered) return wake(step);
  let ours = topics.some((topic) => security.others.includes(topic));
  for (const zone of security.zones.values()) {
    const { tracker } = zone;
    for (const topic of [zone.topic, commandTopic(security, zone)]) {
      if (topic === undefined || !(topics.includes(topic) || refused.includes(topic))) continue;
      ours = true;
      if (tracker !== undefined && zone.topic === topic) {
        if (refused.includes(topic)) refuse(tracker);
        else readingGranted(tracker);
      }
      if (!refused.includes(topic)) zone.troubles.delete(`refused ${topic}`);
      else if (beginTrouble(zone, `refused ${topic}`)) {
        const message = `the broker does not let the bridge read ${topic}: allow it in the broker's access control list`;
        note(step, 'warn', message, { zone: zone.settings.zone, topic });
      }
    }
  }
  if (!ours) return;
  subscriptionStands(link, now);
  wake(step);
}

/** A message. False when its topic is none of ours. */
export function received(step: Step, message: Received): boolean {
  const { security, now } = step;
  const { link } = security;
  const schedule = link.up?.schedule;
  if (schedule === undefined) return false;
  freeIdentifier(security, message);
  let ours = false;
  for (const zone of security.zones.values()) {
    if (zone.tracker !== undefined && zone.topic === message.topic) {
      ours = true;
      subscriptionStands(link, now);
      stateReceived(step, schedule, zone, zone.tracker, message);
    } else if (commandTopic(security, zone) === message.topic) {
      ours = true;
      commandReceived(step, zone, message);
    }
  }
  // an ordinary verification is not disturbed by what is for others
  const isQueued = link.up?.isDraining === true && security.others.includes(message.topic);
  if (!ours && !isQueued) return false;
  messageReceived(schedule, now.mono, message.retain);
  wake(step);
  return ours;
}

function stateReceived(
  step: Step,
  schedule: Schedule,
  zone: Zone,
  tracker: Tracker,
  message: Received,
): void {
  const { now, security } = step;
  const owned = zone.settings.kind === 'owned';
  const from = stateOf(tracker);
  const reading = owned ? readOwnState(message.payload) : readState(message.payload, zone.settings);
  const heard = hear(tracker, reading, message.retain, now.at, security.link.up?.isDraining === true);
  if (owned) {
    // it is only compared with the disk
    settle(tracker);
    tracker.word = normalise(excerpt(message.payload));
    return compareOwn(step, schedule, zone, tracker.word, message.retain);
  }
  const isDisarmed = reading.kind === 'state' && reading.state === 'disarmed';
  if (isDisarmed && heard !== 'ignored' && stateOf(tracker) === undefined) disarmedMeanwhile(step, zone);
  if (heard === 'history' || heard === 'ambiguous' || heard === 'ignored') return;
  noteReading(step, zone, reading);
  if (heard === 'repaired') {
    const fields = { zone: zone.settings.zone, topic: zone.topic, from, to: stateOf(tracker) };
    note(step, 'warn', 'state repaired: the retained copy differs from what was heard before', fields);
  }
  if (heard === 'changed' || heard === 'repaired' || heard === 'lost')
    lookSoon(schedule, now.mono, !message.retain);
}

/**
 * A copy that does not make the state known says disarmed. It may not come a second time, and the link or the process
 * may be gone before the state is known: so it counts at once. Armed it is, at best, since a later message says so.
 */
function disarmedMeanwhile({ security }: Step, zone: Zone): void {
  clearAlarm(security, zone);
  endSilence(security, zone);
  if (zone.memory?.armedSince === undefined) return;
  zone.memory = { ...zone.memory, armedSince: undefined };
  security.changed = true;
}

/** Our own `.../state` came back: is it what the disk says? */
function compareOwn(step: Step, schedule: Schedule, zone: Zone, word: string, retain: boolean): void {
  if (word === zone.truth?.state) return;
  // an echo of a change before the last one looks the same as a foreign hand: the retained copy will tell
  if (!retain) lookSoon(schedule, step.now.mono, false);
  else if (schedule.verifications > 0 && schedule.copiesUntilMono === undefined) repair(step, zone);
}
