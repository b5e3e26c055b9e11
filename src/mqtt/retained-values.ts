/** The retained topics that are ours: what they should hold, what the broker holds, and publishing all again. */

import type { Entry } from './entries.js';
import type { RetainedKind } from './outgoing.js';

/** What is known of one retained topic. */
export type RetainedValue = {
  kind: RetainedKind;
  /** The latest value; unknown for topics of an earlier run. */
  latest: string | undefined;
  /** What the broker holds for sure. */
  acknowledged: string | undefined;
  waiting: Entry | undefined;
  flying: Entry | undefined;
  /** The last round in which it was sent. */
  round: number;
};

export type RetainedValues = {
  readonly get: (topic: string) => RetainedValue | undefined;
  /** The value of a topic, made when there is none. */
  readonly of: (topic: string, kind: RetainedKind) => RetainedValue;
  readonly forget: (topic: string) => void;
  readonly topics: () => string[];
  /** Begins a round in which each value is to be sent once, kind by kind. */
  readonly beginRound: (order: readonly RetainedKind[]) => void;
  readonly round: () => number;
  /** The next value that has not been sent in this round and is not about to be; without a round none. */
  readonly nextOfRound: () => readonly [topic: string, value: RetainedValue] | undefined;
};

/** `known`: topics of an earlier run, whose values are not known. */
export function createRetainedValues(known: Iterable<string>): RetainedValues {
  const values = new Map<string, RetainedValue>();
  let round = 0;
  let remaining: Iterator<readonly [string, RetainedValue]> | undefined;

  const of = (topic: string, kind: RetainedKind): RetainedValue => {
    let value = values.get(topic);
    if (value === undefined) {
      const none = undefined;
      value = { kind, latest: none, acknowledged: none, waiting: none, flying: none, round: 0 };
      values.set(topic, value);
    }
    return value;
  };
  for (const topic of known) of(topic, 'state');

  return {
    get: (topic) => values.get(topic),
    of,
    forget: (topic) => void values.delete(topic),
    topics: () => [...values.keys()],
    beginRound: (order) => {
      round += 1;
      remaining = inOrder(values, order);
    },
    round: () => round,
    nextOfRound: () => {
      for (let found = remaining?.next(); found?.done === false; found = remaining?.next()) {
        const { latest, waiting, flying, round: sentIn } = found.value[1];
        const isDue = latest !== undefined && latest !== '' && sentIn !== round;
        if (isDue && waiting === undefined && flying === undefined) return found.value;
      }
      remaining = undefined;
      return undefined;
    },
  };
}

function* inOrder(
  values: ReadonlyMap<string, RetainedValue>,
  order: readonly RetainedKind[],
): Generator<readonly [string, RetainedValue]> {
  for (const kind of order) {
    for (const found of values) if (found[1].kind === kind) yield found;
  }
}
