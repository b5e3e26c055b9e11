/**
 * The first hour: a broker with a password, heyu's files in a closed home, and three commands to the first alert. Then
 * what replaces heyu's files, and the dead ends.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boot, type Container } from './container.js';
import { buildDebs } from './debs.js';
import { journal, listen, property, type Listener } from './heyu-in-container.js';
import { isPossible } from './possible.js';

const LOG = '/home/bob/heyu/heyu.log.ttyUSB0';
const X10CONFIG = '/home/bob/.heyu/x10config';
const BRIDGE = '-u heyu2mqtt -P bridge-secret';
const INIT = 'SUDO_USER=bob heyu2mqtt init --yes --username heyu2mqtt --password-file -';

/** What bob's heyu writes: lines of its log with the stamp of this moment. */
const says = (...lines: readonly string[]): string =>
  lines.map((line) => `runuser -u bob -- sh -c "date +'%m/%d %H:%M:%S  ${line}' >> ${LOG}"`).join('\n');
const MOTION = ['rcva addr unit       3 : hu A3  (hall_motion)', 'rcva func           On : hc A'] as const;

describe.runIf(isPossible)('init on Debian 13', () => {
  let house: Container;
  let listener: Listener;
  const cleanUp: (() => unknown)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.reverse()) await step();
  });

  beforeAll(async () => {
    const debs = buildDebs();
    cleanUp.push(debs.remove);
    house = await boot('init');
    cleanUp.push(house.stop);
    house.put(debs.current, '/root/heyu2mqtt.deb');
    house.run(`useradd -m bob && chmod 0700 /home/bob
      mosquitto_passwd -c -b /etc/mosquitto/passwords heyu2mqtt bridge-secret
      chown mosquitto /etc/mosquitto/passwords
      printf 'listener 1883\\nallow_anonymous false\\npassword_file /etc/mosquitto/passwords\\n' > /etc/mosquitto/conf.d/users.conf
      systemctl restart mosquitto`);
    listener = await listen(house, BRIDGE);
  });

  test('the first command installs it and names the second', () => {
    const said = house.run('apt-get install --yes /root/heyu2mqtt.deb');
    expect(said).toContain('sudo heyu2mqtt init');
    expect(house.run('ls -A /etc/heyu2mqtt')).toBe('');
  });

  test('without a heyu it says where it looked and what is needed, and writes nothing', () => {
    const { status, stderr } = house.attempt(`${INIT} <<< bridge-secret`);
    expect(status).toBe(66);
    expect(stderr).toContain(`${X10CONFIG}, /etc/heyu/x10.conf, /root/.heyu/x10config`);
    expect(stderr).toContain('dialout');
    expect(house.run('ls -A /etc/heyu2mqtt')).toBe('');
  });

  test('without sudo it says so at once', () => {
    const { status, stderr } = house.attempt('setpriv --reuid=bob --clear-groups heyu2mqtt init --yes');
    expect([status, stderr]).toEqual([1, expect.stringContaining('run it with sudo') as string]);
  });

  test('the second command ends in a running house', () => {
    house.run(`install -d -o bob -g bob -m 0755 /home/bob/.heyu && install -d -o bob -g bob -m 0750 /home/bob/heyu
      install -o bob -g bob -m 0640 /dev/null ${LOG}
      cat > ${X10CONFIG} <<'END'
TTY /dev/ttyUSB0
TTY_AUX /dev/ttyUSB1 MR26A
LOG_DIR /home/bob/heyu
START_ENGINE AUTO
ALIAS hall_motion A3 MS14A RFFORWARD
ALIAS door C2 DS10A 0x65
ALIAS fob C4 KR10A 0x70
END
      chown bob:bob ${X10CONFIG} && chmod 0600 ${X10CONFIG}`);
    const said = house.run(`${INIT} --wait 1m > /root/said 2>&1 <<< bridge-secret & init=$!
      until systemctl show -P StatusText heyu2mqtt | grep -q 'broker connected'; do
        kill -0 $init || break
        sleep 0.1
      done
      ${says(...MOTION)}
      wait $init || { cat /root/said; exit 1; }
      cat /root/said`);
    expect(said).toContain('setfacl -m u:heyu2mqtt:x /home/bob\n');
    expect(said).toContain('connected to the broker');
    expect(said).toContain('usermod -aG heyu2mqtt bob');
    expect(said).toMatch(/House: disarmed[^]*hall_motion +motion +just now/);
    expect(said).not.toContain('!');
    expect(said).not.toContain('bridge-secret');
    expect(property(house, 'ActiveState')).toBe('active');
    expect(house.run('systemctl is-enabled heyu2mqtt')).toBe('enabled');
    expect(house.run('id -nG bob')).toBe('bob heyu2mqtt');
    expect(house.run('stat -c "%a %U %G %n" /etc/heyu2mqtt/*').split('\n')).toEqual([
      '644 root root /etc/heyu2mqtt/aliases.yaml',
      '640 root heyu2mqtt /etc/heyu2mqtt/config.yaml',
      '600 root root /etc/heyu2mqtt/mqtt-password',
    ]);
  });

  test('the third command arms, and the first alert comes', async () => {
    house.run(says('rcva func          Arm : hu C4  swAway swMin  (fob)'));
    await listener.untilLast('x10/zone/house/state', 'armed_away');
    house.run(says('rcva func        Alert : hu C2  swMin  (door)'));
    await house.until(
      `timeout 5 mosquitto_sub ${BRIDGE} -C 1 -t x10/zone/house/last_alert`,
      (text) => text.includes('"door"'),
      90_000,
    );
  });

  test('all was heard, and check finds nothing to do', async () => {
    await listener.untilLast('x10/hall_motion/motion', 'ON');
    const found = JSON.parse(house.attempt('heyu2mqtt check --json').stdout) as Record<string, string>[];
    // no heyu runs in the container
    const bad = found.filter(
      ({ verdict, area }) => verdict !== 'ok' && verdict !== 'note' && area !== 'heyu',
    );
    expect(bad).toEqual([]);
  });

  test('members of the group need no sudo, and no password, to look', () => {
    expect(house.run('setpriv --reuid=bob --regid=bob --init-groups heyu2mqtt status')).toContain(
      'hall_motion',
    );
  });

  test('a rotated log and an x10config that an editor has replaced are still read', async () => {
    const from = listener.heard().length;
    house.run(`umask 022
      runuser -u bob -- sh -c 'mv ${LOG} ${LOG}.1; cp ${X10CONFIG} ${X10CONFIG}.new; mv ${X10CONFIG}.new ${X10CONFIG}'
      ${says('rcva addr unit       3 : hu A3  (hall_motion)', 'rcva func          Off : hc A', ...MOTION)}`);
    await listener.untilLast('x10/hall_motion/motion', 'ON', from);
    house.run(`setpriv --reuid=heyu2mqtt --regid=heyu2mqtt --init-groups cat ${X10CONFIG}`);
    house.run('systemctl restart heyu2mqtt');
    expect(journal(house)).not.toContain('may not be read');
  });

  test('a second init keeps the configuration and asks for nothing again', () => {
    const before = house.run('cat /etc/heyu2mqtt/*');
    const said = house.run('SUDO_USER=bob heyu2mqtt init --yes --wait 0');
    expect(said).toContain('config.yaml is kept as it is');
    expect(said).not.toMatch(/setfacl|usermod/);
    expect(house.run('cat /etc/heyu2mqtt/*')).toBe(before);
  });

  test('a password that an earlier version has left to root alone is handed to the service', () => {
    house.run('rm -r /etc/systemd/system/heyu2mqtt.service.d; systemctl daemon-reload');
    house.run('SUDO_USER=bob heyu2mqtt init --yes --wait 0');
    expect(house.run('systemctl cat heyu2mqtt')).toContain(
      'LoadCredential=mqtt-password:/etc/heyu2mqtt/mqtt-password',
    );
    expect(house.run('heyu2mqtt status')).not.toContain('!');
  });

  test('a heyu of somebody else is found in all homes', () => {
    house.run('rm -r /etc/heyu2mqtt && mkdir /etc/heyu2mqtt');
    const init = 'heyu2mqtt init --yes --no-start --username heyu2mqtt --password-file -';
    expect(house.attempt(`${init} <<< bridge-secret`).status).toBe(66);
    house.run(`${init} --all-homes <<< bridge-secret`);
    expect(house.read('/etc/heyu2mqtt/config.yaml')).toContain(`x10config: ${X10CONFIG}\n`);
  });

  test('a wrong password is said, with exit code 1', () => {
    house.run('rm -r /etc/heyu2mqtt');
    const { status, stderr } = house.attempt(`${INIT} --wait 0 --no-start <<< wrong`);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/the broker cannot be reached: .*not authorised/) as string,
    ]);
  });
});
