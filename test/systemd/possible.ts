/** Whether this machine can run the container at all. */

import { test } from 'vitest';
import { baseTree, whyNot } from './base-tree.js';

const reason = whyNot() ?? (await whyNoTree());

/** False on a machine that cannot run the container; with CI_FULL=1 that is a failure, else it is said and skipped. */
export const isPossible = reason === undefined;

if (reason !== undefined) {
  test.skipIf(process.env['CI_FULL'] !== '1')(`cannot run a container here: ${reason}`, () => {
    throw new Error(reason);
  });
}

async function whyNoTree(): Promise<string | undefined> {
  try {
    await baseTree('trixie');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
