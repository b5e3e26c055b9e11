/** What stands open, is not known, silent or low on battery when a zone is armed. */

import { describe, expect, it } from 'vitest';
import { keyfob } from '../../src/security/commands.js';
import { inTheWay, readinessOf, type SensorStanding } from '../../src/security/readiness.js';
import { refresh } from '../../src/security/refresh.js';
import type { ZoneSettings } from '../../src/security/zone.js';
import {
  NOON,
  answer,
  attributes,
  bench,
  connect,
  cut,
  message,
  motion,
  notes,
  online,
  pass,
  restart,
  state,
  verdicts,
  sensor,
  zone,
  zoneEvents,
  type Bench,
} from './bench.js';
import { fc, runs } from '../support/property.js';

const SET = 'x10/zone/ground/set';

const HALL = sensor('hall', { opening: undefined });
const DOOR = sensor('door', { opening: 'open', isWayIn: true });
const WINDOW = sensor('window', { opening: 'open' });
const CELLAR = sensor('cellar', { opening: 'unknown' });
const ATTIC = sensor('attic', { opening: 'open', modes: ['away'] });

function owned(different: Partial<ZoneSettings> = {}): readonly ZoneSettings[] {
  return [zone('ground', { kind: 'owned', keyfobs: ['fob'], ...different })];
}

function house(sensors: readonly SensorStanding[], different: Partial<ZoneSettings> = {}): Bench {
  const test = bench(owned(different), undefined, NOON, true);
  test.sensors.push(...sensors);
  online(test);
  return test;
}

/** The sensors are these from now on. */
function become(test: Bench, ...sensors: readonly SensorStanding[]): void {
  test.sensors.splice(0, Infinity, ...sensors);
  test.security.readiness.clear();
  refresh(test);
}

describe('what stands in the way of arming', () => {
  it.each([
    ['nothing', [HALL, sensor('window')], undefined, false, []],
    ['an open window', [WINDOW], undefined, false, ['window']],
    ['... also with an exit delay', [WINDOW], undefined, true, ['window']],
    ['an open door', [DOOR], undefined, false, ['door']],
    ['... not with an exit delay', [DOOR], undefined, true, []],
    ['a contact that was never heard', [CELLAR], undefined, true, ['cellar']],
    ['a way in that was never heard', [{ ...CELLAR, isWayIn: true }], undefined, true, ['cellar']],
    ['what counts in this way of being armed', [ATTIC], 'away', false, ['attic']],
    ['... not in another', [ATTIC], 'home', false, []],
  ] as const)('%s', (_, sensors, mode, hasTime, expected) => {
    expect(inTheWay(sensors, mode, hasTime).map(({ alias }) => alias)).toEqual(expected);
  });

  it('is told all the time, with silent sensors and low batteries, which are not', () => {
    const silent = sensor('shed', { isSilent: true, hasLowBattery: true });
    expect(readinessOf([silent], [], false)).toMatchObject({
      ready: true,
      silentSensors: ['shed'],
      lowBatteries: ['shed'],
    });
    const test = house([HALL, DOOR, CELLAR]);
    expect(attributes(test)).toMatchObject({
      ready: false,
      open_sensors: ['door'],
      unknown_sensors: ['cellar'],
      bypassed_sensors: [],
      silent_sensors: [],
      low_batteries: [],
    });
    become(test, HALL, sensor('door'), sensor('cellar'));
    expect(attributes(test)).toMatchObject({ ready: true, open_sensors: [], unknown_sensors: [] });
  });

  it('is told of a master by its members', () => {
    const test = bench([...owned(), zone('house', { kind: 'master', members: ['ground'] })]);
    become(test, WINDOW);
    connect(test, false);
    expect(attributes(test, 'house')).toMatchObject({ ready: false, open_sensors: ['window'] });
  });
});

/** What was said of sensors that stand open. */
const openEvents = (test: Bench): ReturnType<typeof zoneEvents> =>
  zoneEvents(test).filter(({ event_type }) =>
    ['armed_open', 'failed_to_arm', 'bypassed'].includes(String(event_type)),
  );

const EXIT = { exitDelayMs: 30_000 };
const REFUSE = { openAtArming: 'refuse' } as const;

/** Settings, what stands open at the command and at the end of the exit delay, command, state, events, bypassed. */
const ROWS: readonly (readonly [
  string,
  Partial<ZoneSettings>,
  readonly [readonly SensorStanding[], readonly SensorStanding[]],
  string,
  readonly [string, readonly string[], readonly string[]],
])[] = [
  ['nothing is open', {}, [[HALL], [HALL]], 'ARM_AWAY', ['armed_away', [], []]],
  [
    'a window is open: armed, and said',
    {},
    [[WINDOW], [WINDOW]],
    'ARM_AWAY',
    ['armed_away', ['armed_open window'], ['window']],
  ],
  [
    'the door is closed behind who leaves',
    EXIT,
    [[DOOR], [sensor('door')]],
    'ARM_AWAY',
    ['armed_away', [], []],
  ],
  ['the door stays open', EXIT, [[DOOR], [DOOR]], 'ARM_AWAY', ['armed_away', ['armed_open door'], ['door']]],
  ['what is not known is not bypassed', {}, [[CELLAR], [CELLAR]], 'ARM_AWAY', ['armed_away', [], []]],
  ['a way of being armed that does not count', {}, [[ATTIC], [ATTIC]], 'ARM_HOME', ['armed_home', [], []]],
  [
    'just armed',
    { openAtArming: 'arm' },
    [[WINDOW], [WINDOW]],
    'ARM_AWAY',
    ['armed_away', ['armed_open window'], []],
  ],
  [
    'refused: a window',
    REFUSE,
    [[WINDOW, CELLAR], [WINDOW]],
    'ARM_AWAY',
    ['disarmed', ['failed_to_arm window cellar'], []],
  ],
  [
    'refused: a door without an exit delay',
    REFUSE,
    [[DOOR], [DOOR]],
    'ARM_AWAY',
    ['disarmed', ['failed_to_arm door'], []],
  ],
  [
    'a door with an exit delay is not refused, and never brings the zone back',
    { ...REFUSE, ...EXIT },
    [[DOOR], [DOOR]],
    'ARM_AWAY',
    ['armed_away', ['armed_open door'], ['door']],
  ],
  [
    'not refused with force',
    REFUSE,
    [[WINDOW], [WINDOW]],
    '{"command":"arm_away","force":true}',
    ['armed_away', ['armed_open window'], ['window']],
  ],
  [
    'force is true and nothing else',
    REFUSE,
    [[WINDOW], [WINDOW]],
    '{"command":"arm_away","force":"no"}',
    ['disarmed', ['failed_to_arm window'], []],
  ],
  [
    'not refused by a key',
    REFUSE,
    [[WINDOW], [WINDOW]],
    'KEY',
    ['armed_away', ['armed_open window'], ['window']],
  ],
];

describe('an owned zone', () => {
  it.each(ROWS)('%s', (_, settings, [before, after], command, [expected, events, bypassed]) => {
    const test = house(before, settings);
    if (command === 'KEY')
      keyfob(test, { alias: 'fob', action: 'arm', mode: 'away', at: test.now.at, immediate: true });
    else message(test, SET, command);
    become(test, ...after);
    pass(test, 40_000);
    expect(state(test)).toBe(expected);
    expect(
      openEvents(test).map(
        ({ event_type, sensors }) => `${String(event_type)} ${(sensors as readonly string[]).join(' ')}`,
      ),
    ).toEqual(events);
    expect(attributes(test)['bypassed_sensors']).toEqual(bypassed);
  });

  it('says why it is not armed', () => {
    const test = house([WINDOW, CELLAR], REFUSE);
    message(test, SET, 'ARM_AWAY');
    expect(notes(test, 'warn')).toEqual(['command not obeyed: not closed: WINDOW, CELLAR (not known)']);
    expect(attributes(test)['last_refused_command']).toMatchObject({ command: 'ARM_AWAY' });
    expect(openEvents(test)).toMatchObject([
      { text: 'ground: not armed, because not closed (WINDOW, CELLAR)' },
    ]);
  });

  it('does not refuse another way of being armed to an alarm', () => {
    const test = house([HALL], REFUSE);
    message(test, SET, 'ARM_AWAY');
    motion(test);
    become(test, WINDOW);
    message(test, SET, 'ARM_HOME');
    expect([state(test), openEvents(test)]).toEqual(['triggered', []]);
  });

  it('stays armed as it was when another way of being armed is refused', () => {
    const test = house([HALL], REFUSE);
    message(test, SET, 'ARM_HOME');
    become(test, WINDOW);
    message(test, SET, 'ARM_AWAY');
    expect(state(test)).toBe('armed_home');
  });

  it('guards what is bypassed again once it has closed, and over a restart', () => {
    const test = house([WINDOW, sensor('attic', { opening: 'open' })]);
    message(test, SET, 'ARM_AWAY');
    become(test, sensor('window'), sensor('attic', { opening: 'open' }));
    expect(attributes(test)['bypassed_sensors']).toEqual(['attic']);
    const next = restart(test, owned(), 1000, true);
    become(next, WINDOW, sensor('attic', { opening: 'open' }));
    expect(attributes(next)['bypassed_sensors']).toEqual(['attic']);
  });

  it('silences nothing: what opens is an alert', () => {
    const test = house([WINDOW]);
    message(test, SET, 'ARM_AWAY');
    motion(test, { alias: 'window', kind: 'window', entry: 'immediate' });
    expect(verdicts(test)).toEqual(['alert']);
  });

  it('has nothing bypassed when it is disarmed', () => {
    const test = house([WINDOW]);
    message(test, SET, 'ARM_AWAY');
    message(test, SET, 'DISARM');
    expect(attributes(test)['bypassed_sensors']).toEqual([]);
  });
});

const BYPASS = '{"command":"bypass","sensor":"hall"}';
const UNBYPASS = '{"command":"unbypass","sensor":"hall"}';

describe('a sensor that somebody bypasses', () => {
  /** Commands one after the other, `HALL` is motion there; what is bypassed at the end, and the verdicts. */
  it.each([
    ['while disarmed', [BYPASS], ['hall'], []],
    ['... and not any more', [BYPASS, UNBYPASS], [], []],
    ['raises no alert', [BYPASS, 'ARM_AWAY', 'HALL'], ['hall'], ['bypassed']],
    ['... until it is switched off', [BYPASS, 'ARM_AWAY', UNBYPASS, 'HALL'], [], ['alert']],
    ['... until the zone is disarmed', [BYPASS, 'ARM_AWAY', 'DISARM', 'ARM_AWAY', 'HALL'], [], ['alert']],
    ['while armed: not at all', ['ARM_AWAY', BYPASS, 'HALL'], [], ['alert']],
    ['in an alarm: not at all', ['TRIGGER', BYPASS, 'HALL'], [], ['alert']],
    ['DISARM ends it, also while disarmed', [BYPASS, 'DISARM', 'ARM_AWAY', 'HALL'], [], ['alert']],
    ['another sensor', ['{"command":"bypass","sensor":"attic"}', 'ARM_AWAY', 'HALL'], [], ['alert']],
    ['one that guards always', ['{"command":"bypass","sensor":"smoke"}'], [], []],
    ['no word for it', ['{"command":"bypass","sensor":7}', 'ARM_AWAY', 'HALL'], [], ['alert']],
  ] as const)('%s', (_, steps, bypassed, expected) => {
    const test = house([HALL, sensor('smoke', { opening: undefined, isBypassable: false })]);
    for (const step of steps) {
      if (step === 'HALL') motion(test);
      else message(test, SET, step);
    }
    expect(attributes(test)['bypassed_sensors']).toEqual(bypassed);
    expect(verdicts(test)).toEqual(expected);
  });

  it('while the exit delay runs', () => {
    const test = house([HALL], EXIT);
    message(test, SET, 'ARM_AWAY');
    message(test, SET, BYPASS);
    expect(openEvents(test)).toMatchObject([{ event_type: 'bypassed', sensors: ['hall'] }]);
    pass(test, 40_000);
    motion(test);
    expect(verdicts(test)).toEqual(['bypassed']);
  });

  it('stands in no way, and outlives a restart', () => {
    const test = house([sensor('hall', { opening: 'open' })], REFUSE);
    message(test, SET, BYPASS);
    message(test, SET, 'ARM_AWAY');
    expect([state(test), attributes(test)['open_sensors']]).toEqual(['armed_away', ['hall']]);
    const next = restart(test, owned(REFUSE), 1000, true);
    motion(next);
    expect(verdicts(next)).toEqual(['bypassed']);
  });

  it('guards again by a command that may have waited for long', () => {
    const first = house([HALL]);
    message(first, SET, BYPASS);
    message(first, SET, 'ARM_AWAY');
    const next = restart(first, owned(), 3_600_000);
    next.sensors.push(HALL);
    connect(next, true);
    message(next, SET, UNBYPASS);
    pass(next, 5000);
    motion(next);
    expect(verdicts(next)).toEqual(['alert']);
  });

  it('is not bypassed by a command that is retained or may have waited for long', () => {
    const test = house([HALL]);
    message(test, SET, BYPASS, 'R');
    connect(test, true);
    message(test, SET, BYPASS);
    expect(attributes(test)['bypassed_sensors']).toEqual([]);
  });

  it('tells when it is tampered with, and is in what guards always', () => {
    const test = house([HALL]);
    message(test, SET, BYPASS);
    motion(test, { kind: 'smoke', guard: 'always' });
    message(test, SET, 'DISARM');
    message(test, SET, BYPASS);
    message(test, SET, 'ARM_AWAY');
    motion(test, { kind: 'tamper', entry: 'immediate' });
    expect(verdicts(test)).toEqual(['alert', 'alert']);
  });
});

/** `CUT`, `BACK` and `NEW` are of the link (with a stored session, or without), `ON` and `OFF` of the bypass; else what the source says. */
describe('a sensor of a zone that another program keeps', () => {
  const TOPIC = 'ground/state';
  const play = (script: string, zones: readonly ZoneSettings[] = [zone('ground')]): Bench => {
    const test = bench(zones, undefined, NOON, true);
    test.sensors.push(HALL);
    test.keeps.set(TOPIC, 'disarmed');
    online(test);
    for (const step of script.split(' ')) {
      if (step === 'CUT') cut(test);
      else if (step === 'BACK' || step === 'NEW') online(test, step === 'BACK');
      else if (step === 'ON' || step === 'OFF') message(test, SET, step === 'ON' ? BYPASS : UNBYPASS);
      else {
        test.keeps.set(TOPIC, step);
        message(test, TOPIC, step);
      }
    }
    return test;
  };

  it.each([
    ['while it is disarmed', 'ON armed_away', true],
    ['while it arms', 'arming ON armed_away', true],
    ['not while it is armed', 'armed_away ON', false],
    ['not while nobody knows how it stands', 'unavailable ON armed_away', false],
    ['until somebody disarms', 'ON armed_away disarmed armed_home', false],
    ['over another way of being armed', 'ON armed_away armed_home', true],
    ['over words that say no state', 'ON armed_away pending unavailable armed_away', true],
    ['until somebody guards it again', 'ON armed_away OFF', false],
    ['over a gap of the link', 'ON armed_away CUT BACK', true],
    ['over a gap in which nothing was armed', 'ON CUT NEW armed_away', true],
    ['not over one in which a disarming would not have been kept', 'ON armed_away CUT NEW', false],
  ])('is bypassed %s', (_, script, isSo) => {
    const test = play(script);
    expect(attributes(test)['bypassed_sensors']).toEqual(isSo ? ['hall'] : []);
    expect(attributes(restart(test, [zone('ground')], 1000))).toEqual({});
    motion(test);
    pass(test, 10_000);
    expect(verdicts(test).includes('bypassed')).toBe(isSo);
  });

  it('is bypassed until the zone is found disarmed among what was kept', () => {
    const test = play('ON armed_away CUT');
    connect(test, true);
    for (const word of ['disarmed', 'armed_away']) message(test, TOPIC, word);
    answer(test);
    pass(test, 5000);
    expect(attributes(test)).toMatchObject({ state: 'armed_away', bypassed_sensors: [] });
  });

  it('of a zone of members is bypassed until they are all disarmed', () => {
    const zones = [zone('ground', { kind: 'master', members: ['attic'] }), zone('attic', { kind: 'owned' })];
    const test = play('ON', zones);
    message(test, SET, 'ARM_AWAY');
    motion(test);
    expect(verdicts(test)).toEqual(['bypassed']);
    message(test, SET, 'DISARM');
    message(test, SET, 'ARM_AWAY');
    message(test, SET, BYPASS);
    motion(test);
    expect(verdicts(test)).toEqual(['bypassed', 'alert']);
  });

  it('leaves its zone to the other program', () => {
    const test = play('disarmed');
    message(test, SET, 'ARM_AWAY');
    expect(state(test)).toBe('disarmed');
    expect(attributes(test)['last_refused_command']).toMatchObject({ command: 'ARM_AWAY' });
  });
});

/** Whatever comes while a zone is armed, it protects no less, unless somebody disarms it. */
describe('an armed zone', () => {
  const commands = [
    'ARM_AWAY',
    'ARM_HOME',
    'TRIGGER',
    'banana',
    BYPASS,
    '{"command":"arm_night","force":true}',
  ];
  const step = fc.oneof(
    fc.constantFrom(...commands).map((word) => ({ kind: 'command', word }) as const),
    fc
      .constantFrom<readonly SensorStanding[]>([HALL], [HALL, WINDOW], [HALL, CELLAR])
      .map((sensors) => ({ kind: 'sensors', sensors }) as const),
    fc.constantFrom('up', 'down').map((link) => ({ kind: 'link', link }) as const),
    fc.integer({ min: 0, max: 90_000 }).map((ms) => ({ kind: 'time', ms }) as const),
  );
  const settings = fc.record({
    openAtArming: fc.constantFrom<ZoneSettings['openAtArming']>('bypass', 'refuse', 'arm'),
    exitDelayMs: fc.constantFrom(0, 20_000),
    entryDelayMs: fc.constantFrom(0, 20_000),
  });

  it('raises the alarm for motion of a sensor that counts in every way, whatever was commanded before but DISARM', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 12 }), (different, steps) => {
        const test = house([HALL], { ...different, alertCooldownMs: 0 });
        message(test, SET, 'ARM_AWAY');
        pass(test, 60_000);
        expect(state(test)).toBe('armed_away');
        for (const one of steps) {
          if (one.kind === 'command') message(test, SET, one.word);
          else if (one.kind === 'sensors') become(test, ...one.sensors);
          else if (one.kind === 'time') pass(test, one.ms);
          else if (one.link === 'down') cut(test);
          else {
            connect(test, true);
            answer(test);
          }
          expect(state(test)).not.toBe('disarmed');
          expect(attributes(test)['bypassed_sensors']).not.toContain('hall');
        }
        // whoever changes the way of being armed has the exit delay, as whoever arms
        pass(test, 60_000);
        motion(test);
        pass(test, 60_000);
        expect(verdicts(test).at(-1)).toBe('alert');
        expect(state(test)).toBe('triggered');
      }),
      { numRuns: runs(300) },
    );
  });
});
