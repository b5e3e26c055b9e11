import { expect, test } from 'vitest';
import { heyuArguments } from '../../src/sensor/control.js';
import { sensorSettings } from '../support/settings.js';

const lamp = sensorSettings('A1', 'StdLM', { type: 'light' });
const relay = sensorSettings('A1', 'WS13A', { type: 'light' });
const fan = sensorSettings('A2', 'StdAM', { type: 'appliance' });

test.each([
  [lamp, 'ON', [['on', 'A1']]],
  [lamp, ' off ', [['off', 'A1']]],
  [lamp, '0', [['off', 'A1']]],
  [lamp, '50', [['dimb', 'A1', '11']]],
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
