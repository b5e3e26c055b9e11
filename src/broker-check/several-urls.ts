/**
 * Whether several urls are one broker: a message that is published at one must be known at each other one, live,
 * retained and waiting.
 */

import { error, NOTE, OK, setting, SETTINGS } from './trial.js';
import type { Meaning, Need, Row, Scratch } from './trial.js';

/** Of each url to each other one. */
export type UrlPair = {
  readonly from: string;
  readonly to: string;
  /** A message that is not retained was heard there. */
  readonly live: boolean;
  /** A retained message was found there. */
  readonly retained: boolean;
  /** A session that was opened here was known there, with the message that waited in it. */
  readonly session: boolean;
  readonly queued: boolean;
};

/** A cluster may take its time to tell all nodes. */
const TRIES = 10;
const TRY_MS = 500;

/** Tries every way from one to another. */
export async function tryUrls(scratch: Scratch): Promise<readonly UrlPair[]> {
  const numbers = [...scratch.urls.keys()];
  const ways = numbers.flatMap((from) =>
    numbers.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  return Promise.all(ways.map(([from, to]) => tryWay(scratch, from, to)));
}

async function tryWay(scratch: Scratch, from: number, to: number): Promise<UrlPair> {
  const shown = (url: number): string => scratch.urls[url]?.shown ?? '';
  const live = await isHeard(scratch, from, to);
  const retained = await isFound(scratch, from, to);
  return { from: shown(from), to: shown(to), live, retained, ...(await tryMove(scratch, from, to)) };
}

async function isHeard(scratch: Scratch, from: number, to: number): Promise<boolean> {
  const topic = scratch.topic(`urls/live/${from}-${to}`);
  const listener = await scratch.visit({ url: to });
  const publisher = await scratch.visit({ url: from });
  await listener.subscribe([topic]);
  const isThere = (): boolean => listener.copies(topic).length > 0;
  for (let time = 0; time < TRIES && !isThere(); time += 1) {
    await publisher.send(topic, 'live');
    await listener.until(isThere, TRY_MS);
  }
  await Promise.all([listener.leave(), publisher.leave()]);
  return isThere();
}

async function isFound(scratch: Scratch, from: number, to: number): Promise<boolean> {
  const topic = scratch.topic(`urls/retained/${from}-${to}`);
  const publisher = await scratch.visit({ url: from });
  await publisher.send(topic, 'kept', { retain: true });
  await publisher.leave();
  const reader = await scratch.visit({ url: to });
  const isThere = (): boolean => reader.copies(topic).some(({ retain }) => retain);
  for (let time = 0; time < TRIES && !isThere(); time += 1) {
    await reader.subscribe([topic]);
    await reader.until(isThere, TRY_MS);
  }
  await reader.leave();
  return isThere();
}

/** The bridge was at one node, and moves to the other one, where a message was published in between. */
async function tryMove(
  scratch: Scratch,
  from: number,
  to: number,
): Promise<Pick<UrlPair, 'session' | 'queued'>> {
  const topic = scratch.topic(`urls/session/${from}-${to}`);
  const clientId = await scratch.leaveSession(topic, { url: from });
  const publisher = await scratch.visit({ url: to });
  await publisher.send(topic, 'waits');
  await publisher.leave();
  const back = await scratch.stay(clientId, { url: to });
  const isThere = (): boolean => back.copies(topic).length > 0;
  const queued = back.sessionPresent && (await back.until(isThere, scratch.patienceMs));
  await back.leave();
  // two brokers have a session each, and the scratch remembers the second
  if (!back.sessionPresent) await scratch.reset(clientId, { url: from });
  return { session: back.sessionPresent, queued };
}

/** Judges each way from one url to another. */
export function judgeUrls(pairs: readonly UrlPair[], need: Need): readonly Row[] {
  const isPersistent = need.session === 'persistent';
  const said = (is: boolean): string => (is ? 'yes' : 'no');
  return pairs.map((pair) => {
    const { from, to, live, retained, session, queued } = pair;
    return {
      trial: `from ${from} to ${to}`,
      expected: `live, retained${isPersistent ? ', session, queue' : ''}: yes`,
      actual: `live: ${said(live)}, retained: ${said(retained)}, session: ${said(session)}, queue: ${said(queued)}`,
      ...meaningOf(pair, isPersistent),
    };
  });
}

function meaningOf({ live, retained, session, queued }: UrlPair, isPersistent: boolean): Meaning {
  if (!live && !retained) return error('the urls are brokers that are not connected with each other');
  if (!retained)
    return error(
      'the urls are one cluster, but each node keeps retained messages for itself: after a move to another node the states are unknown or old',
    );
  if (!live) return error('what is published at one url is not received at another one');
  if (session && queued) return OK;
  return isPersistent ? setting('a session of one url is not known at another one', SETTINGS.clean) : NOTE;
}
