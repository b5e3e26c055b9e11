/** What `init` needs to know: defaults for this machine, and the questions. */

import { brokerUrl, ownTopic, slug } from '../config/form-mqtt.js';
import { heyuLogPath, type X10Config } from '../heyu/x10config.js';
import type { Ask } from './ask.js';
import { DEFAULT_CONFIG } from './configured.js';
import type { InitOptions } from './init.js';
import type { InitAnswers } from './init-config.js';

/** What was found on this machine. */
export type Found = {
  /** Where config.yaml goes. */
  readonly path: string;
  readonly x10config: string | undefined;
  readonly heyu: X10Config | undefined;
};

const PASSWORD_FILE = 'mqtt-password';

/** The answers of someone who only presses Enter. */
export function answersByDefault(options: InitOptions, { path, x10config, heyu }: Found): InitAnswers {
  const baseTopic = options.baseTopic ?? 'x10';
  const hasLog = heyu !== undefined && heyuLogPath(heyu) !== undefined;
  return {
    x10config,
    // What heyu's configuration says need not stand twice; without one there must be something.
    log: options.log ?? (hasLog ? undefined : '/var/log/heyu/heyu.log.ttyS0'),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    url: options.broker ?? 'mqtt://localhost:1883',
    username: options.username,
    passwordFile: options.username === undefined ? undefined : PASSWORD_FILE,
    baseTopic,
    bridgeId: slug(baseTopic) ?? 'x10',
    alarm: options.alarm ?? 'none',
    // A configuration of one's own has its state beside it, where its owner may write.
    stateDir: path === DEFAULT_CONFIG ? undefined : 'state',
  };
}

/** Asks for what was not given as an option. */
export async function askAnswers(
  standard: InitAnswers,
  options: InitOptions,
  ask: Ask,
): Promise<InitAnswers> {
  const url =
    options.broker ??
    (await ask.text('Where is the MQTT broker?', standard.url, (answer) => {
      const reading = brokerUrl.read(answer);
      return reading.ok ? undefined : reading.problem;
    }));
  const username =
    options.username ?? ((await ask.text('User name at the broker? (empty = none)', '')) || undefined);
  const baseTopic =
    options.baseTopic ??
    (await ask.text('Topics below?', standard.baseTopic, (answer) => {
      const reading = ownTopic.read(answer);
      return reading.ok ? undefined : reading.problem;
    }));
  const alarm =
    options.alarm ??
    (await ask.choice<InitAnswers['alarm']>(
      'Who says whether the alarm is armed?',
      [
        { value: 'none', label: 'nobody: no alarm' },
        { value: 'bridge', label: 'heyu2mqtt: an alarm panel in Home Assistant' },
        { value: 'alarmo', label: 'Alarmo' },
      ],
      standard.alarm,
    ));
  return {
    ...standard,
    url,
    username,
    passwordFile: username === undefined ? undefined : PASSWORD_FILE,
    baseTopic,
    bridgeId: slug(baseTopic) ?? standard.bridgeId,
    alarm,
  };
}
