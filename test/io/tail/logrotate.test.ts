/** The real logrotate, in the forms in which it is set up for heyu, with the bridge there and with the bridge away. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.js';
import { follow, inotifyOnly, ownDirectory, timerOnly, write } from './followed.js';
import { configureLogrotate, forms } from './real-logrotate.js';

/** Names that hold the second are given once a second. */
const isDated = (directives: readonly string[]): boolean => directives.includes('dateext');
/** When each log was rotated last. */
const rotatedAt = new Map<string, number>();

/** Rotates once, whether it is time or not. */
async function rotate(log: string, directives: readonly string[]): Promise<void> {
  // logrotate's clock is that of the kernel's last tick
  if (isDated(directives)) await until(() => Date.now() > (rotatedAt.get(log) ?? 0) + 1100);
  execFileSync(...configureLogrotate(log, directives), { stdio: ['ignore', 'ignore', 'pipe'] });
  rotatedAt.set(log, Date.now());
}

function ownLog(): string {
  const directory = join(ownDirectory(), 'heyu');
  mkdirSync(join(directory, 'old'), { recursive: true });
  const log = join(directory, 'heyu.log.ttyS0');
  writeFileSync(log, '');
  return log;
}

/** Lines that nobody else could have written, each its own. */
function author(): (count: number) => string[] {
  let lines = 0;
  return (count) =>
    Array.from(
      { length: count },
      () => `11/22 15:38:42  rcvi func On : hc A (line ${(lines += 1)} of this log)`,
    );
}

describe.concurrent.each(forms)('logrotate with $name', ({ directives }) => {
  it.each([
    { how: 'inotify', options: inotifyOnly },
    { how: 'the timer', options: timerOnly },
  ])('takes nothing from a bridge that follows by $how', async ({ options }) => {
    const log = ownLog();
    const compose = author();
    const followed = await follow(log, options);
    const expected: string[] = [];
    for (let round = 0; round < (isDated(directives) ? 2 : 5); round += 1) {
      const before = compose(3);
      write(log, ...before);
      // nobody has looked yet
      await rotate(log, directives);
      const after = compose(2);
      write(log, ...after);
      expected.push(...before, ...after);
      await followed.expects(expected);
    }
    expect(followed.incidentKinds()).not.toContain('lost');
    expect(new Set(followed.ids()).size).toBe(expected.length);
  });

  it('takes nothing from a bridge that was away', async () => {
    const log = ownLog();
    const compose = author();
    const expected = compose(4);
    let followed = await follow(log);
    write(log, ...expected);
    await followed.expects(expected);
    for (let rotations = 1; rotations <= (isDated(directives) ? 2 : 4); rotations += 1) {
      await followed.stop();
      const position = followed.source.position();
      const missed: string[] = [];
      for (let round = 0; round < rotations; round += 1) {
        const lines = compose(3);
        missed.push(...lines);
        write(log, ...lines);
        await rotate(log, directives);
      }
      const last = compose(2);
      write(log, ...last);
      followed = await follow(log, { position });
      await followed.expects([...missed, ...last]);
      expect(followed.incidentKinds()).not.toContain('lost');
    }
  });
});

it('two rotations without a look between them take nothing', async () => {
  const log = ownLog();
  const compose = author();
  const followed = await follow(log, { isPaused: true });
  const expected: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const lines = compose(3);
    expected.push(...lines);
    write(log, ...lines);
    await rotate(log, ['create', 'compress', 'delaycompress']);
  }
  expect(readdirSync(dirname(log)).filter((name) => name.endsWith('.gz'))).toHaveLength(2);
  followed.source.resume();
  await followed.expects(expected);
});
