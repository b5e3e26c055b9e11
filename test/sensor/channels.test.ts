import { describe, expect, it } from 'vitest';
import { channelsOf, eventTypesOf, isUncertain, READING_MODELS } from '../../src/sensor/channels.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { formOf, mainChannelOf, type SensorType } from '../../src/sensor/types.js';
import { isDimmable } from '../../src/x10/response.js';
import { MODELS, modelNamed } from '../../src/x10/models.js';
import { sensorOf } from '../homeassistant/examples.js';

const make = (model: string, type: SensorType, more: Partial<SensorSettings> = {}): SensorSettings =>
  sensorOf(model, { alias: 'one', address: 'A1', type, ...more });

describe('the channels of a sensor', () => {
  it.each<[string, string, SensorType, Partial<SensorSettings>, string]>([
    ['motion without dusk', 'MS14A', 'motion', {}, 'motion last_seen event'],
    ['motion with a dusk unit', 'MS14A', 'motion', { dusk: 'A2' }, 'motion light last_seen event'],
    ['motion over the power line', 'PLCSENSOR', 'motion', {}, 'motion silent last_seen event'],
    ['whose silence does not matter', 'PLCSENSOR', 'motion', { silentMs: 0 }, 'motion last_seen event'],
    ['motion that may fall silent', 'MS14A', 'motion', { silentMs: 1 }, 'motion silent last_seen event'],
    ['security motion', 'MS10A', 'motion', {}, 'motion battery silent missed_heartbeats last_seen event'],
    [
      'security motion not watched',
      'MS10A',
      'motion',
      { silentMs: 0 },
      'motion battery missed_heartbeats last_seen event',
    ],
    [
      'security motion with tamper',
      'MS90',
      'motion',
      {},
      'motion battery tamper silent missed_heartbeats last_seen event',
    ],
    ['motion with dusk of its own', 'DM10', 'motion', {}, 'motion light battery silent last_seen event'],
    ['a door', 'DS10A', 'door', {}, 'contact battery silent missed_heartbeats attributes last_seen event'],
    [
      'a window',
      'DS90',
      'window',
      {},
      'contact battery tamper silent missed_heartbeats attributes last_seen event',
    ],
    ['a door on a power line sensor', 'PLCSENSOR', 'door', {}, 'contact silent last_seen event'],
    ['smoke', 'SD90', 'smoke', {}, 'smoke battery silent last_seen event'],
    ['glass', 'GB10', 'glass', {}, 'glass light battery silent last_seen event'],
    ['water', 'EH-WD210', 'water', {}, 'water battery last_seen event'],
    ['a light sensor', 'MS13A', 'light_sensor', {}, 'light last_seen'],
    ['a light sensor once, whatever its model', 'DM10', 'light_sensor', {}, 'light battery silent last_seen'],
    ['a security remote', 'KR10A', 'remote', {}, 'event battery last_seen'],
    ['a standard remote', 'PALMPAD', 'remote', {}, 'event last_seen'],
    ['a lamp that dims', 'StdLM', 'light', {}, 'state brightness last_seen'],
    ['a lamp behind a relay', 'WS13A', 'light', {}, 'state last_seen'],
    ['an appliance', 'StdAM', 'appliance', {}, 'state last_seen'],
    ['a lamp on an appliance module', 'StdAM', 'light', {}, 'state last_seen'],
    ['temperature', 'THR138', 'reading', {}, 'temperature battery silent last_seen'],
    ['a thermostat', 'DIGIMAX', 'reading', {}, 'temperature setpoint state battery silent last_seen'],
    ['a clock', 'ORE_DT1', 'reading', {}, 'battery silent last_seen'],
    ['a reading of a model that measures nothing', 'MS14A', 'reading', {}, 'last_seen'],
    ['a sensor of the neighbours', 'MS14A', 'motion', { ignore: true }, ''],
  ])('of %s', (_, model, type, more, expected) => {
    expect(channelsOf(make(model, type, more)).join(' ')).toBe(expected);
  });

  it('begin with the one that the sensor is for', () => {
    for (const type of ['motion', 'door', 'smoke', 'glass', 'water', 'light_sensor', 'light'] as const) {
      expect(channelsOf(make('PLCSENSOR', type))[0]).toBe(mainChannelOf(type));
    }
  });

  it('have an event topic exactly where there are types of events', () => {
    for (const model of MODELS) {
      for (const type of ['motion', 'door', 'smoke', 'remote', 'light', 'reading', 'light_sensor'] as const) {
        const sensor = make(model.name, type);
        expect(channelsOf(sensor).includes('event')).toBe(eventTypesOf(sensor).length > 0);
      }
    }
  });
});

describe('reading models', () => {
  it('are all models that measure, and no others', () => {
    const measuring = MODELS.filter(({ kind }) => kind === 'reading').map(({ name }) => name);
    expect([...READING_MODELS.keys()].sort()).toEqual(measuring.sort());
  });

  it('measure only what has a unit in the table', () => {
    for (const { always, sometimes } of READING_MODELS.values()) {
      for (const topic of [...always, ...sometimes])
        expect(topic === 'state' || formOf(topic).says === 'number').toBe(true);
    }
  });

  it('say which values only some devices send', () => {
    const sensor = make('RFXSENSOR', 'reading');
    expect(channelsOf(sensor).filter((channel) => isUncertain(sensor, channel))).toEqual([
      'temperature_2',
      'humidity',
      'pressure',
      'voltage',
      'potentiometer',
      'voltage_supply',
    ]);
    expect(isUncertain(make('RFXSENSOR', 'motion'), 'humidity')).toBe(false);
    expect(isUncertain(make('KR10A', 'remote'), 'battery')).toBe(true);
    expect(isUncertain(make('MS10A', 'motion'), 'battery')).toBe(false);
    expect(isUncertain(make('PLCSENSOR', 'motion'), 'silent')).toBe(true);
    // where heyu hides signs of life, its Inactive is all that is told
    const hidden = make('DS10A', 'door', { silentMs: 0, heedsInactive: true });
    expect(channelsOf(hidden)).toContain('silent');
    expect(isUncertain(hidden, 'silent')).toBe(false);
  });
});

describe('types of events', () => {
  it.each<[string, SensorType, string]>([
    ['MS14A', 'motion', 'motion clear motion_missed test'],
    ['DS10A', 'garage', 'opened closed opened_missed test'],
    ['SD90', 'smoke', 'alarm clear alarm_missed test'],
    ['KR10A', 'remote', 'arm disarm panic lights_on lights_off vdata'],
    ['KR18', 'remote', 'arm disarm panic a_key_on a_key_off b_key_on b_key_off vdata'],
    ['KR15A', 'remote', 'panic vdata'],
    ['PALMPAD', 'remote', 'on off dim bright all_off lights_on lights_off'],
    ['SVDATA', 'remote', 'vdata'],
    ['StdLM', 'light', ''],
  ])('of %s as %s', (model, type, expected) => {
    expect(eventTypesOf(make(model, type)).join(' ')).toBe(expected);
  });
});

describe('a dimmable lamp', () => {
  it.each([
    ['LM465', true],
    ['WS12A', true],
    ['XPS3', false],
    ['StdAM', false],
  ])('%s: %s', (name, expected) => {
    const model = modelNamed(name);
    expect(model && isDimmable(model)).toBe(expected);
  });
});
