/** Somebody sets the clock while there is motion: it ends when its hold time is over, and the next one is no less real. */

import { expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const HOUR_MS = 3_600_000;
const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000 }),
    sensorSettings('A3', 'MS14A', { holdMs: 60_000 }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

type Told = { readonly event_type: string; readonly id: string };

const eventsOf = (lives: Lives, sensor: string): Told[] =>
  lives.delivered
    .filter(({ topic }) => topic === `x10/s_${sensor}/event`)
    .map(({ payload }) => JSON.parse(payload) as Told);

const motionOf = (lives: Lives, sensor: string): string | undefined =>
  lives.retained.get(`x10/s_${sensor}/motion`);

async function motion(lives: Lives, address: string): Promise<void> {
  await lives.hear(...pair('rcvi', address, 'On'));
}

/** Time passes in steps as on a machine that is awake. */
async function awake(lives: Lives, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    await lives.pass(Math.min(1000, left));
    await lives.look();
    await lives.acknowledge();
  }
}

test.each([
  ['back an hour', -HOUR_MS],
  ['forward an hour', HOUR_MS],
  ['back a day', -24 * HOUR_MS],
])('a clock that is set %s ends no motion late, and hides and invents none', async (_name, byMs) => {
  const lives = await beginLives(settings);
  await lives.settle();
  await motion(lives, 'A1');
  expect(motionOf(lives, 'a1')).toBe('ON');
  await awake(lives, 20_000);
  lives.clock.set(byMs);
  await motion(lives, 'A3');
  expect(motionOf(lives, 'a3')).toBe('ON');
  await awake(lives, 65_000);
  expect(motionOf(lives, 'a1')).toBe('OFF');
  expect(motionOf(lives, 'a3')).toBe('OFF');
  await motion(lives, 'A1');
  expect(motionOf(lives, 'a1')).toBe('ON');
  await awake(lives, 65_000);
  expect(motionOf(lives, 'a1')).toBe('OFF');
  const starts = (sensor: string): string[] =>
    eventsOf(lives, sensor)
      .filter(({ event_type }) => event_type !== 'clear')
      .map(({ event_type }) => event_type);
  expect(starts('a1')).toEqual(['motion', 'motion']);
  expect(starts('a3')).toEqual(['motion']);
  expect(lives.told.filter((text) => text.startsWith('the clock was set'))).toHaveLength(1);
});

test('a clock that is set back an hour while the bridge is away makes nothing live that is over', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  await awake(lives, 10_000);
  await lives.crash();
  lives.heyu(...pair('rcvi', 'A1', 'On'));
  await lives.pass(10 * 60_000);
  lives.clock.set(-HOUR_MS);
  lives.heyu(...pair('rcvi', 'A3', 'Off'));
  await lives.crash();
  await lives.settle();
  expect(eventsOf(lives, 'a1').map(({ event_type }) => event_type)).toEqual(['motion_missed']);
  expect(motionOf(lives, 'a1')).toBe('OFF');
});

test.each([
  [
    'dies',
    async (lives: Lives) => {
      // what is saved then was heard before, and the end of the log was not seen since
      lives.rotation.isWaited = true;
      await lives.passAcknowledged(6000);
      await lives.crash();
      lives.rotation.isWaited = false;
    },
  ],
  ['is restarted', (lives: Lives) => lives.restart()],
])('motion goes on in a bridge that %s after its clock was set back an hour', async (_how, end) => {
  const lives = await beginLives(settings);
  await lives.settle();
  await motion(lives, 'A1');
  await lives.acknowledge();
  lives.clock.set(-HOUR_MS);
  await end(lives);
  await lives.settle();
  await lives.acknowledge();
  expect(motionOf(lives, 'a1')).toBe('ON');
  await awake(lives, 65_000);
  expect(motionOf(lives, 'a1')).toBe('OFF');
  expect(eventsOf(lives, 'a1').map(({ event_type }) => event_type)).toEqual(['motion', 'clear']);
});

test('motion that waits for the broker while the clock is set back an hour is not sent as live when it is over', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  await lives.disconnect();
  await motion(lives, 'A1');
  lives.clock.set(-HOUR_MS);
  await awake(lives, 200_000);
  await lives.connect(true);
  await lives.settle();
  await lives.acknowledge();
  expect(eventsOf(lives, 'a1').map(({ event_type }) => event_type)).toEqual(['motion_missed']);
  expect(motionOf(lives, 'a1')).toBe('OFF');
});
