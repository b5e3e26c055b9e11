/** Whether this machine can run the container at all. */

import { leaveOut } from '../support/left-out.js';
import { baseTree, whyNot } from './base-tree.js';

const reason = whyNot() ?? (await whyNoTree());

/** False on a machine that cannot run the container. */
export const isPossible = reason === undefined;

if (reason !== undefined) leaveOut('a container', reason);

async function whyNoTree(): Promise<string | undefined> {
  try {
    await baseTree('trixie');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
