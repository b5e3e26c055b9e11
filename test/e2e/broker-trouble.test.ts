/**
 * Trouble with the broker as people meet it: what the service says of it and what to do, what it keeps to itself,
 * and how it goes on once that is done, without a restart.
 */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startAedes } from '../support/aedes.js';
import { makeBridge, pair, type TestBridge } from '../support/bridge.js';
import { createAuthority, type Certificate, type TestAuthority } from '../support/certificates.js';
import { collect, type Collector } from '../support/collect.js';
import { freePort } from '../support/free-port.js';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../support/mosquitto.js';
import { until } from '../support/until.js';
import { loggedBy, type LogEntry } from './log-entries.js';
import { startVersionGate } from './version-gate.js';

const ALIASES = 'aliases:\n  hall: { address: A3, model: MS14A, name: Hall }\n';
const ZONES = 'zones:\n  ground: { state_topic: house/armed }\n';
const MOTION = pair('rcvi', 'A3', 'On', 'hall');

const CANNOT = 'the broker cannot be reached, trying for ever';

async function mosquitto(options?: MosquittoOptions): Promise<Mosquitto> {
  const broker = await startMosquitto(options);
  onTestFinished(broker.remove);
  return broker;
}

async function reader(...args: Parameters<typeof collect>): Promise<Collector> {
  const seen = await collect(...args);
  onTestFinished(seen.stop);
  return seen;
}

/** A bridge with these keys of `mqtt`; everything is logged, so that nothing can hide. */
function bridgeWith(mqtt: Readonly<Record<string, string>>, more = ''): TestBridge {
  const bridge = makeBridge({
    mqttUrl: '',
    aliases: ALIASES,
    config: mqttSection(mqtt) + more,
    env: { HEYU2MQTT_LOG_LEVEL: 'debug' },
  });
  onTestFinished(bridge.remove);
  return bridge;
}

const mqttSection = (mqtt: Readonly<Record<string, string>>): string =>
  `mqtt: { ${Object.entries(mqtt)
    .map(([key, value]) => `${key}: "${value}"`)
    .join(', ')} }\n`;

/** Writes other keys of `mqtt` into config.yaml, as the hint says. */
function reconfigure(bridge: TestBridge, mqtt: Readonly<Record<string, string>>): void {
  const text = readFileSync(bridge.configPath, 'utf8');
  writeFileSync(bridge.configPath, text.replace(/^mqtt: .*\n/m, mqttSection(mqtt)));
}

/** The first reason that it gives for being without a broker. */
async function reasonOf(bridge: TestBridge): Promise<string> {
  const refusals = (): readonly LogEntry[] => loggedBy(bridge).filter(({ msg }) => msg === CANNOT);
  await until(
    () => refusals().length > 0,
    () => `a reason:\n${bridge.output()}`,
  );
  return refusals()[0]?.reason ?? '';
}

/** Motion of now reaches the broker, once. */
async function expectMotion(bridge: TestBridge, seen: Collector): Promise<void> {
  await seen.untilLast('x10/bridge/status', 'online');
  bridge.heyu(...MOTION);
  await seen.untilLast('x10/hall/motion', 'ON');
  await seen.until(() => seen.payloads('x10/hall/event').length === 1);
}

describe('a broker with TLS and a private authority', () => {
  let authority: TestAuthority;
  let stranger: TestAuthority;
  let server: Certificate;
  let client: Certificate;
  beforeAll(() => {
    authority = createAuthority();
    stranger = createAuthority('stranger');
    server = authority.sign('server', ['DNS:localhost']);
    client = authority.sign('client');
  });
  afterAll(() => {
    authority.remove();
    stranger.remove();
  });
  const tls = (certificate = server): NonNullable<MosquittoOptions['tls']> => ({
    ca: authority.certFile,
    cert: certificate.certFile,
    key: certificate.keyFile,
  });
  const ca = (): Readonly<Record<string, string>> => ({ ca_file: authority.certFile });
  const clientOf = (who: Certificate): Readonly<Record<string, string>> => ({
    cert_file: who.certFile,
    key_file: who.keyFile,
  });

  test('is trusted by that authority', async () => {
    const { url } = await mosquitto({ tls: tls() });
    const seen = await reader(url, ['x10/#'], { ca: authority.cert });
    const bridge = bridgeWith({ url, ...ca() });
    await bridge.start();
    await expectMotion(bridge, seen);
    expect(loggedBy(bridge).filter(({ level }) => level >= 40)).toEqual([]);
  });

  test.each([
    ['another authority', { authority: 'stranger' }],
    ['none', {}],
  ] as const)('is not trusted by %s, until ca_file names the right one', async (_, wrong) => {
    const { url } = await mosquitto({ tls: tls() });
    const seen = await reader(url, ['x10/#'], { ca: authority.cert });
    const bridge = bridgeWith({ url, ...('authority' in wrong ? { ca_file: stranger.certFile } : {}) });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${url}: the authority that signed the broker's certificate is not known. ` +
        'hint: set mqtt.ca_file to its CA certificate',
    );
    reconfigure(bridge, { url, ...ca() });
    await expectMotion(bridge, seen);
  });

  test('is not trusted with an expired certificate, until the broker has a new one', async () => {
    const expired = authority.sign('expired', ['DNS:localhost'], -1);
    const broker = await mosquitto({ tls: tls(expired) });
    const bridge = bridgeWith({ url: broker.url, ...ca() });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${broker.url}: the broker's certificate has expired. hint: renew it, or check this machine's clock`,
    );
    copyFileSync(server.certFile, expired.certFile);
    copyFileSync(server.keyFile, expired.keyFile);
    await broker.restart();
    const seen = await reader(broker.url, ['x10/#'], { ca: authority.cert });
    await expectMotion(bridge, seen);
  });

  test('is not trusted under another name than that of its certificate', async () => {
    const { url, port } = await mosquitto({ tls: tls() });
    const seen = await reader(url, ['x10/#'], { ca: authority.cert });
    const byAddress = `mqtts://127.0.0.1:${port}`;
    const bridge = bridgeWith({ url: byAddress, ...ca() });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${byAddress}: the broker's certificate is for another name. ` +
        'hint: use the name it was made for in mqtt.url',
    );
    reconfigure(bridge, { url, ...ca() });
    await expectMotion(bridge, seen);
  });

  test('that is spoken to without TLS: the url is to begin with mqtts', async () => {
    const { url, port } = await mosquitto({ tls: tls() });
    const seen = await reader(url, ['x10/#'], { ca: authority.cert });
    const plain = `mqtt://localhost:${port}`;
    const bridge = bridgeWith({ url: plain });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${plain}: the broker closed the connection without an answer. ` +
        'hint: if this port wants TLS, use mqtts:// or wss://',
    );
    reconfigure(bridge, { url, ...ca() });
    await expectMotion(bridge, seen);
  });

  test.each([
    ['none', /: the broker wants a client certificate\. hint: set mqtt\.cert_file and mqtt\.key_file$/],
    [
      'one of a stranger',
      /: (the broker does not know the authority that signed|the broker refused) our client certificate\. hint: check mqtt\.cert_file$/,
    ],
  ] as const)(
    'that wants a client certificate and gets %s, until it gets the right one',
    async (which, reason) => {
      const { url } = await mosquitto({ tls: { ...tls(), requireCertificate: true } });
      const { cert, key } = client;
      const seen = await reader(url, ['x10/#'], { ca: authority.cert, cert, key });
      const own = which === 'none' ? {} : clientOf(stranger.sign('spy'));
      const bridge = bridgeWith({ url, ...ca(), ...own });
      await bridge.start();
      expect(await reasonOf(bridge)).toMatch(reason);
      reconfigure(bridge, { url, ...ca(), ...clientOf(client) });
      await expectMotion(bridge, seen);
      expect(bridge.output()).not.toMatch(/PRIVATE KEY/);
    },
  );
});

describe('a password', () => {
  const EVA = { username: 'eva', password: 'right-secret' };

  test('that is wrong is said, never shown, and mended by its file and a reload', async () => {
    const { port, url } = await mosquitto({ passwords: { eva: EVA.password } });
    const seen = await reader(port, ['x10/#'], EVA);
    const bridge = bridgeWith({ url, username: 'eva', password_file: '' });
    const file = join(bridge.folder, 'password');
    writeFileSync(file, 'wrong-secret\n', { mode: 0o600 });
    reconfigure(bridge, { url, username: 'eva', password_file: file });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${url}: not authorised. ` +
        "hint: check mqtt.username, mqtt.password_file and the broker's access list",
    );
    writeFileSync(file, `${EVA.password}\n`);
    bridge.signal('SIGHUP');
    await expectMotion(bridge, seen);
    expect(bridge.output()).not.toMatch(/wrong-secret|right-secret/);
  });

  test('that stands in the url is not shown either', async () => {
    const { port, url } = await mosquitto({ passwords: { eva: EVA.password } });
    const bridge = bridgeWith({ url: `mqtt://eva:wrong-secret@127.0.0.1:${port}` });
    await bridge.start();
    expect(await reasonOf(bridge)).toMatch(`${url}: not authorised. hint: `);
    expect(bridge.output()).not.toMatch(/secret/);
  });

  test('that is missing', async () => {
    const { port, url } = await mosquitto({ passwords: { eva: EVA.password } });
    const seen = await reader(port, ['x10/#'], EVA);
    const bridge = bridgeWith({ url });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${url}: not authorised. hint: the broker wants a user: set mqtt.username and mqtt.password_file`,
    );
    reconfigure(bridge, { url, ...EVA });
    await expectMotion(bridge, seen);
    expect(bridge.output()).not.toMatch(/right-secret/);
  });
});

describe('a broker that speaks one version only', () => {
  test.each([
    ['3.1.1', '5', 'the broker does not speak MQTT 5. hint: set mqtt.protocol to 3.1.1'],
    ['5', '3.1.1', 'the broker does not speak MQTT 3.1.1. hint: set mqtt.protocol to 5'],
  ] as const)('only %s, and is asked for %s', async (spoken, asked, words) => {
    const { port } = await mosquitto();
    const seen = await reader(port, ['x10/#']);
    const gate = await startVersionGate(port, spoken);
    onTestFinished(gate.remove);
    const url = `mqtt://127.0.0.1:${gate.port}`;
    const bridge = bridgeWith({ url, protocol: asked });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(`${url}: ${words}`);
    reconfigure(bridge, { url, protocol: spoken });
    await expectMotion(bridge, seen);
  });
});

describe('a broker that is not there', () => {
  test('at the start: the service waits for it and loses no motion', async () => {
    const bridge = bridgeWith({ url: `mqtt://127.0.0.1:${await freePort()}` });
    await bridge.start();
    expect(await reasonOf(bridge)).toMatch(
      /^mqtt:\/\/127\.0\.0\.1:\d+: connection refused\. hint: is the broker running there, and is the port right\?$/,
    );
    bridge.heyu(...MOTION);
    const broker = await mosquitto();
    const seen = await reader(broker.port, ['x10/#']);
    reconfigure(bridge, { url: broker.url });
    await seen.untilLast('x10/hall/motion', 'ON');
    await seen.until(() => seen.payloads('x10/hall/event').length === 1);
  });

  test('by a name that nobody knows', async () => {
    const bridge = bridgeWith({ url: 'mqtt://no-such-host.invalid' });
    await bridge.start();
    expect(await reasonOf(bridge)).toMatch(
      /^mqtt:\/\/no-such-host\.invalid:1883: the host name (is not known|cannot be looked up now)\. hint: /,
    );
  });

  test('is complained of once, not at every attempt', async () => {
    const broker = await mosquitto();
    const bridge = bridgeWith({ url: broker.url });
    const seen = await reader(broker.port, ['x10/#']);
    await bridge.start();
    await seen.untilLast('x10/bridge/status', 'online');
    await broker.stop();
    const from = performance.now();
    // three attempts: after 1 s, 2 s and 4 s at the latest
    await until(() => performance.now() - from > 5_000);
    await broker.start();
    await expectMotion(bridge, seen);
    const complaints = loggedBy(bridge).filter(({ level }) => level >= 40);
    expect(complaints.map(({ msg }) => msg)).toEqual(['the connection to the broker is gone', CANNOT]);
  });
});

describe('an access control list', () => {
  const PASSWORDS = { bridge: 'b', home: 'h' };
  const asHome = { username: 'home', password: 'h' };
  const OWN = ['user home', 'topic readwrite #', 'user bridge', 'topic readwrite x10/#'];
  const ALL = [...OWN, 'topic readwrite homeassistant/#', 'topic read house/#'];

  const attributes = (seen: Collector): { reason?: string; verified?: boolean } =>
    JSON.parse(seen.last('x10/zone/ground/security_attributes')?.payload ?? '{}') as { reason?: string };

  test.each(['3.1.1', '5'] as const)(
    'that forbids to read the topic of a zone: the zone is unknown, and says why (MQTT %s)',
    async (protocol) => {
      const broker = await mosquitto({
        passwords: PASSWORDS,
        acl: [...OWN, 'topic readwrite homeassistant/#'].join('\n'),
      });
      const seen = await reader(broker.port, ['x10/#'], asHome);
      await seen.publish('house/armed', 'armed_away', { retain: true });
      const bridge = bridgeWith({ url: broker.url, protocol, username: 'bridge', password: 'b' }, ZONES);
      await bridge.start();
      const words = /^the broker (has no retained message for it|does not let us read the topic)/;
      await seen.until(() => words.test(attributes(seen).reason ?? ''));
      expect(seen.last('x10/zone/ground/security')?.payload).toBe('None');
      broker.allow(ALL.join('\n'));
      await broker.restart();
      await seen.untilLast('x10/zone/ground/security', 'None');
      await seen.publish('house/armed', 'armed_away', { retain: true });
      await seen.untilLast('x10/zone/ground/security', 'armed_away');
    },
  );

  test('that forbids to publish is told by MQTT 5, and what was refused is sent once it is allowed', async () => {
    const broker = await mosquitto({
      passwords: PASSWORDS,
      acl: [...ALL, 'topic deny x10/hall/#'].join('\n'),
    });
    const seen = await reader(broker.port, ['x10/#'], asHome);
    const bridge = bridgeWith({ url: broker.url, protocol: '5', username: 'bridge', password: 'b' });
    await bridge.start();
    await seen.untilLast('x10/bridge/problem', 'ON');
    await seen.until(() => seen.payloads('x10/bridge/info').some((info) => info.includes('refuses')));
    const refusal = loggedBy(bridge).find(({ msg }) => msg === 'the broker refuses a topic');
    expect(refusal?.topic).toMatch(/^x10\/hall\//);
    expect(refusal?.reason).toMatch(
      /^mqtt:\/\/127\.0\.0\.1:\d+: a publish to x10\/hall\/\w+ was refused: not authorised\. hint: allow it in the broker's access control list$/,
    );
    bridge.heyu(...MOTION);
    broker.allow(ALL.join('\n'));
    const patienceMs = 60_000;
    await until(() => seen.last('x10/hall/motion')?.payload === 'ON', 'the motion', patienceMs);
    await seen.until(() => seen.payloads('x10/hall/event').length === 1);
    await seen.untilLast('x10/bridge/problem', 'OFF');
    expect(loggedBy(bridge).filter(({ msg }) => msg === 'the broker refuses a topic')).toHaveLength(1);
  }, 90_000);

  test('whose broker hangs up on what it forbids: the rest gets through, and the connection stands', async () => {
    const broker = await startAedes({
      authorizePublish: (_client, { topic }, done) =>
        done(topic === 'x10/porch/motion' ? new Error('denied') : null),
    });
    onTestFinished(broker.remove);
    let connects = 0;
    broker.broker.on('client', ({ id }) => {
      if (id.startsWith('heyu2mqtt')) connects += 1;
    });
    const seen = await reader(broker.port, ['x10/#']);
    const bridge = bridgeWith({ url: broker.url, session: 'clean' });
    writeFileSync(bridge.aliasesPath, `${ALIASES}  porch: { address: A5, model: MS14A, name: Porch }\n`);
    await bridge.start();
    await until(
      () => loggedBy(bridge).some(({ msg }) => msg === 'the broker refuses a topic'),
      () => bridge.output(),
      30_000,
    );
    const refusal = loggedBy(bridge).find(({ msg }) => msg === 'the broker refuses a topic');
    expect(refusal?.topic).toBe('x10/porch/motion');
    expect(refusal?.reason).toMatch(/hint: may this user publish there\?$/);
    await expectMotion(bridge, seen);
    await seen.untilLast('x10/bridge/problem', 'ON');
    expect(loggedBy(bridge).filter(({ msg }) => msg.startsWith('another program'))).toEqual([]);
    const before = connects;
    const from = performance.now();
    await until(() => performance.now() - from > 5_000);
    expect(connects).toBe(before);
  }, 60_000);
});

describe('two bridges with one client id', () => {
  test.each(['3.1.1', '5'] as const)(
    'are recognised within seconds, said in the log and in Home Assistant, and grow patient (MQTT %s)',
    async (protocol) => {
      const { port, url, log } = await mosquitto();
      const seen = await reader(port, ['x10/#', 'homeassistant/#']);
      const bridges = [1, 2].map(() => bridgeWith({ url, protocol, client_id: 'twin' }));
      const [first, second] = bridges as [TestBridge, TestBridge];
      await first.start();
      await seen.untilLast('x10/bridge/status', 'online');
      const from = performance.now();
      await second.start();
      const saidBy = (bridge: TestBridge): LogEntry | undefined =>
        loggedBy(bridge).find(({ msg }) => msg.startsWith('another program uses our MQTT client id'));
      await until(
        () => bridges.every((bridge) => saidBy(bridge) !== undefined),
        () => bridges.map((bridge) => bridge.output()).join('\n\n'),
      );
      expect(performance.now() - from).toBeLessThan(15_000);
      for (const bridge of bridges) {
        expect(saidBy(bridge)).toMatchObject({ level: 50, client_id: 'twin' });
        expect(saidBy(bridge)?.msg).toMatch(/hint: .*mqtt\.client_id/);
      }
      await seen.untilLast('x10/bridge/takeover', 'ON');
      await seen.untilLast('x10/bridge/problem', 'ON');
      await seen.until(() =>
        seen.payloads('x10/bridge/info').some((info) => info.includes('the same MQTT client id')),
      );
      expect(
        seen.messages.some(
          ({ topic, payload }) =>
            topic.startsWith('homeassistant/') && payload.includes('x10/bridge/takeover'),
        ),
      ).toBe(true);
      const connects = (): number => log().match(/ as twin /g)?.length ?? 0;
      const before = connects();
      const recognisedAt = performance.now();
      await until(() => performance.now() - recognisedAt > 6_000);
      // at first it was one in a second
      expect(connects() - before).toBeLessThanOrEqual(5);
      await second.stop();
      await expectMotion(first, seen);
    },
    120_000,
  );
});
