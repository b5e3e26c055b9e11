/** Is a retained message there for everybody who asks, as often as it is asked for, until it is deleted? */

import type { FenceSeen, RetainedSeen } from '../../fitness/observations.js';
import { copiesOf } from './five-tests.js';
import type { Lab } from './lab.js';

const TIMES = 5;

/** Reads one retained message in all ways. */
export async function tryRetained(lab: Lab): Promise<RetainedSeen> {
  const topic = lab.topic('retained/one');
  const publisher = await lab.visit();
  await publisher.send(topic, 'M1', { retain: true });
  let visitors = 0;
  for (let time = 0; time < TIMES; time += 1) if (await finds(lab, topic, topic)) visitors += 1;
  const subscribes = await subscribesThatBring(lab, topic);
  const byWildcard = await finds(lab, lab.topic('retained/+'), topic);
  await publisher.send(topic, '', { retain: true });
  await publisher.leave();
  return { visitors, subscribes, byWildcard, deleted: !(await finds(lab, topic, topic, lab.quietMs)) };
}

/** Whether a visitor who asks for the filter is given the topic's retained copy. */
async function finds(lab: Lab, filter: string, topic: string, withinMs = lab.patienceMs): Promise<boolean> {
  const guest = await lab.visit();
  await guest.subscribe([filter]);
  const isThere = (): boolean => copiesOf(guest.heard, topic).some(({ retain }) => retain);
  const found = await guest.until(isThere, withinMs);
  await guest.leave();
  return found;
}

async function subscribesThatBring(lab: Lab, topic: string): Promise<number> {
  const guest = await lab.visit();
  let count = 0;
  for (let time = 0; time < TIMES; time += 1) {
    const before = guest.heard.length;
    await guest.subscribe([topic]);
    const came = (): boolean => copiesOf(guest.heard.slice(before), topic).length > 0;
    if (await guest.until(came, lab.patienceMs)) count += 1;
  }
  await guest.leave();
  return count;
}

/** A cluster of NATS takes a quarter of a second for each. */
const FENCED = 20;

/** Sends a message to itself right after a SUBSCRIBE, and sees what comes first. */
export async function tryFence(lab: Lab): Promise<FenceSeen> {
  const topics = Array.from({ length: FENCED }, (_, index) => lab.topic(`fence/${index}`));
  const fence = lab.topic('fence/own');
  const publisher = await lab.visit();
  await Promise.all(topics.map((topic) => publisher.send(topic, 'kept', { retain: true })));
  await publisher.leave();
  const guest = await lab.visit();
  const granted = guest.subscribe([...topics, fence]);
  const sent = guest.publish(fence, 'fence');
  await Promise.all([granted, sent]);
  const messages = (): string[] =>
    guest.heard.flatMap((each) => (each.kind === 'message' ? [each.payload] : []));
  const came = await guest.until(() => messages().includes('fence'), lab.patienceMs);
  const before = came ? messages().indexOf('fence') : 0;
  await guest.until(() => messages().length > FENCED, lab.patienceMs);
  const total = messages().filter((payload) => payload === 'kept').length;
  await guest.leave();
  return { topics: FENCED, before, total, came };
}
