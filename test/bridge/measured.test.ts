/** What heyu writes of one sensor of each measuring family with its default scales, as an RFXCOM received them. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { good, scene } from '../config/scene.js';
import { replay, written } from '../support/replayed.js';
import type { CoreSettings } from '../../src/core-settings.js';

const file = (name: string): string =>
  readFileSync(new URL(`../fixtures/measured/${name}`, import.meta.url), 'utf8');

/** The house as it is loaded, with more directives in heyu's configuration. */
const house = (more = ''): CoreSettings =>
  good(
    scene({
      'config.yaml': 'heyu: { x10config: x10config, log: heyu.log }\n',
      'aliases.yaml': file('aliases.yaml'),
      x10config: `${file('x10config')}\n${more}`,
    }).load(),
  ).configuration.core;

/** The values of each topic, in their order. */
function valuesOf(): Readonly<Record<string, readonly string[]>> {
  const { explain, published } = written(house().sensors);
  for (const line of file('heyu.log').trimEnd().split('\n')) explain(line);
  const values: Record<string, string[]> = {};
  for (const message of published()) {
    const [topic = '', value = ''] = message.split(' ');
    (values[topic] ??= []).push(value);
  }
  return values;
}

test('values have the units of their topics, whatever heyu shows', () => {
  const values = valuesOf();
  const last = Object.fromEntries(Object.entries(values).map(([topic, all]) => [topic, all.at(-1)]));
  expect(last).toMatchObject({
    'barn/temperature': '19.2',
    'barn/humidity': '50',
    'barn/pressure': '1013',
    'mywind/wind_speed': '4.2',
    'mywind/wind_gust': '5.6',
    'mywind/wind_direction': '67.5',
    // heyu shows 0.12 and 23.46 inches
    'myrain/rain_rate': '3.048',
    'myrain/rain_total': '595.884',
    'oldrain/rain_rate': '12',
    'oldrain/rain_total': '345',
    'sun/uv': '7',
    'mains/current': '12.3',
    'thermo/temperature': '19',
    'thermo/setpoint': '20',
    'thermo/state': 'OFF',
    // a set-up line comes after the reading
    'power/counter': '4660',
    'power/energy': '4.66',
    'water/counter': '100',
    'gas/counter': '10',
    'house/temperature': '25.5',
    'house/voltage_supply': '7.68',
    'base/temperature': '21',
    'volt/voltage': '5.12',
    // fed by a script: their source is sndc
    'emu/temperature': '21.5',
    'emu/humidity': '44',
    'emut/temperature': '-4',
  });
  // "n/a" and what no line has said
  for (const topic of ['house/humidity', 'base/pressure', 'house/voltage'])
    expect(values).not.toHaveProperty([topic]);
  expect(values['power/counter']).toEqual(['4660']);
});

test('the factors of x10config count', () => {
  const core = house('ORE_WINDSCALE furlongs/fortnight 6012.8848\nORE_RAINTOTSCALE buckets 10\n');
  const lines = [
    'rcva func    oreWindSp : hu D3  Ch 1 Speed 33672.2furlongs/fortnight (mywind)',
    'rcva func   oreRainTot : hu D4  Ch 1 TotRain 234.56buckets (myrain)',
    'rcva func   oreRainTot : hu D5  Ch 1 TotRain 3450.00buckets (oldrain)',
  ];
  const { published } = replay(core.sensors, lines, { scales: core.scales });
  expect(published.filter((text) => /wind_|rain_/.test(text))).toEqual([
    'mywind/wind_gust 5.6',
    'myrain/rain_total 595.7824',
    'oldrain/rain_total 345',
  ]);
});
