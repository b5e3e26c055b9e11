/**
 * A cluster of RabbitMQ nodes keeps each retained message at the node where it was published. A bridge that moves
 * to another node would find no state of its zones there, or an old one, so `broker-check` must say that.
 */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRabbitMissing } from '../brokers/installed.js';
import { retainedOf } from '../brokers/publishers.js';
import { collect } from '../support/collect.js';
import { startRabbit, type RabbitCluster, type RabbitNode } from '../support/rabbitmq.js';
import { judge } from './judged.js';

const missing = isRabbitMissing ? ' (rabbitmq is missing. hint: apt-get install rabbitmq-server)' : '';
const TOPIC = 'house/armed';
const PATIENCE_MS = 30_000;

let cluster: RabbitCluster | undefined;
let nodes: readonly [RabbitNode, RabbitNode, RabbitNode];
beforeAll(async () => {
  if (isRabbitMissing) return;
  cluster = await startRabbit(3);
  nodes = cluster.nodes as typeof nodes;
});
afterAll(() => cluster?.remove());

test.skipIf(isRabbitMissing)(
  `RabbitMQ, three nodes: what is published is heard at all of them${missing}`,
  async () => {
    const [first, second, third] = nodes;
    const readers = [
      await collect(second.url, ['live'], {}, PATIENCE_MS),
      await collect(third.url, ['live'], {}, PATIENCE_MS),
    ];
    const publisher = await collect(first.url, [], {}, PATIENCE_MS);
    await publisher.publish('live', 'one cluster');
    for (const reader of readers) {
      await reader.untilLast('live', 'one cluster');
      await reader.stop();
    }
    await publisher.stop();
  },
);

test.skipIf(isRabbitMissing)(
  `RabbitMQ, three nodes: what is retained stays at its node${missing}`,
  async () => {
    const [first, ...others] = nodes;
    const publisher = await collect(first.url, [], {}, PATIENCE_MS);
    await publisher.publish(TOPIC, 'armed_away', { retain: true });
    await publisher.stop();
    expect(await retainedOf(first.port, [TOPIC])).toEqual(new Map([[TOPIC, 'armed_away']]));
    for (const { port } of others) expect(await retainedOf(port, [TOPIC])).toEqual(new Map());
  },
);

test.skipIf(isRabbitMissing)(
  `RabbitMQ, three nodes: broker-check finds that out and says "not fit"${missing}`,
  async () => {
    const { judgement, exitCode } = await judge(nodes.map(({ url }) => url));
    expect(judgement.verdict).toBe('not-fit');
    expect(judgement.reasons).toContainEqual(
      expect.stringMatching(/one cluster, but each node keeps retained messages for itself/),
    );
    expect(exitCode).toBe(2);
  },
);

test.skipIf(isRabbitMissing)(
  `RabbitMQ, one node of three: nothing is wrong with its retained messages${missing}`,
  async () => {
    const { judgement } = await judge(nodes.slice(0, 1).map(({ url }) => url));
    expect(judgement.reasons).not.toContainEqual(expect.stringMatching(/retained messages for itself/));
    expect(judgement.rows.filter(({ result }) => result === 'error')).toEqual([]);
    console.log(
      `RabbitMQ, one node: ${JSON.stringify({ ...judgement, rows: judgement.rows.filter(({ result }) => result !== 'ok') })}`,
    );
  },
);
