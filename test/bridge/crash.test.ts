import { describe, expect, test } from 'vitest';
import { pair } from '../support/bridge.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000 }),
    sensorSettings('A3', 'MS14A', { holdMs: 60_000 }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

const on = (address: string): string[] => pair('rcvi', address, 'On');

/** The ids of the delivered events of these types. */
const ids = (lives: Lives, ...types: string[]): string[] =>
  lives.delivered
    .filter(({ topic }) => topic.endsWith('/event'))
    .map(({ payload }) => JSON.parse(payload) as { event_type: string; id: string })
    .filter(({ event_type }) => types.includes(event_type))
    .map(({ id }) => id);

describe('a crash', () => {
  test('does not forget a motion that was saved over, but never acknowledged', async () => {
    const lives = await beginLives(settings);
    await lives.look();
    await lives.connect();
    await lives.acknowledge();
    await lives.pass(10_000);
    await lives.acknowledge();
    await lives.crash();
    // this life has a memory to begin with, reads something, saves for some other reason, and is never answered
    lives.heyu(...on('A1'));
    await lives.look();
    await lives.connect();
    await lives.crash();
    await lives.look();
    await lives.connect();
    await lives.acknowledge();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(1);
  });
});
