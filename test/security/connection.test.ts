import { describe, expect, it } from 'vitest';
import { SETTLE_MS, isClear } from '../../src/security/broker-link.js';
import { belief } from '../../src/security/security.js';
import type { SensorStanding } from '../../src/security/readiness.js';
import { nextWake, wake } from '../../src/security/refresh.js';
import { listenTo, reconfigure } from '../../src/security/setup.js';
import {
  attributes,
  bench,
  connect,
  cut,
  lastSubscribe,
  message,
  notes,
  online,
  pass,
  published,
  restart,
  retained,
  sensor,
  state,
  suback,
  subscribes,
  zone,
  type Bench,
} from './bench.js';

const TOPIC = 'ground/state';

function external(): Bench {
  return bench([zone('ground')]);
}

/** Time passes, and the process does not run. */
function standStill(test: Bench, ms: number): void {
  test.now = { at: test.now.at + ms, mono: test.now.mono + ms };
}

describe('topics of others', () => {
  const other = (zones: Bench): Bench => {
    listenTo(zones, ['homeassistant/status', 'x10/lamp/set']);
    return zones;
  };

  it('are subscribed to with those of the zones, and follow the settings', () => {
    const test = other(external());
    connect(test, false);
    expect(lastSubscribe(test)).toEqual([TOPIC, 'homeassistant/status', 'x10/lamp/set']);
    listenTo(test, ['homeassistant/status', 'x10/fan/set']);
    expect(lastSubscribe(test)).toEqual(['x10/fan/set']);
    expect(test.effects.at(-2)).toEqual({ kind: 'unsubscribe', topics: ['x10/lamp/set'] });
  });

  it('are asked about without zones as well until the queue is empty, and never again', () => {
    const test = other(bench([]));
    connect(test, true);
    suback(test);
    pass(test, 500);
    message(test, 'x10/lamp/set', 'ON');
    pass(test, 599);
    expect(subscribes(test)).toBe(1);
    pass(test, 1);
    expect(lastSubscribe(test)).toEqual(['homeassistant/status']);
    message(test, 'x10/lamp/set', 'OFF');
    suback(test);
    expect(isClear(test.security.link)).toBe(false);
    pass(test, 600);
    expect(subscribes(test)).toBe(3);
    suback(test);
    expect(isClear(test.security.link)).toBe(true);
    pass(test, 600_000);
    expect(subscribes(test)).toBe(3);
  });

  it('need no proof without a stored session', () => {
    const test = other(bench([]));
    connect(test, false);
    expect(isClear(test.security.link)).toBe(true);
    pass(test, 600_000);
    expect(subscribes(test)).toBe(1);
  });

  it('do not disturb a verification once the queue is empty', () => {
    const test = other(external());
    connect(test, true);
    suback(test);
    pass(test, 600);
    suback(test);
    message(test, TOPIC, 'ON', 'R');
    pass(test, 1500);
    expect([isClear(test.security.link), state(test)]).toEqual([true, 'armed_away']);
    for (let i = 0; i < 400; i += 1) {
      message(test, 'x10/lamp/set', 'ON');
      pass(test, 200);
    }
    message(test, TOPIC, 'OFF');
    expect(state(test)).toBe('disarmed');
  });
});

describe('an external zone', () => {
  it('is unknown before the first connect and says so', () => {
    const test = external();
    expect(state(test)).toBe('unknown');
    expect(belief(test.security, 'ground')).toMatchObject({
      verified: false,
      why: 'link_down',
      source: TOPIC,
    });
  });

  it('subscribes to its exact topic at every connect, whatever the session', () => {
    const test = external();
    connect(test, true);
    expect(lastSubscribe(test)).toEqual([TOPIC]);
    cut(test);
    connect(test, true);
    cut(test);
    connect(test, false);
    expect(subscribes(test)).toBe(3);
  });

  it('subscribes to its command topic as soon as it has a sensor that can be bypassed', () => {
    const test = external();
    connect(test, false);
    suback(test);
    const again = (...sensors: readonly SensorStanding[]): void => {
      test.sensors.splice(0, Infinity, ...sensors);
      reconfigure(
        test,
        [...test.security.zones.values()].map(({ settings }) => settings),
      );
    };
    again(sensor('siren_test', { isBypassable: false }));
    expect(lastSubscribe(test)).toEqual([TOPIC]);
    again(sensor('hall'));
    expect(lastSubscribe(test)).toEqual(['x10/zone/ground/set']);
    again();
    expect(test.effects.findLast(({ kind }) => kind === 'unsubscribe')).toEqual({
      kind: 'unsubscribe',
      topics: ['x10/zone/ground/set'],
    });
  });

  it('is known with the first copy when no session was stored', () => {
    const test = external();
    connect(test, false);
    suback(test);
    message(test, TOPIC, 'armed_night', 'R');
    expect(state(test)).toBe('armed_night');
    expect(published(test, 'x10/zone/ground/security')).toEqual(['None', 'armed_night']);
    expect(attributes(test)).toMatchObject({
      since: '2026-11-22T12:00:00.000Z',
      verified: true,
      source: TOPIC,
      last_known: 'armed_night',
      reason: null,
      reported: 'armed_night',
    });
  });

  it('is known with a copy that comes before the SUBACK, and without any SUBACK', () => {
    const test = external();
    connect(test, false);
    message(test, TOPIC, 'ON', 'R');
    expect(state(test)).toBe('armed_away');
    pass(test, 10_000);
    expect(subscribes(test)).toBeGreaterThan(1);
  });

  it('waits with a stored session until a copy of the verification has come alone, 600 ms after the last message', () => {
    const test = external();
    connect(test, true);
    message(test, TOPIC, 'ON');
    suback(test);
    pass(test, 400);
    message(test, TOPIC, 'OFF');
    message(test, TOPIC, 'ON', 'R');
    pass(test, 599);
    expect(subscribes(test)).toBe(1);
    expect(state(test)).toBe('unknown');
    pass(test, 1);
    expect(subscribes(test)).toBe(2);
    message(test, TOPIC, 'ON', 'R');
    pass(test, SETTLE_MS - 1);
    expect(state(test)).toBe('unknown');
    pass(test, 1);
    expect(state(test)).toBe('armed_away');
    expect(published(test, 'x10/zone/ground/security')).toEqual(['None', 'armed_away']);
    expect(attributes(test)['while_away']).toEqual(['armed_away', 'disarmed']);
    expect(notes(test, 'info')[0]).toContain(
      'while the bridge was away the zone was armed_away, disarmed; now it is armed_away',
    );
  });

  it.each([
    ['the copy', [['OFF', 'R']]],
    ['the answer', []],
  ] as const)('does not conclude from a standstill after %s that nothing else has come', (_, copies) => {
    const test = external();
    connect(test, true);
    message(test, TOPIC, 'OFF', 'R');
    suback(test);
    // the link stands still, then the process: the rest of a queue that is marked as retained is not read yet
    pass(test, 600);
    for (const [payload, flag] of copies) message(test, TOPIC, payload, flag);
    suback(test);
    standStill(test, 3000);
    wake(test);
    for (const payload of ['OFF', 'ON', 'OFF']) {
      expect(state(test)).toBe('unknown');
      message(test, TOPIC, payload, 'R');
      pass(test, 100);
    }
    test.keeps.set(TOPIC, 'ON');
    pass(test, 5000);
    expect(published(test, 'x10/zone/ground/security')).toEqual(['None', 'armed_away']);
  });

  it('does not take a standstill for a pause', () => {
    const test = external();
    connect(test, true);
    message(test, TOPIC, 'ON');
    suback(test);
    standStill(test, 3000);
    wake(test);
    expect(subscribes(test)).toBe(1);
    pass(test, 599);
    expect(subscribes(test)).toBe(1);
    pass(test, 1);
    expect(subscribes(test)).toBe(2);
  });

  it('is known also on a machine that is always late', () => {
    const test = external();
    connect(test, true);
    message(test, TOPIC, 'ON', 'R');
    suback(test);
    for (let times = 0; times < 20; times += 1) {
      const asked = subscribes(test);
      standStill(test, Math.max(0, (nextWake(test.security) ?? test.now.mono) - test.now.mono) + 300);
      wake(test);
      if (subscribes(test) === asked) continue;
      message(test, TOPIC, 'ON', 'R');
      suback(test);
    }
    expect(state(test)).toBe('armed_away');
    expect(isClear(test.security.link)).toBe(true);
  });

  it('does not take the rest of a queue for news when the link stands still after the answer, too', () => {
    const test = bench([zone('ground'), zone('attic')]);
    connect(test, true);
    message(test, 'attic/state', 'ON');
    suback(test);
    pass(test, 600);
    message(test, 'attic/state', 'ON');
    suback(test);
    pass(test, 2000);
    message(test, TOPIC, 'OFF');
    expect(state(test)).toBe('unknown');
    for (const topic of ['attic/state', TOPIC]) test.keeps.set(topic, 'ON');
    pass(test, 5000);
    expect(published(test, 'x10/zone/ground/security')).toEqual(['None', 'armed_away']);
    expect(attributes(test)['while_away']).toEqual(['disarmed']);
  });

  it('takes for news what comes after the queue was empty once, whatever others say meanwhile', () => {
    const test = bench([zone('ground'), zone('attic')]);
    for (const topic of ['attic/state', TOPIC]) test.keeps.set(topic, 'ON');
    online(test, true);
    expect(isClear(test.security.link)).toBe(true);
    message(test, TOPIC, 'OFF', 'R');
    test.keeps.clear();
    pass(test, 2000);
    message(test, 'attic/state', 'OFF');
    suback(test);
    pass(test, 1500);
    message(test, TOPIC, 'OFF');
    expect(state(test)).toBe('disarmed');
  });

  it('verifies 3 s after the SUBACK even when messages never pause', () => {
    const test = external();
    connect(test, true);
    suback(test);
    for (let count = 0; count < 14; count += 1) {
      pass(test, 200);
      message(test, TOPIC, count % 2 === 0 ? 'ON' : 'OFF');
    }
    expect(subscribes(test)).toBe(1);
    pass(test, 200);
    expect(subscribes(test)).toBe(2);
    expect(state(test)).toBe('unknown');
  });

  it('verifies at each further minute', () => {
    const test = external();
    connect(test, false);
    suback(test);
    message(test, TOPIC, 'ON', 'R');
    const answer = () => {
      suback(test);
      message(test, TOPIC, 'ON', 'R');
    };
    pass(test, 600);
    answer();
    expect(subscribes(test)).toBe(2);
    pass(test, 59_000);
    expect(subscribes(test)).toBe(2);
    pass(test, 1000);
    answer();
    expect(subscribes(test)).toBe(3);
    pass(test, 60_000);
    expect(subscribes(test)).toBe(4);
    expect(state(test)).toBe('armed_away');
  });

  it('fixes a wrong state at the next verification and says so', () => {
    const test = external();
    connect(test, false);
    suback(test);
    message(test, TOPIC, 'ON', 'R');
    pass(test, 600);
    suback(test);
    message(test, TOPIC, 'OFF', 'R');
    expect(state(test)).toBe('disarmed');
    expect(notes(test, 'warn')).toEqual([expect.stringContaining('state repaired')]);
  });

  it('looks again 2 s after a live change, because a change may overtake another in the broker', () => {
    const test = external();
    connect(test, false);
    suback(test);
    message(test, TOPIC, 'ON', 'R');
    pass(test, 600);
    suback(test);
    message(test, TOPIC, 'ON', 'R');
    pass(test, 10_000);
    expect(subscribes(test)).toBe(2);
    message(test, TOPIC, 'OFF');
    message(test, TOPIC, 'ON');
    pass(test, 2000);
    expect(subscribes(test)).toBe(3);
    message(test, TOPIC, 'OFF', 'R');
    expect(state(test)).toBe('disarmed');
  });

  it('is unknown at once when the link goes, with what was known last', () => {
    const test = external();
    connect(test, false);
    message(test, TOPIC, 'armed_home', 'R');
    pass(test, 5000);
    cut(test);
    expect(state(test)).toBe('unknown');
    expect(retained(test, 'x10/zone/ground/security')).toBe('None');
    expect(attributes(test)).toMatchObject({
      verified: false,
      since: null,
      last_known: 'armed_home',
      last_known_since: '2026-11-22T12:00:00.000Z',
      reason: 'no connection to the broker',
    });
  });

  it('keeps since when over a cut in which nothing happened, and not over one in which something did', () => {
    const test = external();
    connect(test, false);
    message(test, TOPIC, 'ON', 'R');
    const since = test.now.at;
    pass(test, 60_000);
    cut(test);
    pass(test, 60_000);
    connect(test, true);
    suback(test);
    pass(test, 3000);
    message(test, TOPIC, 'ON', 'R');
    pass(test, SETTLE_MS);
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'armed_away', since, armedSince: since });
    cut(test);
    connect(test, true);
    suback(test);
    message(test, TOPIC, 'OFF');
    message(test, TOPIC, 'ON');
    const armedSince = test.now.at;
    pass(test, 3000);
    message(test, TOPIC, 'ON', 'R');
    pass(test, SETTLE_MS);
    const { at } = test.now;
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'armed_away', since: at, armedSince });
  });

  it.each([
    ['a second one in the queue', ['OFF', 'ON'], 'ON', 'OFF', 'Q'],
    ['one that only a retained copy has told of', [], undefined, 'OFF', 'R'],
  ] as const)('does not pass over a disarm in a connection: %s', (_, first, settles, payload, flag) => {
    const test = external();
    connect(test, false);
    message(test, TOPIC, 'ON', 'R');
    cut(test);
    connect(test, true);
    suback(test);
    for (const one of first) message(test, TOPIC, one);
    // without a pause, so that nobody can tell where the queue ends
    while (subscribes(test) < 3) {
      message(test, TOPIC, 'ON');
      pass(test, 500);
    }
    if (settles !== undefined) {
      message(test, TOPIC, settles, 'R');
      suback(test);
      pass(test, 1500);
      expect(state(test)).toBe('armed_away');
    }
    message(test, TOPIC, payload, flag);
    message(test, TOPIC, 'ON');
    if (settles === undefined) suback(test);
    const armedSince = test.now.at;
    test.keeps.set(TOPIC, 'ON');
    pass(test, 10_000);
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'armed_away', armedSince });
  });

  it('knows of a disarm that it heard before it was started anew, and guards since it is armed again', () => {
    const before = external();
    connect(before, false);
    message(before, TOPIC, 'ON', 'R');
    cut(before);
    connect(before, true);
    message(before, TOPIC, 'OFF');
    const test = restart(before, [zone('ground')], 60_000);
    connect(test, true);
    suback(test);
    const armedSince = test.now.at;
    message(test, TOPIC, 'ON');
    test.keeps.set(TOPIC, 'ON');
    pass(test, 10_000);
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'armed_away', armedSince });
  });

  it('knows of a disarm in the queue of a broker that marks it as retained', () => {
    const test = external();
    connect(test, false);
    message(test, TOPIC, 'ON', 'R');
    cut(test);
    pass(test, 60_000);
    connect(test, true);
    suback(test);
    message(test, TOPIC, 'OFF', 'R');
    message(test, TOPIC, 'ON', 'R');
    const armedSince = test.now.at;
    test.keeps.set(TOPIC, 'ON');
    pass(test, 10_000);
    expect(belief(test.security, 'ground')).toMatchObject({ state: 'armed_away', armedSince });
  });

  it('is unknown, never disarmed, when nothing is retained, cleared or refused, and names the topic', () => {
    const nothing = external();
    connect(nothing, false);
    suback(nothing);
    pass(nothing, 600);
    suback(nothing);
    pass(nothing, 1500);
    expect(state(nothing)).toBe('unknown');
    expect(attributes(nothing)['reason']).toBe('the broker has no retained message for it');
    expect(notes(nothing, 'warn')).toEqual([expect.stringContaining(TOPIC)]);

    const cleared = external();
    connect(cleared, false);
    suback(cleared);
    message(cleared, TOPIC, 'OFF', 'R');
    message(cleared, TOPIC, '');
    expect(state(cleared)).toBe('unknown');

    const refused = external();
    connect(refused, false);
    suback(refused, [TOPIC]);
    pass(refused, 120_000);
    expect(state(refused)).toBe('unknown');
    expect(attributes(refused)['reason']).toBe('the broker does not let the bridge read the topic');
    expect(notes(refused, 'warn')).toEqual([expect.stringContaining('access control list')]);
  });

  it('says what was queued also when nothing is retained, and does not take it for the state', () => {
    const test = external();
    connect(test, true);
    for (const payload of ['ON', 'OFF', 'ON']) message(test, TOPIC, payload);
    suback(test);
    pass(test, 600);
    suback(test);
    pass(test, 1500);
    expect(state(test)).toBe('unknown');
    expect(attributes(test)).toMatchObject({
      reason: 'the broker has no retained message for it',
      while_away: ['armed_away', 'disarmed', 'armed_away'],
    });
  });

  it('becomes known when the refusal is lifted, soon if it lasted for seconds only', () => {
    const test = external();
    connect(test, false);
    suback(test, [TOPIC]);
    pass(test, 3_000);
    suback(test, [TOPIC]);
    const asked = subscribes(test);
    pass(test, 3_000);
    expect(subscribes(test)).toBeGreaterThan(asked);
    suback(test);
    message(test, TOPIC, 'ON', 'R');
    expect(state(test)).toBe('armed_away');
  });

  it.each([
    ['not there', []],
    ['refused', [TOPIC]],
  ])('does not ask forever every two seconds for what is %s', (_, refused) => {
    const test = external();
    connect(test, false);
    suback(test, refused);
    pass(test, 10 * 60_000);
    expect(subscribes(test)).toBeLessThan(20);
    expect(subscribes(test)).toBeGreaterThan(10);
  });

  it('warns once of a payload that it does not understand, and the zone is unknown', () => {
    const test = external();
    connect(test, false);
    message(test, TOPIC, 'OFF', 'R');
    message(test, TOPIC, 'banana');
    pass(test, 3000);
    message(test, TOPIC, 'banana');
    cut(test);
    connect(test, false);
    message(test, TOPIC, 'OFF', 'R');
    message(test, TOPIC, 'banana');
    expect(state(test)).toBe('unknown');
    expect(notes(test, 'warn')).toEqual([expect.stringContaining('not understood')]);
    expect(attributes(test)).toMatchObject({
      verified: false,
      reported: 'banana',
      reason: expect.stringContaining('armed_values') as unknown,
    });
    message(test, TOPIC, 'OFF');
    expect([state(test), attributes(test)['reason']]).toEqual(['disarmed', null]);
  });

  it('says again that it is unknown only after it was known', () => {
    const test = external();
    for (const payload of ['', '', 'ON', '']) {
      connect(test, false);
      suback(test);
      message(test, TOPIC, payload, payload === '' ? 'Q' : 'R');
      pass(test, 10_000);
      cut(test);
    }
    expect(notes(test, 'warn')).toHaveLength(3);
    expect(notes(test, 'warn').map((note) => note.includes('deleted'))).toEqual([true, false, true]);
  });

  it('leaves messages of others alone', () => {
    const test = external();
    connect(test, false);
    expect(message(test, 'other', 'ON')).toBe(false);
    expect(message(test, 'x10/zone/ground/set', 'ON')).toBe(false);
    expect(message(test, TOPIC, 'ON')).toBe(true);
  });

  it('shares a topic with another zone that reads it in its own words', () => {
    const test = bench([
      zone('ground', { stateTopic: 'alarm', pointer: '/ground' }),
      zone('attic', { stateTopic: 'alarm', pointer: '/attic' }),
    ]);
    connect(test, false);
    expect(lastSubscribe(test)).toEqual(['alarm']);
    message(test, 'alarm', '{"ground":"armed_home","attic":false}', 'R');
    expect([state(test), state(test, 'attic')]).toEqual(['armed_home', 'disarmed']);
  });
});

describe('the first story: on, off, on while the bridge is away', () => {
  const orders: readonly (readonly [string, readonly (readonly [string, 'R' | 'Q'])[]])[] = [
    [
      'queue, then truth',
      [
        ['ON', 'Q'],
        ['OFF', 'Q'],
        ['ON', 'Q'],
        ['ON', 'R'],
      ],
    ],
    [
      'truth, then queue',
      [
        ['ON', 'R'],
        ['ON', 'Q'],
        ['OFF', 'Q'],
        ['ON', 'Q'],
      ],
    ],
    [
      'truth within the queue',
      [
        ['ON', 'Q'],
        ['OFF', 'Q'],
        ['ON', 'R'],
        ['ON', 'Q'],
      ],
    ],
    [
      'all marked retained',
      [
        ['ON', 'R'],
        ['OFF', 'R'],
        ['ON', 'R'],
        ['ON', 'R'],
      ],
    ],
  ];
  it.each(orders)('is read as on, with %s', (_, packets) => {
    const test = external();
    connect(test, true);
    for (const [payload, flag] of packets) message(test, TOPIC, payload, flag);
    suback(test);
    expect(state(test)).toBe('unknown');
    pass(test, 700);
    suback(test);
    message(test, TOPIC, 'ON', 'R');
    pass(test, SETTLE_MS);
    expect(state(test)).toBe('armed_away');
    // reading consumes nothing: the same answer at each of the next verifications
    for (let count = 0; count < 5; count += 1) {
      pass(test, 60_000);
      suback(test);
      message(test, TOPIC, 'ON', 'R');
      expect(state(test)).toBe('armed_away');
    }
  });
});
