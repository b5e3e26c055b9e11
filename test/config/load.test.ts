import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, environmentName } from '../../src/config/keys-and-defaults.js';
import { effectiveValues, formatEffective } from '../../src/config/effective.js';
import { formatProblem } from '../../src/config/problem.js';
import { loadConfiguration, type Loaded } from '../../src/config/load.js';
import { asNobody } from '../support/as-nobody.js';
import { faultsOf, good, scene } from './scene.js';
import { fc, runs } from '../support/property.js';

const aliases = { 'aliases.yaml': 'aliases: { hall: { address: A3 } }\n' };

const row = (loaded: Loaded, key: string): string => {
  const found = effectiveValues(good(loaded).resolved).find((each) => each.key === key);
  return found === undefined ? 'no such key' : `${JSON.stringify(found.value)} <- ${found.origin}`;
};

const warningsOf = (loaded: Loaded): readonly string[] =>
  good(loaded).configuration.warnings.map((warning) => formatProblem(warning));

describe('without a configuration file', () => {
  test('the defaults work for heyu and Mosquitto on the same host', () => {
    const { configuration } = good(loadConfiguration({ configFile: undefined, env: {}, version: '1.2.3' }));
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(configuration).toEqual({
      core: {
        baseTopic: 'x10',
        bridgeId: 'x10',
        sensors: [],
        zones: [],
        homeassistant: { discovery: 'device', prefix: 'homeassistant' },
        stamp: { order: 'YMD', timeZone },
        scales: {},
        replayMaxAgeMs: 86_400_000,
        addressExpiryMs: 4_000,
        quietAfterMs: 172_800_000,
        control: false,
        version: '1.2.3',
      },
      heyu: {
        log: '/var/log/heyu/heyu.log.ttyS0',
        polling: false,
        pollIntervalMs: 1_000,
        lingerMs: 600_000,
        command: 'heyu',
      },
      codes: {},
      mqtt: {
        urls: ['mqtt://localhost:1883'],
        username: undefined,
        password: undefined,
        ca: undefined,
        cert: undefined,
        key: undefined,
        clientId: 'heyu2mqtt-x10',
        keepaliveMs: 15_000,
        protocol: '3.1.1',
        session: 'persistent',
      },
      homeassistant: { birthTopic: 'homeassistant/status', birthPayload: 'online' },
      cron: { discovery: '30 3 * * *', summary: '0 0 * * *' },
      onAlert: { program: undefined, timeoutMs: 30_000 },
      metricsFile: undefined,
      web: {
        listen: { kind: 'port', host: '127.0.0.1', port: 8710 },
        isChosen: false,
        url: undefined,
        hosts: [],
        openReading: false,
        ingress: false,
        frameAncestors: [],
        tokens: '/etc/heyu2mqtt/web-tokens',
      },
      stateDir: '/var/lib/heyu2mqtt',
      log: { level: 'info', format: 'auto' },
      files: {
        config: undefined,
        aliases: undefined,
        x10config: undefined,
        password: undefined,
        codes: undefined,
        ca: undefined,
        cert: undefined,
        key: undefined,
      },
      aliasFileFound: false,
      warnings: [],
    });
  });

  test('nothing of it can be changed', () => {
    const { configuration } = good(scene({ 'config.yaml': 'zones: { a: {} }\n', ...aliases }).load());
    const parts = [
      configuration,
      configuration.core,
      configuration.core.sensors,
      configuration.core.sensors[0],
      configuration.core.zones[0]?.keyfobs,
      configuration.mqtt.urls,
      configuration.warnings,
    ];
    expect(parts.map((part) => part !== undefined && Object.isFrozen(part))).toEqual(parts.map(() => true));
  });
});

describe('layers', () => {
  test('the environment beats the file, the file beats what is derived, and each is told as the origin', () => {
    const { load } = scene({
      'config.yaml': 'mqtt:\n  base_topic: cellar/x10\n  keepalive: 30s\nlog: { level: warn }\n',
      ...aliases,
    });
    const loaded = load({ HEYU2MQTT_MQTT_KEEPALIVE: '40s', HEYU2MQTT_MQTT_SESSION: 'clean' });
    expect(
      [
        'mqtt.base_topic',
        'mqtt.keepalive',
        'mqtt.session',
        'log.level',
        'log.format',
        'bridge_id',
        'mqtt.client_id',
      ].map((key) => `${key}: ${row(loaded, key)}`),
    ).toEqual([
      'mqtt.base_topic: "cellar/x10" <- config.yaml:2',
      'mqtt.keepalive: "40s" <- environment HEYU2MQTT_MQTT_KEEPALIVE',
      'mqtt.session: "clean" <- environment HEYU2MQTT_MQTT_SESSION',
      'log.level: "warn" <- config.yaml:4',
      'log.format: "auto" <- default',
      'bridge_id: "cellar_x10" <- from mqtt.base_topic',
      'mqtt.client_id: "heyu2mqtt-cellar_x10" <- from bridge_id',
    ]);
    const { mqtt, core } = good(loaded).configuration;
    expect([mqtt.keepaliveMs, mqtt.session, mqtt.clientId, core.bridgeId]).toEqual([
      40_000,
      'clean',
      'heyu2mqtt-cellar_x10',
      'cellar_x10',
    ]);
  });

  test('every scalar key can be set in the environment, to its example', () => {
    const files = {
      'config.yaml': '',
      ...aliases,
      'x10.conf': 'LOG_DIR /tmp\n',
      pw: 'secret\n',
      'cert.pem': '-----BEGIN CERTIFICATE-----\n',
      'key.pem': '-----BEGIN PRIVATE KEY-----\n',
    };
    const { load, path } = scene(files);
    const own: Readonly<Record<string, string>> = {
      'heyu.x10config': path('x10.conf'),
      'mqtt.password_file': path('pw'),
      'mqtt.ca_file': path('cert.pem'),
      'mqtt.cert_file': path('cert.pem'),
      'mqtt.key_file': path('key.pem'),
    };
    for (const name of CONFIG_KEY_NAMES) {
      const example = CONFIG_KEYS[name].example.replace(/^\[(.*)\]$/, '$1');
      const env: Record<string, string> = { [environmentName(name)]: own[name] ?? example };
      if (name === 'mqtt.cert_file') env['HEYU2MQTT_MQTT_KEY_FILE'] = path('key.pem');
      if (name === 'mqtt.key_file') env['HEYU2MQTT_MQTT_CERT_FILE'] = path('cert.pem');
      expect(row(load(env), name)).toMatch(new RegExp(`<- environment ${environmentName(name)}$`));
    }
  });

  test('an empty variable counts as not set, an unknown one is a warning', () => {
    const { load } = scene({ 'config.yaml': '', ...aliases });
    const loaded = load({
      HEYU2MQTT_MQTT_USERNAME: '',
      HEYU2MQTT_MQTT_URI: 'mqtt://a',
      HEYU2MQTT_ZONES: '{}',
      HEYU2MQTT_CONFIG: '/etc/heyu2mqtt/config.yaml',
      HEYU2MQTT_SERVICE_HOST: '10.0.0.1',
      PATH: '/bin',
    });
    expect(row(loaded, 'mqtt.username')).toBe('null <- default');
    expect(warningsOf(loaded)).toEqual([
      'environment: HEYU2MQTT_MQTT_URI: is not a variable of heyu2mqtt\n  hint: did you mean "HEYU2MQTT_MQTT_URL"?',
      'environment: HEYU2MQTT_SERVICE_HOST: is not a variable of heyu2mqtt',
      'environment: HEYU2MQTT_ZONES: is not read\n  hint: zones can only be configured in the file',
    ]);
  });

  test('a list in the environment replaces that of the file', () => {
    const { load } = scene({ 'config.yaml': 'mqtt: { url: ["mqtt://a", "mqtt://b"] }\n', ...aliases });
    expect(good(load()).configuration.mqtt.urls).toEqual(['mqtt://a', 'mqtt://b']);
    expect(good(load({ HEYU2MQTT_MQTT_URL: 'mqtt://c, mqtt://d' })).configuration.mqtt.urls).toEqual([
      'mqtt://c',
      'mqtt://d',
    ]);
  });

  test('paths of the file lie beside it, paths of the environment where we were started', () => {
    const { directory, path } = scene({});
    mkdirSync(path('etc'));
    writeFileSync(path('etc/config.yaml'), 'heyu: { log: log }\nstate_dir: state\n');
    writeFileSync(path('etc/aliases.yaml'), aliases['aliases.yaml']);
    const loaded = loadConfiguration({
      configFile: 'etc/config.yaml',
      env: { HEYU2MQTT_STATE_DIR: 'state' },
      version: '1',
      cwd: directory,
    });
    const { heyu, stateDir, files } = good(loaded).configuration;
    expect([heyu.log, stateDir, files.config, files.aliases]).toEqual([
      path('etc/log'),
      path('state'),
      path('etc/config.yaml'),
      path('etc/aliases.yaml'),
    ]);
    expect(row(loaded, 'heyu.log')).toBe(`"${path('etc/log')}" <- config.yaml:1`);
  });

  test("systemd's directories are found by themselves and give way to the file", () => {
    const { load, directory, path } = scene({
      'config.yaml': '',
      'own.yaml': 'state_dir: /srv/x\nmqtt: { username: joe, password: mine }\n',
      ...aliases,
      'mqtt-password': 'geheim\n',
    });
    const env = { STATE_DIRECTORY: '/var/lib/private/a:/var/lib/b', CREDENTIALS_DIRECTORY: directory };
    const { configuration } = good(load({ ...env, HEYU2MQTT_MQTT_USERNAME: 'joe' }));
    expect([configuration.stateDir, configuration.mqtt.password, configuration.files.password]).toEqual([
      '/var/lib/private/a',
      'geheim',
      path('mqtt-password'),
    ]);
    expect(row(load(env), 'state_dir')).toBe('"/var/lib/private/a" <- environment STATE_DIRECTORY');
    expect(row(load(env), 'mqtt.password_file')).toMatch(/<- environment CREDENTIALS_DIRECTORY$/);
    const own = good(load(env, 'own.yaml')).configuration;
    expect([own.stateDir, own.mqtt.password]).toEqual(['/srv/x', 'mine']);
    expect(good(load({ CREDENTIALS_DIRECTORY: '/nowhere' })).configuration.mqtt.password).toBeUndefined();
  });
});

describe("heyu's own configuration", () => {
  const withX10 = (x10: string, config = 'heyu: { x10config: x10.conf }\n') =>
    scene({ 'config.yaml': config, 'x10.conf': x10, ...aliases });

  test.each([
    ['TTY /dev/ttyUSB0\nLOG_DIR /var/log/heyu\n', '/var/log/heyu/heyu.log.ttyUSB0', 'YMD'],
    [
      'TTY dummy\nLOG_DIR /home/joe/.heyu/ COMMON\nDATE_FORMAT DMY .\n',
      '/home/joe/.heyu/heyu.log.common',
      'DMY',
    ],
    ['LOG_DIR /l\nDATE_FORMAT MDY\n', '/l/heyu.log.ttyS0', 'MDY'],
  ])('%j', (x10, log, order) => {
    const { load, path } = withX10(x10);
    const { heyu, core, files } = good(load()).configuration;
    expect([heyu.log, core.stamp.order, files.x10config]).toEqual([log, order, path('x10.conf')]);
    expect(row(load(), 'heyu.log')).toBe(`"${log}" <- x10config ${path('x10.conf')}`);
  });

  test('gives way to the file', () => {
    const { load } = withX10(
      'LOG_DIR /l\nDATE_FORMAT DMY\n',
      'heyu: { x10config: x10.conf, log: /other, date_format: MDY }\n',
    );
    const { heyu, core } = good(load()).configuration;
    expect([heyu.log, core.stamp.order]).toEqual(['/other', 'MDY']);
  });

  test('that says nothing of a log is a fault, unless the log is named', () => {
    const { load, path } = withX10('TTY /dev/ttyS0\n');
    expect(faultsOf(load())).toEqual([
      `${path('x10.conf')}: heyu writes no log: its configuration has no LOG_DIR\n  hint: write LOG_DIR /var/log/heyu (the directory must exist), then: heyu restart`,
    ]);
    expect(good(load({ HEYU2MQTT_HEYU_LOG: '/l' })).configuration.heyu.log).toBe('/l');
  });

  test('that names a log where only a shell would find it is a fault, unless the log is named', () => {
    const { load, path } = withX10('TTY /dev/ttyS0\nLOG_DIR ~/logs\n');
    expect(faultsOf(load())).toEqual([
      `${path('x10.conf')}:2: LOG_DIR: "~/logs/heyu.log.ttyS0" begins with ~, which only shells know\n  hint: write the whole path`,
    ]);
    expect(good(load({ HEYU2MQTT_HEYU_LOG: '/l' })).configuration.heyu.log).toBe('/l');
  });

  test('that heyu refuses is a warning, that cannot be read a fault', () => {
    const { load, path } = withX10('LOG_DIR /l\nNONSENSE 1\n');
    expect(warningsOf(load())).toEqual([
      `${path('x10.conf')}:2: heyu refuses the file: Invalid Directive 'NONSENSE'\n  hint: heyu keeps its old configuration until this is fixed`,
    ]);
    expect(faultsOf(scene({ 'config.yaml': 'heyu: { x10config: /nowhere/x10.conf }\n' }).load())).toEqual([
      '/nowhere/x10.conf: does not exist\n  hint: correct heyu.x10config or remove it',
    ]);
  });
});

describe('secrets', () => {
  test('the password comes from its file without its line feed', () => {
    const { load } = scene({
      'config.yaml': 'mqtt: { username: joe, password_file: pw }\n',
      ...aliases,
      pw: ' ge heim \r\n',
    });
    expect(good(load()).configuration.mqtt).toMatchObject({ username: 'joe', password: ' ge heim ' });
  });

  test('the environment beats the file, whichever of the two ways', () => {
    const { load, path } = scene({
      'a.yaml': 'mqtt: { username: joe, password_file: pw }\n',
      'b.yaml': 'mqtt: { username: joe, password: inline }\n',
      ...aliases,
      pw: 'from-file\n',
    });
    expect(good(load({ HEYU2MQTT_MQTT_PASSWORD: 'env' }, 'a.yaml')).configuration.mqtt.password).toBe('env');
    const env = { HEYU2MQTT_MQTT_PASSWORD_FILE: path('pw') };
    expect(good(load(env, 'b.yaml')).configuration.mqtt.password).toBe('from-file');
  });

  test('an empty or missing password file is a fault that names the line', () => {
    const { load, path } = scene({
      'config.yaml': 'mqtt:\n  username: joe\n  password_file: pw\n',
      pw: '\n',
    });
    expect(faultsOf(load())).toEqual([
      `config.yaml:3: mqtt.password_file: ${path('pw')} is empty\n  hint: write the password into it`,
    ]);
    expect(faultsOf(load({ HEYU2MQTT_MQTT_PASSWORD_FILE: '/nowhere' }))).toEqual([
      'environment: HEYU2MQTT_MQTT_PASSWORD_FILE: /nowhere does not exist\n  hint: write the password into it: sudo heyu2mqtt service password writes /etc/heyu2mqtt/mqtt-password',
    ]);
  });

  test('files that everybody may read are warnings', () => {
    const { load, path } = scene({
      'config.yaml': 'mqtt: { username: joe, password_file: pw }\n',
      'inline.yaml': 'mqtt: { username: joe, password: geheim }\n',
      'url.yaml': 'mqtt: { url: "mqtt://joe:geheim@a" }\n',
      ...aliases,
      pw: 'geheim\n',
    });
    for (const name of ['pw', 'inline.yaml', 'url.yaml']) chmodSync(path(name), 0o644);
    expect(warningsOf(load())).toEqual([
      `config.yaml:1: mqtt.password_file: ${path('pw')} can be read by all users\n  hint: chmod o= ${path('pw')}`,
    ]);
    expect(warningsOf(load({}, 'inline.yaml'))).toEqual([
      'inline.yaml:1: mqtt.password: is in a file that all users can read\n  hint: use mqtt.password_file, or chmod o= inline.yaml',
    ]);
    expect(warningsOf(load({}, 'url.yaml'))).toEqual([
      'url.yaml:1: mqtt.url: is in a file that all users can read\n  hint: use mqtt.password_file, or chmod o= url.yaml',
    ]);
    chmodSync(path('pw'), 0o640);
    writeFileSync(path('key.pem'), '-----BEGIN PRIVATE KEY-----\n', { mode: 0o644 });
    writeFileSync(path('cert.pem'), '-----BEGIN CERTIFICATE-----\n', { mode: 0o644 });
    writeFileSync(path('tls.yaml'), 'mqtt: { url: mqtts://a, cert_file: cert.pem, key_file: key.pem }\n');
    expect(warningsOf(load({}, 'tls.yaml'))).toEqual([
      `tls.yaml:1: mqtt.key_file: ${path('key.pem')} can be read by all users\n  hint: chmod o= ${path('key.pem')}`,
    ]);
    expect(warningsOf(load())).toEqual([]);
  });

  test('user and password of the url are used and taken out of it', () => {
    const { load } = scene({ 'config.yaml': 'mqtt: { url: "mqtt://j%40e:p%3Aw@host:1884" }\n', ...aliases });
    expect(good(load()).configuration.mqtt).toMatchObject({
      urls: ['mqtt://host:1884'],
      username: 'j@e',
      password: 'p:w',
    });
  });

  test('urls with different users are refused, a user beside them is a warning', () => {
    const { load } = scene({
      'a.yaml': 'mqtt: { url: ["mqtt://a:b@h", "mqtt://c:d@i"] }\n',
      'b.yaml': 'mqtt: { url: "mqtt://a:b@h", username: joe }\n',
      'c.yaml': 'mqtt: { password: x }\n',
      ...aliases,
    });
    expect(faultsOf(load({}, 'a.yaml'))).toEqual([
      'a.yaml:1: mqtt.url: names different users for different brokers\n  hint: use mqtt.username and mqtt.password_file',
    ]);
    expect(good(load({}, 'b.yaml')).configuration.mqtt.username).toBe('joe');
    expect(warningsOf(load({}, 'b.yaml'))).toEqual([
      'b.yaml:1: mqtt.url: names a user, but mqtt.username is used\n  hint: remove one of them',
    ]);
    expect(warningsOf(load({}, 'c.yaml'))).toEqual([
      'c.yaml: mqtt.username: there is a password, but no user name\n  hint: add mqtt.username',
    ]);
  });

  test('certificates are read as text; what is none is a fault, what has no effect a warning', () => {
    const { load, path } = scene({
      'a.yaml': 'mqtt: { url: "mqtts://a", ca_file: ca.pem, cert_file: ca.pem, key_file: key.pem }\n',
      'b.yaml': 'mqtt: { url: "mqtts://a", ca_file: key.pem }\n',
      'c.yaml': 'mqtt: { ca_file: ca.pem }\n',
      ...aliases,
      'ca.pem': '-----BEGIN CERTIFICATE-----\nx\n',
      'key.pem': '-----BEGIN RSA PRIVATE KEY-----\ny\n',
    });
    expect(good(load({}, 'a.yaml')).configuration.mqtt).toMatchObject({
      ca: '-----BEGIN CERTIFICATE-----\nx\n',
      cert: '-----BEGIN CERTIFICATE-----\nx\n',
      key: '-----BEGIN RSA PRIVATE KEY-----\ny\n',
    });
    expect(faultsOf(load({}, 'b.yaml'))).toEqual([
      `b.yaml:1: mqtt.ca_file: ${path('key.pem')} holds no certificate in PEM form\n  hint: convert it with openssl`,
    ]);
    expect(warningsOf(load({}, 'c.yaml'))).toEqual([
      'c.yaml:1: mqtt.ca_file: has no effect: mqtt.url is not encrypted\n  hint: use mqtts:// or wss://',
    ]);
  });

  test('no secret is ever shown', () => {
    const { load } = scene({
      'config.yaml': 'mqtt:\n  url: ["mqtt://joe:geheim@a", "mqtt://joe:geheim@b"]\n  password: geheim\n',
      ...aliases,
    });
    const rows = effectiveValues(good(load()).resolved);
    expect(JSON.stringify(rows)).not.toContain('geheim');
    expect(formatEffective(rows)).not.toContain('geheim');
    expect(row(load(), 'mqtt.url')).toBe(
      '["mqtt://joe:********@a","mqtt://joe:********@b"] <- config.yaml:2',
    );
    expect(row(load(), 'mqtt.password')).toBe('"********" <- config.yaml:3');
  });

  test('nor in a fault', () => {
    const { load } = scene({
      'config.yaml':
        'mqtt:\n  url: "mqtt://joe:geheim@a:port"\n  password: { geheim: geheim }\n  password_file: [geheim]\n',
    });
    const shown = faultsOf(load({ HEYU2MQTT_MQTT_URL: 'http://joe:geheim@a' })).join('\n');
    expect(shown).toContain('mqtt.password');
    expect(shown).not.toMatch(/geheim(?!:)/);
  });
});

describe('the effective configuration', () => {
  test('has absolute paths, of the defaults as well', () => {
    const { load, path } = scene({
      'config.yaml': 'mqtt: { username: joe, password_file: pw }\n',
      pw: 'geheim\n',
      ...aliases,
    });
    expect(row(load(), 'mqtt.password_file')).toBe(`${JSON.stringify(path('pw'))} <- config.yaml:1`);
    expect(row(load(), 'aliases')).toBe(`${JSON.stringify(path('aliases.yaml'))} <- default`);
  });

  test('has a row for every key and every key of every zone that means something for it', () => {
    const { load } = scene({
      'config.yaml': 'zones:\n  a:\n    state_topic: alarmo/state\n  b: { exit_delay: 60s }\n',
      ...aliases,
    });
    const rows = effectiveValues(good(load()).resolved);
    expect(rows.slice(0, CONFIG_KEY_NAMES.length).map(({ key }) => key)).toEqual(CONFIG_KEY_NAMES);
    expect(rows.slice(CONFIG_KEY_NAMES.length).map(({ key, value, origin }) => [key, value, origin])).toEqual(
      [
        ['zones.a.name', 'A', 'default'],
        ['zones.a.area', null, 'default'],
        ['zones.a.on_unknown', 'last_known', 'default'],
        ['zones.a.alert_cooldown', '1m', 'default'],
        ['zones.a.state_topic', 'alarmo/state', 'config.yaml:3'],
        ['zones.a.command_topic', null, 'default'],
        ['zones.a.command_area', null, 'default'],
        ['zones.a.modes', ['home', 'away', 'night', 'vacation'], 'default'],
        ['zones.a.pointer', null, 'default'],
        ['zones.a.armed_values', [], 'default'],
        ['zones.a.disarmed_values', [], 'default'],
        ['zones.a.entry_delay', 'auto', 'default'],
        ['zones.a.alert_on', 'armed', 'default'],
        ['zones.a.on_alarm', null, 'default'],
        ['zones.b.name', 'B', 'default'],
        ['zones.b.area', null, 'default'],
        ['zones.b.on_unknown', 'last_known', 'default'],
        ['zones.b.alert_cooldown', '1m', 'default'],
        ['zones.b.panel', 'alarm_control_panel', 'default'],
        ['zones.b.modes', ['home', 'away', 'night', 'vacation'], 'default'],
        ['zones.b.exit_delay', '1m', 'config.yaml:4'],
        ['zones.b.entry_delay', 'auto', 'default'],
        ['zones.b.open_at_arming', 'bypass', 'default'],
        ['zones.b.command_max_age', '1m', 'default'],
        ['zones.b.follow_heyu', false, 'default'],
        ['zones.b.keyfobs', [], 'default'],
        ['zones.b.on_alarm', null, 'default'],
      ],
    );
  });

  test('as a table is aligned and safe for a terminal', () => {
    expect(
      formatEffective([
        { key: 'a', value: 'x\u001b[31m', origin: 'default' },
        { key: 'long', value: ['p', 'q'], origin: 'config.yaml:1' },
        { key: 'c', value: null, origin: 'default' },
        { key: 'd', value: [], origin: 'default' },
        { key: 'e', value: '', origin: 'default' },
        { key: 'f', value: true, origin: 'default' },
      ]),
    ).toBe(
      [
        'a     x\\u001b[31m  default',
        'long  p, q         config.yaml:1',
        'c     -            default',
        'd     []           default',
        'e     ""           default',
        'f     true         default',
      ].join('\n'),
    );
  });
});

describe('anything at all', () => {
  const words = fc.constantFrom(
    'mqtt:',
    'zones:',
    'aliases:',
    'heyu:',
    'url:',
    'a:',
    'address:',
    'A3',
    'hold:',
    'members:',
    'state_topic:',
    'keyfobs:',
    '__proto__:',
    'constructor:',
    'prototype:',
    'x10config:',
    'password_file:',
    '[',
    ']',
    '{',
    '}',
    ',',
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    '- ',
    '&x ',
    '*x',
    '<<: ',
    '"',
    'soon',
    '5m',
    '/',
    '.',
    'config.yaml',
    'sensors:',
  );
  const file = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(words, { maxLength: 40 }).map((parts) => new TextEncoder().encode(parts.join(''))),
    fc.json().map((text) => new TextEncoder().encode(text)),
  );

  test('as either file gives a configuration or problems that can be printed, and no exception', () => {
    const { load, path } = scene({});
    fc.assert(
      fc.property(file, file, (config, aliasFile) => {
        writeFileSync(path('config.yaml'), config);
        writeFileSync(path('aliases.yaml'), aliasFile);
        const loaded = load();
        if (loaded.ok) formatEffective(effectiveValues(loaded.resolved));
        // eslint-disable-next-line no-control-regex -- that is what is looked for
        else expect(faultsOf(loaded).join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        expect(({} as Record<string, unknown>)['url']).toBeUndefined();
      }),
      { numRuns: runs(200) },
    );
  });

  test('in the environment neither', () => {
    const { load } = scene({ 'config.yaml': '', ...aliases });
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...CONFIG_KEY_NAMES.map(environmentName)), fc.string(), { maxKeys: 5 }),
        (env) => {
          expect(typeof load({ ...env }).ok).toBe('boolean');
        },
      ),
      { numRuns: runs(150) },
    );
  });
});

test('a file that may not be read says so', async () => {
  const { load, path, directory } = scene({ 'config.yaml': '', ...aliases });
  chmodSync(path('config.yaml'), 0);
  chmodSync(directory, 0o755);
  await asNobody(() => {
    expect(faultsOf(load())[0]).toBe(
      'config.yaml: may not be read by this user\n  hint: give the user of the service the right to read it: ls -l config.yaml',
    );
  });
});
