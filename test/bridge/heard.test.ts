/** What the lines of the log mean to sensors, lamps and remotes, through the whole core. */

import { describe, expect, test } from 'vitest';
import { SOURCES } from '../../src/heyu/sources.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { replay, written } from '../support/replayed.js';
import { UNNAMED_MODEL } from '../../src/x10/models.js';
import { sensorSettings } from '../support/settings.js';

const ALL = new Set(SOURCES);
const hall = sensorSettings('A3', 'MS14A', { topic: 'hall', dusk: 'A4' });
const lamp = sensorSettings('A1', 'StdLM', { type: 'light', topic: 'lamp', sources: ALL });
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
  test.each(['AllOff', 'LightsOn', 'LightsOff', 'Dim', 'Bright', 'Hail', 'StatusOn', 'xAllOn'])(
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

  const ON = ['lamp/state ON', 'lamp/brightness 100'];
  const OFF = 'lamp/state OFF';
  const all = (name: string): string => `rcvi func ${name.padStart(12)} : hc A`;

  test.each<[string, string[], string[]]>([
    ['is switched on and off', [on, 'rcvi A1 Off'], [...ON, OFF]],
    ['by heyu itself too', ['sndc A1 On', 'snds A1 Off'], [...ON, OFF]],
    // 164 and 118 of 210
    ['dims', [on, dim, dim], [...ON, 'lamp/brightness 76', 'lamp/brightness 53']],
    ['brightens', [on, dim, bright], [...ON, 'lamp/brightness 76', 'lamp/brightness 89']],
    [
      'does not go out when it is dimmed',
      [on, ...Array<string>(5).fill(dim)],
      [...ON, ...[76, 53, 29, 8, 2].map((percent) => `lamp/brightness ${percent}`)],
    ],
    ['comes on when it is dimmed', ['rcvi A1 Off', dim], [OFF, 'lamp/state ON', 'lamp/brightness 76']],
    [
      'comes on at full brightness after it was off',
      [on, dim, 'rcvi A1 Off', on],
      [...ON, 'lamp/brightness 76', OFF, ...ON],
    ],
    ['is dimmed by one who does not mean it: no', [on, 'rcvi A9 On', dim], ON],
    ['All units off', [on, all('AllOff')], [...ON, OFF]],
    ['All units off elsewhere', [on, 'rcvi func       AllOff : hc B'], ON],
    ['All lights on', [all('LightsOn')], ON],
    ['All lights on, known to be off', ['rcvi A1 Off', all('LightsOn')], [OFF, ...ON]],
    ['All lights off: no', [on, all('LightsOff')], ON],
    ['does not answer', ['rcvi addr unit       1 : hu A1  (x)', all('StatusOff')], []],
    ['has no extended codes', ['rcvi func      xPreset : hu A1  level 31 (x)', all('xAllOn')], []],
    [
      'is dimmed once by RF and its copy',
      [
        'rcva A1 On',
        'rcva func          Dim : hc A dim %06 [~13]',
        '+1',
        'rcvi A1 On',
        'rcvi func          Dim : hc A dim %06 [12]',
      ],
      [...ON, 'lamp/brightness 93'],
    ],
  ])('(StdLM) %s', (_, lines, expected) => {
    expect(said([lamp], ...lines)).toEqual(expected);
  });

  const addressed = 'rcvi addr unit       1 : hu A1  (x)';

  test.each<[string, string, string[], string[]]>([
    ['LMS', 'answers how it is', [addressed, all('StatusOn'), all('StatusOff')], [...ON, OFF]],
    [
      'LMS',
      'answers from the power line only',
      ['sndc addr unit       1 : hu A1  (x)', 'sndc func     StatusOn : hc A'],
      [],
    ],
    ['LMS', 'answers alone', [addressed, 'rcvi addr unit       9 : hu A9  (x)', all('StatusOn')], []],
    ['LMS', 'does not answer for others', [on, 'rcvi A9 On', all('StatusOff')], ON],
    ['LMS', 'answers nobody', [all('StatusOn')], []],
    ['WS467', 'goes off with the lights', [on, all('LightsOff')], [...ON, OFF]],
    ['WS13A', 'does not come on when it is dimmed', ['rcvi A1 Off', dim], [OFF]],
    ['WS13A', 'has no brightness', [on], ['lamp/state ON']],
    ['LM15A', 'comes on with the lights, and does not dim', [all('LightsOn'), dim], ['lamp/state ON']],
    [
      'LM14A',
      'is preset',
      ['rcvi func      xPreset : hu A1  level 10 (x)', 'rcvi func      xPreset : hu A1  level 0 ramp 3 (x)'],
      ['lamp/state ON', 'lamp/brightness 23', OFF],
    ],
    [
      'LM14A',
      'is preset for a sub-unit: no',
      ['rcvi func      xPreset : hu A1  subunit 01 level 10 (x)'],
      [],
    ],
    [
      'LM14A',
      'answers its level',
      [
        'rcvi func   xStatusAck : hu A1  Lamp level 63, NoBulb (x)',
        'rcvi func   xStatusAck : hu A1  Lamp level 0, NoBulb (x)',
      ],
      [...ON, OFF],
    ],
    ['LM14A', 'everything on and off', [all('xAllOn'), all('xAllOff')], [...ON, OFF]],
    [
      'LM14A',
      'comes on as it was',
      [on, dim, 'rcvi A1 Off', on, all('LightsOff'), all('LightsOn')],
      [...ON, 'lamp/brightness 77', OFF, 'lamp/state ON', OFF, 'lamp/state ON'],
    ],
    [
      'LM14A',
      'dimmed fully stands at 12 %',
      [on, 'rcvi func          Dim : hc A dim %100 [210]'],
      [...ON, 'lamp/brightness 12'],
    ],
    [
      'LL2LM',
      'is preset',
      [addressed, 'rcvi func       Preset : level 12'],
      ['lamp/state ON', 'lamp/brightness 45'],
    ],
    ['LL2LM', 'is preset to nothing', [on, addressed, 'rcvi func       Preset : level 1'], [...ON, OFF]],
    ['StdLM', 'has no presets', [addressed, 'rcvi func       Preset : level 12'], []],
    [
      'SL1LM',
      'brightens from nothing',
      ['rcvi A1 Off', bright],
      [OFF, 'lamp/state ON', 'lamp/brightness 23'],
    ],
    ['SL1LM', 'may go out when it is dimmed', ['rcvi A1 Off', dim], [OFF]],
    ['RF234', 'stays on when everything goes off', [on, all('AllOff')], ['lamp/state ON']],
    [
      'StdAM',
      'is a lamp behind an appliance module',
      [on, dim, all('LightsOff'), all('AllOff')],
      ['lamp/state ON', OFF],
    ],
    [
      'MS14A',
      'is no lamp to heyu: On and Off only',
      [on, all('LightsOff'), all('AllOff')],
      ['lamp/state ON'],
    ],
  ])('(%s) %s', (model, _, lines, expected) => {
    const row = sensorSettings('A1', model, { type: 'light', topic: 'lamp', sources: ALL });
    expect(said([row], ...lines)).toEqual(expected);
  });

  test('of which nobody knows the module is an LM to heyu', () => {
    const unnamed = { ...lamp, model: UNNAMED_MODEL };
    expect(said([unnamed], on, all('LightsOff'), all('AllOff'), all('LightsOn'))).toEqual([
      'lamp/state ON',
      OFF,
      'lamp/state ON',
    ]);
  });

  test.each([
    ['AMEXC', 'A16', ['one/state OFF']],
    ['AMEXC8', 'A8', ['one/state OFF']],
    ['AMEXC8', 'A9', []],
    ['AMEXC4', 'A4', ['one/state OFF']],
    ['AMEXC4', 'A5', []],
    ['AMEXC4', 'B2', []],
    ['StdAM', 'A2', []],
  ])('(%s on A1) goes off with an On of %s: %j', (model, address, expected) => {
    const one = sensorSettings('A1', model, { type: 'appliance', topic: 'one', sources: ALL });
    expect(said([one], on, `rcvi ${address} On`, `rcvi ${address} Off`)).toEqual([
      'one/state ON',
      ...expected,
    ]);
  });

  test('(AMEXC) is not switched on together with another unit', () => {
    const one = sensorSettings('A1', 'AMEXC', { type: 'appliance', topic: 'one', sources: ALL });
    expect(said([one, fan], addressed, 'rcvi A2 On')).toEqual(['fan/state ON', 'one/state OFF']);
  });

  test('minds its sources', () => {
    const deaf = { ...lamp, sources: new Set(['rcvi'] as const) };
    const preset = 'sndc func      xPreset : hu A1  level 31 (x)';
    expect(
      said([deaf], 'sndc A1 On', 'sndc func       AllOff : hc A', 'sndc func     LightsOn : hc A', preset),
    ).toEqual([]);
    expect(said([deaf], 'rcvi A1 On', 'rcvi func       AllOff : hc A')).toEqual([...ON, OFF]);
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
  ])('%s', (_, lines, expected) => {
    expect(said([fan], ...lines)).toEqual(expected);
  });

  test('that knows extended codes answers', () => {
    const switched = sensorSettings('A2', 'AM14A', { type: 'appliance', topic: 'fan', sources: ALL });
    expect(
      said(
        [switched],
        'rcvi func   xStatusAck : hu A2  Switch On  LoadOK (x)',
        'rcvi func   xStatusAck : hu A2  Switch Off  NoLoad (x)',
      ),
    ).toEqual(['fan/state ON', 'fan/state OFF']);
  });
});

describe('KlikAanKlikUit', () => {
  const lamp = sensorSettings('B7', 'KAKU_S', { type: 'light', topic: 'living' });
  const porch = sensorSettings('C5', 'KAKU_P', { type: 'light', topic: 'porch' });
  const units = ['rcva      kAddress : hu B7 (living)', 'rcva      kAddress : hu C5 (porch)'];
  const functionLine = (name: string, body: string): string => `rcva func ${name.padStart(12)} : ${body}`;

  test('as motion', () => {
    const b3 = 'rcva      kAddress : hu B3 (x)';
    expect(
      said([kaku], b3, functionLine('kOn', 'key 3'), '+5', b3, functionLine('kGrpOff', 'grp A')),
    ).toEqual(['kaku/motion ON', 'kaku/event motion', 'kaku/motion OFF', 'kaku/event clear']);
  });

  test.each([
    ['kOn', 'key 3', ['living/state ON', 'porch/state ON', 'porch/brightness 100']],
    ['kGrpOn', 'grp A', ['living/state ON', 'porch/state ON', 'porch/brightness 100']],
    ['kOff', 'key 16', ['living/state OFF', 'porch/state OFF']],
    ['kGrpOff', 'grp P', ['living/state OFF', 'porch/state OFF']],
    // a KAKU_S has no levels
    ['kPreset', 'key 4 level 9', ['porch/state ON', 'porch/brightness 60']],
    ['kGrpPreset', 'grp B level 0', ['porch/state OFF']],
    ['kUnkPresetFunc', 'key 4', []],
  ])('%s : %s is for all units of the lines before it', (name, body, expected) => {
    expect(said([lamp, porch], ...units, functionLine(name, body))).toEqual(expected);
  });

  test('a unit has one function', () => {
    const on = functionLine('kOn', 'key 3');
    const off = functionLine('kOff', 'key 3');
    expect(said([lamp, porch], units[0] ?? '', on, units[1] ?? '', off)).toEqual([
      'living/state ON',
      'porch/state OFF',
    ]);
    expect(said([lamp, porch], units[0] ?? '', '+3', units[1] ?? '', on)).toEqual([
      'porch/state ON',
      'porch/brightness 100',
    ]);
    expect(said([lamp], on, off)).toEqual([]);
  });

  test('hears nothing of the power line, and comes back as bright as it was', () => {
    const preset = functionLine('kPreset', 'key 4 level 3');
    expect(
      said(
        [porch],
        'rcvi C5 On',
        'rcvi func       AllOff : hc C',
        ...[preset, 'kOff', 'kOn'].flatMap((what) => [
          units[1] ?? '',
          what === preset ? preset : functionLine(what, 'key 4'),
        ]),
      ),
    ).toEqual(['porch/state ON', 'porch/brightness 20', 'porch/state OFF', 'porch/state ON']);
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

  const keys = sensorSettings('F1', 'PALMPAD', { type: 'remote', topic: 'keys', moreUnits: ['F2', 'F5'] });
  const dimmed = (house: string): string => `rcva func          Dim : hc ${house} dim %06 [~13]`;

  test.each([
    [
      'tells its keys apart',
      ['rcva F2 On', '+3', 'rcva F5 Off', '+3', 'rcva F1 On'],
      ['key_2_on F2', 'key_5_off F5', 'key_1_on F1'],
    ],
    ['does not hear units between them', ['rcva F3 On'], []],
    ['is heard once on two paths', ['snda F2 On', '+1', 'rcvi F2 On'], ['key_2_on F2']],
    ['is one key when held', ['rcva F2 On', '+1', 'rcva F2 On', '+1', 'rcva F2 On'], ['key_2_on F2']],
    ['has two keys pressed at once', ['rcva F1 On', 'rcva F2 On'], ['key_1_on F1', 'key_2_on F2']],
    [
      'dims as one',
      ['rcva F2 On', '+2', dimmed('F'), '+2', dimmed('F')],
      ['key_2_on F2', 'dim F2', 'dim F2'],
    ],
    [
      'dims once, whatever was addressed',
      [
        'rcvi addr unit       1 : hu F1  (x)',
        'rcvi addr unit       2 : hu F2  (x)',
        'rcvi func          Dim : hc F dim %06 [~13]',
      ],
      ['dim F2'],
    ],
    [
      'has one key for all lights',
      ['rcva func     LightsOn : hc F', '+5', 'rcva func       AllOff : hc F'],
      ['lights_on F1', 'all_off F1'],
    ],
    ['leaves other house codes alone', ['rcva G2 On', dimmed('G'), 'rcva func       AllOff : hc G'], []],
  ])('of several units %s', (_, lines, expected) => {
    const presses = replay([keys], lines).found.flatMap((finding) => {
      if (finding.kind !== 'publish' || finding.topic !== 'x10/keys/event') return [];
      const { event_type, address, unit } = JSON.parse(finding.payload) as Record<string, string>;
      expect(unit).toBe(address);
      return [`${event_type ?? ''} ${address ?? ''}`];
    });
    expect(presses).toEqual(expected);
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
