// What the service costs while nothing happens: memory and CPU time.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startBridge, stopped } from './bridge-process.mjs';
import { inTurn, median } from './statistics.mjs';

/** Reading and connecting are over by then, and so is what V8 tidies up after them. */
const SETTLED_MS = 20_000;
/** A zone with summer time, as most houses have: what a zone takes is memory, too. */
const ZONE = 'Europe/Berlin';

const proc = (pid, file) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
/** Resident memory of a process, MB. */
export const rssMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(proc(pid, 'status'))[1]) / 1024;

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

/** What the service and what it is measured against take, side by side: MB, and % of a core over `quietS` seconds. */
async function quiet(folder, log, port, quietS) {
  const modules = "await import('mqtt'); await import('chokidar'); setInterval(() => undefined, 1000)";
  const floor = spawn(process.execPath, ['--input-type=module', '-e', modules], {
    cwd: new URL('..', import.meta.url).pathname,
  });
  const { child: bridge } = await startBridge(folder, log, port, { timezone: ZONE });
  await wait(SETTLED_MS);
  const before = cpuNs(bridge.pid);
  const from = performance.now();
  await wait(quietS * 1000);
  const cpuPercent = ((cpuNs(bridge.pid) - before) / 1e6 / (performance.now() - from)) * 100;
  const result = { cpuPercent, floorMb: rssMb(floor.pid), bridgeMb: rssMb(bridge.pid) };
  await stopped(bridge);
  await stopped(floor);
  return result;
}

/** `quiets` times `quietS` seconds of quiet: medians. */
export async function idle(folder, port, { quietS, quiets }, progress) {
  const log = join(folder, 'heyu.log.idle');
  writeFileSync(log, '');
  const calm = await inTurn(Array(quiets).keys(), async (index) => {
    progress(`quiet for ${quietS} s, ${index + 1} of ${quiets}`);
    return quiet(folder, log, port, quietS);
  });
  const medianOf = (name) => median(calm.map((one) => one[name]));
  return {
    cpuPercent: medianOf('cpuPercent'),
    floorMb: medianOf('floorMb'),
    bridgeMb: medianOf('bridgeMb'),
  };
}
