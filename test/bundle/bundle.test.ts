/** The program as it is shipped: what it loads for which command, what it needs beside it, and what of others is in it. */

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Metafile } from 'esbuild';
import { bundledPackages, thirdPartyText } from '../../scripts/bundled-packages.js';
import { programFile } from '../../src/cli/program-files.js';
import { makeHouse } from '../support/house.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { ownHouse } from '../support/own-house.js';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(PROJECT, 'dist/main.js');
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const metafile = readJson(join(PROJECT, 'build/bundle.json')) as Metafile;
const { version } = readJson(join(PROJECT, 'package.json')) as { version: string };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'heyu2mqtt-bundle-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** The packages of the files of `dist` that a process has loaded, as V8 has counted them (NODE_V8_COVERAGE). */
function packagesLoaded(coverage: string): readonly string[] {
  const files = readdirSync(coverage).flatMap((name) => {
    const { result } = readJson(join(coverage, name)) as { result: { url: string }[] };
    return result.filter(({ url }) => url.includes('/dist/')).map(({ url }) => basename(url));
  });
  expect(files).toContain('main.js');
  const outputs = Object.entries(metafile.outputs).filter(([path]) => files.includes(basename(path)));
  return bundledPackages({ inputs: {}, outputs: Object.fromEntries(outputs) }).map(({ name }) => name);
}

// Node 10 and 12 of Ubuntu 20.04 and 22.04; npm run test:systemd runs them
test('the entry has no syntax that came after ES2019, but for import()', () => {
  expect(readFileSync(MAIN, 'utf8')).not.toMatch(/\?\?|\?\.\D|\?\?=|import\.meta|\bawait\b/);
});

/** Runs a command; the packages that it has loaded. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const coverage = folder();
  const run = spawnSync(process.execPath, [MAIN, ...args], {
    env: { ...process.env, NODE_V8_COVERAGE: coverage },
    encoding: 'utf8',
  });
  expect(run.status, run.stderr).toBe(0);
  return packagesLoaded(coverage);
}

describe('a command loads only what it needs', () => {
  const configuration = ['convict', 'lodash.clonedeep', 'yaml', 'yargs-parser'];
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(() => broker.remove());

  test.each([[['--version']], [['--help']], [['alias', '--help']], [['help', 'session']]])('%j', (args) => {
    expect(loadedBy(...args)).toEqual(['commander']);
  });

  test('alias list', () => {
    const house = makeHouse({ aliases: 'aliases: { hall: { address: A3 } }\n' });
    onTestFinished(() => house.remove());
    expect(loadedBy('alias', 'list', '--config', house.configPath)).toEqual(['commander', ...configuration]);
  });

  test('run, and check --quick beside it', async () => {
    const coverage = folder();
    const { bridge, seen, base } = await ownHouse(broker, 'bundle-loads', {
      // as where nothing is kept: all of `run` is one file else
      env: { NODE_V8_COVERAGE: coverage, CACHE_DIRECTORY: '' },
      program: MAIN,
    });
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    const quick = loadedBy('check', '--quick', '--config', bridge.configPath);
    expect(quick).toEqual(['commander', ...configuration]);
    expect(await bridge.stop()).toBe(0);
    const run = packagesLoaded(coverage);
    expect(run).toEqual(expect.arrayContaining(['chokidar', 'mqtt', 'pino']));
    const others = ['aedes', '@clack/prompts', 'pino-pretty', 'ws', 'socks', 'worker-timers'];
    expect(run.filter((name) => others.includes(name))).toEqual([]);
  });

  test('run with a damaged compiled program in its cache directory', async () => {
    const cache = folder();
    writeFileSync(join(cache, 'run.compiled'), 'damaged');
    const { bridge, seen, base } = await ownHouse(broker, 'bundle-kept', {
      env: { CACHE_DIRECTORY: `${cache}:/elsewhere` },
      program: MAIN,
    });
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    expect(await bridge.stop()).toBe(0);
  });

  test('the one file of run has characters of one byte, or V8 takes two for each', () => {
    expect(readFileSync(join(PROJECT, 'dist/cli/run.cjs'), 'utf8')).toMatch(/^[\0-\xff]*$/);
  });

  test('demo alone loads the broker', () => {
    const demo = loadedBy('demo', '--fast', '--once', '--port', '0');
    expect(demo).toEqual(expect.arrayContaining(['aedes', 'mqtt']));
  });
});

describe('the program finds what comes with it', () => {
  test.each(['package.json', 'config/config.yaml', 'config/demo/heyu.log', 'systemd/heyu2mqtt.service'])(
    '%s, from the sources',
    (name) => {
      expect(existsSync(programFile(name))).toBe(true);
    },
  );

  test.each(['dist/main.js', 'build/ts/main.js'])('its version, as %s', (main) => {
    const shown = execFileSync(process.execPath, [join(PROJECT, main), '--version'], { encoding: 'utf8' });
    expect(shown).toBe(`${version}\n`);
  });

  test('anywhere, with no package installed', () => {
    const elsewhere = join(folder(), 'of the owner');
    for (const name of ['dist', 'config', 'package.json'])
      cpSync(join(PROJECT, name), join(elsewhere, name), { recursive: true });
    const run = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [join(elsewhere, 'dist/main.js'), ...args], { encoding: 'utf8' });
    expect(run('--version')).toBe(`${version}\n`);
    const demo = run('demo', '--fast', '--once', '--port', '0');
    expect(demo).toContain('x10/hall/motion');
    // the page comes first, with a link that logs in
    expect(demo).toMatch(/^[^\n]*\n\n {2}look {6}http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}\n/);
  });
});

describe('what of others is in it', () => {
  const packages = bundledPackages(metafile);

  test.each(packages)('$name may be handed on ($license)', ({ name, license, folder: path }) => {
    expect(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0']).toContain(
      license,
    );
    expect(existsSync(join(PROJECT, path, 'package.json'))).toBe(true);
    expect(readFileSync(join(PROJECT, 'dist/THIRD-PARTY.txt'), 'utf8')).toContain(`\n${name} `);
  });

  test('is in the list with the digests of the lock file', () => {
    const { components } = readJson(join(PROJECT, 'build/sbom.json')) as {
      components: { name: string; purl: string; hashes: { content: string }[] }[];
    };
    expect(components.map(({ name }) => name)).toEqual(packages.map(({ name }) => name));
    for (const { hashes } of components) expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    expect(components.map(({ purl }) => purl)).toContain(
      `pkg:npm/%40clack/prompts@${packages.find(({ name }) => name === '@clack/prompts')?.version ?? ''}`,
    );
  });

  test('what was read and then left out is not among it', () => {
    const inputs = { 'node_modules/vite/none.js': { bytesInOutput: 0 }, 'src/main.ts': { bytesInOutput: 9 } };
    const output = { inputs, bytes: 9, imports: [], exports: [] };
    expect(bundledPackages({ inputs: {}, outputs: { 'dist/main.js': output } })).toEqual([]);
    expect(thirdPartyText([])).toContain('packages of others');
  });
});
