/**
 * Commands at the broker: with a client id of their own, so that the running service is not disturbed, and without a
 * will. Only a message that is delivered back proves access: a broker may accept a subscription and send nothing, and
 * acknowledge a message that it drops (mosquitto does).
 */

import { errorText, problemIn } from '../common/error.js';
import type { Configuration } from '../config/load.js';
import { parseBrokerUrl } from '../io/broker/options.js';
import { subscribeToAll, visit, type Destination, type Visit } from '../io/broker/visit.js';
import type { Message } from '../ports.js';
import { commandClientId, credentialsOf } from './assemble.js';
import { CommandError } from './terminal.js';

/** What is not the same in each visit. `url` default: the first one. */
export type VisitOptions = Partial<
  Pick<Destination, 'clientId' | 'clean' | 'patienceMs' | 'takesNothing'>
> & {
  readonly url?: string;
};

/** What came. */
export type Kept = {
  /** Retained copies that are not empty. */
  readonly retained: ReadonlyMap<string, string>;
  /** Topics that may not be subscribed to. */
  readonly refused: ReadonlySet<string>;
  /** Topics of probes that came back. */
  readonly echoed: ReadonlySet<string>;
};

/** Filters in one visit: NATS grants 63 in a session. */
const FILTERS_PER_VISIT = 60;
const PATIENCE_MS = 10_000;
/** Nothing more comes after such a silence, ms. */
const QUIET_MS = 400;
/** What is missing comes within this time, or not at all, ms. */
const PROBE_MS = 2_000;

/** The error of a command that found no broker. */
export function noBroker(error: unknown): CommandError {
  const { problem, hint } = problemIn(errorText(error));
  return new CommandError(`the broker cannot be reached: ${problem}`, hint);
}

/** Connects; rejects with a `CommandError` when the broker does not let us in. */
export async function visitBroker(
  configuration: Configuration,
  { url: text = configuration.mqtt.urls[0] ?? '', ...how }: VisitOptions = {},
): Promise<Visit> {
  const url = parseBrokerUrl(text);
  if (url === undefined) throw new CommandError(`${text} is not a valid broker url`);
  try {
    return await visit({
      url,
      credentials: credentialsOf(configuration),
      protocol: configuration.mqtt.protocol,
      clientId: commandClientId(),
      clean: true,
      patienceMs: PATIENCE_MS,
      ...how,
    });
  } catch (error) {
    throw noBroker(error);
  }
}

/** Whether the broker accepts the credentials, before there is a configuration; rejects with a `CommandError` when not. */
export async function tryLogin(text: string, username?: string, password?: string): Promise<void> {
  const url = parseBrokerUrl(text);
  if (url === undefined) throw new CommandError(`${text} is not a valid broker url`);
  try {
    const credentials = { username, password, ca: undefined, cert: undefined, key: undefined };
    const how = {
      protocol: '3.1.1',
      clientId: commandClientId(),
      clean: true,
      patienceMs: PATIENCE_MS,
    } as const;
    await (await visit({ url, credentials, ...how })).leave();
  } catch (error) {
    throw noBroker(error);
  }
}

/** Publishes at QoS 1; rejects with a `CommandError` when the broker does not take it. */
export async function publishOrFail(at: Visit, { topic, payload, retain }: Message): Promise<void> {
  await at.send(topic, payload, { retain }).catch((error: unknown) => {
    throw new CommandError(`${topic} could not be published: ${problemIn(errorText(error)).problem}`);
  });
}

/**
 * Reads what is retained below the filters (they may have wildcards), and publishes the probes and waits for them,
 * in as many visits as it takes.
 */
export async function readBack(
  configuration: Configuration,
  filters: readonly string[],
  probes: readonly Message[] = [],
): Promise<Kept> {
  const retained = new Map<string, string>();
  const refused = new Set<string>();
  const echoed = new Set<string>();
  const all = [...new Set([...probes.map(({ topic }) => topic), ...filters])];
  for (let from = 0; from < all.length; from += FILTERS_PER_VISIT) {
    const some = all.slice(from, from + FILTERS_PER_VISIT);
    const { codes, earlier, current } = await subscribeToAll(() => visitBroker(configuration), some);
    await current.quiet(QUIET_MS, PATIENCE_MS);
    const published = probes.filter(({ topic }) => some.includes(topic));
    const isBack = ({ topic, payload }: Message): boolean =>
      current.copies(topic).some((copy) => copy.payload === payload && !copy.retain);
    // a message that is not let through may end the connection: then it does not come back
    for (const { topic, payload } of published) void current.publish(topic, payload);
    await current.until(() => published.every(isBack), PROBE_MS);
    await current.leave();
    for (const each of [...earlier, current])
      for (const [topic, payload] of each.retained()) if (payload !== '') retained.set(topic, payload);
    for (const [topic, code] of codes) if (code >= 0x80) refused.add(topic);
    for (const { topic } of published.filter(isBack)) echoed.add(topic);
  }
  return { retained, refused, echoed };
}
