/**
 * Makes inputs of others, and feeds them: what throws, stalls or makes memory grow without end is told. An input with which
 * code runs that has not run before is changed further.
 */

import type { Random } from '../soak/random.js';
import type { Coverage } from './coverage.js';
import type { Target } from './targets.js';

/** CPU time for one input, ms. */
const MOST_MS = 50;
/** What a bridge remembers is bounded, bytes: of 200 addresses that nobody has, for instance. */
const MOST_KEPT = 200_000;
const LONGEST = 4096;
/** After so many inputs, or ms, it is asked what ran for the first time: soon where something did, else ever later. */
const BATCH = { least: 16, most: 2048, ms: 100 };

/** An input made of one of these. */
function nextInput({ words }: Target, corpus: readonly Buffer[], chance: Random): Buffer {
  let bytes = chance.pick(corpus);
  const changes = chance.whole(0, 8);
  for (let i = 0; i < changes; i += 1) bytes = changed(bytes, words, corpus, chance);
  return bytes.subarray(0, LONGEST);
}

const isOfWord = (byte = 0): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95;

/** The word, or the number, in which this place is. */
function wordAt(bytes: Buffer, at: number): { readonly from: number; readonly to: number } {
  let [from, to] = [at, at];
  while (from > 0 && isOfWord(bytes[from - 1])) from -= 1;
  while (to < bytes.length && isOfWord(bytes[to])) to += 1;
  return { from, to };
}

function changed(bytes: Buffer, words: readonly string[], corpus: readonly Buffer[], chance: Random): Buffer {
  const at = chance.whole(0, bytes.length);
  const to = Math.min(bytes.length, at + chance.whole(1, 12));
  const with_ = (middle: Uint8Array, from = at, until = to): Buffer =>
    Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(until)]);
  switch (chance.whole(0, 9)) {
    case 0:
      return with_(Buffer.from([chance.whole(0, 255)]));
    case 1:
      return with_(Buffer.alloc(0));
    case 2:
      return with_(Buffer.concat([bytes.subarray(at, to), bytes.subarray(at, to)]));
    case 3:
      return with_(Buffer.from(String(chance.pick([-1, 0, 2 ** 31, 2 ** 53, 1e308]))));
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return with_(Buffer.from('x'.repeat(chance.pick([1, 16, 255, 4000]))));
    case 6:
    case 7: {
      // one word for another: what it is part of stays whole
      const other = chance.pick(corpus);
      const [here, there] = [wordAt(bytes, at), wordAt(other, chance.whole(0, other.length))];
      const isOwn = chance.chance(0.5);
      const word = isOwn ? other.subarray(there.from, there.to) : Buffer.from(chance.pick(words));
      return with_(word, here.from, here.to);
    }
    case 8: {
      const other = chance.pick(corpus);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(chance.whole(0, other.length))]);
    }
    default:
      return with_(Buffer.from(chance.pick(words)));
  }
}

/** What was wrong with an input, in words; undefined = nothing. */
export async function wrongWith(target: Target, input: Uint8Array): Promise<string | undefined> {
  const began = performance.now();
  try {
    await target.take(input);
    if (performance.now() - began <= MOST_MS) return undefined;
    const ms = await leastMs(target, input);
    return ms > MOST_MS ? `took ${Math.round(ms)} ms of CPU` : undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/**
 * The CPU time that an input takes, ms: the least of three, because a machine does other things too. The system counts that
 * of all threads together, so that it is at most the time that has passed.
 */
async function leastMs(target: Target, input: Uint8Array): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 3; i += 1) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    await target.take(input);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, performance.now() - began, (user + system) / 1000);
  }
  return least;
}

/** What a run needs. */
export type Run = {
  readonly chance: Random;
  /** What is changed; what reaches new code is added. */
  readonly corpus: Buffer[];
  readonly isEnough: (count: number) => boolean;
  /** Told of each input that was wrong. */
  readonly found: (input: Buffer, what: string) => void;
  /** Without it nothing is added. */
  readonly coverage?: Coverage;
};

/** Feeds inputs until it is enough; answers how many there were. */
export async function fuzz(
  target: Target,
  { chance, corpus, isEnough, found, coverage }: Run,
): Promise<number> {
  let count = 0;
  let size = BATCH.least;
  coverage?.begin();
  while (!isEnough(count)) {
    const batch: Buffer[] = [];
    const until = performance.now() + BATCH.ms;
    do {
      const input = nextInput(target, corpus, chance);
      batch.push(input);
      count += 1;
      const wrong = await wrongWith(target, input);
      if (wrong !== undefined) found(input, wrong);
    } while (batch.length < size && performance.now() < until && !isEnough(count));
    const news = await coverage?.firstWithNews(batch, (input) => wrongWith(target, input));
    if (news !== undefined) corpus.push(news);
    size = news === undefined ? Math.min(2 * size, BATCH.most) : BATCH.least;
  }
  coverage?.end();
  const kept = target.kept?.() ?? 0;
  if (kept > MOST_KEPT) found(Buffer.alloc(0), `keeps ${kept} bytes`);
  return count;
}
