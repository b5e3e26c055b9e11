import { describe, expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
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
    await lives.settle();
    await lives.passAcknowledged(10_000);
    await lives.crash();
    // this life has a memory to begin with, reads something, saves for some other reason, and is never answered
    lives.heyu(...on('A1'));
    await lives.look();
    await lives.connect();
    await lives.crash();
    await lives.settle();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(1);
  });

  test('does not forget a motion that was read after the moment that counts, while that waited for the broker', async () => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.passAcknowledged(6000);
    lives.heyu(...on('A1'));
    await lives.look();
    await lives.pass(6000);
    const before = lives.inFlight().length;
    lives.heyu(...on('A3'));
    await lives.look();
    await lives.acknowledge(before);
    expect(ids(lives, 'motion')).toHaveLength(1);
    await lives.crash();
    await lives.settle();
    expect(ids(lives, 'motion')).toHaveLength(2);
  });

  test('right after the broker has taken a motion does not send it again, and sends what it has not taken', async () => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.passAcknowledged(6000);
    await lives.hear(...on('A1'));
    lives.heyu(...on('A3'));
    await lives.look();
    for (let count = 0; count < 2; count += 1) {
      await lives.crash();
      await lives.pass(70_000);
      await lives.look();
    }
    await lives.connect();
    await lives.acknowledge();
    expect(ids(lives, 'motion')).toHaveLength(1);
    expect(ids(lives, 'motion_missed')).toHaveLength(1);
    expect(lives.acknowledged().length).toBeGreaterThan(0);
    for (let count = 0; count < 3; count += 1) {
      await lives.passAcknowledged(6000);
    }
    expect(lives.acknowledged()).toEqual([]);
  });

  test('does not send it again either when the log cannot be read for a while after the start', async () => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.passAcknowledged(6000);
    await lives.hear(...on('A1'));
    await lives.crash();
    await lives.connect();
    await lives.acknowledge();
    const path = 'heyu.log';
    await lives.logIs({ kind: 'unreadable', path, code: 'EIO', hint: 'the disk fails' });
    await lives.passAcknowledged(70_000);
    await lives.logIs({ kind: 'following', path });
    await lives.settle();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(1);
    await lives.passAcknowledged(6000);
    await lives.passAcknowledged(6000);
    expect(lives.acknowledged()).toEqual([]);
  });

  test('does not send it again when the file before its own is read to its end, and its own cannot be opened', async () => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.passAcknowledged(6000);
    lives.heyu(...on('A3'));
    lives.rotation.generation = 'abcdef02';
    await lives.hear(...on('A1'));
    await lives.crash();
    lives.rotation.isBarred = true;
    await lives.connect();
    await lives.acknowledge();
    const path = 'heyu.log';
    await lives.logIs({ kind: 'unreadable', path, code: 'EACCES', hint: 'let a group read it' });
    await lives.look();
    await lives.passAcknowledged(6000);
    lives.rotation.isBarred = false;
    await lives.logIs({ kind: 'following', path });
    await lives.settle();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(2);
  });

  test('with a disk that takes nothing sends them again, under the same ids', async () => {
    const lives = await beginLives(settings);
    await lives.settle();
    lives.heyu('Engine started');
    await lives.look();
    await lives.passAcknowledged(6000);
    lives.disk.isFull = true;
    await lives.hear(...on('A1'));
    expect(ids(lives, 'motion')).toHaveLength(1);
    await lives.crash();
    await lives.settle();
    expect(ids(lives, 'motion')).toHaveLength(2);
    expect(new Set(ids(lives, 'motion')).size).toBe(1);
  });

  test('within seconds of the first start of all loses nothing', async () => {
    const lives = await beginLives(settings);
    await lives.look();
    lives.heyu(...on('A1'));
    await lives.look();
    await lives.crash();
    await lives.settle();
    expect(ids(lives, 'motion')).toHaveLength(1);
  });

  test('long after the broker has come back repeats nothing', async () => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.disconnect();
    lives.heyu(...on('A1'), ...pair('rcvi', 'A1', 'Off'));
    await lives.look();
    await lives.pass(6000);
    lives.heyu(...on('A3'), ...pair('rcvi', 'A3', 'Off'));
    await lives.look();
    await lives.pass(6000);
    await lives.connect();
    await lives.acknowledge();
    await lives.passAcknowledged(60_000);
    expect(ids(lives, 'motion')).toHaveLength(2);
    await lives.crash();
    await lives.settle();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(2);
  });
});

describe('a line that means several sensors', () => {
  const zoned = coreSettings({
    sensors: settings.sensors.map((sensor) => ({ ...sensor, zone: 'ground' })),
    zones: [zoneSettings('ground')],
    homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  });

  test('gives each event and alert an id of its own, the same ones after a crash', async () => {
    const lives = await beginLives(zoned);
    await lives.look();
    await lives.connect(false);
    await lives.acknowledge();
    await lives.pass(5000);
    await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
    await lives.acknowledge();
    await lives.passAcknowledged(6000);
    const [first = '', , second = '', both = ''] = [...on('A1'), ...on('A3')];
    lives.heyu(first, second, both);
    await lives.look();
    await lives.acknowledge(2);
    await lives.crash();
    await lives.settle();
    await lives.passAcknowledged(5000);
    expect(new Set(ids(lives, 'motion', 'motion_missed')).size).toBe(2);
    const alerts = lives.delivered
      .filter(({ topic }) => topic.endsWith('/alert'))
      .map(({ payload }) => JSON.parse(payload) as { id: string; alias: string });
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(2);
    expect(new Set(alerts.map(({ alias }) => alias)).size).toBe(2);
  });
});

describe('motion that is over', () => {
  const values = (lives: Lives): string[] =>
    lives.delivered.filter(({ topic }) => topic === 'x10/s_a1/motion').map(({ payload }) => payload);

  test('is not shown after a crash, however long reading takes', async () => {
    const lives = await beginLives(settings);
    await lives.look();
    await lives.connect();
    await lives.hear(...on('A1'));
    await lives.passAcknowledged(6000);
    const before = values(lives).length;
    await lives.crash();
    await lives.pass(3_600_000);
    // connected before anything has been read
    await lives.connect();
    await lives.acknowledge();
    await lives.look();
    await lives.acknowledge();
    expect(values(lives).slice(before)).not.toContain('ON');
    expect(lives.retained.get('x10/s_a1/motion')).toBe('OFF');
  });

  test('is not shown when the broker comes back after the reader had to wait for it', async () => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.disconnect();
    // a thousand events wait: starts and ends by turns
    for (let i = 0; i < 505; i += 1) {
      lives.heyu(...on('A3'), ...pair('rcvi', 'A3', 'Off'), ...on('A1'));
      await lives.look();
      await lives.pass(1000);
    }
    expect(lives.told.join()).toContain('reading pauses');
    const before = values(lives).length;
    await lives.pass(3_600_000);
    await lives.connect();
    await lives.acknowledge();
    expect(values(lives).slice(before)).not.toContain('ON');
    for (let i = 0; i < 10; i += 1) {
      await lives.look();
      await lives.acknowledge();
    }
    expect(values(lives).slice(before)).not.toContain('ON');
    expect(lives.retained.get('x10/s_a1/motion')).toBe('OFF');
  });
});

describe('a clock that is behind after a crash', () => {
  test('keeps no motion ON for as long as it is behind', async () => {
    const lives = await beginLives(settings);
    await lives.look();
    await lives.connect();
    await lives.hear(...on('A1'));
    await lives.passAcknowledged(6000);
    await lives.pass(6000);
    // a machine without a clock of its own begins at the last time that it has saved
    lives.clock.set(-3_600_000);
    await lives.crash();
    await lives.settle();
    for (let i = 0; i < 3; i += 1) {
      await lives.pass(25_000);
      await lives.look();
      await lives.acknowledge();
    }
    expect(lives.retained.get('x10/s_a1/motion')).toBe('OFF');
    // what is heard then is motion as ever
    await lives.hear(...on('A1'));
    expect(lives.retained.get('x10/s_a1/motion')).toBe('ON');
    expect(new Set(ids(lives, 'motion')).size).toBe(2);
  });
});

describe('a deadline', () => {
  test('waits for the log to be looked at: a sign may be there that nobody has told of', async () => {
    const lives = await beginLives(settings);
    await lives.look();
    await lives.connect();
    lives.heyu(...on('A1'));
    await lives.look();
    await lives.pass(50_000);
    // the machine is suspended now, and hears its timers before anything else when it wakes up
    lives.heyu(...on('A1'));
    await lives.pass(30_000);
    await lives.look();
    await lives.acknowledge();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(1);
    expect(ids(lives, 'clear')).toHaveLength(0);
    await lives.passAcknowledged(40_000);
    expect(ids(lives, 'clear')).toHaveLength(1);
  });

  test('waits longer when the process stood still while the log was looked at', async () => {
    const lives = await beginLives(settings);
    await lives.look();
    await lives.connect();
    await lives.hear(...on('A1'));
    lives.rotation.isWaited = true;
    await lives.pass(59_000);
    lives.heyu(...on('A1'));
    await lives.pass(2000);
    lives.clock.freeze(7000);
    await lives.pass(100);
    lives.rotation.isWaited = false;
    await lives.look();
    await lives.acknowledge();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(1);
    expect(ids(lives, 'clear')).toHaveLength(0);
    await lives.passAcknowledged(60_000);
    expect(ids(lives, 'clear')).toHaveLength(1);
  });

  test('passes while the log cannot be read: the motion is hidden, and a sign in the log is no new one', async () => {
    const lives = await beginLives(settings);
    await lives.look();
    await lives.connect();
    await lives.hear(...on('A1'));
    const path = 'heyu.log';
    await lives.logIs({ kind: 'unreadable', path, code: 'EIO', hint: 'the disk fails' });
    await lives.pass(50_000);
    lives.heyu(...on('A1'));
    await lives.passAcknowledged(30_000);
    expect(lives.retained.get('x10/s_a1/motion')).toBe('OFF');
    await lives.logIs({ kind: 'following', path });
    await lives.look();
    await lives.acknowledge();
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(1);
    // it lasts until a minute after the second sign
    expect(lives.retained.get('x10/s_a1/motion')).toBe('ON');
    await lives.passAcknowledged(40_000);
    expect(lives.retained.get('x10/s_a1/motion')).toBe('OFF');
    await lives.hear(...on('A1'));
    expect(ids(lives, 'motion', 'motion_missed')).toHaveLength(2);
  });
});
