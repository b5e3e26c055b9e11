/**
 * An alarm with neither broker nor Home Assistant: a real heyu on an interface that is not there, the service with the
 * drop-in that the package brings, and what goes out on the power line.
 */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { leaveOut } from '../support/left-out.js';
import { startCm11a, type Cm11a } from './cm11a.js';
import { cleanUpAfter } from './clean-up.js';
import type { Container } from './container.js';
import { heyuBuild, type HeyuBuild } from './heyu-build.js';
import { bootHouse, journal, property } from './heyu-in-container.js';
import { isPossible } from './possible.js';

const heyu: HeyuBuild = isPossible ? heyuBuild() : { reason: 'no container' };
if (isPossible && 'reason' in heyu) leaveOut('a siren with a real heyu', heyu.reason);

/** The block of a page whose first line is this. */
function block(page: string, first: string): string {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(`\n${first}\n`) + 1;
  return text.slice(from, text.indexOf('\n```', from) + 1);
}

/** heyu has an answer of its interface within a second; a start takes it three. */
const PATIENCE_MS = 30_000;

describe.runIf('program' in heyu)('a siren with a real heyu on Debian 13', () => {
  let house: Container;
  let wire: Cm11a;
  const cleanUp = cleanUpAfter();

  beforeAll(async () => {
    house = await bootHouse('siren', cleanUp);
    house.put('program' in heyu ? heyu.program : '', '/usr/local/bin/heyu');
    // what heyu's `make install` makes
    house.run(`chmod 755 /usr/local/bin/heyu
      install -d -m 777 /var/tmp/heyu; install -d -o heyu /etc/heyu
      rm /var/log/heyu/*; chmod 2750 /var/log/heyu
      systemctl disable --now mosquitto
      apt-get install --yes /root/heyu2mqtt.deb`);
    house.write(
      '/etc/heyu/x10.conf',
      'TTY /dev/ttyS0\nLOG_DIR /var/log/heyu\nSTART_ENGINE AUTO\nALIAS hall A3 MS14A RFIGNORE\nALIAS siren D1 StdAM\n',
    );
    house.write('/etc/systemd/system/heyu.service', block('docs/heyu.md', '[Unit]'));
    house.write(
      '/etc/heyu2mqtt/config.yaml',
      `heyu: { x10config: /etc/heyu/x10.conf, control: true }
mqtt: { url: mqtt://localhost:1883 }
zones: { house: { name: House, on_alarm: { switch_on: [siren], for: 1m } } }
`,
    );
    house.write(
      '/etc/heyu2mqtt/aliases.yaml',
      'aliases:\n  hall: { address: A3, model: MS14A, zone: house }\n  siren: { address: D1, model: StdAM }\n',
    );
    wire = await startCm11a(house, '/dev/ttyS0', 'root:dialout');
    house.run(
      'usermod -aG dialout heyu; systemctl daemon-reload; systemctl start heyu heyu2mqtt || { journalctl -u heyu --no-pager; exit 1; }',
    );
  });

  type Finding = { readonly area: string; readonly verdict: string; readonly text: string };
  /** What `check` says of commanding heyu. */
  const control = (): string => {
    const found = JSON.parse(house.attempt('heyu2mqtt check --json').stdout) as Finding[];
    const { verdict = '', text = '' } = found.find((finding) => finding.text.includes('command it')) ?? {};
    return `${verdict}: ${text}`;
  };
  /** Arms the zone, walks past the sensor, and waits for the siren. */
  const alarm = async (): Promise<number> => {
    const from = wire.sent().length;
    house.run('heyu2mqtt zone arm house');
    await wire.hear('A3', 'On');
    await wire.untilSent(['D1', 'D On'], from, PATIENCE_MS);
    return from;
  };

  test('the unit as it is does not let heyu out, and check says so', () => {
    expect(control()).toMatch(/^error: the service cannot command it: /);
  });

  test('with the drop-in of the package it does, and the unit is still hardened', () => {
    house.run(`install -D -m 644 /usr/share/doc/heyu2mqtt/examples/control.conf \\
        /etc/systemd/system/heyu2mqtt.service.d/control.conf
      systemctl daemon-reload && systemctl restart heyu2mqtt`);
    expect(control()).toBe('ok: the service can command it');
    house.run('systemd-analyze security --threshold=20 --no-pager heyu2mqtt');
  });

  test('armed, motion from the power line sounds it, and DISARM silences it', async () => {
    const from = await alarm();
    expect(house.run('heyu2mqtt zone status')).toContain('ALARM raised by hall');
    house.run('heyu2mqtt zone disarm house');
    await wire.untilSent(['D1', 'D On', 'D1', 'D Off'], from, PATIENCE_MS);
    // heyu's engine has logged what went out
    await house.until('cat /var/log/heyu/heyu.log.ttyS0', (log) => /sndc func +Off : hc D/.test(log));
    expect(journal(house)).toContain('the broker cannot be reached');
  });

  test('a heyu that is stopped is a problem and is not started; when it runs again, it is told', async () => {
    const from = await alarm();
    house.run('systemctl stop heyu && heyu2mqtt zone disarm house');
    await house.until('heyu2mqtt status', (text) => text.includes('off D1: heyu does not run: heyu start'));
    expect(control()).toBe('error: the service cannot command it: heyu does not run: heyu start');
    expect(house.attempt('pgrep heyu_relay').status).toBe(1);
    expect(wire.sent().slice(from)).toEqual(['D1', 'D On']);
    house.run('systemctl start heyu');
    await wire.untilSent(['D1', 'D On', 'D1', 'D Off'], from, PATIENCE_MS);
    expect(control()).toBe('ok: the service can command it');
    expect(house.run('heyu2mqtt status')).not.toContain('heyu does not run');
    expect(property(house, 'NRestarts')).toBe('0');
  });
});
