/**
 * After anything has happened: compares what the zones say now with what was remembered, latched and published,
 * and does what follows from the difference. Every entry of the security part ends here.
 */

import { clearAlarm, finishEntry, judgeWaiting, setTruth } from './alert.js';
import { finishArming, firstTruth } from './owned-zone.js';
import { beliefOf, note, type Security, type Step, type ZoneValue } from './security.js';
import { stateOf, whyUnknown, type Tracker } from './tracker.js';
import type { SecurityState } from './vocabulary.js';
import { remember, type Zone } from './zone.js';

/** The states that an external zone had while we were not looking: queued copies, in their order. */
function statesMeanwhile({ isCompared, queue }: Tracker): readonly SecurityState[] {
  if (queue === undefined || isCompared) return [];
  const { states, saidDisarmed } = queue;
  return saidDisarmed ? [...states, 'disarmed'] : states;
}

function compareExternal(step: Step, zone: Zone): void {
  const { topic, tracker, settings } = zone;
  const state = stateOf(tracker);
  if (tracker === undefined || state === undefined) return;
  for (const trouble of zone.troubles) {
    if (trouble.startsWith('unknown')) zone.troubles.delete(trouble);
  }
  const memory = remember(zone.memory, state, step.now.at, statesMeanwhile(tracker), tracker.armedAt);
  if (!tracker.isCompared) {
    tracker.isCompared = true;
    const states = [...(tracker.queue?.states ?? [])];
    zone.whileAway = states;
    if (states.length > 0) {
      const message = `while we were away the zone was ${states.join(', ')}; now it is ${state}`;
      note(step, 'info', message, { zone: settings.zone, topic, states });
    }
  }
  if (memory === zone.memory) return;
  const from = zone.memory?.state ?? 'unknown';
  note(step, 'info', `zone is ${state}`, { zone: settings.zone, from, to: state, topic });
  zone.memory = memory;
  step.security.changed = true;
}

function compareMaster(security: Security, zone: Zone): void {
  const { state, since, mode, lastKnown } = beliefOf(security, zone);
  const { memory } = zone;
  if (state === undefined || lastKnown === memory) return;
  if (memory?.state === state && memory.since === since && memory.mode === mode) return;
  zone.memory = lastKnown;
  security.changed = true;
}

/** The delays of an owned zone, and its first state when it has none. */
function advanceOwned(step: Step, zone: Zone): void {
  const { security, now } = step;
  const { truth, tracker, delayUntilMono } = zone;
  if (truth === undefined) {
    const { up } = security.link;
    // the broker may still have it: not before it was asked, and has answered
    if (tracker === undefined || tracker.subscribes === 0) return;
    if (up === undefined || up.isDraining || up.schedule?.copiesUntilMono !== undefined) return;
    if (whyUnknown(tracker) === 'ambiguous') return;
    const found = stateOf(tracker);
    const [level, message] =
      found === undefined
        ? (['info', 'new zone: it begins disarmed'] as const)
        : (['warn', 'nothing is stored about this zone: its state is taken from the broker'] as const);
    const state = found ?? 'disarmed';
    note(step, level, message, { zone: zone.settings.zone, state });
    setTruth(step, zone, firstTruth(state, now.at));
    return;
  }
  if (delayUntilMono === undefined || now.mono < delayUntilMono) return;
  if (truth.state === 'arming') setTruth(step, zone, finishArming(truth, now.at));
  // while the broker is away a disarming may be waiting there: the alarm could not be delivered anyway
  else if (truth.state === 'pending' && beliefOf(security, zone).state !== undefined)
    finishEntry(step, zone, truth);
}

function isDisarmed(security: Security, zone: Zone): boolean {
  if (zone.settings.kind === 'owned') return zone.truth?.state === 'disarmed';
  return beliefOf(security, zone).state === 'disarmed';
}

function hasAlarm({ zones }: Security, { latch, truth, settings }: Zone): boolean {
  return (
    latch !== undefined ||
    truth?.state === 'triggered' ||
    settings.members.some((name) => zones.get(name)?.latch !== undefined)
  );
}

function valuesOf(security: Security, zone: Zone): readonly ZoneValue[] {
  const { truth, reported, whileAway, latch, refusedCommand } = zone;
  const { state, verified, source, why, ...known } = beliefOf(security, zone);
  const since = state === undefined ? undefined : known.since;
  const lastKnown = known.lastKnown && { state: known.lastKnown.state, since: known.lastKnown.since };
  return [
    ...(truth === undefined ? [] : [{ channel: 'state', value: truth.state } as const]),
    { channel: 'security', value: state },
    { channel: 'alarm', value: hasAlarm(security, zone) },
    {
      channel: 'security_attributes',
      value: { since, verified, source, lastKnown, why, reported, whileAway, latch, refusedCommand },
    },
  ];
}

/** Brings everything up to date and publishes what has changed. */
export function refresh(step: Step): void {
  const { security, emit } = step;
  const zones = [...security.zones.values()];
  for (const effect of security.unsaid.splice(0)) emit(effect);
  for (const zone of zones) {
    if (zone.settings.kind === 'external') compareExternal(step, zone);
    else if (zone.settings.kind === 'owned') advanceOwned(step, zone);
  }
  for (const zone of zones) {
    if (zone.settings.kind === 'master') compareMaster(security, zone);
  }
  for (const zone of zones) {
    if (isDisarmed(security, zone)) clearAlarm(security, zone);
  }
  judgeWaiting(step);
  if (security.changed) {
    security.changed = false;
    emit({ kind: 'persist' });
  }
  for (const zone of zones) {
    const persistFirst = zone.truth !== zone.announced;
    zone.announced = zone.truth;
    for (const said of valuesOf(security, zone)) {
      const text = JSON.stringify(said);
      if (zone.published.get(said.channel) === text) continue;
      zone.published.set(said.channel, text);
      emit({ kind: 'zone', zone: zone.settings.zone, said, persistFirst });
    }
  }
}
