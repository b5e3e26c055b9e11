/** The lines that were in the log before the page was opened. */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { journalLine } from '../../src/history/journal.js';
import { explainEarlier } from '../../src/io/history/earlier-lines.js';
import { journalPaths } from '../../src/io/journal-file.js';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

const core = coreSettings({
  stamp: { order: 'YMD', timeZone: 'UTC' },
  sensors: [sensorSettings('A3', 'MS14A', { alias: 'hall', zone: 'ground' })],
  zones: [zoneSettings('ground')],
});
const AT = Date.parse('2026-11-22T15:29:27Z');

/** What is said of the zone; `armed`: the journal has it armed then. */
async function zoneWords(armed: boolean): Promise<readonly string[]> {
  const stateDir = mkdtempSync(join(tmpdir(), 'heyu2mqtt-earlier-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  const logPath = join(stateDir, 'heyu.log');
  const texts = pair('rcvi', 'A3', 'On').map((text) => `11/22 15:29:27  ${text}\n`);
  writeFileSync(logPath, texts.join(''));
  const { ino: inode, size: offset } = statSync(logPath);
  const entry = { kind: 'zone', at: AT - 60_000, zone: 'ground', source: 'command' } as const;
  const [, journal] = journalPaths(stateDir);
  if (armed)
    writeFileSync(journal, journalLine({ ...entry, by: 'MQTT', state: 'armed_away', verified: true }));
  const lines = await explainEarlier(
    { core, logPath, stateDir },
    { position: { inode, offset }, zones: [], now: AT + 60_000, limit: 500, firstNumber: 7 },
  );
  expect(lines.map(({ number, text }) => [number, text])).toEqual(
    texts.map((text, index) => [index + 7, text.trimEnd()]),
  );
  return lines
    .flatMap(({ rows }) => rows.map(({ words }) => words))
    .filter((words) => words.startsWith('zone'));
}

it('zones stand as the journal has them, not as they stand now', async () => {
  expect(await zoneWords(true)).toEqual(['zone ground: alert  (zone armed_away)']);
});

it('are explained without the journal, too', async () => {
  expect(await zoneWords(false)).toEqual(['zone ground: no alert  (the zone is unknown and was not armed)']);
});
