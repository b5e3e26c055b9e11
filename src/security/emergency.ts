/**
 * The alarm of signals that always guard: smoke, water, a panic key. It is kept beside the state of its zone and never
 * changes it: an armed house with people asleep stays armed while a smoke detector sounds. Instants are epoch ms.
 */

import { MINUTE, SECOND } from '../common/duration.js';
import { beginCooldown, judged, tell } from './alert.js';
import { alertSourceOf, type Security, type Step } from './security.js';
import { startSiren } from './siren.js';
import { believe } from './belief.js';
import { emergencyOf, type Latch, type SensorSignal, type Zone } from './zone.js';

/** If it cannot be disarmed here, the alarm lasts until its sensors are clear, and at least this long. */
export const LASTS_MS = 10 * MINUTE;

/** Whether an alarm shows as `triggered`: water calls for a plumber, not for the police. */
const shows = ({ kind }: Latch): boolean => kind !== 'water';

/** Whether the alarm of what guards always shows in this zone. */
export function isEmergencyShown(zone: Zone): boolean {
  const emergency = emergencyOf(zone);
  return emergency !== undefined && shows(emergency.first);
}

/** Whether an alert of this sensor was so short a time ago, and the alarm was not ended since. */
function isWithinCooldown({ alertedAt }: Security, zone: Zone | undefined, signal: SensorSignal): boolean {
  // each press of a panic key is a call
  if (signal.kind === 'panic') return false;
  const last = alertedAt.get(alertSourceOf(signal));
  const { endedAt, endedBefore } = zone?.emergency ?? {};
  if (last?.zone !== null || last.at <= (endedAt ?? endedBefore ?? -Infinity)) return false;
  return Math.abs(signal.at - last.at) < (zone?.settings.alertCooldownMs ?? MINUTE);
}

/** The alarm begins, or continues. */
function last(step: Step, zone: Zone, by: Latch, lasts: boolean): void {
  const { security, now } = step;
  const { emergency } = zone;
  // after a crash the log is read again: what was ended since stays so
  if (emergency?.endedAt !== undefined && by.at + SECOND <= emergency.endedAt) return;
  const before = emergencyOf(zone);
  const isFirst = before === undefined || (shows(by) && !shows(before.first));
  const open = new Set(before?.open);
  if (lasts && by.alias !== null) open.add(by.alias);
  zone.emergency = {
    first: isFirst ? by : before.first,
    open: [...open],
    until: now.at + LASTS_MS,
    untilMono: now.mono + LASTS_MS,
    endedAt: undefined,
    endedBefore: emergency?.endedAt ?? emergency?.endedBefore,
  };
  startSiren(step, zone, by);
  security.changed = true;
}

/** A signal of a sensor that always guards: an alert in any state of its zone, and without a zone. */
export function raiseAlways(step: Step, zone: Zone | undefined, signal: SensorSignal): void {
  const { security } = step;
  const { alias, at, kind, late, lasts } = signal;
  if (isWithinCooldown(security, zone, signal))
    return judged(step, signal, 'cooldown', 'there was an alert of this sensor a short time ago');
  const state = zone && believe(security, zone).state;
  // how the zone stands may not be known: that this is an alert is certain
  const { id } = tell(step, signal.zone, signal, { security: state ?? 'unknown', verified: true, late });
  beginCooldown(security, signal, null);
  if (zone !== undefined) last(step, zone, { id, at, alias, kind }, lasts);
  judged(step, signal, 'alert', `${kind} is an alert in every state`);
}

/** Ends the alarm. False when there was none. */
export function endEmergency({ security, now }: Omit<Step, 'emit'>, zone: Zone): boolean {
  const emergency = emergencyOf(zone);
  if (emergency === undefined) return false;
  zone.emergency = { ...emergency, endedAt: now.at };
  security.changed = true;
  return true;
}

/** Sensors are clear again, or gone: those of which `isClear` says so. True when an alarm was waiting for one. */
export function emergencySensorsClear(security: Security, isClear: (alias: string) => boolean): boolean {
  const waiting = [...security.zones.values()].filter((zone) => emergencyOf(zone)?.open.some(isClear));
  for (const zone of waiting) {
    const { emergency } = zone;
    if (emergency !== undefined)
      zone.emergency = { ...emergency, open: emergency.open.filter((alias) => !isClear(alias)) };
  }
  security.changed ||= waiting.length > 0;
  return waiting.length > 0;
}

/** When the alarm ends by itself, monotonic ms; undefined when it does not end by itself. */
export function emergencyEndsMono(zone: Zone): number | undefined {
  const emergency = emergencyOf(zone);
  if (zone.settings.kind !== 'external' || emergency === undefined || emergency.open.length > 0)
    return undefined;
  return emergency.untilMono;
}
