/** The last lines of heyu's log as `explain` shows them. */

import type { Finding } from '../bridge/core.js';
import { findingWords } from '../bridge/finding-words.js';
import type { CoreSettings } from '../core-settings.js';
import { HOUSE_SOURCES } from '../heyu/sources.js';
import { isoAt, timeZone, type TimeZone } from '../heyu/time-zone.js';
import { unitsOf } from '../x10/address.js';
import type { ExplainedLine, Heard, LineRow } from './protocol.js';

/** Longer lines are cut: heyu writes none of them. */
const MOST_TEXT = 500;
/** So many things are said of one line. */
const MOST_ROWS = 50;

/** What else has to be known. */
type LineSetting = {
  /** In which heyu writes its log. */
  readonly timeZone: TimeZone;
  /** Our alias of an address, a dusk unit among them. */
  readonly aliasOf: (address: string) => string | undefined;
};

/** The setting of a house. */
export function lineSettingOf({ sensors, stamp }: Pick<CoreSettings, 'sensors' | 'stamp'>): LineSetting {
  const aliases = new Map<string, string>();
  for (const { alias, dusk } of sensors) if (dusk !== undefined) aliases.set(dusk, alias);
  for (const sensor of sensors) for (const unit of unitsOf(sensor)) aliases.set(unit, sensor.alias);
  return { timeZone: timeZone(stamp.timeZone), aliasOf: (unit) => aliases.get(unit) };
}

/** A line that waits to be put into words: that takes longer than to hear it. */
type Waiting = { readonly text: string | null; readonly at: number; readonly found: readonly Finding[] };

/** Collects what is found until it is known to which line it belongs, and puts it into words when there is time. */
export class ExplainedLines {
  readonly #setting: LineSetting;
  readonly #limit: number;
  #lines: ExplainedLine[] = [];
  #waiting: Waiting[] = [];
  #found: Finding[] = [];
  #number: number;

  /** Keeps `limit` lines; the first one has the number `first`. */
  constructor(setting: LineSetting, limit: number, first: number) {
    this.#setting = setting;
    this.#number = first - 1;
    this.#limit = limit;
  }

  /** The oldest first. */
  get lines(): readonly ExplainedLine[] {
    return this.#lines.slice(-this.#limit);
  }

  /** Takes one thing that was found. What is published is said by the changes. */
  find(finding: Finding): void {
    if (finding.kind !== 'publish' && this.#found.length < MOST_ROWS) this.#found.push(finding);
  }

  /** This is the line of what was found. `at` in epoch ms; 0 = it has no time. */
  line(text: string, at: number): void {
    this.#take(text.slice(0, MOST_TEXT), at);
  }

  /** What was found has no line: time has caused it, or a message. */
  rest(at: number): void {
    if (this.#found.length > 0) this.#take(null, at);
  }

  /** Puts into words what has come since the last time. */
  explain(): readonly ExplainedLine[] {
    const explained = this.#waiting.map((each) => this.#explained(each));
    this.#waiting = [];
    this.#lines.push(...explained);
    if (this.#lines.length >= 2 * this.#limit) this.#lines = this.#lines.slice(-this.#limit);
    return explained;
  }

  #take(text: string | null, at: number): void {
    this.#waiting.push({ text, at, found: this.#found });
    this.#found = [];
    // more than these are never shown
    if (this.#waiting.length >= 2 * this.#limit) this.#waiting = this.#waiting.slice(-this.#limit);
  }

  #explained({ text, at, found }: Waiting): ExplainedLine {
    const { timeZone, aliasOf } = this.#setting;
    this.#number += 1;
    return {
      number: this.#number,
      at: at > 0 ? isoAt(at, timeZone) : null,
      text,
      rows: found.map(rowOf),
      heard: found.flatMap((finding) => heardIn(finding, aliasOf)),
    };
  }
}

function rowOf(finding: Finding): LineRow {
  const [lead, words] = findingWords(finding);
  return { kind: finding.kind, lead: lead.trim(), words: words.slice(0, MOST_TEXT) };
}

function heardIn(finding: Finding, aliasOf: LineSetting['aliasOf']): readonly Heard[] {
  switch (finding.kind) {
    case 'unit':
    case 'extended':
    case 'reading':
    case 'security': {
      const { source, address, function: said } = finding;
      if (!HOUSE_SOURCES.includes(source)) return [];
      return [{ alias: aliasOf(address) ?? null, sender: address, function: said }];
    }
    case 'unmapped':
      return [{ alias: null, sender: `${finding.type} ${finding.id}`, function: finding.args }];
    default:
      return [];
  }
}
