/** How much a thread holds: what rises from turn to turn of a target is a leak. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is compiled and what fills bounded memories comes in the first turns. */
const FIRST_TURNS = 4;
/** What a target leaves behind after them, all turns together, bytes. */
const MOST_GROWTH = 32 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes on the heap and in buffers that cannot be collected. */
function held(): number {
  // memory of buffers counts until the collection after the one that has found them unused
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What each target of one thread leaves behind. */
export class Memory {
  readonly #turns = new Map<string, { count: number; grown: number }>();
  #before = held();

  /** A turn of this target has ended, and it began when the one before ended. Bytes that it has left behind in all. */
  turned(target: string): number {
    const now = held();
    const turns = this.#turns.get(target) ?? { count: 0, grown: 0 };
    this.#turns.set(target, turns);
    turns.count += 1;
    if (turns.count > FIRST_TURNS) turns.grown += now - this.#before;
    this.#before = now;
    return turns.grown;
  }
}

/** What is wrong with so much, in words; undefined = nothing. */
export function leakIn(grown: number): string | undefined {
  return grown > MOST_GROWTH ? `leaves ${grown} bytes behind` : undefined;
}
