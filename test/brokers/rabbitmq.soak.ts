import { test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startRabbit } from '../support/rabbitmq.js';
import { TROUBLES, tryLong } from './long.js';

test('RabbitMQ', async () => {
  const { nodes, remove } = await startRabbit();
  onTestFinished(remove);
  const [node] = nodes;
  if (node === undefined) throw new Error('there is no node');
  const troubles = [...TROUBLES, ...TROUBLES, 'broker restart', 'broker crash'] as const;
  await tryLong('RabbitMQ', node, { session: 'persistent' }, troubles);
});
