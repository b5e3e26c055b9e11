/** Tests of permissions mean nothing to root, to whom everything is permitted: these run as somebody else. */

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const NOBODY = 65534;

/** Whether everybody may enter this folder and all above it. */
function isOpen(folder: string): boolean {
  const above = dirname(folder);
  return (statSync(folder).mode & 0o001) !== 0 && (above === folder || isOpen(above));
}

/**
 * Whether the program can run as somebody else: by root alone, and not where the project lies in a closed folder. Under
 * .ci/full (CI_FULL) it has to.
 */
export const isNobodyPossible =
  process.env['CI_FULL'] === '1' ||
  (process.getuid?.() === 0 && isOpen(fileURLToPath(new URL('../..', import.meta.url))));

/**
 * Runs `act` with the rights of an ordinary user, also when the tests are run by root. What it hands to `before`
 * is done with the rights from before.
 */
export async function asNobody(
  act: (before: (privileged: () => void) => void) => void | Promise<void>,
): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  const become = (user: number): void => {
    if (!isRoot) return;
    process.seteuid?.(0);
    process.setegid?.(user);
    process.seteuid?.(user);
  };
  become(NOBODY);
  try {
    await act((privileged) => {
      become(0);
      try {
        privileged();
      } finally {
        become(NOBODY);
      }
    });
  } finally {
    become(0);
  }
}
