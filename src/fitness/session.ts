/** What the broker keeps for somebody who is away: the retained copies, the session and its queue. */

import type { FenceSeen, QueueSeen, RetainedSeen, SessionSeen } from './observations.js';
import { SETTINGS, type Need, type Row } from './row.js';

/** A queue of so many messages is long enough for the zones of a house; mosquitto's default. */
export const ENOUGH_QUEUED = 1000;

/** A session should outlive an absence of so many seconds: a month. */
const MONTH_S = 30 * 24 * 3600;

/** Retained messages: read without being used up, as often as one likes. */
export function judgeRetained({ visitors, subscribes, deleted, byWildcard }: RetainedSeen): readonly Row[] {
  const area = 'retained';
  const times = (count: number): string => (count === 5 ? 'found five times' : `found ${count} times`);
  return [
    {
      area,
      trial: 'the same retained message, read by five connections one after the other',
      expected: 'found five times',
      actual: times(visitors),
      ...(visitors === 5
        ? { result: 'ok' }
        : { result: 'fault', reason: 'a retained message is not there for everybody who asks' }),
    },
    {
      area,
      trial: 'the same retained message, asked for five times in one connection',
      expected: 'found five times',
      actual: times(subscribes),
      ...(subscribes === 5
        ? { result: 'ok' }
        : {
            result: 'fault',
            reason: 'a second SUBSCRIBE brings no retained message: a state cannot be verified',
          }),
    },
    {
      area,
      trial: 'a retained message that was deleted',
      expected: 'gone',
      actual: deleted ? 'gone' : 'still there',
      ...(deleted
        ? { result: 'ok' }
        : {
            result: 'fault',
            reason: 'a retained message cannot be deleted: what is removed would come back',
          }),
    },
    {
      area,
      trial: 'a retained message, asked for by a wildcard',
      expected: 'found',
      // the bridge asks for exact topics; Home Assistant does not, and is told everything again at its birth
      actual: byWildcard ? 'found' : 'not found; the bridge asks for exact topics',
      result: byWildcard ? 'ok' : 'note',
    },
  ];
}

/** The session over a cut link. */
export function judgeSession(seen: SessionSeen, need: Need): readonly Row[] {
  const { sessionPresent, published, delivered, expiryS, wasReset } = seen;
  const area = 'session';
  const isNeeded = need.session === 'persistent';
  const isKept = sessionPresent && delivered === published;
  const rows: Row[] = [
    {
      area,
      trial: `the link is cut, ${published} messages are sent at QoS 1, the same client comes back`,
      expected: isNeeded ? `the session is kept, ${published} messages` : 'anything: mqtt.session is clean',
      actual: `the session is ${sessionPresent ? 'kept' : 'gone'}, ${delivered} messages`,
      ...(isKept
        ? { result: 'ok' }
        : isNeeded
          ? {
              result: 'setting',
              reason: 'what happens while the bridge is away does not wait for it',
              settings: [SETTINGS.clean],
            }
          : { result: 'note' }),
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
        ? {
            result: 'setting',
            reason: 'the broker forgets the session of a bridge that is away for long',
            settings: [SETTINGS.expiration],
          }
        : { result: isShort ? 'note' : 'ok' }),
    },
  ];
}

/** How many messages wait, and which are dropped. */
export function judgeQueue(seen: QueueSeen, need: Need): readonly Row[] {
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
  const rows: Row[] = [
    isEnough
      ? { ...row, result: missing.length === 0 ? 'ok' : 'note' }
      : need.session === 'clean'
        ? { ...row, result: 'note' }
        : {
            ...row,
            result: 'setting',
            reason: `only ${delivered.size} messages wait for the bridge: what happened to the zones is known in part`,
            settings: [SETTINGS.queue],
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
      ...(retainedIsRight
        ? { result: 'ok' }
        : { result: 'fault', reason: 'a full queue costs the broker the present state' }),
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

/** A message to ourselves as a sign that everything before it has come: the bridge does not use it. */
export function judgeFence({ topics, before, total, came }: FenceSeen): readonly Row[] {
  const actual = !came
    ? 'it did not come back'
    : before === total
      ? `it came after all ${total}`
      : `it came after ${before} of ${total}`;
  return [
    {
      area: 'fence',
      trial: `a message to ourselves, sent with a SUBSCRIBE to ${topics} retained topics`,
      expected: 'after the retained copies, or before: the bridge waits for silence instead',
      actual,
      result: came && before === total ? 'ok' : 'note',
    },
  ];
}
