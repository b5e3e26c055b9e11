import { describe, expect, it } from 'vitest';
import { timeZone } from '../../src/heyu/time-zone.js';
import { readWhen } from '../../src/history/when.js';
import { fc } from '../support/property.js';

const berlin = timeZone('Europe/Berlin');
/** 22 November 2026, 12:00 in Berlin. */
const NOW = Date.UTC(2026, 10, 22, 11);

const shown = (text: string, now = NOW): readonly string[] | undefined => {
  const when = readWhen(text, berlin, now);
  if (when === undefined || when.kind === 'last') return when && [when.kind];
  const local = (at: number): string =>
    new Date(at + berlin.offsetMs(at)).toISOString().slice(0, 19).replace('T', ' ');
  return [when.kind, local(when.from), local(when.until)];
};

describe('a time as people write it', () => {
  it.each([
    ['', ['last']],
    ['last', ['last']],
    ['02:10', ['at', '2026-11-22 02:10:00', '2026-11-22 02:11:00']],
    ['2:10', ['at', '2026-11-22 02:10:00', '2026-11-22 02:11:00']],
    ['02:10:13', ['at', '2026-11-22 02:10:13', '2026-11-22 02:10:14']],
    ['14:00', ['at', '2026-11-21 14:00:00', '2026-11-21 14:01:00']],
    ['yesterday 02:10', ['at', '2026-11-21 02:10:00', '2026-11-21 02:11:00']],
    ['Today', ['span', '2026-11-22 00:00:00', '2026-11-23 00:00:00']],
    ['11-20', ['span', '2026-11-20 00:00:00', '2026-11-21 00:00:00']],
    ['11/23', ['span', '2025-11-23 00:00:00', '2025-11-24 00:00:00']],
    ['2026-10-25', ['span', '2026-10-25 00:00:00', '2026-10-26 00:00:00']],
    ['2026-11-20T23:59', ['at', '2026-11-20 23:59:00', '2026-11-21 00:00:00']],
    ['23:10..06:45', ['span', '2026-11-21 23:10:00', '2026-11-22 06:46:00']],
    ['11-20 23:10 to 06:45', ['span', '2026-11-20 23:10:00', '2026-11-21 06:46:00']],
    ['11-20 23:10 .. 11-21 23:20', ['span', '2026-11-20 23:10:00', '2026-11-21 23:21:00']],
    ['11-19..11-20', ['span', '2026-11-19 00:00:00', '2026-11-21 00:00:00']],
  ])('"%s"', (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });

  it.each([
    'soon',
    '25:00',
    '02:60',
    '13-40',
    '2026-02-30',
    '02:10 11-20',
    '11-21..11-20',
    '..',
    '1:2',
    '02:10 x',
    `02:10${' '.repeat(100)}`,
  ])('is not "%s"', (text) => {
    expect(readWhen(text, berlin, NOW)).toBeUndefined();
  });

  it('is never in the future where the date was left out, and never empty', () => {
    fc.assert(
      fc.property(fc.nat(23), fc.nat(59), fc.nat(4e10), (hour, minute, later) => {
        const when = readWhen(`${hour}:${String(minute).padStart(2, '0')}`, berlin, NOW + later);
        if (when?.kind !== 'at') throw new Error('no moment');
        expect(when.from).toBeLessThanOrEqual(NOW + later);
        expect(when.from).toBeGreaterThan(NOW + later - 26 * 3_600_000);
        expect(when.until).toBeGreaterThan(when.from);
      }),
    );
  });
});
