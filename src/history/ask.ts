/** The question why, as it is typed on a terminal or comes from a page, and its answer as JSON. */

import { DAY, HOUR } from '../common/duration.js';
import { refused, type Refusal } from '../common/error.js';
import type { JsonObject } from '../common/json.js';
import { didYouMean } from '../common/text.js';
import type { CoreSettings } from '../core-settings.js';
import { timeZone } from '../heyu/time-zone.js';
import type { Past, PastRequest } from './past.js';
import { readWhen } from './when.js';
import { why } from './why.js';
import { whyJson } from './why-words.js';

/** Alias or zone, and the time in words (history/when); `now` is epoch ms. */
type Typed = { readonly name: string; readonly when: string; readonly now: number };

/** With the hour by which a change of the clocks makes it longer; the service answers between two lines of the log. */
const LONGEST_SPAN_MS = 8 * DAY + HOUR;

/** Answers it, as JSON with `words` for people. */
export async function askWhy(
  { name, when: text, now }: Typed,
  settings: CoreSettings,
  read: (request: PastRequest) => Promise<Past>,
): Promise<{ readonly ok: true; readonly answer: JsonObject } | Refusal> {
  const zone = timeZone(settings.stamp.timeZone);
  const { sensors, zones } = settings;
  const known = [...sensors.map(({ alias }) => alias), ...zones.map((each) => each.zone)];
  if (!known.includes(name)) {
    const unit = name.toUpperCase();
    const own = sensors.find(({ address, moreUnits }) =>
      [address, ...moreUnits].some((each) => each === unit),
    );
    const byAddress = own === undefined ? undefined : `${unit} is the address of "${own.alias}"`;
    return refused(
      `there is no alias and no zone "${name}"`,
      byAddress ?? didYouMean(name, known) ?? 'heyu2mqtt status shows them',
    );
  }
  const when = readWhen(text, zone, now);
  if (when === undefined)
    return refused(
      `"${text}" is not a valid time`,
      'write it as 02:10, "yesterday 02:10", "11-21 02:10:13", 23:00..06:45, or last',
    );
  if (when.kind === 'span' && when.until - when.from > LONGEST_SPAN_MS)
    return refused('a span of time can have 8 days at most', 'ask for shorter spans');
  return { ok: true, answer: whyJson(await why({ name, when, now }, settings, read), zone) };
}
