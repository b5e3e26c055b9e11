/**
 * The security part as a document on disk, and back. Reading trusts nothing: wrong parts are left out and reported,
 * zone by zone, because a damaged document must neither crash nor disarm. Instants are epoch ms; delays are stored as
 * the instant of their end.
 */

import { isObject, objectOf, textIn, type JsonObject } from '../common/json.js';
import type { Now } from '../ports.js';
import { keepForAbsent } from './alert.js';
import { isClear } from './broker-link.js';
import { LONGEST_LOCK_MS } from './codes.js';
import { LASTS_MS } from './emergency.js';
import {
  LINK_WAIT_MS,
  ZONELESS,
  markOf,
  note,
  waitingKey,
  type Alert,
  type RaisedAlert,
  type RecentAlerts,
  type Security,
  type Step,
  type ZoneValue,
} from './security.js';
import { isArmed, isArmedMode, isCommandName, isSecurityState } from './vocabulary.js';
import {
  ALERT_KINDS,
  delayIn,
  type AlertKind,
  type Commander,
  type Emergency,
  type Latch,
  type Memory,
  type SensorSignal,
  type Settled,
  type Truth,
  type WrongCodes,
  type Zone,
} from './zone.js';

const VERSION = 1;

/** The document. Every part of it is optional when it is read. */
export type StoredSecurity = {
  readonly version: number;
  readonly session: string;
  readonly upAt: number | null;
  readonly unseenUntil: number;
  readonly subscribed: readonly string[];
  readonly zones: Readonly<Record<string, unknown>>;
  readonly waiting: readonly SensorSignal[];
  readonly alertedAt: StoredAlerts;
  readonly undelivered: readonly Alert[];
  readonly recent: Readonly<Record<string, RecentAlerts>>;
};

/** The last alert of each sensor, by alias. */
export type StoredAlerts = Readonly<Record<string, { readonly zone: string | null; readonly at: number }>>;

function storedZone(zone: Zone): Readonly<Record<string, unknown>> {
  const { settings, memory, isForeign, truth, latch, emergency, refusedCommand, orderedAt } = zone;
  return {
    kind: settings.kind,
    memory: memory ?? null,
    isForeign,
    bypassed: zone.bypassed,
    silenced: zone.silenced,
    blindTo: [...zone.blindTo],
    truth: truth ?? null,
    latch: latch ?? null,
    emergency: emergency ?? null,
    siren: zone.siren ?? null,
    refusedCommand: refusedCommand ?? null,
    wrongCodes: zone.wrongCodes ?? null,
    orderedAt: orderedAt ?? null,
    settled: zone.settled,
  };
}

/** Everything that has to outlive a restart, as plain JSON. */
export function snapshot(security: Security, now: Now): StoredSecurity {
  const { link, zones, waiting, subscribed, undelivered, recent } = security;
  return {
    version: VERSION,
    session: link.session,
    upAt: (isClear(link) ? now.at : link.upAt) ?? null,
    unseenUntil: link.unseenUntil,
    subscribed: [...subscribed],
    zones: Object.fromEntries([...zones].map(([name, zone]) => [name, storedZone(zone)])),
    // an alert that is held back waits for the first message of the source after a restart, and has been waiting longer
    // than those that wait for the state
    waiting: [...[...zones.values()].flatMap(({ held }) => held), ...waiting.values()].map(
      ({ signal }) => signal,
    ),
    alertedAt: alertsOf(security),
    undelivered: [...undelivered.values()],
    recent: Object.fromEntries(recent),
  };
}

/** The last alerts as plain JSON, to be remembered together with the place in the log that has led to them. */
export function alertsOf({ alertedAt }: Security): StoredAlerts {
  return Object.fromEntries(alertedAt);
}

/**
 * Goes back to the last alerts as `alertsOf` gave them: the log is read again from there, and has to be judged
 * again as it was.
 */
export function recallAlerts({ alertedAt }: Security, stored: unknown): void {
  alertedAt.clear();
  for (const [alias, value] of Object.entries(fields(stored))) {
    const alerted = whole(fields(value));
    if (alerted !== undefined)
      alertedAt.set(alias, { zone: textIn(fields(value), 'zone') ?? null, ...alerted });
  }
}

function fields(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** An instant that a Date can hold (ECMAScript, "Time Values and Time Range"). */
function instantIn(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' && Math.abs(value) <= 8.64e15 ? value : undefined;
}

/** All of these texts and the instant `at`, or nothing. */
function whole<K extends string>(
  object: JsonObject,
  ...keys: K[]
): (Record<K, string> & { at: number }) | undefined {
  const isWhole = (found: JsonObject): found is Record<K, string> & { at: number } =>
    keys.every((key) => typeof found[key] === 'string') && found['at'] !== undefined;
  const found = Object.fromEntries(keys.map((key) => [key, object[key]]));
  const dated = { ...found, at: instantIn(object, 'at') };
  return isWhole(dated) ? dated : undefined;
}

/** What can be read of a stored list. */
function listOf<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] {
  return Array.isArray(value) ? value.flatMap((item) => read(item) ?? []) : [];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value, (item) => (typeof item === 'string' ? item : undefined));
}

function readMemory(stored: JsonObject): Memory | undefined {
  const since = instantIn(stored, 'since');
  const { state, mode } = stored;
  if (!isSecurityState(state) || since === undefined) return undefined;
  const armedSince = instantIn(stored, 'armedSince');
  return { state, since, mode: isArmedMode(mode) ? mode : undefined, armedSince };
}

function readTruth(stored: JsonObject): Truth | undefined {
  const memory = readMemory(stored);
  const { sequence, entry } = stored;
  if (memory === undefined || typeof sequence !== 'number' || !Number.isSafeInteger(sequence))
    return undefined;
  const { state, since } = memory;
  return {
    ...memory,
    // an armed zone that has lost since when would not be believed for any signal
    armedSince: memory.armedSince ?? (isArmed(state) ? since : undefined),
    sequence,
    until: state === 'arming' || state === 'pending' ? (instantIn(stored, 'until') ?? since) : undefined,
    entry: state === 'pending' ? readSignal(entry) : undefined,
    by: readCommander(stored['by']),
  };
}

function readCommander(value: unknown): Commander | undefined {
  const stored = fields(value);
  const [code, source] = [textIn(stored, 'code'), textIn(stored, 'source')];
  if (code !== undefined) return { code };
  return source === undefined ? undefined : { source };
}

function readSignal(value: unknown): SensorSignal | undefined {
  const stored = fields(value);
  const found = whole(stored, 'alias', 'id', 'address', 'source');
  const zone = textIn(stored, 'zone');
  if (found === undefined || zone === undefined) return undefined;
  const { alias, id, at, address, source } = found;
  const kind = readKind(stored);
  // version 0.1 judged every signal as motion
  const guard = (['always', 'off'] as const).find((word) => word === stored['guard']) ?? 'armed';
  const entry = stored['entry'] === 'immediate' ? 'immediate' : 'delayed';
  const earliestAt = instantIn(stored, 'earliestAt') ?? at;
  const modes = Array.isArray(stored['modes']) ? stored['modes'].filter(isArmedMode) : undefined;
  const late = stored['late'] === true;
  return { kind, guard, entry, alias, zone, lasts: false, id, at, earliestAt, late, modes, address, source };
}

/** Version 0.1 did not tell the kinds apart. */
function readKind({ kind }: JsonObject): AlertKind {
  return ALERT_KINDS.find((known) => known === kind) ?? 'motion';
}

/** Version 0.1 stored the event as it was published, and its topic. */
function readAlert(value: unknown): Alert | undefined {
  const stored = fields(value);
  const said = isObject(stored['event']) ? stored['event'] : stored;
  const [found, zone] = [whole(stored, 'id'), textIn(said, 'zone')];
  // null: its sensor has no zone
  if (found === undefined || (zone === undefined && said['zone'] !== null)) return undefined;
  return {
    ...found,
    kind: readKind(said),
    zone: zone ?? null,
    alias: textIn(said, 'alias') ?? null,
    address: textIn(said, 'address') ?? null,
    source: textIn(said, 'source') ?? '',
    security: textIn(said, 'security') ?? 'unknown',
    verified: said['verified'] === true,
    late: said['late'] === true,
  };
}

function readRecent(value: unknown): RecentAlerts | undefined {
  const stored = fields(value);
  const alerts = listOf(stored['alerts'], (item): RaisedAlert | undefined => {
    const [alert, raised] = [readAlert(item), instantIn(fields(item), 'raised')];
    return alert && raised !== undefined ? { ...alert, raised } : undefined;
  });
  return alerts.length === 0 ? undefined : { alerts, isOver: stored['isOver'] === true };
}

function readLatch(stored: JsonObject): Latch | undefined {
  const found = whole(stored, 'id');
  return found && { ...found, alias: textIn(stored, 'alias') ?? null, kind: readKind(stored) };
}

function readEmergency(stored: JsonObject, now: Now): Emergency | undefined {
  const first = readLatch(objectOf(stored, 'first'));
  if (first === undefined) return undefined;
  const until = instantIn(stored, 'until') ?? now.at;
  return {
    first,
    open: listOf(stored['open'], (alias) => (typeof alias === 'string' ? alias : undefined)),
    until,
    untilMono: now.mono + Math.min(Math.max(0, until - now.at), LASTS_MS),
    endedAt: instantIn(stored, 'endedAt'),
    endedBefore: instantIn(stored, 'endedBefore'),
  };
}

function readSettled(value: unknown): Settled | undefined {
  const [{ id }, found] = [fields(value), whole(fields(value), 'command')];
  return typeof id === 'number' && found !== undefined ? { id, ...found } : undefined;
}

function readWrongCodes(stored: JsonObject, now: Now): WrongCodes | undefined {
  const { count } = stored;
  const [at, until] = [instantIn(stored, 'at'), instantIn(stored, 'lockedUntil')];
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || at === undefined || until === undefined)
    return undefined;
  const lockedMs = Math.min(Math.max(0, until - now.at), LONGEST_LOCK_MS);
  return { count, at, lockedUntil: now.at + lockedMs, lockedUntilMono: now.mono + lockedMs };
}

/** The delay that was running continues for what is left of it, at most its whole length. */
function resumeDelay(zone: Zone, now: Now): void {
  const { truth, settings } = zone;
  if (truth?.until === undefined) return;
  const delay = truth.state === 'arming' ? settings.exitDelayMs : settings.entryDelayMs;
  const whole = delayIn(delay, truth.mode);
  zone.delayUntilMono = now.mono + Math.min(Math.max(0, truth.until - now.at), whole);
}

function restoreZone(zone: Zone, value: unknown, now: Now): boolean {
  const stored = fields(value);
  if (stored['kind'] !== zone.settings.kind) return false;
  const owned = zone.settings.kind === 'owned';
  zone.truth = owned ? readTruth(objectOf(stored, 'truth')) : undefined;
  zone.announced = zone.truth;
  zone.memory = owned ? undefined : readMemory(objectOf(stored, 'memory'));
  [zone.bypassed, zone.silenced] = [textsOf(stored['bypassed']), textsOf(stored['silenced'])];
  for (const reason of textsOf(stored['blindTo'])) zone.blindTo.add(reason);
  zone.isForeign = !owned && stored['isForeign'] === true;
  zone.latch = readLatch(objectOf(stored, 'latch'));
  zone.emergency = readEmergency(objectOf(stored, 'emergency'), now);
  const until = instantIn(objectOf(stored, 'siren'), 'until');
  const mostMs = zone.settings.onAlarm?.forMs ?? 0;
  const leftMs = Math.min(Math.max(0, (until ?? 0) - now.at), mostMs);
  zone.siren = until === undefined ? undefined : { until, untilMono: now.mono + leftMs };
  const refusedCommand = whole(objectOf(stored, 'refusedCommand'), 'command', 'reason');
  // earlier versions kept the payload itself
  if (refusedCommand !== undefined && isCommandName(refusedCommand.command))
    zone.refusedCommand = refusedCommand;
  zone.wrongCodes = readWrongCodes(objectOf(stored, 'wrongCodes'), now);
  zone.orderedAt = owned ? instantIn(stored, 'orderedAt') : undefined;
  zone.settled = listOf(stored['settled'], readSettled);
  if (zone.truth !== undefined) {
    // presumed on the broker already: the first verification will tell
    const said: ZoneValue = { channel: 'state', value: zone.truth.state };
    zone.published.set(said.channel, markOf(said));
  }
  resumeDelay(zone, now);
  return !(owned && zone.truth === undefined && stored['truth'] !== null);
}

/** Takes over what `snapshot` had stored; `undefined` = nothing is stored. */
export function restore(step: Step, stored: unknown): void {
  if (stored === undefined || stored === null) return;
  const { security, now } = step;
  const document = fields(stored);
  const complain = (what: object) => note(step, 'warn', 'stored security state is damaged and ignored', what);
  if (document['version'] !== VERSION) return complain({ version: document['version'] ?? null });
  const { link, zones } = security;
  link.session = textIn(document, 'session') ?? '';
  link.upAt = instantIn(document, 'upAt');
  link.unseenUntil = instantIn(document, 'unseenUntil') ?? now.at;
  security.subscribed = new Set(
    listOf(document['subscribed'], (topic) => (typeof topic === 'string' ? topic : undefined)),
  );
  const storedZones = objectOf(document, 'zones');
  for (const [name, zone] of zones) {
    if (!Object.hasOwn(storedZones, name)) continue;
    if (!restoreZone(zone, storedZones[name], now)) complain({ zone: name });
  }
  const untilMono = now.mono + LINK_WAIT_MS;
  for (const signal of listOf(document['waiting'], readSignal)) {
    // several of one sensor were held back
    const own = waitingKey(signal, 'gap');
    const key = security.waiting.has(own) ? `${own} ${signal.id}` : own;
    security.waiting.set(key, { signal, kind: 'gap', readAt: signal.at, untilMono });
  }
  recallAlerts(security, document['alertedAt']);
  for (const alert of listOf(document['undelivered'], readAlert)) {
    security.undelivered.set(alert.id, alert);
    // version 0.1 kept none for those who were not there
    if (document['recent'] === undefined) keepForAbsent(step, alert);
  }
  for (const [zone, value] of Object.entries(objectOf(document, 'recent'))) {
    const recent = readRecent(value);
    if (recent !== undefined && (zone === ZONELESS || zones.has(zone))) security.recent.set(zone, recent);
  }
}

/**
 * The wall clock was set back by `byMs`, and what is remembered is dated by the clock of now: a motion that was written before is
 * judged as it would have been. 0 = it is not known by how much; but nothing can have been later than now. Otherwise a zone
 * would have been armed "since" a time to come, and neither late alerts nor cool-downs would be judged rightly until then.
 */
export function setBack({ alertedAt, link, waiting, zones }: Security, { at }: Now, byMs: number): void {
  const redated = <T extends Dated>(dated: T): T => {
    const moved: Record<string, number> = {};
    for (const key of INSTANTS) {
      const before = dated[key];
      if (before !== undefined) moved[key] = Math.min(before - byMs, at);
    }
    for (const key of DEADLINES) {
      const before = dated[key];
      if (before !== undefined) moved[key] = before - byMs;
    }
    return { ...dated, ...moved };
  };
  for (const zone of zones.values()) {
    if (zone.orderedAt !== undefined) zone.orderedAt = Math.min(zone.orderedAt - byMs, at);
    const { tracker } = zone;
    if (tracker?.armedAt !== undefined) tracker.armedAt = Math.min(tracker.armedAt - byMs, at);
    zone.memory = zone.memory && redated(zone.memory);
    zone.emergency = zone.emergency && redated(zone.emergency);
    zone.siren = zone.siren && redated(zone.siren);
    zone.wrongCodes = zone.wrongCodes && redated(zone.wrongCodes);
    zone.settled = zone.settled.map(redated);
    zone.held = zone.held.map((held) => ({ ...held, signal: redated(held.signal) }));
    if (zone.truth === undefined) continue;
    const { entry } = zone.truth;
    const truth = { ...redated(zone.truth), entry: entry && redated(entry) };
    if (zone.announced === zone.truth) zone.announced = truth;
    zone.truth = truth;
  }
  for (const [alias, alerted] of alertedAt) alertedAt.set(alias, redated(alerted));
  for (const [key, waits] of waiting) waiting.set(key, { ...redated(waits), signal: redated(waits.signal) });
  // one that is later than now stays: how long the link was down is then not known, which is the truth
  if (link.upAt !== undefined) link.upAt -= byMs;
  link.unseenUntil = Math.min(link.unseenUntil - byMs, at);
}

const INSTANTS = ['at', 'earliestAt', 'readAt', 'since', 'armedSince', 'endedAt', 'endedBefore'] as const;
const DEADLINES = ['until', 'lockedUntil'] as const;

type Dated = Partial<Record<(typeof INSTANTS)[number] | (typeof DEADLINES)[number], number | undefined>>;
