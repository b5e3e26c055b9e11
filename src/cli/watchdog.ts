/** The watchdog of systemd: told that the service lives for as long as the log is read (`WatchdogSec=` of the unit). */

import type { SystemdNotifier } from '../io/systemd.js';

/** The read pass and the event loop count as alive for this long after their last sign. */
const ALIVE_MS = 30_000;

/** Tells systemd at half of the unit's interval, where it has one; returns how to end it. `sinceLastPassMs`: of the log. */
export function startWatchdog(systemd: SystemdNotifier, sinceLastPassMs: () => number): () => void {
  const { watchdogIntervalMs } = systemd;
  if (watchdogIntervalMs === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (sinceLastPassMs() < ALIVE_MS) systemd.watchdog();
  }, watchdogIntervalMs);
  return () => clearInterval(timer);
}
