/** What the page knows of the house. Each event makes a new model of the old one, so that a paused view can keep its own. */

import type { ExplainedLine, PageEvent, PageState } from '../src/web/protocol.js';
import { HouseTime } from './time.js';

/** How the page hears of the house. `away` = the service is not reached. */
export type Link = 'connecting' | 'stream' | 'polling' | 'away' | 'login';

/** A line of the log, as the page keeps it. */
export type KeptLine = ExplainedLine & {
  /** Grows by one over the life of the page. */
  readonly key: number;
  /** It came much later than it was written: the page slept, or the service was away. */
  readonly isLate: boolean;
  /** It was there before the page was opened. */
  readonly isEarlier: boolean;
};

export type Model = {
  readonly link: Link;
  readonly state: PageState | undefined;
  readonly time: HouseTime;
  /** The oldest first. */
  readonly lines: readonly KeptLine[];
  /** What the clock of this device is ahead of the service's, ms. */
  readonly aheadMs: number;
};

export const EMPTY: Model = {
  link: 'connecting',
  state: undefined,
  time: new HouseTime('UTC'),
  lines: [],
  aheadMs: 0,
};

/** So many lines are kept. */
const MOST_LINES = 500;

const LATE_MS = 10_000;

/** This moment by the clock of the service, epoch ms. */
export const serviceNow = ({ aheadMs }: Model): number => Date.now() - aheadMs;

/** Takes the whole state. */
export function withState(model: Model, state: PageState): Model {
  const { timeZone } = state;
  const time = model.state?.timeZone === timeZone ? model.time : new HouseTime(timeZone);
  return { ...model, state, time, aheadMs: Date.now() - Date.parse(state.house.at) };
}

/** Takes an event of the stream. */
export function withEvent(model: Model, { id, event, data }: PageEvent): Model {
  if (event === 'snapshot') return withState(model, data);
  if (event === 'ping') return { ...model, aheadMs: Date.now() - Date.parse(data.at) };
  const { state } = model;
  if (state === undefined) return model;
  if (event === 'line') return withLine({ ...model, state: { ...state, id } }, data);
  const { at, zones = [], sensors = [], errors = state.errors, ...rest } = data;
  const house = {
    ...state.house,
    ...rest,
    at,
    zones: merged(state.house.zones, zones, 'zone'),
    sensors: merged(state.house.sensors, sensors, 'alias'),
  };
  return { ...model, state: { ...state, id, house, errors } };
}

function merged<Key extends string, Item extends Readonly<Record<Key, string>>>(
  all: readonly Item[],
  changed: readonly Item[],
  key: Key,
): readonly Item[] {
  if (changed.length === 0) return all;
  const byKey = new Map(changed.map((item) => [item[key], item]));
  return all.map((item) => byKey.get(item[key]) ?? item);
}

/** Takes a line that was just heard; the numbers of one life of the service rise. */
function withLine(model: Model, line: ExplainedLine): Model {
  const isKnown =
    line.number <= (model.lines.at(-1)?.number ?? 0) &&
    model.lines.some(({ number, text }) => number === line.number && text === line.text);
  return isKnown ? model : added(model, [line]);
}

/** Takes those that it does not have of the last lines of the log: another life of the service gives other numbers. */
export function withLines(model: Model, lines: readonly ExplainedLine[]): Model {
  const counts = new Map<string, number>();
  const count = (line: ExplainedLine, by: 1 | -1): number => {
    const key = line.text ?? `${line.at} ${line.rows.map(({ words }) => words).join()}`;
    const before = counts.get(key) ?? 0;
    counts.set(key, Math.max(0, before + by));
    return before;
  };
  for (const line of model.lines) count(line, 1);
  return added(
    model,
    lines.filter((line) => count(line, -1) === 0),
  );
}

function added(model: Model, lines: readonly ExplainedLine[]): Model {
  if (lines.length === 0) return model;
  const now = serviceNow(model);
  const last = model.lines.at(-1)?.key ?? 0;
  const fresh = lines.map((line, index): KeptLine => {
    const isLate = line.at !== null && now - Date.parse(line.at) > LATE_MS;
    return { ...line, key: last + 1 + index, isLate, isEarlier: isLate && model.lines.length === 0 };
  });
  return { ...model, lines: [...model.lines, ...fresh].slice(-MOST_LINES) };
}
