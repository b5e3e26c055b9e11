/** What sounds in an alarm: when it is switched on, and that it never stays on. */

import { describe, expect, test } from 'vitest';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';
import { fc, runs } from '../support/property.js';

const FOR_MS = 240_000;
const onAlarm = { switchOn: ['siren', 'lamp'], forMs: FOR_MS };
const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { alias: 'hall', zone: 'ground', holdMs: 60_000 }),
    sensorSettings('C3', 'SD90', { alias: 'smoke', type: 'smoke', zone: 'ground' }),
    sensorSettings('C5', 'EH-WD210', { alias: 'washer', type: 'water', zone: 'ground' }),
    sensorSettings('C4', 'KR10A', { alias: 'fob', type: 'remote' }),
    sensorSettings('D1', 'StdAM', { alias: 'siren', type: 'appliance' }),
    sensorSettings('D2', 'StdLM', { alias: 'lamp', type: 'light' }),
  ],
  zones: [zoneSettings('ground', { keyfobs: ['fob'], onAlarm, alertCooldownMs: 0 })],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  control: true,
});

const SET = 'x10/zone/ground/set';
const MOTION = ['rcvi addr unit       1 : hu A1  (hall)', 'rcvi func           On : hc A'];
const SMOKE = ['rcva func        Alert : hu C3   (smoke)'];
const WATER = ['rcva func        Alert : hu C5   (washer)'];
const DISARM = 'rcva func       Disarm : hu C4  swAway swMin  (fob)';
const ON = ['on D2', 'on D1'];
const OFF = ['off D2', 'off D1'];

async function house(...commands: string[]): Promise<Lives> {
  const lives = await beginLives(settings);
  await lives.look();
  await lives.connect(false);
  await lives.passAcknowledged(10_000);
  for (const command of commands) await lives.receive(SET, command);
  await lives.passAcknowledged(10_000);
  return lives;
}

/** What heyu was told since `from`, in no order. */
const told = ({ commanded }: Lives, from = 0): readonly string[] =>
  commanded
    .slice(from)
    .map((args) => args.join(' '))
    .toSorted();
const sorted = (...words: readonly (readonly string[])[]): readonly string[] => words.flat().toSorted();

async function crash(lives: Lives, ms = 0): Promise<void> {
  await lives.passAcknowledged(6000);
  await lives.crash();
  if (ms > 0) await lives.pass(ms);
  await lives.look();
}

describe('an alarm', () => {
  test.each([
    ['motion in an armed zone', ['ARM_AWAY'], MOTION, ON],
    ['motion in a disarmed zone', ['DISARM'], MOTION, []],
    ['smoke in a disarmed zone', ['DISARM'], SMOKE, ON],
    ['water', ['ARM_AWAY'], WATER, []],
    ['TRIGGER', ['TRIGGER'], [], ON],
  ] as const)('by %s sounds once, or not at all', async (_, commands, lines, expected) => {
    const lives = await house(...commands);
    await lives.hear(...lines);
    expect(told(lives)).toEqual(sorted(expected));
  });

  test('ends after its time and does not sound again until it was ended', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(...MOTION);
    await lives.passAcknowledged(FOR_MS - 1000);
    expect(told(lives)).toEqual(sorted(ON));
    await lives.passAcknowledged(2000);
    expect(told(lives)).toEqual(sorted(ON, OFF));
    await lives.hear(...MOTION);
    expect(told(lives)).toEqual(sorted(ON, OFF));
    await lives.receive(SET, 'DISARM');
    await lives.receive(SET, 'ARM_AWAY');
    await lives.hear(...MOTION);
    expect(told(lives)).toEqual(sorted(ON, OFF, ON));
  });

  test('is silenced by a keyfob, also without a broker', async () => {
    const lives = await house('ARM_AWAY');
    await lives.disconnect();
    lives.heyu(...MOTION);
    await lives.look();
    expect(told(lives)).toEqual(sorted(ON));
    lives.heyu(DISARM);
    await lives.look();
    expect(told(lives)).toEqual(sorted(ON, OFF));
  });

  test('that is told more than 2 min late does not sound', async () => {
    const lives = await house('ARM_AWAY');
    lives.heyu(...MOTION);
    await lives.pass(121_000);
    await lives.look();
    await lives.passAcknowledged(10_000);
    expect(lives.notified).toHaveLength(1);
    expect(told(lives)).toEqual([]);
  });

  test('sounds on after a restart for what is left of its time', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(...MOTION);
    await crash(lives, 100_000);
    await lives.pass(1000);
    expect(told(lives)).toEqual(sorted(ON, ON));
    await lives.pass(FOR_MS - 108_000);
    expect(told(lives)).toEqual(sorted(ON, ON));
    await lives.pass(2000);
    expect(told(lives)).toEqual(sorted(ON, ON, OFF));
  });

  test('whose time is over while nobody runs is silenced at the start', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(...MOTION);
    await lives.passAcknowledged(6000);
    lives.clock.freeze(FOR_MS);
    await lives.crash();
    await lives.look();
    await lives.pass(1000);
    expect(told(lives)).toEqual(sorted(ON, OFF));
  });

  test('is silenced when the zone is taken out of the configuration', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(...MOTION);
    await lives.reload({ ...settings, zones: [] });
    expect(told(lives)).toEqual(sorted(ON, OFF));
  });

  test('that heyu cannot sound is a problem, and is tried again as long as it lasts', async () => {
    const lives = await house('ARM_AWAY');
    lives.heyuDoes.failure = 'the interface is dead';
    await lives.hear(...MOTION);
    await lives.passAcknowledged(2000);
    expect(lives.retained.get('x10/bridge/problem')).toBe('ON');
    expect(lives.retained.get('x10/bridge/info')).toContain('the interface is dead');
    const from = lives.commanded.length;
    lives.heyuDoes.failure = undefined;
    await lives.passAcknowledged(11_000);
    expect(told(lives, from)).toEqual(sorted(ON));
    expect(lives.retained.get('x10/bridge/problem')).toBe('OFF');
  });

  test('is silenced until heyu has done it, over restarts, too', async () => {
    const lives = await house('ARM_AWAY');
    await lives.hear(...MOTION);
    lives.heyuDoes.failure = 'the power line is busy';
    await lives.receive(SET, 'DISARM');
    await crash(lives);
    lives.heyuDoes.failure = undefined;
    const from = lives.commanded.length;
    await lives.pass(11_000);
    expect(told(lives, from)).toEqual(sorted(OFF));
    await lives.pass(60_000);
    expect(told(lives, from)).toEqual(sorted(OFF));
  });
});

test('whatever happens, nothing sounds after DISARM, nor longer than its time', async () => {
  const step = fc.constantFrom(
    'motion',
    'smoke',
    'ARM_AWAY',
    'ARM_HOME',
    'DISARM',
    'TRIGGER',
    'crash',
    'fail',
    'work',
  );
  const steps = fc.array(fc.tuple(step, fc.integer({ min: 0, max: 150_000 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, async (some) => {
      const lives = await house('ARM_AWAY');
      for (const [what, ms] of some) {
        if (what === 'motion') await lives.hear(...MOTION);
        else if (what === 'smoke') await lives.hear(...SMOKE);
        else if (what === 'fail') lives.heyuDoes.failure = 'no';
        else if (what === 'work') lives.heyuDoes.failure = undefined;
        else if (what === 'crash') {
          await crash(lives);
          await lives.connect();
          await lives.passAcknowledged(6000);
        } else await lives.receive(SET, what);
        await lives.passAcknowledged(ms);
        if (what !== 'DISARM' || lives.heyuDoes.failure !== undefined) continue;
        await lives.passAcknowledged(11_000);
        expectSilent(lives);
      }
      lives.heyuDoes.failure = undefined;
      await lives.passAcknowledged(FOR_MS + 11_000);
      expectSilent(lives);
    }),
    { numRuns: runs(60) },
  );
});

/** The last word for each device, if there was one, was off. */
function expectSilent({ commanded }: Lives): void {
  for (const address of ['D1', 'D2']) {
    const last = commanded.findLast((args) => args[1] === address);
    expect(last?.[0] ?? 'off').toBe('off');
  }
}
