// The whole core (explain without printing) over a million lines, against a bare loop that reads and splits. Each
// candidate has a process of its own and they take turns; what counts is CPU time of user and system together,
// because other programs are on the machine, too. The first pass of each is told apart: V8 still compiles then.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeMillion } from './million-lines.mjs';
import { inTurn, median } from './statistics.mjs';

/** One round: a process for each candidate, which take turns pass by pass. CPU ms and MB by name. */
async function round(path, folder, passes, progress) {
  const candidates = [];
  for (const name of ['bare', '10', '250', '5000']) {
    const child = fork(new URL('throughput-worker.mjs', import.meta.url).pathname, [name, path, folder]);
    await once(child, 'message');
    candidates.push({ name, child, costs: [] });
  }
  for (let pass = 0; pass < passes; pass += 1) {
    for (const { child, costs } of candidates) {
      child.send('pass');
      const [cost] = await once(child, 'message');
      costs.push(cost);
    }
    progress(`pass ${pass + 1} of ${passes}`);
  }
  for (const { child } of candidates) child.kill();
  return new Map(
    candidates.map(({ name, costs: [first, ...later] }) => [
      name,
      {
        firstMs: first.cpuMs,
        // what disturbs can only make it longer
        warmMs: Math.min(...later.map(({ cpuMs }) => cpuMs)),
        // V8 lets the young generation grow to its full size first
        grownMb: later[1].peakMb,
        lastMb: later.at(-1).peakMb,
      },
    ]),
  );
}

/**
 * What each candidate costs, by name: CPU milliseconds of the first pass and of later ones, MB after both. Medians of
 * several rounds, because V8 compiles the same program a little differently in each process.
 */
export async function throughput(folder, passes, rounds, progress) {
  const path = join(folder, 'million.log');
  // three weeks
  writeMillion(path, {
    from: Date.UTC(2026, 0, 1),
    sensors: 10,
    stepMs: (index) => (index % 7 === 0 ? 9000 : 300),
  });
  const results = await inTurn(Array(rounds).keys(), (index) =>
    round(path, folder, passes, (what) => progress(`round ${index + 1} of ${rounds}, ${what}`)),
  );
  const [first] = results;
  return Object.fromEntries(
    [...first].map(([name, costs]) => [
      name,
      Object.fromEntries(
        Object.keys(costs).map((what) => [what, median(results.map((result) => result.get(name)[what]))]),
      ),
    ]),
  );
}
