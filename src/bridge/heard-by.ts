/**
 * Which sensors hear a signal: whose address it is, whether the line counts for that sensor, which function reaches
 * which units. What a sensor does with it is in sensor/sensor.
 */

import { MINUTE } from '../common/duration.js';
import type { Addressed } from '../heyu/selection.js';
import { KAKU_FUNCTIONS, type Signal } from '../heyu/signal.js';
import type { Source } from '../heyu/sources.js';
import { REMOTE_KEYS } from '../sensor/channels.js';
import { duskUnitHeard, noteSign, unitHeard } from '../sensor/sensor.js';
import type { Heard, Sensor } from '../sensor/heard.js';
import { lampHeard } from '../sensor/lamp.js';
import { ADDRESS_COUNT, addressAt, indexOf, type Address, type AddressIndex } from '../x10/address.js';
import { responseOf } from '../x10/response.js';
import { noteDeadline, noteUnmapped, type Bridge, type Core } from './core.js';
import { hasHeartbeat, setTrouble, SHORTEST_LIMIT_MS, withHeartbeat } from './health.js';

/** The power-line copy of an RF code comes 0.5-1.5 s after it (docs/design.md, decision 3). */
const COPY_WITHIN_MS = 2000;
/** Why such a copy changes nothing. */
export const COPY = 'the same signal again, over the power line';

/** House functions that RF transmitters send: where their times stand behind those of the 256 units. */
const RF_FUNCTIONS: readonly string[] = ['Dim', 'Bright', 'AllOff', 'LightsOn', 'LightsOff'];

/** An On or Off for units that had their function longer ago than this is not motion (decision 2). */
const REUSE_LIMIT_MS = MINUTE;

/** Our map's alias, else heyu's own. */
export function aliasOf(core: Core, unit: AddressIndex, label: string | null): string | null {
  return core.byUnit[unit]?.settings.alias ?? core.byDusk[unit]?.settings.alias ?? label;
}

/** A lamp or an appliance: every command to it counts, from any sender. */
const isLamp = ({ settings: { type } }: Sensor): boolean => type === 'light' || type === 'appliance';

const isCommand = (source: Source): boolean => source.startsWith('snd') && source !== 'snda';

/** Whether lines of this source count for the sensor; says why not. */
export function counts({ sinks }: Core, { settings }: Sensor, source: Source): boolean {
  if (!settings.ignore && settings.sources.has(source)) return true;
  const reason = settings.ignore
    ? 'ignored by the alias file'
    : isCommand(source)
      ? 'command of heyu itself'
      : `source ${source} does not count for this sensor`;
  sinks.find?.({ kind: 'kept', alias: settings.alias, reason });
  return false;
}

/** The line was a sign of life: last_seen goes out after everything else that the line caused. */
export function signed({ core, emit }: Bridge, sensor: Sensor, at: number): void {
  if (sensor.state.seenAt < at) noteSign(sensor, at);
  noteDeadline(core, sensor);
  if (hasHeartbeat(sensor.settings)) {
    core.health.heartbeats = withHeartbeat(core.health.heartbeats, at);
    setTrouble(core, 'ends', 'heartbeats_missing', at);
    // when that is too long ago is worked out at the first deadline that may be one
    core.wakeAt = Math.min(core.wakeAt, at + SHORTEST_LIMIT_MS);
  }
  if (core.sinks.put !== undefined) emit({ kind: 'seen', sensor, at });
}

/** An address was heard that no alias covers. heyu's own commands are not a sensor. */
export function unmapped(
  core: Core,
  { unit, label }: Pick<Addressed, 'unit' | 'label'>,
  name: string,
  { source, at }: Heard,
): void {
  if (isCommand(source)) return;
  core.health.counters.unmapped += 1;
  noteUnmapped(core.unmapped, addressAt(unit), { label, function: name, source, at });
  core.unmappedChanged = true;
  core.sinks.find?.({ kind: 'kept', alias: label, reason: 'no alias for this address in the alias file' });
}

/** A function for a lamp or an appliance, if the address is one's and the line counts for it. */
export function lampFunction(
  bridge: Bridge,
  sensor: Sensor | undefined,
  name: string,
  args: string,
  { source, at }: Pick<Heard, 'source' | 'at'>,
): void {
  if (sensor === undefined || !isLamp(sensor) || !counts(bridge.core, sensor, source)) return;
  if (lampHeard(sensor, name, args, at)) signed(bridge, sensor, at);
}

/** Modules that go off because an On has addressed another unit of their group (AMEXC, x10state.c). */
export function displacedBy({ exclusive }: Core, units: readonly Addressed[]): readonly Sensor[] {
  if (exclusive.length === 0) return exclusive;
  return exclusive.filter(({ settings: { address, model, type } }) => {
    const own = indexOf(address);
    const size = responseOf(model, type === 'light').exclusive;
    const groupOf = (unit: AddressIndex): number => (unit & 0xf0) + Math.trunc((unit & 0x0f) / size);
    return units.some(({ unit }) => unit !== own && groupOf(unit) === groupOf(own));
  });
}

/** On, Off, StatusOn or StatusOff of one addressed unit, whose address had its function before so long ago (ms). */
export function unitFunction(
  bridge: Bridge,
  { unit, label }: Addressed,
  name: string,
  heard: Heard,
  reusedAfterMs: number,
): void {
  const { core, sinks } = bridge;
  const { source, at } = heard;
  const isSwitch = name === 'On' || name === 'Off';
  const isCopy = isSwitch && isCopyOf(core, unit, name === 'On' ? 0 : 1, heard);
  const isReused = reusedAfterMs > REUSE_LIMIT_MS;
  if (sinks.find !== undefined) {
    const note = isCopy ? COPY : isReused ? 'its address is old' : undefined;
    sinks.find({
      kind: 'unit',
      address: addressAt(unit),
      function: name.toLowerCase(),
      source,
      alias: aliasOf(core, unit, label),
      ...(note === undefined ? {} : { note }),
    });
  }
  const sensor = core.byUnit[unit];
  const dusk = core.byDusk[unit];
  // a two-way lamp answers how it is
  if (!isSwitch || (sensor !== undefined && isLamp(sensor)))
    return lampFunction(bridge, sensor, name, '', heard);
  if (sensor === undefined && dusk === undefined) return unmapped(core, { unit, label }, name, heard);
  if (isCopy || isReused) {
    if (isCopy) core.health.counters.copies += 1;
    const old = 'its address is older than a minute: a function was lost, or this one is not meant for it';
    sinks.find?.({ kind: 'kept', alias: aliasOf(core, unit, label), reason: isCopy ? COPY : old });
    return;
  }
  if (sensor !== undefined && counts(core, sensor, source)) {
    unitHeard(sensor, addressAt(unit), name, '', heard);
    signed(bridge, sensor, at);
  }
  if (dusk !== undefined && counts(core, dusk, source)) {
    duskUnitHeard(dusk, name, at);
    signed(bridge, dusk, at);
  }
}

/** A function of KlikAanKlikUit for one of the units of the lines before it. */
export function kakuFunction(
  bridge: Bridge,
  addressed: Addressed,
  { name, args }: Extract<Signal, { kind: 'kaku' }>,
  heard: Heard,
): void {
  const { core, sinks } = bridge;
  const { unit, label } = addressed;
  const sensor = core.byUnit[unit];
  const switched = KAKU_FUNCTIONS.get(name);
  if (typeof switched === 'string' && (sensor === undefined || !isLamp(sensor)))
    return unitFunction(bridge, addressed, switched, heard, 0);
  const alias = aliasOf(core, unit, label);
  const { source } = heard;
  sinks.find?.({ kind: 'extended', address: addressAt(unit), function: name, source, alias, args });
  lampFunction(bridge, sensor, name, args, heard);
}

/** A function for all units of a house code, or Dim or Bright for those addressed. */
export function houseFunction(
  bridge: Bridge,
  { house, name, args }: Extract<Signal, { kind: 'function' }>,
  units: readonly Addressed[],
  heard: Heard,
): void {
  const { core, sinks } = bridge;
  if (isHouseCopy(core, house, name, heard)) {
    core.health.counters.copies += 1;
    sinks.find?.({ kind: 'kept', alias: null, reason: COPY });
    return;
  }
  const concerned = new Map<Sensor, Address>();
  if (name === 'Dim' || name === 'Bright') {
    // one key of a remote, for any of its units
    for (const { unit } of units) {
      const sensor = core.byUnit[unit];
      if (sensor !== undefined) concerned.set(sensor, addressAt(unit));
    }
  } else {
    for (const sensor of core.sensors) {
      const { address } = sensor.settings;
      if (address.charCodeAt(0) - 65 === house) concerned.set(sensor, address);
    }
  }
  let isFirst = true;
  for (const [sensor, unit] of concerned) {
    const { address, ignore, type } = sensor.settings;
    if (ignore) continue;
    // a remote is heard by its keys, not by what others say on its house code
    if (type !== 'remote') lampFunction(bridge, sensor, name, args, heard);
    else if (REMOTE_KEYS.has(name) && counts(core, sensor, heard.source)) {
      unitHeard(sensor, unit, name, args, isFirst ? heard : { ...heard, part: address });
      isFirst = false;
      signed(bridge, sensor, heard.at);
    }
  }
}

/** Whether a function of a house code that RF transmitters send is the copy from the power line. */
function isHouseCopy(core: Core, house: number, name: string, heard: Heard): boolean {
  const place = RF_FUNCTIONS.indexOf(name);
  return place >= 0 && isCopyOf(core, ADDRESS_COUNT + house * RF_FUNCTIONS.length + place, 0, heard);
}

/** Remembers what is heard by RF (On, or what stands for itself: place 0; Off: 1), and knows its copy. */
function isCopyOf({ rf }: Core, key: number, place: 0 | 1, { source, at }: Heard): boolean {
  if (source === 'rcva' || source === 'snda') {
    const times = (rf[key] ??= [0, 0]);
    times[place] = at;
    return false;
  }
  // what triggers a macro of the interface comes as rcvt in the place of rcvi
  if (source !== 'rcvi' && source !== 'rcvt') return false;
  const rfAt = rf[key]?.[place] ?? 0;
  return rfAt > 0 && at >= rfAt && at - rfAt <= COPY_WITHIN_MS;
}
