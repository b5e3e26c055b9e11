import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { editAliasFile, findPlace } from '../../src/cli/alias/alias-file.js';
import { withEditLock } from '../../src/io/files.js';
import { MAIN } from '../support/house.js';
import { house } from './run-cli.js';

const run = promisify(execFile);

describe('edits at the same time', () => {
  it('of an editor are not lost: the edit is worked out anew', () => {
    const { path, read } = house();
    const place = findPlace({ config: path('config.yaml') });
    let asked = 0;
    editAliasFile(place, () => {
      asked += 1;
      // Someone saves while the first attempt is under way.
      if (asked === 1) writeFileSync(path('aliases.yaml'), `${read('aliases.yaml')}  # saved by an editor\n`);
      return [{ kind: 'set', alias: 'hall_motion', key: 'name', value: 'Entrance' }];
    });
    expect(asked).toBe(2);
    expect(read('aliases.yaml')).toContain('# saved by an editor');
    expect(read('aliases.yaml')).toContain('name: Entrance');
  });

  it('of someone who never stops are given up, and nothing is written', () => {
    const { path, read } = house();
    const place = findPlace({ config: path('config.yaml') });
    let asked = 0;
    const edit = () =>
      editAliasFile(place, () => {
        asked += 1;
        writeFileSync(path('aliases.yaml'), `${read('aliases.yaml')}  # ${asked}\n`);
        return [{ kind: 'set', alias: 'hall_motion', key: 'name', value: 'Entrance' }];
      });
    expect(edit).toThrow('changed by someone else');
    expect(read('aliases.yaml')).not.toContain('Entrance');
    expect(asked).toBeLessThan(10);
  });

  it('of many commands all arrive', async () => {
    const { path, read } = house();
    const units = Array.from({ length: 8 }, (_, index) => index + 1);
    await Promise.all(
      units.map((unit) =>
        run(process.execPath, [
          MAIN,
          'alias',
          'add',
          `unit_${unit}`,
          `F${unit}`,
          '--config',
          path('config.yaml'),
        ]),
      ),
    );
    for (const unit of units)
      expect(read('aliases.yaml')).toContain(`  unit_${unit}:\n    address: F${unit}\n`);
    expect(readdirSync(path('')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('the lock of an edit', () => {
  it('that was left behind by a process that is gone is taken over', () => {
    const { path, write } = house();
    write('.aliases.yaml.lock', '999999999\n');
    expect(withEditLock(path('aliases.yaml'), () => existsSync(path('.aliases.yaml.lock')))).toBe(true);
    expect(existsSync(path('.aliases.yaml.lock'))).toBe(false);
  });

  it('is given back when the work fails', () => {
    const { path } = house();
    const fail = () =>
      withEditLock(path('aliases.yaml'), () => {
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect(existsSync(path('.aliases.yaml.lock'))).toBe(false);
  });

  it('is done without where none can be made', () => {
    expect(withEditLock('/nowhere/aliases.yaml', () => 'done')).toBe('done');
  });
});
