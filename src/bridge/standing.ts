/** The state of a sensor as its zone sees it before it is armed (security/readiness). */

import { objectIn, textIn } from '../common/json.js';
import type { SensorStanding } from '../security/readiness.js';
import { signalForm } from '../sensor/guard.js';
import type { Sensor } from '../sensor/heard.js';
import { isAlarmType, mainChannelOf, type Channel } from '../sensor/types.js';

/** Channels of which the standing of a sensor is made. */
export const STANDING_CHANNELS: ReadonlySet<Channel> = new Set([
  'contact',
  'glass',
  'silent',
  'battery',
  'attributes',
]);

/** How a sensor stands. */
export function standingOf({
  settings,
  state: { values },
}: Pick<Sensor, 'settings' | 'state'>): SensorStanding {
  const { alias, name, type, modes } = settings;
  const channel = mainChannelOf(type);
  const delay = textIn(objectIn(values['attributes']), 'delay') === 'max' ? 'max' : undefined;
  const form = isAlarmType(type) ? signalForm(settings, type, delay) : undefined;
  return {
    alias,
    name,
    opening: form?.guard === 'armed' ? openingOf(channel, values) : undefined,
    isBypassable: form?.guard === 'armed',
    isWayIn: form?.entry === 'delayed',
    modes,
    isSilent: values['silent'] === 'ON',
    hasLowBattery: values['battery'] === 'ON',
  };
}

/** Broken glass stands open, too; it is not known to be whole before it breaks. */
function openingOf(
  channel: Channel | undefined,
  values: Sensor['state']['values'],
): SensorStanding['opening'] {
  if (channel === 'glass') return values[channel] === 'ON' ? 'open' : 'closed';
  if (channel !== 'contact') return undefined;
  return values[channel] === 'ON' ? 'open' : values[channel] === 'OFF' ? 'closed' : 'unknown';
}
