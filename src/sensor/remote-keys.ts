import { unitKey, type EventType } from './event-types.js';
import type { SensorSettings } from './settings.js';

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
