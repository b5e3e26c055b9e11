/**
 * Finds the publish that makes a broker close the connection. Some do so when a topic is not allowed or a message
 * not accepted (aedes, VerneMQ), and MQTT 3.1.1 has no other way to say it. What was in flight at such an end is
 * suspect; on the next connection messages go one by one until all suspects are acknowledged, so that the next
 * end shows which it is.
 */

/** So many ends right after the same message make it guilty. */
const STRIKES = 3;

export type Suspects = {
  /** How many messages may be in flight now. */
  readonly inFlightLimit: () => number;
  readonly acknowledged: (topic: string) => void;
  /** The broker closed right after these topics were sent. Gives the guilty one, if that is certain now. */
  readonly closedAfter: (topics: readonly string[]) => string | undefined;
  /** A connection has stood long enough: nothing in it was the fault of a message. */
  readonly stood: () => void;
};

export function watchSuspects(): Suspects {
  const strikes = new Map<string, number>();
  return {
    inFlightLimit: () => (strikes.size > 0 ? 1 : Infinity),
    acknowledged: (topic) => {
      if (strikes.size > 0) strikes.delete(topic);
    },
    closedAfter: (topics) => {
      const isCertain = topics.length === 1;
      for (const topic of topics) {
        const count = (strikes.get(topic) ?? 0) + 1;
        strikes.set(topic, isCertain ? count : 1);
        if (isCertain && count >= STRIKES) {
          strikes.delete(topic);
          return topic;
        }
      }
      return undefined;
    },
    stood: () => strikes.clear(),
  };
}
