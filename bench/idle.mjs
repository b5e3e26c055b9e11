// What the service costs while nothing happens: memory and CPU time, and how long it takes to be online.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startBridge } from './bridge-process.mjs';

const rssMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** User and system time of a process and its ended children, seconds. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

async function started(args) {
  const from = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  await once(child, 'exit');
  return performance.now() - from;
}

/** `quietS` seconds of quiet. */
export async function idle(folder, port, quietS) {
  const log = join(folder, 'heyu.log.idle');
  writeFileSync(log, '');
  const modules = "await import('mqtt'); await import('chokidar'); setInterval(() => undefined, 1000)";
  const floor = spawn(process.execPath, ['--input-type=module', '-e', modules], {
    cwd: new URL('..', import.meta.url).pathname,
  });
  const from = performance.now();
  const bridge = await startBridge(folder, log, port);
  const onlineMs = performance.now() - from;
  await wait(5000);
  const before = cpuSeconds(bridge.pid);
  await wait(quietS * 1000);
  const result = {
    onlineMs,
    nodeMs: await started(['-e', '0']),
    floorMb: rssMb(floor.pid),
    bridgeMb: rssMb(bridge.pid),
    cpuPercent: ((cpuSeconds(bridge.pid) - before) / quietS) * 100,
  };
  bridge.kill();
  floor.kill();
  return result;
}
