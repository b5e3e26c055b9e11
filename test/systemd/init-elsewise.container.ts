/** init on terminals of several widths, and where there are no access control lists. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { KEY, onTerminal } from '../cli/terminal-session.js';
import { screenOf } from '../support/screen.js';
import { bootForBob, BRIDGE, giveHeyu, INIT, INSTALL, LOG, MOTION, says, X10CONFIG } from './bobs-house.js';
import { cleanUpAfter } from './clean-up.js';
import type { Container } from './container.js';
import { buildDebs, buildRuntimeDeb } from './debs.js';
import { listen, type Listener } from './heyu-in-container.js';
import { isPossible } from './possible.js';

describe.runIf(isPossible)('init', () => {
  let house: Container;
  let listener: Listener;
  const cleanUp = cleanUpAfter();

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-init-'));
    cleanUp.push(() => rmSync(folder, { recursive: true }));
    const debs = buildDebs();
    cleanUp.push(debs.remove);
    const runtime = buildRuntimeDeb(join(folder, 'runtime'), 'amd64');
    house = await bootForBob('elsewise', 'trixie', { program: debs.current, runtime });
    cleanUp.push(house.stop);
    house.run(INSTALL);
    giveHeyu(house);
    listener = await listen(house, BRIDGE);
  });

  /** The machine as it was after the first command. */
  const forget = (): void =>
    void house.run(`systemctl stop heyu2mqtt
      rm -rf /etc/heyu2mqtt/* /etc/systemd/system/heyu2mqtt.service.d /var/lib/heyu2mqtt/*
      systemctl daemon-reload
      ! command -v setfacl || setfacl -Rb /home/bob
      gpasswd -d bob heyu2mqtt; gpasswd -d heyu2mqtt bob; truncate --size 0 ${LOG}`);

  test.each([40, 80, 120])('is walked through on a terminal of %i columns', async (columns) => {
    const session = onTerminal(house.entry('TERM=xterm SUDO_USER=bob exec heyu2mqtt init'), columns);
    const steps: readonly (readonly [string, string])[] = [
      ['Where is the MQTT broker?', ''],
      ['User name at the', 'heyu2mqtt'],
      ['Password at the', 'bridge-secret'],
      ['Base topic?', ''],
      ['Who arms and disarms', ''],
      ['May the keyfob fob', ''],
      ['Write /etc/heyu2mqtt/config.yaml?', ''],
      ['Write /etc/heyu2mqtt/aliases.yaml?', ''],
      ['Let it read them?', ''],
      ['Add bob to the group', ''],
      ['Start it?', ''],
    ];
    for (const [question, answer] of steps) {
      await session.sees(question);
      session.types(answer + KEY.enter);
    }
    await session.sees('walk past a sensor');
    house.run(says(...MOTION));
    expect(await session.ends()).toBe(0);
    const { words, broken } = screenOf(session.written(), columns);
    for (const sentence of [
      'connected to the broker: mqtt://localhost:1883',
      `the service may not read ${X10CONFIG} and ${LOG} yet; this allows it for the service alone:`,
      'setfacl -m u:heyu2mqtt:x /home/bob',
      'this lets bob look at the service without sudo: usermod -aG heyu2mqtt bob',
      'Add bob to the group heyu2mqtt?',
      'valid from the next log-in of bob',
      'the service is started, now and at every boot: systemctl enable --quiet heyu2mqtt.service',
      'House: disarmed',
      'sudo heyu2mqtt alias learn names what has no name yet',
    ])
      expect(words).toContain(sentence);
    expect(words).toMatch(/hall_motion:? +motion/);
    // only what is to be copied as it is may be longer than a line: a path
    expect(broken.filter((line) => line.trim().includes(' '))).toEqual([]);
    forget();
  });

  const isHeard = async (): Promise<void> => {
    const from = listener.heard().length;
    house.run(
      says('rcva addr unit       3 : hu A3  (hall_motion)', 'rcva func          Off : hc A', ...MOTION),
    );
    await listener.untilLast('x10/hall_motion/motion', 'ON', from);
  };

  test('without the package acl the service reads as a member of the group of bob', async () => {
    house.run('mv /usr/bin/setfacl /root/');
    const said = house.run(`${INIT} --wait 0 <<< bridge-secret 2>&1`);
    expect(said).toContain('there are no access control lists here');
    expect(said).toContain('  usermod -aG bob heyu2mqtt\n  chmod g+x /home/bob\n');
    expect(said).toContain(`  chmod g+r ${X10CONFIG}\n`);
    expect(said).not.toContain('!');
    await isHeard();
    expect(house.run(`stat -c %a /home/bob ${LOG}`)).toBe('710\n640');
    house.run('mv /root/setfacl /usr/bin/');
    forget();
    house.run(`chmod 0700 /home/bob && chmod 0600 ${X10CONFIG}`);
  });

  test('a file system without access control lists is seen when it refuses them', async () => {
    house.run(`cp -a /home/bob /root/bob && mount -t ramfs ramfs /home/bob && cp -aT /root/bob /home/bob
      chown bob:bob /home/bob && chmod 0700 /home/bob`);
    const { status, stdout, stderr } = house.attempt(`${INIT} --wait 0 <<< bridge-secret`);
    expect(stderr).toMatch(/! setfacl .*not supported/i);
    expect(stdout).toContain('usermod -aG bob heyu2mqtt');
    expect(status).toBe(0);
    await isHeard();
  });

  test('a group that is not the own one of heyu is not joined: other ways are named', () => {
    forget();
    house.run(`chgrp users /home/bob && chmod 0750 /home/bob`);
    const { stdout } = house.attempt(`${INIT} --wait 0 <<< bridge-secret`);
    expect(stdout).not.toContain('usermod -aG users');
    expect(stdout).toMatch(/! the service may not read .*\n.*install\.md, "Permission to read heyu's log"/);
    house.run('test -e /usr/share/doc/heyu2mqtt/docs/install.md');
  });
});
