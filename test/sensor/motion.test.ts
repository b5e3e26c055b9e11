/** The motion machine: many signs, one start, one end. */

import { describe, expect, test } from 'vitest';
import { newSensorState, newTally, type Sensor } from '../../src/sensor/heard.js';
import { expire, securityHeard, unitHeard } from '../../src/sensor/sensor.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { sensorSettings } from '../support/settings.js';
import { fc } from '../support/property.js';

const BASE = 1_000_000_000_000;

/** Plays a script on one sensor: `On`, `Off`, `Alert`, `Alert!` (LoBat), `Clear`, `+60` s, `~30` reads the next 30 s late. */
function play(model: string, script: string, more: Partial<SensorSettings> = {}): string[] {
  const said: string[] = [];
  const sensor: Sensor = {
    settings: sensorSettings('A3', model, { zone: 'ground', ...more }),
    state: newSensorState(BASE),
    number: 0,
    emit: (effect) => {
      if (effect.kind === 'channel' && effect.channel === 'motion') said.push(effect.value);
      if (effect.kind === 'sensor_event')
        said.push(`${effect.event.type}#${effect.event.id.split('-')[1] ?? ''}`);
    },
    tally: newTally(),
    alarm: () => {
      said.push('?');
      return { security: 'disarmed', verified: true };
    },
  };
  let at = BASE;
  let late = 0;
  let offset = 0;
  for (const word of script.split(' ')) {
    if (word.startsWith('+')) {
      at += Number(word.slice(1)) * 1000;
      expire(sensor, at);
    } else if (word.startsWith('~')) late = Number(word.slice(1)) * 1000;
    else {
      offset += 1;
      const heard = { at, now: at + late, line: { generation: 'g', offset }, source: 'rcvi' } as const;
      if (word === 'On' || word === 'Off') unitHeard(sensor, 'A3', word, '', heard);
      else {
        const flags = word.endsWith('!') ? (['LoBat'] as const) : [];
        securityHeard(sensor, { name: word.replace('!', ''), flags, args: '' }, heard);
      }
    }
  }
  return said;
}

describe('a motion sensor of standard X10', () => {
  test.each([
    ['On is motion', 'On', ['ON', '?', 'motion#1']],
    ['repeats are judged, but publish nothing', 'On On On', ['ON', '?', 'motion#1', '?', '?']],
    ['Off ends it', 'On Off', ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear']],
    ['Off alone is nothing', 'Off', []],
    ['a second Off is nothing', 'On Off Off', ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear']],
    ['the hold time ends it', 'On +300', ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear']],
    ['not a moment sooner', 'On +299', ['ON', '?', 'motion#1']],
    ['repeats make it last', 'On +200 On +200 On +299', ['ON', '?', 'motion#1', '?', '?']],
    [
      'the next On begins the next',
      'On Off On',
      ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear', 'ON', '?', 'motion#3'],
    ],
    ['other functions are nothing', 'On Dim', ['ON', '?', 'motion#1']],
    ['read too late it is missed and shows nothing', '~300 On', ['?', 'motion_missed#1']],
    ['a missed one ends silently', '~300 On ~0 +300', ['?', 'motion_missed#1']],
    ['a missed one that goes on is shown', '~300 On ~0 On', ['?', 'motion_missed#1', 'ON', '?']],
    ['late, but within its hold time, it is live', '~299 On', ['ON', '?', 'motion#1']],
  ] as const)('%s', (_, script, expected) => {
    expect(play('MS14A', script)).toEqual(expected);
  });

  test('a cool-down swallows starts, not alarms', () => {
    expect(play('MS14A', 'On Off On +10 On', { cooldownMs: 10_000 })).toEqual([
      'ON',
      '?',
      'motion#1',
      'OFF',
      'clear#1.clear',
      '?',
      'ON',
      '?',
      'motion#4',
    ]);
  });

  test('a minimum on-time outlasts an Off', () => {
    expect(play('MS14A', 'On Off +4 +1', { minOnMs: 5000 })).toEqual([
      'ON',
      '?',
      'motion#1',
      'OFF',
      'clear#1.clear',
    ]);
    expect(play('MS14A', 'On Off +4', { minOnMs: 5000 })).toEqual(['ON', '?', 'motion#1']);
  });

  test('with the policy hold its Off does not end it', () => {
    expect(play('MS14A', 'On Off +299', { off: 'hold' })).toEqual(['ON', '?', 'motion#1']);
  });
});

describe('an MS10A', () => {
  test.each([
    ['Alert is motion', 'Alert', ['ON', '?', 'motion#1']],
    [
      'it alternates while someone moves: one motion',
      'Alert +5 Clear +5 Alert +5 Clear +5 Alert',
      ['ON', '?', 'motion#1', '?', '?'],
    ],
    ['its hold time ends it', 'Alert +5 Clear +55', ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear']],
    ['a Clear is no motion', 'Clear', []],
    [
      'an Alert 90 minutes after the last without a Clear is a heartbeat',
      'Alert +5400 Alert',
      ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear'],
    ],
    [
      'with a Clear between it is motion',
      'Alert +5 Clear +1800 Alert',
      ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear', 'ON', '?', 'motion#3'],
    ],
    [
      'sooner it is motion, too',
      'Alert +1800 Alert',
      ['ON', '?', 'motion#1', 'OFF', 'clear#1.clear', 'ON', '?', 'motion#2'],
    ],
    ['a low battery is motion at first', 'Alert!', ['ON', '?', 'motion#1']],
    [
      'but not without end',
      'Alert! +50 Alert! +50 Alert! +50 Alert! +50 Alert! +50 Alert!',
      ['ON', '?', 'motion#1', '?', '?', '?', 'OFF', 'clear#1.clear'],
    ],
  ] as const)('%s', (_, script, expected) => {
    expect(play('MS10A', script)).toEqual(expected);
  });
});

test('a DM10 never clears: each Alert after its hold time is a motion', () => {
  expect(play('DM10', 'Alert +120 Alert +3600 Alert')).toEqual([
    'ON',
    '?',
    'motion#1',
    'OFF',
    'clear#1.clear',
    'ON',
    '?',
    'motion#2',
    'OFF',
    'clear#2.clear',
    'ON',
    '?',
    'motion#3',
  ]);
});

test('whatever is heard: states alternate, every clear has its motion, nothing is ON past its time', () => {
  const word = fc.constantFrom('On', 'Off', 'On', '+1', '+10', '+100', '+400', '~0', '~100', '~400');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), fc.constantFrom('sensor', 'hold'), (words, off) => {
      const said = play('MS14A', [...words, '~0', '+400'].join(' '), { off });
      const states = said.filter((text) => text === 'ON' || text === 'OFF');
      states.forEach((state, index) => expect(state).toBe(index % 2 === 0 ? 'ON' : 'OFF'));
      expect(states.length % 2).toBe(0);
      const ids = said.filter((text) => text.startsWith('motion')).map((text) => text.split('#')[1]);
      expect(new Set(ids).size).toBe(ids.length);
      for (const text of said) {
        if (text.startsWith('clear#')) expect(ids).toContain(text.slice(6).replace('.clear', ''));
      }
    }),
  );
});
