import { test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startMosquitto } from '../support/mosquitto.js';
import { TROUBLES, tryLong } from './long.js';

test.each(['3.1.1', '5'] as const)('mosquitto, MQTT %s', async (protocol) => {
  const broker = await startMosquitto({ persistence: { autosaveS: 1 } });
  onTestFinished(broker.remove);
  const troubles = [...TROUBLES, 'broker restart', 'broker crash'] as const;
  await tryLong(`mosquitto ${protocol}`, broker, { session: 'persistent', protocol }, troubles);
});

test('mosquitto whose queue is too short', async () => {
  const broker = await startMosquitto({ persistence: true, maxQueuedMessages: 30 });
  onTestFinished(broker.remove);
  await tryLong('mosquitto, short queue', broker, { session: 'persistent' }, TROUBLES);
});

test('mosquitto with a clean session', async () => {
  const broker = await startMosquitto({ persistence: true });
  onTestFinished(broker.remove);
  await tryLong('mosquitto, clean', broker, { session: 'clean' }, [...TROUBLES, 'broker restart']);
});
