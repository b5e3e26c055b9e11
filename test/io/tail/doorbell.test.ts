import { describe, expect, it } from 'vitest';
import { silentDoorbell } from '../../../src/io/tail/doorbell.js';
import type { OpenDoorbell } from '../../../src/io/tail/doorbell.js';
import { until } from '../../support/until.js';
import { follow, write, ownLog } from './followed.js';
import { realClock } from '../../support/clock.js';

describe('the safety timer', () => {
  it('finds what no event reported, counts it, and has the doorbell hung up anew', async () => {
    const log = ownLog();
    let hungUp = 0;
    const deaf: OpenDoorbell = () => ({
      watch: (targets) => {
        hungUp += targets.length;
      },
      close: () => Promise.resolve(),
    });
    const followed = await follow(log, { pollMs: 10, slowPollMs: 10, openDoorbell: deaf });
    expect(hungUp).toBe(1);
    write(log, 'one');
    await followed.expects(['one']);
    await until(() => followed.source.missedRings() === 1);
    expect(hungUp).toBe(2);
  });

  it('counts nothing that an event reported, however quick it is itself', async () => {
    const log = ownLog();
    // what the timer has found before the event waits for that, and counts if it does not come
    const doubts = new Set<object>();
    const followed = await follow(log, {
      pollMs: 1,
      slowPollMs: 1,
      clock: {
        ...realClock,
        after: (delayMs, wake) => {
          const doubt = {};
          if (delayMs > 1) doubts.add(doubt);
          const callOff = realClock.after(delayMs, () => {
            doubts.delete(doubt);
            wake();
          });
          return () => {
            doubts.delete(doubt);
            callOff();
          };
        },
      },
    });
    for (let round = 0; round < 100; round += 1) {
      write(log, `line ${round}`);
      await until(() => followed.lines.length === round + 1);
    }
    await until(() => doubts.size === 0);
    expect(followed.source.missedRings()).toBe(0);
  });

  it('is slow once the doorbell has proved itself, and quick again once that has missed something', async () => {
    const log = ownLog();
    const delays: number[] = [];
    let ring = (): void => undefined;
    let isDeaf = false;
    const bell: OpenDoorbell = (rings) => {
      ring = () => {
        if (!isDeaf) rings();
      };
      return { watch: () => undefined, close: () => Promise.resolve() };
    };
    const followed = await follow(log, {
      pollMs: 20,
      slowPollMs: 60,
      openDoorbell: bell,
      clock: {
        ...realClock,
        after: (delayMs, wake) => {
          delays.push(delayMs);
          return realClock.after(delayMs, wake);
        },
      },
    });
    expect(delays.at(-1)).toBe(20);
    write(log, 'one');
    ring();
    await followed.expects(['one']);
    await until(() => delays.at(-1) === 60);
    isDeaf = true;
    write(log, 'two');
    await until(() => followed.lines.length === 2);
    await until(() => followed.source.missedRings() === 1);
    await until(() => delays.at(-1) === 20);
  });

  it('stays quick where inotify is not used', async () => {
    const log = ownLog();
    const delays: number[] = [];
    const followed = await follow(log, {
      pollMs: 20,
      slowPollMs: 600_000,
      usePolling: true,
      clock: {
        ...realClock,
        after: (delayMs, wake) => {
          delays.push(delayMs);
          return realClock.after(delayMs, wake);
        },
      },
    });
    write(log, 'one');
    await followed.expects(['one']);
    write(log, 'two');
    await followed.expects(['one', 'two']);
    expect(delays.includes(600_000)).toBe(false);
  });

  it('may be the only one there is', async () => {
    const log = ownLog();
    const followed = await follow(log, { pollMs: 10, openDoorbell: silentDoorbell });
    write(log, 'one');
    await followed.expects(['one']);
  });
});
