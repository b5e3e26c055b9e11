/** Instants on the page, in the time zone of the house. */

import { describe, expect, test } from 'vitest';
import { ago, HouseTime } from '../../web/time.js';

const BERLIN = new HouseTime('Europe/Berlin');
const utc = (text: string): number => Date.parse(`${text}Z`);

describe('a local date and time as an instant', () => {
  test.each([
    ['2026-11-26', '02:05', '2026-11-26T01:05'],
    ['2026-07-01', '00:00', '2026-06-30T22:00'],
    // summer time begins at 02:00 on the 29th of March, and ends at 03:00 on the 25th of October
    ['2026-03-29', '01:59', '2026-03-29T00:59'],
    ['2026-03-29', '03:00', '2026-03-29T01:00'],
    ['2026-10-25', '00:00', '2026-10-24T22:00'],
    ['2026-10-25', '04:00', '2026-10-25T03:00'],
    ['2027-01-01', '00:00', '2026-12-31T23:00'],
  ])('%s %s is %s UTC', (date, time, expected) => {
    const at = BERLIN.instant(date, time);
    expect(new Date(at).toISOString().slice(0, 16)).toBe(expected);
    expect([BERLIN.date(at), BERLIN.time(at)]).toEqual([date, time]);
  });

  test.each([
    ['', '02:05'],
    ['2026-11-26', ''],
  ])('"%s" "%s" is none', (date, time) => {
    expect(BERLIN.instant(date, time)).toBeNaN();
  });
});

test('the day stands before a time that is not of today', () => {
  const now = utc('2026-11-26T12:00');
  expect(BERLIN.when(utc('2026-11-25T23:30'), now)).toBe(BERLIN.minute(utc('2026-11-25T23:30')));
  expect(BERLIN.when(utc('2026-11-25T22:30'), now)).toMatch(/25.*, .*30/);
});

test.each([
  [null, 'never'],
  ['2026-11-26T12:00:05', 'just now'],
  ['2026-11-26T11:59:51', 'just now'],
  ['2026-11-26T11:59:29', '30 s ago'],
  ['2026-11-26T11:01:00', '59 min ago'],
  ['2026-11-24T12:00:01', '47 h ago'],
  ['2026-11-24T12:00:00', '2 days ago'],
])('%s was %s', (at, expected) => {
  expect(ago(at === null ? null : `${at}Z`, utc('2026-11-26T12:00'))).toBe(expected);
});
