// npm run bench [-- --pairs 400 --quiet 60 --only latency|throughput|idle]: prints a table, writes build/bench.json.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { idle } from './idle.mjs';
import { latency } from './latency.mjs';
import { throughput } from './throughput.mjs';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '400' },
    quiet: { type: 'string', default: '60' },
    only: { type: 'string' },
  },
});
const wanted = (name) => values.only === undefined || values.only === name;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-bench-'));
const port = await freePort();
writeFileSync(join(folder, 'mosquitto.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
const mosquitto = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], {
  stdio: 'ignore',
  env: { ...process.env, PATH: `/usr/sbin:${process.env.PATH}` },
});
mosquitto.on('error', () => {
  console.error('the benchmarks need mosquitto. hint: apt-get install mosquitto mosquitto-clients');
  process.exit(1);
});
await wait(500);

const rows = [];
const row = (what, value, against, ratio, goal) =>
  rows.push({ what, value, against, ratio: Math.round(ratio * 100) / 100, goal });
try {
  if (wanted('latency')) {
    console.error('latency ...');
    const results = await latency(folder, port, Number(values.pairs));
    const own = results.heyu2mqtt;
    const ms = (value) => `${value.toFixed(2)} ms`;
    const against = (name, quantile, goal) =>
      row(
        `latency ${quantile}`,
        ms(own[quantile]),
        `${name}: ${ms(results[name][quantile])}`,
        own[quantile] / results[name][quantile],
        goal,
      );
    against('tail -F | mosquitto_pub -l', 'p50', '<= 2.5');
    against('bare chokidar and mqtt.js', 'p50', '<= 1.3');
    against('tail -F | mosquitto_pub -l', 'p99', '<= 3');
    against('script per motion', 'p50', '<= 0.033');
    if (own.lost > 0) console.error(`lost: ${own.lost}`);
  }
  if (wanted('throughput')) {
    console.error('throughput ...');
    const { bareMs, coreMs, core250Ms, rssMb } = throughput(folder);
    row(
      'a million lines',
      `${coreMs.toFixed(0)} ms CPU`,
      `read and split: ${bareMs.toFixed(0)} ms`,
      coreMs / bareMs,
      '<= 8',
    );
    row(
      '250 aliases',
      `${core250Ms.toFixed(0)} ms CPU`,
      `10 aliases: ${coreMs.toFixed(0)} ms`,
      core250Ms / coreMs,
      'about 1',
    );
    row('memory after it', `${rssMb.toFixed(0)} MB`, '-', NaN, 'flat');
  }
  if (wanted('idle')) {
    console.error(`idle for ${values.quiet} s ...`);
    const { onlineMs, nodeMs, floorMb, bridgeMb, cpuPercent } = await idle(
      folder,
      port,
      Number(values.quiet),
    );
    row(
      'idle memory',
      `${bridgeMb.toFixed(0)} MB`,
      `node with mqtt and chokidar: ${floorMb.toFixed(0)} MB`,
      bridgeMb / floorMb,
      '<= 1.3',
    );
    row('CPU of a quiet minute', `${cpuPercent.toFixed(3)} %`, 'one core', cpuPercent / 100, '<= 0.002');
    row(
      'start to online',
      `${onlineMs.toFixed(0)} ms`,
      `node -e 0: ${nodeMs.toFixed(0)} ms`,
      onlineMs / nodeMs,
      '-',
    );
  }
} finally {
  mosquitto.kill();
  rmSync(folder, { recursive: true, force: true });
}
const width = (key) => Math.max(key.length, ...rows.map((entry) => String(entry[key]).length));
const line = (entry) =>
  ['what', 'value', 'against', 'ratio', 'goal']
    .map((key) => String(entry[key]).padEnd(width(key)))
    .join('  ');
console.log(line({ what: 'what', value: 'value', against: 'against', ratio: 'ratio', goal: 'goal' }));
for (const entry of rows) console.log(line(entry));
mkdirSync(new URL('../build', import.meta.url), { recursive: true });
writeFileSync(
  new URL('../build/bench.json', import.meta.url),
  `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`,
);
process.exit(0);
