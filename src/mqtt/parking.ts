/** Topics that the broker refuses: their messages are set aside, so that they do not block the others. */

import type { EventMessage } from './outgoing.js';
import type { FailureKind } from './outgoing.js';

/** How it was refused: with an answer, or by hanging up. */
export type Refusal = Exclude<FailureKind, 'lost'>;

export type Parking = {
  readonly isRefused: (topic: string) => boolean;
  readonly refuse: (topic: string, why: Refusal) => void;
  /** Keeps an event of a refused topic; beyond the limit the oldest are dropped. */
  readonly setAside: (event: EventMessage) => void;
  /** Forgets the refusals (of one kind) and hands out what was set aside because of them. */
  readonly release: (why?: Refusal) => {
    readonly topics: readonly string[];
    readonly events: readonly EventMessage[];
  };
  readonly topics: () => string[];
};

export function createParking(maxEvents: number): Parking {
  const refused = new Map<string, Refusal>();
  let events: EventMessage[] = [];
  return {
    isRefused: (topic) => refused.size > 0 && refused.has(topic),
    refuse: (topic, why) => void refused.set(topic, why),
    setAside: (event) => {
      events.push(event);
      // cutting off only now and then keeps this cheap
      if (events.length > 2 * maxEvents) events = events.slice(-maxEvents);
    },
    release: (why) => {
      const topics = [...refused].flatMap(([topic, how]) =>
        why === undefined || how === why ? [topic] : [],
      );
      for (const topic of topics) refused.delete(topic);
      const kept = events.slice(-maxEvents);
      events = kept.filter(({ topic }) => refused.has(topic));
      return { topics, events: kept.filter(({ topic }) => !refused.has(topic)) };
    },
    topics: () => [...refused.keys()],
  };
}
