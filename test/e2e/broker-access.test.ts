/** Topics that an access control list forbids: what the service says, and how it continues when they are allowed. */

import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startAedes } from '../support/aedes.js';
import type { Collector } from '../support/collect.js';
import { until } from '../support/until.js';
import { loggedBy } from './log-entries.js';
import { ALIASES, bridgeWith, expectMotion, MOTION, mosquitto, reader } from './troubled.js';

const ZONES = 'zones:\n  ground: { state_topic: house/armed }\n';

describe.concurrent('an access control list', () => {
  const PASSWORDS = { bridge: 'b', home: 'h' };
  const asHome = { username: 'home', password: 'h' };
  const OWN = ['user home', 'topic readwrite #', 'user bridge', 'topic readwrite x10/#'];
  const ALL = [...OWN, 'topic readwrite homeassistant/#', 'topic read house/#'];

  const attributes = (seen: Collector): { reason?: string; verified?: boolean } =>
    JSON.parse(seen.last('x10/zone/ground/security_attributes')?.payload ?? '{}') as { reason?: string };

  test.each(['3.1.1', '5'] as const)(
    'that forbids to read the topic of a zone: the zone is unknown, and says why (MQTT %s)',
    async (protocol) => {
      const broker = await mosquitto({
        passwords: PASSWORDS,
        acl: [...OWN, 'topic readwrite homeassistant/#'].join('\n'),
      });
      const seen = await reader(broker.port, ['x10/#'], asHome);
      await seen.publish('house/armed', 'armed_away', { retain: true });
      const bridge = bridgeWith({ url: broker.url, protocol, username: 'bridge', password: 'b' }, ZONES);
      await bridge.start();
      const words = /^the broker (has no retained message for it|does not let us read the topic)/;
      await seen.until(() => words.test(attributes(seen).reason ?? ''));
      expect(seen.last('x10/zone/ground/security')?.payload).toBe('None');
      broker.allow(ALL.join('\n'));
      await broker.restart();
      await seen.untilLast('x10/zone/ground/security', 'None');
      await seen.publish('house/armed', 'armed_away', { retain: true });
      await seen.untilLast('x10/zone/ground/security', 'armed_away');
    },
  );

  test('that forbids to publish is told by MQTT 5, and what was refused is sent once it is allowed', async () => {
    const broker = await mosquitto({
      passwords: PASSWORDS,
      acl: [...ALL, 'topic deny x10/hall/#'].join('\n'),
    });
    const seen = await reader(broker.port, ['x10/#'], asHome);
    const bridge = bridgeWith({ url: broker.url, protocol: '5', username: 'bridge', password: 'b' });
    await bridge.start();
    await seen.untilLast('x10/bridge/problem', 'ON');
    await seen.until(() => seen.payloads('x10/bridge/info').some((info) => info.includes('refuses')));
    const refusal = loggedBy(bridge).find(({ msg }) => msg === 'the broker refuses a topic');
    expect(refusal?.topic).toMatch(/^x10\/hall\//);
    expect(refusal?.reason).toMatch(
      /^mqtt:\/\/127\.0\.0\.1:\d+: a publish to x10\/hall\/\w+ was refused: not authorised\. hint: allow it in the broker's access control list$/,
    );
    bridge.heyu(...MOTION);
    broker.allow(ALL.join('\n'));
    const patienceMs = 60_000;
    await until(() => seen.last('x10/hall/motion')?.payload === 'ON', 'the motion', patienceMs);
    await seen.until(() => seen.payloads('x10/hall/event').length === 1);
    await seen.untilLast('x10/bridge/problem', 'OFF');
    expect(loggedBy(bridge).filter(({ msg }) => msg === 'the broker refuses a topic')).toHaveLength(1);
  });

  test('whose broker hangs up on what it forbids: the rest gets through, and the connection stands', async () => {
    const broker = await startAedes({
      authorizePublish: (_client, { topic }, done) =>
        done(topic === 'x10/porch/motion' ? new Error('denied') : null),
    });
    onTestFinished(broker.remove);
    let connects = 0;
    broker.broker.on('client', ({ id }) => {
      if (id.startsWith('heyu2mqtt')) connects += 1;
    });
    const seen = await reader(broker.port, ['x10/#']);
    const bridge = bridgeWith({ url: broker.url, session: 'clean' });
    writeFileSync(bridge.aliasesPath, `${ALIASES}  porch: { address: A5, model: MS14A, name: Porch }\n`);
    await bridge.start();
    await until(
      () => loggedBy(bridge).some(({ msg }) => msg === 'the broker refuses a topic'),
      () => bridge.output(),
      30_000,
    );
    const refusal = loggedBy(bridge).find(({ msg }) => msg === 'the broker refuses a topic');
    expect(refusal?.topic).toBe('x10/porch/motion');
    expect(refusal?.reason).toMatch(/hint: may this user publish there\?$/);
    await expectMotion(bridge, seen);
    await seen.untilLast('x10/bridge/problem', 'ON');
    expect(loggedBy(bridge).filter(({ msg }) => msg.startsWith('another program'))).toEqual([]);
    const before = connects;
    const from = performance.now();
    await until(() => performance.now() - from > 5_000);
    expect(connects).toBe(before);
  });
});
