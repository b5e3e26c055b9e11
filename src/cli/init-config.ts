/** The text of a first config.yaml: the packaged example, comments and all, with the answers put into it. */

import { stringify } from 'yaml';

/** What the owner has answered. */
export type InitAnswers = {
  /** heyu's configuration; undefined = none was found. */
  readonly x10config: string | undefined;
  /** The log, where it does not follow from heyu's configuration. */
  readonly log: string | undefined;
  readonly timeZone: string;
  readonly url: string;
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly baseTopic: string;
  readonly bridgeId: string;
  /** `bridge`: a zone of our own; `alarmo`: Alarmo's; `none`: no alarm. */
  readonly alarm: 'bridge' | 'alarmo' | 'none';
  readonly stateDir: string | undefined;
};

/** The zone that `init` makes. */
export const INIT_ZONE = 'house';

const value = (text: string): string => stringify(text, { lineWidth: 0 }).trimEnd();

/** `key: value` in place of the example's line for that key, whether that is commented out or not. */
function put(text: string, key: string, written: string | undefined): string {
  const line = new RegExp(`^( *)(?:# )?${key}: .*$`, 'm');
  return text.replace(line, (whole: string, indent: string) => {
    const plain = whole.replace(/^( *)# /, '$1').trimStart();
    return written === undefined ? `${indent}# ${plain}` : `${indent}${key}: ${written}`;
  });
}

/** The zones of the example, as they were asked for. */
function putZones(text: string, alarm: InitAnswers['alarm']): string {
  if (alarm === 'bridge') return text;
  const [before = '', rest = ''] = text.split(/^zones:\n/m);
  const end = rest.search(/^(?=\S)/m);
  const after = rest.slice(end < 0 ? rest.length : end);
  const zones =
    alarm === 'alarmo'
      ? [
          'zones:',
          '  # Kept by Alarmo; the bridge reads its retained topic.',
          `  ${INIT_ZONE}: { name: House, state_topic: alarmo/state, on_unknown: last_known }`,
          '',
        ]
      : [
          '# zones:',
          '#   # Kept by the bridge, armed and disarmed in Home Assistant.',
          `#   ${INIT_ZONE}: { name: House, panel: alarm_control_panel, exit_delay: 60s, entry_delay: 30s }`,
          '#   # Kept by another program, here Alarmo; the bridge reads its retained topic.',
          '#   # ground: { name: Ground floor, state_topic: alarmo/state, on_unknown: last_known }',
          '',
        ];
  return `${before}${zones.join('\n')}\n${after}`;
}

/** Puts the answers into the example. `schema` is the path of config.schema.json. */
export function initConfigText(example: string, answers: InitAnswers, schema: string): string {
  const { x10config, log, username, passwordFile, stateDir } = answers;
  const optional = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : value(text);
  let text = example.replace(/\$schema=\S+/, () => `$schema=${schema}`);
  text = put(text, 'x10config', optional(x10config));
  text = put(text, 'log', optional(log));
  text = put(text, 'timezone', value(answers.timeZone));
  text = put(text, 'url', value(answers.url));
  text = put(text, 'username', optional(username));
  text = put(text, 'password_file', optional(passwordFile));
  text = put(text, 'base_topic', value(answers.baseTopic));
  text = put(text, 'bridge_id', value(answers.bridgeId));
  if (stateDir !== undefined) text = put(text, 'state_dir', value(stateDir));
  return putZones(text, answers.alarm);
}
