/**
 * What the first user asked for: the security state is switched on, off and on again while the bridge is away; when
 * it is back, five motions in a row all find the same state, because reading it uses nothing up. The state comes
 * from mosquitto_pub, at every QoS, with and without retain.
 */

import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { makeHouse, pair, type House } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startLink, type TestLink } from '../support/link.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';
import { loggedBy } from './log-entries.js';
import { mosquittoPub, mosquittoSub } from './mosquitto-tools.js';

type Way = {
  readonly zone: string;
  readonly address: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
};

/** A zone and a sensor in it for each way of publishing. */
const WAYS: readonly Way[] = [true, false].flatMap((retain, block) =>
  ([0, 1, 2] as const).map((qos) => ({
    zone: `q${qos}${retain ? '_retained' : ''}`,
    address: `A${block * 3 + qos + 1}`,
    qos,
    retain,
  })),
);
const topicOf = ({ zone }: Way): string => `house/${zone}`;

const CONFIG = `zones:\n${WAYS.map((way) => `  ${way.zone}: { state_topic: ${topicOf(way)}, alert_cooldown: 0s }\n`).join('')}`;
const ALIASES = `aliases:\n${WAYS.map(
  ({ zone, address }) => `  s_${zone}: { address: ${address}, model: MS14A, zone: ${zone} }\n`,
).join('')}`;

/** How the bridge is parted from its broker, and how it comes back. */
const PARTINGS: readonly (readonly [
  string,
  (scene: { bridge: House; link: TestLink; mosquitto: Mosquitto }) => Promise<() => Promise<void>>,
])[] = [
  [
    'the service is stopped',
    async ({ bridge }) => {
      await bridge.stop('SIGTERM');
      return bridge.start;
    },
  ],
  [
    'the service is killed',
    async ({ bridge }) => {
      await bridge.stop('SIGKILL');
      return bridge.start;
    },
  ],
  [
    'the network is cut',
    async ({ bridge, link, mosquitto }) => {
      link.target(1);
      link.cut();
      await until(() => loggedBy(bridge).some(({ msg }) => msg === 'the connection to the broker is gone'));
      return () => {
        link.target(mosquitto.port);
        return Promise.resolve();
      };
    },
  ],
];

test.concurrent.each(PARTINGS)(
  'on, off and on again while %s: five motions in a row read the same state',
  async (_, part) => {
    const mosquitto = await startMosquitto({ persistence: true });
    onTestFinished(mosquitto.remove);
    const { port } = mosquitto;
    const link = await startLink(port);
    onTestFinished(link.remove);
    const mqttUrl = `mqtt://127.0.0.1:${link.port}`;
    const bridge = makeHouse({ mqttUrl, aliases: ALIASES, config: CONFIG });
    onTestFinished(bridge.remove);
    const seen = await collect(port, ['x10/#']);
    onTestFinished(seen.stop);
    const tell = async (payload: string): Promise<void> => {
      await Promise.all(WAYS.map((way) => mosquittoPub(port, topicOf(way), payload, way)));
    };
    const security = ({ zone }: Way): string => `x10/zone/${zone}/security`;
    const attributes = ({ zone }: Way): { verified?: boolean; reason?: string; while_away?: string[] } =>
      JSON.parse(seen.last(`x10/zone/${zone}/security_attributes`)?.payload ?? '{}') as object;
    const isUnknown = (way: Way): boolean =>
      attributes(way).reason === 'the broker has no retained message for it';

    await bridge.start();
    await seen.until(() => WAYS.every(isUnknown), 'to have asked for all states');
    await tell('OFF');
    // what is not retained is known at this moment, and no more when the bridge asks again
    await seen.until(() => WAYS.every((way) => seen.payloads(security(way)).includes('disarmed')));
    await seen.until(() => WAYS.every((way) => way.retain || isUnknown(way)), 'to have asked again');

    const comeBack = await part({ bridge, link, mosquitto });
    for (const payload of ['ON', 'OFF', 'ON']) await tell(payload);
    seen.clear();
    await comeBack();
    await seen.until(
      () =>
        WAYS.every((way) =>
          way.retain ? seen.last(security(way))?.payload === 'armed_away' : isUnknown(way),
        ),
      'all states',
    );
    for (const way of WAYS) {
      // history is what was queued; it is never taken for the state
      const queued = way.qos === 0 ? [] : ['armed_away', 'disarmed', 'armed_away'];
      expect({ zone: way.zone, away: attributes(way).while_away }).toEqual({ zone: way.zone, away: queued });
      expect(seen.payloads(security(way))).not.toContain('disarmed');
      if (!way.retain) expect(seen.payloads(security(way))).not.toContain('armed_away');
    }

    for (let time = 1; time <= 5; time += 1) {
      for (const { address } of WAYS) bridge.heyu(...pair('rcvi', address, 'On'));
      await seen.until(() => WAYS.every((way) => motionsOf(way).length === time), `motion ${time}`);
      for (const { address } of WAYS) bridge.heyu(...pair('rcvi', address, 'Off'));
    }
    function motionsOf({ zone }: Way): { event_type: string; security: string }[] {
      return seen
        .payloads(`x10/s_${zone}/event`)
        .map((payload) => JSON.parse(payload) as { event_type: string; security: string })
        .filter(({ event_type }) => event_type === 'motion');
    }
    for (const way of WAYS) {
      const found = motionsOf(way).map((motion) => motion.security);
      expect({ zone: way.zone, found }).toEqual({
        zone: way.zone,
        found: Array(5).fill(way.retain ? 'armed_away' : 'unknown'),
      });
    }
    await seen.until(
      () => WAYS.every(({ zone, retain }) => !retain || seen.payloads(`x10/zone/${zone}/alert`).length === 5),
      'five alerts of each zone that is armed',
    );
    for (const { zone, retain } of WAYS)
      if (!retain) expect(seen.payloads(`x10/zone/${zone}/alert`)).toEqual([]);

    // nothing was used up: whoever asks finds it, as often as he asks
    const timesInARow = async (way: Way): Promise<(string | undefined)[]> => {
      const read: (string | undefined)[] = [];
      for (let time = 1; time <= 5; time += 1) read.push(await mosquittoSub(port, topicOf(way)));
      return read;
    };
    await Promise.all(
      WAYS.map(async (way) => {
        expect(await timesInARow(way)).toEqual(Array(5).fill(way.retain ? 'ON' : undefined));
        expect(await mosquittoSub(port, security(way))).toBe(way.retain ? 'armed_away' : 'None');
      }),
    );
  },
);
