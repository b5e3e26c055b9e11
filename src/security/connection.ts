/** What the connection tells: connects, SUBACKs, messages, cuts. */

import type { Now, Received } from '../ports.js';
import { clearAlarm } from './alarm.js';
import type { Emit } from './effect.js';
import { beginTrouble, commandTopic, tellOnce, topicsOfAll, type Security } from './house.js';
import { answered, comeUp, goDown, standStill } from './link.js';
import { interrupted } from './memory.js';
import { commandReceived } from './orders.js';
import { lookSoon, passAcknowledged, passHeard, startPasses } from './passes.js';
import { excerpt, normalise } from './payload.js';
import { refresh } from './refresh.js';
import { begin, forget, grant, hear, refuse, type Tracker } from './tracker.js';
import { advance, repair } from './verification.js';
import { readState, type Reading } from './vocabulary.js';
import type { Zone } from './zone.js';

/**
 * CONNACK: the link is up. `sessionPresent`: the broker kept a session, so that history will come. `session` names
 * it: another broker or client id has another one.
 */
export function connected(
  security: Security,
  sessionPresent: boolean,
  now: Now,
  emit: Emit,
  session = '',
): void {
  const { link } = security;
  comeUp(link, session, now);
  link.isUnanswered = !sessionPresent;
  askAnew(security, sessionPresent, now, emit);
}

/**
 * The process (or the machine) stood still for `forMs` while the link was up: what it is told now may have waited
 * as long, and there may be more. Every zone is unknown until it has been asked for anew, as after a connect.
 */
export function stalled(security: Security, forMs: number, now: Now, emit: Emit): void {
  const { link } = security;
  standStill(link, forMs, now);
  if (!link.up) return;
  askAnew(security, true, now, emit);
}

function askAnew(security: Security, sessionPresent: boolean, now: Now, emit: Emit): void {
  const { link } = security;
  link.upMono = now.mono;
  const topics = topicsOfAll(security);
  link.draining = sessionPresent && topics.length > 0;
  for (const zone of security.zones.values()) {
    if (zone.tracker !== undefined) begin(zone.tracker, sessionPresent);
    zone.compared = false;
    zone.whileAway = [];
    zone.ownWord = undefined;
    zone.reported = undefined;
    // our own state is compared with what the broker has, everything else is said anew
    for (const topic of zone.published.keys()) {
      if (topic !== zone.tracker?.topic) zone.published.delete(topic);
    }
  }
  const obsolete = [...security.subscribed].filter((topic) => !topics.includes(topic));
  if (sessionPresent && obsolete.length > 0) emit({ kind: 'unsubscribe', topics: obsolete });
  security.subscribed = new Set(topics);
  security.passes = topics.length > 0 ? startPasses(now.mono) : undefined;
  if (topics.length > 0) emit({ kind: 'subscribe', topics });
  refresh(security, now, emit);
}

/** The link is gone: every zone is unknown at once. */
export function closed(security: Security, now: Now, emit: Emit): void {
  const { link } = security;
  if (!link.up) return;
  goDown(link, now);
  security.passes = undefined;
  for (const { tracker } of security.zones.values()) {
    if (tracker !== undefined) forget(tracker);
  }
  security.changed = true;
  refresh(security, now, emit);
}

/** SUBACK. `refused`: topics that the broker does not let us read. */
export function subscribed(
  security: Security,
  topics: readonly string[],
  refused: readonly string[],
  now: Now,
  emit: Emit,
): void {
  const { passes } = security;
  if (passes === undefined) return;
  let ours = false;
  for (const zone of security.zones.values()) {
    const { tracker } = zone;
    for (const topic of [tracker?.topic, commandTopic(security, zone)]) {
      if (topic === undefined || !(topics.includes(topic) || refused.includes(topic))) continue;
      ours = true;
      if (tracker?.topic === topic) {
        if (refused.includes(topic)) refuse(tracker);
        else grant(tracker);
      }
      if (!refused.includes(topic)) {
        zone.troubles.delete(`refused ${topic}`);
      } else if (beginTrouble(zone, `refused ${topic}`)) {
        emit({
          kind: 'note',
          level: 'warn',
          fields: { zone: zone.settings.zone, topic },
          message: `the broker does not let us read ${topic}: allow it in the broker's access control list`,
        });
      }
    }
  }
  if (!ours) return;
  answered(security.link, now);
  passAcknowledged(passes, now.mono);
  advance(security, now, emit);
}

/** A message. False when its topic is none of ours. */
export function received(security: Security, message: Received, now: Now, emit: Emit): boolean {
  let ours = false;
  if (!security.link.up) return false;
  for (const zone of security.zones.values()) {
    if (zone.tracker?.topic === message.topic) answered(security.link, now);
    if (zone.tracker?.topic === message.topic) {
      ours = true;
      stateReceived(security, zone, zone.tracker, message, now, emit);
    } else if (zone.settings.kind !== 'external' && commandTopic(security, zone) === message.topic) {
      ours = true;
      commandReceived(security, zone, message, now, emit);
    }
  }
  if (!ours) return false;
  if (security.passes !== undefined) passHeard(security.passes, now.mono, message.retain);
  advance(security, now, emit);
  return true;
}

function stateReceived(
  security: Security,
  zone: Zone,
  tracker: Tracker,
  message: Received,
  now: Now,
  emit: Emit,
): void {
  const owned = zone.settings.kind === 'owned';
  const { passes } = security;
  if (passes === undefined) return;
  const before = tracker.state;
  const reading = owned ? readState(message.payload) : readState(message.payload, zone.settings);
  const { disarmedInHistory } = tracker;
  const heard = hear(tracker, reading, message.retain, now.at);
  if (owned) {
    ownStateReceived(security, zone, message, now, emit);
    return;
  }
  if (tracker.disarmedInHistory && !disarmedInHistory) disarmedMeanwhile(security, zone, now);
  if (heard === 'history' || heard === 'ambiguous' || heard === 'ignored') return;
  zone.reported =
    reading.kind === 'state'
      ? reading.state
      : reading.kind === 'not_understood'
        ? reading.text
        : reading.word;
  tellForeign(zone, reading, message, emit);
  if (heard === 'repaired') {
    emit({
      kind: 'note',
      level: 'warn',
      fields: { zone: zone.settings.zone, topic: tracker.topic, from: before, to: tracker.state },
      message: 'state repaired: the retained copy differs from what was heard before',
    });
  }
  if (heard === 'changed' || heard === 'repaired' || heard === 'lost') {
    lookSoon(passes, now.mono, !message.retain);
  }
}

/**
 * A queued copy says disarmed. It will not come a second time, and the link or the process may be gone before the
 * state is known: so it counts at once.
 */
function disarmedMeanwhile(security: Security, zone: Zone, now: Now): void {
  clearAlarm(security, zone);
  if (zone.memory === undefined) return;
  zone.memory = interrupted(zone.memory, now.at);
  security.changed = true;
}

function tellForeign(zone: Zone, reading: Reading, message: Received, emit: Emit): void {
  if (reading.kind !== 'not_understood' || !tellOnce(zone, `foreign ${reading.text}`)) return;
  emit({
    kind: 'note',
    level: 'warn',
    fields: { zone: zone.settings.zone, topic: message.topic, payload: excerpt(message.payload) },
    message: 'payload not understood, the state stays as it was: see armed_values and disarmed_values',
  });
}

/** Our own `.../state` came back: is it what the disk says? */
function ownStateReceived(security: Security, zone: Zone, message: Received, now: Now, emit: Emit): void {
  const { passes } = security;
  zone.ownWord = normalise(excerpt(message.payload));
  if (passes === undefined || zone.ownWord === zone.truth?.state) return;
  // an echo of a change before the last one looks the same as a foreign hand: the retained copy will tell
  if (!message.retain) lookSoon(passes, now.mono, false);
  else if (passes.freshness.probes > 0 && passes.copiesUntilMono === undefined) repair(security, zone, emit);
}
