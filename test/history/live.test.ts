/**
 * A log that is read again tells what the service has published live: each start and end of each sensor, at the same
 * instants, and with the zones of the journal each alert. Lines are those that heyu writes; the log is followed without a
 * gap, and the settings stay.
 */

import { expect, test } from 'vitest';
import { JournalReader, zoneScenes } from '../../src/history/journal.js';
import { Replay } from '../../src/history/replay.js';
import { pair, stampAt } from '../support/house.js';
import { fc, runs } from '../support/property.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives } from '../service/lives.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { alias: 'hall', dusk: 'A2', zone: 'ground', holdMs: 30_000 }),
    sensorSettings('A3', 'MS14A', { alias: 'stairs', cooldownMs: 10_000, minOnMs: 8_000, holdMs: 20_000 }),
    sensorSettings('B1', 'MS10A', { alias: 'cellar', zone: 'ground', holdMs: 25_000 }),
    sensorSettings('C1', 'DS10A', { alias: 'door', type: 'door', zone: 'ground' }),
  ],
  zones: [zoneSettings('ground', { entryDelayMs: { away: 15_000 } })],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

const security = (address: string, says: string): string[] => [
  `rcva func ${says.padStart(12)} : hu ${address}  swMin Main (_no_alias_)`,
];

/** What heyu writes at once. */
const written = fc.constantFrom<readonly string[]>(
  pair('rcvi', 'A1', 'On'),
  pair('rcvi', 'A1', 'Off'),
  [...pair('rcva', 'A1', 'On'), ...pair('rcvi', 'A1', 'On')],
  pair('sndc', 'A1', 'On'),
  pair('rcvi', 'A2', 'On'),
  pair('rcvi', 'A2', 'Off'),
  pair('rcvi', 'A3', 'On'),
  pair('rcvi', 'A3', 'Off'),
  [pair('rcvi', 'A1', 'On')[0] ?? '', ...pair('rcvi', 'A3', 'On')],
  ['rcvi func           On : hc A'],
  security('B1', 'Alert'),
  security('B1', 'Clear'),
  security('C1', 'Alert'),
  security('C1', 'Clear'),
  pair('rcvi', 'P1', 'On'),
  ['Engine started'],
);
const command = fc.constantFrom('ARM_AWAY', 'ARM_HOME', 'DISARM');
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ lines: written, seconds: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ command, seconds: fc.integer({ min: 3, max: 40 }) }) },
);

type Told = readonly [what: string, at: number];

const byTime = (told: readonly Told[]): readonly Told[] =>
  [...told].sort(([what, at], [other, otherAt]) => at - otherAt || (what < other ? -1 : 1));

const STARTS: Readonly<Record<string, string>> = { motion: 'ON', opened: 'ON', clear: 'OFF', closed: 'OFF' };

test('the history of a log is what the service has published', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const lives = await beginLives(settings);
      await lives.look();
      await lives.connect(false);
      await lives.acknowledge();
      await lives.passAcknowledged(5000);
      const from = lives.clock.wallMs();
      const log: string[] = [];
      for (const one of steps) {
        if ('command' in one) await lives.receive('x10/zone/ground/set', one.command);
        else
          for (const text of one.lines) {
            const line = `${stampAt(lives.clock.wallMs())}  ${text}`;
            log.push(line);
            lives.write(line);
          }
        await lives.look();
        await lives.acknowledge();
        // the end of the log is seen while time passes, as the follower sees it
        for (let second = 0; second < one.seconds; second += 1) {
          await lives.passAcknowledged(1000);
          await lives.look();
        }
      }
      // the moment that was reached belongs to it
      const until = lives.clock.wallMs() + 1;
      const reader = new JournalReader(0, until);
      for (const line of lives.journal) reader.line(line);
      const replay = new Replay(settings, {
        from,
        until,
        year: 2026,
        zones: zoneScenes(reader.journal),
        signals: false,
      });
      for (const line of log) replay.line(line);
      const history = replay.end();

      const events = lives.delivered.flatMap(({ topic, payload }): Told[] => {
        const [, alias = '', channel] = topic.split('/');
        if (channel !== 'event') return [];
        const { event_type: type, at } = JSON.parse(payload) as { event_type: string; at: string };
        const what = STARTS[type];
        return what === undefined ? [] : [[`${alias} ${what}`, Date.parse(at)]];
      });
      const intervals = history.sensors.flatMap(({ alias, channels }): Told[] => {
        const { from: starts = [], to: ends = [] } = channels.motion ?? channels.contact ?? {};
        return [
          ...[...starts].map((at): Told => [`${alias} ON`, at]),
          ...[...ends].filter((at) => at < until - 1000).map((at): Told => [`${alias} OFF`, at]),
        ];
      });
      expect(byTime(intervals)).toEqual(byTime(events));

      const alerts = lives.delivered.flatMap(({ topic, payload }): Told[] => {
        if (topic !== 'x10/zone/ground/alert') return [];
        const { alias, at } = JSON.parse(payload) as { alias: string; at: string };
        return [[alias, Date.parse(at)]];
      });
      expect(byTime(history.alerts.map(({ alias, signalAt }) => [alias, signalAt]))).toEqual(byTime(alerts));
    }),
    { numRuns: runs(50) },
  );
});
