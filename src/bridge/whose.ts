/** What all kinds of lines ask: whose address is this, does the line count, was it a sign of life. */

import { addressAt, type AddressIndex } from '../x10/address.js';
import type { Source } from '../heyu/source.js';
import { noteSign } from '../sensor/diagnostics.js';
import type { Sensor } from '../sensor/hearing.js';
import type { Core } from './core.js';
import { setTrouble } from './health.js';
import { hasHeartbeat, SHORTEST_LIMIT_MS, withHeartbeat } from './heartbeats.js';
import { noteUnmapped } from './unmapped.js';

/** Our map's alias, else heyu's own. */
export function aliasOf(core: Core, unit: AddressIndex, label: string | null): string | null {
  return core.byUnit[unit]?.settings.alias ?? core.byDusk[unit]?.settings.alias ?? label;
}

/** A lamp or an appliance: what is said to it counts, whoever says it. */
export const isLamp = (sensor: Sensor): boolean =>
  sensor.settings.type === 'light' || sensor.settings.type === 'appliance';

/** Whether lines of this source count for the sensor; says why not. */
export function counts(core: Core, sensor: Sensor, source: Source): boolean {
  const { settings } = sensor;
  if (settings.ignore) {
    core.output.find?.({ kind: 'kept', alias: settings.alias, reason: 'ignored by the alias file' });
    return false;
  }
  if (settings.sources.has(source)) return true;
  if (core.output.find !== undefined) {
    const isCommand = source.startsWith('snd') && source !== 'snda';
    const reason = isCommand ? 'command of heyu itself' : `source ${source} does not count for this sensor`;
    core.output.find({ kind: 'kept', alias: settings.alias, reason });
  }
  return false;
}

/** The line was a sign of life: last_seen goes out after everything else that the line caused. */
export function signed(core: Core, sensor: Sensor, at: number): void {
  if (sensor.state.seenAt < at) noteSign(sensor, at, core.report);
  if (hasHeartbeat(sensor.settings)) heartbeat(core, at);
  core.output.seen(sensor, at);
}

function heartbeat(core: Core, at: number): void {
  const { health } = core;
  health.heartbeats = withHeartbeat(health.heartbeats, at);
  setTrouble(core, 'ends', 'heartbeats_missing', at);
  // when that is too long ago is worked out at the first deadline that may be one
  core.wakeAt = Math.min(core.wakeAt, at + SHORTEST_LIMIT_MS);
}

/** An address was heard that no alias covers. heyu's own commands are nobody's sensor. */
export function unmapped(
  core: Core,
  unit: AddressIndex,
  label: string | null,
  name: string,
  source: Source,
  at: number,
): void {
  if (source.startsWith('snd') && source !== 'snda') return;
  noteUnmapped(core.unmapped, addressAt(unit), { label, function: name, source, at });
  core.unmappedChanged = true;
  core.output.find?.({ kind: 'kept', alias: label, reason: 'no alias for this address in the alias file' });
}
