/** What a sensor has: the topics and the events that are published for it, by its type and its model. */

import { type Addresses, unitsOf } from '../x10/address.js';
import type { Model } from '../x10/models.js';
import { isDimmable, responseOf } from '../x10/response.js';
import type { SensorSettings } from './settings.js';
import {
  BYTE_EVENTS,
  FOUR_KEY_EVENTS,
  KEYFOB_EVENTS,
  mainChannelOf,
  REMOTE_EVENTS,
  typeForm,
  type Channel,
  type EventType,
  type ReadingChannel,
  type SensorType,
} from './types.js';

/** What one module measures. */
export type ReadingModel = {
  /** Sent by every device of this model. */
  readonly always: readonly ReadingChannel[];
  /** Sent by some devices of this model or with some settings of heyu only. */
  readonly sometimes: readonly ReadingChannel[];
};

const family = (
  names: string,
  always: readonly ReadingChannel[],
  sometimes: readonly ReadingChannel[] = [],
): readonly (readonly [string, ReadingModel])[] =>
  names.split(' ').map((name) => [name, { always, sometimes }] as const);

/** By heyu's module name in the spelling of src/x10/models.ts. Clocks (ORE_DT1, RTGR328N_DT) measure nothing. */
export const READING_MODELS: ReadonlyMap<string, ReadingModel> = new Map([
  ...family('ORE_T1 ORE_T2 ORE_T3 ORE_TEMU THR138 THRN122N THN122N THN132N', ['temperature']),
  ...family(
    'ORE_TH1 ORE_TH2 ORE_TH3 ORE_TH4 ORE_TH5 ORE_TH6 ORE_THEMU THGR122NX THGN123N THGR228N THGN800 THGR800 ' +
      'THGR810 THGR918N RTGN318 RTGR328N RTGR328N_TH',
    ['temperature', 'humidity'],
  ),
  ...family('ORE_THB1 ORE_THB2 ORE_THBEMU BTHR918 BTHR918N BTHR968', ['temperature', 'humidity', 'pressure']),
  ...family('ORE_DT1 RTGR328N_DT', []),
  ...family('ORE_WIND1 ORE_WIND2 ORE_WIND3 WGR800 WGR918N', ['wind_speed', 'wind_gust', 'wind_direction']),
  ...family('ORE_RAIN1 ORE_RAIN2 ORE_RAIN3 PCR800 PCR918N', ['rain_rate', 'rain_total']),
  ...family('ORE_UV1 ORE_UV2', ['uv']),
  ...family('ORE_WGT1 BWR102', ['weight']),
  ...family('ELS_CM113 ELS_ELEC1 ORE_ELS', ['current']),
  ...family('OWL_ELEC2', ['power', 'energy']),
  // One model name for several devices: which it is stands in the device itself (temperature; with humidity; with
  // pressure; a second temperature; a voltage or a potentiometer). All of them measure their own supply.
  ...family(
    'RFXSENSOR',
    ['temperature'],
    ['temperature_2', 'humidity', 'pressure', 'voltage', 'potentiometer', 'voltage_supply'],
  ),
  // Meters count pulses; what a pulse is worth is a scale in heyu's configuration. That of an RFXPower is kWh.
  ...family('RFXCOUNT RFXPULSE RFXWATER RFXGAS', ['counter']),
  ...family('RFXPOWER', ['energy', 'counter']),
  ...family('DIGIMAX', ['temperature', 'setpoint', 'state']),
]);

/**
 * Whether heyu's lines for this model can be heard as this type: a door contact has no keys, and a keyfob is not a
 * door. Standard X10 sends On and Off, which may mean anything; modules of the kind `other` are left to their owner.
 */
export function canBe(type: SensorType, { name, kind, protocol, dusk }: Model): boolean {
  if (type === 'reading') return kind === 'other' || READING_MODELS.has(name);
  if (protocol === 'standard') return true;
  if (protocol === 'decoded' || type === 'light' || type === 'appliance') return false;
  if (type === 'light_sensor') return dusk === 'function';
  return (type === 'remote') === (kind === 'remote');
}

/** Whether heyu can switch it: a lamp or an appliance on the power line (KlikAanKlikUit it only receives). */
export function isSwitchable({ type, model, ignore }: SensorSettings): boolean {
  if (ignore || (type !== 'light' && type !== 'appliance')) return false;
  return !responseOf(model, type === 'light').traits.has('Kaku');
}

/** Whether it says dark and light: on a unit of its own, or by sDusk and sDawn on its own address. */
function tellsLight(sensor: SensorSettings): boolean {
  return sensor.dusk !== undefined || sensor.model.dusk === 'function';
}

/** Whether its silence is told: by our own watch, or by heyu's (`Inactive`). */
export function hasSilence({ silentMs, heedsInactive }: SensorSettings): boolean {
  return silentMs > 0 || heedsInactive;
}

const isContact = (type: SensorType): boolean => mainChannelOf(type) === 'contact';

/**
 * Every topic that is published for a sensor, the main one first, in a fixed order. Empty for an ignored
 * sensor. `set` is not part of it: that topic is subscribed to.
 */
export function channelsOf(sensor: SensorSettings): readonly Channel[] {
  if (sensor.ignore) return [];
  const { type, model } = sensor;
  if (type === 'remote') return ['event', ...(model.hasBattery ? (['battery'] as const) : []), 'last_seen'];

  const channels: Channel[] = [];
  const main = mainChannelOf(type);
  if (main !== undefined) channels.push(main);
  if (type === 'light' || type === 'appliance') {
    if (type === 'light' && isDimmable(model)) channels.push('brightness');
    channels.push('last_seen');
    return channels;
  }
  if (type === 'reading') {
    const readings = READING_MODELS.get(model.name);
    channels.push(...(readings?.always ?? []), ...(readings?.sometimes ?? []));
  }
  if (main !== 'light' && tellsLight(sensor)) channels.push('light');
  if (model.hasBattery) channels.push('battery');
  if (model.hasTamper) channels.push('tamper');
  if (hasSilence(sensor)) channels.push('silent');
  if (sensor.countsHeartbeats) channels.push('missed_heartbeats');
  // The delay switch (swMin, swMax) and, of two-channel models, the channel (Main, Aux) of the last line.
  if (isContact(type) && model.protocol === 'security') channels.push('attributes');
  channels.push('last_seen');
  if (type !== 'reading' && type !== 'light_sensor') channels.push('event');
  return channels;
}

/**
 * Whether only some devices of its model ever send on this channel: its entity is offered, but not switched on. So
 * is the battery of a model that heyu is not known to report it of, and the silence of one without a sign of life.
 */
export function isUncertain(sensor: SensorSettings, channel: Channel): boolean {
  const { model, silentMs } = sensor;
  if (channel === 'battery') return !model.tellsBattery;
  if (channel === 'silent') return silentMs === 0 && model.silentMs === 0;
  if (sensor.type !== 'reading') return false;
  return READING_MODELS.get(sensor.model.name)?.sometimes.some((reading) => reading === channel) ?? false;
}

const FOUR_KEYS = new Set(['KR18', 'KR18E']);
const PANIC_ONLY = new Set(['KR15A']);
const BYTES_ONLY = new Set('SVDATA SSVDATA VISGEN VDATA UR81A UR51A UX17A UX23A GURU'.split(' '));

/** The event of the key that sends On or Off of this unit (`F2`). */
function unitKey(unit: string, key: 'on' | 'off'): EventType {
  return `key_${unit.slice(1)}_${key}`;
}

function remoteEvents({
  model,
  ...addresses
}: Addresses & Pick<SensorSettings, 'model'>): readonly EventType[] {
  if (BYTES_ONLY.has(model.name)) return BYTE_EVENTS;
  if (model.protocol !== 'security') {
    if (addresses.moreUnits.length === 0) return REMOTE_EVENTS;
    const keys = unitsOf(addresses).flatMap((unit) => [unitKey(unit, 'on'), unitKey(unit, 'off')]);
    return [...keys, ...REMOTE_EVENTS.filter((key) => key !== 'on' && key !== 'off')];
  }
  if (PANIC_ONLY.has(model.name)) return ['panic', ...BYTE_EVENTS];
  return [...(FOUR_KEYS.has(model.name) ? FOUR_KEY_EVENTS : KEYFOB_EVENTS), ...BYTE_EVENTS];
}

/** Whether a remote of this model has keys that arm and disarm. */
export const hasArmKeys = (model: Model, addresses: Addresses): boolean =>
  model.kind === 'remote' && remoteEvents({ ...addresses, model }).includes('arm');

/** The types of events that this sensor can publish, in a fixed order; empty for one without an event topic. */
export function eventTypesOf(sensor: SensorSettings): readonly EventType[] {
  return sensor.type === 'remote' ? remoteEvents(sensor) : typeForm(sensor.type).events;
}

/** Keys of remotes: heyu's function name -> the event that is published. */
export const REMOTE_KEYS: ReadonlyMap<string, EventType> = new Map<string, EventType>([
  ['On', 'on'],
  ['Off', 'off'],
  ['Dim', 'dim'],
  ['Bright', 'bright'],
  ['AllOff', 'all_off'],
  ['LightsOn', 'lights_on'],
  ['LightsOff', 'lights_off'],
  ['Arm', 'arm'],
  ['Disarm', 'disarm'],
  ['Panic', 'panic'],
  ['sLightsOn', 'lights_on'],
  ['sLightsOff', 'lights_off'],
  ['AkeyOn', 'a_key_on'],
  ['AkeyOff', 'a_key_off'],
  ['BkeyOn', 'b_key_on'],
  ['BkeyOff', 'b_key_off'],
  ['vData', 'vdata'],
  ['vDataM', 'vdata'],
]);

/** The event of a function that a remote has sent for this unit; undefined when no key does that. */
export function keyOf(
  { moreUnits }: SensorSettings,
  name: string,
  unit: string | undefined,
): EventType | undefined {
  const key = REMOTE_KEYS.get(name);
  const isOfUnit = unit !== undefined && moreUnits.length > 0 && (key === 'on' || key === 'off');
  return isOfUnit ? unitKey(unit, key) : key;
}
