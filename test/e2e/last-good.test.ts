/** A start with broken files: the service runs with what it has loaded last without an error. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { MAIN, makeHouse, pair, type HouseOptions, type House } from '../support/house.js';
import { collect, type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';

let mosquitto: Mosquitto;
beforeAll(async () => {
  mosquitto = await startMosquitto();
});
afterAll(() => mosquitto.remove());

const ALIASES = 'aliases:\n  hall: { address: A3, model: MS14A, name: Hall }\n';
let houses = 0;

/** A house whose files are named relative to each other, with heyu's configuration beside them. */
function house(more: Partial<HouseOptions> = {}): {
  bridge: House;
  base: string;
  x10config: string;
  env: Record<string, string>;
} {
  houses += 1;
  const base = `lg${houses}`;
  // as systemd hands it over: a file that is gone names no state directory
  const env: Record<string, string> = { ...more.env };
  const bridge = makeHouse({ mqttUrl: mosquitto.url, aliases: ALIASES, ...more, env });
  env['STATE_DIRECTORY'] = bridge.statePath;
  onTestFinished(() => bridge.remove());
  const x10config = join(bridge.folder, 'heyu', 'x10config');
  mkdirSync(join(bridge.folder, 'heyu'));
  writeFileSync(x10config, `LOG_DIR ${bridge.folder}\nTTY /dev/ttyS0\n`);
  writeFileSync(join(bridge.folder, 'password'), 'a-secret\n');
  writeFileSync(
    bridge.configPath,
    'heyu: { x10config: heyu/x10config, timezone: UTC }\nstate_dir: state\naliases: ./aliases.yaml\n' +
      'log: { format: json }\nweb: { listen: off }\n' +
      `mqtt: { url: "${mosquitto.url}", base_topic: ${base}, username: u, password_file: password }\n`,
  );
  return { bridge, base, x10config, env };
}

/** What `heyu2mqtt check` prints for the service's own state directory. */
async function check(bridge: House): Promise<string> {
  const child = spawn(process.execPath, [MAIN, 'check', '--config', bridge.configPath], {
    env: { ...process.env, STATE_DIRECTORY: bridge.statePath },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text(child.stdout);
}

async function motion(bridge: House, seen: Collector, base: string): Promise<void> {
  await seen.untilLast(`${base}/hall/motion`, 'OFF');
  bridge.heyu(...pair('rcvi', 'A3', 'On', 'hall'));
  await seen.untilLast(`${base}/hall/motion`, 'ON');
}

type Breaking = (paths: { config: string; aliases: string; x10config: string; password: string }) => void;

describe.concurrent('a start with files of which one is broken', () => {
  test.each<[string, string, Breaking]>([
    [
      'config.yaml is no YAML',
      'config.yaml:7',
      ({ config }) => writeFileSync(config, `${readFileSync(config, 'utf8')}mqtt\n`),
    ],
    [
      'config.yaml has a wrong value',
      'config.yaml:7 replay.max_age',
      ({ config }) => writeFileSync(config, `${readFileSync(config, 'utf8')}replay: { max_age: soon }\n`),
    ],
    ['config.yaml is gone', 'config.yaml', ({ config }) => rmSync(config)],
    [
      'aliases.yaml is no YAML',
      'aliases.yaml:2',
      ({ aliases }) => writeFileSync(aliases, 'aliases:\n  hall: { address: A3\n'),
    ],
    [
      'aliases.yaml has a wrong value',
      'aliases.yaml:2 aliases.hall.address',
      ({ aliases }) => writeFileSync(aliases, 'aliases:\n  hall: { address: Z3 }\n'),
    ],
    ['aliases.yaml is empty', 'aliases.yaml', ({ aliases }) => writeFileSync(aliases, '')],
    ['aliases.yaml is gone', 'aliases.yaml', ({ aliases }) => rmSync(aliases)],
    [
      'aliases.yaml holds zero bytes',
      'aliases.yaml:1',
      ({ aliases }) => writeFileSync(aliases, '\0'.repeat(100)),
    ],
    ["heyu's configuration is gone", 'x10config', ({ x10config }) => rmSync(x10config)],
    [
      "heyu's configuration names no log",
      'x10config',
      ({ x10config }) => writeFileSync(x10config, 'TTY dummy\n'),
    ],
    ['the password is gone', 'config.yaml:6 mqtt.password_file', ({ password }) => rmSync(password)],
  ])('%s', async (_, where, breakIt) => {
    const { bridge, base, x10config } = house();
    const paths = {
      config: bridge.configPath,
      aliases: bridge.aliasesPath,
      x10config,
      password: join(bridge.folder, 'password'),
    };
    const whole = Object.values(paths).map((path) => [path, readFileSync(path)] as const);
    const seen = await collect(mosquitto.port, [`${base}/#`]);
    onTestFinished(() => seen.stop());
    await bridge.start();
    await seen.untilLast(`${base}/bridge/problem`, 'OFF');
    expect(await bridge.stop('SIGKILL')).toBeNull();
    seen.clear();
    breakIt(paths);
    await bridge.start();
    await motion(bridge, seen, base);
    await seen.untilLast(`${base}/bridge/problem`, 'ON');
    await seen.until(() => (seen.payloads(`${base}/bridge/info`).at(-1) ?? '').includes(where));
    expect(bridge.output()).toContain('the configuration has errors: the last good one is in force');
    expect(await check(bridge)).toContain('the service uses its last good configuration');
    // what was good is good again, without a restart
    for (const [path, bytes] of whole) writeFileSync(path, bytes);
    bridge.signal('SIGHUP');
    await seen.untilLast(`${base}/bridge/problem`, 'OFF');
    expect(await bridge.stop()).toBe(0);
  });

  test('and with a variable that is broken, whose kept value counts', async () => {
    const { bridge, base, env } = house({ env: { HEYU2MQTT_REPLAY_MAX_AGE: '2h' } });
    const seen = await collect(mosquitto.port, [`${base}/#`]);
    onTestFinished(() => seen.stop());
    await bridge.start();
    await bridge.stop();
    env['HEYU2MQTT_REPLAY_MAX_AGE'] = 'soon';
    await bridge.start();
    await motion(bridge, seen, base);
    await seen.untilLast(`${base}/bridge/problem`, 'ON');
  });
});

describe.concurrent('what is kept', () => {
  test('is both files and x10config as they were, for the service alone, and no other secret', async () => {
    const { bridge, x10config } = house();
    await bridge.start();
    const folder = join(bridge.statePath, 'last-good');
    expect(readdirSync(folder).sort()).toEqual(['aliases.yaml', 'config.yaml', 'index.json', 'x10config']);
    for (const [name, path] of [
      ['config.yaml', bridge.configPath],
      ['aliases.yaml', bridge.aliasesPath],
      ['x10config', x10config],
    ] as const)
      expect(readFileSync(join(folder, name), 'utf8')).toBe(readFileSync(path, 'utf8'));
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('a-secret');
    }
  });

  test('follows a good reload, and no bad one', async () => {
    const { bridge, base } = house();
    const seen = await collect(mosquitto.port, [`${base}/#`]);
    onTestFinished(() => seen.stop());
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    const file = join(bridge.statePath, 'last-good', 'aliases.yaml');
    // the folder is replaced as a whole
    const kept = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    writeFileSync(bridge.aliasesPath, `${ALIASES}  porch: { address: A5, model: MS14A }\n`);
    await until(() => kept().includes('porch'), 'the new aliases to be kept');
    writeFileSync(bridge.aliasesPath, 'aliases:\n  hall: { address: Z3 }\n');
    await seen.untilLast(`${base}/bridge/problem`, 'ON');
    expect(kept()).toContain('porch');
    writeFileSync(bridge.aliasesPath, 'aliases: {}\n');
    await seen.untilLast(`${base}/bridge/problem`, 'OFF');
    await until(() => kept() === 'aliases: {}\n', 'the empty list of aliases to be kept');
  });

  test('of another configuration file is not taken: exit code 78, as without any', () => {
    const { bridge } = house();
    const other = join(bridge.folder, 'other.yaml');
    for (const path of [other, bridge.configPath]) {
      writeFileSync(path, 'state_dir: state\nmqtt\n');
      const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run', '--config', path], {
        encoding: 'utf8',
      });
      expect(status).toBe(78);
      expect(stderr).toContain('a colon is missing behind "mqtt"');
    }
  });
});
