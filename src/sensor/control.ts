/** What a command for a lamp or an appliance means in heyu's words (`heyu help direct`). */

import { isDimmable, responseOf } from '../x10/response.js';
import { isSwitchable } from './channels.js';
import { DIM_STEPS, stepsTo } from './lamp-level.js';
import type { SensorSettings } from './settings.js';

/**
 * The arguments of the heyu commands, in order, for a payload of the `set` topic: ON, OFF, or 0..100 for lamps
 * that can be dimmed. Undefined when the payload is no command for this device.
 */
export function heyuArguments(
  settings: SensorSettings,
  payload: string,
): readonly (readonly string[])[] | undefined {
  if (!isSwitchable(settings)) return undefined;
  const { address, model } = settings;
  const word = payload.trim().toUpperCase();
  if (word === 'ON' || word === 'OFF') return [[word.toLowerCase(), address]];
  if (settings.type !== 'light' || !isDimmable(model) || !/^\d{1,3}$/.test(word)) return undefined;
  const percent = Number(word);
  if (percent > 100) return undefined;
  if (percent === 0) return [['off', address]];
  const steps = stepsTo(responseOf(model, true), percent);
  if (steps === 0) {
    return [
      ['on', address],
      ['bright', address, String(DIM_STEPS)],
    ];
  }
  // dimb brightens fully before it dims: the only way to a known brightness for a lamp that does not answer
  return [['dimb', address, String(steps)]];
}
