import {
  appendFileSync,
  closeSync,
  copyFileSync,
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
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FilePosition, LogPosition } from '../../../src/ports.js';
import { logFileSystem } from '../../../src/io/file-system.js';
import { realClock } from '../../support/clock.js';
import { follow, ownDirectory, ownLog, write, type Followed, type Run } from './followed.js';
import { until } from '../../support/until.js';

/** Lines that nobody else could have written. */
const seen = Array.from(
  { length: 12 },
  (_, index) => `11/22 15:38:${10 + index}  rcvi addr unit 3 : hu A3 (seen)`,
);

type Down = {
  readonly log: string;
  readonly position: LogPosition;
  readonly generations: readonly FilePosition[];
};

/** A log of which everything was read before the bridge went down. */
async function goDown(): Promise<Down> {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  writeFileSync(log, '');
  const followed = await follow(log);
  write(log, ...seen);
  await followed.expects(seen);
  const position = followed.source.position();
  await followed.stop();
  return { log, position: JSON.parse(JSON.stringify(position)) as LogPosition, generations: [] };
}

/** What `gzip` leaves of a file: another inode, the same time of the last write. */
function compress(path: string): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  utimesSync(`${path}.gz`, atime, mtime);
  rmSync(path);
}

type Scenario = {
  readonly name: string;
  readonly meanwhile: (log: string) => void;
  readonly expected: readonly string[];
  readonly incidents?: readonly string[];
};

const scenarios: Scenario[] = [
  { name: 'nothing happened', meanwhile: () => undefined, expected: [], incidents: [] },
  {
    name: 'lines were written',
    meanwhile: (log) => write(log, 'one', 'two'),
    expected: ['one', 'two'],
    incidents: [],
  },
  {
    name: 'the log was renamed and created',
    meanwhile: (log) => {
      write(log, 'one');
      renameSync(log, `${log}.1`);
      write(log, 'two');
    },
    expected: ['one', 'two'],
    incidents: ['rotated'],
  },
  {
    name: 'the log was renamed and not created yet',
    meanwhile: (log) => {
      write(log, 'one');
      renameSync(log, `${log}.1`);
    },
    expected: ['one'],
    incidents: [],
  },
  {
    name: 'the log was rotated three times',
    meanwhile: (log) => {
      write(log, 'one');
      renameSync(log, `${log}.3`);
      write(`${log}.2`, 'two');
      write(`${log}.1`, 'three');
      write(log, 'four');
    },
    expected: ['one', 'two', 'three', 'four'],
    incidents: ['rotated', 'rotated', 'rotated'],
  },
  {
    name: 'the log was rotated ten times and compressed but for the last',
    meanwhile: (log) => {
      write(log, 'line 0');
      renameSync(log, `${log}.10`);
      compress(`${log}.10`);
      for (let number = 9; number >= 1; number -= 1) {
        write(`${log}.${number}`, `line ${10 - number}`);
        if (number > 1) compress(`${log}.${number}`);
      }
      write(log, 'line 10');
    },
    expected: Array.from({ length: 11 }, (_, index) => `line ${index}`),
  },
  {
    name: 'the log was rotated under dates and compressed',
    meanwhile: (log) => {
      write(log, 'one');
      renameSync(log, `${log}-20261121`);
      compress(`${log}-20261121`);
      write(`${log}-20261122`, 'two');
      write(log, 'three');
    },
    expected: ['one', 'two', 'three'],
    incidents: ['rotated', 'rotated'],
  },
  {
    name: 'the log was created by heyu before logrotate could, which moves that aside',
    meanwhile: (log) => {
      write(log, 'one');
      renameSync(log, `${log}.1`);
      write(log, 'two');
      renameSync(log, `${log}-2026112520.backup`);
      write(log, 'three');
    },
    expected: ['one', 'two', 'three'],
    incidents: ['rotated', 'rotated'],
  },
  {
    name: 'the log was copied and truncated',
    meanwhile: (log) => {
      write(log, 'one');
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'two');
    },
    expected: ['one', 'two'],
    incidents: ['rewritten'],
  },
  {
    name: 'the log was copied, truncated and compressed twice',
    meanwhile: (log) => {
      write(log, 'one');
      copyFileSync(log, `${log}.2`);
      compress(`${log}.2`);
      truncateSync(log);
      write(log, 'two');
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'three');
    },
    expected: ['one', 'two', 'three'],
  },
  {
    name: 'the log was copied, truncated and grew beyond what had been read',
    meanwhile: (log) => {
      write(log, 'one');
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      write(log, 'x'.repeat(2000));
    },
    expected: ['one', 'x'.repeat(2000)],
  },
  {
    name: 'the log was truncated without a copy',
    meanwhile: (log) => {
      truncateSync(log);
      write(log, 'two');
    },
    expected: ['two'],
    incidents: ['rewritten', 'lost'],
  },
  {
    name: 'the log was truncated without a copy and then renamed',
    meanwhile: (log) => {
      truncateSync(log);
      write(log, 'one');
      renameSync(log, `${log}.1`);
      write(log, 'two');
    },
    expected: ['one', 'two'],
  },
  {
    name: 'the log was deleted and created',
    meanwhile: (log) => {
      write(log, 'one');
      rmSync(log);
      write(log, 'two');
    },
    expected: ['two'],
  },
  {
    name: 'the log was rotated more often than files are kept',
    meanwhile: (log) => {
      rmSync(log);
      write(`${log}.2`, 'two');
      write(`${log}.1`, 'three');
      write(log, 'four');
    },
    expected: ['two', 'three', 'four'],
  },
  {
    name: 'the log was trimmed at the beginning',
    meanwhile: (log) => {
      const text = readFileSync(log, 'utf8');
      write(log, 'one');
      rmSync(log);
      writeFileSync(log, `${text.slice(text.indexOf('\n') + 1)}one\n`);
    },
    expected: ['one'],
  },
  {
    name: 'the log was replaced by a copy of itself that has grown',
    meanwhile: (log) => {
      copyFileSync(log, `${log}.new`);
      renameSync(`${log}.new`, log);
      write(log, 'one');
    },
    expected: ['one'],
    incidents: [],
  },
  {
    name: 'somebody has made a copy',
    meanwhile: (log) => {
      copyFileSync(log, `${log}.bak`);
      copyFileSync(log, `${log}.0`);
      write(log, 'one');
      renameSync(log, `${log}.1`);
      write(log, 'two');
    },
    expected: ['one', 'two'],
    incidents: ['rotated'],
  },
];

describe('a log that is followed again', () => {
  it.each(scenarios)('goes on where it stopped when $name', async ({ meanwhile, expected, incidents }) => {
    const { log, position } = await goDown();
    meanwhile(log);
    const followed = await follow(log, { position });
    await followed.expects(expected);
    if (incidents !== undefined) expect(followed.incidentKinds()).toEqual(incidents);
    expect(new Set(followed.ids()).size).toBe(expected.length);
    write(log, 'afterwards');
    await followed.expects([...expected, 'afterwards']);
    expect(followed.lines.every((line) => line.file === 'current')).toBe(true);
  });

  it.each([['one'], ['one', 'two'], ['one', 'two', 'three']])(
    'says that the log is missing only after all that was renamed has been read: %s %s %s',
    async (...lines: string[]) => {
      const { log, position } = await goDown();
      lines.forEach((line, index) => {
        write(log, line);
        renameSync(log, `${log}.${lines.length - index}`);
      });
      const told: string[] = [];
      const followed = await follow(log, {
        position,
        onLine: ({ text }) => told.push(text),
        onStatus: ({ kind }) => told.push(kind),
      });
      await followed.has('missing');
      expect(told).toEqual([...lines, 'missing']);
    },
  );

  it('says once what is lost, and when', async () => {
    const { log, position } = await goDown();
    rmSync(log);
    write(log, 'two');
    const followed = await follow(log, { position });
    await followed.expects(['two']);
    const from = position.files[0]?.endSeenAt ?? 0;
    expect(followed.incidents).toHaveLength(2);
    expect(followed.incidents[1]).toMatchObject({ kind: 'lost', path: log, from });
    const lost = followed.incidents[1];
    expect(lost?.kind === 'lost' ? lost.to : 0).toBeGreaterThanOrEqual(from);
    expect(followed.lines[0]?.notBefore).toBe(from);
  });

  it('gives nothing up while the log and its directory are missing', async () => {
    const { log, position } = await goDown();
    renameSync(log, `${log}-away`);
    const followed = await follow(log, { position });
    expect(followed.statuses).toEqual([{ kind: 'missing', path: log, existedBefore: true }]);
    expect(followed.source.position()).toEqual(position);
    write(`${log}-away`, 'one');
    renameSync(`${log}-away`, log);
    await followed.expects(['one']);
    expect(followed.incidents).toEqual([]);
  });

  it('keeps the generation of what was begun, and gives a new one to what was not', async () => {
    const { log, position } = await goDown();
    const generation = position.files[0]?.generation;
    write(log, 'one');
    renameSync(log, `${log}.1`);
    write(log, 'two');
    const followed = await follow(log, { position });
    await followed.expects(['one', 'two']);
    expect(followed.lines[0]?.generation).toBe(generation);
    expect(followed.lines[1]?.generation).not.toBe(generation);
    expect(followed.generations).toHaveLength(1);
  });

  it.each([
    { name: 'was not touched', meanwhile: () => undefined },
    { name: 'was rotated', meanwhile: (log: string) => renameSync(log, `${log}.1`) },
    {
      name: 'was rotated and compressed',
      meanwhile: (log: string) => {
        renameSync(log, `${log}.1`);
        compress(`${log}.1`);
      },
    },
  ])('gives the same ids again when the file begun after the position $name', async ({ meanwhile }) => {
    const { log, position } = await goDown();
    write(log, 'one');
    renameSync(log, `${log}.2`);
    write(log, 'two, long enough to be recognised', 'three');
    const crashed = await follow(log, { position });
    const expected = ['one', 'two, long enough to be recognised', 'three'];
    await crashed.expects(expected);
    await crashed.stop();
    meanwhile(log);
    const followed = await follow(log, { position, generations: crashed.generations });
    await followed.expects(expected);
    expect(followed.ids()).toEqual(crashed.ids());
  });

  it('gives the same ids again when two files were begun that are alike for a long time', async () => {
    const { log, position } = await goDown();
    const rubbish = 'y'.repeat(400);
    renameSync(log, `${log}.2`);
    write(`${log}.1`, rubbish, 'one');
    write(log, rubbish, 'two');
    const crashed = await follow(log, { position });
    const expected = [rubbish, 'one', rubbish, 'two'];
    await crashed.expects(expected);
    await crashed.stop();
    const followed = await follow(log, { position, generations: crashed.generations });
    await followed.expects(expected);
    expect(followed.ids()).toEqual(crashed.ids());
  });

  it('tells a log from an old one, packed since, of which nothing but the same rubbish was there', async () => {
    const log = ownLog();
    const before = await follow(log);
    const rubbish = 'y'.repeat(400);
    write(log, rubbish);
    await before.expects([rubbish]);
    renameSync(log, `${log}.1`);
    write(log, ...seen);
    await before.expects([rubbish, ...seen]);
    const position = before.source.position();
    expect(position.files).toHaveLength(2);
    await before.stop();
    renameSync(`${log}.1`, `${log}.3`);
    compress(`${log}.3`);
    renameSync(log, `${log}.2`);
    write(`${log}.1`, rubbish, 'one');
    write(log, 'two');
    const followed = await follow(log, { position });
    await followed.expects([rubbish, 'one', 'two']);
  });

  it('gives the same ids again when two that are alike for a long time were copied and truncated', async () => {
    const { log, position } = await goDown();
    const rubbish = 'y'.repeat(400);
    renameSync(log, `${log}.3`);
    write(log, rubbish, 'one');
    const crashed = await follow(log, { position });
    await crashed.expects([rubbish, 'one']);
    copyFileSync(log, `${log}.2`);
    truncateSync(log, 0);
    write(log, rubbish, 'two');
    await crashed.expects([rubbish, 'one', rubbish, 'two']);
    await crashed.stop();
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
    write(log, 'three, long enough to be recognised');
    const followed = await follow(log, { position, generations: crashed.generations });
    await followed.expects([rubbish, 'one', rubbish, 'two', 'three, long enough to be recognised']);
    expect(followed.ids().slice(0, 4)).toEqual(crashed.ids());
  });

  it('gives the same ids again when the file began with a line too short to recognise it by', async () => {
    const { log, position } = await goDown();
    renameSync(log, `${log}.1`);
    write(log, '');
    const crashed = await follow(log, { position });
    await crashed.expects(['']);
    write(log, 'two, long enough to be recognised');
    await crashed.expects(['', 'two, long enough to be recognised']);
    await crashed.stop();
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    compress(`${log}.1`);
    const followed = await follow(log, { position, generations: crashed.generations.slice(-1) });
    await followed.expects(['', 'two, long enough to be recognised']);
    expect(followed.ids().at(-1)).toBe(crashed.ids().at(-1));
  });

  it('gives the same ids again when the file that began with a short line was copied and truncated', async () => {
    const { log, position } = await goDown();
    renameSync(log, `${log}.2`);
    write(log, '');
    const crashed = await follow(log, { position });
    await crashed.expects(['']);
    write(log, 'two, long enough to be recognised');
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(log, 'three, long enough to be recognised');
    const texts = ['', 'two, long enough to be recognised', 'three, long enough to be recognised'];
    await crashed.expects(texts);
    await crashed.stop();
    const followed = await follow(log, { position, generations: crashed.generations });
    await followed.expects(texts);
    expect(followed.ids().slice(1)).toEqual(crashed.ids().slice(1));
  });

  it('repeats nothing and loses nothing when the disk failed for a while, and the log was rotated meanwhile', async () => {
    const { log, position } = await goDown();
    const disk = { isFailing: false };
    const files: typeof logFileSystem = {
      ...logFileSystem,
      readSync: (...args) => {
        if (disk.isFailing) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        return logFileSystem.readSync(...args);
      },
    };
    const followed = await follow(log, { position, files, pollMs: 20, slowPollMs: 20 });
    write(log, 'one');
    await followed.expects(['one']);
    disk.isFailing = true;
    write(log, 'two');
    renameSync(log, `${log}.1`);
    write(log, 'three');
    await followed.has('unreadable');
    await followed.settles();
    await followed.settles();
    disk.isFailing = false;
    await followed.expects(['one', 'two', 'three']);
    expect(new Set(followed.lines.slice(0, 2).map(({ generation }) => generation)).size).toBe(1);
  });

  it('goes on after the packed copy of a file to which heyu has written since', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    writeFileSync(log, '');
    const before = await follow(log, { settleMs: 600_000 });
    write(log, ...seen);
    await before.expects(seen);
    const heyu = openSync(log, 'a');
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
    compress(`${log}.1`);
    writeSync(heyu, 'late, and in no file that has a name\n');
    closeSync(heyu);
    await before.expects([...seen, 'late, and in no file that has a name']);
    // the new log was there, and empty, when the end of the one before it was seen last
    const endSeenAt = (): number => before.source.position().files.at(-1)?.endSeenAt ?? 0;
    await until(() => {
      before.source.look();
      return endSeenAt() > statSync(log).birthtimeMs + 50;
    });
    const position = before.source.position();
    await before.stop();
    write(log, 'one');
    renameSync(`${log}.1.gz`, `${log}.2.gz`);
    renameSync(log, `${log}.1`);
    write(log, 'two');
    const followed = await follow(log, { position });
    await followed.expects(['one', 'two']);
    expect(followed.incidentKinds()).not.toContain('lost');
  });

  it('reads late lines of files that were old already', async () => {
    const { log, position: before } = await goDown();
    renameSync(log, `${log}.1`);
    write(log, 'two');
    const first = await follow(log, { position: before });
    await first.expects(['two']);
    const position = first.source.position();
    expect(position.files).toHaveLength(2);
    await first.stop();
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    write(`${log}.2`, 'late');
    write(log, 'three');
    const followed = await follow(log, { position });
    await followed.expects(['three', 'late']);
    expect(followed.lines.map((line) => line.file)).toEqual(['current', 'old']);
  });

  it('remembers no copy that was read before the clock was set back, whose inode is another file soon', async () => {
    const log = ownLog();
    let backMs = 0;
    const clock = { ...realClock, wallMs: () => Date.now() - backMs };
    const followed = await follow(log, { clock });
    write(log, 'one, long enough to be recognised');
    await followed.expects(['one, long enough to be recognised']);
    followed.source.pause();
    write(log, 'two, long enough to be recognised');
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
    write(log, 'three');
    followed.source.resume();
    await followed.expects([
      'one, long enough to be recognised',
      'two, long enough to be recognised',
      'three',
    ]);
    backMs = 3_600_000;
    await followed.settles();
    expect(followed.source.position().files).toHaveLength(1);
  });

  describe('where the clock was set back after the log was rotated', () => {
    /** An empty log, and the copy of what was read of it: both are of the clock before. */
    async function setBack(): Promise<{ readonly log: string; readonly run: Parameters<typeof follow>[1] }> {
      const log = ownLog();
      let backMs = 0;
      const clock = { ...realClock, wallMs: () => Date.now() - backMs };
      const first = await follow(log, { clock });
      write(log, ...seen);
      await first.expects(seen);
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
      await first.settles();
      backMs = 3_600_000;
      await first.settles();
      const position = JSON.parse(JSON.stringify(first.source.position())) as LogPosition;
      await first.stop();
      return { log, run: { clock, position } };
    }

    it('repeats nothing of a rotated file when the log is copied next', async () => {
      const { log, run } = await setBack();
      const followed = await follow(log, run);
      write(log, 'one, long enough to be recognised');
      await followed.expects(['one, long enough to be recognised']);
      renameSync(`${log}.1`, `${log}.2`);
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
      write(log, 'two');
      await followed.expects(['one, long enough to be recognised', 'two']);
      expect(followed.incidentKinds()).toEqual(['rewritten']);
    });

    it('repeats nothing when the log was copied while the bridge was down, and loses nothing', async () => {
      const { log, run } = await setBack();
      renameSync(`${log}.1`, `${log}.2`);
      write(log, 'one, long enough to be recognised');
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
      write(log, 'two');
      const followed = await follow(log, run);
      await followed.expects(['one, long enough to be recognised', 'two']);
      expect(followed.incidentKinds()).toEqual([]);
    });

    it('repeats nothing of a rotated file that is packed, before the start or after it', async () => {
      const { log, run } = await setBack();
      renameSync(`${log}.1`, `${log}.2`);
      compress(`${log}.2`);
      const followed = await follow(log, run);
      write(log, 'one, long enough to be recognised');
      await followed.expects(['one, long enough to be recognised']);
      renameSync(`${log}.2.gz`, `${log}.3.gz`);
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
      await followed.settles();
      renameSync(`${log}.1`, `${log}.2`);
      compress(`${log}.2`);
      write(log, 'two');
      await followed.expects(['one, long enough to be recognised', 'two']);
    });

    it('knows the empty log again, and says nothing of a loss', async () => {
      const { log, run } = await setBack();
      const followed = await follow(log, run);
      expect(followed.incidentKinds()).toEqual([]);
      write(log, 'one');
      await followed.expects(['one']);
      expect(followed.incidentKinds()).toEqual([]);
    });
  });

  it('does not take a younger file that begins with the same long line for one that was old already', async () => {
    const launchedAt = (time: string): string => `11/22 ${time}  Launching 'long': ${'x'.repeat(1000)}`;
    const launched = launchedAt('15:39:00');
    const log = ownLog();
    const first = await follow(log);
    write(log, launched);
    await first.expects([launched]);
    renameSync(log, `${log}.1`);
    write(log, 'two');
    await first.expects([launched, 'two']);
    const position = first.source.position();
    await first.stop();
    renameSync(`${log}.1`, `${log}.3`);
    compress(`${log}.3`);
    renameSync(log, `${log}.2`);
    write(`${log}.1`, launchedAt('15:40:00'), 'three');
    write(log, 'four');
    const followed = await follow(log, { position });
    await followed.expects([launchedAt('15:40:00'), 'three', 'four']);
  });

  it('completes a line that was half there', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    writeFileSync(log, '');
    const first = await follow(log);
    appendFileSync(log, 'one\nrcvi addr u');
    await first.expects(['one']);
    await first.stop();
    appendFileSync(log, 'nit 3\n');
    const followed = await follow(log, { position: first.source.position() });
    await followed.expects(['rcvi addr unit 3']);
  });

  it('reads a file that was begun and empty, by its inode', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    const first = await follow(log);
    writeFileSync(log, '');
    await first.has('following');
    await first.settles();
    const position = first.source.position();
    expect(position.files).toMatchObject([{ offset: 0, mark: '' }]);
    await first.stop();
    write(log, 'one');
    renameSync(log, `${log}.1`);
    write(log, 'two');
    const followed = await follow(log, { position });
    await followed.expects(['one', 'two']);
    expect(followed.incidentKinds()).toEqual(['rotated']);
  });

  it('reads everything of a log that appeared while the bridge was down', async () => {
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    const first = await follow(log);
    const position = first.source.position();
    await first.stop();
    write(log, 'one');
    const followed = await follow(log, { position });
    await followed.expects(['one']);
  });

  it('reads what it can of a compressed file that is damaged, and says so', async () => {
    const { log, position } = await goDown();
    const added = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${Math.sin(index)}`);
    appendFileSync(log, `${added.join('\n')}\n`);
    const packed = gzipSync(readFileSync(log));
    rmSync(log);
    writeFileSync(`${log}.1.gz`, packed.subarray(0, packed.length / 2));
    write(log, 'after');
    const followed = await follow(log, { position });
    await followed.settles();
    expect(followed.texts().length).toBeGreaterThan(5000);
    expect(followed.texts().slice(0, 5000)).toEqual(added.slice(0, 5000));
    expect(followed.texts().at(-1)).toBe('after');
    expect(followed.incidentKinds()).toContain('lost');
  });

  it.each<{ name: string; change: (file: FilePosition) => FilePosition }>([
    { name: 'a mark that is no base64', change: (file) => ({ ...file, mark: '%%%' }) },
    { name: 'a mark longer than its offset', change: (file) => ({ ...file, offset: 3 }) },
    { name: 'an offset beyond the end', change: (file) => ({ ...file, offset: 1e9 }) },
  ])('does not stumble over $name', async ({ change }) => {
    const { log, position } = await goDown();
    const files = position.files.map(change);
    const followed = await follow(log, { position: { files } });
    await followed.settles();
    write(log, 'one');
    await followed.settles();
    expect(followed.texts().at(-1)).toBe('one');
  });
});

describe('a rotated file that may not be read is said to be lost, once,', () => {
  const barringWhile = (isBarred: (path: string) => boolean): typeof logFileSystem => ({
    ...logFileSystem,
    openSync: (path, flags) => {
      if (isBarred(path)) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return logFileSystem.openSync(path, flags);
    },
  });
  const files = barringWhile((path) => path.endsWith('.1'));
  /** With the lines, and the gaps between them, in the order in which they were told. */
  const followGaps = async (
    log: string,
    run: Run,
  ): Promise<{ readonly told: readonly string[]; readonly followed: Followed }> => {
    const told: string[] = [];
    const followed = await follow(log, {
      ...run,
      onLine: ({ text }) => told.push(text),
      onIncident: ({ kind }) => told.push(...(kind === 'gap' ? [kind] : [])),
    });
    return { told, followed };
  };
  const rotateTwice = (log: string): void => {
    write(log, 'one');
    renameSync(log, `${log}.2`);
    write(`${log}.1`, 'two');
    write(log, 'three');
  };

  it('after a start', async () => {
    const { log, position } = await goDown();
    rotateTwice(log);
    const followed = await follow(log, { position, files });
    await followed.expects(['one', 'three']);
    write(log, 'four');
    await followed.expects(['one', 'three', 'four']);
    expect(followed.incidentKinds().filter((kind) => kind === 'lost')).toHaveLength(1);
  });

  it('while the log is followed', async () => {
    const { log, position } = await goDown();
    const followed = await follow(log, { position, files });
    rotateTwice(log);
    await followed.expects(['one', 'three']);
    write(log, 'four');
    await followed.expects(['one', 'three', 'four']);
    expect(followed.incidentKinds().filter((kind) => kind === 'lost')).toHaveLength(1);
  });

  it.each(['after a start', 'while the log is followed'])(
    'and where it stood is told, and nothing of the next rotation: %s',
    async (when) => {
      const { log, position } = await goDown();
      if (when === 'after a start') rotateTwice(log);
      const { told, followed } = await followGaps(log, { position, files });
      if (when !== 'after a start') rotateTwice(log);
      await followed.expects(['one', 'three']);
      renameSync(log, `${log}.0`);
      write(log, 'four');
      await followed.expects(['one', 'three', 'four']);
      expect(told).toEqual(['one', 'gap', 'three', 'four']);
    },
  );

  it.each(['after a start', 'while the log is followed'])(
    'and nothing is told of a gap before what was rotated after it: %s',
    async (when) => {
      const { log, position } = await goDown();
      const rotateOften = (): void => {
        write(log, 'one');
        renameSync(log, `${log}.4`);
        write(`${log}.1`, 'two');
        renameSync(`${log}.1`, `${log}.3`);
        write(`${log}.2`, 'three');
        write(`${log}.0`, 'four');
        write(log, 'five');
      };
      const barring = barringWhile((path) => path.endsWith('.3'));
      if (when === 'after a start') rotateOften();
      const { told, followed } = await followGaps(log, { position, files: barring });
      if (when !== 'after a start') rotateOften();
      await followed.expects(['one', 'three', 'four', 'five']);
      expect(told).toEqual(['one', 'gap', 'three', 'four', 'five']);
    },
  );

  it('and a gap is told of where it stood among the copies of a log that was empty', async () => {
    const log = ownLog();
    const first = await follow(log);
    await first.settles();
    const position = first.source.position();
    await first.stop();
    for (const [text, number] of [
      ['one', 3],
      ['two', 2],
      ['three', 1],
    ] as const) {
      write(log, text);
      copyFileSync(log, `${log}.${number}`);
      truncateSync(log, 0);
    }
    write(log, 'four');
    const barring = barringWhile((path) => path.endsWith('.2'));
    const { told, followed } = await followGaps(log, { position, files: barring });
    await followed.expects(['one', 'three', 'four']);
    expect(told).toEqual(['gap', 'one', 'gap', 'three', 'four']);
  });

  it('and a gap is told of once when the log may be read again only after it was rotated often', async () => {
    let isBarred = false;
    const log = ownLog();
    const { told, followed } = await followGaps(log, { files: barringWhile(() => isBarred) });
    write(log, 'one');
    await followed.expects(['one']);
    isBarred = true;
    renameSync(log, `${log}.9`);
    write(log, 'two');
    await followed.has('unreadable');
    renameSync(log, `${log}.8`);
    await until(() => followed.incidentKinds().includes('lost'), 'the loss to be told');
    followed.source.pause();
    isBarred = false;
    for (const [text, number] of [
      ['three', 7],
      ['four', 6],
      ['five', 5],
    ] as const) {
      write(log, text);
      renameSync(log, `${log}.${number}`);
    }
    write(log, 'six');
    followed.source.resume();
    await followed.expects(['one', 'three', 'four', 'five', 'six']);
    expect(told).toEqual(['one', 'gap', 'three', 'four', 'five', 'six']);
  });

  it('and is read all the same once it was packed, as what it is: written before it was said to be lost', async () => {
    let isBarred = false;
    const log = ownLog();
    const followed = await follow(log, { files: barringWhile(() => isBarred) });
    write(log, 'one');
    await followed.expects(['one']);
    isBarred = true;
    renameSync(log, `${log}.1`);
    write(log, 'two');
    await followed.has('unreadable');
    const writtenAt = Date.now();
    await until(() => Date.now() > writtenAt);
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    await until(() => followed.incidentKinds().includes('lost'), 'the loss to be told');
    isBarred = false;
    writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)));
    rmSync(`${log}.1`);
    write(log, 'three');
    await followed.expects(['one', 'two', 'three']);
    expect(followed.lines[1]?.notBefore).toBeLessThanOrEqual(writtenAt);
  });

  it('and not when it was read before', async () => {
    const { log } = await goDown();
    const before = await follow(log);
    write(log, 'one');
    await before.expects(['one']);
    renameSync(log, `${log}.1`);
    write(log, 'two');
    await before.expects(['one', 'two']);
    const position = before.source.position();
    await before.stop();
    const followed = await follow(log, { position, files });
    write(log, 'three');
    await followed.expects(['three']);
    expect(followed.incidentKinds()).toEqual([]);
  });
});

it('a file is not taken for a copy of one that it is like for a long time only', async () => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  const rubbish = 'y'.repeat(400);
  writeFileSync(log, '');
  const before = await follow(log);
  write(log, rubbish, 'one');
  await before.expects([rubbish, 'one']);
  const position = before.source.position();
  await before.stop();
  renameSync(log, `${log}.3`);
  write(`${log}.2`, rubbish, 'two, and more');
  write(`${log}.1`, rubbish, 'three');
  // a copy that somebody has made
  copyFileSync(`${log}.1`, `${log}.0`);
  write(log, 'four');
  const followed = await follow(log, { position });
  await followed.expects([rubbish, 'two, and more', rubbish, 'three', 'four']);
});

it('a file is not taken for a copy of one that is shorter', async () => {
  const { log, position } = await goDown();
  const rubbish = 'y'.repeat(400);
  renameSync(log, `${log}.3`);
  write(`${log}.2`, rubbish);
  compress(`${log}.2`);
  write(`${log}.1`, rubbish, 'one');
  write(log, 'two');
  const followed = await follow(log, { position });
  await followed.expects([rubbish, rubbish, 'one', 'two']);
});

it('a file is not taken for a younger one that begins in the same way', async () => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  const [line = ''] = seen;
  writeFileSync(log, '');
  const followed = await follow(log);
  write(log, line);
  await followed.expects([line]);
  renameSync(log, `${log}.2`);
  write(log, line, 'one');
  await followed.expects([line, line, 'one']);
  renameSync(log, `${log}.1`);
  write(log, 'two');
  await followed.expects([line, line, 'one', 'two']);
  const position = followed.source.position();
  await followed.stop();

  compress(`${log}.1`);
  compress(`${log}.2`);
  write(log, 'three');
  const again = await follow(log, { position });
  await again.expects(['three']);
});
