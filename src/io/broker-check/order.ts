/** States that change while the subscriber is away: what comes in which order when it is back? */

import type { Heard, OrderSeen } from '../../fitness/observations.js';
import { copiesOf } from './five-tests.js';
import type { Lab } from './lab.js';

type Story = {
  readonly name: string;
  readonly states: readonly string[];
  /** The last change goes at QoS 0. */
  readonly lastQos: 0 | 1;
};

const toggles = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 'ON' : 'OFF'));

const STORIES: readonly Story[] = [
  { name: 'ON, OFF, ON while away, retained, QoS 1', states: toggles(3), lastQos: 1 },
  { name: 'ON at QoS 1, then OFF at QoS 0 while away, retained', states: toggles(2), lastQos: 0 },
  { name: '60 changes while away, retained, QoS 1', states: toggles(60), lastQos: 1 },
  { name: '60 changes while away, retained, the last at QoS 0', states: toggles(60), lastQos: 0 },
];

/** Sent at once; mosquitto's own limit in MQTT 5 (Receive Maximum). */
const IN_FLIGHT = 20;

/** As the bridge waits (docs/security-state.md). */
const QUIET_MS = 600;

/** Tells all stories, one beside the other. */
export function tryOrder(lab: Lab): Promise<readonly OrderSeen[]> {
  return Promise.all(STORIES.map((story, index) => tell(lab, story, lab.topic(`order/${index}`))));
}

async function tell(lab: Lab, { name, states, lastQos }: Story, topic: string): Promise<OrderSeen> {
  const clientId = lab.newId();
  const before = await lab.stay(clientId);
  await before.subscribe([topic]);
  await before.leave();
  const publisher = await lab.visit();
  const last = states.length - 1;
  for (let from = 0; from < last; from += IN_FLIGHT) {
    const some = states.slice(from, Math.min(from + IN_FLIGHT, last));
    await Promise.all(some.map((state) => publisher.send(topic, state, { retain: true })));
  }
  await publisher.send(topic, states[last] ?? '', { qos: lastQos, retain: true });
  await publisher.send(lab.topic('order/end'), 'end');
  await publisher.leave();

  const back = await lab.stay(clientId);
  await back.subscribe([topic]);
  const quietMs = Math.max(QUIET_MS, lab.quietMs);
  await back.quiet(quietMs, lab.patienceMs * 2);
  const heard = back.heard.flatMap((each): Heard[] => {
    if (each.kind === 'suback') return [{ kind: 'suback' }];
    const { payload, retain, qos } = each;
    return [{ kind: 'message', payload, retain, qos }];
  });
  await back.subscribe([topic]);
  const answers = (): ReturnType<typeof copiesOf> => copiesOf(back.heard.slice(heard.length), topic);
  await back.until(() => answers().length > 0, lab.patienceMs);
  await back.quiet(lab.quietMs, lab.patienceMs);
  await back.leave();
  return { story: name, truth: states.at(-1) ?? '', heard, secondAnswer: answers().at(-1) };
}
