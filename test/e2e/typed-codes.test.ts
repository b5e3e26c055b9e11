/** What is published on command topics may hold a code that somebody has typed: it is repeated nowhere. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.js';
import { collect } from '../support/collect.js';
import { makeHouse } from '../support/house.js';
import { startMosquitto } from '../support/mosquitto.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';

const CODE = '47110815';

/** What people, panels and scripts send, right and wrong. */
const TYPED = [
  CODE,
  `DISARM ${CODE}`,
  `{"action": "DISARM", "code": "${CODE}"}`,
  `{"action": "ARM_AWAY", "code": ${CODE}}`,
  `{"command": "${CODE}"}`,
  `{"command": "bypass", "sensor": "${CODE}"}`,
  `{"command": "bypass", "sensor": "hall", "code": "${CODE}"}`,
  `{"code": "${CODE}"`,
  `["${CODE}"]`,
  `${CODE}\u0000`,
];

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

test('a code that is typed stands in no output, topic, log or stored file', async () => {
  const mosquitto = await startMosquitto();
  onTestFinished(() => mosquitto.remove());
  const bridge = makeHouse({
    mqttUrl: mosquitto.url,
    config: 'zones:\n  ground: {}\n  all: { members: [ground] }\n',
    aliases:
      'aliases:\n  hall: { address: A3, model: MS14A, zone: ground }\n  lamp: { address: A1, model: StdLM }\n',
    files: {},
    env: {
      HEYU2MQTT_LOG_LEVEL: 'debug',
      HEYU2MQTT_HEYU_CONTROL: 'true',
      HEYU2MQTT_HEYU_COMMAND: '/bin/false',
    },
  });
  onTestFinished(() => bridge.remove());
  const seen = await collect(mosquitto.port, ['#']);
  onTestFinished(() => seen.stop());
  await bridge.start();
  await seen.untilLast('x10/zone/ground/available', 'online');
  const topics = ['x10/zone/ground/set', 'x10/zone/all/set', 'x10/lamp/set', 'x10/bridge/set'];
  for (const topic of topics) {
    for (const payload of TYPED) {
      await seen.publish(topic, payload);
      await seen.publish(topic, payload, { retain: true });
    }
    await seen.publish(topic, '', { retain: true });
  }
  await seen.publish('x10/zone/ground/set', 'TRIGGER');
  await seen.untilLast('x10/zone/ground/state', 'triggered');
  const run = async (...args: readonly string[]): Promise<string> => {
    const { out, err } = await runCli(...args, '--config', bridge.configPath);
    return out + err;
  };
  const said = [await run('status', '--json'), await run('zone', 'status'), await run('check')];
  await bridge.stop();
  for (const payload of TYPED) await seen.publish('x10/zone/ground/set', payload);
  for (const payload of TYPED) await seen.publish('x10/lamp/set', payload);
  said.push(await run('session', 'show', '--look'), await run('session', 'show', '--look', '--json'));
  await bridge.start();
  await until(() => /while we were away|may have waited for long/.test(bridge.output()));
  await bridge.stop();

  expect(bridge.output()).toContain('command not obeyed');
  expect(bridge.output()).toContain('no command for this device');
  expect(said.join()).toContain('not understood, 8 bytes');
  expect(said.join()).not.toContain(CODE);
  expect(bridge.output()).not.toContain(CODE);
  const published = seen.messages.filter(({ topic }) => !topics.includes(topic));
  expect(published.length).toBeGreaterThan(20);
  expect(published.filter(({ payload }) => payload.includes(CODE))).toEqual([]);
  const files = filesIn(bridge.folder);
  expect(files.map((path) => path.split('/').at(-1))).toContain('state.json');
  expect(files.filter((path) => readFileSync(path).includes(CODE))).toEqual([]);
});
