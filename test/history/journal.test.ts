/** What is read of a journal: any line may be damaged, and what lasts at the beginning of a window is known. */

import { describe, expect, it } from 'vitest';
import {
  absences,
  entryIn,
  journalGaps,
  journalLine,
  JournalReader,
  problemSpans,
  settingsAt,
  zoneScenes,
  zoneSpans,
  type Journal,
  type JournalEntry,
} from '../../src/history/journal.js';
import { fc } from '../support/property.js';

const NOON = Date.UTC(2026, 10, 22, 12);

const zone = (at: number, state: 'disarmed' | 'armed_away' | 'unknown', name = 'ground'): JournalEntry => ({
  kind: 'zone',
  at,
  zone: name,
  state,
  source: 'command',
  by: 'x10/zone/ground/set',
  verified: true,
});
const life = (at: number, kind: 'start' | 'stop'): JournalEntry => ({ kind, at, version: '1.2.3' });
const problem = (at: number, what: string, words: string): JournalEntry => ({
  kind: 'problem',
  at,
  what,
  isOver: words === '',
  words,
});
const verdict: JournalEntry = {
  kind: 'verdict',
  at: NOON + 400,
  zone: null,
  alias: 'smoke',
  signalAt: NOON,
  verdict: 'alert',
  reason: 'smoke always is one',
};
const settings: JournalEntry = {
  kind: 'settings',
  at: NOON,
  settings: { hall: { address: 'A1', entry: 'auto', hold: 60 } },
};

function read(entries: readonly JournalEntry[], from = 0, until = Infinity): Journal {
  const reader = new JournalReader(from, until);
  for (const entry of entries) reader.line(journalLine(entry).trimEnd());
  return reader.journal;
}

describe('an entry', () => {
  it.each([
    [zone(NOON, 'armed_away')],
    [life(NOON, 'stop')],
    [problem(NOON, 'disk', 'x')],
    [verdict],
    [settings],
  ])('is read as it was written: %j', (entry) => {
    const line = journalLine(entry);
    expect(line).toMatch(/^\{"at":"2026-11-22T12:00:00\.\d00Z",.*\}\n$/);
    expect(entryIn(line)).toEqual(entry);
  });

  it.each([
    ['nothing', ''],
    ['half of one', journalLine(verdict).slice(0, 40)],
    ['no object', '[1]'],
    ['another kind', '{"at":"2026-11-22T12:00:00.000Z","kind":"constructor"}'],
    ['no instant', '{"at":"noon","kind":"stop","version":"1"}'],
    ['no state of ours', journalLine(zone(NOON, 'disarmed')).replace('disarmed', 'asleep')],
    ['a missing member', '{"at":"2026-11-22T12:00:00.000Z","kind":"problem","what":"disk","words":""}'],
    ['settings of nothing', '{"at":"2026-11-22T12:00:00.000Z","kind":"settings","settings":{"hall":1}}'],
  ])('is damaged: %s', (_what, line) => {
    expect(entryIn(line)).toBeUndefined();
  });

  it('is never made up, wherever a line breaks off', () => {
    fc.assert(
      fc.property(fc.constantFrom(verdict, settings, zone(NOON, 'unknown')), fc.nat(), (entry, cut) => {
        const line = journalLine(entry).trimEnd();
        const length = cut % line.length;
        expect(entryIn(line.slice(0, length))).toBeUndefined();
      }),
    );
  });
});

describe('a journal', () => {
  it('leaves damaged lines out, and counts them', () => {
    const reader = new JournalReader(0, Infinity);
    for (const line of ['', journalLine(verdict), '{"at":"20', journalLine(settings)])
      reader.line(line.trimEnd());
    expect(reader.journal).toEqual({ entries: [settings, verdict], damaged: 1 });
  });

  it('has of the time before a window what lasts, and nothing of what comes after', () => {
    const entries = [
      settings,
      zone(NOON, 'armed_away'),
      zone(NOON + 1, 'disarmed'),
      zone(NOON + 2, 'disarmed', 'attic'),
      zone(NOON + 10, 'armed_away'),
      zone(NOON + 20, 'disarmed'),
    ];
    expect(read(entries, NOON + 5, NOON + 20).entries).toEqual([settings, ...entries.slice(2, 5)]);
  });

  it('says what is true of two files that begin with the same', () => {
    const twice = [zone(NOON, 'armed_away'), zone(NOON, 'armed_away'), zone(NOON + 5, 'disarmed')];
    expect(zoneScenes(read(twice)).map(({ at, state }) => [at, state])).toEqual([
      [NOON, 'armed_away'],
      [NOON, 'armed_away'],
      [NOON + 5, 'disarmed'],
    ]);
  });

  it('sets what a signal has led to behind the signal, and not what was over within its second', () => {
    const pending = { ...zone(NOON + 300, 'armed_away'), state: 'pending', source: 'signal' } as JournalEntry;
    const scenes = (...more: readonly JournalEntry[]): unknown =>
      zoneScenes(read([zone(NOON, 'armed_away'), pending, ...more])).map(({ at, state }) => [
        at - NOON,
        state,
      ]);
    expect(scenes()).toEqual([
      [0, 'armed_away'],
      [1300, 'pending'],
    ]);
    expect(scenes(zone(NOON + 900, 'disarmed'))).toEqual([
      [0, 'armed_away'],
      [900, 'disarmed'],
    ]);
  });

  it('tells how zones stood; while the service was away that is not known', () => {
    const journal = read([
      life(NOON, 'start'),
      zone(NOON + 1, 'armed_away'),
      life(NOON + 10, 'stop'),
      life(NOON + 20, 'start'),
      zone(NOON + 21, 'unknown'),
      zone(NOON + 22, 'disarmed'),
    ]);
    expect(zoneSpans(journal).map(({ entry, to }) => [entry.state, entry.at - NOON, to - NOON])).toEqual([
      ['armed_away', 1, 10],
      ['unknown', 21, 22],
      ['disarmed', 22, Infinity],
    ]);
    expect(absences(journal)).toEqual([{ from: NOON + 10, to: NOON + 20 }]);
    expect(zoneScenes(journal).map(({ state }) => state)).toEqual(['armed_away', undefined, 'disarmed']);
  });

  it('tells when problems were: they end, have other details, or are over with the service', () => {
    const journal = read([
      life(NOON, 'start'),
      problem(NOON + 1, 'log_missing', 'missing'),
      problem(NOON + 5, 'log_missing', ''),
      problem(NOON + 6, 'broker', 'one'),
      problem(NOON + 7, 'broker', 'two'),
      life(NOON + 9, 'stop'),
    ]);
    expect(problemSpans(journal).map(({ words, from, to }) => [words, from - NOON, to - NOON])).toEqual([
      ['missing', 1, 5],
      ['one', 6, 7],
      ['two', 7, 9],
    ]);
    expect(journalGaps(journal)).toEqual([{ from: NOON + 1, to: NOON + 5, reason: 'log_missing' }]);
  });

  it('knows which lines were lost', () => {
    const words =
      'lines of the heyu log were lost (between 2026-11-22T12:00:00Z and 2026-11-22T13:00:00+00:00)';
    expect(journalGaps(read([problem(NOON + 9e6, 'lines_lost', words)]))).toEqual([
      { from: NOON, to: NOON + 3_600_000, reason: 'lines_lost' },
    ]);
    expect(journalGaps(read([problem(NOON, 'lines_lost', 'lines were lost')]))).toEqual([]);
  });

  it('has the settings of each time', () => {
    const later = { hall: { address: 'A1', entry: 'auto', hold: 90 } };
    const journal = read([settings, { ...settings, at: NOON + 10, settings: later }]);
    const holdAt = (at: number): number | undefined => settingsAt(journal, at)?.['hall']?.hold;
    expect([NOON, NOON + 9, NOON + 10].map(holdAt)).toEqual([60, 60, 90]);
    // a signal of the first second has a stamp from before the start
    expect([NOON - 999, NOON - 1000].map(holdAt)).toEqual([60, undefined]);
  });
});
