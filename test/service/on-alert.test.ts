/** The owner's program for alerts: for which it is run, and how often. */

import { describe, expect, test } from 'vitest';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { alias: 'hall', name: 'Hall', zone: 'ground', holdMs: 60_000 }),
    sensorSettings('C3', 'SD90', { alias: 'smoke', name: 'Kitchen', type: 'smoke' }),
  ],
  zones: [zoneSettings('ground', { name: 'Ground floor', alertCooldownMs: 60_000 })],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

const SET = 'x10/zone/ground/set';
const MOTION = ['rcvi addr unit       1 : hu A1  (hall)', 'rcvi func           On : hc A'];
const SMOKE = 'rcva func        Alert : hu C3   (smoke)';
const JAMMED = 'rcva          RF Jamming : Started Main';

async function house(...commands: string[]): Promise<Lives> {
  const lives = await beginLives(settings);
  await lives.look();
  await lives.connect(false);
  await lives.passAcknowledged(10_000);
  for (const command of commands) await lives.receive(SET, command);
  await lives.passAcknowledged(10_000);
  return lives;
}

const texts = ({ notified }: Lives): unknown[] => notified.map(({ text }) => text);

describe('the program for alerts', () => {
  test.each([
    ['motion in an armed zone', ['ARM_AWAY'], MOTION, ['Hall: motion (Ground floor)']],
    ['motion in a disarmed zone', ['DISARM'], MOTION, []],
    ['smoke without a zone', [], [SMOKE], ['Kitchen: smoke']],
    ['an alarm by hand', ['TRIGGER'], [], ['Ground floor: alarm raised manually']],
    ['a repeat within the cool-down', ['ARM_AWAY'], [...MOTION, ...MOTION], ['Hall: motion (Ground floor)']],
  ] as const)('is run once for %s, or not', async (_, commands, lines, expected) => {
    const lives = await house(...commands);
    await lives.hear(...lines);
    await lives.passAcknowledged(5000);
    expect(texts(lives)).toEqual(expected);
  });

  test('raises nothing a second time when it fails at once', async () => {
    const zones = [zoneSettings('ground', { name: 'Ground floor', entryDelayMs: 10_000 })];
    const lives = await beginLives({ ...settings, zones });
    lives.notified.failure = 'it does not exist';
    await lives.settle();
    await lives.passAcknowledged(5000);
    await lives.receive(SET, 'ARM_AWAY');
    await lives.hear(...MOTION);
    await lives.passAcknowledged(20_000);
    expect(texts(lives)).toEqual(['Hall: motion (Ground floor)']);
    expect(lives.delivered.filter(({ topic }) => topic === 'x10/zone/ground/alert')).toHaveLength(1);
  });

  test('is told what last_alert says', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(...MOTION);
    const { recent, ...last } = JSON.parse(lives.retained.get('x10/zone/ground/last_alert') ?? '{}') as {
      recent: unknown;
    };
    expect(lives.notified).toEqual([last]);
    expect(recent).toEqual([last]);
  });

  test('is run without a broker at once, and not again when the broker is back', async () => {
    const lives = await house('ARM_AWAY');
    await lives.disconnect();
    lives.heyu(...MOTION);
    await lives.look();
    expect(lives.notified).toMatchObject([{ kind: 'motion', verified: false }]);
    await lives.pass(60_000);
    await lives.connect();
    await lives.passAcknowledged(60_000);
    expect(lives.notified).toHaveLength(1);
  });

  test('is run for a guard that is blind', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(JAMMED);
    await lives.passAcknowledged(31_000);
    expect(texts(lives)).toEqual(['Ground floor: the RF receiver is being jammed']);
  });

  test('is not run a second time after a crash or a stop, once that is on disk', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(...MOTION);
    for (const again of [lives.crash, lives.restart]) {
      await again();
      await lives.look();
      await lives.connect();
      await lives.passAcknowledged(10_000);
    }
    expect(lives.notified).toHaveLength(1);
  });

  test('that fails is a problem with its reason until it works again', async () => {
    const lives = await house('ARM_AWAY');
    lives.notified.failure = 'no route to host';
    await lives.hear(...MOTION);
    await lives.passAcknowledged(2000);
    expect(lives.retained.get('x10/bridge/problem')).toBe('ON');
    expect(lives.retained.get('x10/bridge/info')).toContain(
      'the program on_alert.command failed (no route to host)',
    );
    lives.notified.failure = undefined;
    await lives.hear(SMOKE);
    await lives.passAcknowledged(2000);
    expect(lives.retained.get('x10/bridge/problem')).toBe('OFF');
  });
});
