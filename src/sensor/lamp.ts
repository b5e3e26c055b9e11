/** Lamps and appliances: their state as the power line tells it. They do not answer, so this is what was said to them. */

import { isDimmable, remembersLevel } from './channels.js';
import { setChannel, type Report, type Sensor } from './hearing.js';

/** heyu's percentage in `dim %22 [46]` and `bright %48 [100]`. */
const PERCENT = /%(\d{1,3})/;
/** `level 31` of an extended preset, `Lamp level 37` of its answer: 0..63. */
const LEVEL = /^(?:Lamp )?level (\d{1,2})/;
/** `Switch On  LoadOK`: the answer of a switch. */
const SWITCH = /^Switch (On|Off)\b/;

function setBrightness(sensor: Sensor, percent: number, at: number, why: string, report: Report): void {
  if (sensor.settings.type !== 'light' || !isDimmable(sensor.settings.model)) return;
  const bounded = Math.min(100, Math.max(0, Math.round(percent)));
  setChannel(sensor, 'brightness', String(bounded), at, why, report);
}

/** On and All lights on: a lamp that was off comes on at full brightness, unless it remembers how it was. */
function switchOn(sensor: Sensor, at: number, why: string, report: Report): void {
  const wasOff = sensor.state.values['state'] === 'OFF';
  setChannel(sensor, 'state', 'ON', at, why, report);
  if (wasOff && !remembersLevel(sensor.settings.model)) setBrightness(sensor, 100, at, why, report);
}

/**
 * Applies a function of the power line, by the X10 rules: AllOff switches everything off, LightsOn and
 * LightsOff lamps only, Dim and Bright lamps that are addressed. Returns whether the function meant this device.
 */
export function lampHeard(sensor: Sensor, name: string, args: string, at: number, report: Report): boolean {
  const isLamp = sensor.settings.type === 'light';
  switch (name) {
    case 'On':
      switchOn(sensor, at, 'switched on', report);
      return true;
    case 'StatusOn':
      setChannel(sensor, 'state', 'ON', at, 'it answers that it is on', report);
      return true;
    case 'StatusOff':
      setChannel(sensor, 'state', 'OFF', at, 'it answers that it is off', report);
      return true;
    case 'Off':
    case 'AllOff':
    case 'xAllOff':
      setChannel(
        sensor,
        'state',
        'OFF',
        at,
        name === 'Off' ? 'switched off' : 'everything was switched off',
        report,
      );
      return true;
    case 'LightsOn':
      if (isLamp) switchOn(sensor, at, 'all lights were switched on', report);
      return isLamp;
    case 'LightsOff':
      if (isLamp) setChannel(sensor, 'state', 'OFF', at, 'all lights were switched off', report);
      return isLamp;
    case 'AllOn':
    case 'xAllOn':
      switchOn(sensor, at, 'everything was switched on', report);
      return true;
    case 'Dim':
    case 'Bright': {
      if (!isLamp) return false;
      const step = Number(PERCENT.exec(args)?.[1] ?? 0);
      const known = sensor.state.values['brightness'];
      // a lamp that is dimmed from off comes on at full brightness first (StdLM)
      const before = sensor.state.values['state'] === 'OFF' || known === undefined ? 100 : Number(known);
      setChannel(sensor, 'state', 'ON', at, name === 'Dim' ? 'dimmed' : 'brightened', report);
      setBrightness(sensor, before + (name === 'Dim' ? -step : step), at, args, report);
      return true;
    }
    case 'xPreset':
    case 'xStatusAck': {
      const why = name === 'xPreset' ? 'preset' : 'it answers how it is';
      const said = SWITCH.exec(args)?.[1];
      if (said !== undefined) {
        setChannel(sensor, 'state', said === 'On' ? 'ON' : 'OFF', at, why, report);
        return true;
      }
      const level = Number(LEVEL.exec(args)?.[1] ?? NaN);
      if (!isLamp || Number.isNaN(level)) return false;
      setChannel(sensor, 'state', level > 0 ? 'ON' : 'OFF', at, why, report);
      if (level > 0) setBrightness(sensor, (level / 63) * 100, at, why, report);
      return true;
    }
    default:
      return false;
  }
}
