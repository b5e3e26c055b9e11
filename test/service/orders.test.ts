/** Orders that stand in the log: the buttons of keyfobs and heyu's own armed state, read late or a second time. */

import { describe, expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';
import { fc, runs } from '../support/property.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('C4', 'KR10A', { alias: 'fob', type: 'remote' }),
    sensorSettings('A1', 'MS14A', { alias: 'hall', zone: 'ground', holdMs: 60_000 }),
  ],
  zones: [zoneSettings('ground', { keyfobs: ['fob'], followHeyu: true })],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

const STATE = 'x10/zone/ground/state';
const SET = 'x10/zone/ground/set';
const ARM = 'rcva func          Arm : hu C4  swAway swMin  (fob)';
const DISARM = 'rcva func       Disarm : hu C4  swAway swMin  (fob)';
/** A stamp of no time in which these tests play. */
const UNFITTING = '03/01 07:00:00  ';

/** A house in which everything is acknowledged and on disk, with the zone in this state. */
async function house(isArmed: boolean): Promise<Lives> {
  const lives = await beginLives(settings);
  await lives.look();
  await lives.connect(false);
  await settled(lives);
  if (isArmed) await lives.receive(SET, 'ARM_AWAY');
  await settled(lives);
  await lives.look();
  lives.heyu('Engine started');
  await lives.look();
  await settled(lives);
  await settled(lives);
  return lives;
}

async function settled(lives: Lives): Promise<void> {
  await lives.acknowledge();
  await lives.passAcknowledged(6000);
}

/** The process dies, and comes back when so much time has passed and this has been written. */
async function comeBack(lives: Lives, ms: number, ...texts: string[]): Promise<void> {
  lives.heyu(...texts);
  await lives.pass(ms);
  await lives.crash();
  await lives.look();
  await lives.connect();
  await settled(lives);
}

const alerts = (lives: Lives): unknown[] => lives.delivered.filter(({ topic }) => topic.endsWith('/alert'));

describe('an order in the log', () => {
  test.each([
    [DISARM, true, 'disarmed'],
    [ARM, false, 'armed_away'],
    ['System is Disarmed', true, 'disarmed'],
    ['System is Armed Home', false, 'armed_home'],
  ])('is obeyed at once: %s', async (text, isArmed, expected) => {
    const lives = await house(isArmed);
    await lives.hear(text);
    expect(lives.retained.get(STATE)).toBe(expected);
  });

  test.each([
    [DISARM, true],
    [ARM, false],
    ['System is Disarmed', true],
    ['System is Armed Home', false],
  ])('is not obeyed hours later: %s', async (text, isArmed) => {
    for (const stamp of ['', UNFITTING]) {
      const lives = await house(isArmed);
      await lives.crash();
      await comeBack(lives, 3 * 3_600_000, stamp + text);
      expect(lives.retained.get(STATE)).toBe(isArmed ? 'armed_away' : 'disarmed');
    }
  });

  test.each([
    [ARM, 'DISARM', 'disarmed'],
    [DISARM, 'ARM_AWAY', 'armed_away'],
    ['System is Armed Away', 'DISARM', 'disarmed'],
    ['System is Disarmed', 'ARM_AWAY', 'armed_away'],
  ])(
    'does not count again after a crash when another came after it: %s, then %s',
    async (text, command, end) => {
      const lives = await house(text === DISARM || text.endsWith('Disarmed'));
      lives.heyu(text);
      await lives.look();
      await lives.pass(3000);
      await lives.receive(SET, command);
      await lives.pass(500);
      await lives.crash();
      await lives.look();
      await lives.connect();
      await settled(lives);
      expect(lives.retained.get(STATE)).toBe(end);
    },
  );

  test('counts after a command from before it', async () => {
    const lives = await house(false);
    await lives.receive(SET, 'ARM_AWAY');
    await lives.pass(1500);
    await lives.hear(DISARM);
    expect(lives.retained.get(STATE)).toBe('disarmed');
  });
});

test('the last order counts, by whichever way it came, however often the process dies and the broker is away', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(ARM, DISARM, 'System is Armed Away', 'System is Disarmed') },
    { weight: 3, arbitrary: fc.constantFrom('ARM_AWAY', 'DISARM') },
    { weight: 3, arbitrary: fc.constantFrom('crash', 'restart', 'disconnect', 'connect', 'acknowledge') },
    { weight: 1, arbitrary: fc.constantFrom('wait', 'wait long') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const lives = await house(false);
      let expected = 'disarmed';
      for (const one of steps) {
        switch (one) {
          case 'crash':
          case 'restart':
          case 'disconnect':
          case 'connect':
          case 'acknowledge':
            await lives[one]();
            break;
          case 'wait':
          case 'wait long':
            await lives.pass(one === 'wait' ? 7000 : 90_000);
            break;
          case 'ARM_AWAY':
          case 'DISARM':
            await lives.connect();
            // nothing waits any more: what comes is of now
            await lives.pass(5000);
            await lives.receive(SET, one);
            expected = one === 'DISARM' ? 'disarmed' : 'armed_away';
            break;
          default:
            lives.heyu(one);
            await lives.look();
            expected = one === DISARM || one.endsWith('Disarmed') ? 'disarmed' : 'armed_away';
        }
        await lives.look();
        // stamps are whole seconds
        await lives.pass(1500);
      }
      await lives.connect();
      await settled(lives);
      expect(lives.retained.get(STATE)).toBe(expected);
    }),
    { numRuns: runs(200) },
  );
});

describe('motion of which nobody knows when it was', () => {
  test('is no alert when the zone was not armed all the time', async () => {
    const lives = await house(true);
    await lives.crash();
    await lives.connect();
    await settled(lives);
    // nobody has read the log since, but the zone was armed again
    await lives.pass(600_000);
    await lives.receive(SET, 'DISARM');
    await lives.pass(600_000);
    await lives.receive(SET, 'ARM_AWAY');
    lives.heyu(...pair('rcvi', 'A1', 'On').map((text) => UNFITTING + text));
    await lives.look();
    await settled(lives);
    expect(alerts(lives)).toHaveLength(0);
    expect(lives.retained.get('x10/hall/motion') ?? 'OFF').not.toBe('ON');
  });

  test('is one when it was', async () => {
    const lives = await house(true);
    await lives.crash();
    await comeBack(lives, 600_000, ...pair('rcvi', 'A1', 'On').map((text) => UNFITTING + text));
    expect(alerts(lives)).toHaveLength(1);
  });
});
