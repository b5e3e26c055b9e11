import { describe, expect, it } from 'vitest';
import { adviceOn } from '../../src/cli/alias/learn.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import { house } from './run-cli.js';

const LOG = `11/17 15:00:00  rcvi addr unit       3 : hu A3  (hall_motion)
11/17 15:00:00  rcvi func           On : hc A
11/18 15:00:05  rcva func       RFdata : Type Sec ID 0x22 Data 0x0C
11/19 15:00:00  rcvi addr unit       9 : hu A9  (_no_alias_)
11/19 15:00:00  rcvi func           On : hc A
`;

describe('alias learn without a terminal', () => {
  it('tells who was heard, those without a name first, and what to do', async () => {
    const { alias } = house({ 'heyu.log': LOG });
    const { code, out } = await alias('learn');
    expect(code).toBe(0);
    const [, ...rows] = out.split('\n\n')[0]?.split('\n') ?? [];
    expect(rows.map((row) => row.split(/ +/).slice(0, 2).join(' '))).toEqual([
      '0x22 -',
      'A9 -',
      'A3 hall_motion',
    ]);
    const line = /in x10config: (.*)/.exec(out)?.[1] ?? '';
    expect(line).toBe('ALIAS new_0x22 C1 MS10A 0x22');
    expect(readX10Config(line).problems).toEqual([]);
    expect(out).toContain('then: heyu restart');
    expect(out).toContain('heyu2mqtt alias add unit_A9 A9');
  });

  it('proposes commands that work', async () => {
    const { alias } = house({ 'heyu.log': LOG });
    const { out } = await alias('learn');
    const command = /heyu2mqtt alias (add .*)/.exec(out)?.[1] ?? '';
    expect((await alias(...command.split(' '))).code).toBe(0);
    expect((await alias('learn')).out).not.toContain('A9 has no name');
  });

  it('learns from other logs, the oldest first', async () => {
    const { alias, path } = house({
      'old.log': LOG.split('\n').slice(0, 2).join('\n') + '\n',
      'new.log': LOG.split('\n').slice(3).join('\n'),
    });
    const { out } = await alias('learn', '--from', path('old.log'), path('new.log'), '--json');
    const { heard } = JSON.parse(out) as { heard: { address: string; first: string }[] };
    expect(heard.map(({ address }) => address)).toEqual(['A9', 'A3']);
    expect(heard[0]?.first).toMatch(/^\d{4}-11-19T15:00:00\+00:00$/);
  });

  it.each([
    ['an empty log', [], 1, 'nothing was heard'],
    ['a log that does not exist', ['--from', 'nowhere.log'], 66, 'nowhere.log: does not exist'],
  ])('says so of %s', async (_, args, code, message) => {
    const { alias } = house();
    const ran = await alias('learn', ...args);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(message) as string]);
  });
});

describe('a suggestion in words', () => {
  const when = (at: number) => `day ${at}`;
  it.each([
    [
      {
        kind: 'moved',
        alias: 'hall',
        from: 'A3',
        to: 'A1',
        securityId: undefined,
        line: undefined,
        silentSinceAt: 1,
        newSinceAt: 2,
      },
      'hall (A3) is silent since day 1, A1 is new since day 2: batteries changed?',
      ['set the sensor back to A3, or: heyu2mqtt alias set hall --address A1'],
    ],
    [
      {
        kind: 'moved',
        alias: 'p',
        from: 'C1',
        to: undefined,
        securityId: '0x22',
        line: 'ALIAS p C1 MS10A 0x22',
        silentSinceAt: 1,
        newSinceAt: 2,
      },
      'p (C1) is silent since day 1, 0x22 is new since day 2: batteries changed?',
      ['in x10config, instead of the line of p: ALIAS p C1 MS10A 0x22', 'then: heyu restart'],
    ],
    [
      { kind: 'dusk', alias: 'hall', unit: 'A4', likely: true },
      'A4, the unit after hall, sends On and Off hours apart: its dusk sensor?',
      ['heyu2mqtt alias set hall --dusk A4'],
    ],
    [
      { kind: 'neighbour', address: 'G5', count: 3 },
      'G5 is on a house code that nothing here uses, heard 3 times: a neighbour?',
      ['heyu2mqtt alias add neighbour_G5 G5 --ignore yes'],
    ],
    [
      {
        kind: 'unmapped',
        moreUnits: [],
        address: 'A5',
        label: 'porch',
        model: 'MS13A',
        likely: undefined,
        name: 'Porch',
        count: 1,
        firstAt: 1,
        lastAt: 2,
      },
      'A5 has no name here: heard once, last day 2; heyu calls it porch, MS13A',
      ['heyu2mqtt alias add porch A5 --model MS13A'],
    ],
    [
      {
        kind: 'unmapped',
        moreUnits: [],
        address: 'C2',
        label: 'sec_door',
        model: undefined,
        likely: 'door',
        name: 'Sec door',
        count: 1,
        firstAt: 1,
        lastAt: 2,
      },
      'C2 has no name here: heard once, last day 2; heyu calls it sec_door',
      ['heyu2mqtt alias add sec_door C2 --type door'],
    ],
    [
      {
        kind: 'unmapped',
        moreUnits: [],
        address: 'C4',
        label: 'fob',
        model: undefined,
        likely: 'KR10A',
        name: 'Fob',
        count: 1,
        firstAt: 1,
        lastAt: 2,
      },
      'C4 has no name here: heard once, last day 2; heyu calls it fob',
      ['heyu2mqtt alias add fob C4 --model KR10A'],
    ],
    [
      {
        kind: 'unmapped_id',
        securityId: '0x22',
        model: undefined,
        line: undefined,
        count: 2,
        firstAt: 1,
        lastAt: 2,
      },
      'security sensor 0x22 is unknown to heyu: heard 2 times, last day 2',
      ['all 256 units of heyu are taken'],
    ],
  ] as const)('%j', (suggestion, title, remedy) => {
    expect(adviceOn(suggestion, when)).toMatchObject({ title, remedy });
  });
});
