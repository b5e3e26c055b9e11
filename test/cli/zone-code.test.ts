import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAIN } from '../support/house.js';
import { house, runCli } from './run-cli.js';

const CONFIG = 'codes_file: codes\nzones: { ground: {}, attic: {} }\n';
const DAMAGED = '{"version":1,"zones":{"attic":{"salt":';

describe('zone code', () => {
  it.each([
    ['add', 'jane'],
    ['list', undefined],
    ['remove', 'jane'],
  ])('%s leaves a damaged file alone: other zones have codes there', async (command, name) => {
    const { configPath, read } = house({ 'config.yaml': CONFIG, codes: DAMAGED });
    const names = name === undefined ? [] : [name];
    const { code, out, err } = await runCli(
      'zone',
      'code',
      command,
      'ground',
      ...names,
      '--config',
      configPath,
    );
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^heyu2mqtt: \S+\/codes is damaged\n {2}hint: restore it from a copy/m);
    expect(read('codes')).toBe(DAMAGED);
  });

  it('says that a directory is no file', async () => {
    const { configPath } = house({ 'config.yaml': CONFIG.replace('codes\n', '.\n') });
    const { code, err } = await runCli('zone', 'code', 'list', 'ground', '--config', configPath);
    expect(code).toBe(66);
    expect(err).toMatch(/^heyu2mqtt: \S+: is a directory, not a file\n {2}hint: name the file in it$/m);
  });

  it('of a file that is not text the copy is the remedy, not an editor', async () => {
    const { configPath, path } = house({ 'config.yaml': CONFIG });
    for (const bytes of [
      [0xff, 0xfe, 0x61, 0],
      [0x7b, 0xfc],
    ]) {
      writeFileSync(path('codes'), new Uint8Array(bytes));
      const { code, err } = await runCli('zone', 'code', 'list', 'ground', '--config', configPath);
      expect(code).toBe(66);
      expect(err).toContain('hint: restore it from a copy');
      expect(err).not.toContain('save it');
    }
  });

  it.each([['list'], ['remove', 'jane']])(
    '%s says that the file is missing, once',
    async (command, ...names) => {
      const { configPath, path } = house({ 'config.yaml': CONFIG });
      const args = ['zone', 'code', command, 'ground', ...names, '--config', configPath];
      const { code, out, err } = await runCli(...args);
      expect([code, out]).toEqual([66, '']);
      expect(err).toBe(
        `heyu2mqtt: ${path('codes')} does not exist: every zone of the bridge asks for a code, and no code is right\n` +
          '  hint: restore it from a copy, or: heyu2mqtt zone code add ground NAME\n',
      );
    },
  );

  it('add makes the file, and names the zones that it leaves without a code', () => {
    const { configPath, path } = house({ 'config.yaml': CONFIG });
    const add = (zone: string, code: string) =>
      spawnSync(process.execPath, [MAIN, 'zone', 'code', 'add', zone, 'jane', '--config', configPath], {
        input: `${code}\n`,
        encoding: 'utf8',
      });
    const first = add('ground', '47110815');
    expect([first.status, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain('without a code so far: attic\n');
    expect(first.stdout).toContain(`written: ${path('codes')}`);
    expect(add('attic', '08154711').stdout).not.toContain('without');
  });

  it('says where it cannot write', () => {
    const { configPath, path } = house({ 'config.yaml': CONFIG.replace('codes\n', 'none/codes\n') });
    const args = ['zone', 'code', 'add', 'ground', 'jane', '--config', configPath];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      input: '47110815\n',
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(
      `heyu2mqtt: ${path('none/codes')} cannot be written (ENOENT)\n  hint: make its directory: mkdir -p ${path('none')}\n`,
    );
  });
});
