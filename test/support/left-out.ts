/** Tests that need something which a machine for development need not have. */

import { test } from 'vitest';

/** Whether nothing may be left out: .ci/full sets it. */
const isAllExpected = process.env['CI_FULL'] === '1';

/** In the place of tests that cannot run here: skipped with the reason in its name, and a failure in .ci/full. */
export function leaveOut(what: string, reason: string): void {
  test.skipIf(!isAllExpected)(`${what}: ${reason}`, () => {
    throw new Error(`${what} cannot be tested here: ${reason}`);
  });
}
