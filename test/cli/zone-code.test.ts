import { spawnSync } from 'node:child_process';
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
    expect(err).toMatch(/^heyu2mqtt: \S+\/codes is damaged\n {2}hint: put a copy of it back/m);
    expect(read('codes')).toBe(DAMAGED);
  });

  it('says that a directory is no file', async () => {
    const { configPath } = house({ 'config.yaml': CONFIG.replace('codes\n', '.\n') });
    const { code, err } = await runCli('zone', 'code', 'list', 'ground', '--config', configPath);
    expect(code).toBe(66);
    expect(err).toMatch(/^heyu2mqtt: \S+: is a directory, not a file$/m);
  });

  it('says where it cannot write', () => {
    const { configPath, path } = house({ 'config.yaml': CONFIG.replace('codes\n', 'none/codes\n') });
    const args = ['zone', 'code', 'add', 'ground', 'jane', '--config', configPath];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      input: '47110815\n',
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(`heyu2mqtt: ${path('none/codes')} cannot be written (ENOENT)\n`);
  });
});
