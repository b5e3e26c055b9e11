/**
 * What explain makes of each recording, with a full house: golden files, one JSON object per line. Make them
 * again with UPDATE_GOLDEN=1 and read the difference.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Explainer } from '../../src/bridge/explain.js';
import { jsonRow } from '../../src/cli/explain-rows.js';
import { loadConfiguration } from '../../src/config/load.js';
import { timeZone } from '../../src/heyu/time-zone.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import { linesOf, logsOf, recordingNames, x10configOf } from '../support/recordings.js';
import { zoneSettings } from '../support/settings.js';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The long ones say nothing that the short ones do not. */
const TOO_LONG = new Set(['n_soak', 'n_burst_rf']);

function explained(name: string): string {
  const loaded = loadConfiguration({
    configFile: undefined,
    env: { HEYU2MQTT_ALIASES: fixture('house-aliases.yaml'), HEYU2MQTT_HEYU_TIMEZONE: 'UTC' },
    version: '0.0.0',
    anyZone: true,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const x10config = x10configOf(name);
  const order =
    x10config === undefined ? 'YMD' : readX10Config(readFileSync(x10config, 'utf8')).dateFormat.order;
  const zone = timeZone('UTC');
  const rows: string[] = [];
  const { core } = loaded.configuration;
  const settings = {
    ...core,
    stamp: { order, timeZone: 'UTC' },
    zones: ['ground', 'cellar'].map((zoneName) => zoneSettings(zoneName)),
  };
  const scene = { year: 2026, armed: ['ground'], disarmed: ['cellar'] };
  const explainer = new Explainer(settings, scene, (row) => rows.push(jsonRow(row, zone, false)));
  for (const log of logsOf(name)) {
    let offset = 0;
    linesOf(log).forEach((text, index) => {
      explainer.line(text, log, index + 1, offset);
      offset += Buffer.byteLength(text) + 1;
    });
  }
  explainer.end();
  return `${rows.join('\n')}\n`;
}

test.each(recordingNames().filter((name) => !TOO_LONG.has(name)))('%s', (name) => {
  const path = fileURLToPath(new URL(`../golden/explain/${name}.jsonl`, import.meta.url));
  const rows = explained(name);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, rows);
  expect(rows).toBe(readFileSync(path, 'utf8'));
});
