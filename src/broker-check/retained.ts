/** Whether every subscriber gets a retained message, as often as it subscribes, until the message is deleted. */

import { error, NOTE, OK, type Row, type Scratch } from './trial.js';

export type RetainedSeen = {
  /** So many of five visitors found it. */
  readonly visitors: number;
  /** So many of five SUBSCRIBEs in one connection brought it. */
  readonly subscribes: number;
  /** It was gone after it had been deleted. */
  readonly deleted: boolean;
  /** A filter with a wildcard brought it. */
  readonly byWildcard: boolean;
};

const TIMES = 5;

/** Reads one retained message in all ways. */
export async function tryRetained(scratch: Scratch): Promise<RetainedSeen> {
  const topic = scratch.topic('retained/one');
  const publisher = await scratch.visit();
  await publisher.send(topic, 'M1', { retain: true });
  let visitors = 0;
  for (let time = 0; time < TIMES; time += 1) if (await finds(scratch, topic)) visitors += 1;
  const subscribes = await subscribesThatBring(scratch, topic);
  const byWildcard = await finds(scratch, topic, { filter: scratch.topic('retained/+') });
  await publisher.send(topic, '', { retain: true });
  await publisher.leave();
  const deleted = !(await finds(scratch, topic, { withinMs: scratch.quietMs }));
  return { visitors, subscribes, byWildcard, deleted };
}

/** Whether a visitor who asks for the filter (default: the topic) is given the topic's retained copy. */
async function finds(
  scratch: Scratch,
  topic: string,
  { filter = topic, withinMs = scratch.patienceMs } = {},
): Promise<boolean> {
  const client = await scratch.visit();
  await client.subscribe([filter]);
  const isThere = (): boolean => client.copies(topic).some(({ retain }) => retain);
  const found = await client.until(isThere, withinMs);
  await client.leave();
  return found;
}

async function subscribesThatBring(scratch: Scratch, topic: string): Promise<number> {
  const client = await scratch.visit();
  let count = 0;
  for (let time = 0; time < TIMES; time += 1) {
    const before = client.arrivals.length;
    await client.subscribe([topic]);
    const came = (): boolean => client.copies(topic, before).length > 0;
    if (await client.until(came, scratch.patienceMs)) count += 1;
  }
  await client.leave();
  return count;
}

/** Retained messages: read without being used up, as often as one likes. */
export function judgeRetained(seen: RetainedSeen): readonly Row[] {
  const { visitors, subscribes, deleted, byWildcard } = seen;
  const times = (count: number): string => (count === TIMES ? 'found five times' : `found ${count} times`);
  return [
    {
      trial: 'the same retained message, read by five connections one after the other',
      expected: times(TIMES),
      actual: times(visitors),
      ...(visitors === TIMES ? OK : error('a retained message is not delivered to every subscriber')),
    },
    {
      trial: 'the same retained message, asked for five times in one connection',
      expected: times(TIMES),
      actual: times(subscribes),
      ...(subscribes === TIMES
        ? OK
        : error('a second SUBSCRIBE delivers no retained message, so a state cannot be verified')),
    },
    {
      trial: 'a retained message that was deleted',
      expected: 'gone',
      actual: deleted ? 'gone' : 'still there',
      ...(deleted ? OK : error('a retained message cannot be deleted: what is removed would come back')),
    },
    {
      trial: 'a retained message, asked for by a wildcard',
      expected: 'found',
      // the bridge asks for exact topics; Home Assistant does not, and is told everything again at its birth
      actual: byWildcard ? 'found' : 'not found; the bridge asks for exact topics',
      ...(byWildcard ? OK : NOTE),
    },
  ];
}

/** A message to ourselves, sent right after a SUBSCRIBE to `topics` retained topics. */
export type FenceSeen = {
  readonly topics: number;
  /** So many retained copies had come before it. */
  readonly before: number;
  readonly total: number;
  readonly came: boolean;
};

/** A cluster of NATS takes a quarter of a second for each. */
const FENCED = 20;

/** Sends a message to itself right after a SUBSCRIBE, and sees what comes first. */
export async function tryFence(scratch: Scratch): Promise<FenceSeen> {
  const topics = Array.from({ length: FENCED }, (_, index) => scratch.topic(`fence/${index}`));
  const fence = scratch.topic('fence/own');
  const publisher = await scratch.visit();
  await Promise.all(topics.map((topic) => publisher.send(topic, 'kept', { retain: true })));
  await publisher.leave();
  const client = await scratch.visit();
  const granted = client.subscribe([...topics, fence]);
  const sent = client.publish(fence, 'fence');
  await Promise.all([granted, sent]);
  const messages = (): string[] =>
    client.arrivals.flatMap((each) => (each.kind === 'message' ? [each.payload] : []));
  const came = await client.until(() => messages().includes('fence'), scratch.patienceMs);
  const before = came ? messages().indexOf('fence') : 0;
  await client.until(() => messages().length > FENCED, scratch.patienceMs);
  const total = messages().filter((payload) => payload === 'kept').length;
  await client.leave();
  return { topics: FENCED, before, total, came };
}

/** A message to ourselves as a sign that everything before it has come: the bridge does not use it. */
export function judgeFence({ topics, before, total, came }: FenceSeen): readonly Row[] {
  const isLast = before === total;
  const place = isLast ? `all ${total}` : `${before} of ${total}`;
  return [
    {
      trial: `a message to ourselves, sent with a SUBSCRIBE to ${topics} retained topics`,
      expected: 'after the retained copies, or before: the bridge waits for silence instead',
      actual: came ? `it came after ${place}` : 'it did not come back',
      ...(came && isLast ? OK : NOTE),
    },
  ];
}
