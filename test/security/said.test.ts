/** What is said of a zone, and in which order: whoever was away, or comes too early, must not be told less or wrong. */

import { describe, expect, it } from 'vitest';
import { blinded } from '../../src/security/blind.js';
import { keyfob } from '../../src/security/commands.js';
import { setBack } from '../../src/security/stored.js';
import {
  NOON,
  answer,
  attributes,
  bench,
  connect,
  cut,
  message,
  motion,
  online,
  pass,
  published,
  restart,
  retained,
  sensor,
  zone,
  zoneEvents,
  type Bench,
} from './bench.js';

const SET = 'x10/zone/ground/set';
const OWNED = [zone('ground', { kind: 'owned', alertCooldownMs: 0 })];

type Said = { readonly id: string; readonly raised: number };
type LastAlert = Said & { readonly recent: readonly Said[] };

function armed(zones = OWNED): Bench {
  const test = online(bench(zones, undefined, NOON, true));
  message(test, SET, 'ARM_AWAY');
  return test;
}

const lastAlert = (test: Bench, name = 'ground'): LastAlert =>
  JSON.parse(retained(test, `x10/zone/${name}/last_alert`) ?? 'null') as LastAlert;
const recentIds = (test: Bench): readonly string[] => lastAlert(test).recent.map(({ id }) => id);

describe('the last alert', () => {
  it('stays for whoever was away, with all since the zone was disarmed', () => {
    const test = armed();
    motion(test, { id: 'a' });
    motion(test, { id: 'b', alias: 'stairs' });
    expect(lastAlert(test)).toMatchObject({
      id: 'b.alert',
      alias: 'stairs',
      zone_name: 'ground',
      verified: true,
    });
    expect(recentIds(test)).toEqual(['a.alert', 'b.alert']);
    const before = published(test, 'x10/zone/ground/last_alert');
    message(test, SET, 'DISARM');
    message(test, SET, 'ARM_HOME');
    pass(test, 60_000);
    expect(published(test, 'x10/zone/ground/last_alert')).toEqual(before);
    motion(test, { id: 'c' });
    expect(recentIds(test)).toEqual(['c.alert']);
  });

  it('has no message before the first one', () => {
    expect(retained(armed(), 'x10/zone/ground/last_alert')).toBeUndefined();
  });

  it('lists 20 at most', () => {
    const test = armed();
    for (let i = 0; i < 25; i += 1) motion(test, { id: `${i}` });
    expect(recentIds(test)).toHaveLength(20);
    expect(recentIds(test).at(-1)).toBe('24.alert');
  });

  it('is raised later than the one before it, whatever the clock says', () => {
    const test = armed();
    const raised: number[] = [];
    for (const stepMs of [0, 0, 1000, -3_600_000, 0, 5]) {
      test.now = { at: test.now.at + stepMs, mono: test.now.mono };
      if (stepMs < 0) setBack(test.security, test.now, -stepMs);
      motion(test, { id: `${raised.length}` });
      raised.push(lastAlert(test).raised);
    }
    expect(raised).toEqual([...new Set(raised)].sort((a, b) => a - b));
    expect(raised).toHaveLength(6);
  });

  it('is the same after a restart, and when its line is read again', () => {
    const test = armed();
    motion(test, { id: 'a' });
    const before = retained(test, 'x10/zone/ground/last_alert');
    const next = restart(test, OWNED, 1000, true);
    online(next);
    expect(retained(next, 'x10/zone/ground/last_alert')).toBe(before);
    motion(next, { id: 'a' });
    expect(retained(next, 'x10/zone/ground/last_alert')).toBe(before);
    message(next, SET, 'DISARM');
    message(next, SET, 'ARM_AWAY');
    const later = restart(next, OWNED, 1000, true);
    online(later);
    motion(later, { id: 'b' });
    expect(recentIds(later)).toEqual(['b.alert']);
  });

  it('is on disk before it is told', () => {
    const test = armed();
    motion(test, { id: 'a' });
    const said = test.effects.flatMap((effect) =>
      effect.kind === 'zone' && effect.said.channel === 'last_alert' ? [effect.persistFirst] : [],
    );
    expect(said).toEqual([true]);
  });

  it('of a master zone is the last one of its members', () => {
    const members = ['ground', 'attic'];
    const zones = [
      ...members.map((name) => zone(name, { kind: 'owned', alertCooldownMs: 0 })),
      zone('house', { kind: 'master', members }),
    ];
    const test = online(bench(zones, undefined, NOON, true));
    message(test, 'x10/zone/house/set', 'ARM_AWAY');
    motion(test, { id: 'a' });
    motion(test, { id: 'b', zone: 'attic' });
    expect(lastAlert(test, 'house')).toMatchObject({ id: 'b.alert', zone: 'attic' });
    expect(lastAlert(test, 'house').recent.map(({ id }) => id)).toEqual(['a.alert', 'b.alert']);
  });
});

describe('a zone is available', () => {
  const availability = (test: Bench): readonly string[] => published(test, 'x10/zone/ground/available');

  it('once it is known, and not a moment before what is known is said', () => {
    const test = bench([zone('ground')]);
    connect(test, true);
    expect(availability(test)).toEqual(['offline']);
    test.keeps.set('ground/state', 'armed_away');
    answer(test);
    pass(test, 5000);
    expect(availability(test)).toEqual(['offline', 'online']);
    const channels = test.effects.flatMap((effect) =>
      effect.kind === 'zone' ? [`${effect.said.channel} ${JSON.stringify(effect.said.value)}`] : [],
    );
    expect(channels[0]).toBe('available false');
    expect(channels.indexOf('security "armed_away"')).toBeLessThan(channels.indexOf('available true'));
    const before = channels.length;
    cut(test);
    const after = test.effects.flatMap((effect) => (effect.kind === 'zone' ? [effect.said.channel] : []));
    expect(after.slice(before)[0]).toBe('available');
    expect(availability(test).at(-1)).toBe('offline');
  });

  it('once it is known that nobody knows, which is so after 5 s whatever the broker does', () => {
    const empty = bench([zone('ground')]);
    connect(empty, false);
    answer(empty);
    pass(empty, 60_000);
    expect(availability(empty)).toEqual(['offline', 'online']);
    expect(retained(empty, 'x10/zone/ground/security')).toBe('None');
    const silent = bench([zone('ground')]);
    connect(silent, true);
    pass(silent, 4999);
    expect(availability(silent)).toEqual(['offline']);
    pass(silent, 1);
    expect(availability(silent)).toEqual(['offline', 'online']);
  });
});

it('the state and its circumstances are one message', () => {
  const test = online(
    bench(
      [zone('ground', { kind: 'owned', exitDelayMs: 60_000, entryDelayMs: 30_000 })],
      undefined,
      NOON,
      true,
    ),
  );
  expect(attributes(test)).toMatchObject({
    state: 'disarmed',
    arm_mode: null,
    next_state: null,
    until: null,
  });
  message(test, SET, 'ARM_NIGHT');
  expect(attributes(test)).toMatchObject({
    state: 'arming',
    arm_mode: 'armed_night',
    next_state: 'armed_night',
    until: new Date(test.now.at + 60_000).toISOString(),
    delay: 60,
  });
  pass(test, 60_000);
  expect(attributes(test)).toMatchObject({
    state: 'armed_night',
    next_state: null,
    until: null,
    delay: null,
  });
  motion(test);
  expect(attributes(test)).toMatchObject({ state: 'pending', next_state: 'triggered', delay: 30 });
  pass(test, 30_000);
  expect(attributes(test)).toMatchObject({
    state: 'triggered',
    arm_mode: 'armed_night',
    next_state: null,
    alarm_sensor: 'hall',
  });
});

describe('what happens to a zone', () => {
  const told = (test: Bench): readonly string[] =>
    zoneEvents(test).map(({ event_type, arm_mode, by }) =>
      [event_type, arm_mode, by].filter((part) => typeof part === 'string').join(' '),
    );
  const DELAYS = { exitDelayMs: 60_000, entryDelayMs: 30_000 };

  it('is told once, with who has done it', () => {
    const zones = [zone('ground', { kind: 'owned', ...DELAYS, keyfobs: ['fob'] })];
    const test = online(bench(zones, undefined, NOON, true));
    message(test, SET, 'ARM_NIGHT');
    pass(test, 60_000);
    motion(test);
    keyfob(test, { alias: 'fob', action: 'disarm', mode: 'away', at: test.now.at, immediate: false });
    expect(told(test)).toEqual([
      'exit armed_night MQTT',
      'armed armed_night MQTT',
      'entry armed_night',
      'disarmed fob',
    ]);
    expect(attributes(test)['changed_by']).toBe('fob');
    message(test, SET, 'DISARM');
    const next = restart(test, zones, 1000, true);
    online(next);
    expect(told(next)).toEqual([]);
    expect(attributes(next)['changed_by']).toBe('fob');
  });

  it('is told of a zone of another program, but not what it is found to be at the start', () => {
    const test = bench([zone('ground')]);
    test.keeps.set('ground/state', 'armed_away');
    online(test);
    expect(told(test)).toEqual([]);
    message(test, 'ground/state', 'disarmed');
    message(test, 'ground/state', 'disarmed');
    message(test, 'ground/state', 'arming');
    expect(told(test)).toEqual(['disarmed', 'exit']);
  });

  it('has an id of its own, also beside another of its kind in the same instant', () => {
    const test = armed();
    message(test, SET, 'DISARM');
    test.sensors.push(...['hall', 'kitchen'].map((alias) => sensor(alias)));
    for (const alias of ['hall', 'kitchen'])
      message(test, SET, JSON.stringify({ command: 'bypass', sensor: alias }));
    const ids = zoneEvents(test).map(({ id }) => id);
    expect(zoneEvents(test).map(({ event_type }) => event_type)).toEqual([
      'armed',
      'disarmed',
      'bypassed',
      'bypassed',
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is a trouble as well', () => {
    const test = armed();
    blinded(test, ['the RF receiver is being jammed']);
    pass(test, 30_000);
    expect(told(test)).toEqual(['armed armed_away MQTT', 'trouble']);
  });
});
