/** A week of a house: signals as the real heyu has recorded them, and the journal of a service that was there. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { journalLine, type JournalEntry, type ZoneEntry } from '../../src/history/journal.js';
import { stampAt, type House } from '../support/house.js';
import { linesOf, logsOf } from '../support/recordings.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What happens at which minute of a day. */
const DAILY: readonly (readonly [number, string])[] = [
  [7 * 60 + 5, 'a_walk'],
  [7 * 60 + 40, 'b_interleaved'],
  [12 * 60 + 20, 'a_walk'],
  [17 * 60 + 10, 'd_duskdawn'],
  [18 * 60 + 30, 'h_security'],
  [20 * 60 + 15, 'e_unaliased'],
  [22 * 60 + 10, 'c_multiaddr'],
];

const STAMP = /^(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)/;

/** How the ground floor is armed at which minute of a day, and by whom. */
const ARMING: readonly (readonly [number, ZoneEntry['state'], ZoneEntry['source'], string])[] = [
  [6 * 60 + 40, 'disarmed', 'keyfob', 'sec_keyfob'],
  [8 * 60 + 30, 'armed_away', 'command', 'x10/zone/ground/set'],
  [17 * 60, 'disarmed', 'keyfob', 'sec_keyfob'],
  [22 * 60 + 40, 'armed_home', 'command', 'x10/zone/ground/set'],
];

/** Each day somebody is in the house while it is armed; only the day before yesterday that was an alert. */
export const ALERT = { daysAgo: 2, minute: 12 * 60 + 20, lastsMinutes: 12 } as const;

/** A door that is closed again; the recording leaves it open. */
const CLOSED = '11/22 15:40:00  rcva func        Clear : hu C2  swMin  (sec_door)';

/** The lines of a recording, its first stamp moved to `at` (epoch ms); the distances stay. */
function recordingAt(name: string, at: number): readonly string[] {
  // each recording begins with a start of heyu: a house has one
  const lines = [...logsOf(name).flatMap(linesOf), ...(name === 'h_security' ? [CLOSED] : [])].filter(
    (line) => !line.includes('Engine started'),
  );
  const instants = lines.map((line) => {
    const [, month, day, ...time] = STAMP.exec(line) ?? [];
    const [hour = 0, minute = 0, second = 0] = time.map(Number);
    return Date.UTC(2026, Number(month) - 1, Number(day), hour, minute, second);
  });
  const [first = 0] = instants;
  return lines.map((line, index) => line.replace(STAMP, stampAt(at + (instants[index] ?? first) - first)));
}

const DAYS = [7, 6, 5, 4, 3, 2, 1, 0];

/** What is due before `now`, of what happens daily: with the instant of each. */
function daily<T extends readonly [number, ...unknown[]]>(
  what: readonly T[],
  now: number,
): readonly { readonly at: number; readonly each: T }[] {
  const midnight = Math.floor(now / DAY) * DAY;
  return DAYS.flatMap((daysAgo) =>
    what.map((each) => ({ at: midnight - daysAgo * DAY + each[0] * MINUTE, each })),
  ).filter(({ at }) => at < now - 10 * MINUTE);
}

function journalOf(now: number): readonly JournalEntry[] {
  const zone = { kind: 'zone', zone: 'ground', verified: true } as const;
  const armed = daily(ARMING, now).map(({ at, each: [, state, source, by] }): ZoneEntry => ({
    ...zone,
    at,
    state,
    source,
    by,
  }));
  const at = Math.floor(now / DAY) * DAY - ALERT.daysAgo * DAY + ALERT.minute * MINUTE;
  const alert: readonly JournalEntry[] = [
    {
      kind: 'verdict',
      at,
      zone: 'ground',
      alias: 'hall_motion',
      signalAt: at,
      verdict: 'alert',
      reason: 'zone armed_away',
    },
    { ...zone, at, state: 'triggered', source: 'signal', by: 'hall_motion' },
    { ...zone, at: at + ALERT.lastsMinutes * MINUTE, state: 'disarmed', source: 'code', by: 'Ann' },
  ];
  const start = { kind: 'start', at: (armed[0]?.at ?? now) - MINUTE, version: '0.1.0' } as const;
  return [start, ...armed, ...alert].sort((one, other) => one.at - other.at);
}

/** Writes the last week into a house whose service has not been started yet. Stamps are UTC. */
export function writeRecordedWeek(house: House, now: number): void {
  const log = daily(DAILY, now).flatMap(({ at, each: [, name] }) => recordingAt(name, at));
  writeFileSync(house.logPath, `${log.join('\n')}\n`);
  mkdirSync(house.statePath, { recursive: true });
  const journal = journalOf(now).map(journalLine);
  writeFileSync(house.path('state/journal.ndjson'), `${journal.join('\n')}\n`);
}
