/** The report of all that log and journal tell up to an instant. */

import { anonymous } from '../../report/anonymous.js';
import { type Report, reportOf } from '../../report/report.js';
import { readPast, type PastPlace } from './read-past.js';

/** `until` in epoch ms; `anonymous`: without the names of the house. */
export type ReportWish = { readonly until: number; readonly anonymous: boolean };

/** Told after so many lines. */
const TOLD_EVERY = 20_000;

/** Makes it in this process. `told`: how many lines are read. */
export async function wholeReport(
  place: PastPlace,
  { until, anonymous: isAnonymous }: ReportWish,
  told: (lines: number) => void,
): Promise<Report> {
  let next = TOLD_EVERY;
  const past = await readPast(place, { from: 0, until, signals: true }, (lines) => {
    if (lines < next) return undefined;
    next = lines + TOLD_EVERY;
    told(lines);
    return undefined;
  });
  const shown = isAnonymous ? anonymous(place.core, past) : { core: place.core, past };
  return reportOf(shown.core, shown.past);
}
