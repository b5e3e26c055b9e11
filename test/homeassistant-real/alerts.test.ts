/** An alert is told by the blueprint exactly once, whoever was away when it happened. */

import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { pair } from '../support/house.js';
import { until } from '../support/until.js';
import { ALIASES, startWorld, type World } from './world.js';

const python = inject('pythons').current;

/** The blueprint for an alert, with a message in place of the notification. */
const ALERT = stringify({
  'automation alert': [
    {
      alias: 'X10 alert',
      use_blueprint: {
        path: 'heyu2mqtt/x10_alert.yaml',
        input: { last_alert: 'sensor.attic_last_alert', notify: 'script.tell' },
      },
    },
  ],
  script: {
    tell: {
      mode: 'queued',
      sequence: [
        { action: 'mqtt.publish', data: { topic: 'automation/alert', qos: 1, payload: '{{ message }}' } },
      ],
    },
  },
});

/** At the moment of each alarm: which sensor the panel names. */
const AT_THE_ALARM = stringify({
  'automation panel': [
    {
      alias: 'At the alarm',
      triggers: [{ trigger: 'state', entity_id: 'alarm_control_panel.attic', to: 'triggered' }],
      actions: [
        {
          action: 'mqtt.publish',
          data: {
            topic: 'automation/panel',
            payload:
              '{{ trigger.to_state.attributes.alarm_sensor }} {{ trigger.to_state.attributes.arm_mode }}',
          },
        },
      ],
      mode: 'queued',
    },
  ],
});

describe.skipIf(python === undefined)('the newest release', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ python: python ?? '', configuration: `${ALERT}${AT_THE_ALARM}` });
    await world.homeAssistant.untilState('switch.attic_armed', 'off');
  });
  afterAll(() => world.remove());
  afterEach(async () => {
    await set('DISARM', 'disarmed');
    expect(world.newFaults()).toEqual([]);
  });

  /** A broker that comes back may have to wait for the next attempt of Home Assistant. */
  const PATIENCE_MS = 120_000;
  const told = (): readonly string[] => world.seen.payloads('automation/alert');
  const alert = async (): Promise<void> => {
    const count = world.seen.payloads('x10/zone/attic/last_alert').length;
    world.bridge.heyu(...pair('rcvi', 'A5', 'On'), ...pair('rcvi', 'A5', 'Off'));
    await until(() => world.seen.payloads('x10/zone/attic/last_alert').length > count, 'the alert');
  };
  const set = async (command: string, state: string): Promise<void> => {
    await world.seen.publish('x10/zone/attic/set', command);
    await world.homeAssistant.untilState('alarm_control_panel.attic', state);
  };
  const known = async (): Promise<void> => {
    await until(
      async () => ((await world.homeAssistant.state('sensor.attic_last_alert')) ?? '').startsWith('Porch'),
      'the last alert',
      PATIENCE_MS,
    );
    await world.fence();
  };

  test('the state comes with its attributes, and the alert is told', async () => {
    world.seen.clear();
    await set('ARM_NIGHT', 'armed_night');
    await alert();
    await world.seen.untilLast('automation/panel', 'porch_motion armed_night');
    await until(() => told().length === 1, 'the message');
    expect(told()).toEqual(['Porch: motion (Attic)']);
    expect(world.seen.payloads('automation/panel')).toHaveLength(1);
  });

  test('two alerts in the same second are both told, in one message or two', async () => {
    world.seen.clear();
    await set('ARM_AWAY', 'armed_away');
    world.bridge.heyu(...pair('rcvi', 'A5', 'On'), ...pair('rcvi', 'A5', 'Off'), ...pair('rcvi', 'A5', 'On'));
    await until(() => told().join(', ') === 'Porch: motion (Attic), Porch: motion (Attic)', 'both alerts');
  });

  test('alerts while Home Assistant is down are one message at its start, and none at the next', async () => {
    await set('ARM_AWAY', 'armed_away');
    world.seen.clear();
    await world.homeAssistant.stop();
    await alert();
    await alert();
    await world.homeAssistant.start();
    await until(() => told().length > 0, 'the message', PATIENCE_MS);
    await known();
    expect(told()).toEqual(['Porch: motion (Attic), Porch: motion (Attic)']);
    await world.homeAssistant.restart();
    await known();
    expect(told()).toHaveLength(1);
  });

  test('an alert while the broker is down is told when it is back, once', async () => {
    await set('ARM_AWAY', 'armed_away');
    world.seen.clear();
    await world.mosquitto.stop();
    world.bridge.heyu(...pair('rcvi', 'A5', 'On'), ...pair('rcvi', 'A5', 'Off'));
    await world.mosquitto.start();
    await until(() => told().length > 0, 'the message', PATIENCE_MS);
    await known();
    // without a link nobody can tell whether it was disarmed
    expect(told()).toEqual([expect.stringMatching(/^Porch: motion \(Attic\)/)]);
  });

  test('an alert while both are down, and the bridge dies, is told once', async () => {
    await set('ARM_AWAY', 'armed_away');
    world.seen.clear();
    await world.homeAssistant.stop();
    await world.mosquitto.stop();
    world.bridge.heyu(...pair('rcvi', 'A5', 'On'), ...pair('rcvi', 'A5', 'Off'));
    await until(() => /"alert"|alert/.test(world.bridge.output()), 'the alert in the journal');
    await world.bridge.stop('SIGKILL');
    await world.bridge.start();
    await world.mosquitto.start();
    await world.homeAssistant.start();
    await until(() => told().length > 0, 'the message', PATIENCE_MS);
    await known();
    expect(told()).toHaveLength(1);
  });

  test('an alias that is removed while Home Assistant is down takes its device along', async () => {
    const names = async (): Promise<readonly (string | null)[]> =>
      (await world.homeAssistant.deviceRegistry()).map(({ name }) => name);
    expect(await names()).toContain('Front door');
    await world.homeAssistant.stop();
    world.seen.clear();
    writeFileSync(world.bridge.aliasesPath, ALIASES.replace(/ {2}front_door.*\n/, ''));
    await world.seen.untilLast('x10/front_door/contact', '');
    await world.homeAssistant.start();
    await world.seen.untilLast('homeassistant/status', 'online');
    const front = async (): Promise<unknown> =>
      (await world.homeAssistant.entityRegistry()).find(({ unique_id }) => unique_id.startsWith('x10_c2_'));
    await until(async () => (await front()) === undefined, 'the entities to go', PATIENCE_MS);
    expect(await names()).not.toContain('Front door');
    expect((await names()).filter((name) => name?.startsWith('x10_'))).toEqual([]);
    expect(await names()).toContain('Porch');
    writeFileSync(world.bridge.aliasesPath, ALIASES);
    await world.homeAssistant.untilState('binary_sensor.front_door_silent', 'off');
  });

  test('a zone that is removed lets go of its topics without a word', async () => {
    const configured = readFileSync(world.bridge.configPath, 'utf8');
    writeFileSync(world.bridge.configPath, configured.replace(/ {2}ground:.*\n/, ''));
    writeFileSync(world.bridge.aliasesPath, ALIASES.replace(', zone: ground', ''));
    await world.seen.untilLast('x10/zone/ground/security_attributes', '');
    await world.fence();
    expect(await world.homeAssistant.state('alarm_control_panel.ground')).toBeUndefined();
  });
});
