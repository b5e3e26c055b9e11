import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type SenderLine, instantsBackFrom, listen } from '../../src/alias/history.js';
import { lineReader } from '../../src/heyu/reader.js';
import type { StampForm } from '../../src/heyu/stamp.js';
import { readX10Config } from '../../src/heyu/x10config.js';

const FORM: StampForm = { order: 'YMD', timeZone: 'UTC' };

const hears = (...texts: string[]): readonly SenderLine[] => {
  const reader = lineReader(FORM, 4000);
  return texts.flatMap((text, index) => listen(reader, `11/22 15:00:00  ${text}`, index));
};

describe('a line of the log', () => {
  it.each([
    [
      'On of an addressed unit',
      ['rcvi addr unit       3 : hu A3  (hall)', 'rcvi func           On : hc A'],
      [{ at: 1, address: 'A3', label: 'hall', function: 'On', source: 'rcvi' }],
    ],
    [
      'a security sensor',
      ['rcva func        Alert : hu C1  LoBat  (sec_motion)'],
      [{ at: 0, address: 'C1', label: 'sec_motion', function: 'Alert', flags: ['LoBat'], source: 'rcva' }],
    ],
    [
      'a security sensor that heyu does not map',
      ['rcva func       RFdata : Type Sec ID 0x22 Data 0x0C'],
      [
        {
          at: 0,
          address: undefined,
          securityId: '0x22',
          data: 12,
          label: null,
          function: 'RFdata',
          source: 'rcva',
        },
      ],
    ],
    ['an entertainment remote: no sensor', ['rcva func       RFdata : Type Ent ID 0x16 Data 0x20'], []],
    ['an address alone', ['rcvi addr unit       3 : hu A3  (hall)'], []],
    ['a function without an address', ['rcvi func           On : hc A'], []],
    [
      'a function of a house',
      ['rcvi addr unit       3 : hu A3  (hall)', 'rcvi func       AllOff : hc A'],
      [],
    ],
    [
      'an engine that was started between',
      ['rcvi addr unit       3 : hu A3  (hall)', 'Engine started', 'rcvi func           On : hc A'],
      [],
    ],
    ['an inactive sensor', ['rcva func     Inactive : hu C10  (sec_ms90)'], []],
    ['text', ['something else altogether'], []],
  ])('%s', (_, lines, heard) => {
    expect(hears(...lines)).toEqual(heard);
  });

  it('without a stamp is output of a script', () => {
    expect(listen(lineReader(FORM, 4000), 'rcva func Alert : hu C1  (x)', 0)).toEqual([]);
  });
});

describe('the instants of a log', () => {
  const at = (lines: readonly string[], end: string) =>
    instantsBackFrom(lines, FORM, Date.parse(end)).map((each) =>
      each === undefined ? undefined : new Date(each).toISOString(),
    );

  it('go back over New Year, line by line', () => {
    expect(
      at(
        ['11/01 08:00:00  x y', 'no stamp', '12/31 23:59:59  x y', '01/01 00:00:01  x y'],
        '2027-01-02T00:00:00Z',
      ),
    ).toEqual([
      '2026-11-01T08:00:00.000Z',
      undefined,
      '2026-12-31T23:59:59.000Z',
      '2027-01-01T00:00:01.000Z',
    ]);
  });

  it('are those of the stamps where these have a year', () => {
    expect(at(['2019/03/01 08:00:00  x y'], '2027-01-02T00:00:00Z')).toEqual(['2019-03-01T08:00:00.000Z']);
  });
});

describe('the recordings', () => {
  const folder = new URL('../fixtures/recordings/', import.meta.url);
  type Step = { readonly expect?: readonly { unit?: string; fn?: string; src?: string; count?: number }[] };

  // Those whose log is equal to the wire, event by event, and written in heyu's default form.
  const names = ['a_walk', 'b_interleaved', 'c_multiaddr', 'd_duskdawn', 'g_rf_w800', 'n_burst_rf', 'n_soak'];

  it.each(names)('%s is heard as it was sent', (name) => {
    const wire = JSON.parse(readFileSync(new URL(`${name}/wire.json`, folder), 'utf8')) as { steps: Step[] };
    const sent = wire.steps
      .flatMap(({ expect: expected = [] }) => expected)
      .filter(({ unit, fn, src }) => unit !== undefined && (fn === 'on' || fn === 'off') && src !== 'ignored')
      .flatMap(({ unit, fn, src, count = 1 }) => Array<string>(count).fill(`${src} ${unit} ${fn}`));
    const config = readX10Config(readFileSync(new URL(`${name}/x10config`, folder), 'utf8'));
    const form: StampForm = { order: config.dateFormat.order, timeZone: 'UTC' };
    const lines = readFileSync(new URL(`${name}/heyu.log`, folder), 'utf8').split('\n');
    const reader = lineReader(form, Infinity);
    const instants = instantsBackFrom(lines, form, Date.parse('2026-11-23T00:00:00Z'));
    const heard = lines
      .flatMap((text, index) => listen(reader, text, instants[index] ?? 0))
      .filter(({ function: what }) => what === 'On' || what === 'Off')
      .map(({ source, address, function: what }) => `${source} ${address} ${what.toLowerCase()}`);
    expect(heard).toEqual(sent);
  });

  it('are all listened to, and only one without signals has nothing to say', () => {
    const silent = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .filter(({ name }) => {
        const reader = lineReader(FORM, 4000);
        const lines = readFileSync(new URL(`${name}/heyu.log`, folder), 'utf8').split('\n');
        return lines.flatMap((text, index) => listen(reader, text, index)).length === 0;
      });
    expect(silent.map(({ name }) => name)).toEqual(['k_ts_subdir_digit']);
  });
});
