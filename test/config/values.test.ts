import { describe, expect, test } from 'vitest';
import { faultsOf, good, scene } from './scene.js';

const withAliases = { 'aliases.yaml': 'aliases: { hall: { address: A3 } }\n' };

/** Keys of the top level, as a hint lists them. */
const TOP =
  'zones, heyu, mqtt, homeassistant, on_alert, web, metrics, sensors, replay, selection, cron, location, aliases, bridge_id, codes_file, state_dir, log';

/** Text of config.yaml, and every fault that it gives, complete. */
const BAD: readonly (readonly [what: string, config: string, problems: readonly string[]])[] = [
  [
    'a value that is not a valid duration',
    'mqtt:\n  keepalive: soon\n',
    ['config.yaml:2: mqtt.keepalive: "soon" is not a valid duration\n  hint: write it as 90s, 5m or 24h'],
  ],
  [
    'a duration without unit',
    'mqtt:\n  keepalive: 15\n',
    ['config.yaml:2: mqtt.keepalive: "15" has no unit\n  hint: write 15s, 15m or 15h'],
  ],
  [
    'a duration out of range',
    'mqtt: { keepalive: 1s }\n',
    ['config.yaml:1: mqtt.keepalive: "1s" is out of range\n  hint: allowed: 5s to 18h'],
  ],
  [
    'an unknown key at the top',
    'mqt:\n  url: mqtt://a\n',
    ['config.yaml:1: mqt: unknown key\n  hint: did you mean "mqtt"?'],
  ],
  [
    'an unknown key in a section',
    'mqtt:\n  keep-alive: 15s\n',
    ['config.yaml:2: mqtt.keep-alive: unknown key\n  hint: did you mean "keepalive"?'],
  ],
  [
    'a key in the wrong section',
    'base_topic: x10\n',
    ['config.yaml:1: base_topic: unknown key\n  hint: it belongs into the section mqtt: mqtt.base_topic'],
  ],
  [
    'a top-level key in a section',
    'mqtt:\n  state_dir: /var\n',
    ['config.yaml:2: mqtt.state_dir: unknown key\n  hint: it belongs to the top level: state_dir'],
  ],
  [
    'a dotted key, which YAML does not take apart',
    'mqtt.nothing.at.all.like.it: 1\n',
    [`config.yaml:1: mqtt.nothing.at.all.like.it: unknown key\n  hint: known: ${TOP}`],
  ],
  [
    'a key twice',
    'bridge_id: a\nmqtt: {}\nbridge_id: b\n',
    ['config.yaml:3: bridge_id: "bridge_id" is there twice, first in line 1\n  hint: remove one of them'],
  ],
  [
    'keys that JavaScript objects have by themselves',
    '__proto__: { polluted: 1 }\nconstructor: 1\nmqtt:\n  toString: 1\n',
    [
      `config.yaml:1: __proto__: unknown key\n  hint: known: ${TOP}`,
      `config.yaml:2: constructor: unknown key\n  hint: known: ${TOP}`,
      'config.yaml:4: mqtt.toString: unknown key\n  hint: known: url, username, password, password_file, ca_file, cert_file, key_file, client_id, keepalive, base_topic, protocol, session',
    ],
  ],
  [
    'a section that is a value',
    'mqtt: mqtt://localhost\n',
    ['config.yaml:1: mqtt: must be a section\n  hint: write mqtt: and below it, indented, url: ...'],
  ],
  [
    'a value that is a section',
    'bridge_id:\n  cellar:\n',
    ['config.yaml:1: bridge_id: is a section, but one id is wanted'],
  ],
  [
    'a value that is a list',
    'bridge_id: [a, b]\n',
    ['config.yaml:1: bridge_id: is a list, but one id is wanted'],
  ],
  [
    'a key without a value',
    'mqtt:\n  username:\n',
    ['config.yaml:2: mqtt.username: has no value\n  hint: write a value or remove the line'],
  ],
  [
    'words that are not among the known ones',
    'homeassistant: { discovery: devices }\nlog: { level: loud }\n',
    [
      'config.yaml:1: homeassistant.discovery: "devices" is not one of device, entity, off\n  hint: did you mean "device"?',
      'config.yaml:2: log.level: "loud" is not one of debug, info, warn, error',
    ],
  ],
  [
    'numbers where true or false is wanted',
    'heyu: { control: 1 }\n',
    ['config.yaml:1: heyu.control: "1" is neither true nor false\n  hint: write true or false'],
  ],
  [
    'urls that are none, without their passwords',
    'mqtt:\n  url: [localhost:1883, "http://a", "mqtt://joe:geheim@", "mqtt://joe:ge/heim@h:x"]\n',
    [
      'config.yaml:2: mqtt.url: "localhost:1883" is not a valid url\n  hint: write it as mqtt://localhost:1883',
    ],
  ],
  [
    'a url with a bad port, without its password',
    'mqtt:\n  url: mqtt://joe:ge/he@im@h:x\n',
    [
      'config.yaml:2: mqtt.url: "mqtt://joe:********@h:x" is not a valid url\n  hint: write it as mqtt://localhost:1883',
    ],
  ],
  [
    'an unknown scheme',
    'mqtt: { url: "http://joe:geheim@a" }\n',
    [
      'config.yaml:1: mqtt.url: "http://joe:********@a" has an unknown scheme\n  hint: known: mqtt, mqtts, tcp, tls, ssl, ws, wss',
    ],
  ],
  [
    'topics with wildcards',
    'mqtt: { base_topic: "x10/#" }\n',
    ['config.yaml:1: mqtt.base_topic: "x10/#" contains a wildcard (+ or #)'],
  ],
  [
    'a base topic within the discovery prefix',
    'mqtt: { base_topic: homeassistant/x10 }\n',
    [
      'config.yaml:1: mqtt.base_topic: "homeassistant/x10" and homeassistant.prefix "homeassistant" lie within each other\n  hint: use x10',
    ],
  ],
  [
    'an unknown time zone',
    'heyu: { timezone: Europe/Berln }\n',
    [
      'config.yaml:1: heyu.timezone: "Europe/Berln" is not a valid time zone\n  hint: did you mean "Europe/Berlin"?',
    ],
  ],
  [
    'a schedule that never comes',
    'cron: { summary: "0 0 31 2 *", discovery: daily }\n',
    [
      'config.yaml:1: cron.summary: "0 0 31 2 *" is not a valid cron expression (dayOfMonth)\n  hint: write minute, hour, day, month and weekday, such as 30 3 * * *, or off',
      'config.yaml:1: cron.discovery: "daily" is not a valid cron expression\n  hint: write minute, hour, day, month and weekday, such as 30 3 * * *, or off',
    ],
  ],
  [
    'a path that only shells understand',
    'state_dir: ~/heyu\n',
    [
      'config.yaml:1: state_dir: "~/heyu" begins with ~, which only shells know\n  hint: write the whole path',
    ],
  ],
  [
    'a schedule without quotes',
    'cron:\n  summary: */5 * * * *\n',
    [
      'config.yaml:2: cron.summary: not YAML: a value begins with *\n  hint: put text that begins with * into quotes: "*/5 * * * *"',
    ],
  ],
  [
    'tabs',
    'mqtt:\n\turl: mqtt://a\n',
    [
      'config.yaml:2: mqtt.url: not YAML: tabs are not allowed as indentation\n  hint: indent with blanks, not with tabs',
    ],
  ],
  [
    'a list at the top',
    '- mqtt\n',
    [
      'config.yaml:1: is a list\n  hint: remove the dash at the beginning of each of its lines, and indent them alike',
    ],
  ],
  [
    'two documents',
    'bridge_id: a\n---\nbridge_id: b\n',
    [
      'config.yaml:2: not YAML: holds two documents\n  hint: the file must hold one document: remove the line ---',
    ],
  ],
  [
    'a password beside a password file',
    'mqtt:\n  password: a\n  password_file: pw\n',
    [
      'config.yaml:3: mqtt.password_file: cannot be set together with mqtt.password\n  hint: remove one of them',
    ],
  ],
  [
    'a client certificate without its key',
    'mqtt:\n  url: mqtts://a\n  cert_file: none.pem\n',
    [
      'config.yaml:3: mqtt.cert_file: DIR/none.pem does not exist',
      'config.yaml:3: mqtt.cert_file: is of no use without mqtt.key_file\n  hint: add mqtt.key_file',
    ],
  ],
];

describe('problems of config.yaml', () => {
  test.each(BAD)('%s', (_, config, problems) => {
    const { load, directory } = scene({ ...withAliases, 'config.yaml': config });
    expect(faultsOf(load()).map((fault) => fault.replaceAll(directory, 'DIR'))).toEqual(problems);
  });

  test('all of them are told at once, in the order of the lines, those of the environment last', () => {
    const { load } = scene({
      'config.yaml': 'log:\n  level: loud\nzones:\n  a: { name: "" }\nmqtt:\n  keepalive: soon\n',
      'aliases.yaml': 'aliases:\n  hall: { address: A99 }\n  hall2: { addres: A3 }\n',
    });
    expect(faultsOf(load({ HEYU2MQTT_HEYU_POLLING: 'maybe' })).map((fault) => fault.split('\n')[0])).toEqual([
      'config.yaml:2: log.level: "loud" is not one of debug, info, warn, error',
      'config.yaml:4: zones.a.name: is empty',
      'config.yaml:6: mqtt.keepalive: "soon" is not a valid duration',
      'aliases.yaml:2: aliases.hall.address: "A99" is not a valid X10 address',
      'aliases.yaml:3: aliases.hall2.addres: unknown key',
      'aliases.yaml:3: aliases.hall2: has no address',
      'environment: HEYU2MQTT_HEYU_POLLING: "maybe" is neither true nor false',
    ]);
  });

  test('a file that cannot be read is one fault, and the alias file is checked all the same', () => {
    const { load } = scene({ 'aliases.yaml': 'aliases:\n  hall: { address: Z9, zone: unknown_by_now }\n' });
    expect(faultsOf(load())).toEqual([
      'config.yaml: does not exist\n  hint: heyu2mqtt init writes one; --config names another',
      'aliases.yaml:2: aliases.hall.address: "Z9" is not a valid X10 address\n  hint: write a house code A to P and a unit 1 to 16, such as A3',
    ]);
  });

  test.each([
    ['', 'config.yaml: is empty, but aliases have zones'],
    ['# nothing left\n', 'config.yaml: is empty, but aliases have zones'],
    ['- zones\n', 'config.yaml:1: is a list'],
    ['zones\n', 'config.yaml:1: a colon is missing'],
  ])('of %j no zone is missed: the file is what is wrong', (config, problem) => {
    const { load } = scene({
      'config.yaml': config,
      'aliases.yaml':
        'aliases: { hall: { address: A3, zone: house }, porch: { address: A4, zone: attic } }\n',
    });
    const faults = faultsOf(load());
    expect(faults).toHaveLength(1);
    expect(faults[0]?.startsWith(problem), faults[0]).toBe(true);
  });

  test('an empty file is as good as none where no alias needs more', () => {
    const { load } = scene({ 'config.yaml': '', 'aliases.yaml': 'aliases: { hall: { address: A3 } }\n' });
    expect(load().ok).toBe(true);
  });

  test('a directory, too many bytes, UTF-16 and Latin-1 are named as what they are', () => {
    const { load } = scene({
      'large.yaml': `# ${'x'.repeat(1_100_000)}`,
      'utf16.yaml': new Uint8Array([0xff, 0xfe, 0x61, 0]),
      'latin1.yaml': new Uint8Array([0x61, 0x3a, 0x20, 0x62, 0x0a, 0x63, 0x3a, 0x20, 0xfc, 0x0a]),
      ...withAliases,
    });
    expect(faultsOf(load({}, '.'))).toEqual(['.: is a directory, not a file\n  hint: name the file in it']);
    expect(faultsOf(load({}, 'large.yaml'))).toEqual(['large.yaml: is larger than 1,048,576 bytes']);
    expect(faultsOf(load({}, 'utf16.yaml'))).toEqual([
      'utf16.yaml: is written in UTF-16\n  hint: save it as UTF-8',
    ]);
    expect(faultsOf(load({}, 'latin1.yaml'))).toEqual([
      'latin1.yaml:2: contains bytes that are not valid UTF-8\n  hint: save it as UTF-8',
    ]);
  });
});

describe('what is no fault', () => {
  test.each([
    ['an empty file', ''],
    ['comments only', '# nothing\n\n'],
    ['a byte order mark', '\uFEFFbridge_id: cellar\n'],
    ['sections of which every key is commented out', 'mqtt:\n  # url: x\nzones:\nlog: {}\n'],
    ['Windows line ends', 'mqtt:\r\n  base_topic: x10\r\n'],
    [
      'an anchor',
      'mqtt: &m { url: "mqtt://a" }\nhomeassistant: { prefix: &p homeassistant, birth_payload: *p }\n',
    ],
    ['a merge key', 'mqtt:\n  <<: { base_topic: cellar }\n  url: mqtt://a\n'],
    ['off without quotes', 'homeassistant: { discovery: off }\ncron: { summary: off }\n'],
    ['numbers as text', 'mqtt: { username: 007, protocol: 5, base_topic: 10 }\n'],
  ])('%s', (_, config) => {
    const { load } = scene({ ...withAliases, 'config.yaml': config });
    expect(good(load()).configuration.warnings).toEqual([]);
  });

  test('texts are taken as they are written, whatever YAML thinks of them', () => {
    const { load } = scene({
      ...withAliases,
      'config.yaml': 'mqtt: { username: 007, password: 1e3, client_id: true }\nbridge_id: 0x10\n',
    });
    const { mqtt, core } = good(load()).configuration;
    expect([mqtt.username, mqtt.password, mqtt.clientId, core.bridgeId]).toEqual([
      '007',
      '1e3',
      'true',
      '0x10',
    ]);
  });
});
