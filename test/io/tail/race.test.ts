/**
 * Rotations by another process, at any moment of a look: nothing in ours can hold them back, so that names mean
 * something else by the time they are opened.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  truncateSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { silentDoorbell } from '../../../src/io/tail/doorbell.js';
import type { LogFollower } from '../../../src/io/tail/log-follower.js';
import type { LogPosition } from '../../../src/ports.js';
import { realClock } from '../../support/clock.js';
import { until } from '../../support/until.js';
import { follow, ownDirectory, timerOnly, write } from './followed.js';

const line = (text: string): string => `11/22 15:38:42  rcvi func On : hc A (${text}, told from others)`;

function compress(path: string): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  utimesSync(`${path}.gz`, atime, mtime);
  rmSync(path);
}

it('nothing is lost when the log is rotated while the place to go on is looked for', async () => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  writeFileSync(log, '');
  const first = await follow(log);
  write(log, line('read before'));
  await first.expects([line('read before')]);
  const position = first.source.position();
  await first.stop();
  write(log, line('one'));
  renameSync(log, `${log}.2`);
  compress(`${log}.2`);
  write(`${log}.1`, line('two'));
  write(log, line('three'));
  let hasHappened = false;
  let looks = 0;
  const followed = await follow(log, {
    position,
    // unpacking waits, and whoever waits looks at the clock
    clock: {
      ...realClock,
      monotonicMs: () => {
        looks += 1;
        if (!hasHappened && looks > 3) {
          hasHappened = true;
          renameSync(`${log}.2.gz`, `${log}.3.gz`);
          renameSync(`${log}.1`, `${log}.2`);
          renameSync(log, `${log}.1`);
          write(log, line('four'));
        }
        return realClock.monotonicMs();
      },
    },
  });
  await followed.expects(['one', 'two', 'three', 'four'].map(line));
  expect(hasHappened).toBe(true);
  expect(followed.incidentKinds()).not.toContain('lost');
});

it.each([
  { when: 'was paused', isPaused: true },
  { when: 'stood still', isPaused: false },
])('who stops after it $when takes no line of the next file for newer than it is', async ({ isPaused }) => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  writeFileSync(log, '');
  const positions = new Map<string, LogPosition>();
  let isWatching = false;
  const first: { source?: LogFollower } = {};
  const followed = await follow(log, {
    openDoorbell: silentDoorbell,
    clock: {
      ...realClock,
      monotonicMs: () => {
        const position = isWatching ? first.source?.position() : undefined;
        if (position !== undefined) positions.set(JSON.stringify(position), position);
        return realClock.monotonicMs();
      },
    },
  });
  first.source = followed.source;
  write(log, line('one'));
  await followed.settles();
  await followed.expects([line('one')]);
  if (isPaused) followed.source.pause();
  renameSync(log, `${log}.2`);
  const rotatedAt = Date.now();
  write(log, line('two'), line('three'));
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  compress(`${log}.1`);
  write(log, line('four'));
  await until(() => Date.now() > rotatedAt + 50);
  isWatching = true;
  followed.source.resume();
  await followed.expects(['one', 'two', 'three', 'four'].map(line));
  isWatching = false;
  await followed.stop();
  expect(positions.size).toBeGreaterThan(1);
  for (const position of positions.values()) {
    const again = await follow(log, { position });
    await again.settles();
    for (const { text, notBefore } of again.lines) {
      if (text === line('two')) expect(notBefore).toBeLessThanOrEqual(rotatedAt);
    }
    await again.stop();
  }
});

/** Writes numbered lines and rotates as logrotate does, as fast as it can: at most 40 rotated files. */
const ROTATOR = `
const fs = require('node:fs');
const [log, total] = [process.argv[1], Number(process.argv[2])];
let n = 0;
const step = () => {
  for (let i = 0; i < 1 + Math.random() * 8 && n < total; i += 1) {
    fs.appendFileSync(log, '11/22 15:38:42  rcvi func On : hc A (line ' + n + ', told from others)\\n');
    n += 1;
  }
  if (n >= total) return;
  if (Math.random() < 0.2) {
    for (let at = 40; at >= 1; at -= 1) {
      try { fs.renameSync(log + '.' + at, log + '.' + (at + 1)); } catch {}
    }
    fs.renameSync(log, log + '.1');
    if (Math.random() < 0.5) fs.writeFileSync(log, '');
  }
  setTimeout(step, Math.random() * 6);
};
step();
`;

it('every line is read once and in order while another process rotates and the bridge restarts', async () => {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  appendFileSync(log, '');
  const total = 1500;
  const rotator = spawn(process.execPath, ['-e', ROTATOR, log, String(total)], { stdio: 'inherit' });
  const gone = once(rotator, 'exit');
  const texts: string[] = [];
  let position: LogPosition | undefined = {
    files: [
      {
        generation: '00000000',
        device: statSync(log).dev,
        inode: statSync(log).ino,
        offset: 0,
        mark: '',
        endSeenAt: Date.now(),
      },
    ],
  };
  const lost: unknown[] = [];
  while (rotator.exitCode === null) {
    const followed = await follow(log, {
      ...timerOnly,
      pollMs: 2,
      position,
      keepLines: false,
      onLine: ({ text }) => texts.push(text),
    });
    const before = texts.length;
    const patience = Date.now() + 100;
    await until(() => texts.length > before + 20 || Date.now() > patience);
    await followed.stop();
    position = followed.source.position();
    lost.push(...followed.incidents.filter(({ kind }) => kind === 'lost'));
  }
  await gone;
  const missing = (): number[] => {
    const numbers = new Set(texts.map((text) => Number(/line (\d+)/.exec(text)?.[1])));
    return Array.from({ length: total }, (_, index) => index).filter((number) => !numbers.has(number));
  };
  const last = await follow(log, { position, keepLines: false, onLine: ({ text }) => texts.push(text) });
  await until(
    () => texts.length >= total,
    () => `the rest: missing ${missing().join()}, lost ${JSON.stringify(lost)}`,
    5000,
  );
  await last.settles();
  const numbers = texts.map((text) => Number(/line (\d+)/.exec(text)?.[1]));
  expect(numbers).toEqual(Array.from({ length: total }, (_, index) => index));
  expect(lost).toEqual([]);
});
