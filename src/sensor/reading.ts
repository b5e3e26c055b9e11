/**
 * Measured values: `rfxTemp : hu L9  Temp 25.500C (rfxt)`. Each is published in one unit, whatever scale heyu
 * is configured to show (*_SCALE directives). What cannot be read as a number is not published.
 */

import type { ReadingTopic } from '../mqtt/topics.js';
import { noteBattery } from './diagnostics.js';
import { setChannel, type Hearing, type Report, type Sensor } from './hearing.js';

/** heyu's function (label table, cmd.c:746-764) -> the topic of its value. */
const TOPICS: ReadonlyMap<string, ReadingTopic> = new Map([
  ['rfxTemp', 'temperature'],
  ['rfxTemp2', 'temperature_2'],
  ['rfxRH', 'humidity'],
  ['rfxBP', 'pressure'],
  ['rfxVad', 'voltage'],
  ['rfxVs', 'voltage_supply'],
  ['rfxPot', 'potentiometer'],
  ['rfxPulse', 'counter'],
  ['rfxPower', 'counter'],
  ['rfxWater', 'counter'],
  ['rfxGas', 'counter'],
  ['rfxCount', 'counter'],
  ['dmxTemp', 'temperature'],
  ['dmxSetpoint', 'setpoint'],
  ['oreTemp', 'temperature'],
  ['oreRH', 'humidity'],
  ['oreBP', 'pressure'],
  ['oreWgt', 'weight'],
  ['oreWindAvSp', 'wind_speed'],
  ['oreWindSp', 'wind_gust'],
  ['oreWindDir', 'wind_direction'],
  ['oreRainRate', 'rain_rate'],
  ['oreRainTot', 'rain_total'],
  ['oreUV', 'uv'],
  ['elsCurr', 'current'],
  ['owlPower', 'power'],
  ['owlEnergy', 'energy'],
]);

const NUMBER = String.raw`(-?\d+(?:\.\d+)?)\s*([A-Za-z%/"°]*)`;
const VALUE = new RegExp(NUMBER);

/** The word that heyu writes before a value; one that it writes otherwise is the first number. */
const WORDS: Partial<Record<ReadingTopic, RegExp>> = {
  temperature: new RegExp(String.raw`\bTemp\D*?${NUMBER}`, 'i'),
  temperature_2: new RegExp(String.raw`\bTemp2?\D*?${NUMBER}`, 'i'),
  setpoint: new RegExp(String.raw`\bSet\D*?${NUMBER}`, 'i'),
  humidity: new RegExp(String.raw`\b(?:RH|Hum)\D*?${NUMBER}`, 'i'),
  pressure: new RegExp(String.raw`\b(?:BP|Baro)\D*?${NUMBER}`, 'i'),
};

/** What heyu can be told to show beside a value (ORE_DISPLAY_..., OWL_DISPLAY_COUNT): channel, battery, raw counts. */
const BESIDE = /\b(?:Ch(?:an|annel)?|BatLvl|Count|Cnt|Beaufort|Bft)\b[\s:=]*\S+|\[[^\]]*\]|\([^)]*\)/gi;

type Scale = (value: number) => number;
const times =
  (factor: number): Scale =>
  (value) =>
    value * factor;

const TEMPERATURES: Readonly<Record<string, Scale>> = {
  F: (f) => ((f - 32) * 5) / 9,
  K: (k) => k - 273.15,
  R: (r) => ((r - 491.67) * 5) / 9,
};

const SPEEDS: Readonly<Record<string, Scale>> = {
  mph: times(0.44704),
  kph: times(1 / 3.6),
  'km/h': times(1 / 3.6),
  knots: times(0.514444),
};

/** Scales that heyu can be told to show -> the unit that is published (sensor/reading-channels). */
const SCALES: Partial<Record<ReadingTopic, Readonly<Record<string, Scale>>>> = {
  temperature: TEMPERATURES,
  temperature_2: TEMPERATURES,
  setpoint: TEMPERATURES,
  pressure: { inHg: times(33.8639), mmHg: times(1.33322), psi: times(68.9476), kPa: times(10) },
  weight: { lbs: times(0.453592), lb: times(0.453592), st: times(6.35029), g: times(0.001) },
  wind_speed: SPEEDS,
  wind_gust: SPEEDS,
  rain_rate: { in: times(25.4), 'in/hr': times(25.4), 'in/h': times(25.4) },
  rain_total: { in: times(25.4), inch: times(25.4), '"': times(25.4) },
  power: { kW: times(1000) },
  energy: { Wh: times(0.001) },
};

/** The value of a reading line in the unit that is published, or undefined when it holds no number. */
export function readingOf(name: string, args: string): { topic: ReadingTopic; value: string } | undefined {
  if (name === 'dmxOn' || name === 'dmxOff')
    return { topic: 'state', value: name === 'dmxOn' ? 'ON' : 'OFF' };
  const topic = TOPICS.get(name);
  if (topic === undefined) return undefined;
  const said = topic === 'counter' ? args : args.replace(BESIDE, ' ');
  const match = WORDS[topic]?.exec(said) ?? VALUE.exec(said);
  if (match === null) return undefined;
  const number = Number(match[1]);
  const scale = SCALES[topic]?.[match[2] ?? ''];
  const value = scale === undefined ? number : Math.round(scale(number) * 1000) / 1000;
  return Number.isFinite(value) ? { topic, value: String(value) } : undefined;
}

/** RFXSensors say `rfxLoBat` by itself, between their values: it counts for this long after it was last said. */
const LOW_BATTERY_MS = 24 * 3_600_000;

/** A measured value was heard, or that the battery is low. */
export function readingHeard(
  sensor: Sensor,
  name: string,
  args: string,
  hearing: Hearing,
  report: Report,
): void {
  const { state } = sensor;
  const { at } = hearing;
  if (name === 'rfxLoBat') {
    state.lowBatteryAt = at;
    noteBattery(sensor, true, at, report);
    return;
  }
  const reading = readingOf(name, args);
  if (reading === undefined) {
    report.kept(sensor, `no value in "${args}"`);
    return;
  }
  setChannel(sensor, reading.topic, reading.value, at, args, report);
  const wasLow = state.lowBatteryAt !== undefined && at - state.lowBatteryAt < LOW_BATTERY_MS;
  noteBattery(sensor, wasLow || /\bLoBat\b/.test(args), at, report);
}
