/** The SUBSCRIBE packets of one connection: in chunks, each answered or given up, a suspect topic alone. */

import type { Clock } from '../../ports.js';
import type { Suspects } from './suspects.js';

/** Topics in one packet: some brokers limit the size. */
export const TOPICS_PER_PACKET = 50;

export type Subscriptions = {
  /** Topics for the next packets. */
  readonly add: (topics: readonly string[]) => void;
  /** Some wait for their turn. */
  readonly isWaiting: () => boolean;
  /** Some were sent and have no answer. */
  readonly isAsking: () => boolean;
  /** Sends the next packet. */
  readonly send: () => void;
  /** SUBACK: `isRefused` is asked for each topic by its place. */
  readonly answered: (id: number, isRefused: (topic: string, index: number) => boolean) => void;
  /** The connection is over; gives what has no answer. */
  readonly end: () => readonly string[];
};

/**
 * `write` sends one packet and gives its id, undefined when it could not. `subscribed` is told of each answer, also
 * of the lack of one within `timeoutMs`, in the packet's own tick: retained copies follow it.
 */
export function subscriptions(
  { clock, timeoutMs, suspects }: { clock: Clock; timeoutMs: number; suspects: Suspects },
  write: (topics: string[]) => number | undefined,
  subscribed: (topics: readonly string[], refused: readonly string[]) => void,
): Subscriptions {
  const asked = new Map<number, { readonly topics: readonly string[]; readonly off: () => void }>();
  let waiting: string[] = [];

  const answered: Subscriptions['answered'] = (id, isRefused) => {
    const packet = asked.get(id);
    if (packet === undefined) return;
    const { topics, off } = packet;
    asked.delete(id);
    off();
    for (const topic of topics) suspects.answered({ act: 'subscribe', topic });
    subscribed(topics, topics.filter(isRefused));
  };

  const nextSize = (): number => {
    const suspect = waiting.findIndex((topic) => suspects.isSuspect({ act: 'subscribe', topic }));
    return suspect === 0 ? 1 : Math.min(TOPICS_PER_PACKET, suspect < 0 ? Infinity : suspect);
  };

  return {
    add: (topics) => void waiting.push(...topics),
    isWaiting: () => waiting.length > 0,
    isAsking: () => asked.size > 0,
    send: () => {
      const topics = waiting.splice(0, nextSize());
      const id = write(topics);
      if (id === undefined) subscribed(topics, topics);
      else asked.set(id, { topics, off: clock.after(timeoutMs, () => answered(id, () => true)) });
    },
    answered,
    end: () => {
      const packets = [...asked.values()];
      for (const { off } of packets) off();
      asked.clear();
      waiting = [];
      return packets.flatMap(({ topics }) => topics);
    },
  };
}
