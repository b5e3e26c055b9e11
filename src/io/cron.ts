/** Jobs at times of the wall clock, with node-cron. Deadlines of sensors are not among them. */

import { schedule, type ScheduledTask } from 'node-cron';
import type { Log } from '../ports.js';

const silence = (): void => undefined;
const quiet = { debug: silence, info: silence, warn: silence, error: silence };

/** A start has more urgent work: node-cron takes 10 ms to load. */
const BEGINS_AFTER_MS = 1000;

/**
 * Runs `job` at the times of a cron expression (checked when the configuration is loaded) until stopped, beginning a second
 * from now.
 */
export function openJob(
  name: string,
  expression: string,
  job: () => void,
  log: Log,
): { stop: () => Promise<void> } {
  let task: ScheduledTask | undefined;
  const run = (): void => {
    log.debug({ job: name }, 'scheduled job');
    job();
  };
  const begin = setTimeout(() => {
    // node-cron would print coloured lines of its own to standard output
    task = schedule(expression, run, {
      name,
      noOverlap: true,
      suppressMissedWarning: true,
      logger: quiet,
    });
    task.on('execution:failed', () => log.error({ job: name }, 'a scheduled job has failed'));
  }, BEGINS_AFTER_MS);
  return {
    stop: async () => {
      clearTimeout(begin);
      await task?.destroy();
    },
  };
}
