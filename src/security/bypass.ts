/**
 * What is open when an owned zone is armed: the zone is armed nevertheless, reports it, and guards the sensor again
 * once it has closed. Only the change to open is an alert (docs/alarm.md), so nothing has to be silenced for that. Only
 * bypassed sensors are silenced: the bypass begins while the zone is not armed, and lasts until it is disarmed.
 */

import { inTheWay, readinessOf, type Readiness, type SensorStanding } from './readiness.js';
import { tellEvent, type Security, type Step } from './security.js';
import { armedMode, type ArmedMode } from './vocabulary.js';
import { believe } from './belief.js';
import { delayIn, type Zone } from './zone.js';

/** The sensors of a zone, and of those that it sums up. */
function sensorsIn({ sensorsOf }: Security, { settings }: Zone): readonly SensorStanding[] {
  return [settings.zone, ...settings.members].flatMap((zone) => sensorsOf(zone));
}

/** The sensors of a zone that will guard it. */
function guardsOf(security: Security, zone: Zone): readonly SensorStanding[] {
  return sensorsIn(security, zone).filter(({ alias }) => !zone.silenced.includes(alias));
}

/** What is said of the sensors of a zone. */
export function readiness(security: Security, zone: Zone): Readiness {
  const { members, exitDelayMs, zone: name } = zone.settings;
  const known = security.readiness.get(name);
  if (known !== undefined) return known;
  const parts = [zone, ...members.flatMap((member) => security.zones.get(member) ?? [])];
  const bypassed = new Set(parts.flatMap((part) => [...part.silenced, ...part.bypassed]));
  const hasTime = delayIn(exitDelayMs, 'away') > 0;
  const { ready } = readinessOf(guardsOf(security, zone), [], hasTime);
  const found = { ...readinessOf(sensorsIn(security, zone), [...bypassed], hasTime), ready };
  security.readiness.set(name, found);
  return found;
}

/** Which sensors of a zone are bypassed has changed. */
function bypassChanged(security: Security): void {
  security.readiness.clear();
  security.changed = true;
}

/** The zone was disarmed: nothing is silenced any more. */
export function endSilence(security: Security, zone: Zone): void {
  if (zone.silenced.length === 0) return;
  zone.silenced = [];
  bypassChanged(security);
}

/** Bypasses a sensor, or guards it again. Returns why that is not done, in words. */
export function switchBypass(step: Step, zone: Zone, alias: string, isOn: boolean): string | undefined {
  const { security } = step;
  const sensor = security.sensorsOf(zone.settings.zone).find((one) => one.alias === alias);
  if (sensor === undefined) return 'the zone has no such sensor';
  if (isOn && !sensor.isBypassable) return 'it always guards, or never';
  const { state } = believe(security, zone);
  if (isOn && state === undefined) return 'it is not known whether the zone is armed';
  if (isOn && state !== 'disarmed' && state !== 'arming')
    return 'the zone is armed: a sensor can be bypassed only before';
  zone.silenced = zone.silenced.filter((other) => other !== alias);
  if (!isOn) zone.bypassed = zone.bypassed.filter((other) => other !== alias);
  else {
    zone.silenced = [...zone.silenced, alias];
    tellEvent(step, zone, { type: 'bypassed', sensors: [sensor] });
  }
  bypassChanged(security);
  return undefined;
}

/**
 * Why a command to arm is not obeyed, in words, where the owner does not want to leave anything open; undefined when
 * nothing stands in the way. Says so, too. `hasTime`: an exit delay follows.
 */
export function refusal(step: Step, zone: Zone, mode: ArmedMode, hasTime: boolean): string | undefined {
  if (zone.settings.openAtArming !== 'refuse') return undefined;
  const sensors = inTheWay(guardsOf(step.security, zone), mode, hasTime);
  if (sensors.length === 0) return undefined;
  tellEvent(step, zone, { type: 'failed_to_arm', sensors });
  const named = sensors.map(({ name, opening }) => (opening === 'open' ? name : `${name} (not known)`));
  return `not closed: ${named.join(', ')}`;
}

/** The zone is armed from now on: notes what stands open, and says it. */
export function bypassOpen(step: Step, zone: Zone): void {
  const mode = zone.truth && armedMode(zone.truth.state);
  if (mode === undefined) return;
  const sensors = inTheWay(guardsOf(step.security, zone), mode, false);
  const open = sensors.filter(({ opening }) => opening === 'open');
  zone.bypassed = zone.settings.openAtArming === 'arm' ? [] : open.map(({ alias }) => alias);
  bypassChanged(step.security);
  if (open.length > 0) tellEvent(step, zone, { type: 'armed_open', sensors: open });
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
  bypassChanged(security);
}
