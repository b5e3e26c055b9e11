import { describe, expect, it, test } from 'vitest';
import {
  codeChecked,
  heyuArmed,
  keyfob,
  locallyCommanded,
  type CodeResult,
} from '../../src/security/commands.js';
import { stalled } from '../../src/security/connection.js';
import { snapshot } from '../../src/security/stored.js';
import { isArmed } from '../../src/security/vocabulary.js';
import type { ZoneSettings } from '../../src/security/zone.js';
import {
  NOON,
  alerts,
  attributes,
  bench,
  connect,
  cut,
  message,
  motion,
  online,
  pass,
  restart,
  state,
  zone,
  type Bench,
} from './bench.js';
import { fc, runs } from '../support/property.js';

const SET = 'x10/zone/ground/set';
const owned = (more: Partial<ZoneSettings> = {}): readonly ZoneSettings[] => [
  zone('ground', { kind: 'owned', hasCodes: true, ...more }),
];

function house(zones: readonly ZoneSettings[] = owned()): Bench {
  return online(bench(zones, undefined, NOON, true));
}

const typed = (command: string, code: unknown = '4711'): string => JSON.stringify({ action: command, code });

/** What is to be checked, and was not. */
const asked = ({ effects }: Bench) => effects.filter((effect) => effect.kind === 'check_code');

function checked(made: Bench, result: CodeResult): void {
  const check = asked(made).at(-1);
  if (check !== undefined) codeChecked(made, check.zone, check.startedMono, result);
}

const RIGHT = { by: 'jane' };
const events = ({ effects }: Bench): readonly string[] =>
  effects.flatMap((effect) => (effect.kind === 'zone_event' ? [effect.event.type] : []));

describe('a zone with codes', () => {
  test.each([
    // what was done before, the command without a code, whether it needs one
    [[], 'ARM_AWAY', false],
    [[], 'ARM_HOME', false],
    [[], 'TRIGGER', false],
    [[], 'DISARM', false],
    [['ARM_AWAY'], 'DISARM', true],
    [['ARM_AWAY'], 'OFF', true],
    [['ARM_AWAY'], 'ARM_HOME', true],
    [['ARM_AWAY'], 'ARM_AWAY', false],
    [['ARM_AWAY'], 'TRIGGER', false],
    [['TRIGGER'], 'DISARM', true],
    [['TRIGGER'], 'ARM_HOME', true],
  ] as const)('after %j, %s needs one: %s', (before, command, needs) => {
    const made = house();
    for (const one of before) message(made, SET, one);
    const was = state(made);
    message(made, SET, command);
    expect(attributes(made)['last_refused_command'] !== null).toBe(needs);
    if (needs) expect(state(made)).toBe(was);
    expect(asked(made)).toEqual([]);
  });

  it('waits for the check, and does then what was said; who it was is told', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    message(made, SET, typed('DISARM'));
    expect(state(made)).toBe('armed_away');
    expect(asked(made)).toMatchObject([{ zone: 'ground', code: '4711' }]);
    checked(made, RIGHT);
    expect(state(made)).toBe('disarmed');
    expect(made.security.zones.get('ground')?.truth?.by).toEqual({ code: 'jane' });
  });

  test.each([
    ['wrong' as const, 'the code is wrong', ['wrong_code']],
    ['failed' as const, 'could not be checked', []],
  ])('stays armed when it is %s', (result, reason, told) => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    const before = events(made).length;
    message(made, SET, typed('DISARM'));
    checked(made, result);
    expect(state(made)).toBe('armed_away');
    expect(events(made).slice(before)).toEqual(told);
    expect(attributes(made)['last_refused_command']).toMatchObject({
      command: 'DISARM',
      reason: expect.stringContaining(reason) as unknown,
    });
  });

  it('takes an answer once, and none that belongs to another check', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    codeChecked(made, 'ground', made.now.mono, RIGHT);
    message(made, SET, typed('DISARM', '1'));
    const [first] = asked(made);
    message(made, SET, typed('DISARM', '2'));
    expect(asked(made)).toHaveLength(1);
    checked(made, 'wrong');
    codeChecked(made, 'ground', first?.startedMono ?? 0, RIGHT);
    expect(state(made)).toBe('armed_away');
  });

  it('does not disarm after another command was obeyed meanwhile', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    message(made, SET, typed('DISARM'));
    pass(made, 100);
    locallyCommanded(made, made.security.zones.get('ground') ?? expect.fail(), {
      kind: 'arm',
      mode: 'night',
    });
    checked(made, RIGHT);
    expect(state(made)).toBe('armed_night');
  });

  it('disarms although a command that changes nothing came meanwhile: anyone may send that without a code', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    message(made, SET, typed('DISARM'));
    pass(made, 100);
    message(made, SET, 'ARM_AWAY');
    checked(made, RIGHT);
    expect(state(made)).toBe('disarmed');
  });

  test.each([
    // what was typed, then the key; the state in the end
    ['pending', 'DISARM', 'home', 'armed_home', false],
    ['pending', 'DISARM', 'away', 'disarmed', false],
    ['triggered', 'DISARM', 'home', 'armed_home', true],
    ['triggered', 'DISARM', 'away', 'disarmed', true],
    ['pending', 'ARM_NIGHT', 'home', 'pending', false],
  ] as const)(
    '%s: %s counts from its arrival, also when a key arms %s meanwhile: %s',
    (begun, word, mode, end, isLate) => {
      const made = house(owned({ keyfobs: ['fob'], entryDelayMs: isLate ? 0 : 30_000 }));
      message(made, SET, 'ARM_AWAY');
      pass(made, 2000);
      motion(made);
      expect(state(made)).toBe(begun);
      message(made, SET, typed(word));
      pass(made, 100);
      const { at } = made.now;
      keyfob(made, { alias: 'fob', action: 'arm', mode, at: at - (at % 1000), immediate: false });
      expect(state(made)).toBe(begun);
      pass(made, 3000);
      checked(made, RIGHT);
      expect(state(made)).toBe(end);
      if (end === 'pending') expect(attributes(made)['arm_mode']).toBe('armed_home');
      else
        expect(attributes(made)).toMatchObject({
          alarm_since: null,
          changed_by: end === 'disarmed' ? 'jane' : 'fob',
        });
      pass(made, 60_000);
      expect(alerts(made)).toHaveLength(isLate || end === 'pending' ? 1 : 0);
    },
  );

  it('does not end the alarm of a TRIGGER, nor forget who came after a key has armed meanwhile', () => {
    const triggered = house(owned({ keyfobs: ['fob'], entryDelayMs: 30_000 }));
    const entered = house(owned({ keyfobs: ['fob'], entryDelayMs: 30_000 }));
    for (const made of [triggered, entered]) {
      message(made, SET, 'ARM_AWAY');
      pass(made, 2000);
    }
    motion(triggered);
    message(triggered, SET, typed('DISARM'));
    message(triggered, SET, 'TRIGGER');
    checked(triggered, RIGHT);
    expect(state(triggered)).toBe('triggered');
    message(entered, SET, typed('DISARM'));
    pass(entered, 100);
    const { at } = entered.now;
    keyfob(entered, { alias: 'fob', action: 'arm', mode: 'home', at: at - (at % 1000), immediate: true });
    motion(entered);
    checked(entered, RIGHT);
    expect(state(entered)).toBe('pending');
  });

  it('keeps the end of an entry delay waiting for a code that came in time, 5 s at most', () => {
    for (const late of [false, true]) {
      const made = house(owned({ entryDelayMs: 30_000 }));
      message(made, SET, 'ARM_AWAY');
      pass(made, 2000);
      motion(made);
      expect(state(made)).toBe('pending');
      pass(made, 29_000);
      message(made, SET, typed('DISARM'));
      pass(made, late ? 5500 : 4000);
      expect(alerts(made)).toHaveLength(late ? 1 : 0);
      checked(made, RIGHT);
      expect(state(made)).toBe('disarmed');
    }
  });

  it('lets a too old DISARM change nothing without a right code', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    const before = made.security.zones.get('ground')?.truth;
    const next = restart(made, owned(), 3_600_000, true);
    connect(next, true);
    message(next, SET, 'DISARM');
    message(next, SET, typed('DISARM'));
    checked(next, 'wrong');
    expect(next.security.zones.get('ground')?.truth).toEqual(before);
  });

  it('never keeps a code', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    message(made, SET, typed('DISARM', '998877'));
    expect(JSON.stringify(snapshot(made.security, made.now))).not.toContain('998877');
  });
});

describe('the lock-out', () => {
  const wrong = (made: Bench): void => {
    message(made, SET, typed('DISARM', '0'));
    checked(made, 'wrong');
    pass(made, 10);
  };

  it('comes after five wrong codes, doubles, is kept over restarts and ends with a right code', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    for (let count = 0; count < 5; count += 1) wrong(made);
    message(made, SET, typed('DISARM', '0'));
    expect(asked(made)).toHaveLength(6);
    checked(made, 'wrong');
    message(made, SET, typed('DISARM'));
    expect(asked(made)).toHaveLength(6);
    const next = restart(made, owned(), 30_000, true);
    online(next);
    message(next, SET, typed('DISARM'));
    expect(asked(next)).toHaveLength(0);
    expect(attributes(next)['last_refused_command']).toMatchObject({
      reason: expect.stringMatching(/too many wrong codes/) as unknown,
    });
    pass(next, 30_000);
    wrong(next);
    pass(next, 61_000);
    message(next, SET, typed('DISARM'));
    expect(asked(next)).toHaveLength(1);
    pass(next, 60_000);
    message(next, SET, typed('DISARM'));
    checked(next, RIGHT);
    expect(state(next)).toBe('disarmed');
    message(next, SET, 'ARM_AWAY');
    wrong(next);
    message(next, SET, typed('DISARM'));
    expect(asked(next)).toHaveLength(4);
  });

  it('blocks neither arming nor root', () => {
    const made = house();
    message(made, SET, 'ARM_AWAY');
    for (let count = 0; count < 7; count += 1) wrong(made);
    locallyCommanded(made, made.security.zones.get('ground') ?? expect.fail(), { kind: 'disarm' });
    expect(state(made)).toBe('disarmed');
    message(made, SET, 'ARM_HOME');
    expect(state(made)).toBe('armed_home');
  });
});

it('is asked of each zone of a master, which names those that refuse', () => {
  const made = house([
    ...owned({ name: 'Ground' }),
    zone('attic', { kind: 'owned', name: 'Attic' }),
    zone('house', { kind: 'master', members: ['ground', 'attic'], hasCodes: true }),
  ]);
  message(made, 'x10/zone/house/set', 'ARM_AWAY');
  message(made, 'x10/zone/house/set', 'DISARM');
  expect(state(made)).toBe('armed_away');
  expect(state(made, 'attic')).toBe('disarmed');
  expect(made.security.zones.get('house')?.refusedCommand?.reason).toBe('Ground: it needs a code');
  message(made, 'x10/zone/house/set', typed('DISARM'));
  checked(made, RIGHT);
  expect(state(made)).toBe('disarmed');
});

test('without a right code, no armed zone becomes less protective', () => {
  const commands = ['ARM_AWAY', 'ARM_HOME', 'ARM_NIGHT', 'DISARM', 'OFF', 'TRIGGER', 'banana'];
  const bypass = '{"command":"bypass","sensor":"hall"}';
  const payload = fc.oneof(
    fc.constantFrom(...commands, bypass),
    fc.constantFrom(...commands).map((command) => typed(command, '0')),
  );
  const step = fc.record({
    payload,
    flag: fc.constantFrom('Q' as const, 'R' as const),
    ms: fc.constantFrom(10, 2000, 40_000),
    // a keyfob that is not listed, heyu that is not followed, and whatever the link and the machine do
    also: fc.constantFrom('nothing', 'fob', 'heyu', 'cut', 'connect', 'restart', 'stall'),
  });
  const delays = { exitDelayMs: 30_000, entryDelayMs: 20_000 };
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 12 }),
      fc.constantFrom({}, delays),
      fc.boolean(),
      (steps, more, moves) => {
        let made = house(owned(more));
        message(made, SET, 'ARM_AWAY');
        pass(made, 31_000);
        for (const { payload: said, flag, ms, also } of steps) {
          message(made, SET, said, flag);
          checked(made, 'wrong');
          const press = { alias: 'stranger', action: 'disarm', mode: 'away', immediate: true } as const;
          if (also === 'fob') keyfob(made, { ...press, at: made.now.at });
          else if (also === 'heyu') heyuArmed(made, 'disarmed', made.now.at);
          else if (also === 'cut') cut(made);
          else if (also === 'connect') online(made, true);
          else if (also === 'restart') made = restart(made, owned(more), 1000, true);
          else if (also === 'stall') stalled(made, 5000);
          pass(made, ms);
          if (moves) motion(made);
          const truth = made.security.zones.get('ground')?.truth;
          expect(truth !== undefined && isArmed(truth.state) && truth.mode === 'away').toBe(true);
          expect(made.security.zones.get('ground')?.silenced).toEqual([]);
        }
        motion(made, { alias: 'window', kind: 'window', entry: 'immediate', id: 'last' });
        // it may wait for a broker that is asked again
        pass(made, 5000);
        expect(alerts(made).map(({ id }) => id)).toContain('last.alert');
      },
    ),
    { numRuns: runs(100) },
  );
});
