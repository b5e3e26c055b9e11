/** Chance that can be repeated: the same seed gives the same numbers (mulberry32). */

/** A stream of chance. */
export type Random = {
  /** 0 <= x < 1 */
  readonly next: () => number;
  /** from <= x < to */
  readonly between: (from: number, to: number) => number;
  /** An integer from <= n <= to. */
  readonly whole: (from: number, to: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** Deals from a pack of cards, and again from a new pack when all are dealt: each comes in its turn. */
  readonly dealer: <T>(cards: readonly T[]) => () => T;
  /** A stream of its own, so that one consumer does not shift the numbers of another. */
  readonly fork: (name: string) => Random;
};

/** Begins a stream. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between: (from, to) => from + next() * (to - from),
    whole,
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]): T => {
      const one = from[whole(0, from.length - 1)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
    dealer: <T>(cards: readonly T[]) => {
      let pack: T[] = [];
      return () => {
        if (pack.length === 0) pack = [...cards];
        const [card] = pack.splice(whole(0, pack.length - 1), 1);
        if (card === undefined) throw new Error('nothing to deal');
        return card;
      };
    },
    fork: (name) => {
      let hash = seed;
      for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
      return random(hash);
    },
  };
}
