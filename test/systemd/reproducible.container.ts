import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packForNpm } from '../../scripts/npm-package.js';
import { buildDeb, buildRuntimeDeb } from './debs.js';

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

function packed(out: string): string {
  mkdirSync(out);
  return packForNpm('1.2.3', out);
}

const SOURCE_DATE_EPOCH = '1700000000';

test.each<[string, typeof buildDeb, Readonly<Record<string, string>>]>([
  ['the package', buildDeb, { SOURCE_DATE_EPOCH }],
  // which has a date of its own
  ['the package of Node', (out, env) => buildRuntimeDeb(out, 'arm64', env), {}],
  ['the tarball for npm', packed, {}],
])(
  'two builds of %s are the same to the byte, at another time, umask, zone and language',
  (_name, build, env) => {
    const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-twice-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const first = build(join(directory, 'first'), env);
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    const second = build(join(directory, 'second'), {
      ...env,
      TZ: 'Asia/Tokyo',
      LANG: 'de_DE.UTF-8',
      LC_ALL: '',
    });
    expect(sha256(second)).toBe(sha256(first));
  },
);

test('the package is small and holds nothing that is native, executable without need, or only for developers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-content-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const deb = buildDeb(directory);
  expect(statSync(deb).size).toBeLessThan(1_200_000);
  const entries = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')
    .map((line) => /^(\S+) (\S+) +\d+ \S+ \S+ (.*)$/.exec(line)?.slice(1) ?? [line]);
  const files = entries.filter(([mode]) => mode?.startsWith('-') === true);
  expect(new Set(entries.map(([, owner]) => owner))).toEqual(new Set(['root/root']));
  expect(files.filter(([mode]) => mode?.includes('x') === true).map(([, , path]) => path)).toEqual([
    './usr/bin/heyu2mqtt',
    './usr/lib/heyu2mqtt/config/mosquitto/make-certificates.sh',
    './usr/lib/heyu2mqtt/dist/main.js',
    './usr/share/doc/heyu2mqtt/examples/mosquitto/make-certificates.sh',
  ]);
  const unwanted = /\.(node|so|map|ts|tsbuildinfo)$|node_modules/;
  expect(files.map(([, , path]) => path ?? '').filter((path) => unwanted.test(path))).toEqual([]);
});
