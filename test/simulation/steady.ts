/**
 * What the bridge dates by its wall clock, in the time of the world: the wall clock as if nobody had ever set it back. What is
 * judged is judged in that time, because a clock that is set back shows the same instants twice.
 */

import { BASE, ZONES } from '../soak/sensors.js';
import { SAME_MS, bySensor, indexed, placeIn, type SensorEvent } from '../soak/signs.js';
import type { Sign, Truth } from '../soak/truth.js';
import type { Published } from '../support/tap.js';
import type { Computer } from './computer.js';

type SetBacks = Pick<Computer, 'setBacks'>;

/** What is said of a line. */
type Said = { readonly event: SensorEvent; readonly alias: string; readonly sentAt: number };

/** A line of before the clock was set back that is read after it is dated by the clock of then; it is read by so much later, ms. */
const UNREAD_MS = 60_000;

/** These say another instant than that of the sign which their id names. */
const ENDING = new Set(['clear', 'closed']);

/** What is said of a line, with its instant in the time of the world. */
export function datedSteadily(
  published: readonly Published[],
  truth: Truth,
  computer: SetBacks,
): readonly Published[] {
  if (computer.setBacks.length === 0) return published;
  const index = indexed(truth);
  const signsOf = ({ event, alias }: Said): readonly Sign[] =>
    index.get(`${alias} ${placeIn(event.id.replace(/\.(alert|clear)$/, ''))}`) ?? [];
  const contentOf = contentsOf(published.map(saidOf), signsOf, computer);
  return published.map((message) => {
    const said = saidOf(message);
    if (said === undefined) return message;
    const { event, sentAt } = said;
    const content = contentOf.get(generationOf(event));
    const isSign = (at: number): boolean =>
      signsOf(said).some((sign) => sign.content === (content ?? sign.content) && isSame(sign, at));
    const at = steadyOf(Date.parse(event.at), sentAt, computer, isSign);
    return { ...message, payload: JSON.stringify({ ...event, at: new Date(at).toISOString() }) };
  });
}

/** The event of a sensor, or an alert. */
function saidOf({ topic, payload, sentAt }: Published): Said | undefined {
  const [base, name = '', channel] = topic.split('/');
  const isEvent = base === BASE && bySensor.has(name) && channel === 'event';
  const isAlert = ZONES.some((zone) => topic === `${BASE}/zone/${zone}/alert`);
  if (!isEvent && !isAlert) return undefined;
  const event = JSON.parse(payload) as SensorEvent & { readonly alias?: string };
  return { event, alias: isEvent ? name : String(event.alias), sentAt };
}

const generationOf = ({ id }: SensorEvent): string => id.slice(0, 8);

const isSame = (sign: Sign, at: number): boolean => Math.abs(sign.at - at) <= SAME_MS;

/**
 * Which file a generation names. Two files may have signs of one sensor at the same place, and at the same time of two
 * clocks: what else is said of the file tells which one is meant.
 */
function contentsOf(
  all: readonly (Said | undefined)[],
  signsOf: (said: Said) => readonly Sign[],
  computer: SetBacks,
): ReadonlyMap<string, number> {
  const contentOf = new Map<string, number>();
  for (const said of all) {
    if (said === undefined || ENDING.has(said.event.event_type)) continue;
    const may = instantsOf(Date.parse(said.event.at), said.sentAt, computer);
    const meant = signsOf(said).filter((sign) => may.some(({ at }) => isSame(sign, at)));
    const [content, ...others] = new Set(meant.map((sign) => sign.content));
    if (content !== undefined && others.length === 0) contentOf.set(generationOf(said.event), content);
  }
  return contentOf;
}

/**
 * The instant in the time of the world that a wall clock meant until `now` (of that time): the last of several, unless
 * `isMeant` knows better.
 */
export function steadyOf(
  wallMs: number,
  now: number,
  computer: SetBacks,
  isMeant: (at: number) => boolean = () => false,
): number {
  const may = instantsOf(wallMs, now, computer);
  // what is remembered moves with the clock, however old it is
  const meant = may.find(({ at }) => isMeant(at)) ?? may.findLast(({ at, from }) => from - UNREAD_MS <= at);
  return meant?.at ?? wallMs + (computer.setBacks.at(-1)?.backMs ?? 0);
}

/** What a wall clock may have meant until `now`, and since when it has shown that. */
function instantsOf(
  wallMs: number,
  now: number,
  { setBacks }: SetBacks,
): readonly { readonly at: number; readonly from: number }[] {
  const clocks = [{ from: -Infinity, backMs: 0 }, ...setBacks];
  return clocks
    .map(({ from, backMs }, index) => ({
      at: wallMs + backMs,
      from,
      to: Math.min(clocks[index + 1]?.from ?? Infinity, now) + SAME_MS,
    }))
    .filter(({ at, to }) => at <= to);
}
