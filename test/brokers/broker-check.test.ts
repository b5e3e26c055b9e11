import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { actual, fitness } from '../cli/broker-fitness.js';
import { runCli } from '../cli/run-cli.js';
import { makeHouse } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startNats } from '../support/nats.js';
import { startRabbit } from '../support/rabbitmq.js';
import { isNatsMissing, isRabbitMissing } from './installed.js';

/** What `session show --look` says of a session in which three messages wait. */
async function lookAtThree(url: string): Promise<{ readonly look: unknown; readonly warning: string }> {
  const bridge = makeHouse({ mqttUrl: url, config: `mqtt: { url: "${url}", client_id: looked-at }\n` });
  onTestFinished(bridge.remove);
  const service = await collect(url, ['house/state'], { clean: false, clientId: 'looked-at' });
  await service.stop();
  const alarm = await collect(url, []);
  for (const state of ['armed_away', 'disarmed', 'armed_home']) await alarm.publish('house/state', state);
  await alarm.stop();
  const { out, err } = await runCli('session', 'show', '--look', '--json', '--config', bridge.configPath);
  const { now } = JSON.parse(out) as { now: unknown };
  return { look: now, warning: err };
}

test.skipIf(isNatsMissing)(
  'NATS with JetStream: broker-check finds it fit',
  async () => {
    const broker = await startNats();
    onTestFinished(broker.remove);
    const found = await fitness({ mqttUrl: broker.url });
    expect(found).toMatchObject({ verdict: 'fit', reasons: [], settings: [], code: 0 });
    expect(actual(found, /^MQTT 5/)).toMatch(/not spoken/);
    expect(actual(found, /1500 messages wait/)).toBe('all 1500');

    // a look into a session: NATS sends again only after 30 s what was not acknowledged
    const { look, warning } = await lookAtThree(broker.url);
    expect(look).toMatchObject({ stored: true, waiting: 3, held_back: true });
    expect(warning).toContain('do not start the service within the next minute');
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
    const { look, warning } = await lookAtThree(nodes[0]?.url ?? '');
    expect(look).toMatchObject({ stored: true, waiting: 3, held_back: false });
    expect(warning).not.toContain('do not start the service');
    // the past comes after the present, which the bridge knows of
    expect(actual(found, /^60 changes while away, retained, QoS 1/)).toMatch(
      /SUBACK, retained OFF \(the present\), \d+ queued .*: the bridge can handle this$/,
    );
  },
  150_000,
);
