/** What the page makes of the events of the service. */

import { describe, expect, test } from 'vitest';
import type { ExplainedLine, PageEvent, PageState } from '../../src/web/protocol.js';
import { EMPTY, type Model, withEvent, withLines, withState } from '../../web/model.js';

const sensor = (alias: string, state: string): PageState['house']['sensors'][number] => ({
  alias,
  address: 'A3',
  name: alias,
  type: 'motion',
  zone: null,
  state,
  values: {},
  last_seen: null,
  battery: null,
  battery_hint: null,
  silent: false,
});

const STATE: PageState = {
  id: 'a-1',
  timeZone: 'Europe/Berlin',
  house: {
    version: '0.1.0',
    at: new Date().toISOString(),
    running: true,
    log: { path: '/heyu.log', status: 'following', last_line: null },
    broker: { connected: true },
    problems: [{ problem: 'something', hint: null }],
    zones: [],
    sensors: [sensor('hall', 'no motion'), sensor('porch', 'motion')],
    unnamed: [],
  },
  errors: [],
  access: { by: 'open', user: null, mayRead: true, mayWrite: false },
};

const line = (number: number, text: string, at = '2026-11-22T14:29:27+00:00'): ExplainedLine => ({
  number,
  at,
  text,
  rows: [],
  heard: [],
});

const shown = withState(EMPTY, STATE);
const houseAfter = (event: PageEvent): PageState['house'] | undefined => withEvent(shown, event).state?.house;

describe('events', () => {
  test('a change replaces what it names, and nothing else', () => {
    const event = {
      id: 'a-2',
      event: 'change',
      data: { at: 'now', sensors: [sensor('hall', 'motion')] },
    } as const;
    const house = houseAfter(event);
    expect(house?.sensors.map(({ alias, state }) => `${alias} ${state}`)).toEqual([
      'hall motion',
      'porch motion',
    ]);
    expect(house?.sensors[1]).toBe(STATE.house.sensors[1]);
    expect(house?.problems).toBe(STATE.house.problems);
    expect(withEvent(shown, event).state?.id).toBe('a-2');
  });

  test('a change takes away what is over', () => {
    expect(houseAfter({ id: 'a-2', event: 'change', data: { at: 'now', problems: [] } })?.problems).toEqual(
      [],
    );
  });

  test('the model before an event stays as it was', () => {
    withEvent(shown, { id: 'a-2', event: 'change', data: { at: 'now', problems: [] } });
    withEvent(shown, { id: 'a-3', event: 'line', data: line(1, 'one') });
    expect(shown.state).toBe(STATE);
    expect(shown.lines).toEqual([]);
  });

  test('a ping changes the clock alone', () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    const after = withEvent(shown, { id: '', event: 'ping', data: { at } });
    expect(after).toEqual({ ...shown, aheadMs: after.aheadMs });
    expect(after.aheadMs).toBeGreaterThanOrEqual(60_000);
  });

  test('nothing is made of a change before the first state', () => {
    expect(withEvent(EMPTY, { id: 'a-2', event: 'change', data: { at: 'now', problems: [] } })).toBe(EMPTY);
  });

  test('the time zone is kept as an object while it is the same', () => {
    expect(withState(shown, STATE).time).toBe(shown.time);
    expect(withState(shown, { ...STATE, timeZone: 'UTC' }).time).not.toBe(shown.time);
  });
});

describe('lines', () => {
  const texts = ({ lines }: Model): readonly (string | null)[] => lines.map(({ text }) => text);
  const heard = (model: Model, data: ExplainedLine): Model =>
    withEvent(model, { id: 'a-2', event: 'line', data });

  test('each is there once, however often it comes', () => {
    const first = withLines(shown, [line(1, 'one'), line(2, 'two')]);
    const again = withLines(first, [line(1, 'one'), line(2, 'two'), line(3, 'three')]);
    expect(texts(again)).toEqual(['one', 'two', 'three']);
    expect(withLines(again, [line(3, 'three')])).toBe(again);
    expect(texts(heard(again, line(3, 'three')))).toEqual(['one', 'two', 'three']);
  });

  test('those of another life of the service, with other numbers, are the same; so are twins in one second', () => {
    const before = withLines(shown, [line(7, 'one'), line(8, 'twin'), line(9, 'twin')]);
    const after = withLines(
      before,
      ['one', 'twin', 'twin', 'twin', 'two'].map((text, at) => line(at + 1, text)),
    );
    expect(texts(after)).toEqual(['one', 'twin', 'twin', 'twin', 'two']);
    expect(after.lines.map(({ key }) => key)).toEqual([1, 2, 3, 4, 5]);
  });

  test('one that is heard is a new one, though it reads like the last one', () => {
    const first = heard(shown, line(7, 'twin'));
    expect(texts(heard(first, line(8, 'twin')))).toEqual(['twin', 'twin']);
    // of another life
    expect(texts(heard(first, line(3, 'one')))).toEqual(['twin', 'one']);
  });

  test('500 are kept, the newest of them', () => {
    const many = Array.from({ length: 700 }, (_, index) => line(index + 1, String(index + 1)));
    const { lines } = withLines(shown, many);
    expect([lines.length, lines[0]?.text, lines.at(-1)?.text]).toEqual([500, '201', '700']);
  });

  test('what is read long after it was written is late, by the clock of the service', () => {
    const now = new Date().toISOString();
    const old = new Date(Date.now() - 60_000).toISOString();
    const late = (lines: readonly ExplainedLine[], model = shown): readonly boolean[] =>
      withLines(model, lines).lines.map(({ isLate }) => isLate);
    expect(late([line(1, 'one', old), line(2, 'two', now)])).toEqual([true, false]);
    expect(late([line(1, 'one', old)], { ...shown, aheadMs: 60_000 })).toEqual([false]);
  });

  test('a line that was there before the page was opened is an earlier one; one that comes late is not', () => {
    const old = new Date(Date.now() - 60_000).toISOString();
    const first = withLines(shown, [line(1, 'one', old)]);
    const { lines } = withLines(first, [line(2, 'two', old)]);
    expect(lines.map(({ isEarlier }) => isEarlier)).toEqual([true, false]);
  });
});
