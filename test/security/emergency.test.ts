/** What guards always: smoke, water, a panic key. Its alarm stands beside the state of the zone and never changes it. */

import { describe, expect, it } from 'vitest';
import type { SensorSignal, ZoneSettings } from '../../src/security/zone.js';
import { keyfob } from '../../src/security/commands.js';
import { emergencySensorsClear } from '../../src/security/emergency.js';
import { setBack } from '../../src/security/stored.js';
import {
  alerts,
  bench,
  connect,
  message,
  motion,
  pass,
  restart,
  retained,
  state,
  suback,
  verdicts,
  zone,
  type Bench,
} from './bench.js';
import { fc } from '../support/property.js';

const SET = 'x10/zone/ground/set';
const DELAYS = { kind: 'owned', exitDelayMs: 30_000, entryDelayMs: 20_000 } as const;

/** Its one zone is owned, known and disarmed. */
function owned(different: Partial<ZoneSettings> = {}): Bench {
  const test = bench([zone('ground', { kind: 'owned', ...different })]);
  connect(test, false);
  suback(test);
  pass(test, 5000);
  return test;
}

function external(payload: string): Bench {
  const test = bench([zone('ground')]);
  test.keeps.set('ground/state', payload);
  connect(test, false);
  suback(test);
  message(test, 'ground/state', payload, 'R');
  pass(test, 5000);
  return test;
}

const always = (test: Bench, different: Partial<SensorSignal> = {}): unknown =>
  motion(test, {
    kind: 'smoke',
    guard: 'always',
    entry: 'immediate',
    alias: 'detector',
    lasts: true,
    ...different,
  });

/** What people see of the zone. */
const shown = (test: Bench, name = 'ground'): readonly unknown[] => [
  retained(test, `x10/zone/${name}/security`),
  retained(test, `x10/zone/${name}/alarm`),
];

/** Brings an owned zone with delays into a state. */
const INTO: Readonly<Record<string, (test: Bench) => void>> = {
  disarmed: () => undefined,
  arming: (test) => message(test, SET, 'ARM_HOME'),
  armed_home: (test) => {
    message(test, SET, 'ARM_HOME');
    pass(test, 30_000);
  },
  pending: (test) => {
    message(test, SET, 'ARM_HOME');
    pass(test, 30_000);
    motion(test);
  },
  triggered: (test) => {
    message(test, SET, 'ARM_HOME');
    pass(test, 30_000);
    motion(test, { entry: 'immediate' });
  },
};

describe('in a zone of ours', () => {
  it.each([
    ['disarmed', 'smoke', 'triggered', 'disarmed'],
    ['disarmed', 'panic', 'triggered', 'disarmed'],
    ['disarmed', 'water', 'disarmed', 'disarmed'],
    ['arming', 'smoke', 'triggered', 'arming'],
    ['armed_home', 'smoke', 'triggered', 'armed_home'],
    ['armed_home', 'panic', 'triggered', 'armed_home'],
    ['armed_home', 'water', 'armed_home', 'armed_home'],
    // whoever disarms now is answering an intruder's alarm, too
    ['pending', 'smoke', 'triggered', 'disarmed'],
    ['triggered', 'smoke', 'triggered', 'disarmed'],
    ['triggered', 'water', 'triggered', 'disarmed'],
  ] as const)('%s, with %s: shows %s, and %s after DISARM', (before, kind, during, after) => {
    const test = owned(DELAYS);
    INTO[before]?.(test);
    expect(state(test)).toBe(before);
    const told = alerts(test).length;
    always(test, { kind });
    expect(alerts(test).slice(told)).toEqual([
      expect.objectContaining({ kind, alias: 'detector', security: before, verified: true }),
    ]);
    expect(state(test)).toBe(before);
    expect(shown(test)).toEqual([during, 'ON']);
    expect(retained(test, 'x10/zone/ground/state')).toBe(during);
    pass(test, 1000);
    message(test, SET, 'DISARM');
    expect(state(test)).toBe(after);
    expect(shown(test)).toEqual([after, 'OFF']);
    message(test, SET, 'DISARM');
    expect(shown(test)).toEqual(['disarmed', 'OFF']);
  });

  it('leaves intrusion as it is: no alert of motion while disarmed, one while armed', () => {
    const test = owned();
    always(test);
    expect(motion(test)).toEqual({ security: 'disarmed', verified: true });
    message(test, SET, 'DISARM');
    message(test, SET, 'ARM_AWAY');
    pass(test, 5000);
    always(test);
    motion(test);
    expect(alerts(test).map(({ kind }) => kind)).toEqual(['smoke', 'smoke', 'motion']);
    expect(state(test)).toBe('triggered');
  });

  it('lets an entry delay run on, which ends in the alarm', () => {
    const test = owned(DELAYS);
    INTO['pending']?.(test);
    always(test);
    pass(test, 20_000);
    expect(alerts(test).map(({ kind }) => kind)).toEqual(['smoke', 'motion']);
  });

  it('does not end by itself', () => {
    const test = owned();
    always(test);
    emergencySensorsClear(test.security, () => true);
    pass(test, 24 * 3_600_000);
    expect(shown(test)).toEqual(['triggered', 'ON']);
  });

  it('is not ended by a DISARM that waited too long', () => {
    const test = owned();
    always(test);
    message(test, SET, 'DISARM', 'R');
    expect(shown(test)).toEqual(['triggered', 'ON']);
  });

  it('gives no other alert of the sensor within the cool-down, unless somebody has ended it', () => {
    const test = owned({ alertCooldownMs: 60_000 });
    always(test);
    pass(test, 30_000);
    always(test);
    always(test, { alias: 'cellar' });
    expect(verdicts(test)).toEqual(['alert', 'cooldown', 'alert']);
    pass(test, 1000);
    message(test, SET, 'DISARM');
    pass(test, 2000);
    always(test);
    expect(verdicts(test).at(-1)).toBe('alert');
    expect(shown(test)).toEqual(['triggered', 'ON']);
  });

  it.each([1000, 10_000])(
    'gives one also while another one is crying that came after it, %i ms later',
    (ms) => {
      const test = owned({ alertCooldownMs: 60_000 });
      always(test);
      pass(test, 1000);
      message(test, SET, 'DISARM');
      pass(test, ms);
      always(test, { alias: 'cellar' });
      pass(test, ms);
      always(restart(test, [zone('ground', { kind: 'owned', alertCooldownMs: 60_000 })], 0));
      always(test);
      expect(verdicts(test)).toEqual(['alert', 'alert', 'alert']);
    },
  );

  it('is `triggered` as soon as there is smoke beside the water', () => {
    const test = owned();
    always(test, { kind: 'water', alias: 'washer' });
    expect(shown(test)).toEqual(['disarmed', 'ON']);
    always(test);
    expect(shown(test)).toEqual(['triggered', 'ON']);
  });

  it('outlives a restart', () => {
    const first = owned();
    always(first);
    const next = restart(first, [zone('ground', { kind: 'owned' })], 60_000);
    connect(next, true);
    suback(next);
    pass(next, 5000);
    expect(shown(next)).toEqual(['triggered', 'ON']);
    message(next, SET, 'DISARM');
    expect(shown(next)).toEqual(['disarmed', 'OFF']);
  });

  it('that was ended does not begin again when the log is read again', () => {
    const first = owned();
    const at = first.now.at;
    always(first, { id: 'a', at });
    pass(first, 3000);
    message(first, SET, 'DISARM');
    const next = restart(first, [zone('ground', { kind: 'owned' })], 1000);
    connect(next, true);
    suback(next);
    pass(next, 5000);
    always(next, { id: 'a', at, late: true });
    expect(shown(next)).toEqual(['disarmed', 'OFF']);
  });

  it('begins again when the clock was set back since the last one was ended', () => {
    const test = owned();
    always(test);
    pass(test, 2000);
    message(test, SET, 'DISARM');
    test.now = { ...test.now, at: test.now.at - 3_600_000 };
    setBack(test.security, test.now, 3_600_000);
    pass(test, 10_000);
    always(test);
    expect(shown(test)).toEqual(['triggered', 'ON']);
  });

  it('is raised without a link, and by what is read late', () => {
    const test = bench([zone('ground', { kind: 'owned' })]);
    always(test, { kind: 'panic', late: true, lasts: false });
    expect(alerts(test)).toEqual([expect.objectContaining({ kind: 'panic', late: true, verified: true })]);
  });

  it('modes do not apply', () => {
    const test = owned();
    message(test, SET, 'ARM_HOME');
    always(test, { modes: ['away'] });
    expect(verdicts(test)).toEqual(['alert']);
  });
});

describe('in a zone of others', () => {
  it.each(['disarmed', 'armed_away', 'unavailable'])(
    '%s: alerts, and lasts until it is clear and ten minutes',
    (payload) => {
      const test = external(payload);
      const [before] = shown(test);
      always(test);
      expect(alerts(test)).toHaveLength(1);
      expect(shown(test)).toEqual([before, 'ON']);
      pass(test, 900_000);
      expect(shown(test)).toEqual([before, 'ON']);
      emergencySensorsClear(test.security, (alias) => alias === 'detector');
      pass(test, 1);
      expect(shown(test)).toEqual([before, 'OFF']);
    },
  );

  it('lasts ten minutes when it is clear at once, or nobody tells the end', () => {
    for (const lasts of [true, false]) {
      const test = external('disarmed');
      always(test, { lasts });
      emergencySensorsClear(test.security, () => true);
      pass(test, 599_999);
      expect(shown(test)).toEqual(['disarmed', 'ON']);
      pass(test, 1);
      expect(shown(test)).toEqual(['disarmed', 'OFF']);
    }
  });

  it('lasts for what is left of it after a restart', () => {
    const first = external('disarmed');
    always(first, { lasts: false });
    const next = restart(first, [zone('ground')], 540_000);
    connect(next, true);
    pass(next, 59_999);
    expect(shown(next)[1]).toBe('ON');
    pass(next, 1);
    expect(shown(next)[1]).toBe('OFF');
  });
});

it('an alarm in a master zone does not end by itself', () => {
  const house = zone('house', { kind: 'master', members: ['ground'] });
  const test = bench([zone('ground', { kind: 'owned' }), house]);
  connect(test, false);
  suback(test);
  pass(test, 5000);
  always(test, { zone: 'house', lasts: false });
  pass(test, 24 * 3_600_000);
  expect(shown(test, 'house')).toEqual(['triggered', 'ON']);
});

it('a master zone shows the alarm of its members, and DISARM there ends it', () => {
  const test = bench([
    zone('ground', { kind: 'owned' }),
    zone('house', { kind: 'master', members: ['ground'] }),
  ]);
  connect(test, false);
  suback(test);
  pass(test, 5000);
  always(test);
  always(test, { alias: 'attic', zone: 'house' });
  expect(shown(test, 'house')).toEqual(['triggered', 'ON']);
  message(test, 'x10/zone/house/set', 'DISARM');
  expect(shown(test, 'house')).toEqual(['disarmed', 'OFF']);
  expect(shown(test)).toEqual(['disarmed', 'OFF']);
});

describe('DISARM that answers smoke disarms nothing', () => {
  const FOB = { kind: 'owned', keyfobs: ['fob'] } as const;
  const ZONES = [
    zone('ground', FOB),
    zone('attic', FOB),
    zone('house', { kind: 'master', members: ['ground', 'attic'] }),
  ];
  const house = (): Bench => {
    const test = bench(ZONES);
    connect(test, false);
    suback(test);
    pass(test, 5000);
    message(test, 'x10/zone/house/set', 'ARM_HOME');
    pass(test, 5000);
    return test;
  };
  const states = (test: Bench): readonly string[] =>
    ['ground', 'attic', 'house'].map((name) => state(test, name));
  const press = (test: Bench, at: number): void =>
    keyfob(test, { alias: 'fob', action: 'disarm', mode: 'away', at, immediate: false });

  it.each(['ground', 'house'])('in %s, by the master zone: the second one does', (where) => {
    const test = house();
    always(test, { zone: where });
    message(test, 'x10/zone/house/set', 'DISARM');
    expect(shown(test, 'house')).toEqual(['armed_home', 'OFF']);
    expect(states(test)).toEqual(['armed_home', 'armed_home', 'armed_home']);
    pass(test, 1000);
    message(test, 'x10/zone/house/set', 'DISARM');
    expect(states(test)).toEqual(['disarmed', 'disarmed', 'disarmed']);
  });

  it('ends an alarm of an intruder in the zone beside it', () => {
    const test = house();
    motion(test, { zone: 'attic' });
    always(test);
    message(test, 'x10/zone/house/set', 'DISARM');
    expect(states(test).slice(0, 2)).toEqual(['armed_home', 'disarmed']);
  });

  it('by a key that serves several zones, also when the log is read again after a crash', () => {
    const test = house();
    always(test);
    const at = test.now.at;
    pass(test, 400);
    press(test, at);
    expect(states(test)).toEqual(['armed_home', 'armed_home', 'armed_home']);
    const next = restart(test, ZONES, 1000);
    press(next, at);
    expect(states(next).slice(0, 2)).toEqual(['armed_home', 'armed_home']);
    press(next, at + 2000);
    expect(states(next).slice(0, 2)).toEqual(['disarmed', 'disarmed']);
  });

  it('two presses that are read late are two', () => {
    const test = house();
    always(test);
    pass(test, 5000);
    press(test, test.now.at - 4000);
    press(test, test.now.at - 2000);
    expect(states(test)).toEqual(['disarmed', 'disarmed', 'disarmed']);
  });
});

it('without a zone there is an alert, and a cool-down of a minute', () => {
  const test = owned();
  always(test, { zone: null });
  pass(test, 59_000);
  always(test, { zone: null });
  pass(test, 1000);
  always(test, { zone: null });
  expect(alerts(test).map((alert) => alert['zone'])).toEqual([null, null]);
  expect(test.messages).toContainEqual(expect.objectContaining({ kind: 'event', topic: 'x10/bridge/alert' }));
  expect(shown(test)).toEqual(['disarmed', 'OFF']);
  const kept = (of: Bench): unknown => JSON.parse(retained(of, 'x10/bridge/last_alert') ?? 'null');
  expect(kept(test)).toMatchObject({ alias: 'detector', zone: null, recent: [{}, {}] });
  const next = restart(test, [zone('ground', { kind: 'owned' })], 1000);
  connect(next, true);
  expect(kept(next)).toEqual(kept(test));
});

it('alerts of an alarm in a disarmed zone are together until somebody ends it', () => {
  const test = owned();
  const told = (): unknown =>
    (
      JSON.parse(retained(test, 'x10/zone/ground/last_alert') ?? '{}') as {
        recent: readonly { alias: string }[];
      }
    ).recent.map(({ alias }) => alias);
  always(test);
  pass(test, 5000);
  always(test, { alias: 'attic' });
  expect(told()).toEqual(['detector', 'attic']);
  message(test, SET, 'DISARM');
  pass(test, 5000);
  always(test);
  expect(told()).toEqual(['detector']);
});

it('never changes whether intrusion is armed, whatever comes in between', () => {
  const words = ['ARM_AWAY', 'ARM_HOME', 'motion', 'window', 'wait'] as const;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          word: fc.constantFrom(...words),
          kind: fc.constantFrom('smoke', 'water', 'panic', null),
        }),
        {
          maxLength: 20,
        },
      ),
      (steps) => {
        const [plain, other] = [owned(DELAYS), owned(DELAYS)];
        for (const { word, kind } of steps) {
          if (kind !== null) always(other, { kind, alias: kind });
          for (const test of [plain, other]) {
            if (word === 'wait') pass(test, 11_000);
            else if (word === 'motion') motion(test);
            else if (word === 'window') motion(test, { kind: 'window', alias: 'window', entry: 'immediate' });
            else message(test, SET, word);
          }
          expect(state(other)).toBe(state(plain));
        }
        const intrusions = (test: Bench): readonly unknown[] =>
          alerts(test).filter(({ kind }) => kind === 'motion' || kind === 'window');
        expect(intrusions(other)).toEqual(intrusions(plain));
      },
    ),
  );
});
