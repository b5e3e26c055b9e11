/** Waiting until Home Assistant has taken in everything that was published before. */

import type { Collector } from '../support/collect.js';
import type { HomeAssistant } from './driver.js';

/**
 * Makes a sensor without a device, whose state is counted up: what the broker delivered before it has been taken
 * in when the new count shows. Call the result after the messages in question are at the broker.
 */
export async function fenceOf(seen: Collector, homeAssistant: HomeAssistant): Promise<() => Promise<void>> {
  const config = { name: 'Fence', unique_id: 'fence', state_topic: 'fence/state' };
  let count = 0;
  const fence = async (): Promise<void> => {
    count += 1;
    // again, because a test may have made the broker forget it; what it knows already is ignored
    await seen.publish('homeassistant/sensor/fence/config', JSON.stringify(config), { retain: true });
    await seen.publish('fence/state', String(count), { retain: true });
    await homeAssistant.untilState('sensor.fence', String(count));
  };
  await fence();
  return fence;
}

/** The fence is an entity of the MQTT integration, too. */
export const FENCE = 'sensor.fence';
