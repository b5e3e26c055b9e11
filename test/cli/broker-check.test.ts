import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { SETTINGS } from '../../src/broker-check/trial.js';
import { createAuthority } from '../support/certificates.js';
import { startAedes } from '../support/aedes.js';
import { collect } from '../support/collect.js';
import { actual, check, fitness, start } from './broker-fitness.js';

const ZONES = 'zones: { ground: { name: Ground floor }, attic: { state_topic: alarmo/attic/state } }\n';

describe.concurrent('broker-check', () => {
  test('says its verdict first, and no more than that', async () => {
    const mosquitto = await start({});
    const { code, out } = await check({ mqttUrl: mosquitto.url, config: ZONES });
    const [broker, verdict, ...more] = out.split('\n');
    expect(broker).toMatch(/mosquitto version/);
    expect(verdict).toBe('fit, as far as could be told');
    expect(more.join('\n')).toMatch(/--verbose shows each trial\n$/);
    expect(out).not.toContain('QoS 1');
    expect(code).toBe(0);
  });

  test('shows the five tests as a table, and each trial, when it is asked to', async () => {
    const mosquitto = await start({});
    const { code, out, err } = await check({ mqttUrl: mosquitto.url, config: ZONES }, '--verbose');
    expect(out).toMatch(/mosquitto version [\d.]+, MQTT 3\.1\.1, MQTT 5$/m);
    for (const version of ['3.1.1', '5']) {
      const line = (cells: string): RegExp =>
        new RegExp(`^${version.replaceAll('.', '\\.')} +${cells}$`, 'm');
      expect(out).toMatch(line('1 +true +QoS 0 +QoS 0 +no +nothing +ok +nothing'));
      expect(out).toMatch(
        line('3 +true +QoS 1 +QoS 1 +yes +M1 retained after SUBSCRIBE +ok +M1 retained after SUBSCRIBE'),
      );
      expect(out).toMatch(line('4 +false +QoS 1 +QoS 1 +no +M1 at once +ok +M1 at once'));
      expect(out).toMatch(line('5 +false +QoS 0 +QoS 1 +no +M1 at once or not +ok +nothing'));
    }
    expect(out).toContain('fit, as far as could be told');
    expect(out).toContain('the newest 500 were dropped (number 1000 to 1499)');
    expect(out).toContain(
      'alarmo/attic/state (the state of the zone attic): granted, and nothing was received',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
  });

  test('leaves nothing behind, and says nothing on topics of others', async () => {
    const mosquitto = await start({ config: ['sys_interval 1'] });
    const seen = await collect(mosquitto.url, ['#']);
    onTestFinished(() => seen.stop());
    await check({ mqttUrl: mosquitto.url, config: ZONES });
    const foreign = seen.messages
      .filter(({ topic }) => !topic.startsWith('$SYS/') && !topic.startsWith('x10/bridge/broker-check/'))
      .map(({ topic, payload, retain }) => [
        topic.replace(/_[0-9a-f]{12}\//, '_RANDOM/'),
        payload === '',
        retain,
      ]);
    expect(foreign.toSorted()).toEqual([
      ['homeassistant/device/heyu2mqtt_x10_check_RANDOM/config', true, false],
      ['x10/bridge/broker-check', false, false],
      ['x10/hall/broker-check', false, false],
      ['x10/porch/broker-check', false, false],
      ['x10/zone/attic/broker-check', false, false],
      ['x10/zone/ground/broker-check', false, false],
    ]);
    const late = await collect(mosquitto.url, ['x10/#', 'homeassistant/#', 'end']);
    onTestFinished(() => late.stop());
    await late.publish('end', 'end');
    await late.untilLast('end', 'end');
    expect(late.messages.map(({ topic }) => topic)).toEqual(['end']);
    // sessions that are stored and not in use, told again each second
    const stored = await collect(mosquitto.url, ['$SYS/broker/clients/disconnected']);
    onTestFinished(() => stored.stop());
    await stored.untilLast('$SYS/broker/clients/disconnected', '0');
  });

  test('names a queue that is too short, and what was dropped', async () => {
    const broker = await start({ maxQueuedMessages: 80 });
    const found = await fitness({ mqttUrl: broker.url });
    expect(found).toMatchObject({ verdict: 'fit-with-settings', settings: [SETTINGS.queue], code: 1 });
    expect(actual(found, /1500 messages wait/)).toMatch(/^(80|100): the newest (1420|1400) were dropped/);
    const clean = await fitness({
      mqttUrl: broker.url,
      config: `mqtt: { url: "${broker.url}", session: clean }\n`,
    });
    expect(clean).toMatchObject({ verdict: 'fit', settings: [], code: 0 });
  });

  test('finds topics that may not be written or not be read', async () => {
    const broker = await start({
      passwords: { bridge: 'secret' },
      acl: [
        'user bridge',
        'topic readwrite x10/bridge/#',
        'topic readwrite homeassistant/#',
        'topic readwrite x10/hall/#',
        'topic write x10/porch/#',
        'topic readwrite x10/zone/attic/#',
      ].join('\n'),
    });
    const login = `mqtt: { url: "${broker.url}", username: bridge, password: secret }\n`;
    const found = await fitness({ mqttUrl: broker.url, config: login + ZONES });
    expect(found).toMatchObject({ verdict: 'not-fit', code: 2 });
    expect(found.reasons).toEqual([
      'access control: the bridge may not write beside x10/zone/ground/broker-check',
      'access control: the bridge may write x10/porch/broker-check, but not read it',
    ]);
  });

  test('finds the packaged rights enough, over TLS and with the configured password', async () => {
    const authority = createAuthority();
    onTestFinished(authority.remove);
    const { certFile, keyFile } = authority.sign('broker');
    const packaged = new URL('../../config/mosquitto/heyu2mqtt.acl', import.meta.url);
    const broker = await start({
      passwords: { heyu2mqtt: 'secret' },
      acl: readFileSync(packaged, 'utf8'),
      tls: { ca: authority.certFile, cert: certFile, key: keyFile },
    });
    const login = `mqtt: { url: "${broker.url}", username: heyu2mqtt, password: secret, ca_file: ${authority.certFile} }\n`;
    const found = await fitness({
      mqttUrl: broker.url,
      config: `${login}zones: { ground: {}, attic: { state_topic: alarmo/state } }\n`,
    });
    expect(found).toMatchObject({ verdict: 'fit', reasons: [], code: 0 });
  });

  test('needs nothing but the right to its own topics to say that they are denied', async () => {
    const broker = await start({
      passwords: { bridge: 'secret' },
      acl: 'user bridge\ntopic readwrite other/#',
    });
    const { code, out } = await check(
      { mqttUrl: broker.url },
      '--url',
      broker.url.replace('://', '://bridge:secret@'),
    );
    expect(out).toMatch(
      /not fit:\n +because access control: the bridge may not write or not read x10\/bridge\/broker-check\//,
    );
    expect(out).not.toContain('secret');
    expect(code).toBe(2);
  });

  test('says why it is not let in', async () => {
    const broker = await start({ passwords: { bridge: 'secret' } });
    const { code, out, err } = await check({ mqttUrl: broker.url });
    expect(err).toMatch(
      /the broker cannot be reached: mqtt:.*not authorised\n +hint: the broker wants a user/,
    );
    expect(out).toBe('');
    expect(code).toBe(1);
  });

  test('wants urls of brokers', async () => {
    const { code, err } = await check({ mqttUrl: 'mqtt://127.0.0.1:1' }, '--url', 'localhost');
    expect(err).toContain('localhost is not a valid broker url');
    expect(code).toBe(64);
  });

  test('takes an embedded aedes for a clean session only', async () => {
    const broker = await startAedes();
    onTestFinished(broker.remove);
    const found = await fitness({ mqttUrl: broker.url });
    expect(found).toMatchObject({ verdict: 'fit-with-settings', settings: [SETTINGS.clean], code: 1 });
    expect(found.reasons).toEqual([
      'messages that waited are marked as retained, so that old and new ones cannot be distinguished',
    ]);
    const clean = await fitness({
      mqttUrl: broker.url,
      config: `mqtt: { url: "${broker.url}", session: clean }\n`,
    });
    expect(clean).toMatchObject({ verdict: 'fit', reasons: [], code: 0 });
  });

  test('finds a topic at which a broker hangs up', async () => {
    const broker = await startAedes({
      authorizePublish: (_client, { topic }, done) =>
        done(topic.startsWith('x10/hall') ? new Error('no') : null),
    });
    onTestFinished(broker.remove);
    const found = await fitness({
      mqttUrl: broker.url,
      config: `mqtt: { url: "${broker.url}", session: clean }\n`,
    });
    expect(found.reasons).toEqual(['access control: the bridge may not write beside x10/hall/broker-check']);
  });
});
