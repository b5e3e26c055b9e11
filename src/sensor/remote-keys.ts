import type { EventType } from './event-types.js';

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
