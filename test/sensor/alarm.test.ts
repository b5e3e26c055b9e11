/** Contacts, smoke, glass and water: states, events, and what is read too late. */

import { describe, expect, test } from 'vitest';
import { newSensorState, newTally, type Sensor } from '../../src/sensor/heard.js';
import { expire, securityHeard } from '../../src/sensor/sensor.js';
import type { SensorType } from '../../src/sensor/types.js';
import type { SecurityFlag } from '../../src/heyu/signal.js';
import { sensorSettings } from '../support/settings.js';

const BASE = 1_000_000_000_000;

/** Plays `Alert`, `Alert:Main:swMin` (flags), `Clear`, `+60` s, `~300` reads the next 300 s late. */
function play(model: string, type: SensorType, script: string): string[] {
  const settings = sensorSettings('C2', model, { type, zone: 'ground' });
  const said: string[] = [];
  const sensor: Sensor = {
    number: 0,
    settings,
    state: newSensorState(BASE),
    emit: (effect) => {
      if (effect.kind === 'sensor_event') said.push(effect.event.type);
      if (effect.kind !== 'channel' || ['battery', 'tamper'].includes(effect.channel)) return;
      const { channel, value } = effect;
      said.push(channel === 'attributes' ? value : `${channel} ${value}`);
    },
    tally: newTally(),
    alarm: () => {
      said.push('?');
      return { security: 'disarmed', verified: true };
    },
  };
  let at = BASE;
  let late = 0;
  script.split(' ').forEach((word, offset) => {
    if (word.startsWith('+')) {
      at += Number(word.slice(1)) * 1000;
      expire(sensor, at);
    } else if (word.startsWith('~')) late = Number(word.slice(1)) * 1000;
    else {
      const [name = '', ...flags] = word.split(':');
      const heard = { at, now: at + late, line: { generation: 'g', offset }, source: 'rcva' } as const;
      securityHeard(sensor, { name, flags: flags as SecurityFlag[], args: flags.join(' ') }, heard);
    }
  });
  return said;
}

describe('a door', () => {
  const CLOSED = '{"delay":null}';
  test.each([
    ['opens and closes', 'Alert Clear', ['contact ON', '?', 'opened', CLOSED, 'contact OFF', 'closed']],
    ['is closed when it is first heard', 'Clear', ['contact OFF', CLOSED]],
    ['says it again and again', 'Clear Clear Clear', ['contact OFF', CLOSED]],
    ['stays open', 'Alert Alert', ['contact ON', '?', 'opened', CLOSED]],
    [
      'tells its delay',
      'Alert:swMin Clear:swMax',
      ['contact ON', '?', 'opened', '{"delay":"min"}', 'contact OFF', 'closed', '{"delay":"max"}'],
    ],
    ['was opened while nobody read', '~300 Alert', ['contact ON', '?', 'opened_missed', CLOSED]],
    ['does not mind time', 'Alert +90000', ['contact ON', '?', 'opened', CLOSED]],
    ['does not mind tampering', 'Alert secTamper', ['contact ON', '?', 'opened', CLOSED, '?']],
  ])('%s', (_, script, expected) => {
    expect(play('DS10A', 'door', script)).toEqual(expected);
  });

  test('with two inputs is open while either is', () => {
    expect(play('DS90', 'door', 'Alert:Main Alert:Aux Clear:Main Clear:Aux')).toEqual([
      'contact ON',
      '?',
      'opened',
      '{"delay":null,"main":true}',
      '?',
      '{"delay":null,"main":true,"aux":true}',
      '{"delay":null,"main":false,"aux":true}',
      'contact OFF',
      'closed',
      '{"delay":null,"main":false,"aux":false}',
    ]);
  });
});

describe('smoke', () => {
  test.each([
    ['SD90', 'rises and goes', 'Alert Clear', ['smoke ON', '?', 'alarm', 'smoke OFF', 'clear']],
    ['SD90', 'does not go by itself', 'Alert +90000', ['smoke ON', '?', 'alarm']],
    ['SD90', 'is tested', 'Test', ['test']],
    ['SD90', 'is still there when it is read late', '~300 Alert', ['smoke ON', '?', 'alarm_missed']],
    ['SD10', 'goes when nobody says so', 'Alert +299 +1', ['smoke ON', '?', 'alarm', 'smoke OFF']],
    ['SD10', 'lasts with each Alert', 'Alert +200 Alert +299 +1', ['smoke ON', '?', 'alarm', 'smoke OFF']],
    ['SD10', 'of last night is no state', '~300 Alert', ['?', 'alarm_missed']],
    ['SD10', 'of last night is one event', '~300 Alert +60 Alert +60 Alert', ['?', 'alarm_missed']],
    [
      'SD10',
      'of last night that goes on now is there',
      '~300 Alert +60 ~0 Alert',
      ['?', 'alarm_missed', 'smoke ON', '?', 'alarm'],
    ],
  ])('of an %s %s', (model, _, script, expected) => {
    expect(play(model, 'smoke', script)).toEqual(expected);
  });
});

test.each([
  ['GB10', 'glass', 'Alert Clear sDusk', ['glass ON', '?', 'alarm', 'glass OFF', 'clear', 'light OFF']],
  ['EH-WD210', 'water', 'Alert +300', ['water ON', '?', 'alarm', 'water OFF']],
  ['EH-CWSD10', 'smoke', 'Alert +300', ['smoke ON', '?', 'alarm', 'smoke OFF']],
  ['BMB-SD18', 'smoke', 'Alert Clear', ['smoke ON', '?', 'alarm', 'smoke OFF', 'clear']],
  ['EH-WD210', 'opening', '~300 Alert', ['?', 'opened_missed']],
  ['DS10A', 'garage', 'Alert vData', ['contact ON', '?', 'opened', '{"delay":null}']],
] as const)('a %s', (model, type, script, expected) => {
  expect(play(model, type, script)).toEqual(expected);
});
