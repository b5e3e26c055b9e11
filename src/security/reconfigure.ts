/** New settings while the connection stays: what is known of zones that stay is kept. */

import { zoneTopic } from '../mqtt/topics.js';
import type { Now } from '../ports.js';
import type { Emit } from './effect.js';
import { stateTopics, topicsOfAll, type Security } from './house.js';
import { lookSoon, startPasses } from './passes.js';
import { interrupted } from './memory.js';
import { RETAINED_ZONE_TOPICS } from './publication.js';
import { refresh } from './refresh.js';
import type { ZoneSettings } from './settings.js';
import { begin, createTracker } from './tracker.js';
import { createZone, stateTopic, type Zone } from './zone.js';

/** Whether the same payloads still mean the same: only then what was heard still counts. */
function isSameSource(one: ZoneSettings, other: ZoneSettings): boolean {
  const source = ({ kind, stateTopic: topic, pointer, armedValues, disarmedValues }: ZoneSettings) =>
    JSON.stringify([kind, topic, pointer, armedValues, disarmedValues]);
  return source(one) === source(other);
}

function clearTopics(security: Security, zone: Zone, kept: ZoneSettings | undefined, emit: Emit): void {
  for (const name of RETAINED_ZONE_TOPICS) {
    const topic = zoneTopic(security.baseTopic, zone.settings.zone, name);
    if (name === 'state' ? zone.settings.kind !== 'owned' || kept?.kind === 'owned' : kept !== undefined)
      continue;
    emit({ kind: 'publish', topic, payload: '', retain: true, persistFirst: false });
  }
}

/** Lets go of what was published and heard below another base topic: the zone itself stays what it is. */
function moveTopics(zone: Zone, baseTopic: string): void {
  const topic = stateTopic(zone.settings, baseTopic);
  zone.published.clear();
  zone.ownWord = undefined;
  if (zone.tracker !== undefined && topic !== undefined && zone.tracker.topic !== topic)
    zone.tracker = createTracker(topic);
}

/**
 * Takes new zones without a reconnect: subscribes and unsubscribes the difference and deletes the retained
 * topics of zones that are gone. What was published below an earlier base topic is left to the caller.
 */
export function reconfigure(
  security: Security,
  settings: readonly ZoneSettings[],
  now: Now,
  emit: Emit,
  baseTopic = security.baseTopic,
): void {
  const { link, zones: old } = security;
  const topicsBefore = new Set(topicsOfAll(security));
  const isMoved = baseTopic !== security.baseTopic;
  security.baseTopic = baseTopic;
  const anew = new Set<string>();
  security.zones = new Map(
    settings.map((next) => {
      const before = old.get(next.zone);
      if (before !== undefined && isSameSource(before.settings, next)) {
        before.settings = next;
        const topic = before.tracker?.topic;
        if (isMoved) moveTopics(before, baseTopic);
        if (before.tracker !== undefined && before.tracker.topic !== topic && link.up) {
          begin(before.tracker, link.draining);
          anew.add(before.tracker.topic);
        }
        return [next.zone, before];
      }
      const zone = createZone(next, baseTopic);
      zone.latch = before?.latch;
      // how it was known last stays, but not that nothing has happened since
      if (next.kind === 'external' && before?.settings.kind === 'external' && before.memory !== undefined)
        zone.memory = interrupted(before.memory, now.at);
      const topic = stateTopic(next, baseTopic);
      if (zone.tracker !== undefined && topic !== undefined && link.up) {
        begin(zone.tracker, link.draining);
        anew.add(topic);
      }
      return [next.zone, zone];
    }),
  );
  for (const [name, zone] of old) {
    const kept = security.zones.get(name);
    if (kept !== zone) clearTopics(security, zone, kept?.settings, emit);
    if (kept !== undefined) continue;
    for (const [alias, alerted] of security.alertedAt) {
      if (alerted.zone === name) security.alertedAt.delete(alias);
    }
  }
  security.changed = true;
  if (link.up) {
    const topics = topicsOfAll(security);
    const gone = [...topicsBefore].filter((topic) => !topics.includes(topic));
    const wanted = topics.filter((topic) => anew.has(topic) || !topicsBefore.has(topic));
    // motion waits for what is read anew
    if (anew.size > 0) link.upMono = now.mono;
    if (gone.length > 0) emit({ kind: 'unsubscribe', topics: gone });
    if (wanted.length > 0) emit({ kind: 'subscribe', topics: wanted });
    security.subscribed = new Set(topics);
    if (topics.length === 0) security.passes = undefined;
    else if (security.passes === undefined) security.passes = startPasses(now.mono);
    else if (stateTopics(security).some((topic) => anew.has(topic)))
      lookSoon(security.passes, now.mono, true);
  }
  refresh(security, now, emit);
}
