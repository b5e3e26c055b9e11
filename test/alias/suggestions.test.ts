import { describe, expect, it } from 'vitest';
import type { AliasEntry } from '../../src/alias/propose.js';
import { hear, MOST_IDS, newHistory, type SenderLine } from '../../src/alias/history.js';
import { freeUnits, heardRows, learn, moduleSending } from '../../src/alias/suggestions.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import type { Address } from '../../src/x10/address.js';
import { fc } from '../support/property.js';

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const entry = (alias: string, address: Address, more: Partial<AliasEntry> = {}): AliasEntry => ({
  alias,
  address,
  moreUnits: [],
  ...more,
});
const hall = entry('hall', 'A3', { model: 'MS14A' });

const unit = (address: Address, name: string, ...ats: number[]): SenderLine[] =>
  ats.map((at) => ({ at, address, label: null, function: name, source: 'rcvi' }));
const sender = (securityId: string, data: number, ...ats: number[]): SenderLine[] =>
  ats.map((at) => ({
    at,
    address: undefined,
    securityId,
    data,
    label: null,
    function: 'RFdata',
    source: 'rcva',
  }));
const days = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, day) => (from + day) * DAY);

const history = (...heard: SenderLine[][]) => {
  const all = newHistory();
  for (const each of heard.flat().sort((one, other) => one.at - other.at)) hear(all, each);
  return all;
};

describe('what is heard', () => {
  it('is counted by unit, with its functions, sources and times', () => {
    const all = history(unit('A3', 'On', 0, 10 * SECOND, 20 * SECOND), unit('A3', 'Off', 80 * SECOND));
    hear(all, { at: 90 * SECOND, address: 'A3', label: 'hall', function: 'On', source: 'rcva' });
    expect(all.units.get('A3')).toEqual({
      address: 'A3',
      securityId: undefined,
      label: 'hall',
      firstAt: 0,
      lastAt: 90 * SECOND,
      count: 5,
      functions: new Map([
        ['On', 4],
        ['Off', 1],
      ]),
      sources: new Set(['rcvi', 'rcva']),
      data: new Set(),
      hasDelaySwitch: false,
      longestMs: 60 * SECOND,
      shortestMs: 10 * SECOND,
      lastFunction: 'On',
      repeats: 2,
    });
  });

  it('keeps the last label that heyu gave', () => {
    const all = history(
      [{ at: 1, address: 'A3', label: 'hall', function: 'On', source: 'rcvi' }],
      unit('A3', 'On', 2),
    );
    expect(all.units.get('A3')?.label).toBe('hall');
  });

  it('survives a clock that is set back', () => {
    const all = history();
    for (const at of [100, 50, 60])
      hear(all, { at, address: 'A3', label: null, function: 'On', source: 'rcvi' });
    expect(all.units.get('A3')).toMatchObject({ lastAt: 100, shortestMs: 0 });
    expect([all.fromAt, all.toAt]).toEqual([50, 100]);
  });

  it('passes over a line that names nobody', () => {
    const all = history();
    hear(all, { at: 1, address: undefined, label: null, function: 'RFnoise', source: 'rcva' });
    expect(all.units.size).toBe(0);
  });

  it('stays bounded on any noise', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 600 }), (ids) => {
        const all = history();
        ids.forEach((id, at) =>
          hear(all, {
            at,
            address: undefined,
            securityId: `0x${id}`,
            data: id,
            label: null,
            function: `f${id}`,
            source: 'rcva',
          }),
        );
        expect(all.units.size).toBeLessThanOrEqual(MOST_IDS);
        const counted = [...all.units.values()].reduce((sum, { count }) => sum + count, 0);
        expect(counted + all.beyond).toBe(ids.length);
      }),
    );
  });

  it('is listed with the senders without a name first, the busiest on top', () => {
    const all = history(
      unit('A3', 'On', 1, 2, 3, 4),
      unit('B1', 'On', 5),
      unit('B2', 'On', 6, 7),
      unit('A4', 'On', 8),
    );
    expect(
      heardRows(all, [{ ...hall, dusk: 'A4' }]).map(({ unit: { address }, entry: owner }) => [
        address,
        owner?.alias,
      ]),
    ).toEqual([
      ['B2', undefined],
      ['B1', undefined],
      ['A3', 'hall'],
      ['A4', 'hall'],
    ]);
  });
});

describe('a sender without a name', () => {
  it('comes with what heyu knows of it', () => {
    const config = readX10Config('ALIAS porch_motion A5 MS13A RFFORWARD');
    expect(learn(history(unit('A5', 'On', 1, 2)), [], config, 3)).toEqual([
      {
        kind: 'unmapped',
        moreUnits: [],
        address: 'A5',
        label: 'porch_motion',
        model: 'MS13A',
        likely: undefined,
        name: 'Porch',
        count: 2,
        firstAt: 1,
        lastAt: 2,
      },
    ]);
  });

  it('is not reported when it has an entry, is a dusk unit or is ignored', () => {
    const entries = [{ ...hall, dusk: 'A4' as const }, entry('next', 'G1', { ignore: true })];
    const all = history(unit('A3', 'On', 1), unit('A4', 'On', 2), unit('G1', 'On', 3, 4, 5));
    expect(learn(all, entries, undefined, 6)).toEqual([]);
  });

  it('gets the ALIAS line for x10config when it is a security sensor', () => {
    const config = readX10Config('ALIAS door C1 DS10A 65\nALIAS smoke C2 SD90 C5\nALIAS lamp A1 StdLM');
    const all = history(
      sender('0x22', 0x0c, 1),
      sender('0x22', 0x8c, 2),
      sender('0x23', 0x55, 3),
      unit('C3', 'On', 4),
    );
    const suggestions = learn(all, [entry('x', 'C4'), entry('y', 'C3')], config, 5);
    expect(suggestions).toMatchObject([
      { kind: 'unmapped_id', securityId: '0x23', model: undefined, line: 'ALIAS new_0x23 C6 SVDATA 0x23' },
      {
        kind: 'unmapped_id',
        securityId: '0x22',
        model: 'MS10A',
        line: 'ALIAS new_0x22 C5 MS10A 0x22',
        count: 2,
      },
    ]);
    const lines = suggestions.map((each) => ('line' in each ? each.line : '')).join('\n');
    expect(readX10Config(lines).problems).toEqual([]);
  });
});

describe('a security id that x10config has already', () => {
  const config = readX10Config('ALIAS door C2 DS10A 0x22\n');
  const heard = sender('0x22', 0x0c, 5, 6);

  it('needs a restart of heyu, and no second line', () => {
    expect(learn(history(heard), [], config, 9)).toEqual([
      { kind: 'not_restarted', securityId: '0x22', label: 'door', count: 2, firstAt: 5, lastAt: 6 },
    ]);
  });

  it('needs nothing once its unit was heard', () => {
    const door = entry('door', 'C2');
    expect(learn(history(heard, unit('C2', 'Alert', 8)), [door], config, 9)).toEqual([]);
    expect(learn(history(heard, unit('C2', 'Alert', 4)), [door], config, 9)).toMatchObject([
      { kind: 'not_restarted' },
    ]);
  });
});

describe('a sensor whose address changed', () => {
  const before = unit('A3', 'On', ...days(0, 5));

  it('is recognised by its silence and the new sender', () => {
    const all = history(before, unit('A1', 'On', 5 * DAY + HOUR, 6 * DAY, 8 * DAY));
    expect(learn(all, [hall], undefined, 9 * DAY)).toEqual([
      {
        kind: 'moved',
        alias: 'hall',
        from: 'A3',
        to: 'A1',
        securityId: undefined,
        line: undefined,
        silentSinceAt: 5 * DAY,
        newSinceAt: 5 * DAY + HOUR,
      },
    ]);
  });

  it('gets the ALIAS line with the new ID when it is a security sensor', () => {
    const porch = entry('porch', 'C1', { model: 'MS10A' });
    const all = history(unit('C1', 'Alert', ...days(0, 5)), sender('0x22', 0x0c, 6 * DAY));
    expect(learn(all, [porch], undefined, 9 * DAY)).toMatchObject([
      { kind: 'moved', alias: 'porch', to: undefined, line: 'ALIAS porch C1 MS10A 0x22' },
    ]);
  });

  const kinds = (heard: SenderLine[][], entries: AliasEntry[], now: number, x10config = '') =>
    learn(history(...heard), entries, readX10Config(x10config), now).map(({ kind }) => kind);

  it.each([
    ['it is still heard', [before, unit('A3', 'On', 8 * DAY), unit('A1', 'On', 6 * DAY)], 9 * DAY],
    ['it was silent for hours only', [before, unit('A1', 'On', 5 * DAY + HOUR)], 5 * DAY + 20 * HOUR],
    ['the other was there before', [before, unit('A1', 'On', 2 * DAY, 8 * DAY)], 9 * DAY],
    ['it was hardly known', [unit('A3', 'On', 0, DAY), unit('A1', 'On', 5 * DAY)], 9 * DAY],
    [
      'it is often silent for long',
      [unit('A3', 'On', 0, 20 * DAY, 21 * DAY, 22 * DAY, 23 * DAY), unit('A1', 'On', 24 * DAY)],
      30 * DAY,
    ],
    ['the other is a security sensor', [before, unit('A1', 'Alert', 6 * DAY)], 9 * DAY],
  ] as const)('is not supposed when %s', (_, heard, now) => {
    expect(
      kinds(
        heard.map((each) => [...each]),
        [hall],
        now,
      ),
    ).toEqual(['unmapped']);
  });

  it('is not supposed of a unit that heyu has a name for', () => {
    const heard = [before, unit('A1', 'On', 6 * DAY)];
    expect(kinds(heard, [hall], 9 * DAY, 'ALIAS lamp A1')).toEqual(['unmapped']);
  });

  it('has become one sender, not two', () => {
    const heard = [before, unit('A1', 'On', 6 * DAY), unit('A9', 'On', 7 * DAY)];
    expect(kinds(heard, [hall], 9 * DAY)).toEqual(['unmapped', 'moved']);
  });
});

describe('what a sender is', () => {
  const named = (name: string, flags: SenderLine['flags']): SenderLine => ({
    at: 1,
    address: 'C2',
    label: 'sec_door',
    function: name,
    source: 'rcva',
    ...(flags === undefined ? {} : { flags }),
  });
  const kindOf = (heard: SenderLine[], x10config?: string) =>
    learn(history(heard), [], x10config === undefined ? undefined : readX10Config(x10config), 2);

  it.each([
    ['a contact has a delay switch', [named('Alert', ['swMin'])], 'door'],
    ['in both positions', [named('Clear', ['swMax', 'LoBat'])], 'door'],
    ['so has one that was tampered with', [named('secTamper', ['Tamper', 'Main', 'swMin'])], 'door'],
    ['one line with it is enough', [named('Clear', ['swMax']), named('Alert', [])], 'door'],
    ['a motion sensor has none', [named('Alert', ['LoBat']), named('Clear', [])], undefined],
    ['nor has a standard X10 sender flags', [named('On', undefined)], undefined],
    ['a key of a remote has it, too', [named('Arm', ['swAway', 'swMin'])], 'KR10A'],
    ['one of its keys says it', [named('Disarm', [])], 'KR10A'],
    ['one of its keys says it among others', [named('sLightsOn', []), named('Panic', [])], 'KR10A'],
    ['four keys are those of a KR18', [named('Arm', []), named('BkeyOff', [])], 'KR18'],
  ] as const)('%s', (_, heard, likely) => {
    expect(kindOf([...heard])).toMatchObject([{ kind: 'unmapped', address: 'C2', likely }]);
  });

  it('is what heyu says, where it says it', () => {
    const heard = [named('Alert', ['swMin'])];
    expect(kindOf(heard, 'ALIAS sec_door C2 DS10A 0x65')).toMatchObject([
      { model: 'DS10A', likely: undefined },
    ]);
  });
});

describe('a dusk unit', () => {
  const night = [
    ...unit('A4', 'On', 18 * HOUR),
    ...unit('A4', 'Off', 30 * HOUR),
    ...unit('A4', 'On', 42 * HOUR),
  ];

  it.each([
    ['that alternates hours apart is likely', night, true],
    ['heard once is possible', unit('A4', 'On', 18 * HOUR), false],
  ])('%s', (_, heard, likely) => {
    expect(learn(history(heard), [hall], undefined, 2 * DAY)).toEqual([
      { kind: 'dusk', alias: 'hall', unit: 'A4', likely },
    ]);
  });

  it.each([
    ['a motion sensor repeats On within seconds', unit('A4', 'On', 1, 2, 3), [hall]],
    ['it dims', [...night, ...unit('A4', 'Dim', 50 * HOUR)], [hall]],
    ['the sensor has one', night, [{ ...hall, dusk: 'A9' as const }]],
    ['the one before is a lamp', night, [entry('lamp', 'A3', { model: 'StdLM' })]],
    ['the one before is a security sensor', night, [entry('s', 'A3', { model: 'MS10A' })]],
    ['the one before is ignored', night, [{ ...hall, ignore: true }]],
  ])('is not supposed when %s', (_, heard, entries) => {
    expect(learn(history(heard), entries, undefined, 3 * DAY).map(({ kind }) => kind)).toEqual(['unmapped']);
  });
});

describe('a neighbour', () => {
  it.each([
    ['is supposed on a house code that nobody here uses', unit('G5', 'On', 1, 2, 3), [hall], 'neighbour'],
    ['is not supposed after a single line', unit('G5', 'On', 1), [hall], 'unmapped'],
    ['is not supposed on our own house code', unit('A9', 'On', 1, 2, 3), [hall], 'unmapped'],
    ['is not supposed while nothing has a name', unit('G5', 'On', 1, 2, 3), [], 'unmapped'],
    [
      'is not supposed of a sender for which heyu prints an alias',
      unit('E1', 'On', 1, 2, 3).map((each) => ({ ...each, label: 'plc_sens' })),
      [hall],
      'unmapped',
    ],
  ])('%s', (_, heard, entries, kind) => {
    expect(learn(history(heard), entries, undefined, 4).map((each) => each.kind)).toEqual([kind]);
  });
});

describe('senders that heyu does not map', () => {
  it.each([
    [[0x0c, 0x8c, 0x0d], 'MS10A'],
    [[0x0c, 0x4c], 'MS90'],
    [[0x04, 0x84], 'DS10A'],
    [[0x00, 0x40], 'DS90'],
    [[0xe0, 0xf8], 'DM10'],
    [[0x06, 0x86], 'KR10A'],
    [[0x42], 'KR18'],
    [[0x03], 'KR15A'],
    [[0x0e, 0x82], 'SH624'],
    [[0x55], undefined],
    [[], undefined],
  ])('that send %j may be %s', (data, model) => {
    expect(moduleSending(new Set(data))).toBe(model);
  });

  it('get a unit on the house code of the other security modules', () => {
    const config = readX10Config('ALIAS a A1\nALIAS b C1 MS10A 41\nALIAS c D1 MS10A 42\nALIAS d D2 MS10A 43');
    expect(freeUnits(config, new Set<Address>(['D3']))[0]).toBe('D4');
  });

  it('get an empty house code when there are none, and nothing when all is taken', () => {
    expect(freeUnits(readX10Config('ALIAS a A1'), new Set())[0]).toBe('C1');
    expect(freeUnits(readX10Config('ALIAS a C1'), new Set())[0]).toBe('D1');
    const all = 'ABCDEFGHIJKLMNOP'.split('').map((house) => `ALIAS ${house.toLowerCase()} ${house}*`);
    expect(freeUnits(readX10Config(all.join('\n')), new Set())).toEqual([]);
  });

  it('fill one house code after the other, and never take A1', () => {
    const units = freeUnits(undefined, new Set());
    expect(units.slice(0, 18)).toEqual([
      ...Array.from({ length: 16 }, (_, index) => `C${index + 1}`),
      'D1',
      'D2',
    ]);
    expect(units).toHaveLength(255);
    expect(units).not.toContain('A1');
  });

  it('of a remote on several units are one remote', () => {
    const config = readX10Config('ALIAS pad F1-3 PALMPAD RFFORWARD');
    const heard = history(unit('F2', 'On', 1), unit('F3', 'Off', 2), unit('F3', 'Off', 3));
    expect(learn(heard, [], config, DAY)).toEqual([
      {
        kind: 'unmapped',
        address: 'F1',
        moreUnits: ['F2', 'F3'],
        label: 'pad',
        model: 'PALMPAD',
        likely: undefined,
        name: 'Pad',
        count: 3,
        firstAt: 1,
        lastAt: 3,
      },
    ]);
    expect(learn(heard, [entry('desk', 'F1', { moreUnits: ['F2', 'F3'] })], config, DAY)).toEqual([]);
    expect(learn(heard, [entry('desk', 'F3')], config, DAY)).toMatchObject([
      { address: 'F1', moreUnits: ['F2'], count: 1 },
    ]);
  });

  it('leave the dusk unit of a motion sensor alone', () => {
    const config = readX10Config(
      'ALIAS s D1 MS10A 41\nALIAS hall D3 MS14A RFFORWARD\nALIAS x D16 MS14A RFFORWARD',
    );
    expect(freeUnits(config, new Set()).slice(0, 3)).toEqual(['D2', 'D5', 'D6']);
  });

  it('are proposed for senders in the order in which they were heard, the last one on top', () => {
    const senders = Array.from({ length: 21 }, (_, index) =>
      sender(`0x${(10 + index).toString(16)}`, 0x0c, index),
    );
    const lines = learn(history(...senders), [], undefined, DAY).map((suggestion) =>
      suggestion.kind === 'unmapped_id' ? suggestion.line?.split(' ')[2] : undefined,
    );
    expect(lines.slice(0, 6)).toEqual(['D5', 'D4', 'D3', 'D2', 'D1', 'C16']);
    expect(lines.slice(18)).toEqual(['C3', 'C2', 'C1']);
  });
});
