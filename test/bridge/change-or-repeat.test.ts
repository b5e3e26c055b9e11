/**
 * A contact alerts on a change only: once per opening. Alerts and Clears come at times that are drawn by chance, around
 * heartbeats too, and lines are lost; an oracle that is written from docs/alarm.md alone says which Alerts are news.
 */

import { expect, test } from 'vitest';
import { Explainer } from '../../src/bridge/explain.js';
import { fc, runs } from '../support/property.js';
import { stamp } from '../support/replayed.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

/** How long after the line before, seconds. */
const pause = fc.constantFrom(
  1,
  5,
  9,
  10,
  11,
  600,
  1500,
  2400,
  3240,
  3241,
  3600,
  3780,
  3959,
  3961,
  5000,
  7200,
  7900,
  10_800,
  15_000,
);
const lines = fc.array(fc.record({ isAlert: fc.boolean(), pause }), { minLength: 1, maxLength: 14 });
type Line = { readonly isAlert: boolean; readonly pause: number };

/** When Alerts are news, in seconds from the beginning. */
function newsOf(script: readonly Line[]): readonly number[] {
  const news: number[] = [];
  const own: number[] = [];
  let last: { readonly at: number; readonly isAlert: boolean } | undefined;
  let at = 0;
  for (const line of script) {
    at += line.pause;
    const gap = at - (last?.at ?? 0);
    const period = own.length < 3 ? 3600 : ([...own].sort((a, b) => a - b)[own.length >> 1] ?? 3600);
    const periods = Math.max(1, Math.round(gap / period));
    const isHeartbeat = periods <= 3 && Math.abs(gap - periods * period) <= 0.1 * periods * period;
    const isRepeat = last?.isAlert === true && (gap < 10 || isHeartbeat);
    if (line.isAlert && !isRepeat) news.push(at);
    // a pause between two Clears is one of heartbeats, of which some may be lost
    if (!line.isAlert && last?.isAlert === false && gap > 1800 && gap <= 4 * 3600) own.push(gap / periods);
    if (own.length > 9) own.shift();
    last = { at, isAlert: line.isAlert };
  }
  return news;
}

/** When the bridge raises alerts in an armed zone, in seconds from the beginning. */
function alertsOf(script: readonly Line[]): readonly number[] {
  const door = sensorSettings('C2', 'DS10A', { alias: 'door', type: 'door', zone: 'ground' });
  const settings = coreSettings({ sensors: [door], zones: [zoneSettings('ground', { alertCooldownMs: 0 })] });
  const told: number[] = [];
  const start = Date.UTC(2026, 10, 22, 12);
  const explainer = new Explainer(
    settings,
    { year: 2026, armed: ['ground'], disarmed: [] },
    ({ finding }) => {
      if (finding.kind !== 'publish' || finding.topic !== 'x10/zone/ground/alert') return;
      const { at } = JSON.parse(finding.payload) as { readonly at: string };
      told.push((Date.parse(at) - start) / 1000);
    },
  );
  let at = 0;
  script.forEach(({ isAlert, pause: seconds }, index) => {
    at += seconds;
    const name = isAlert ? 'Alert' : 'Clear';
    explainer.line(
      `${stamp(at)}  rcva func        ${name} : hu C2  swMin  (door)`,
      'log',
      index + 1,
      index * 100,
    );
  });
  explainer.end();
  return told;
}

test('each opening is one alert, and no repeat of it is', () => {
  fc.assert(
    fc.property(lines, (script) => {
      expect(alertsOf(script)).toEqual(newsOf(script));
    }),
    { numRuns: runs(300) },
  );
});
