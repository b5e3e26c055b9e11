/** External zones whose source has an entry delay of its own, and says so or not. */

import { describe, expect, it } from 'vitest';
import { stalled } from '../../src/security/connection.js';
import { reconfigure } from '../../src/security/setup.js';
import type { ZoneSettings } from '../../src/security/zone.js';
import {
  alerts,
  answer,
  bench,
  connect,
  cut,
  message,
  motion,
  pass,
  restart,
  retained,
  suback,
  verdicts,
  zone,
  type Bench,
} from './bench.js';
import { fc, runs } from '../support/property.js';

const TOPIC = 'ground/state';
const AUTO: Partial<ZoneSettings> = { sourceDelayMs: undefined };

/** A zone that its source has armed, and long connected. */
function armed(different: Partial<ZoneSettings> = AUTO, word = 'armed_away'): Bench {
  const test = bench([zone('ground', different)]);
  connect(test, false);
  suback(test);
  test.keeps.set(TOPIC, word);
  message(test, TOPIC, word, 'R');
  pass(test, 10_000);
  return test;
}

/** One word per step: `+500` time, `HALL` and `KITCHEN` motion, `CUT` the link goes; else what the source says. */
function play(test: Bench, script: string): void {
  for (const step of script.split(' ')) {
    if (step.startsWith('+')) pass(test, Number(step.slice(1)));
    else if (step === 'CUT') cut(test);
    else if (step === step.toUpperCase()) motion(test, { alias: step.toLowerCase() });
    else {
      test.keeps.set(TOPIC, step);
      message(test, TOPIC, step);
    }
  }
}

/** Settings, script, aliases of the alerts, whether they are verified, all verdicts. */
const ROWS: readonly (readonly [string, Partial<ZoneSettings>, string, string])[] = [
  ['the source has no entry delay: 2 s', AUTO, 'HALL +1999', ''],
  ['... and then the alert', AUTO, 'HALL +2000', 'hall'],
  ['of each sensor', AUTO, 'HALL +500 KITCHEN +500 HALL +1500', 'hall kitchen'],
  [
    '... or each that is not within the cool-down',
    { alertCooldownMs: 0 },
    'HALL +500 HALL +500 HALL +2000',
    'hall hall hall',
  ],
  ['the source begins its entry delay: none', AUTO, 'HALL +300 pending +60000', ''],
  ['... and ends in its alarm', AUTO, 'HALL +300 pending +30000 triggered', 'hall'],
  [
    '... also of a sensor in between',
    AUTO,
    'HALL +300 pending +5000 KITCHEN +9000 triggered',
    'hall kitchen',
  ],
  ['... or is disarmed', AUTO, 'HALL +300 pending +5000 KITCHEN +9000 disarmed +400000', ''],
  ['... or goes back to armed: it was no disarming', AUTO, 'HALL +300 pending +9000 armed_away +1', 'hall'],
  ['a sensor of the source was first', AUTO, 'pending +5000 HALL +9000 disarmed +400000', ''],
  ['... and nobody came home', AUTO, 'entry_delay +5000 HALL +9000 triggered', 'hall'],
  ['the source dies in its entry delay: 5 min', AUTO, 'HALL +300 pending +299699', ''],
  ['... and then the alert, which is not certain', AUTO, 'HALL +300 pending +299700', 'hall?'],
  ['the link goes within the 2 s', AUTO, 'HALL +500 CUT', 'hall?'],
  ['the link goes in the entry delay', AUTO, 'HALL +300 pending +5000 CUT', 'hall?'],
  ['a word that is not understood in the entry delay', AUTO, 'HALL +300 pending +5000 banana +1', 'hall?'],
  ['... within the 2 s', AUTO, 'HALL +300 banana', 'hall?'],
  ['the source does not know any more', AUTO, 'HALL +300 unavailable', 'hall?'],
  ['the source is triggered already', AUTO, 'triggered HALL', 'hall'],
  ['disarmed within the 2 s', AUTO, 'HALL +500 disarmed +400000', ''],
  ['pending on the way to armed', AUTO, 'disarmed pending HALL +400000', ''],
  ['as long as the owner wants', { sourceDelayMs: 30_000 }, 'HALL +29999', ''],
  ['... whatever the source says', { sourceDelayMs: 30_000 }, 'HALL pending +30000', 'hall'],
  ['... but its alarm', { sourceDelayMs: 30_000 }, 'HALL +9000 triggered', 'hall'],
  ['... and its disarming', { sourceDelayMs: 30_000 }, 'HALL +9000 disarmed +400000', ''],
  ['... in this way of being armed', { sourceDelayMs: { away: 9000 } }, 'HALL +9000', 'hall'],
  ['... in another', { sourceDelayMs: { home: 9000 } }, 'HALL', 'hall'],
  ['not at all', { sourceDelayMs: 0 }, 'HALL', 'hall'],
  ['only by the word of the source: it says nothing', { alertOn: 'triggered' }, 'HALL +400000', ''],
  ['... it says triggered', { alertOn: 'triggered' }, 'HALL +40000 triggered', 'hall'],
  ['... it is down', { alertOn: 'triggered' }, 'HALL +5000 CUT', ''],
  ['... it does not know', { alertOn: 'triggered' }, 'unavailable HALL +400000', ''],
  ['... it was triggered before', { alertOn: 'triggered' }, 'triggered HALL', 'hall'],
];

const said = (test: Bench): string =>
  alerts(test)
    .map(({ alias, verified }) => `${String(alias)}${verified === true ? '' : '?'}`)
    .join(' ');

describe('motion in an armed external zone', () => {
  it.each(ROWS)('%s', (_, settings, script, expected) => {
    const test = armed({ ...AUTO, ...settings });
    play(test, script);
    expect(said(test)).toBe(expected);
    expect(retained(test, 'x10/zone/ground/alarm')).toBe(expected === '' ? 'OFF' : 'ON');
  });

  it.each([
    ['of a sensor without an entry delay', { entry: 'immediate' }],
    ['that counts always', { guard: 'always' }],
  ] as const)('is an alert at once %s', (_, signal) => {
    const test = armed();
    message(test, TOPIC, 'pending');
    motion(test, signal);
    expect(verdicts(test)).toEqual(['alert']);
  });

  it('is held back by the owner also of a sensor without an entry delay', () => {
    const test = armed({ alertOn: 'triggered' });
    motion(test, { entry: 'immediate' });
    expect(verdicts(test)).toEqual(['entry']);
  });

  it('waits over a restart for what the source says then', () => {
    for (const [word, expected] of [
      ['disarmed', []],
      ['triggered', [{ alias: 'hall', late: true }]],
    ] as const) {
      const test = armed();
      motion(test);
      message(test, TOPIC, 'pending');
      const next = restart(test, [zone('ground', AUTO)], 3000);
      next.keeps.set(TOPIC, word);
      connect(next, false);
      suback(next);
      message(next, TOPIC, word, 'R');
      pass(next, 10_000);
      expect(alerts(next)).toMatchObject(expected);
    }
  });

  it.each([
    ['triggered', 5000, 1],
    ['disarmed', 400_000, 0],
    ['pending', 400_000, 1],
  ])('waits on where the source still says pending after a restart: %s', (word, ms, expected) => {
    const test = armed();
    motion(test);
    message(test, TOPIC, 'pending');
    const next = restart(test, [zone('ground', AUTO)], 3000);
    next.keeps.set(TOPIC, 'pending');
    connect(next, true);
    suback(next);
    message(next, TOPIC, 'pending', 'R');
    pass(next, 10_000);
    expect(alerts(next)).toEqual([]);
    next.keeps.set(TOPIC, word);
    message(next, TOPIC, word);
    pass(next, ms);
    expect(alerts(next)).toHaveLength(expected);
  });

  it.each([
    ['armed_away', 'triggered', 1],
    ['armed_away', 'disarmed', 0],
    ['pending', 'triggered', 1],
    ['pending', 'disarmed', 0],
  ])('waits on when the bridge stood still while the source said %s, and then %s', (word, then, expected) => {
    const test = armed();
    motion(test);
    test.keeps.set(TOPIC, word);
    message(test, TOPIC, word);
    pass(test, 1000);
    stalled(test, 5000);
    answer(test);
    pass(test, word === 'pending' ? 20_000 : 800);
    expect(alerts(test)).toEqual([]);
    test.keeps.set(TOPIC, then);
    message(test, TOPIC, then);
    pass(test, 10_000);
    expect(alerts(test)).toHaveLength(expected);
  });

  it('is an alert when the source cannot be asked after the bridge stood still', () => {
    const test = armed();
    motion(test);
    message(test, TOPIC, 'pending');
    test.isFrozen = true;
    stalled(test, 5000);
    pass(test, 4999);
    expect(alerts(test)).toEqual([]);
    pass(test, 1);
    expect(alerts(test)).toMatchObject([{ verified: false }]);
  });

  it('of which the sensor is tampered with meanwhile has two alerts in the end', () => {
    const test = armed({ ...AUTO, alertOn: 'triggered' });
    motion(test);
    motion(test, { kind: 'tamper', entry: 'immediate', id: 'f00d.2' });
    play(test, '+5000 triggered');
    expect(alerts(test)).toMatchObject([{ kind: 'motion' }, { kind: 'tamper' }]);
  });

  it('is not lost when a later one of its sensor waited for the zone and the bridge then died', () => {
    const test = armed({ ...AUTO, alertCooldownMs: 0 });
    motion(test, { id: 'f00d.1' });
    pass(test, 1000);
    test.isFrozen = true;
    stalled(test, 5000);
    motion(test, { id: 'f00d.2' });
    const next = restart(test, [zone('ground', { ...AUTO, alertCooldownMs: 0 })], 500);
    next.keeps.set(TOPIC, 'armed_away');
    connect(next, true);
    answer(next);
    pass(next, 10_000);
    expect(alerts(next)).toMatchObject([{ id: 'f00d.1.alert' }, { id: 'f00d.2.alert' }]);
  });

  it('is not lost when the settings of its zone change', () => {
    const test = armed();
    motion(test);
    reconfigure(test, [zone('ground', { ...AUTO, armedValues: ['scharf'] })], 'x10');
    pass(test, 10_000);
    expect(alerts(test)).toHaveLength(1);
  });

  it('is an alert in the end, unless someone disarms', () => {
    const words = fc.constantFrom('armed_away', 'pending', 'triggered', 'banana', 'unavailable', '', 'CUT');
    const steps = fc.array(fc.tuple(words, fc.integer({ min: 0, max: 200_000 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom<Partial<ZoneSettings>>(AUTO, { sourceDelayMs: 45_000 }),
        (script, delay) => {
          const test = armed(delay);
          motion(test);
          for (const [word, ms] of script) {
            if (word === 'CUT') {
              cut(test);
              connect(test, false);
              suback(test);
            }
            message(test, TOPIC, word === 'CUT' ? 'armed_away' : word);
            pass(test, ms);
          }
          pass(test, 300_000);
          expect(alerts(test)).toHaveLength(1);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});
