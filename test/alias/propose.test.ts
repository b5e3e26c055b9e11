import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { proposeSensors, takeDusk, takeType } from '../../src/alias/propose.js';
import { readX10Config, writeAddresses } from '../../src/heyu/x10config.js';
import { fc } from '../support/property.js';

const propose = (...lines: string[]) => {
  const written = lines.map((line) => (/^(TTY_AUX|DEFAULT_MODULE) /.test(line) ? line : `ALIAS ${line}`));
  return proposeSensors(readX10Config(written.join('\n')));
};
const AUX = 'TTY_AUX /dev/ttyUSB1 W800RF32';

/** `label address model|- type|- name [dusk]` of each proposed entry. */
const shown = (...lines: string[]) =>
  propose(...lines).entries.map(({ entry }) =>
    [
      entry.alias,
      entry.address,
      entry.model ?? '-',
      entry.type ?? '-',
      entry.name ?? '',
      ...(entry.dusk === undefined ? [] : [`dusk ${entry.dusk}`]),
    ].join(' '),
  );

describe('what is proposed for an alias', () => {
  it.each([
    ['hall_motion A3 MS14A RFFORWARD', 'hall_motion A3 MS14A - Hall'],
    ['hall A3', 'hall A3 - appliance Hall'],
    ['hall_motion A3', 'hall_motion A3 - - Hall'],
    ['hall_lamp A3', 'hall_lamp A3 - light Hall lamp'],
    ['hall_dark A4', 'hall_dark A4 - light_sensor Hall dark'],
    ['hall_dark A4 MS14A RFFORWARD', 'hall_dark A4 MS14A light_sensor Hall dark'],
    ['desk A3 StdLM', 'desk A3 StdLM - Desk'],
    ['fan A3 StdAM', 'fan A3 StdAM - Fan'],
    ['pad F1 PALMPAD RFFORWARD', 'pad F1 PALMPAD - Pad'],
    ['drive_motion A3 REMOTE2', 'drive_motion A3 REMOTE2 motion Drive'],
    ['drive A3 REMOTE2', 'drive A3 REMOTE2 - Drive'],
    ['back_door C2 DS10A 65', 'back_door C2 DS10A - Back door'],
    ['bath_window C2 DS10A 65', 'bath_window C2 DS10A window Bath window'],
    ['garage C2 DS90 63', 'garage C2 DS90 garage Garage'],
    ['cellar C2 DS10A 65', 'cellar C2 DS10A - Cellar'],
    ['plc_sens E1 PLCSENSOR', 'plc_sens E1 PLCSENSOR - Plc sens'],
    ['plc_leak E1 PLCSENSOR', 'plc_leak E1 PLCSENSOR water Plc leak'],
    ['smoke C3 SD90 C5 D5', 'smoke C3 SD90 - Smoke'],
    ['fob C4 KR10A 77 DUMMY', 'fob C4 KR10A - Fob'],
    ['outside B1 ORE_T1 41', 'outside B1 ORE_T1 - Outside'],
    ['garage_house_door C2 DS10A 65', 'garage_house_door C2 DS10A - Garage house door'],
    ['garage_door C2 DS10A 65', 'garage_door C2 DS10A garage Garage door'],
    ['porch_light K7 KAKU_S 9d9a0 10', 'porch_light K7 KAKU_S light Porch light'],
    ['porch_motion K7 KAKU_S 9d9a0 10', 'porch_motion K7 KAKU_S motion Porch'],
    ['porch K7 KAKU_S 9d9a0 10', 'porch K7 KAKU_S appliance Porch'],
    ['porch K7 KAKU_P 9d9a0 10', 'porch K7 KAKU_P light Porch'],
    ['ign A15 MS14A RFIGNORE', 'ign A15 MS14A - Ign'],
  ])('%s -> %s', (line, entry) => {
    expect(shown(line)).toEqual([entry]);
  });

  it.each([
    ['all A1-4', 'several units'],
    ['lamps F1-3 StdLM', 'several units'],
    ['none A0', 'names no unit'],
    ['ignored P6 SEC_IGNORE 3C', 'SEC_IGNORE'],
    ['nothing P6 NONE', 'NONE'],
    ['ign C1 DS10A 41 RFIGNORE', 'heyu drops its radio (RFIGNORE)'],
    ['shut A15 SHUTTER', 'SHUTTER'],
    ['virtual A14 VDATA', 'VDATA'],
  ])('nothing for %s', (line, reason) => {
    const { entries, skipped } = propose(line);
    expect(entries).toEqual([]);
    expect(skipped).toMatchObject([{ line: 1, reason: expect.stringContaining(reason) as string }]);
  });

  it.each([
    ['all of them', ['pad F1-2,5 PALMPAD RFFORWARD'], ['pad F1,2,5 PALMPAD']],
    [
      'those that have no alias before it',
      ['desk F2 PALMPAD RFFORWARD', 'pad F1-3 PALMPAD RFFORWARD'],
      ['desk F2 PALMPAD', 'pad F1,3 PALMPAD'],
    ],
    [
      'all of them, whatever comes behind it',
      ['pad F1-3 PALMPAD RFFORWARD', 'desk F2', 'both F2-3 PALMPAD RFFORWARD'],
      ['pad F1-3 PALMPAD # heyu also calls F2 desk, heyu also calls F2,3 both'],
    ],
    ['none, when it may be a motion sensor', ['hall_motion F1-2 REMOTE2'], []],
  ])('is one remote on several units: %s', (_, lines, expected) => {
    const { entries } = propose(...lines);
    expect(
      entries.map(({ entry, comments }) =>
        [
          `${entry.alias} ${writeAddresses(entry)} ${entry.model ?? '-'}`,
          ...(comments.length === 0 ? [] : [`# ${comments.join(', ')}`]),
        ].join(' '),
      ),
    ).toEqual(expected);
  });

  it.each([
    ['a radio receiver and nothing else', [AUX, 'ign A15 MS14A RFIGNORE'], []],
    ['a transceiver of another house code', [AUX, 'ign A15 MS14A RFIGNORE', 'tm B1 RR501'], ['tm']],
    ['a transceiver', [AUX, 'ign A15 MS14A RFIGNORE', 'tm A1 RR501'], ['ign', 'tm']],
    ['no receiver', ['ign A15 MS14A RFIGNORE'], ['ign']],
  ])('of RFIGNORE in a house with %s', (_, lines, aliases) => {
    const { entries, skipped } = propose(...lines);
    expect(entries.map(({ entry }) => entry.alias)).toEqual(aliases);
    if (!aliases.includes('ign'))
      expect(skipped[0]?.reason).toBe(
        'heyu_aux drops its radio (RFIGNORE); if a transceiver hears it: heyu2mqtt alias add ign A15 --model MS14A',
      );
  });

  it.each([
    ['DEFAULT_MODULE StdLM', 'hall A3', 'hall A3 StdLM - Hall'],
    ['DEFAULT_MODULE stdam', 'fan A3', 'fan A3 StdAM - Fan'],
    ['DEFAULT_MODULE StdLM', 'hall_motion A3', 'hall_motion A3 - - Hall'],
    ['DEFAULT_MODULE MS14A', 'hall_motion A3', 'hall_motion A3 MS14A - Hall'],
    ['DEFAULT_MODULE MS14A', 'hall_lamp A3', 'hall_lamp A3 - light Hall lamp'],
    ['DEFAULT_MODULE StdLM', 'hall A3 MS14A RFFORWARD', 'hall A3 MS14A - Hall'],
    ['DEFAULT_MODULE NONE', 'hall A3', 'hall A3 - appliance Hall'],
  ])('with %s: %s -> %s', (directive, line, entry) => {
    expect(shown(directive, line)).toEqual([entry]);
  });

  it('keeps the first of two aliases of a unit and names the other', () => {
    const { entries, skipped } = propose('dup_first A11', 'other A12', 'dup_second A11');
    expect(entries.map(({ entry }) => entry.alias)).toEqual(['dup_first', 'other']);
    expect(entries[0]?.comments).toContain('heyu also calls it dup_second');
    expect(skipped.map(({ label }) => label)).toEqual(['dup_second']);
  });

  it('takes the module from whichever alias names it for the unit', () => {
    expect(shown('hall A3', 'all A3,5 MS14A RFFORWARD')).toEqual(['hall A3 MS14A - Hall']);
    expect(shown('hall A3', 'hall2 A3 MS14A RFFORWARD')).toEqual(['hall A3 MS14A - Hall']);
  });

  it('gives the long names where the short ones would be equal', () => {
    expect(shown('hall_motion A3 MS14A RFFORWARD', 'hall A7 StdLM')).toEqual([
      'hall_motion A3 MS14A - Hall motion',
      'hall A7 StdLM - Hall',
    ]);
  });

  it('finds another topic where the name is one of our own', () => {
    expect(propose('bridge A3 MS14A RFFORWARD', 'Zone A5').entries.map(({ entry }) => entry.topic)).toEqual([
      'bridge_sensor',
      undefined,
    ]);
  });

  it('says where it guessed', () => {
    const [first] = propose('hall A3').entries;
    expect(first?.comments).toEqual(['heyu names no module: say type: motion if it is a motion sensor']);
    expect(propose('hall A3').questions).toEqual([{ kind: 'type', alias: 'hall', address: 'A3' }]);
  });
});

describe('a dusk unit', () => {
  const M = 'MS14A RFFORWARD';

  it.each([
    ['is taken where the label says so', [`hall_motion A3 ${M}`, `hall_dark A4 ${M}`], 'A4'],
    ['is taken without a module of its own', [`hall_motion A3 ${M}`, 'hall_dark A4'], 'A4'],
    ['is taken when it stands first in the file', [`hall_light A4 ${M}`, `hall_motion A3 ${M}`], 'A4'],
    ['wraps from unit 16 to 1', [`hall_motion A16 ${M}`, `hall_dark A1 ${M}`], 'A1'],
    ['stays with its own house code', [`hall_motion A3 ${M}`, `hall_dark B4 ${M}`], undefined],
    ['is not another unit than the next', [`hall_motion A3 ${M}`, `hall_dark A5 ${M}`], undefined],
    ['is no second motion sensor', [`hall A3 ${M}`, `stairs A4 ${M}`], undefined],
    ['is not a motion sensor called light', [`hall A3 ${M}`, `light_motion A4 ${M}`], undefined],
    ['is no lamp', [`hall_motion A3 ${M}`, 'hall_light A4 StdLM'], undefined],
    ['belongs to no security sensor', ['hall_motion C3 MS10A 41', 'hall_dark C4'], undefined],
    ['belongs to no PLC sensor', ['hall_motion C3 PLCSENSOR', 'hall_dark C4'], undefined],
    [
      'is not taken where heyu drops it',
      [AUX, `hall_motion A3 ${M}`, 'hall_dark A4 MS14A RFIGNORE'],
      undefined,
    ],
    ['is a label and a word for darkness', [`hall_motion A3 ${M}`, `hall_motion_dark A4 ${M}`], 'A4'],
    ['is a label and a word for light', [`hall_motion A3 ${M}`, `HALL_MOTION_LS A4 ${M}`], 'A4'],
    ['is a label and a word run together', [`hall A3 ${M}`, `hallPhoto A4 ${M}`], 'A4'],
    [
      'is one of a sensor without a module, if its label says so',
      ['hall_motion A3', 'hall_motion_dusk A4'],
      'A4',
    ],
    ['is none of a sensor without a module by itself', ['hall_motion A3', 'stairs_motion A4'], undefined],
    ['is no label and a number', [`hall_motion A3 ${M}`, `hall_motion_2 A4 ${M}`], undefined],
    ['is no label of another place', [`hall_motion A3 ${M}`, `attic_motion_dark A4 ${M}`], undefined],
  ])('%s', (_, lines, dusk) => {
    const { entries } = propose(...lines);
    const motion = entries.find(({ entry }) => /motion|^hall$/.test(entry.alias))?.entry;
    expect(motion?.dusk).toBe(dusk);
    expect(entries.some(({ entry }) => entry.address === dusk)).toBe(false);
  });

  it('is asked about, with yes and no as proposed', () => {
    expect(propose(`hall A3 ${M}`, `stairs A4 ${M}`, `porch A7 ${M}`, 'porch_dark A8').questions).toEqual([
      { kind: 'dusk', motion: 'hall', unit: 'A4', candidate: 'stairs', proposed: false },
      { kind: 'dusk', motion: 'porch', unit: 'A8', candidate: 'porch_dark', proposed: true },
    ]);
  });

  it('is not asked about twice in a chain', () => {
    const { questions } = propose(`hall_motion A3 ${M}`, `hall_light A4 ${M}`, `porch A5 ${M}`);
    expect(questions).toHaveLength(1);
  });

  it('is taken on the word of the owner', () => {
    const before = propose(`hall A3 ${M}`, `stairs A4 ${M}`);
    const [question] = before.questions;
    if (question?.kind !== 'dusk') throw new Error('no question');
    const after = takeDusk(before, question);
    expect(after.entries.map(({ entry }) => [entry.alias, entry.dusk])).toEqual([['hall', 'A4']]);
    expect(after.skipped).toEqual([{ label: 'stairs', line: 2, reason: 'A4 is the dusk unit of hall' }]);
    expect(takeDusk(after, question)).toEqual(after);
  });
});

describe('what a unit is', () => {
  it.each([
    ['kitchen C1', 'motion', undefined],
    ['kitchen C1', 'door', 'door'],
    ['plc E1 PLCSENSOR', 'motion', undefined],
    ['porch K7 KAKU_S 9d9a0 10', 'motion', 'motion'],
    ['porch K7 KAKU_S 9d9a0 10', 'light', 'light'],
  ] as const)('%s answered with %s needs no guess any more', (line, type, written) => {
    const before = propose(line);
    const [question] = before.questions;
    if (question?.kind !== 'type') throw new Error('no question');
    expect(takeType(before, question, type).entries).toMatchObject([
      { entry: { type: written }, comments: [] },
    ]);
  });
});

describe('the house of the recordings', () => {
  it('is proposed whole', () => {
    const text = readFileSync(
      new URL('../fixtures/recordings/h_security/x10config', import.meta.url),
      'utf8',
    );
    const { entries, skipped } = proposeSensors(readX10Config(text));
    expect(
      entries.map(({ entry }) =>
        `${entry.alias} ${entry.address} ${entry.model ?? '-'} ${entry.dusk ?? ''}`.trim(),
      ),
    ).toEqual([
      'sec_motion C1 MS10A',
      'sec_door C2 DS10A',
      'sec_smoke C3 SD90',
      'sec_keyfob C4 KR10A',
      'sec_keyfob2 C5 KR18',
      'sec_remote C6 SH624',
      'dm10 C7 DM10',
      'gb10 C8 GB10',
      'sec_ds90 C9 DS90',
      'sec_ms90 C10 MS90',
      'sec_vd C11 SVDATA',
      'plc_sens E1 PLCSENSOR',
      'ur81 C12 UR81A',
    ]);
    expect(skipped.map(({ label }) => label)).toEqual(['ignored']);
  });
});

describe('every configuration', () => {
  const line = fc.tuple(
    fc.stringMatching(/^[a-c](_(motion|dark|light))?$/),
    fc.constantFrom('A', 'B'),
    fc.constantFrom('1', '2', '3', '15', '16', '1-3', '0'),
    fc.constantFrom('', 'MS14A RFFORWARD', 'MS13A TRANSCEIVE', 'StdLM', 'MS10A 41'),
  );

  it('gives each address one entry, and every accepted alias an entry or a reason', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.map(([label, house, units, more]) => `ALIAS ${label} ${house}${units} ${more}`);
        const config = readX10Config(text.join('\n'));
        const { entries, skipped } = proposeSensors(config);
        const addresses = entries.flatMap(({ entry }) => [entry.address, entry.dusk ?? []].flat());
        expect(new Set(addresses).size).toBe(addresses.length);
        const told = [...entries.map(({ entry }) => entry.alias), ...skipped.map(({ label }) => label)];
        expect(told.sort()).toEqual(config.aliases.map(({ label }) => label).sort());
      }),
    );
  });
});
