/** Sessions and their queues: what waits for somebody whose link was cut, and how much of it. */

import type { Visit } from '../io/broker/visit.js';
import type { Scratch } from './scratch.js';
import { fault, NOTE, OK, setting, SETTINGS, type Need, type TrialResult } from './trial-result.js';

/** The link was cut, `published` messages were sent, and it came back. */
export type SessionSeen = {
  readonly sessionPresent: boolean;
  readonly published: number;
  readonly delivered: number;
  /** MQTT 5: the broker keeps a session so many seconds at most, if it says so. */
  readonly expiryS: number | undefined;
  /** A clean connect has reset it. */
  readonly wasReset: boolean;
};

const FOR_EVER = 0xffff_ffff;

/** Cuts a link, and comes back. */
export async function trySession(scratch: Scratch): Promise<SessionSeen> {
  const clientId = scratch.newId();
  const topic = scratch.topic('session');
  const published = 3;
  const first = await scratch.stay(clientId, { expiryS: FOR_EVER });
  await first.subscribe([topic]);
  first.cut();
  const publisher = await scratch.visit();
  for (let n = 0; n < published; n += 1) await publisher.send(topic, String(n));
  await publisher.leave();
  const back = await scratch.stay(clientId, { expiryS: FOR_EVER });
  const delivered = (): number => new Set(back.copies(topic).map(({ payload }) => payload)).size;
  if (back.sessionPresent) await back.until(() => delivered() === published, scratch.patienceMs);
  await back.leave();
  await (await scratch.visit({ clientId })).leave();
  const after = await scratch.stay(clientId);
  await after.leave();
  return {
    sessionPresent: back.sessionPresent,
    published,
    delivered: delivered(),
    expiryS: first.expiryS ?? back.expiryS,
    wasReset: !after.sessionPresent,
  };
}

/** A session should outlive an absence of so many seconds: a month. */
const MONTH_S = 30 * 24 * 3600;

/** The session over a cut link. */
export function judgeSession(seen: SessionSeen, need: Need): readonly TrialResult[] {
  const { sessionPresent, published, delivered, expiryS, wasReset } = seen;
  const area = 'session';
  const isNeeded = need.session === 'persistent';
  const isKept = sessionPresent && delivered === published;
  const rows: TrialResult[] = [
    {
      area,
      trial: `the link is cut, ${published} messages are sent at QoS 1, the same client comes back`,
      expected: isNeeded ? `the session is kept, ${published} messages` : 'anything: mqtt.session is clean',
      actual: `the session is ${sessionPresent ? 'kept' : 'gone'}, ${delivered} messages`,
      ...(isKept
        ? OK
        : isNeeded
          ? setting('what happens while the bridge is away does not wait for it', SETTINGS.clean)
          : NOTE),
    },
    {
      area,
      trial: 'a clean connect with the same client id',
      expected: 'resets the session',
      actual: wasReset ? 'resets the session' : 'the session is still there',
      result: wasReset ? 'ok' : 'note',
    },
  ];
  if (expiryS === undefined) return rows;
  const isShort = expiryS < MONTH_S;
  return [
    ...rows,
    {
      area,
      trial: 'how long the broker keeps a session',
      expected: 'a month or longer',
      actual: `${Math.round(expiryS / 3600)} hours`,
      ...(isShort && isNeeded
        ? setting('the broker forgets the session of a bridge that is away for long', SETTINGS.expiration)
        : { result: isShort ? 'note' : 'ok' }),
    },
  ];
}

/** Messages `0` to `published - 1` were sent while the subscriber was away. */
export type QueueSeen = {
  readonly published: number;
  /** Those that came, in their order. */
  readonly delivered: readonly number[];
  /** The retained copy of the last one was right nevertheless. */
  readonly retainedIsRight: boolean;
};

/** More than mosquitto's default of 1000, and quick. */
const QUEUED = 1500;
/** In flight at once; mosquitto's own limit in MQTT 5 (Receive Maximum). */
const IN_FLIGHT = 20;
/** A queue that pauses for so long is empty. */
const QUEUE_QUIET_MS = 1000;
const QUEUE_MS = 20_000;

/** Lets many messages wait. */
export async function tryQueue(scratch: Scratch): Promise<QueueSeen> {
  const clientId = scratch.newId();
  const topic = scratch.topic('queue');
  const first = await scratch.stay(clientId);
  await first.subscribe([topic]);
  await first.leave();
  const publisher = await scratch.visit();
  await publishMany(publisher, topic, QUEUED);
  await publisher.leave();

  const back = await scratch.stay(clientId);
  const isComplete = (): boolean => back.arrivals.length >= QUEUED;
  await Promise.race([
    back.until(isComplete, QUEUE_MS),
    back.quiet(Math.max(QUEUE_QUIET_MS, scratch.quietMs * 2), QUEUE_MS),
  ]);
  const delivered = back.copies(topic).map(({ payload }) => Number(payload));
  const before = back.arrivals.length;
  await back.subscribe([topic]);
  const last = String(QUEUED - 1);
  const isThere = (): boolean => back.copies(topic, before).some(({ payload }) => payload === last);
  const retainedIsRight = await back.until(isThere, scratch.patienceMs);
  await back.leave();
  return { published: QUEUED, delivered, retainedIsRight };
}

async function publishMany(publisher: Visit, topic: string, count: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      await publisher.send(topic, String(n), { retain: true });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

/** A queue of so many messages is long enough for the zones of a house; mosquitto's default. */
const ENOUGH_QUEUED = 1000;

/** How many messages wait, and which are dropped. */
export function judgeQueue(seen: QueueSeen, need: Need): readonly TrialResult[] {
  const { published, retainedIsRight } = seen;
  const delivered = new Set(seen.delivered);
  const missing = Array.from({ length: published }, (_, index) => index).filter((n) => !delivered.has(n));
  const row = {
    area: 'queue',
    trial: `${published} messages wait for somebody who is away`,
    expected: need.session === 'persistent' ? `at least ${ENOUGH_QUEUED}` : 'anything: mqtt.session is clean',
    actual:
      missing.length === 0 ? `all ${published}` : `${delivered.size}: ${droppedInWords(missing, published)}`,
  } as const;
  const isEnough = delivered.size >= Math.min(published, ENOUGH_QUEUED);
  const rows: TrialResult[] = [
    isEnough
      ? { ...row, result: missing.length === 0 ? 'ok' : 'note' }
      : need.session === 'clean'
        ? { ...row, result: 'note' }
        : {
            ...row,
            ...setting(
              `only ${delivered.size} messages wait for the bridge: what happened to the zones is known in part`,
              SETTINGS.queue,
            ),
          },
  ];
  if (missing.length === 0) return rows;
  return [
    ...rows,
    {
      area: 'queue',
      trial: 'the retained copy when messages were dropped',
      expected: 'the last one',
      actual: retainedIsRight ? 'the last one' : 'an older one, or none',
      ...(retainedIsRight ? OK : fault('a full queue costs the broker the present state')),
    },
  ];
}

/** `the newest 500 were dropped (1000 to 1499)`. */
function droppedInWords(missing: readonly number[], published: number): string {
  const [first = 0] = missing;
  const last = missing.at(-1) ?? 0;
  const isBlock = last - first + 1 === missing.length;
  const range = `number ${first} to ${last}`;
  if (isBlock && last === published - 1) return `the newest ${missing.length} were dropped (${range})`;
  if (isBlock && first === 0) return `the oldest ${missing.length} were dropped (${range})`;
  return `${missing.length} were dropped, between ${range}`;
}
