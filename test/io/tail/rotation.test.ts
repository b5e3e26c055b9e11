import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { until } from '../../support/until.js';
import { follow, inotifyOnly, ownDirectory, timerOnly, write, type Followed } from './followed.js';

/** What is done to a log of which `one` and `two` have been read, and what must have come in the end. */
type Scenario = {
  readonly name: string;
  readonly act: (log: string, followed: Followed) => void | Promise<void>;
  readonly expected: readonly string[];
  readonly incidents?: readonly string[];
};

const read = ['11/22 15:38:41  one, which was read before', '11/22 15:38:42  two, which was read before'];

const scenarios: Scenario[] = [
  {
    name: 'renamed and created at once',
    act: (log) => {
      renameSync(log, `${log}.1`);
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rotated'],
  },
  {
    name: 'renamed, and created by the next message',
    act: async (log, followed) => {
      renameSync(log, `${log}.1`);
      await followed.has('missing');
      write(log, 'three');
      write(log, 'four');
    },
    expected: ['three', 'four'],
    incidents: ['rotated'],
  },
  {
    name: 'written to just before it is renamed, and created empty',
    act: async (log, followed) => {
      write(log, 'three');
      renameSync(log, `${log}.1`);
      writeFileSync(log, '');
      await until(() => followed.incidents.length === 1);
      write(log, 'four', 'five');
    },
    expected: ['three', 'four', 'five'],
    incidents: ['rotated'],
  },
  {
    name: 'created by heyu before logrotate could, which moves that aside',
    act: (log) => {
      write(log, 'three');
      renameSync(log, `${log}.1`);
      write(log, 'four');
      renameSync(log, `${log}-2026112520.backup`);
      write(log, 'five');
    },
    expected: ['three', 'four', 'five'],
    incidents: ['rotated', 'rotated'],
  },
  {
    name: 'rotated twice in a row',
    act: (log) => {
      write(log, 'three');
      renameSync(log, `${log}.1`);
      write(log, 'four', 'five');
      renameSync(`${log}.1`, `${log}.2`);
      renameSync(log, `${log}.1`);
      write(log, 'six');
    },
    expected: ['three', 'four', 'five', 'six'],
    incidents: ['rotated', 'rotated'],
  },
  {
    name: 'rotated three times in a row under dates',
    act: (log) => {
      renameSync(log, `${log}-20261120`);
      write(log, 'three');
      renameSync(log, `${log}-20261121`);
      write(log, 'four');
      renameSync(log, `${log}-20261122`);
      write(log, 'five');
    },
    expected: ['three', 'four', 'five'],
    incidents: ['rotated', 'rotated', 'rotated'],
  },
  {
    name: 'rotated twice, the first one deleted',
    act: (log) => {
      write(log, 'three');
      renameSync(log, `${log}.1`);
      write(log, 'four');
      rmSync(`${log}.1`);
      renameSync(log, `${log}.1`);
      write(log, 'five');
    },
    expected: ['three', 'four', 'five'],
  },
  {
    name: 'rotated into another directory',
    act: (log) => {
      mkdirSync(join(dirname(log), 'old'));
      renameSync(log, join(dirname(log), 'old', `${basename(log)}.1`));
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rotated'],
  },
  {
    name: 'deleted and created again',
    act: (log) => {
      rmSync(log);
      write(log, 'three', 'four');
    },
    expected: ['three', 'four'],
    incidents: ['rotated'],
  },
  {
    name: 'deleted, and created again later',
    act: async (log, followed) => {
      rmSync(log);
      await followed.has('missing');
      write(log, 'three', 'four');
    },
    expected: ['three', 'four'],
    incidents: ['rotated'],
  },
  {
    name: 'copied and truncated',
    act: (log) => {
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rewritten'],
  },
  {
    name: 'copied and truncated, lines before and after',
    act: (log) => {
      write(log, 'three', 'four');
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'five', 'six');
    },
    expected: ['three', 'four', 'five', 'six'],
    incidents: ['rewritten'],
  },
  {
    name: 'copied, truncated, and grown to the size it had',
    act: (log) => {
      const size = statSync(log).size;
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'x'.repeat(size - 1));
    },
    expected: ['x'.repeat(read.join('\n').length)],
    incidents: ['rewritten'],
  },
  {
    name: 'copied, truncated, and grown beyond the size it had',
    act: (log) => {
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'x'.repeat(500), 'y'.repeat(500));
    },
    expected: ['x'.repeat(500), 'y'.repeat(500)],
    incidents: ['rewritten'],
  },
  {
    name: 'copied and truncated twice in a row',
    act: (log) => {
      write(log, 'three, long enough to be recognised');
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'four, long enough to be recognised');
      renameSync(`${log}.1`, `${log}.2`);
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'five');
    },
    expected: ['three, long enough to be recognised', 'four, long enough to be recognised', 'five'],
    incidents: ['rewritten', 'rotated'],
  },
  {
    name: 'renamed twice, begun alike',
    act: (log) => {
      renameSync(log, `${log}.2`);
      write(log, ...read, 'three');
      renameSync(log, `${log}.1`);
      write(log, 'four');
    },
    expected: [...read, 'three', 'four'],
    incidents: ['rotated', 'rotated'],
  },
  {
    name: 'renamed twice, one packed that was written to when an older one was',
    act: async (log, followed) => {
      renameSync(log, `${log}.1`);
      write(log, 'three');
      await followed.settles();
      renameSync(`${log}.1`, `${log}.3`);
      renameSync(log, `${log}.2`);
      writeFileSync(`${log}.1.gz`, gzipSync('four\n'));
      const { atime, mtime } = statSync(`${log}.3`);
      utimesSync(`${log}.1.gz`, atime, mtime);
      write(log, 'five');
    },
    expected: ['three', 'four', 'five'],
  },
  {
    name: 'copied and truncated twice, begun alike',
    act: async (log, followed) => {
      copyFileSync(log, `${log}.2`);
      truncateSync(log);
      await followed.settles();
      write(log, ...read, 'three');
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'four');
    },
    expected: [...read, 'three', 'four'],
  },
  {
    name: 'truncated without a copy',
    act: (log) => {
      truncateSync(log);
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rewritten'],
  },
  {
    name: 'truncated without a copy and grown beyond the size it had',
    act: (log) => {
      writeFileSync(log, `${'x'.repeat(500)}\n${'y'.repeat(500)}\n`);
    },
    expected: ['x'.repeat(500), 'y'.repeat(500)],
    incidents: ['rewritten'],
  },
  {
    name: 'trimmed at the beginning by a new file of the same name',
    act: (log) => {
      const text = readFileSync(log, 'utf8');
      write(`${log}.new`, ...text.trimEnd().split('\n').slice(1));
      renameSync(`${log}.new`, log);
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rewritten'],
  },
  {
    name: 'trimmed at the end by a new file of the same name',
    act: (log) => {
      const text = readFileSync(log, 'utf8');
      write(`${log}.new`, ...text.trimEnd().split('\n').slice(0, 1));
      renameSync(`${log}.new`, log);
    },
    expected: [],
    incidents: ['rewritten'],
  },
  {
    name: 'trimmed at the beginning in place',
    act: (log) => {
      const text = readFileSync(log, 'utf8');
      writeFileSync(log, text.slice(text.indexOf('\n') + 1));
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rewritten'],
  },
  {
    name: 'replaced by a copy of itself with lines added (sed -i)',
    act: (log) => {
      copyFileSync(log, `${log}.new`);
      renameSync(`${log}.new`, log);
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rewritten'],
  },
  {
    name: 'renamed to a name that is no rotation and created by heyu',
    act: (log) => {
      renameSync(log, join(dirname(log), 'saved'));
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rotated'],
  },
  {
    name: 'given a second name, then deleted and created again',
    act: (log) => {
      linkSync(log, `${log}.1`);
      rmSync(log);
      write(log, 'three');
    },
    expected: ['three'],
    incidents: ['rotated'],
  },
];

describe.each([
  { how: 'inotify alone', options: inotifyOnly },
  { how: 'the timer alone', options: timerOnly },
])('a log that is followed by $how', ({ options }) => {
  it.each(scenarios)(
    'gives every line once and in order when $name',
    async ({ act, expected, incidents }) => {
      const log = join(ownDirectory(), 'heyu.log.ttyS0');
      writeFileSync(log, '');
      const followed = await follow(log, options);
      write(log, ...read);
      await followed.expects(read);
      await act(log, followed);
      await followed.expects([...read, ...expected]);
      expect(followed.statuses.at(-1)?.kind).toBe('following');
      if (incidents !== undefined) expect(followed.incidentKinds()).toEqual(incidents);
      expect(new Set(followed.ids()).size).toBe(followed.lines.length);
      write(log, 'afterwards');
      await followed.expects([...read, ...expected, 'afterwards']);
      expect(followed.lines.every((line) => line.file === 'current')).toBe(true);
    },
  );

  it.each([
    { began: 'an empty line', text: '\n', expected: ['', 'three, which is long enough'] },
    { began: 'half a stamp', text: '05/05 09:0', expected: ['05/05 09:0three, which is long enough'] },
  ])('gives what was copied of a log that began with $began', async ({ text, expected }) => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    writeFileSync(log, text);
    renameSync(log, `${log}.new`);
    const followed = await follow(log, options);
    renameSync(`${log}.new`, log);
    await followed.has('following');
    await followed.expects(expected.slice(0, -1));
    write(log, 'three, which is long enough');
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(log, 'four');
    await followed.expects([...expected, 'four']);
    expect(followed.incidentKinds()).toEqual(['rewritten']);
  });

  it('gives late lines of the old file, marked as old, beside those of the new one', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    const followed = await follow(log, options);
    write(log, 'one');
    await followed.expects(['one']);
    const heyu = openSync(log, 'a');
    renameSync(log, `${log}.1`);
    writeSync(heyu, 'two\n');
    await followed.expects(['one', 'two']);
    write(log, 'three');
    await followed.expects(['one', 'two', 'three']);
    writeSync(heyu, 'late\n');
    await followed.expects(['one', 'two', 'three', 'late']);
    rmSync(`${log}.1`);
    writeSync(heyu, 'later\n');
    closeSync(heyu);
    await followed.expects(['one', 'two', 'three', 'late', 'later']);
    expect(followed.lines.map((line) => line.file)).toEqual(['current', 'current', 'current', 'old', 'old']);
    expect(followed.lines[3]?.generation).toBe(followed.lines[0]?.generation);
    expect(followed.source.position().files).toHaveLength(2);
  });

  it('completes a line of the old file there, not in the new one', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    const followed = await follow(log, options);
    write(log, 'one');
    appendFileSync(log, 'rcvi addr u');
    await followed.expects(['one']);
    renameSync(log, `${log}.1`);
    write(log, 'three');
    await followed.expects(['one', 'three']);
    write(`${log}.1`, 'nit 3');
    await followed.expects(['one', 'three', 'rcvi addr unit 3']);
  });

  it('gives the unfinished line of the old file when nobody has written there for long', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    const followed = await follow(log, { ...options, lingerMs: 0 });
    write(log, 'one');
    appendFileSync(log, 'cut o');
    await followed.expects(['one']);
    renameSync(log, `${log}.1`);
    write(log, 'three');
    await followed.expects(['one', 'three', 'cut o']);
    expect(followed.source.position().files).toHaveLength(1);
  });

  it('follows a symbolic link that is pointed at another file', async () => {
    const directory = ownDirectory();
    const log = join(directory, 'heyu.log');
    const [first, second] = [join(directory, 'a', 'first'), join(directory, 'b', 'second')];
    mkdirSync(dirname(first));
    mkdirSync(dirname(second));
    write(first, 'zero');
    symlinkSync(first, log);
    const followed = await follow(log, options);
    write(first, 'one');
    await followed.expects(['one']);
    write(second, 'two');
    symlinkSync(second, `${log}.new`);
    renameSync(`${log}.new`, log);
    await followed.expects(['one', 'two']);
    write(second, 'three');
    write(first, 'late');
    await followed.expects(['one', 'two', 'three', 'late']);
    symlinkSync(first, `${log}.new`);
    renameSync(`${log}.new`, log);
    await until(() => followed.source.position().files.at(-1)?.inode === statSync(first).ino);
    write(first, 'four');
    await followed.expects(['one', 'two', 'three', 'late', 'four']);
    expect(followed.lines.at(-1)?.file).toBe('current');
  });
});

describe('a name that is gone', () => {
  it('for as long as a rotation takes is not said to be missing', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    write(log, 'one');
    // however slow this machine is, no time passes
    const followed = await follow(log, { clock: { ...systemClock, monotonicMs: () => 0 } });
    renameSync(log, `${log}.1`);
    for (let looks = 0; looks < 3; looks += 1) await followed.settles();
    write(log, 'two');
    await followed.expects(['two']);
    expect(followed.statuses.map(({ kind }) => kind)).toEqual(['following']);
  });

  it('for longer is, without anything else happening', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    write(log, 'one');
    const followed = await follow(log, { pollMs: 3_600_000 });
    renameSync(log, `${log}.1`);
    await followed.has('missing');
    expect(followed.statuses.map(({ kind }) => kind)).toEqual(['following', 'missing']);
  });
});

it('a log whose directory is a symbolic link is followed to where that is pointed', async () => {
  const directory = ownDirectory();
  const [first, second] = [join(directory, 'a'), join(directory, 'b')];
  mkdirSync(first);
  mkdirSync(second);
  const log = join(directory, 'heyu', 'heyu.log');
  write(join(first, 'heyu.log'), 'zero');
  symlinkSync(first, dirname(log));
  const followed = await follow(log, timerOnly);
  write(log, 'one');
  await followed.expects(['one']);
  write(join(first, 'heyu.log'), 'two');
  write(join(second, 'heyu.log'), 'three');
  symlinkSync(second, `${dirname(log)}.new`);
  renameSync(`${dirname(log)}.new`, dirname(log));
  await followed.expects(['one', 'two', 'three']);
  write(log, 'four');
  write(join(first, 'heyu.log'), 'late');
  await until(() => followed.lines.length === 5);
  expect(followed.texts().toSorted()).toEqual(['four', 'late', 'one', 'three', 'two']);
});
