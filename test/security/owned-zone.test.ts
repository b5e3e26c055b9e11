import { describe, expect, it } from 'vitest';
import { belief } from '../../src/security/security.js';
import { heyuArmed, keyfob, locallyCommanded } from '../../src/security/commands.js';
import { snapshot } from '../../src/security/stored.js';
import type { ZoneSettings } from '../../src/security/zone.js';
import {
  NOON,
  alerts,
  answer,
  attributes,
  bench,
  connect,
  cut,
  lastSubscribe,
  message,
  motion,
  notes,
  online,
  pass,
  published,
  restart,
  retained,
  state,
  suback,
  subscribes,
  verdicts,
  zone,
  type Bench,
} from './bench.js';

const STATE = 'x10/zone/ground/state';
const SET = 'x10/zone/ground/set';
const ALARM = 'x10/zone/ground/alarm';

function owned(different: Partial<ZoneSettings> = {}): readonly ZoneSettings[] {
  return [zone('ground', { kind: 'owned', ...different })];
}

/** A new house with one owned zone: connected, verified, disarmed. */
function ownedBench(different: Partial<ZoneSettings> = {}): Bench {
  return online(bench(owned(different), undefined, NOON, true));
}

describe('an owned zone', () => {
  it('begins disarmed, on disk first, then on the broker', () => {
    const test = ownedBench();
    expect(state(test)).toBe('disarmed');
    expect(published(test, STATE)).toEqual(['disarmed']);
    const kinds = test.effects.map((effect) =>
      effect.kind === 'zone' && effect.said.channel === 'state'
        ? `state, persist first: ${effect.persistFirst}`
        : effect.kind,
    );
    const at = kinds.indexOf('state, persist first: true');
    expect(at).toBeGreaterThan(0);
    expect(kinds.slice(0, at)).toContain('persist');
    expect(attributes(test)).toMatchObject({ source: 'disk', verified: true });
  });

  it.each([
    ['armed_home', 'armed_home'],
    ['arming', 'armed_away'],
    ['pending', 'armed_away'],
    ['triggered', 'triggered'],
    ['disarmed', 'disarmed'],
    ['disarming', 'disarmed'],
  ])('begins, if the disk has lost it and the broker has %s, as %s', (word, expected) => {
    const test = bench(owned(), undefined, NOON, true);
    connect(test, false);
    message(test, STATE, word, 'R');
    suback(test);
    pass(test, 2000);
    test.keeps.set(STATE, word);
    answer(test);
    pass(test, 2000);
    expect(state(test)).toBe(expected);
  });

  it('subscribes to its command and its state, and asks for the state alone when it verifies', () => {
    const test = bench(owned());
    connect(test, false);
    expect(lastSubscribe(test)).toEqual([STATE, SET]);
    suback(test);
    pass(test, 600);
    expect(lastSubscribe(test)).toEqual([STATE]);
  });

  it.each([
    ['ON', 'armed_away'],
    ['ARM_HOME', 'armed_home'],
    ['ARM_NIGHT', 'armed_night'],
    ['{"action":"ARM_VACATION"}', 'armed_vacation'],
    ['ARM_CUSTOM_BYPASS', 'armed_custom_bypass'],
    ['TRIGGER', 'triggered'],
    ['OFF', 'disarmed'],
  ])('obeys %s: %s', (command, expected) => {
    const test = ownedBench();
    message(test, SET, command);
    expect(state(test)).toBe(expected);
    expect(retained(test, STATE)).toBe(expected);
    expect(retained(test, 'x10/zone/ground/security')).toBe(expected);
  });

  it.each([
    ['arm_away', 'R' as const, 'retained', 'ARM_AWAY'],
    ['{"action":"DISARM","code":"4711"}', 'R' as const, 'retained', 'DISARM'],
    ['BANANA', 'Q' as const, 'not understood', 'not understood, 6 bytes'],
    ['{"command":"bypass","sensor":"4711"}', 'Q' as const, 'no such sensor', 'BYPASS'],
  ])('refuses %s with flag %s: %s', (payload, flag, reason, command) => {
    const test = ownedBench();
    message(test, SET, payload, flag);
    expect(state(test)).toBe('disarmed');
    expect(notes(test, 'warn')).toEqual([expect.stringContaining(reason)]);
    expect(attributes(test)['last_refused_command']).toMatchObject({ command });
  });

  it('forgets a payload that an earlier version has kept', () => {
    const test = ownedBench();
    message(test, SET, 'BANANA');
    const stored = JSON.stringify(snapshot(test.security, test.now));
    const known = bench(owned(), JSON.parse(stored));
    expect(known.security.zones.get('ground')?.refusedCommand?.command).toBe('not understood, 6 bytes');
    const old = bench(owned(), JSON.parse(stored.replace('not understood, 6 bytes', 'DISARM 4711')));
    expect(old.security.zones.get('ground')?.refusedCommand).toBeUndefined();
  });

  it('does not change by its own echo, nor by a foreign hand on its state topic, which it fixes', () => {
    const test = ownedBench();
    message(test, SET, 'ON');
    message(test, STATE, 'armed_away');
    pass(test, 3000);
    expect(published(test, STATE)).toEqual(['disarmed', 'armed_away']);
    test.keeps.set(STATE, 'disarmed');
    message(test, STATE, 'disarmed');
    expect(state(test)).toBe('armed_away');
    pass(test, 3000);
    expect(published(test, STATE)).toEqual(['disarmed', 'armed_away', 'armed_away']);
  });

  it.each([
    ['missing', undefined],
    ['rolled back', 'disarmed'],
    ['garbage', 'banana'],
  ])('publishes its state again when the retained copy is %s after a connect', (_, copy) => {
    for (const sessionPresent of [false, true]) {
      const test = ownedBench();
      message(test, SET, 'ON');
      cut(test);
      if (copy === undefined) test.keeps.delete(STATE);
      else test.keeps.set(STATE, copy);
      online(test, sessionPresent);
      expect(state(test)).toBe('armed_away');
      expect(published(test, STATE)).toEqual(['disarmed', 'armed_away', 'armed_away']);
    }
  });

  it('publishes nothing again when the retained copy is right', () => {
    const test = ownedBench();
    message(test, SET, 'ON');
    pass(test, 5000);
    cut(test);
    online(test, true);
    pass(test, 200_000);
    expect(published(test, STATE)).toEqual(['disarmed', 'armed_away']);
  });

  it('is what its disk says after a restart, not what the broker says', () => {
    const first = ownedBench();
    message(first, SET, 'ARM_HOME');
    const next = restart(first, owned(), 3_600_000, true);
    expect(belief(next.security, 'ground')).toMatchObject({ state: 'armed_home', verified: false });
    next.keeps.set(STATE, 'disarmed');
    online(next, true);
    expect(state(next)).toBe('armed_home');
    expect(published(next, STATE)).toEqual(['armed_home']);
  });

  it('takes its state from the broker when its disk was lost, also after answers that contradict each other', () => {
    const test = bench(owned());
    connect(test, true);
    suback(test);
    pass(test, 600);
    message(test, STATE, 'armed_home');
    message(test, STATE, 'armed_night');
    suback(test);
    pass(test, 1500);
    expect(belief(test.security, 'ground')).toMatchObject({ state: undefined, why: 'waiting' });
    expect(subscribes(test)).toBe(2);
    pass(test, 600);
    expect(subscribes(test)).toBe(3);
    suback(test);
    message(test, STATE, 'armed_night', 'R');
    expect(state(test)).toBe('armed_night');
    expect(notes(test, 'warn')).toEqual([expect.stringContaining('read from the broker')]);
  });

  it('takes its state from the broker when its disk was lost', () => {
    const test = bench(owned());
    test.keeps.set(STATE, 'armed_night');
    online(test);
    expect(state(test)).toBe('armed_night');
    expect(notes(test, 'warn')).toEqual([expect.stringContaining('read from the broker')]);
  });

  it('is triggered, with its alarm, when that is what the broker had', () => {
    const test = bench(owned());
    test.keeps.set(STATE, 'triggered');
    online(test);
    expect([state(test), retained(test, ALARM)]).toEqual(['triggered', 'ON']);
    message(test, SET, 'OFF');
    expect([state(test), retained(test, ALARM)]).toEqual(['disarmed', 'OFF']);
  });

  it('is a new zone also when its own topic must not be read', () => {
    const test = bench(owned());
    connect(test, false);
    suback(test, [STATE]);
    pass(test, 10_000);
    expect(state(test)).toBe('disarmed');
  });

  it('counts its changes, so that the newer of two documents can be told', () => {
    const test = ownedBench();
    const before = test.security.zones.get('ground')?.truth?.sequence ?? 0;
    message(test, SET, 'ON');
    message(test, SET, 'ON');
    message(test, SET, 'OFF');
    expect(test.security.zones.get('ground')?.truth?.sequence).toBe(before + 2);
  });
});

describe('commands that waited at the broker', () => {
  it('are obeyed when the bridge was away for less than command_max_age', () => {
    const test = ownedBench();
    cut(test);
    pass(test, 50_000);
    connect(test, true);
    message(test, SET, 'ON');
    message(test, SET, 'OFF');
    message(test, SET, 'ARM_HOME');
    answer(test);
    pass(test, 5000);
    expect(state(test)).toBe('armed_home');
  });

  it('are recorded, not obeyed, when it was away for longer', () => {
    const test = ownedBench();
    message(test, SET, 'ON');
    cut(test);
    pass(test, 2 * 24 * 3_600_000);
    connect(test, true);
    message(test, SET, 'DISARM');
    answer(test);
    pass(test, 5000);
    expect(state(test)).toBe('armed_away');
    expect(notes(test, 'warn')).toEqual([expect.stringContaining('command_max_age')]);
    expect(attributes(test)['last_refused_command']).toMatchObject({ command: 'DISARM' });
  });

  it('end the cool-down when they disarm and are too old: who has tried it is told that it is armed', () => {
    const test = ownedBench();
    message(test, SET, 'ON');
    cut(test);
    pass(test, 70_000);
    motion(test, { id: 'before' });
    pass(test, 5000);
    connect(test, true);
    message(test, SET, 'DISARM');
    answer(test);
    pass(test, 5000);
    motion(test, { id: 'after' });
    motion(test, { id: 'repeated' });
    expect(alerts(test).map(({ id }) => id)).toEqual(['before.alert', 'after.alert']);
  });

  it('let an alert that is read late wait, which does not cut short the cool-down of a later one', () => {
    const test = ownedBench({ alertCooldownMs: 60_000 });
    message(test, SET, 'ON');
    pass(test, 300_000);
    cut(test);
    motion(test, { id: 'old', at: test.now.at - 200_000, late: true });
    connect(test, true);
    motion(test, { id: 'first' });
    cut(test);
    expect(alerts(test).map(({ id }) => id)).toEqual(['first.alert']);
    pass(test, 5000);
    connect(test, true);
    motion(test, { id: 'second' });
    pass(test, 6000);
    expect(alerts(test).map(({ id }) => id)).toEqual(['first.alert', 'old.alert']);
  });

  it('are obeyed again once the queue is known to be empty', () => {
    const test = ownedBench();
    cut(test);
    pass(test, 600_000);
    online(test, true);
    message(test, SET, 'ON');
    expect(state(test)).toBe('armed_away');
  });

  it('count as waiting while a long queue is still coming, but not forever', () => {
    const test = ownedBench();
    cut(test);
    pass(test, 600_000);
    connect(test, true);
    answer(test);
    const hearFor = (ms: number) => {
      for (let heard = 0; heard < ms; heard += 250) {
        pass(test, 250);
        message(test, STATE, 'disarmed');
      }
    };
    hearFor(10_000);
    message(test, SET, 'ON');
    expect(belief(test.security, 'ground')).toMatchObject({ verified: false, why: 'waiting' });
    expect(state(test)).toBe('disarmed');
    hearFor(25_000);
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'disarmed', verified: true });
    message(test, SET, 'ON');
    expect(state(test)).toBe('armed_away');
  });

  it('did not wait when no session was stored', () => {
    const test = ownedBench();
    cut(test);
    pass(test, 600_000);
    connect(test, false);
    message(test, SET, 'ON');
    expect(state(test)).toBe('armed_away');
  });

  it('are of unknown age when nothing is stored, or the clock runs behind', () => {
    const fresh = bench(owned());
    connect(fresh, true);
    message(fresh, SET, 'ON');
    expect(notes(fresh, 'warn')).toEqual([expect.stringContaining('unknown age')]);
    const behind = restart(ownedBench(), owned(), -3_600_000, true);
    connect(behind, true);
    message(behind, SET, 'ON');
    expect(notes(behind, 'warn')).toEqual([expect.stringContaining('unknown age')]);
  });

  it('count the time over a restart', () => {
    const short = restart(ownedBench(), owned(), 30_000, true);
    connect(short, true);
    message(short, SET, 'ON');
    online(short, true);
    expect(state(short)).toBe('armed_away');
    const long = restart(ownedBench(), owned(), 90_000, true);
    connect(long, true);
    message(long, SET, 'ON');
    online(long, true);
    expect(state(long)).toBe('disarmed');
  });

  it('make motion from before a refused disarming no alarm, though the zone stays armed', () => {
    const test = ownedBench();
    message(test, SET, 'ON');
    cut(test);
    pass(test, 600_000);
    motion(test, { late: true });
    pass(test, 1000);
    connect(test, true);
    message(test, SET, 'DISARM');
    answer(test);
    pass(test, 5000);
    expect(verdicts(test)).toEqual(['waiting', 'late']);
    expect(state(test)).toBe('armed_away');
    motion(test);
    expect(alerts(test)).toHaveLength(1);
  });
});

describe('exit and entry delay', () => {
  const DELAYS = { exitDelayMs: 30_000, entryDelayMs: 20_000 };

  it.each([
    ['delayed', 'armed_away', ['entry'], 'pending', 0],
    ['immediate', 'armed_away', ['alert'], 'triggered', 1],
    ['delayed', 'pending', ['entry'], 'pending', 0],
    // who came in by the door has an alert, too
    ['immediate', 'pending', ['alert', 'alert'], 'triggered', 2],
    ['delayed', 'triggered', ['alert'], 'triggered', 1],
    ['immediate', 'triggered', ['alert'], 'triggered', 1],
    ['immediate', 'arming', ['arming'], 'arming', 0],
    ['immediate', 'disarmed', ['disarmed'], 'disarmed', 0],
  ] as const)('a sensor that is %s, in %s', (entry, before, verdict, after, count) => {
    const test = ownedBench(before === 'arming' ? DELAYS : { ...DELAYS, exitDelayMs: 0 });
    if (before !== 'disarmed') message(test, SET, before === 'triggered' ? 'TRIGGER' : 'ARM_AWAY');
    if (before === 'pending') motion(test, { alias: 'door', kind: 'door' });
    expect(state(test)).toBe(before);
    const [heard, told] = [verdicts(test).length, alerts(test).length];
    pass(test, 5000);
    motion(test, { alias: 'window', kind: 'window', entry });
    expect(verdicts(test).slice(heard)).toEqual(verdict);
    expect(state(test)).toBe(after);
    expect(alerts(test).slice(told)).toHaveLength(count);
    pass(test, 60_000);
    expect(alerts(test).length - told).toBe(after === 'pending' ? 1 : count);
  });

  it.each([
    ['ARM_AWAY', 'arming', 'pending'],
    ['ARM_HOME', 'armed_home', 'pending'],
    ['ARM_NIGHT', 'armed_night', 'triggered'],
  ])('by way of being armed: %s gives %s, and motion makes it %s', (command, first, then) => {
    const test = ownedBench({
      exitDelayMs: { away: 30_000, home: 0 },
      entryDelayMs: { away: 20_000, home: 5000 },
    });
    message(test, SET, command);
    expect(state(test)).toBe(first);
    pass(test, 30_000);
    motion(test);
    expect(state(test)).toBe(then);
    pass(test, command === 'ARM_HOME' ? 5000 : 20_000);
    expect(state(test)).toBe('triggered');
    expect(alerts(test)).toHaveLength(1);
  });

  it('a sensor that guards nothing raises none and begins no delay', () => {
    const test = ownedBench({ ...DELAYS, exitDelayMs: 0 });
    message(test, SET, 'ARM_AWAY');
    expect(motion(test, { guard: 'off' })).toEqual({ security: 'armed_away', verified: true });
    expect(verdicts(test)).toEqual(['off']);
    expect(state(test)).toBe('armed_away');
    expect(alerts(test)).toEqual([]);
  });

  it('arms at the end of the exit delay', () => {
    const test = ownedBench(DELAYS);
    message(test, SET, 'ARM_AWAY');
    expect(state(test)).toBe('arming');
    pass(test, 29_999);
    motion(test);
    expect(state(test)).toBe('arming');
    pass(test, 1);
    expect(state(test)).toBe('armed_away');
    expect(published(test, STATE)).toEqual(['disarmed', 'arming', 'armed_away']);
    expect(verdicts(test)).toEqual(['arming']);
  });

  it('is called off by disarming, and begins anew for another mode only', () => {
    const test = ownedBench(DELAYS);
    message(test, SET, 'ARM_AWAY');
    pass(test, 20_000);
    message(test, SET, 'ARM_AWAY');
    pass(test, 9000);
    message(test, SET, 'ARM_HOME');
    pass(test, 29_000);
    expect(state(test)).toBe('arming');
    pass(test, 1000);
    expect(state(test)).toBe('armed_home');
    message(test, SET, 'ARM_AWAY');
    message(test, SET, 'DISARM');
    pass(test, 60_000);
    expect(state(test)).toBe('disarmed');
  });

  it('raises the alarm at the end of the entry delay, by the motion that began it', () => {
    const test = ownedBench({ ...DELAYS, exitDelayMs: 0 });
    message(test, SET, 'ARM_AWAY');
    motion(test, { id: 'first' });
    expect(state(test)).toBe('pending');
    expect(alerts(test)).toEqual([]);
    pass(test, 19_999);
    motion(test, { id: 'second', alias: 'kitchen' });
    pass(test, 1);
    expect(alerts(test)).toMatchObject([
      { id: 'first.alert', security: 'armed_away', verified: true, late: false },
    ]);
    expect(state(test)).toBe('triggered');
    expect(retained(test, ALARM)).toBe('ON');
    motion(test, { id: 'third', alias: 'kitchen' });
    expect(verdicts(test)).toEqual(['entry', 'entry', 'alert', 'alert']);
  });

  it('that is ended by an alarm has its own alert before that of the other', () => {
    const test = ownedBench({ ...DELAYS, exitDelayMs: 0 });
    message(test, SET, 'ARM_NIGHT');
    motion(test, { id: 'first', alias: 'door', kind: 'door' });
    message(test, SET, 'TRIGGER');
    const both = [
      { id: 'first.alert', alias: 'door', security: 'armed_night' },
      { alias: null, kind: 'manual' },
    ];
    expect(alerts(test)).toMatchObject(both);
    pass(test, 60_000);
    message(test, SET, 'TRIGGER');
    expect(alerts(test)).toHaveLength(2);
    expect(state(test)).toBe('triggered');
  });

  it('raises none when somebody disarms in time', () => {
    const test = ownedBench({ ...DELAYS, exitDelayMs: 0 });
    message(test, SET, 'ARM_AWAY');
    motion(test);
    pass(test, 19_000);
    message(test, SET, 'DISARM');
    pass(test, 60_000);
    expect(alerts(test)).toEqual([]);
    expect(published(test, ALARM)).toEqual(['OFF']);
  });

  it('goes on after a restart for what is left of it', () => {
    const leaving = ownedBench(DELAYS);
    message(leaving, SET, 'ARM_AWAY');
    const left = restart(leaving, owned(DELAYS), 10_000, true);
    pass(left, 19_999);
    expect(belief(left.security, 'ground')?.lastKnown?.state).toBe('arming');
    pass(left, 1);
    expect(belief(left.security, 'ground')?.lastKnown?.state).toBe('armed_away');

    const entering = ownedBench({ ...DELAYS, exitDelayMs: 0 });
    message(entering, SET, 'ARM_AWAY');
    motion(entering, { id: 'first' });
    const entered = restart(entering, owned(DELAYS), 60_000, true);
    online(entered, true);
    expect(alerts(entered)).toMatchObject([{ id: 'first.alert' }]);
  });

  it('leaves what is left of it to somebody who came in while the link was down', () => {
    for (const [awayMs, expected] of [
      [5000, 'pending'],
      [25_000, 'triggered'],
    ] as const) {
      const test = ownedBench({ ...DELAYS, exitDelayMs: 0 });
      message(test, SET, 'ARM_AWAY');
      cut(test);
      pass(test, 1000);
      motion(test, { id: 'first' });
      pass(test, awayMs);
      online(test, true);
      expect(state(test)).toBe(expected);
      pass(test, 20_000);
      expect(alerts(test)).toMatchObject([{ id: 'first.alert', verified: true, late: false }]);
    }
  });

  it('is 30 s longer while the broker is away: a disarming may be waiting there', () => {
    const test = ownedBench({ ...DELAYS, exitDelayMs: 0 });
    message(test, SET, 'ARM_AWAY');
    motion(test);
    cut(test);
    pass(test, 49_999);
    expect(alerts(test)).toEqual([]);
    connect(test, true);
    message(test, SET, 'DISARM');
    answer(test);
    pass(test, 5000);
    expect(alerts(test)).toEqual([]);
    expect(state(test)).toBe('disarmed');
  });
});

describe('the alarm of an owned zone', () => {
  it('makes it triggered until it is disarmed, whatever else is commanded', () => {
    const test = ownedBench();
    message(test, SET, 'ARM_AWAY');
    motion(test);
    expect(published(test, STATE)).toEqual(['disarmed', 'armed_away', 'triggered']);
    message(test, SET, 'ARM_HOME');
    expect(state(test)).toBe('triggered');
    motion(test, { alias: 'kitchen', modes: ['home'] });
    expect(alerts(test)).toHaveLength(2);
    message(test, SET, 'DISARM');
    expect([state(test), retained(test, ALARM)]).toEqual(['disarmed', 'OFF']);
  });

  it('is kept over a restart', () => {
    const first = ownedBench();
    message(first, SET, 'ARM_AWAY');
    motion(first);
    const next = restart(first, owned(), 1000, true);
    online(next, true);
    expect([state(next), retained(next, ALARM)]).toEqual(['triggered', 'ON']);
  });

  it('can be raised by command, once', () => {
    const test = ownedBench();
    message(test, SET, 'TRIGGER');
    message(test, SET, 'TRIGGER');
    expect(alerts(test)).toMatchObject([
      { event_type: 'alert', alias: null, source: SET, security: 'disarmed' },
    ]);
    expect(retained(test, ALARM)).toBe('ON');
    message(test, SET, 'OFF');
    expect(state(test)).toBe('disarmed');
  });
});

describe("heyu's own armed state and keyfobs", () => {
  const FOLLOWS = { followHeyu: true, keyfobs: ['fob'], exitDelayMs: 30_000 };

  it('arms without exit delay what follows heyu, because heyu has waited already', () => {
    const test = ownedBench(FOLLOWS);
    heyuArmed(test, 'armed_home', test.now.at);
    expect(state(test)).toBe('armed_home');
    heyuArmed(test, 'disarmed', test.now.at);
    expect(state(test)).toBe('disarmed');
  });

  it('arms and disarms by a keyfob that the zone names, with exit delay unless its switch stands at minimum', () => {
    const test = ownedBench(FOLLOWS);
    keyfob(test, { alias: 'other', action: 'arm', mode: 'away', at: test.now.at, immediate: false });
    expect(state(test)).toBe('disarmed');
    keyfob(test, { alias: 'fob', action: 'arm', mode: 'home', at: test.now.at, immediate: false });
    expect(state(test)).toBe('arming');
    keyfob(test, { alias: 'fob', action: 'disarm', mode: 'home', at: test.now.at, immediate: false });
    keyfob(test, { alias: 'fob', action: 'arm', mode: 'away', at: test.now.at, immediate: true });
    expect(state(test)).toBe('armed_away');
  });

  it.each([
    ['before', []],
    ['behind', ['hall']],
  ])('guards from its line of the log on: motion of the same second %s it', (place, expected) => {
    const test = ownedBench({ keyfobs: ['fob'] });
    cut(test);
    connect(test, true);
    const at = test.now.at;
    pass(test, 1400);
    const moved = (): unknown => motion(test, { at, entry: 'immediate' });
    if (place === 'before') moved();
    keyfob(test, { alias: 'fob', action: 'arm', mode: 'away', at, immediate: true });
    if (place === 'behind') moved();
    suback(test);
    pass(test, 700);
    answer(test);
    pass(test, 2000);
    cut(test);
    pass(test, 60_000);
    expect(state(test)).toBe(expected.length > 0 ? 'triggered' : 'armed_away');
    connect(test, false);
    expect(alerts(test).map(({ alias }) => alias)).toEqual(expected);
  });

  it('says once that no zone obeys a keyfob', () => {
    const test = ownedBench(FOLLOWS);
    const press = (alias: string, action: 'arm' | 'disarm') =>
      keyfob(test, { alias, action, mode: 'away', at: test.now.at, immediate: false });
    press('fob', 'disarm');
    expect(notes(test, 'warn')).toEqual([]);
    press('other', 'disarm');
    press('other', 'disarm');
    press('third', 'disarm');
    expect(notes(test, 'warn')).toEqual([
      expect.stringContaining('no zone obeys this keyfob'),
      expect.stringContaining('no zone obeys this keyfob'),
    ]);
  });

  it('says nothing of a keyfob where the zones are of another program', () => {
    const test = bench(
      [zone('ground', { kind: 'external', stateTopic: 'alarmo/state' })],
      undefined,
      NOON,
      true,
    );
    keyfob(test, { alias: 'fob', action: 'disarm', mode: 'away', at: test.now.at, immediate: false });
    expect(notes(test, 'warn')).toEqual([]);
  });

  it('does not drive zones that are not set so', () => {
    const test = ownedBench();
    heyuArmed(test, 'armed_away', test.now.at);
    keyfob(test, { alias: 'fob', action: 'arm', mode: 'away', at: test.now.at, immediate: false });
    expect(state(test)).toBe('disarmed');
  });

  it('is not obeyed when it is read too late', () => {
    const test = ownedBench(FOLLOWS);
    heyuArmed(test, 'armed_away', test.now.at - 61_000);
    expect(state(test)).toBe('disarmed');
    expect(attributes(test)['last_refused_command']).toMatchObject({ command: 'ARM_AWAY' });
  });

  it.each([
    ['heyu has armed', true, 1000, 'alert'],
    ['and it was before that', true, -3000, 'late'],
    ['the exit delay was over', false, 31_000, 'alert'],
    ['the exit delay ran', false, 20_000, 'arming'],
  ])('judges motion that is read late with it by the time of the log: %s', (_, isHeyu, afterMs, verdict) => {
    const test = ownedBench(FOLLOWS);
    pass(test, 60_000 - (test.now.at % 1000));
    const readMs = verdict === 'arming' ? 25_000 : 45_000;
    const at = test.now.at - readMs;
    if (isHeyu) heyuArmed(test, 'armed_away', at);
    else keyfob(test, { alias: 'fob', action: 'arm', mode: 'away', at, immediate: false });
    motion(test, { at: at + afterMs });
    expect(verdicts(test)).toEqual([verdict]);
  });

  it('is armed from the end of the exit delay on, also when that is noticed late', () => {
    const test = ownedBench(FOLLOWS);
    message(test, SET, 'ARM_AWAY');
    test.now = { at: test.now.at + 34_000, mono: test.now.mono + 34_000 };
    motion(test, { at: test.now.at - 6000, alias: 'hall' });
    motion(test, { at: test.now.at - 2000, alias: 'door' });
    expect(verdicts(test)).toEqual(['late', 'alert']);
  });

  it('works while the broker is away, and is published at the next connect', () => {
    const test = ownedBench(FOLLOWS);
    cut(test);
    keyfob(test, { alias: 'fob', action: 'arm', mode: 'away', at: test.now.at, immediate: true });
    online(test, true);
    expect([state(test), retained(test, STATE)]).toEqual(['armed_away', 'armed_away']);
    cut(test);
    motion(test);
    pass(test, 5000);
    keyfob(test, { alias: 'fob', action: 'disarm', mode: 'away', at: test.now.at, immediate: false });
    motion(test, { alias: 'kitchen' });
    expect(verdicts(test)).toEqual(['alert', 'disarmed']);
    online(test, true);
    expect([state(test), retained(test, ALARM)]).toEqual(['disarmed', 'OFF']);
  });
});

describe('commands of root at this machine', () => {
  const away = { kind: 'arm', mode: 'away' } as const;
  const disarm = { kind: 'disarm' } as const;
  const commanded = (test: Bench, name: string, command: typeof away | typeof disarm): string | undefined => {
    const found = test.security.zones.get(name);
    return found && locallyCommanded(test, found, command);
  };

  it('arm and disarm without a link, and what waits at the broker stays too old to undo it', () => {
    const test = ownedBench({ entryDelayMs: 30_000 });
    cut(test);
    expect(commanded(test, 'ground', away)).toBeUndefined();
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'armed_away', verified: false });
    motion(test);
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'pending' });
    expect(commanded(test, 'ground', disarm)).toBeUndefined();
    pass(test, 120_000);
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'disarmed' });
    expect(alerts(test)).toEqual([]);
  });

  it('arm whatever stands open, with the exit delay', () => {
    const test = ownedBench({ openAtArming: 'refuse', exitDelayMs: 60_000 });
    const window = {
      alias: 'window',
      name: 'Window',
      opening: 'open',
      isBypassable: true,
      isWayIn: false,
      modes: undefined,
    } as const;
    test.sensors.push({ ...window, isSilent: false, hasLowBattery: false });
    message(test, SET, 'ARM_AWAY');
    expect(state(test)).toBe('disarmed');
    expect(commanded(test, 'ground', away)).toBeUndefined();
    expect(state(test)).toBe('arming');
    pass(test, 61_000);
    expect(state(test)).toBe('armed_away');
  });

  it('go to the owned members of a master zone, and are refused where there is none', () => {
    const members = [zone('ground', { kind: 'owned' }), zone('other')];
    const test = bench([...members, zone('house', { kind: 'master', members: ['ground', 'other'] })]);
    online(test);
    expect(commanded(test, 'house', away)).toBeUndefined();
    expect(state(test)).toBe('armed_away');
    expect(commanded(test, 'other', disarm)).toMatch(/can be commanded/);
    expect(state(test)).toBe('armed_away');
  });
});
