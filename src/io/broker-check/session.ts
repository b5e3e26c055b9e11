/** Sessions and their queues: what waits for somebody whose link was cut, and how much of it. */

import type { QueueSeen, SessionSeen } from '../../fitness/observations.js';
import { copiesOf } from './five-tests.js';
import type { Lab, LabGuest } from './lab.js';

const FOR_EVER = 0xffff_ffff;

/** Cuts a link, and comes back. */
export async function trySession(lab: Lab): Promise<SessionSeen> {
  const clientId = lab.newId();
  const topic = lab.topic('session');
  const published = 3;
  const first = await lab.stay(clientId, { expiryS: FOR_EVER });
  await first.subscribe([topic]);
  first.cut();
  const publisher = await lab.visit();
  for (let n = 0; n < published; n += 1) await publisher.send(topic, String(n));
  await publisher.leave();
  const back = await lab.stay(clientId, { expiryS: FOR_EVER });
  const delivered = (): number => new Set(copiesOf(back.heard, topic).map(({ payload }) => payload)).size;
  if (back.sessionPresent) await back.until(() => delivered() === published, lab.patienceMs);
  await back.leave();
  await (await lab.visit({ clientId })).leave();
  const after = await lab.stay(clientId);
  await after.leave();
  return {
    sessionPresent: back.sessionPresent,
    published,
    delivered: delivered(),
    expiryS: first.expiryS ?? back.expiryS,
    wasReset: !after.sessionPresent,
  };
}

/** More than mosquitto's default of 1000, and quick. */
const QUEUED = 1500;
/** In flight at once; mosquitto's own limit in MQTT 5 (Receive Maximum). */
const IN_FLIGHT = 20;
/** A queue that pauses for so long is empty. */
const QUEUE_QUIET_MS = 1000;
const QUEUE_MS = 20_000;

/** Lets many messages wait. */
export async function tryQueue(lab: Lab): Promise<QueueSeen> {
  const clientId = lab.newId();
  const topic = lab.topic('queue');
  const first = await lab.stay(clientId);
  await first.subscribe([topic]);
  await first.leave();
  const publisher = await lab.visit();
  await publishMany(publisher, topic, QUEUED);
  await publisher.leave();

  const back = await lab.stay(clientId);
  const isComplete = (): boolean => back.heard.length >= QUEUED;
  await Promise.race([
    back.until(isComplete, QUEUE_MS),
    back.quiet(Math.max(QUEUE_QUIET_MS, lab.quietMs * 2), QUEUE_MS),
  ]);
  const delivered = copiesOf(back.heard, topic).map(({ payload }) => Number(payload));
  const before = back.heard.length;
  await back.subscribe([topic]);
  const last = String(QUEUED - 1);
  const isThere = (): boolean =>
    copiesOf(back.heard.slice(before), topic).some(({ payload }) => payload === last);
  const retainedIsRight = await back.until(isThere, lab.patienceMs);
  await back.leave();
  return { published: QUEUED, delivered, retainedIsRight };
}

async function publishMany(publisher: LabGuest, topic: string, count: number): Promise<void> {
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
