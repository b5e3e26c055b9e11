/**
 * Finds what makes a broker close the connection. Some do so when a topic may not be published to or read (aedes,
 * VerneMQ, RabbitMQ), and MQTT 3.1.1 has no other way to say it. What had no answer at such an end is suspect; on
 * the next connection everything goes one by one until all suspects are answered, so that the next end shows which
 * it is.
 */

/** A topic, and what was asked for it. */
export type Suspect = { readonly act: 'publish' | 'subscribe'; readonly topic: string };

/** So many ends right after the same make it guilty. */
const STRIKES = 3;

export type Suspects = {
  /** Everything goes one by one now. */
  readonly isIsolating: () => boolean;
  readonly isSuspect: (one: Suspect) => boolean;
  /** It was answered, in whatever way. */
  readonly answered: (one: Suspect) => void;
  /** The broker closed before it answered these. Gives the guilty one, if that is certain now. */
  readonly closedAfter: (all: readonly Suspect[]) => Suspect | undefined;
  /** A connection has stood long enough: nothing in it was the fault of a topic. */
  readonly stood: () => void;
};

export function watchSuspects(): Suspects {
  const strikes = new Map<string, number>();
  const key = ({ act, topic }: Suspect): string => `${act} ${topic}`;
  return {
    isIsolating: () => strikes.size > 0,
    isSuspect: (one) => strikes.has(key(one)),
    answered: (one) => {
      if (strikes.size > 0) strikes.delete(key(one));
    },
    closedAfter: (all) => {
      const isCertain = all.length === 1;
      for (const one of all) {
        const count = (strikes.get(key(one)) ?? 0) + 1;
        strikes.set(key(one), isCertain ? count : 1);
        if (isCertain && count >= STRIKES) {
          strikes.delete(key(one));
          return one;
        }
      }
      return undefined;
    },
    stood: () => strikes.clear(),
  };
}
