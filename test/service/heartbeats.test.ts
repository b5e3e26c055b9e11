/** A heyu that hangs: a problem in Home Assistant and one line in the journal, never unavailability. */

import { expect, test } from 'vitest';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { beginLives } from './lives.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ADDRESSES = ['C1', 'C2', 'C3'] as const;

const settings = coreSettings({
  sensors: ADDRESSES.map((address) => sensorSettings(address, 'DS10A', { type: 'door', silentMs: DAY_MS })),
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  quietAfterMs: 2 * DAY_MS,
});

test('is told two hours after the last sign of life, where one came every hour; not after a sleep', async () => {
  const lives = await beginLives(settings);
  const problem = (): string | undefined => lives.retained.get('x10/bridge/problem');
  const said = (): number => lives.told.filter((text) => text.includes('sign of life')).length;
  const beat = async (address: string): Promise<void> => {
    await lives.hear(`rcva func        Clear : hu ${address}  swMax  (x)`);
  };
  await lives.settle();
  for (let hours = 0; hours < 15 * 24; hours += 1) {
    await beat(ADDRESSES[hours % 3] ?? 'C1');
    await lives.pass(HOUR_MS);
  }
  await beat('C1');

  // the machine slept, and so did heyu
  lives.clock.freeze(9 * HOUR_MS);
  await lives.passAcknowledged(2 * HOUR_MS - 60_000);
  expect([problem(), said()]).toEqual(['OFF', 0]);
  await beat('C2');

  await lives.passAcknowledged(2 * HOUR_MS - 60_000);
  expect([problem(), said()]).toEqual(['OFF', 0]);
  await lives.passAcknowledged(120_000);
  expect([problem(), said()]).toEqual(['ON', 1]);
  expect(lives.retained.get('x10/bridge/source')).toBe('online');

  await lives.crash();
  await lives.connect(true);
  await lives.look();
  await lives.acknowledge();
  expect(problem()).toBe('ON');
  await beat('C3');
  expect([problem(), said()]).toEqual(['OFF', 2]);
});
