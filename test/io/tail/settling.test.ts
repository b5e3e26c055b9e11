/** What heyu began to say before a rotation comes before what it says in the new file, however late it is written. */

import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logFileSystem, type LogFileSystem } from '../../../src/io/file-system.js';
import { onTestFinished } from '../../support/test-end.js';
import { realClock } from '../../support/clock.js';
import { until } from '../../support/until.js';
import { follow, isOpenHere, ownDirectory, write, type Followed, type Run } from './followed.js';

const SETTLE_MS = 600_000;

type Scene = {
  readonly log: string;
  readonly followed: Followed;
  /** heyu has opened the log for a message and writes it to wherever that file is by then. */
  readonly heyuWrites: (...texts: readonly string[]) => void;
  /** So much time passes, on one clock or on both. */
  readonly passes: (ms: number, on?: 'both' | 'monotonic') => void;
  readonly options: Run;
};

const read = ['one, which was read before', 'two, which was read before'];

/** A log of which everything has been read, rotated amid a message of heyu; `three` is in the new file already. */
async function rotatedAmidMessage(
  texts: readonly string[] = ['three'],
  files: LogFileSystem = logFileSystem,
): Promise<Scene> {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  writeFileSync(log, '');
  const ahead = { wall: 0, monotonic: 0 };
  const clock = {
    ...realClock,
    wallMs: () => realClock.wallMs() + ahead.wall,
    monotonicMs: () => realClock.monotonicMs() + ahead.monotonic,
  };
  const options = { clock, files, settleMs: SETTLE_MS };
  const followed = await follow(log, options);
  write(log, ...read);
  await followed.expects(read);
  const fd = openSync(log, 'a');
  onTestFinished(() => closeSync(fd));
  renameSync(log, `${log}.1`);
  writeFileSync(log, '', { mode: 0o640 });
  write(log, ...texts);
  await until(() => isOpenHere(log));
  return {
    log,
    followed,
    heyuWrites: (...lines) => lines.forEach((text) => writeSync(fd, `${text}\n`)),
    passes: (ms, on = 'both') => {
      ahead.monotonic += ms;
      if (on === 'both') ahead.wall += ms;
      followed.source.look();
    },
    options,
  };
}

const comes = async ({ followed }: Scene, ...texts: readonly string[]): Promise<void> => {
  await until(() => followed.lines.length >= read.length + texts.length);
  expect(followed.texts()).toEqual([...read, ...texts]);
};

describe('a log that is rotated amid a message', () => {
  it('gives the message first, and then the new file, as one sequence', async () => {
    const scene = await rotatedAmidMessage();
    scene.heyuWrites('late 1');
    await comes(scene, 'late 1');
    scene.passes(SETTLE_MS / 2);
    scene.heyuWrites('late 2', 'late 3');
    await comes(scene, 'late 1', 'late 2', 'late 3');
    scene.passes(SETTLE_MS);
    await comes(scene, 'late 1', 'late 2', 'late 3', 'three');
    expect(scene.followed.lines.every(({ file }) => file === 'current')).toBe(true);
    expect(scene.followed.incidentKinds()).toEqual(['rotated']);
  });

  it.each<{ where: string; comes: (log: string) => void }>([
    { where: 'the new file', comes: (log) => write(log, 'three') },
    {
      where: 'one that was packed already',
      comes: (log) => {
        renameSync(`${log}.1`, `${log}.3`);
        renameSync(log, `${log}.2`);
        writeFileSync(`${log}.1.gz`, gzipSync('three\n'));
        writeFileSync(log, '');
      },
    },
  ])('tells the end only while nothing waits in $where', async ({ comes: threeComes }) => {
    const scene = await rotatedAmidMessage([]);
    await scene.followed.settles();
    threeComes(scene.log);
    let hasEnded = false;
    void scene.followed.settles().then(() => (hasEnded = true));
    const late: string[] = [];
    // a look that has read the first is over when the last is read
    for (let number = 0; number < 5; number += 1) {
      late.push(`late ${number}`);
      scene.heyuWrites(`late ${number}`);
      await comes(scene, ...late);
    }
    expect(hasEnded).toBe(false);
    scene.passes(SETTLE_MS);
    await until(() => hasEnded);
    await comes(scene, ...late, 'three');
  });

  it('takes nothing for rewritten that was written just after its size was asked for', async () => {
    let isNext = false;
    const files: LogFileSystem = {
      ...logFileSystem,
      statSync: (path, how) => {
        const stats = logFileSystem.statSync(path, how);
        if (isNext && path.endsWith('ttyS0') && stats?.size === 0) {
          isNext = false;
          write(path, 'three');
        }
        return stats;
      },
    };
    const scene = await rotatedAmidMessage([], files);
    await scene.followed.settles();
    isNext = true;
    scene.heyuWrites('late');
    await comes(scene, 'late');
    await until(() => !isNext);
    scene.passes(SETTLE_MS);
    await comes(scene, 'late', 'three');
    expect(scene.followed.incidentKinds()).toEqual(['rotated']);
  });

  it('waits no longer for one who never stops than three times as long', async () => {
    const scene = await rotatedAmidMessage();
    const late: string[] = [];
    for (let number = 0; number < 6; number += 1) {
      late.push(`late ${number}`);
      scene.heyuWrites(`late ${number}`);
      await comes(scene, ...late);
      scene.passes(SETTLE_MS / 2 - 1000, 'monotonic');
    }
    scene.passes(6000, 'monotonic');
    await comes(scene, ...late, 'three');
    scene.heyuWrites('forever');
    await comes(scene, ...late, 'three', 'forever');
    expect(scene.followed.lines.at(-1)?.file).toBe('old');
  });

  it.each([true, false])(
    'gives the same ids to one who is killed meanwhile (written before: %s)',
    async (before) => {
      const scene = await rotatedAmidMessage();
      const { followed, log, options } = scene;
      const position = followed.source.position();
      if (before) scene.heyuWrites('late');
      if (before) await comes(scene, 'late');
      await followed.stop();
      if (!before) scene.heyuWrites('late');
      const again = await follow(log, { ...options, position, generations: followed.generations });
      await until(() => again.lines.length === 1);
      scene.passes(SETTLE_MS);
      again.source.look();
      await again.expects(['late', 'three']);
      expect(again.lines.every(({ file }) => file === 'current')).toBe(true);
      if (before) expect(again.ids()[0]).toBe(followed.ids()[2]);
    },
  );

  it('gives what was copied of a file that began with too little to recognise it by', async () => {
    const scene = await rotatedAmidMessage(['']);
    const { log, followed } = scene;
    const askedAt = performance.now();
    followed.source.look();
    await until(() => followed.source.lastPassAt() > askedAt);
    write(log, 'three');
    renameSync(`${log}.1`, `${log}.2`);
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(log, 'four');
    scene.passes(SETTLE_MS);
    await comes(scene, '', 'three', 'four');
    expect(followed.incidentKinds()).toEqual(['rewritten', 'rotated']);
  });

  it('gives a short file once whose copy is compressed before its turn comes', async () => {
    const scene = await rotatedAmidMessage(['three, which is short']);
    const { log, followed } = scene;
    const rewritten = (): number => followed.incidentKinds().filter((kind) => kind === 'rewritten').length;
    copyFileSync(log, `${log}.2`);
    truncateSync(log);
    await until(() => rewritten() === 1);
    write(log, 'four, which is short as well');
    writeFileSync(`${log}.2.gz`, gzipSync(readFileSync(`${log}.2`)));
    unlinkSync(`${log}.2`);
    renameSync(`${log}.1`, `${log}.3`);
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(log, 'five');
    scene.passes(SETTLE_MS);
    await comes(scene, 'three, which is short', 'four, which is short as well', 'five');
    await followed.expects([...read, 'three, which is short', 'four, which is short as well', 'five']);
  });

  it('loses nothing when it is gone already and the disk fails, while the new file is rotated as well', async () => {
    const disk = { isFailing: false };
    const failing = <Arguments extends unknown[], Result>(call: (...args: Arguments) => Result) => {
      return (...args: Arguments): Result => {
        if (disk.isFailing) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        return call(...args);
      };
    };
    const scene = await rotatedAmidMessage([], {
      ...logFileSystem,
      openSync: failing(logFileSystem.openSync),
      readSync: failing(logFileSystem.readSync),
    });
    const { log, followed, heyuWrites, passes } = scene;
    writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)));
    unlinkSync(`${log}.1`);
    const before = Date.now() / 1000 - 60;
    utimesSync(`${log}.1.gz`, before, before);
    heyuWrites('late, and in no file that has a name');
    await comes(scene, 'late, and in no file that has a name');
    await followed.settles();
    disk.isFailing = true;
    followed.source.look();
    await followed.has('unreadable');
    write(log, 'three');
    renameSync(`${log}.1.gz`, `${log}.2.gz`);
    renameSync(log, `${log}.1`);
    write(log, 'four');
    await followed.settles();
    disk.isFailing = false;
    passes(SETTLE_MS);
    await until(() => isOpenHere(log));
    passes(SETTLE_MS);
    await comes(scene, 'late, and in no file that has a name', 'three', 'four');
    expect(followed.incidentKinds()).toEqual(['rotated', 'rotated']);
  });

  it('need not be waited for when it was rotated long ago', async () => {
    const scene = await rotatedAmidMessage();
    const position = scene.followed.source.position();
    await scene.followed.stop();
    scene.passes(SETTLE_MS);
    const again = await follow(scene.log, { ...scene.options, position });
    await again.expects(['three']);
  });
});

it('the new file comes by itself, a second after the rotation', async () => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  writeFileSync(log, '');
  const followed = await follow(log, { settleMs: 1000 });
  write(log, ...read);
  await followed.expects(read);
  renameSync(log, `${log}.1`);
  const rotatedAt = Date.now();
  write(log, 'three');
  await followed.expects([...read, 'three']);
  expect((followed.lines.at(-1)?.readAt ?? 0) - rotatedAt).toBeGreaterThanOrEqual(900);
});

it('a log that begins with the same rubbish as a closed one is another log', async () => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  const rubbish = 'y'.repeat(400);
  writeFileSync(log, '');
  const followed = await follow(log);
  write(log, rubbish, 'one', 'x'.repeat(100));
  await followed.expects([rubbish, 'one', 'x'.repeat(100)]);
  copyFileSync(log, `${log}.2`);
  truncateSync(log);
  write(log, 'two');
  await followed.expects([rubbish, 'one', 'x'.repeat(100), 'two']);
  renameSync(log, `${log}.1`);
  renameSync(`${log}.2`, `${log}.3`);
  renameSync(`${log}.1`, `${log}.2`);
  write(log, rubbish, 'three');
  renameSync(log, `${log}.1`);
  write(log, 'four');
  await followed.expects([rubbish, 'one', 'x'.repeat(100), 'two', rubbish, 'three', 'four']);
});

it('the new file is not an edited one although both begin alike and the old one is compressed already', async () => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  const rubbish = '/bin/bash: line 1: nosuchcommand: command not found';
  writeFileSync(log, '');
  const followed = await follow(log);
  write(log, rubbish);
  await followed.expects([rubbish]);
  renameSync(log, `${log}.1`);
  await followed.settles();
  writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)));
  unlinkSync(`${log}.1`);
  await followed.settles();
  write(log, rubbish, 'one', 'two');
  await followed.expects([rubbish, rubbish, 'one', 'two']);
  expect(followed.incidentKinds()).toEqual(['rotated']);
});
