import {
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { silentDoorbell } from '../../../src/io/tail/doorbell.js';
import type { LogPosition } from '../../../src/ports.js';
import { until } from '../../support/until.js';
import { follow, inotifyOnly, isOpenHere, ownLog, timerOnly, write } from './followed.js';

const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `line ${from + index}, long enough to be recognised`);

describe('a follower that is paused', () => {
  it('stops after the line in hand and goes on with the next', async () => {
    const log = ownLog();
    const expected = numbered(10);
    const followed = await follow(log, {
      onLine: ({ text }, source) => {
        if (text === expected[3]) source.pause();
      },
    });
    writeFileSync(log, `${expected.join('\n')}\n`);
    await until(() => followed.lines.length === 4);
    write(log, 'meanwhile');
    await until(() => followed.lines.length === 4);
    const [file] = followed.source.position().files;
    expect(file?.offset).toBe(Buffer.byteLength(`${expected.slice(0, 4).join('\n')}\n`));
    followed.source.resume();
    await followed.expects([...expected, 'meanwhile']);
  });

  it('may be paused before it starts', async () => {
    const log = ownLog();
    const first = await follow(log);
    const position = first.source.position();
    await first.stop();
    write(log, 'one');
    const followed = await follow(log, { position, isPaused: true });
    expect(followed.statuses).toMatchObject([{ kind: 'following' }]);
    expect(followed.texts()).toEqual([]);
    expect(followed.source.position().files).toMatchObject([{ offset: 0 }]);
    followed.source.resume();
    await followed.expects(['one']);
  });

  it.each([
    { name: 'in the pass that hands over a line', at: 0 },
    { name: 'at the last line', at: 9 },
  ])('knows its position exactly $name', async ({ at }) => {
    const log = ownLog();
    const expected = numbered(10);
    const positions: LogPosition[] = [];
    const first = await follow(log, { onLine: (_line, source) => positions.push(source.position()) });
    writeFileSync(log, `${expected.join('\n')}\n`);
    await first.expects(expected);
    await first.stop();
    const position = positions[at];
    const followed = await follow(log, position === undefined ? {} : { position });
    await followed.expects(expected.slice(at + 1));
    expect(followed.ids()).toEqual(first.ids().slice(at + 1));
  });

  it.each([
    { how: 'inotify', options: inotifyOnly },
    { how: 'the timer', options: timerOnly },
  ])('loses nothing of three rotations by name, noticed by $how', async ({ options }) => {
    const log = ownLog();
    const followed = await follow(log, options);
    write(log, 'one');
    await followed.expects(['one']);
    followed.source.pause();
    write(log, 'two');
    for (const text of ['three', 'four', 'five']) {
      renameSync(log, `${log}.1`);
      write(log, text);
      await until(() => isOpenHere(log));
      rmSync(`${log}.1`);
    }
    expect(followed.texts()).toEqual(['one']);
    followed.source.resume();
    await followed.expects(['one', 'two', 'three', 'four', 'five']);
  });

  it.each([
    { how: 'inotify', options: inotifyOnly },
    { how: 'the timer', options: timerOnly },
  ])('loses nothing of two copies and truncations, noticed by $how', async ({ options }) => {
    const log = ownLog();
    const followed = await follow(log, options);
    const [one = '', two = '', three = '', four = '', five = ''] = numbered(5);
    write(log, one);
    await followed.expects([one]);
    followed.source.pause();
    write(log, two);
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    await until(() => followed.incidents.length === 1);
    write(log, three, four);
    renameSync(`${log}.1`, `${log}.2`);
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(log, five);
    followed.source.resume();
    await followed.expects([one, two, three, four, five]);
  });

  it('says of a file that was filled before it was emptied when it was seen last', async () => {
    const log = ownLog();
    const followed = await follow(log, { openDoorbell: silentDoorbell });
    const [one = '', two = '', three = ''] = numbered(3);
    write(log, one);
    followed.source.look();
    followed.source.pause();
    const copyAndTruncate = (): void => {
      renameSync(`${log}.1`, `${log}.2`);
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
    };
    renameSync(log, `${log}.1`);
    write(log, two);
    followed.source.look();
    copyAndTruncate();
    write(log, three);
    followed.source.look();
    const seenAt = Date.now();
    await until(() => Date.now() > seenAt);
    copyAndTruncate();
    followed.source.look();
    followed.source.resume();
    await followed.expects([one, two, three]);
    expect(followed.lines.at(-1)?.notBefore).toBeLessThanOrEqual(seenAt);
  });

  it('does not take the compressed files of its backlog for other files', async () => {
    const log = ownLog();
    const [one = '', two = '', three = '', four = '', five = ''] = numbered(5);
    const followed = await follow(log);
    write(log, one);
    await followed.expects([one]);
    followed.source.pause();
    write(log, two);
    for (const text of [three, four, five]) {
      if (existsSync(`${log}.1.gz`)) renameSync(`${log}.1.gz`, `${log}.2.gz`);
      if (existsSync(`${log}.1`)) {
        const { atime, mtime } = statSync(`${log}.1`);
        writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)));
        utimesSync(`${log}.1.gz`, atime, mtime);
        rmSync(`${log}.1`);
      }
      renameSync(log, `${log}.1`);
      write(log, text);
      await until(() => isOpenHere(log));
    }
    expect(existsSync(`${log}.2.gz`)).toBe(true);
    followed.source.resume();
    await followed.expects([one, two, three, four, five]);
  });

  it('keeps the lines of an old file apart', async () => {
    const log = ownLog();
    const followed = await follow(log);
    const heyu = openSync(log, 'a');
    writeSync(heyu, 'one\n');
    await followed.expects(['one']);
    renameSync(log, `${log}.1`);
    write(log, 'two');
    await followed.expects(['one', 'two']);
    followed.source.pause();
    writeSync(heyu, 'late\n');
    write(log, 'three');
    expect(followed.lines).toHaveLength(2);
    followed.source.resume();
    await followed.expects(['one', 'two', 'three', 'late']);
    expect(followed.lines.map((line) => line.file)).toEqual(['current', 'current', 'current', 'old']);
  });

  it('stops for good from within a line', async () => {
    const log = ownLog();
    const stopped: Promise<void>[] = [];
    const followed = await follow(log, { onLine: (_line, source) => stopped.push(source.stop()) });
    writeFileSync(log, `${numbered(10).join('\n')}\n`);
    await until(() => stopped.length > 0);
    await stopped[0];
    write(log, 'after');
    expect(followed.texts()).toEqual(numbered(1));
    const position = followed.source.position();
    const next = await follow(log, { position });
    await next.expects([...numbered(9, 1), 'after']);
  });
});
