import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { proposedPath, proposeName } from '../../src/cli/proposed-names.js';
import type { JsonObject } from '../../src/common/json.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { house, type AliasHouse } from './run-cli.js';

const CORE = coreSettings({
  sensors: [
    sensorSettings('A3', 'MS14A', { alias: 'hall_motion' }),
    sensorSettings('C2', 'DS10A', { alias: 'front_door' }),
  ],
  zones: [zoneSettings('ground', {})],
});

/** A house whose page was told these names. */
function told(
  names: readonly JsonObject[],
  files: Readonly<Record<string, string>> = {},
): AliasHouse & { readonly waiting: string } {
  const made = house({ 'config.yaml': 'state_dir: state\nzones: { ground: {} }\n', ...files });
  const state = made.path('state');
  mkdirSync(state, { recursive: true });
  for (const name of names) expect(proposeName(state, CORE, name)).toBeInstanceOf(Array);
  return { ...made, waiting: proposedPath(state) };
}

const PORCH = { alias: 'porch', address: 'a5', name: 'Porch', zone: 'ground' };

describe('alias adopt', () => {
  it('shows what changes, adds it with all comments kept, and nothing waits any more', async () => {
    const { alias, read, waiting } = told([PORCH, { alias: 'shed', address: 'B1' }]);
    const before = read('aliases.yaml');
    const { code, out } = await alias('adopt', '--yes');
    expect(code).toBe(0);
    expect(out).toContain(
      '  + porch: { address: A5, name: Porch, zone: ground }\n  + shed: { address: B1 }\n',
    );
    expect(read('aliases.yaml')).toBe(
      `${before}\n  porch:\n    address: A5\n    name: Porch\n    zone: ground\n\n  shed:\n    address: B1\n`,
    );
    expect(existsSync(waiting)).toBe(false);
    expect((await alias('adopt', '--yes')).out).toContain('no name waits');
  });

  it('only looks with --dry-run, and where nobody can be asked', async () => {
    const { alias, read, waiting } = told([PORCH]);
    const before = read('aliases.yaml');
    expect(await alias('adopt', '--dry-run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('+ porch') as string,
    });
    expect(await alias('adopt')).toMatchObject({
      code: 1,
      err: expect.stringContaining('add --yes') as string,
    });
    expect([read('aliases.yaml'), existsSync(waiting)]).toEqual([before, true]);
  });

  it('takes nothing from a sensor that has been named meanwhile', async () => {
    const { alias, read, waiting } = told([PORCH, { alias: 'hall_two', address: 'A6' }], {
      'aliases.yaml': 'aliases:\n  veranda: { address: A5 }\n  hall_two: { address: B9 }\n',
    });
    const before = read('aliases.yaml');
    const { code, out } = await alias('adopt', '--yes');
    expect(code).toBe(0);
    expect(out).toContain('! porch (A5): A5 is veranda already');
    expect(out).toContain('! hall_two (A6): there is an alias hall_two already (B9)');
    expect([read('aliases.yaml'), existsSync(waiting)]).toEqual([before, false]);
  });

  it('changes what is new of an alias that has this address', async () => {
    const { alias, read } = told([PORCH], { 'aliases.yaml': 'aliases:\n  porch: { address: A5 } # new\n' });
    expect((await alias('adopt', '--yes')).out).toContain('~ porch: zone: "ground"');
    expect(read('aliases.yaml')).toBe('aliases:\n  porch: { address: A5, zone: ground } # new\n');
  });

  it('follows no link that stands there, and reads nothing that is none of ours', async () => {
    const { alias, waiting, path } = told([]);
    writeFileSync(path('other.yaml'), 'aliases:\n  porch: { address: A5 }\n');
    symlinkSync(path('other.yaml'), waiting);
    expect((await alias('adopt', '--yes')).out).toContain('no name waits');
    expect(existsSync(path('other.yaml'))).toBe(true);
  });
});

describe('a name that is given on the page', () => {
  const propose = (given: JsonObject): unknown => {
    const { path } = told([]);
    return proposeName(path('state'), CORE, given);
  };

  it.each<[JsonObject, RegExp]>([
    [{ address: 'A5' }, /an alias is missing/],
    [{ alias: 'porch' }, /an address is missing/],
    [{ alias: 'porch', address: 'Q5' }, /"Q5" is not a valid X10 address/],
    [{ alias: 'porch', address: 5 }, /is not a text/],
    [{ alias: '../etc', address: 'A5' }, /"\.\.\/etc"/],
    [{ alias: 'a b', address: 'A5' }, /"a b"/],
    [{ alias: 'a'.repeat(33), address: 'A5' }, /a{33}/],
    [{ alias: 'hall_motion', address: 'A5' }, /there is an alias "hall_motion" already/],
    [{ alias: 'porch', address: 'A3' }, /A3 is hall_motion already/],
    [{ ...PORCH, zone: 'gruond' }, /there is no zone "gruond"/],
    [{ ...PORCH, model: 'MS99' }, /model: /],
    [{ ...PORCH, name: 'a\nb' }, /name: .* control character/],
    [{ ...PORCH, name: 'x'.repeat(101) }, /name: is longer/],
  ])('is refused: %j', (given, problem) => {
    expect(propose(given)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) as string });
  });

  it('is kept as it is, whatever is in it, and nothing else of what was sent', () => {
    const name = '"}]: - {{ x }} <script>alert(1)</script> # & * !';
    expect(propose({ ...PORCH, name, ignore: true, __proto__: { id: 'x' } })).toEqual([
      { alias: 'porch', address: 'A5', name, zone: 'ground' },
    ]);
  });

  it('takes the place of an earlier one of the same sender', () => {
    const { path } = told([PORCH, { alias: 'shed', address: 'B1' }]);
    expect(proposeName(path('state'), CORE, { alias: 'veranda', address: 'A5' })).toEqual([
      { alias: 'shed', address: 'B1' },
      { alias: 'veranda', address: 'A5' },
    ]);
  });
});
