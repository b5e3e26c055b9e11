/**
 * Every topic that the service publishes or subscribes to below its base topic, in one place.
 * What other programs own (an external zone's state, Home Assistant's birth) comes from the configuration.
 */

/** Names that no alias topic may begin with, because they are the first levels of our own topics. */
export const RESERVED_LEVELS = ['bridge', 'zone'] as const;

/** Retained topics of the bridge itself. */
export const BRIDGE_TOPICS = [
  'status',
  'source',
  'problem',
  'info',
  'unmapped',
  'summary',
  'last_event',
  'takeover',
  'last_alert',
] as const;

/** Topics of the bridge itself. `alert` and `last_alert`: of sensors without a zone. */
export type BridgeTopic = (typeof BRIDGE_TOPICS)[number] | 'alert';

/** Topics of a zone. */
export type ZoneTopic =
  | 'state'
  | 'set'
  | 'security'
  | 'security_attributes'
  | 'alert'
  | 'event'
  | 'last_alert'
  | 'alarm'
  | 'available';

/** What `x10/bridge/set` takes: everything is told to Home Assistant again. */
export const BRIDGE_COMMAND = 'SEND_DISCOVERY';

/** `x10/bridge/status` and its neighbours; `set` is listened to. */
export function bridgeTopic(base: string, topic: BridgeTopic | 'set'): string {
  return `${base}/bridge/${topic}`;
}

/** `x10/zone/ground/security` and its neighbours. */
export function zoneTopic(base: string, zone: string, topic: ZoneTopic): string {
  return `${base}/zone/${zone}/${topic}`;
}

/** `x10/hall/motion` and its neighbours; `sensor` is the alias's topic. */
export function sensorTopic(base: string, sensor: string, channel: string): string {
  return `${base}/${sensor}/${channel}`;
}

/**
 * Why a text cannot be (part of) a topic that we publish, or undefined when it can.
 * `+` and `#` are wildcards, a leading `$` belongs to the broker, NUL is forbidden (MQTT 3.1.1, section 4.7);
 * control characters and empty levels are allowed there but lead to topics that cannot be typed.
 */
export function topicProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (/[+#]/.test(text)) return 'contains a wildcard (+ or #)';
  if (text.startsWith('$')) return 'begins with $, which belongs to the broker';
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\uFFFE\uFFFF]/u.test(text)) return 'contains a control character';
  if (text.split('/').some((level) => level === '')) return 'has an empty level (a slash too many)';
  if (new TextEncoder().encode(text).length > 512) return 'is longer than 512 bytes';
  return undefined;
}
