import { expect, it } from 'vitest';
import type { Past } from '../../../src/history/past.js';
import { RecentPast } from '../../../src/io/web/recent-past.js';
import type { Timeline } from '../../../src/web/protocol.js';
import type { Window } from '../../../src/web/timeline.js';
import { coreSettings } from '../../support/settings.js';

const [HOUR, DAY] = [3_600_000, 86_400_000];
const NOW = Date.UTC(2026, 10, 26, 12);
const core = coreSettings({ sensors: [] });

/** What was read of the log, as it is read. */
function recent(): { readonly ask: (window: Partial<Window>) => Promise<Timeline>; readonly read: string[] } {
  const read: string[] = [];
  const past = new RecentPast({
    past: ({ from, until }) => {
      read.push(`day ${(until - from) / HOUR} h`);
      const history = { from, until, sensors: [], gaps: [], alerts: [] };
      return Promise.resolve({ history, journal: { entries: [], damaged: 0 } } as unknown as Past);
    },
    timeline: (window) => {
      read.push(`drawing ${(window.to - window.from) / DAY} d`);
      return read.length === 1 && window.px === 1
        ? Promise.reject(new Error('busy'))
        : Promise.resolve({ ...window } as Timeline);
    },
  });
  return {
    read,
    ask: (window) => past.timeline(core, { from: NOW - 7 * DAY, to: NOW, px: 700, ...window }, NOW),
  };
}

it('keeps the drawing of a long window for all that would look the same', async () => {
  const { ask, read } = recent();
  // a pixel is 864 s
  for (const shift of [0, 0, 400_000, -400_000]) await ask({ from: NOW - 7 * DAY + shift, to: NOW + shift });
  expect(read).toEqual(['drawing 7 d']);
  await ask({ from: NOW - 7 * DAY + 500_000, to: NOW + 500_000 });
  await ask({ px: 701 });
  await ask({ from: NOW - 30 * DAY });
  expect(read).toEqual(['drawing 7 d', 'drawing 7 d', 'drawing 7 d', 'drawing 30 d']);
});

it('draws what lies in a day that was read just now without reading it again', async () => {
  const { ask, read } = recent();
  expect(await ask({ from: NOW - DAY })).toMatchObject({ from: NOW - DAY, to: NOW, px: 700 });
  await ask({ from: NOW - HOUR, px: 3600 });
  await ask({ from: NOW - 3 * HOUR, to: NOW - 2 * HOUR });
  expect(read).toEqual(['day 24 h']);
  await ask({ from: NOW - 2 * DAY, to: NOW - DAY });
  expect(read).toEqual(['day 24 h', 'day 24 h']);
});

it('reads the day after a day that was read just now', async () => {
  const { ask, read } = recent();
  await ask({ from: NOW - 3 * DAY, to: NOW - 2 * DAY });
  await ask({ from: NOW - 2 * DAY, to: NOW - DAY });
  await ask({ from: NOW - 3 * DAY + HOUR, to: NOW - 2 * DAY + HOUR });
  expect(read).toEqual(['day 24 h', 'day 24 h', 'day 24 h']);
});

it('asks again for what could not be read', async () => {
  const { ask, read } = recent();
  await expect(ask({ px: 1 })).rejects.toThrow('busy');
  await ask({ px: 1 });
  expect(read).toEqual(['drawing 7 d', 'drawing 7 d']);
});
