/** What the service writes into its journal: each change once, and what a reader makes of it. */

import { describe, expect, it } from 'vitest';
import {
  absences,
  entryIn,
  JournalReader,
  problemSpans,
  settingsAt,
  zoneSpans,
  type Journal,
} from '../../src/history/journal.js';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const hall = sensorSettings('A1', 'MS14A', { alias: 'hall', zone: 'ground', holdMs: 20_000 });
const fob = sensorSettings('D1', 'KR10A', { alias: 'fob', type: 'remote' });
const zone = zoneSettings('ground', { keyfobs: ['fob'], followHeyu: true, entryDelayMs: 0 });
const attic = zoneSettings('attic', { kind: 'external', stateTopic: 'alarmo/state' });
const settings = coreSettings({ sensors: [hall, fob], zones: [zone, attic], version: '1.2.3' });

const ON = pair('rcvi', 'A1', 'On');

async function house(): Promise<Lives> {
  const lives = await beginLives(settings);
  await lives.look();
  await lives.connect(false);
  await lives.acknowledge();
  await lives.passAcknowledged(5000);
  return lives;
}

function journalOf({ journal }: Lives): Journal {
  const reader = new JournalReader(0, Infinity);
  for (const line of journal) reader.line(line);
  return reader.journal;
}

/** The zones as they were, in words. */
const stands = (lives: Lives, name = 'ground'): string[] =>
  zoneSpans(journalOf(lives))
    .filter(({ entry }) => entry.zone === name)
    .map(({ entry: { state, source, by } }) => [state, source, by ?? ''].join(' ').trim());

const verdicts = (lives: Lives): string[] =>
  journalOf(lives).entries.flatMap((entry) =>
    entry.kind === 'verdict' ? [`${entry.alias} ${entry.verdict}: ${entry.reason}`] : [],
  );

describe('the journal', () => {
  it('says who has armed and disarmed', async () => {
    const lives = await house();
    await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
    await lives.hear('rcva func       Disarm : hu D1  swMin (fob)');
    await lives.hear('System is Armed Home');
    await lives.service().commandZone('ground', { kind: 'disarm' });
    await lives.settle();
    expect(stands(lives)).toEqual([
      'unknown none x10/zone/ground/state',
      'disarmed new',
      'armed_away command x10/zone/ground/set',
      'disarmed keyfob fob',
      'armed_home heyu heyu',
      'disarmed this_machine this machine',
    ]);
  });

  it('tells a retained message of a zone of others from a live one, and that it is unknown', async () => {
    const lives = await house();
    await lives.receive('alarmo/state', 'disarmed', true);
    await lives.passAcknowledged(3000);
    await lives.receive('alarmo/state', 'armed_away');
    await lives.disconnect();
    await lives.settle();
    expect(stands(lives, 'attic').filter((each) => !each.startsWith('unknown'))).toEqual([
      'disarmed retained alarmo/state',
      'armed_away message alarmo/state',
    ]);
    const last = zoneSpans(journalOf(lives)).findLast(({ entry }) => entry.zone === 'attic');
    expect(last).toMatchObject({ entry: { state: 'unknown', was: 'armed_away', verified: false } });
  });

  it('has each verdict once, each alert, and none of a disarmed zone', async () => {
    const lives = await house();
    await lives.hear(...ON);
    await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
    await lives.passAcknowledged(30_000);
    for (let i = 0; i < 8; i += 1) {
      await lives.hear(...ON);
      await lives.passAcknowledged(10_000);
    }
    expect(verdicts(lives)).toEqual([
      'hall alert: zone armed_away',
      'hall cooldown: cool-down of 60 s after an alert',
      'hall alert: zone triggered',
      'hall cooldown: cool-down of 60 s after an alert',
    ]);
    const [alert] = journalOf(lives).entries.filter(({ kind }) => kind === 'verdict');
    expect(alert).toMatchObject({ zone: 'ground', alias: 'hall' });
    if (alert?.kind === 'verdict') expect(alert.at - alert.signalAt).toBeLessThan(1000);
  });

  it('knows when the service ran, with which settings, which it writes down once', async () => {
    const lives = await house();
    await lives.restart();
    await lives.reload({ ...settings, sensors: [{ ...hall, holdMs: 90_000 }, fob] });
    const journal = journalOf(lives);
    const kinds = journal.entries
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'zone' && kind !== 'problem');
    expect(kinds).toEqual(['start', 'settings', 'stop', 'start', 'reload', 'settings']);
    expect(absences(journal)).toHaveLength(1);
    const last = journal.entries.at(-1)?.at ?? 0;
    expect(settingsAt(journal, last)).toMatchObject({
      hall: { address: 'A1', zone: 'ground', hold: 90, entry: 'auto' },
      fob: { address: 'D1' },
    });
    const first = journal.entries.find(({ kind }) => kind === 'settings')?.at ?? 0;
    expect(settingsAt(journal, first)).toMatchObject({ hall: { hold: 20 } });
    expect(settingsAt(journal, first - 1_000)).toBeUndefined();
  });

  it('says when a problem began and ended, the broker among them', async () => {
    const lives = await house();
    await lives.incident({ kind: 'lost', path: 'heyu.log', from: 1000, to: 61_000 });
    await lives.disconnect();
    await lives.pass(10_000);
    await lives.connect();
    await lives.settle();
    const spans = problemSpans(journalOf(lives));
    expect(spans.map(({ what, from, to }) => [what, to - from])).toEqual([
      ['lines_lost', Infinity],
      ['broker', expect.any(Number)],
    ]);
    expect(spans[1]?.to).toBeLessThan(Infinity);
  });

  it('is written as it happens, and is not waited for: a full disk stops no event', async () => {
    const lives = await house();
    await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
    await lives.acknowledge();
    lives.disk.isFull = true;
    await lives.hear(...ON);
    expect(lives.delivered.some(({ topic }) => topic.endsWith('/zone/ground/alert'))).toBe(true);
    expect(lives.told.filter((each) => each.startsWith('the journal cannot be written'))).toHaveLength(1);
    expect(verdicts(lives)).toEqual([]);
    lives.disk.isFull = false;
    await lives.passAcknowledged(70_000);
    await lives.hear(...ON);
    expect(verdicts(lives)).toHaveLength(2);
  });

  it('has lines that a reader understands, every one', async () => {
    const lives = await house();
    await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
    await lives.hear(...ON);
    await lives.restart();
    expect(lives.journal.length).toBeGreaterThan(5);
    for (const line of lives.journal) expect(entryIn(line), line).toBeDefined();
  });
});
