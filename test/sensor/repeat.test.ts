/** Change or repeat: which of the signals of a sensor with a heartbeat may be alerts. */

import { describe, expect, test } from 'vitest';
import type { SecurityFlag } from '../../src/heyu/signal.js';
import { newSensorState, newTally, type Sensor, type SensorState } from '../../src/sensor/heard.js';
import { expire, securityHeard, unitHeard } from '../../src/sensor/sensor.js';
import type { SensorType } from '../../src/sensor/types.js';
import { sensorSettings } from '../support/settings.js';
import { fc } from '../support/property.js';

const BASE = 1_000_000_000_000;
const MINUTES = 60;

/** A sensor and the instants of its signals that may be alerts, seconds after BASE. */
function listening(
  model: string,
  type: SensorType,
  state: SensorState = newSensorState(BASE),
): { readonly sensor: Sensor; readonly alarms: readonly number[] } {
  const alarms: number[] = [];
  const settings = sensorSettings('C2', model, { type, zone: 'ground' });
  const alarm: Sensor['alarm'] = (_, { at }) => {
    alarms.push((at - BASE) / 1000);
    return undefined;
  };
  return { sensor: { number: 0, settings, state, tally: newTally(), emit: () => undefined, alarm }, alarms };
}

function say(sensor: Sensor, seconds: number, word: string): void {
  const at = BASE + seconds * 1000;
  expire(sensor, at);
  const heard = { at, now: at, line: { generation: 'g', offset: seconds }, source: 'rcva' } as const;
  const [name = '', ...flags] = word.split(':');
  if (name === 'On' || name === 'Off') unitHeard(sensor, 'C2', name, '', heard);
  else securityHeard(sensor, { name, flags: flags as SecurityFlag[], args: '' }, heard);
}

/** Plays `A` (Alert), `C` (Clear), `A:Main` ..., `+60` s; gives the instants of what may be alerts, in minutes. */
function play(model: string, type: SensorType, script: string, state?: SensorState): readonly number[] {
  const { sensor, alarms } = listening(model, type, state);
  let seconds = 0;
  for (const word of script.split(' ')) {
    if (word.startsWith('+')) seconds += Number(word.slice(1)) * MINUTES;
    else say(sensor, seconds, word.replace(/^A(?=$|:)/, 'Alert').replace(/^C(?=$|:)/, 'Clear'));
  }
  return alarms.map((at) => at / MINUTES);
}

describe.each([
  ['DS10A', 'window'],
  ['DS18', 'door'],
  ['SD90', 'smoke'],
  ['GB10', 'glass'],
] as const)('a %s as %s', (model, type) => {
  test.each([
    ['opens once, whatever it repeats', 'A +63 A +63 A +63 A', [0]],
    ['opens again', 'A +10 C +10 A', [0, 20]],
    ['is closed at a heartbeat', 'A +63 C +63 A', [0, 126]],
    ['says it several times', 'A +0.1 A +0.1 A', [0]],
    ['a Clear was lost, and it opens again', 'A +20 A', [0, 20]],
    ['a Clear was lost, and it opens again and stays open', 'A +20 A +63 A', [0, 20]],
    ['a heartbeat was lost', 'A +126 A', [0]],
    ['two were lost', 'A +189 A', [0]],
    ['three were lost', 'A +252 A', [0, 252]],
    ['the Alert was lost, and a heartbeat tells', 'C +20 +43 A', [63]],
    ['its state is not known', 'A', [0]],
    ['heyu hides what has not changed (HIDE_UNCHANGED)', 'A +600 C +60 A +120 C', [0, 660]],
    ['its battery was changed, and it says anew that it is open', 'A +63 A +25 A +63 A', [0, 88]],
    ['its heartbeat is its own', 'C +45 C +45 C +45 C +5 A +45 A +45 A', [140]],
    ['which is not known yet', 'A +45 A', [0, 45]],
    [
      'heartbeats that were lost do not make its period longer',
      'C +126 C +63 C +126 C +126 C +5 A +63 A',
      [446],
    ],
  ] as const)('%s', (_, script, expected) => {
    expect(play(model, type, script)).toEqual(expected);
  });
});

describe('a contact with two inputs', () => {
  test.each([
    ['each repeats its own', 'A:Main C:Aux +60 A:Main C:Aux +60 A:Main C:Aux', [0]],
    ['the other one opens, too', 'A:Main +1 A:Aux +59 A:Main +1 A:Aux', [0, 1]],
    ['one was never heard', 'A:Main +60 A:Aux', [0, 60]],
  ] as const)('%s', (_, script, expected) => {
    expect(play('DS90', 'door', script)).toEqual(expected);
  });
});

test.each([
  ['has no heartbeat: On after a while is an opening, of which the Off was lost', 'On +60 On', [0, 60]],
  ['repeats its code', 'On +0.1 On', [0]],
] as const)('a door of standard X10 %s', (_, script, expected) => {
  expect(play('X10', 'door', script)).toEqual(expected);
});

describe('a motion sensor with a heartbeat', () => {
  test.each([
    ['each Alert counts', 'A +0.1 C +0.1 A +0.1 A', [0, 0.2, 0.3]],
    ['a Clear was lost; 90 minutes later comes the heartbeat', 'A +90 A', [0]],
    ['and again', 'A +90 A +90 A', [0]],
    ['one heartbeat was lost', 'A +180 A', [0]],
    ['two were lost', 'A +270 A', [0]],
    ['three were lost', 'A +360 A', [0, 360]],
    ['a Clear was lost; 45 minutes later it is motion', 'A +45 A +0.1 C', [0, 45]],
    ['motion that looks like a heartbeat has a Clear some seconds later', 'A +90 A +0.1 C', [0, 90]],
    ['or another Alert', 'A +90 A +0.5 A', [0, 90, 90.5]],
    ['what comes later is something else', 'A +90 A +0.6 C', [0]],
    ['half a minute is soon enough', 'A +90 A +0.5 C', [0, 90]],
    ['its period is its own', 'C +60 C +60 C +60 C +5 A +60 A +90 A +1 C', [185, 335]],
  ] as const)('%s', (_, script, expected) => {
    expect(play('MS10A', 'motion', script)).toEqual(expected);
  });

  test('an empty battery cries on; motion after a pause is motion', () => {
    const cries = 'A:LoBat +1 A:LoBat +1 A:LoBat +1 A:LoBat +1 A:LoBat +1 A:LoBat';
    expect(play('MS10A', 'motion', cries)).toEqual([0, 1, 2, 3]);
    expect(play('MS10A', 'motion', 'A:LoBat +45 A:LoBat +0.1 C:LoBat')).toEqual([0, 45]);
    expect(play('MS10A', 'motion', 'A +4 A:LoBat +0.1 C:LoBat +1 A:LoBat')).toEqual([0, 4, 5.1]);
  });

  test('what was doubted counts with its own id, after a restart, too', () => {
    const first = listening('MS10A', 'motion');
    say(first.sensor, 0, 'Alert');
    say(first.sensor, 5400, 'Alert');
    const stored = JSON.parse(JSON.stringify(first.sensor.state)) as SensorState;
    const next = listening('MS10A', 'motion', stored);
    say(next.sensor, 5406, 'Clear');
    expect(next.alarms).toEqual([5400]);
    expect(next.sensor.state.motion).toMatchObject({ on: true, since: BASE + 5_400_000, id: 'g-5400' });
  });
});

describe('what version 0.1 remembered', () => {
  const old = (state: Partial<SensorState>): SensorState => ({ ...newSensorState(BASE), ...state });

  test('a window that stood open is not opened by its heartbeat', () => {
    const seenAt = BASE - 60 * MINUTES * 1000;
    expect(play('DS10A', 'window', 'A', old({ values: { contact: 'ON' }, seenAt }))).toEqual([]);
    expect(
      play('DS90', 'door', 'A:Main', old({ values: { contact: 'ON' }, open: { main: true }, seenAt })),
    ).toEqual([]);
    expect(
      play('DS90', 'door', 'A:Aux', old({ values: { contact: 'ON' }, open: { main: true }, seenAt })),
    ).toEqual([0]);
    expect(play('DS10A', 'window', 'A', old({ values: { contact: 'OFF' }, seenAt }))).toEqual([0]);
  });

  test('nor does the heartbeat of a motion sensor count', () => {
    const seenAt = BASE - 90 * MINUTES * 1000;
    const { motion } = newSensorState(BASE);
    expect(play('MS10A', 'motion', 'A', old({ motion: { ...motion, alertsSince: seenAt }, seenAt }))).toEqual(
      [],
    );
    expect(play('MS10A', 'motion', 'A', old({ seenAt }))).toEqual([0]);
  });
});

/** What a contact really does, and which of its lines reach the log. */
const LIFE = fc.record({
  /** Minutes between heartbeats. */
  period: fc.constantFrom(60, 61, 62, 63),
  /** Minutes that it is closed and then open, again and again. */
  times: fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 600 })), {
    minLength: 1,
    maxLength: 8,
  }),
  lost: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
});

/** The lines of a life; of heartbeats at most two in a row are lost, of other lines those that `mayLose` names. */
function linesOf(
  { period, times, lost }: Life,
  mayLose: 'heartbeats' | 'heartbeats and Clear',
): readonly (readonly [minute: number, word: string])[] {
  const lines: (readonly [number, string])[] = [];
  let minute = 0;
  let drawn = 0;
  let inARow = 0;
  const tell = (word: string, isLosable: boolean): void => {
    drawn += 1;
    const isLost = isLosable && lost[drawn % lost.length] === true && inARow < 2;
    inARow = isLost ? inARow + 1 : 0;
    if (!isLost) lines.push([minute, word]);
  };
  const last = (word: string, minutes: number): void => {
    const end = minute + minutes;
    while (minute + period < end) {
      minute += period;
      tell(word, true);
    }
    minute = end;
  };
  for (const [closed, open] of times) {
    last('Clear', closed);
    tell('Alert', false);
    last('Alert', open);
    tell('Clear', mayLose === 'heartbeats and Clear');
  }
  return lines;
}

type Life = {
  readonly period: number;
  readonly times: readonly (readonly [number, number])[];
  readonly lost: readonly boolean[];
};

test('a contact of which only heartbeats are lost gives one alert for each opening', () => {
  fc.assert(
    fc.property(LIFE, (life) => {
      const { sensor, alarms } = listening('DS10A', 'window');
      for (const [minute, word] of linesOf(life, 'heartbeats')) say(sensor, minute * MINUTES, word);
      let minute = 0;
      const openings = life.times.map(([closed, open]) => {
        minute += closed;
        const opened = minute;
        minute += open;
        return opened;
      });
      expect(alarms.map((at) => at / MINUTES)).toEqual(openings);
    }),
  );
});

test('whatever is lost, what is no alert is a burst or comes when a heartbeat may come', () => {
  fc.assert(
    fc.property(LIFE, (life) => {
      const { sensor, alarms } = listening('DS10A', 'window');
      const lines = linesOf(life, 'heartbeats and Clear');
      lines.forEach(([minute, word], index) => {
        const before = alarms.length;
        say(sensor, minute * MINUTES, word);
        if (word !== 'Alert' || alarms.length > before) return;
        const [since = NaN, last] = lines[index - 1] ?? [];
        expect(last).toBe('Alert');
        const pause = minute - since;
        const nearest = Math.min(
          ...[60, 61, 62, 63].flatMap((p) => [1, 2, 3].map((n) => Math.abs(pause - n * p) / (n * p))),
        );
        expect(nearest).toBeLessThanOrEqual(0.25);
      });
    }),
  );
});
