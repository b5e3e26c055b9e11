/** Which rows of `explain` are shown: those of a time, of an alias, the alerts. */

import type { ExplainRow } from '../bridge/explain.js';
import { didYouMean } from '../config/suggest.js';
import { instantsOf, type TimeZone } from '../heyu/time-zone.js';
import { parseAddress } from '../x10/address.js';
import type { CoreSettings } from '../settings.js';
import { CommandError, EXIT } from './exit-code.js';

/** What was asked for. */
type Wanted = {
  readonly since?: string;
  readonly until?: string;
  readonly alias?: readonly string[];
  readonly alerts?: boolean;
};

/** A row's instant, or that of the rows before it, has to be in here; `first` is that of the first row. */
type Bound = (first: number) => number;

const TIME = /^(?:(\d{4})[-/])?(\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * Reads a time in the zone of the log. Without a year it is that of the first line, or the next where that would be half
 * a year before it. `isEnd`: a day, minute or second is meant up to its end.
 */
function boundOf(option: string, text: string, zone: TimeZone, isEnd: boolean): Bound {
  const [, year, month, day, hour, minute, second] = TIME.exec(text.trim()) ?? [];
  const local = (inYear: number): number =>
    Date.UTC(
      inYear,
      Number(month) - 1,
      Number(day),
      Number(hour ?? 0),
      Number(minute ?? 0),
      Number(second ?? 0),
    );
  const date = new Date(local(Number(year ?? 2000)));
  if (month === undefined || date.getUTCMonth() !== Number(month) - 1 || Number(hour ?? 0) > 23)
    throw new CommandError(
      `${option}: "${text}" is no time`,
      EXIT.usage,
      'write it as "2026-11-22 15:00", 2026-11-22 or "11-22 15:29:27"',
    );
  const length = hour === undefined ? 86_400_000 : second === undefined ? 60_000 : 1000;
  const at = (inYear: number): number =>
    (instantsOf(local(inYear), zone)[0] ?? local(inYear)) + (isEnd ? length - 1 : 0);
  if (year !== undefined) {
    const fixed = at(Number(year));
    return () => fixed;
  }
  return (first) => {
    const ofFirst = new Date(first + zone.offsetMs(first)).getUTCFullYear();
    return at(ofFirst) < first - 183 * 86_400_000 ? at(ofFirst + 1) : at(ofFirst);
  };
}

/** Says of each row, in their order, whether it is wanted. An alias that nobody has is an error. */
export function rowFilter(
  { since, until, alias = [], alerts = false }: Wanted,
  settings: CoreSettings,
  zone: TimeZone,
): (row: ExplainRow) => boolean {
  const from = since === undefined ? undefined : boundOf('--since', since, zone, false);
  const to = until === undefined ? undefined : boundOf('--until', until, zone, true);
  const isOf = alias.length === 0 ? undefined : ofAliases(alias, settings);
  let span: readonly [number, number] | undefined;
  let now = 0;
  return (row) => {
    if (row.at !== undefined) {
      span ??= [from?.(row.at) ?? -Infinity, to?.(row.at) ?? Infinity];
      now = row.at;
    }
    const [begin, end] = span ?? [from === undefined ? -Infinity : Infinity, Infinity];
    if (now < begin || now > end) return false;
    return (isOf?.(row) ?? true) && (!alerts || isAlert(row));
  };
}

function isAlert({ finding }: ExplainRow): boolean {
  if (finding.kind === 'judged') return finding.verdict === 'alert';
  return finding.kind === 'publish' && /\/zone\/[^/]+\/alert$/.test(finding.topic);
}

/** Rows of aliases, or of the addresses of sensors that have none. */
function ofAliases(
  names: readonly string[],
  { sensors, baseTopic }: CoreSettings,
): (row: ExplainRow) => boolean {
  const topics: string[] = [];
  for (const name of names) {
    const sensor = sensors.find((each) => each.alias === name);
    if (sensor !== undefined) topics.push(`${baseTopic}/${sensor.topic}/`);
    else if (parseAddress(name.toUpperCase()) === undefined)
      throw new CommandError(
        `there is no alias "${name}"`,
        EXIT.usage,
        didYouMean(
          name,
          sensors.map((each) => each.alias),
        ) ?? 'heyu2mqtt alias list shows them; an address such as A3 will do, too',
      );
  }
  const wanted = new Set(names);
  const addresses = new Set(names.map((name) => name.toUpperCase()));
  return ({ finding }) => {
    if (finding.kind === 'publish') {
      const { topic, payload } = finding;
      return (
        topics.some((own) => topic.startsWith(own)) ||
        names.some((name) => payload.includes(`"alias":${JSON.stringify(name)}`))
      );
    }
    if ('alias' in finding && finding.alias !== null && wanted.has(finding.alias)) return true;
    return 'address' in finding && addresses.has(finding.address);
  };
}
