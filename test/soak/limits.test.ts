/** The short form of `npm run soak:bridge -- --limits`. */

import { expect, test } from 'vitest';
import { isBeyond, limits } from './limits.js';

/** Beside other tests a turn costs more than alone: what it takes there is judged by `--limits`. */
const BUSY_MACHINE = 4;

test('a backlog, a line without end, a flood and garbage cost neither time nor memory', async () => {
  const sizes = { backlogBytes: 40e6, lineBytes: 10e6, floodLines: 20_000, garbageBytes: 1e6 };
  const reports = await limits(sizes, () => undefined);
  expect(reports).toHaveLength(4);
  expect(reports.filter((report) => isBeyond({ ...report, busyMs: report.busyMs / BUSY_MACHINE }))).toEqual(
    [],
  );
}, 240_000);
