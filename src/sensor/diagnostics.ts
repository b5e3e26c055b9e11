/** What a sensor says of itself: battery, tampering, silence. */

import type { SecurityFlag } from '../heyu/signal.js';
import { hasSilence } from './channels.js';
import { keep, setChannel, type Sensor } from './heard.js';

/** The flags of a security line: LoBat, Tamper. heyu keeps Tamper on later lines until it is cleared. */
export function noteFlags(sensor: Sensor, name: string, flags: readonly SecurityFlag[], at: number): void {
  noteBattery(sensor, flags.includes('LoBat'), at);
  noteTamper(sensor, name === 'secTamper' || flags.includes('Tamper'), at);
}

/** A line with or without LoBat. That it is missing says something of models only that are known to send it. */
export function noteBattery(sensor: Sensor, isLow: boolean, at: number): void {
  const { model } = sensor.settings;
  if (!model.hasBattery) return;
  if (isLow) setChannel(sensor, 'battery', 'ON', at, 'low battery');
  else if (model.tellsBattery || sensor.state.values['battery'] === 'ON')
    setChannel(sensor, 'battery', 'OFF', at, 'battery is good');
}

/**
 * Tampering stays until heyu clears it. Of a DS90 or DS18-1 heyu shows that on each line (the flag is missing
 * then), of others with its message only.
 */
function noteTamper(sensor: Sensor, isTampered: boolean, at: number): void {
  const { model } = sensor.settings;
  if (!model.hasTamper) return;
  const before = sensor.state.values['tamper'];
  if (isTampered) setChannel(sensor, 'tamper', 'ON', at, 'tampered with');
  else if (before === undefined || model.kind === 'contact')
    setChannel(sensor, 'tamper', 'OFF', at, 'not tampered with');
  else if (before === 'ON') keep(sensor, 'tampered with until heyu clears it');
}

/** heyu's `Clear tamper flags`. */
export function clearTamper(sensor: Sensor, at: number): void {
  if (sensor.state.values['tamper'] !== undefined)
    setChannel(sensor, 'tamper', 'OFF', at, 'heyu cleared its tamper flags');
}

/** The sensor was heard: it is not silent. */
export function noteSign(sensor: Sensor, at: number): void {
  const { settings, state } = sensor;
  if (at > state.seenAt) {
    state.seenAt = at;
    state.watchedSince = at;
  }
  if (hasSilence(settings)) setChannel(sensor, 'silent', 'OFF', at, 'heard');
}

/** heyu's own `Inactive`: nothing was heard of the sensor for heyu's INACTIVE_TIMEOUT. It is no Clear. */
export function noteInactive(sensor: Sensor, at: number): void {
  if (!hasSilence(sensor.settings)) keep(sensor, 'its silence is not watched (silent_after: 0)');
  else if (!setChannel(sensor, 'silent', 'ON', at, 'heyu reports it inactive'))
    keep(sensor, 'known to be silent');
}

/** When a sensor that is not heard until then is silent, epoch ms; Infinity when it is not watched or is known to be. */
export function silentAt({ settings: { silentMs }, state }: Sensor): number {
  return silentMs === 0 || state.values['silent'] === 'ON' ? Infinity : state.watchedSince + silentMs;
}

/** Reports a sensor silent that was not heard for its limit. */
export function expireSilence(sensor: Sensor, at: number): void {
  const from = silentAt(sensor);
  if (from <= at) setChannel(sensor, 'silent', 'ON', from, 'not heard for too long');
}
