import { describe, expect, it } from 'vitest';
import { house } from './run-cli.js';

const LOG = `11/22 15:00:00  rcvi addr unit       3 : hu A3  (hall_motion)
11/22 15:00:00  rcvi func           On : hc A
11/22 15:00:05  rcva func        Alert : hu C2  swMin  (front_door)
`;

/** A house in which every sensor has its zone. */
const IN_ORDER = {
  'aliases.yaml': `aliases:
  hall_motion: { address: A3, model: MS14A, dusk: A4, zone: ground }
  front_door: { address: C2, model: DS10A, zone: ground }
`,
};

describe('alias check', () => {
  it.each([
    [
      'is content with what agrees and was heard, but for the dusk unit',
      IN_ORDER,
      LOG,
      0,
      'dusk unit A4 was never seen',
    ],
    [
      'warns of a sensor that was never heard',
      {},
      LOG.split('\n').slice(0, 2).join('\n'),
      1,
      'C2 was never seen',
    ],
    [
      'finds an address that heyu has otherwise',
      { x10config: 'ALIAS hall_motion A7 MS14A RFFORWARD\nALIAS front_door C2 DS10A 65\n' },
      LOG,
      2,
      'has the address A3, but heyu says A7',
    ],
    [
      'finds problems of the file itself',
      { 'aliases.yaml': 'aliases:\n  hall_motion: { address: A3, modle: MS14A }\n' },
      LOG,
      2,
      'modle',
    ],
  ])('%s', async (_, files, log, code, message) => {
    const { alias } = house({ ...files, 'heyu.log': log });
    const ran = await alias('check');
    expect(ran.out).toContain(message);
    expect(ran.code).toBe(code);
  });

  it('tells one duplicate once, and what keeps the service from starting', async () => {
    const config = `zones: { ground: { keyfobs: [hall_motion] } }\n`;
    const aliases = 'aliases:\n  hall_motion: { address: A3 }\n  twin: { address: A3, topic: hall_motion }\n';
    const { alias, path } = house({ 'config.yaml': config, 'aliases.yaml': aliases, x10config: '' });
    const { code, out } = await alias('check', '--no-log', '--json');
    const told = JSON.parse(out) as readonly { readonly level: string; readonly problem: string }[];
    expect([code, told.filter(({ level }) => level === 'error').map(({ problem }) => problem)]).toEqual([
      2,
      [
        `${path('aliases.yaml')}:3: aliases.twin.address: A3 is already the address of hall_motion (line 2)`,
        `${path('config.yaml')}:1: zones.ground.keyfobs: "hall_motion" is not a remote`,
      ],
    ]);
  });

  it.each([
    ['has no zone', '{ address: C2, model: DS10A }', 'front_door: can never raise an alert: it has no zone'],
    [
      'is not listened to',
      '{ address: C2, model: DS10A, zone: ground, sources: [rcvi] }',
      'front_door: is never heard: rcva is not among its sources',
    ],
  ])('warns of a sensor that %s', async (_, entry, message) => {
    const { alias } = house({ 'aliases.yaml': `aliases:\n  front_door: ${entry}\n` });
    const { code, out } = await alias('check', '--no-log');
    expect([code, out]).toEqual([1, expect.stringContaining(message) as string]);
  });

  it.each([
    ['lines of another source', 'sources: [rcva]', 'does not count: it was heard as rcvi only'],
    [
      'a module that heyu drops',
      'model: SEC_IGNORE, type: motion',
      'is never heard: heyu logs nothing of a SEC_IGNORE',
    ],
  ])('warns of a sensor of which nothing counts: %s', async (_, keys, message) => {
    const { alias } = house({
      'aliases.yaml': `aliases:\n  hall_motion: { address: A3, zone: ground, ${keys} }\n`,
      'heyu.log': LOG,
    });
    const { code, out } = await alias('check');
    expect([code, out]).toEqual([1, expect.stringContaining(`hall_motion: ${message}`)]);
  });

  it('does not ask for zones where there are none', async () => {
    const { alias } = house({
      'config.yaml': 'heyu: { log: heyu.log }\n',
      'aliases.yaml': 'aliases:\n  front_door: { address: C2, model: DS10A }\n',
    });
    expect((await alias('check', '--no-log')).out).toContain('all is well');
  });

  it('gives JSON for scripts', async () => {
    const { alias } = house({ ...IN_ORDER, 'heyu.log': LOG });
    const { out } = await alias('check', '--json');
    expect(JSON.parse(out)).toMatchObject([{ level: 'note', alias: 'hall_motion' }]);
  });

  it('does without a log that it may not read, but not without one that was asked for', async () => {
    const { alias, path } = house({ 'config.yaml': 'heyu: { log: nowhere.log, x10config: x10config }\n' });
    expect((await alias('check')).err).toBe('');
    const { code, err } = await alias('check', '--log', path('nowhere.log'));
    expect([code, err]).toEqual([66, expect.stringContaining('does not exist') as string]);
  });
});
