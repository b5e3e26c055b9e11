/**
 * The first hour: a broker with a password, heyu's files in a closed home, and three commands to the first alert. Then
 * what replaces heyu's files, and the dead ends.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootForBob, BRIDGE, giveHeyu, INIT, INSTALL, LOG, MOTION, says, X10CONFIG } from './bobs-house.js';
import { cleanUpAfter } from './clean-up.js';
import type { Container } from './container.js';
import type { Release } from './base-tree.js';
import { buildDebs, buildRuntimeDeb, type Debs } from './debs.js';
import { journal, listen, property, type Listener } from './heyu-in-container.js';
import { isPossible } from './possible.js';

let debs: Debs;
let runtime: string;
const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-init-'));
beforeAll(() => {
  if (!isPossible) return;
  debs = buildDebs();
  runtime = buildRuntimeDeb(join(folder, 'runtime'), 'amd64');
});
afterAll(() => {
  if (isPossible) debs.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(isPossible).each<[string, Release]>([
  ['Debian 12', 'bookworm'],
  ['Debian 13', 'trixie'],
])('init on %s', (_name, release) => {
  let house: Container;
  let listener: Listener;
  const cleanUp = cleanUpAfter();

  /** Runs a command of the owner; what it costs is kept. */
  const command = (script: string): string => house.run(`${script}\ntimes | tail -n 1 >> /root/spent`);

  /** What `check` finds to do, one line each. */
  const toDo = (): readonly string[] =>
    (JSON.parse(house.attempt('heyu2mqtt check --json').stdout) as Record<string, string>[])
      .filter(({ verdict }) => verdict !== 'ok' && verdict !== 'note')
      .map(({ area, text }) => `${area}: ${text}`);
  /** No heyu runs in the container. */
  const NO_ENGINE = 'heyu: heyu does not run on this machine: nothing is logged';

  beforeAll(async () => {
    house = await bootForBob(`init${release}`, release, { program: debs.current, runtime });
    cleanUp.push(house.stop);
    listener = await listen(house, BRIDGE);
  });

  test('the first command installs it and names the second', () => {
    const said = command(INSTALL);
    expect(said).toContain('sudo heyu2mqtt init');
    expect(house.run('ls -A /etc/heyu2mqtt')).toBe('');
    expect(toDo()).toEqual([
      'configuration: there is no /etc/heyu2mqtt/config.yaml: everything has its default',
      'log: /var/log/heyu/heyu.log.ttyS0 does not exist',
      NO_ENGINE,
      'broker: the broker cannot be reached: mqtt://localhost:1883: not authorised',
    ]);
    expect(house.attempt('heyu2mqtt status').stderr).toContain('hint: sudo heyu2mqtt init');
  });

  test('without a heyu it says where it looked and what is needed, and writes nothing', () => {
    const { status, stderr } = house.attempt(`${INIT} <<< bridge-secret`);
    expect(status).toBe(66);
    expect(stderr).toContain(`${X10CONFIG}, /etc/heyu/x10.conf, /root/.heyu/x10config`);
    expect(stderr).toContain('dialout');
    expect(stderr).toContain('/usr/share/doc/heyu2mqtt/docs/heyu.md');
    house.run('test -e /usr/share/doc/heyu2mqtt/docs/heyu.md');
    expect(house.run('ls -A /etc/heyu2mqtt')).toBe('');
  });

  test('without sudo it says so at once', () => {
    const { status, stderr } = house.attempt('setpriv --reuid=bob --clear-groups heyu2mqtt init --yes');
    expect([status, stderr]).toEqual([1, expect.stringContaining('run it with sudo') as string]);
  });

  test('the second command ends in a running house', () => {
    giveHeyu(house);
    const said = command(`${INIT} --wait 1m > /root/said 2>&1 <<< bridge-secret & init=$!
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

  test('after it check finds what was not heard yet, and nothing else', () => {
    expect(toDo()).toEqual([
      'aliases: door: C2 was never seen in the log',
      'aliases: fob: C4 was never seen in the log',
      NO_ENGINE,
    ]);
  });

  test('the third command arms, and the first alert comes', async () => {
    expect(command('heyu2mqtt zone arm house')).toMatch(/^House: arming/);
    await listener.untilLast('x10/zone/house/state', 'armed_away', 0, 90_000);
    house.run(says('rcva func        Alert : hu C2  swMin  (door)'));
    // after the entry delay
    await house.until(
      `timeout 5 mosquitto_sub ${BRIDGE} -C 1 -t x10/zone/house/last_alert`,
      (text) => text.includes('"door"'),
      90_000,
    );
    expect(toDo()).toEqual(['aliases: fob: C4 was never seen in the log', NO_ENGINE]);
  });

  test('all three take less than two minutes of the processor', () => {
    const spent = [...house.read('/root/spent').matchAll(/(\d+)m([\d.]+)s/g)];
    expect(spent).toHaveLength(6);
    expect(spent.reduce((sum, [, min, s]) => sum + Number(min) * 60 + Number(s), 0)).toBeLessThan(120);
  });

  test('the keyfob disarms and arms', async () => {
    const from = listener.heard().length;
    house.run(says('rcva func       Disarm : hu C4  swMin  (fob)'));
    await listener.untilLast('x10/zone/house/state', 'disarmed', from);
    house.run(says('rcva func          Arm : hu C4  swAway swMin  (fob)'));
    // swMin: without the exit delay
    await listener.untilLast('x10/zone/house/state', 'armed_away', from);
    house.run(says('rcva func       Disarm : hu C4  swMin  (fob)'));
    await listener.untilLast('x10/zone/house/state', 'disarmed', from);
    await listener.untilLast('x10/hall_motion/motion', 'ON');
    expect(toDo()).toEqual([NO_ENGINE]);
  });

  test('check looks at the codes that the service is given', async () => {
    const codes = '/etc/heyu2mqtt/codes';
    const ofService = () => toDo().filter((line) => /^(service|home assistant): /.test(line));
    const dropIn = '/etc/systemd/system/heyu2mqtt.service.d/codes.conf';
    house.run('heyu2mqtt zone code add house bob <<< 47110815 && systemctl restart heyu2mqtt');
    // the zone is announced again, with a pad for the code
    await house.until('heyu2mqtt check || true', (text) => !text.includes('announced otherwise'));
    expect(house.attempt('heyu2mqtt check').stdout).toMatch(/ok +zone house: 1 code$/m);
    expect(ofService()).toEqual([]);
    const told = (damage: string): readonly string[] => {
      house.run(`cp -a ${codes} /root/codes; ${damage}`);
      // what the service announces is as before: it is not restarted
      const found = toDo().filter((line) => line.startsWith('service: '));
      house.run(`cp -a /root/codes ${codes}; [ ! -e /root/codes.conf ] || mv /root/codes.conf ${dropIn}`);
      return found;
    };
    const NOBODY = 'every zone of the bridge asks for a code, and no code is right';
    expect(told(`chmod 644 ${codes}`)).toEqual([`service: ${codes} can be read by others than root`]);
    expect(told(`chown bob ${codes}`)).toEqual([`service: ${codes} can be read by others than root`]);
    expect(told(`rm ${codes}`)).toEqual([`service: ${codes}: does not exist: ${NOBODY}`]);
    expect(told(`echo '{' > ${codes}`)).toEqual([`service: ${codes} is damaged: ${NOBODY}`]);
    expect(told(`sed -i s/house/home/ ${codes}`)).toEqual([
      `service: ${codes} has codes of home, which is not a zone of the bridge`,
    ]);
    expect(told(`mv ${dropIn} /root/codes.conf`)).toEqual([
      `service: ${codes} is not given to the service: no zone asks for a code`,
    ]);
    house.run('heyu2mqtt zone code remove house bob && systemctl restart heyu2mqtt');
    await house.until('heyu2mqtt check || true', (text) => !text.includes('announced otherwise'));
    expect(ofService()).toEqual([]);
  });

  test('members of the group need no sudo, and no password, to look', () => {
    expect(house.run('setpriv --reuid=bob --regid=bob --init-groups heyu2mqtt status')).toContain(
      'hall_motion',
    );
    const { stderr } = house.attempt('setpriv --reuid=bob --regid=bob --clear-groups heyu2mqtt status');
    expect(stderr).toContain('log in again: bob is a member of the group heyu2mqtt from then on');
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

  test('a wrong password is said, with exit code 1, and the service runs without it', () => {
    house.run('rm -r /etc/heyu2mqtt');
    const { status, stdout, stderr } = house.attempt(`${INIT} --wait 0 <<< wrong`);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/the broker cannot be reached: .*not authorised/) as string,
    ]);
    expect(stdout).toMatch(/^! .*broker/m);
    expect(property(house, 'ActiveState')).toBe('active');
  });
});
