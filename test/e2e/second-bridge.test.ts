/** Two services with one client id, as happens when a machine is replaced and the old one still runs. */

import { describe, expect, test } from 'vitest';
import type { House } from '../support/house.js';
import { until } from '../support/until.js';
import { loggedBy, type LogEntry } from './log-entries.js';
import { bridgeWith, expectMotion, mosquitto, reader } from './troubled.js';

describe.concurrent('two bridges with one client id', () => {
  test.each(['3.1.1', '5'] as const)(
    'are recognised within seconds, said in the log and in Home Assistant, and grow patient (MQTT %s)',
    async (protocol) => {
      const { port, url, log } = await mosquitto();
      const seen = await reader(port, ['x10/#', 'homeassistant/#']);
      const bridges = [1, 2].map(() => bridgeWith({ url, protocol, client_id: 'twin' }));
      const [first, second] = bridges as [House, House];
      await first.start();
      await seen.untilLast('x10/bridge/status', 'online');
      await second.start();
      const saidBy = (bridge: House): LogEntry | undefined =>
        loggedBy(bridge).find(({ msg }) => msg.startsWith('another program uses the same MQTT client id'));
      await until(
        () => bridges.every((bridge) => saidBy(bridge) !== undefined),
        () => bridges.map((bridge) => bridge.output()).join('\n\n'),
      );
      for (const bridge of bridges) {
        expect(saidBy(bridge)).toMatchObject({ level: 50, client_id: 'twin' });
        expect(saidBy(bridge)?.msg).toMatch(/hint: .*mqtt\.client_id/);
      }
      await seen.untilLast('x10/bridge/takeover', 'ON');
      await seen.untilLast('x10/bridge/problem', 'ON');
      await seen.until(() =>
        seen.payloads('x10/bridge/info').some((info) => info.includes('the same MQTT client id')),
      );
      expect(
        seen.messages.some(
          ({ topic, payload }) =>
            topic.startsWith('homeassistant/') && payload.includes('x10/bridge/takeover'),
        ),
      ).toBe(true);
      const connects = (): number => log().match(/ as twin /g)?.length ?? 0;
      const before = connects();
      const recognisedAt = performance.now();
      await until(() => performance.now() - recognisedAt > 6_000);
      // at first it was one in a second
      expect(connects() - before).toBeLessThanOrEqual(5);
      await second.stop();
      await expectMotion(first, seen);
    },
  );
});
