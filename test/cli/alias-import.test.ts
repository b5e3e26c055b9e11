import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findX10Config, x10configPlaces } from '../../src/cli/heyu-install.js';
import { growthOf } from '../support/growth.js';
import { runCli, house } from './run-cli.js';

describe('alias import', () => {
  it('makes an alias file of an x10config that the check finds in order', async () => {
    const { alias, path, read } = house();
    rmSync(path('aliases.yaml'));
    const { code, out } = await alias('import', '--yes', '--zone', 'ground');
    expect(code).toBe(0);
    expect(out).toContain('+ hall_motion: A3, MS14A, dusk A4, "Hall"');
    expect(read('aliases.yaml').split('\n').slice(5)).toEqual([
      'aliases:',
      '  hall_motion:',
      '    address: A3',
      '    model: MS14A',
      '    name: Hall',
      '    zone: ground',
      '    dusk: A4',
      '',
      '  front_door:',
      '    address: C2',
      '    model: DS10A',
      '    name: Front door',
      '    zone: ground',
      '',
    ]);
    expect((await alias('check', '--no-log')).code).toBe(0);
  });

  it('says what to do where there is no directory', async () => {
    const { alias, path } = house();
    const { code, err } = await alias('import', '--yes', '--aliases', path('new/aliases.yaml'));
    expect([code, err]).toEqual([
      1,
      `heyu2mqtt: ${path('new/aliases.yaml')} cannot be written (ENOENT)\n  hint: make its directory: mkdir -p ${path('new')}\n`,
    ]);
  });

  it('takes a remote on several units as one, which explain knows by every key', async () => {
    const { alias, path, read, write } = house();
    write('x10config', 'ALIAS pad F1-3 PALMPAD RFFORWARD\n');
    write('aliases.yaml', '');
    const { code, out } = await alias('import', '--yes');
    expect([code, out]).toEqual([0, expect.stringContaining('+ pad: F1-3, PALMPAD, "Pad"') as string]);
    expect(read('aliases.yaml')).toContain('  pad:\n    address: F1-3\n    model: PALMPAD\n    name: Pad\n');
    expect((await alias('import', '--yes')).out).toContain('is up to date');
    expect((await alias('check', '--no-log', '--json')).out.trim()).toBe('[]');
    write(
      'pressed',
      [
        '11/22 12:00:00  rcva addr unit       2 : hu F2  (_no_alias_)',
        '11/22 12:00:00  rcva func           On : hc F',
        '',
      ].join('\n'),
    );
    const explained = await runCli('explain', '--aliases', path('aliases.yaml'), path('pressed'));
    expect(explained.out).toContain('F2 pad: on');
    expect(explained.out).toMatch(/x10\/pad\/event .*"event_type":"key_2_on".*"address":"F2"/);
  });

  it('says so of sensors that disturb each other', async () => {
    const { alias, write } = house();
    write('x10config', 'ALIAS one B1 MS13 RFFORWARD\nALIAS two B2 MS13 RFFORWARD\n');
    const { code, out } = await alias('import', '--yes', '--zone', 'ground');
    expect([code, out]).toEqual([0, expect.stringContaining('! two: B2 is the dusk unit of one') as string]);
    const check = await alias('check', '--no-log', '--json');
    expect(check.code).toBe(1);
    expect(JSON.parse(check.out)).toContainEqual(expect.objectContaining({ level: 'warning', alias: 'two' }));
  });

  it('run again changes nothing', async () => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    const { code, out } = await alias('import', '--yes');
    expect([code, out]).toEqual([0, expect.stringContaining('is up to date') as string]);
    expect(read('aliases.yaml')).toBe(before);
  });

  it('shows what would change and writes nothing with --dry-run', async () => {
    const { alias, read, write } = house();
    const before = read('aliases.yaml');
    write('x10config', 'ALIAS hall_motion A7 MS14A RFFORWARD\nALIAS porch A9 MS13A RFFORWARD\n');
    const { code, out } = await alias('import', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('~ hall_motion: address A3 -> A7');
    expect(out).toContain('~ hall_motion: id (none) -> a3');
    expect(out).toContain('+ porch: A9, MS13A, "Porch"');
    expect(out).toContain('front_door: heyu does not know it (C2); --prune removes it');
    expect(read('aliases.yaml')).toBe(before);
  });

  it('keeps what heyu does not know unless it is told to prune', async () => {
    const { alias, read, write } = house();
    write('x10config', 'ALIAS hall_motion A3 MS14A RFFORWARD\n');
    await alias('import', '--yes');
    expect(read('aliases.yaml')).toContain('front_door');
    await alias('import', '--yes', '--prune');
    expect(read('aliases.yaml')).not.toContain('front_door');
    expect(read('aliases.yaml')).toContain('hall_motion: # by the coats');
  });

  it.each([
    ['names no alias', '# nothing yet\n'],
    ['heyu refuses it', 'ALIAS hall_motion A3 MS14A RFFORWARD\nALIAS front_door Q2 DS10A 0x12\n'],
  ])('prunes nothing by a configuration of heyu that is of no use: %s', async (why, x10config) => {
    const { alias, read, write } = house();
    const before = read('aliases.yaml');
    write('x10config', x10config);
    const { code, err } = await alias('import', '--yes', '--prune');
    expect([code, err]).toEqual([1, expect.stringContaining(why) as string]);
    expect(read('aliases.yaml')).toBe(before);
  });

  it('does not write without a terminal and without --yes', async () => {
    const { alias, read, write } = house();
    const before = read('aliases.yaml');
    write('x10config', 'ALIAS porch A9 MS13A RFFORWARD\n');
    const { code, err } = await alias('import');
    expect([code, err]).toEqual([1, expect.stringContaining('add --yes') as string]);
    expect(read('aliases.yaml')).toBe(before);
  });

  it('names the lines for which heyu would refuse the file', async () => {
    const { alias, path } = house({ x10config: 'ALIAS a/b A1\nALIAS hall_motion A3 MS14A RFFORWARD\n' });
    const { err } = await alias('import', '--yes');
    expect(err).toContain(`${path('x10config')}:1: heyu refuses this: Invalid character '/' in alias label.`);
  });

  it('lets nothing of that file steer the terminal', async () => {
    const { alias } = house({ x10config: 'ALIAS hall_motion A3 MS14A RFFORWARD\nFOO\u001b[2J x\n' });
    const { err } = await alias('import', '--yes');
    expect(err).toContain(String.raw`heyu refuses this: Invalid Directive 'FOO\u001b[2J'`);
  });

  it('asks of a file that heyu could not read at all whether it is the right one', async () => {
    const line = '11/22 15:29:27  rcvi func           On : hc A\n';
    const { alias, path } = house({ x10config: line.repeat(60) });
    const { err } = await alias('import', '--yes');
    expect(err.trimEnd().split('\n')).toHaveLength(12);
    expect(err).toContain(`and 50 more\n  hint: is ${path('x10config')} heyu's configuration?\n`);
  });

  it('takes a file in Latin-1', async () => {
    const { alias, path } = house();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path('x10config'), Buffer.from('# K\xfcche\nALIAS kitchen A9 MS13A RFFORWARD\n', 'latin1'));
    expect((await alias('import', '--yes')).code).toBe(0);
  });

  it('imports 200 aliases, each as fast as one of 50', async () => {
    const units = 'ABCDEFGHIJKLM'
      .split('')
      .flatMap((house_) => Array.from({ length: 16 }, (_, unit) => `${house_}${unit + 1}`));
    const importAndCheck = async (count: number): Promise<void> => {
      const lines = units
        .slice(0, count)
        .map((unit, index) => `ALIAS sensor_${unit}_motion ${unit} MS10A ${index.toString(16)}`);
      const { alias, path } = house({ x10config: lines.join('\n') });
      rmSync(path('aliases.yaml'));
      const { code, out } = await alias('import', '--yes', '--zone', 'ground');
      expect([code, out]).toEqual([0, expect.stringContaining(`${count} aliases`) as string]);
      expect((await alias('check', '--no-log')).code).toBe(0);
    };
    expect(await growthOf([50, 200], importAndCheck, 1)).toBeLessThan(12);
  });

  it('gives the dusk unit to a motion sensor that the file has already, under whatever name', async () => {
    const { alias, read, write } = house({
      'aliases.yaml':
        'aliases:\n  kitchen: { address: A5, model: MS14A }\n  cellar_motion: { address: A7, model: MS14A }\n',
    });
    write(
      'x10config',
      'ALIAS kitchen_motion A5 MS14A\nALIAS kitchen_dark A6 MS14A\nALIAS cellar_motion A7 MS14A\nALIAS cellar_dark A8 MS14A\n',
    );
    const { out } = await alias('import', '--yes');
    expect(out).toContain('~ kitchen: dusk (none) -> A6');
    expect(out).toContain('A6 is the dusk unit of kitchen_motion');
    expect(read('aliases.yaml')).toBe(
      'aliases:\n  kitchen: { address: A5, model: MS14A, dusk: A6 }\n  cellar_motion: { address: A7, model: MS14A, dusk: A8 }\n',
    );
  });

  it.each([
    ['an entry of its own', 'dark: { address: A6, type: light_sensor }', 'A6 is dark here'],
    [
      "nobody's",
      'x: { address: D1 }',
      'not the dusk unit of an alias here: heyu2mqtt alias add kitchen_dark A6',
    ],
  ])('says of a dusk unit when it is %s', async (_, entry, message) => {
    const { alias, write } = house({
      'aliases.yaml': `aliases:\n  kitchen_motion: { address: A5, model: MS14A, dusk: A9 }\n  ${entry}\n`,
    });
    write('x10config', 'ALIAS kitchen_motion A5 MS14A\nALIAS kitchen_dark A6 MS14A\n');
    const { out } = await alias('import', '--yes');
    expect(out).toContain(message);
    expect(out).not.toContain('is the dusk unit of');
  });

  it('goes on after a sensor was moved, and gives what comes in its place an id and a topic of its own', async () => {
    const { alias, read, write, path } = house();
    await alias('set', 'hall_motion', '--address', 'B7');
    await alias('rename', 'front_door', 'entrance');
    write('x10config', 'ALIAS hall_motion B7 MS14A\nALIAS cellar A3 MS14A\nALIAS front_door C5 DS10A 0x66\n');
    const { code, out } = await alias('import', '--yes');
    expect([code, out]).toEqual([0, expect.stringContaining('cellar: id a3_2, because')]);
    expect(read('aliases.yaml')).toMatch(/cellar:\n {4}address: A3\n.*\n.*\n {4}id: a3_2\n/);
    expect(read('aliases.yaml')).toContain('topic: front_door_2\n');
    expect((await runCli('config', '--config', path('config.yaml'))).err).not.toContain('aliases.yaml');
    expect((await alias('import', '--yes')).out).toContain('is up to date');
  });

  it('leaves out what cannot be, with the reason, and writes the rest', async () => {
    const { alias, read, write } = house();
    await alias('add', 'own', 'A5', '--zone', 'ground');
    // hall_motion moves to a unit that has an entry, and porch comes on the dusk unit of nobody
    write('x10config', 'ALIAS hall_motion A5 MS14A\nALIAS porch A9 MS14A\nALIAS front_door C2 DS10A 0x65\n');
    for (const args of [
      ['import', '--dry-run'],
      ['import', '--yes'],
    ]) {
      const { code, err } = await alias(...args);
      expect([code, err]).toEqual([
        1,
        expect.stringContaining('left out, because the service would not start with it'),
      ]);
      expect(err).toContain('A5 is already the address of hall_motion');
    }
    expect(read('aliases.yaml')).toContain('hall_motion: # by the coats\n    address: A3\n');
    expect(read('aliases.yaml')).toContain('  porch:\n    address: A9\n');
  });

  it('says where it looked when heyu has no configuration', async () => {
    const { alias } = house({ 'config.yaml': 'heyu: { log: heyu.log }\n' });
    const { code, err } = await alias('import', '--yes');
    expect([code, err]).toEqual([66, expect.stringContaining('/nowhere/x10config') as string]);
  });
});

describe('where heyu looks for its configuration', () => {
  it.each([
    [{ HOME: '/home/me' }, ['/home/me/.heyu/x10config', '/etc/heyu/x10.conf']],
    [{ HOME: '/home/me', HEYUSUB: '3' }, ['/home/me/.heyu/3/x10config', '/etc/heyu/3/x10.conf']],
    [{ HOME: '/home/me', X10CONFIG: '/x' }, ['/x']],
    [{}, ['/etc/heyu/x10.conf']],
    [
      { HOME: '/root', SUDO_USER: 'daemon' },
      ['/usr/sbin/.heyu/x10config', '/etc/heyu/x10.conf', '/root/.heyu/x10config'],
    ],
    [{ HOME: '/root', SUDO_USER: 'no_such_user' }, ['/root/.heyu/x10config', '/etc/heyu/x10.conf']],
  ])('%j: %j', (env, places) => {
    expect(x10configPlaces(env)).toEqual(places);
  });

  it('is the first that can be read', () => {
    const { path } = house();
    expect(findX10Config({ X10CONFIG: path('x10config') })).toBe(path('x10config'));
    expect(findX10Config({ X10CONFIG: path('nowhere') })).toBeUndefined();
  });
});
