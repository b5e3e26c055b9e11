/**
 * What the broker's access control allows. Topics of the bridge are only subscribed to; messages are published on
 * topics beside them, where no program listens, because a message on the topic itself would be obeyed by others.
 */

import { subscribeToAll } from '../io/broker/visit.js';
import { error, NOTE, OK, type Row, type Scratch } from './trial.js';

/** A topic that the bridge subscribes to. */
export type Reading = {
  readonly topic: string;
  /** What it is for, for people. */
  readonly use: string;
  /** It should hold something: the state of an external zone. */
  readonly isState: boolean;
};

/** A message beside topics that the bridge publishes to. */
export type Writing = { readonly topic: string; readonly use: string; readonly payload: string };

/** What happened to a subscription to a topic that the bridge reads. */
type ReadSeen = Reading & {
  readonly code: number;
  /** A retained copy came, which proves that it may be read. */
  readonly held: boolean;
};

/** What happened to a message beside the topics that the bridge writes. */
type WriteSeen = Pick<Writing, 'topic' | 'use'> & {
  /** `refused`: said so (MQTT 5) or closed the connection; `silent`: neither refused nor delivered. */
  readonly outcome: 'came back' | 'refused' | 'silent' | 'not to be read';
};

export type AccessSeen = { readonly reads: readonly ReadSeen[]; readonly writes: readonly WriteSeen[] };

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
export function judgeAccess({ reads, writes }: AccessSeen): readonly Row[] {
  const good = writes.filter(({ outcome }) => outcome === 'came back').length;
  const granted = reads.filter(({ code }) => code < 0x80).length;
  return [
    ...countRow('messages beside the topics that the bridge writes', good, writes.length, 'come back'),
    ...countRow('subscriptions to the topics that the bridge reads', granted, reads.length, 'are granted'),
    ...writes.flatMap(writeRow),
    ...reads.flatMap(readRow),
  ];
}

function countRow(trial: string, count: number, all: number, what: string): readonly Row[] {
  if (count === 0) return [];
  return [{ trial, expected: `${all} ${what}`, actual: `${count} ${what}`, ...(count === all ? OK : NOTE) }];
}

/** What a write that did not come back looks like, and what follows of it. */
const DENIALS: Readonly<
  Record<Exclude<WriteSeen['outcome'], 'came back'>, (topic: string) => readonly [string, string]>
> = {
  refused: (topic) => ['the broker refuses to take it', `the bridge may not write beside ${topic}`],
  'not to be read': (topic) => ['taken, but not delivered', `the bridge may write ${topic}, but not read it`],
  silent: (topic) => [
    'not delivered; MQTT 3.1.1 does not say whether writing or reading is denied',
    `a message to ${topic} is not delivered back`,
  ],
};

function writeRow({ topic, use, outcome }: WriteSeen): readonly Row[] {
  if (outcome === 'came back') return [];
  const [actual, reason] = DENIALS[outcome](topic);
  return [
    {
      trial: `${topic} (${use})`,
      expected: 'written and read',
      actual,
      ...error(`access control: ${reason}`),
    },
  ];
}

function readRow({ topic, use, code, held, isState }: ReadSeen): readonly Row[] {
  const trial = `${topic} (${use})`;
  if (code >= 0x80)
    return [
      {
        trial,
        expected: 'granted',
        actual: code === 0x97 ? 'refused: too many subscriptions' : 'refused, or not answered',
        ...error(`access control: the bridge may not subscribe to ${topic}`),
      },
    ];
  if (!isState || held) return [];
  return [
    {
      trial,
      expected: 'granted, and a retained state',
      actual: 'granted, and nothing was received: nothing is retained there, or reading is not allowed',
      result: 'unknown',
    },
  ];
}
