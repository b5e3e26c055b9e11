import { expect, it } from 'vitest';
import { RecentDrawings } from '../../../src/io/web/recent-drawings.js';
import type { Timeline } from '../../../src/web/protocol.js';
import type { Window } from '../../../src/web/timeline.js';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const NOW = Date.UTC(2026, 10, 26, 12);

/** What is drawn, in hours; the first one with one pixel is not. */
function recent(): {
  readonly ask: (window: Partial<Window>, now?: number) => Promise<Timeline>;
  readonly drawn: string[];
} {
  const drawn: string[] = [];
  const drawings = new RecentDrawings((window, until) => {
    drawn.push(`${(window.to - window.from) / HOUR} h, ${(until - NOW) / SECOND} s`);
    return drawn.length === 1 && window.px === 1
      ? Promise.reject(new Error('busy'))
      : Promise.resolve({ ...window } as Timeline);
  });
  return {
    drawn,
    ask: (window, now = NOW) => drawings.timeline({ from: NOW - 7 * DAY, to: NOW, px: 700, ...window }, now),
  };
}

it('keeps the drawing of a window for all that would look the same', async () => {
  const { ask, drawn } = recent();
  // a pixel is 864 s
  for (const shift of [0, 0, 400 * SECOND, -400 * SECOND])
    await ask({ from: NOW - 7 * DAY + shift, to: NOW + shift });
  expect(drawn).toEqual(['168 h, 0 s']);
  await ask({ from: NOW - 7 * DAY - 500 * SECOND, to: NOW - 500 * SECOND });
  await ask({ px: 701 });
  await ask({ from: NOW - 30 * DAY });
  expect(drawn).toEqual(['168 h, 0 s', '168 h, -500 s', '168 h, 0 s', '720 h, 0 s']);
});

it('draws an hour that goes on again, as soon as there may be something new in it', async () => {
  const { ask, drawn } = recent();
  const hour = { from: NOW - 10 * MINUTE, to: NOW + 50 * MINUTE, px: 3600 };
  for (const second of [0, 4, 5, 9, 10]) await ask(hour, NOW + second * SECOND);
  expect(drawn).toEqual(['1 h, 0 s', '1 h, 5 s', '1 h, 10 s']);
});

it('draws a time that is over once, however late it is asked for', async () => {
  const { ask, drawn } = recent();
  for (const later of [0, HOUR]) await ask({ from: NOW - 3 * HOUR, to: NOW - HOUR, px: 3600 }, NOW + later);
  expect(drawn).toEqual(['2 h, -3600 s']);
});

it('keeps the last four', async () => {
  const { ask, drawn } = recent();
  for (const px of [1000, 1001, 1002, 1003, 1000, 1004, 1000]) await ask({ px });
  expect(drawn).toHaveLength(6);
});

it('asks again for what could not be drawn', async () => {
  const { ask, drawn } = recent();
  await expect(ask({ px: 1 })).rejects.toThrow('busy');
  await ask({ px: 1 });
  expect(drawn).toHaveLength(2);
});
