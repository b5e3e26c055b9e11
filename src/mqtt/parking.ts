/** Topics that the broker refuses: their messages are set aside, so that they do not block the others. */

import type { EventMessage } from './outgoing.js';

export type Parking = {
  readonly isRefused: (topic: string) => boolean;
  readonly refuse: (topic: string) => void;
  /** Keeps an event of a refused topic; beyond the limit the oldest are dropped. */
  readonly setAside: (event: EventMessage) => void;
  /** Forgets every refusal and hands out what was set aside. */
  readonly release: () => { readonly topics: readonly string[]; readonly events: readonly EventMessage[] };
  readonly topics: () => string[];
};

export function createParking(maxEvents: number): Parking {
  const refused = new Set<string>();
  let events: EventMessage[] = [];
  return {
    isRefused: (topic) => refused.size > 0 && refused.has(topic),
    refuse: (topic) => void refused.add(topic),
    setAside: (event) => {
      events.push(event);
      // cutting off only now and then keeps this cheap
      if (events.length > 2 * maxEvents) events = events.slice(-maxEvents);
    },
    release: () => {
      const released = { topics: [...refused], events: events.slice(-maxEvents) };
      refused.clear();
      events = [];
      return released;
    },
    topics: () => [...refused],
  };
}
