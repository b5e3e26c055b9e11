/** Commands for lamps and appliances: from Home Assistant's `set` topics to words of heyu. Off unless `heyu.control`. */

import { sensorTopic } from '../mqtt/topics.js';
import type { Log, Received } from '../ports.js';
import { isSwitchable } from '../sensor/channels.js';
import { heyuArguments } from '../sensor/lamp.js';
import type { SensorSettings } from '../sensor/settings.js';
import type { CoreSettings } from '../core-settings.js';

/** Runs one command of heyu; `done` gets the reason in words when it failed. */
export type RunHeyu = (args: readonly string[], done?: (failure: string | undefined) => void) => void;

/** The devices that take commands, by the topic of their commands. */
export function commandTopics(settings: CoreSettings): ReadonlyMap<string, SensorSettings> {
  if (!settings.control) return new Map();
  return new Map(
    settings.sensors
      .filter(isSwitchable)
      .map((sensor) => [sensorTopic(settings.baseTopic, sensor.topic, 'set'), sensor]),
  );
}

/**
 * Hands a command on to heyu. A retained one is refused: it would switch the lamp at each reconnect. `done` is
 * called for each word of heyu, with the reason when that failed.
 */
export function obey(
  sensor: SensorSettings,
  message: Received,
  runHeyu: RunHeyu,
  log: Log,
  done: (failure: string | undefined) => void,
): void {
  const { alias } = sensor;
  const payload = new TextDecoder().decode(message.payload);
  if (message.retain) {
    if (payload !== '')
      log.warn({ alias, topic: message.topic }, 'a retained command is refused: publish it without retain');
    return;
  }
  const commands = heyuArguments(sensor, payload);
  if (commands === undefined) {
    log.warn(
      { alias, payload: payload.slice(0, 50) },
      'no command for this device: ON, OFF, or 0 to 100 for a dimmable lamp',
    );
    return;
  }
  for (const args of commands) runHeyu(args, done);
}
