/** Creates the security part, and gives it new settings while the connection is kept. */

import type { Now } from '../ports.js';
import { clearAlarm, setTruth } from './alert.js';
import { LASTING_MS } from './blind.js';
import { createLink, lookSoon, startSchedule, type Connection } from './broker-link.js';
import { recordedTruth } from './owned-zone.js';
import { refresh } from './refresh.js';
import {
  asksAgain,
  stateTopics,
  subscribe,
  topicsOfAll,
  type Security,
  type SecurityEffect,
  type Step,
} from './security.js';
import { restore, setBack } from './stored.js';
import { createTracker } from './tracker.js';
import type { ArmedMode, SecurityState } from './vocabulary.js';
import { remember } from './belief.js';
import { createZone, stateTopic, type Zone, type ZoneSettings } from './zone.js';

/**
 * Makes the security part. `stored` is what `snapshot` gave in an earlier run, undefined at the first; what is
 * damaged in it is left out, and said with the next emitted effects.
 */
export function createSecurity(
  zones: readonly ZoneSettings[],
  baseTopic: string,
  stored: unknown,
  now: Now,
  {
    isDelivered = () => false,
    ageMs = (at, until) => until - at,
    sensorsOf = () => [],
  }: Partial<Pick<Security, 'isDelivered' | 'ageMs' | 'sensorsOf'>> = {},
): Security {
  const unsaid: SecurityEffect[] = [];
  const security: Security = {
    baseTopic,
    zones: new Map(zones.map((settings) => [settings.zone, createZone(settings, baseTopic)])),
    link: createLink(now.at),
    waiting: new Map(),
    alertedAt: new Map(),
    blind: new Map(),
    blindKnownMono: now.mono + LASTING_MS,
    eventAt: 0,
    recent: new Map(),
    publishedZoneless: undefined,
    undelivered: new Map(),
    isDelivered,
    ageMs,
    sensorsOf,
    readiness: new Map(),
    others: [],
    subscribed: new Set(),
    unsaid,
    changed: false,
  };
  restore({ security, now, emit: (effect) => unsaid.push(effect) }, stored);
  setBack(security, now, 0);
  for (const alert of security.undelivered.values()) unsaid.push({ kind: 'alert', alert });
  return security;
}

/** Whether the same payloads still mean the same: only then what was heard still counts. */
function isSameSource(one: ZoneSettings, other: ZoneSettings): boolean {
  const source = ({ kind, stateTopic: topic, pointer, armedValues, disarmedValues }: ZoneSettings) =>
    JSON.stringify([kind, topic, pointer, armedValues, disarmedValues]);
  return source(one) === source(other);
}

/** The zone as it continues with new settings; `before` is what it was so far. */
function continueZone(security: Security, before: Zone | undefined, settings: ZoneSettings, now: Now): Zone {
  if (before !== undefined && isSameSource(before.settings, settings)) {
    before.settings = settings;
    return before;
  }
  const zone = createZone(settings, security.baseTopic);
  zone.latch = before?.latch;
  zone.emergency = before?.emergency;
  zone.siren = before?.siren;
  zone.held = before?.held ?? [];
  const memory =
    settings.kind === 'external' && before?.settings.kind === 'external' ? before.memory : undefined;
  // how it was known last stays, but not that nothing has happened since
  zone.memory = memory && { ...memory, armedSince: memory.armedSince && now.at };
  return zone;
}

/**
 * Takes new zones without a reconnect: subscribes and unsubscribes the difference. What was published of zones that are
 * gone, or below an earlier base topic, is left to the caller.
 */
export function reconfigure(
  step: Step,
  settings: readonly ZoneSettings[],
  baseTopic = step.security.baseTopic,
): void {
  const { security, now } = step;
  const { link, zones: old } = security;
  const topicsRead = new Map([...old.values()].map((zone) => [zone, zone.topic]));
  security.readiness.clear();
  const isMoved = baseTopic !== security.baseTopic;
  security.baseTopic = baseTopic;
  if (isMoved) security.publishedZoneless = undefined;
  security.zones = new Map(
    settings.map((next) => [next.zone, continueZone(security, old.get(next.zone), next, now)]),
  );
  const anew = new Set<string>();
  for (const zone of security.zones.values()) {
    if (isMoved) {
      // what was published and heard below another base topic is let go of: the zone itself stays what it is
      zone.topic = stateTopic(zone.settings, baseTopic);
      zone.published.clear();
    }
    if (zone.topic === undefined || zone.topic === topicsRead.get(zone) || link.up === undefined) continue;
    zone.tracker = createTracker(link.up.isDraining);
    anew.add(zone.topic);
  }
  for (const [name, zone] of old) {
    if (security.zones.has(name)) continue;
    clearAlarm(security, zone);
    security.recent.delete(name);
  }
  security.changed = true;
  if (link.up !== undefined) subscribeTheDifference(step, link.up, anew);
  refresh(step);
}

/** From now on others listen to these topics on this connection. */
export function listenTo(step: Step, topics: readonly string[]): void {
  const { security } = step;
  security.others = topics;
  if (security.link.up !== undefined) subscribeTheDifference(step, security.link.up, new Set());
}

/** `anew`: state topics that have to be read from the beginning. */
function subscribeTheDifference(step: Step, up: Connection, anew: ReadonlySet<string>): void {
  const { security, now, emit } = step;
  const topics = topicsOfAll(security);
  const before = security.subscribed;
  const gone = [...before].filter((topic) => !topics.includes(topic));
  const wanted = topics.filter((topic) => anew.has(topic) || !before.has(topic));
  // motion waits for what is read again
  if (anew.size > 0) up.askedMono = now.mono;
  if (gone.length > 0) emit({ kind: 'unsubscribe', topics: gone });
  subscribe(step, wanted);
  security.subscribed = new Set(topics);
  if (!asksAgain(security, up)) up.schedule = undefined;
  else if (up.schedule === undefined) up.schedule = startSchedule(now.mono);
  else if (stateTopics(security).some((topic) => anew.has(topic))) lookSoon(up.schedule, now.mono, true);
}

/**
 * There is no broker: zones are what `setScene` says or unknown, and nothing waits for a connection. For `explain`,
 * before the first line.
 */
export function withoutBroker(security: Security): void {
  security.link.isAbsent = true;
}

/** How a zone stands from an instant on, epoch ms; undefined = unknown. */
export type ZoneScene = {
  readonly zone: string;
  readonly at: number;
  readonly state: SecurityState | undefined;
  readonly mode?: ArmedMode | undefined;
};

/**
 * Sets the scene for a log that is read again: the zone has this state, independent of the broker, until another scene. What the
 * bridge found out by itself (an entry delay, an alarm) stays as it is. False when there is no such zone.
 */
export function setScene(security: Security, { zone: name, at, state, mode }: ZoneScene, now: Now): boolean {
  const zone = security.zones.get(name);
  if (zone === undefined) return false;
  zone.pinned = state !== undefined;
  if (state === undefined) return true;
  if (zone.settings.kind === 'owned')
    setTruth({ security, now }, zone, recordedTruth(zone.truth, state, mode, at));
  else zone.memory = remember(zone.memory, state, at);
  return true;
}
