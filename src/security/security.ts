/**
 * The security part as the bridge uses it: every zone's state, the commands to the zones, and whether motion is
 * an alert. One object holds everything; what is to be done comes out through `emit`. No clock, no I/O.
 * docs/security-state.md tells how the state is known.
 */

import type { Now } from '../ports.js';
import { isAfterwards, judgeMotion, setTruth } from './alarm.js';
import { instantOf, securityAt, type Motion } from './alert.js';
import type { Emit, SecurityEffect } from './effect.js';
import { beliefOf, WAIT_MS, type Security } from './house.js';
import { createLink } from './link.js';
import { remember } from './memory.js';
import { order } from './orders.js';
import { obey } from './owned-zone.js';
import { passDueAt } from './passes.js';
import { refresh } from './refresh.js';
import { setBack } from './set-back.js';
import type { ZoneSettings } from './settings.js';
import { restore } from './stored.js';
import { armedMode, type Command, type SecurityState } from './vocabulary.js';
import { advance } from './verification.js';
import { createZone, type Belief, type Zone } from './zone.js';

export type { Security } from './house.js';
export type { Belief } from './zone.js';
export { closed, connected, received, stalled, subscribed } from './connection.js';
export { reconfigure } from './reconfigure.js';
export { setBack } from './set-back.js';
export { alertsOf, recallAlerts, snapshot, type StoredAlerts } from './stored.js';

/**
 * Makes the security part. `stored` is what `snapshot` gave in an earlier run, undefined at the first; what is
 * damaged in it is left out, and said with the next emitted effects. `isDelivered`: see `Security`.
 */
export function createSecurity(
  zones: readonly ZoneSettings[],
  baseTopic: string,
  stored: unknown,
  now: Now,
  isDelivered: (id: string) => boolean = () => false,
): Security {
  const unsaid: SecurityEffect[] = [];
  const security: Security = {
    baseTopic,
    zones: new Map(zones.map((settings) => [settings.zone, createZone(settings, baseTopic)])),
    link: createLink(now.at),
    passes: undefined,
    waiting: new Map(),
    alertedAt: new Map(),
    undelivered: new Map(),
    isDelivered,
    subscribed: new Set(),
    unsaid,
    changed: false,
  };
  restore(security, stored, now, (effect) => unsaid.push(effect));
  setBack(security, now);
  unsaid.push(...security.undelivered.values());
  return security;
}

/**
 * A signal of a sensor that would be an alert in an armed zone: judged, now or as soon as the state is known.
 * Returns what the motion event may say about the zone.
 */
export function motion(
  security: Security,
  signal: Motion,
  now: Now,
  emit: Emit,
): { readonly security: SecurityState | 'unknown'; readonly verified: boolean } {
  const zone = security.zones.get(signal.zone);
  if (zone === undefined) return { security: 'unknown', verified: false };
  // a delay may have ended that nobody has noticed yet
  if ((nextWake(security) ?? Infinity) <= now.mono) wake(security, now, emit);
  const instant = instantOf(signal, isAfterwards(signal, security, now), now.at);
  const standing = securityAt(beliefOf(security, zone), instant);
  judgeMotion(security, zone, signal, undefined, now, emit);
  if (security.changed) refresh(security, now, emit);
  return standing;
}

function toOwned(
  security: Security,
  chosen: (settings: ZoneSettings) => boolean,
  given: { readonly command: Command; readonly immediate: boolean; readonly source: string },
  at: number,
  now: Now,
  emit: Emit,
): void {
  for (const zone of security.zones.values()) {
    if (zone.settings.kind !== 'owned' || !chosen(zone.settings)) continue;
    order(security, zone, { ...given, ageMs: Math.max(0, now.at - at), loggedAt: at }, now, emit);
  }
  if (security.changed) refresh(security, now, emit);
}

/** heyu's own armed state has changed at `at`: drives the zones with `followHeyu`. heyu has waited already. */
export function heyuArmed(
  security: Security,
  state: 'armed_home' | 'armed_away' | 'disarmed',
  at: number,
  now: Now,
  emit: Emit,
): void {
  const command = commandFor(state);
  toOwned(
    security,
    ({ followHeyu }) => followHeyu,
    { command, immediate: true, source: 'heyu' },
    at,
    now,
    emit,
  );
}

/**
 * A keyfob was pressed at `at`: drives the zones that name its alias. `immediate`: its delay switch stands at
 * minimum (`swMin`), so that there is no exit delay.
 */
export function keyfob(
  security: Security,
  alias: string,
  action: 'arm' | 'disarm',
  mode: 'home' | 'away',
  at: number,
  now: Now,
  emit: Emit,
  immediate = false,
): void {
  const command: Command = action === 'arm' ? { kind: 'arm', mode } : { kind: 'disarm' };
  const chosen = ({ keyfobs }: ZoneSettings) => keyfobs.includes(alias);
  toOwned(security, chosen, { command, immediate, source: alias }, at, now, emit);
}

/** The broker has this alert, or it has become too old to be sent. */
export function delivered(security: Security, id: string): void {
  security.undelivered.delete(id);
}

/** When `wake` wants to be called, monotonic ms; undefined = when something happens. */
export function nextWake(security: Security): number | undefined {
  const { link, passes, waiting } = security;
  const times: number[] = [];
  if (passes !== undefined) times.push(passDueAt(passes));
  if (link.up && waiting.size > 0) times.push(link.upMono + WAIT_MS);
  for (const zone of security.zones.values()) {
    if (zone.delayUntilMono === undefined) continue;
    // the end of an entry delay waits for the broker
    if (zone.truth?.state === 'pending' && beliefOf(security, zone).state === undefined) continue;
    times.push(zone.delayUntilMono);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Time has come to `now`: verifications, ends of delays, motion that has waited long enough. Never too often. */
export function wake(security: Security, now: Now, emit: Emit): void {
  advance(security, now, emit);
}

/** What the bridge believes about a zone, undefined when there is no such zone. */
export function belief(security: Security, zone: string): Belief | undefined {
  const found = security.zones.get(zone);
  return found === undefined ? undefined : beliefOf(security, found);
}

function commandFor(state: 'armed_away' | 'armed_home' | 'armed_night' | 'disarmed'): Command {
  const mode = armedMode(state);
  return mode === undefined ? { kind: 'disarm' } : { kind: 'arm', mode };
}

/**
 * There is no broker: zones are what `setScene` says or unknown, and nothing waits for a connection. For `explain`,
 * before the first line.
 */
export function withoutBroker(security: Security): void {
  security.link.absent = true;
}

/**
 * Sets the scene for `explain`: the zone counts as being in this state since ever, whatever a broker says. False
 * when there is no such zone.
 */
export function setScene(
  security: Security,
  name: string,
  state: 'armed_away' | 'armed_home' | 'armed_night' | 'disarmed',
  now: Now,
): boolean {
  const zone = security.zones.get(name);
  if (zone === undefined) return false;
  zone.pinned = true;
  if (zone.settings.kind === 'owned') setTruth(security, zone, sceneTruth(zone, state), now);
  else zone.memory = remember(undefined, state, 0);
  return true;
}

function sceneTruth(zone: Zone, state: Parameters<typeof commandFor>[0]): ReturnType<typeof obey> {
  return obey(undefined, commandFor(state), zone.settings, 0, true);
}
