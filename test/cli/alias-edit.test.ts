import { chmodSync, rmSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY_NAMES, optionName } from '../../src/cli/alias/edit.js';
import { runCli, house } from './run-cli.js';

describe('alias add', () => {
  it('puts an entry at the end and keeps everything else', async () => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    const { code, out } = await alias(
      'add',
      'porch',
      'a5',
      '--model',
      'ms13a',
      '--hold',
      '90s',
      '--zone',
      'ground',
    );
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('added: porch (A5)') as string,
    });
    expect(read('aliases.yaml')).toBe(
      `${before}\n  porch:\n    address: A5\n    model: MS13A\n    zone: ground\n    hold: 90s\n`,
    );
  });

  it('names a broken file and its line once', async () => {
    const { alias, path } = house({ 'aliases.yaml': 'aliases:\n  hall: [\n' });
    const { code, err } = await alias('add', 'porch', 'A5');
    expect([code, err]).toEqual([
      1,
      `heyu2mqtt: ${path('aliases.yaml')}: line 2: aliases.hall: not YAML: the bracket [ is not closed\n  hint: put ] behind the last value\n`,
    ]);
  });

  it('takes the units of a remote, which stay one alias', async () => {
    const { alias, read } = house();
    const { code, out } = await alias('add', 'pad', 'f1,3,2', '--model', 'palmpad');
    expect([code, out]).toEqual([0, expect.stringContaining('added: pad (F1-3)')]);
    expect(read('aliases.yaml')).toContain('\n  pad:\n    address: F1-3\n    model: PALMPAD\n');
    expect((await alias('set', 'pad', '--address', 'F2,5')).code).toBe(0);
    expect(read('aliases.yaml')).toContain('\n  pad:\n    address: F2,5\n    model: PALMPAD\n    id: f1\n');
    expect((await alias('list')).out).toMatch(/^ *pad +F2,5 +PALMPAD +remote/m);
    const listed = JSON.parse((await alias('list', '--json')).out) as object[];
    expect(listed).toContainEqual(expect.objectContaining({ alias: 'pad', address: 'F2,5', id: 'f1' }));
    const shown = JSON.parse((await alias('show', 'pad', '--json')).out) as object;
    expect(shown).toMatchObject({ address: 'F2,5' });
    expect(shown).not.toHaveProperty('moreUnits');
  });

  it('takes a list of units into an alias within braces', async () => {
    const { alias, read, write } = house();
    write('aliases.yaml', 'aliases:\n  pad: { address: F1, model: PALMPAD }\n');
    expect((await alias('set', 'pad', '--address', 'F1,3')).code).toBe(0);
    expect(read('aliases.yaml')).toBe('aliases:\n  pad: { address: "F1,3", model: PALMPAD }\n');
  });

  it.each([
    [
      'of a motion sensor',
      ['add', 'porch', 'A5-6'],
      'A5,6 is several units, and a sensor of type motion has one',
    ],
    [
      'that another alias has',
      ['add', 'pad', 'A1-3', '--model', 'PALMPAD'],
      'A3 is already the address of hall_motion',
    ],
  ])('refuses units %s', async (_, command, problem) => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    const { code, err } = await alias(...command);
    expect([code, err]).toEqual([1, expect.stringContaining(problem)]);
    expect(read('aliases.yaml')).toBe(before);
  });

  it('gives the place of a sensor that moved away an id of its own', async () => {
    const { alias, read } = house();
    await alias('set', 'hall_motion', '--address', 'B7');
    const { code, out } = await alias('add', 'cellar', 'A3', '--zone', 'ground');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('cellar: id a3_2, because "a3" is already the id of hall_motion'),
    ]);
    expect(read('aliases.yaml')).toContain('  cellar:\n    address: A3\n    zone: ground\n    id: a3_2\n');
  });

  it('says of a sensor without a zone that it never alerts', async () => {
    const { alias } = house();
    const { code, err } = await alias('add', 'porch', 'A5');
    expect([code, err]).toEqual([
      0,
      'porch can never raise an alert: it has no zone\n' +
        '  hint: heyu2mqtt alias set porch --zone ZONE; if it is not meant to: heyu2mqtt alias set porch --guard off\n',
    ]);
    expect((await alias('set', 'porch', '--guard', 'off')).err).toBe('');
    expect((await alias('check', '--no-log')).out).not.toContain('porch: can never');
    expect((await alias('add', 'lamp', 'A6', '--type', 'light')).err).toBe('');
  });

  it.each([
    [
      'on the state topic of a zone',
      'zones: { ground: { state_topic: x10/garage/motion } }',
      'the alias garage publishes there',
    ],
    [
      'on the birth topic',
      'homeassistant: { birth_topic: x10/garage/motion }',
      'the alias garage publishes there',
    ],
  ])('refuses one %s, with which the service would not start', async (_, config, message) => {
    const { alias, read, path } = house({ 'config.yaml': `${config}\n`, 'aliases.yaml': 'aliases:\n' });
    const ran = await alias('add', 'garage', 'A3');
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(message)]);
    expect(read('aliases.yaml')).toBe('aliases:\n');
    expect((await alias('add', 'garage', 'A3', '--topic', 'carport')).code).toBe(0);
    expect((await runCli('config', '--config', path('config.yaml'))).code).toBe(0);
  });

  it('makes the file when there is none', async () => {
    const { alias, path, read } = house();
    rmSync(path('aliases.yaml'));
    expect((await alias('add', 'porch', 'A5')).code).toBe(0);
    expect(read('aliases.yaml')).toMatch(/^# yaml-language-server: \$schema=.*aliases\.schema\.json\n/);
    expect((await alias('list')).out).toContain('porch  A5');
  });

  it.each([
    ['an address that is none', ['add', 'porch', 'Q5'], 64, '"Q5" is not a valid X10 address'],
    ['a label that heyu would not take', ['add', 'po/rch', 'A5'], 64, "invalid character '/'"],
    ['a name that is there', ['add', 'front_door', 'A5'], 1, 'there is an alias "front_door" already'],
    ['an address that is taken', ['add', 'porch', 'A3'], 1, 'nothing was written'],
    ['a zone that does not exist', ['add', 'porch', 'A5', '--zone', 'attic'], 1, 'there is no zone "attic"'],
    ['a hold time that is none', ['add', 'porch', 'A5', '--hold', 'soon'], 64, '--hold: '],
    ['a model that heyu does not know', ['add', 'porch', 'A5', '--model', 'MS14B'], 64, '--model: '],
  ])('refuses %s and writes nothing', async (_, args, code, message) => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    const ran = await alias(...args);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
    expect(read('aliases.yaml')).toBe(before);
  });
});

describe('alias set', () => {
  it('says when the sensor can never raise an alert any more', async () => {
    const { alias } = house();
    const { code, err } = await alias('set', 'front_door', '--unset', 'zone');
    expect(code).toBe(0);
    expect(err).toContain('front_door can never raise an alert: it has no zone');
  });

  it('changes a key in its place', async () => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    expect((await alias('set', 'hall_motion', '--name', 'Entrance')).code).toBe(0);
    expect(read('aliases.yaml')).toBe(before.replace('name: Hall', 'name: Entrance'));
  });

  it('writes the old id down with a new address, and takes the dusk unit along', async () => {
    const { alias, read } = house();
    const { out } = await alias('set', 'hall_motion', '--address', 'B7');
    expect(out).toContain('id: "a3"');
    const text = read('aliases.yaml');
    expect(text).toMatch(/address: B7\n {4}model: MS14A\n {4}name: Hall\n {4}dusk: B8\n {4}id: a3\n/);
  });

  it('lets the owner say otherwise about id and dusk unit', async () => {
    const { alias, read } = house();
    await alias('set', 'hall_motion', '--address', 'B7', '--id', 'own', '--unset', 'dusk');
    expect(read('aliases.yaml')).toContain('id: own');
    expect(read('aliases.yaml')).not.toContain('dusk');
  });

  it('goes back to a default', async () => {
    const { alias, read } = house();
    expect((await alias('set', 'front_door', '--unset', 'zone')).code).toBe(0);
    expect(read('aliases.yaml')).not.toContain('zone');
  });

  it('keeps the mode of the file', async () => {
    const { alias, path } = house();
    chmodSync(path('aliases.yaml'), 0o640);
    await alias('set', 'front_door', '--name', 'Door');
    expect(statSync(path('aliases.yaml')).mode & 0o777).toBe(0o640);
  });

  it.each([
    ['nothing', ['set', 'front_door'], 64, 'there is nothing to set'],
    ['an alias that is not there', ['set', 'Front_Door', '--name', 'x'], 1, 'did you mean "front_door"?'],
    ['a misspelt alias', ['set', 'front_dor', '--name', 'x'], 1, 'did you mean "front_door"?'],
    ['a key that is none', ['set', 'front_door', '--unset', 'colour'], 64, 'there is no key "colour"'],
    ['the address away', ['set', 'front_door', '--unset', 'address'], 64, 'an alias needs an address'],
    ['the address of another', ['set', 'front_door', '--address', 'A3'], 1, 'nothing was written'],
    [
      'a type that its model never is',
      ['set', 'front_door', '--type', 'remote'],
      1,
      'a DS10A is never heard as remote',
    ],
    ['a key without effect', ['set', 'front_door', '--off', 'hold'], 1, 'has no effect with type door'],
  ])('refuses to set %s', async (_, args, code, message) => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    const ran = await alias(...args);
    expect([ran.code, ran.err.includes(message)]).toEqual([code, true]);
    expect(read('aliases.yaml')).toBe(before);
  });

  it('has an option for every key of an alias', async () => {
    const { out } = await runCli('alias', 'set', '--help');
    for (const key of KEY_NAMES) expect(out).toContain(`--${optionName(key)} <value>`);
  });
});

describe('alias rename', () => {
  it('writes topic and id down, so that history stays', async () => {
    const { alias, read } = house();
    expect((await alias('rename', 'hall_motion', 'entrance')).code).toBe(0);
    const text = read('aliases.yaml');
    expect(text).toContain('  # in the hall\n  entrance: # by the coats\n');
    expect(text).toContain('    topic: hall_motion\n    id: a3\n');
    expect(text).not.toMatch(/^ {2}hall_motion:/m);
  });

  it('lets the topic follow when asked to', async () => {
    const { alias, read } = house();
    await alias('rename', 'hall_motion', 'entrance', '--move-topic');
    expect(read('aliases.yaml')).not.toContain('topic:');
  });

  it.each([
    [
      'to a name that is there',
      ['rename', 'hall_motion', 'front_door'],
      'there is an alias "front_door" already',
    ],
    ['to no label', ['rename', 'hall_motion', '_x'], "may not begin with '_' or '-'"],
    ['of nothing', ['rename', 'attic', 'loft'], 'there is no alias "attic"'],
  ])('%s is refused', async (_, args, message) => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    expect((await alias(...args)).err).toContain(message);
    expect(read('aliases.yaml')).toBe(before);
  });

  it('of a keyfob that a zone names is refused', async () => {
    const config = 'heyu: { log: heyu.log }\nzones: { ground: { name: G, keyfobs: [fob] } }\n';
    const aliases = 'aliases:\n  fob: { address: C4, model: KR10A }\n';
    const { alias } = house({ 'config.yaml': config, 'aliases.yaml': aliases });
    const ran = await alias('rename', 'fob', 'keys');
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('keyfob of the zone ground') as string]);
  });
});

describe('a keyfob of a zone', () => {
  const files = {
    'config.yaml': 'zones: { ground: { keyfobs: [fob] } }\n',
    'aliases.yaml':
      'aliases:\n  fob: { address: C4, model: KR10A }\n  other: { address: C5, type: remote }\n',
  };

  it.each([
    ['set', ['set', 'fob', '--model', 'MS10A'], '"fob" is not a remote'],
    ['set', ['set', 'fob', '--model', 'REMOTE2'], '"fob" has no keys that arm and disarm'],
    ['set', ['set', 'fob', '--ignore', 'yes'], '"fob" is ignored by the alias file'],
    ['remove', ['remove', 'fob', '--yes'], 'there is no alias "fob"'],
  ])('stays one: %s %j is refused', async (_, args, message) => {
    const { alias, read } = house(files);
    const ran = await alias(...args);
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(message)]);
    expect(read('aliases.yaml')).toBe(files['aliases.yaml']);
  });

  it('that is none already hinders nobody, and can be fixed', async () => {
    const config = 'zones: { ground: { keyfobs: [fob, other] } }\n';
    const { alias } = house({ ...files, 'config.yaml': config });
    expect((await alias('set', 'fob', '--name', 'Keys')).code).toBe(0);
    expect((await alias('check', '--no-log')).out).toContain('"other" has no keys that arm and disarm');
    expect((await alias('set', 'other', '--model', 'KR18', '--unset', 'type')).code).toBe(0);
    expect((await alias('check', '--no-log')).out).not.toContain('"other"');
  });
});

describe('alias remove', () => {
  it('takes entries out with their comments', async () => {
    const { alias, read } = house();
    expect((await alias('remove', 'hall_motion', '--yes')).code).toBe(0);
    expect(read('aliases.yaml')).toBe(
      '# the house\naliases:\n  front_door:\n    address: C2\n    model: DS10A\n    zone: ground\n',
    );
  });

  it('takes the last one out, too', async () => {
    const { alias, read } = house();
    expect((await alias('remove', 'hall_motion', 'front_door', '--yes')).code).toBe(0);
    expect((await alias('list')).out).toContain('no aliases');
    expect(read('aliases.yaml')).toContain('# the house');
  });

  it('takes out none when one of them is not there', async () => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    expect((await alias('remove', 'hall_motion', 'attic', '--yes')).code).toBe(1);
    expect(read('aliases.yaml')).toBe(before);
  });

  it('takes out none where there is no terminal to ask on, and no --yes', async () => {
    const { alias, read } = house();
    const before = read('aliases.yaml');
    const { code, out, err } = await alias('remove', 'hall_motion');
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'heyu2mqtt: nothing was written\n  hint: add --yes to remove hall_motion (A3)\n',
    });
    expect(read('aliases.yaml')).toBe(before);
  });
});

describe('alias list, show and topics', () => {
  it('lists in the order of the file', async () => {
    const { alias } = house();
    const { code, out } = await alias('list');
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ +/).slice(0, 2)),
    ).toEqual([
      ['ALIAS', 'ADDRESS'],
      ['hall_motion', 'A3'],
      ['front_door', 'C2'],
    ]);
  });

  it('lists what is good and complains of the rest', async () => {
    const { alias } = house({ 'aliases.yaml': 'aliases:\n  a: { address: A1 }\n  b: { address: Z1 }\n' });
    const { code, out, err } = await alias('list', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ alias: 'a', address: 'A1', type: 'motion' }]);
    expect(err).toContain('"Z1" is not a valid X10 address');
  });

  it('shows one with the places where its keys stand', async () => {
    const { alias, path } = house();
    const { out } = await alias('show', 'hall_motion');
    expect(out).toMatch(new RegExp(`address +A3 +${path('aliases.yaml')}:5\n`));
    expect(out).toMatch(/hold +5m +default\n/);
    expect(out).toContain('x10/hall_motion/motion');
  });

  it('shows topics with a line that reads them, and no password', async () => {
    const { alias, path } = house();
    const { out } = await alias('topics', 'front_door');
    expect(out).toContain('x10/front_door/contact');
    expect(out).toContain(
      `mosquitto_sub -v -h broker.example -p 1884 -u bridge -P "$(cat ${path('secret')})" -t 'x10/front_door/#'`,
    );
    expect(out).not.toContain('hall_motion');
  });
});

describe('an alias file that is not there', () => {
  it('is said where no configuration names one', async () => {
    const { path } = house();
    const { code, err } = await runCli('alias', 'list', '--config', path('nowhere.yaml'));
    expect([code, err]).toEqual([78, expect.stringContaining('does not exist') as string]);
  });
});

describe('the help of alias set', () => {
  it('has examples that may be typed as they stand there', async () => {
    const { out } = await runCli('alias', 'set', '--help');
    const examples = [...out.replace(/\s+/g, ' ').matchAll(/--(\S+) <value> .*?\(such as ([^)]*)\)/g)];
    expect(examples.map(([, option]) => option)).toEqual(KEY_NAMES.map(optionName));
    for (const [, option = '', example = ''] of examples) {
      const { alias } = house();
      // what does not fit this very sensor is a fault of the file, not of the command line
      const { code, err } = await alias('set', 'hall_motion', `--${option}`, ...example.split(' '));
      expect([option, code === 64 ? err : '']).toEqual([option, '']);
    }
  });
});
