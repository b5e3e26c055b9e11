/** The automations of docs/home-assistant.md, as they are written there, in a running Home Assistant. */

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
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
  keyfob: { address: C4, model: KR10A, name: Keyfob }
`;

const ZONES = `zones:
  ground: { name: Ground floor, state_topic: home/security/ground/state, alert_cooldown: 0s }
  house: { name: House, state_topic: home/security/house/state }
  manual: { name: Manual, state_topic: home/alarm/state }
  garden: { name: Garden, panel: alarm_control_panel }
`;

const CONFIGURATION = `
automation documented:
${AUTOMATIONS.map(item).join('\n')}
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
  const untilMessages = (from: number, wanted: readonly unknown[]): Promise<unknown> =>
    until(
      () => JSON.stringify(messages(from)) === JSON.stringify(wanted),
      () => `${wanted.join(' | ')}; it told ${messages(from).join(' | ')}`,
    );

  test('every automation is taken', async () => {
    expect(AUTOMATIONS.length).toBeGreaterThan(3);
    const states = new Map(
      (await world.homeAssistant.states())
        .filter(({ entity_id }) => entity_id.startsWith('automation.'))
        .map(({ attributes, state }) => [attributes['friendly_name'], state]),
    );
    expect(states).toEqual(new Map(NAMES.map((alias) => [alias, 'on'])));
    expect(PANELS).toHaveLength(1);
  });

  test('an input_boolean arms and disarms its zone', async () => {
    await call('input_boolean.turn_on', 'input_boolean.armed');
    await untilState('binary_sensor.ground_armed', 'on');
    await call('input_boolean.turn_off', 'input_boolean.armed');
    await untilState('binary_sensor.ground_armed', 'off');
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

  test('the panic key of a remote tells, another key does not', async () => {
    const from = calls.length;
    world.bridge.heyu('rcva func       Disarm : hu C4   (keyfob)');
    world.bridge.heyu('rcva func        Panic : hu C4   (keyfob)');
    await untilMessages(from, ['Somebody pressed the panic button']);
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
