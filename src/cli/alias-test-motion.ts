/** `alias test --motion`: turns a motion on and off again at the broker, so that automations can be tried. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Configuration } from '../config/configuration.js';
import { sensorTopic, zoneTopic } from '../mqtt/topics.js';
import { channelsOf } from '../sensor/channels.js';
import type { SensorSettings } from '../sensor/settings.js';
import { ECHO_MS, type Inbox, type Tell } from './alias-test.js';
import { askOnTerminal } from './ask.js';
import { CommandError } from './exit-code.js';
import type { Visitor } from './visitor.js';

/** Long enough to be seen on a dashboard. */
const ON_MS = 3000;

/** Publishes ON, then what was there before. Refuses while the zone of the sensor is not known to be disarmed. */
export async function toggleMotion(
  { core }: Configuration,
  sensor: SensorSettings,
  visitor: Visitor,
  inbox: Inbox,
  tell: Tell,
  { asks, isSure }: { readonly asks: boolean; readonly isSure: boolean },
): Promise<void> {
  if (!channelsOf(sensor).includes('motion')) throw new CommandError(`${sensor.alias} has no motion`);
  if (sensor.zone !== undefined) {
    const topic = zoneTopic(core.baseTopic, sensor.zone, 'security');
    const state = inbox.retained.get(topic) ?? 'unknown';
    if (state !== 'disarmed')
      throw new CommandError(
        `the zone ${sensor.zone} is ${state === 'None' ? 'unknown' : state}: no motion is made up`,
        undefined,
        'disarm it first',
      );
  }
  if (!asks && !isSure)
    throw new CommandError('no motion was made up', undefined, 'add --yes to really do it');
  const question = `Turn the motion of ${sensor.alias} on for ${ON_MS / 1000} s? Automations will run.`;
  if (asks && !(await askOnTerminal.yesOrNo(question, false))) throw new CommandError('called off');

  const topic = sensorTopic(core.baseTopic, sensor.topic, 'motion');
  const before = inbox.retained.get(topic) ?? 'OFF';
  const put = async (payload: string): Promise<void> => {
    const echo = inbox.comes(topic, payload, ECHO_MS);
    await visitor.publish({ topic, payload, retain: true });
    const isBack = await echo;
    tell(isBack ? 'ok' : 'fault', `${topic}: ${payload} ${isBack ? 'came back' : 'did not come back'}`);
  };
  try {
    await put('ON');
    await pause(ON_MS);
  } finally {
    await put(before);
  }
}
