import { describe, expect, it } from 'vitest';
import { house } from './house.js';

const LOG = `11/22 15:00:00  rcvi addr unit       3 : hu A3  (hall_motion)
11/22 15:00:00  rcvi func           On : hc A
11/22 15:00:05  rcva func        Alert : hu C2  swMin  (front_door)
`;

describe('alias check', () => {
  it.each([
    [
      'is content with what agrees and was heard, but for the dusk unit',
      {},
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
      'finds faults of the file itself',
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

  it('gives JSON for scripts', async () => {
    const { alias } = house({ 'heyu.log': LOG });
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
