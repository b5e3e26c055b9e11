import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startRabbit } from '../support/rabbitmq.js';
import { expectTruth } from './expectations.js';
import { isRabbitMissing } from './installed.js';
import { SHORT, ZONES } from './rounds.js';
import { chances, tryBroker } from './trial.js';

test.skipIf(isRabbitMissing)(
  'RabbitMQ: the bridge says the truth or "unknown", whatever happens in between',
  async () => {
    const { nodes, remove } = await startRabbit();
    onTestFinished(remove);
    const [node] = nodes;
    if (node === undefined) throw new Error('there is no node');
    const tally = await tryBroker(node, {
      session: 'persistent',
      zones: ZONES,
      rounds: [...SHORT],
      random: chances(1),
    });
    expectTruth(tally, ZONES * SHORT.length);
    expect(tally.resumed).toBeGreaterThan(2);
  },
  90_000,
);
