import { expect, onTestFinished, test } from 'vitest';
import { actual, fitness } from '../cli/broker-fitness.js';
import { startNats } from '../support/nats.js';
import { startRabbit } from '../support/rabbitmq.js';
import { isNatsMissing, isRabbitMissing } from './installed.js';

test.skipIf(isNatsMissing)(
  'NATS with JetStream: broker-check finds it fit',
  async () => {
    const broker = await startNats();
    onTestFinished(broker.remove);
    const found = await fitness({ mqttUrl: broker.url });
    expect(found).toMatchObject({ verdict: 'fit', reasons: [], settings: [], code: 0 });
    expect(actual(found, /^MQTT 5/)).toMatch(/not spoken/);
    expect(actual(found, /1500 messages wait/)).toBe('all 1500');
  },
  90_000,
);

test.skipIf(isRabbitMissing)(
  'RabbitMQ: broker-check finds a single node fit',
  async () => {
    const { nodes, remove } = await startRabbit();
    onTestFinished(remove);
    const found = await fitness({ mqttUrl: nodes[0]?.url ?? '' });
    expect(found).toMatchObject({ verdict: 'fit', reasons: [], settings: [], code: 0 });
    expect(actual(found, /by a wildcard/)).toMatch(/not found/);
    // the past comes after the present, which the bridge knows of
    expect(actual(found, /^60 changes while away, retained, QoS 1/)).toMatch(
      /SUBACK, retained OFF \(the present\), \d+ queued .*: the bridge takes that$/,
    );
  },
  150_000,
);
