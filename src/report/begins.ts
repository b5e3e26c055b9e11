/** When the motion sensors of a house began to see motion, all in one order: who comes after whom, and who is alone. */

import { firstFrom } from '../history/history.js';

/** Instant and sensor as one number, which sorts by the instant: 2^53 holds so many of both. */
const MOST_SENSORS = 4096;

/** Begins of motion, epoch ms. */
export class Begins {
  readonly #byAlias: ReadonlyMap<string, Float64Array>;
  readonly #aliases: readonly string[];
  readonly #all: Float64Array;

  constructor(byAlias: ReadonlyMap<string, Float64Array>) {
    this.#byAlias = byAlias;
    this.#aliases = [...byAlias.keys()].slice(0, MOST_SENSORS);
    const instants = this.#aliases.map((alias) => this.of(alias));
    this.#all = new Float64Array(instants.reduce((sum, { length }) => sum + length, 0));
    let place = 0;
    for (const [number, each] of instants.entries())
      for (const at of each) this.#all[place++] = at * MOST_SENSORS + number;
    this.#all.sort();
  }

  /** How many sensors there are. */
  get size(): number {
    return this.#aliases.length;
  }

  /** Those of one sensor, in the order of time. */
  of(alias: string): Float64Array {
    return this.#byAlias.get(alias) ?? new Float64Array();
  }

  /** How long after a begin of this sensor each other one began for the first time, ms, where that was within `mostMs`. */
  lagsAfter(alias: string, mostMs: number): ReadonlyMap<string, readonly number[]> {
    const own = this.#aliases.indexOf(alias);
    const lags = this.#aliases.map((): number[] => []);
    // the last begin of this sensor after which that one was found
    const foundFor = this.#aliases.map(() => -1);
    for (const [index, at] of this.of(alias).entries())
      for (const { number, at: other } of this.#between(at + 1, at + mostMs + 1)) {
        if (number === own || foundFor[number] === index) continue;
        foundFor[number] = index;
        lags[number]?.push(other - at);
      }
    return new Map(this.#aliases.map((each, number) => [each, lags[number] ?? []]));
  }

  /** Whether no other sensor began from `from` to before `to`. */
  isAlone(alias: string, from: number, to: number): boolean {
    const own = this.#aliases.indexOf(alias);
    for (const { number } of this.#between(from, to)) if (number !== own) return false;
    return true;
  }

  *#between(from: number, to: number): Generator<{ readonly number: number; readonly at: number }> {
    const all = this.#all;
    for (let place = firstFrom(all, from * MOST_SENSORS); place < all.length; place += 1) {
      const value = all[place] ?? 0;
      if (value >= to * MOST_SENSORS) return;
      const number = value % MOST_SENSORS;
      yield { number, at: (value - number) / MOST_SENSORS };
    }
  }
}
