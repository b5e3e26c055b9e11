import { describe, expect, it } from 'vitest';
import { sumUp } from '../../src/security/belief.js';
import { belief } from '../../src/security/security.js';
import type { SecurityState } from '../../src/security/vocabulary.js';
import {
  alerts,
  bench,
  connect,
  cut,
  pass,
  message,
  motion,
  notes,
  online,
  restart,
  retained,
  state,
  zone,
  type Bench,
} from './bench.js';

const SUMS: readonly (readonly [readonly SecurityState[], SecurityState | undefined])[] = [
  [[], undefined],
  [['armed_home'], 'armed_home'],
  [['disarmed', 'disarmed'], 'disarmed'],
  [['armed_home', 'armed_home'], 'armed_home'],
  [['armed_home', 'armed_away'], 'armed_away'],
  [['armed_away', 'disarmed'], undefined],
  [['triggered', 'disarmed'], undefined],
  [['arming', 'disarmed'], undefined],
  [['arming', 'arming'], 'arming'],
  [['arming', 'armed_away'], 'arming'],
  [['pending', 'armed_away'], 'pending'],
  [['triggered', 'armed_away'], 'triggered'],
  [['triggered', 'pending'], 'triggered'],
  [['arming', 'triggered'], 'arming'],
];

const ZONES = [
  zone('ground', { kind: 'owned' }),
  zone('attic', { kind: 'owned' }),
  zone('shed'),
  zone('inside', { kind: 'master', members: ['ground', 'attic'] }),
  zone('all', { kind: 'master', members: ['ground', 'attic', 'shed'] }),
];

function masterBench(): Bench {
  const test = bench(ZONES, undefined, undefined, true);
  test.keeps.set('shed/state', 'disarmed');
  online(test);
  return test;
}

describe('a master zone', () => {
  it.each(SUMS)('sums up %j: %s', (states, sum) => expect(sumUp(states)).toBe(sum));

  it('is disarmed when no member is armed, armed when all are, unknown in between', () => {
    const test = masterBench();
    expect(state(test, 'all')).toBe('disarmed');
    message(test, 'x10/zone/ground/set', 'ARM_HOME');
    expect(retained(test, 'x10/zone/all/security')).toBe('None');
    expect(belief(test.security, 'all')?.why).toBe('members_differ');
    message(test, 'x10/zone/attic/set', 'ARM_HOME');
    message(test, 'shed/state', 'armed_home');
    expect(retained(test, 'x10/zone/all/security')).toBe('armed_home');
    expect(belief(test.security, 'all')).toMatchObject({ source: 'members', verified: true, mode: 'home' });
  });

  it('is unknown when a member is', () => {
    const test = masterBench();
    message(test, 'shed/state', '');
    expect([state(test, 'all'), state(test, 'inside')]).toEqual(['unknown', 'disarmed']);
    cut(test);
    expect(belief(test.security, 'inside')).toMatchObject({ why: 'link_down', state: 'disarmed' });
    expect([state(test, 'all'), belief(test.security, 'inside')?.verified]).toEqual(['unknown', false]);
    const broken = bench([zone('m', { kind: 'master', members: ['nobody', 'm'] })]);
    connect(broken, false);
    expect(state(broken, 'm')).toBe('unknown');
  });

  it('passes its command on to the members that are ours', () => {
    const test = masterBench();
    message(test, 'x10/zone/all/set', 'ARM_NIGHT');
    expect([state(test), state(test, 'attic'), state(test, 'shed')]).toEqual([
      'armed_night',
      'armed_night',
      'disarmed',
    ]);
    expect(state(test, 'inside')).toBe('armed_night');
    message(test, 'x10/zone/inside/set', 'OFF');
    expect(state(test, 'inside')).toBe('disarmed');
    expect(retained(test, 'x10/zone/all/state')).toBeUndefined();
  });

  it('says so when it has nobody to command', () => {
    const test = bench([zone('shed'), zone('all', { kind: 'master', members: ['shed'] })]);
    connect(test, false);
    message(test, 'x10/zone/all/set', 'ON');
    expect(notes(test, 'warn')).toEqual([expect.stringContaining('none of its zones')]);
  });

  it('shows the alarm of its members, and has alerts of its own', () => {
    const test = masterBench();
    message(test, 'x10/zone/inside/set', 'ON');
    motion(test);
    expect(retained(test, 'x10/zone/inside/alarm')).toBe('ON');
    expect(state(test, 'inside')).toBe('triggered');
    motion(test, { alias: 'stairs', zone: 'inside' });
    expect(alerts(test).map((alert) => alert['zone'])).toEqual(['ground', 'inside']);
    message(test, 'x10/zone/inside/set', 'OFF');
    expect(retained(test, 'x10/zone/inside/alarm')).toBe('OFF');
  });

  it('remembers over a restart what it was', () => {
    const test = masterBench();
    message(test, 'x10/zone/inside/set', 'ON');
    expect(test.security.zones.get('inside')?.memory).toMatchObject({ armedSince: test.now.at });
    const armedAt = test.now.at;
    pass(test, 60_000);
    // a disarming that came too late is no reason to disarm, and one to doubt what was before it
    cut(test);
    pass(test, 600_000);
    connect(test, true);
    message(test, 'x10/zone/ground/set', 'OFF');
    expect(test.security.zones.get('inside')?.memory?.armedSince).toBeGreaterThan(armedAt);
    const next = restart(test, ZONES, 1000);
    expect(belief(next.security, 'inside')?.lastKnown?.state).toBe('armed_away');
  });
});
