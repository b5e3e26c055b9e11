/**
 * After anything has happened: compares what the zones say now with what was remembered, latched and published,
 * and does what follows from the difference. Every entry of the security part ends here.
 */

import type { Now } from '../ports.js';
import { clearAlarm, finishEntry, judgeWaiting, setTruth } from './alarm.js';
import type { Emit } from './effect.js';
import { beliefOf, type Security } from './house.js';
import { remember } from './memory.js';
import { finishArming, firstTruth } from './owned-zone.js';
import { publications } from './publication.js';
import type { SecurityState } from './vocabulary.js';
import type { Zone } from './zone.js';

/** The states that an external zone had while we were not looking: queued copies, in their order. */
function between(zone: Zone): readonly SecurityState[] {
  const { tracker } = zone;
  if (tracker === undefined || zone.compared) return [];
  return tracker.disarmedInHistory ? [...tracker.history, 'disarmed'] : tracker.history;
}

function compareExternal(security: Security, zone: Zone, now: Now, emit: Emit): void {
  const { tracker, settings } = zone;
  if (tracker === undefined) return;
  const { state } = tracker;
  if (state === undefined) return;
  for (const trouble of zone.troubles) {
    if (trouble.startsWith('unknown')) zone.troubles.delete(trouble);
  }
  const history = between(zone);
  const memory = remember(zone.memory, state, now.at, history, tracker.armedAt);
  if (!zone.compared) {
    zone.compared = true;
    zone.whileAway = [...tracker.history];
    if (zone.whileAway.length > 0) {
      emit({
        kind: 'note',
        level: 'info',
        fields: { zone: settings.zone, topic: tracker.topic, states: zone.whileAway },
        message: `while we were away the zone was ${zone.whileAway.join(', ')}; now it is ${state}`,
      });
    }
  }
  if (memory === zone.memory) return;
  emit({
    kind: 'note',
    level: 'info',
    fields: { zone: settings.zone, from: zone.memory?.state ?? 'unknown', to: state, topic: tracker.topic },
    message: `zone is ${state}`,
  });
  zone.memory = memory;
  security.changed = true;
}

function compareMaster(security: Security, zone: Zone): void {
  const belief = beliefOf(security, zone);
  const { memory } = zone;
  if (belief.state === undefined || belief.lastKnown === memory) return;
  if (memory?.state === belief.state && memory.since === belief.since && memory.mode === belief.mode) return;
  zone.memory = belief.lastKnown;
  security.changed = true;
}

/** The delays of an owned zone, and its first state when it has none. */
function advanceOwned(security: Security, zone: Zone, now: Now, emit: Emit): void {
  const { truth, tracker, delayUntilMono } = zone;
  if (truth === undefined) {
    const asked = (tracker?.pass ?? 0) > 0 && security.passes?.copiesUntilMono === undefined;
    if (!security.link.up || !asked || security.link.draining || tracker?.why === 'ambiguous') return;
    const found = tracker?.state;
    emit({
      kind: 'note',
      level: found === undefined ? 'info' : 'warn',
      fields: { zone: zone.settings.zone, state: found ?? 'disarmed' },
      message:
        found === undefined
          ? 'new zone: it begins disarmed'
          : 'nothing is stored about this zone: its state is taken from the broker',
    });
    setTruth(security, zone, firstTruth(found ?? 'disarmed', now.at), now);
    return;
  }
  if (delayUntilMono === undefined || now.mono < delayUntilMono) return;
  if (truth.state === 'arming') setTruth(security, zone, finishArming(truth, now.at), now);
  else if (truth.state === 'pending' && beliefOf(security, zone).state !== undefined) {
    // while the broker is away a disarming may be waiting there: the alarm could not be delivered anyway
    finishEntry(security, zone, truth, now, emit);
  }
}

function isDisarmed(security: Security, zone: Zone): boolean {
  if (zone.settings.kind === 'owned') return zone.truth?.state === 'disarmed';
  return beliefOf(security, zone).state === 'disarmed';
}

function hasAlarm(security: Security, zone: Zone): boolean {
  return (
    zone.latch !== undefined ||
    zone.truth?.state === 'triggered' ||
    zone.settings.members.some((name) => security.zones.get(name)?.latch !== undefined)
  );
}

function publish(security: Security, zone: Zone, emit: Emit): void {
  const belief = beliefOf(security, zone);
  const persistFirst = zone.truth !== zone.announced;
  zone.announced = zone.truth;
  for (const [topic, payload] of publications(zone, belief, hasAlarm(security, zone), security.baseTopic)) {
    if (zone.published.get(topic) === payload) continue;
    zone.published.set(topic, payload);
    emit({ kind: 'publish', topic, payload, retain: true, persistFirst });
  }
}

/** Brings everything up to date and publishes what has changed. */
export function refresh(security: Security, now: Now, emit: Emit): void {
  const zones = [...security.zones.values()];
  for (const effect of security.unsaid.splice(0)) emit(effect);
  for (const zone of zones) {
    if (zone.settings.kind === 'external') compareExternal(security, zone, now, emit);
    else if (zone.settings.kind === 'owned') advanceOwned(security, zone, now, emit);
  }
  for (const zone of zones) {
    if (zone.settings.kind === 'master') compareMaster(security, zone);
  }
  for (const zone of zones) {
    if (isDisarmed(security, zone)) clearAlarm(security, zone);
  }
  judgeWaiting(security, now, emit);
  if (security.changed) {
    security.changed = false;
    emit({ kind: 'persist' });
  }
  for (const zone of zones) publish(security, zone, emit);
}
