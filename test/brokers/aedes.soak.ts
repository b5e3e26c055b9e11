import { test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startAedes } from '../support/aedes.js';
import { TROUBLES, tryLong } from './long.js';

test('aedes with a clean session', async () => {
  const { port, remove } = await startAedes();
  onTestFinished(remove);
  // with a mixture of QoS on one topic aedes itself may keep the older state
  await tryLong('aedes, clean', { port, restart: undefined }, { session: 'clean' }, TROUBLES, [
    0,
    1,
    'by topic',
  ]);
});
