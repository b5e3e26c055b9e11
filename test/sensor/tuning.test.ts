/** Every knob of a sensor, as its owner turns it: in aliases.yaml, or for all sensors in config.yaml. */

import { describe, expect, test } from 'vitest';
import { Explainer } from '../../src/bridge/explain.js';
import { aliasesText, good, scene } from '../config/scene.js';
import { replay, stamp } from '../support/replayed.js';

/** What is published for lines, with these keys of an alias and these of all sensors. */
function said(keys: string, sensors: string, lines: readonly string[]): readonly string[] {
  const files = {
    'config.yaml': sensors === '' ? '{}\n' : `sensors: { ${sensors} }\n`,
    'aliases.yaml': aliasesText(`hall: { address: A3${keys === '' ? '' : `, ${keys}`} }`),
  };
  const { core } = good(scene(files).load()).configuration;
  return replay(core.sensors, lines).published.filter((text) => /motion |silent |state /.test(text));
}

const ON = 'hall/motion ON';
const OFF = 'hall/motion OFF';
const look = 'Scripts enabled';

type Row = readonly [string, string, string, readonly string[], readonly string[]];

const ROWS: readonly Row[] = [
  [
    'hold: five minutes by default',
    '',
    '',
    ['rcvi A3 On', '+299', look, 'rcvi A3 On', '+300', look, 'rcvi A3 On'],
    [ON, OFF, ON, OFF],
  ],
  [
    'hold of the model',
    'model: MS10A',
    '',
    ['rcvi A3 On', '+60', look, 'rcvi A3 On'],
    [ON, 'hall/silent OFF', OFF, ON, OFF],
  ],
  ['hold of the alias', 'hold: 10s', '', ['rcvi A3 On', '+10', look, 'rcvi A3 On'], [ON, OFF, ON, OFF]],
  ['hold of all sensors', '', 'hold: 10s', ['rcvi A3 On', '+10', look, 'rcvi A3 On'], [ON, OFF, ON, OFF]],
  [
    'hold of the alias before that of all',
    'hold: 20s',
    'hold: 10s',
    ['rcvi A3 On', '+19', look, 'rcvi A3 On'],
    [ON, OFF],
  ],
  ['off: the sensor ends it', '', '', ['rcvi A3 On', '+5', 'rcvi A3 Off', 'rcvi A3 On'], [ON, OFF, ON, OFF]],
  [
    'off: only the hold time ends it',
    'off: hold',
    '',
    ['rcvi A3 On', '+5', 'rcvi A3 Off', 'rcvi A3 On'],
    [ON, OFF],
  ],
  ['off of all sensors', '', 'off: hold', ['rcvi A3 On', '+5', 'rcvi A3 Off', 'rcvi A3 On'], [ON, OFF]],
  [
    'off: an MS10A that ends it',
    'model: MS10A, off: sensor',
    '',
    ['rcvi A3 On', '+5', 'rcvi A3 Off', 'rcvi A3 On'],
    [ON, 'hall/silent OFF', OFF, ON, OFF],
  ],
  ['cooldown: none', '', '', ['rcvi A3 On', 'rcvi A3 Off', '+1', 'rcvi A3 On'], [ON, OFF, ON, OFF]],
  [
    'cooldown of the alias',
    'cooldown: 10s',
    '',
    ['rcvi A3 On', 'rcvi A3 Off', '+9', 'rcvi A3 On'],
    [ON, OFF],
  ],
  [
    'cooldown over',
    'cooldown: 10s',
    '',
    ['rcvi A3 On', 'rcvi A3 Off', '+10', 'rcvi A3 On'],
    [ON, OFF, ON, OFF],
  ],
  [
    'cooldown of all sensors',
    '',
    'cooldown: 10s',
    ['rcvi A3 On', 'rcvi A3 Off', '+9', 'rcvi A3 On'],
    [ON, OFF],
  ],
  [
    'min_on: an Off too early',
    'min_on: 30s',
    '',
    ['rcvi A3 On', '+5', 'rcvi A3 Off', '+24', 'rcvi A3 On'],
    [ON, OFF],
  ],
  [
    'min_on: over',
    'min_on: 30s',
    '',
    ['rcvi A3 On', '+5', 'rcvi A3 Off', '+25', look, 'rcvi A3 On'],
    [ON, OFF, ON, OFF],
  ],
  [
    'min_on: longer than hold',
    'min_on: 30s, hold: 10s',
    '',
    ['rcvi A3 On', '+29', look, 'rcvi A3 On'],
    [ON, OFF],
  ],
  [
    'min_on of all sensors',
    '',
    'min_on: 30s',
    ['rcvi A3 On', '+5', 'rcvi A3 Off', '+24', 'rcvi A3 On'],
    [ON, OFF],
  ],
  [
    'sources: what happened in the house',
    '',
    '',
    ['sndc A3 On', 'snds A3 On', 'sndp A3 On', 'sndm A3 On', 'sndt A3 On'],
    [],
  ],
  [
    'sources: each of these',
    '',
    '',
    ['rcvi', 'rcva', 'snda', 'rcvt'].flatMap((tag) => [`${tag} A3 On`, '+400']),
    [ON, OFF, ON, OFF, ON, OFF, ON, OFF],
  ],
  ['sources of the alias', 'sources: [sndc]', '', ['sndc A3 On', 'sndc A3 Off', 'rcvi A3 On'], [ON, OFF]],
  [
    'sources of all sensors',
    '',
    'sources: [rcva]',
    ['rcva A3 On', 'rcva A3 Off', '+5', 'rcvi A3 On', 'snda A3 On'],
    [ON, OFF],
  ],
  [
    'sources of a lamp: everybody who switches it',
    'model: StdLM',
    'sources: [rcva]',
    ['sndc A3 On', 'sndm A3 Off'],
    ['hall/state ON', 'hall/state OFF'],
  ],
  [
    'sources of a lamp: as its alias says',
    'model: StdLM, sources: [rcvi]',
    '',
    ['sndc A3 On', 'rcvi A3 On'],
    ['hall/state ON'],
  ],
  ['silent_after: never by default', '', '', ['rcvi A3 On', '+90000', look], [ON, OFF]],
  [
    'silent_after of the model',
    'model: MS10A',
    '',
    ['rcvi A3 On', '+86400', look],
    [ON, 'hall/silent OFF', OFF, 'hall/silent ON'],
  ],
  [
    'silent_after of the alias',
    'silent_after: 1h',
    '',
    ['rcvi A3 On', '+3600', look, 'rcvi A3 Off'],
    [ON, 'hall/silent OFF', OFF, 'hall/silent ON', 'hall/silent OFF'],
  ],
  [
    'silent_after of all sensors',
    '',
    'silent_after: 1h',
    ['rcvi A3 On', '+3599', look],
    [ON, 'hall/silent OFF', OFF],
  ],
  [
    'ignore',
    'ignore: true',
    '',
    ['rcvi A3 On', '+5', 'rcvi A3 Off', 'rcva func     Inactive : hu A3  (x)'],
    [],
  ],
  [
    'ignore a lamp',
    'model: StdLM, ignore: true',
    '',
    ['rcvi A3 On', 'rcvi func       AllOff : hc A', 'rcvi func      xPreset : hu A3  level 31 (x)'],
    [],
  ],
];

test.each(ROWS)('%s', (_, keys, sensors, lines, expected) => {
  expect(said(keys, sensors, lines)).toEqual(expected);
});

describe('modes', () => {
  /** The zone is armed away. */
  const alerts = (keys: string): number => {
    const files = {
      'config.yaml': 'zones: { ground: {} }\n',
      'aliases.yaml': aliasesText(`hall: { address: A3, zone: ground${keys} }`),
    };
    const { core } = good(scene(files).load()).configuration;
    let count = 0;
    const armed = { year: 2026, armed: ['ground'], disarmed: [] };
    const explainer = new Explainer(core, armed, ({ finding }) => {
      if (finding.kind === 'publish' && finding.topic === 'x10/zone/ground/alert') count += 1;
    });
    ['rcvi addr unit       3 : hu A3  (x)', 'rcvi func           On : hc A'].forEach((text, index) => {
      explainer.line(`${stamp(0)}  ${text}`, 'log', index + 1, index);
    });
    explainer.end();
    return count;
  };

  test.each([
    ['all of them', '', 1],
    ['this one', ', modes: [away]', 1],
    ['this one and others', ', modes: [home, away]', 1],
    ['others', ', modes: [home, night]', 0],
  ])('in which it raises an alert: %s', (_, keys, expected) => {
    expect(alerts(keys)).toBe(expected);
  });
});
