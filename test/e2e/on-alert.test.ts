/** The owner's program for alerts, run by the bridge as it is shipped, with no broker anywhere. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { makeHouse } from '../support/house.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';

const SMOKE = 'rcva func        Alert : hu C3   (smoke)';
const WATER = 'rcva func        Alert : hu C5   (washer)';

test('an alert runs the program without a broker, and a reload takes another one', async () => {
  const bridge = makeHouse({
    mqttUrl: `mqtt://127.0.0.1:${await freePort()}`,
    aliases:
      'aliases:\n  smoke: { address: C3, model: SD90, name: Küche }\n  washer: { address: C5, model: DS90, type: water }\n',
    config: 'on_alert: { command: first, timeout: 20s }\n',
  });
  onTestFinished(() => bridge.remove());
  const told = (name: string): string => {
    const path = join(bridge.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  for (const name of ['first', 'second']) {
    const script = `#!/bin/sh\ncd ${bridge.folder}\necho "$HEYU2MQTT_ALERT_TEXT" > ${name}.text\ncat > ${name}.json\n`;
    writeFileSync(join(bridge.folder, name), `${script}echo "no route to host" >&2\nexit 7\n`, {
      mode: 0o755,
    });
  }
  await bridge.start();
  bridge.heyu(SMOKE);
  await until(() => told('first.json').endsWith('\n'), 'the first program');
  expect(told('first.text')).toBe('Küche: smoke\n');
  expect(JSON.parse(told('first.json'))).toMatchObject({
    kind: 'smoke',
    alias: 'smoke',
    text: 'Küche: smoke',
    late: false,
  });
  await until(() => bridge.output().includes('no route to host'), 'the reason in the journal');

  bridge.write('config.yaml', bridge.read('config.yaml').replace('command: first', 'command: second'));
  await until(() => bridge.output().includes('configuration reloaded'));
  bridge.heyu(WATER);
  await until(() => told('second.json').endsWith('\n'), 'the second program');
  expect(told('second.text')).toBe('Washer: water\n');
});
