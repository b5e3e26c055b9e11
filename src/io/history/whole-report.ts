/** The report on everything in log and journal up to an instant. */

import { type Report, reportOf } from '../../report/report.js';
import { readPast, type PastPlace } from './read-past.js';

/** Told after so many lines. */
const TOLD_EVERY = 20_000;

/** Makes it in this process. `until` in epoch ms; `told`: how many lines are read. */
export async function wholeReport(
  place: PastPlace,
  until: number,
  told: (lines: number) => void,
): Promise<Report> {
  let next = TOLD_EVERY;
  const past = await readPast(place, { from: 0, until, signals: true }, (lines) => {
    if (lines < next) return;
    next = lines + TOLD_EVERY;
    told(lines);
  });
  return reportOf(place.core, past);
}
