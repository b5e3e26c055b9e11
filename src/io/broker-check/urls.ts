/** Are several urls one broker? What is told at one must be known at each other one: live, retained, and waiting. */

import type { UrlPair } from '../../fitness/observations.js';
import { copiesOf } from './five-tests.js';
import type { Lab } from './lab.js';

/** A cluster may take its time to tell all nodes. */
const TRIES = 10;
const TRY_MS = 500;

/** Tries every way from one to another. */
export async function tryUrls(lab: Lab): Promise<readonly UrlPair[]> {
  const numbers = [...lab.urls.keys()];
  const ways = numbers.flatMap((from) =>
    numbers.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  return Promise.all(ways.map(([from, to]) => tryWay(lab, from, to)));
}

async function tryWay(lab: Lab, from: number, to: number): Promise<UrlPair> {
  const shown = (url: number): string => lab.urls[url]?.shown ?? '';
  const live = await isHeard(lab, from, to);
  const retained = await isFound(lab, from, to);
  return { from: shown(from), to: shown(to), live, retained, ...(await tryMove(lab, from, to)) };
}

async function isHeard(lab: Lab, from: number, to: number): Promise<boolean> {
  const topic = lab.topic(`urls/live/${from}-${to}`);
  const listener = await lab.visit({ url: to });
  const publisher = await lab.visit({ url: from });
  await listener.subscribe([topic]);
  const isThere = (): boolean => copiesOf(listener.heard, topic).length > 0;
  for (let time = 0; time < TRIES && !isThere(); time += 1) {
    await publisher.send(topic, 'live');
    await listener.until(isThere, TRY_MS);
  }
  await Promise.all([listener.leave(), publisher.leave()]);
  return isThere();
}

async function isFound(lab: Lab, from: number, to: number): Promise<boolean> {
  const topic = lab.topic(`urls/retained/${from}-${to}`);
  const publisher = await lab.visit({ url: from });
  await publisher.send(topic, 'kept', { retain: true });
  await publisher.leave();
  const reader = await lab.visit({ url: to });
  const isThere = (): boolean => copiesOf(reader.heard, topic).some(({ retain }) => retain);
  for (let time = 0; time < TRIES && !isThere(); time += 1) {
    await reader.subscribe([topic]);
    await reader.until(isThere, TRY_MS);
  }
  await reader.leave();
  return isThere();
}

/** The bridge was at one node, and moves to the other one, where a message was published in between. */
async function tryMove(lab: Lab, from: number, to: number): Promise<Pick<UrlPair, 'session' | 'queued'>> {
  const topic = lab.topic(`urls/session/${from}-${to}`);
  const clientId = lab.newId();
  const first = await lab.stay(clientId, { url: from });
  await first.subscribe([topic]);
  await first.leave();
  const publisher = await lab.visit({ url: to });
  await publisher.send(topic, 'waits');
  await publisher.leave();
  const back = await lab.stay(clientId, { url: to });
  const isThere = (): boolean => copiesOf(back.heard, topic).length > 0;
  const queued = back.sessionPresent && (await back.until(isThere, lab.patienceMs));
  await back.leave();
  // two brokers have a session each, and the lab remembers the second
  if (!back.sessionPresent) await (await lab.visit({ url: from, clientId })).leave();
  return { session: back.sessionPresent, queued };
}
