// npm run bench [-- --short] [-- --only commands|idle|latency|page|throughput]: prints a table, writes build/bench.json. Each row is
// a ratio against something plain that ran beside it in the same call, because machines differ and are noisy.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort, stopAll } from './bridge-process.mjs';
import { commands, starts } from './commands.mjs';
import { idle } from './idle.mjs';
import { latency, motionFirst } from './latency.mjs';
import { page } from './page.mjs';
import { printTable, table } from './table.mjs';
import { throughput } from './throughput.mjs';

const FULL = {
  pairs: 2000,
  runs: 5,
  passes: 9,
  rounds: 3,
  quietS: 60,
  quiets: 3,
  turns: 15,
  orderPairs: 10,
  blocks: 10,
  blockPairs: 100,
  settledS: 310,
  services: 3,
};
const SHORT = {
  pairs: 200,
  runs: 1,
  passes: 5,
  rounds: 1,
  quietS: 10,
  quiets: 1,
  turns: 5,
  orderPairs: 3,
  blocks: 2,
  blockPairs: 50,
  settledS: 30,
  services: 1,
};

const { values } = parseArgs({ options: { short: { type: 'boolean' }, only: { type: 'string' } } });
const size = values.short ? SHORT : FULL;
const wanted = (name) => values.only === undefined || values.only === name;
const began = performance.now();
const progress = (what) =>
  process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s: ${what}\n`);

async function startMosquitto(folder) {
  const port = await freePort();
  const configuration = join(folder, 'mosquitto.conf');
  writeFileSync(configuration, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n`);
  const broker = spawn('mosquitto', ['-c', configuration], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `/usr/sbin:${process.env.PATH}` },
  });
  broker.on('error', () => {
    console.error('the benchmarks need mosquitto. hint: apt-get install mosquitto mosquitto-clients');
    process.exit(1);
  });
  await wait(500);
  return { port, broker };
}

const rows = table();

async function measureLatency(folder, port) {
  const { own, tail, bare, script } = await latency(folder, port, size.pairs, size.runs, progress);
  rows.add('latency p50', own.p50, 'ms', 'tail -F | mosquitto_pub -l', tail.p50, 1.2);
  rows.add('latency p50', own.p50, 'ms', 'bare chokidar and mqtt.js', bare.p50, 1.3);
  rows.add('latency p99', own.p99, 'ms', 'tail -F | mosquitto_pub -l', tail.p99, 2);
  rows.add('latency p99', own.p99, 'ms', 'bare chokidar and mqtt.js', bare.p99);
  rows.add('latency p50', own.p50, 'ms', 'script per motion', script.p50, 1 / 30);
  rows.add('messages lost', own.lost, '', 'of so many', size.pairs * size.runs, 0);
  progress('motion before last_seen');
  const inOrder = await motionFirst(folder, port, size.orderPairs);
  rows.add('last seen before motion', size.orderPairs - inOrder, '', 'of so many', size.orderPairs, 0);
}

async function measureThroughput(folder) {
  const {
    bare,
    10: ten,
    250: many,
    5000: most,
  } = await throughput(folder, size.passes, size.rounds, progress);
  rows.add('a million lines', ten.warmMs, 'ms CPU', 'read and split', bare.warmMs, 6);
  rows.add('a million lines, first pass', ten.firstMs, 'ms CPU', 'read and split, first pass', bare.firstMs);
  rows.add('with 250 sensors', many.warmMs, 'ms CPU', 'with 10', ten.warmMs, 1.1);
  rows.add('with 5,000 sensors', most.warmMs, 'ms CPU', 'with 10', ten.warmMs, 1.3);
  rows.add(`memory after ${size.passes} million lines`, ten.lastMb, 'MB', 'after three', ten.grownMb, 1.1);
}

async function measureIdle(folder, port) {
  const result = await idle(folder, port, size, progress);
  rows.add('idle memory', result.bridgeMb, 'MB', 'node with mqtt and chokidar', result.floorMb, 1.15);
  rows.add(`CPU of ${size.quietS} s of quiet`, result.cpuPercent, '%', 'one core', 100, 0.001);
}

async function measureCommands(folder, port) {
  const { node, version, help, list, quick } = await commands(folder, port, size.turns, progress);
  rows.add('--version', version, 'ms CPU', 'node -e 0', node, 1.6);
  rows.add('--help', help, 'ms CPU', 'node -e 0', node, 1.6);
  rows.add('alias list, 20 aliases', list, 'ms CPU', 'node -e 0', node, 2.5);
  rows.add('check --quick', quick, 'ms CPU', 'node -e 0', node, 3);
  const { again, first, nodeMs } = await starts(folder, port, size.turns, progress);
  rows.add('start to online', again.onlineMs, 'ms', 'node -e 0', nodeMs, 3);
  rows.add('start to online', again.cpuMs, 'ms CPU', 'node -e 0', node);
  rows.add('first start to online', first.onlineMs, 'ms', 'node -e 0', nodeMs);
  rows.add('first start to online', first.cpuMs, 'ms CPU', 'node -e 0', node);
}

async function measurePage(folder, port) {
  const { calm, busy, lost, pairs, memory, year, report } = await page(folder, port, size, progress);
  rows.add('latency p50, page open', busy.p50, 'ms', 'page not open', calm.p50, 1.1);
  rows.add('latency p99, page open', busy.p99, 'ms', 'page not open', calm.p99, 1.5);
  rows.add('messages lost, page open', lost, '', 'of so many', pairs, 0);
  const { off, on, offLater, onLater } = memory;
  rows.add('idle memory, page on', on, 'MB', 'page off', off, (off + 3) / off);
  rows.add(
    'idle memory after a year was open',
    onLater,
    'MB',
    'page off',
    offLater,
    (offLater + 3) / offLater,
  );
  rows.add('timeline of a year, first', year.first, 'ms', 'a second', 1000);
  rows.add('timeline of a year, again', year.again, 'ms', 'a second', 1000, 1);
  rows.add('report of a million lines', report, 'ms', 'a second', 1000, 3);
}

const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-bench-'));
const { port, broker } = await startMosquitto(folder);
try {
  if (wanted('throughput')) await measureThroughput(folder);
  if (wanted('commands')) await measureCommands(folder, port);
  if (wanted('idle')) await measureIdle(folder, port);
  if (wanted('latency')) await measureLatency(folder, port);
  if (wanted('page')) await measurePage(folder, port);
} finally {
  await stopAll();
  broker.kill();
  rmSync(folder, { recursive: true, force: true });
}
printTable(rows.all());
const about = {
  at: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  }).trim(),
  form: values.short ? 'short' : 'full',
  node: process.version,
  processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  load: loadavg().map((load) => Math.round(load * 100) / 100),
};
console.log(
  `\n${about.form}, ${about.at}, node ${about.node}, ${about.processor}, load ${about.load.join(' ')}`,
);
const build = new URL('../build/', import.meta.url);
mkdirSync(build, { recursive: true });
writeFileSync(new URL('bench.json', build), `${JSON.stringify({ ...about, rows: rows.all() }, null, 2)}\n`);
process.exit(0);
