/** Takes the pictures of docs/images from a running Home Assistant: `npm run screenshots`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inject, onTestFinished, test } from 'vitest';
import { pair } from '../support/house.js';
import { until } from '../support/until.js';
import { startBrowser } from './browser.js';
import { startWorld } from './world.js';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** A zone of each kind, with a panel that has not all ways of being armed. */
const ZONES = `zones:
  ground: { name: Ground floor, state_topic: alarmo/state, alert_cooldown: 0s }
  attic: { name: Attic, panel: switch, alert_cooldown: 0s }
  cellar: { name: Cellar, modes: [away, home, night], alert_cooldown: 0s }
`;

/** Where the page of the bridge is cut, before the list of its devices. */
const BELOW_ITS_ENTITIES = 765;

test('pictures for the documentation', async () => {
  const world = await startWorld({ python: inject('pythons').current ?? '', zones: ZONES });
  onTestFinished(() => world.remove());
  const { bridge, homeAssistant, seen } = world;
  await homeAssistant.untilState('alarm_control_panel.cellar', 'disarmed');
  await homeAssistant.command('config/entity_registry/update', {
    entity_id: 'sensor.hall_last_seen',
    disabled_by: null,
  });
  // half a minute later Home Assistant reloads the integration by itself
  await until(async () => (await homeAssistant.state('sensor.hall_last_seen')) !== undefined);
  await homeAssistant.untilState('alarm_control_panel.cellar', 'disarmed');
  await seen.publish('alarmo/state', 'armed_away', { retain: true });
  await homeAssistant.untilState('sensor.ground_security', 'armed_away');
  await homeAssistant.callService('alarm_control_panel', 'alarm_arm_home', {
    entity_id: 'alarm_control_panel.cellar',
  });
  await homeAssistant.untilState('alarm_control_panel.cellar', 'armed_home');
  bridge.heyu(...pair('rcvi', 'A4', 'Off'));
  bridge.heyu('rcva func        Clear : hu C2  swMin  (front_door)', ...pair('rcvi', 'A3', 'On'));
  bridge.heyu('rcva func       Disarm : hu C4   (keyfob)');
  await homeAssistant.untilState('binary_sensor.hall_motion', 'on');
  await homeAssistant.untilState('binary_sensor.ground_alarm', 'on');
  await homeAssistant.untilState('binary_sensor.front_door', 'off');

  const browser = await startBrowser(homeAssistant);
  onTestFinished(() => browser.stop());
  mkdirSync(IMAGES, { recursive: true });
  const ids = new Map((await homeAssistant.deviceRegistry()).map(({ name, id }) => [name, id]));
  const take = async (
    file: string,
    device: string,
    words: readonly string[],
    height?: number,
  ): Promise<void> => {
    const path = `/config/devices/device/${ids.get(device) ?? ''}`;
    writeFileSync(`${IMAGES}${file}.png`, await browser.picture(path, words, height));
  };
  await take('device-motion-sensor', 'Hall', ['Daylight', 'Motion event', 'Last seen', 'MS14A']);
  await take('device-door', 'Front door', ['Battery', 'DS10A']);
  await take('device-remote', 'Keyfob', ['disarm', 'KR10A']);
  await take('device-zone', 'Ground floor', ['Security state', 'Alarm', 'Alert']);
  await take('device-alarm-panel', 'Cellar', ['Alarm', 'Alert']);
  bridge.heyu('rcva func        Alert : hu C2  swMin  (front_door)');
  await homeAssistant.untilState('alarm_control_panel.cellar', 'triggered');
  await take('device-zone-alarm', 'Cellar', ['Triggered', 'Front door: opened']);
  await take(
    'device-bridge',
    'X10 bridge',
    ['Connection', 'Problem', 'Send discovery again'],
    BELOW_ITS_ENTITIES,
  );
}, 300_000);
