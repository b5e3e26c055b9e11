/**
 * What stands open when an owned zone is armed: the zone is armed all the same, says so, and guards the sensor again once
 * it has closed. An opening is an alert by its change only (docs/alarm.md), so that nothing has to be silenced.
 */

import { inTheWay, type SensorStanding, type ZoneEvent } from './readiness.js';
import type { Security, Step } from './security.js';
import { armedMode, type ArmedMode } from './vocabulary.js';
import type { Zone } from './zone.js';

/** The sensors of a zone, and of those that it sums up. */
export function sensorsIn({ sensorsOf }: Security, { settings }: Zone): readonly SensorStanding[] {
  return [settings.zone, ...settings.members].flatMap((zone) => sensorsOf(zone));
}

/** Tells of what stands open. */
function tellOf(
  step: Step,
  { settings }: Zone,
  type: ZoneEvent['type'],
  sensors: ZoneEvent['sensors'],
): void {
  const { zone } = settings;
  const { at } = step.now;
  step.emit({ kind: 'zone_event', zone, event: { type, id: `${zone}.${at}.${type}`, at, sensors } });
}

/**
 * Why a command to arm is not obeyed, in words, where the owner does not want to leave anything open; undefined when
 * nothing stands in the way. Says so, too. `hasTime`: an exit delay follows.
 */
export function refusal(step: Step, zone: Zone, mode: ArmedMode, hasTime: boolean): string | undefined {
  if (zone.settings.openAtArming !== 'refuse') return undefined;
  const sensors = inTheWay(sensorsIn(step.security, zone), mode, hasTime);
  if (sensors.length === 0) return undefined;
  tellOf(step, zone, 'failed_to_arm', sensors);
  const named = sensors.map(({ name, opening }) => (opening === 'open' ? name : `${name} (not known)`));
  return `not closed: ${named.join(', ')}`;
}

/** The zone is armed from now on: notes what stands open, and says it. */
export function bypassOpen(step: Step, zone: Zone): void {
  const mode = zone.truth && armedMode(zone.truth.state);
  if (mode === undefined) return;
  const sensors = inTheWay(sensorsIn(step.security, zone), mode, false);
  const open = sensors.filter(({ opening }) => opening === 'open');
  zone.bypassed = zone.settings.openAtArming === 'arm' ? [] : open.map(({ alias }) => alias);
  step.security.changed = true;
  if (open.length > 0) tellOf(step, zone, 'armed_open', open);
}

/** What has closed guards again; when the zone is not armed any more, everything does. */
export function endBypass(security: Security, zone: Zone): void {
  if (zone.bypassed.length === 0) return;
  const sensors = sensorsIn(security, zone);
  const isOpen = (alias: string): boolean =>
    sensors.some((sensor) => sensor.alias === alias && sensor.opening !== 'closed');
  const still = zone.truth?.armedSince === undefined ? [] : zone.bypassed.filter(isOpen);
  if (still.length === zone.bypassed.length) return;
  zone.bypassed = still;
  security.changed = true;
}
