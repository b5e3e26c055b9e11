import { expect, test } from 'vitest';
import { openJob } from '../../src/io/cron.js';
import { until } from '../support/until.js';

test('a job runs at its times; one that fails is said, and comes again', async () => {
  const said: string[] = [];
  const write = (_fields: object, message: string): number => said.push(message);
  const log = { debug: write, info: write, warn: write, error: write };
  let runs = 0;
  const job = openJob(
    'summary',
    '* * * * * *',
    () => {
      runs += 1;
      if (runs === 1) throw new Error('no');
    },
    log,
  );
  await until(() => runs === 2);
  await job.stop();
  expect(said).toEqual(['scheduled job', 'a scheduled job has failed', 'scheduled job']);
});

test('a job that is stopped before it has begun never does', async () => {
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const runs: string[] = [];
  const stopped = openJob('stopped', '* * * * * *', () => runs.push('stopped'), log);
  const other = openJob('other', '* * * * * *', () => runs.push('other'), log);
  await stopped.stop();
  await until(() => runs.length > 0);
  await other.stop();
  expect(runs).not.toContain('stopped');
});
