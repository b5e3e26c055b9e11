/** Somebody sets the clock while there is motion: it ends when its hold time is over, and the next one is no less real. */

import { expect, test } from 'vitest';
import type { Checkpoint } from '../../src/service/checkpoint.js';
import { pair, stampAt } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const HOUR_MS = 3_600_000;
const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000 }),
    sensorSettings('A3', 'MS14A', { holdMs: 60_000 }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

type Told = { readonly event_type: string; readonly id: string; readonly at: string };

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

test('motion ends on time in a bridge that dies in a quiet time after its clock was set back', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  await motion(lives, 'A1');
  await awake(lives, 10_000);
  lives.clock.set(-HOUR_MS);
  await awake(lives, 30_000);
  await lives.crash();
  await lives.settle();
  expect(motionOf(lives, 'a1')).toBe('ON');
  await awake(lives, 25_000);
  expect(motionOf(lives, 'a1')).toBe('OFF');
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

/** A zone that the bridge keeps, with a siren, and an entry delay of this length. */
function guarded(entryDelayMs: number, alertCooldownMs = 60_000): ReturnType<typeof coreSettings> {
  return coreSettings({
    sensors: [
      sensorSettings('A1', 'MS14A', { holdMs: 60_000, zone: 'ground' }),
      sensorSettings('A3', 'MS14A', { holdMs: 60_000, zone: 'ground', silentMs: 12 * HOUR_MS }),
      sensorSettings('D1', 'StdAM', { alias: 'siren', type: 'appliance' }),
    ],
    zones: [
      zoneSettings('ground', {
        entryDelayMs,
        alertCooldownMs,
        onAlarm: { switchOn: ['siren'], forMs: 240_000 },
      }),
    ],
    homeassistant: { discovery: 'off', prefix: 'homeassistant' },
    control: true,
  });
}

async function armed(core: ReturnType<typeof coreSettings>): Promise<Lives> {
  const lives = await beginLives(core);
  await lives.settle();
  await awake(lives, 10_000);
  await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
  await awake(lives, 10_000);
  expect(lives.retained.get('x10/zone/ground/security')).toBe('armed_away');
  return lives;
}

const alertsOf = (lives: Lives): object[] =>
  lives.delivered
    .filter(({ topic }) => topic === 'x10/zone/ground/alert')
    .map(({ payload }) => JSON.parse(payload) as object);

test.each([
  ['two days', 48 * HOUR_MS],
  ['a year', 366 * 24 * HOUR_MS],
])('nothing is too old for the broker because the clock was set forward by %s', async (_name, byMs) => {
  const lives = await armed(guarded(0));
  await lives.disconnect();
  await motion(lives, 'A1');
  await awake(lives, 5000);
  lives.clock.set(byMs);
  await awake(lives, 5000);
  await lives.connect(true);
  await awake(lives, 5000);
  expect(alertsOf(lives)).toHaveLength(1);
  expect(eventsOf(lives, 'a1').map(({ event_type }) => event_type)).toEqual(['motion_missed']);
});

test('an alarm that ends an entry delay in which the clock was set forward sounds and is sent', async () => {
  const lives = await armed(guarded(30_000));
  await lives.disconnect();
  await motion(lives, 'A1');
  await awake(lives, 10_000);
  expect(lives.commanded).toEqual([]);
  lives.clock.set(48 * HOUR_MS);
  await awake(lives, 70_000);
  expect(lives.commanded).toEqual([['on', 'D1']]);
  await lives.connect(true);
  await awake(lives, 5000);
  expect(alertsOf(lives)).toHaveLength(1);
});

test('an alarm at the end of a long entry delay sounds', async () => {
  const lives = await armed(guarded(180_000));
  await motion(lives, 'A1');
  await awake(lives, 170_000);
  expect(lives.commanded).toEqual([]);
  await awake(lives, 20_000);
  expect(lives.commanded).toEqual([['on', 'D1']]);
});

test('what heyu wrote before the clock was set forward and is read after it is an alert', async () => {
  const lives = await armed(guarded(0));
  lives.heyu(...pair('rcvi', 'A1', 'On'));
  lives.clock.set(48 * HOUR_MS);
  await awake(lives, 20_000);
  expect(alertsOf(lives)).toHaveLength(1);
  expect(lives.commanded).toEqual([['on', 'D1']]);
});

test('an alarm that waits for the broker over a clock set forward is sent by the next life', async () => {
  const lives = await armed(guarded(0));
  await lives.disconnect();
  await motion(lives, 'A1');
  await awake(lives, 10_000);
  lives.clock.set(48 * HOUR_MS);
  await awake(lives, 10_000);
  await lives.crash();
  await lives.settle();
  await awake(lives, 10_000);
  expect(alertsOf(lives)).toHaveLength(1);
});

test.each([1, 48, 366 * 24, 366 * 24 + 90])(
  'the first motion after the clock was set forward by %d h is live',
  async (hours) => {
    const lives = await armed(guarded(0));
    lives.clock.set(hours * HOUR_MS);
    await motion(lives, 'A1');
    expect(motionOf(lives, 'a1')).toBe('ON');
    await awake(lives, 20_000);
    expect(alertsOf(lives)).toHaveLength(1);
  },
);

test('no sensor is silent because the clock was set forward', async () => {
  const lives = await armed(guarded(0));
  await motion(lives, 'A3');
  await awake(lives, 20_000);
  lives.clock.set(24 * HOUR_MS);
  await awake(lives, 20_000);
  expect(lives.retained.get('x10/s_a3/silent')).toBe('OFF');
  for (let hour = 0; hour < 12; hour += 1) {
    await lives.pass(HOUR_MS);
    await lives.look();
    await lives.acknowledge();
  }
  expect(lives.retained.get('x10/s_a3/silent')).toBe('ON');
});

test('an address does not live longer because the clock was set back before it', async () => {
  const [address = '', on = ''] = pair('rcvi', 'A1', 'On');
  const lives = await beginLives(settings);
  await lives.settle();
  await lives.pass(900);
  await lives.look();
  lives.clock.set(-3000);
  lives.heyu(address);
  await lives.pass(500);
  await lives.look();
  // its second begins before the address is read
  await lives.pass(4100);
  await lives.hear(on);
  expect(eventsOf(lives, 'a1')).toEqual([]);
});

test.each<[string, string, (lives: Lives, address: string, on: string) => Promise<void> | void]>([
  [
    'between its two lines are read, the second of them late',
    'motion',
    async (lives, address, on) => {
      lives.heyu(address);
      await lives.look();
      await lives.pass(1000);
      lives.heyu(on);
      lives.clock.set(-HOUR_MS);
      lives.clock.freeze(30_000);
    },
  ],
  [
    'before it is read, when it is over',
    'motion_missed',
    (lives, address, on) => {
      lives.heyu(address, on);
      lives.clock.set(-HOUR_MS);
      lives.clock.freeze(120_000);
    },
  ],
  [
    'in the middle of it, and it is read so late that its address may have been written after that',
    'motion',
    (lives, address, on) => {
      lives.heyu(address);
      lives.clock.set(-10_000);
      lives.heyu(on);
      lives.clock.freeze(30_000);
    },
  ],
])('a motion is not lost when the clock is set back %s', async (_when, type, happens) => {
  const [address = '', on = ''] = pair('rcvi', 'A1', 'On');
  const lives = await beginLives(settings);
  await lives.settle();
  await lives.pass(5000);
  await lives.look();
  await happens(lives, address, on);
  await lives.look();
  await lives.acknowledge();
  expect(eventsOf(lives, 'a1').map(({ event_type }) => event_type)).toEqual([type]);
});

test('a line of before the clock was set back is dated by the clock of now', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  await lives.pass(5000);
  await lives.look();
  lives.heyu(...pair('rcvi', 'A1', 'On'));
  lives.clock.set(-HOUR_MS);
  const writtenAt = lives.clock.wallMs();
  lives.clock.freeze(30_000);
  await lives.look();
  await lives.acknowledge();
  expect(eventsOf(lives, 'a1').map(({ at }) => Date.parse(at))).toEqual([writtenAt]);
});

test('a line of between two times that the clock was set back is dated by the clock of now', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  await lives.pass(5000);
  await lives.look();
  lives.rotation.isWaited = true;
  lives.heyu(...pair('rcvi', 'A1', 'On'));
  lives.clock.set(-HOUR_MS);
  const writtenAt = [lives.clock.wallMs()];
  await awake(lives, 10_000);
  lives.heyu(...pair('rcvi', 'A3', 'On'));
  writtenAt.push(lives.clock.wallMs());
  lives.clock.set(-10 * 60_000);
  await awake(lives, 10_000);
  await lives.crash();
  lives.rotation.isWaited = false;
  await lives.settle();
  await lives.acknowledge();
  const told = [...eventsOf(lives, 'a1'), ...eventsOf(lives, 'a3')];
  expect(told.map(({ at }) => Date.parse(at))).toEqual(writtenAt.map((at) => at - 10 * 60_000));
});

test('a clock that was set back before the end of the log was seen says nothing of a stamp that does not fit', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  for (let times = 0; times < 2; times += 1) {
    await lives.pass(5000);
    await lives.look();
    lives.clock.set(-HOUR_MS);
  }
  // of an hour and a half ago: heyu's time zone is another one
  const stamp = stampAt(lives.clock.wallMs() - 1.5 * HOUR_MS);
  await lives.hear(...pair('rcvi', 'A1', 'On').map((text) => `${stamp}  ${text}`));
  expect(eventsOf(lives, 'a1').map(({ event_type }) => event_type)).toEqual(['motion']);
});

test('nor does one of which the look at the end of the log is the first to notice', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  await lives.pass(5000);
  await lives.look();
  lives.clock.set(-HOUR_MS);
  await lives.look();
  const stamp = stampAt(lives.clock.wallMs() - 1.5 * HOUR_MS);
  await lives.hear(...pair('rcvi', 'A1', 'On').map((text) => `${stamp}  ${text}`));
  expect(eventsOf(lives, 'a1').map(({ event_type }) => event_type)).toEqual(['motion']);
});

test('once the end of a quiet log was seen, it is stored that nothing is left of a step back', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  const stored = (): unknown => (lives.saved() as Checkpoint).settled?.setBacks;
  lives.rotation.isWaited = true;
  lives.clock.set(-HOUR_MS);
  await lives.passAcknowledged(6000);
  expect(stored()).toEqual([HOUR_MS]);
  lives.rotation.isWaited = false;
  await lives.look();
  await lives.passAcknowledged(6000);
  expect(stored()).toEqual([]);
});

test('a clock that was set forward by a year and back again makes no motion one of last year', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  lives.clock.set(366 * 24 * HOUR_MS);
  lives.service().status();
  lives.clock.set(-366 * 24 * HOUR_MS);
  await motion(lives, 'A1');
  expect(motionOf(lives, 'a1')).toBe('ON');
});

test('motion in a backlog ends on time when the clock is set back while that is read', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  lives.heyu('rcvi func           On : hc P', ...pair('rcvi', 'A1', 'On'));
  let isSet = false;
  lives.service().observe({
    find: () => undefined,
    changed: () => undefined,
    heard: () => {
      if (!isSet) lives.clock.set(-HOUR_MS);
      isSet = true;
    },
  });
  await lives.look();
  await lives.acknowledge();
  expect(motionOf(lives, 'a1')).toBe('ON');
  await awake(lives, 65_000);
  expect(motionOf(lives, 'a1')).toBe('OFF');
});

test('motion that was written before the clock was set back, and is read after it, is an alert', async () => {
  const lives = await armed(guarded(0));
  lives.heyu(...pair('rcvi', 'A1', 'On'));
  await lives.pass(200);
  lives.clock.set(-HOUR_MS);
  await awake(lives, 10_000);
  expect(alertsOf(lives)).toHaveLength(1);
});

test.each([
  ['an hour', HOUR_MS],
  // its stamp is ahead of the clock by less than is tolerated of one of now
  ['12 s, nearly all of which has passed', 12_000],
])(
  'motion that was not read yet when the bridge died after its clock was set back %s is dated by its stamp',
  async (_name, byMs) => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.pass(5000);
    await lives.look();
    lives.rotation.isWaited = true;
    lives.heyu(...pair('rcvi', 'A1', 'On'));
    lives.clock.set(-byMs);
    const writtenAt = lives.clock.wallMs();
    await awake(lives, 10_000);
    await lives.crash();
    lives.rotation.isWaited = false;
    await lives.settle();
    await lives.acknowledge();
    const told = eventsOf(lives, 'a1').map(({ event_type, at }) => [event_type, Date.parse(at)]);
    expect(told).toEqual([['motion', writtenAt]]);
  },
);
