/** A guard that hears nothing: told once to each armed zone, and no alarm. */

import { describe, expect, it } from 'vitest';
import { blinded } from '../../src/security/blind.js';
import { wake } from '../../src/security/refresh.js';
import {
  NOON,
  alerts,
  answer,
  bench,
  connect,
  message,
  motion,
  online,
  pass,
  restart,
  retained,
  zone,
  type Bench,
} from './bench.js';

const SET = 'x10/zone/ground/set';
const ZONES = [zone('ground', { kind: 'owned' })];
const JAMMED = 'the RF receiver is being jammed';
const LOCKED = 'the power line interface is locked up';

function house(command: string): Bench {
  const test = bench(ZONES, undefined, NOON, true);
  online(test);
  message(test, SET, command);
  return test;
}

const told = (test: Bench): readonly string[] => {
  const last = JSON.parse(retained(test, 'x10/zone/ground/last_alert') ?? '{}') as {
    recent?: readonly { kind: string; text: string }[];
  };
  return (last.recent ?? []).map(({ kind, text }) => `${kind} ${text}`);
};
const JAMMING = `trouble ground: ${JAMMED}`;

describe('while sensors cannot be heard', () => {
  it.each([
    ['an armed zone is told after 30 s', 'ARM_AWAY', 30_000, [JAMMING]],
    ['nothing is told of what is over sooner', 'ARM_AWAY', 29_999, []],
    ['a disarmed zone is told nothing', 'DISARM', 60_000, []],
  ])('%s', (_, command, ms, expected) => {
    const test = house(command);
    blinded(test, [JAMMED]);
    pass(test, ms);
    blinded(test, []);
    pass(test, 60_000);
    expect(told(test)).toEqual(expected);
    expect(alerts(test)).toEqual([]);
    expect(retained(test, 'x10/zone/ground/alarm')).toBe('OFF');
  });

  it('a zone is told at once when it is armed, once, and again when it comes again or is armed again', () => {
    const test = house('DISARM');
    blinded(test, [JAMMED]);
    pass(test, 60_000);
    message(test, SET, 'ARM_AWAY');
    expect(told(test)).toEqual([JAMMING]);
    pass(test, 600_000);
    message(test, SET, 'ARM_HOME');
    expect(told(test)).toEqual([JAMMING]);
    blinded(test, [JAMMED, LOCKED]);
    pass(test, 60_000);
    expect(told(test)).toEqual([JAMMING, `trouble ground: ${LOCKED}`]);
    blinded(test, []);
    wake(test);
    blinded(test, [JAMMED]);
    pass(test, 60_000);
    expect(told(test)).toHaveLength(3);
    message(test, SET, 'DISARM');
    message(test, SET, 'ARM_AWAY');
    expect(told(test)).toEqual([JAMMING]);
  });

  it('an alert is one all the same, and what was told is known after a restart', () => {
    const test = house('ARM_AWAY');
    blinded(test, [JAMMED]);
    pass(test, 30_000);
    motion(test);
    expect(told(test)).toEqual([JAMMING, 'motion hall: motion (ground)']);
    expect(retained(test, 'x10/zone/ground/alarm')).toBe('ON');
    const next = restart(test, ZONES, 1000, true);
    connect(next, true);
    answer(next);
    pass(next, 10_000);
    expect(told(next)).toEqual(told(test));
  });

  it.each([
    ['is not told again when it is found again after a restart', 1000, [JAMMED], 1],
    ['... also a while after it', 20_000, [JAMMED], 1],
    ['is told again when it was over for longer', 40_000, [JAMMED], 2],
    ['another one is told', 1000, [LOCKED], 2],
  ])('what was told %s', (_, ms, reasons, expected) => {
    const test = house('ARM_AWAY');
    blinded(test, [JAMMED]);
    pass(test, 30_000);
    const next = restart(test, ZONES, 1000, true);
    blinded(next, []);
    online(next);
    pass(next, ms);
    blinded(next, reasons);
    pass(next, 60_000);
    expect(told(next)).toHaveLength(expected);
  });

  it('what was told of a zone that was disarmed before the restart is told when it is armed', () => {
    const test = house('ARM_AWAY');
    blinded(test, [JAMMED]);
    pass(test, 30_000);
    message(test, SET, 'DISARM');
    const next = restart(test, ZONES, 1000, true);
    blinded(next, [JAMMED]);
    online(next);
    message(next, SET, 'ARM_AWAY');
    pass(next, 30_000);
    expect(told(next)).toEqual([JAMMING]);
  });

  it('a house without zones does not wake without end', () => {
    const test = bench([]);
    blinded(test, [JAMMED]);
    pass(test, 60_000);
    expect(told(test)).toEqual([]);
  });
});
