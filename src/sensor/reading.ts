/**
 * Measured values: `rfxTemp : hu L9 Temp 25.500C (rfxt)`. Each is published in one unit (sensor/types). heyu scales
 * most of them as its configuration says, and the unit that it then writes is free text: the factor gives the value of
 * the number. Without a factor the word has to be a well-known unit. Anything else is not published.
 */

import { DAY } from '../common/duration.js';
import type { Scale, ScaleDirective, Scales } from '../heyu/x10config.js';
import { noteBattery } from './sensor.js';
import { keep, setChannel, type Sensor } from './heard.js';
import type { ReadingChannel } from './types.js';
import type { Model } from '../x10/models.js';

/** How heyu writes a value: the word before the number, and the directive that scales it. */
type Measure = {
  readonly topic: ReadingChannel;
  readonly word: string;
  readonly scaledBy?: ScaleDirective;
};

/** heyu's functions (label table, cmd.c:746-764; formats in x10state.c, rfxcom.c, oregon.c, digimax.c). */
const MEASURES: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ['rfxTemp', { topic: 'temperature', word: 'Temp' }],
  ['rfxTemp2', { topic: 'temperature_2', word: 'Temp2' }],
  ['rfxRH', { topic: 'humidity', word: 'RH' }],
  ['rfxBP', { topic: 'pressure', word: 'BP', scaledBy: 'RFX_BPSCALE' }],
  ['rfxVad', { topic: 'voltage', word: 'Vad', scaledBy: 'RFX_VADSCALE' }],
  ['rfxVs', { topic: 'voltage_supply', word: 'Vs' }],
  ['rfxPot', { topic: 'potentiometer', word: 'Pot' }],
  ['rfxPulse', { topic: 'counter', word: 'Meter', scaledBy: 'RFX_PULSESCALE' }],
  ['rfxPower', { topic: 'counter', word: 'Meter', scaledBy: 'RFX_POWERSCALE' }],
  ['rfxWater', { topic: 'counter', word: 'Meter', scaledBy: 'RFX_WATERSCALE' }],
  ['rfxGas', { topic: 'counter', word: 'Meter', scaledBy: 'RFX_GASSCALE' }],
  ['rfxCount', { topic: 'counter', word: 'Meter' }],
  ['dmxTemp', { topic: 'temperature', word: 'Temp' }],
  ['dmxSetpoint', { topic: 'setpoint', word: 'Setpoint' }],
  ['oreTemp', { topic: 'temperature', word: 'Temp' }],
  ['oreRH', { topic: 'humidity', word: 'RH' }],
  ['oreBP', { topic: 'pressure', word: 'BP', scaledBy: 'ORE_BPSCALE' }],
  ['oreWgt', { topic: 'weight', word: 'Wgt', scaledBy: 'ORE_WGTSCALE' }],
  ['oreWindAvSp', { topic: 'wind_speed', word: 'AvSpeed', scaledBy: 'ORE_WINDSCALE' }],
  ['oreWindSp', { topic: 'wind_gust', word: 'Speed', scaledBy: 'ORE_WINDSCALE' }],
  ['oreWindDir', { topic: 'wind_direction', word: 'Dir' }],
  ['oreRainRate', { topic: 'rain_rate', word: 'Rate', scaledBy: 'ORE_RAINRATESCALE' }],
  ['oreRainTot', { topic: 'rain_total', word: 'TotRain', scaledBy: 'ORE_RAINTOTSCALE' }],
  ['oreUV', { topic: 'uv', word: 'UV Factor' }],
  ['elsCurr', { topic: 'current', word: 'Curr' }],
  ['owlPower', { topic: 'power', word: 'Power' }],
  ['owlEnergy', { topic: 'energy', word: 'Energy' }],
]);

/** `25.500C`, `1013hPa`, `1.013e+05Pa` (%.4g), `4.660 kWh`: a number, a blank or none, a word or none. */
const QUANTITY = /^(-?\d+(?:\.\d+)?(?:e[+-]\d+)?) ?(\S*)/;

/** Turns a value in one unit into the unit that is published. */
type Conversion = (value: number) => number;
const times =
  (factor: number): Conversion =>
  (value) =>
    value * factor;
const asItIs = times(1);

const TEMPERATURES: Readonly<Record<string, Conversion>> = {
  c: asItIs,
  f: (f) => ((f - 32) * 5) / 9,
  k: (k) => k - 273.15,
  r: (r) => ((r - 491.67) * 5) / 9,
};
const PERCENT = { '%': asItIs };
const VOLTS = { v: asItIs, volt: asItIs, volts: asItIs, mv: times(0.001) };
const SPEEDS = {
  'm/s': asItIs,
  mph: times(0.44704),
  kph: times(1 / 3.6),
  'km/h': times(1 / 3.6),
  kmh: times(1 / 3.6),
  knots: times(0.514444),
  kts: times(0.514444),
  kn: times(0.514444),
  'ft/s': times(0.3048),
};
const INCHES = 25.4;
const LENGTHS: Readonly<Record<string, Conversion>> = {
  mm: asItIs,
  cm: times(10),
  in: times(INCHES),
  inch: times(INCHES),
  inches: times(INCHES),
  '"': times(INCHES),
};

/** Words that mean the same to everybody, in lower case -> the unit that is published (sensor/types). */
const WORDS: Partial<Record<ReadingChannel, Readonly<Record<string, Conversion>>>> = {
  temperature: TEMPERATURES,
  temperature_2: TEMPERATURES,
  setpoint: TEMPERATURES,
  humidity: PERCENT,
  potentiometer: PERCENT,
  pressure: {
    hpa: asItIs,
    mbar: asItIs,
    mb: asItIs,
    millibar: asItIs,
    millibars: asItIs,
    pa: times(0.01),
    kpa: times(10),
    bar: times(1000),
    inhg: times(33.8639),
    mmhg: times(1.33322),
    torr: times(1.33322),
    psi: times(68.9476),
  },
  voltage: VOLTS,
  voltage_supply: VOLTS,
  // heyu's default: a pulse of an RFXPower is 1 Wh
  counter: { kwh: times(1000) },
  weight: {
    kg: asItIs,
    g: times(0.001),
    lb: times(0.453592),
    lbs: times(0.453592),
    st: times(6.35029),
  },
  wind_speed: SPEEDS,
  wind_gust: SPEEDS,
  wind_direction: { deg: asItIs },
  rain_rate: Object.fromEntries(
    Object.entries(LENGTHS).flatMap(([word, conversion]) =>
      ['hr', 'h'].map((hour) => [`${word}/${hour}`, conversion]),
    ),
  ),
  rain_total: LENGTHS,
  uv: { '': asItIs },
  current: { a: asItIs },
  power: { kw: times(1000) },
  energy: { kwh: asItIs, wh: times(0.001), mwh: times(1000) },
};

/** In mm, the unit in which a rain gauge sends; heyu scales from that (oregon.c, `OreRain1` to `OreRain3`). */
const RAIN_UNITS: ReadonlyMap<string, number> = new Map([
  ['ORE_RAIN1', 1],
  ['PCR918N', 1],
  ['ORE_RAIN2', INCHES],
  ['PCR800', INCHES],
  ['ORE_RAIN3', INCHES],
]);

/** What one of heyu's native units is in ours; undefined when the model does not tell. */
function nativeUnit(topic: ReadingChannel, model: Model): number | undefined {
  return topic === 'rain_rate' || topic === 'rain_total' ? RAIN_UNITS.get(model.name) : 1;
}

/** The number before the owner's own word, as it was before heyu scaled it. */
function unscaled(text: string, topic: ReadingChannel, { word, factor, offset }: Scale): number | undefined {
  const digits = QUANTITY.exec(text)?.[1] ?? '';
  for (let end = digits.length; end > 0; end -= 1) {
    // the word may begin with a digit: "0.122x" is 0.12 in units of "2x"
    const said = text.slice(end).replace(/^ /, '');
    if (!said.startsWith(word) || !/^(?: |$)/.test(said.slice(word.length))) continue;
    const shown = Number(text.slice(0, end));
    // an offset corrects a pressure for the altitude and stays; a voltage is scaled to something else altogether
    const native = (topic === 'voltage' ? shown - offset : shown) / factor;
    return topic === 'counter' ? Math.round(native) : native;
  }
  return undefined;
}

/** A value in the unit that is published. */
type Value = { readonly topic: ReadingChannel; readonly value: string };

/** Rounds what was converted; undefined when it is not a number at all (a factor of 0). */
function written(topic: ReadingChannel, value: number | undefined): readonly Value[] {
  if (value === undefined || !Number.isFinite(value)) return [];
  return [{ topic, value: String(Math.round(value * 1e4) / 1e4) }];
}

const COMPASS = 'N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW'.split(' ');

/** The values in the arguments of a reading, each in the unit that is published; or why there is none. */
export function readingsOf(
  name: string,
  args: string,
  model: Model,
  scales: Scales,
): readonly Value[] | { readonly missing: string } {
  if (name === 'dmxOn' || name === 'dmxOff')
    return [{ topic: 'state', value: name === 'dmxOn' ? 'ON' : 'OFF' }];
  const measure = MEASURES.get(name);
  const missing = { missing: `no value in "${args}"` };
  if (measure === undefined) return missing;
  const { topic, word, scaledBy } = measure;
  if (topic === 'counter') {
    const pulses = /^Counter (\d+)/.exec(args)?.[1];
    if (pulses !== undefined) return written(topic, Number(pulses));
  }
  // heyu may be told to show a channel before it (ORE_DISPLAY_CHAN)
  const said = args.replace(/^Ch \S+ /, '');
  if (!said.startsWith(`${word} `)) return missing;
  const quantity = said.slice(word.length + 1);
  if (topic === 'wind_direction') {
    const point = COMPASS.indexOf(quantity.split(' ', 1)[0] ?? '');
    if (point >= 0) return written(topic, point * 22.5);
  }
  const [, digits, unit = ''] = QUANTITY.exec(quantity) ?? [];
  if (digits === undefined) return missing;
  const known = unit.toLowerCase();
  const scale = scaledBy === undefined ? undefined : scales[scaledBy];
  const native = scale === undefined ? undefined : unscaled(quantity, topic, scale);
  const nativeIn = nativeUnit(topic, model);
  const value =
    native === undefined || nativeIn === undefined
      ? WORDS[topic]?.[known]?.(Number(digits))
      : native * nativeIn;
  const energy = scaledBy === 'RFX_POWERSCALE' ? WORDS.energy?.[known]?.(Number(digits)) : undefined;
  const values = [...written(topic, value), ...written('energy', energy)];
  return values.length > 0
    ? values
    : {
        missing: `it is not known what "${unit}" is${scaledBy === undefined ? '' : ` without ${scaledBy} of x10config`}`,
      };
}

/** RFXSensors say `rfxLoBat` by itself, between their values: it counts for this long after it was last said. */
const LOW_BATTERY_MS = DAY;

/** A measured value was heard, or that the battery is low. */
export function readingHeard(
  sensor: Sensor,
  { name, args }: { readonly name: string; readonly args: string },
  scales: Scales,
  at: number,
): void {
  const { state, settings } = sensor;
  if (name === 'rfxLoBat') {
    state.lowBatteryAt = at;
    noteBattery(sensor, true, at);
    return;
  }
  const readings = readingsOf(name, args, settings.model, scales);
  if ('missing' in readings) {
    keep(sensor, readings.missing);
    return;
  }
  for (const { topic, value } of readings) setChannel(sensor, topic, value, at, args);
  const wasLow = state.lowBatteryAt !== undefined && at - state.lowBatteryAt < LOW_BATTERY_MS;
  noteBattery(sensor, wasLow || /\bLoBat\b/.test(args), at);
}
