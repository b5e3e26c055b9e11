/** How work grows with its size: a ratio, because seconds say as much of the machine as of the program. */

/**
 * How many times as much processor time `work` takes on the second size as on the first. The least of several turns
 * counts for each, and what other programs do meanwhile does not.
 */
export async function growthOf(
  [small, large]: readonly [number, number],
  work: (size: number) => unknown,
  turns = 3,
): Promise<number> {
  const least = { small: Infinity, large: Infinity };
  const cost = async (size: number): Promise<number> => {
    const from = process.cpuUsage();
    await work(size);
    const { user, system } = process.cpuUsage(from);
    return user + system;
  };
  // the first turn compiles
  await cost(small);
  for (let turn = 0; turn < turns; turn += 1) {
    least.small = Math.min(least.small, await cost(small));
    least.large = Math.min(least.large, await cost(large));
  }
  return least.large / least.small;
}
