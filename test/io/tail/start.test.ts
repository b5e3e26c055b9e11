import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import { logFileSystem } from '../../../src/io/file-system.js';
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

/** A disk that gives nothing of the log for a while. */
type Disk = { failing: 'open' | 'read' | undefined; readonly files: typeof logFileSystem };

function failingDisk(failing: 'open' | 'read'): Disk {
  const eio = (): never => {
    throw Object.assign(new Error('EIO'), { code: 'EIO' });
  };
  const disk: Disk = {
    failing,
    files: {
      ...logFileSystem,
      openSync: (...args) => (disk.failing === 'open' ? eio() : logFileSystem.openSync(...args)),
      readSync: (...args) => (disk.failing === undefined ? logFileSystem.readSync(...args) : eio()),
    },
  };
  return disk;
}

type Unread = {
  readonly name: string;
  readonly failing?: 'open' | 'read';
  /** What happens between two looks that fail. */
  readonly seen?: (log: string) => void;
  readonly unseen?: (log: string) => void;
  readonly expected: readonly string[];
  readonly incidents?: readonly string[];
};

const lastYears = Array.from(
  { length: 9 },
  (_, index) => `11/22 15:38:1${index}  rcvi addr unit 3 : hu A3 (old)`,
);

function copyAndTruncate(log: string): void {
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
}

const unread: readonly Unread[] = [
  { name: 'nothing happened', expected: [], incidents: [] },
  { name: 'nothing happened, and it could be opened', failing: 'read', expected: [], incidents: [] },
  {
    name: 'lines were written',
    unseen: (log) => write(log, 'one'),
    expected: ['one'],
    incidents: [],
  },
  {
    name: 'lines were written, and it could be opened',
    failing: 'read',
    unseen: (log) => write(log, 'one'),
    expected: ['one'],
    incidents: [],
  },
  {
    name: 'it was renamed',
    unseen: (log) => {
      write(log, 'one');
      renameSync(log, `${log}.1`);
      write(log, 'two');
    },
    expected: ['one', 'two'],
    incidents: ['rotated'],
  },
  {
    name: 'it was renamed and compressed',
    unseen: (log) => {
      write(log, 'one');
      writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(log)));
      rmSync(log);
      write(log, 'two');
    },
    expected: ['two'],
    incidents: ['rotated', 'lost'],
  },
  {
    name: 'it was copied and truncated',
    unseen: (log) => {
      write(log, 'one');
      copyAndTruncate(log);
      write(log, 'two');
    },
    expected: ['two'],
    incidents: ['rotated', 'lost'],
  },
  {
    name: 'it was copied and truncated, and is as long as before',
    seen: (log) => {
      write(log, 'one');
      copyAndTruncate(log);
      write(log, 'two');
    },
    unseen: (log) => write(log, 'x'.repeat(1000)),
    expected: ['two', 'x'.repeat(1000)],
    incidents: ['rotated', 'lost'],
  },
  {
    name: 'it was truncated without a copy, could be opened, and is as long as before',
    failing: 'read',
    seen: (log) => truncateSync(log),
    unseen: (log) => write(log, 'x'.repeat(1000)),
    expected: ['x'.repeat(1000)],
    incidents: ['rotated', 'lost'],
  },
  {
    name: 'it was truncated and then renamed',
    unseen: (log) => {
      truncateSync(log);
      write(log, 'one');
      renameSync(log, `${log}.1`);
      write(log, 'two');
    },
    expected: ['one', 'two'],
  },
];

describe('a log that cannot be read at the first start', () => {
  it.each(unread)(
    'gives what was written since, and nothing that was there: $name',
    async ({ failing = 'open', seen, unseen, expected, incidents }) => {
      const log = ownLog();
      write(log, ...lastYears);
      const disk = failingDisk(failing);
      const followed = await follow(log, { files: disk.files });
      expect(followed.statuses).toMatchObject([{ kind: 'unreadable', code: 'EIO' }]);
      seen?.(log);
      await followed.settles();
      unseen?.(log);
      disk.failing = undefined;
      await followed.settles();
      await followed.expects(expected);
      if (incidents !== undefined) expect(followed.incidentKinds()).toEqual(incidents);
      write(log, 'afterwards');
      await followed.expects([...expected, 'afterwards']);
    },
  );
});
