/** RabbitMQ, one node for all: whether the bridge says the truth, whether broker-check finds it fit, what it forbids. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actual, fitness } from '../cli/broker-fitness.js';
import { loggedBy } from '../e2e/log-entries.js';
import { makeHouse, pair } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startRabbit, type RabbitNode } from '../support/rabbitmq.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';
import { expectTruth } from './expectations.js';
import { isRabbitMissing } from './installed.js';
import { lookAtThree } from './look-at-three.js';
import { SHORT, ZONES } from './rounds.js';
import { chances, tryBroker } from './trial.js';

const EVERYTHING = { configure: '.*', write: '.*', read: '.*' };
/** Who shows no name is guest. */
const USERS = { guest: 'guest', bridge: 'bridge-secret' };
const DEFINITIONS = {
  users: Object.entries(USERS).map(([name, password]) => ({ name, password, tags: '' })),
  vhosts: [{ name: '/' }],
  permissions: Object.keys(USERS).map((user) => ({ user, vhost: '/', ...EVERYTHING })),
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
const ZONE_CONFIG =
  'zones:\n  ground: { state_topic: house/ground }\n  attic: { state_topic: house/attic }\n';

describe.skipIf(isRabbitMissing)('RabbitMQ', () => {
  let node: RabbitNode;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const { nodes, ...cluster } = await startRabbit(1, DEFINITIONS);
    [node] = nodes as [RabbitNode];
    remove = cluster.remove;
  });
  afterAll(() => remove());

  test('the bridge says the truth or "unknown", whatever happens in between', async () => {
    const tally = await tryBroker(node, {
      session: 'persistent',
      zones: ZONES,
      rounds: [...SHORT],
      random: chances(1),
    });
    expectTruth(tally, ZONES * SHORT.length);
    expect(tally.resumed).toBeGreaterThan(2);
  });

  test('broker-check finds a single node fit', async () => {
    const found = await fitness({ mqttUrl: node.url });
    expect(found).toMatchObject({ verdict: 'fit', reasons: [], settings: [], code: 0 });
    expect(actual(found, /by a wildcard/)).toMatch(/not found/);
    const { look, warning } = await lookAtThree(node.url);
    expect(look).toMatchObject({ stored: true, waiting: 3, held_back: false });
    expect(warning).not.toContain('do not start the service');
    // the past comes after the present, which the bridge knows of
    expect(actual(found, /^60 changes while away, retained, QoS 1/)).toMatch(
      /SUBACK, retained OFF \(the present\), \d+ queued .*: the bridge can handle this$/,
    );
  });

  // it hangs up on what it forbids, subscriptions as well
  test('forbids a zone and a sensor: they are named, everything else works, and the connection stands', async () => {
    const topics = [
      'x10/hall/motion',
      'x10/bridge/problem',
      'x10/zone/ground/security',
      'x10/zone/attic/security',
    ];
    const seen = await collect(node.url, [...topics, 'x10/zone/attic/security_attributes']);
    onTestFinished(seen.stop);
    await seen.publish('house/ground', 'armed_home', { retain: true });
    const config = `mqtt: { url: "${node.url}", username: bridge, password: bridge-secret }\n${ZONE_CONFIG}`;
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
  });
});
