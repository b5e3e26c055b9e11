import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { passwordDropIn, unitText } from '../../src/cli/service-install.js';

const packaged = readFileSync(join(import.meta.dirname, '../../systemd/heyu2mqtt.service'), 'utf8');
const place = { command: ['/usr/bin/heyu2mqtt'], config: '/etc/heyu2mqtt/config.yaml' };

const directives = (unit: string): string[] => unit.split('\n').filter((line) => /^[A-Za-z]+=/.test(line));

test('on a current systemd, at the place of the package, it is the packaged unit', () => {
  for (const version of [249, 252, 257]) expect(unitText(packaged, place, version)).toBe(packaged);
});

test('below systemd 246 it is of Type=exec and expects no message', () => {
  const unit = directives(unitText(packaged, place, 245));
  expect(unit).toContain('Type=exec');
  expect(unit.filter((line) => /^(NotifyAccess|WatchdogSec|LoadCredential)=/.test(line))).toEqual([]);
});

test.each<[number, readonly string[]]>([
  [249, []],
  [247, ['PrivateIPC=yes']],
  [246, ['PrivateIPC=yes', 'ProcSubset=pid', 'ProtectProc=invisible']],
])('for systemd %i only what it does not know is left out', (version, missing) => {
  const unit = new Set(directives(unitText(packaged, place, version)));
  const all = directives(packaged);
  expect(all.filter((line) => !unit.has(line)).sort()).toEqual(missing);
  expect([...unit].filter((line) => !all.includes(line))).toEqual([]);
});

test('a directive that is left out takes its comment with it, the others keep theirs', () => {
  const unit = unitText(packaged, place, 245);
  expect(unit).not.toContain('The service pings only while');
  expect(unit).toContain('With a bad configuration (EX_CONFIG)');
});

test.each([
  ['/opt/node 20/bin/node', '"/opt/node 20/bin/node"'],
  ['/opt/100%/node', '/opt/100%%/node'],
  ['/opt/$HOME/node', '/opt/$$HOME/node'],
  ['/opt/a"b\\c/node', String.raw`"/opt/a\"b\\c/node"`],
])('systemd reads the path %s back as it is', (node, written) => {
  expect(unitText(packaged, { ...place, command: [node, '/opt/main.js'] }, 257)).toContain(
    `\nExecStart=${written} /opt/main.js run --config /etc/heyu2mqtt/config.yaml\n`,
  );
});

test('every directive that raises the exposure has its reason in the unit', () => {
  const comments = packaged.split('\n').filter((line) => line.startsWith('#'));
  for (const name of [
    'MemoryDenyWriteExecute',
    'IPAddressDeny',
    'PrivateNetwork',
    'RootDirectory',
    'DynamicUser',
    'ProtectHome',
    'LoadCredential',
    'SupplementaryGroups',
  ]) {
    expect(
      comments.some((line) => line.includes(`${name}=`)),
      name,
    ).toBe(true);
  }
});

test('of what changes resources, only a lower priority is allowed: the service reads the past with it', () => {
  for (const version of [240, 249, 257])
    expect(
      directives(unitText(packaged, place, version)).filter((line) => line.startsWith('SystemCallFilter')),
    ).toEqual([
      'SystemCallFilter=@system-service',
      'SystemCallFilter=~@privileged @resources',
      // the last word counts (systemd.exec(5))
      'SystemCallFilter=setpriority',
    ]);
});

test('the password reaches the service by a credential, and the configuration by its path', () => {
  expect(directives(passwordDropIn('/etc/heyu2mqtt/mqtt-password'))).toEqual([
    'LoadCredential=mqtt-password:/etc/heyu2mqtt/mqtt-password',
    'Environment=HEYU2MQTT_MQTT_PASSWORD_FILE=/run/credentials/%n/mqtt-password',
  ]);
});
