/** Stamps in every form, and the instants that they mean. */

import { describe, expect, test } from 'vitest';
import { readStamp, stampClock, type StampForm } from '../../src/heyu/stamp.js';
import { instantsOf, isoAt, timeZone } from '../../src/heyu/time-zone.js';
import { fc, runs } from '../support/property.js';

const at = (iso: string): number => Date.parse(iso);
const AFTERNOON = ((15 * 60 + 38) * 60 + 42) * 1000;

describe('a stamp', () => {
  test.each([
    ['YMD', '11/22 15:38:42  rcvi', { year: 0, month: 11, day: 22, bodyStart: 16 }],
    ['YMD', '2026/11/22 15:38:42  rcvi', { year: 2026, month: 11, day: 22, bodyStart: 21 }],
    ['YMD', '11-22 15:38:42  rcvi', { year: 0, month: 11, day: 22, bodyStart: 16 }],
    ['YMD', '2026-11-22 15:38:42  rcvi', { year: 2026, month: 11, day: 22, bodyStart: 21 }],
    ['DMY', '22.11 15:38:42  rcvi', { year: 0, month: 11, day: 22, bodyStart: 16 }],
    ['DMY', '22.11.2026 15:38:42  rcvi', { year: 2026, month: 11, day: 22, bodyStart: 21 }],
    ['MDY', '11/22/2026 15:38:42  rcvi', { year: 2026, month: 11, day: 22, bodyStart: 21 }],
    ['DMY', '11.12 15:38:42  rcvi', { year: 0, month: 12, day: 11, bodyStart: 16 }],
    ['YMD', '11.12 15:38:42  rcvi', { year: 0, month: 11, day: 12, bodyStart: 16 }],
    // COMMON: a blank more, or the digit of the sub-directory
    ['YMD', '11/22 15:38:42   rcvi', { year: 0, month: 11, day: 22, bodyStart: 17 }],
    ['YMD', '11/22 15:38:42 3 Engine started', { year: 0, month: 11, day: 22, bodyStart: 17 }],
    ['YMD', '11/22 15:38:42 Engine', { year: 0, month: 11, day: 22, bodyStart: 15 }],
    // the configured order makes no date, the other does
    ['YMD', '22.11 15:38:42  rcvi', { year: 0, month: 11, day: 22, bodyStart: 16 }],
  ] as const)('%s: %s', (order, text, expected) => {
    expect(readStamp(text, order)).toEqual({ unixMs: undefined, timeOfDayMs: AFTERNOON, ...expected });
  });

  test('as Unix time has milliseconds', () => {
    expect(readStamp('1795361922.859  rcvi', 'YMD')).toMatchObject({ unixMs: 1795361922859, bodyStart: 16 });
  });

  test.each([
    '',
    'script output',
    '11/22',
    '11/22 15:38:42',
    '11/22 15:38:42  ',
    '11/22 25:38:42  rcvi',
    '11/22 15:61:42  rcvi',
    '13/32 15:38:42  rcvi',
    '00/10 15:38:42  rcvi',
    '11/22 15:38:42rcvi',
    '11/22 15:38:42    rcvi',
    '1795361922  rcvi',
    '/bin/bash: line 1: nosuchcommand_xyz: command not found',
  ])('is not in: %s', (text) => {
    expect(readStamp(text, 'YMD')).toBeUndefined();
  });

  test('is remembered without confusing it with the next', () => {
    // few pieces, so that lines often share all but one of them
    const piece = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
    const line = fc
      .tuple(
        piece('11/22', '11/22', '11.22', '22/11', '13/32', '2026/11/22', '22.11.2026'),
        piece(' '),
        piece('15:38:', '15:38:', '15:39:', '15:07:', '15:60:', '15:3x:', '16:38:', '25:38:', '15 38:'),
        piece('42', '42', '43', '00', '59', '60', '61', '4x', '4'),
        piece('  ', '  ', ' ', '   ', '    ', ' 3 ', '  3 '),
        piece('rcvi', 'snda', ''),
      )
      .map((pieces) => pieces.join(''));
    const unix = fc
      .tuple(
        piece('1700000000', '1700000001'),
        piece('.000', '.003', '.123', '.125'),
        piece('  rcvi', ' 3 rcvi'),
      )
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(line, unix)),
        fc.constantFrom('YMD' as const, 'DMY' as const),
        (lines, order) => {
          const clock = stampClock({ order, timeZone: 'UTC' });
          for (const text of lines) expect(clock.read(text)).toEqual(readStamp(text, order));
        },
      ),
      { numRuns: runs(500) },
    );
  });
});

const form = (zone: string): StampForm => ({ order: 'YMD', timeZone: zone });

describe('an instant', () => {
  const within = (zone: string, text: string, from: string, to: string, after = from): string => {
    const clock = stampClock(form(zone));
    const stamp = clock.read(`${text}  x`);
    if (stamp === undefined) throw new Error(`${text} is no stamp`);
    const { at: instant, fit } = clock.instantWithin(stamp, at(from), at(to), at(after));
    return `${new Date(instant).toISOString().replace('.000', '')} ${fit}`;
  };

  test.each([
    [
      'lies within its bounds',
      'UTC',
      '11/22 15:00:00',
      '2026-11-22T14:00:00Z',
      '2026-11-22T16:00:00Z',
      '2026-11-22T15:00:00Z fits',
    ],
    [
      'of last year at New Year',
      'UTC',
      '12/31 23:59:58',
      '2026-12-31T23:00:00Z',
      '2027-01-01T00:10:00Z',
      '2026-12-31T23:59:58Z fits',
    ],
    [
      'of this year at New Year',
      'UTC',
      '01/01 00:00:02',
      '2026-12-31T23:00:00Z',
      '2027-01-01T00:10:00Z',
      '2027-01-01T00:00:02Z fits',
    ],
    [
      'on 29 February',
      'UTC',
      '02/29 12:00:00',
      '2028-02-29T11:00:00Z',
      '2028-02-29T13:00:00Z',
      '2028-02-29T12:00:00Z fits',
    ],
    [
      'in winter time',
      'Europe/Berlin',
      '11/22 15:00:00',
      '2026-11-22T13:00:00Z',
      '2026-11-22T15:00:00Z',
      '2026-11-22T14:00:00Z fits',
    ],
    [
      'in summer time',
      'Europe/Berlin',
      '07/22 15:00:00',
      '2026-07-22T12:00:00Z',
      '2026-07-22T14:00:00Z',
      '2026-07-22T13:00:00Z fits',
    ],
    [
      'a little early is moved to the bound',
      'UTC',
      '11/22 14:59:59',
      '2026-11-22T15:00:00Z',
      '2026-11-22T16:00:00Z',
      '2026-11-22T15:00:00Z fits',
    ],
    [
      'a little late is moved to now',
      'UTC',
      '11/22 15:00:01',
      '2026-11-22T14:00:00Z',
      '2026-11-22T15:00:00Z',
      '2026-11-22T15:00:00Z fits',
    ],
    [
      'whole seconds count from their beginning',
      'UTC',
      '11/22 15:00:00',
      '2026-11-22T15:00:00.900Z',
      '2026-11-22T15:00:00.950Z',
      '2026-11-22T15:00:00Z fits',
    ],
    [
      'far too early is a mismatch: now',
      'UTC',
      '11/22 14:00:00',
      '2026-11-22T15:00:00Z',
      '2026-11-22T16:00:00Z',
      '2026-11-22T16:00:00Z mismatch',
    ],
    [
      'far too late is a mismatch: now',
      'UTC',
      '11/22 17:00:00',
      '2026-11-22T15:00:00Z',
      '2026-11-22T16:00:00Z',
      '2026-11-22T16:00:00Z mismatch',
    ],
  ])('%s', (_, zone, text, from, to, expected) => {
    expect(within(zone, text, from, to)).toBe(expected);
  });

  test('in the hour that autumn repeats follows the line before', () => {
    // Europe/Berlin, 25 October 2026: 02:00-03:00 summer time is 00:00Z, winter time 01:00Z
    const [from, to] = ['2026-10-24T20:00:00Z', '2026-10-25T06:00:00Z'];
    const zone = 'Europe/Berlin';
    expect(within(zone, '10/25 02:30:00', from, to, '2026-10-25T00:10:00Z')).toBe(
      '2026-10-25T00:30:00Z fits',
    );
    expect(within(zone, '10/25 02:30:00', from, to, '2026-10-25T00:59:59Z')).toBe(
      '2026-10-25T01:30:00Z fits',
    );
    expect(within(zone, '10/25 02:00:00', from, to, '2026-10-25T00:59:59Z')).toBe(
      '2026-10-25T01:00:00Z fits',
    );
  });

  test('is the same whether or not the hour before was remembered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 * 24 * 3600 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        (seconds, zoneName) => {
          const clock = stampClock(form(zoneName));
          const zone = timeZone(zoneName);
          for (const second of seconds) {
            const instant = at('2026-01-01T00:00:00Z') + second * 1000;
            const local = isoAt(instant, zone);
            const text = `${local.slice(5, 10).replace('-', '/')} ${local.slice(11, 19)}  x`;
            const fresh = stampClock(form(zoneName));
            const stamp = clock.read(text);
            if (stamp === undefined) throw new Error(text);
            const bounds = [instant - 60_000, instant + 60_000, instant - 60_000] as const;
            expect(clock.instantWithin(stamp, ...bounds)).toEqual(fresh.instantWithin(stamp, ...bounds));
            expect(clock.instantWithin(stamp, ...bounds).at).toBe(instant);
          }
        },
      ),
    );
  });
});

describe('a time zone', () => {
  test('knows local times that mean two instants or none', () => {
    const berlin = timeZone('Europe/Berlin');
    expect(instantsOf(at('2026-10-25T02:30:00Z'), berlin)).toHaveLength(2);
    expect(instantsOf(at('2026-03-29T02:30:00Z'), berlin)).toHaveLength(1);
    expect(instantsOf(at('2026-07-01T02:30:00Z'), berlin)).toEqual([at('2026-07-01T00:30:00Z')]);
  });

  test.each([
    ['UTC', '2026-11-22T15:04:05+00:00'],
    ['Europe/Berlin', '2026-11-22T16:04:05+01:00'],
    ['America/St_Johns', '2026-11-22T11:34:05-03:30'],
  ])('%s is written with its offset', (name, expected) => {
    expect(isoAt(at('2026-11-22T15:04:05Z'), timeZone(name))).toBe(expected);
  });
});
