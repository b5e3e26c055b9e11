/** What a report says of a log: golden files of a house in words, and tables of what must change a statistic and what must not. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/common/duration.js';
import type { CoreSettings } from '../../src/core-settings.js';
import type { History, Intervals } from '../../src/history/history.js';
import type { Journal, JournalEntry } from '../../src/history/journal.js';
import { type Past, pastOf } from '../../src/history/past.js';
import { Replay } from '../../src/history/replay.js';
import { Anonymizer } from '../../src/bridge/anonymous.js';
import { documentOf } from '../../src/report/document.js';
import { pausesOf } from '../../src/report/hold.js';
import { KnownTime, quantile } from '../../src/report/numbers.js';
import { reportPage } from '../../src/report/page.js';
import { type Report, reportOf } from '../../src/report/report.js';
import { sunTimes } from '../../src/report/sun.js';
import { terminalLines } from '../../src/report/terminal-lines.js';
import { table } from '../../src/cli/terminal.js';
import { fc } from '../support/property.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { BEGIN, HOUSE, houseLog } from './house-log.js';

const BERLIN = { latitude: 52.52, longitude: 13.4 };

const NO_JOURNAL: Journal = { entries: [], damaged: 0 };

type Told = { readonly core: CoreSettings; readonly past: Past };

function replayed(lines: readonly string[], more: Partial<CoreSettings>, journal: Journal): Told {
  const core = coreSettings({ quietAfterMs: 2 * DAY, ...more });
  const request = { from: 0, until: Infinity, year: 2026, zones: [], signals: true };
  const replay = new Replay(core, request);
  for (const line of lines) replay.line(line);
  return { core, past: pastOf(replay.end(), journal, [], core.sensors) };
}

function reported(
  lines: readonly string[],
  more: Partial<CoreSettings> = {},
  journal: Journal = NO_JOURNAL,
): Report {
  const { core, past } = replayed(lines, more, journal);
  return reportOf(core, past);
}

function zoneAt(at: number, state: 'armed_away' | 'disarmed' | 'triggered'): JournalEntry {
  return { kind: 'zone', at, zone: 'ground', state, source: 'command', verified: true };
}

const alertAt = (at: number): JournalEntry => ({
  kind: 'verdict',
  at,
  zone: 'ground',
  alias: 'front_door',
  signalAt: at,
  verdict: 'alert',
  reason: 'the zone is armed',
});

/** Armed eight hours of each night; on four mornings somebody comes in before the code is typed. */
const JOURNAL: Journal = {
  entries: Array.from({ length: 60 }, (_, day): JournalEntry[] => {
    const evening = BEGIN + day * DAY + 22 * HOUR;
    const alarm = evening + 7 * HOUR;
    const raised =
      day % 15 === 0 ? [alertAt(alarm), zoneAt(alarm, 'triggered'), zoneAt(alarm + 20_000, 'disarmed')] : [];
    return [zoneAt(evening, 'armed_away'), ...raised, zoneAt(evening + 8 * HOUR, 'disarmed')];
  }).flat(),
  damaged: 0,
};

const house = reported(
  houseLog(60),
  { sensors: HOUSE, zones: [zoneSettings('ground', { name: 'Ground floor' })], location: BERLIN },
  JOURNAL,
);

const sensorOf = (report: Report, alias: string) => {
  const found = report.sensors.find((each) => each.alias === alias);
  if (found === undefined) throw new Error(`there is no ${alias}`);
  return found;
};

function shown(report: Report, columns = 80, hasBlocks = true): string {
  const look = { columns, hasBlocks, style: (_: string, text: string) => text, table };
  return `${terminalLines(documentOf(report), look)
    .map(({ text }) => text)
    .join('\n')}\n`;
}

function golden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`../golden/report/${name}`, import.meta.url));
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

describe('the report of a house', () => {
  it('is as it was on a terminal', () => golden('terminal.txt', shown(house)));

  it('is as it was as a page', () => golden('report.html', reportPage(documentOf(house))));

  it('is ASCII where nothing else can be shown, and as narrow as its words', () => {
    const text = shown(house, 40, false);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    const bars = text.split('\n').filter((line) => /#{2}/.test(line));
    expect(bars.length).toBeGreaterThan(0);
    expect(Math.max(...bars.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('gives each advice that the house deserves, and no other', () => {
    expect(house.advice.map(({ about, rule }) => `${about} ${rule}`)).toEqual([
      'kitchen missed_offs',
      'kitchen hold_too_long',
      'cellar hold_too_short',
      'front_door low_battery',
      'front_door missed_heartbeats',
      'attic silent',
      'attic alone_at_night',
      'ground disarmed_at_once',
      'G7 unknown',
      'log gaps',
    ]);
  });

  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(house))).toEqual(house);
  });

  it('tells of zones by the journal, and of nothing without one', () => {
    expect(house.zones).toMatchObject([{ zone: 'ground', alerts: 4, alerts_disarmed_at_once: 4 }]);
    expect(reported(houseLog(2), { sensors: HOUSE }).zones).toBeNull();
  });

  it('says nothing of a log without lines', () => {
    const empty = reported([], { sensors: HOUSE });
    expect(empty).toMatchObject({ known_days: 0, advice: [] });
    expect(shown(empty)).toContain('the log has no lines');
  });

  it.each([
    ['three minutes without a gap', 3 * MINUTE, [], []],
    ['six hours without a gap', 6 * HOUR, [], []],
    ['six hours, of which the log misses one', 6 * HOUR, [HOUR], []],
    [
      'six hours, of which the log misses three',
      6 * HOUR,
      [3 * HOUR],
      ['nothing is known of 0.1 of 0.3 days'],
    ],
    ['60 days, of which the log misses two', 60 * DAY, [2 * DAY], []],
    ['60 days, of which the log misses four', 60 * DAY, [4 * DAY], ['nothing is known of 4.0 of 60 days']],
  ])('advises on gaps of a log of %s', (_, length, lost, problems) => {
    const gaps = lost.map((each) => ({
      from: BEGIN + HOUR,
      to: BEGIN + HOUR + each,
      reason: 'quiet' as const,
    }));
    const { core, past } = replayed(houseLog(1), { sensors: [] }, NO_JOURNAL);
    const history = { ...past.history, from: BEGIN, until: BEGIN + length, gaps, senders: [] };
    expect(reportOf(core, { ...past, history }).advice.map(({ problem }) => problem)).toEqual(problems);
  });

  it('has not enough data in two days', () => {
    const short = sensorOf(reported(houseLog(2), { sensors: HOUSE }), 'hall');
    expect(short.events_per_day).toEqual({ cases: 1, value: null });
    expect(short.missed_offs?.value).toBeNull();
    expect(shown(reported(houseLog(2), { sensors: HOUSE }))).toContain('not enough data (1 of 30)');
  });

  it('leaves out the days in which the log was away', () => {
    const { events_per_day: days } = sensorOf(house, 'hall');
    // three days of silence, and what of the days around belongs to it
    expect(days.cases).toBe(54);
    expect(house.log.gaps).toMatchObject([{ reason: 'quiet' }]);
  });
});

describe('the page', () => {
  const page = reportPage(documentOf(house));

  it('has no script, no attribute that runs one, and loads nothing', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|https?:|url\(|@import|style="/i);
  });

  it('shows text of others as text', () => {
    const hostile = [
      sensorSettings('A1', 'MS14A', { alias: 'hall', name: '</style><script>x()</script>\u202e' }),
    ];
    const shownPage = reportPage(documentOf(reported(houseLog(2), { sensors: hostile })));
    expect(shownPage).not.toMatch(/<script|\u202e/);
    expect(shownPage).toContain('&lt;script&gt;');
  });

  it('is below 200 kB with 30 sensors', () => {
    const [hall] = house.sensors;
    if (hall === undefined) throw new Error('there is no sensor');
    const sensors = Array.from({ length: 30 }, (_, index) => ({ ...hall, alias: `hall_${index}` }));
    expect(new TextEncoder().encode(reportPage(documentOf({ ...house, sensors }))).length).toBeLessThan(
      200_000,
    );
  });
});

describe('an anonymous report', () => {
  it('has the same figures, and no name', () => {
    const named = HOUSE.map((each) => ({ ...each, area: 'Hall' }));
    const settings = { sensors: named, zones: [zoneSettings('ground', { name: 'Ground floor' })] };
    const { core, past } = replayed(
      houseLog(60).map((line) => line.replace('_no_alias_', 'aunt_emma')),
      settings,
      JOURNAL,
    );
    const report = new Anonymizer().learn(core).json(reportOf(core, past));
    const all = JSON.stringify(report) + reportPage(documentOf(report));
    expect(all).not.toMatch(/aunt_emma|kitchen|cellar|front_door|attic|\bhall|\bground/i);
    const plain = reportOf(core, past);
    expect(report.sensors.map(({ events, pauses }) => [events, pauses])).toEqual(
      plain.sensors.map(({ events, pauses }) => [events, pauses]),
    );
    expect(report.zones).toMatchObject([{ zone: 'zone1', alerts: 4, alerts_disarmed_at_once: 4 }]);
    expect(report.advice.map(({ rule }) => rule)).toEqual(plain.advice.map(({ rule }) => rule));
  });
});

describe('HIDE_UNCHANGED', () => {
  const cellar = HOUSE.filter(({ alias }) => alias === 'cellar');
  /** Alert and Clear in turns, as heyu writes them when it hides repeats. */
  const hidden = Array.from({ length: 60 }, (_, index) => {
    const at = new Date(BEGIN + index * 5 * MINUTE)
      .toISOString()
      .slice(5, 19)
      .replace('-', '/')
      .replace('T', ' ');
    return `${at}  rcva func        ${index % 2 === 0 ? 'Alert' : 'Clear'} : hu C1   (cellar)`;
  });

  it('is noticed, and no pauses and heartbeats are told', () => {
    const report = reported(hidden, { sensors: cellar });
    expect(report.hides_unchanged).toBe(true);
    expect(sensorOf(report, 'cellar')).toMatchObject({ pauses: null, heartbeats: null });
  });

  it.each([
    ['of too few signals', hidden.slice(0, 20)],
    ['of a log with a repeated Clear', [...hidden, (hidden.at(-1) ?? '').replace('04:55', '06:25')]],
  ])('is not believed %s', (_, lines) => {
    expect(reported(lines, { sensors: cellar }).hides_unchanged).toBe(false);
  });
});

describe('pauses', () => {
  const always = new KnownTime({ from: 0, until: Infinity, gaps: [] });
  const none: Intervals = { from: new Float64Array(), to: new Float64Array() };
  const signsOf = (pauses: readonly number[]): Float64Array => {
    let at = 1000;
    return Float64Array.from([at, ...pauses.map((pause) => (at += pause * 1000))]);
  };
  const repeated = (...parts: readonly (readonly [count: number, pause: number])[]): readonly number[] =>
    parts.flatMap(([count, pause]) => Array.from({ length: count }, () => pause));

  it.each([
    ['stays of 10 s and hours between', repeated([200, 10], [40, 7200]), 15],
    ['lost repeats are of the stay', repeated([200, 10], [30, 20], [20, 30], [60, 5000]), 45],
    ['slow repeats are', repeated([100, 12], [100, 85], [60, 9000]), 90],
    ['one hump has no valley', repeated([50, 10], [40, 14], [30, 20]), null],
    ['visits alone have no stay', repeated([60, 3600], [60, 5400]), null],
    ['a single long pause is no hump', repeated([200, 10], [1, 7200]), null],
  ])('%s', (_, pauses, hold) => {
    expect(pausesOf(signsOf(pauses), none, always).value?.suggested_hold).toBe(hold);
  });

  it('are not counted over a gap of the log', () => {
    const signs = signsOf(repeated([40, 10], [40, 3600]));
    const gap = { from: 2000, to: 3000, reason: 'quiet' as const };
    const known = new KnownTime({ from: 0, until: Infinity, gaps: [gap] });
    expect(pausesOf(signs, none, known).cases).toBe(79);
  });

  it('count what ended while somebody was there', () => {
    const signs = signsOf(repeated([100, 10], [20, 90], [60, 7200]));
    const begins = [1000, (signs[100] ?? 0) + 90_000, (signs[101] ?? 0) + 90_000];
    const motions = {
      from: Float64Array.from(begins),
      to: Float64Array.from([(signs[100] ?? 0) + 60_000, (signs[101] ?? 0) + 60_000, Infinity]),
    };
    expect(pausesOf(signs, motions, always).value).toMatchObject({
      suggested_hold: 120,
      early_ends: 2,
      early_ends_covered: 2,
    });
  });
});

describe('known time', () => {
  const gaps: History['gaps'] = [
    { from: 0, to: 10, reason: 'no_log' },
    { from: 20, to: 40, reason: 'quiet' },
    { from: 30, to: 50, reason: 'rf_flood' },
  ];
  const known = new KnownTime({ from: 0, until: 100, gaps });

  it.each([
    [10, 20, true],
    [50, 100, true],
    [10, 21, false],
    [49, 60, false],
    [5, 15, false],
    [60, 101, false],
  ])('%i to %i: %s', (from, to, is) => expect(known.isWhole(from, to)).toBe(is));

  it('is what is left', () =>
    expect([known.from, known.lengthMs(), known.lengthMs(15, 55)]).toEqual([10, 60, 10]));
});

describe('the sun', () => {
  // timeanddate.com and the NOAA calculator, UTC
  it.each([
    ['Berlin in June', BERLIN, '2026-06-21', '02:43', '19:33'],
    ['Berlin in December', BERLIN, '2026-12-21', '07:15', '14:54'],
    ['Greenwich in March', { latitude: 51.48, longitude: 0 }, '2026-03-20', '06:05', '18:14'],
    ['Sydney in January', { latitude: -33.87, longitude: 151.21 }, '2026-01-15', '18:59', '09:09'],
  ])('%s', (_, place, date, rise, set) => {
    const times = sunTimes(Date.parse(date) / DAY, place);
    const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
    const far = (at: number, clock: string): number =>
      Math.abs((((at % DAY) + DAY) % DAY) / MINUTE - minutes(clock));
    expect(far(times?.rise ?? 0, rise)).toBeLessThan(3);
    expect(far(times?.set ?? 0, set)).toBeLessThan(3);
  });

  it('does not rise or set everywhere', () => {
    const tromso = { latitude: 69.65, longitude: 18.96 };
    expect(sunTimes(Date.parse('2026-06-21') / DAY, tromso)).toBeUndefined();
    expect(sunTimes(Date.parse('2026-12-21') / DAY, tromso)).toBeUndefined();
  });

  it('is up half of the year at any place', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20_000, max: 22_000 }),
        fc.double({ min: -60, max: 60, noNaN: true }),
        (day, latitude) => {
          const times = sunTimes(day, { latitude, longitude: 0 });
          const mirrored = sunTimes(day, { latitude: -latitude, longitude: 0 });
          const length = (each: typeof times): number => ((each?.set ?? 0) - (each?.rise ?? 0)) / HOUR;
          // refraction and the size of the sun make days longer
          expect(length(times) + length(mirrored)).toBeGreaterThan(24);
          expect(length(times) + length(mirrored)).toBeLessThan(25);
        },
      ),
    );
  });
});

describe('statistics of a sensor', () => {
  const at = (ms: number): string =>
    new Date(BEGIN + ms).toISOString().slice(5, 19).replace('-', '/').replace('T', ' ');
  const pair = (ms: number, source: string, name: string): string[] => [
    `${at(ms)}  ${source} addr unit       5 : hu B5  (_no_alias_)`,
    `${at(ms)}  ${source} func ${name.padStart(12)} : hc B`,
  ];
  const sensor = sensorSettings('B5', 'MS14A', { alias: 'stairs' });

  it('is stuck after twelve hours, and not before', () => {
    const lasting = (hours: number): string[] =>
      Array.from({ length: hours * 15 }, (_, index) => pair(index * 4 * MINUTE, 'rcva', 'On')).flat();
    const stuck = (hours: number): number =>
      sensorOf(reported(lasting(hours), { sensors: [sensor] }), 'stairs').stuck.length;
    expect([stuck(11), stuck(13)]).toEqual([0, 1]);
  });

  it("does not count heyu's own commands, and copies only as a way", () => {
    const lines = [
      ...pair(0, 'rcva', 'On'),
      ...pair(1000, 'rcvi', 'On'),
      ...pair(60_000, 'sndc', 'On'),
      ...pair(120_000, 'rcva', 'Off'),
    ];
    expect(sensorOf(reported(lines, { sensors: [sensor] }), 'stairs')).toMatchObject({
      signals: 2,
      events: 1,
    });
  });
});

describe('quantile', () => {
  it('is one of the values, and grows with the share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = Float64Array.from(values).sort();
          const value = quantile(sorted, share);
          expect(sorted).toContain(value);
          expect(value).toBeLessThanOrEqual(quantile(sorted, 1));
        },
      ),
    );
  });
});
