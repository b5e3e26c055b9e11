// From the moment a function line is written to the moment a subscriber has the message. Each candidate in turn on
// the same broker; only ratios within one call count, because machines are noisy.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import mqtt from 'mqtt';
import { startBridge } from './bridge-process.mjs';

const stamp = () => new Date().toISOString().slice(5, 19).replace('-', '/').replace('T', ' ');
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

/** Appends pairs to a log and times each function line until `topic` says so. */
async function measure(logPath, port, topic, pairs, pauseMs) {
  const log = openSync(logPath, 'a');
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`);
  await once(client, 'connect');
  await client.subscribeAsync(topic, { qos: 1 });
  let arrived = () => undefined;
  client.on('message', (_topic, _payload, { retain }) => {
    if (!retain) arrived(performance.now());
  });
  await wait(300);
  const times = [];
  let lost = 0;
  for (let index = 0; index < pairs; index += 1) {
    const name = index % 2 === 0 ? ' On' : 'Off';
    writeSync(log, `${stamp()}  rcvi addr unit       3 : hu A3  (hall_motion)\n`);
    await wait(2);
    const arrival = Promise.race([
      new Promise((resolve) => (arrived = resolve)),
      wait(3000).then(() => undefined),
    ]);
    const from = performance.now();
    writeSync(log, `${stamp()}  rcvi func          ${name} : hc A\n`);
    const at = await arrival;
    if (at === undefined) lost += 1;
    else times.push(at - from);
    await wait(pauseMs + Math.random() * 10);
  }
  await client.endAsync(true);
  times.sort((a, b) => a - b);
  return { pairs, lost, p50: quantile(times, 0.5), p90: quantile(times, 0.9), p99: quantile(times, 0.99) };
}

const CANDIDATES = {
  'tail -F | mosquitto_pub -l': async (log, port) => {
    const child = spawn(
      'bash',
      [
        '-c',
        `exec tail -n0 -F ${log} 2>/dev/null | grep --line-buffered ' func ' | mosquitto_pub -p ${port} -t bench -l -q 1`,
      ],
      { detached: true },
    );
    return { topic: 'bench', stop: () => process.kill(-child.pid) };
  },
  'bare chokidar and mqtt.js': async (log, port) => {
    const child = spawn(
      process.execPath,
      [new URL('bare-tail.mjs', import.meta.url).pathname, log, port, 'bench'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    return { topic: 'bench', stop: () => child.kill() };
  },
  'script per motion': async (log, port) => {
    const child = spawn(new URL('script-per-motion.sh', import.meta.url).pathname, [log, port, 'bench'], {
      detached: true,
    });
    return { topic: 'bench', few: true, stop: () => process.kill(-child.pid) };
  },
  heyu2mqtt: async (log, port, folder) => {
    const bridge = await startBridge(folder, log, port);
    return { topic: 'x10/hall/motion', stop: () => bridge.kill() };
  },
};

/** Runs every candidate; resolves to rows with ratios against the first two. */
export async function latency(folder, port, pairs) {
  const results = {};
  const retained = mqtt.connect(`mqtt://127.0.0.1:${port}`);
  await once(retained, 'connect');
  await retained.publishAsync('bench/armed', 'armed_away', { qos: 1, retain: true });
  for (const [name, start] of Object.entries(CANDIDATES)) {
    const log = join(folder, `heyu.log.${Object.keys(results).length}`);
    writeFileSync(log, '');
    const candidate = await start(log, String(port), folder);
    await wait(800);
    results[name] = await measure(
      log,
      port,
      candidate.topic,
      candidate.few ? Math.min(40, pairs) : pairs,
      candidate.few ? 60 : 10,
    );
    candidate.stop();
    process.stderr.write(`  ${name}: p50 ${results[name].p50.toFixed(2)} ms\n`);
  }
  await retained.endAsync();
  return results;
}
