/** What log and journal together show for a window of time. */

import type { History } from './history.js';
import { journalGaps, type Journal } from './journal.js';

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

/** Puts them together. */
export function pastOf(history: History, journal: Journal, missing: readonly string[]): Past {
  const { from, until } = history;
  const told = journalGaps(journal).filter((gap) => gap.to > from && gap.from < until);
  const gaps = [...history.gaps, ...told].sort((one, other) => one.from - other.from);
  return { history: { ...history, gaps }, journal, missing };
}
