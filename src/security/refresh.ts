/**
 * What follows when time continues, or anything has happened: asks for the retained copies again when that is due, draws
 * the conclusions when they have come, publishes again what the broker has lost of the zones that are ours; then
 * compares what the zones say now with what was remembered, latched and published, and does what follows from the
 * difference. Every entry of the security part ends in `refresh`.
 */

import {
  MOST_RECENT,
  clearAlarm,
  finishEntry,
  judged,
  judgeSignal,
  judgeWaiting,
  securityAt,
  setTruth,
  settleHeld,
} from './alert.js';
import { bypassOpen, endBypass, endSilence, readiness } from './bypass.js';
import { emergencyEndsMono, endEmergency, isEmergencyShown, raiseAlways } from './emergency.js';
import { blindAt, tellBlind } from './blind.js';
import {
  SETTLE_MS,
  dueAt,
  isQueueEmpty,
  listenAnew,
  verificationClosed,
  verificationSent,
  type Connection,
  type Schedule,
} from './broker-link.js';
import { CHECK_MS } from './codes.js';
import { finishArming, firstTruth } from './owned-zone.js';
import {
  LINK_WAIT_MS,
  WAIT_MS,
  ZONELESS,
  asksAgain,
  beginTrouble,
  isFirstMention,
  markOf,
  mayBecomeKnown,
  note,
  stateTopics,
  subscribe,
  tellEvent,
  zoneOf,
  type Security,
  type Step,
  type ZoneValue,
} from './security.js';
import type { ZoneEvent } from './readiness.js';
import { endSiren } from './siren.js';
import { patienceMs } from './source-entry.js';
import { WHY, endOfAnswers, isAnswered, isSettling, settle, stateOf, verify, whyUnknown } from './tracker.js';
import type { Reading, SecurityState } from './vocabulary.js';
import { believe, latest, remember } from './belief.js';
import { emergencyOf, type Memory, type SensorSignal, type Truth, type Zone } from './zone.js';

/** What `Zone.published` has for a zone whose state is not known yet. */
const UNSETTLED = markOf({ channel: 'available', value: false });

/** When `wake` wants to be called, monotonic ms; undefined = when something happens. */
export function nextWake(security: Security): number | undefined {
  const { link, waiting, zones } = security;
  const times: number[] = [];
  if (link.up?.schedule !== undefined) times.push(verificationDueAt(security, link.up, link.up.schedule));
  const isAnyUnsettled = [...zones.values()].some(
    ({ published }) => published.get('available') === UNSETTLED,
  );
  if (link.up !== undefined && isAnyUnsettled) times.push(link.up.askedMono + WAIT_MS);
  for (const { signal, kind, untilMono } of waiting.values()) {
    const zone = zoneOf(security, signal);
    if (zone === undefined) continue;
    const { state, isAwaited } = believe(security, zone);
    if (link.up === undefined) {
      // without a link only a disk can tell
      if (state !== undefined) times.push(untilMono);
    } else if (kind !== 'gap' || !isAwaited) times.push(link.up.askedMono + WAIT_MS);
  }
  for (const zone of zones.values()) {
    const ends = [endOfDelay(security, zone), emergencyEndsMono(zone), heldUntilMono(security, zone)];
    for (const endMono of ends) if (endMono !== undefined) times.push(endMono);
  }
  times.push(blindAt(security));
  const next = Math.min(...times);
  return next === Infinity ? undefined : next;
}

/** When the next verification goes out, or what the last one has shown is settled or closed; monotonic ms. */
function verificationDueAt({ zones }: Security, up: Connection, schedule: Schedule): number {
  const isAnySettling = [...zones.values()].some(({ tracker }) => tracker && isSettling(tracker));
  return Math.min(dueAt(up, schedule), isAnySettling ? schedule.heardMono + SETTLE_MS : Infinity);
}

/**
 * When the delay of an owned zone ends, monotonic ms. As long as a disarming may be waiting at the broker, or be on its
 * way, an entry delay lasts longer.
 */
function endOfDelay(security: Security, zone: Zone): number | undefined {
  const { delayUntilMono, truth } = zone;
  if (delayUntilMono === undefined) return undefined;
  const isSure = truth?.state !== 'pending' || believe(security, zone).verified;
  const end = isSure ? delayUntilMono : delayUntilMono + LINK_WAIT_MS;
  // a code that came in time may take a moment to be checked
  if (truth?.state !== 'pending' || zone.check === undefined) return end;
  return Math.max(end, zone.check.startedMono + CHECK_MS);
}

/** When the first signal that is held back is looked at again, monotonic ms. */
function heldUntilMono(security: Security, zone: Zone): number | undefined {
  const [oldest] = zone.held;
  if (oldest === undefined) return undefined;
  const belief = believe(security, zone);
  const { up } = security.link;
  const answeredMono = up === undefined || belief.state !== undefined ? 0 : up.askedMono + WAIT_MS;
  return Math.max(answeredMono, oldest.sinceMono + patienceMs(zone, belief));
}

/** Time has come to `now`: verifications, ends of delays, signals that have waited long enough. Never too often. */
export function wake(step: Step): void {
  const { security, now } = step;
  const { up } = security.link;
  if (up?.schedule !== undefined)
    listenAnew(up.schedule, verificationDueAt(security, up, up.schedule), now.mono);
  while (up?.schedule !== undefined) {
    const { schedule } = up;
    if (now.mono >= schedule.heardMono + SETTLE_MS) settleTopics(step);
    const isAsked = schedule.copiesUntilMono !== undefined;
    if (now.mono < dueAt(up, schedule) && !(isAsked && isEveryTopicHeard(security, schedule))) break;
    if (isAsked) closeVerification(step, up, schedule);
    else sendVerification(step, schedule);
  }
  refresh(step);
}

/** No message came for a moment: the copies of the last verification show how the zones are. */
function settleTopics(step: Step): void {
  for (const zone of step.security.zones.values()) {
    const reading = zone.tracker && settle(zone.tracker);
    if (reading !== undefined) noteReading(step, zone, reading);
  }
}

/** This is what the source of a zone says now. A word that is not understood is reported once. */
export function noteReading(step: Step, zone: Zone, reading: Reading): void {
  zone.reported = reading.kind === 'state' ? reading.state : reading.word;
  if (reading.kind !== 'not_understood' || !isFirstMention(zone, `foreign ${reading.word}`)) return;
  beginTrouble(zone, 'unknown not_understood');
  const fields = { zone: zone.settings.zone, topic: zone.topic, payload: reading.word };
  note(step, 'warn', `zone unknown: ${WHY.not_understood}`, fields);
}

/** Every topic had its copy, so that nothing is waited for. */
function isEveryTopicHeard({ zones }: Security, { isAcknowledged }: Schedule): boolean {
  const trackers = [...zones.values()].flatMap(({ tracker }) => tracker ?? []);
  return trackers.length > 0 ? trackers.every(isAnswered) : isAcknowledged;
}

function sendVerification(step: Step, schedule: Schedule): void {
  const { security, now } = step;
  const topics = stateTopics(security);
  verificationSent(schedule, now.mono);
  for (const { tracker } of security.zones.values()) {
    if (tracker !== undefined) verify(tracker, schedule.isQuiet);
  }
  // without zones any topic tells whether the queue is empty
  subscribe(step, topics.length > 0 ? topics : security.others.slice(0, 1));
}

function closeVerification(step: Step, up: Connection, schedule: Schedule): void {
  const { security, now } = step;
  let missing = false;
  let ambiguous = false;
  if (isQueueEmpty(schedule, now.mono)) up.isDraining = false;
  for (const zone of security.zones.values()) {
    const { tracker } = zone;
    if (tracker === undefined) continue;
    const result = endOfAnswers(tracker, schedule.isAcknowledged, up.isDraining);
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
    if (tracker.isRefused || !beginTrouble(zone, `unknown ${why}`)) continue;
    const fields = { zone: zone.settings.zone, topic: zone.topic, queued: zone.whileAway };
    note(step, 'warn', `zone unknown: ${WHY[why]} (${zone.topic})`, fields);
  }
  // a queue that is still coming wants another one as soon as it pauses
  verificationClosed(schedule, now.mono, missing, ambiguous || up.isDraining);
  if (!asksAgain(security, up)) up.schedule = undefined;
}

/** Publishes the truth of an owned zone again when the broker has something else. */
export function repair(step: Step, zone: Zone): void {
  const { truth, topic } = zone;
  const word = zone.tracker?.word;
  if (truth === undefined || step.security.link.up?.isDraining === true) return;
  if (word === shownState(zone, truth.state)) {
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

/**
 * A signal of a sensor that may be an alert: judged, now or as soon as the state is known.
 * Returns what its event may say about the zone.
 */
export function signalHeard(step: Step, signal: SensorSignal): ReturnType<typeof securityAt> {
  const { security, now } = step;
  const zone = zoneOf(security, signal);
  // a delay may have ended unnoticed
  if (zone !== undefined && (nextWake(security) ?? Infinity) <= now.mono) wake(step);
  const standing =
    zone === undefined ? ({ security: 'unknown', verified: false } as const) : securityAt(step, zone, signal);
  if (signal.guard === 'off') judged(step, signal, 'off', 'this sensor guards nothing (guard: off)');
  else if (signal.guard === 'always') raiseAlways(step, zone, signal);
  else if (zone !== undefined) judgeSignal(step, zone, signal);
  if (security.changed) refresh(step);
  return standing;
}

function compareExternal(step: Step, zone: Zone): void {
  const { topic, tracker, settings } = zone;
  const state = stateOf(tracker);
  const isForeign = state === undefined && (zone.isForeign || whyUnknown(tracker) === 'not_understood');
  if (zone.isForeign !== isForeign) {
    zone.isForeign = isForeign;
    step.security.changed = true;
  }
  if (tracker === undefined || state === undefined) return;
  for (const trouble of zone.troubles) {
    if (trouble.startsWith('unknown')) zone.troubles.delete(trouble);
  }
  const meanwhile: SecurityState[] = [];
  if (!tracker.isCompared) {
    tracker.isCompared = true;
    const states = [...(tracker.queue?.states ?? [])];
    zone.whileAway = states;
    meanwhile.push(...states);
    if (states.length > 0) {
      const message = `while the bridge was away the zone was ${states.join(', ')}; now it is ${state}`;
      note(step, 'info', message, { zone: settings.zone, topic, states });
    }
  }
  const memory = remember(zone.memory, state, step.now.at, meanwhile, tracker.armedAt);
  if (memory === zone.memory) return;
  const from = zone.memory?.state ?? 'unknown';
  note(step, 'info', `zone is ${state}`, { zone: settings.zone, from, to: state, topic });
  tellChange(step, zone, zone.memory?.state, memory);
  if ([state, ...meanwhile].includes('disarmed')) endSilence(step.security, zone);
  zone.memory = memory;
  step.security.changed = true;
}

function compareMaster(security: Security, zone: Zone): void {
  const { state, since, mode, armedSince, lastKnown } = believe(security, zone);
  const { memory } = zone;
  if (state === undefined || lastKnown === memory) return;
  const isSame = memory?.state === state && memory.since === since && memory.mode === mode;
  if (isSame && memory.armedSince === armedSince) return;
  zone.memory = lastKnown;
  if (state === 'disarmed') endSilence(security, zone);
  security.changed = true;
}

/** The delays of an owned zone, and its first state when it has none. */
function advanceOwned(step: Step, zone: Zone): void {
  const { security, now } = step;
  const { truth, tracker } = zone;
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
        : (['warn', 'nothing is stored about this zone: its state is read from the broker'] as const);
    const state = found ?? 'disarmed';
    note(step, level, message, { zone: zone.settings.zone, state });
    setTruth(step, zone, firstTruth(state, now.at));
    return;
  }
  const endMono = endOfDelay(security, zone);
  if (endMono === undefined || now.mono < endMono) return;
  if (truth.state === 'arming') {
    setTruth(step, zone, finishArming(truth, now.at));
    bypassOpen(step, zone);
  } else if (truth.state === 'pending') finishEntry(step, zone, truth, believe(security, zone).verified);
}

/** What a zone of ours says of itself: its state, or the alarm of what guards always. */
function shownState(zone: Zone, state: SecurityState): SecurityState {
  return isEmergencyShown(zone) ? 'triggered' : state;
}

/** The zone and those that it sums up. */
function partsOf({ zones }: Security, zone: Zone): readonly Zone[] {
  return [zone, ...zone.settings.members.flatMap((name) => zones.get(name) ?? [])];
}

/** Everything that is to be said of a zone: that it is not available comes first, and that it is comes last. */
export function valuesOf(step: Step, zone: Zone): readonly ZoneValue[] {
  const { security } = step;
  const { settings, truth, reported, whileAway, refusedCommand } = zone;
  const belief = believe(security, zone);
  const { state: believed, verified, source, why, mode, ...known } = belief;
  const since = believed === undefined ? undefined : known.since;
  const lastKnown = known.lastKnown && { state: known.lastKnown.state, since: known.lastKnown.since };
  const parts = partsOf(security, zone);
  const state = settings.kind !== 'external' && parts.some(isEmergencyShown) ? 'triggered' : believed;
  const latch = emergencyOf(zone)?.first ?? zone.latch;
  const hasAlarm = parts.some(
    (part) =>
      part.latch !== undefined || part.truth?.state === 'triggered' || emergencyOf(part) !== undefined,
  );
  const until = latest(parts.map((part) => part.truth?.until));
  const by = truth?.by;
  const alerts = parts
    .flatMap((part) => security.recent.get(part.settings.zone)?.alerts ?? [])
    .sort((a, b) => a.raised - b.raised)
    .slice(-MOST_RECENT);
  // known, or known to be unknown
  const isAvailable = believed !== undefined || !mayBecomeKnown(step, belief, false, 0);
  const available = { channel: 'available', value: isAvailable } as const;
  const circumstances = {
    since,
    verified,
    source,
    lastKnown,
    why,
    reported,
    whileAway,
    latch,
    refusedCommand,
  };
  return [
    ...(isAvailable ? [] : [available]),
    ...(truth === undefined ? [] : [{ channel: 'state', value: shownState(zone, truth.state) } as const]),
    {
      channel: 'security_attributes',
      value: { state, mode, until, by, ...circumstances, ...readiness(security, zone) },
    },
    { channel: 'security', value: state },
    { channel: 'alarm', value: hasAlarm },
    ...(alerts.length === 0 ? [] : [{ channel: 'last_alert', value: alerts } as const]),
    ...(isAvailable ? [available] : []),
  ];
}

/** What begins with each state of a zone; of an alarm the alert tells. */
const BEGINNINGS: Partial<Record<SecurityState, ZoneEvent['type'] | undefined>> = {
  arming: 'exit',
  pending: 'entry',
  triggered: undefined,
  disarmed: 'disarmed',
};

/** Tells that a zone is in another state than it was in `before`; the first state that is known is not news. */
function tellChange(
  step: Step,
  zone: Zone,
  before: SecurityState | undefined,
  now: (Memory & Partial<Truth>) | undefined,
): void {
  if (before === undefined || now === undefined || before === now.state) return;
  const type = now.state in BEGINNINGS ? BEGINNINGS[now.state] : 'armed';
  if (type === undefined) return;
  const { mode, until, by, entry, since: at } = now;
  const named = step.security.sensorsOf(zone.settings.zone).filter(({ alias }) => alias === entry?.alias);
  tellEvent(step, zone, { type, at, mode, until, by: type === 'entry' ? undefined : by, sensors: named });
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
    const { kind } = zone.settings;
    if ((emergencyEndsMono(zone) ?? Infinity) <= step.now.mono) endEmergency(step, zone);
    if (kind === 'master') compareMaster(security, zone);
    const state = kind === 'owned' ? zone.truth?.state : believe(security, zone).state;
    if (state === 'disarmed') clearAlarm(security, zone);
    endSiren(security, zone);
    endBypass(security, zone);
  }
  for (const zone of zones) settleHeld(step, zone);
  if (security.waiting.size > 0) judgeWaiting(step);
  tellBlind(step, zones);
  if (security.changed) {
    security.changed = false;
    emit({ kind: 'persist' });
  }
  for (const zone of zones) {
    const persistFirst = zone.truth !== zone.announced;
    if (persistFirst) tellChange(step, zone, zone.announced?.state, zone.truth);
    zone.announced = zone.truth;
    for (const said of valuesOf(step, zone)) {
      const mark = markOf(said);
      if (zone.published.get(said.channel) === mark) continue;
      zone.published.set(said.channel, mark);
      // an alert that is forgotten in a crash would be raised a second time
      const isAlert = said.channel === 'last_alert';
      emit({ kind: 'zone', zone: zone.settings.zone, said, persistFirst: persistFirst || isAlert });
    }
  }
  sayZoneless(step);
}

/** The last alerts of sensors without a zone, which cannot be disarmed. */
function sayZoneless({ security, emit }: Step): void {
  const value = security.recent.get(ZONELESS)?.alerts;
  if (value === undefined) return;
  const said = { channel: 'last_alert', value } as const;
  const mark = markOf(said);
  if (security.publishedZoneless === mark) return;
  security.publishedZoneless = mark;
  emit({ kind: 'zone', zone: null, said, persistFirst: true });
}
