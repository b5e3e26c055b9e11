/**
 * A report: what months of a log say of a house, and what to do about it. Pure: a past that was read goes in, what
 * `report --json` prints comes out.
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
