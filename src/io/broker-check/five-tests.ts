/** The five tests, all forms at once: a subscriber goes, M1 is published, the subscriber comes back. */

import { FIVE_TESTS } from '../../fitness/five-tests.js';
import type { Copy, FiveTest } from '../../fitness/observations.js';
import type { FiveTestName } from '../../fitness/row.js';
import type { Heard } from './guest.js';
import type { Lab } from './lab.js';

type Away = { readonly name: FiveTestName; readonly clientId: string; readonly topic: string };

/** Makes them in one version of the protocol. */
export async function tryFiveTests(lab: Lab): Promise<readonly FiveTest[]> {
  const { protocol } = lab;
  const names = FIVE_TESTS.flatMap((test) =>
    [false, true].map((retained): FiveTestName => ({ ...test, protocol, retained })),
  );
  const away = await Promise.all(names.map((name) => goAway(lab, name)));
  const publisher = await lab.visit();
  for (const { name, topic } of away) {
    await publisher.send(topic, 'M1', { qos: name.publishQos, retain: name.retained });
  }
  // when this is acknowledged, what was sent at QoS 0 before it has arrived, too
  await publisher.send(lab.topic('five/end'), 'end');
  await publisher.leave();
  return Promise.all(away.map((each) => comeBack(lab, each)));
}

async function goAway(lab: Lab, name: FiveTestName): Promise<Away> {
  const clientId = lab.newId();
  // no dot in it: NATS and RabbitMQ take one for a slash
  const version = name.protocol === '5' ? 5 : 4;
  const topic = lab.topic(`five/${version}/${name.number}${name.retained ? '-retained' : ''}`);
  const guest = await (name.cleanSession ? lab.visit({ clientId }) : lab.stay(clientId));
  const [code = 0x80] = await guest.subscribe([topic], name.subscribeQos);
  await guest.leave();
  if (code >= 0x80) throw new Error(`a SUBSCRIBE to ${topic} was refused`);
  return { name, clientId, topic };
}

async function comeBack(lab: Lab, { name, clientId, topic }: Away): Promise<FiveTest> {
  const guest = await (name.cleanSession ? lab.visit({ clientId }) : lab.stay(clientId));
  const copies = (from = 0): Copy[] => copiesOf(guest.heard.slice(from), topic);
  const mayWait = !name.cleanSession && name.publishQos === 1 && name.subscribeQos === 1;
  if (mayWait) await guest.until(() => copies().length > 0, lab.patienceMs);
  await guest.quiet(lab.quietMs, lab.patienceMs);
  const before = guest.heard.length;
  const atOnce = copies();
  await guest.subscribe([topic], name.subscribeQos);
  if (name.retained) await guest.until(() => copies(before).some(({ retain }) => retain), lab.patienceMs);
  await guest.quiet(lab.quietMs, lab.patienceMs);
  await guest.leave();
  return { name, sessionPresent: guest.sessionPresent, atOnce, afterSubscribe: copies(before) };
}

/** The messages of one topic. */
export function copiesOf(heard: readonly Heard[], topic: string): Copy[] {
  return heard.flatMap((each) =>
    each.kind === 'message' && each.topic === topic
      ? [{ payload: each.payload, retain: each.retain, qos: each.qos }]
      : [],
  );
}
