import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startNats } from '../support/nats.js';
import { expectTruth } from './expectations.js';
import { isNatsMissing } from './installed.js';
import { SHORT, ZONES } from './rounds.js';
import { chances, tryBroker } from './trial.js';

test.skipIf(isNatsMissing)(
  'NATS with JetStream: the bridge says the truth or "unknown", whatever happens in between',
  async () => {
    const broker = await startNats();
    onTestFinished(broker.remove);
    const tally = await tryBroker(broker, {
      session: 'persistent',
      zones: ZONES,
      rounds: [...SHORT, { trouble: 'broker restart', qos: 'mixed', offline: 100, racing: 0 }],
      random: chances(1),
    });
    expectTruth(tally, ZONES * SHORT.length);
    expect(tally.resumed).toBeGreaterThan(2);
  },
  90_000,
);
