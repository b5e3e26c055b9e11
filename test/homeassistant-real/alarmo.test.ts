/** A zone that a real Alarmo keeps, with an entry delay of its own and a sensor of the bridge among its own. */

import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { pair } from '../support/house.js';
import { leaveOut } from '../support/left-out.js';
import { until } from '../support/until.js';
import { alarmoSource, setUpAlarmo, type AlarmoSource } from './alarmo.js';
import { startWorld, type World } from './world.js';

const python = inject('pythons').current;
const alarmo: AlarmoSource = python === undefined ? { reason: 'no Home Assistant' } : alarmoSource();
if (python !== undefined && 'reason' in alarmo) leaveOut('the real Alarmo', alarmo.reason);

const CODE = '4711';
const MODES = ['armed_away', 'armed_home', 'armed_night', 'armed_vacation'] as const;
const PANEL = 'alarm_control_panel.ground';

const ALIASES = `aliases:
  hall_motion: { address: A3, model: MS14A, name: Hall, zone: ground, topic: hall }
  front_door: { address: C2, model: DS10A, name: Front door, type: door, zone: ground }
`;

const ZONES = `zones:
  ground:
    name: Ground floor
    state_topic: alarmo/state
    command_topic: alarmo/command
    modes: [away, home, night, vacation]
    alert_cooldown: 0s
`;

describe.runIf('folder' in alarmo)('a zone of the real Alarmo', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      python: python ?? '',
      aliases: ALIASES,
      zones: ZONES,
      integrations: 'folder' in alarmo ? [alarmo.folder] : [],
    });
    await world.homeAssistant.untilState('event.front_door_event', 'unknown');
    world.bridge.heyu('rcva func        Clear : hu C2  swMin  (front_door)');
    await world.homeAssistant.untilState('binary_sensor.front_door', 'off');
    await setUpAlarmo(world.homeAssistant, {
      // away there is time to come home, at night it is short
      entryDelays: { armed_away: 600, armed_home: 0, armed_night: 1, armed_vacation: 600 },
      code: CODE,
      door: 'binary_sensor.front_door',
    });
    // before that it does not listen to its command topic (docs/home-assistant.md)
    await world.homeAssistant.restart();
    await world.homeAssistant.untilState('alarm_control_panel.alarmo', 'disarmed');
    await until(
      async () => (await world.homeAssistant.state(PANEL)) !== 'unavailable',
      'the panel of the zone',
    );
    await panel('alarm_arm_home');
    await bothAre('armed_home');
    await panel('alarm_disarm', CODE);
    await bothAre('disarmed');
  });
  afterAll(() => world.remove());
  afterEach(() => {
    expect(world.newFaults()).toEqual([]);
  });

  /** What is pressed on the panel of the zone. */
  const panel = (service: string, code?: string): Promise<void> =>
    world.homeAssistant.callService('alarm_control_panel', service, {
      entity_id: PANEL,
      ...(code === undefined ? {} : { code }),
    });
  const bothAre = async (state: string): Promise<void> => {
    for (const entity of ['alarm_control_panel.alarmo', PANEL])
      await world.homeAssistant.untilState(entity, state);
  };
  const attribute = async (name: string): Promise<unknown> =>
    (await world.homeAssistant.states()).find(({ entity_id }) => entity_id === PANEL)?.attributes[name];
  const alerts = (): readonly string[] =>
    world.seen
      .payloads('x10/zone/ground/alert')
      .map((text) => (JSON.parse(text) as { readonly alias: string }).alias);
  const motion = (): void => world.bridge.heyu(...pair('rcvi', 'A3', 'On'), ...pair('rcvi', 'A3', 'Off'));
  const door = async (isOpen: boolean): Promise<void> => {
    world.bridge.heyu(`rcva func        ${isOpen ? 'Alert' : 'Clear'} : hu C2  swMin  (front_door)`);
    await world.homeAssistant.untilState('binary_sensor.front_door', isOpen ? 'on' : 'off');
  };

  test.each(MODES)('its state %s arrives, and back', async (state) => {
    await panel(state.replace('armed', 'alarm_arm'));
    await bothAre(state);
    await world.homeAssistant.untilState('sensor.ground_security', state);
    await panel('alarm_disarm', CODE);
    await bothAre('disarmed');
  });

  test('a wrong code does not disarm it, and the bridge keeps none', async () => {
    await panel('alarm_arm_away');
    await bothAre('armed_away');
    await panel('alarm_disarm', '0000');
    await until(
      () => world.seen.last('alarmo/event')?.payload.includes('INVALID_CODE_PROVIDED'),
      'Alarmo to refuse the code',
    );
    expect(await world.homeAssistant.state(PANEL)).toBe('armed_away');
    await panel('alarm_disarm', CODE);
    await bothAre('disarmed');
    expect(world.bridge.output()).not.toContain(CODE);
    expect(world.bridge.read('state/state.json')).not.toContain(CODE);
  });

  test('a homecoming in the entry delay of Alarmo is no alert; who does not disarm is one', async () => {
    const { homeAssistant, seen } = world;
    await panel('alarm_arm_away');
    await bothAre('armed_away');
    seen.clear();
    await door(true);
    await homeAssistant.untilState('alarm_control_panel.alarmo', 'pending');
    // other programs say that before arming, too: the state of the zone stays
    await until(async () => (await attribute('reported')) === 'pending', 'the zone to hear of it');
    expect(await homeAssistant.state(PANEL)).toBe('armed_away');
    motion();
    await seen.untilLast('x10/hall/motion', 'OFF');
    await panel('alarm_disarm', CODE);
    await bothAre('disarmed');
    await door(false);
    await panel('alarm_arm_night');
    await bothAre('armed_night');
    await door(true);
    await bothAre('triggered');
    await homeAssistant.untilState('binary_sensor.ground_alarm', 'on');
    // the second one, and no other
    await until(() => alerts().length > 0, 'the alert');
    expect(alerts()).toEqual(['front_door']);
    await panel('alarm_disarm', CODE);
    await bothAre('disarmed');
    await homeAssistant.untilState('binary_sensor.ground_alarm', 'off');
    await door(false);
  });

  test('motion that Alarmo does not know of is an alert', async () => {
    await panel('alarm_arm_away');
    await bothAre('armed_away');
    world.seen.clear();
    motion();
    await until(() => alerts().length > 0, 'the alert');
    expect(alerts()).toEqual(['hall_motion']);
    await panel('alarm_disarm', CODE);
    await bothAre('disarmed');
  });

  test('an alert while Home Assistant is down, and Alarmo with it, stands there when it is back', async () => {
    const { homeAssistant, seen } = world;
    await panel('alarm_arm_away');
    await bothAre('armed_away');
    await homeAssistant.stop();
    seen.clear();
    motion();
    await until(() => alerts().length > 0, 'the alert');
    await homeAssistant.start();
    await until(
      async () => ((await homeAssistant.state('sensor.ground_last_alert')) ?? '').startsWith('Hall: motion'),
      'the last alert',
    );
    await bothAre('armed_away');
    await panel('alarm_disarm', CODE);
    await bothAre('disarmed');
  });
});
