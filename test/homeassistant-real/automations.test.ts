/** The automations of docs/home-assistant.md, as they are written there, in a running Home Assistant. */

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { pair } from '../support/house.js';
import { until } from '../support/until.js';
import { startWorld, type World } from './world.js';

const python = inject('pythons').current;

const PAGE = readFileSync(new URL('../../docs/home-assistant.md', import.meta.url), 'utf8');
/** As text: what this library writes is YAML 1.2, in which `off` needs no quotes. */
const BLOCKS = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
const keysOf = (block: string): readonly string[] => Object.keys(parse(block) as object);
const AUTOMATIONS = BLOCKS.filter((block) => keysOf(block).includes('triggers'));
const PANELS = BLOCKS.filter((block) => keysOf(block).includes('alarm_control_panel'));
const NAMES = AUTOMATIONS.map((block) => (parse(block) as { readonly alias: string }).alias);

/** A block as an item of a list. */
const item = (block: string): string => block.replace(/^/gm, '  ').replace('  ', '- ').trimEnd();

const ALIASES = `aliases:
  hall_motion: { address: A3, model: MS14A, name: Hall, zone: ground, dusk: A4, topic: hall }
  front_door: { address: C2, model: DS10A, name: Front door, type: door }
  cellar_door: { address: C3, model: DS10A, name: Cellar door, type: door }
  keyfob: { address: C4, model: KR10A, name: Keyfob }
  desk: { address: E2, model: StdLM, name: Desk lamp }
`;

const ZONES = `zones:
  ground: { name: Ground floor, state_topic: home/security/ground/state, alert_cooldown: 0s }
  house: { name: House, state_topic: home/security/house/state }
  manual: { name: Manual, state_topic: home/alarm/state }
  garden: { name: Garden, panel: alarm_control_panel }
`;

/** As documented but for the times: nobody waits five minutes here. */
const CONFIGURATION = `
automation:
${AUTOMATIONS.map(item).join('\n').replaceAll('00:05:00', '00:00:01')}
${PANELS.join('')}    pending_time: 0
  - platform: manual
    name: Home
    code_arm_required: false
    arming_time: 0
input_boolean:
  armed:
notify:
  - platform: group
    name: notify
    services:
      - action: persistent_notification
`;

/** What the automations have called, as Home Assistant tells it. */
type Call = {
  readonly domain: string;
  readonly service: string;
  readonly service_data: Readonly<Record<string, unknown>>;
};

describe.skipIf(python === undefined)('the newest release', () => {
  let world: World;
  const calls: Call[] = [];

  async function listen(): Promise<void> {
    await world.homeAssistant.subscribe('subscribe_events', { event_type: 'call_service' }, (event) =>
      calls.push((event as { readonly data: Call }).data),
    );
  }
  async function restart(): Promise<void> {
    await world.homeAssistant.restart();
    await listen();
    await untilState('binary_sensor.hall_motion', 'off');
  }

  beforeAll(async () => {
    world = await startWorld({
      python: python ?? '',
      aliases: ALIASES,
      zones: ZONES,
      bridgeId: 'cellar',
      switches: true,
      configuration: CONFIGURATION,
    });
    // at its first start there is no MQTT yet for what the configuration needs it for
    await restart();
    world.newFaults();
  });
  afterAll(() => world.remove());
  afterEach(() => {
    expect(world.newFaults()).toEqual([]);
  });

  const untilState = (entity: string, state: string): Promise<void> =>
    world.homeAssistant.untilState(entity, state);
  const call = (service: string, entity_id: string): Promise<void> => {
    const [domain = '', name = ''] = service.split('.');
    return world.homeAssistant.callService(domain, name, { entity_id });
  };
  const messages = (from = 0): readonly unknown[] =>
    calls
      .slice(from)
      .filter(({ domain, service }) => domain === 'notify' && service === 'notify')
      .map(({ service_data }) => service_data['message']);
  const alerts = (from: number): readonly unknown[] =>
    messages(from).filter((message) => String(message).startsWith('hall_motion at'));
  const untilMessages = (from: number, wanted: readonly unknown[]): Promise<unknown> =>
    until(
      () => JSON.stringify(messages(from)) === JSON.stringify(wanted),
      () => `${wanted.join(' | ')}; it told ${messages(from).join(' | ')}`,
    );
  const lampCalls = (from: number): readonly string[] =>
    calls
      .slice(from)
      .filter(
        ({ domain, service_data }) =>
          domain === 'light' && JSON.stringify(service_data).includes('light.desk'),
      )
      .map(({ service }) => service);
  const idOf = async (alias: string): Promise<string> =>
    (await world.homeAssistant.states()).find(
      ({ entity_id, attributes }) =>
        entity_id.startsWith('automation.') && attributes['friendly_name'] === alias,
    )?.entity_id ?? `no automation "${alias}"`;

  test('every automation is taken', async () => {
    expect(AUTOMATIONS.length).toBeGreaterThan(7);
    const states = new Map(
      (await world.homeAssistant.states())
        .filter(({ entity_id }) => entity_id.startsWith('automation.'))
        .map(({ attributes, state }) => [attributes['friendly_name'], state]),
    );
    expect(states).toEqual(new Map(NAMES.map((alias) => [alias, 'on'])));
    expect(PANELS).toHaveLength(1);
  });

  test('an input_boolean arms its zone; motion is then one message, and none after any restart', async () => {
    const { bridge } = world;
    await call('input_boolean.turn_on', 'input_boolean.armed');
    await untilState('binary_sensor.ground_armed', 'on');
    let from = calls.length;
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await until(() => messages(from).length === 1, 'the message');
    expect(messages(from)[0]).toMatch(/^hall_motion at \d{4}-\d\d-\d\dT\S+$/);
    await untilState('binary_sensor.ground_alarm', 'on');
    bridge.heyu(...pair('rcvi', 'A3', 'Off'));
    await untilState('binary_sensor.hall_motion', 'off');
    from = calls.length;
    await restart();
    await untilState('binary_sensor.ground_alarm', 'on');
    await bridge.stop();
    await untilState('binary_sensor.ground_alarm', 'unavailable');
    await bridge.start();
    await untilState('binary_sensor.ground_alarm', 'on');
    await world.fence();
    expect(alerts(from)).toEqual([]);
    await call('input_boolean.turn_off', 'input_boolean.armed');
    await untilState('binary_sensor.ground_alarm', 'off');
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await untilState('binary_sensor.hall_motion', 'on');
    bridge.heyu(...pair('rcvi', 'A3', 'Off'));
    await untilState('binary_sensor.hall_motion', 'off');
    await world.fence();
    expect(alerts(from)).toEqual([]);
  });

  test('a broker that has forgotten whether the zone is armed is told when the bridge comes back', async () => {
    const { bridge, seen } = world;
    await call('input_boolean.turn_on', 'input_boolean.armed');
    await untilState('binary_sensor.ground_armed', 'on');
    await bridge.stop();
    await seen.publish('home/security/ground/state', '', { retain: true });
    await bridge.start();
    await untilState('binary_sensor.ground_armed', 'on');
    await call('input_boolean.turn_off', 'input_boolean.armed');
    await untilState('binary_sensor.ground_armed', 'off');
  });

  test('the lamp is switched on by motion in the dark and off after it, and left alone by day', async () => {
    const { bridge } = world;
    bridge.heyu(...pair('rcvi', 'A4', 'Off'));
    await untilState('binary_sensor.hall_light', 'on');
    const from = calls.length;
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await untilState('binary_sensor.hall_motion', 'on');
    bridge.heyu(...pair('rcvi', 'A3', 'Off'), ...pair('rcvi', 'A4', 'On'));
    await untilState('binary_sensor.hall_light', 'off');
    await untilState('binary_sensor.hall_motion', 'off');
    await world.fence();
    expect(lampCalls(from)).toEqual([]);
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await until(() => lampCalls(from).length === 1, 'the lamp to be switched on');
    await until(() => world.heyuCalls().length > 0, 'the call of heyu');
    bridge.heyu(...pair('rcvi', 'A3', 'Off'));
    await until(() => lampCalls(from).length === 2, 'the lamp to be switched off');
    expect(lampCalls(from)).toEqual(['turn_on', 'turn_off']);
    await until(
      () => world.heyuCalls().at(-1) === 'off E2',
      () => world.heyuCalls().join(),
    );
    expect(world.heyuCalls()[0]).toBe('on E2');
    bridge.heyu(...pair('sndc', 'E2', 'On', 'desk'));
    await untilState('light.desk', 'on');
    bridge.heyu(...pair('sndc', 'E2', 'Off', 'desk'));
    await untilState('light.desk', 'off');
  });

  test('the panic key of a remote tells, another key does not', async () => {
    const from = calls.length;
    world.bridge.heyu('rcva func       Disarm : hu C4   (keyfob)');
    world.bridge.heyu('rcva func        Panic : hu C4   (keyfob)');
    await untilMessages(from, ['Somebody pressed the panic button']);
  });

  test('low batteries are told by name, and nothing is told while all are good', async () => {
    const { bridge, homeAssistant } = world;
    const entity_id = await idOf('Empty batteries');
    const check = (): Promise<void> =>
      homeAssistant.callService('automation', 'trigger', { entity_id, skip_condition: false });
    bridge.heyu('rcva func        Clear : hu C2  swMin  (front_door)');
    bridge.heyu('rcva func        Clear : hu C3  swMin  (cellar_door)');
    await untilState('binary_sensor.cellar_door_battery', 'off');
    const from = calls.length;
    await check();
    bridge.heyu('rcva func        Clear : hu C2  swMin LoBat  (front_door)');
    await untilState('binary_sensor.front_door_battery', 'on');
    await check();
    await untilMessages(from, ['Front door Battery']);
  });

  test('a bridge that is gone is told after a while', async () => {
    const { bridge } = world;
    const from = calls.length;
    await bridge.stop('SIGKILL');
    await untilMessages(from, ['the bridge does not run, or does not reach the broker']);
    await bridge.start();
    await untilState('binary_sensor.cellar_bridge_connection', 'on');
  });

  test('when everybody has left, a zone of the bridge is armed', async () => {
    const { homeAssistant, seen } = world;
    for (const state of ['1', '0']) {
      await fetch(`${homeAssistant.url}/api/states/zone.home`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${homeAssistant.accessToken()}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ state }),
      });
    }
    await seen.untilLast('x10/zone/garden/state', 'armed_away');
    await untilState('alarm_control_panel.garden', 'armed_away');
  });

  test.each([
    ['alarm_control_panel.home', 'house'],
    ['alarm_control_panel.house_alarm', 'manual'],
  ])('%s arms and disarms its zone', async (panel, zone) => {
    await call('alarm_control_panel.alarm_arm_night', panel);
    await untilState(`sensor.${zone}_security`, 'armed_night');
    await call('alarm_control_panel.alarm_disarm', panel);
    await untilState(`sensor.${zone}_security`, 'disarmed');
  });
});
