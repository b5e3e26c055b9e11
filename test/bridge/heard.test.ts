/** What the lines of the log mean to sensors, lamps and remotes, through the whole core. */

import { describe, expect, test } from 'vitest';
import { SOURCES } from '../../src/heyu/source.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { replay, written } from '../support/replayed.js';
import { sensorSettings } from '../support/settings.js';

const ALL = new Set(SOURCES);
const hall = sensorSettings('A3', 'MS14A', { topic: 'hall', dusk: 'A4' });
const lamp = sensorSettings('A1', 'StdLM', { type: 'light', topic: 'lamp', sources: ALL });
const wall = sensorSettings('A8', 'LM14A', { type: 'light', topic: 'wall', sources: ALL });
const fan = sensorSettings('A2', 'StdAM', { type: 'appliance', topic: 'fan', sources: ALL });
const pad = sensorSettings('A5', 'PALMPAD', { type: 'remote', topic: 'pad' });
const keyfob = sensorSettings('C4', 'KR10A', { type: 'remote', topic: 'keyfob' });
const kaku = sensorSettings('B3', 'KAKU_S', { type: 'motion', topic: 'kaku' });

const said = (sensors: readonly SensorSettings[], ...lines: string[]): readonly string[] =>
  replay(sensors, lines).published;

describe('one motion on several paths', () => {
  const MOTION = ['hall/motion ON', 'hall/event motion', 'hall/motion OFF', 'hall/event clear'];

  test.each([0, 1, 2])('RF, and its power-line copy %i s later', (delay) => {
    for (const rf of ['rcva', 'snda']) {
      for (const line of ['rcvi', 'rcvt']) {
        const lines = [`${rf} A3 On`, `+${delay}`, `${line} A3 On`, '+60', `${rf} A3 Off`, `+${delay}`];
        expect(said([hall], ...lines, `${line} A3 Off`)).toEqual(MOTION);
      }
    }
  });

  test.each([1, 2, 3, 5])('a copy after the Off does not begin another one, %i s after the On', (delay) => {
    const late = said([hall], 'rcva A3 On', `+${delay - 1}`, 'rcva A3 Off', '+1', 'rcvi A3 On');
    const isCopy = delay <= 2;
    expect(late).toEqual(isCopy ? MOTION : [...MOTION, ...MOTION]);
  });

  test('bursts 1, 9 and 17 of a long RF code', () => {
    const bursts = ['rcva A3 On', '+1', 'rcva A3 On', '+1', 'rcva A3 On', '+1', 'rcvi A3 On'];
    expect(said([hall], ...bursts, '+60', 'rcva A3 Off')).toEqual(MOTION);
  });

  test('what stands between a code and its copy does not matter', () => {
    expect(said([hall], 'rcva A3 On', 'rcvi B7 On', '+1', 'rcvi A3 On', '+1', 'rcva A3 Off')).toEqual(MOTION);
  });

  test('the copy of darkness changes nothing', () => {
    expect(said([hall], 'rcva A4 On', '+1', 'rcvi A4 On', '+9', 'rcva A4 Off', '+1', 'rcvi A4 Off')).toEqual([
      'hall/light OFF',
      'hall/light ON',
    ]);
  });
});

describe('functions of a house code are no motion', () => {
  test.each(['AllOff', 'LightsOn', 'LightsOff', 'Dim', 'Bright', 'AllOn', 'Hail', 'StatusOn', 'xAllOn'])(
    '%s',
    (name) => {
      const lines = [
        'rcvi A4 On',
        '+300',
        'rcvi addr unit       3 : hu A3  (x)',
        `rcvi func ${name.padStart(12)} : hc A`,
      ];
      expect(said([hall], ...lines)).toEqual(['hall/light OFF']);
    },
  );
});

describe('a lamp', () => {
  const on = 'rcvi A1 On';
  const dim = 'rcvi func          Dim : hc A dim %22 [46]';
  const bright = 'rcvi func       Bright : hc A bright %12 [25]';

  test.each<[string, string[], string[]]>([
    ['is switched on and off', [on, 'rcvi A1 Off'], ['lamp/state ON', 'lamp/state OFF']],
    ['by heyu itself too', ['sndc A1 On', 'snds A1 Off'], ['lamp/state ON', 'lamp/state OFF']],
    ['dims', [on, dim, dim], ['lamp/state ON', 'lamp/brightness 78', 'lamp/brightness 56']],
    ['brightens', [on, dim, bright], ['lamp/state ON', 'lamp/brightness 78', 'lamp/brightness 90']],
    [
      'comes on when it is dimmed',
      ['rcvi A1 Off', dim],
      ['lamp/state OFF', 'lamp/state ON', 'lamp/brightness 78'],
    ],
    [
      'comes on at full brightness after it was off',
      [on, dim, 'rcvi A1 Off', on],
      ['lamp/state ON', 'lamp/brightness 78', 'lamp/state OFF', 'lamp/state ON', 'lamp/brightness 100'],
    ],
    ['is dimmed by one who does not mean it: no', [on, 'rcvi A9 On', dim], ['lamp/state ON']],
    ['All units off', [on, 'rcvi func       AllOff : hc A'], ['lamp/state ON', 'lamp/state OFF']],
    ['All units off elsewhere', [on, 'rcvi func       AllOff : hc B'], ['lamp/state ON']],
    ['All lights on', ['rcvi func     LightsOn : hc A'], ['lamp/state ON']],
    ['All lights off', [on, 'rcvi func    LightsOff : hc A'], ['lamp/state ON', 'lamp/state OFF']],
    [
      'answers how it is',
      [
        'rcvi addr unit       1 : hu A1  (x)',
        'rcvi func     StatusOn : hc A',
        'rcvi func    StatusOff : hc A',
      ],
      ['lamp/state ON', 'lamp/state OFF'],
    ],
    ['does not answer for others', [on, 'rcvi A9 On', 'rcvi func    StatusOff : hc A'], ['lamp/state ON']],
    ['answers nobody', ['rcvi func     StatusOn : hc A'], []],
    [
      'is preset',
      ['rcvi func      xPreset : hu A1  level 31 (x)', 'rcvi func      xPreset : hu A1  level 0 ramp 3 (x)'],
      ['lamp/state ON', 'lamp/brightness 49', 'lamp/state OFF'],
    ],
    [
      'answers its level',
      [
        'rcvi func   xStatusAck : hu A1  Lamp level 63, NoBulb (x)',
        'rcvi func   xStatusAck : hu A1  Lamp level 0 (x)',
      ],
      ['lamp/state ON', 'lamp/brightness 100', 'lamp/state OFF'],
    ],
    ['everything on', ['rcvi func       xAllOn : hc A'], ['lamp/state ON']],
    ['everything off', [on, 'rcvi func      xAllOff : hc A'], ['lamp/state ON', 'lamp/state OFF']],
    [
      'is dimmed once by RF and its copy',
      [
        'rcva A1 On',
        'rcva func          Dim : hc A dim %06 [~13]',
        '+1',
        'rcvi A1 On',
        'rcvi func          Dim : hc A dim %06 [12]',
      ],
      ['lamp/state ON', 'lamp/brightness 94'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(said([lamp], ...lines)).toEqual(expected);
  });

  test('that remembers its level comes on as it was', () => {
    const lines = ['rcvi A8 On', dim, 'rcvi A8 Off', 'rcvi A8 On'];
    expect(said([wall], ...lines)).toEqual([
      'wall/state ON',
      'wall/brightness 78',
      'wall/state OFF',
      'wall/state ON',
    ]);
  });

  test('minds its sources', () => {
    const deaf = { ...lamp, sources: new Set(['rcvi'] as const) };
    const preset = 'sndc func      xPreset : hu A1  level 31 (x)';
    expect(
      said([deaf], 'sndc A1 On', 'sndc func       AllOff : hc A', 'sndc func     LightsOn : hc A', preset),
    ).toEqual([]);
    expect(said([deaf], 'rcvi A1 On', 'rcvi func       AllOff : hc A')).toEqual([
      'lamp/state ON',
      'lamp/state OFF',
    ]);
  });
});

describe('an appliance', () => {
  test.each<[string, string[], string[]]>([
    ['is switched', ['rcvi A2 On', 'rcvi A2 Off'], ['fan/state ON', 'fan/state OFF']],
    ['is no light', ['rcvi A2 On', 'rcvi func    LightsOff : hc A'], ['fan/state ON']],
    ['does not come on with the lights', ['rcvi func     LightsOn : hc A'], []],
    [
      'goes off with everything',
      ['rcvi A2 On', 'rcvi func       AllOff : hc A'],
      ['fan/state ON', 'fan/state OFF'],
    ],
    ['does not dim', ['rcvi A2 On', 'rcvi func          Dim : hc A dim %22 [46]'], ['fan/state ON']],
    [
      'answers',
      [
        'rcvi func   xStatusAck : hu A2  Switch On  LoadOK (x)',
        'rcvi func   xStatusAck : hu A2  Switch Off  NoLoad (x)',
      ],
      ['fan/state ON', 'fan/state OFF'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(said([fan], ...lines)).toEqual(expected);
  });
});

describe('KlikAanKlikUit', () => {
  test.each([
    [
      'names its unit in the line',
      ['rcva func          kOn : hu B3  (x)', 'rcva func         kOff : hu B3  (x)'],
    ],
    [
      'or before',
      ['rcva      kAddress : hu B3 (x)', 'rcva func          kOn : hc B', 'rcva func         kOff : hc B'],
    ],
  ])('%s', (_, lines) => {
    expect(said([kaku], ...lines)).toEqual([
      'kaku/motion ON',
      'kaku/event motion',
      'kaku/motion OFF',
      'kaku/event clear',
    ]);
  });
});

describe('a remote', () => {
  const dim = 'rcva func          Dim : hc A dim %06 [~13]';

  test.each<[string, string[], string[]]>([
    ['of standard X10', ['rcva A5 On', '+5', 'rcva A5 Off'], ['on', 'off']],
    [
      'has a power-line copy',
      ['rcva A5 On', '+1', 'rcvi A5 On', '+5', 'rcva A5 Off', '+2', 'rcvt A5 Off'],
      ['on', 'off'],
    ],
    ['dims step by step', ['rcva A5 On', dim, '+1', dim], ['on', 'dim', 'dim']],
    [
      'dims once on two paths',
      ['rcva A5 On', dim, '+1', 'rcvi func          Dim : hc A dim %06 [12]'],
      ['on', 'dim'],
    ],
    [
      'switches everything off once',
      ['rcva func       AllOff : hc A', '+1', 'rcvi func       AllOff : hc A'],
      ['all_off'],
    ],
    [
      'switches lights',
      ['rcva func     LightsOn : hc A', '+5', 'rcva func    LightsOff : hc A'],
      ['lights_on', 'lights_off'],
    ],
    ['does not ask for a status', ['rcva func    StatusReq : hc A', 'rcva func      HailAck : hc A'], []],
    ['is not heyu', ['sndc A5 On', 'sndc func       AllOff : hc A'], []],
  ])('%s', (_, lines, expected) => {
    expect(said([pad], ...lines)).toEqual(expected.map((type) => `pad/event ${type}`));
  });

  test('is not seen when others talk on its house code', () => {
    const { found } = replay([pad], ['rcvi func    StatusReq : hc A', 'sndc func       AllOff : hc A']);
    expect(found.filter(({ kind }) => kind === 'publish')).toEqual([]);
  });

  test('of security RF tells modes and delays', () => {
    const { found } = replay([keyfob], ['rcva func          Arm : hu C4  swHome swMax  (x)']);
    const sent = found.flatMap((finding) =>
      finding.kind === 'publish' && !finding.retain ? [JSON.parse(finding.payload) as unknown] : [],
    );
    expect(sent).toMatchObject([{ event_type: 'arm', mode: 'home', delay: 'max', address: 'C4' }]);
  });
});

describe('two lines glued together by a full disk', () => {
  const motion = ['hall/motion ON', 'hall/event motion', 'hall/motion OFF', 'hall/event clear'];
  const address = 'rcvi addr unit       3 : hu A3  (hall_motion)';
  const stampOf = (second: number): string => `11/22 13:00:0${second}  `;

  // cut right behind its blanks a stamp stands before what may be a note that quotes a line (heyu logmsg)
  const cuts = Array.from({ length: 61 }, (_, cut) => cut).filter((cut) => cut !== 15 && cut !== 16);

  test.each(cuts)('cut after %i characters', (cut) => {
    for (const before of ['rcva func        Alert : hu C1   (sec_motion)', 'rcvi func          Off : hc B']) {
      const piece = `${stampOf(0)}${before}`.slice(0, cut);
      const { explain, published } = written([hall]);
      explain(`${piece}${stampOf(5)}${address}`);
      explain(`${stampOf(6)}rcvi func           On : hc A`);
      expect(published()).toEqual(motion);
    }
  });

  test('a piece that is whole counts too', () => {
    const cellar = sensorSettings('C1', 'MS10A', { topic: 'cellar' });
    const { explain, published } = written([hall, cellar]);
    explain(`${stampOf(0)}rcva func        Alert : hu C1   (sec_motion)${stampOf(5)}${address}`);
    explain(`${stampOf(6)}rcvi func           On : hc A`);
    expect(published()).toEqual(expect.arrayContaining(['cellar/motion ON', 'hall/motion ON']));
  });

  test('the command line of a script is none', () => {
    const { explain, published } = written([hall]);
    explain(`${stampOf(0)}Launching 'x': echo "${stampOf(5)}${address}"`);
    explain(`${stampOf(6)}rcvi func           On : hc A`);
    expect(published()).toEqual([]);
  });
});
