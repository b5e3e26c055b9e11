/** What log and journal together show for a window of time. */

import type { History } from './history.js';
import type { SensorSettings } from '../sensor/settings.js';
import { journalGaps, type Journal, type JournalEntry } from './journal.js';

/** A window of time, epoch ms; without `signals` there are intervals only. */
export type PastRequest = { readonly from: number; readonly until: number; readonly signals: boolean };

/** What is known of it. */
export type Past = {
  /** Its gaps are those of the journal, too. */
  readonly history: History;
  readonly journal: Journal;
  /** Files that are damaged or cannot be read, in words: what stands in them is missing. */
  readonly missing: readonly string[];
};

/** Puts them together. Sensors have the names of today in it. */
export function pastOf(
  history: History,
  journal: Journal,
  missing: readonly string[],
  sensors: readonly Named[],
): Past {
  const { from, until } = history;
  const told = journalGaps(journal).filter((gap) => gap.to > from && gap.from < until);
  const gaps = [...history.gaps, ...told].sort((one, other) => one.from - other.from);
  return { history: { ...history, gaps }, journal: namedToday(journal, sensors), missing };
}

type Named = Pick<SensorSettings, 'alias' | 'address'>;

/** A sensor is the one with its address, whatever it was called then. */
function namedToday(journal: Journal, sensors: readonly Named[]): Journal {
  const byAddress = new Map<string, string>(sensors.map(({ alias, address }) => [address, alias]));
  let names = new Map<string, string>();
  const nameOf = (alias: string): string => names.get(alias) ?? alias;
  const entries = journal.entries.map((entry): JournalEntry => {
    switch (entry.kind) {
      case 'settings': {
        const then = Object.entries(entry.settings);
        names = new Map(
          then.map(([alias, { address }]) => [alias, byAddress.get(address.split(' ')[0] ?? '') ?? alias]),
        );
        return { ...entry, settings: Object.fromEntries(then.map(([alias, own]) => [nameOf(alias), own])) };
      }
      case 'verdict':
        return { ...entry, alias: nameOf(entry.alias) };
      case 'zone':
        return entry.by === undefined ? entry : { ...entry, by: nameOf(entry.by) };
      default:
        return entry;
    }
  });
  return { ...journal, entries };
}
