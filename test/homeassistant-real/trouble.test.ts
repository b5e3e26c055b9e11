/** What is wrong with heyu, the log or the connection shows in Home Assistant while it lasts. */

import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { pair, stampAt } from '../support/house.js';
import { collect } from '../support/collect.js';
import { until } from '../support/until.js';
import { startWorld, type World } from './world.js';

const python = inject('pythons').current;

/** Entities of the bridge that are disabled at first. */
const HIDDEN = [
  ...['log_problem', 'takeover', 'interface_lockup', 'rf_flood', 'rf_jamming', 'clock_mismatch'].map(
    (key) => ['binary_sensor', key] as const,
  ),
  ['sensor', 'unmapped'] as const,
];

const HOUR_MS = 3_600_000;

/** With each attempt to connect the bridge waits longer, and yet longer once it has seen the other one. */
const PATIENCE_MS = 100_000;

describe.skipIf(python === undefined)('the newest release', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ python: python ?? '' });
    const { homeAssistant } = world;
    for (const [platform, key] of HIDDEN) {
      const entity_id = `${platform}.x10_bridge_${key}`;
      await until(async () =>
        (await homeAssistant.entityRegistry()).some((one) => one.entity_id === entity_id),
      );
      await homeAssistant.command('config/entity_registry/update', { entity_id, disabled_by: null });
    }
    // half a minute later Home Assistant reloads the integration by itself
    await untilState('binary_sensor.x10_bridge_log_problem', 'off');
    await untilState('sensor.x10_bridge_unmapped', '0');
    await untilState('binary_sensor.hall_motion', 'off');
  });
  afterAll(() => world.remove());
  afterEach(() => {
    expect(world.newFaults()).toEqual([]);
  });

  const untilState = (entity: string, state: string): Promise<void> =>
    world.homeAssistant.untilState(entity, state);
  const reason = (): Promise<string | undefined> => world.homeAssistant.state('sensor.x10_bridge_reason');

  test.each([
    {
      what: 'interface_lockup',
      begins: ['Interface lockup signal received, reason 01.'],
      reason: 'the power line interface is locked up',
      ends: pair('rcvi', 'A4', 'Off'),
    },
    {
      what: 'rf_flood',
      begins: ['rcva            RF Flood : Started'],
      reason: 'the RF receiver is flooded',
      ends: ['rcva            RF Flood : Ended'],
    },
    {
      what: 'rf_jamming',
      begins: ['rcva          RF Jamming : Started Main'],
      reason: 'the RF receiver is being jammed',
      ends: ['rcva          RF Jamming : Ended Main'],
    },
    {
      what: 'clock_mismatch',
      begins: Array.from({ length: 20 }, () => `${stampAt(Date.now() + HOUR_MS)}  Testpoint 1`),
      reason: 'the stamps of the heyu log do not fit the clock',
      ends: pair('rcvi', 'A4', 'Off'),
    },
  ])('$what is shown while it lasts, with its reason', async ({ what, begins, reason: words, ends }) => {
    world.bridge.heyu(...begins);
    await untilState(`binary_sensor.x10_bridge_${what}`, 'on');
    await untilState('binary_sensor.x10_bridge_log_problem', 'on');
    await until(async () => (await reason())?.includes(words), words);
    world.bridge.heyu(...ends);
    await untilState(`binary_sensor.x10_bridge_${what}`, 'off');
    await untilState('binary_sensor.x10_bridge_log_problem', 'off');
    await untilState('sensor.x10_bridge_reason', 'none');
  });

  test('addresses that no alias covers are counted', async () => {
    world.bridge.heyu(...pair('rcvi', 'K7', 'On'), ...pair('rcvi', 'K8', 'On'));
    await untilState('sensor.x10_bridge_unmapped', '2');
    const unmapped = (await world.homeAssistant.states()).find(
      ({ entity_id }) => entity_id === 'sensor.x10_bridge_unmapped',
    );
    expect(unmapped?.attributes).toMatchObject({ K7: { count: 1, function: 'On' }, K8: { count: 1 } });
  });

  test('a second bridge with the same client id is shown, and is no motion', async () => {
    const from = world.homeAssistant.changes.length;
    const rival = await collect(world.mosquitto.port, [], {
      clientId: 'heyu2mqtt-x10',
      reconnectPeriod: 1000,
    });
    const recognised = (): boolean =>
      world.bridge.output().includes('another program uses the same MQTT client id');
    await until(recognised, 'the bridge to see it', PATIENCE_MS);
    await rival.stop();
    for (const entity of ['takeover', 'connection'].map((key) => `binary_sensor.x10_bridge_${key}`))
      await until(async () => (await world.homeAssistant.state(entity)) === 'on', entity, PATIENCE_MS);
    await untilState('binary_sensor.hall_motion', 'off');
    await world.fence();
    // it is over when nobody else has come for two minutes
    expect(await world.homeAssistant.state('binary_sensor.x10_bridge_takeover')).toBe('on');
    const shown = world.homeAssistant.changes.slice(from);
    expect(shown.filter(({ entity, to }) => entity.endsWith('_motion') && to === 'on')).toEqual([]);
    // the state of an event is its instant; there has been none
    const happened = shown.filter(({ entity, to }) => entity.startsWith('event.') && /^\d/.test(to ?? ''));
    expect(happened).toEqual([]);
  });
});
