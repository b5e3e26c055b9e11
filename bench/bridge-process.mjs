// The built service in a process of its own, for measurements.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import mqtt from 'mqtt';

/** The program as it is shipped. */
export const MAIN = new URL('../dist/main.js', import.meta.url).pathname;
let count = 0;
/** Those that have been started; some may have ended. */
const services = [];

const HALL = '  hall_motion: { address: A3, model: MS14A, topic: hall }\n';

/**
 * Makes the files of a service on a log with one motion sensor at A3 (or with `aliases`), whose stamps are of `timezone`,
 * and its cache directory: its first start finds nothing there. `web`: its `web.listen`.
 */
export function makeHome(folder, log, port, { timezone = 'UTC', aliases = HALL, web } = {}) {
  count += 1;
  const baseTopic = `x10_${process.pid}_${count}`;
  const home = join(folder, baseTopic);
  const cache = join(home, 'cache');
  mkdirSync(cache, { recursive: true });
  const config = join(home, 'config.yaml');
  writeFileSync(
    config,
    `heyu: { log: ${log}, timezone: ${timezone} }\nmqtt: { url: "mqtt://127.0.0.1:${port}", base_topic: ${baseTopic} }\n` +
      `log: { format: json }\nstate_dir: ${home}/state\n${web === undefined ? '' : `web: { listen: "${web}" }\n`}`,
  );
  writeFileSync(join(home, 'aliases.yaml'), `aliases:\n${aliases}`);
  return { baseTopic, config, cache, port };
}

/**
 * Starts `run` as the unit does; resolves when it has published `online`, with the process, its base topic, its configuration
 * file and how long that took.
 */
export async function start({ baseTopic, config, cache, port }) {
  const watcher = mqtt.connect(`mqtt://127.0.0.1:${port}`);
  await once(watcher, 'connect');
  await watcher.subscribeAsync(`${baseTopic}/bridge/status`, { qos: 1 });
  const online = new Promise((resolve) => {
    watcher.on('message', (_topic, payload) => {
      if (payload.toString() === 'online') resolve();
    });
  });
  const from = performance.now();
  const child = spawn(process.execPath, [MAIN, 'run', '--config', config], {
    env: { ...process.env, TZ: 'UTC', CACHE_DIRECTORY: cache },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  services.push(child);
  await online;
  const onlineMs = performance.now() - from;
  await watcher.endAsync();
  return { child, baseTopic, config, onlineMs };
}

/** A port of this machine that is free now. */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Makes a home and starts it. */
export const startBridge = (...where) => start(makeHome(...where));

/** Ends a process and waits for it. */
export async function stopped(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** Ends every service that is still running, after an error. */
export const stopAll = () => Promise.all(services.map(stopped));
