/** Where inotify can be relied on from the start. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { chokidarDoorbell, silentDoorbell, type OpenDoorbell } from '../../../src/io/tail/doorbell.js';
import { LogFollower } from '../../../src/io/tail/log-follower.js';
import { isOnLocalFiles } from '../../../src/io/tail/doorbell.js';

/** What coreutils call the file systems of the table; all others are not relied on. */
const LOCAL = /^(?:ext2\/ext3|xfs|btrfs|f2fs|tmpfs|ramfs|zfs|bcachefs|jfs|reiserfs)$/;

const nameAt = (path: string): string =>
  execFileSync('stat', ['-f', '-c', '%T', path], { encoding: 'utf8' }).trim();

describe('inotify can be relied on', () => {
  test.each(['/dev/shm', '/proc', '/sys', '/', tmpdir()])(
    'as the name of the file system at %s says',
    (path) => {
      expect(isOnLocalFiles(path)).toBe(LOCAL.test(nameAt(path)));
    },
  );

  test('for a file that is not there yet as for its directory', () => {
    const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-local-'));
    const expected = isOnLocalFiles(folder);
    expect(isOnLocalFiles(join(folder, 'not', 'there', 'heyu.log'))).toBe(expected);
    writeFileSync(join(folder, 'heyu.log'), '');
    expect(isOnLocalFiles(join(folder, 'heyu.log'))).toBe(expected);
  });

  test.each<[string, OpenDoorbell, number]>([
    ['slowly where it can', chokidarDoorbell, 60_000],
    ['often where nothing rings', silentDoorbell, 30_000],
  ])('so the log is looked at %s', async (_, openDoorbell, expected) => {
    const path = join(mkdtempSync('/dev/shm/heyu2mqtt-local-'), 'heyu.log');
    writeFileSync(path, '');
    expect(isOnLocalFiles(path)).toBe(true);
    const delays: number[] = [];
    const after: typeof systemClock.after = (delayMs, wake) => {
      delays.push(delayMs);
      return systemClock.after(delayMs, wake);
    };
    const clock = { ...systemClock, after };
    const source = new LogFollower({
      path,
      clock,
      randomGeneration: () => '00000000',
      pollMs: 30_000,
      slowPollMs: 60_000,
      openDoorbell,
    });
    const nothing = (): void => undefined;
    source.start(
      { line: nothing, end: nothing, generation: nothing, status: nothing, incident: nothing },
      undefined,
      [],
    );
    expect(delays).toEqual([expected]);
    await source.stop();
    rmSync(dirname(path), { recursive: true });
  });
});
