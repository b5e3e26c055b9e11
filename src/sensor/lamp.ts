/** Lamps and appliances: their state as the power line tells it. They do not answer, so this is what was said to them. */

import { isDimmable, responseOf } from '../x10/response.js';
import { keep, setChannel, type Sensor } from './heard.js';
import { isDefinite, levelAfter, levelFrom, percentOf } from './lamp-level.js';

/** The functions that lamps and appliances may mean, and what they are to people. */
const REASONS: Readonly<Record<string, string>> = {
  On: 'switched on',
  Off: 'switched off',
  AllOff: 'everything was switched off',
  xAllOff: 'everything was switched off',
  xAllOn: 'everything was switched on',
  LightsOn: 'all lights were switched on',
  LightsOff: 'all lights were switched off',
  StatusOn: 'it answers that it is on',
  StatusOff: 'it answers that it is off',
  xStatusAck: 'it answers how it is',
  Dim: 'dimmed',
  Bright: 'brightened',
  Preset: 'preset',
  xPreset: 'preset',
  kOn: 'switched on',
  kOff: 'switched off',
  kGrpOn: 'switched on with its group',
  kGrpOff: 'switched off with its group',
  kPreset: 'preset',
  kGrpPreset: 'preset with its group',
};

/**
 * Applies a function as heyu does: which module understands which, and how bright it is then, is in x10/response.
 * Returns whether the function meant this device.
 */
export function lampHeard(sensor: Sensor, name: string, args: string, at: number): boolean {
  const why = REASONS[name];
  if (why === undefined) return false;
  const { settings, state } = sensor;
  const { model } = settings;
  const response = responseOf(model, settings.type === 'light');
  const { steps } = response;
  // the model may have been another one before
  const before =
    state.level?.steps === steps
      ? state.level
      : levelFrom(steps, state.values['state'], state.values['brightness']);
  const after = levelAfter(response, before, name, args);
  if (after === undefined) {
    keep(sensor, `a ${model.name} does not understand ${name}`);
    return false;
  }
  // brighter or darker than nobody knows
  if (state.values['state'] === undefined && after.now === before.now && !isDefinite(name)) return true;
  state.level = { ...after, steps };
  setChannel(sensor, 'state', after.now > 0 ? 'ON' : 'OFF', at, why);
  if (after.now > 0 && settings.type === 'light' && isDimmable(model))
    setChannel(sensor, 'brightness', String(percentOf(steps, after.now)), at, args || why);
  return true;
}
