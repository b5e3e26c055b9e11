/**
 * What the broker's access control lets us do. Topics are only subscribed to; what is published goes beside them,
 * where nobody listens, because a message on a topic itself would be obeyed by others.
 */

import type { AccessSeen, ReadSeen, WriteSeen } from '../../fitness/observations.js';
import type { Lab } from './lab.js';

/** A topic that the bridge subscribes to. `isState`: it should hold a retained state. */
export type Reading = { readonly topic: string; readonly use: string; readonly isState: boolean };

/** A message beside topics that the bridge publishes to. */
export type Writing = { readonly topic: string; readonly use: string; readonly payload: string };

/** So many topics in one SUBSCRIBE. */
const PER_PACKET = 50;

/** Tries all of them. In MQTT 5, where the broker speaks it, a refusal is said aloud. */
export async function tryAccess(
  lab: Lab,
  readings: readonly Reading[],
  writings: readonly Writing[],
): Promise<AccessSeen> {
  const reads = await tryReadings(lab, readings);
  const writes: WriteSeen[] = [];
  for (const some of chunks(writings)) writes.push(...(await tryWritings(lab, some)));
  return { reads, writes };
}

/** All in one session, as the bridge does: some brokers limit how many there are in one. */
async function tryReadings(lab: Lab, readings: readonly Reading[]): Promise<readonly ReadSeen[]> {
  let guest = await lab.visit();
  const codes = new Map<string, number>();
  const held = new Set<string>();
  const look = async (): Promise<void> => {
    await guest.quiet(lab.quietMs, lab.patienceMs);
    for (const each of guest.heard) if (each.kind === 'message' && each.retain) held.add(each.topic);
  };
  const ask = async (topics: readonly string[]): Promise<void> => {
    try {
      const granted = await guest.subscribe(topics);
      topics.forEach((topic, index) => codes.set(topic, granted[index] ?? 0x80));
    } catch {
      // a broker that closes the connection instead of saying no
      await look();
      guest = await lab.visit();
      if (topics.length === 1) for (const topic of topics) codes.set(topic, 0x80);
      else for (const topic of topics) await ask([topic]);
    }
  };
  for (const some of chunks(readings.map(({ topic }) => topic))) await ask(some);
  await look();
  await guest.leave();
  return readings.map((reading) => ({
    ...reading,
    code: codes.get(reading.topic) ?? 0x80,
    held: held.has(reading.topic),
  }));
}

async function tryWritings(lab: Lab, writings: readonly Writing[]): Promise<readonly WriteSeen[]> {
  const guest = await lab.visit();
  const codes = await guest.subscribe(writings.map(({ topic }) => topic)).catch(() => []);
  const answers = await Promise.all(writings.map(({ topic, payload }) => guest.publish(topic, payload)));
  const isBack = ({ topic, payload }: Writing): boolean =>
    guest.heard.some(
      (each) => each.kind === 'message' && each.topic === topic && each.payload === payload && !each.retain,
    );
  const waited = writings.filter((_, index) => answers[index] === 'taken');
  await guest.until(() => waited.every(isBack), lab.patienceMs);
  const isClosed = guest.closed() !== undefined;
  await guest.leave();
  const seen: WriteSeen[] = [];
  for (const [index, writing] of writings.entries()) {
    const { topic, use } = writing;
    if (isBack(writing)) seen.push({ topic, use, outcome: 'came back' });
    // one of them made the broker close the connection: which?
    else if (isClosed && writings.length > 1) seen.push(...(await tryWritings(lab, [writing])));
    else if (isClosed || answers[index] === 'refused') seen.push({ topic, use, outcome: 'refused' });
    else {
      const isDenied = lab.protocol === '5' || (codes[index] ?? 0) >= 0x80;
      seen.push({ topic, use, outcome: isDenied ? 'not to be read' : 'silent' });
    }
  }
  return seen;
}

function chunks<Each>(all: readonly Each[]): Each[][] {
  const parts: Each[][] = [];
  for (let from = 0; from < all.length; from += PER_PACKET) parts.push(all.slice(from, from + PER_PACKET));
  return parts;
}
