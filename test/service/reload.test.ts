import { describe, expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const hall = sensorSettings('A1', 'MS14A', { alias: 'hall', topic: 'hall', holdMs: 60_000, zone: 'ground' });
const stairs = sensorSettings('A3', 'MS14A', { alias: 'stairs', topic: 'stairs', holdMs: 60_000 });
const settings = coreSettings({
  sensors: [hall, stairs],
  zones: [zoneSettings('ground')],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

const on = (address: string): string[] => pair('rcvi', address, 'On');

const house = async (): Promise<Lives> => {
  const lives = await beginLives(settings);
  await lives.look();
  await lives.connect(false);
  await lives.acknowledge();
  await lives.passAcknowledged(5000);
  return lives;
};

/** The ids of the delivered events of these types. */
const ids = (lives: Lives, ...types: string[]): string[] =>
  lives.delivered
    .filter(({ topic }) => topic.endsWith('/event'))
    .map(({ payload }) => JSON.parse(payload) as { event_type: string; id: string })
    .filter(({ event_type }) => types.includes(event_type))
    .map(({ id }) => id);

/** Acknowledges and reads until nothing is left. */
async function recover(lives: Lives): Promise<void> {
  await lives.connect();
  for (let i = 0; i < 10; i += 1) {
    await lives.acknowledge();
    await lives.look();
  }
  await lives.passAcknowledged(5000);
}

describe('another base topic', () => {
  test('takes the zones along: state, command and what was said on the old one', async () => {
    const lives = await house();
    await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
    await lives.acknowledge();
    await lives.reload({ ...settings, baseTopic: 'home/x10' }, { broker: true });
    await lives.connect();
    await lives.acknowledge();
    await lives.passAcknowledged(5000);
    expect(lives.retained.get('home/x10/zone/ground/state')).toBe('armed_away');
    expect(lives.retained.get('home/x10/zone/ground/security')).toBe('armed_away');
    expect([...lives.retained.keys()].filter((topic) => topic.startsWith('x10/'))).toEqual([]);
    await lives.receive('home/x10/zone/ground/set', 'DISARM');
    await lives.acknowledge();
    expect(lives.retained.get('home/x10/zone/ground/security')).toBe('disarmed');
    expect([...lives.retained.keys()].filter((topic) => topic.startsWith('x10/'))).toEqual([]);
  });
});

describe('other settings of the same log', () => {
  test('lose no line that was not read yet', async () => {
    const lives = await house();
    lives.heyu(...on('A1'));
    await lives.reload(settings, { log: true });
    await recover(lives);
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(1);
  });

  test('lose nothing of a log that is not read because the broker is away, and read no more than before', async () => {
    const lives = await house();
    await lives.disconnect();
    for (let i = 0; i < 1200; i += 1) lives.heyu(...on('A1'), ...pair('rcvi', 'A1', 'Off'));
    await lives.look();
    expect(lives.told.join()).toContain('reading pauses');
    const position = JSON.stringify(lives.position());
    await lives.reload(settings, { log: true });
    await lives.look();
    expect(JSON.stringify(lives.position())).toBe(position);
    for (let i = 0; i < 5; i += 1) await recover(lives);
    expect(new Set(ids(lives, 'motion', 'motion_missed')).size).toBe(1200);
  });
});

describe('another log', () => {
  test.each<[string, (lives: Lives) => Promise<void>]>([
    ['at a reload', (lives) => lives.reload(settings, { log: true, logPath: 'other.log' })],
    ['at a start', (lives) => lives.crash('other.log')],
  ])('is read from its end %s: what stands in it already was never live for us', async (_, happens) => {
    const lives = await house();
    await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
    await lives.acknowledge();
    await lives.passAcknowledged(600_000);
    lives.heyu(...on('A1').map((text) => `03/01 07:00:00  ${text}`), ...on('A3'));
    await happens(lives);
    await recover(lives);
    expect(ids(lives, 'motion', 'motion_missed')).toEqual([]);
    expect(lives.delivered.filter(({ topic }) => topic.endsWith('/alert'))).toEqual([]);
    lives.heyu(...on('A1'));
    await recover(lives);
    expect(ids(lives, 'motion')).toHaveLength(1);
    expect(lives.told.join('\n')).toContain('another heyu log');
  });
});

describe('another broker', () => {
  test('is told everything, and the old one that nobody is there any more', async () => {
    const lives = await house();
    lives.heyu(...on('A1'));
    await lives.look();
    await lives.reload(settings, { broker: true });
    expect(lives.retained.get('x10/bridge/status')).toBe('offline');
    lives.retained.clear();
    await lives.connect(false);
    await lives.acknowledge();
    expect(lives.retained.get('x10/bridge/status')).toBe('online');
    expect(lives.retained.get('x10/hall/motion')).toBe('ON');
    expect(new Set(ids(lives, 'motion')).size).toBe(1);
  });
});

describe('a sensor', () => {
  const without = { ...settings, sensors: [stairs] };
  const ignored = { ...settings, sensors: [{ ...hall, ignore: true }, stairs] };

  test.each([
    ['was taken out', without],
    ['was ignored', ignored],
  ])(
    'that %s while it was ON and comes back when that is over is not ON for an instant',
    async (_, meanwhile) => {
      const lives = await house();
      await lives.hear(...on('A1'));
      expect(lives.retained.get('x10/hall/motion')).toBe('ON');
      await lives.reload(meanwhile);
      await lives.acknowledge();
      await lives.passAcknowledged(3_600_000);
      expect(lives.retained.get('x10/hall/motion')).toBeUndefined();
      const before = lives.delivered.length;
      await lives.reload(settings);
      await lives.acknowledge();
      await lives.look();
      await lives.passAcknowledged(5000);
      const shown = lives.delivered.slice(before).filter(({ topic }) => topic === 'x10/hall/motion');
      expect(shown.map(({ payload }) => payload)).not.toContain('ON');
      expect(lives.retained.get('x10/hall/motion')).toBe('OFF');
    },
  );

  test('that is ON stays ON, and ends in time', async () => {
    const lives = await house();
    lives.heyu(...on('A1'));
    await lives.look();
    await lives.pass(30_000);
    await lives.reload({ ...settings, sensors: [{ ...hall, topic: 'entrance' }, stairs] });
    await lives.acknowledge();
    expect(lives.retained.get('x10/entrance/motion')).toBe('ON');
    await lives.pass(32_000);
    await lives.look();
    await lives.acknowledge();
    expect(lives.retained.get('x10/entrance/motion')).toBe('OFF');
    expect(lives.retained.get('x10/hall/motion')).toBeUndefined();
    expect(ids(lives, 'clear')).toHaveLength(1);
  });
});
