import {
  appendFileSync,
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.js';
import { follow, timerOnly, write, ownLog } from './followed.js';

const LINE = '11/22 15:38:42  rcvi addr unit       3 : hu A3  (hall_motion)';

/** The processor time that was used up, ms: in all, and the most before the event loop had its turn again. */
function watchForStalls(): { longest: () => number; total: () => number; stop: () => void } {
  let longest = 0;
  let total = 0;
  let last = process.cpuUsage();
  let isRunning = true;
  const measure = (): void => {
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    total += (user + system) / 1000;
    last = process.cpuUsage();
  };
  const tick = (): void => {
    if (!isRunning) return;
    measure();
    setImmediate(tick);
  };
  tick();
  const stop = (): void => {
    measure();
    isRunning = false;
  };
  return { longest: () => longest, total: () => total, stop };
}

describe('a great deal of log', () => {
  it('is read without holding up the rest of the process and without needing memory', async () => {
    const log = ownLog();
    const first = await follow(log);
    const position = first.source.position();
    await first.stop();
    const block = `${LINE}\n`.repeat(100_000);
    for (let blocks = 0; blocks < 8; blocks += 1) appendFileSync(log, block);
    let lines = 0;
    const stalls = watchForStalls();
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    let most = before;
    const followed = await follow(log, {
      position,
      onLine: (line, source) => {
        lines += 1;
        if (lines % 100_000 === 0) {
          const { arrayBuffers, heapUsed } = process.memoryUsage();
          most = Math.max(most, arrayBuffers + heapUsed);
        }
        if (line.text !== LINE) void source.stop();
      },
      keepLines: false,
    });
    await until(() => lines === 800_000, 'the backlog');
    stalls.stop();
    expect(most - before).toBeLessThan(100e6);
    // in one go it would be nearly all of it, however slow the machine is
    expect(stalls.longest()).toBeLessThan(stalls.total() / 2);
    await followed.stop();
  });

  it('may come while a slow reader is not done with the last', async () => {
    const log = ownLog();
    let count = 0;
    const followed = await follow(log, {
      onLine: () => {
        const until = performance.now() + 0.05;
        while (performance.now() < until);
        count += 1;
      },
      keepLines: false,
    });
    const out = openSync(log, 'a');
    const writer = (async () => {
      for (let blocks = 0; blocks < 40; blocks += 1) {
        writeSync(out, `${LINE}\n`.repeat(250));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    await writer;
    await until(
      () => count === 10_000,
      () => `${count} lines`,
    );
    closeSync(out);
    expect(followed.source.missedRings()).toBe(0);
  });

  it('opens no more descriptors than it closes', async () => {
    const log = ownLog();
    const ours = (): number =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(log);
        } catch {
          return false;
        }
      }).length;
    const followed = await follow(log, { ...timerOnly, lingerMs: 0 });
    for (let round = 0; round < 20; round += 1) {
      write(log, `line ${round}, long enough to be recognised`);
      await until(() => followed.lines.length === 2 * round + 1);
      if (round % 3 === 0) renameSync(log, `${log}.1`);
      else if (round % 3 === 1) rmSync(log);
      else {
        copyFileSync(log, `${log}.1`);
        truncateSync(log);
      }
      write(log, `more ${round}, long enough to be recognised`);
      await until(() => followed.lines.length === 2 * round + 2);
    }
    await until(
      () => ours() === 1,
      () => `${ours()} descriptors`,
    );
    await followed.stop();
    expect(ours()).toBe(0);
  });
});
