/** The lines that were in the log before the page was opened. */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { JournalReader, journalLine } from '../../../src/history/journal.js';
import { timeZone } from '../../../src/heyu/time-zone.js';
import { explainEarlier } from '../../../src/io/web/earlier-lines.js';
import { ExplainedLines } from '../../../src/web/explained-lines.js';
import { Guesses } from '../../../src/web/guesses.js';
import { pair } from '../../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../../support/settings.js';

const core = coreSettings({
  stamp: { order: 'YMD', timeZone: 'UTC' },
  sensors: [sensorSettings('A3', 'MS14A', { alias: 'hall', zone: 'ground' })],
  zones: [zoneSettings('ground')],
});
const AT = Date.parse('2026-11-22T15:29:27Z');

/** What is said of the zone; `armed`: the journal has it armed then. */
async function zoneWords(armed: boolean): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-earlier-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'heyu.log');
  const texts = pair('rcvi', 'A3', 'On').map((text) => `11/22 15:29:27  ${text}\n`);
  writeFileSync(path, texts.join(''));
  const { ino: inode, size: offset } = statSync(path);
  const reader = new JournalReader(0, Infinity);
  const entry = { kind: 'zone', at: AT - 60_000, zone: 'ground', source: 'command' } as const;
  reader.line(journalLine({ ...entry, by: 'MQTT', state: 'armed_away', verified: true }).trimEnd());
  const { journal } = reader;
  const lines = new ExplainedLines({ timeZone: timeZone('UTC'), aliasOf: () => undefined }, 500, 1);
  await explainEarlier(
    {
      path,
      position: { inode, offset },
      core,
      zones: [],
      past: () => (armed ? Promise.resolve({ journal }) : Promise.reject(new Error('it is broken'))),
      now: AT + 60_000,
    },
    lines,
    new Guesses(core, undefined),
  );
  return lines.lines
    .flatMap(({ rows }) => rows.map(({ words }) => words))
    .filter((words) => words.startsWith('zone'));
}

it('zones stand as the journal has them, not as they stand now', async () => {
  expect(await zoneWords(true)).toEqual(['zone ground: alert  (zone armed_away)']);
});

it('are explained without the journal, too', async () => {
  expect(await zoneWords(false)).toEqual(['zone ground: no alert  (the zone is unknown and was not armed)']);
});
