import { describe, expect, test } from 'vitest';
import { formatProblems } from '../../src/config/problem.js';
import { model } from '../../src/config/forms.js';
import { parseAddresses, writeAddresses } from '../../src/heyu/x10config.js';
import { unitsOf } from '../../src/x10/address.js';
import { modelNamed, MODELS } from '../../src/x10/models.js';
import { growthOf } from '../support/growth.js';
import { aliasesText, faultsOf, good, scene } from './scene.js';
import { fc, runs } from '../support/property.js';

const config = 'zones: { ground: {}, upstairs: {} }\n';

const load = (...entries: readonly string[]) =>
  scene({ 'config.yaml': config, 'aliases.yaml': aliasesText(...entries) }).load();

const sensorsOf = (...entries: readonly string[]) => good(load(...entries)).configuration.core.sensors;

/** Entries from line 2 on, and every fault without `aliases.yaml:`. */
const BAD: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['no address', ['a: { name: A }'], ['2: aliases.a: has no address\n  hint: add one such as address: A3']],
  ['nothing at all', ['a:'], ['2: aliases.a: must be a section\n  hint: write at least { address: A3 }']],
  ['an address only', ['a: A3'], ['2: aliases.a: must be a section\n  hint: write at least { address: A3 }']],
  [
    'addresses that are none',
    ['a: { address: Q1 }', 'b: { address: A17 }', 'c: { address: A }', 'd: { address: "A1," }'],
    [
      '2: aliases.a.address: "Q1" is not a valid X10 address\n  hint: write a house code A to P and a unit 1 to 16, such as A3',
      '3: aliases.b.address: "A17" is not a valid X10 address\n  hint: write a house code A to P and a unit 1 to 16, such as A3',
      '4: aliases.c.address: "A" is not a valid X10 address\n  hint: write a house code A to P and a unit 1 to 16, such as A3',
      '5: aliases.d.address: "A1," is not a valid X10 address\n  hint: write a house code A to P and a unit 1 to 16, such as A3',
    ],
  ],
  [
    'several units of what has one',
    [
      'a: { address: A1-3 }',
      'b: { address: "B1,2", model: MS14A }',
      'c: { address: C1-2, model: KR10A }',
      'd: { address: D1-2, model: StdLM }',
      'e: { address: E*, type: light }',
      'f: { address: F1-2, model: REMOTE2, type: motion }',
      'g: { address: G1-2, model: DS10A, type: remote }',
    ],
    [
      ['A1-3', 'a sensor of type motion'],
      ['B1,2', 'a MS14A'],
      ['C1,2', 'a KR10A'],
      ['D1,2', 'a StdLM'],
      ['E1-16', 'a sensor of type light'],
      ['F1,2', 'a REMOTE2 of type motion'],
      ['G1,2', 'a DS10A'],
    ].map(
      ([units = '', what = ''], index) =>
        `${index + 2}: aliases.${'abcdefg'.charAt(index)}.address: ${units} is several units, and ${what} has one\n  hint: give each unit an alias; a remote with several keys has a model such as PALMPAD, or type: remote`,
    ),
  ],
  [
    'units of a remote that are none',
    ['F1-', 'F1-3-5', 'F1-17', 'F0-3', 'F1-G3', 'F1 3', '"F1,3,"', 'F**'].map(
      (units, index) => `${'abcdefgh'.charAt(index)}: { address: ${units}, model: PALMPAD }`,
    ),
    ['F1-', 'F1-3-5', 'F1-17', 'F0-3', 'F1-G3', 'F1 3', 'F1,3,', 'F**'].map(
      (units, index) =>
        `${index + 2}: aliases.${'abcdefgh'.charAt(index)}.address: "${units}" is not a valid X10 address\n  hint: write a house code A to P and a unit 1 to 16, such as A3`,
    ),
  ],
  [
    'a list of units without quotes within braces',
    ['a: { address: F1,3,5, model: PALMPAD }'],
    [
      '2: aliases.a.3: unknown key\n  hint: within braces a list of units needs quotes: address: "F1,3"',
      '2: aliases.a.5: unknown key\n  hint: within braces a list of units needs quotes: address: "F1,3"',
    ],
  ],
  [
    'a unit of a remote that is another alias, or its dusk unit',
    [
      'pad: { address: F1-3, model: PALMPAD }',
      'desk: { address: F3, model: PALMPAD }',
      'hall: { address: F5, model: MS14A, dusk: F2 }',
      'bed: { address: "F2,4", model: PALMPAD }',
    ],
    [
      '3: aliases.desk.address: F3 is already the address of pad (line 2)\n  hint: an address can have one alias',
      '4: aliases.hall.dusk: F2 is the address of pad (line 2)\n  hint: remove one: a unit reports either motion or darkness',
      '5: aliases.bed.address: F2 is already the address of pad (line 2)\n  hint: an address can have one alias',
    ],
  ],
  [
    'an unknown key',
    ['a: { address: A3, modell: MS14A }'],
    ['2: aliases.a.modell: unknown key\n  hint: did you mean "model"?'],
  ],
  [
    'an unknown model',
    ['a: { address: A3, model: DM10A }'],
    ['2: aliases.a.model: "DM10A" is not a model that heyu knows\n  hint: did you mean "DM10"?'],
  ],
  [
    'ids of security sensors in the place of addresses',
    ['a: { address: 0x22, model: DS10A }', 'b: { address: 41, model: DS10A }', 'c: { address: "5c" }'],
    ['0x22', '41', '5c'].map(
      (id, index) =>
        `${index + 2}: aliases.${'abc'.charAt(index)}.address: "${id}" is not a valid X10 address\n  hint: is that the id of a security sensor? heyu gives it an address: ALIAS front_door C1 DS10A ${id} in x10config, heyu restart, and C1 here`,
    ),
  ],
  [
    'models of which another kind of device is nearest',
    ['a: { address: A3, model: SD18 }', 'b: { address: A5, model: SM14A }', 'c: { address: A7, model: TH1 }'],
    [
      '2: aliases.a.model: "SD18" is not a model that heyu knows\n  hint: did you mean "BMB-SD18"?',
      '3: aliases.b.model: "SM14A" is not a model that heyu knows\n  hint: did you mean "MS14A" (motion) or "LM14A" (lamp) or "AM14A" (appliance)?',
      '4: aliases.c.model: "TH1" is not a model that heyu knows\n  hint: did you mean "ORE_TH1"?',
    ],
  ],
  [
    'an unknown type',
    ['a: { address: A3, type: doors }'],
    [
      '2: aliases.a.type: "doors" is not one of motion, door, window, garage, opening, smoke, glass, water, light_sensor, remote, light, appliance, reading\n  hint: did you mean "door"?',
    ],
  ],
  [
    'an unknown zone',
    ['a: { address: A3, zone: grond }'],
    ['2: aliases.a.zone: there is no zone "grond"\n  hint: did you mean "ground"?'],
  ],
  [
    'a hold time out of range',
    ['a: { address: A3, hold: 0 }', 'b: { address: A4, hold: 25h }'],
    [
      '2: aliases.a.hold: "0" is out of range\n  hint: allowed: 1s to 24h',
      '3: aliases.b.hold: "25h" is out of range\n  hint: allowed: 1s to 24h',
    ],
  ],
  [
    'sources and modes that are none',
    ['a: { address: A3, sources: [rcvi, rcvx], modes: [armed_away] }'],
    [
      '2: aliases.a.sources: "rcvx" is not one of rcvi, rcva, rcvt, sndc, snda, snds, sndp, sndm, sndt, xmtf, syst\n  hint: did you mean "rcvi"?',
      '2: aliases.a.modes: "armed_away" is not one of away, home, night, vacation, custom_bypass\n  hint: did you mean "away"?',
    ],
  ],
  [
    'names that heyu does not accept',
    [
      '_a: { address: A1 }',
      'a b: { address: A2 }',
      'macro: { address: A3 }',
      `${'x'.repeat(33)}: { address: A4 }`,
    ],
    [
      `2: aliases._a: is not a valid alias for heyu: alias labels may not begin with '_' or '-'\n  hint: use letters, digits, . _ and -, at most 32`,
      `3: aliases."a b": is not a valid alias for heyu: invalid character ' ' in alias label\n  hint: use letters, digits, . _ and -, at most 32`,
      `4: aliases.macro: is not a valid alias for heyu: an alias label may not be the word "macro"\n  hint: use letters, digits, . _ and -, at most 32`,
      `5: aliases.${'x'.repeat(33)}: is not a valid alias for heyu: alias label '${'x'.repeat(33)}' too long - maximum 32 characters\n  hint: use letters, digits, . _ and -, at most 32`,
    ],
  ],
  [
    'an address twice, in any spelling',
    ['a: { address: A3 }', 'b: { address: a03 }'],
    ['3: aliases.b.address: A3 is already the address of a (line 2)\n  hint: an address can have one alias'],
  ],
  [
    'a dusk unit that is a sensor',
    ['a: { address: A3, model: MS14A, dusk: A4 }', 'b: { address: A4, model: MS14A }'],
    [
      '2: aliases.a.dusk: A4 is the address of b (line 3)\n  hint: remove one: a unit reports either motion or darkness',
    ],
  ],
  [
    'a dusk unit of two',
    ['a: { address: A3, dusk: A5 }', 'b: { address: A4, dusk: A5 }'],
    ['3: aliases.b.dusk: A5 is already the dusk unit of a (line 2)\n  hint: remove one of them'],
  ],
  [
    'a dusk unit that is its own address',
    ['a: { address: A3, dusk: A3 }'],
    ['2: aliases.a.dusk: is its own address\n  hint: the dusk unit is normally the unit after the address'],
  ],
  [
    'an id twice, also one by default',
    ['a: { address: A3 }', 'b: { address: A4, id: A3 }'],
    ['3: aliases.b.id: "A3" is already the id of a (line 2)\n  hint: give one of them an id of its own'],
  ],
  [
    'ids of the bridge and its zones',
    [
      'a: { address: A3, id: bridge }',
      'b: { address: A4, id: zone_ground }',
      'c: { address: A5, id: heyu2mqtt_x10 }',
      'd: { address: A6, id: zones }',
    ],
    [
      '2: aliases.a.id: "bridge" begins like the ids of the bridge and its zones\n  hint: choose another one',
      '3: aliases.b.id: "zone_ground" begins like the ids of the bridge and its zones\n  hint: choose another one',
      '4: aliases.c.id: "heyu2mqtt_x10" begins like the ids of the bridge and its zones\n  hint: choose another one',
    ],
  ],
  [
    'a topic twice',
    ['a: { address: A3 }', 'b: { address: A4, topic: a }'],
    ['3: aliases.b.topic: "a" is already the topic of a (line 2)\n  hint: give one of them another topic'],
  ],
  [
    'a topic on that of another sensor, wherever it stands',
    ['b: { address: A4, topic: hall/motion }', 'hall: { address: A3 }'],
    [
      '2: aliases.b.topic: "hall/motion" is one of the topics of hall (line 3)\n  hint: give it another topic',
    ],
  ],
  [
    'reserved first levels',
    ['bridge: { address: A3 }', 'a: { address: A4, topic: zone/a }'],
    [
      '2: aliases.bridge.topic: begins with the level bridge, which the bridge needs for itself\n  hint: give it another topic',
      '3: aliases.a.topic: begins with the level zone, which the bridge needs for itself\n  hint: give it another topic',
    ],
  ],
  [
    'topics that cannot be published to',
    [
      'a: { address: A3, topic: "a/+" }',
      'b: { address: A4, topic: $a }',
      'c: { address: A5, topic: "a\\tb" }',
      'd: { address: A6, topic: a//b }',
    ],
    [
      '2: aliases.a.topic: "a/+" contains a wildcard (+ or #)',
      '3: aliases.b.topic: "$a" begins with $, which belongs to the broker',
      '4: aliases.c.topic: "a\\u0009b" contains a control character',
      '5: aliases.d.topic: "a//b" has an empty level (a slash too many)',
    ],
  ],
  [
    'an alias twice',
    ['a: { address: A3 }', 'a: { address: A4 }'],
    [
      '3: aliases.a: "a" is there twice, first in line 2\n  hint: give one of them another name, or remove it',
    ],
  ],
];

describe('problems of aliases.yaml', () => {
  test.each(BAD)('%s', (_, entries, problems) => {
    expect(faultsOf(load(...entries))).toEqual(problems.map((fault) => `aliases.yaml:${fault}`));
  });

  test.each([
    [
      'a list',
      '- a\n',
      'aliases.yaml:1: is a list\n  hint: remove the dash at the beginning of each of its lines, and indent them alike',
    ],
    [
      'a list of aliases',
      'aliases: [a]\n',
      'aliases.yaml:1: aliases: must be a section\n  hint: write each alias below it, indented',
    ],
    [
      'aliases at the top',
      'hall: { address: A3 }\n',
      'aliases.yaml:1: hall: unknown key\n  hint: write aliases below aliases:, indented',
    ],
    ['a misspelt top', 'alias: {}\n', 'aliases.yaml:1: alias: unknown key\n  hint: did you mean "aliases"?'],
    [
      'an alias of YAML that has no end',
      'aliases: &a { a: *a }\n',
      'aliases.yaml:1: aliases.a: *a refers to itself or to nothing\n  hint: put text that begins with * into quotes',
    ],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(scene({ 'config.yaml': '', 'aliases.yaml': text }).load())[0]).toBe(fault);
  });

  test('conflicts of values that are faulty themselves are not invented', () => {
    expect(faultsOf(load('a: { address: A33 }', 'b: { address: A33 }'))).toHaveLength(2);
  });
});

describe('what is doubtful but loads', () => {
  const warningsOf = (aliases: string | undefined) => {
    const files = aliases === undefined ? {} : { 'aliases.yaml': aliases };
    return good(scene({ 'config.yaml': config, ...files }).load()).configuration.warnings;
  };

  test.each([
    [undefined, 'does not exist: there are no sensors yet'],
    ['', 'names no alias: there are no sensors yet'],
    ['aliases:\n', 'names no alias: there are no sensors yet'],
    ['aliases: {}\n', 'names no alias: there are no sensors yet'],
    ['aliases: { a: { address: A3, model: DM10, dusk: A4 } }\n', 'a DM10 has no dusk unit'],
    ['aliases: { a: { address: A3, model: NONE } }\n', 'a NONE may be anything; it is treated as a reading'],
  ])('%j', (text, problem) => {
    expect(warningsOf(text).map((warning) => warning.problem)).toEqual([problem]);
  });

  test.each([
    'aliases: { a: { address: A3, model: MS14A, dusk: A4 } }\n',
    'aliases: { a: { address: A3, dusk: A4 } }\n',
    'aliases: { a: { address: A3, model: NONE, type: motion } }\n',
    'aliases: { a: { address: A3, model: SEC_IGNORE, ignore: true } }\n',
    'aliases: { hall: { address: A3 }, b: { address: A4, topic: hall/north } }\n',
    'aliases: { x: { address: A3 }, X: { address: A4 } }\n',
  ])('no warning: %s', (text) => {
    expect(warningsOf(text)).toEqual([]);
  });

  test('a missing alias file is told apart from an empty one', () => {
    const missing = good(scene({ 'config.yaml': '' }).load()).configuration;
    const empty = good(scene({ 'config.yaml': '', 'aliases.yaml': '' }).load()).configuration;
    expect([missing.aliasFileFound, empty.aliasFileFound]).toEqual([false, true]);
    expect(missing.files.aliases).toMatch(/\/aliases\.yaml$/);
  });
});

describe('sensors', () => {
  test('an address alone is plain X10 motion', () => {
    expect(sensorsOf('hall_motion: { address: a03 }')).toEqual([
      {
        alias: 'hall_motion',
        id: 'a3',
        address: 'A3',
        moreUnits: [],
        dusk: undefined,
        model: expect.objectContaining({ name: 'X10', kind: 'motion' }) as unknown,
        type: 'motion',
        name: 'Hall motion',
        area: undefined,
        topic: 'hall_motion',
        zone: undefined,
        holdMs: 300_000,
        off: 'sensor',
        cooldownMs: 0,
        minOnMs: 0,
        sources: new Set(['rcvi', 'rcva', 'snda', 'rcvt']),
        modes: undefined,
        guard: undefined,
        entry: 'auto',
        silentMs: 0,
        countsHeartbeats: false,
        heedsInactive: false,
        ignore: false,
      },
    ]);
  });

  test.each([
    ['F1-3', 'F1 F2 F3'],
    ['f3-1', 'F1 F2 F3'],
    ['" F1,3,5 "', 'F1 F3 F5'],
    ['"F05,01-2,2"', 'F1 F2 F5'],
    ['F3-3', 'F3'],
    ['F*', Array.from({ length: 16 }, (_, index) => `F${index + 1}`).join(' ')],
  ])('a remote on %s', (written, units) => {
    const [pad, other] = sensorsOf(
      `pad: { address: ${written}, model: PALMPAD }`,
      'other: { address: "G1,2", type: remote }',
    );
    expect(pad && unitsOf(pad).join(' ')).toBe(units);
    expect(pad?.id).toBe(units.split(' ')[0]?.toLowerCase());
    expect(other && unitsOf(other)).toEqual(['G1', 'G2']);
  });

  test('every address has one owner in a house that loads, whatever units are written', () => {
    const written = fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), (pads) => {
        const loaded = load(
          ...pads.map((units, index) => `p${index}: { address: "F${units.join(',')}", model: PALMPAD }`),
        );
        const all = pads.flatMap((units) => [...new Set(units)]);
        expect(loaded.ok).toBe(new Set(all).size === all.length);
        if (!loaded.ok) return;
        for (const { settings } of loaded.configuration.core.sensors.map((each) => ({ settings: each })))
          expect(parseAddresses(writeAddresses(settings))).toEqual({
            address: settings.address,
            moreUnits: settings.moreUnits,
          });
      }),
      { numRuns: runs(40) },
    );
  });

  test.each([
    ['its model decides', '', '', '', [86_400_000, true]],
    ['the alias decides', ', silent_after: 2h', '', '', [7_200_000, true]],
    ['nothing is watched', ', silent_after: 0', '', '', [0, false]],
    ['all sensors alike', '', 'sensors: { silent_after: 1h }', '', [3_600_000, true]],
    ['no sensor at all', '', 'sensors: { silent_after: 0 }', '', [0, false]],
    ['heyu hides nothing', '', '', 'HIDE_UNCHANGED NO', [86_400_000, true]],
    ['heyu hides its signs of life', '', '', 'HIDE_UNCHANGED YES', [0, true]],
    ['but the alias knows better', ', silent_after: 2h', '', 'hide_unchanged yes', [7_200_000, true]],
    [
      'but all sensors know better',
      '',
      'sensors: { silent_after: 1h }',
      'HIDE_UNCHANGED YES',
      [3_600_000, true],
    ],
  ] as const)('silence of a DS10A: %s', (_, key, more, directive, expected) => {
    const files = {
      'config.yaml': `heyu: { x10config: x10config }\n${more}\n`,
      'aliases.yaml': aliasesText(`door: { address: C2, model: DS10A${key} }`),
      x10config: `LOG_DIR /var/log/heyu\n${directive}\n`,
    };
    const [sensor] = good(scene(files).load()).configuration.core.sensors;
    expect([sensor?.silentMs, sensor?.heedsInactive]).toEqual(expected);
  });

  test.each([
    ['MS14A', ', dusk: A4', '', '', 3 * 24 * 3_600_000],
    ['MS14A', '', '', '', 0],
    ['MS14A', ', dusk: A4', '', 'HIDE_UNCHANGED YES', 3 * 24 * 3_600_000],
    ['MS14A', ', dusk: A4, silent_after: 0', '', '', 0],
    ['MS14A', ', dusk: A4', 'sensors: { silent_after: 48h }', '', 2 * 24 * 3_600_000],
  ])('silence of an %s%s, with "%s" and "%s"', (model, key, more, directive, expected) => {
    const files = {
      'config.yaml': `heyu: { x10config: x10config }\n${more}\n`,
      'aliases.yaml': aliasesText(`hall: { address: A3, model: ${model}${key} }`),
      x10config: `LOG_DIR /var/log/heyu\n${directive}\n`,
    };
    const [sensor] = good(scene(files).load()).configuration.core.sensors;
    expect([sensor?.silentMs, sensor?.countsHeartbeats]).toEqual([expected, false]);
  });

  test.each([
    ['', '', true],
    ['', 'HIDE_UNCHANGED YES', false],
    [', silent_after: 48h', 'HIDE_UNCHANGED YES', false],
    [', silent_after: 0', '', false],
  ])('the heartbeats of a DS10A%s are counted, with "%s": %s', (key, directive, expected) => {
    const files = {
      'config.yaml': 'heyu: { x10config: x10config }\n',
      'aliases.yaml': aliasesText(`door: { address: C2, model: DS10A${key} }`),
      x10config: `LOG_DIR /var/log/heyu\n${directive}\n`,
    };
    const [sensor] = good(scene(files).load()).configuration.core.sensors;
    expect(sensor?.countsHeartbeats).toBe(expected);
  });

  test('heyu watches no standard X10 but the PLCSENSOR, and no remote', () => {
    const sensors = sensorsOf(
      'a: { address: A1, model: MS14A }',
      'b: { address: A2, model: PLCSENSOR }',
      'c: { address: A3, model: KR10A }',
      'd: { address: A4, model: DM10 }',
      'e: { address: A5, model: ORE_TH1 }',
      'f: { address: A6, model: SD10 }',
    );
    expect(sensors.map(({ heedsInactive }) => heedsInactive)).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test('every key is taken over', () => {
    const [sensor] = sensorsOf(
      'a: { address: C1, model: ds10a, type: window, name: Küche, area: Küche, zone: ground, hold: 90s, topic: küche/fenster, id: old, off: hold, cooldown: 10s, min_on: 1m, sources: rcva, modes: [away, night], guard: off, entry: delayed, silent_after: 2d, ignore: yes }',
    );
    expect(sensor).toMatchObject({
      id: 'old',
      address: 'C1',
      type: 'window',
      name: 'Küche',
      area: 'Küche',
      zone: 'ground',
      holdMs: 90_000,
      topic: 'küche/fenster',
      off: 'hold',
      cooldownMs: 10_000,
      minOnMs: 60_000,
      sources: new Set(['rcva']),
      modes: ['away', 'night'],
      guard: 'off',
      entry: 'delayed',
      silentMs: 172_800_000,
      ignore: true,
    });
    expect(sensor?.model.name).toBe('DS10A');
  });

  test.each([
    ['MS14A', 'motion'],
    ['DS10A', 'door'],
    ['SD90', 'smoke'],
    ['GB10', 'glass'],
    ['EH-WD210', 'water'],
    ['KR10A', 'remote'],
    ['LM465', 'light'],
    ['AM12', 'appliance'],
    ['ORE_TH1', 'reading'],
  ])('a %s is a %s', (model, type) => {
    expect(sensorsOf(`a: { address: A3, model: ${model} }`)[0]?.type).toBe(type);
  });

  test('every model that heyu has can be named, in any case', () => {
    const entries = MODELS.map(({ name }, index) => {
      const address = `${'ABCDEFGHIJKLMNOP'.charAt(index >> 4)}${(index & 15) + 1}`;
      return `s${index}: { address: ${address}, model: ${name.toLowerCase()} }`;
    });
    expect(sensorsOf(...entries).map(({ model }) => model.name)).toEqual(MODELS.map(({ name }) => name));
  });

  test('times come from the alias, else from config.yaml, else from the model', () => {
    const entries = ['a: { address: A1, model: MS10A, hold: 7s }', 'b: { address: A2, model: MS10A }'];
    const holds = (configText: string) =>
      good(
        scene({ 'config.yaml': configText, 'aliases.yaml': aliasesText(...entries) }).load(),
      ).configuration.core.sensors.map(({ holdMs, off, silentMs }) => [holdMs, off, silentMs]);
    expect(holds('')).toEqual([
      [7_000, 'hold', 86_400_000],
      [60_000, 'hold', 86_400_000],
    ]);
    expect(holds('sensors: { hold: 3m, off: sensor, silent_after: 0 }\n')).toEqual([
      [7_000, 'sensor', 0],
      [180_000, 'sensor', 0],
    ]);
  });

  test("heyu's own commands count for lamps and appliances only, whatever is set for all sensors", () => {
    const files = {
      'config.yaml': 'sensors: { sources: [rcvi] }\n',
      'aliases.yaml': aliasesText(
        'lamp: { address: A1, model: LM12 }',
        'fan: { address: A2, model: AM12, sources: [rcvi] }',
        'hall: { address: A3 }',
      ),
    };
    const { sensors } = good(scene(files).load()).configuration.core;
    expect(sensors.map(({ sources }) => [...sources].join())).toEqual([
      'rcvi,rcva,rcvt,sndc,snda,snds,sndp,sndm,sndt',
      'rcvi',
      'rcvi',
    ]);
  });

  test('merge keys share settings, and what an alias says itself wins', () => {
    const text =
      'aliases:\n  a: &rf { address: A1, model: MS14A, hold: 2m }\n  b: { <<: *rf, address: A2, hold: 3m }\n';
    const { sensors } = good(scene({ 'config.yaml': '', 'aliases.yaml': text }).load()).configuration.core;
    expect(sensors.map(({ address, model, holdMs }) => [address, model.name, holdMs])).toEqual([
      ['A1', 'MS14A', 120_000],
      ['A2', 'MS14A', 180_000],
    ]);
  });

  test('order is that of the file', () => {
    expect(
      sensorsOf('z: { address: A1 }', '10: { address: A2 }', '9: { address: A3 }').map(({ alias }) => alias),
    ).toEqual(['z', '10', '9']);
  });
});

describe('many aliases', () => {
  test('5,000 entries on 256 addresses are read in one go; what is printed is bounded', () => {
    const entries = Array.from(
      { length: 5_000 },
      (_, index) =>
        `s${index}: { address: ${'ABCDEFGHIJKLMNOP'.charAt((index >> 4) & 15)}${(index & 15) + 1}, zone: ground }`,
    );
    const loaded = load(...entries);
    expect(loaded.ok).toBe(false);
    if (loaded.ok) return;
    expect(loaded.problems).toHaveLength(5_000 - 256);
    const printed = formatProblems(loaded.problems).split('\n');
    expect(printed.at(-1)).toBe('and 4,724 more');
    expect(printed[0]).toBe(
      'aliases.yaml:258: aliases.s256.address: A1 is already the address of s0 (line 2)',
    );
  });

  test('the time grows with the number of entries, not with its square', async () => {
    const loadMany = (count: number): unknown =>
      load(...Array.from({ length: count }, (_, i) => `s${i}: { address: A3, topic: t/${i} }`));
    expect(await growthOf([500, 4_000], loadMany, 2)).toBeLessThan(32);
  });
});

describe('a model that nobody knows', () => {
  const LETTERS = /^[A-Z]+/;
  const kindOf = (name: string) => modelNamed(name)?.kind;

  test('is never taken for a device of another kind', () => {
    for (const { name, kind } of MODELS) {
      const letters = LETTERS.exec(name)?.[0];
      const alike = MODELS.filter((each) => LETTERS.exec(each.name)?.[0] === letters);
      const kinds = new Set(alike.map((each) => each.kind));
      for (const wrong of [`${name}9`, name.slice(0, -1), name.replace(/\d/, '7')]) {
        const reading = model.read(wrong);
        if (reading.ok || kinds.size > 1 || LETTERS.exec(wrong)?.[0] !== letters) continue;
        const near = /^did you mean "([^"]+)"\?$/.exec(reading.hint ?? '')?.[1];
        if (near !== undefined) expect([wrong, kindOf(near)]).toEqual([wrong, kind]);
      }
    }
  });
});
