/** A week of a house, made of recordings of the real heyu: people come and go four times a day. */

import { stampAt } from '../support/house.js';
import { linesOf, logsOf } from '../support/recordings.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What happens at which minute of a day. */
const DAILY: readonly (readonly [number, string])[] = [
  [7 * 60 + 5, 'a_walk'],
  [7 * 60 + 40, 'b_interleaved'],
  [12 * 60 + 20, 'c_multiaddr'],
  [17 * 60 + 10, 'd_duskdawn'],
  [18 * 60 + 30, 'h_security'],
  [20 * 60 + 15, 'e_unaliased'],
  [22 * 60 + 10, 'a_walk'],
];

const STAMP = /^(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)/;

/** The lines of a recording, its first stamp moved to `at` (epoch ms); the distances stay. */
function recordingAt(name: string, at: number): readonly string[] {
  const lines = logsOf(name).flatMap(linesOf);
  const instants = lines.map((line) => {
    const [, month, day, ...time] = STAMP.exec(line) ?? [];
    const [hour = 0, minute = 0, second = 0] = time.map(Number);
    return Date.UTC(2026, Number(month) - 1, Number(day), hour, minute, second);
  });
  const [first = 0] = instants;
  return lines.map((line, index) => line.replace(STAMP, stampAt(at + (instants[index] ?? first) - first)));
}

/** Its log, until shortly before `now` (epoch ms). Stamps are UTC. */
export function recordedWeek(now: number): string {
  const midnight = Math.floor(now / DAY) * DAY;
  const lines = [7, 6, 5, 4, 3, 2, 1, 0].flatMap((daysAgo) =>
    DAILY.map(([minute, name]) => ({ at: midnight - daysAgo * DAY + minute * MINUTE, name }))
      .filter(({ at }) => at < now - 10 * MINUTE)
      .flatMap(({ at, name }) => recordingAt(name, at)),
  );
  return `${lines.join('\n')}\n`;
}
