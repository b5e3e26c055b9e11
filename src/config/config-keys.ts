/** Every key of config.yaml that has one value: dotted path, form, default, meaning. Zones are in zone-keys.ts. */
import { choice, list, path, secret, text, yesOrNo } from './form.js';
import { brokerUrl, idPart, ownTopic, foreignTopic } from './form-mqtt.js';
import { cron, duration, timeZone } from './form-time.js';
import { sources } from './form-x10.js';
import { key, optionalKey, type ValuesOf } from './key.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Hold time: shorter than a second is a pulse, longer than a day is no motion. */
export const hold = duration(SECOND, DAY);
/** Cool-down and minimum on-time. */
export const pause = duration(0, DAY);
/** Limit of silence. */
export const silence = duration(MINUTE, 3650 * DAY, 'zero_allowed');
/** What ends a motion. */
export const offPolicy = choice(['sensor', 'hold']);

/** The keys. */
export const CONFIG_KEYS = {
  'heyu.log': key(
    path,
    '/var/log/heyu/heyu.log.ttyS0',
    'The log that heyu writes. With `heyu.x10config` it is found by itself (LOG_DIR, TTY, COMMON).',
    '/var/log/heyu/heyu.log.ttyS0',
  ),
  'heyu.x10config': optionalKey(
    path,
    'not read',
    "heyu's own configuration. From it come the place of the log, the form of its stamps and its units.",
    '/etc/heyu/x10.conf',
  ),
  'heyu.date_format': key(
    choice(['YMD', 'DMY', 'MDY']),
    'YMD',
    "Order of day and month in the log's stamps. With `heyu.x10config` it is taken from DATE_FORMAT.",
    'DMY',
  ),
  'heyu.timezone': optionalKey(
    timeZone,
    "the system's",
    'Time zone in which heyu writes its log, an IANA name.',
    'Europe/Berlin',
  ),
  'heyu.quiet_after': key(
    duration(MINUTE, 3650 * DAY, 'zero_allowed'),
    2 * DAY,
    'A log to which nothing was written for this long is reported as a problem; 0 = never, nor missing signs of life ' +
      '(heyu.md). Two days, because dusk and dawn alone give a line a day.',
    '12h',
  ),
  'heyu.polling': key(
    yesOrNo,
    false,
    'Look for changes of the log at fixed intervals: for logs on a network file system, which sends no notice.',
    'true',
  ),
  'heyu.poll_interval': key(duration(50, HOUR), SECOND, 'How often to look, with `heyu.polling`.', '500ms'),
  'heyu.linger': key(
    duration(0, DAY),
    10 * MINUTE,
    'How long a rotated log is still read beside the new one: helpers of heyu keep writing to the old file.',
    '1h',
  ),
  'heyu.command': key(
    text('command', 4096),
    'heyu',
    'The heyu program, for `heyu.control`.',
    '/usr/local/bin/heyu',
  ),
  'heyu.control': key(
    yesOrNo,
    false,
    'Lamps and appliances may be switched from Home Assistant, through the heyu program.',
    'true',
  ),
  'mqtt.url': key(
    list(brokerUrl, 1),
    ['mqtt://localhost:1883'],
    'The broker: mqtt://, mqtts://, ws:// or wss://. A list names several brokers of one cluster.',
    'mqtts://broker.example:8883',
  ),
  'mqtt.username': optionalKey(text('user name'), 'none', 'User name at the broker.', 'heyu2mqtt'),
  'mqtt.password': optionalKey(
    secret,
    'none',
    'Password at the broker. `mqtt.password_file` keeps it out of this file.',
    'a-secret',
    { isSecret: true },
  ),
  'mqtt.password_file': optionalKey(
    path,
    'the systemd credential `mqtt-password`, if there is one; else none',
    'File that holds the password; one line feed at its end is cut off.',
    '/etc/heyu2mqtt/mqtt-password',
  ),
  'mqtt.ca_file': optionalKey(
    path,
    "the system's authorities",
    'Certificate authority of the broker, PEM.',
    '/etc/heyu2mqtt/ca.pem',
  ),
  'mqtt.cert_file': optionalKey(path, 'none', 'Client certificate, PEM.', '/etc/heyu2mqtt/client.pem'),
  'mqtt.key_file': optionalKey(
    path,
    'none',
    'Private key of the client certificate, PEM.',
    '/etc/heyu2mqtt/client.key',
  ),
  'mqtt.client_id': optionalKey(
    text('client id', 128),
    '`heyu2mqtt-` and the bridge id',
    'Name of the session at the broker. Two programs with the same one throw each other out.',
    'heyu2mqtt-cellar',
  ),
  'mqtt.keepalive': key(
    duration(5 * SECOND, 18 * HOUR),
    15 * SECOND,
    'Ping interval. The broker publishes `offline` after one and a half times this long without a sign of life.',
    '30s',
  ),
  'mqtt.base_topic': key(ownTopic, 'x10', 'All topics of the bridge lie below it.', 'x10'),
  'mqtt.protocol': key(choice(['3.1.1', '5']), '3.1.1', 'Version of MQTT.', '5'),
  'mqtt.session': key(
    choice(['persistent', 'clean']),
    'persistent',
    '`persistent`: the broker keeps what happens to the zones while the bridge is away, so that a disarm in the ' +
      'meantime is known. `clean` is for brokers that cannot keep a session truthfully.',
    'clean',
  ),
  'homeassistant.discovery': key(
    choice(['device', 'entity', 'off']),
    'device',
    '`device`: one message per device (Home Assistant 2024.12 or newer); `entity`: one per entity, for older ' +
      'releases; `off`: none, and what was there is removed.',
    'entity',
  ),
  'homeassistant.prefix': key(
    ownTopic,
    'homeassistant',
    "Home Assistant's discovery prefix.",
    'homeassistant',
  ),
  'homeassistant.birth_topic': key(
    foreignTopic,
    'homeassistant/status',
    'Topic on which Home Assistant says that it has started; discovery is then sent again.',
    'homeassistant/status',
  ),
  'homeassistant.birth_payload': key(text('payload'), 'online', 'What it says there.', 'online'),
  'sensors.hold': optionalKey(
    hold,
    "the model's",
    'How long after its last sign a motion is taken to last when no Off comes. Applies to all sensors, ' +
      'whatever their model.',
    '5m',
  ),
  'sensors.off': optionalKey(
    offPolicy,
    "the model's",
    "`sensor`: the sensor's own Off ends a motion; `hold`: only the end of the hold time does.",
    'hold',
  ),
  'sensors.cooldown': key(pause, 0, 'After the end of a motion no new one starts for this long.', '10s'),
  'sensors.min_on': key(pause, 0, 'A motion stays ON at least this long, whatever the sensor says.', '30s'),
  'sensors.silent_after': optionalKey(
    silence,
    "the model's",
    'A sensor that was not heard for this long is reported silent; 0 = never.',
    '24h',
  ),
  'sensors.sources': optionalKey(
    sources,
    'rcvi, rcva, snda, rcvt; for lamps and appliances also sndc, snds, sndp, sndm, sndt',
    "Source tags of heyu's log that count. The default is everything that happened in the house; heyu's own " +
      'commands count for lamps and appliances only.',
    '[rcvi, rcva, snda]',
  ),
  'replay.max_age': key(
    duration(0, 365 * DAY),
    DAY,
    'Motion that could not be published for this long is dropped and counted.',
    '6h',
  ),
  'selection.address_expiry': key(
    duration(100, HOUR),
    4 * SECOND,
    'An address in the log that is followed by no function within this time is forgotten.',
    '4s',
  ),
  'cron.discovery': key(
    cron,
    '30 3 * * *',
    'When discovery is sent again, a cron expression or `off`.',
    'off',
  ),
  'cron.summary': key(
    cron,
    '0 0 * * *',
    'When the summary of the day is published and logged, a cron expression or `off`.',
    '0 7 * * *',
  ),
  aliases: key(path, 'aliases.yaml', 'The alias file.', 'aliases.yaml'),
  bridge_id: optionalKey(
    idPart,
    'the base topic, with _ for everything but letters and digits',
    'First part of every unique id in Home Assistant. It stays for ever, whatever else changes.',
    'cellar',
  ),
  state_dir: key(
    path,
    '/var/lib/heyu2mqtt',
    "Directory for what must survive a restart. Under systemd the unit's StateDirectory.",
    '/var/lib/heyu2mqtt',
  ),
  'log.level': key(choice(['debug', 'info', 'warn', 'error']), 'info', 'What is logged.', 'debug'),
  'log.format': key(
    choice(['auto', 'journald', 'json', 'pretty']),
    'auto',
    '`auto`: for the journal under systemd, for people on a terminal, else JSON.',
    'json',
  ),
} as const;

/** The values of config.yaml's scalar keys, before defaults are worked out. */
export type ConfigValues = ValuesOf<typeof CONFIG_KEYS>;

/** A dotted path of config.yaml, `mqtt.keepalive`. */
export type ConfigKey = keyof typeof CONFIG_KEYS;

/** All of them, in the order of the reference. */
export const CONFIG_KEY_NAMES = Object.keys(CONFIG_KEYS) as readonly ConfigKey[];

/** The environment variable of a key: `mqtt.keepalive` is `HEYU2MQTT_MQTT_KEEPALIVE`. */
export function environmentName(name: ConfigKey): string {
  return `HEYU2MQTT_${name.toUpperCase().replaceAll('.', '_')}`;
}
