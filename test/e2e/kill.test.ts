/** `kill -9` between an acknowledgement and the next checkpoint: what the broker has is not sent a second time. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settledOffset, untilSettled } from '../soak/checkpoint.js';
import { onTestFinished } from '../support/test-end.js';
import { makeHouse, pair, type House } from '../support/house.js';
import { collect, type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';

type Home = { readonly bridge: House; readonly seen: Collector; readonly mosquitto: Mosquitto };

/** A bridge that has just saved where it is in its log. */
async function house(): Promise<Home> {
  const mosquitto = await startMosquitto();
  onTestFinished(() => mosquitto.remove());
  const bridge = makeHouse({
    mqttUrl: mosquitto.url,
    aliases:
      'aliases:\n  hall: { address: A3, model: MS14A, hold: 1s }\n  yard: { address: A5, model: MS14A, hold: 5m }\n',
    config: 'homeassistant: { discovery: "off" }\n',
  });
  onTestFinished(() => bridge.remove());
  const seen = await collect(mosquitto.port, ['x10/#']);
  onTestFinished(() => seen.stop());
  await bridge.start();
  await seen.untilLast('x10/yard/motion', 'OFF');
  bridge.heyu('Engine started');
  await untilSettled(bridge);
  return { bridge, seen, mosquitto };
}

const acknowledged = ({ statePath }: House): string => {
  const path = join(statePath, 'acknowledged');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

const motions = (seen: Collector, sensor: string): readonly string[] =>
  seen
    .payloads(`x10/${sensor}/event`)
    .map((payload) => JSON.parse(payload) as { event_type: string; id: string })
    .filter(({ event_type }) => event_type.startsWith('motion'))
    .map(({ id }) => id);

test.concurrent('an event that the broker has acknowledged is not sent again', async () => {
  const { bridge, seen } = await house();
  bridge.heyu(...pair('rcvi', 'A3', 'On'));
  await seen.until(() => motions(seen, 'hall').length === 1);
  const [id = ''] = motions(seen, 'hall');
  await until(() => acknowledged(bridge).includes(`${id} `), 'the acknowledgement on file');
  expect(settledOffset(bridge)?.offset).toBeLessThan(statSync(bridge.logPath).size);
  await bridge.stop('SIGKILL');
  // the motion is over when it is read again: it would be missed, not live
  const overAt = Date.now() + 1500;
  await until(() => Date.now() > overAt);
  await bridge.start();
  bridge.heyu(...pair('rcvi', 'A5', 'On'));
  await seen.untilLast('x10/yard/motion', 'ON');
  await seen.until(() => motions(seen, 'yard').length === 1);
  expect(motions(seen, 'hall')).toEqual([id]);
  await untilSettled(bridge);
  await until(() => acknowledged(bridge) === '', 'the file to be emptied');
});

test.concurrent('an event that nobody has acknowledged is sent again, under its own id', async () => {
  const { bridge, seen, mosquitto } = await house();
  mosquitto.freeze();
  bridge.heyu(...pair('rcvi', 'A3', 'On'));
  await bridge.stop('SIGKILL');
  mosquitto.thaw();
  await bridge.start();
  bridge.heyu(...pair('rcvi', 'A5', 'On'));
  await seen.until(() => motions(seen, 'yard').length === 1);
  expect(new Set(motions(seen, 'hall')).size).toBe(1);
});
