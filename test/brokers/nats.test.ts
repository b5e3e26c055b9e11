import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actual, fitness } from '../cli/broker-fitness.js';
import { startNats, type NatsNode } from '../support/nats.js';
import { expectTruth } from './expectations.js';
import { isNatsMissing } from './installed.js';
import { lookAtThree } from './look-at-three.js';
import { SHORT, ZONES } from './rounds.js';
import { chances, tryBroker } from './trial.js';

describe.skipIf(isNatsMissing)('NATS with JetStream', () => {
  let broker: NatsNode;
  beforeAll(async () => {
    broker = await startNats();
  });
  afterAll(() => broker.remove());

  test('the bridge says the truth or "unknown", whatever happens in between', async () => {
    const tally = await tryBroker(broker, {
      session: 'persistent',
      zones: ZONES,
      rounds: [...SHORT, { trouble: 'broker restart', qos: 'mixed', offline: 100, racing: 0 }],
      random: chances(1),
    });
    expectTruth(tally, ZONES * SHORT.length);
    expect(tally.resumed).toBeGreaterThan(2);
  });

  test('broker-check finds it fit', async () => {
    const found = await fitness({ mqttUrl: broker.url });
    expect(found).toMatchObject({ verdict: 'fit', reasons: [], settings: [], code: 0 });
    expect(actual(found, /^MQTT 5/)).toMatch(/not spoken/);
    expect(actual(found, /1500 messages wait/)).toBe('all 1500');

    // a look into a session: NATS sends again only after 30 s what was not acknowledged
    const { look, warning } = await lookAtThree(broker.url);
    expect(look).toMatchObject({ stored: true, waiting: 3, held_back: true });
    expect(warning).toContain('do not start the service within the next minute');
  });
});
