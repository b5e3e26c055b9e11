/**
 * What a sensor has: the topics that are published for it, by its type and its model. Both the machine that
 * feeds them and Home Assistant's discovery ask here, so that no entity waits for a topic that nobody publishes.
 */
import type { ChannelTopic } from '../mqtt/topics.js';
import type { Model } from '../x10/model.js';
import { isDimmable, responseOf } from '../x10/response.js';
import { READING_MODELS } from './reading-channels.js';
import type { SensorSettings, SensorType } from './settings.js';

/** The channel that a sensor of this type is for; undefined for remotes (events only) and readings (several). */
export function mainChannelOf(type: SensorType): ChannelTopic | undefined {
  switch (type) {
    case 'motion':
      return 'motion';
    case 'door':
    case 'window':
    case 'garage':
    case 'opening':
      return 'contact';
    case 'smoke':
      return 'smoke';
    case 'glass':
      return 'glass';
    case 'water':
      return 'water';
    case 'light_sensor':
      return 'light';
    case 'light':
    case 'appliance':
      return 'state';
    case 'remote':
    case 'reading':
      return undefined;
  }
}

/** Whether what a sensor of this type is for can be an alarm. */
export function isAlarmType(type: SensorType): boolean {
  const main = mainChannelOf(type);
  return main !== undefined && main !== 'state' && main !== 'light';
}

/**
 * Whether what heyu writes of this model is ever heard as this type: a door contact has no keys, and a keyfob is no
 * door. Standard X10 says On and Off, which may mean anything; modules of the kind `other` are left to their owner.
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
 * sensor. `set` is no part of it: that topic is subscribed to.
 */
export function channelsOf(sensor: SensorSettings): readonly ChannelTopic[] {
  if (sensor.ignore) return [];
  const { type, model } = sensor;
  if (type === 'remote') return ['event', ...(model.hasBattery ? (['battery'] as const) : []), 'last_seen'];

  const channels: ChannelTopic[] = [];
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
  // The delay switch (swMin, swMax) and, of two-channel models, the channel (Main, Aux) of the last line.
  if (isContact(type) && model.protocol === 'security') channels.push('attributes');
  channels.push('last_seen');
  if (type !== 'reading' && type !== 'light_sensor') channels.push('event');
  return channels;
}

const ON_OFF: ReadonlySet<ChannelTopic> = new Set([
  'motion',
  'light',
  'contact',
  'smoke',
  'glass',
  'water',
  'battery',
  'tamper',
  'silent',
  'state',
]);

/** Whether a channel says ON or OFF, or `None` when nobody knows: Home Assistant shows that as unknown. */
export function isOnOff(channel: ChannelTopic): boolean {
  return ON_OFF.has(channel);
}

/**
 * Whether only some devices of its model ever send on this channel: its entity is offered, but not switched on. So
 * is the battery of a model that heyu is not known to report it of, and the silence of one without a sign of life.
 */
export function isUncertain(sensor: SensorSettings, channel: ChannelTopic): boolean {
  const { model, silentMs } = sensor;
  if (channel === 'battery') return !model.tellsBattery;
  if (channel === 'silent') return silentMs === 0 && model.silentMs === 0;
  if (sensor.type !== 'reading') return false;
  return READING_MODELS.get(sensor.model.name)?.sometimes.some((topic) => topic === channel) ?? false;
}
