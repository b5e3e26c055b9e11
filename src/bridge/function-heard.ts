/**
 * A function of standard X10: for the units that were addressed (On, Off, Dim ...) or for a whole house code
 * (AllOff, LightsOn ...).
 */

import { addressAt, houseAt, type AddressIndex, type HouseCode } from '../x10/address.js';
import { selectUnits, type Addressed } from '../heyu/selection.js';
import type { Source } from '../heyu/source.js';
import { lampHeard } from '../sensor/lamp.js';
import { duskUnitHeard, unitHeard } from '../sensor/sensor.js';
import type { LogLine } from '../ports.js';
import type { Core } from './core.js';
import { aliasOf, counts, isLamp, signed, unmapped } from './whose.js';

/** The power-line copy of an RF code comes 0.5-1.5 s after it (docs/design.md, decision 3). */
const COPY_WITHIN_MS = 2000;

/** An On or Off for units that had their function longer ago than this is no motion (decision 2). */
const REUSE_LIMIT_MS = 60_000;

const houseCode = (house: number): HouseCode => houseAt(house << 4);

/** A function of a house code: On and Off are for the units addressed, others for the whole house code. */
export function functionHeard(
  core: Core,
  source: Source,
  house: number,
  name: string,
  args: string,
  at: number,
  now: number,
  line: LogLine,
): void {
  const { health, output, settings } = core;
  const selected = selectUnits(core.selections, source, house, name, at, settings.addressExpiryMs);
  health.counters.expiredAddresses += selected.expired;
  const isSwitch = name === 'On' || name === 'Off';
  if (isSwitch || ((name === 'StatusOn' || name === 'StatusOff') && selected.units.length > 0)) {
    if (selected.units.length === 0) {
      health.counters.orphans += 1;
      output.find?.({ kind: 'orphan', house: houseCode(house), function: name.toLowerCase(), source });
      return;
    }
    for (const unit of selected.units)
      unitFunction(core, unit, source, name, selected.reusedAfterMs, at, now, line);
    return;
  }
  output.find?.({ kind: 'house', house: houseCode(house), function: name.toLowerCase(), source, args });
  const hearing = { at, now, line, source };
  if (name === 'Dim' || name === 'Bright') {
    for (const { unit } of selected.units) {
      const sensor = core.byUnit[unit];
      if (sensor === undefined || sensor.settings.ignore) continue;
      if (isLamp(sensor)) lampHeard(sensor, name, args, at, core.report);
      else if (sensor.settings.type === 'remote' && counts(core, sensor, source)) {
        unitHeard(sensor, name, args, hearing, core.report);
      }
    }
    return;
  }
  for (const sensor of core.sensors) {
    if (sensor.settings.ignore || sensor.settings.address.charCodeAt(0) - 65 !== house) continue;
    if (isLamp(sensor)) lampHeard(sensor, name, args, at, core.report);
    else if (sensor.settings.type === 'remote' && name !== 'Hail' && counts(core, sensor, source)) {
      unitHeard(sensor, name, args, hearing, core.report);
    }
  }
}

/** On, Off, StatusOn or StatusOff of one addressed unit. */
function unitFunction(
  core: Core,
  { unit, label }: Addressed,
  source: Source,
  name: string,
  reusedAfterMs: number,
  at: number,
  now: number,
  line: LogLine,
): void {
  const { output, report } = core;
  const isCopy = noteCopy(core, unit, name, source, at);
  if (output.find !== undefined) {
    const note = isCopy
      ? 'power-line copy of the RF code before'
      : reusedAfterMs > REUSE_LIMIT_MS
        ? 'its address is old'
        : undefined;
    output.find({
      kind: 'unit',
      address: addressAt(unit),
      function: name.toLowerCase(),
      source,
      alias: aliasOf(core, unit, label),
      ...(note === undefined ? {} : { note }),
    });
  }
  if (name !== 'On' && name !== 'Off') return;
  const sensor = core.byUnit[unit];
  const dusk = core.byDusk[unit];
  if (sensor === undefined && dusk === undefined) return unmapped(core, unit, label, name, source, at);
  const hearing = { at, now, line, source };
  if (sensor !== undefined && isLamp(sensor)) {
    if (!sensor.settings.ignore) lampHeard(sensor, name, '', at, report);
    if (!sensor.settings.ignore) signed(core, sensor, at);
    return;
  }
  if (isCopy) {
    core.health.counters.copies += 1;
    output.find?.({
      kind: 'kept',
      alias: aliasOf(core, unit, label),
      reason: 'power-line copy of the RF code before',
    });
    return;
  }
  if (reusedAfterMs > REUSE_LIMIT_MS) {
    output.find?.({
      kind: 'kept',
      alias: aliasOf(core, unit, label),
      reason: 'its address is older than a minute: a function was lost, or this one is not meant for it',
    });
    return;
  }
  if (sensor !== undefined && counts(core, sensor, source)) {
    unitHeard(sensor, name, '', hearing, report);
    signed(core, sensor, at);
  }
  if (dusk !== undefined && counts(core, dusk, source)) {
    duskUnitHeard(dusk, name, hearing, report);
    signed(core, dusk, at);
  }
}

/** Remembers an On or Off heard by RF, and tells whether this one is its copy from the power line. */
function noteCopy(core: Core, unit: AddressIndex, name: string, source: Source, at: number): boolean {
  if (name !== 'On' && name !== 'Off') return false;
  const place = name === 'On' ? 0 : 1;
  if (source === 'rcva' || source === 'snda') {
    const heard = (core.rf[unit] ??= [0, 0]);
    heard[place] = at;
    return false;
  }
  if (source !== 'rcvi') return false;
  const rfAt = core.rf[unit]?.[place] ?? 0;
  return rfAt > 0 && at >= rfAt && at - rfAt <= COPY_WITHIN_MS;
}
