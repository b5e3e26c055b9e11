// What the service costs while nothing happens: memory and CPU time, and how long it takes to be online.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startBridge, stopped } from './bridge-process.mjs';
import { inTurn, median } from './statistics.mjs';

/** Reading and connecting are over by then. */
const SETTLED_MS = 5000;

const proc = (pid, file) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
const rssMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(proc(pid, 'status'))[1]) / 1024;

/** CPU time of all threads of a process, of its children and of those that have ended, nanoseconds. */
function cpuNs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const own = threads.map((thread) => Number(proc(pid, `task/${thread}/schedstat`).split(' ')[0]));
  const children = threads.flatMap((thread) =>
    proc(pid, `task/${thread}/children`).split(' ').filter(Boolean),
  );
  const ended = proc(pid, 'stat').split(') ')[1].split(' ').slice(13, 15);
  return [...own, ...children.map(cpuNs), ...ended.map((ticks) => Number(ticks) * 1e7)].reduce(
    (a, b) => a + b,
    0,
  );
}

async function nodeMs() {
  const from = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - from;
}

/** `quietS` seconds of quiet, and `starts` starts. */
export async function idle(folder, port, quietS, starts, progress) {
  const log = join(folder, 'heyu.log.idle');
  writeFileSync(log, '');
  const times = await inTurn(Array(starts).keys(), async (index) => {
    const { child, onlineMs } = await startBridge(folder, log, port);
    await stopped(child);
    progress(`start ${index + 1} of ${starts}`);
    return { onlineMs, nodeMs: await nodeMs() };
  });
  const modules = "await import('mqtt'); await import('chokidar'); setInterval(() => undefined, 1000)";
  const floor = spawn(process.execPath, ['--input-type=module', '-e', modules], {
    cwd: new URL('..', import.meta.url).pathname,
  });
  const { child: bridge } = await startBridge(folder, log, port);
  await wait(SETTLED_MS);
  progress(`quiet for ${quietS} s`);
  const before = cpuNs(bridge.pid);
  const from = performance.now();
  await wait(quietS * 1000);
  const result = {
    onlineMs: median(times.map(({ onlineMs }) => onlineMs)),
    nodeMs: median(times.map((time) => time.nodeMs)),
    cpuPercent: ((cpuNs(bridge.pid) - before) / 1e6 / (performance.now() - from)) * 100,
    floorMb: rssMb(floor.pid),
    bridgeMb: rssMb(bridge.pid),
  };
  await stopped(bridge);
  await stopped(floor);
  return result;
}
