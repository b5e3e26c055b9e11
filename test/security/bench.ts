/** The security part on a bench: a clock that is moved manually, and everything that was emitted. */

import { alertMessage, zoneEventMessage, zoneMessage } from '../../src/bridge/messages.js';
import type { Outgoing } from '../../src/mqtt/outbox.js';
import * as connection from '../../src/security/connection.js';
import type { SensorStanding } from '../../src/security/readiness.js';
import { belief, type Security, type SecurityEffect } from '../../src/security/security.js';
import { createSecurity } from '../../src/security/setup.js';
import * as refreshing from '../../src/security/refresh.js';
import { snapshot } from '../../src/security/stored.js';
import { ownedZone, type SensorSignal, type Zone, type ZoneSettings } from '../../src/security/zone.js';

/** 22 Nov 2026, 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** A zone with every default, but no source is waited for; and what is different. */
export function zone(name: string, different: Partial<ZoneSettings> = {}): ZoneSettings {
  const kind = different.kind ?? 'external';
  return {
    ...ownedZone(name),
    kind,
    stateTopic: kind === 'external' ? `${name}/state` : undefined,
    alertCooldownMs: 300_000,
    sourceDelayMs: 0,
    ...different,
  };
}

/** How a sensor stands of which the contact is closed, and what is different. */
export function sensor(alias: string, different: Partial<SensorStanding> = {}): SensorStanding {
  const name = alias.toUpperCase();
  return {
    alias,
    name,
    opening: 'closed',
    isBypassable: true,
    isWayIn: false,
    modes: undefined,
    isSilent: false,
    hasLowBattery: false,
    ...different,
  };
}

/** Payload bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** It is a step of the security part itself. */
export type Bench = {
  readonly security: Security;
  readonly effects: SecurityEffect[];
  /** What the bridge makes of them. */
  readonly messages: Outgoing[];
  now: { at: number; mono: number };
  readonly emit: (effect: SecurityEffect) => void;
  /** When not empty: a broker that answers each SUBSCRIBE within `pass` by SUBACK and these retained copies. */
  readonly keeps: Map<string, string>;
  /** That broker stands still: it answers nothing. */
  isFrozen: boolean;
  /** The sensors of the zone `ground`, as far as arming it is concerned. */
  readonly sensors: SensorStanding[];
};

function messagesOf({ baseTopic, zones }: Security, effect: SecurityEffect): readonly Outgoing[] {
  const settings = { baseTopic, zones: [...zones.values()].map((one) => one.settings) };
  const told = { settings, sensors: [] };
  if (effect.kind === 'zone') return [zoneMessage(told, effect.zone, effect.said)];
  if (effect.kind === 'zone_event') return [zoneEventMessage(told, effect.zone, effect.event)];
  return effect.kind === 'alert' ? [alertMessage(told, effect.alert)] : [];
}

/** `mirrors`: the broker on the bench keeps what we publish. */
export function bench(zones: readonly ZoneSettings[], stored?: unknown, at = NOON, mirrors = false): Bench {
  const keeps = new Map<string, string>();
  const effects: SecurityEffect[] = [];
  const messages: Outgoing[] = [];
  const now = { at, mono: 1000 };
  const sensors: SensorStanding[] = [];
  const sensorsOf = (name: string): readonly SensorStanding[] => (name === 'ground' ? sensors : []);
  const security = createSecurity(zones, 'x10', stored, now, { sensorsOf });
  const emit = (effect: SecurityEffect): void => {
    effects.push(effect);
    for (const message of messagesOf(security, effect)) {
      messages.push(message);
      if (mirrors && message.kind === 'state') keeps.set(message.topic, message.payload);
    }
  };
  return { security, effects, messages, now, emit, keeps, isFrozen: false, sensors };
}

/** Moves the clock, waking the part at each of its own times. */
export function pass(test: Bench, ms: number): void {
  const end = test.now.mono + ms;
  for (let wakes = 0; ; wakes += 1) {
    if (wakes > 10_000) throw new Error('it wakes without end');
    const next = refreshing.nextWake(test.security);
    if (next === undefined || next > end) break;
    const step = Math.max(0, next - test.now.mono);
    test.now = { at: test.now.at + step, mono: test.now.mono + step };
    const asked = subscribes(test);
    refreshing.wake(test);
    if (!test.isFrozen && test.keeps.size > 0 && subscribes(test) > asked) answer(test);
  }
  const rest = end - test.now.mono;
  test.now = { at: test.now.at + rest, mono: end };
}

/** SUBACK of the last SUBSCRIBE, and the retained copies that `keeps` has for it. */
export function answer(test: Bench): void {
  suback(test);
  for (const topic of lastSubscribe(test)) {
    const payload = test.keeps.get(topic);
    if (payload !== undefined) message(test, topic, payload, 'R');
  }
}

export function connect(test: Bench, sessionPresent: boolean): void {
  connection.connected(test, sessionPresent);
}

/** Connects to the broker on the bench and lets the first verification happen. */
export function online(test: Bench, sessionPresent = false): Bench {
  connect(test, sessionPresent);
  answer(test);
  pass(test, 5000);
  return test;
}

export function suback(test: Bench, refused: readonly string[] = []): void {
  connection.subscribed(test, lastSubscribe(test), refused);
}

export function cut(test: Bench): void {
  connection.closed(test);
}

/** A message; `R` = retained copy, `Q` = any other. `sent`: by a broker that numbers what it sends, and sends it again. */
export function message(
  test: Bench,
  topic: string,
  payload: string,
  flag: 'R' | 'Q' = 'Q',
  sent: { readonly id?: number; readonly duplicate?: boolean } = {},
): boolean {
  const { id, duplicate = false } = sent;
  const received = { topic, payload: bytes(payload), retain: flag === 'R', duplicate, id };
  return connection.received(test, received);
}

export function motion(
  test: Bench,
  different: Partial<SensorSignal> = {},
): ReturnType<typeof refreshing.signalHeard> {
  const signal: SensorSignal = {
    kind: 'motion',
    guard: 'armed',
    entry: 'delayed',
    alias: 'hall',
    zone: 'ground',
    lasts: false,
    id: `f00d.${test.now.at}`,
    at: test.now.at,
    earliestAt: different.at ?? test.now.at,
    late: false,
    modes: undefined,
    address: 'A3',
    source: 'rcvi',
    ...different,
  };
  return refreshing.signalHeard(test, signal);
}

/** The topics of the last SUBSCRIBE. */
export function lastSubscribe(test: Bench): readonly string[] {
  return test.effects.findLast((effect) => effect.kind === 'subscribe')?.topics ?? [];
}

/** How many SUBSCRIBEs went out. */
export function subscribes(test: Bench): number {
  return test.effects.filter((effect) => effect.kind === 'subscribe').length;
}

/** Everything that was published on a topic, in its order. */
export function published(test: Bench, topic: string): readonly string[] {
  return test.messages.flatMap((message) =>
    message.kind === 'state' && message.topic === topic ? [message.payload] : [],
  );
}

/** What is retained on a topic of ours, as a broker would have it. */
export function retained(test: Bench, topic: string): string | undefined {
  return published(test, topic).at(-1);
}

export function state(test: Bench, name = 'ground'): string {
  return belief(test.security, name)?.state ?? 'unknown';
}

function eventsOn(test: Bench, topic: 'alert' | 'event'): readonly Readonly<Record<string, unknown>>[] {
  return test.messages.flatMap((message) =>
    message.kind === 'event' && message.topic.endsWith(`/${topic}`)
      ? [JSON.parse(message.payload) as Readonly<Record<string, unknown>>]
      : [],
  );
}

export function alerts(test: Bench): ReturnType<typeof eventsOn> {
  return eventsOn(test, 'alert');
}

/** The events of the zones that are no alerts. */
export function zoneEvents(test: Bench): ReturnType<typeof eventsOn> {
  return eventsOn(test, 'event');
}

export function verdicts(test: Bench): readonly string[] {
  return test.effects.flatMap((effect) => (effect.kind === 'judged' ? [effect.verdict] : []));
}

export function notes(test: Bench, level?: string): readonly string[] {
  return test.effects.flatMap((effect) =>
    effect.kind === 'note' && (level === undefined || effect.level === level) ? [effect.message] : [],
  );
}

export function attributes(test: Bench, name = 'ground'): Readonly<Record<string, unknown>> {
  const text = retained(test, `x10/zone/${name}/security_attributes`) ?? '{}';
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** The next run: what is on disk, through JSON, `ms` later. */
export function restart(test: Bench, zones: readonly ZoneSettings[], ms: number, mirrors = false): Bench {
  const stored: unknown = JSON.parse(JSON.stringify(snapshot(test.security, test.now)));
  const next = bench(zones, stored, test.now.at + ms, mirrors);
  for (const [topic, payload] of test.keeps) next.keeps.set(topic, payload);
  return next;
}

/** The zone itself, which the bench has. */
export function zoneOf(security: Security, name = 'ground'): Zone {
  const found = security.zones.get(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
}
