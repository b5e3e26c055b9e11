/**
 * A function of standard X10: for the units that were addressed (On, Off, Dim ...) or for a whole house code
 * (AllOff, LightsOn ...).
 */

import {
  ADDRESS_COUNT,
  addressAt,
  houseAt,
  type Address,
  type AddressIndex,
  type HouseCode,
} from '../x10/address.js';
import { KAKU_FUNCTIONS } from '../heyu/functions.js';
import { selectForPreset, selectUnits, type Addressed, type Selections } from '../heyu/selection.js';
import type { Signal } from '../heyu/signal.js';
import type { Source } from '../heyu/source.js';
import type { Sensor } from '../sensor/hearing.js';
import { responseOf } from '../x10/response.js';
import { lampHeard } from '../sensor/lamp.js';
import { REMOTE_KEYS } from '../sensor/remote-keys.js';
import { duskUnitHeard, unitHeard } from '../sensor/sensor.js';
import type { LogLine } from '../ports.js';
import type { Core } from './core.js';
import { aliasOf, counts, isLamp, signed, unmapped } from './whose.js';

/** The power-line copy of an RF code comes 0.5-1.5 s after it (docs/design.md, decision 3). */
const COPY_WITHIN_MS = 2000;

/** House functions that RF transmitters send: where their times stand behind those of the 256 units. */
const RF_FUNCTIONS: readonly string[] = ['Dim', 'Bright', 'AllOff', 'LightsOn', 'LightsOff'];

/** An On or Off for units that had their function longer ago than this is no motion (decision 2). */
const REUSE_LIMIT_MS = 60_000;

const COPY = 'power-line copy of the RF code before';

const houseCode = (house: number): HouseCode => houseAt(house << 4);

/** A function of a house code: On and Off are for the units addressed, others for the whole house code. */
export function functionHeard(
  core: Core,
  selections: Selections,
  { source, house, name, args }: Extract<Signal, { kind: 'function' }>,
  at: number,
  now: number,
  line: LogLine,
): void {
  const { health, output, settings } = core;
  const selected = selectUnits(selections, source, house, name, at, settings.addressExpiryMs);
  health.counters.expiredAddresses += selected.expired;
  const isSwitch = name === 'On' || name === 'Off';
  if (isSwitch || ((name === 'StatusOn' || name === 'StatusOff') && selected.units.length > 0)) {
    if (selected.units.length === 0) {
      health.counters.orphans += 1;
      output.find?.({ kind: 'orphan', house: houseCode(house), function: name.toLowerCase(), source });
      return;
    }
    // x10state.c: it is the unit addressed last that answers, from the power line
    const units = isSwitch ? selected.units : source === 'rcvi' ? selected.units.slice(-1) : [];
    const displaced = name === 'On' ? displacedBy(core, units) : [];
    const [first] = units;
    for (const unit of units) {
      if (displaced.some(({ settings: { address } }) => address === addressAt(unit.unit))) continue;
      const part = unit === first ? undefined : addressAt(unit.unit);
      unitFunction(core, unit, source, name, selected.reusedAfterMs, at, now, line, part);
    }
    for (const sensor of displaced) {
      if (counts(core, sensor, source) && lampHeard(sensor, 'Off', '', at, core.report))
        signed(core, sensor, at);
    }
    return;
  }
  output.find?.({ kind: 'house', house: houseCode(house), function: name.toLowerCase(), source, args });
  // the answer of a unit that nobody was heard to ask
  if (name === 'StatusOn' || name === 'StatusOff') return;
  houseFunction(core, source, house, name, args, selected.units, at, now, line);
}

/** Modules that go off because an On has addressed another unit of their group (AMEXC, x10state.c). */
function displacedBy(core: Core, units: readonly Addressed[]): readonly Sensor[] {
  const house = (units[0]?.unit ?? 0) & 0xf0;
  return core.byUnit.slice(house, house + 16).filter((sensor, own): sensor is Sensor => {
    if (sensor === undefined || !isLamp(sensor)) return false;
    const { exclusive } = responseOf(sensor.settings.model, sensor.settings.type === 'light');
    const groupOf = (unit: AddressIndex): number => Math.trunc((unit & 0x0f) / exclusive);
    return exclusive > 0 && units.some(({ unit }) => unit !== house + own && groupOf(unit) === groupOf(own));
  });
}

/** Preset 1 to 32 for the lamps that were addressed. */
export function presetHeard(
  core: Core,
  selections: Selections,
  { source, level }: Extract<Signal, { kind: 'preset' }>,
  at: number,
): void {
  for (const { unit } of selectForPreset(selections, source, at, core.settings.addressExpiryMs)) {
    const sensor = core.byUnit[unit];
    if (sensor === undefined || !isLamp(sensor) || !counts(core, sensor, source)) continue;
    if (lampHeard(sensor, 'Preset', String(level), at, core.report)) signed(core, sensor, at);
  }
}

/** A function of KlikAanKlikUit for the units of the lines before it. */
export function kakuHeard(
  core: Core,
  units: readonly Addressed[],
  { source, name, args }: Extract<Signal, { kind: 'kaku' }>,
  at: number,
  now: number,
  line: LogLine,
): void {
  const { health, output, report } = core;
  if (units.length === 0) {
    health.counters.orphans += 1;
    output.find?.({ kind: 'kept', alias: null, reason: `${name} without a unit before it` });
    return;
  }
  const [first] = units;
  for (const addressed of units) {
    const { unit, label } = addressed;
    const sensor = core.byUnit[unit];
    const switched = KAKU_FUNCTIONS.get(name);
    const part = addressed === first ? undefined : addressAt(unit);
    if (typeof switched === 'string' && (sensor === undefined || !isLamp(sensor))) {
      unitFunction(core, addressed, source, switched, 0, at, now, line, part);
      continue;
    }
    const alias = aliasOf(core, unit, label);
    output.find?.({ kind: 'extended', address: addressAt(unit), function: name, source, alias, args });
    if (sensor === undefined || !isLamp(sensor) || !counts(core, sensor, source)) continue;
    if (lampHeard(sensor, name, args, at, report)) signed(core, sensor, at);
  }
}

/** A function for all units of a house code, or Dim or Bright for those addressed. */
function houseFunction(
  core: Core,
  source: Source,
  house: number,
  name: string,
  args: string,
  units: readonly Addressed[],
  at: number,
  now: number,
  line: LogLine,
): void {
  if (isHouseCopy(core, house, name, source, at)) {
    core.health.counters.copies += 1;
    core.output.find?.({ kind: 'kept', alias: null, reason: COPY });
    return;
  }
  let isFirst = true;
  const take = (sensor: Sensor, unit: Address): void => {
    const { address, ignore, type } = sensor.settings;
    // a remote is heard by its keys, not by what others say on its house code
    if (ignore || !(isLamp(sensor) || (type === 'remote' && REMOTE_KEYS.has(name)))) return;
    if (!counts(core, sensor, source)) return;
    if (type === 'remote') {
      const part = isFirst ? undefined : address;
      isFirst = false;
      unitHeard(sensor, unit, name, args, { at, now, line, source, part }, core.report);
    } else if (!lampHeard(sensor, name, args, at, core.report)) return;
    signed(core, sensor, at);
  };
  if (name === 'Dim' || name === 'Bright') {
    // one key of the remote, whichever of its units were addressed
    const meant = new Map<Sensor, Address>();
    for (const { unit } of units) {
      const sensor = core.byUnit[unit];
      if (sensor !== undefined) meant.set(sensor, addressAt(unit));
    }
    for (const [sensor, unit] of meant) take(sensor, unit);
    return;
  }
  for (const sensor of core.sensors) {
    if (sensor.settings.address.charCodeAt(0) - 65 === house) take(sensor, sensor.settings.address);
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
  part?: string,
): void {
  const { output, report } = core;
  const isCopy = noteCopy(core, unit, name, source, at);
  if (output.find !== undefined) {
    const note = isCopy ? COPY : reusedAfterMs > REUSE_LIMIT_MS ? 'its address is old' : undefined;
    output.find({
      kind: 'unit',
      address: addressAt(unit),
      function: name.toLowerCase(),
      source,
      alias: aliasOf(core, unit, label),
      ...(note === undefined ? {} : { note }),
    });
  }
  const sensor = core.byUnit[unit];
  if (name !== 'On' && name !== 'Off') {
    // a two-way lamp answers how it is
    if (sensor === undefined || !isLamp(sensor) || !counts(core, sensor, source)) return;
    lampHeard(sensor, name, '', at, report);
    signed(core, sensor, at);
    return;
  }
  const dusk = core.byDusk[unit];
  if (sensor === undefined && dusk === undefined) return unmapped(core, unit, label, name, source, at);
  const hearing = { at, now, line, source, part };
  if (sensor !== undefined && isLamp(sensor)) {
    if (!counts(core, sensor, source)) return;
    lampHeard(sensor, name, '', at, report);
    signed(core, sensor, at);
    return;
  }
  if (isCopy) {
    core.health.counters.copies += 1;
    output.find?.({
      kind: 'kept',
      alias: aliasOf(core, unit, label),
      reason: COPY,
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
    unitHeard(sensor, addressAt(unit), name, '', hearing, report);
    signed(core, sensor, at);
  }
  if (dusk !== undefined && counts(core, dusk, source)) {
    duskUnitHeard(dusk, name, hearing, report);
    signed(core, dusk, at);
  }
}

/** Remembers an On or Off heard by RF, and tells whether this one is its copy from the power line. */
function noteCopy(core: Core, unit: AddressIndex, name: string, source: Source, at: number): boolean {
  return (name === 'On' || name === 'Off') && isCopyOf(core, unit, name === 'On' ? 0 : 1, source, at);
}

/** The same for Dim, Bright and the functions of all lights and units. */
function isHouseCopy(core: Core, house: number, name: string, source: Source, at: number): boolean {
  const place = RF_FUNCTIONS.indexOf(name);
  return place >= 0 && isCopyOf(core, ADDRESS_COUNT + house * RF_FUNCTIONS.length + place, 0, source, at);
}

function isCopyOf(core: Core, key: number, place: 0 | 1, source: Source, at: number): boolean {
  if (source === 'rcva' || source === 'snda') {
    const heard = (core.rf[key] ??= [0, 0]);
    heard[place] = at;
    return false;
  }
  // what triggers a macro of the interface comes as rcvt in the place of rcvi
  if (source !== 'rcvi' && source !== 'rcvt') return false;
  const rfAt = core.rf[key]?.[place] ?? 0;
  return rfAt > 0 && at >= rfAt && at - rfAt <= COPY_WITHIN_MS;
}
