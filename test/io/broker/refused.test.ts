import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import type { BrokerOptions } from '../../../src/io/broker/options.js';
import { startAedes } from '../../support/aedes.js';
import { createTls } from '../../support/certificates.js';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../../support/mosquitto.js';
import { listen, type Listening } from './listening.js';

async function mosquitto(options?: MosquittoOptions): Promise<Mosquitto> {
  const broker = await startMosquitto(options);
  onTestFinished(broker.remove);
  return broker;
}

/** The reasons of the first two attempts, which must be the same: a refusal never ends the retrying. */
async function reasonOf(tested: Listening): Promise<string> {
  await tested.until(() => tested.of('refused').length >= 2);
  const [[, first], [, second]] = tested.of('refused') as [[string, string], [string, string]];
  expect(second).toBe(first);
  expect(tested.of('connected')).toEqual([]);
  return first;
}

describe('a user that is not let in', () => {
  test.each([
    [
      '3.1.1',
      undefined,
      "not authorised. hint: check mqtt.username, mqtt.password_file and the broker's access list",
    ],
    [
      '5',
      undefined,
      "not authorised. hint: check mqtt.username, mqtt.password_file and the broker's access list",
    ],
    ['3.1.1', '', 'not authorised. hint: the broker wants a user: set mqtt.username and mqtt.password_file'],
  ] as const)('is told so (MQTT %s, user %s)', async (protocol, user, reason) => {
    const { url } = await mosquitto({ passwords: { eva: 'secret' } });
    const username = user === undefined ? 'eva' : undefined;
    const password = user === undefined ? 'top secret' : undefined;
    const tested = listen({ urls: [url], protocol, username, password });
    expect(await reasonOf(tested)).toBe(`${url}: ${reason}`);
  });

  test('is let in once the password is right, also from a url, which is never shown whole', async () => {
    const { port } = await mosquitto({ passwords: { 'eva@home': 'top:secret/%' } });
    const wrong = listen({ urls: [`mqtt://eva%40home:nearly%20secret@127.0.0.1:${port}`] });
    const reason = await reasonOf(wrong);
    expect(reason).toContain('not authorised');
    expect(reason).not.toMatch(/eva|secret/);
    const right = listen({ urls: [`mqtt://eva%40home:top%3Asecret%2F%25@127.0.0.1:${port}`] });
    await right.untilConnected();
    const own = { username: 'eva@home', password: 'top:secret/%' };
    const configured = listen({ urls: [`mqtt://other:wrong@127.0.0.1:${port}`], ...own });
    await configured.untilConnected();
  });
});

describe('CONNACK in words', () => {
  test.each([
    [2, 'the broker does not accept the client id cellar. hint: set another mqtt.client_id'],
    [3, 'the broker says that its service is unavailable'],
    [4, 'wrong user or password. hint: check mqtt.username and mqtt.password_file'],
    [5, 'not authorised. hint: the broker wants a user: set mqtt.username and mqtt.password_file'],
  ] as const)('code %i', async (returnCode, reason) => {
    const { url, remove } = await startAedes({
      authenticate: (_client, _username, _password, done) =>
        done(Object.assign(new Error('no'), { returnCode }), false),
    });
    onTestFinished(remove);
    expect(await reasonOf(listen({ urls: [url], clientId: 'cellar' }))).toBe(`${url}: ${reason}`);
  });

  test('a broker that speaks MQTT 3.1.1 only, asked for MQTT 5', async () => {
    const { url, remove } = await startAedes();
    onTestFinished(remove);
    const tested = listen({ urls: [url], protocol: '5' });
    expect(await reasonOf(tested)).toBe(
      `${url}: the broker does not speak MQTT 5. hint: set mqtt.protocol to 3.1.1`,
    );
    const other = listen({ urls: [url] });
    await other.untilConnected();
  });
});

describe('a server that is no broker', () => {
  async function server(answer: (socket: Socket) => void): Promise<string> {
    const listening = createServer((socket) => {
      socket.on('error', () => undefined);
      sockets.add(socket);
      answer(socket);
    });
    const sockets = new Set<Socket>();
    listening.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    onTestFinished(() => {
      listening.close();
      for (const socket of sockets) socket.destroy();
    });
    return `mqtt://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  test.each([
    ['3.1.1', 'if this port wants TLS, use mqtts:// or wss://'],
    [
      '5',
      'if this port wants TLS, use mqtts:// or wss://; if the broker does not speak MQTT 5, set mqtt.protocol to 3.1.1',
    ],
  ] as const)('hangs up (MQTT %s)', async (protocol, hint) => {
    const url = await server((socket) => socket.on('data', () => socket.end()));
    expect(await reasonOf(listen({ urls: [url], protocol }))).toBe(
      `${url}: the broker closed the connection without an answer. hint: ${hint}`,
    );
  });

  test.each([
    ['3.1.1', 'does a firewall block the port?'],
    [
      '5',
      'does a firewall block the port?; some brokers without MQTT 5 stay silent: set mqtt.protocol to 3.1.1',
    ],
  ] as const)('stays silent (MQTT %s)', async (protocol, hint) => {
    const url = await server(() => undefined);
    expect(await reasonOf(listen({ urls: [url], protocol, connectTimeoutMs: 100 }))).toBe(
      `${url}: no answer within 0.1 s. hint: ${hint}`,
    );
  });

  test('talks another language', async () => {
    const url = await server((socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'));
    expect(await reasonOf(listen({ urls: [url] }))).toMatch(/^mqtt:\/\/127\.0\.0\.1:\d+: /);
  });

  test('answers web sockets with a page', async () => {
    const url = await server((socket) => {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    });
    const webSocket = `${url.replace('mqtt', 'ws')}/mqtt?token=secret`;
    expect(await reasonOf(listen({ urls: [webSocket] }))).toBe(
      `${url.replace('mqtt', 'ws')}/mqtt: Unexpected server response: 404`,
    );
  });

  test('has a name that nobody knows', async () => {
    const reason = await reasonOf(listen({ urls: ['mqtt://no-such-host.invalid'] }));
    expect(reason).toMatch(
      /^mqtt:\/\/no-such-host\.invalid:1883: the host name (is not known|cannot be looked up)/,
    );
  });

  test('is written wrongly', async () => {
    const reason = await reasonOf(listen({ urls: ['http://eva:secret@broker'] }));
    expect(reason).toBe('mqtt.url is not a valid broker url. hint: write it as mqtt://host:1883');
  });
});

describe('TLS', () => {
  const certificates = createTls();
  afterAll(certificates.remove);
  const { authority, stranger, server, client, of: tls } = certificates;

  test('a private authority is trusted when it is given', async () => {
    const { url } = await mosquitto({ tls: tls() });
    const tested = listen({ urls: [url], ca: authority.cert });
    await tested.untilConnected();
    expect(await tested.publish('a', '1')).toBeUndefined();
    expect(tested.of('refused')).toEqual([]);
  });

  test('a client certificate opens the door', async () => {
    const { url } = await mosquitto({ tls: { ...tls(), requireCertificate: true } });
    const tested = listen({ urls: [url], ca: authority.cert, cert: client.cert, key: client.key });
    await tested.untilConnected();
    await tested.broker.stop([], 1_000);
  });

  test('web sockets over TLS work as well', async () => {
    const { url } = await mosquitto({ tls: tls(), websockets: true });
    const tested = listen({ urls: [url], ca: authority.cert });
    await tested.untilConnected();
  });

  test.each<[string, (url: string) => Partial<BrokerOptions> & { urls: string[] }, string]>([
    [
      'no authority',
      (url) => ({ urls: [url] }),
      "the authority that signed the broker's certificate is not known. hint: set mqtt.ca_file to its CA certificate",
    ],
    [
      'another authority',
      (url) => ({ urls: [url], ca: stranger.cert }),
      "the authority that signed the broker's certificate is not known. hint: set mqtt.ca_file to its CA certificate",
    ],
    [
      'a plain url',
      (url) => ({ urls: [url.replace('mqtts', 'mqtt')] }),
      'the broker closed the connection without an answer. hint: if this port wants TLS, use mqtts:// or wss://',
    ],
    [
      'a plain url with a client certificate',
      (url) => ({ urls: [url.replace('mqtts', 'mqtt')], cert: client.cert, key: client.key }),
      'the broker closed the connection without an answer. hint: if this port wants TLS, use mqtts:// or wss://',
    ],
    [
      'an authority that is no certificate',
      (url) => ({ urls: [url], ca: Buffer.from('hello') }),
      "the authority that signed the broker's certificate is not known. hint: set mqtt.ca_file to its CA certificate",
    ],
    [
      'a key that is none',
      (url) => ({ urls: [url], ca: authority.cert, cert: client.cert, key: Buffer.from('hello') }),
      'mqtt.ca_file, mqtt.cert_file or mqtt.key_file cannot be used',
    ],
    [
      'a key of another certificate',
      (url) => ({ urls: [url], ca: authority.cert, cert: client.cert, key: server.key }),
      'mqtt.key_file does not belong to mqtt.cert_file',
    ],
  ])('%s', async (_, options, reason) => {
    const { url } = await mosquitto({ tls: tls() });
    const wanted = options(url);
    const [shown = ''] = wanted.urls;
    expect((await reasonOf(listen(wanted))).slice(0, shown.length + 2 + reason.length)).toBe(
      `${shown}: ${reason}`,
    );
  });

  test("a certificate of the broker's for another name", async () => {
    const { url } = await mosquitto({ tls: tls(authority.sign('other', ['DNS:broker.example'])) });
    expect(await reasonOf(listen({ urls: [url], ca: authority.cert }))).toBe(
      `${url}: the broker's certificate is for another name. hint: use the name it was made for in mqtt.url`,
    );
  });

  test.each([
    [
      'none',
      () => ({}),
      /^mqtts:\/\/127\.0\.0\.1:\d+: the broker (wants a client certificate|refused the TLS handshake)/,
    ],
    [
      'one of another authority',
      () => {
        const { cert, key } = stranger.sign('spy');
        return { cert, key };
      },
      /the broker does not know the authority that signed our client certificate|refused our client certificate/,
    ],
  ])('the broker wants a client certificate and gets %s', async (_, own, reason) => {
    const { url } = await mosquitto({ tls: { ...tls(), requireCertificate: true } });
    expect(await reasonOf(listen({ urls: [url], ca: authority.cert, ...own() }))).toMatch(reason);
  });

  test("an expired certificate of the broker's", async () => {
    const expired = authority.sign('expired', undefined, -1);
    const { url } = await mosquitto({ tls: tls(expired) });
    expect(await reasonOf(listen({ urls: [url], ca: authority.cert }))).toBe(
      `${url}: the broker's certificate has expired. hint: renew it, or check this machine's clock`,
    );
  });

  test('a port without TLS', async () => {
    const { port } = await mosquitto();
    expect(await reasonOf(listen({ urls: [`mqtts://127.0.0.1:${port}`], connectTimeoutMs: 1_000 }))).toMatch(
      /^mqtts:\/\/127\.0\.0\.1:\d+: (this port does not speak TLS|the broker closed the connection without an answer)/,
    );
  });
});
