/** Tests of permissions mean nothing to root, to whom everything is permitted: these run as somebody else. */

const NOBODY = 65534;

/** Runs `act` with the rights of an ordinary user, also when the tests are run by root. */
export async function asNobody(act: () => void | Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    process.setegid?.(NOBODY);
    process.seteuid?.(NOBODY);
  }
  try {
    await act();
  } finally {
    if (isRoot) {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  }
}
