/** What a bridge has logged, entry by entry. */

import type { House } from '../support/house.js';

/** One line of its JSON log; `level` as pino counts: 30 info, 40 warn, 50 error. */
export type LogEntry = {
  readonly level: number;
  readonly msg: string;
  readonly reason?: string;
  readonly topic?: string;
  readonly client_id?: string;
  readonly broker?: string;
};

/** All entries so far; the line that is just being written is left out. */
export function loggedBy(bridge: House): readonly LogEntry[] {
  return bridge
    .output()
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogEntry);
}
