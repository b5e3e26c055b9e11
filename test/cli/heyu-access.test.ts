/** The rights that let the service read heyu's files. */

import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/cli/check/check-service.js';
import { accessSteps, groupSteps, isRefused } from '../../src/cli/heyu-access.js';
import { complete, describeStep } from '../../src/cli/service-install.js';
import { makeHouse } from '../support/house.js';
import { onTestFinished } from '../support/test-end.js';

const NOBODY = 65534;
const USER: Identity = { name: 'nobody', uid: NOBODY, gid: NOBODY, groups: [NOBODY] };

/** A home of user 1000 with heyu's file in it. */
function home(modes: { readonly home: number; readonly folder: number; readonly file: number }) {
  const made = makeHouse({ files: {} });
  onTestFinished(() => made.remove());
  chmodSync(made.folder, 0o755);
  const at = made.path('bob');
  const folder = join(at, '.heyu');
  const file = join(folder, 'x10config');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, 'TTY dummy\n');
  for (const path of [at, folder, file]) chownSync(path, 1000, 1000);
  chmodSync(at, modes.home);
  chmodSync(folder, modes.folder);
  chmodSync(file, modes.file);
  const plan = (...files: readonly string[]): readonly string[] =>
    accessSteps(files, USER, [at]).map((step) => describeStep(step).replaceAll(made.folder, ''));
  const letIn = (...files: readonly string[]): void => complete(accessSteps(files, USER, [at]));
  return { at, folder, file, plan, letIn };
}

/** Only root may give rights to others. */
describe.runIf(process.getuid?.() === 0)('the right to read', () => {
  it.each([
    ['is there for an open file', { home: 0o755, folder: 0o755, file: 0o644 }, []],
    [
      'of an open file in a closed home is the one to enter',
      { home: 0o700, folder: 0o755, file: 0o644 },
      ['setfacl -m u:nobody:x /bob'],
    ],
    [
      'of a closed file is for it and for what replaces it',
      { home: 0o755, folder: 0o755, file: 0o640 },
      ['setfacl -m d:u:nobody:r,d:g::r-x,d:o::--- /bob/.heyu', 'setfacl -m u:nobody:r /bob/.heyu/x10config'],
    ],
    [
      'is given on the whole way',
      { home: 0o700, folder: 0o700, file: 0o600 },
      [
        'setfacl -m u:nobody:x /bob',
        'setfacl -m u:nobody:rx,d:u:nobody:r,d:g::---,d:o::--- /bob/.heyu',
        'setfacl -m u:nobody:r /bob/.heyu/x10config',
      ],
    ],
  ])('%s', (_, modes, steps) => {
    const { file, plan, letIn } = home(modes);
    expect(plan(file)).toEqual(steps);
    letIn(file);
    expect(isRefused(file, USER)).toBe(false);
    expect(plan(file)).toEqual([]);
  });

  it('is for a log that heyu will make, too', () => {
    const { folder, letIn, plan } = home({ home: 0o700, folder: 0o700, file: 0o600 });
    const log = join(folder, 'heyu.log.ttyS0');
    expect(plan(log)).toEqual([
      'setfacl -m u:nobody:x /bob',
      'setfacl -m u:nobody:rx,d:u:nobody:r /bob/.heyu',
    ]);
    letIn(log);
    writeFileSync(log, '', { mode: 0o666 });
    expect(isRefused(log, USER)).toBe(false);
  });

  it('survives an editor that replaces the file', () => {
    const { file, letIn } = home({ home: 0o700, folder: 0o700, file: 0o640 });
    letIn(file);
    writeFileSync(`${file}.new`, 'TTY dummy\n', { mode: 0o644 });
    renameSync(`${file}.new`, file);
    expect(isRefused(file, USER)).toBe(false);
  });

  it('is not given to all that lies in a home', () => {
    const { at, plan } = home({ home: 0o700, folder: 0o700, file: 0o600 });
    const log = join(at, 'heyu.log.ttyS0');
    writeFileSync(log, '', { mode: 0o600 });
    chmodSync(log, 0o600);
    expect(plan(log)).toEqual(['setfacl -m u:nobody:rx /bob', 'setfacl -m u:nobody:r /bob/heyu.log.ttyS0']);
  });

  it('follows a link to where the file is', () => {
    const { at, file, letIn, plan } = home({ home: 0o755, folder: 0o700, file: 0o644 });
    const link = join(dirname(at), 'link');
    symlinkSync(file, link);
    expect(plan(link)).toEqual(['setfacl -m u:nobody:rx /bob/.heyu']);
    letIn(link);
    expect(isRefused(link, USER)).toBe(false);
    rmSync(link);
  });

  it.each([
    [
      'opens what is closed to it',
      1,
      0o700,
      0o600,
      [
        'usermod -aG daemon nobody',
        'chmod g+x /bob',
        'chmod g+rx /bob/.heyu',
        'chmod g+r /bob/.heyu/x10config',
      ],
    ],
    [
      'changes no mode that the group has already',
      1,
      0o750,
      0o640,
      ['usermod -aG daemon nobody', 'chmod g+x /bob'],
    ],
    ['is not that of all users', 100, 0o750, 0o640, []],
    ['is not that of root', 0, 0o750, 0o640, []],
  ])('by a group: it %s', (_, gid, folderMode, fileMode, steps) => {
    const { at, folder, file } = home({ home: 0o700, folder: folderMode, file: fileMode });
    for (const path of [at, folder, file]) chownSync(path, 1, gid);
    const plan = groupSteps([file], USER).map((step) => describeStep(step).replaceAll(dirname(at), ''));
    expect(plan).toEqual(steps);
  });
});
