/** Jobs that hang on the wall clock, with node-cron. Deadlines of sensors are not among them. */

import { schedule, type ScheduledTask } from 'node-cron';
import type { Log } from '../ports.js';

const silence = (): void => undefined;
const quiet = { debug: silence, info: silence, warn: silence, error: silence };

/** Runs `job` at the times of a cron expression (checked when the configuration is loaded) until stopped. */
export function openJob(
  name: string,
  expression: string,
  job: () => void,
  log: Log,
): { stop: () => Promise<void> } {
  const task: ScheduledTask = schedule(
    expression,
    () => {
      log.debug({ job: name }, 'scheduled job');
      job();
    },
    // node-cron would print coloured lines of its own to standard output
    { name, noOverlap: true, suppressMissedWarning: true, logger: quiet },
  );
  task.on('execution:failed', () => log.error({ job: name }, 'a scheduled job has failed'));
  return {
    stop: async () => {
      await task.destroy();
    },
  };
}
