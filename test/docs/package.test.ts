import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { SHIPPED, textOf } from './documents.js';

/** What `npm pack` would put into the tarball. */
function packed(): readonly string[] {
  const run = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: new URL('../../', import.meta.url),
    encoding: 'utf8',
  });
  const [tarball] = JSON.parse(run.stdout) as { files: { path: string }[] }[];
  return tarball?.files.map(({ path }) => path) ?? [];
}

describe('the npm package', () => {
  const paths = packed();

  test.each([
    'dist/main.js',
    'dist/cli/program.js',
    'dist/THIRD-PARTY.txt',
    'config/config.yaml',
    'config/aliases.yaml',
    'config/config.schema.json',
    'config/demo/heyu.log',
    'config/mosquitto/heyu2mqtt.acl',
    'systemd/heyu2mqtt.service',
    'systemd/heyu2mqtt.control.conf',
    'systemd/heyu2mqtt.logrotate',
    'man/heyu2mqtt.1',
    'completion/heyu2mqtt.bash',
    'completion/_heyu2mqtt',
    'completion/heyu2mqtt.fish',
    'LICENSE',
    ...SHIPPED,
  ])('holds %s', (path) => {
    expect(paths).toContain(path);
  });

  test('holds no sources, no tests and nothing that only makes documents or packages', () => {
    expect(paths.filter((path) => /^(src|test|bench|scripts|\.)|\.ts$|debian|\.sh$/.test(path))).toEqual([
      'config/mosquitto/make-certificates.sh',
    ]);
  });
});

test('the drop-in for heyu.control is what install.md shows', () => {
  const file = textOf('systemd/heyu2mqtt.control.conf');
  expect(textOf('docs/install.md')).toContain(`\`\`\`ini\n${file}\`\`\`\n`);
});
