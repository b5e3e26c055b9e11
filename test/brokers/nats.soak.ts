import { test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startNats } from '../support/nats.js';
import { TROUBLES, tryLong } from './long.js';

test.each(['persistent', 'clean'] as const)('NATS with JetStream, %s session', async (session) => {
  const broker = await startNats();
  onTestFinished(broker.remove);
  await tryLong(`NATS ${session}`, broker, { session }, [...TROUBLES, 'broker restart', 'broker crash']);
});
