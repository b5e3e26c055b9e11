import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startMosquitto } from '../support/mosquitto.js';
import { expectTruth } from './expectations.js';
import { SHORT, ZONES } from './rounds.js';
import { chances, tryBroker } from './trial.js';

test('mosquitto: the bridge says the truth or "unknown", whatever happens in between', async () => {
  const broker = await startMosquitto({ persistence: true });
  onTestFinished(broker.remove);
  const tally = await tryBroker(broker, {
    session: 'persistent',
    zones: ZONES,
    rounds: [...SHORT, { trouble: 'broker restart', qos: 'mixed', offline: 100, racing: 0 }],
    random: chances(1),
  });
  expectTruth(tally, ZONES * SHORT.length);
  expect(tally.resumed).toBeGreaterThan(2);
});
