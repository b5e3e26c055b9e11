/**
 * A blind guard: while a zone is armed, something keeps its sensors from being heard. That is not an alarm, but
 * everyone who relies on the zone has to know it at once, also a client that connects later.
 */

import { SECOND } from '../common/duration.js';
import { keepForAbsent } from './alert.js';
import { tellEvent, type Alert, type Security, type Step } from './security.js';
import { isArmed } from './vocabulary.js';
import { believe } from './belief.js';
import { type Zone } from './zone.js';

/** What is over sooner is not told: heyu begins and ends a jamming within seconds. */
export const LASTING_MS = 30 * SECOND;

/** These are the reasons from now on, in words for people, why sensors may not be heard. */
export function blinded({ security, now }: Step, reasons: readonly string[]): void {
  const { blind, zones, blindKnownMono } = security;
  for (const reason of blind.keys()) if (!reasons.includes(reason)) blind.delete(reason);
  for (const reason of reasons) {
    if (blind.has(reason)) continue;
    blind.set(reason, { fromMono: now.mono + LASTING_MS, isSo: false });
    // it was over in between; after a restart that is not known immediately
    if (now.mono >= blindKnownMono) for (const { blindTo } of zones.values()) blindTo.delete(reason);
  }
}

/** When a reason will have lasted long enough, monotonic ms; Infinity when there is none. */
export function blindAt({ blind }: Security): number {
  return Math.min(Infinity, ...[...blind.values()].map(({ fromMono, isSo }) => (isSo ? Infinity : fromMono)));
}

/** Tells each armed zone once of each reason that lasts. */
export function tellBlind(step: Step, zones: readonly Zone[]): void {
  for (const lasting of step.security.blind.values()) lasting.isSo ||= step.now.mono >= lasting.fromMono;
  for (const zone of zones) if (zone.settings.kind !== 'master') tellOne(step, zone);
}

function tellOne(step: Step, zone: Zone): void {
  const { security, now } = step;
  const { state, lastKnown, verified } = believe(security, zone);
  const stands = state ?? lastKnown?.state;
  const isGuarding = stands !== undefined && isArmed(stands);
  for (const reason of zone.blindTo) {
    if (isGuarding && (security.blind.has(reason) || now.mono < security.blindKnownMono)) continue;
    zone.blindTo.delete(reason);
    security.changed = true;
  }
  for (const [reason, { isSo }] of security.blind) {
    if (!isGuarding || !isSo || zone.blindTo.has(reason)) continue;
    zone.blindTo.add(reason);
    const alert: Alert = {
      id: `${zone.settings.zone}.${now.at}.${zone.blindTo.size}.trouble`,
      at: now.at,
      kind: 'trouble',
      zone: zone.settings.zone,
      alias: null,
      address: null,
      source: reason,
      security: stands,
      verified,
      late: false,
    };
    keepForAbsent(step, alert);
    tellEvent(step, zone, { type: 'trouble', sensors: [], reason });
    security.changed = true;
  }
}
