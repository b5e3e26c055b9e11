/**
 * A blind guard: while a zone is armed, something keeps its sensors from being heard. That is not an alarm, but whoever
 * trusts the zone has to know at once, and so does whoever comes back later.
 */

import { SECOND } from '../common/duration.js';
import { keepForAbsent } from './alert.js';
import type { Alert, Security, Step } from './security.js';
import { isArmed } from './vocabulary.js';
import { believe, type Zone } from './zone.js';

/** What is over sooner is not told: heyu begins and ends a jamming within seconds. */
const LASTING_MS = 30 * SECOND;

/** These are the reasons from now on, in words for people, why sensors may not be heard. */
export function blinded({ security, now }: Step, reasons: readonly string[]): void {
  const { blind } = security;
  for (const reason of blind.keys()) if (!reasons.includes(reason)) blind.delete(reason);
  for (const reason of reasons)
    if (!blind.has(reason)) blind.set(reason, { fromMono: now.mono + LASTING_MS, isSo: false });
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
  const { security, now, emit } = step;
  const { state, lastKnown, verified } = believe(security, zone);
  const stands = state ?? lastKnown?.state;
  const isGuarding = stands !== undefined && isArmed(stands);
  for (const trouble of zone.troubles) {
    const [, reason = ''] = /^blind (.*)/s.exec(trouble) ?? [];
    if (reason !== '' && !(isGuarding && security.blind.has(reason))) zone.troubles.delete(trouble);
  }
  for (const [reason, { isSo }] of security.blind) {
    if (!isGuarding || !isSo || zone.troubles.has(`blind ${reason}`)) continue;
    zone.troubles.add(`blind ${reason}`);
    const alert: Alert = {
      id: `${zone.settings.zone}.${now.at}.${zone.troubles.size}.trouble`,
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
    const event = { type: 'trouble', id: alert.id, at: now.at, sensors: [], reason } as const;
    emit({ kind: 'zone_event', zone: zone.settings.zone, event });
    security.changed = true;
  }
}
