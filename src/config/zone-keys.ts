/** The keys of a zone in config.yaml, and which of them have a meaning for which kind of zone. */
import type { ZoneSettings } from '../security/settings.js';
import { choice, list, text, yesOrNo } from './form.js';
import { foreignTopic, idPart, jsonPointer } from './form-mqtt.js';
import { duration } from './form-time.js';
import { key, optionalKey, type ValuesOf } from './key.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** The keys below `zones.<zone>`. */
export const ZONE_KEYS = {
  name: optionalKey(text('name', 100), 'the zone, made readable', 'Name for people.', 'Ground floor'),
  state_topic: optionalKey(
    foreignTopic,
    'none: the bridge itself keeps the zone',
    'Retained topic on which another program (Alarmo, a script) says whether the zone is armed. Read only. ' +
      'Without it the zone belongs to the bridge and is armed and disarmed in Home Assistant.',
    'alarmo/state',
  ),
  pointer: optionalKey(
    jsonPointer,
    'looked for',
    'Where the state stands in a JSON payload (JSON pointer).',
    '/alarm/state',
  ),
  armed_values: key(list(text('word')), [], 'Further words that mean armed.', '[scharf]'),
  disarmed_values: key(list(text('word')), [], 'Further words that mean disarmed.', '[unscharf]'),
  members: optionalKey(
    list(idPart, 1),
    'none',
    'Makes it a master zone: armed if all these zones are, disarmed if none is.',
    '[ground, upstairs]',
  ),
  panel: key(
    choice(['switch', 'alarm_control_panel']),
    'alarm_control_panel',
    'How it appears in Home Assistant.',
    'switch',
  ),
  on_unknown: key(
    choice(['last_known', 'alert', 'annotate']),
    'last_known',
    'What to do with motion while it is not known whether the zone is armed: go by what was last known, raise ' +
      'an alert, or only note it in the event.',
    'alert',
  ),
  exit_delay: key(duration(0, HOUR), 0, 'Time to leave: `arming` lasts this long.', '60s'),
  entry_delay: key(
    duration(0, HOUR),
    0,
    'Time to disarm: `pending` lasts this long before the alarm.',
    '30s',
  ),
  command_max_age: key(
    duration(SECOND, 24 * HOUR),
    60 * SECOND,
    'A command that waited longer than this for the bridge is reported, but not executed.',
    '5m',
  ),
  alert_cooldown: key(
    duration(0, 24 * HOUR),
    60 * SECOND,
    'After an alert, none of the same sensor for this long; a sensor repeats its signal every 10 s while ' +
      'someone moves.',
    '5m',
  ),
  follow_heyu: key(
    yesOrNo,
    false,
    "heyu's own armed state (`heyu arm`, `heyu disarm`) arms and disarms the zone.",
    'true',
  ),
  keyfobs: key(
    list(text('alias', 32)),
    [],
    'Aliases of keyfobs (KR10A, KR18 ...) whose Arm and Disarm drive the zone.',
    '[janes_fob]',
  ),
} as const;

/** Values of a zone's keys. */
export type ZoneValues = ValuesOf<typeof ZONE_KEYS>;

/** A key of a zone. */
export type ZoneKey = keyof typeof ZONE_KEYS;

const EVERY: readonly ZoneKey[] = ['name', 'on_unknown', 'alert_cooldown'];

/** The keys that mean something for a kind of zone. Any other is a fault: it would be believed to have an effect. */
export const KEYS_OF_KIND: Readonly<Record<ZoneSettings['kind'], readonly ZoneKey[]>> = {
  external: [...EVERY, 'state_topic', 'pointer', 'armed_values', 'disarmed_values'],
  owned: [...EVERY, 'panel', 'exit_delay', 'entry_delay', 'command_max_age', 'follow_heyu', 'keyfobs'],
  master: [...EVERY, 'members', 'panel', 'command_max_age'],
};
