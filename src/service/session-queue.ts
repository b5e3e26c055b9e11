/**
 * What waited in our stored session at the last connect. MQTT says neither how many messages there are nor when they
 * were published: they are counted as they come, until the queue is empty (docs/security-state.md).
 */

/** The session of the last connect. */
export type SessionSeen = {
  /** The broker had kept it. */
  readonly present: boolean;
  /** Messages that waited in it. */
  readonly queued: number;
  /** How many of them on which topic; the first topics only. */
  readonly topics: Readonly<Record<string, number>>;
  /** When it was connected. */
  readonly since: number;
  /** More may come: the queue is not empty yet. */
  readonly isArriving: boolean;
};

/** So many topics are told by name. */
const NAMED = 50;

/** CONNACK. */
export function sessionAt(present: boolean, since: number): SessionSeen {
  return { present, queued: 0, topics: {}, since, isArriving: present };
}

/** A message came. `isDraining`: what the broker had kept may still be on its way. A retained copy did not wait. */
export function messageSeen(
  session: SessionSeen,
  { topic, retain }: { readonly topic: string; readonly retain: boolean },
  isDraining: boolean,
): SessionSeen {
  if (!session.isArriving) return session;
  if (!isDraining) return { ...session, isArriving: false };
  if (retain) return session;
  const { topics } = session;
  const isNamed = topic in topics || Object.keys(topics).length < NAMED;
  return {
    ...session,
    queued: session.queued + 1,
    topics: isNamed ? { ...topics, [topic]: (topics[topic] ?? 0) + 1 } : topics,
  };
}
