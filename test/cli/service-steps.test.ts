import { expect, test } from 'vitest';
import {
  codesSteps,
  describeStep,
  forgetPasswordSteps,
  installSteps,
  passwordSteps,
  type Step,
  uninstallSteps,
} from '../../src/cli/service-install.js';
import { parseCodes } from '../../src/config/codes.js';

const described = (steps: readonly Step[]): string[] => steps.map(describeStep);

const facts = { unit: '[Unit]\n', hasUser: false, hasAdm: true, missingConfig: [] };

test('installing creates the user, writes unit and example configuration, and starts nothing', () => {
  const missingConfig = [{ path: '/etc/heyu2mqtt/config.yaml', text: 'mqtt:\n' }];
  expect(described(installSteps({ ...facts, missingConfig }))).toEqual([
    "useradd --system --user-group --no-create-home --home-dir /var/lib/heyu2mqtt --shell /usr/sbin/nologin --comment 'heyu2mqtt service' heyu2mqtt",
    'usermod --append --groups adm heyu2mqtt',
    'write /etc/systemd/system/heyu2mqtt.service (mode 0644, root:root)',
    'write /etc/heyu2mqtt/config.yaml (mode 0640, root:heyu2mqtt)',
    'systemctl daemon-reload',
  ]);
});

test.each([
  ['an existing user is left alone, with its groups', { ...facts, hasUser: true }, 'user'],
  ['without a group adm none is joined', { ...facts, hasAdm: false }, 'usermod'],
])('%s', (_name, given, absent) => {
  expect(described(installSteps(given)).filter((line) => line.startsWith(absent))).toEqual([]);
});

test('uninstalling keeps configuration, drop-ins and state, purging keeps nothing', () => {
  const kept = described(uninstallSteps(false)).join('\n');
  expect(kept).not.toMatch(/rm -rf \/etc\/heyu2mqtt|service\.d|rm -rf \/var\/lib|userdel/);
  expect(described(uninstallSteps(true))).toEqual([
    'systemctl disable --now heyu2mqtt.service',
    'rm -rf /etc/systemd/system/heyu2mqtt.service',
    'rm -rf /var/cache/heyu2mqtt',
    'rm -rf /etc/heyu2mqtt',
    'rm -rf /var/lib/heyu2mqtt',
    'rm -rf /etc/systemd/system/heyu2mqtt.service.d',
    'userdel heyu2mqtt',
    'systemctl daemon-reload',
    'systemctl reset-failed heyu2mqtt.service',
  ]);
});

test('with credentials only root can read the password, and the drop-in comes after it', () => {
  const steps = passwordSteps('s3cret', 249);
  expect(described(steps)).toEqual([
    'write /etc/heyu2mqtt/mqtt-password (mode 0600, root:root)',
    'write /etc/systemd/system/heyu2mqtt.service.d/mqtt-password.conf (mode 0644, root:root)',
    'systemctl daemon-reload',
  ]);
  expect(steps[0]).toMatchObject({ text: 's3cret\n' });
});

test('without credentials the group of the service can read the password, and there is no drop-in', () => {
  expect(described(passwordSteps('s3cret', 245))).toEqual([
    'write /etc/heyu2mqtt/mqtt-password (mode 0640, root:heyu2mqtt)',
  ]);
});

test('the drop-in goes before the password that it names', () => {
  expect(described(forgetPasswordSteps())).toEqual([
    'rm -rf /etc/systemd/system/heyu2mqtt.service.d/mqtt-password.conf',
    'systemctl daemon-reload',
    'rm -rf /etc/heyu2mqtt/mqtt-password',
  ]);
});

test('a file of codes that is gone does not keep the service from starting: then no code is right', () => {
  const steps = codesSteps('{}', 249);
  expect(described(steps)).toEqual([
    'write /etc/heyu2mqtt/codes (mode 0600, root:root)',
    'write /etc/systemd/system/heyu2mqtt.service.d/codes.conf (mode 0644, root:root)',
    'systemctl daemon-reload',
  ]);
  const dropIn = steps[1]?.kind === 'write' ? steps[1].text : '';
  const [, id, instead = ''] = /^SetCredential=(.*?):(.*)$/m.exec(dropIn) ?? [];
  expect({ dropIn, id }).toEqual({
    dropIn: expect.stringContaining('LoadCredential=codes:/etc/heyu2mqtt/codes\n') as string,
    id: 'codes',
  });
  expect(parseCodes(instead)).toBe('damaged');
});

test('no description shows the password', () => {
  expect(described(passwordSteps('s3cret', 257)).join('\n')).not.toContain('s3cret');
});
