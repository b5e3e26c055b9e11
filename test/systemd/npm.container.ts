/** The service of those who came by npm: the tarball is lean, and `heyu2mqtt service` does the rest. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { packForNpm } from '../../scripts/npm-package.js';
import { cleanUpAfter } from './clean-up.js';
import { boot, type Container } from './container.js';
import { runHere } from './host.js';
import {
  aliases,
  buildHouse,
  configuration,
  listen,
  property,
  signal,
  type Listener,
} from './heyu-in-container.js';
import { isPossible } from './possible.js';

describe.runIf(isPossible)('the service by npm on Debian 13', () => {
  const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-npm-'));
  let tarball: string;
  let house: Container;
  let listener: Listener;

  beforeAll(async () => {
    runHere('npm', ['run', 'build']);
    tarball = packForNpm('1.2.3', directory);
    const prefix = join(directory, 'prefix');
    runHere('npm', [...['install', '--global', '--prefix', prefix, '--offline', '--no-audit'], tarball]);
    runHere('tar', ['-C', prefix, '-cf', join(directory, 'prefix.tar'), 'bin', 'lib']);
    house = await boot('npm');
    cleanUp.push(house.stop);
    buildHouse(house);
    house.put(join(directory, 'prefix.tar'), '/root/prefix.tar');
    house.run('tar -C /usr/local -xf /root/prefix.tar --no-same-owner');
    listener = await listen(house);
  });
  const cleanUp = cleanUpAfter(() => rmSync(directory, { recursive: true, force: true }));

  const walk = async (): Promise<void> => {
    const from = listener.heard().length;
    signal(house, 'A3', true);
    await listener.untilLast('x10/hall/motion', 'ON', from);
    signal(house, 'A3', false);
    await listener.untilLast('x10/hall/motion', 'OFF', from);
  };

  test('the tarball holds the program and what it needs, no sources and no tests', () => {
    const paths = runHere('tar', ['-tzf', tarball]).replaceAll('package/', '').split('\n');
    expect(paths).toEqual(
      expect.arrayContaining(['dist/main.js', 'systemd/heyu2mqtt.service', 'config/config.yaml', 'LICENSE']),
    );
    expect(paths.filter((path) => /^(src|test|node_modules|\.)|\.ts$/.test(path))).toEqual([]);
  });

  test('"service print" shows a unit in which systemd finds no fault, and changes nothing', () => {
    house.run('heyu2mqtt service print > /root/heyu2mqtt.service');
    expect(house.read('/root/heyu2mqtt.service')).toContain('#   useradd --system');
    expect(house.attempt('systemd-analyze verify --man=no /root/heyu2mqtt.service').stderr).toBe('');
    house.run('systemd-analyze security --offline=yes --threshold=15 --no-pager /root/heyu2mqtt.service');
    expect(house.attempt('test -e /etc/heyu2mqtt || getent passwd heyu2mqtt').status).not.toBe(0);
  });

  test('without root it says that it needs it', () => {
    const { status, stderr } = house.attempt(
      'setpriv --reuid=nobody --clear-groups heyu2mqtt service install',
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/needs root[\s\S]*hint: .*sudo/);
  });

  test('"service install" creates user, unit and example configuration, and starts nothing', () => {
    expect(house.run('heyu2mqtt service install')).toContain('sudo systemctl enable --now heyu2mqtt');
    expect(house.run('id -nG heyu2mqtt')).toBe('heyu2mqtt adm');
    expect(property(house, 'ActiveState')).toBe('inactive');
    expect(house.run('stat -c "%a %U %G" /etc/heyu2mqtt/config.yaml')).toBe('640 root heyu2mqtt');
  });

  test('the service starts, is ready and reads the log', async () => {
    house.write('/etc/heyu2mqtt/config.yaml', configuration());
    house.write('/etc/heyu2mqtt/aliases.yaml', aliases());
    house.run('systemctl enable --now heyu2mqtt');
    await listener.untilLast('x10/bridge/status', 'online');
    await walk();
  });

  test('in a terminal it says for people what it does', () => {
    house.run('systemctl stop heyu2mqtt');
    const { stdout: said } = house.attempt(
      "script -qec 'timeout --signal=INT 3 setpriv --reuid=heyu2mqtt --regid=heyu2mqtt --init-groups heyu2mqtt run' /dev/null",
    );
    house.run('systemctl start heyu2mqtt');
    expect(said).toMatch(/INFO.*heyu2mqtt starts/);
    expect(said).not.toMatch(/Error|^\{/m);
  });

  test('installing again keeps the configuration', () => {
    house.run('heyu2mqtt service install');
    expect(house.read('/etc/heyu2mqtt/config.yaml')).toBe(configuration().trimEnd());
  });

  test('the unit for an old systemd runs without messages, with a password file for the group', async () => {
    house.run('heyu2mqtt service install --systemd 245 && systemctl restart heyu2mqtt');
    expect(property(house, 'Type')).toBe('exec');
    expect(property(house, 'WatchdogUSec')).toBe('0');
    await walk();
    house.write('/etc/heyu2mqtt/password', 'secret\n');
    house.run('chgrp heyu2mqtt /etc/heyu2mqtt/password && chmod 640 /etc/heyu2mqtt/password');
    house.write(
      '/etc/heyu2mqtt/config.yaml',
      configuration({ mqtt: 'username: heyu2mqtt, password_file: /etc/heyu2mqtt/password' }),
    );
    house.run('systemctl restart heyu2mqtt');
    await walk();
  });

  test('"service uninstall" keeps what a person wrote, --purge keeps nothing', () => {
    house.run('heyu2mqtt service uninstall');
    expect(property(house, 'LoadState')).toBe('not-found');
    house.run('test -e /etc/heyu2mqtt/config.yaml && test -d /var/lib/heyu2mqtt');
    house.run(
      'heyu2mqtt service uninstall --purge && rm -r /usr/local/lib/node_modules /usr/local/bin/heyu2mqtt',
    );
    expect(house.run("find / -xdev -name '*heyu2mqtt*' -not -path '/root/*' || true")).toBe('');
    expect(house.attempt('getent passwd heyu2mqtt || getent group heyu2mqtt').status).not.toBe(0);
    expect(house.run('systemctl is-system-running')).toBe('running');
  });
});
