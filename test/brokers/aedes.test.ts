import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startAedes } from '../support/aedes.js';
import { expectTruth } from './expectations.js';
import { SHORT, ZONES } from './rounds.js';
import { chances, tryBroker } from './trial.js';

test('aedes, with a clean session: the bridge says the truth or "unknown", whatever happens in between', async () => {
  const broker = await startAedes();
  onTestFinished(broker.remove);
  const tally = await tryBroker(
    { port: broker.port, restart: undefined },
    {
      session: 'clean',
      zones: ZONES,
      // with a mixture of QoS on one topic aedes itself may keep the older state
      rounds: SHORT.map((round) => ({ ...round, qos: 'by topic' as const })),
      random: chances(1),
    },
  );
  expectTruth(tally, ZONES * SHORT.length);
  expect(tally.resumed).toBe(0);
});
