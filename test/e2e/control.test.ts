/** Lamps and appliances through the heyu program (here a stand-in that writes down how it was called). */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { makeHouse, pair } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startMosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';

test('a command reaches heyu, and what heyu says to the power line is the state', async () => {
  const mosquitto = await startMosquitto();
  onTestFinished(() => mosquitto.remove());
  const bridge = makeHouse({
    mqttUrl: mosquitto.url,
    aliases: 'aliases:\n  lamp: { address: A1, model: StdLM }\n  fan: { address: A2, model: StdAM }\n',
  });
  onTestFinished(() => bridge.remove());
  const heyu = join(bridge.folder, 'heyu');
  const calls = join(bridge.folder, 'calls');
  writeFileSync(
    heyu,
    `#!/bin/sh\necho "$@" >> ${calls}\n[ "$1" != off ] || { echo "the interface is dead" >&2; exit 1; }\n`,
    {
      mode: 0o755,
    },
  );
  writeFileSync(
    bridge.configPath,
    readFileSync(bridge.configPath, 'utf8').replace(
      'timezone: UTC',
      `timezone: UTC, control: true, command: ${heyu}`,
    ),
  );
  const seen = await collect(mosquitto.port, ['x10/#', 'homeassistant/#']);
  onTestFinished(() => seen.stop());
  await seen.publish('x10/lamp/set', 'ON', { retain: true });
  await bridge.start();
  await seen.untilLast('x10/bridge/status', 'online');
  await until(() => bridge.output().includes('a retained command is refused'));
  await seen.publish('x10/lamp/set', '50');
  await seen.publish('x10/fan/set', 'OFF');
  await until(() => existsSync(calls) && readFileSync(calls, 'utf8') === 'dimb A1 10\noff A2\n');
  await until(() => bridge.output().includes('the interface is dead'));
  await seen.untilLast('x10/bridge/problem', 'ON');
  await seen.until(
    () =>
      seen
        .last('x10/bridge/info')
        ?.payload.includes('could not switch a lamp or appliance (fan: the interface is dead)') === true,
    'the reason in bridge/info',
  );
  // the next command that works ends it
  await seen.publish('x10/fan/set', 'ON');
  await seen.untilLast('x10/bridge/problem', 'OFF');
  bridge.heyu(...pair('sndc', 'A1', 'On', 'lamp'));
  await seen.untilLast('x10/lamp/state', 'ON');
  bridge.heyu('sndc func       AllOff : hc A');
  await seen.untilLast('x10/lamp/state', 'OFF');
  await seen.untilLast('x10/fan/state', 'OFF');
});

test('an alarm sounds and is silenced without a broker', async () => {
  const bridge = makeHouse({
    mqttUrl: 'mqtt://127.0.0.1:1',
    aliases:
      'aliases:\n  siren: { address: D1, model: StdAM }\n  fob: { address: C4, model: KR10A }\n' +
      '  smoke: { address: C3, model: SD90, zone: ground }\n',
    config: 'zones:\n  ground: { keyfobs: [fob], on_alarm: { switch_on: [siren], for: 4m } }\n',
  });
  onTestFinished(() => bridge.remove());
  const [heyu, calls] = [join(bridge.folder, 'heyu'), join(bridge.folder, 'calls')];
  writeFileSync(heyu, `#!/bin/sh\necho "$@" >> ${calls}\n`, { mode: 0o755 });
  const control = `timezone: UTC, control: true, command: ${heyu}`;
  bridge.write('config.yaml', bridge.read('config.yaml').replace('timezone: UTC', control));
  const called = (): string => (existsSync(calls) ? readFileSync(calls, 'utf8') : '');
  await bridge.start();
  bridge.heyu('rcva func        Alert : hu C3   (smoke)');
  await until(() => called() === 'on D1\n', 'the siren');
  bridge.heyu('rcva func       Disarm : hu C4  swAway swMin  (fob)');
  await until(() => called() === 'on D1\noff D1\n', called);
  bridge.heyu('rcva func        Clear : hu C3   (smoke)');
  await bridge.stop();

  const state: unknown = JSON.parse(bridge.read('state/state.json'));
  expect(JSON.stringify(state)).toContain('"sirens":[]');
});
