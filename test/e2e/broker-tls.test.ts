/** Trouble with certificates as people meet it, and how the service continues once it is fixed, without a restart. */

import { copyFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createTls, type Certificate } from '../support/certificates.js';
import { loggedBy } from './log-entries.js';
import { bridgeWith, expectMotion, mosquitto, reader, reasonOf, reconfigure } from './troubled.js';

describe.concurrent('a broker with TLS and a private authority', () => {
  const certificates = createTls();
  afterAll(certificates.remove);
  const { authority, stranger, server, client, of: tls } = certificates;
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
    const expired = authority.sign('expired', undefined, -1);
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

  test('is not trusted under another name than that of its certificate, until the broker has one for it', async () => {
    const other = authority.sign('other', ['DNS:broker.example']);
    const broker = await mosquitto({ tls: tls(other) });
    const bridge = bridgeWith({ url: broker.url, ...ca() });
    await bridge.start();
    expect(await reasonOf(bridge)).toBe(
      `${broker.url}: the broker's certificate is for another name. ` +
        'hint: use the name it was made for in mqtt.url',
    );
    copyFileSync(server.certFile, other.certFile);
    copyFileSync(server.keyFile, other.keyFile);
    await broker.restart();
    const seen = await reader(broker.url, ['x10/#'], { ca: authority.cert });
    await expectMotion(bridge, seen);
  });

  test('that is spoken to without TLS: the url is to begin with mqtts', async () => {
    const { url, port } = await mosquitto({ tls: tls() });
    const seen = await reader(url, ['x10/#'], { ca: authority.cert });
    const plain = `mqtt://127.0.0.1:${port}`;
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
