/** What of a window is drawn: made of lines that heyu writes, read again through the core. */

import { describe, expect, it } from 'vitest';
import type { Journal } from '../../src/history/journal.js';
import { Replay } from '../../src/history/replay.js';
import type { Timeline } from '../../src/web/protocol.js';
import { timelineOf } from '../../src/web/timeline.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { fc } from '../support/property.js';

const NOON = Date.UTC(2026, 10, 22, 12);
const NO_JOURNAL: Journal = { entries: [], damaged: 0 };

const CORE = coreSettings({
  sensors: [
    sensorSettings('A3', 'MS14A', { alias: 'hall', name: 'Hall', zone: 'ground', holdMs: 60_000 }),
    sensorSettings('F1', 'KR19', { alias: 'fob', name: 'Fob', type: 'remote' }),
    sensorSettings('A9', 'MS14A', { alias: 'neighbour', ignore: true }),
  ],
  zones: [zoneSettings('ground', { name: 'Ground floor' })],
});

type Heard = readonly [seconds: number, unit: string, function_: string];

function linesOf([seconds, unit, name]: Heard): readonly string[] {
  const stamp = new Date(NOON + seconds * 1000)
    .toISOString()
    .slice(5, 19)
    .replace('-', '/')
    .replace('T', ' ');
  const [house, number] = [unit.charAt(0), unit.slice(1)];
  return [
    `${stamp}  rcvi addr unit     ${number.padStart(3)} : hu ${unit.padEnd(3)} (_no_alias_)`,
    `${stamp}  rcvi func ${name.padStart(12)} : hc ${house}`,
  ];
}

/** A window of `seconds` after noon, drawn with a pixel per second. */
function drawn(
  heard: readonly Heard[],
  [from, to, px = to - from]: readonly number[] & { 0: number; 1: number },
  more: {
    readonly journal?: Journal;
    readonly signals?: boolean;
  } = {},
): Timeline {
  const window = { from: NOON + from * 1000, to: NOON + to * 1000, px };
  const { journal = NO_JOURNAL, signals = true } = more;
  const replay = new Replay(CORE, { from: window.from, until: window.to, year: 2026, zones: [], signals });
  for (const line of heard.flatMap(linesOf)) replay.line(line);
  return timelineOf(CORE, { history: replay.end(), journal }, window);
}

const runsOf = (timeline: Timeline, alias: string): readonly (readonly number[])[] | undefined =>
  timeline.lanes
    .find((lane) => lane.alias === alias)
    ?.runs.map(([x, width, triggers, from, to]) => [
      x,
      width,
      triggers,
      (from - NOON) / 1000,
      (to - NOON) / 1000,
    ]);

describe('a lane', () => {
  it('has a run for each motion, with its triggers: the sign that began it and its repeats, not the Off', () => {
    const heard: readonly Heard[] = [
      [10, 'A3', 'On'],
      [20, 'A3', 'On'],
      [40, 'A3', 'Off'],
      [100, 'A3', 'On'],
      [110, 'A3', 'Off'],
    ];
    expect(runsOf(drawn(heard, [0, 600]), 'hall')).toEqual([
      [10, 30, 2, 10, 40],
      [100, 10, 1, 100, 110],
    ]);
  });

  it('is cut at both ends of the window', () => {
    const heard: readonly Heard[] = [
      [10, 'A3', 'On'],
      [70, 'A3', 'Off'],
      [580, 'A3', 'On'],
    ];
    const runs = runsOf(drawn(heard, [30, 600]), 'hall');
    expect(runs?.[0]?.slice(0, 2)).toEqual([0, 40]);
    expect(runs?.at(-1)?.[1]).toBe(20);
  });

  it('draws what is shorter than a pixel, and what lies in one pixel once', () => {
    const heard: readonly Heard[] = [
      [100, 'A3', 'On'],
      [101, 'A3', 'Off'],
      [110, 'A3', 'On'],
      [111, 'A3', 'Off'],
      [900, 'A3', 'On'],
      [901, 'A3', 'Off'],
    ];
    expect(runsOf(drawn(heard, [0, 1000, 10]), 'hall')?.map(([x, width]) => [x, width])).toEqual([
      [1, 1],
      [9, 1],
    ]);
  });

  it('marks the keys of a remote', () => {
    expect(runsOf(drawn([[50, 'F1', 'On']], [0, 600]), 'fob')).toEqual([[50, 1, 1, 50, 50]]);
  });

  it('is there for sensors that were not heard, and not for ignored ones', () => {
    expect(drawn([], [0, 600]).lanes.map(({ alias, runs }) => [alias, runs])).toEqual([
      ['hall', []],
      ['fob', []],
    ]);
  });

  it('is never longer than its pixels, whatever was heard', () => {
    const heard = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.constantFrom('A3', 'F1'), fc.constantFrom('On', 'Off')),
    );
    fc.assert(
      fc.property(heard, fc.integer({ min: 1, max: 50 }), fc.boolean(), (lines, px, signals) => {
        const sorted = lines.toSorted(([one], [other]) => one - other);
        for (const { runs } of drawn(sorted, [300, 1700, px], { signals }).lanes) {
          let end = -1;
          for (const [x, width, , from, to] of runs) {
            expect(x).toBeGreaterThan(end);
            expect(width).toBeGreaterThanOrEqual(1);
            end = x + width;
            expect(end).toBeLessThanOrEqual(px);
            expect(to).toBeGreaterThanOrEqual(from);
          }
        }
      }),
    );
  });
});

describe('zones and alerts', () => {
  const zone = (seconds: number, state: 'armed_away' | 'disarmed' | 'unknown') =>
    ({
      kind: 'zone',
      at: NOON + seconds * 1000,
      zone: 'ground',
      state,
      source: 'command',
      verified: true,
    }) as const;
  const alert = {
    kind: 'verdict',
    at: NOON + 150_000,
    zone: 'ground',
    alias: 'hall',
    signalAt: NOON + 150_000,
    verdict: 'alert',
    reason: 'armed',
  } as const;

  it('are those of the journal', () => {
    const entries = [zone(-500, 'disarmed'), zone(100, 'armed_away'), alert, zone(300, 'unknown')];
    const { zones, alerts } = drawn([], [0, 600], { journal: { entries, damaged: 0 } });
    const spans = zones[0]?.spans.map(([from, to, state]) => [
      (from - NOON) / 1000,
      (to - NOON) / 1000,
      state,
    ]);
    expect(spans).toEqual([
      [0, 100, 'disarmed'],
      [100, 300, 'armed_away'],
      [300, 600, 'unknown'],
    ]);
    expect(alerts).toEqual([{ at: NOON + 150_000, zone: 'ground', alias: 'hall', kind: 'armed' }]);
  });
});

it('hatches the time before the log', () => {
  const { gaps, begins } = drawn(
    [
      [200, 'A3', 'On'],
      [210, 'A3', 'Off'],
    ],
    [0, 600],
  );
  expect(gaps[0]?.map((at) => (at - NOON) / 1000)).toEqual([0, 200]);
  expect(begins).toBe(NOON + 200_000);
});

describe('the night', () => {
  const window = { from: NOON, to: NOON + 24 * 3_600_000, px: 100 };
  const history = new Replay(CORE, {
    ...window,
    until: window.to,
    year: 2026,
    zones: [],
    signals: false,
  }).end();
  const nightIn = (location?: { readonly latitude: number; readonly longitude: number }): readonly number[] =>
    timelineOf({ ...CORE, location }, { history, journal: NO_JOURNAL }, window).night.flat();

  it('of Berlin lasts from sunset to sunrise', () => {
    const [begin = NaN, end = NaN] = nightIn({ latitude: 52.52, longitude: 13.4 });
    expect(Math.abs(begin - Date.UTC(2026, 10, 22, 15, 2))).toBeLessThan(5 * 60_000);
    expect(Math.abs(end - Date.UTC(2026, 10, 23, 6, 39))).toBeLessThan(5 * 60_000);
  });

  it.each([
    ['where the sun does not rise', { latitude: 80, longitude: 0 }],
    ['of a place that is not known', undefined],
  ])('%s is not drawn', (_, location) => {
    expect(nightIn(location)).toEqual([]);
  });
});
