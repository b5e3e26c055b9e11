/**
 * What the broker's access control lets us do. Topics are only subscribed to; what is published goes beside them,
 * where nobody listens, because a message on a topic itself would be obeyed by others.
 */

import { subscribeToAll } from '../io/broker/visit.js';
import type { Scratch } from './scratch.js';
import type { TrialResult } from './trial-result.js';

/** What happened to a subscription to a topic that the bridge reads. */
type ReadSeen = {
  readonly topic: string;
  /** What it is for, for people. */
  readonly use: string;
  readonly code: number;
  /** A retained copy came, which proves that it may be read. */
  readonly held: boolean;
  /** It should hold something: the state of an external zone. */
  readonly isState: boolean;
};

/** What happened to a message beside the topics that the bridge writes. */
type WriteSeen = {
  readonly topic: string;
  readonly use: string;
  /** `refused`: said so (MQTT 5) or closed the connection; `silent`: neither refused nor delivered. */
  readonly outcome: 'came back' | 'refused' | 'silent' | 'not to be read';
};

export type AccessSeen = { readonly reads: readonly ReadSeen[]; readonly writes: readonly WriteSeen[] };

/** A topic that the bridge subscribes to. `isState`: it should hold a retained state. */
export type Reading = { readonly topic: string; readonly use: string; readonly isState: boolean };

/** A message beside topics that the bridge publishes to. */
export type Writing = { readonly topic: string; readonly use: string; readonly payload: string };

/** So many are published at once. */
const AT_ONCE = 50;

/** Tries all of them. In MQTT 5, where the broker speaks it, a refusal is said aloud. */
export async function tryAccess(
  scratch: Scratch,
  readings: readonly Reading[],
  writings: readonly Writing[],
): Promise<AccessSeen> {
  const reads = await tryReadings(scratch, readings);
  const writes: WriteSeen[] = [];
  for (let from = 0; from < writings.length; from += AT_ONCE)
    writes.push(...(await tryWritings(scratch, writings.slice(from, from + AT_ONCE))));
  return { reads, writes };
}

/** All in one session, as the bridge does: some brokers limit how many there are in one. */
async function tryReadings(scratch: Scratch, readings: readonly Reading[]): Promise<readonly ReadSeen[]> {
  const topics = readings.map(({ topic }) => topic);
  const { codes, earlier, current } = await subscribeToAll(() => scratch.visit(), topics);
  await current.quiet(scratch.quietMs, scratch.patienceMs);
  await current.leave();
  const isHeld = (topic: string): boolean => [...earlier, current].some((each) => each.retained().has(topic));
  return readings.map((reading) => ({
    ...reading,
    code: codes.get(reading.topic) ?? 0x80,
    held: isHeld(reading.topic),
  }));
}

async function tryWritings(scratch: Scratch, writings: readonly Writing[]): Promise<readonly WriteSeen[]> {
  const client = await scratch.visit();
  const codes = await client.subscribe(writings.map(({ topic }) => topic)).catch(() => []);
  const answers = await Promise.all(writings.map(({ topic, payload }) => client.publish(topic, payload)));
  const isBack = ({ topic, payload }: Writing): boolean =>
    client.copies(topic).some((copy) => copy.payload === payload && !copy.retain);
  const waited = writings.filter((_, index) => answers[index] === 'taken');
  await client.until(() => waited.every(isBack), scratch.patienceMs);
  const isClosed = client.closed !== undefined;
  await client.leave();
  const seen: WriteSeen[] = [];
  for (const [index, writing] of writings.entries()) {
    const { topic, use } = writing;
    if (isBack(writing)) seen.push({ topic, use, outcome: 'came back' });
    // one of them made the broker close the connection: which?
    else if (isClosed && writings.length > 1) seen.push(...(await tryWritings(scratch, [writing])));
    else if (isClosed || answers[index] === 'refused') seen.push({ topic, use, outcome: 'refused' });
    else {
      const isDenied = scratch.protocol === '5' || (codes[index] ?? 0) >= 0x80;
      seen.push({ topic, use, outcome: isDenied ? 'not to be read' : 'silent' });
    }
  }
  return seen;
}

/** Judges reading and writing, one row for each denial. */
export function judgeAccess({ reads, writes }: AccessSeen): readonly TrialResult[] {
  const rows = [...writes.flatMap(writeRow), ...reads.flatMap(readRow)];
  const good = writes.filter(({ outcome }) => outcome === 'came back').length;
  const granted = reads.filter(({ code }) => code < 0x80).length;
  return [
    ...(good > 0
      ? [
          {
            area: 'access',
            trial: 'messages beside the topics that the bridge writes',
            expected: `${writes.length} come back`,
            actual: `${good} come back`,
            result: good === writes.length ? 'ok' : 'note',
          } as const,
        ]
      : []),
    ...(granted > 0
      ? [
          {
            area: 'access',
            trial: 'subscriptions to the topics that the bridge reads',
            expected: `${reads.length} are granted`,
            actual: `${granted} are granted`,
            result: granted === reads.length ? 'ok' : 'note',
          } as const,
        ]
      : []),
    ...rows,
  ];
}

function writeRow({ topic, use, outcome }: WriteSeen): readonly TrialResult[] {
  if (outcome === 'came back') return [];
  const row = { area: 'access', trial: `${topic} (${use})`, expected: 'written and read' } as const;
  const fault = (actual: string, reason: string): TrialResult[] => [
    { ...row, actual, result: 'fault', reason },
  ];
  switch (outcome) {
    case 'refused':
      return fault('the broker refuses to take it', `access control: we may not write beside ${topic}`);
    case 'not to be read':
      return fault('taken, but not delivered', `access control: we may write ${topic}, but not read it`);
    case 'silent':
      return fault(
        'not delivered; MQTT 3.1.1 does not say whether writing or reading is denied',
        `access control: what we write to ${topic} does not come back`,
      );
  }
}

function readRow({ topic, use, code, held, isState }: ReadSeen): readonly TrialResult[] {
  const row = { area: 'access', trial: `${topic} (${use})` } as const;
  if (code >= 0x80)
    return [
      {
        ...row,
        expected: 'granted',
        actual: code === 0x97 ? 'refused: too many subscriptions' : 'refused, or not answered',
        result: 'fault',
        reason: `access control: we may not subscribe to ${topic}`,
      },
    ];
  if (!isState || held) return [];
  return [
    {
      ...row,
      expected: 'granted, and a retained state',
      actual: 'granted, and nothing came: nothing is retained there, or we may not read it',
      result: 'unknown',
    },
  ];
}
