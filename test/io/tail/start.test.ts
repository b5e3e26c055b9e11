import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import type { FilePosition } from '../../../src/ports.js';
import { asNobody } from '../../support/as-nobody.js';
import { follow, ownDirectory, timerOnly, write } from './followed.js';

function ownLog(): string {
  return join(ownDirectory(), 'heyu.log.ttyS0');
}

describe('a log that is followed for the first time', () => {
  it('is followed from its end', async () => {
    const log = ownLog();
    write(log, 'history', 'more history');
    const followed = await follow(log);
    expect(followed.generations).toMatchObject([{ offset: 21, inode: statSync(log).ino }]);
    const [{ generation, mark }] = followed.generations as [FilePosition];
    expect(followed.source.position().files).toMatchObject([{ generation, mark, offset: 21 }]);
    write(log, 'one');
    await followed.expects(['one']);
    expect(followed.lines[0]?.offset).toBe(21);
    expect(followed.statuses).toEqual([{ kind: 'following', path: log }]);
    expect(followed.incidents).toEqual([]);
  });

  it('gives a line that had been begun, as soon as it is complete', async () => {
    const log = ownLog();
    appendFileSync(log, 'history\nrcvi addr u');
    const followed = await follow(log);
    await followed.expects([]);
    appendFileSync(log, 'nit 3\n');
    await followed.expects(['rcvi addr unit 3']);
  });

  it('is followed from its beginning when it appears later', async () => {
    const log = ownLog();
    const followed = await follow(log);
    expect(followed.statuses).toEqual([{ kind: 'missing', path: log, existedBefore: false }]);
    expect(followed.source.position()).toEqual({ files: [] });
    write(log, 'one');
    await followed.expects(['one']);
    expect(followed.statuses.map(({ kind }) => kind)).toEqual(['missing', 'following']);
    rmSync(log);
    await followed.has('missing');
    expect(followed.statuses.at(-1)).toEqual({ kind: 'missing', path: log, existedBefore: true });
  });

  it('is followed from its end when it appears later with what was written long before', async () => {
    const directory = ownDirectory();
    const log = join(directory, 'heyu.log.ttyS0');
    const elsewhere = join(directory, 'elsewhere');
    write(elsewhere, 'history');
    const anHourAgoS = Date.now() / 1000 - 3600;
    utimesSync(elsewhere, anHourAgoS, anHourAgoS);
    const followed = await follow(log);
    expect(followed.statuses).toEqual([{ kind: 'missing', path: log, existedBefore: false }]);
    renameSync(elsewhere, log);
    await followed.has('following');
    await followed.expects([]);
    write(log, 'one');
    await followed.expects(['one']);
    expect(followed.incidents).toEqual([]);
  });

  it('may appear together with the directories above it', async () => {
    const directory = ownDirectory();
    const log = join(directory, 'var', 'log', 'heyu', 'heyu.log.ttyS0');
    const followed = await follow(log);
    expect(followed.statuses).toMatchObject([{ kind: 'missing' }]);
    mkdirSync(join(directory, 'var'));
    await followed.settles();
    mkdirSync(dirname(log), { recursive: true });
    await followed.settles();
    write(log, 'one');
    await followed.expects(['one']);
    renameSync(dirname(log), `${dirname(log)}-moved`);
    await followed.settles();
    await followed.has('missing');
    mkdirSync(dirname(log), { recursive: true });
    write(log, 'two');
    await followed.expects(['one', 'two']);
  });

  it('may appear behind a symbolic link that leads nowhere', async () => {
    const directory = ownDirectory();
    const log = join(directory, 'heyu.log');
    mkdirSync(join(directory, 'elsewhere'));
    symlinkSync('elsewhere/heyu.log.ttyS0', log);
    const followed = await follow(log);
    expect(followed.statuses).toMatchObject([{ kind: 'missing' }]);
    write(join(directory, 'elsewhere', 'heyu.log.ttyS0'), 'one');
    await followed.expects(['one']);
  });

  it.each([
    { name: 'a directory', make: (log: string) => mkdirSync(log), remove: rmdirSync, hint: /directory/ },
    {
      name: 'a named pipe',
      make: (log: string) => execFileSync('mkfifo', [log]),
      remove: rmSync,
      hint: /named pipe/,
    },
    {
      name: 'a device',
      make: (log: string) => symlinkSync('/dev/null', log),
      remove: rmSync,
      hint: /LOG_DIR/,
    },
    {
      name: 'a link to itself',
      make: (log: string) => symlinkSync(log, log),
      remove: rmSync,
      hint: /circle/,
    },
  ])('is unreadable while $name stands in its place', async ({ make, remove, hint }) => {
    const log = ownLog();
    make(log);
    const followed = await follow(log);
    const [status] = followed.statuses;
    expect(status).toMatchObject({ kind: 'unreadable', path: log });
    expect(status?.kind === 'unreadable' ? status.hint : '').toMatch(hint);
    remove(log);
    write(log, 'one');
    await followed.has('following');
    write(log, 'two');
    await followed.expects(['one', 'two']);
  });

  it('is unreadable without permission, says who may read it, and gives what was written meanwhile', async () => {
    const log = ownLog();
    chmodSync(dirname(log), 0o755);
    write(log, 'history');
    chmodSync(log, 0);
    await asNobody(async (before) => {
      const followed = await follow(log, timerOnly);
      const [status] = followed.statuses;
      expect(status).toMatchObject({ kind: 'unreadable', code: 'EACCES' });
      expect(status?.kind === 'unreadable' ? status.hint : '').toMatch(
        /heyu\.log\.ttyS0 belongs to \S+:\S+ with mode 0000: let a group read it/,
      );
      before(() => {
        chmodSync(log, 0o644);
        write(log, 'one');
      });
      await followed.expects(['one']);
      expect(followed.statuses.map(({ kind }) => kind)).toEqual(['unreadable', 'following']);
    });
  });

  it('is unreadable behind a directory that may not be entered', async () => {
    const log = join(ownDirectory(), 'closed', 'heyu.log.ttyS0');
    mkdirSync(dirname(log));
    write(log, 'history');
    chmodSync(dirname(log), 0);
    chmodSync(dirname(dirname(log)), 0o755);
    onTestFinished(() => chmodSync(dirname(log), 0o755));
    await asNobody(async () => {
      const followed = await follow(log);
      const [status] = followed.statuses;
      expect(status?.kind === 'unreadable' ? status.hint : '').toMatch(
        /closed belongs to \S+:\S+ with mode 0000: let others enter it/,
      );
    });
  });
});
