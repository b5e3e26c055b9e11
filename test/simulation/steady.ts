/**
 * What the bridge dates by its wall clock, in the time of the world: the wall clock as if nobody had ever set it back. What is
 * judged is judged in that time, because a clock that is set back shows the same instants twice.
 */

import { BASE, ZONES } from '../soak/sensors.js';
import { SAME_MS, bySensor, placeIn, type SensorEvent } from '../soak/signs.js';
import type { Truth } from '../soak/truth.js';
import type { Published } from '../support/tap.js';
import type { Computer } from './computer.js';

/** A line of before the clock was set back that is read after it is dated by the clock of then; it is read by so much later, ms. */
const UNREAD_MS = 60_000;

/** What is said of a line, with its instant in the time of the world. */
export function datedSteadily(
  published: readonly Published[],
  truth: Truth,
  computer: Computer,
): readonly Published[] {
  if (computer.setBacks.length === 0) return published;
  const signs = new Map<string, number[]>();
  for (const { sensor, offset, at } of truth.signs) {
    const key = `${sensor.alias} ${offset}`;
    signs.set(key, [...(signs.get(key) ?? []), at]);
  }
  return published.map((message) => {
    const { topic, payload, sentAt } = message;
    const [base, name = '', channel] = topic.split('/');
    const isEvent = base === BASE && bySensor.has(name) && channel === 'event';
    const isAlert = ZONES.some((zone) => topic === `${BASE}/zone/${zone}/alert`);
    if (!isEvent && !isAlert) return message;
    const said = JSON.parse(payload) as SensorEvent & { readonly alias?: string };
    const place = placeIn(said.id.replace(/\.(alert|clear)$/, ''));
    const known = signs.get(`${isEvent ? name : String(said.alias)} ${place}`) ?? [];
    const isSign = (at: number): boolean => known.some((sign) => Math.abs(sign - at) <= SAME_MS);
    const at = steadyOf(Date.parse(said.at), sentAt, computer, isSign);
    return { ...message, payload: JSON.stringify({ ...said, at: new Date(at).toISOString() }) };
  });
}

/**
 * The instant in the time of the world that a wall clock meant until `now` (of that time): the last of several, unless
 * `isMeant` knows better.
 */
export function steadyOf(
  wallMs: number,
  now: number,
  { setBacks }: Pick<Computer, 'setBacks'>,
  isMeant: (at: number) => boolean = () => false,
): number {
  const clocks = [{ from: -Infinity, backMs: 0 }, ...setBacks];
  const may = clocks
    .map(({ from, backMs }, index) => ({
      at: wallMs + backMs,
      from,
      to: Math.min(clocks[index + 1]?.from ?? Infinity, now) + SAME_MS,
    }))
    .filter(({ at, to }) => at <= to);
  // what is remembered moves with the clock, however old it is
  const meant = may.find(({ at }) => isMeant(at)) ?? may.findLast(({ at, from }) => from - UNREAD_MS <= at);
  return meant?.at ?? wallMs + (setBacks.at(-1)?.backMs ?? 0);
}
