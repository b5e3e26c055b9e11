/** Measured values: which topic, which number, which unit. */

import { describe, expect, test } from 'vitest';
import { readingOf } from '../../src/sensor/reading.js';
import { replay } from '../support/replayed.js';
import { sensorSettings } from '../support/settings.js';

test.each([
  ['rfxTemp', 'Temp 25.500C', 'temperature 25.5'],
  ['rfxTemp', 'Temp 77.0F', 'temperature 25'],
  ['rfxTemp', 'Temp 298.15K', 'temperature 25'],
  ['rfxTemp2', 'Temp2 -3.125C', 'temperature_2 -3.125'],
  ['rfxTemp2', 'Temp -3.125C', 'temperature_2 -3.125'],
  ['rfxRH', 'RH 45.2%', 'humidity 45.2'],
  ['rfxBP', 'BP 1013.2 hPa', 'pressure 1013.2'],
  ['rfxVad', 'Vad 2.50V', 'voltage 2.5'],
  ['rfxVs', 'Vs 4.85V', 'voltage_supply 4.85'],
  ['rfxPot', 'Pot 45.3%', 'potentiometer 45.3'],
  ['rfxWater', 'Counter 4660', 'counter 4660'],
  ['rfxPower', 'Power 12.345 kWh', 'counter 12.345'],
  ['rfxGas', 'Usage 46.6 m3', 'counter 46.6'],
  ['rfxPulse', 'Counter 1', 'counter 1'],
  ['rfxCount', 'Count 99', 'counter 99'],
  ['dmxTemp', 'Temp 20C', 'temperature 20'],
  ['dmxTemp', 'Setpoint 22C Temp 20C', 'temperature 20'],
  ['dmxSetpoint', 'Temp 20C Setpoint 22C', 'setpoint 22'],
  ['dmxOn', 'Status On', 'state ON'],
  ['dmxOff', '', 'state OFF'],
  ['oreTemp', 'Ch 1 Temp -3.4C', 'temperature -3.4'],
  ['oreTemp', 'Ch 3 Temp 25.9F LoBat', 'temperature -3.389'],
  ['oreTemp', 'BatLvl 90% Temp 21.5C [215]', 'temperature 21.5'],
  ['oreRH', 'Ch 2 RH 45%', 'humidity 45'],
  ['oreBP', 'BP 29.92 inHg Fcast Sunny', 'pressure 1013.208'],
  ['oreWgt', 'Wgt 150.0 lbs', 'weight 68.039'],
  ['oreWindAvSp', 'AvgSpeed 3.6 kph Bft 1', 'wind_speed 1'],
  ['oreWindSp', 'Speed 10 mph Beaufort 3', 'wind_gust 4.47'],
  ['oreWindDir', 'Dir 225.0 deg (SW)', 'wind_direction 225'],
  ['oreRainRate', 'Rate 0.10 in/hr', 'rain_rate 2.54'],
  ['oreRainTot', 'TotRain 12.3 mm', 'rain_total 12.3'],
  ['oreUV', 'Ch 1 UV 3', 'uv 3'],
  ['elsCurr', 'Ch 1 Current 2.3A', 'current 2.3'],
  ['owlPower', 'Count 17 Power 1.250 kW', 'power 1250'],
  ['owlEnergy', 'Energy 1234 Wh', 'energy 1.234'],
] as const)('%s : %s', (name, args, expected) => {
  const { topic, value } = readingOf(name, args) ?? {};
  expect(`${topic ?? ''} ${value ?? ''}`).toBe(expected);
});

test.each([
  ['oreDT', '2026-11-22 15:31:37'],
  ['rfxOther', 'Data 0x12'],
  ['rfxTemp', 'Temp unknown'],
  ['oreTemp', 'Ch 1'],
])('%s : %s is no value', (name, args) => {
  expect(readingOf(name, args)).toBeUndefined();
});

describe('the battery of a measuring sensor', () => {
  const said = (model: string, ...lines: string[]): readonly string[] =>
    replay([sensorSettings('L9', model, { type: 'reading', topic: 'x' })], lines).published.filter((text) =>
      text.startsWith('x/battery'),
    );
  const value = 'rcva func      rfxTemp : hu L9  Temp 25.500C (x)';
  const low = 'rcva func     rfxLoBat : hu L9  (x)';

  test('of an RFXSensor stays low while it says so now and then', () => {
    expect(said('RFXSENSOR', value, '+60', low, '+60', value, '+3600', low, '+60', value)).toEqual([
      'x/battery OFF',
      'x/battery ON',
    ]);
  });

  test('and is good when it has not said so for a day', () => {
    expect(said('RFXSENSOR', low, ...Array<string>(25).fill('+3600'), value)).toEqual([
      'x/battery ON',
      'x/battery OFF',
    ]);
  });

  test('of an Oregon stands in each line', () => {
    const line = (flag: string): string => `rcva func      oreTemp : hu L9  Ch 1 Temp 20.5C${flag} (x)`;
    expect(said('ORE_T1', line(''), line(' LoBat'), line(' LoBat'), line(''))).toEqual([
      'x/battery OFF',
      'x/battery ON',
      'x/battery OFF',
    ]);
  });

  test('is unknown of one that heyu is not known to report', () => {
    expect(said('RFXWATER', 'rcva func     rfxWater : hu L9  Counter 4660 (x)')).toEqual([]);
  });
});
