/** Sessions and their queues: what waits for a client that is away, how much, and what is left after a restart. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Visit } from '../io/broker/visit.js';
import { error, NOTE, OK, sendAll, setting, SETTINGS } from './trial.js';
import type { Meaning, Need, Row, Scratch } from './trial.js';

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
  const delivered = await deliveredOf(back, topic, published, scratch.patienceMs);
  await scratch.reset(clientId);
  const after = await scratch.stay(clientId);
  await after.leave();
  return {
    sessionPresent: back.sessionPresent,
    published,
    delivered,
    expiryS: first.expiryS ?? back.expiryS,
    wasReset: !after.sessionPresent,
  };
}

/** So many different messages waited in the session; the visit ends. */
async function deliveredOf(
  back: Visit,
  topic: string,
  published: number,
  patienceMs: number,
): Promise<number> {
  const delivered = (): number => new Set(back.copies(topic).map(({ payload }) => payload)).size;
  if (back.sessionPresent) await back.until(() => delivered() === published, patienceMs);
  await back.leave();
  return delivered();
}

/** What is expected where the bridge needs no session. */
const ANYTHING = 'anything: mqtt.session is clean';

/** A session should outlive an absence of so many seconds: a month. */
const MONTH_S = 30 * 24 * 3600;

/** The session over a cut link. */
export function judgeSession(seen: SessionSeen, need: Need): readonly Row[] {
  const { sessionPresent, published, delivered, expiryS, wasReset } = seen;
  const isNeeded = need.session === 'persistent';
  const isKept = sessionPresent && delivered === published;
  const lost = setting('messages are not kept for the bridge while it is away', SETTINGS.clean);
  const short = setting(
    'the broker forgets the session of a bridge that is away for long',
    SETTINGS.expiration,
  );
  const rows: Row[] = [
    {
      trial: `the link is cut, ${published} messages are sent at QoS 1, the same client comes back`,
      expected: isNeeded ? `the session is kept, ${published} messages` : ANYTHING,
      actual: `the session is ${sessionPresent ? 'kept' : 'gone'}, ${delivered} messages`,
      ...(isKept ? OK : isNeeded ? lost : NOTE),
    },
    {
      trial: 'a clean connect with the same client id',
      expected: 'resets the session',
      actual: wasReset ? 'resets the session' : 'the session is still there',
      ...(wasReset ? OK : NOTE),
    },
  ];
  if (expiryS === undefined) return rows;
  const lasts = {
    trial: 'how long the broker keeps a session',
    expected: 'a month or longer',
    actual: `${Math.round(expiryS / 3600)} hours`,
    ...(expiryS >= MONTH_S ? OK : isNeeded ? short : NOTE),
  };
  return [...rows, lasts];
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
/** A queue that pauses for so long is empty. */
const QUEUE_QUIET_MS = 1000;
const QUEUE_MS = 20_000;

/** Lets many messages wait. */
export async function tryQueue(scratch: Scratch): Promise<QueueSeen> {
  const topic = scratch.topic('queue');
  const clientId = await scratch.leaveSession(topic);
  const publisher = await scratch.visit();
  await sendAll(
    publisher,
    topic,
    Array.from({ length: QUEUED }, (_, index) => String(index)),
  );
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

/** A queue of so many messages is long enough for the zones of a house; mosquitto's default. */
const ENOUGH_QUEUED = 1000;

/** How many messages wait, and which are dropped. */
export function judgeQueue(seen: QueueSeen, need: Need): readonly Row[] {
  const { published, retainedIsRight } = seen;
  const delivered = new Set(seen.delivered);
  const missing = Array.from({ length: published }, (_, index) => index).filter((n) => !delivered.has(n));
  const isComplete = missing.length === 0;
  const isNeeded = need.session === 'persistent';
  const isEnough = delivered.size >= Math.min(published, ENOUGH_QUEUED);
  const short = setting(
    `only ${delivered.size} messages wait for the bridge: what happened to the zones is known only in part`,
    SETTINGS.queue,
  );
  const queue: Row = {
    trial: `${published} messages wait for a client that is away`,
    expected: isNeeded ? `at least ${ENOUGH_QUEUED}` : ANYTHING,
    actual: isComplete ? `all ${published}` : `${delivered.size}: ${droppedInWords(missing, published)}`,
    ...(isComplete ? OK : isNeeded && !isEnough ? short : NOTE),
  };
  if (isComplete) return [queue];
  const copy: Row = {
    trial: 'the retained copy when messages were dropped',
    expected: 'the last one',
    actual: retainedIsRight ? 'the last one' : 'an older one, or none',
    ...(retainedIsRight ? OK : error('with a full queue the broker loses the current state')),
  };
  return [queue, copy];
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

export type RestartSeen = {
  readonly command: string;
  /** The connection was closed, so that there was a restart. */
  readonly wentAway: boolean;
  readonly retained: 'kept' | 'older' | 'lost';
  readonly sessionPresent: boolean;
  readonly published: number;
  readonly delivered: number;
};

/** The owner's command, and how to run it: rejects when it fails. */
export type Restart = { readonly command: string; readonly run: () => Promise<void> };

/** So many messages wait while the broker restarts. */
const WAITING = 20;
/** A command may end before the broker does. */
const GONE_MS = 5_000;
const BACK_MS = 90_000;
const AGAIN_MS = 500;

/** Leaves a state and a session there, restarts the broker and looks. */
export async function tryRestart(scratch: Scratch, { command, run }: Restart): Promise<RestartSeen> {
  const [state, queue] = [scratch.topic('restart/state'), scratch.topic('restart/queue')];
  const clientId = await scratch.leaveSession(queue);
  const publisher = await scratch.visit();
  await publisher.send(state, 'older', { retain: true });
  for (let n = 0; n < WAITING; n += 1) await publisher.send(queue, String(n));
  await publisher.send(state, 'newer', { retain: true });
  await publisher.leave();

  const witness = await scratch.visit();
  await run();
  await witness.until(() => false, GONE_MS);
  const wentAway = witness.closed !== undefined;
  await witness.leave();

  const reader = await comesBack(() => scratch.visit());
  const answers = (): string[] => reader.copies(state).map(({ payload }) => payload);
  await reader.subscribe([state]);
  await reader.until(() => answers().length > 0, scratch.patienceMs);
  await reader.leave();
  const back = await comesBack(() => scratch.stay(clientId));
  const delivered = await deliveredOf(back, queue, WAITING, scratch.patienceMs);
  const found = answers().at(-1);
  return {
    command,
    wentAway,
    retained: found === 'newer' ? 'kept' : found === undefined ? 'lost' : 'older',
    sessionPresent: back.sessionPresent,
    published: WAITING,
    delivered,
  };
}

async function comesBack(enter: () => Promise<Visit>): Promise<Visit> {
  const endAt = performance.now() + BACK_MS;
  for (;;) {
    try {
      return await enter();
    } catch (error) {
      if (performance.now() > endAt || (error instanceof Error && error.message === 'called off'))
        throw error;
      await pause(AGAIN_MS);
    }
  }
}

/** Judges a restart that was asked for; without one, says what could not be told. */
export function judgeRestart(seen: RestartSeen | undefined, need: Need): readonly Row[] {
  if (seen === undefined) return [NOT_RESTARTED];
  const { command, wentAway, retained, sessionPresent, published, delivered } = seen;
  if (!wentAway)
    return [
      {
        trial: command,
        expected: 'the broker restarts',
        actual: 'the broker did not restart: nothing is proved',
        result: 'unknown',
      },
    ];
  const isNeeded = need.session === 'persistent';
  const isKept = sessionPresent && delivered === published;
  const lost = setting('a restart of the broker loses the messages that wait for the bridge', ...SAVED);
  const [actual, meaning] = RETAINED_AFTERWARDS[retained];
  return [
    { trial: 'a retained message, after the restart', expected: 'the last one', actual, ...meaning },
    {
      trial: `a session with ${published} waiting messages, after the restart`,
      expected: isNeeded ? `kept, ${published} messages` : ANYTHING,
      actual: `${sessionPresent ? 'kept' : 'gone'}, ${delivered} messages`,
      ...(isKept ? OK : isNeeded ? lost : NOTE),
    },
  ];
}

const NOT_RESTARTED: Row = {
  trial: 'a restart of the broker',
  expected: 'it loses nothing',
  actual:
    'not tested, see --restart-cmd; mosquitto needs persistence true, autosave_interval 60 and persistent_client_expiration of months',
  result: 'unknown',
};

const SAVED = [SETTINGS.persistence, SETTINGS.autosave];

/** Which retained message is there after a restart, and what that means. */
const RETAINED_AFTERWARDS: Readonly<Record<RestartSeen['retained'], readonly [string, Meaning]>> = {
  kept: ['the last one', OK],
  older: ['an older one', setting('a restart brings back an old state', SETTINGS.autosave)],
  lost: [
    'none',
    setting('a restart loses all states: zones are unknown until their sources publish them again', ...SAVED),
  ],
};
