/** Tests of permissions mean nothing to root, to whom everything is permitted: these run as somebody else. */

const NOBODY = 65534;

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
