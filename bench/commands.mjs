// CPU time of commands that people type, from start to end, and how long the service takes until it is online, each in turn
// with `node -e 0`.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MAIN, makeHome, start, startBridge, stopped } from './bridge-process.mjs';
import { median } from './statistics.mjs';

const ALIASES = 20;

/** CPU time of a run of Node, its own and the system's for it, milliseconds. */
function cpuMs(parameters) {
  const timed = ['-c', 'TIMEFORMAT=\'%3U %3S\'; time "$@" > /dev/null 2>&1', 'bash', process.execPath];
  const { stderr } = spawnSync('bash', [...timed, ...parameters], { encoding: 'utf8' });
  return stderr
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
}

/** CPU time of all threads of a process until now, milliseconds. */
function cpuUntilNowMs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return ns.reduce((a, b) => a + b, 0) / 1e6;
}

/** Starts a service and stops it: how long until it was online, and its CPU time until then, milliseconds. */
async function startTimes(home) {
  const { child, onlineMs } = await start(home);
  const cpuMs = cpuUntilNowMs(child.pid);
  await stopped(child);
  return { onlineMs, cpuMs };
}

async function nodeMs() {
  const from = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - from;
}

/**
 * The medians of so many starts: of a service that has run here before, with its compiled program in its cache directory, of
 * one that has not, and the wall time of `node -e 0`.
 */
export async function starts(folder, port, turns, progress) {
  const log = join(folder, 'heyu.log.starts');
  writeFileSync(log, '');
  const home = makeHome(folder, log, port);
  const { child } = await start(home);
  while (!readdirSync(home.cache).includes('run.compiled')) await wait(500);
  await stopped(child);
  const times = { again: [], first: [], node: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    times.again.push(await startTimes(home));
    times.node.push(await nodeMs());
    times.first.push(await startTimes(makeHome(folder, log, port)));
    progress(`starts, turn ${turn + 1} of ${turns}`);
  }
  const medians = (all) => ({
    onlineMs: median(all.map(({ onlineMs }) => onlineMs)),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
  });
  return { again: medians(times.again), first: medians(times.first), nodeMs: median(times.node) };
}

/** The medians of so many turns, by name; `node` is `node -e 0`. */
export async function commands(folder, port, turns, progress) {
  const log = join(folder, 'heyu.log.commands');
  writeFileSync(log, '');
  const config = join(folder, 'commands.yaml');
  writeFileSync(config, `heyu: { log: ${log} }\nmqtt: { url: "mqtt://127.0.0.1:${port}" }\n`);
  const aliases = Array.from({ length: ALIASES }, (_, index) => {
    const address = `${index < 16 ? 'A' : 'B'}${(index % 16) + 1}`;
    return `  room_${index + 1}:\n    address: ${address}\n    model: MS14A\n    name: Room ${index + 1}\n`;
  });
  writeFileSync(join(folder, 'aliases.yaml'), `aliases:\n${aliases.join('')}`);
  const { child, config: ofBridge } = await startBridge(folder, log, port);
  const runs = {
    node: ['-e', '0'],
    version: [MAIN, '--version'],
    help: [MAIN, '--help'],
    list: [MAIN, 'alias', 'list', '--config', config],
    quick: [MAIN, 'check', '--quick', '--config', ofBridge],
  };
  const times = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, parameters] of Object.entries(runs)) times[name].push(cpuMs(parameters));
    progress(`commands, turn ${turn + 1} of ${turns}`);
  }
  await stopped(child);
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}
