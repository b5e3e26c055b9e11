/** The blueprints of docs/blueprints: Home Assistant takes them, and an automation of each does what it says. */

import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { pair } from '../support/house.js';
import { until } from '../support/until.js';
import { startWorld, type World } from './world.js';

const ALIASES = `aliases:
  hall_motion: { address: A3, model: MS14A, name: Hall, zone: ground, dusk: A4, topic: hall }
  porch_motion: { address: A5, model: MS14A, name: Porch, zone: attic, topic: porch }
  front_door: { address: C2, model: DS10A, name: Front door, type: door }
  cellar_door: { address: C3, model: DS10A, name: Cellar door, type: door }
  alarm_lamp: { address: E2, model: StdLM, name: Alarm lamp }
  hall_lamp: { address: E3, model: StdLM, name: Hall lamp }
  porch_lamp: { address: E4, model: StdLM, name: Porch lamp }
`;

/** An action in place of a phone: what it is given goes to the broker. */
const TELL = stringify({
  script: {
    tell: {
      mode: 'queued',
      sequence: [
        {
          service: 'mqtt.publish',
          data: {
            topic: 'automation/told',
            qos: 1,
            payload:
              "{{ {'title': title, 'message': message, 'actions': (data | default({})).actions | default([])} | to_json }}",
          },
        },
      ],
    },
  },
});

/** 2024.3 makes entity ids of names. */
const RELEASES = [
  {
    release: 'current',
    discovery: 'device',
    ids: {
      motion: '_motion',
      light: '_light',
      signal: 'silent',
      problem: 'reason',
      zones: { cellar: 'cellar', ground: 'ground' },
    },
  },
  {
    release: '2024.3',
    discovery: 'entity',
    ids: {
      motion: '',
      light: '_daylight',
      signal: 'signal',
      problem: 'problem',
      zones: { cellar: 'cellar', ground: 'ground_floor' },
    },
  },
] as const;

const notify = 'script.tell';

describe.each(RELEASES)('$release', ({ release, discovery, ids }) => {
  const python = inject('pythons')[release];
  describe.skipIf(python === undefined)('takes the blueprints', () => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld({
        python: python ?? '',
        discovery,
        aliases: ALIASES,
        switches: true,
        configuration: TELL,
      });
      await untilState('alarm_control_panel.attic', 'disarmed');
      await untilState('binary_sensor.x10_bridge_connection', 'on');
      await request('states/sun.sun', { state: 'above_horizon' });
      await world.fence();
      const bridge = (await world.homeAssistant.deviceRegistry()).find(({ name }) => name === 'X10 bridge');
      await automate('x10_alert', { last_alert: 'sensor.attic_last_alert', notify });
      await automate(
        'x10_alert',
        { last_alert: `sensor.${ids.zones.ground}_last_alert`, notify },
        'buttonless',
      );
      for (const [zone, ask_code] of [
        ['cellar', true],
        ['ground', false],
      ] as const) {
        const panel = `alarm_control_panel.${ids.zones[zone]}`;
        await automate(
          'x10_alert',
          { last_alert: `sensor.${ids.zones[zone]}_last_alert`, panel, ask_code, notify },
          zone,
        );
      }
      await automate('x10_alarm_lights', {
        alarm: 'binary_sensor.attic_alarm',
        lights: { entity_id: 'light.alarm_lamp' },
        off_afterwards: true,
      });
      for (const place of ['hall', 'porch']) {
        await automate(
          'x10_motion_light',
          { motion: `binary_sensor.${place}${ids.motion}`, lights: { entity_id: `light.${place}_lamp` } },
          place,
        );
      }
      await automate('x10_left_open', {
        contacts: ['binary_sensor.front_door', 'binary_sensor.cellar_door'],
        patience: { seconds: 1 },
        notify,
      });
      await automate('x10_batteries', {
        bridge: bridge?.id,
        days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        notify,
      });
      await automate('x10_bridge_trouble', {
        connection: 'binary_sensor.x10_bridge_connection',
        problem: `sensor.x10_bridge_${ids.problem}`,
        patience: { seconds: 1 },
        notify,
      });
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

    /** Home Assistant's REST interface, as its own pages use it. */
    async function request(path: string, body: unknown): Promise<void> {
      const { homeAssistant } = world;
      const answer = await fetch(`${homeAssistant.url}/api/${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${homeAssistant.accessToken()}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }
    /** Makes an automation of a blueprint and waits until it runs. */
    async function automate(file: string, input: object, name = file): Promise<void> {
      const use_blueprint = { path: `heyu2mqtt/${file}.yaml`, input };
      await request(`config/automation/config/${name}`, { alias: name, use_blueprint });
      await untilState(`automation.${name}`, 'on');
    }
    type Told = { readonly title: string; readonly message: string; readonly actions: readonly unknown[] };
    const told = (): readonly Told[] =>
      world.seen.payloads('automation/told').map((text) => JSON.parse(text) as Told);
    const words = (): readonly string[] => told().map(({ title, message }) => `${title}: ${message}`);
    const untilTold = (...wanted: readonly string[]): Promise<unknown> =>
      until(
        () => JSON.stringify(words()) === JSON.stringify(wanted),
        () => `${wanted.join(' | ')}; told was ${words().join(' | ')}`,
      );
    const untilHeyu = (call: string): Promise<unknown> =>
      until(
        () => world.heyuCalls().includes(call),
        () => `heyu ${call}; it was called ${world.heyuCalls().join()}`,
      );

    test('each of them fits its schema', async () => {
      const blueprints = (await world.homeAssistant.command('blueprint/list', {
        domain: 'automation',
      })) as Readonly<Record<string, { readonly metadata?: object; readonly error?: string }>>;
      expect(Object.keys(blueprints).sort()).toEqual(
        readdirSync('docs/blueprints')
          .map((file) => `heyu2mqtt/${file}`)
          .sort(),
      );
      for (const [file, { metadata, error }] of Object.entries(blueprints)) {
        expect(error, file).toBeUndefined();
        expect(metadata, file).toMatchObject({ domain: 'automation' });
      }
    });

    test('an alert is told once with a button that disarms; a lamp is on while the alarm is', async () => {
      const { bridge, homeAssistant, seen } = world;
      seen.clear();
      await homeAssistant.callService('alarm_control_panel', 'alarm_arm_night', {
        entity_id: 'alarm_control_panel.attic',
      });
      await untilState('alarm_control_panel.attic', 'armed_night');
      bridge.heyu(...pair('rcvi', 'A5', 'On'), ...pair('rcvi', 'A5', 'Off'));
      await untilTold('Attic: Porch: motion (Attic)');
      await untilHeyu('on E2');
      const action = 'X10_DISARM_sensor.attic_last_alert';
      expect(told()[0]?.actions).toEqual([{ action, title: 'Disarm', authenticationRequired: true }]);
      await request('events/mobile_app_notification_action', { action: 'X10_DISARM_sensor.x' });
      await request('events/mobile_app_notification_action', { action });
      await untilState('alarm_control_panel.attic', 'disarmed');
      await untilHeyu('off E2');
      await world.fence();
      expect(words()).toHaveLength(1);
    });

    test('a panel with a code is disarmed with what was typed, and one that does not disarm is told', async () => {
      const { homeAssistant, seen } = world;
      seen.clear();
      const cellar = 'alarm_control_panel.cellar';
      await homeAssistant.callService('alarm_control_panel', 'alarm_trigger', { entity_id: cellar });
      await untilState(cellar, 'triggered');
      await until(() => told().length === 1, 'the alert');
      const action = `X10_DISARM_sensor.${ids.zones.cellar}_last_alert`;
      expect(told()[0]?.actions).toMatchObject([{ action, behavior: 'textInput' }]);
      let data: unknown;
      await homeAssistant.subscribe('subscribe_events', { event_type: 'call_service' }, (event) => {
        const call = (
          event as { readonly data: { readonly service: string; readonly service_data: unknown } }
        ).data;
        if (call.service === 'alarm_disarm') data = call.service_data;
      });
      await request('events/mobile_app_notification_action', { action, reply_text: '0123' });
      await untilState(cellar, 'disarmed');
      expect(data).toMatchObject({ code: '0123' });
      // its state belongs to another program
      await untilState(`alarm_control_panel.${ids.zones.ground}`, 'unknown');
      const foreign = `X10_DISARM_sensor.${ids.zones.ground}_last_alert`;
      await request('events/mobile_app_notification_action', { action: foreign });
      await until(
        () => words().at(-1) === 'Ground floor: The panel is not disarmed',
        () => words().join(),
      );
    });

    test('motion in the dark is light, and by day it is none: by the sensor, else by the sun', async () => {
      const { bridge } = world;
      const motionOf = async (address: string, entity: string): Promise<void> => {
        bridge.heyu(...pair('rcvi', address, 'On'));
        await untilState(entity, 'on');
        bridge.heyu(...pair('rcvi', address, 'Off'));
        await untilState(entity, 'off');
      };
      const hall = `binary_sensor.hall${ids.motion}`;
      const porch = `binary_sensor.porch${ids.motion}`;
      await request('states/sun.sun', { state: 'below_horizon' });
      bridge.heyu(...pair('rcvi', 'A4', 'Off'));
      await untilState(`binary_sensor.hall${ids.light}`, 'on');
      await motionOf('A3', hall);
      await motionOf('A5', porch);
      await untilHeyu('on E4');
      await untilHeyu('off E4');
      expect(world.heyuCalls()).not.toContain('on E3');
      await request('states/sun.sun', { state: 'above_horizon' });
      bridge.heyu(...pair('rcvi', 'A4', 'On'));
      await untilState(`binary_sensor.hall${ids.light}`, 'off');
      await motionOf('A5', porch);
      await motionOf('A3', hall);
      await untilHeyu('on E3');
      await untilHeyu('off E3');
      expect(world.heyuCalls().filter((call) => call === 'on E4')).toHaveLength(1);
    });

    test('a door that stands open is told, and one that is closed is not', async () => {
      const { bridge, seen } = world;
      seen.clear();
      bridge.heyu('rcva func        Clear : hu C3  swMin  (cellar_door)');
      bridge.heyu('rcva func        Alert : hu C2  swMin  (front_door)');
      await untilTold('Left open: Front door');
      bridge.heyu('rcva func        Clear : hu C2  swMin  (front_door)');
      await untilState('binary_sensor.front_door', 'off');
      await world.fence();
      expect(words()).toHaveLength(1);
    });

    test('low batteries and silent sensors are told by name, and nothing while all are well', async () => {
      const { bridge, homeAssistant, seen } = world;
      seen.clear();
      const check = (): Promise<void> =>
        homeAssistant.callService('automation', 'trigger', {
          entity_id: 'automation.x10_batteries',
          skip_condition: false,
        });
      await check();
      bridge.heyu('rcva func        Clear : hu C2  swMin LoBat  (front_door)');
      await untilState('binary_sensor.front_door_battery', 'on');
      await check();
      await untilTold('X10 sensors: Low battery: Front door.');
      // in the place of a day without a signal
      const silent = `binary_sensor.cellar_door_${ids.signal}`;
      await untilState(silent, 'off');
      await request(`states/${silent}`, { state: 'on', attributes: { device_class: 'problem' } });
      seen.clear();
      await check();
      await untilTold('X10 sensors: Low battery: Front door. Not heard: Cellar door.');
    });

    test('a zone that another program keeps has no button, unless the panel of that program was chosen', async () => {
      const { bridge, seen } = world;
      await seen.publish('alarmo/state', 'armed_away', { retain: true });
      await untilState(`alarm_control_panel.${ids.zones.ground}`, 'armed_away');
      seen.clear();
      bridge.heyu(...pair('rcvi', 'A3', 'On'));
      await until(
        () => told().length === 2,
        () => words().join(),
      );
      expect(new Set(words())).toEqual(new Set(['Ground floor: Hall: motion (Ground floor)']));
      expect(
        told()
          .map(({ actions }) => actions.length)
          .sort(),
      ).toEqual([0, 1]);
      bridge.heyu(...pair('rcvi', 'A3', 'Off'));
    });

    test('a bridge that is gone is told, and when it is back', async () => {
      const { bridge, seen } = world;
      seen.clear();
      const gone = 'X10: the bridge does not run, or does not reach the broker';
      await bridge.stop('SIGKILL');
      await untilTold(gone);
      await bridge.start();
      await untilTold(gone, 'X10: the problem is over');
    });
  });
});
