/** The service as an administrator meets it: installed from the .deb on a Debian 13, run, hurt, upgraded, removed. */

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cleanUpAfter } from './clean-up.js';
import type { Container } from './container.js';
import { EARLIER_VERSION } from './debs.js';
import { PROJECT, runHere } from './host.js';
import {
  aliases,
  bootHouse,
  configuration,
  journal,
  listen,
  LOG,
  property,
  signal,
  type Listener,
} from './heyu-in-container.js';
import { isPossible } from './possible.js';

describe.runIf(isPossible)('the service on Debian 13', () => {
  let house: Container;
  let listener: Listener;

  beforeAll(async () => {
    house = await bootHouse('service', cleanUp);
  });
  const cleanUp = cleanUpAfter();

  const mark = (): number => listener.heard().length;
  const untilStatus = (pattern: RegExp): Promise<string> =>
    house.until('systemctl show --property=StatusText --value heyu2mqtt', (text) => pattern.test(text));

  test('the package installs, starts nothing and says what to do', () => {
    const said = house.run('apt-get install --yes /root/earlier.deb');
    expect(said).toContain('sudo systemctl enable --now heyu2mqtt');
    expect(said).toContain('sudo heyu2mqtt init');
    expect(property(house, 'ActiveState')).toBe('inactive');
    expect(house.attempt('systemctl is-enabled heyu2mqtt').stdout).toBe('disabled');
    expect(house.run('id -nG heyu2mqtt')).toBe('heyu2mqtt adm');
    expect(house.run('stat -c "%a %U %G %n" /etc/heyu2mqtt/* /var/lib/heyu2mqtt').split('\n')).toEqual([
      '644 root root /etc/heyu2mqtt/aliases.yaml',
      '640 root heyu2mqtt /etc/heyu2mqtt/config.yaml',
      '700 heyu2mqtt heyu2mqtt /var/lib/heyu2mqtt',
    ]);
  });

  test('systemd finds no fault in the unit, and its exposure is at most 1.5', () => {
    const unit = '/usr/lib/systemd/system/heyu2mqtt.service';
    const verdict = house.attempt(`systemd-analyze verify --man=no ${unit}`);
    expect(verdict).toEqual({ status: 0, stdout: '', stderr: '' });
    house.run(`systemd-analyze security --offline=yes --threshold=15 --no-pager ${unit}`);
  });

  test('nothing that the program loads was left out of the package', () => {
    expect(house.run('heyu2mqtt --version')).toBe(runHere(join(PROJECT, 'systemd/version.sh'), []).trim());
    expect(house.run('timeout 60 heyu2mqtt demo --fast --once')).toContain('x10/');
  });

  test('a bad configuration ends with exit 78, says why and is not tried again', async () => {
    house.write('/etc/heyu2mqtt/config.yaml', 'heyu: [\n');
    expect(house.attempt('systemctl start heyu2mqtt').status).not.toBe(0);
    await house.until('systemctl show -P ActiveState heyu2mqtt', (state) => state === 'failed');
    expect(property(house, 'ExecMainStatus')).toBe('78');
    expect(property(house, 'NRestarts')).toBe('0');
    expect(house.run('journalctl -u heyu2mqtt -p err --no-pager')).toContain('/etc/heyu2mqtt/config.yaml:');
    house.run('systemctl reset-failed heyu2mqtt');
  });

  test('it starts, is ready and tells what it is doing', async () => {
    listener = await listen(house);
    house.write('/etc/heyu2mqtt/config.yaml', configuration());
    house.write('/etc/heyu2mqtt/aliases.yaml', aliases());
    house.run('systemctl enable --now heyu2mqtt');
    expect(property(house, 'SubState')).toBe('running');
    await untilStatus(/^following \/var\/log\/heyu\/heyu\.log\.ttyS0, 1 sensor.*broker connected/);
    await listener.untilLast('x10/bridge/status', 'online');
  });

  test('it keeps its compiled program for the next start', async () => {
    const kept = '/var/cache/heyu2mqtt/run.compiled';
    await house.until(`stat -c "%a %U" /var/cache/heyu2mqtt ${kept} || true`, (lines) =>
      lines.endsWith('700 heyu2mqtt\n600 heyu2mqtt'),
    );
  });

  test('it runs as its own user and reads a log that only heyu and group adm may read', async () => {
    expect(house.run('ps -o user:20= -p $(systemctl show -P MainPID heyu2mqtt)')).toBe('heyu2mqtt');
    expect(house.attempt(`setpriv --reuid=nobody --clear-groups cat ${LOG}`).status).not.toBe(0);
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON');
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF');
  });

  test('commands ask it: those of root and of members of its group, and of nobody else', () => {
    const as = (group: string, command: string) =>
      house.attempt(`setpriv --reuid=nobody --regid=${group} --clear-groups heyu2mqtt ${command}`);
    expect(house.run('stat -c "%a %U %G %n" /run/heyu2mqtt /run/heyu2mqtt/*').split('\n')).toEqual([
      '750 heyu2mqtt heyu2mqtt /run/heyu2mqtt',
      '660 heyu2mqtt heyu2mqtt /run/heyu2mqtt/control.sock',
      '600 heyu2mqtt heyu2mqtt /run/heyu2mqtt/root.sock',
    ]);
    expect(house.run('heyu2mqtt status')).toMatch(/^hall +no motion +/m);
    expect(as('heyu2mqtt', 'status')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('no motion') as string,
    });
    const denied = as('nogroup', 'status');
    expect(denied.status).toBe(1);
    expect(denied.stderr).toContain('this user may not ask the service');
    expect(denied.stderr).toContain('hint: run it with sudo, or once: sudo usermod -aG heyu2mqtt nobody');
    expect(as('nogroup', 'alias list --json')).toMatchObject({ status: 0 });
  });

  test('a reload takes a new alias in, without a new process and without going offline', async () => {
    const from = mark();
    const pid = property(house, 'MainPID');
    house.write('/etc/heyu2mqtt/aliases.yaml', aliases('porch: { address: A5, model: MS14A, name: Porch }'));
    house.run('systemctl reload heyu2mqtt');
    await untilStatus(/2 sensors/);
    signal(house, 'A5', true);
    await listener.untilLast('x10/porch/motion', 'ON', from);
    signal(house, 'A5', false);
    await listener.untilLast('x10/porch/motion', 'OFF', from);
    await house.until('systemctl show -P ActiveState heyu2mqtt', (state) => state === 'active');
    expect(property(house, 'MainPID')).toBe(pid);
    expect(listener.heard().slice(from)).not.toContain('x10/bridge/status offline');
    expect(listener.heard().slice(from)).not.toContain('x10/hall/motion ON');
  });

  test('a reload of a faulty file leaves the old one in force and says why', async () => {
    const pid = property(house, 'MainPID');
    house.write('/etc/heyu2mqtt/aliases.yaml', 'aliases:\n  hall: { address: Z99 }\n');
    house.run('systemctl reload heyu2mqtt');
    await house.until('journalctl -u heyu2mqtt -p warning --no-pager', (text) => text.includes('Z99'));
    const from = mark();
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
    expect([property(house, 'ActiveState'), property(house, 'MainPID')]).toEqual(['active', pid]);
    house.write('/etc/heyu2mqtt/aliases.yaml', aliases());
    house.run('systemctl reload heyu2mqtt');
    await untilStatus(/1 sensor/);
  });

  test('frozen it is killed by the watchdog, and what heyu logged meanwhile is read', async () => {
    house.write('/etc/systemd/system/heyu2mqtt.service.d/watchdog.conf', '[Service]\nWatchdogSec=4s\n');
    house.run('systemctl daemon-reload && systemctl restart heyu2mqtt');
    await untilStatus(/broker connected/);
    const [pid, from] = [property(house, 'MainPID'), mark()];
    house.run(`kill -STOP ${pid}`);
    signal(house, 'A3', true);
    await house.until('systemctl show -P NRestarts heyu2mqtt', (count) => count === '1', 60_000);
    await house.until('systemctl show -P ActiveState heyu2mqtt', (state) => state === 'active', 60_000);
    await listener.untilLast('x10/bridge/status', 'online', from);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    expect(journal(house)).toContain('Watchdog timeout');
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
    house.run('rm -r /etc/systemd/system/heyu2mqtt.service.d && systemctl daemon-reload');
    house.run('systemctl restart heyu2mqtt');
  });

  test('left alone it outlives several watchdog periods', async () => {
    house.write('/etc/systemd/system/heyu2mqtt.service.d/watchdog.conf', '[Service]\nWatchdogSec=1s\n');
    house.run('systemctl daemon-reload && systemctl restart heyu2mqtt');
    const pid = property(house, 'MainPID');
    const age = 'ps -o etimes= -p $(systemctl show -P MainPID heyu2mqtt)';
    await house.until(age, (seconds) => Number(seconds) >= 4);
    expect(property(house, 'MainPID')).toBe(pid);
    house.run('rm -r /etc/systemd/system/heyu2mqtt.service.d && systemctl daemon-reload');
    house.run('systemctl restart heyu2mqtt');
  });

  test('the broker may stop and come back: motion in between arrives', async () => {
    await untilStatus(/broker connected/);
    house.run('systemctl stop mosquitto');
    await untilStatus(/broker (?!connected)/);
    expect(property(house, 'ActiveState')).toBe('active');
    const from = mark();
    signal(house, 'A3', true);
    house.run('systemctl start mosquitto');
    await untilStatus(/broker connected/);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
  });

  test('the journal has priorities, not prefixes', () => {
    const entries = house
      .run('journalctl -u heyu2mqtt _SYSTEMD_UNIT=heyu2mqtt.service --no-pager -o json')
      .split('\n')
      .map((line) => JSON.parse(line) as { PRIORITY: string; MESSAGE: string });
    const priorities = new Set(entries.map((entry) => entry.PRIORITY));
    expect([...priorities]).toEqual(expect.arrayContaining(['3', '4', '6']));
    expect(entries.filter((entry) => /^<\d>/.test(entry.MESSAGE))).toEqual([]);
  });

  test('logrotate moves the log on, and the new one belongs to the same people', async () => {
    const from = mark();
    signal(house, 'A3', true);
    const owners = house.run(`stat -c '%a %U %G' ${LOG}`);
    house.run('logrotate --force /etc/logrotate.conf');
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
    expect(listener.heard().slice(from)).toContain('x10/hall/motion ON');
    expect(house.run(`stat -c '%a %U %G' ${LOG}`)).toBe(owners);
    house.run('logrotate --force /etc/logrotate.conf');
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
    expect(house.run('ls /var/log/heyu').split('\n')).toEqual([
      'heyu.log.ttyS0',
      'heyu.log.ttyS0.1',
      'heyu.log.ttyS0.2.gz',
    ]);
  });

  test('a log that may no longer be read is said once, names the remedy, and heals by itself', async () => {
    const from = mark();
    house.run(`chmod 0600 ${LOG}; chmod 0700 /var/log/heyu`);
    // an open file stays readable: only a new one needs the permission
    house.run(`mv ${LOG} ${LOG}.1; install -o heyu -g heyu -m 0600 /dev/null ${LOG}`);
    await listener.untilLast('x10/bridge/source', 'offline', from);
    expect(house.run('journalctl -u heyu2mqtt -p warning --no-pager')).toMatch(/permission|EACCES/);
    expect(property(house, 'ActiveState')).toBe('active');
    house.run(`chmod 0750 /var/log/heyu; chgrp adm ${LOG}; chmod 0640 ${LOG}`);
    await listener.untilLast('x10/bridge/source', 'online', from);
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
  });

  test('a log in the home directory of another user is read, once its owner has let the service in', async () => {
    const log = '/home/bob/heyu/heyu.log.ttyUSB0';
    house.run(`useradd -m bob && chmod 0750 /home/bob && install -d -o bob -m 0755 /home/bob/heyu
      install -o bob -g bob -m 0640 /dev/null ${log}
      setfacl -m u:heyu2mqtt:x /home/bob && setfacl -m u:heyu2mqtt:r ${log}`);
    house.write('/etc/heyu2mqtt/config.yaml', configuration({ log }));
    house.run('systemctl restart heyu2mqtt');
    await untilStatus(/^following \/home\/bob/);
    const from = mark();
    signal(house, 'A3', true, log);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    signal(house, 'A3', false, log);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
    house.write('/etc/heyu2mqtt/config.yaml', configuration());
    house.run('systemctl restart heyu2mqtt');
    await untilStatus(/^following \/var\/log\/heyu/);
  });

  test('it waits for a log and a broker that are not there yet', async () => {
    house.run(`systemctl stop heyu2mqtt mosquitto && mv ${LOG} /root/kept.log`);
    house.run('systemctl start heyu2mqtt');
    expect(property(house, 'SubState')).toBe('running');
    await untilStatus(/broker (?!connected)/);
    const from = mark();
    house.run(`install -o heyu -g adm -m 0640 /dev/null ${LOG}`);
    signal(house, 'A3', true);
    house.run('systemctl start mosquitto');
    await listener.untilLast('x10/hall/motion', 'ON', from);
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
  });

  test('after a boot it is there by itself', async () => {
    const before = property(house, 'MainPID');
    house.run('systemctl soft-reboot');
    await house.until('systemctl show -P SoftRebootsCount', (count) => count === '1', 60_000);
    await house.until('systemctl show -P MainPID heyu2mqtt', (pid) => pid !== before && pid !== '0', 60_000);
    await untilStatus(/broker connected/);
    listener = await listen(house);
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON');
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF');
  });

  test('an upgrade restarts the running service and keeps configuration and state', async () => {
    await untilStatus(/broker connected/);
    const pid = property(house, 'MainPID');
    const files = (): string => house.run('cat /etc/heyu2mqtt/*; stat -c "%a %U %G %n" /etc/heyu2mqtt/*');
    const written = files();
    const unique = (): string[] =>
      [
        ...house
          .run("mosquitto_sub -t 'homeassistant/#' --retained-only -W 1 || true")
          .matchAll(/"(?:unique_id|uniq_id)":"([^"]+)"/g),
      ]
        .map((match) => match[1] ?? '')
        .sort();
    const before = unique();
    expect(before).toContain('x10_a3_motion');
    const from = mark();
    const said = house.run('apt-get install --yes /root/heyu2mqtt.deb');
    expect(said).toContain(`over (${EARLIER_VERSION})`);
    expect(said).not.toContain('What is left to do');
    await listener.untilLast('x10/bridge/status', 'online', from);
    expect(property(house, 'ActiveState')).toBe('active');
    expect(property(house, 'MainPID')).not.toBe(pid);
    expect(files()).toBe(written);
    expect(written).toContain('640 root heyu2mqtt /etc/heyu2mqtt/config.yaml');
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    expect(unique()).toEqual(before);
    expect(
      listener
        .heard()
        .slice(from)
        .filter((line) => line.startsWith('x10/') && line.includes('motion_missed')),
    ).toEqual([]);
  });

  test('removal stops the service and keeps what a person wrote', async () => {
    house.run('apt-get remove --yes heyu2mqtt');
    await listener.untilLast('x10/bridge/status', 'offline');
    expect(property(house, 'LoadState')).toBe('not-found');
    expect(house.attempt('pgrep -u heyu2mqtt').status).toBe(1);
    house.run('test -e /etc/heyu2mqtt/config.yaml && test -d /var/lib/heyu2mqtt');
  });

  test('purge leaves nothing', () => {
    house.run('apt-get purge --yes heyu2mqtt');
    const left = house.run(
      "find / -xdev -name '*heyu2mqtt*' -not -path '/proc/*' -not -path '/sys/*' -not -path '/tmp/*' -not -path '/root/*.deb' || true",
    );
    expect(left).toBe('');
    expect(house.attempt('getent passwd heyu2mqtt || getent group heyu2mqtt').status).not.toBe(0);
    expect(house.run('systemctl is-system-running')).toBe('running');
    // a unit that is gone is forgotten by systemd when it has time, minutes later on a busy machine; until then it is
    // "not-found inactive dead". One that failed, or still runs, would stay
    expect(
      house
        .run('systemctl list-units --all --no-legend --plain "heyu2mqtt*"')
        .split('\n')
        .filter((unit) => unit !== '' && !/ not-found +inactive +dead /.test(unit)),
    ).toEqual([]);
  });
});
