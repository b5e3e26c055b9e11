/** What an ordinary user gets where the configuration is root's, as the Debian package leaves it. */

import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asNobody, isNobodyPossible } from '../support/as-nobody.js';
import { house, runCli, type AliasHouse, type Ran } from './run-cli.js';

const SUDO = 'hint: run it with sudo';

/** Runs it as a user who may not read config.yaml, or only what the group of the service may. */
async function asOrdinary(there: AliasHouse, isMember: boolean, args: readonly string[]): Promise<Ran> {
  chmodSync(there.folder, 0o755);
  chmodSync(there.path('config.yaml'), isMember ? 0o644 : 0o600);
  writeFileSync(there.path('secret'), 'secret\n');
  chmodSync(there.path('secret'), 0o600);
  let ran: Ran = { code: -1, out: '', err: '' };
  await asNobody(async () => {
    ran = await runCli(...args, '--config', there.path('config.yaml'));
  });
  return ran;
}

describe.runIf(isNobodyPossible)('an ordinary user', () => {
  it('is shown the aliases for the completion of a shell', async () => {
    const { code, out, err } = await asOrdinary(house(), false, ['alias', 'list', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(out) as { alias: string }[]).map(({ alias }) => alias)).toEqual([
      'hall_motion',
      'front_door',
    ]);
    expect(err).toContain('may not be read by this user: shown without it');
  });

  it('is shown the sensors by status', async () => {
    const there = house();
    const { code, out, err } = await asOrdinary(there, false, ['status']);
    expect(code).toBe(1);
    expect(out).toContain('hall_motion');
    expect(err).toContain('the service does not run');
  });

  it.each([
    ['config'],
    ['alias', 'show', 'hall_motion'],
    ['alias', 'topics'],
    ['alias', 'add', 'porch', 'A9'],
    ['broker-check'],
    ['session', 'show'],
  ])('is told to use sudo for %s %s', async (...args) => {
    const { code, err } = await asOrdinary(house(), false, args);
    expect(code).toBe(78);
    expect(err).toContain(SUDO);
  });

  it('needs no sudo to look, as a member of the group', async () => {
    const there = house();
    for (const args of [['config'], ['alias', 'show', 'hall_motion'], ['alias', 'topics']])
      expect(await asOrdinary(there, true, args)).toMatchObject({ code: 0, err: '' });
    const { err } = await asOrdinary(there, true, ['broker-check']);
    expect(err).toContain(`secret may not be read by this user\n  ${SUDO}`);
  });

  it('is warned by check of what only root can tell', async () => {
    const { out } = await asOrdinary(house(), true, ['check']);
    expect(out).toMatch(/warning .*secret may not be read by this user\n +sudo heyu2mqtt check/);
    expect((await asOrdinary(house(), true, ['check', '--quick'])).code).toBe(2);
  });

  it.each([
    [['alias', 'add', 'porch', 'A9']],
    [['alias', 'set', 'hall_motion', '--name', 'X']],
    [['alias', 'remove', 'hall_motion', '--yes']],
  ])('is told to use sudo for %j, though he may read the files', async (args) => {
    const there = house();
    const { code, err } = await asOrdinary(there, true, args);
    expect(code).toBe(1);
    expect(err).toContain(`aliases.yaml cannot be written (EACCES)\n  ${SUDO}`);
  });

  it.each([
    [['alias', 'learn'], 66],
    [['explain', 'LOG'], 66],
    [['service', 'install'], 1],
  ])('is told to use sudo for %j, where the log is closed', async (args, expected) => {
    const there = house();
    chmodSync(there.path('heyu.log'), 0o600);
    const words = args.map((word) => (word === 'LOG' ? there.path('heyu.log') : word));
    const { code, err } = await asOrdinary(there, true, words);
    expect(code).toBe(expected);
    expect(err).toContain(SUDO);
  });
});
