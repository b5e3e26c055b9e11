/** What a sensor says of itself: battery, tampering, silence. */

import type { SecurityFlag } from '../heyu/functions.js';
import { setChannel, type Hearing, type Report, type Sensor } from './hearing.js';

/** The flags of a security line: LoBat, Tamper. heyu keeps Tamper on later lines until it is cleared. */
export function noteFlags(
  sensor: Sensor,
  name: string,
  flags: readonly SecurityFlag[],
  hearing: Hearing,
  report: Report,
): void {
  const { model } = sensor.settings;
  if (model.hasBattery) noteBattery(sensor, flags.includes('LoBat'), hearing.at, report);
  if (model.hasTamper) {
    const tampered = name === 'secTamper' || flags.includes('Tamper');
    setChannel(
      sensor,
      'tamper',
      tampered ? 'ON' : 'OFF',
      hearing.at,
      tampered ? 'tampered with' : 'not tampered with',
      report,
    );
  }
}

/** The sensor has told how its battery is. */
export function noteBattery(sensor: Sensor, isLow: boolean, at: number, report: Report): void {
  const words = isLow ? 'low battery' : 'battery is good';
  setChannel(sensor, 'battery', isLow ? 'ON' : 'OFF', at, words, report);
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
  if (settings.silentMs > 0) {
    setChannel(sensor, 'silent', 'OFF', at, 'heard', report);
    report.wakeAt(sensor, at + settings.silentMs);
  }
}

/** heyu's own `Inactive`: nothing was heard of the sensor for heyu's INACTIVE_TIMEOUT. It is no Clear. */
export function noteInactive(sensor: Sensor, at: number, report: Report): void {
  if (sensor.settings.silentMs === 0) {
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
