/**
 * Why there was an alert, or none: a night with a journal, and a day of before there was one. Golden files: what a person
 * reads for each question. Make them again with UPDATE_GOLDEN=1 and read the difference.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { timeZone } from '../../src/heyu/time-zone.js';
import { journalLine, JournalReader, zoneScenes, type JournalEntry } from '../../src/history/journal.js';
import { pastOf, type Past, type PastRequest } from '../../src/history/past.js';
import { Replay } from '../../src/history/replay.js';
import { askWhy } from '../../src/history/ask.js';
import { readWhen } from '../../src/history/when.js';
import type { Why } from '../../src/history/why-facts.js';
import { why } from '../../src/history/why.js';
import { whyJson, whyWords } from '../../src/history/why-words.js';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

const berlin = timeZone('Europe/Berlin');
const core = coreSettings({
  stamp: { order: 'YMD', timeZone: 'Europe/Berlin' },
  quietAfterMs: 12 * 3_600_000,
  sensors: [
    sensorSettings('A3', 'MS14A', { alias: 'hall', zone: 'ground', holdMs: 60_000 }),
    sensorSettings('A5', 'MS14A', { alias: 'stairs', zone: 'ground', modes: ['away'], holdMs: 60_000 }),
    sensorSettings('C2', 'DS10A', { alias: 'door', type: 'door', zone: 'ground' }),
    sensorSettings('A7', 'MS14A', { alias: 'garden', dusk: 'A8', holdMs: 60_000 }),
    sensorSettings('D1', 'KR10A', { alias: 'fob', type: 'remote' }),
  ],
  zones: [zoneSettings('ground'), zoneSettings('attic', { kind: 'external', stateTopic: 'alarmo/state' })],
});

/** An instant of 21 or 22 November 2026 in Berlin: `22:40:02`, or `+02:10:13` for the day after. */
function instant(text: string): number {
  const isNext = text.startsWith('+');
  return Date.parse(`2026-11-${isNext ? '22' : '21'}T${isNext ? text.slice(1) : text}+01:00`);
}

const stampOf = (at: number): string =>
  new Date(at + 3_600_000).toISOString().slice(5, 19).replace('-', '/').replace('T', ' ');

type Line = readonly [at: string, ...texts: readonly string[]];

const logOf = (lines: readonly Line[]): readonly string[] =>
  lines.flatMap(([at, ...texts]) => texts.map((text) => `${stampOf(instant(at))}  ${text}`));

const LOG = logOf([
  ['20:00:00', ...pair('rcvi', 'A3', 'On')],
  ['20:00:40', ...pair('rcvi', 'A3', 'On')],
  ['20:01:20', ...pair('rcvi', 'A3', 'On')],
  ['20:02:00', ...pair('rcvi', 'A3', 'On')],
  ['20:02:40', ...pair('rcvi', 'A3', 'On')],
  ['20:03:20', ...pair('rcvi', 'A3', 'On')],
  ['21:00:00', 'rcva func        Alert : hu C2  swMin Main (door)'],
  ['21:00:30', 'rcva func        Clear : hu C2  swMin Main (door)'],
  ['22:30:00', ...pair('sndc', 'A3', 'On')],
  ['23:05:00', ...pair('rcvi', 'A5', 'On')],
  ['23:10:00', ...pair('rcvi', 'A3', 'On')],
  ['+01:00:00', ...pair('rcvi', 'A7', 'On')],
  ['+02:10:13', ...pair('rcvi', 'A3', 'On')],
  ['+02:10:24', ...pair('rcvi', 'A3', 'On')],
  ['+02:10:35', ...pair('rcvi', 'A3', 'On')],
  ['+02:10:55', ...pair('rcvi', 'A3', 'Off')],
  ['+02:30:00', 'rcva func        Alert : hu C2  swMin Main (door)'],
  ['+04:00:00', ...pair('rcvi', 'A3', 'On')],
  ['+06:45:00', ...pair('rcvi', 'A3', 'On')],
]);

const zone = (
  at: string,
  state: 'disarmed' | 'armed_home' | 'armed_away',
  source: 'command' | 'keyfob' | 'code',
  by: string,
): JournalEntry => ({
  kind: 'zone',
  at: instant(at) + 300,
  zone: 'ground',
  state,
  source,
  by,
  verified: true,
});
const verdict = (
  at: string,
  alias: string,
  what: 'alert' | 'cooldown' | 'mode',
  reason: string,
): JournalEntry => ({
  kind: 'verdict',
  at: instant(at) + 400,
  zone: 'ground',
  alias,
  signalAt: instant(at),
  verdict: what,
  reason,
});
const SETTINGS = {
  hall: { address: 'A3', zone: 'ground', entry: 'auto', hold: 30 },
  stairs: { address: 'A5', zone: 'ground', modes: ['away'], entry: 'auto', hold: 60 },
  door: { address: 'C2', zone: 'ground', entry: 'auto', hold: 20 },
};

const JOURNAL: readonly JournalEntry[] = [
  { kind: 'start', at: instant('21:30:00'), version: '1.0.0' },
  { kind: 'settings', at: instant('21:30:00'), settings: SETTINGS },
  {
    kind: 'zone',
    at: instant('21:30:00'),
    zone: 'ground',
    state: 'disarmed',
    source: 'stored',
    verified: false,
  },
  {
    kind: 'zone',
    at: instant('21:30:00'),
    zone: 'attic',
    state: 'unknown',
    source: 'none',
    verified: false,
    reason: 'no connection to the broker',
    was: 'armed_away',
  },
  zone('22:40:02', 'armed_home', 'keyfob', 'fob'),
  verdict('23:05:00', 'stairs', 'mode', 'armed home, this sensor counts only for away'),
  verdict('23:10:00', 'hall', 'alert', 'zone armed_home'),
  zone('23:11:00', 'disarmed', 'code', 'Anna'),
  {
    kind: 'problem',
    at: instant('+02:00:00'),
    what: 'broker',
    isOver: false,
    words: 'the broker is not reached: events wait for it',
  },
  { kind: 'problem', at: instant('+02:20:00'), what: 'broker', isOver: true, words: '' },
  zone('+02:25:00', 'armed_away', 'command', 'x10/zone/ground/set'),
  verdict('+02:30:00', 'door', 'alert', 'zone armed_away'),
  verdict('+02:30:40', 'door', 'cooldown', 'cool-down of 60 s after an alert'),
  { kind: 'stop', at: instant('+03:00:00'), version: '1.0.0' },
  { kind: 'start', at: instant('+05:00:00'), version: '1.0.0' },
  {
    kind: 'zone',
    at: instant('+05:00:00'),
    zone: 'ground',
    state: 'armed_away',
    source: 'stored',
    by: 'x10/zone/ground/set',
    verified: true,
  },
  {
    kind: 'settings',
    at: instant('+05:00:00'),
    settings: { ...SETTINGS, hall: { ...SETTINGS.hall, hold: 60 } },
  },
];

function pastIn(
  { from, until, signals }: PastRequest,
  entries: readonly JournalEntry[],
  log: readonly string[],
): Past {
  const reader = new JournalReader(from - 7_200_000, until);
  for (const entry of entries) reader.line(journalLine(entry).trimEnd());
  const { journal } = reader;
  const replay = new Replay(core, { from, until, signals, year: 2026, zones: zoneScenes(journal) });
  for (const line of log) if (!replay.line(line)) break;
  return pastOf(replay.end(), journal, [], core.sensors);
}

const NOW = instant('+08:00:00');

function answer(name: string, text: string, entries = JOURNAL, log = LOG): Promise<Why> {
  const when = readWhen(text, berlin, NOW);
  if (when === undefined) throw new Error(`not a time: ${text}`);
  return why({ name, when, now: NOW }, core, (request) => Promise.resolve(pastIn(request, entries, log)));
}

const QUESTIONS: readonly (readonly [name: string, when: string])[] = [
  ['hall', '02:10'],
  ['hall', '23:10'],
  ['stairs', '23:05:00'],
  ['hall', '22:30'],
  ['hall', '20:20'],
  ['hall', '23:30..02:00'],
  ['hall', '20:00..20:10'],
  ['hall', '04:00'],
  ['hall', 'last'],
  ['door', '02:30:20'],
  ['door', '02:20'],
  ['garden', '01:00'],
  ['garden', 'last'],
  ['fob', 'last'],
  ['ground', '02:30'],
  ['ground', 'last'],
  ['ground', '23:00..07:00'],
  ['attic', '02:10'],
];

async function shown(entries: readonly JournalEntry[]): Promise<string> {
  const answers = QUESTIONS.map(async ([name, when]) => {
    const found = await answer(name, when, entries);
    const mark = found.found ? '' : '   (nothing is known)';
    return `> ${name} ${when}${mark}\n${whyWords(found, berlin).join('\n')}\n`;
  });
  return (await Promise.all(answers)).join('\n');
}

describe('why', () => {
  it.each([
    ['with-journal', JOURNAL],
    ['without-journal', []],
  ])('%s', async (name, entries) => {
    const path = fileURLToPath(new URL(`../golden/why/${name}.txt`, import.meta.url));
    const text = await shown(entries);
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it('a motion that began before its zone was armed: what the zone became while it went on', async () => {
    const log = logOf([
      ['+07:00:00', ...pair('rcvi', 'A3', 'On')],
      ['+07:00:08', ...pair('rcvi', 'A3', 'On')],
      ['+07:00:16', ...pair('rcvi', 'A3', 'Off')],
    ]);
    const reason = 'its entry delay has ended without a disarm';
    const entry = { zone: 'ground', alias: 'hall', signalAt: instant('+07:00:08') };
    const entries: readonly JournalEntry[] = [
      zone('+06:00:00', 'disarmed', 'code', 'Anna'),
      zone('+07:00:03', 'armed_away', 'command', 'x10/zone/ground/set'),
      { kind: 'verdict', at: instant('+07:00:08') + 400, ...entry, verdict: 'entry', reason: '3 s left' },
      { kind: 'verdict', at: instant('+07:00:11') + 400, ...entry, verdict: 'alert', reason },
    ];
    const heard = 'motion at 07:00:00 (rcvi A3 on, then 1 repeat until 07:00:08), until 07:00:16';
    const told = [
      'zone ground: disarmed since 06:00:00 by the code of Anna',
      'zone ground: armed away since 07:00:03 by a command on x10/zone/ground/set',
      `alert for the signal at 07:00:08: ${reason}`,
      'therefore: an alert',
    ];
    const wordsOf = async (name: string): Promise<readonly string[]> =>
      whyWords(await answer(name, 'last', entries, log), berlin);
    expect(await wordsOf('hall')).toEqual(['hall, 2026-11-22:', heard, ...told]);
    expect(await wordsOf('ground')).toEqual([
      'zone ground, 2026-11-22:',
      `hall: ${heard}`,
      ...told.map((line) => line.replace(/^alert/, 'hall: alert')),
    ]);
  });

  it.each([
    ['dark', pair('rcvi', 'A8', 'Off'), pair('rcvi', 'A8', 'On')],
    ['light', pair('rcvi', 'A8', 'On'), pair('rcvi', 'A8', 'Off')],
    ['the end of the motion before', pair('rcvi', 'A7', 'On'), pair('rcvi', 'A7', 'Off')],
  ])('a motion is begun by its own On, not by what came in the same second: %s', async (_, before, other) => {
    const log = logOf([
      ['+06:59:58', ...before],
      ['+07:00:00', ...other, ...pair('rcvi', 'A7', 'On')],
      ['+07:00:10', ...pair('rcvi', 'A7', 'On')],
      ['+07:00:20', ...pair('rcvi', 'A7', 'Off')],
    ]);
    expect(whyWords(await answer('garden', '07:00:05', [], log), berlin)).toContain(
      'motion at 07:00:00 (rcvi A7 on, then 1 repeat until 07:00:10), until 07:00:20',
    );
  });

  it('a sensor that was called otherwise then is known by its address', async () => {
    const then = { hall: { ...SETTINGS.stairs, address: 'A5' }, entrance: { ...SETTINGS.hall, hold: 60 } };
    const entries: readonly JournalEntry[] = [
      { kind: 'settings', at: instant('21:00:00'), settings: then },
      zone('22:40:02', 'armed_away', 'keyfob', 'fob'),
      verdict('23:10:00', 'entrance', 'alert', 'zone armed_away'),
      { ...verdict('23:10:00', 'hall', 'mode', 'not for home'), at: instant('23:10:01') },
    ];
    const words = whyWords(await answer('hall', '23:10', entries), berlin);
    expect(words).toContain('alert for the signal at 23:10:00: zone armed_away');
    expect(words.join(' ')).not.toContain("with today's settings");
    expect(whyWords(await answer('stairs', '23:10', entries), berlin).join(' ')).toContain('not for home');
  });

  it('restarts are told where something was heard meanwhile only, and change no zone', async () => {
    const restart = (stop: string, start: string, by: string): readonly JournalEntry[] => [
      { kind: 'stop', at: instant(stop), version: '1.0.0' },
      { kind: 'start', at: instant(start), version: '1.0.0' },
      {
        ...zone(start, 'armed_away', 'command', by),
        state: 'unknown',
        source: 'none',
        by: undefined,
        reason: 'no connection to the broker',
      } as JournalEntry,
      {
        ...zone(start, 'armed_away', 'command', by),
        at: instant(start) + 900,
        source: 'retained',
      } as JournalEntry,
    ];
    const topic = 'alarmo/state';
    const entries: readonly JournalEntry[] = [
      { ...zone('22:40:02', 'armed_away', 'command', topic), source: 'message' } as JournalEntry,
      ...restart('23:01:00', '23:01:04', topic),
      ...restart('23:04:58', '23:05:02', topic),
      ...restart('23:30:00', '23:30:05', topic),
    ];
    const words = whyWords(await answer('ground', '22:30..23:40', entries), berlin);
    const armed = 'zone ground: armed away since 22:40:02 by a message on alarmo/state';
    expect(words.filter((line) => line.includes('armed away') || line.includes('unknown'))).toEqual([armed]);
    expect(words.filter((line) => line.includes('did not run'))).toEqual([
      'the service did not run between 23:04:58 and 23:05:02',
    ]);
    expect(whyWords(await answer('ground', '23:20', entries), berlin)).toContain(armed);
  });

  it.each(['06:00', '05:00..06:00', '06:30'])('before the log begins (%s) nothing is known', async (when) => {
    const log = logOf([['+07:00:00', ...pair('rcvi', 'A3', 'On')]]);
    const words = whyWords(await answer('hall', when, [], log), berlin);
    expect(words).toContainEqual(
      "not known what happened before 07:00:00: heyu's log does not cover that time",
    );
    expect(words.at(-1)).toBe('therefore: whether there was an alert is not known');
  });

  it.each([
    ['hall', 'hall', logOf([['+07:00:00', ...pair('rcvi', 'A3', 'On')]])],
    ['ground', 'zone ground', logOf([['+07:00:00', ...pair('rcvi', 'A3', 'On')]])],
    ['hall', 'hall', []],
  ])('if the log begins after all that was asked for, no time is made up (%s)', async (name, head, log) => {
    expect(whyWords(await answer(name, 'yesterday', [], log), berlin)).toEqual([
      `${head}, 2026-11-21:`,
      "not known what happened at all: heyu's log does not cover that time",
      'zone ground: its state at 00:00:00 was not recorded',
      'therefore: whether there was an alert is not known',
    ]);
  });

  it('is JSON for programs: instants with their offset, words beside', async () => {
    const json = whyJson(await answer('hall', '02:10'), berlin);
    expect(json).toMatchObject({
      name: 'hall',
      about: 'sensor',
      from: '2026-11-22T02:10:00+01:00',
      found: true,
      facts: expect.arrayContaining([
        expect.objectContaining({ kind: 'on', at: '2026-11-22T02:10:13+01:00', repeats: 2 }),
        expect.objectContaining({ kind: 'zone', state: 'disarmed', source: 'code', by: 'Anna' }),
        { kind: 'conclusion', alerts: 0, today: false },
      ]) as unknown,
      words: expect.arrayContaining(['therefore: no alert']) as unknown,
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  it.each([
    ['A3', 'last', 'there is no alias and no zone "A3"', 'A3 is the address of "hall"'],
    ['hal', 'last', 'there is no alias and no zone "hal"', 'did you mean "hall"?'],
    ['hall', '11-10..11-20', 'a span of time can have 8 days at most', 'ask for shorter spans'],
    ['hall', 'soon', '"soon" is not a valid time', expect.stringContaining('02:10') as string],
  ])('is not answered: %s %s', async (name, text, problem, hint) => {
    const read = (): Promise<Past> => Promise.reject(new Error('nothing is to be read'));
    expect(await askWhy({ name, when: text, now: NOW }, core, read)).toEqual({ ok: false, problem, hint });
  });
});
