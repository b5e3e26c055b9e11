/** The config.yaml that `init` writes: the example with the owner's answers. */

import { stringify } from 'yaml';
import { slug } from '../config/forms.js';

export const DEFAULT_URL = 'mqtt://localhost:1883';
export const DEFAULT_TOPIC = 'x10';
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
  /** `bridge`: a zone of our own; `alarmo`: Alarmo's; `none`: no alarm. */
  readonly alarm: 'bridge' | 'alarmo' | 'none';
  /** Aliases of keyfobs that may arm and disarm the bridge's own zone. */
  readonly keyfobs: readonly string[];
  readonly stateDir: string | undefined;
};

/** The zone that `init` makes. */
export const INIT_ZONE = 'house';

/** `key: value` in place of the example's line for that key, whether that is commented out or not. */
function put(text: string, key: string, answer: string | undefined): string {
  const line = new RegExp(`^( *)(?:# )?${key}: .*$`, 'm');
  return text.replace(line, (whole: string, indent: string) => {
    const plain = whole.replace(/^( *)# /, '$1').trimStart();
    if (answer === undefined) return `${indent}# ${plain}`;
    return `${indent}${key}: ${stringify(answer, { lineWidth: 0 }).trimEnd()}`;
  });
}

/** The zones of the example, as they were asked for. */
function putZones(text: string, { alarm, keyfobs }: InitAnswers): string {
  if (alarm === 'bridge')
    return keyfobs.length === 0
      ? text
      : text.replace(/^( *)entry_delay: .*$/m, (line, indent: string) => {
          return `${line}\n${indent}keyfobs: ${stringify(keyfobs, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`;
        });
  const [before = '', rest = ''] = text.split(/^zones:\n/m);
  const end = rest.search(/^(?=\S)/m);
  const after = rest.slice(end < 0 ? rest.length : end);
  const zones =
    alarm === 'alarmo'
      ? `zones:
  # Kept by Alarmo; the bridge reads its retained topic.
  ${INIT_ZONE}: { name: House, state_topic: alarmo/state, on_unknown: last_known }
`
      : `# zones:
#   # Kept by the bridge, armed and disarmed in Home Assistant.
#   ${INIT_ZONE}: { name: House, panel: alarm_control_panel, exit_delay: 60s, entry_delay: 30s }
#   # Kept by another program, here Alarmo; the bridge reads its retained topic.
#   # ground: { name: Ground floor, state_topic: alarmo/state, on_unknown: last_known }
`;
  return `${before}${zones}\n${after}`;
}

/** Puts the answers into the example. `schema` is the path of config.schema.json. */
export function initConfigText(example: string, answers: InitAnswers, schema: string): string {
  let text = example.replace(/\$schema=\S+/, () => `$schema=${schema}`);
  const { stateDir } = answers;
  for (const [key, answer] of [
    ['x10config', answers.x10config],
    ['log', answers.log],
    ['timezone', answers.timeZone],
    ['url', answers.url],
    ['username', answers.username],
    ['password_file', answers.passwordFile],
    ['base_topic', answers.baseTopic],
    ['bridge_id', slug(answers.baseTopic) ?? DEFAULT_TOPIC],
  ] as const)
    text = put(text, key, answer);
  return putZones(stateDir === undefined ? text : put(text, 'state_dir', stateDir), answers);
}
