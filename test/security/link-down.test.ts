/** An owned zone without a broker: its disk judges, and a disarming that waits at the broker still counts. */

import { describe, expect, it } from 'vitest';
import type { ZoneSettings } from '../../src/security/zone.js';
import {
  NOON,
  alerts,
  answer,
  attributes,
  bench,
  connect,
  cut,
  message,
  motion,
  online,
  pass,
  restart,
  retained,
  state,
  verdicts,
  zone,
  type Bench,
} from './bench.js';
import { fc, runs } from '../support/property.js';

const SET = 'x10/zone/ground/set';
const ALARM = 'x10/zone/ground/alarm';
const ENTRY_MS = 20_000;

function owned(different: Partial<ZoneSettings>): readonly ZoneSettings[] {
  return [zone('ground', { kind: 'owned', ...different })];
}

/** It was commanded, and then the link went down. */
function alone(command: string, different: Partial<ZoneSettings> = {}): Bench {
  const test = bench(owned(different), undefined, NOON, true);
  online(test);
  message(test, SET, command);
  cut(test);
  return test;
}

describe('an owned zone without a link', () => {
  it.each([
    ['ARM_AWAY', 'armed_away', 'alert', 'triggered'],
    ['ARM_HOME', 'armed_home', 'alert', 'triggered'],
    ['DISARM', 'disarmed', 'disarmed', 'disarmed'],
  ])('is what its disk says, unverified: after %s %s, motion is %s', (command, before, verdict, after) => {
    const test = alone(command);
    expect(state(test)).toBe(before);
    expect(attributes(test)).toMatchObject({ verified: false, reason: 'no connection to the broker' });
    expect(motion(test)).toEqual({ security: before, verified: false });
    expect(verdicts(test)).toEqual([verdict]);
    expect(state(test)).toBe(after);
    for (const alert of alerts(test)) expect(alert).toMatchObject({ security: before, verified: false });
  });

  it('is judged so also in the first moments of a run, before there is a link', () => {
    const next = restart(alone('ARM_AWAY'), owned({}), 1000, true);
    motion(next);
    expect(alerts(next)).toMatchObject([{ alias: 'hall', verified: false }]);
    online(next, true);
    expect([state(next), retained(next, ALARM)]).toEqual(['triggered', 'ON']);
  });

  it('arms at the end of its exit delay', () => {
    const test = alone('ARM_AWAY', { exitDelayMs: 30_000 });
    motion(test);
    pass(test, 30_000);
    expect(state(test)).toBe('armed_away');
    motion(test);
    expect(verdicts(test)).toEqual(['arming', 'alert']);
  });

  it('begins an entry delay and waits 30 s more for a disarming', () => {
    const test = alone('ARM_AWAY', { entryDelayMs: ENTRY_MS });
    motion(test);
    expect([state(test), verdicts(test)]).toEqual(['pending', ['entry']]);
    pass(test, ENTRY_MS + 29_999);
    expect(alerts(test)).toEqual([]);
    pass(test, 1);
    expect(alerts(test)).toMatchObject([{ alias: 'hall', security: 'armed_away', verified: false }]);
    expect(state(test)).toBe('triggered');
  });

  it('ends an entry delay that is over as soon as the broker says that nothing is waiting', () => {
    const test = alone('ARM_AWAY', { entryDelayMs: ENTRY_MS });
    motion(test);
    pass(test, ENTRY_MS + 10_000);
    online(test, true);
    expect(alerts(test)).toMatchObject([{ verified: true }]);
  });

  it('counts the 30 s also over a restart', () => {
    const test = alone('ARM_AWAY', { entryDelayMs: ENTRY_MS });
    motion(test);
    pass(test, ENTRY_MS + 29_000);
    const next = restart(test, owned({ entryDelayMs: ENTRY_MS }), 60_000, true);
    pass(next, 30_000);
    expect(alerts(next)).toMatchObject([{ alias: 'hall', verified: false }]);
  });

  it.each([
    ['is recent', 30_000, 'disarmed', 'OFF'],
    ['may be older than command_max_age', 70_000, 'triggered', 'ON'],
  ])('ends its alarm by a disarming in the queue that %s', (_, awayMs, after, alarm) => {
    const test = alone('ARM_AWAY');
    motion(test);
    pass(test, awayMs);
    expect([state(test), retained(test, ALARM)]).toEqual(['triggered', 'ON']);
    connect(test, true);
    message(test, SET, 'DISARM');
    answer(test);
    pass(test, 5000);
    expect([state(test), retained(test, ALARM)]).toEqual([after, alarm]);
  });

  describe('and what was read late', () => {
    it('waits for the link, and for a disarming in the queue', () => {
      const test = alone('ARM_AWAY');
      motion(test, { late: true });
      pass(test, 10_000);
      connect(test, true);
      message(test, SET, 'DISARM');
      answer(test);
      pass(test, 5000);
      expect(verdicts(test)).toEqual(['waiting', 'disarmed']);
    });

    it('is a late alert after 30 s without a link', () => {
      const test = alone('ARM_AWAY');
      motion(test, { late: true });
      pass(test, 29_999);
      expect(alerts(test)).toEqual([]);
      pass(test, 1);
      expect(alerts(test)).toMatchObject([{ verified: false, late: true }]);
    });

    it('is judged in the order in which it was, also when one takes the place of one before the arming', () => {
      const entry = { entryDelayMs: ENTRY_MS };
      const test = alone('ARM_AWAY', entry);
      motion(test, { id: 'before', at: NOON - 60_000, late: true });
      pass(test, 5000);
      motion(test, { id: 'porch', alias: 'porch', late: true });
      pass(test, 22_000);
      motion(test, { id: 'hall', late: true });
      online(test, true);
      expect(alerts(test).map(({ id }) => id)).toEqual(['porch.alert', 'hall.alert']);
    });

    it.each([
      // seconds before it is read, whether it was the same sensor; who has an alert although somebody disarms in time
      ['whose entry delay is over', 30, 'porch', ['hall.alert', 'porch.alert']],
      ['whose entry delay is over, of the same sensor', 30, 'hall', ['porch.alert']],
      ['whose entry delay still runs', 10, 'porch', []],
    ] as const)('is not swallowed by the entry delay of a later signal: one %s', (_, ago, alias, raised) => {
      const test = alone('ARM_AWAY', { entryDelayMs: ENTRY_MS });
      pass(test, 60_000);
      motion(test, { id: 'porch', alias, at: test.now.at - ago * 1000, late: true });
      pass(test, 1000);
      motion(test, { id: 'hall', alias: 'hall' });
      expect([state(test), verdicts(test)]).toEqual(['pending', ['waiting', 'entry']]);
      pass(test, 1000);
      online(test, true);
      message(test, SET, 'DISARM');
      expect(alerts(test).map(({ id }) => id)).toEqual(raised);
    });

    it('does not wait behind a signal that is within a cool-down', () => {
      const test = alone('ARM_AWAY', { alertCooldownMs: 60_000 });
      motion(test, { id: 'live' });
      const { at } = test.now;
      pass(test, 200_000);
      for (const [id, after] of [
        ['cooling', 50_000],
        ['later', 120_000],
        ['last', 130_000],
      ] as const)
        motion(test, { id, at: at + after, late: true });
      pass(test, 30_000);
      expect(alerts(test).map(({ id }) => id)).toEqual(['live.alert', 'later.alert']);
    });

    it('is a late alert also when it waited through a restart', () => {
      const test = alone('ARM_AWAY');
      motion(test, { late: true });
      const next = restart(test, owned({}), 1000, true);
      pass(next, 30_000);
      expect(alerts(next)).toMatchObject([{ alias: 'hall', late: true }]);
    });
  });

  it('alerts whatever happens to the link, if nobody disarms', () => {
    const links = fc.array(
      fc.record({ up: fc.boolean(), session: fc.boolean(), ms: fc.integer({ min: 0, max: 40_000 }) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(links, links, fc.constantFrom(0, ENTRY_MS), (before, after, entryDelayMs) => {
        const test = alone('ARM_AWAY', { entryDelayMs });
        let isUp = false;
        const go = (steps: readonly { up: boolean; session: boolean; ms: number }[]): void => {
          for (const { up, session, ms } of steps) {
            if (up !== isUp) {
              isUp = up;
              if (up) {
                connect(test, session);
                answer(test);
              } else cut(test);
            }
            pass(test, ms);
          }
        };
        go(before);
        motion(test);
        go(after);
        // the entry delay, the longest wait for a link, and the longest for its first answer
        pass(test, entryDelayMs + 35_000);
        expect(state(test)).toBe('triggered');
        expect(alerts(test)).toHaveLength(1);
      }),
      { numRuns: runs(300) },
    );
  });
});
