/** Measured values: which topic, which number, which unit. */

import { describe, expect, test } from 'vitest';
import type { Scale, Scales } from '../../src/heyu/x10config.js';
import { readingsOf } from '../../src/sensor/reading.js';
import { modelNamed, UNNAMED_MODEL } from '../../src/x10/models.js';
import { replay } from '../support/replayed.js';
import { sensorSettings } from '../support/settings.js';

const values = (name: string, args: string, model = 'RFXSENSOR', scales: Scales = {}): string => {
  const readings = readingsOf(name, args, modelNamed(model) ?? UNNAMED_MODEL, scales);
  if ('missing' in readings) return readings.missing;
  return readings.map(({ topic, value }) => `${topic} ${value}`).join(', ');
};

test.each([
  ['rfxTemp', 'Temp 25.500C', 'temperature 25.5'],
  ['rfxTemp', 'Temp 77.000F', 'temperature 25'],
  ['rfxTemp', 'Temp 298.150K', 'temperature 25'],
  ['rfxTemp', 'Temp 536.670R', 'temperature 25'],
  ['rfxTemp2', 'Temp2 -3.125C', 'temperature_2 -3.125'],
  ['rfxRH', 'RH 45.20%', 'humidity 45.2'],
  ['rfxBP', 'BP 1013 hPa', 'pressure 1013'],
  ['rfxVad', 'Vad 2.50 Volts', 'voltage 2.5'],
  ['rfxVs', 'Vs 4.85V', 'voltage_supply 4.85'],
  ['rfxPot', 'Pot 45.30%', 'potentiometer 45.3'],
  ['rfxWater', 'Counter 4660', 'counter 4660'],
  ['rfxGas', 'Counter 12 rollover', 'counter 12'],
  ['rfxCount', 'Counter 99', 'counter 99'],
  ['rfxPower', 'Meter 4.660 kWh', 'counter 4660, energy 4.66'],
  ['rfxPower', 'Meter 0.001 kWh rollover', 'counter 1, energy 0.001'],
  ['dmxTemp', 'Temp 21C NotSet Heat', 'temperature 21'],
  ['dmxSetpoint', 'Setpoint 20C Set Heat', 'setpoint 20'],
  ['dmxOn', 'Set Heat', 'state ON'],
  ['dmxOff', 'Set Heat', 'state OFF'],
  ['oreTemp', 'Ch 1 Temp -3.4C', 'temperature -3.4'],
  ['oreTemp', 'Ch 3 Temp 25.9F LoBat', 'temperature -3.3889'],
  ['oreTemp', 'Temp 21.5C BatLvl 90% TmiN', 'temperature 21.5'],
  ['oreRH', 'Ch 2 RH 45% BatLvl 20% LoBat', 'humidity 45'],
  ['oreBP', 'Ch 1 BP 1013hPa Sunny', 'pressure 1013'],
  ['oreWgt', 'Wgt 70.1kg', 'weight 70.1'],
  ['oreWindAvSp', 'Ch 1 AvSpeed 4.2m/s 3bft [42]', 'wind_speed 4.2'],
  ['oreWindSp', 'Ch 1 Speed 5.6m/s', 'wind_gust 5.6'],
  ['oreWindDir', 'Ch 1 Dir 67.5deg ENE', 'wind_direction 67.5'],
  ['oreWindDir', 'Ch 1 Dir 225.0deg', 'wind_direction 225'],
  ['oreWindDir', 'Ch 1 Dir ENE', 'wind_direction 67.5'],
  ['oreWindDir', 'Dir N BatLvl 90%', 'wind_direction 0'],
  ['oreUV', 'Ch 1 UV Factor 7', 'uv 7'],
  ['elsCurr', 'Ch 1 Curr 12.3A [Pwr 2829VA]', 'current 12.3'],
  ['owlPower', 'Ch 1 Power 1.250kW [17]', 'power 1250'],
  ['owlEnergy', 'Energy 1234.5678kWh LoBat', 'energy 1234.5678'],
] as const)('%s : %s', (name, args, expected) => {
  expect(values(name, args)).toBe(expected);
});

test.each([
  ['ORE_RAIN1', 'oreRainRate', 'Ch 1 Rate 12.00mm/hr', 'rain_rate 12'],
  ['ORE_RAIN1', 'oreRainTot', 'Ch 1 TotRain 345.00mm [345]', 'rain_total 345'],
  ['ORE_RAIN2', 'oreRainRate', 'Ch 1 Rate 0.12inches/hr', 'rain_rate 3.048'],
  ['ORE_RAIN3', 'oreRainTot', 'Ch 1 TotRain 23.46inches rollover', 'rain_total 595.884'],
  ['PCR800', 'oreRainTot', 'TotRain 23.46inches', 'rain_total 595.884'],
] as const)('%s by default: %s : %s', (model, name, args, expected) => {
  expect(values(name, args, model)).toBe(expected);
});

const scale = (word: string, factor: number, offset = 0): Scale => ({ word, factor, offset });

test.each([
  // of the manual pages x10oregon, x10rfxsensors and x10rfxmeters
  ['ORE_BPSCALE', scale('mmHg', 0.75006158), 'oreBP', 'BP 759.8mmHg', 'pressure 1012.9835'],
  ['ORE_BPSCALE', scale('inHg', 0.029529983, 1.06), 'oreBP', 'BP 30.97inHg', 'pressure 1048.7646'],
  ['ORE_BPSCALE', scale('Pa', 100), 'oreBP', 'BP 1.013e+05Pa', 'pressure 1013'],
  ['RFX_BPSCALE', scale('millibars', 1), 'rfxBP', 'BP 1013 millibars', 'pressure 1013'],
  ['ORE_WGTSCALE', scale('Lbs', 2.2), 'oreWgt', 'Wgt 154.0Lbs', 'weight 70'],
  ['RFX_VADSCALE', scale('mV', 1000), 'rfxVad', 'Vad 2500.00 mV', 'voltage 2.5'],
  ['RFX_VADSCALE', scale('lux', 100, -20), 'rfxVad', 'Vad 230.00 lux', 'voltage 2.5'],
  ['ORE_WINDSCALE', scale('mph', 2.2369363), 'oreWindSp', 'Ch 1 Speed 10.0mph 3bft', 'wind_gust 4.4704'],
  [
    'ORE_WINDSCALE',
    scale('furlongs/fortnight', 6012.8848),
    'oreWindAvSp',
    'AvSpeed 25254.1furlongs/fortnight',
    'wind_speed 4.2',
  ],
  ['ORE_WINDSCALE', scale('2x', 2), 'oreWindSp', 'Speed 8.42x', 'wind_gust 4.2'],
  ['RFX_GASSCALE', scale('cu_ft', 0.5), 'rfxGas', 'Meter 49938.00 cu_ft', 'counter 99876'],
  ['RFX_WATERSCALE', scale('l', 10), 'rfxWater', 'Meter 120 l', 'counter 12'],
  ['RFX_PULSESCALE', scale('turns', 0.25), 'rfxPulse', 'Meter 3 turns', 'counter 12'],
  ['RFX_POWERSCALE', scale('Wh', 1), 'rfxPower', 'Meter 4660.000 Wh', 'counter 4660, energy 4.66'],
  ['RFX_POWERSCALE', scale('kWh', 0.00125), 'rfxPower', 'Meter 5.825 kWh', 'counter 4660, energy 5.825'],
  ['RFX_POWERSCALE', scale('EUR', 0.0003), 'rfxPower', 'Meter 1.398 EUR', 'counter 4660'],
  // a word that heyu wrote before the scale was changed
  ['ORE_WGTSCALE', scale('Lbs', 2.2), 'oreWgt', 'Wgt 70.0kg', 'weight 70'],
] as const)('%s %o: %s : %s', (directive, value, name, args, expected) => {
  expect(values(name, args, 'RFXSENSOR', { [directive]: value })).toBe(expected);
});

test.each([
  // the factor counts from the gauge's own unit
  ['ORE_RAIN1', 'inches', 0.039370079, 'TotRain 13.58inches', 'rain_total 344.932'],
  ['ORE_RAIN2', 'mm', 25.4, 'TotRain 595.78mm', 'rain_total 595.78'],
  ['ORE_RAIN3', 'buckets', 10, 'TotRain 234.56buckets', 'rain_total 595.7824'],
  ['ORE_RAIN1', 'buckets', 10, 'TotRain 234.56buckets', 'rain_total 23.456'],
] as const)('%s scaled to %s by %d: %s', (model, word, factor, args, expected) => {
  expect(values('oreRainTot', args, model, { ORE_RAINTOTSCALE: scale(word, factor) })).toBe(expected);
});

test.each([
  // without x10config only a well-known word tells, in any case
  ['oreWgt', 'Wgt 154.3Lbs', 'weight 69.9892'],
  ['oreBP', 'BP 29.92inHg', 'pressure 1013.2079'],
  ['oreWindAvSp', 'AvSpeed 3.6kph', 'wind_speed 1'],
  ['rfxVad', 'Vad 2500.00 mV', 'voltage 2.5'],
  [
    'oreWindSp',
    'Speed 3.0furlongs/fortnight',
    'it is not known what "furlongs/fortnight" is without ORE_WINDSCALE of x10config',
  ],
  ['rfxGas', 'Meter 46.60 m3', 'it is not known what "m3" is without RFX_GASSCALE of x10config'],
] as const)('without scales %s : %s', (name, args, expected) => {
  expect(values(name, args)).toBe(expected);
});

test('a scale that makes everything 0 gives no value', () => {
  expect(values('oreWgt', 'Wgt 0.0none', 'BWR102', { ORE_WGTSCALE: scale('none', 0) })).toMatch(
    /^it is not known/,
  );
});

test.each([
  ['oreDT', '2026-11-22 15:31:37'],
  ['rfxOther', 'ID 00 Error 0x81'],
  ['rfxOther', 'ID 00 Code 0x02'],
  ['rfxRH', 'RH n/a'],
  ['rfxBP', 'BP n/a hPa'],
  ['rfxPot', 'Pot n/a'],
  ['rfxPower', 'Code: 0x0A'],
  ['rfxGas', 'Code: 0x0F RFXGas firmware 0x92,  Interval 30 sec'],
  ['rfxWater', 'Code: 0x03 Push MODE button to skip resetting Input-0 counter to 0'],
  ['oreTemp', 'Ch 1'],
])('%s : %s is no value', (name, args) => {
  expect(values(name, args)).toBe(`no value in "${args}"`);
});

describe('the battery of a measuring sensor', () => {
  const said = (model: string, ...lines: string[]): readonly string[] =>
    replay([sensorSettings('L9', model, { type: 'reading', topic: 'x' })], lines).published.filter((text) =>
      text.startsWith('x/battery'),
    );
  const value = 'rcva func      rfxTemp : hu L9  Temp 25.500C (x)';
  const low = 'rcva func     rfxLoBat : hu L9  Low Battery (x)';

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
