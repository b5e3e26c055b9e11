import { describe, expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000, zone: 'external' }),
    sensorSettings('A3', 'MS14A', { holdMs: 60_000, zone: 'owned' }),
    sensorSettings('A5', 'MS14A', { holdMs: 60_000, zone: 'delayed' }),
  ],
  zones: [
    zoneSettings('external', { kind: 'external', stateTopic: 'house/armed' }),
    zoneSettings('owned'),
    zoneSettings('delayed', { entryDelayMs: 30_000 }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

const on = (address: string): string[] => pair('rcvi', address, 'On');

/** Connects, and the broker tells what it holds of the external zone; verifications included. */
async function connect(lives: Lives, state: string): Promise<void> {
  await lives.connect();
  for (let i = 0; i < 4; i += 1) {
    await lives.receive('house/armed', state, true);
    await lives.pass(1000);
  }
}

/** A house whose zones are armed, and in which everything is acknowledged and on disk. */
async function armedHouse(): Promise<Lives> {
  const lives = await beginLives(settings);
  await lives.look();
  await connect(lives, 'armed_away');
  await lives.acknowledge();
  for (const zone of ['owned', 'delayed']) await lives.receive(`x10/zone/${zone}/set`, 'ARM_AWAY');
  await lives.acknowledge();
  await lives.passAcknowledged(10_000);
  return lives;
}

/** The process dies; the next one reads what there is and connects, everything is acknowledged. */
async function crashAndComeBack(lives: Lives): Promise<void> {
  await lives.crash();
  await lives.look();
  await connect(lives, 'armed_away');
  await lives.acknowledge();
}

const alerts = (lives: Lives): string[] =>
  lives.delivered
    .filter(({ topic }) => topic.endsWith('/alert'))
    .map(({ payload }) => (JSON.parse(payload) as { id: string }).id);

describe('an alert that was delivered before a crash', () => {
  test.each([5000, 120_000])('hides no motion %i ms after it, in the gap', async (afterMs) => {
    const lives = await beginLives(
      coreSettings({
        ...settings,
        zones: settings.zones.map((zone) => ({ ...zone, alertCooldownMs: 3000 })),
      }),
    );
    await lives.look();
    await connect(lives, 'armed_away');
    await lives.acknowledge();
    await lives.passAcknowledged(10_000);
    await lives.hear(...on('A1'));
    expect(alerts(lives)).toHaveLength(1);
    await lives.crash();
    await lives.pass(afterMs);
    lives.heyu(...on('A1'));
    await lives.look();
    await connect(lives, 'armed_away');
    await lives.acknowledge();
    expect(new Set(alerts(lives)).size).toBe(2);
    expect(alerts(lives)).toHaveLength(2);
  });

  test('keeps the cool-down that it began', async () => {
    const lives = await armedHouse();
    await lives.hear(...on('A1'));
    await lives.crash();
    await lives.pass(5000);
    lives.heyu(...on('A1'));
    await lives.look();
    await connect(lives, 'armed_away');
    await lives.acknowledge();
    expect(alerts(lives)).toHaveLength(1);
  });
});

describe('an alert', () => {
  test.each([
    ['external', 'A1'],
    ['owned', 'A3'],
  ])('of an %s zone is sent again after a crash when nobody had acknowledged it', async (_kind, address) => {
    const lives = await armedHouse();
    lives.heyu(...on(address));
    await lives.look();
    await crashAndComeBack(lives);
    expect([...new Set(alerts(lives))]).toHaveLength(1);
  });

  test('at the end of an entry delay is sent again although its motion was settled long before', async () => {
    const lives = await armedHouse();
    await lives.hear(...on('A5'));
    await lives.passAcknowledged(12_000);
    // the delay is over now
    await lives.pass(20_000);
    expect(lives.inFlight().some(({ topic }) => topic === 'x10/zone/delayed/alert')).toBe(true);
    await crashAndComeBack(lives);
    expect([...new Set(alerts(lives))]).toHaveLength(1);
  });

  test('is sent even if the zone was disarmed before it could be delivered', async () => {
    const lives = await armedHouse();
    lives.heyu(...on('A3'));
    await lives.look();
    await lives.receive('x10/zone/owned/set', 'DISARM');
    await crashAndComeBack(lives);
    expect([...new Set(alerts(lives))]).toHaveLength(1);
    expect(lives.retained.get('x10/zone/owned/alarm')).toBe('OFF');
  });

  test('is not sent again once it was delivered, whenever the crash comes', async () => {
    const lives = await armedHouse();
    await lives.hear(...on('A3'));
    await lives.passAcknowledged(12_000);
    await crashAndComeBack(lives);
    expect(alerts(lives)).toHaveLength(1);
  });

  test('is not invented for a signal that fell into a cool-down before the crash', async () => {
    const lives = await armedHouse();
    // the first alert, a signal in its cool-down, the next alert
    for (const waitMs of [10_000, 55_000, 0]) {
      lives.heyu(...on('A3'));
      await lives.look();
      await lives.pass(waitMs);
    }
    // all three are read again
    await crashAndComeBack(lives);
    expect([...new Set(alerts(lives))]).toHaveLength(2);
  });

  test('keeps its cool-down after a crash', async () => {
    const lives = await armedHouse();
    await lives.hear(...on('A3'));
    await lives.passAcknowledged(10_000);
    await crashAndComeBack(lives);
    await lives.hear(...on('A3'));
    expect(alerts(lives)).toHaveLength(1);
  });

  test('is raised at once after the zone was disarmed and armed again, crash or not', async () => {
    const lives = await armedHouse();
    await lives.hear(...on('A3'));
    await lives.receive('x10/zone/owned/set', 'DISARM');
    await lives.pass(2000);
    await lives.receive('x10/zone/owned/set', 'ARM_AWAY');
    await lives.passAcknowledged(5000);
    await lives.crash();
    await lives.look();
    await connect(lives, 'armed_away');
    await lives.hear(...on('A3'));
    expect([...new Set(alerts(lives))]).toHaveLength(2);
  });

  test('is not raised after a crash for motion from before the zone was armed', async () => {
    const lives = await armedHouse();
    await lives.receive('x10/zone/owned/set', 'DISARM');
    lives.heyu(...on('A3'));
    await lives.look();
    await lives.pass(2000);
    await lives.receive('x10/zone/owned/set', 'ARM_AWAY');
    await lives.pass(100);
    await lives.crash();
    // connected before the log is read: no waiting for the state
    await connect(lives, 'armed_away');
    await lives.pass(8000);
    await lives.look();
    await lives.acknowledge();
    expect(alerts(lives)).toHaveLength(0);
  });

  test('is raised for motion after arming although an earlier one of the same sensor waits too', async () => {
    const lives = await armedHouse();
    await lives.receive('x10/zone/owned/set', 'DISARM');
    await lives.passAcknowledged(6000);
    lives.heyu(...on('A3'));
    await lives.look();
    await lives.pass(2000);
    await lives.receive('x10/zone/owned/set', 'ARM_AWAY');
    await lives.pass(100);
    await lives.crash();
    await lives.pass(3000);
    lives.heyu(...on('A3'));
    await lives.look();
    await connect(lives, 'armed_away');
    await lives.acknowledge();
    expect([...new Set(alerts(lives))]).toHaveLength(1);
  });

  test('keeps its cool-down when the clock is set back an hour', async () => {
    const lives = await armedHouse();
    await lives.hear(...on('A3'));
    lives.clock.set(-3_600_000);
    await lives.pass(1000);
    for (let i = 0; i < 5; i += 1) {
      lives.heyu(...on('A3'));
      await lives.look();
      await lives.pass(9000);
    }
    await lives.acknowledge();
    expect(alerts(lives)).toHaveLength(1);
    await lives.pass(60_000);
    await lives.hear(...on('A3'));
    expect(alerts(lives)).toHaveLength(2);
  });
});

describe('after standing still', () => {
  // SIGSTOP stops the process, a suspended machine its monotonic clock too
  test.each([
    ['a stopped process', (lives: Lives) => lives.clock.freeze(10_000)],
    ['a suspended machine', (lives: Lives) => lives.clock.set(10_000)],
  ])('%s raises no alert in a zone that was disarmed meanwhile', async (_what, stand) => {
    const lives = await armedHouse();
    stand(lives);
    lives.heyu(...on('A1'));
    // what was logged comes to be read before what the broker has said
    await lives.look();
    await lives.receive('house/armed', 'disarmed');
    await connect(lives, 'disarmed');
    await lives.acknowledge();
    expect(alerts(lives)).toHaveLength(0);
    expect(lives.retained.get('x10/zone/external/security')).toBe('disarmed');
  });

  test('it raises the alert as soon as the zone is known to be armed still', async () => {
    const lives = await armedHouse();
    lives.clock.freeze(10_000);
    await lives.hear(...on('A1'), ...on('A3'));
    expect(alerts(lives)).toHaveLength(0);
    await connect(lives, 'armed_away');
    await lives.acknowledge();
    expect(alerts(lives)).toHaveLength(2);
  });

  test('it does not obey a command that may have waited for hours', async () => {
    const lives = await armedHouse();
    lives.clock.set(8 * 3_600_000);
    await lives.receive('x10/zone/owned/set', 'DISARM');
    await connect(lives, 'armed_away');
    await lives.acknowledge();
    expect(lives.retained.get('x10/zone/owned/state')).toBe('armed_away');
    await lives.pass(10_000);
    await lives.receive('x10/zone/owned/set', 'DISARM');
    await lives.acknowledge();
    expect(lives.retained.get('x10/zone/owned/state')).toBe('disarmed');
  });

  test('for less than a moment nothing is asked', async () => {
    const lives = await armedHouse();
    lives.clock.freeze(1500);
    await lives.hear(...on('A1'));
    expect(alerts(lives)).toHaveLength(1);
  });
});
