/** The short form of `npm run soak:bridge -- --limits`. */

import { expect, test } from 'vitest';
import { isBeyond, limits } from './limits.js';

test('a backlog, a line without end, a flood and garbage cost neither time nor memory', async () => {
  const sizes = { backlogBytes: 40e6, lineBytes: 10e6, floodLines: 20_000, garbageBytes: 1e6 };
  const reports = await limits(sizes, () => undefined);
  expect(reports).toHaveLength(4);
  // in one go it would be nearly all of it, however slow the machine is; `--limits` has a limit in milliseconds
  expect(reports.filter((report) => isBeyond(report, report.workMs / 2))).toEqual([]);
});
