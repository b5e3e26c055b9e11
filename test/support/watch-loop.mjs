/**
 * Loaded into a bridge with `--import`: how long its event loop was held up at most, and how much memory it took. From
 * SIGUSR2 on (the start is over) until it ends; written to the file that WATCH_LOOP names. `stallMs` is by the clock,
 * on a busy machine mostly the time of others; `busyMs` is CPU time of this process between two turns of its loop, and
 * `workMs` all of its CPU time.
 */

import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { setInterval } from 'node:timers';

const STEP_MS = 2;
const delay = monitorEventLoopDelay({ resolution: STEP_MS });
let busyMs = 0;
let last = process.cpuUsage();
let begun = last;

process.on('SIGUSR2', () => {
  delay.reset();
  delay.enable();
  begun = last = process.cpuUsage();
  setInterval(() => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    busyMs = Math.max(busyMs, (user + system) / 1000);
  }, STEP_MS).unref();
});

process.on('exit', () => {
  const { user, system } = process.cpuUsage(begun);
  const workMs = (user + system) / 1000;
  const report = { stallMs: delay.max / 1e6, busyMs, workMs, peakMb: process.resourceUsage().maxRSS / 1024 };
  if (process.env['WATCH_LOOP']) writeFileSync(process.env['WATCH_LOOP'], JSON.stringify(report));
});
