import { expect, test } from 'vitest';
import { heyuArguments } from '../../src/sensor/lamp.js';
import { sensorSettings } from '../support/settings.js';

const lamp = sensorSettings('A1', 'StdLM', { type: 'light' });
const relay = sensorSettings('A1', 'WS13A', { type: 'light' });
const fan = sensorSettings('A2', 'StdAM', { type: 'appliance' });

test.each([
  [lamp, 'ON', [['on', 'A1']]],
  [lamp, ' off ', [['off', 'A1']]],
  [lamp, '0', [['off', 'A1']]],
  // 109 of 210 is 48 %, one step brighter is 54 %
  [lamp, '50', [['dimb', 'A1', '10']]],
  [lamp, '98', [['dimb', 'A1', '1']]],
  // by the curves of LM14A (level 26 of 62 is 48 %) and LampLinc (14 of 31 is 54 %)
  [sensorSettings('A1', 'LM14A', { type: 'light' }), '50', [['dimb', 'A1', '9']]],
  [sensorSettings('A1', 'LL2LM', { type: 'light' }), '50', [['dimb', 'A1', '8']]],
  // heyu only receives it
  [sensorSettings('A1', 'KAKU_P', { type: 'light' }), 'ON', undefined],
  [lamp, '1', [['dimb', 'A1', '22']]],
  [
    lamp,
    '100',
    [
      ['on', 'A1'],
      ['bright', 'A1', '22'],
    ],
  ],
  [lamp, '101', undefined],
  [lamp, '-1', undefined],
  [lamp, 'on; rm -rf /', undefined],
  [lamp, '', undefined],
  [relay, '50', undefined],
  [relay, 'ON', [['on', 'A1']]],
  [fan, 'OFF', [['off', 'A2']]],
  [fan, '50', undefined],
  [sensorSettings('A3', 'MS14A'), 'ON', undefined],
] as const)('%#: a command becomes arguments of heyu, or nothing', (settings, payload, expected) => {
  expect(heyuArguments(settings, payload)).toEqual(expected);
});
