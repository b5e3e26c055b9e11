/** What the service says of its session: it is asked at the broker, as anybody may, and not disturbed. */

import type { Configuration } from '../../config/configuration.js';
import { bridgeTopic } from '../../mqtt/topics.js';
import { readBack } from '../check/read-back.js';

/** The last connect of the service. */
export type LastConnect = {
  /** ISO 8601. */
  readonly since: string;
  /** The broker had kept the session. */
  readonly present: boolean;
  /** Messages that waited in it, and on which topics. */
  readonly queued: number;
  readonly queued_topics: Readonly<Record<string, number>>;
};

/** What was found at the broker. */
export type Told = {
  /** By the bridge's own state topic, which the broker sets to offline when the service dies. */
  readonly service: 'running' | 'stopped' | 'never seen';
  /** Undefined when the service says nothing of it. */
  readonly lastConnect: LastConnect | undefined;
};

/** Asks for it. */
export async function askForSession(configuration: Configuration): Promise<Told> {
  const { baseTopic } = configuration.core;
  const [status, info] = [bridgeTopic(baseTopic, 'status'), bridgeTopic(baseTopic, 'info')];
  const { retained } = await readBack(configuration, { topics: [status, info] });
  const state = retained.get(status);
  return {
    service: state === undefined ? 'never seen' : state === 'online' ? 'running' : 'stopped',
    lastConnect: lastConnectIn(retained.get(info)),
  };
}

/** Payloads of others may be anything, and those of older versions lack members. */
function lastConnectIn(payload: string | undefined): LastConnect | undefined {
  const session = member(parsed(payload), 'session');
  const since = member(session, 'since');
  if (typeof since !== 'string') return undefined;
  const queued = member(session, 'queued');
  const topics = member(session, 'queued_topics');
  const counts = Object.entries(typeof topics === 'object' && topics !== null ? topics : {});
  return {
    since,
    present: member(session, 'present') === true,
    queued: typeof queued === 'number' ? queued : 0,
    queued_topics: Object.fromEntries(
      counts.filter((each): each is [string, number] => typeof each[1] === 'number'),
    ),
  };
}

function parsed(payload: string | undefined): unknown {
  try {
    return JSON.parse(payload ?? 'null');
  } catch {
    return undefined;
  }
}

function member(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null && key in object
    ? (object as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
