/** The ready files for Mosquitto: users, rights, encryption, and the password that only the service can read. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cleanUpAfter } from './clean-up.js';
import type { Container } from './container.js';
import {
  aliases,
  bootHouse,
  configuration,
  journal,
  listen,
  property,
  signal,
  type Listener,
} from './heyu-in-container.js';
import { isPossible } from './possible.js';

const EXAMPLES = '/usr/share/doc/heyu2mqtt/examples/mosquitto';
const HOME_ASSISTANT = '-u homeassistant -P ha-secret';
const BRIDGE = '-u heyu2mqtt -P bridge-secret';

describe.runIf(isPossible)('the ready files for Mosquitto', () => {
  let house: Container;
  let listener: Listener;

  beforeAll(async () => {
    house = await bootHouse('broker', cleanUp);
    house.run('apt-get install --yes /root/heyu2mqtt.deb');
    house.write('/etc/heyu2mqtt/aliases.yaml', aliases());
  });
  const cleanUp = cleanUpAfter();

  const untilStatus = (pattern: RegExp): Promise<string> =>
    house.until('systemctl show --property=StatusText --value heyu2mqtt', (text) => pattern.test(text));

  test('the steps of docs/mosquitto.md give a broker that asks for user and password', () => {
    const steps = readFileSync(join(import.meta.dirname, '../../docs/mosquitto.md'), 'utf8');
    const script = /```sh users\n([\s\S]*?)```/.exec(steps)?.[1] ?? 'false';
    house.run(
      script
        .replace(/mosquitto_passwd -c (\S+) heyu2mqtt/, 'mosquitto_passwd -c -b $1 heyu2mqtt bridge-secret')
        .replace(/mosquitto_passwd (\S+) homeassistant/, 'mosquitto_passwd -b $1 homeassistant ha-secret'),
    );
    expect(house.attempt('mosquitto_pub -t x10/a -m 1').status).not.toBe(0);
    expect(house.attempt('mosquitto_pub -u heyu2mqtt -P wrong -t x10/a -m 1').status).not.toBe(0);
    house.run(`mosquitto_pub ${BRIDGE} -q 1 -t x10/a -m 1`);
    expect(house.run('stat -c "%a %U %G" /etc/mosquitto/heyu2mqtt.passwd')).toBe('640 root mosquitto');
  });

  test.each([
    ['the bridge writes its topics', BRIDGE, 'x10/hall/motion', HOME_ASSISTANT, true],
    ['the bridge writes discovery', BRIDGE, 'homeassistant/device/x10/config', HOME_ASSISTANT, true],
    ['Home Assistant commands a zone', HOME_ASSISTANT, 'x10/zone/house/set', BRIDGE, true],
    ['Home Assistant says that it is there', HOME_ASSISTANT, 'homeassistant/status', BRIDGE, true],
    ['an alarm of Home Assistant reaches the bridge', HOME_ASSISTANT, 'alarmo/state', BRIDGE, true],
    ['Home Assistant cannot pretend motion', HOME_ASSISTANT, 'x10/hall/motion', BRIDGE, false],
    ['Home Assistant cannot pretend a zone state', HOME_ASSISTANT, 'x10/zone/house/state', BRIDGE, false],
    ['the bridge cannot disarm an alarm of others', BRIDGE, 'alarmo/state', HOME_ASSISTANT, false],
  ])('%s', (_name, publisher, topic, subscriber, allowed) => {
    house.run(`mosquitto_pub ${publisher} -q 1 -r -t ${topic} -m hello || true`);
    // a retained message is there at once or not at all; the other topic shows that there was time for it
    const heard = house.run(`mosquitto_pub ${BRIDGE} -q 1 -r -t homeassistant/fence -m fence
      mosquitto_sub ${subscriber} -W 1 -t ${topic} -t homeassistant/fence -F '%t' || true`);
    expect(heard).toContain('homeassistant/fence');
    expect(heard.split('\n').includes(topic)).toBe(allowed);
    house.run(`mosquitto_pub ${publisher} -q 1 -r -t ${topic} -n
      mosquitto_pub ${BRIDGE} -q 1 -r -t homeassistant/fence -n`);
  });

  test('a wrong password is said once and does not stop the service', async () => {
    house.write(
      '/etc/heyu2mqtt/config.yaml',
      configuration({ mqtt: 'username: heyu2mqtt, password: wrong' }),
    );
    house.run('systemctl start heyu2mqtt');
    await untilStatus(/broker (?!connected)/);
    await house.until('journalctl -u heyu2mqtt -p warning --no-pager', (text) => /authori/i.test(text));
    expect(property(house, 'ActiveState')).toBe('active');
    house.run('systemctl stop heyu2mqtt');
  });

  test('"service password" keeps the password for the service alone', async () => {
    listener = await listen(house, HOME_ASSISTANT);
    const file = '/etc/heyu2mqtt/mqtt-password';
    house.write(
      '/etc/heyu2mqtt/config.yaml',
      configuration({ mqtt: `username: heyu2mqtt, password_file: ${file}` }),
    );
    expect(house.run('echo bridge-secret | heyu2mqtt service password')).toContain(`written: ${file}`);
    expect(house.run(`stat -c "%a %U" ${file}`)).toBe('600 root');
    house.run('systemctl start heyu2mqtt');
    await untilStatus(/broker connected/);
    expect(house.attempt(`setpriv --reuid=heyu2mqtt --clear-groups cat ${file}`).status).not.toBe(0);
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON');
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF');
    const seen = house.run(`journalctl -u heyu2mqtt -u mosquitto --no-pager; systemctl show heyu2mqtt
      tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID heyu2mqtt)/environ`);
    expect(seen).not.toContain('bridge-secret');
  });

  test('a code disarms the zone, lies with root alone, and stands nowhere that anybody else reads', async () => {
    const [code, set] = ['47110815', `mosquitto_pub ${HOME_ASSISTANT} -q 1 -t x10/zone/house/set`];
    let from = listener.heard().length;
    house.run(`echo ${code} | heyu2mqtt zone code add house jane && systemctl restart heyu2mqtt`);
    expect(house.run('stat -c "%a %U" /etc/heyu2mqtt/codes')).toBe('600 root');
    expect(
      house.attempt('setpriv --reuid=heyu2mqtt --clear-groups cat /etc/heyu2mqtt/codes').status,
    ).not.toBe(0);
    // a command that comes before it is known how the zone stands would want a code, too
    await listener.untilLast('x10/zone/house/available', 'online', from);
    await listener.untilLast('x10/zone/house/state', 'disarmed');
    const send = (command: string, typed: string): string =>
      house.run(`${set} -m '${JSON.stringify({ command, code: typed })}'`);
    from = listener.heard().length;
    house.run(`${set} -m ARM_AWAY`);
    await listener.untilLast('x10/zone/house/state', 'armed_away', from);
    send('DISARM', '00000000');
    await house.until('cat /root/heard', (text) => text.includes('"event_type":"wrong_code"'));
    expect(house.run('heyu2mqtt zone status house')).toContain('armed away');
    from = listener.heard().length;
    send('DISARM', code);
    await listener.untilLast('x10/zone/house/state', 'disarmed', from);
    await house.until('cat /root/heard', (text) => text.includes('"by":"jane"'));
    const seen =
      house.run(`journalctl -u heyu2mqtt --no-pager; cat /var/lib/heyu2mqtt/*.json /etc/heyu2mqtt/codes
      grep -v '^x10/zone/house/set ' /root/heard; systemctl show heyu2mqtt`);
    expect(seen).not.toContain(code);
    expect(house.run('heyu2mqtt zone code remove house jane && systemctl restart heyu2mqtt')).toContain(
      'it asks for none',
    );
  });

  test('TLS with a private authority, by the steps of docs/mosquitto.md', async () => {
    const steps = readFileSync(join(import.meta.dirname, '../../docs/mosquitto.md'), 'utf8');
    house.run(/```sh tls\n([\s\S]*?)```/.exec(steps)?.[1]?.replaceAll('broker.lan', 'localhost') ?? 'false');
    house.write(
      '/etc/heyu2mqtt/config.yaml',
      configuration({
        mqtt:
          'url: mqtts://localhost:8883, ca_file: /etc/heyu2mqtt/ca.pem, ' +
          'username: heyu2mqtt, password_file: /etc/heyu2mqtt/mqtt-password',
      }),
    );
    const from = listener.heard().length;
    house.run('systemctl restart heyu2mqtt');
    await untilStatus(/broker connected/);
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    expect(house.run("ss -Htn state established '( dport = :8883 )' | wc -l")).toBe('1');
  });

  test('a broker whose certificate is not of that authority is refused, in words', async () => {
    house.run(`cd /root && sh ${EXAMPLES}/make-certificates.sh other localhost
      install -m 644 other/ca.pem /etc/heyu2mqtt/ca.pem && systemctl restart heyu2mqtt`);
    await house.until('journalctl -u heyu2mqtt -p warning --no-pager', (text) => /certificate/i.test(text));
    expect(property(house, 'ActiveState'), journal(house)).toBe('active');
  });

  test('without the password nothing keeps the service from starting', () => {
    house.run('heyu2mqtt service password --remove');
    house.write('/etc/heyu2mqtt/config.yaml', configuration({ mqtt: 'username: heyu2mqtt' }));
    house.run('systemctl restart heyu2mqtt');
    expect(property(house, 'ActiveState')).toBe('active');
    expect(house.run('ls /etc/heyu2mqtt /etc/systemd/system')).not.toContain('password');
  });
});
