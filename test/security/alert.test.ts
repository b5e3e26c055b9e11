import { describe, expect, it } from 'vitest';
import { SETTLE_MS } from '../../src/security/broker-link.js';
import { setBack, snapshot } from '../../src/security/stored.js';
import type { ZoneSettings } from '../../src/security/zone.js';
import {
  alerts,
  attributes,
  bench,
  connect,
  cut,
  message,
  motion,
  pass,
  published,
  restart,
  retained,
  suback,
  verdicts,
  zone,
  type Bench,
} from './bench.js';

const TOPIC = 'ground/state';
const ALARM = 'x10/zone/ground/alarm';

/** A house whose one zone is in this state, by a clean connect. */
function benchIn(payload: string, different: Partial<ZoneSettings> = {}): Bench {
  const test = bench([zone('ground', different)]);
  connect(test, false);
  suback(test);
  message(test, TOPIC, payload, 'R');
  settle(test, payload);
  return test;
}

/** Lets the first verification happen. */
function settle(test: Bench, payload: string): void {
  pass(test, 700);
  suback(test);
  message(test, TOPIC, payload, 'R');
  pass(test, SETTLE_MS);
}

describe('motion in a zone', () => {
  it.each([
    ['armed_away', undefined, 'alert'],
    ['armed_home', undefined, 'alert'],
    ['triggered', undefined, 'alert'],
    ['disarmed', undefined, 'disarmed'],
    ['arming', undefined, 'arming'],
    ['armed_home', ['away', 'night'] as const, 'mode'],
    ['armed_night', ['away', 'night'] as const, 'alert'],
    ['triggered', ['away'] as const, 'alert'],
    ['ON', ['away'] as const, 'alert'],
  ])('that is %s, for a sensor of modes %j: %s', (payload, modes, verdict) => {
    const test = benchIn(payload);
    const standing = motion(test, { modes });
    expect(verdicts(test)).toEqual([verdict]);
    expect(alerts(test)).toHaveLength(verdict === 'alert' ? 1 : 0);
    expect(standing).toEqual({ security: payload === 'ON' ? 'armed_away' : payload, verified: true });
  });

  it('tells everything in the alert', () => {
    const test = benchIn('armed_away');
    motion(test, { id: 'cafe.120', alias: 'hall', address: 'A3', source: 'rcva' });
    expect(alerts(test)).toEqual([
      {
        event_type: 'alert',
        id: 'cafe.120.alert',
        at: new Date(test.now.at).toISOString(),
        kind: 'motion',
        zone: 'ground',
        zone_name: 'ground',
        alias: 'hall',
        name: 'hall',
        area: null,
        text: 'hall: motion (ground)',
        battery_low: null,
        address: 'A3',
        source: 'rcva',
        security: 'armed_away',
        verified: true,
        late: false,
      },
    ]);
    expect(test.messages).toContainEqual(
      expect.objectContaining({
        kind: 'event',
        topic: 'x10/zone/ground/alert',
        id: 'cafe.120.alert',
        at: test.now.at,
      }),
    );
  });

  it('is judged after pending by what the zone was before', () => {
    const armed = benchIn('armed_away');
    message(armed, TOPIC, 'pending');
    motion(armed);
    expect(verdicts(armed)).toEqual(['alert']);
    const disarmed = benchIn('disarmed');
    message(disarmed, TOPIC, 'pending');
    motion(disarmed);
    expect(verdicts(disarmed)).toEqual(['disarmed']);
  });

  it('uses the mode that an alarm was raised in', () => {
    const test = benchIn('armed_home');
    message(test, TOPIC, 'triggered');
    motion(test, { modes: ['away'] });
    motion(test, { alias: 'kitchen', modes: ['home'] });
    expect(verdicts(test)).toEqual(['mode', 'alert']);
  });

  it('reads the same state for five motions in a row', () => {
    const test = benchIn('armed_away', { alertCooldownMs: 0 });
    const five = [1, 2, 3, 4, 5].map(() => {
      pass(test, 3000);
      return motion(test).security;
    });
    expect(five).toEqual(Array<string>(5).fill('armed_away'));
    expect(alerts(test)).toHaveLength(5);
  });

  it('is an alert also for a sensor that was on already when the zone was armed', () => {
    const test = benchIn('disarmed');
    motion(test);
    message(test, TOPIC, 'armed_away');
    pass(test, 1000);
    motion(test);
    expect(verdicts(test)).toEqual(['disarmed', 'alert']);
  });

  it('gives no second alert of a sensor within its cool-down, but one of another sensor', () => {
    const test = benchIn('armed_away', { alertCooldownMs: 60_000 });
    motion(test);
    pass(test, 59_000);
    message(test, TOPIC, 'armed_away', 'R');
    motion(test);
    motion(test, { alias: 'kitchen' });
    pass(test, 1000);
    motion(test);
    expect(verdicts(test)).toEqual(['alert', 'cooldown', 'alert', 'alert']);
  });

  it('tells that a sensor is tampered with, whatever else it has said, and that in its own cool-down', () => {
    const test = benchIn('armed_away', { alertCooldownMs: 60_000 });
    const tamper = { kind: 'tamper', entry: 'immediate' } as const;
    motion(test);
    motion(test, tamper);
    motion(test, tamper);
    motion(test);
    expect(verdicts(test)).toEqual(['alert', 'alert', 'cooldown', 'cooldown']);
    const silent = bench([zone('ground')]);
    for (const sign of [{}, tamper, tamper]) motion(silent, { ...sign, id: `f00d.${silent.effects.length}` });
    expect(verdicts(silent)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(snapshot(silent.security, silent.now).waiting).toHaveLength(2);
    const next = restart(silent, [zone('ground')], 1000);
    expect(snapshot(next.security, next.now).waiting).toHaveLength(2);
  });

  it('is not silenced for an hour by a clock that was set back an hour', () => {
    const test = benchIn('armed_away');
    motion(test);
    test.now = { at: test.now.at - 3_600_000, mono: test.now.mono + 1000 };
    setBack(test.security, test.now, 3_600_000);
    pass(test, 400_000);
    motion(test);
    expect(verdicts(test)).toEqual(['alert', 'alert']);
  });

  it('is raised when the clock was set back after the first word of its zone, before that was verified', () => {
    const test = bench([zone('ground')]);
    connect(test, true);
    suback(test);
    message(test, TOPIC, 'armed_away', 'R');
    test.now = { ...test.now, at: test.now.at - 3_600_000 };
    setBack(test.security, test.now, 3_600_000);
    settle(test, 'armed_away');
    pass(test, 10_000);
    motion(test);
    expect(verdicts(test)).toEqual(['alert']);
  });

  it('ends the cool-down with disarming', () => {
    const test = benchIn('armed_away');
    motion(test);
    message(test, TOPIC, 'disarmed');
    message(test, TOPIC, 'armed_away');
    motion(test);
    expect(verdicts(test)).toEqual(['alert', 'alert']);
  });

  it('of a zone that does not exist is unknown', () => {
    const test = benchIn('armed_away');
    expect(motion(test, { zone: 'cellar' })).toEqual({ security: 'unknown', verified: false });
    expect(alerts(test)).toEqual([]);
  });
});

describe('the alarm', () => {
  it('is OFF at the first connect, latched by an alert, and OFF again only by disarming', () => {
    const test = benchIn('armed_away');
    expect(retained(test, ALARM)).toBe('OFF');
    motion(test, { alias: 'hall' });
    expect(retained(test, ALARM)).toBe('ON');
    expect(attributes(test)).toMatchObject({ alarm_sensor: 'hall' });
    message(test, TOPIC, 'armed_home');
    cut(test);
    connect(test, false);
    message(test, TOPIC, 'armed_home', 'R');
    message(test, TOPIC, '');
    expect(retained(test, ALARM)).toBe('ON');
    message(test, TOPIC, 'disarmed');
    expect(retained(test, ALARM)).toBe('OFF');
    expect(attributes(test)).toMatchObject({ alarm_since: null, alarm_sensor: null });
  });

  it('is kept over a restart and ended by a disarming in the queue, though the zone is armed again', () => {
    const first = benchIn('armed_away');
    motion(first);
    const quiet = restart(first, [zone('ground')], 60_000);
    connect(quiet, true);
    suback(quiet);
    settle(quiet, 'armed_away');
    expect(retained(quiet, ALARM)).toBe('ON');

    const busy = restart(first, [zone('ground')], 60_000);
    connect(busy, true);
    message(busy, TOPIC, 'disarmed');
    message(busy, TOPIC, 'armed_away');
    suback(busy);
    settle(busy, 'armed_away');
    expect(published(busy, ALARM)).toEqual(['ON', 'OFF']);
  });
});

describe('a word that is not understood', () => {
  it.each(['SLEEP', 'Partially Armed', 'armed_instant'])('is no evidence of disarmed: %s', (word) => {
    const test = benchIn('disarmed');
    motion(test);
    pass(test, 6000);
    message(test, TOPIC, word);
    expect(retained(test, 'x10/zone/ground/security')).toBe('None');
    motion(test, { modes: ['home'] });
    // not for want of evidence, but for want of a link
    cut(test);
    connect(test, false);
    suback(test);
    pass(test, 6000);
    motion(test, { alias: 'kitchen' });
    message(test, TOPIC, 'disarmed', 'R');
    motion(test, { alias: 'cellar' });
    expect(verdicts(test)).toEqual(['disarmed', 'alert', 'alert', 'disarmed']);
    expect(alerts(test)).toMatchObject([
      { alias: 'hall', security: 'unknown', verified: false },
      { alias: 'kitchen', security: 'unknown', verified: false },
    ]);
  });

  it('is remembered over a restart, as a zone of which nothing was ever known', () => {
    const first = bench([zone('ground')]);
    connect(first, false);
    suback(first);
    message(first, TOPIC, 'SLEEP', 'R');
    const next = restart(first, [zone('ground')], 60_000);
    connect(next, false);
    suback(next);
    pass(next, 6000);
    motion(next);
    expect(alerts(next)).toMatchObject([{ security: 'unknown', verified: false }]);
  });

  it.each([
    ['annotate', 'unknown'],
    ['alert', 'alert'],
  ] as const)('leaves the choice to on_unknown: %s', (onUnknown, verdict) => {
    const test = benchIn('disarmed', { onUnknown });
    pass(test, 6000);
    message(test, TOPIC, 'SLEEP');
    motion(test);
    expect(verdicts(test)).toEqual([verdict]);
  });

  it('makes a master unknown, in which motion is an alert, too', () => {
    const test = bench([zone('ground'), zone('house', { kind: 'master', members: ['ground'] })]);
    connect(test, false);
    suback(test);
    message(test, TOPIC, 'disarmed', 'R');
    message(test, TOPIC, 'SLEEP');
    pass(test, 6000);
    motion(test, { zone: 'house' });
    expect(verdicts(test)).toEqual(['alert']);
  });

  it('never ends an alarm', () => {
    const test = benchIn('armed_away');
    motion(test);
    message(test, TOPIC, 'SLEEP');
    pass(test, 60_000);
    expect(retained(test, ALARM)).toBe('ON');
  });
});

describe('motion when the state is not known', () => {
  it('waits while the state is being read and is judged by it', () => {
    for (const [payload, verdict] of [
      ['armed_away', 'alert'],
      ['disarmed', 'disarmed'],
    ] as const) {
      const test = bench([zone('ground')]);
      connect(test, true);
      suback(test);
      message(test, TOPIC, payload, 'R');
      pass(test, 200);
      expect(motion(test)).toEqual({ security: 'unknown', verified: false });
      motion(test);
      settle(test, payload);
      expect(verdicts(test)).toEqual([
        'waiting',
        'waiting',
        verdict,
        verdict === 'alert' ? 'cooldown' : verdict,
      ]);
      expect(alerts(test)).toHaveLength(verdict === 'alert' ? 1 : 0);
    }
  });

  describe('and it happened before a connect, but is read only after it', () => {
    /** Armed, cut, then 10 s without a link; what was said meanwhile comes first, then the truth. */
    function backAfter(meanwhile: readonly string[], readMs: number): Bench & { readonly told: unknown } {
      const test = bench([zone('ground')]);
      connect(test, true);
      suback(test);
      settle(test, 'armed_away');
      pass(test, 60_000);
      cut(test);
      pass(test, 10_000);
      connect(test, true);
      for (const word of meanwhile) message(test, TOPIC, word);
      suback(test);
      const at = test.now.at - 5000;
      if (readMs > 5000) settle(test, 'armed_away');
      pass(test, readMs);
      const told = motion(test, { at });
      if (readMs <= 5000) settle(test, 'armed_away');
      return { ...test, told };
    }

    it.each([
      ['while the zone is asked for', 100],
      ['when the zone is known again', 6000],
    ])('%s: no alert if the zone was disarmed meanwhile', (_when, readMs) => {
      expect(alerts(backAfter(['disarmed', 'armed_away'], readMs))).toEqual([]);
    });

    it.each([
      ['while the zone is asked for', 100],
      ['when the zone is known again', 6000],
    ])('%s: a late alert if it was armed all the time', (_when, readMs) => {
      expect(alerts(backAfter([], readMs))).toMatchObject([{ security: 'armed_away', late: true }]);
    });

    it('does not say that the zone was armed then', () => {
      expect(backAfter(['disarmed', 'armed_away'], 6000).told).toEqual({
        security: 'unknown',
        verified: false,
      });
      expect(backAfter([], 6000).told).toEqual({ security: 'armed_away', verified: true });
    });

    it('in the same second as the connect counts as after it', () => {
      const test = bench([zone('ground')]);
      pass(test, 700);
      connect(test, true);
      suback(test);
      message(test, TOPIC, 'armed_away', 'R');
      motion(test, { at: test.now.at - 700 });
      settle(test, 'armed_away');
      expect(alerts(test)).toMatchObject([{ late: false }]);
    });
  });

  describe('and the zone is found armed afterwards', () => {
    type Step = readonly [afterMs: number, what: 'motion' | 'again' | 'Q' | 'R' | 'known', payload?: string];

    /** What was known last, whether a session was stored, what happens after the connect, the last verdict, the alert. */
    const rows: readonly (readonly [
      name: string,
      last: string | undefined,
      session: boolean,
      steps: readonly Step[],
      verdict: string,
      alert: object | undefined,
    ])[] = [
      [
        'armed while the broker stood still, between the motion and the answer: not armed then',
        'disarmed',
        true,
        [
          [100, 'R', 'disarmed'],
          [300, 'motion'],
          [2600, 'known', 'armed_away'],
        ],
        'unknown',
        undefined,
      ],
      [
        'the first answer of all comes after the motion, and before it was disarmed',
        'disarmed',
        true,
        [
          [300, 'motion'],
          [2600, 'R', 'armed_away'],
          [0, 'known', 'armed_away'],
        ],
        'unknown',
        undefined,
      ],
      [
        'the same without a stored session',
        'disarmed',
        false,
        [
          [300, 'motion'],
          [2600, 'R', 'armed_away'],
        ],
        'unknown',
        undefined,
      ],
      [
        'the first answer of all comes after the motion, and nothing was known before',
        undefined,
        false,
        [
          [300, 'motion'],
          [2600, 'R', 'armed_away'],
        ],
        'unknown',
        undefined,
      ],
      [
        'armed live after the motion',
        'disarmed',
        true,
        [
          [100, 'R', 'disarmed'],
          [200, 'motion'],
          [1000, 'Q', 'armed_away'],
          [100, 'known', 'armed_away'],
        ],
        'unknown',
        undefined,
      ],
      [
        'armed live between two motions of the sensor: the second is an alert',
        'disarmed',
        true,
        [
          [100, 'R', 'disarmed'],
          [200, 'motion'],
          [100, 'Q', 'armed_away'],
          [1200, 'again'],
          [100, 'known', 'armed_away'],
        ],
        'alert',
        { id: 'again.alert', verified: true, late: false },
      ],
      [
        'armed already by the first answer, before the motion',
        'disarmed',
        true,
        [
          [100, 'R', 'armed_away'],
          [200, 'motion'],
          [1000, 'known', 'armed_away'],
        ],
        'alert',
        { verified: true, late: false },
      ],
      [
        'armed already by what was queued, before the motion',
        'disarmed',
        true,
        [
          [0, 'Q', 'armed_home'],
          [100, 'R', 'armed_away'],
          [200, 'motion'],
          [1000, 'known', 'armed_away'],
        ],
        'alert',
        { verified: true, late: false },
      ],
      [
        'armed, disarmed and armed again, before and after the motion',
        'disarmed',
        true,
        [
          [0, 'Q', 'armed_home'],
          [100, 'motion'],
          [100, 'Q', 'disarmed'],
          [100, 'R', 'armed_away'],
          [1000, 'known', 'armed_away'],
        ],
        'unknown',
        undefined,
      ],
      [
        'armed before and after: a session that was kept would have told of a disarming',
        'armed_away',
        true,
        [
          [300, 'motion'],
          [2600, 'known', 'armed_away'],
        ],
        'alert',
        { verified: true, late: false },
      ],
      [
        'armed before and after, and nobody would have told of a disarming: not verified',
        'armed_away',
        false,
        [
          [300, 'motion'],
          [2600, 'R', 'armed_away'],
        ],
        'alert',
        { verified: false, late: false },
      ],
      [
        'armed before, after, and in answer before the motion',
        'armed_away',
        false,
        [
          [100, 'R', 'armed_away'],
          [200, 'motion'],
        ],
        'alert',
        { verified: true, late: false },
      ],
      [
        'armed before, disarmed in the queue, armed after the motion',
        'armed_away',
        true,
        [
          [100, 'Q', 'disarmed'],
          [200, 'motion'],
          [100, 'Q', 'armed_away'],
          [1000, 'known', 'armed_away'],
        ],
        'unknown',
        undefined,
      ],
    ];

    function play(
      last: string | undefined,
      session: boolean,
      steps: readonly Step[],
      different: Partial<ZoneSettings> = {},
    ): Bench {
      const test =
        last === undefined
          ? bench([zone('ground', different)])
          : benchIn(last, { ...different, alertCooldownMs: 0 });
      cut(test);
      pass(test, 20_000 - (test.now.at % 1000));
      connect(test, session);
      if (session) suback(test);
      for (const [afterMs, what, payload = ''] of steps) {
        pass(test, afterMs);
        if (what === 'motion' || what === 'again') {
          const at = Math.floor(test.now.at / 1000) * 1000;
          motion(test, { at, id: what });
        } else if (what === 'known') settle(test, payload);
        else message(test, TOPIC, payload, what);
      }
      return test;
    }

    it.each(rows)('%s', (_name, last, session, steps, verdict, alert) => {
      const test = play(last, session, steps);
      expect(verdicts(test).at(-1)).toBe(verdict);
      expect(alerts(test)).toEqual(alert === undefined ? [] : [expect.objectContaining(alert)]);
    });

    it.each(rows)(
      'with on_unknown alert, %s: an alert in any case',
      (_name, last, session, steps, _v, alert) => {
        const test = play(last, session, steps, { onUnknown: 'alert' });
        expect(alerts(test).at(-1)).toMatchObject(
          alert ?? { security: 'unknown', verified: false, late: false },
        );
      },
    );
  });

  it('waits at most 5 s after the connect', () => {
    const test = bench([zone('ground', { onUnknown: 'alert' })]);
    connect(test, true);
    pass(test, 1000);
    motion(test);
    pass(test, 3999);
    expect(alerts(test)).toEqual([]);
    pass(test, 1);
    expect(alerts(test)).toMatchObject([{ security: 'unknown', verified: false }]);
    motion(test, { alias: 'kitchen' });
    expect(alerts(test)).toHaveLength(2);
  });

  it.each([
    ['annotate', 'armed_away', 'unknown'],
    ['alert', 'disarmed', 'alert'],
    ['alert', undefined, 'alert'],
    ['last_known', 'armed_home', 'alert'],
    ['last_known', 'disarmed', 'unknown'],
    ['last_known', undefined, 'unknown'],
  ] as const)('with on_unknown %s, last known %s: %s', (onUnknown, last, verdict) => {
    const test = last === undefined ? bench([zone('ground', { onUnknown })]) : benchIn(last, { onUnknown });
    if (last === undefined) connect(test, false);
    else message(test, TOPIC, '');
    pass(test, 6000);
    expect(motion(test)).toEqual({ security: 'unknown', verified: false });
    expect(verdicts(test)).toEqual([verdict]);
    if (verdict === 'alert') {
      expect(alerts(test)).toMatchObject([
        { verified: false, security: last === 'armed_home' ? last : 'unknown' },
      ]);
    }
  });

  it('asks a sensor for its mode by the last known one', () => {
    const test = benchIn('armed_home');
    message(test, TOPIC, '');
    pass(test, 6000);
    motion(test, { modes: ['away'] });
    expect(verdicts(test)).toEqual(['mode']);
  });
});

describe('motion while the link is down', () => {
  function away(before: string, history: readonly string[], after: string, sessionPresent = true): Bench {
    const test = benchIn(before);
    pass(test, 10_000);
    cut(test);
    pass(test, 60_000);
    motion(test, { id: 'first' });
    pass(test, 60_000);
    motion(test, { id: 'second' });
    connect(test, sessionPresent);
    for (const payload of history) message(test, TOPIC, payload);
    suback(test);
    if (!sessionPresent) message(test, TOPIC, after, 'R');
    settle(test, after);
    return test;
  }

  it.each([
    ['armed_away', [], 'armed_away', 'alert'],
    ['armed_away', ['armed_home'], 'armed_home', 'alert'],
    ['armed_away', ['disarmed', 'armed_away'], 'armed_away', 'late'],
    ['armed_away', ['disarmed'], 'disarmed', 'disarmed'],
    ['disarmed', ['armed_away'], 'armed_away', 'late'],
    ['disarmed', [], 'disarmed', 'disarmed'],
  ] as const)('armed before %s, queue %j, now %s: %s', (before, history, after, verdict) => {
    const test = away(before, history, after);
    expect(verdicts(test)).toEqual(['waiting', 'waiting', verdict]);
    if (verdict === 'alert')
      expect(alerts(test)).toMatchObject([{ id: 'first.alert', late: true, verified: true }]);
    else expect(alerts(test)).toEqual([]);
  });

  it('is not verified when nobody kept the history', () => {
    expect(alerts(away('armed_away', [], 'armed_away', false))).toMatchObject([
      { late: true, verified: false },
    ]);
  });

  it('does not hide motion after the connect, which is judged by itself', () => {
    const test = benchIn('disarmed');
    cut(test);
    pass(test, 60_000);
    motion(test, { id: 'before' });
    pass(test, 60_000);
    connect(test, true);
    message(test, TOPIC, 'armed_away');
    suback(test);
    motion(test, { id: 'after' });
    settle(test, 'armed_away');
    expect(verdicts(test)).toEqual(['waiting', 'waiting', 'late', 'alert']);
    expect(alerts(test)).toMatchObject([{ id: 'after.alert', late: false }]);
  });

  it('outlives a restart', () => {
    const test = benchIn('armed_away');
    cut(test);
    pass(test, 1000);
    motion(test, { id: 'x' });
    const next = restart(test, [zone('ground')], 30_000);
    connect(next, true);
    suback(next);
    settle(next, 'armed_away');
    expect(alerts(next)).toMatchObject([{ id: 'x.alert', late: true, verified: true }]);
  });
});

describe('motion that is read late', () => {
  it.each([
    ['armed before and now', 'armed_away', [], 'armed_away', 'alert'],
    ['disarmed and armed again in between', 'armed_away', ['disarmed', 'armed_away'], 'armed_away', 'late'],
    ['armed since', 'disarmed', ['armed_away'], 'armed_away', 'late'],
    ['disarmed now', 'armed_away', [], 'disarmed', 'disarmed'],
  ] as const)('after a restart, %s', (_, before, history, after, verdict) => {
    const first = benchIn(before);
    pass(first, 10_000);
    const next = restart(first, [zone('ground')], 600_000);
    const at = next.now.at - 300_000;
    // the log is caught up with before the broker answers
    expect(motion(next, { at, late: true })).toEqual({ security: 'unknown', verified: false });
    connect(next, true);
    for (const payload of history) message(next, TOPIC, payload);
    suback(next);
    settle(next, after);
    expect(verdicts(next)).toEqual(['waiting', verdict]);
    expect(alerts(next)).toHaveLength(verdict === 'alert' ? 1 : 0);
  });

  it.each([
    ['armed at the motion, in the same second', 900, 950, 'alert'],
    ['armed in the second after it', 1100, 3000, 'late'],
    ['armed 2 s after it, but before it was read', 2000, 3000, 'late'],
  ])('by seconds only, because the machine is busy: %s', (_, armedMs, readMs, verdict) => {
    const test = benchIn('disarmed');
    pass(test, 10_000 - (test.now.at % 1000));
    const at = test.now.at;
    pass(test, armedMs);
    message(test, TOPIC, 'armed_away');
    pass(test, readMs - armedMs);
    expect(motion(test, { at })).toEqual(
      verdict === 'alert'
        ? { security: 'armed_away', verified: true }
        : { security: 'unknown', verified: false },
    );
    expect(verdicts(test)).toEqual([verdict]);
  });

  it('is judged by the state of its own time while the link is up', () => {
    const test = benchIn('disarmed');
    test.keeps.set(TOPIC, 'disarmed');
    pass(test, 100_000);
    test.keeps.set(TOPIC, 'armed_away');
    message(test, TOPIC, 'armed_away');
    const armedAt = test.now.at;
    pass(test, 100_000);
    expect(motion(test, { at: armedAt - 1, late: true })).toEqual({ security: 'unknown', verified: false });
    expect(motion(test, { at: armedAt + 1, late: true })).toEqual({ security: 'armed_away', verified: true });
    expect(verdicts(test)).toEqual(['late', 'alert']);
    expect(alerts(test)).toMatchObject([{ late: true }]);
  });

  it('is no alert when the state is unknown now, except for on_unknown: alert', () => {
    for (const [onUnknown, verdict] of [
      ['last_known', 'late'],
      ['alert', 'alert'],
      ['annotate', 'unknown'],
    ] as const) {
      const test = benchIn('armed_away', { onUnknown });
      message(test, TOPIC, '');
      pass(test, 6000);
      motion(test, { late: true });
      expect(verdicts(test)).toEqual([verdict]);
    }
  });
});
