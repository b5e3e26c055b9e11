/** The bridge as its users see it: through the interface of a real Home Assistant. */

import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { MAIN, pair } from '../support/house.js';
import { until } from '../support/until.js';
import type { Change } from './driver.js';
import { ENTITIES, FIRST_STATES } from './expected-entities.js';
import { FENCE } from './fence.js';
import { ALIASES, startWorld, type World } from './world.js';

const python = inject('pythons').current;

const HALL_ON = pair('rcvi', 'A3', 'On');
const HALL_OFF = pair('rcvi', 'A3', 'Off');
const PORCH_ON = pair('rcvi', 'A5', 'On');

describe.skipIf(python === undefined)('the newest release', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ python: python ?? '' });
  });
  afterAll(() => world.remove());
  afterEach(() => {
    expect(world.newFaults()).toEqual([]);
  });

  /** The changes of one entity since there were `from` changes in all. */
  const changesOf = (entity: string, from: number): readonly Change[] =>
    world.homeAssistant.changes.slice(from).filter((change) => change.entity === entity);
  const statesOf = (entity: string, from: number): readonly (string | undefined)[] =>
    changesOf(entity, from).map(({ to }) => to);
  const typesOf = (entity: string, from: number): readonly unknown[] =>
    changesOf(entity, from).map(({ attributes }) => attributes['event_type']);
  const now = (): number => world.homeAssistant.changes.length;
  const untilState = (entity: string, state: string): Promise<void> =>
    world.homeAssistant.untilState(entity, state);
  const untilTypes = (entity: string, from: number, types: readonly string[]): Promise<void> =>
    until(
      () => typesOf(entity, from).join() === types.join(),
      () =>
        `${entity}: ${types.join()}; it has ${changesOf(entity, from)
          .map(({ to, attributes }) => `${String(attributes['event_type'])} (${to ?? 'gone'})`)
          .join()}`,
    ).then(() => undefined);

  test('every entity is there with its name, class, category and entity id', async () => {
    const { homeAssistant } = world;
    await untilState('sensor.x10_bridge_reason', 'none');
    const registry = (await homeAssistant.entityRegistry()).filter(({ entity_id }) => entity_id !== FENCE);
    const details = (await homeAssistant.command('config/entity_registry/get_entries', {
      entity_ids: registry.map(({ entity_id }) => entity_id),
    })) as Readonly<Record<string, { readonly original_device_class: string | null }>>;
    const devices = new Map((await homeAssistant.deviceRegistry()).map(({ id, name }) => [id, name]));
    const found = registry.map(({ entity_id, device_id, original_name, entity_category, disabled_by }) =>
      [
        entity_id,
        devices.get(device_id ?? '') ?? '',
        original_name ?? '-',
        details[entity_id]?.original_device_class ?? '-',
        entity_category ?? '-',
        disabled_by === null ? 'enabled' : 'disabled',
      ].join(' | '),
    );
    expect(found.sort()).toEqual([...ENTITIES].sort());
  });

  test('before the first signal everything has the state that is known', async () => {
    await untilState('alarm_control_panel.cellar', 'disarmed');
    // it is not available before it is known that nobody has told its state
    await untilState('sensor.ground_security', 'unknown');
    await world.fence();
    const states = new Map(
      (await world.homeAssistant.states()).map(({ entity_id, state }) => [entity_id, state]),
    );
    const found = Object.keys(FIRST_STATES).map((entity) => [entity, states.get(entity)]);
    expect(Object.fromEntries(found)).toEqual(FIRST_STATES);
  });

  test('a motion is one on, one off and two events, however often the sensor repeats it', async () => {
    const from = now();
    for (let i = 0; i < 4; i += 1) world.bridge.heyu(...HALL_ON);
    await untilState('binary_sensor.hall_motion', 'on');
    world.bridge.heyu(...HALL_OFF);
    await untilState('binary_sensor.hall_motion', 'off');
    await untilTypes('event.hall_event', from, ['motion', 'clear']);
    await world.fence();
    expect(statesOf('binary_sensor.hall_motion', from)).toEqual(['on', 'off']);
    expect(changesOf('event.hall_event', from)).toHaveLength(2);
    expect(changesOf('event.hall_event', from)[0]?.attributes).toMatchObject({ address: 'A3' });
  });

  test('a lost Off ends with the hold time', async () => {
    const from = now();
    world.bridge.heyu(...PORCH_ON);
    await untilTypes('event.porch_event', from, ['motion', 'clear']);
    await untilState('binary_sensor.porch_motion', 'off');
    expect(statesOf('binary_sensor.porch_motion', from)).toEqual(['on', 'off']);
  });

  test('daylight follows dusk and dawn the right way round and is no motion', async () => {
    const from = now();
    world.bridge.heyu(...pair('rcvi', 'A4', 'On'));
    await untilState('binary_sensor.hall_light', 'off');
    world.bridge.heyu(...pair('rcvi', 'A4', 'Off'));
    await untilState('binary_sensor.hall_light', 'on');
    expect(changesOf('binary_sensor.hall_motion', from)).toEqual([]);
  });

  test('a door opens and closes, and its battery runs down', async () => {
    const from = now();
    world.bridge.heyu('rcva func        Alert : hu C2  swMin  (front_door)');
    await untilState('binary_sensor.front_door', 'on');
    await untilState('binary_sensor.front_door_battery', 'off');
    world.bridge.heyu('rcva func        Clear : hu C2  swMin LoBat  (front_door)');
    await untilState('binary_sensor.front_door', 'off');
    await untilState('binary_sensor.front_door_battery', 'on');
    await untilTypes('event.front_door_event', from, ['opened', 'closed']);
  });

  test('each key of a remote is an event and a device trigger', async () => {
    const { homeAssistant, bridge } = world;
    const keyfob = (await homeAssistant.deviceRegistry()).find(({ name }) => name === 'Keyfob');
    const triggers = (await homeAssistant.command('device_automation/trigger/list', {
      device_id: keyfob?.id,
    })) as readonly { readonly domain: string; readonly type: string; readonly subtype: string }[];
    const ours = triggers.filter(({ domain }) => domain === 'mqtt');
    expect(ours.map(({ subtype }) => subtype).sort()).toEqual([
      'arm',
      'disarm',
      'lights_off',
      'lights_on',
      'panic',
    ]);
    const panic = ours.find(({ subtype }) => subtype === 'panic');
    let fired = 0;
    await homeAssistant.subscribe('subscribe_trigger', { trigger: panic }, () => (fired += 1));
    const from = now();
    bridge.heyu('rcva func        Panic : hu C4   (keyfob)');
    await untilTypes('event.keyfob', from, ['panic']);
    await until(() => fired > 0, 'the device trigger');
    bridge.heyu('rcva func       Disarm : hu C4   (keyfob)');
    await untilTypes('event.keyfob', from, ['panic', 'disarm']);
    expect(fired).toBe(1);
  });

  test('the switch of a zone arms and disarms it, and follows whoever else does', async () => {
    const { homeAssistant, seen } = world;
    await homeAssistant.callService('switch', 'turn_on', { entity_id: 'switch.attic_armed' });
    await seen.untilLast('x10/zone/attic/state', 'armed_away');
    await untilState('switch.attic_armed', 'on');
    await untilState('sensor.attic_security', 'armed_away');
    await homeAssistant.callService('switch', 'turn_off', { entity_id: 'switch.attic_armed' });
    await seen.untilLast('x10/zone/attic/state', 'disarmed');
    await untilState('switch.attic_armed', 'off');
    await seen.publish('x10/zone/attic/set', 'ARM_NIGHT');
    await untilState('switch.attic_armed', 'on');
    await untilState('sensor.attic_security', 'armed_night');
    await seen.publish('x10/zone/attic/set', 'DISARM');
    await untilState('switch.attic_armed', 'off');
  });

  test.each([
    ['alarm_arm_home', 'armed_home'],
    ['alarm_arm_away', 'armed_away'],
    ['alarm_arm_night', 'armed_night'],
    ['alarm_arm_vacation', 'armed_vacation'],
    ['alarm_disarm', 'disarmed'],
  ])('the alarm panel takes %s without a code', async (service, state) => {
    const entity_id = 'alarm_control_panel.cellar';
    await world.homeAssistant.callService('alarm_control_panel', service, { entity_id });
    await world.seen.untilLast('x10/zone/cellar/state', state);
    await untilState(entity_id, state);
  });

  test('the alarm panel follows whoever else arms', async () => {
    await world.seen.publish('x10/zone/cellar/set', 'ARM_HOME');
    await untilState('alarm_control_panel.cellar', 'armed_home');
    await world.seen.publish('x10/zone/cellar/set', 'DISARM');
    await untilState('alarm_control_panel.cellar', 'disarmed');
  });

  test('a zone of another program shows its state, and unknown when that is gone', async () => {
    await world.seen.publish('alarmo/state', 'armed_away', { retain: true });
    await untilState('sensor.ground_security', 'armed_away');
    await untilState('binary_sensor.ground_armed', 'on');
    await world.seen.publish('alarmo/state', '', { retain: true });
    await untilState('sensor.ground_security', 'unknown');
    await untilState('binary_sensor.ground_armed', 'unknown');
    await world.seen.publish('alarmo/state', 'disarmed', { retain: true });
    await untilState('binary_sensor.ground_armed', 'off');
  });

  test('motion in an armed zone is one alert and an alarm until disarmed; in a disarmed one it is neither', async () => {
    const { homeAssistant, bridge } = world;
    await untilState('binary_sensor.porch_motion', 'off');
    await homeAssistant.callService('switch', 'turn_on', { entity_id: 'switch.attic_armed' });
    await untilState('switch.attic_armed', 'on');
    const from = now();
    bridge.heyu(...PORCH_ON);
    await untilTypes('event.attic_alert', from, ['alert']);
    expect(changesOf('event.attic_alert', from)[0]?.attributes).toMatchObject({
      alias: 'porch_motion',
      address: 'A5',
      security: 'armed_away',
      verified: true,
    });
    await untilState('binary_sensor.attic_alarm', 'on');
    await untilState('binary_sensor.porch_motion', 'off');
    await homeAssistant.callService('switch', 'turn_off', { entity_id: 'switch.attic_armed' });
    await untilState('binary_sensor.attic_alarm', 'off');
    bridge.heyu(...PORCH_ON);
    await untilTypes('event.porch_event', from, ['motion', 'clear', 'motion', 'clear']);
    await world.fence();
    expect(changesOf('event.attic_alert', from)).toHaveLength(1);
  });

  test('an entity that is enabled later has its state at once, and reloading the integration is no motion', async () => {
    const { homeAssistant } = world;
    await homeAssistant.command('config/entity_registry/update', {
      entity_id: 'sensor.hall_last_seen',
      disabled_by: null,
    });
    const from = now();
    // half a minute later Home Assistant reloads the integration by itself
    await until(
      async () => !Number.isNaN(Date.parse((await homeAssistant.state('sensor.hall_last_seen')) ?? '')),
    );
    await world.fence();
    await untilState('binary_sensor.hall_motion', 'off');
    expect(statesOf('binary_sensor.hall_motion', from)).not.toContain('on');
    const before = Date.parse((await homeAssistant.state('sensor.hall_last_seen')) ?? '');
    world.bridge.heyu(...HALL_ON, ...HALL_OFF);
    await until(async () => Date.parse((await homeAssistant.state('sensor.hall_last_seen')) ?? '') > before);
  });

  test('when the bridge dies everything but its connection is unavailable, until it is back', async () => {
    await world.bridge.stop('SIGKILL');
    await untilState('binary_sensor.x10_bridge_connection', 'off');
    for (const entity of ['binary_sensor.hall_motion', 'switch.attic_armed', 'alarm_control_panel.cellar']) {
      await untilState(entity, 'unavailable');
    }
    const from = now();
    await world.bridge.start();
    await untilState('binary_sensor.x10_bridge_connection', 'on');
    await untilState('binary_sensor.hall_motion', 'off');
    await untilState('switch.attic_armed', 'off');
    await world.fence();
    expect(statesOf('binary_sensor.hall_motion', from)).toEqual(['off']);
    expect(statesOf('binary_sensor.attic_alarm', from)).toEqual(['off']);
    expect(typesOf('event.hall_event', from)).toEqual(['clear']);
  });

  test('motion that was logged while the bridge was down is missed, not on', async () => {
    await world.bridge.stop();
    const from = now();
    world.bridge.heyu(...PORCH_ON);
    // its hold time of 2 s has to be over before anybody reads it
    const written = Date.now();
    await until(() => Date.now() - written > 2500);
    await world.bridge.start();
    await until(
      () => typesOf('event.porch_event', from).includes('motion_missed'),
      () => `motion_missed; there was ${typesOf('event.porch_event', from).join()}`,
    );
    await untilState('binary_sensor.porch_motion', 'off');
    await world.fence();
    expect(statesOf('binary_sensor.porch_motion', from)).not.toContain('on');
    expect(typesOf('event.porch_event', from)).not.toContain('motion');
  });

  test('without a log the sensors are unavailable, the zones and the connection are not', async () => {
    const { bridge } = world;
    await bridge.stop();
    const elsewhere = join(bridge.folder, 'elsewhere');
    renameSync(bridge.logPath, elsewhere);
    rmSync(bridge.statePath, { recursive: true });
    await bridge.start();
    await untilState('binary_sensor.x10_bridge_source', 'off');
    await untilState('sensor.x10_bridge_reason', 'the heyu log is missing (it was never there)');
    await untilState('binary_sensor.hall_motion', 'unavailable');
    await untilState('alarm_control_panel.cellar', 'disarmed');
    renameSync(elsewhere, bridge.logPath);
    await untilState('binary_sensor.hall_motion', 'off');
    // its old lines do not fit the time at which it came; the first one that does clears that up
    bridge.heyu(...pair('rcvi', 'A4', 'Off'));
    await untilState('sensor.x10_bridge_reason', 'none');
  });

  test('a new name changes the name and not the entity id; a new alias for the address changes neither', async () => {
    const { homeAssistant, bridge } = world;
    const id = async (): Promise<string | undefined> =>
      (await homeAssistant.entityRegistry()).find(({ unique_id }) => unique_id === 'x10_a3_motion')
        ?.entity_id;
    const friendlyName = async (): Promise<unknown> =>
      (await homeAssistant.states()).find(({ entity_id }) => entity_id === 'binary_sensor.hall_motion')
        ?.attributes['friendly_name'];
    writeFileSync(bridge.aliasesPath, ALIASES.replace('name: Hall', 'name: Corridor'));
    await until(async () => (await friendlyName()) === 'Corridor', 'the new name');
    expect(await id()).toBe('binary_sensor.hall_motion');
    writeFileSync(bridge.aliasesPath, ALIASES.replace('hall_motion:', 'entrance:'));
    await until(async () => (await friendlyName()) === 'Hall', 'the name again');
    expect(await id()).toBe('binary_sensor.hall_motion');
    world.bridge.heyu(...HALL_ON);
    await untilState('binary_sensor.hall_motion', 'on');
    world.bridge.heyu(...HALL_OFF);
    await untilState('binary_sensor.hall_motion', 'off');
  });

  test('a sensor that the tool renames and moves to another address keeps its entities', async () => {
    const { homeAssistant, bridge } = world;
    writeFileSync(bridge.aliasesPath, ALIASES);
    const entities = async (): Promise<readonly string[]> =>
      (await homeAssistant.entityRegistry())
        .filter(({ unique_id }) => unique_id.startsWith('x10_a5_'))
        .map(({ entity_id, unique_id }) => `${unique_id} ${entity_id}`)
        .sort();
    const before = await entities();
    expect(before.length).toBeGreaterThan(2);
    for (const words of [
      ['rename', 'porch_motion', 'terrace_motion'],
      ['set', 'terrace_motion', '--address', 'A7'],
    ]) {
      const call = spawnSync(process.execPath, [MAIN, 'alias', ...words, '--config', bridge.configPath], {
        encoding: 'utf8',
      });
      expect(call.stderr).toBe('');
      expect(call.status).toBe(0);
    }
    const serialNumber = async (): Promise<unknown> =>
      (await homeAssistant.deviceRegistry()).find(({ name }) => name === 'Porch')?.serial_number;
    await until(async () => (await serialNumber()) === 'A7', 'the new address');
    await untilState('binary_sensor.porch_motion', 'off');
    await world.fence();
    expect(await entities()).toEqual(before);
    const from = now();
    bridge.heyu(...pair('rcvi', 'A7', 'On'));
    await untilTypes('event.porch_event', from, ['motion', 'clear']);
    writeFileSync(bridge.aliasesPath, ALIASES);
    await until(async () => (await serialNumber()) === 'A5', 'the address again');
  });

  test('an alias that is gone takes its device along, a new one brings one', async () => {
    const { homeAssistant, bridge } = world;
    const names = async (): Promise<readonly (string | null)[]> =>
      (await homeAssistant.deviceRegistry()).map(({ name }) => name);
    writeFileSync(
      bridge.aliasesPath,
      `${ALIASES.replace(/ {2}keyfob.*\n/, '').replace(/ {2}front_door.*\n/, '')}  garden: { address: A9, model: MS16A, name: Garden }\n`,
    );
    await until(async () => (await names()).includes('Garden'));
    await until(async () => !(await names()).includes('Keyfob'));
    await until(async () => !(await names()).includes('Front door'));
    await untilState('binary_sensor.garden_motion', 'off');
    expect(await homeAssistant.state('binary_sensor.front_door')).toBeUndefined();
    writeFileSync(bridge.aliasesPath, ALIASES);
    await untilState('binary_sensor.front_door_silent', 'off');
    await until(async () => !(await names()).includes('Garden'));
    expect(readFileSync(bridge.aliasesPath, 'utf8')).toBe(ALIASES);
  });
});
