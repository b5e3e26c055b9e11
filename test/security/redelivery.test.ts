/** The broker sends a command again that was not acknowledged (DUP): it is obeyed once, and one that has not come is obeyed. */

import { describe, expect, it, test } from 'vitest';
import { codeChecked, keyfob } from '../../src/security/commands.js';
import { snapshot } from '../../src/security/stored.js';
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
  sensor,
  state,
  zone,
  type Bench,
} from './bench.js';

const SET = 'x10/zone/ground/set';
const ALL = 'x10/zone/all/set';

const ZONES: readonly ZoneSettings[] = [
  zone('ground', { kind: 'owned', keyfobs: ['fob'], entryDelayMs: 30_000 }),
  zone('attic', { kind: 'owned' }),
  zone('all', { kind: 'master', members: ['ground', 'attic'] }),
];

/** A house over its lives. */
class House {
  made: Bench = online(bench(ZONES, undefined, NOON, true));
  stored: unknown = this.#snapshot();

  #snapshot(without?: string): unknown {
    const { security, now } = this.made;
    return JSON.parse(
      JSON.stringify(snapshot(security, now), (key, value: unknown) => (key === without ? undefined : value)),
    );
  }

  /** The process dies, and begins with what was on disk then. */
  #begin(): void {
    const { at, mono } = this.made.now;
    this.made = bench(ZONES, this.stored, at, true);
    this.made.now = { at, mono };
  }

  readonly #steps: Readonly<Record<string, () => void>> = {
    // it may be before the disk has the last command
    saved: () => (this.stored = this.#snapshot()),
    dies: () => this.#begin(),
    // of a version that did not keep what was obeyed
    'dies, and an old document is there': () => {
      this.stored = this.#snapshot('settled');
      this.#begin();
    },
    'link breaks': () => {
      cut(this.made);
      pass(this.made, 1000);
      connect(this.made, true);
    },
    'link and session break': () => {
      cut(this.made);
      connect(this.made, false);
    },
    'queue is empty': () => {
      answer(this.made);
      pass(this.made, 5000);
    },
    'half a minute': () => pass(this.made, 30_000),
    'two minutes': () => pass(this.made, 120_000),
    'link is away for two minutes': () => {
      cut(this.made);
      pass(this.made, 120_000);
      connect(this.made, true);
    },
    'key arms': () => this.press('arm'),
    'key disarms': () => this.press('disarm'),
    moves: () => void motion(this.made),
  };

  press(action: 'arm' | 'disarm'): void {
    keyfob(this.made, { alias: 'fob', action, mode: 'away', at: this.made.now.at, immediate: true });
  }

  /** `DISARM 4` is a command with this packet identifier, `DISARM 4 DUP` comes again; `all:DISARM 4` to the master zone. */
  does(step: string): void {
    const act = this.#steps[step];
    if (act !== undefined) return act();
    const [command = '', id, dup] = step.replace('all:', '').split(' ');
    const sent = { ...(id !== undefined && { id: Number(id) }), duplicate: dup === 'DUP' };
    message(this.made, step.startsWith('all:') ? ALL : SET, command, 'Q', sent);
  }
}

function lived(steps: readonly string[]): House {
  const house = new House();
  for (const step of steps) house.does(step);
  return house;
}

describe('a command that the broker sends again', () => {
  test.each([
    [
      'is not obeyed twice',
      ['ARM_AWAY 3', 'DISARM 4', 'key arms', 'link breaks', 'DISARM 4 DUP'],
      'armed_away',
    ],
    ['nor when it arms', ['ARM_AWAY 3', 'key disarms', 'link breaks', 'ARM_AWAY 3 DUP'], 'disarmed'],
    [
      'nor when it raised the alarm',
      ['TRIGGER 3', 'key disarms', 'link breaks', 'TRIGGER 3 DUP'],
      'disarmed',
    ],
    ['nor if it changed nothing', ['DISARM 4', 'key arms', 'link breaks', 'DISARM 4 DUP'], 'armed_away'],
    [
      'nor a third time',
      ['DISARM 4', 'key arms', 'link breaks', 'DISARM 4 DUP', 'link breaks', 'DISARM 4 DUP'],
      'armed_away',
    ],
    [
      'nor are several, in their order',
      [
        'DISARM 3',
        'ARM_HOME 4',
        'DISARM 5',
        'key arms',
        'link breaks',
        'DISARM 3 DUP',
        'ARM_HOME 4 DUP',
        'DISARM 5 DUP',
      ],
      'armed_away',
    ],
    [
      'nor over a crash',
      ['DISARM 4', 'key arms', 'saved', 'dies', 'link breaks', 'DISARM 4 DUP'],
      'armed_away',
    ],
    [
      'nor after the queue was empty: NATS takes half a minute',
      ['DISARM 4', 'key arms', 'link breaks', 'queue is empty', 'half a minute', 'DISARM 4 DUP'],
      'armed_away',
    ],
    [
      'nor by the zones of a master zone',
      ['all:DISARM 4', 'key arms', 'link breaks', 'all:DISARM 4 DUP'],
      'armed_away',
    ],
    ['is obeyed if it has not come before', ['key arms', 'link breaks', 'DISARM 4 DUP'], 'disarmed'],
    [
      'is obeyed if it is another one, sent on purpose',
      ['DISARM 4', 'key arms', 'link breaks', 'DISARM 5 DUP'],
      'disarmed',
    ],
    [
      'is obeyed if it is another one with the number of one that is done with',
      ['DISARM 1', 'key arms', 'ARM_HOME 1', 'link breaks', 'DISARM 1 DUP'],
      'disarmed',
    ],
    [
      'is obeyed if it is another command with the same number',
      ['ARM_HOME 1', 'link breaks', 'DISARM 1 DUP'],
      'disarmed',
    ],
    [
      'is obeyed if the process died before it was on disk',
      ['ARM_AWAY 3', 'saved', 'DISARM 4', 'dies', 'link breaks', 'DISARM 4 DUP'],
      'disarmed',
    ],
    [
      'is obeyed if nobody knows what was obeyed before',
      ['DISARM 4', 'key arms', 'dies, and an old document is there', 'link breaks', 'DISARM 4 DUP'],
      'disarmed',
    ],
    [
      'is obeyed in a new session, which numbers anew',
      ['DISARM 4', 'key arms', 'link and session break', 'link breaks', 'DISARM 4 DUP'],
      'disarmed',
    ],
    [
      'is obeyed if the broker does not mark it',
      ['DISARM 4', 'key arms', 'link breaks', 'DISARM 4'],
      'disarmed',
    ],
    ['is obeyed without a number', ['DISARM', 'key arms', 'link breaks', 'DISARM'], 'disarmed'],
    [
      'may be old though the queue is empty: NATS takes half a minute',
      ['key arms', 'link is away for two minutes', 'queue is empty', 'DISARM 4 DUP'],
      'armed_away',
    ],
    [
      'is of now long after the connect: some brokers pass the mark of the sender on',
      ['key arms', 'link is away for two minutes', 'queue is empty', 'two minutes', 'DISARM 4 DUP'],
      'disarmed',
    ],
  ])('%s', (_, steps, expected) => {
    expect(state(lived(steps).made)).toBe(expected);
  });

  it('is no refused command, and said to be known', () => {
    const { made } = lived(['DISARM 4', 'key arms', 'link breaks', 'DISARM 4 DUP']);
    expect(attributes(made)['last_refused_command']).toBe(null);
    expect(notes(made, 'warn')).toEqual([]);
    expect(notes(made, 'info').filter((note) => note.includes('again'))).toHaveLength(1);
  });

  it('arms nothing when it was refused because of a window that was open', () => {
    const made = online(
      bench([zone('ground', { kind: 'owned', openAtArming: 'refuse' })], undefined, NOON, true),
    );
    made.sensors.push(sensor('window', { opening: 'open' }));
    message(made, SET, 'ARM_AWAY', 'Q', { id: 4 });
    made.sensors[0] = sensor('window');
    cut(made);
    connect(made, true);
    message(made, SET, 'ARM_AWAY', 'Q', { id: 4, duplicate: true });
    expect(state(made)).toBe('disarmed');
    expect(attributes(made)['last_refused_command']).toMatchObject({ command: 'ARM_AWAY' });
  });

  it('arms nothing when it was refused because it had no code', () => {
    const zones = [zone('ground', { kind: 'owned', hasCodes: true, keyfobs: ['fob'] })];
    const made = online(bench(zones, undefined, NOON, true));
    message(made, SET, 'ARM_AWAY', 'Q', { id: 3 });
    message(made, SET, 'ARM_HOME', 'Q', { id: 4 });
    keyfob(made, { alias: 'fob', action: 'disarm', mode: 'away', at: made.now.at, immediate: true });
    cut(made);
    connect(made, true);
    message(made, SET, 'ARM_HOME', 'Q', { id: 4, duplicate: true });
    expect(state(made)).toBe('disarmed');
  });

  it('ends no entry delay that has begun since it was found too old', () => {
    const steps = ['ARM_AWAY 3', 'link is away for two minutes', 'DISARM 4', 'queue is empty'];
    expect(state(lived([...steps, 'moves', 'link breaks', 'DISARM 4 DUP']).made)).toBe('pending');
  });

  it('bypasses no sensor after the queue is empty: it may be old', () => {
    const { made } = lived(['link is away for two minutes', 'queue is empty']);
    made.sensors.push(sensor('hall'));
    message(made, SET, '{"command":"bypass","sensor":"hall"}', 'Q', { id: 4, duplicate: true });
    expect(attributes(made)['last_refused_command']).toMatchObject({ command: 'BYPASS' });
  });

  test.each([
    ['that was right', ['right', 'key arms'], 'armed_away'],
    ['that was overtaken', ['key disarms', 'key arms', 'right'], 'armed_away'],
    ['that was wrong', ['wrong'], 'armed_away'],
    ['that was not checked when the process died', ['dies'], 'disarmed'],
    ['... nor when it came before that', ['again', 'dies'], 'disarmed'],
    ['that is being checked', ['again', 'right'], 'disarmed'],
  ])('with a code %s', (_, steps, expected) => {
    const zones = [zone('ground', { kind: 'owned', hasCodes: true, keyfobs: ['fob'] })];
    let made = online(bench(zones, undefined, NOON, true));
    const checked = (result: 'right' | 'wrong'): void => {
      const check = made.effects.findLast((effect) => effect.kind === 'check_code');
      if (check?.kind === 'check_code')
        codeChecked(made, 'ground', check.startedMono, result === 'right' ? { by: 'jane' } : 'wrong');
    };
    const press = (action: 'arm' | 'disarm'): void =>
      keyfob(made, { alias: 'fob', action, mode: 'away', at: made.now.at, immediate: true });
    const typed = (duplicate: boolean): unknown =>
      message(made, SET, '{"action":"DISARM","code":"4711"}', 'Q', { id: 4, duplicate });
    message(made, SET, 'ARM_AWAY', 'Q', { id: 3 });
    typed(false);
    for (const step of steps) {
      if (step === 'dies') {
        const stored: unknown = JSON.parse(JSON.stringify(snapshot(made.security, made.now)));
        const { now } = made;
        made = bench(zones, stored, now.at, true);
        made.now = { ...now };
      } else if (step === 'right' || step === 'wrong') checked(step);
      else if (step === 'again') typed(true);
      else press(step === 'key arms' ? 'arm' : 'disarm');
    }
    cut(made);
    connect(made, true);
    typed(true);
    checked('right');
    expect(state(made)).toBe(expected);
  });
});
