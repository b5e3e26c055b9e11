/** A running Home Assistant takes every kind of device that we have, in both forms, and lets go of it again. */

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { discoveryMessages } from '../../src/homeassistant/discovery.js';
import { rememberedOf, removalMessages } from '../../src/homeassistant/removal.js';
import type { CoreSettings } from '../../src/core-settings.js';
import { badMessages, type DumpedMessage } from '../homeassistant/dump-discovery.js';
import { HOUSE, inForm } from '../homeassistant/examples.js';
import { collect, type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';
import { startHomeAssistant, type HomeAssistant, type RegisteredEntity } from './driver.js';
import { FENCE, fenceOf } from './fence.js';
import { faults } from './log-lines.js';
import { told, type ToldEntity } from './told.js';

const python = inject('pythons').current;

/** Some of each kind: the way from form to form takes its time. */
const SMALLER: CoreSettings = {
  ...HOUSE,
  sensors: ['hall_motion', 'front_door', 'keyfob', 'desk', 'radio', 'garden_air'].flatMap((alias) =>
    HOUSE.sensors.filter((sensor) => sensor.alias === alias),
  ),
};

describe.skipIf(python === undefined)('the newest release', () => {
  let mosquitto: Mosquitto;
  let homeAssistant: HomeAssistant;
  let seen: Collector;
  let fence: () => Promise<void>;
  beforeAll(async () => {
    mosquitto = await startMosquitto();
    homeAssistant = await startHomeAssistant({ python: python ?? '', mqttPort: mosquitto.port });
    seen = await collect(mosquitto.port, []);
    fence = await fenceOf(seen, homeAssistant);
    for (const topic of ['x10/bridge/status', 'x10/bridge/source']) {
      await seen.publish(topic, 'online', { retain: true });
    }
    await seen.publish('x10/garden/temperature', '20.5', { retain: true });
  });
  afterAll(async () => {
    await homeAssistant.remove();
    await seen.stop();
    await mosquitto.remove();
  });

  const ours = async (): Promise<readonly RegisteredEntity[]> =>
    (await homeAssistant.entityRegistry()).filter(({ entity_id }) => entity_id !== FENCE);

  async function publish(
    messages: readonly { readonly topic: string; readonly payload: string }[],
  ): Promise<void> {
    for (const { topic, payload } of messages) await seen.publish(topic, payload, { retain: true });
  }

  /** Publishes a house and waits until Home Assistant has registered as many entities as it was told. */
  async function tell(core: CoreSettings): Promise<readonly ToldEntity[]> {
    const messages = discoveryMessages(core);
    await publish(messages);
    const entities = told(messages);
    await untilRegistered(entities);
    return entities;
  }

  async function untilRegistered(entities: readonly ToldEntity[]): Promise<void> {
    const wanted = entities.map(({ uniqueId }) => uniqueId).sort();
    let registered: string[] = [];
    await until(
      async () => {
        registered = (await ours()).map(({ unique_id }) => unique_id).sort();
        return registered.join() === wanted.join();
      },
      () =>
        `missing: ${wanted.filter((id) => !registered.includes(id)).join()}; ` +
        `left over: ${registered.filter((id) => !wanted.includes(id)).join()}`,
    );
    await fence();
  }

  /** What the registries hold of the entities that were told. */
  async function registered(entities: readonly ToldEntity[]): Promise<readonly ToldEntity[]> {
    const all = new Map((await ours()).map((entity) => [entity.unique_id, entity]));
    const ids = entities.map(({ uniqueId }) => all.get(uniqueId)?.entity_id ?? '');
    const details = (await homeAssistant.command('config/entity_registry/get_entries', {
      entity_ids: ids,
    })) as Readonly<Record<string, { readonly original_device_class: string | null }>>;
    const devices = new Map((await homeAssistant.deviceRegistry()).map((device) => [device.id, device]));
    return entities.map(({ uniqueId }): ToldEntity => {
      const entity = all.get(uniqueId);
      return {
        uniqueId,
        entityId: entity?.entity_id ?? '',
        name: entity?.original_name ?? null,
        category: entity?.entity_category ?? null,
        deviceClass: details[entity?.entity_id ?? '']?.original_device_class ?? null,
        enabled: entity?.disabled_by === null,
        device: devices.get(entity?.device_id ?? '')?.name ?? '',
      };
    });
  }

  /** Takes back everything that is discovered, as the bridge would. */
  const clear = (core: CoreSettings): Promise<void> => change(core, inForm(core, 'off'));

  /** From one configuration to another, as the bridge goes. */
  async function change(from: CoreSettings, to: CoreSettings): Promise<void> {
    const current = discoveryMessages(to);
    for (const { message, pauseMsAfter } of removalMessages(rememberedOf(discoveryMessages(from)), current)) {
      await seen.publish(message.topic, message.payload, { retain: true });
      await delay(pauseMsAfter);
    }
    await publish(current);
    await untilRegistered(told(current));
  }

  let records = 0;
  function faultsSince(): readonly string[] {
    const all = faults(homeAssistant.records());
    const since = all.slice(records);
    records = all.length;
    return since.map(({ level, logger, text }) => `${level} ${logger} ${text}`);
  }
  afterEach(() => {
    faultsSince();
  });

  describe.each(['device', 'entity'] as const)('in the form %s', (form) => {
    test('every entity of every kind appears as it was told, and nothing is said in the log', async () => {
      const house = inForm(HOUSE, form);
      const entities = await tell(house);
      expect(entities.length).toBeGreaterThan(100);
      expect(await registered(entities)).toEqual(entities);
      expect(faultsSince()).toEqual([]);
      await clear(house);
      expect(await homeAssistant.deviceRegistry()).toEqual([]);
      expect(faultsSince()).toEqual([]);
    });
  });

  test('a device hangs below the bridge and has what was told of it', async () => {
    await tell(HOUSE);
    const devices = await homeAssistant.deviceRegistry();
    const bridge = devices.find(({ identifiers }) => identifiers[0]?.[1] === 'heyu2mqtt_cellar');
    expect(bridge).toMatchObject({ name: 'X10 bridge cellar', via_device_id: null, sw_version: '1.2.3' });
    expect(devices.filter(({ via_device_id }) => via_device_id !== bridge?.id)).toEqual([bridge]);
    expect(devices.find(({ name }) => name === 'Hall')).toMatchObject({ model: 'MS14A', area_id: 'hall' });
    await clear(HOUSE);
  });

  test('the way from one form to the other and back keeps entity ids and leaves nothing behind', async () => {
    const entities = await tell(SMALLER);
    const before = await registered(entities);
    await homeAssistant.command('config/entity_registry/update', {
      entity_id: 'binary_sensor.hall_motion',
      new_entity_id: 'binary_sensor.my_own_name',
    });
    const renamed = before.map((entity) =>
      entity.entityId === 'binary_sensor.hall_motion'
        ? { ...entity, entityId: 'binary_sensor.my_own_name' }
        : entity,
    );
    await change(SMALLER, inForm(SMALLER, 'entity'));
    expect(await registered(entities)).toEqual(renamed);
    // unavoidable: in any order, an emptied device topic finds its components in other hands
    expect(faultsSince().filter((text) => !text.includes('No device components to cleanup'))).toEqual([]);
    await change(inForm(SMALLER, 'entity'), SMALLER);
    expect(await registered(entities)).toEqual(renamed);
    expect(faultsSince()).toEqual([]);
    await clear(SMALLER);
  });

  test.each(['device', 'entity'] as const)(
    'in the form %s, what is not in the house any more disappears',
    async (form) => {
      const house = inForm(SMALLER, form);
      const fewer = { ...house, sensors: house.sensors.slice(0, 2), zones: [], control: false };
      await tell(house);
      await change(house, fewer);
      expect((await homeAssistant.deviceRegistry()).length).toBe(3);
      await clear(fewer);
      expect(faultsSince()).toEqual([]);
    },
  );

  const running = badMessages().filter(({ judge }) => judge === 'running');
  test.each([...new Set(running.map((message) => message.case))])('minds %s', async (name) => {
    const messages: readonly DumpedMessage[] = running.filter((message) => message.case === name);
    await publish(messages);
    await until(() => faults(homeAssistant.records()).length > records, `a word about ${name}`);
    await publish(messages.map(({ topic }) => ({ topic, payload: '' })));
    await untilRegistered([]);
  });
});
