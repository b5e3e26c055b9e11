/** A bridge without its state: nobody knows any more what was true, and the broker must not continue to publish it. */

import { expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { beginLives } from './lives.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000, dusk: 'A2' }),
    sensorSettings('B1', 'DS10A', { type: 'door' }),
    sensorSettings('C1', 'LM465', { type: 'light' }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  quietAfterMs: 3_600_000,
});

const alert = 'rcva func        Alert : hu B1  swMax  (door)';

test('what was retained before the state was lost is unknown until it is heard again', async () => {
  const lives = await beginLives(settings);
  await lives.look();
  await lives.connect();
  await lives.hear(
    alert,
    ...pair('rcvi', 'A1', 'On'),
    ...pair('rcvi', 'A2', 'On'),
    ...pair('rcvi', 'C1', 'On'),
  );
  const shown = (): (string | undefined)[] =>
    ['b1/contact', 'b1/battery', 'a1/motion', 'a1/light', 'c1/state'].map((topic) =>
      lives.retained.get(`x10/s_${topic}`),
    );
  expect(shown()).toEqual(['ON', 'OFF', 'ON', 'OFF', 'ON']);
  await lives.pass(10_000);
  await lives.crash();
  lives.forget();
  await lives.crash();
  await lives.settle();
  expect(shown()).toEqual(['None', 'None', 'OFF', 'None', 'None']);
  await lives.hear(alert);
  expect(shown()).toEqual(['ON', 'OFF', 'OFF', 'None', 'None']);
});

test('a log to which nothing was written for long is a problem, said once, until heyu writes again', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  const problem = (): string | undefined => lives.retained.get('x10/bridge/problem');
  expect(problem()).toBe('OFF');
  for (let hours = 0; hours < 3; hours += 1) {
    await lives.passAcknowledged(3_600_000);
  }
  expect(problem()).toBe('ON');
  expect(lives.retained.get('x10/bridge/source')).toBe('online');
  expect(lives.told.filter((text) => text.includes('written nothing for long'))).toHaveLength(1);
  await lives.hear('Engine started');
  expect(problem()).toBe('OFF');
  expect(lives.told.filter((text) => text.includes('heyu writes again'))).toHaveLength(1);
});
