/** What a sensor says of itself: battery, tampering, silence. */

import type { SecurityFlag } from '../heyu/functions.js';
import { hasSilence } from './channels.js';
import { setChannel, type Hearing, type Report, type Sensor } from './hearing.js';

/** The flags of a security line: LoBat, Tamper. heyu keeps Tamper on later lines until it is cleared. */
export function noteFlags(
  sensor: Sensor,
  name: string,
  flags: readonly SecurityFlag[],
  hearing: Hearing,
  report: Report,
): void {
  noteBattery(sensor, flags.includes('LoBat'), hearing.at, report);
  noteTamper(sensor, name, flags, hearing.at, report);
}

/** A line with or without LoBat. That it is missing says something of models only that are known to send it. */
export function noteBattery(sensor: Sensor, isLow: boolean, at: number, report: Report): void {
  const { model } = sensor.settings;
  if (!model.hasBattery) return;
  if (isLow) setChannel(sensor, 'battery', 'ON', at, 'low battery', report);
  else if (model.tellsBattery || sensor.state.values['battery'] === 'ON')
    setChannel(sensor, 'battery', 'OFF', at, 'battery is good', report);
}

/**
 * Tampering stays until heyu clears it. Of a DS90 or DS18-1 heyu shows that on each line (the flag is missing
 * then), of others with its message only.
 */
function noteTamper(
  sensor: Sensor,
  name: string,
  flags: readonly SecurityFlag[],
  at: number,
  report: Report,
): void {
  const { model } = sensor.settings;
  if (!model.hasTamper) return;
  const before = sensor.state.values['tamper'];
  if (name === 'secTamper' || flags.includes('Tamper'))
    setChannel(sensor, 'tamper', 'ON', at, 'tampered with', report);
  else if (before === undefined || model.kind === 'contact')
    setChannel(sensor, 'tamper', 'OFF', at, 'not tampered with', report);
  else if (before === 'ON') report.kept(sensor, 'tampered with until heyu clears it');
}

/** heyu's `Clear tamper flags`. */
export function clearTamper(sensor: Sensor, at: number, report: Report): void {
  if (sensor.state.values['tamper'] !== undefined) {
    setChannel(sensor, 'tamper', 'OFF', at, 'heyu cleared its tamper flags', report);
  }
}

/** The sensor was heard: it is not silent. */
export function noteSign(sensor: Sensor, at: number, report: Report): void {
  const { settings, state } = sensor;
  if (at > state.seenAt) {
    state.seenAt = at;
    state.watchedSince = at;
  }
  if (!hasSilence(settings)) return;
  setChannel(sensor, 'silent', 'OFF', at, 'heard', report);
  if (settings.silentMs > 0) report.wakeAt(sensor, at + settings.silentMs);
}

/** heyu's own `Inactive`: nothing was heard of the sensor for heyu's INACTIVE_TIMEOUT. It is no Clear. */
export function noteInactive(sensor: Sensor, at: number, report: Report): void {
  if (!hasSilence(sensor.settings)) {
    report.kept(sensor, 'its silence is not watched (silent_after: 0)');
    return;
  }
  if (!setChannel(sensor, 'silent', 'ON', at, 'heyu reports it inactive', report)) {
    report.kept(sensor, 'known to be silent');
  }
}

/** Reports a sensor silent that was not heard for its limit. */
export function expireSilence(sensor: Sensor, at: number, report: Report): void {
  const { settings, state } = sensor;
  if (settings.silentMs === 0 || state.values['silent'] === 'ON') return;
  const silentAt = state.watchedSince + settings.silentMs;
  if (silentAt > at) report.wakeAt(sensor, silentAt);
  else setChannel(sensor, 'silent', 'ON', silentAt, 'not heard for too long', report);
}
