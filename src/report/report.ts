/**
 * A report: the evaluation of months of a log, and what to do about it. Pure: its input is a past, its output is what
 * `report --json` prints.
 */

import type { CoreSettings } from '../core-settings.js';
import type { Past } from '../history/past.js';
import { type Advice, adviceOf } from './advice.js';
import { type Statistics, statisticsOf } from './statistics.js';

/** A report. Members may be added, none will change. */
export type Report = Statistics & { readonly advice: readonly Advice[] };

/** Makes it. */
export function reportOf(
  settings: Pick<CoreSettings, 'sensors' | 'zones' | 'stamp' | 'location'>,
  past: Past,
): Report {
  const statistics = statisticsOf(settings, past);
  return { ...statistics, advice: adviceOf(statistics) };
}
