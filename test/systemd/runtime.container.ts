/** A Debian without a Node that would do: both packages, manually and from an apt repository. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Release } from './base-tree.js';
import { boot, type Container } from './container.js';
import { buildDebs, buildRuntimeDeb, type Debs, repack } from './debs.js';
import {
  buildHouse,
  configuration,
  listen,
  LOG,
  property,
  signal,
  type Listener,
} from './heyu-in-container.js';
import { PROJECT, runHere } from './host.js';
import { isPossible } from './possible.js';

const RUNTIME = '/usr/lib/heyu2mqtt/runtime/node';

describe.runIf(isPossible)('without a Node of the system', () => {
  const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-runtime-'));
  let debs: Debs;
  let runtime: string;
  let newerRuntime: string;

  beforeAll(() => {
    debs = buildDebs();
    runtime = buildRuntimeDeb(join(directory, 'runtime'), 'amd64');
    mkdirSync(join(directory, 'newer'));
    newerRuntime = repack(runtime, join(directory, 'newer'), (tree) => {
      const control = join(tree, 'DEBIAN/control');
      writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, '$&.1'));
    });
  });
  afterAll(() => {
    debs.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  describe.each<[string, Release]>([
    ['Debian 12', 'bookworm'],
    ['Debian 13', 'trixie'],
  ])('on %s', (_name, release) => {
    let house: Container;
    let listener: Listener;

    beforeAll(async () => {
      house = await boot(`node${release}`, release);
      buildHouse(house);
      house.put(debs.current, '/root/heyu2mqtt.deb');
      house.put(debs.earlier, '/root/earlier.deb');
      house.put(runtime, '/root/node.deb');
      house.put(newerRuntime, '/root/newer-node.deb');
    });
    afterAll(() => house.stop());

    const walk = async (): Promise<void> => {
      const from = listener.heard().length;
      signal(house, 'A3', true);
      await listener.untilLast('x10/hall/motion', 'ON', from);
      signal(house, 'A3', false);
      await listener.untilLast('x10/hall/motion', 'OFF', from);
    };
    const refusal = (): string => {
      const { status, stdout, stderr } = house.attempt('heyu2mqtt --version');
      expect([status, stdout]).toEqual([78, '']);
      expect(house.attempt('systemctl start heyu2mqtt; systemctl is-failed heyu2mqtt').stdout).toBe('failed');
      expect([property(house, 'ExecMainStatus'), property(house, 'NRestarts')]).toEqual(['78', '0']);
      expect(house.run('journalctl -u heyu2mqtt --no-pager')).toContain(stderr);
      return stderr;
    };

    test.runIf(release === 'bookworm')(
      'a Node too old is said in one sentence, by the service as well',
      () => {
        expect(house.attempt('apt-get install --yes /root/heyu2mqtt.deb').status).not.toBe(0);
        house.run('dpkg --force-depends --install /root/heyu2mqtt.deb');
        expect(refusal()).toMatch(/^heyu2mqtt: Node 18\.\S+ is too old, .*20\.19.*heyu2mqtt-node\S*$/);
        house.run('apt-get purge --yes heyu2mqtt');
      },
    );

    test('no Node is said in one sentence, and the package of Node cures it', async () => {
      house.run('apt-get purge --yes nodejs');
      expect(house.attempt('command -v node').status).not.toBe(0);
      house.run('dpkg --force-depends --install /root/heyu2mqtt.deb');
      expect(refusal()).toMatch(/^heyu2mqtt: there is no Node .*heyu2mqtt-node$/);
      house.write('/etc/heyu2mqtt/config.yaml', configuration());
      house.write('/etc/heyu2mqtt/aliases.yaml', 'aliases: {}\n');
      house.run('systemctl --quiet enable heyu2mqtt && dpkg --install /root/node.deb');
      await house.until('systemctl is-active heyu2mqtt', (state) => state === 'active');
      house.run('apt-get purge --yes heyu2mqtt heyu2mqtt-node');
    });

    test('both packages install, and the service runs with the Node of the package', async () => {
      house.run('apt-get install --yes /root/heyu2mqtt.deb /root/node.deb');
      house.run(
        `heyu2mqtt init --yes --log ${LOG} --broker mqtt://localhost:1883 --base-topic x10 --alarm none`,
      );
      house.run('heyu2mqtt alias add hall A3 --model MS14A');
      listener = await listen(house);
      house.run('systemctl enable --now heyu2mqtt');
      await listener.untilLast('x10/bridge/status', 'online');
      // it runs since `init`, and has to take in the alias
      await listener.untilLast('x10/hall/motion', 'OFF');
      expect(house.run('readlink /proc/$(systemctl show -P MainPID heyu2mqtt)/exe')).toBe(RUNTIME);
      await walk();
    });

    test('an update of the Node restarts the service, and only one that runs', async () => {
      const pid = property(house, 'MainPID');
      const from = listener.heard().length;
      expect(house.run('apt-get install --yes /root/newer-node.deb')).toMatch(
        /Processing triggers for heyu2mqtt /,
      );
      await listener.untilLast('x10/bridge/status', 'online', from);
      expect(property(house, 'MainPID')).not.toBe(pid);
      expect(house.run('readlink /proc/$(systemctl show -P MainPID heyu2mqtt)/exe')).toBe(RUNTIME);
      await walk();
      house.run('systemctl stop heyu2mqtt && apt-get install --yes --allow-downgrades /root/node.deb');
      expect(property(house, 'ActiveState')).toBe('inactive');
      house.run('systemctl start heyu2mqtt');
      await walk();
    });

    test('purge leaves nothing', () => {
      house.run('apt-get purge --yes heyu2mqtt heyu2mqtt-node');
      expect(
        house.run(
          "find / -xdev -name '*heyu2mqtt*' -not -path '/root/*' -not -path '/tmp/*' -not -path '/proc/*' || true",
        ),
      ).toBe('');
      expect(house.attempt('getent passwd heyu2mqtt || getent group heyu2mqtt').status).not.toBe(0);
    });

    test('an upgrade from the version that had its configuration in the package keeps both files as they are', () => {
      house.run(
        'dpkg --force-depends --install /root/earlier.deb && echo "# mine" >> /etc/heyu2mqtt/config.yaml',
      );
      const before = house.run('sha256sum /etc/heyu2mqtt/*; stat -c "%a %U %G" /etc/heyu2mqtt/*');
      expect(before).toContain('/etc/heyu2mqtt/aliases.yaml');
      house.run('dpkg --install /root/heyu2mqtt.deb /root/node.deb </dev/null');
      expect(house.run('sha256sum /etc/heyu2mqtt/*; stat -c "%a %U %G" /etc/heyu2mqtt/*')).toBe(before);
      house.run('apt-get remove --yes heyu2mqtt && apt-get install --yes /root/heyu2mqtt.deb');
      expect(house.run('sha256sum /etc/heyu2mqtt/*; stat -c "%a %U %G" /etc/heyu2mqtt/*')).toBe(before);
      house.run('apt-get purge --yes heyu2mqtt heyu2mqtt-node');
      expect(house.attempt('test -e /etc/heyu2mqtt').status).toBe(1);
    });

    test('from the apt repository, whose signature is asked for', () => {
      const [key, other] = [
        secretKey(join(directory, `${release}-key`)),
        secretKey(join(directory, `${release}-other`)),
      ];
      const debsFolder = join(directory, `${release}-debs`);
      mkdirSync(debsFolder);
      runHere('cp', [debs.current, runtime, debsFolder]);
      for (const [name, secret] of Object.entries({ apt: key, strange: other })) {
        const into = join(directory, `${release}-${name}`);
        runHere(join(PROJECT, 'systemd/apt-repository.sh'), [debsFolder, into, 'file:/srv/apt'], {
          env: { APT_SIGNING_KEY: secret },
        });
        runHere('tar', ['-C', into, '-cf', `${into}.tar`, '.']);
        house.put(`${into}.tar`, `/root/${name}.tar`);
      }
      house.run(`mkdir -p /srv/apt /etc/apt/keyrings && tar -C /srv/apt -xf /root/apt.tar --no-same-owner
        cp /srv/apt/heyu2mqtt.asc /etc/apt/keyrings/ && cp /srv/apt/heyu2mqtt.sources /etc/apt/sources.list.d/`);
      house.run('apt-get update --error-on=any && apt-get install --yes heyu2mqtt');
      expect(house.run('heyu2mqtt --version')).not.toBe('');
      // what apt believes today it must still believe when the owner has long forgotten it
      if (release === 'trixie')
        house.run(`cd /srv/apt/dists/stable && sqv --keyring /srv/apt/heyu2mqtt.asc --policy-as-of 2035-01-01 \\
          --signature-file Release.gpg Release`);
      expect(house.run("dpkg-query -W -f '${Package} ' 'heyu2mqtt*'")).toBe('heyu2mqtt heyu2mqtt-node');
      house.run(
        'rm -r /srv/apt/* /var/lib/apt/lists/* && tar -C /srv/apt -xf /root/strange.tar --no-same-owner',
      );
      expect(house.attempt('apt-get update --error-on=any').status).not.toBe(0);
    });
  });
});

/** A throw-away key, as a release gets it by the environment. */
function secretKey(home: string): string {
  mkdirSync(home, { mode: 0o700 });
  const gpg = ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', ''];
  runHere('gpg', [...gpg, '--quick-gen-key', 'heyu2mqtt test <test@localhost>', 'ed25519', 'sign', 'never']);
  const secret = runHere('gpg', [...gpg, '--armor', '--export-secret-keys']);
  runHere('gpgconf', ['--homedir', home, '--kill', 'all']);
  return secret;
}
