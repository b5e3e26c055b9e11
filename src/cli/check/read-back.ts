/**
 * What the broker keeps, and whether what we publish comes back: the only proof of its access control, because a
 * broker may grant a subscription that it never serves and acknowledge a message that it drops (mosquitto does).
 */

import type { Configuration } from '../../config/configuration.js';
import type { Message } from '../../ports.js';
import { visitBroker } from '../visitor.js';

/** What came. */
export type Kept = {
  /** Retained copies that are not empty. */
  readonly retained: ReadonlyMap<string, string>;
  /** Topics that may not be subscribed to. */
  readonly refused: ReadonlySet<string>;
  /** Topics of probes that came back. */
  readonly echoed: ReadonlySet<string>;
};

/** What to look at. */
export type Wanted = {
  /** Topics, also with wildcards. */
  readonly topics: readonly string[];
  /** Published without retain, and expected back. */
  readonly probes?: readonly Message[];
};

/** Filters in one visit: NATS grants 63 in a session. */
const FILTERS_PER_VISIT = 60;

/** Nothing more comes after such a silence; longer when a probe is still missing. Milliseconds. */
const QUIET_MS = 400;
const PATIENT_MS = 2_000;
/** One visit is over after this long, whatever comes. */
const VISIT_MS = 10_000;

/** Looks, in as many visits as it takes. Rejects with a `CommandError` when the broker cannot be reached. */
export async function readBack(configuration: Configuration, { topics, probes = [] }: Wanted): Promise<Kept> {
  const retained = new Map<string, string>();
  const refused = new Set<string>();
  const echoed = new Set<string>();
  const filters = [...new Set([...probes.map(({ topic }) => topic), ...topics])];
  for (let from = 0; from < filters.length; from += FILTERS_PER_VISIT) {
    const some = filters.slice(from, from + FILTERS_PER_VISIT);
    const published = probes.filter(({ topic }) => some.includes(topic));
    await visit(configuration, some, published, { retained, refused, echoed });
  }
  return { retained, refused, echoed };
}

async function visit(
  configuration: Configuration,
  filters: readonly string[],
  probes: readonly Message[],
  into: { retained: Map<string, string>; refused: Set<string>; echoed: Set<string> },
): Promise<void> {
  let heardAt = performance.now();
  const visitor = await visitBroker(configuration, {
    received: (topic, payload, { retain }) => {
      heardAt = performance.now();
      if (retain && payload !== '') into.retained.set(topic, payload);
      const isProbe = probes.some((probe) => probe.topic === topic && probe.payload === payload);
      if (!retain && isProbe) into.echoed.add(topic);
    },
  });
  try {
    const startedAt = performance.now();
    const granted = visitor.subscribe(filters).then((refused) => {
      for (const topic of refused) into.refused.add(topic);
      heardAt = performance.now();
      // a message that is not let through may end the connection: then it does not come back
      for (const probe of probes) void visitor.publish(probe).catch(() => undefined);
    });
    await within(granted, VISIT_MS);
    const isMissing = ({ topic }: Message): boolean => !into.echoed.has(topic);
    const isOver = (): boolean => {
      const quietMs = performance.now() - heardAt;
      return quietMs >= (probes.some(isMissing) ? PATIENT_MS : QUIET_MS);
    };
    while (!isOver() && performance.now() - startedAt < VISIT_MS) await pause(20);
  } finally {
    await visitor.leave();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves with it, or without it after the time. */
function within(promise: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
