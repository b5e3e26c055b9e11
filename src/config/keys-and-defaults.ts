/**
 * A key of the configuration: how its value is written, its default and its purpose. The tables of keys are the one
 * source for reading, checking, the JSON Schema and the reference in docs/configuration.md.
 */
import { DAY, HOUR, MINUTE, SECOND } from '../common/duration.js';
import { DEFAULT_LIMITS } from '../mqtt/outbox.js';
import {
  address,
  addresses,
  autoOr,
  brokerUrl,
  byWord,
  choice,
  cron,
  degrees,
  duration,
  foreignTopic,
  type Form,
  idPart,
  jsonPointer,
  list,
  model,
  onAlarm,
  ownTopic,
  path,
  release,
  secret,
  sources,
  text,
  timeZone,
  yesOrNo,
} from './forms.js';
import { frameAncestor, listen, pageHost, pageUrl } from './page-forms.js';
import { ARMED_MODES } from '../security/vocabulary.js';
import { ZONE_DEFAULTS, type ZoneSettings } from '../security/zone.js';
import { ENTRIES, GUARDS } from '../sensor/guard.js';
import { SENSOR_TYPES } from '../sensor/types.js';

/** A key whose value is a `V` and whose default is a `D` (undefined = none, or worked out from other values). */
export type Key<V, D extends V | undefined = V | undefined> = {
  readonly form: Form<V>;
  readonly default: D;
  /** What it does; whole sentences. */
  readonly doc: string;
  /** A value as it stands in the file. */
  readonly example: string;
  /** The default in words, when it is worked out. */
  readonly otherwise?: string;
  /** Never shown, in whole or in part. */
  readonly isSecret?: true;
};

/** Keys by name. The names of config.yaml's scalar keys are dotted paths. */
export type KeyTable = Readonly<Record<string, Key<unknown, unknown>>>;

/** The values that a table of keys stands for. */
export type ValuesOf<Table extends KeyTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Key<infer Value, infer Default>
    ? undefined extends Default
      ? Value | undefined
      : Value
    : never;
};

/** A key with a fixed default: `[form, default, example]`. */
function key<V>([form, standard, example]: readonly [Form<V>, NoInfer<V>, string], doc: string): Key<V, V> {
  return { form, default: standard, doc, example };
}

/** A key without a default, or with one that is worked out: `[form, which, example]`. */
function optionalKey<V>(
  [form, otherwise, example]: readonly [Form<V>, string, string],
  doc: string,
  more: { readonly isSecret?: true } = {},
): Key<V, undefined> {
  return { form, default: undefined, doc, example, otherwise, ...more };
}

/** Hold time: shorter than a second is a pulse, longer than a day is not motion. */
const hold = duration(SECOND, DAY);
/** Time to leave and to disarm, for all ways of being armed or for each. */
const delay = byWord(ARMED_MODES, duration(0, HOUR));
/** Cool-down and minimum on-time. */
const pause = duration(0, DAY);
/** Limit of silence. */
const silence = duration(MINUTE, 3650 * DAY, 'zero_allowed');
/** What ends a motion. */
const offPolicy = choice(['sensor', 'hold']);

/** The keys. */
export const CONFIG_KEYS = {
  'heyu.log': key(
    [path, '/var/log/heyu/heyu.log.ttyS0', '/var/log/heyu/heyu.log.ttyS0'],
    "heyu's log. With `heyu.x10config` it is found automatically (LOG_DIR, TTY, COMMON).",
  ),
  'heyu.x10config': optionalKey(
    [path, 'not read', '/etc/heyu/x10.conf'],
    "heyu's own configuration. The path of the log, the form of its stamps and its units are read from it.",
  ),
  'heyu.date_format': key(
    [choice(['YMD', 'DMY', 'MDY']), 'YMD', 'DMY'],
    "Order of day and month in the log's stamps. With `heyu.x10config` it is taken from DATE_FORMAT.",
  ),
  'heyu.timezone': optionalKey(
    [timeZone, "the system's", 'Europe/Berlin'],
    'Time zone in which heyu writes its log, an IANA name.',
  ),
  'heyu.quiet_after': key(
    [duration(MINUTE, 3650 * DAY, 'zero_allowed'), 2 * DAY, '12h'],
    'After this time without a new line in the log a problem is reported; 0 = never, and missing signs of life ' +
      '(heyu.md) are not reported, either. Two days, because dusk and dawn alone give a line a day.',
  ),
  'heyu.polling': key(
    [yesOrNo, false, 'true'],
    'Look for changes of the log at fixed intervals: for logs on a network file system, which does not report changes.',
  ),
  'heyu.poll_interval': key([duration(50, HOUR), SECOND, '500ms'], 'How often to look, with `heyu.polling`.'),
  'heyu.linger': key(
    [duration(0, DAY), 10 * MINUTE, '1h'],
    'How long a rotated log is still read beside the new one: helpers of heyu continue to write to the old file.',
  ),
  'heyu.command': key(
    [text('command', 4096), 'heyu', '/usr/local/bin/heyu'],
    'The heyu program, for `heyu.control`.',
  ),
  'heyu.control': key(
    [yesOrNo, false, 'true'],
    'Lamps and appliances can be switched from Home Assistant, through the heyu program.',
  ),
  'mqtt.url': key(
    [list(brokerUrl, 1), ['mqtt://localhost:1883'], 'mqtts://broker.example:8883'],
    'The broker: mqtt://, mqtts://, ws:// or wss://. A list names several brokers of one cluster.',
  ),
  'mqtt.username': optionalKey([text('user name'), 'none', 'heyu2mqtt'], 'User name at the broker.'),
  'mqtt.password': optionalKey(
    [secret, 'none', 'a-secret'],
    'Password at the broker. Better use `mqtt.password_file`.',
    { isSecret: true },
  ),
  'mqtt.password_file': optionalKey(
    [
      path,
      'the systemd credential `mqtt-password`, if there is one; else none',
      '/etc/heyu2mqtt/mqtt-password',
    ],
    'File with the password; one line feed at its end is removed.',
  ),
  'mqtt.ca_file': optionalKey(
    [path, "the system's authorities", '/etc/heyu2mqtt/ca.pem'],
    'Certificate authority of the broker, PEM.',
  ),
  'mqtt.cert_file': optionalKey([path, 'none', '/etc/heyu2mqtt/client.pem'], 'Client certificate, PEM.'),
  'mqtt.key_file': optionalKey(
    [path, 'none', '/etc/heyu2mqtt/client.key'],
    'Private key of the client certificate, PEM.',
  ),
  'mqtt.client_id': optionalKey(
    [text('client id', 128), '`heyu2mqtt-` and the bridge id', 'heyu2mqtt-cellar'],
    'Name of the session at the broker. Two programs with the same id disconnect each other.',
  ),
  'mqtt.keepalive': key(
    [duration(5 * SECOND, 18 * HOUR), 15 * SECOND, '30s'],
    'Ping interval. The broker publishes `offline` after one and a half times this long without a sign of life.',
  ),
  'mqtt.base_topic': key([ownTopic, 'x10', 'x10'], 'All topics of the bridge are below it.'),
  'mqtt.protocol': key([choice(['3.1.1', '5']), '3.1.1', '5'], 'Version of MQTT.'),
  'mqtt.session': key(
    [choice(['persistent', 'clean']), 'persistent', 'clean'],
    '`persistent`: the broker keeps messages about zones while the bridge is away, so that a disarm in the ' +
      'meantime is known. `clean` is for brokers that do not keep a session correctly.',
  ),
  'homeassistant.discovery': key(
    [choice(['device', 'entity', 'off']), 'device', 'entity'],
    '`device`: one message per device (Home Assistant 2024.12 or newer); `entity`: one per entity, for older ' +
      'releases; `off`: none; existing messages are removed.',
  ),
  'homeassistant.prefix': key(
    [ownTopic, 'homeassistant', 'homeassistant'],
    "Home Assistant's discovery prefix.",
  ),
  'homeassistant.release': optionalKey(
    [release, 'any from 2024.12 on', '2026.11'],
    "Home Assistant's release, year and month. From 2026.10 on the newer device class for broken glass is used.",
  ),
  'homeassistant.birth_topic': key(
    [foreignTopic, 'homeassistant/status', 'homeassistant/status'],
    'Topic on which Home Assistant announces its start; discovery is then sent again.',
  ),
  'homeassistant.birth_payload': key([text('payload'), 'online', 'online'], 'The payload of that message.'),
  'on_alert.command': optionalKey(
    [path, 'none', '/etc/heyu2mqtt/on-alert'],
    "A program that is run for each alert, without arguments and as the service's user: the alert is JSON on its " +
      'standard input, and in its environment (on-alert.md).',
  ),
  'on_alert.timeout': key(
    [duration(SECOND, 10 * MINUTE), 30 * SECOND, '1m'],
    'The program is killed if it takes longer.',
  ),
  'web.listen': key(
    [listen, { kind: 'port', host: '127.0.0.1', port: 8710 }, '0.0.0.0:8710'],
    'Where the page is served (page.md): `off`, a port of this machine, address and port, or the path of a unix socket. ' +
      '`0.0.0.0:8710` is for the whole network, and asks for a log-in.',
  ),
  'web.url': optionalKey(
    [pageUrl, 'not known', 'http://pi.local:8710/'],
    'Where you open the page, as the browser shows it. Home Assistant then shows a link to it at each device.',
  ),
  'web.hosts': key(
    [list(pageHost), [], '[pi.fritz.box]'],
    "Names under which the page is opened, beside addresses, `localhost`, the machine's own name and that of `web.url`. " +
      'Under any other name it is refused: a page of another site could have made it point here.',
  ),
  'web.open_reading': key(
    [yesOrNo, false, 'true'],
    'Everyone who can reach the page may read it without a log-in. It shows when nobody is at home.',
  ),
  'web.ingress': key(
    [yesOrNo, false, 'true'],
    "Home Assistant's ingress (the peer 172.30.32.2) is believed: it has asked for a log-in already.",
  ),
  'web.frame_ancestors': key(
    [list(frameAncestor), [], '[https://home.example:8123]'],
    'Sites that may show the page in a frame.',
  ),
  'metrics.file': optionalKey(
    [path, 'none', '/var/lib/prometheus/node-exporter/heyu2mqtt.prom'],
    'A file into which figures for Prometheus are written every 15 s, for the textfile collector of node_exporter: its ' +
      'name ends with `.prom`. The service must be allowed to write to its directory (metrics.md).',
  ),
  'sensors.hold': optionalKey(
    [hold, "the model's", '5m'],
    'How long a motion lasts after the last signal if no Off arrives. Applies to sensors of all models.',
  ),
  'sensors.off': optionalKey(
    [offPolicy, "the model's", 'hold'],
    "`sensor`: the sensor's own Off ends a motion; `hold`: only the end of the hold time does.",
  ),
  'sensors.cooldown': key([pause, 0, '10s'], 'After the end of a motion no new one starts for this long.'),
  'sensors.min_on': key(
    [pause, 0, '30s'],
    'A motion stays ON at least this long, even if the sensor sends Off.',
  ),
  'sensors.silent_after': optionalKey(
    [silence, "the model's", '24h'],
    'A sensor that was not heard for this time is reported as silent; 0 = never.',
  ),
  'sensors.sources': optionalKey(
    [
      sources,
      'rcvi, rcva, snda, rcvt; for lamps and appliances also sndc, snds, sndp, sndm, sndt',
      '[rcvi, rcva, snda]',
    ],
    "Source tags of heyu's log that count. The default is everything that happened in the house; heyu's own " +
      'commands count for lamps and appliances only.',
  ),
  'replay.max_age': key(
    [duration(0, 365 * DAY), DEFAULT_LIMITS.maxAgeMs, '6h'],
    'Motion that could not be published for this time is dropped and counted.',
  ),
  'selection.address_expiry': key(
    [duration(100, HOUR), 4 * SECOND, '4s'],
    'An address in the log without a function within this time is forgotten.',
  ),
  'cron.discovery': key(
    [cron, '30 3 * * *', 'off'],
    'When discovery is sent again, a cron expression or `off`.',
  ),
  'cron.summary': key(
    [cron, '0 0 * * *', '0 7 * * *'],
    'When the summary of the day is published and logged, a cron expression or `off`.',
  ),
  'location.latitude': optionalKey(
    [degrees(90), 'not known', '52.52'],
    'Where the house is, in degrees, north is positive: `report` compares dusk sensors with the sun.',
  ),
  'location.longitude': optionalKey(
    [degrees(180), 'not known', '13.40'],
    'The same, east is positive. Both or none.',
  ),
  aliases: key([path, 'aliases.yaml', 'aliases.yaml'], 'The alias file.'),
  bridge_id: optionalKey(
    [idPart, 'the base topic, with _ for everything but letters and digits', 'cellar'],
    'First part of every unique id in Home Assistant. Never change it.',
  ),
  codes_file: optionalKey(
    [path, 'the systemd credential `codes`, if there is one; else none', '/etc/heyu2mqtt/codes'],
    'File of the codes of zones; `heyu2mqtt zone code` writes it. If it is missing, zones ask for a code that does not exist.',
  ),
  state_dir: key(
    [path, '/var/lib/heyu2mqtt', '/var/lib/heyu2mqtt'],
    "Directory for the state that is kept over a restart. Under systemd the unit's StateDirectory.",
  ),
  'log.level': key(
    [choice(['debug', 'info', 'warn', 'error']), 'info', 'debug'],
    'The lowest level that is logged.',
  ),
  'log.format': key(
    [choice(['auto', 'journald', 'json', 'pretty']), 'auto', 'json'],
    '`auto`: for the journal under systemd, for people on a terminal, else JSON.',
  ),
} as const;

/** The values of config.yaml's scalar keys, before defaults are worked out. */
export type ConfigValues = ValuesOf<typeof CONFIG_KEYS>;

/** A dotted path of config.yaml, `mqtt.keepalive`. */
export type ConfigKey = keyof typeof CONFIG_KEYS;

/** All of them, in the order of the reference. */
export const CONFIG_KEY_NAMES = Object.keys(CONFIG_KEYS) as readonly ConfigKey[];

/** The keys of a section, `url`, `username` ... of `mqtt`; of the top level (''), too. */
export function keysIn(section: string): readonly string[] {
  if (section === '') return ['zones', ...new Set(CONFIG_KEY_NAMES.map((name) => name.replace(/\..*/, '')))];
  const prefix = `${section}.`;
  return CONFIG_KEY_NAMES.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

/** The environment variable of a key: `mqtt.keepalive` is `HEYU2MQTT_MQTT_KEEPALIVE`. */
export function environmentName(name: ConfigKey): string {
  return `HEYU2MQTT_${name.toUpperCase().replaceAll('.', '_')}`;
}

/** The keys below `zones.<zone>`. */
export const ZONE_KEYS = {
  name: optionalKey([text('name', 100), 'the zone, made readable', 'Ground floor'], 'Name for people.'),
  state_topic: optionalKey(
    [foreignTopic, 'none: the bridge itself keeps the zone', 'alarmo/state'],
    'Retained topic on which another program (Alarmo, a script) publishes whether the zone is armed. Read only. ' +
      'Without it the bridge keeps the zone, which is armed and disarmed in Home Assistant.',
  ),
  command_topic: optionalKey(
    [foreignTopic, 'none: its panel shows the state and commands nothing', 'alarmo/command'],
    'With `state_topic`: where its panel in Home Assistant sends commands, in the JSON of Alarmo, with the code that was typed. Home ' +
      'Assistant sends them itself: the bridge neither sees nor checks them.',
  ),
  command_area: optionalKey(
    [idPart, "in Alarmo's topics the level before the last of `state_topic`", 'ground_floor'],
    'With `command_topic`: the area of Alarmo that commands are for. A command without an area is for all of them.',
  ),
  pointer: optionalKey(
    [jsonPointer, 'looked for', '/alarm/state'],
    'Path of the state in a JSON payload (JSON pointer).',
  ),
  armed_values: key([list(text('word')), [], '[scharf]'], 'Further words that mean armed.'),
  disarmed_values: key([list(text('word')), [], '[unscharf]'], 'Further words that mean disarmed.'),
  members: optionalKey(
    [list(idPart, 1), 'none', '[ground, upstairs]'],
    'Makes it a master zone: armed if all these zones are armed, disarmed if none is.',
  ),
  panel: key(
    [choice(['switch', 'alarm_control_panel']), 'alarm_control_panel', 'switch'],
    'How it appears in Home Assistant.',
  ),
  modes: key(
    [list(choice(ARMED_MODES), 1), ZONE_DEFAULTS.modes, '[away, home]'],
    'Arm modes that the panel offers. Commands for other modes are obeyed, too.',
  ),
  area: optionalKey([text('area', 100), 'none', 'Ground floor'], 'Room; suggested to Home Assistant.'),
  on_unknown: key(
    [choice(['last_known', 'alert', 'annotate']), ZONE_DEFAULTS.onUnknown, 'alert'],
    'What happens at motion while it is not known whether the zone is armed: use the last known state, raise ' +
      'an alert, or only note it in the event.',
  ),
  exit_delay: key(
    [delay, ZONE_DEFAULTS.exitDelayMs, '60s'],
    'Time to leave: `arming` lasts this long. Also for each arm mode: `{ away: 60s, home: 0s }`; modes that are not ' +
      'listed have none. A keyfob uses it only with its switch at MAX.',
  ),
  entry_delay: key(
    [autoOr(delay), 'auto', '30s'],
    'Time to disarm: `pending` lasts this long before the alarm, for signals that have it (`entry`). Also for each arm ' +
      'mode: `{ away: 30s, home: 0s }`; modes that are not listed have none. `auto` is none. With `state_topic` an alert ' +
      'waits this long for the source to be disarmed; `auto` is 2 s, and as long as the source itself is pending.',
  ),
  alert_on: key(
    [choice(['armed', 'triggered']), ZONE_DEFAULTS.alertOn, 'triggered'],
    'With `state_topic`: a signal is an alert while the zone is armed, or only if the source is triggered within ' +
      '5 min. With `triggered` there is no alert while the source is down.',
  ),
  open_at_arming: key(
    [choice(['bypass', 'refuse', 'arm']), ZONE_DEFAULTS.openAtArming, 'refuse'],
    'What a command to arm does while a sensor is open: arm and bypass the sensor until it has closed, not arm, ' +
      'or just arm. Keyfobs and heyu always arm.',
  ),
  command_max_age: key(
    [duration(SECOND, DAY), ZONE_DEFAULTS.commandMaxAgeMs, '5m'],
    'A command that waited longer than this for the bridge is reported, but not obeyed.',
  ),
  alert_cooldown: key(
    [duration(0, DAY), ZONE_DEFAULTS.alertCooldownMs, '5m'],
    'After an alert the same sensor gives no other alert for this time; a sensor repeats its signal every 10 s ' +
      'while someone moves.',
  ),
  follow_heyu: key(
    [yesOrNo, ZONE_DEFAULTS.followHeyu, 'true'],
    "heyu's own armed state (`heyu arm`, `heyu disarm`) arms and disarms the zone.",
  ),
  keyfobs: key(
    [list(text('alias', 32)), [], '[janes_fob]'],
    'Aliases of keyfobs (KR10A, KR18 ...) whose keys Arm and Disarm control the zone.',
  ),
  on_alarm: optionalKey(
    [onAlarm, 'none', '{ switch_on: [siren], for: 4m }'],
    'Aliases of lamps and appliances, such as a siren, that heyu switches on in an alarm, and off after this time ' +
      'or at DISARM. Needs `heyu.control` (alarm.md).',
  ),
} as const;

/** Values of a zone's keys. */
export type ZoneValues = ValuesOf<typeof ZONE_KEYS>;

/** A key of a zone. */
export type ZoneKey = keyof typeof ZONE_KEYS;

const EVERY: readonly ZoneKey[] = ['name', 'area', 'on_unknown', 'alert_cooldown'];

/** The keys that mean something for a kind of zone. Any other is a problem: it would be believed to have an effect. */
export const KEYS_OF_KIND: Readonly<Record<ZoneSettings['kind'], readonly ZoneKey[]>> = {
  external: [
    ...EVERY,
    'state_topic',
    'command_topic',
    'command_area',
    'modes',
    'pointer',
    'armed_values',
    'disarmed_values',
    'entry_delay',
    'alert_on',
    'on_alarm',
  ],
  owned: [
    ...EVERY,
    'panel',
    'modes',
    'exit_delay',
    'entry_delay',
    'open_at_arming',
    'command_max_age',
    'follow_heyu',
    'keyfobs',
    'on_alarm',
  ],
  master: [...EVERY, 'members', 'panel', 'modes', 'command_max_age'],
};

/** The keys below `aliases.<alias>`. */
export const ALIAS_KEYS = {
  address: optionalKey(
    [addresses, 'required', 'A3'],
    'House code and unit, as heyu writes them; for a standard remote also several units: `F1-3`, `F1,3,5`.',
  ),
  model: optionalKey(
    [model, 'plain X10 motion', 'MS14A'],
    "heyu's module name. It decides type, channels and times (docs/sensors.md).",
  ),
  type: optionalKey(
    [choice(SENSOR_TYPES), "the model's", 'window'],
    'What it is in Home Assistant: a contact may be a door, window, garage or opening.',
  ),
  name: optionalKey([text('name', 100), 'the alias, made readable', 'Hall'], 'Name for people.'),
  area: optionalKey([text('area', 100), 'none', 'Hall'], 'Room; suggested to Home Assistant.'),
  zone: optionalKey([idPart, 'none', 'ground'], 'Zone of config.yaml in which it raises alerts.'),
  dusk: optionalKey(
    [address, 'none', 'A4'],
    'The unit that sends dark (On) and light (Off): for MS13A, MS14A and MS16A the unit after their own.',
  ),
  hold: optionalKey(
    [hold, '`sensors.hold`', '5m'],
    'How long a motion lasts after the last signal if no Off arrives.',
  ),
  topic: optionalKey([ownTopic, 'the alias', 'hall'], 'Its topics are below this one, below the base topic.'),
  id: optionalKey(
    [idPart, 'the (first) address in lower case', 'a3'],
    'Last part of its unique ids. If the address changes, set it to the old one to keep the history.',
  ),
  off: optionalKey(
    [offPolicy, '`sensors.off`', 'hold'],
    "`sensor`: the sensor's own Off ends a motion; `hold`: only the end of the hold time does.",
  ),
  cooldown: optionalKey(
    [pause, '`sensors.cooldown`', '10s'],
    'After the end of a motion no new one starts for this long.',
  ),
  min_on: optionalKey(
    [pause, '`sensors.min_on`', '30s'],
    'A motion stays ON at least this long, even if the sensor sends Off.',
  ),
  sources: optionalKey(
    [sources, '`sensors.sources`', '[rcvi, rcva, snda, sndc]'],
    "Source tags of heyu's log that count for it.",
  ),
  modes: optionalKey(
    [list(choice(ARMED_MODES), 1), 'all', '[away, vacation]'],
    'Arm modes in which it raises an alert: a sensor in the living room is for away, not for home.',
  ),
  guard: optionalKey(
    [choice(GUARDS), '`always` for smoke, water and panic keys, else `armed`', 'always'],
    'When it raises alerts: while its zone is armed; always, even without a zone; never (`off`).',
  ),
  entry: key(
    [choice(ENTRIES), 'auto', 'immediate'],
    'Whether it has the `entry_delay` of its zone (`delayed`) or raises the alarm at once (`immediate`). `auto`: ' +
      'motion, doors and garages are delayed, windows and openings by their own switch (MAX delayed, MIN ' +
      'immediate), all else is immediate.',
  ),
  silent_after: optionalKey(
    [silence, '`sensors.silent_after`', '48h'],
    'After this time without a signal it is reported as silent; 0 = never.',
  ),
  ignore: key([yesOrNo, false, 'true'], 'Heard and counted, never published: the sensor of a neighbour.'),
} as const;

/** Values of an alias's keys. */
export type AliasValues = ValuesOf<typeof ALIAS_KEYS>;
