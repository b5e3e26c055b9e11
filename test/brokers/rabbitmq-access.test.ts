/** RabbitMQ hangs up on what it forbids, subscriptions as well: the rest must get through all the same. */

import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { loggedBy } from '../e2e/log-entries.js';
import { makeHouse, pair } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startRabbit } from '../support/rabbitmq.js';
import { until } from '../support/until.js';
import { isRabbitMissing } from './installed.js';

const EVERYTHING = { configure: '.*', write: '.*', read: '.*' };
const USERS = ['guest', 'bridge'];
const DEFINITIONS = {
  users: USERS.map((name) => ({ name, password: `${name}-secret`, tags: '' })),
  vhosts: [{ name: '/' }],
  permissions: USERS.map((user) => ({ user, vhost: '/', ...EVERYTHING })),
  topic_permissions: [
    {
      user: 'bridge',
      vhost: '/',
      exchange: 'amq.topic',
      write: String.raw`^(?!x10\.porch\.motion$)`,
      read: String.raw`^(?!house\.attic$)`,
    },
  ],
};
const ALIASES = 'aliases:\n  hall: { address: A3, model: MS14A }\n  porch: { address: A5, model: MS14A }\n';
const ZONES = 'zones:\n  ground: { state_topic: house/ground }\n  attic: { state_topic: house/attic }\n';

test.skipIf(isRabbitMissing)(
  'RabbitMQ that forbids a zone and a sensor: they are named, everything else works, and the connection stands',
  async () => {
    const { nodes, remove } = await startRabbit(1, DEFINITIONS);
    onTestFinished(remove);
    const [node] = nodes;
    if (node === undefined) throw new Error('there is no node');
    const guest = { username: 'guest', password: 'guest-secret' };
    const topics = [
      'x10/hall/motion',
      'x10/bridge/problem',
      'x10/zone/ground/security',
      'x10/zone/attic/security',
    ];
    const seen = await collect(node.url, [...topics, 'x10/zone/attic/security_attributes'], guest);
    onTestFinished(seen.stop);
    await seen.publish('house/ground', 'armed_home', { retain: true });
    const config = `mqtt: { url: "${node.url}", username: bridge, password: bridge-secret }\n${ZONES}`;
    const bridge = makeHouse({ mqttUrl: '', aliases: ALIASES, config });
    onTestFinished(bridge.remove);
    await bridge.start();
    const reasons = (): string =>
      loggedBy(bridge)
        .map(({ reason = '' }) => reason)
        .join('\n');
    await until(
      () =>
        reasons().includes(
          'several times right after a subscription to house/attic. hint: may this user read there?',
        ) &&
        reasons().includes(
          'several times right after a publish to x10/porch/motion. hint: may this user publish there?',
        ),
      () => bridge.output(),
      60_000,
    );
    await seen.untilLast('x10/zone/ground/security', 'armed_home');
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await seen.untilLast('x10/hall/motion', 'ON');
    await seen.untilLast('x10/bridge/problem', 'ON');
    await seen.until(
      () =>
        seen
          .last('x10/zone/attic/security_attributes')
          ?.payload.includes('the broker does not let the bridge read the topic') === true,
    );
    expect(seen.last('x10/zone/attic/security')?.payload).toBe('None');
    const connects = (): number =>
      loggedBy(bridge).filter(({ msg }) => msg === 'connected to the broker').length;
    const before = connects();
    const from = performance.now();
    await until(() => performance.now() - from > 5_000);
    expect(connects()).toBe(before);
    const blamed = [...reasons().matchAll(/right after a \w+ to (\S+)\. hint/g)].map(([, topic]) => topic);
    expect(new Set(blamed)).toEqual(new Set(['house/attic', 'x10/porch/motion']));
    expect(loggedBy(bridge).filter(({ msg }) => msg.startsWith('another program'))).toEqual([]);
    expect(bridge.output()).not.toContain('secret');
  },
  150_000,
);
