/** docs/moving.md carried out: backup and restore, and a move from Debian 12 to Debian 13 with an armed zone. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { textOf } from '../docs/documents.js';
import type { Release } from './base-tree.js';
import { bootForBob, BRIDGE, giveHeyu, INIT, INSTALL, LOG, MOTION, says } from './bobs-house.js';
import { cleanUpAfter } from './clean-up.js';
import type { Container } from './container.js';
import { buildDebs, buildRuntimeDeb } from './debs.js';
import { listen } from './heyu-in-container.js';
import { isPossible } from './possible.js';

/** The shell blocks of a section. */
function blocksOf(heading: string): readonly string[] {
  const section = textOf('docs/moving.md')
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`));
  return [...(section ?? '').matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, block = '']) => block);
}

const ARCHIVE = '/root/heyu2mqtt-backup.tar.gz';

describe.runIf(isPossible)('docs/moving.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-moving-'));
  const cleanUp = cleanUpAfter(() => rmSync(folder, { recursive: true }));
  let old: Container;
  let machine: (name: string, release: Release) => Promise<Container>;

  const state = (house: Container): string => house.run('heyu2mqtt zone status house');
  const becomes = (house: Container, pattern: RegExp): Promise<string> =>
    house.until('heyu2mqtt zone status house 2>&1', (text) => pattern.test(text));
  const ids = (house: Container): readonly string[] =>
    [
      ...house
        .run(`mosquitto_sub ${BRIDGE} -t 'homeassistant/#' --retained-only -W 1 || true`)
        .matchAll(/"(?:unique_id|uniq_id)":"([^"]+)"/g),
    ]
      .map(([, id = '']) => id)
      .sort();

  beforeAll(async () => {
    const debs = buildDebs();
    cleanUp.push(debs.remove);
    const runtime = buildRuntimeDeb(join(folder, 'runtime'), 'amd64');
    machine = async (name, release) => {
      const house = await bootForBob(name, release, { program: debs.current, runtime });
      cleanUp.push(house.stop);
      giveHeyu(house);
      return house;
    };
    old = await machine('old', 'bookworm');
    old.run(INSTALL);
    old.run(`${INIT} --wait 0 <<< bridge-secret
      sed -i 's/exit_delay: .*/exit_delay: 0s/; s/entry_delay: .*/entry_delay: 0s/' /etc/heyu2mqtt/config.yaml
      heyu2mqtt zone code add house bob <<< 47110815
      systemctl restart heyu2mqtt && heyu2mqtt zone arm house`);
    await becomes(old, /^House: armed away/);
  });

  test('the backup is made while the zone stays armed, and a restore brings back how it was', async () => {
    old.run(`cd /root\n${blocksOf('Backup').join('\n')}`);
    await becomes(old, /^House: armed away/);
    expect(old.run(`tar -tzf ${ARCHIVE}`).split('\n')).toEqual(
      expect.arrayContaining([
        'etc/heyu2mqtt/mqtt-password',
        'etc/heyu2mqtt/codes',
        'etc/systemd/system/heyu2mqtt.service.d/codes.conf',
        'var/lib/heyu2mqtt/state.json',
      ]),
    );
    old.run('heyu2mqtt zone disarm house && rm -r /etc/heyu2mqtt/aliases.yaml');
    expect(state(old)).toMatch(/^House: disarmed/);
    old.run(`cd /root\n${blocksOf('Restore').join('\n')}`);
    await becomes(old, /^House: armed away/);
    old.run('test -e /etc/heyu2mqtt/aliases.yaml');
  });

  test('on a new machine ids and codes are the same, what was heard meanwhile is read, and the zone is armed', async () => {
    const before = ids(old);
    expect(before).toContain('x10_a3_motion');
    const [leave = '', arrive = ''] = blocksOf('A new machine');
    old.run(`cd /root\n${leave}`);
    expect(old.attempt('systemctl is-enabled heyu2mqtt').stdout).toBe('disabled');
    old.run(says(...MOTION));
    const fresh = await machine('new', 'trixie');
    // the user of the service has another number here
    fresh.run('for n in 1 2 3; do useradd --system other$n; done');
    for (const path of [LOG, ARCHIVE]) {
      const file = join(folder, 'moved');
      old.take(path, file);
      fresh.put(file, path);
    }
    fresh.run(`chown bob:bob ${LOG} && chmod 0640 ${LOG}`);
    const listener = await listen(fresh, BRIDGE);
    const commands = arrive.replace(/^ *sudo apt install .*$/m, INSTALL).split(/^.*heyu2mqtt check$/m);
    expect(commands).toHaveLength(2);
    fresh.run(`cd /root\n${commands[0] ?? ''}`);
    const found = fresh.attempt('heyu2mqtt check').stdout;
    expect(found).toMatch(/log +error .*may not read it\n +sudo heyu2mqtt init lets it/);
    fresh.run(commands[1] ?? '');
    // gives the service the right to read bob's files, as the page says
    fresh.run('SUDO_USER=bob heyu2mqtt init --yes --wait 0');
    // armed as before, so that what was heard meanwhile is an alert
    await listener.untilLast('x10/zone/house/state', 'triggered');
    expect(listener.heard().some((line) => line.startsWith('x10/zone/house/state disarmed'))).toBe(false);
    expect(ids(fresh)).toEqual(before);
    expect(fresh.run('heyu2mqtt zone code list house')).toBe('bob');
    expect(fresh.run('stat -c %U /var/lib/heyu2mqtt/state.json')).toBe('heyu2mqtt');
    fresh.run(`mosquitto_pub ${BRIDGE} -q 1 -t x10/zone/house/set -m DISARM`);
    await fresh.until('journalctl -u heyu2mqtt --no-pager', (text) => text.includes('it needs a code'));
    expect(state(fresh)).not.toContain('disarmed');
  });
});
