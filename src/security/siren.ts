/**
 * When a siren begins and ends. It sounds once per alarm, for the time in the configuration, over all restarts, and
 * never longer than the alarm lasts. Instants are epoch ms.
 */

import { MINUTE } from '../common/duration.js';
import type { Security, Step } from './security.js';
import { emergencyOf, type Latch, type Zone } from './zone.js';

/** An alert that is reported later does not start the siren: the intruder has left. */
const LIVE_MS = 2 * MINUTE;

/**
 * Starts the siren for an alert, unless this alarm has started it before. Water does not: it calls for a plumber.
 * `heldMs`: so long the alert was held back by an entry delay.
 */
export function startSiren(
  { security, now }: Step,
  zone: Zone,
  { kind, at }: Pick<Latch, 'kind' | 'at'>,
  heldMs = 0,
): void {
  const { onAlarm } = zone.settings;
  if (onAlarm === undefined || zone.siren !== undefined || kind === 'water') return;
  if (security.ageMs(at, now.at) - heldMs > LIVE_MS) return;
  zone.siren = { until: now.at + onAlarm.forMs, untilMono: now.mono + onAlarm.forMs };
  security.changed = true;
}

/** The alarm is over: its siren ends, and the next alarm starts it again. */
export function endSiren(security: Security, zone: Zone): void {
  const isAlarm =
    zone.latch !== undefined || zone.truth?.state === 'triggered' || emergencyOf(zone) !== undefined;
  if (isAlarm || zone.siren === undefined) return;
  zone.siren = undefined;
  security.changed = true;
}

/** What sounds now: the aliases, and when the first of the sirens ends (monotonic ms, Infinity when none sounds). */
export function activeSirens(
  { zones }: Security,
  mono: number,
): { aliases: readonly string[]; endMono: number } {
  const loud = [...zones.values()].filter(({ siren }) => siren !== undefined && mono < siren.untilMono);
  return {
    aliases: loud.flatMap(({ settings }) => settings.onAlarm?.switchOn ?? []),
    endMono: Math.min(Infinity, ...loud.map(({ siren }) => siren?.untilMono ?? Infinity)),
  };
}
