/**
 * In short, on the last release for Python 3.11, which is told entity by entity. It makes entity ids of the names,
 * and does not know `None`: an alarm panel says so in the log and keeps its state, an enum shows the word.
 */

import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { pair } from '../support/house.js';
import { until } from '../support/until.js';
import { ALIASES, startWorld, type World } from './world.js';

const python = inject('pythons')['2024.3'];

describe.skipIf(python === undefined)('2024.3', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ python: python ?? '', discovery: 'entity' });
  });
  afterAll(() => world.remove());
  afterEach(() => {
    const faults = world
      .newFaults()
      .filter((text) => !text.includes('Received unexpected payload: {"state":null,'));
    expect(faults).toEqual([]);
  });
  const untilState = (entity: string, state: string): Promise<void> =>
    world.homeAssistant.untilState(entity, state);

  test('every entity appears, with a device', async () => {
    const { homeAssistant } = world;
    await untilState('alarm_control_panel.cellar', 'disarmed');
    await world.fence();
    const entities = await homeAssistant.entityRegistry();
    expect(entities.filter(({ device_id }) => device_id === null).map(({ unique_id }) => unique_id)).toEqual([
      'fence',
    ]);
    expect(entities.map(({ entity_id }) => entity_id)).toEqual(
      expect.arrayContaining([
        'binary_sensor.hall',
        'binary_sensor.hall_daylight',
        'event.hall_motion_event',
        'binary_sensor.front_door',
        'binary_sensor.front_door_battery',
        'event.keyfob',
        'switch.attic_armed',
        'binary_sensor.attic_alarm',
        'event.attic_alert',
        'sensor.ground_floor_security_state',
        'binary_sensor.x10_bridge_connection',
      ]),
    );
    const names = (await homeAssistant.deviceRegistry()).map(({ name }) => name);
    expect(names.sort()).toEqual([
      'Attic',
      'Cellar',
      'Front door',
      'Ground floor',
      'Hall',
      'Keyfob',
      'Porch',
      'X10 bridge',
    ]);
  });

  test('motion, daylight, a door and its battery are shown', async () => {
    const { bridge } = world;
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await untilState('binary_sensor.hall', 'on');
    bridge.heyu(...pair('rcvi', 'A3', 'Off'), ...pair('rcvi', 'A4', 'On'));
    await untilState('binary_sensor.hall', 'off');
    await untilState('binary_sensor.hall_daylight', 'off');
    bridge.heyu('rcva func        Alert : hu C2  swMin LoBat  (front_door)');
    await untilState('binary_sensor.front_door', 'on');
    await untilState('binary_sensor.front_door_battery', 'on');
  });

  test('a zone is armed and disarmed from both sides, and motion in it is an alert', async () => {
    const { homeAssistant, bridge, seen } = world;
    await homeAssistant.callService('switch', 'turn_on', { entity_id: 'switch.attic_armed' });
    await seen.untilLast('x10/zone/attic/state', 'armed_away');
    await untilState('switch.attic_armed', 'on');
    bridge.heyu(...pair('rcvi', 'A5', 'On'));
    await until(
      () =>
        homeAssistant.changes.some(
          ({ entity, attributes }) => entity === 'event.attic_alert' && attributes['event_type'] === 'alert',
        ),
      'the alert',
    );
    await untilState('binary_sensor.attic_alarm', 'on');
    await seen.publish('x10/zone/attic/set', 'DISARM');
    await untilState('switch.attic_armed', 'off');
    await untilState('binary_sensor.attic_alarm', 'off');
    const panel = { entity_id: 'alarm_control_panel.cellar' };
    await homeAssistant.callService('alarm_control_panel', 'alarm_arm_home', panel);
    await untilState(panel.entity_id, 'armed_home');
    await homeAssistant.callService('alarm_control_panel', 'alarm_disarm', panel);
    await untilState(panel.entity_id, 'disarmed');
  });

  test('its restart is no motion, and the bridge can be seen to be gone', async () => {
    const { homeAssistant, bridge } = world;
    await untilState('binary_sensor.porch', 'off');
    const from = homeAssistant.changes.length;
    await homeAssistant.restart();
    await untilState('binary_sensor.hall', 'off');
    await untilState('binary_sensor.hall_daylight', 'off');
    await world.fence();
    const ons = homeAssistant.changes.slice(from).filter(({ to }) => to === 'on');
    expect(ons.map(({ entity }) => entity)).not.toContain('binary_sensor.hall');
    expect(ons.map(({ entity }) => entity)).not.toContain('binary_sensor.porch');
    await bridge.stop('SIGKILL');
    await untilState('binary_sensor.x10_bridge_connection', 'off');
    await untilState('binary_sensor.hall', 'unavailable');
    await bridge.start();
    await untilState('binary_sensor.hall', 'off');
  });

  test('an alias that is gone takes its device along', async () => {
    writeFileSync(world.bridge.aliasesPath, ALIASES.replace(/ {2}(front_door|keyfob).*\n/g, ''));
    const names = async (): Promise<readonly (string | null)[]> =>
      (await world.homeAssistant.deviceRegistry()).map(({ name }) => name);
    await until(async () => !(await names()).includes('Front door'));
    await until(async () => !(await names()).includes('Keyfob'));
    expect(await names()).toContain('Hall');
  });
});
