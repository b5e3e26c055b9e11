/** Makes inputs of examples, and feeds them: what throws, stalls or makes memory grow without end is told. */

import { random, type Random } from '../soak/random.js';
import type { Target } from './targets.js';

/** CPU time for one input, ms. */
const MOST_MS = 50;
/** What a bridge remembers is bounded, bytes: of 200 addresses that nobody has, for instance. */
const MOST_KEPT = 200_000;
const LONGEST = 4096;

/** An input, made of this number and nothing else. */
export function inputOf({ examples, words }: Target, seed: number): Uint8Array {
  const chance = random(seed);
  let bytes = Buffer.from(chance.pick(examples));
  const changes = chance.whole(0, 8);
  for (let i = 0; i < changes; i += 1) bytes = changed(bytes, words, chance);
  return bytes.subarray(0, LONGEST);
}

function changed(bytes: Buffer, words: readonly string[], chance: Random): Buffer<ArrayBuffer> {
  const at = chance.whole(0, bytes.length);
  const to = Math.min(bytes.length, at + chance.whole(1, 12));
  const with_ = (middle: Uint8Array): Buffer<ArrayBuffer> =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(to)]);
  switch (chance.whole(0, 6)) {
    case 0:
      return with_(Buffer.from([chance.whole(0, 255)]));
    case 1:
      return with_(Buffer.alloc(0));
    case 2:
      return with_(Buffer.concat([bytes.subarray(at, to), bytes.subarray(at, to)]));
    case 3:
      return with_(Buffer.from(String(chance.pick([-1, 0, 2 ** 31, 2 ** 53, 1e308]))));
    case 4:
      return Buffer.from(bytes.subarray(0, at));
    case 5:
      return with_(Buffer.from('x'.repeat(chance.pick([1, 16, 255, 4000]))));
    default:
      return with_(Buffer.from(chance.pick(words)));
  }
}

/** What was wrong with an input, in words; undefined = nothing. */
export function wrongWith(target: Target, input: Uint8Array): string | undefined {
  try {
    target.take(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** The CPU time that an input takes, ms: the least of three, because a machine does other things too. */
function leastMs(target: Target, input: Uint8Array): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    target.take(input);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** Feeds inputs until `isEnough`; tells of each that was wrong. Answers how many there were. */
export function fuzz(
  target: Target,
  from: number,
  isEnough: (count: number) => boolean,
  found: (seed: number, what: string) => void,
): number {
  let count = 0;
  for (; !isEnough(count); count += 1) {
    const seed = from + count;
    const input = inputOf(target, seed);
    const began = performance.now();
    const wrong = wrongWith(target, input);
    if (wrong !== undefined) found(seed, wrong);
    else if (performance.now() - began > MOST_MS) {
      const ms = leastMs(target, input);
      if (ms > MOST_MS) found(seed, `took ${Math.round(ms)} ms of CPU`);
    }
  }
  const kept = target.kept?.() ?? 0;
  if (kept > MOST_KEPT) found(from + count, `keeps ${kept} bytes`);
  return count;
}
