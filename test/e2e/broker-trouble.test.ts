/**
 * Trouble with the broker as people meet it: what the service says of it and what to do, what it keeps to itself,
 * and how it continues once that is done, without a restart.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';
import { loggedBy } from './log-entries.js';
import {
  bridgeWith,
  CANNOT,
  expectMotion,
  MOTION,
  mosquitto,
  reader,
  reasonOf,
  reconfigure,
} from './troubled.js';
import { startVersionGate } from './version-gate.js';

describe.concurrent('a password', () => {
  const EVA = { username: 'eva', password: 'right-secret' };

  test('that is wrong is said, never shown, and fixed by its file and a reload', async () => {
    const { port, url } = await mosquitto({ passwords: { eva: EVA.password } });
    const seen = await reader(port, ['x10/#'], EVA);
    const bridge = bridgeWith({ url, username: 'eva', password_file: '' });
    const file = join(bridge.folder, 'password');
    writeFileSync(file, 'wrong-secret\n', { mode: 0o600 });
    reconfigure(bridge, { url, username: 'eva', password_file: file });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${url}: not authorised. ` +
        "hint: check mqtt.username, mqtt.password_file and the broker's access list",
    );
    writeFileSync(file, `${EVA.password}\n`);
    bridge.signal('SIGHUP');
    await expectMotion(bridge, seen);
    expect(bridge.output()).not.toMatch(/wrong-secret|right-secret/);
  });

  test('that stands in the url is not shown either', async () => {
    const { port, url } = await mosquitto({ passwords: { eva: EVA.password } });
    const bridge = bridgeWith({ url: `mqtt://eva:wrong-secret@127.0.0.1:${port}` });
    await bridge.start();
    expect(await reasonOf(bridge)).toMatch(`${url}: not authorised. hint: `);
    expect(bridge.output()).not.toMatch(/secret/);
  });

  test('that is missing', async () => {
    const { port, url } = await mosquitto({ passwords: { eva: EVA.password } });
    const seen = await reader(port, ['x10/#'], EVA);
    const bridge = bridgeWith({ url });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${url}: not authorised. hint: the broker wants a user: set mqtt.username and mqtt.password_file`,
    );
    reconfigure(bridge, { url, ...EVA });
    await expectMotion(bridge, seen);
    expect(bridge.output()).not.toMatch(/right-secret/);
  });
});

describe.concurrent('a broker that speaks one version only', () => {
  test.each([
    ['3.1.1', '5', 'the broker does not speak MQTT 5. hint: set mqtt.protocol to 3.1.1'],
    ['5', '3.1.1', 'the broker does not speak MQTT 3.1.1. hint: set mqtt.protocol to 5'],
  ] as const)('only %s, and is asked for %s', async (spoken, asked, words) => {
    const { port } = await mosquitto();
    const seen = await reader(port, ['x10/#']);
    const gate = await startVersionGate(port, spoken);
    onTestFinished(gate.remove);
    const url = `mqtt://127.0.0.1:${gate.port}`;
    const bridge = bridgeWith({ url, protocol: asked });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(`${url}: ${words}`);
    reconfigure(bridge, { url, protocol: spoken });
    await expectMotion(bridge, seen);
  });
});

describe.concurrent('a broker that is not there', () => {
  test('at the start: the service waits for it and loses no motion', async () => {
    const broker = await mosquitto();
    await broker.stop();
    const bridge = bridgeWith({ url: broker.url });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${broker.url}: connection refused. hint: is the broker running there, and is the port right?`,
    );
    bridge.heyu(...MOTION);
    await broker.start();
    const seen = await reader(broker.port, ['x10/#']);
    await seen.untilLast('x10/hall/motion', 'ON');
    await seen.until(() => seen.payloads('x10/hall/event').length === 1);
  });

  test('by a name that nobody knows', async () => {
    const bridge = bridgeWith({ url: 'mqtt://no-such-host.invalid' });
    await bridge.start();
    expect(await reasonOf(bridge)).toMatch(
      /^mqtt:\/\/no-such-host\.invalid:1883: the host name (is not known|cannot be looked up now)\. hint: /,
    );
  });

  test('is complained of once, not at every attempt', async () => {
    const broker = await mosquitto();
    const bridge = bridgeWith({ url: broker.url });
    const seen = await reader(broker.port, ['x10/#']);
    await bridge.start();
    await seen.untilLast('x10/bridge/status', 'online');
    await broker.stop();
    const from = performance.now();
    // three attempts: after 1 s, 2 s and 4 s at the latest
    await until(() => performance.now() - from > 5_000);
    await broker.start();
    await expectMotion(bridge, seen);
    const complaints = loggedBy(bridge).filter(({ level }) => level >= 40);
    expect(complaints.map(({ msg }) => msg)).toEqual(['the connection to the broker is gone', CANNOT]);
  });
});
