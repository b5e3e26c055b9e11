// The built service in a process of its own, for measurements.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const MAIN = new URL('../dist/main.js', import.meta.url).pathname;

/** Starts `run` on a log; resolves when it is connected. */
export async function startBridge(folder, log, port, options = []) {
  const home = join(folder, `bridge-${Math.random().toString(36).slice(2)}`);
  mkdirSync(home);
  writeFileSync(
    join(home, 'config.yaml'),
    `heyu: { log: ${log}, timezone: UTC }\nmqtt: { url: "mqtt://127.0.0.1:${port}" }\nlog: { format: json }\nstate_dir: ${home}/state\n`,
  );
  writeFileSync(
    join(home, 'aliases.yaml'),
    'aliases:\n  hall_motion: { address: A3, model: MS14A, topic: hall }\n',
  );
  const child = spawn(process.execPath, [...options, MAIN, 'run', '--config', join(home, 'config.yaml')], {
    env: { ...process.env, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  let said = '';
  while (!said.includes('connected to the broker')) said += (await once(child.stdout, 'data'))[0];
  child.stdout.resume();
  return child;
}
